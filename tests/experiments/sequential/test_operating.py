"""Power, expected size, futility and conditional power: published numbers and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from analysis.base.errors import InputError
from analysis.experiments.sequential import (
    Boundaries,
    Futility,
    boundaries,
    conditional_power,
    cost,
    drift_for,
    fixed_drift,
    fixed_power,
    inflation,
    operating,
    plan,
    predictive_power,
)

Floats = NDArray[np.float64]


def paths(rng: np.random.Generator, information: Floats, drift: Floats | float, n: int) -> Floats:
    """``(n, K)`` z-values of tests that are never stopped."""
    steps = np.diff(information, prepend=0.0)
    shift = np.multiply.outer(np.broadcast_to(drift, n), steps)
    scores = np.cumsum(shift + rng.standard_normal((n, len(steps))) * np.sqrt(steps), axis=1)
    out: Floats = scores / np.sqrt(information)
    return out


def first(hits: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Index of the first hit of each row; the number of columns where there is none."""
    at: NDArray[np.int64] = np.where(hits.any(axis=1), hits.argmax(axis=1), hits.shape[1])
    return at


@pytest.mark.parametrize(
    ("name", "looks", "power", "factor"),
    [
        # Jennison & Turnbull 2000, tables 2.2 and 2.4, α = 0.05.
        ("pocock", 5, 0.8, 1.228), ("pocock", 5, 0.9, 1.206), ("pocock", 2, 0.9, 1.100),
        ("pocock", 10, 0.8, 1.301), ("obrien_fleming", 5, 0.8, 1.028),
        ("obrien_fleming", 5, 0.9, 1.026), ("obrien_fleming", 10, 0.8, 1.040),
    ],
)  # fmt: skip
def test_inflation_is_that_of_the_tables(
    name: str, looks: int, power: float, factor: float
) -> None:
    assert inflation(boundaries(plan(looks, name)), 0.05, power) == pytest.approx(factor, abs=8e-4)


def test_power_and_expected_size_are_those_of_another_implementation() -> None:
    # rpact: kMax = 3, asHSD γ = 0, α = 0.03 one-sided, β = 0.14.
    made = boundaries(
        plan([0.2, 0.4, 1], "spending_hwang_shih_decani", parameter=0.0, alpha=0.03, sided=1)
    )
    drift = drift_for(made, 0.86)
    assert drift**2 == pytest.approx(9.4594101, abs=2e-7)
    factor = inflation(made, 0.03, 0.86)
    assert factor == pytest.approx(1.0788327, abs=1e-7)
    under, null = operating(made, drift), operating(made, 0.0)
    np.testing.assert_allclose(under.better, [0.12783451, 0.21271713, 0.51944835], atol=2e-8)
    assert under.expected_information * factor == pytest.approx(0.83081135, abs=2e-8)
    assert null.expected_information * factor == pytest.approx(1.0697705, abs=1e-7)


@pytest.mark.parametrize(
    ("looks", "alpha", "power", "rule", "futility", "upper", "low"),
    [
        # rpact, unit tests of beta spending.
        (
            [0.2, 0.4, 1], 0.07, 0.86, ("spending_hwang_shih_decani", -1.0),
            Futility("hwang_shih_decani", -2.0),
            [2.364813, 2.1928805, 1.5660474], [-1.1063623, -0.35992439, 1.5660474],
        ),
        (
            [0.3, 0.7, 1], 0.03, 0.66, ("spending_kim_demets", 2.2),
            Futility("kim_demets", 3.2),
            [2.8594012, 2.2435708, 1.9735737], [-1.1558435, 0.72836893, 1.9735737],
        ),
        (
            [0.4, 0.75, 0.85, 1], 0.13, 0.59, ("spending_obrien_fleming", None),
            Futility("kim_demets", 2.5, binding=True),
            [2.1280732, 1.4362706, 1.4203748, 1.2576258],
            [-0.84247693, 0.35276055, 0.62744509, 1.2576258],
        ),
        # gsDesign: gsDesign() with all its defaults, as in its manual.
        (
            [1 / 3, 2 / 3, 1], 0.025, 0.9, ("spending_hwang_shih_decani", -4.0),
            Futility("hwang_shih_decani", -2.0),
            [3.0107, 2.5465, 1.9992], [-0.2387, 0.9411, 1.9992],
        ),
    ],
)  # fmt: skip
def test_futility_bounds_are_those_of_other_implementations(
    looks: list[float],
    alpha: float,
    power: float,
    rule: tuple[str, float | None],
    futility: Futility,
    upper: list[float],
    low: list[float],
) -> None:
    name, parameter = rule
    made = boundaries(
        plan(looks, name, parameter=parameter, alpha=alpha, power=power, sided=1, futility=futility)
    )
    atol = 4e-7 if alpha != 0.025 else 6e-5
    np.testing.assert_allclose(made.upper, upper, atol=atol)
    np.testing.assert_allclose(made.futility, low, atol=atol)


@pytest.mark.parametrize(("sided", "binding"), [(1, True), (1, False), (2, False)])
def test_futility_bounds_keep_the_power_and_the_error(sided: int, binding: bool) -> None:
    made = boundaries(plan(4, sided=sided, power=0.85, futility=Futility(binding=binding)))
    drift = drift_for(made, 0.85)
    under = operating(made, drift)
    spent = np.cumsum(under.futile)
    shares = (1 - np.exp(2 * made.information)) / (1 - math.exp(2))
    # Of the last look's share a two-sided test may lose a little to the wrong side.
    np.testing.assert_allclose(spent[:3], 0.15 * shares[:3], atol=1e-5)
    error = operating(made, 0.0, futility=binding).power
    assert error == pytest.approx(0.05, abs=1e-10)
    z = paths(np.random.default_rng(7), made.information, drift, 200_000)
    size = np.abs(z) if sided == 2 else z
    stop, give_up = first(size >= made.upper), first(size < made.futility)
    power = float(((stop < 4) & (stop <= give_up)).mean())
    assert power == pytest.approx(under.power, abs=0.003)  # 3.8 standard errors


def test_a_binding_wedge_is_refused() -> None:
    with pytest.raises(InputError, match="two-sided"):
        plan(3, futility=Futility(binding=True))
    with pytest.raises(InputError, match="futility: found 'pocok'"):
        Futility("pocok")


@pytest.mark.parametrize("looks", [2, 5, 10, 20])
@pytest.mark.parametrize("name", ["obrien_fleming", "spending_obrien_fleming"])
def test_obrien_fleming_keeps_097_of_the_power(name: str, looks: int) -> None:
    made = cost(boundaries(plan(looks, name)), 0.05, 0.8)
    assert made.fixed == pytest.approx(0.8, abs=1e-5)
    assert made.power >= 0.97 * made.fixed
    assert made.power < made.fixed
    assert made.expected < 1


def test_power_is_that_of_simulated_tests() -> None:
    made = boundaries(plan([0.1, 0.35, 0.7, 1], "pocock"))
    under = operating(made, 2.8)
    z = paths(np.random.default_rng(3), made.information, 2.8, 200_000)
    at = first(np.abs(z) >= made.upper)
    stops = np.bincount(at, minlength=5)[:4] / len(z)
    np.testing.assert_allclose(under.better + under.worse, stops, atol=0.004)
    ends = np.append(made.information, 1.0)[at].mean()
    assert under.expected_information == pytest.approx(ends, abs=0.003)


def test_one_look_is_the_fixed_test() -> None:
    made = boundaries(plan(1, "pocock"))
    assert made.upper[0] == pytest.approx(norm.isf(0.025), abs=1e-12)
    drift = fixed_drift(0.05, 2, 0.8)
    assert operating(made, drift).power == pytest.approx(fixed_power(0.05, 2, drift), abs=1e-13)
    assert inflation(made, 0.05, 0.8) == pytest.approx(1, abs=1e-4)


def test_conditional_power_of_one_look_more_has_a_closed_form() -> None:
    made = Boundaries(
        np.array([0.4, 1.0]), np.array([9.0, 1.9]), np.full(2, -math.inf), np.zeros(2), 1
    )
    z, drift = 1.1, 2.3
    # Jennison & Turnbull 2000, section 10.2.
    expected = norm.sf((1.9 - z * math.sqrt(0.4) - drift * 0.6) / math.sqrt(0.6))
    assert conditional_power(made, 0, z, drift) == pytest.approx(expected, abs=1e-13)
    # With a flat prior the final z-value is normal around z / √t with variance (1 − t) / t.
    spread = math.sqrt(0.6 / 0.4)
    expected = norm.sf((1.9 - z / math.sqrt(0.4)) / spread)
    assert predictive_power(made, 0, z) == pytest.approx(expected, abs=1e-13)
    with pytest.raises(ValueError, match="found look 1"):
        conditional_power(made, 1, z, drift)


def test_conditional_power_of_several_looks_is_that_of_simulated_tests() -> None:
    made = boundaries(plan(4))
    information = made.information
    rng = np.random.default_rng(11)
    steps = np.diff(information[1:])
    scores = 1.4 * math.sqrt(0.5) + np.cumsum(
        2.5 * steps + rng.standard_normal((200_000, 2)) * np.sqrt(steps), axis=1
    )
    hit = (np.abs(scores / np.sqrt(information[2:])) >= made.upper[2:]).any(axis=1)
    assert conditional_power(made, 1, 1.4, 2.5) == pytest.approx(hit.mean(), abs=0.004)


def test_predictive_power_is_conditional_power_over_the_posterior() -> None:
    made = boundaries(plan(5, "pocock"))
    root, (points, weights) = math.sqrt(0.4), np.polynomial.hermite_e.hermegauss(40)
    given = [conditional_power(made, 1, 1.2, (1.2 + x) / root) for x in points.tolist()]
    expected = float(weights @ np.array(given)) / math.sqrt(2 * math.pi)
    assert predictive_power(made, 1, 1.2) == pytest.approx(expected, abs=1e-8)
    with pytest.raises(ValueError, match="found look 4"):
        predictive_power(made, 4, 1.2)
