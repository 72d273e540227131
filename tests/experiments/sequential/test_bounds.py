"""Bounds: published constants, another implementation's numbers, brute force, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from analysis.base.errors import InputError
from analysis.experiments.sequential import RULES, boundaries, peeking_error, plan
from analysis.experiments.sequential import integration as chain
from analysis.experiments.sequential.boundaries import crossing, spent_bounds
from analysis.experiments.sequential.spending import SPENDING, log_spent


@pytest.mark.parametrize(
    ("name", "looks", "alpha", "constant"),
    [
        # Jennison & Turnbull 2000, tables 2.1 (Pocock) and 2.3 (O'Brien–Fleming).
        ("pocock", 2, 0.05, 2.178), ("pocock", 5, 0.05, 2.413), ("pocock", 10, 0.05, 2.555),
        ("pocock", 5, 0.01, 2.986), ("pocock", 5, 0.1, 2.122), ("pocock", 20, 0.05, 2.672),
        ("obrien_fleming", 2, 0.05, 1.977), ("obrien_fleming", 5, 0.05, 2.040),
        ("obrien_fleming", 10, 0.05, 2.087),
        ("obrien_fleming", 5, 0.1, 1.751),
    ],
)  # fmt: skip
def test_constants_are_those_of_the_tables(
    name: str, looks: int, alpha: float, constant: float
) -> None:
    found = boundaries(plan(looks, name, alpha=alpha)).constant
    assert found == pytest.approx(constant, abs=6e-4)


@pytest.mark.parametrize(
    ("looks", "rule", "parameter", "alpha", "sided", "upper"),
    [
        # Unit tests of the R package rpact, to the digits printed there.
        ([1 / 3, 2 / 3, 1], "obrien_fleming", None, 0.025, 1, [3.4710914, 2.4544323, 2.0040356]),
        (
            [0.2, 0.4, 1], "spending_hwang_shih_decani", 0.0, 0.03, 1,
            [2.5121443, 2.4228747, 2.0280392],
        ),
        (
            [0.2, 0.4, 1], "spending_hwang_shih_decani", -1.0, 0.07, 1,
            [2.364813, 2.1928805, 1.5660474],
        ),
        (
            [0.3, 0.7, 1], "spending_kim_demets", 2.2, 0.03, 1,
            [2.8594012, 2.2435708, 1.9735737],
        ),
        (
            [0.3, 0.4, 0.8, 1], "spending_kim_demets", 2.5, 0.05, 2,
            [3.0276355, 2.8984727, 2.2289649, 2.0639032],
        ),
        (
            [0.35, 0.7, 1], "spending_pocock", None, 0.13, 1,
            [1.5446617, 1.4828682, 1.4620058],
        ),
        ([0.3, 0.8, 1], "wang_tsiatis", 0.24, 0.025, 2, [3.2029374, 2.4819703, 2.3420706]),
        ([0.3, 0.8, 1], "wang_tsiatis", 0.39, 0.025, 1, [2.4761792, 2.2229286, 2.1690292]),
        ([0.25, 0.5, 0.75, 1], "haybittle_peto", 3.0, 0.025, 1, [3, 3, 3, 1.9827514]),
    ],
)  # fmt: skip
def test_bounds_are_those_of_another_implementation(
    looks: list[float],
    rule: str,
    parameter: float | None,
    alpha: float,
    sided: int,
    upper: list[float],
) -> None:
    made = boundaries(plan(looks, rule, parameter=parameter, alpha=alpha, sided=sided))
    np.testing.assert_allclose(made.upper, upper, atol=3e-7)
    assert made.alpha_spent[-1] == pytest.approx(alpha)


def test_a_last_look_below_the_maximum_spends_no_more_than_its_share() -> None:
    made = boundaries(plan(1, "spending_pocock", alpha=0.025, sided=1), [0.4, 0.7])
    np.testing.assert_allclose(made.upper[:2], [2.223875, 2.3050796], atol=3e-7)  # rpact
    assert made.information[-1] == 1


@pytest.mark.parametrize("sided", [1, 2])
def test_chances_are_those_of_the_joint_normal_distribution(sided: int) -> None:
    information, theta = np.array([0.3, 0.45, 1.0]), 1.7
    upper = np.array([2.6, 2.3, 2.0])
    over, under = crossing(information, upper, sided, theta)
    root = np.sqrt(information)
    cov = np.minimum.outer(root, root) / np.maximum.outer(root, root)
    lower = -upper if sided == 2 else np.full(3, -40.0)
    inside = [
        float(
            multivariate_normal(theta * root[:k], cov[:k, :k], abseps=1e-10, releps=1e-10).cdf(
                upper[:k], lower_limit=lower[:k], rng=np.random.default_rng(1)
            )
        )
        for k in (1, 2, 3)
    ]
    stopped = -np.diff([1.0, *inside])
    np.testing.assert_allclose(over + under, stopped, atol=1e-7)


def test_more_points_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    information = np.array([0.01, 0.02, 0.3, 0.3001, 0.31, 0.55, 0.9, 1.0])
    made = {}
    for name in SPENDING:
        totals = log_spent(name, information, 0.025, -4.0 if name[0] == "h" else 3.0)
        made[name] = totals, spent_bounds(information, totals, 2)
    coarse = chain._points
    monkeypatch.setattr(chain, "_points", lambda lo, hi, scale: coarse(lo, hi, scale / 4))
    for totals, upper in made.values():
        np.testing.assert_allclose(spent_bounds(information, totals, 2), upper, atol=1e-10)


def test_chances_too_small_for_a_table_are_still_right() -> None:
    early = boundaries(plan([1e-4, 0.001, 0.01, 0.02, 1]))
    assert math.isfinite(early.upper[1])
    # 4 (1 − Φ(z / √t)): before anything could be lost to earlier looks, the bound is z / √t.
    first = boundaries(plan([0.01, 1])).upper[0]
    log_tail = math.log(2) + norm.logsf(norm.isf(0.0125) / 0.1)
    assert norm.logsf(first) == pytest.approx(log_tail, rel=1e-12)
    assert np.all(np.diff(early.upper) < 0)


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(st.floats(0.02, 1), min_size=1, max_size=8),
    name=st.sampled_from(sorted(RULES)),
    alpha=st.sampled_from([0.001, 0.01, 0.05, 0.2]),
    sided=st.sampled_from([1, 2]),
)
def test_every_rule_uses_the_error_and_no_more(
    steps: list[float], name: str, alpha: float, sided: int
) -> None:
    shares = np.cumsum(steps) / sum(steps)
    parameter = 4.5 if name == "haybittle_peto" else None
    made = boundaries(plan(shares.tolist(), name, parameter=parameter, alpha=alpha, sided=sided))
    over, under = crossing(made.information, made.upper, sided)
    np.testing.assert_allclose(np.cumsum(over + under), made.alpha_spent, atol=1e-11)
    assert made.alpha_spent[-1] == pytest.approx(alpha, rel=1e-9)


def test_peeking_costs_what_the_table_says() -> None:
    # Armitage, McPherson & Rowe 1969, table 2.
    found = [peeking_error(k) for k in (1, 2, 3, 4, 5, 10, 20, 50)]
    expected = [0.05, 0.083, 0.107, 0.126, 0.142, 0.193, 0.248, 0.320]
    np.testing.assert_allclose(found, expected, atol=6e-4)
    assert peeking_error([5.0]) == pytest.approx(0.05)


@pytest.mark.parametrize("name", ["hwang_shih_decani", "kim_demets", "pocock", "obrien_fleming"])
def test_spending_grows_from_nothing_to_all(name: str) -> None:
    t = np.linspace(0.001, 1.2, 300)
    for parameter in (-30.0, -4.0, 1e-9, 3.0) if name[0] == "h" else (0.5, 3.0):
        spent = np.exp(log_spent(name, t, 0.025, parameter))
        assert np.all(np.diff(spent) >= 0)
        assert spent[-1] == pytest.approx(0.025)
    if name == "hwang_shih_decani":
        np.testing.assert_allclose(
            log_spent(name, t, 0.025, 0.0), log_spent(name, t, 0.025, 1e-9), atol=1e-8
        )


def test_classical_bounds_keep_the_error_when_looks_are_not_as_planned() -> None:
    planned = plan(4, "obrien_fleming")
    as_planned = boundaries(planned, [0.25, 0.5])
    np.testing.assert_allclose(as_planned.upper, boundaries(planned).upper, atol=1e-9)
    late = boundaries(planned, [0.3, 0.8])
    assert late.information.tolist() == [0.3, 0.8, 1.0]
    over, under = crossing(late.information, late.upper, 2)
    assert (over + under).sum() == pytest.approx(0.05, abs=1e-10)
    np.testing.assert_allclose(np.cumsum(over + under)[:2], as_planned.alpha_spent[:2], atol=1e-10)


def test_an_over_run_and_an_early_end_use_what_is_left() -> None:
    planned = plan(4)
    for looks, ended in (([0.25, 0.5, 1.3], False), ([0.25, 0.6], True), ([0.25, 0.9995], False)):
        made = boundaries(planned, looks, ended=ended)
        assert made.information.tolist() == looks
        over, under = crossing(made.information, made.upper, 2)
        assert (over + under).sum() == pytest.approx(0.05, abs=1e-10)
    going = boundaries(planned, [0.25, 0.6])
    assert going.information.tolist() == [0.25, 0.6, 0.75, 1.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plan(5, "pocok"), "did you mean 'pocock'"),
        (lambda: plan(0), "looks: found 0"),
        (lambda: plan([]), "looks: found none"),
        (lambda: plan([0.5, 0.4, 1]), "found 0.4 at look 2, expected more than 0.5"),
        (lambda: plan([0.5, 0.50001, 1]), "at look 2"),
        (lambda: plan([-0.1, 1]), "expected above 0"),
        (lambda: plan([0.5, 0.9]), "found the last at 0.9, expected the maximum, 1"),
        (lambda: plan([500, 900], n_max=1000), "expected the maximum, 1000"),
        (lambda: plan(3, alpha=0.0), "alpha: found 0.0, expected between 0 and 0.5"),
        (lambda: plan(3, alpha=5), "alpha: found 5"),
        (lambda: plan(3, alpha=math.nan), "alpha: found nan"),
        (lambda: plan(3, power=1.0), "power: found 1.0"),
        (lambda: plan(3, sided=3), "sided: found 3"),
        (lambda: plan(3, n_max=-5), "n_max: found -5"),
        (lambda: plan(3, "pocock", parameter=2), "rule 'pocock' has none"),
        (lambda: plan(3, "wang_tsiatis", parameter=7), "found 7, expected -1 to 1"),
        (lambda: plan(3, "spending_kim_demets", parameter=0), "expected above 0"),
        (lambda: boundaries(plan(3, "haybittle_peto", parameter=1)), "expected a larger z-value"),
        (lambda: boundaries(plan(3), [0.5, 1.0, 1.1]), "look 3: found after the last one"),
        (lambda: boundaries(plan(2, "pocock"), [0.3, 0.5, 0.8]), "all planned looks were taken"),
        (lambda: boundaries(plan(3), [0.5, 0.5]), "found 0.5 at look 2"),
    ],
)
def test_what_cannot_be_is_refused(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        call()
