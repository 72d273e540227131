from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from analysis.base.errors import InputError
from analysis.market import (
    read_model,
    sensitivity,
    simulate,
    sobol_indices,
    tornado,
    value_of_information,
)
from tests.market.declared import three_normal, two_routes

Floats = NDArray[np.float64]


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _ishigami(uniforms: Floats) -> Floats:
    x = math.pi * (2 * uniforms - 1)
    return np.asarray(
        np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    )


# Ishigami & Homma 1990, in closed form for a = 7, b = 0.1.
_V = 49 / 8 + 0.1 * math.pi**4 / 5 + 0.01 * math.pi**8 / 18 + 0.5
_FIRST = np.array([0.5 * (1 + 0.1 * math.pi**4 / 5) ** 2, 49 / 8, 0.0]) / _V
_BOTH = 0.01 * math.pi**8 * (1 / 18 - 1 / 50) / _V
_TOTAL = _FIRST + np.array([_BOTH, 0, _BOTH])


def test_ishigami_is_met_and_covered() -> None:
    found = sobol_indices(_ishigami, 3, rng=_rng(), n=2**12)
    assert found.variance == pytest.approx(_V, rel=0.01)
    assert found.first == pytest.approx(_FIRST, abs=0.01)
    assert found.total == pytest.approx(_TOTAL, abs=0.01)
    assert (found.first_lo <= _FIRST).all()
    assert (found.first_hi >= _FIRST).all()
    assert (found.total_lo <= _TOTAL).all()
    assert (found.total_hi >= _TOTAL).all()
    assert found.evaluations == 5 * 2**12


def test_bootstrap_intervals_cover_at_least_their_level() -> None:
    covered = np.zeros(3)
    for seed in range(100):
        found = sobol_indices(_ishigami, 3, rng=_rng(seed), n=256, resamples=100)
        covered += (found.total_lo <= _TOTAL) & (found.total_hi >= _TOTAL)
    # 95 % of 100: standard error 2.2; quasi-random points are better than the bootstrap supposes.
    assert (covered >= 88).all()


def test_indices_do_not_depend_on_place_and_scale() -> None:
    plain = sobol_indices(_ishigami, 3, rng=_rng(), n=256)
    moved = sobol_indices(lambda u: 1e9 + 1e-3 * _ishigami(u), 3, rng=_rng(), n=256)
    assert moved.first == pytest.approx(plain.first, abs=1e-3)
    assert moved.total == pytest.approx(plain.total, abs=1e-3)


def test_an_outcome_that_does_not_vary_has_no_indices() -> None:
    found = sobol_indices(lambda u: np.full(len(u), 3.0), 2, rng=_rng(), n=64)
    assert found.reason == "the outcome does not vary"
    assert np.isnan(found.first).all()
    with pytest.raises(ValueError, match="not finite"):
        sobol_indices(lambda u: np.full(len(u), np.inf), 2, rng=_rng(), n=64)


def test_a_linear_model_has_the_shares_of_its_variances() -> None:
    # Reference case market-07: 2a + 3b + c with sd 1, 2, 5.
    model = read_model(three_normal((2.0, 3.0, 1.0), (1.0, 2.0, 5.0)))
    found = sensitivity(model, "som", rng=_rng())
    assert list(found.frame["name"]) == ["x1", "x2", "x0"]
    wanted = np.array([36, 25, 4]) / 65
    assert found.frame["first"].to_numpy() == pytest.approx(wanted, abs=0.005)
    assert found.frame["total"].to_numpy() == pytest.approx(wanted, abs=0.005)
    assert found.interactions == pytest.approx(0, abs=0.01)
    assert not found.correlated
    swing = 2 * stats.norm.ppf(0.9) * np.array([6, 5, 2])
    assert found.frame["swing"].to_numpy() == pytest.approx(swing)


def test_only_inputs_that_vary_and_matter_are_ranked() -> None:
    declared = two_routes()
    declared["correlations"] = [{"between": ["homes", "spend"], "rank": 0.5}]
    model = read_model(declared)
    assert list(sensitivity(model, "sold", rng=_rng(), n=64).frame["name"]) == ["turnover"]
    assert sensitivity(model, "som", rng=_rng(), n=64).correlated
    assert not sensitivity(model, "sold", rng=_rng(), n=64).correlated
    fixed = sensitivity(model, "shops", rng=_rng(), n=64)
    assert fixed.frame.empty
    assert fixed.indices.reason
    with pytest.raises(InputError, match="did you mean 'sold'"):
        tornado(model, "sodl")


def _loss(mean: float, sd: float) -> float:
    """E max(0, X) of a normal number."""
    return float(mean * stats.norm.cdf(mean / sd) + sd * stats.norm.pdf(mean / sd))


@pytest.mark.parametrize("cost", [55.0, 60.0, 66.0])
def test_the_value_of_information_is_that_of_the_normal_model(cost: float) -> None:
    # Payoff N(60 - cost, 65) with parts 4, 36, 25: unit normal loss (Raiffa & Schlaifer 1961).
    draws = simulate(read_model(three_normal((2.0, 3.0, 1.0), (1.0, 2.0, 5.0))), rng=_rng())
    found = value_of_information(draws, "som", cost=cost)
    now = max(60 - cost, 0.0)
    wanted = {
        name: _loss(60 - cost, sd) - now for name, sd in (("x0", 2.0), ("x1", 6.0), ("x2", 5.0))
    }
    for _, row in found.frame.iterrows():
        tolerance = 4 * row["value_error"] + 0.01
        assert row["value"] == pytest.approx(wanted[row["name"]], abs=tolerance)
    assert found.frame["name"].iloc[0] == "x1"
    assert found.frame["variance"].iloc[0] == pytest.approx(36 / 65, abs=0.01)
    assert found.perfect == pytest.approx(_loss(60 - cost, math.sqrt(65)) - now, abs=0.02)
    assert found.loss_chance == pytest.approx(stats.norm.cdf(cost, 60, math.sqrt(65)), abs=0.003)
    assert (found.frame["value"] <= found.perfect).all()


def test_learning_one_of_two_linked_inputs_tells_of_the_other() -> None:
    declared: dict[str, Any] = three_normal((1.0, 1.0), (1.0, 1.0))
    declared["correlations"] = [{"between": ["x0", "x1"], "normal": 0.8}]
    draws = simulate(read_model(declared), rng=_rng())
    found = value_of_information(draws, "som", cost=20.0)
    # Var(E[Y | x0]) = (1 + .8)² of Var(Y) = 3.6.
    assert found.frame["variance"].to_numpy() == pytest.approx([0.9, 0.9], abs=0.01)
    assert found.frame["value"].to_numpy() == pytest.approx([_loss(0, 1.8)] * 2, abs=0.01)


def test_a_decision_that_nothing_changes_has_information_of_no_value() -> None:
    draws = simulate(read_model(two_routes()), rng=_rng(), n=256)
    found = value_of_information(draws, "som", cost=-1.0)
    assert found.enter
    assert found.perfect == 0
    assert (found.frame["value"] == 0).all()
    with pytest.raises(InputError, match="expected finite"):
        value_of_information(draws, "som", cost=math.inf)


def test_ninety_thousand_evaluations_of_twenty_inputs_take_seconds() -> None:
    names = [f"x{i}" for i in range(20)]
    declared = three_normal((1.0,) * 20, (1.0,) * 20)
    for name in names:
        one = {**declared["inputs"][name], "unit": "share", "distribution": "pert"}
        declared["inputs"][name] = one | {"min": 0.1, "mode": 0.5, "max": 0.9}
        del declared["inputs"][name]["mean"], declared["inputs"][name]["sd"]
    terms = " * ".join(names[:10]) + " + " + " * ".join(names[10:])
    declared["formulas"]["som"] = {"is": terms, "unit": "share"}
    model = read_model(declared)
    began = time.process_time()
    found = sensitivity(model, "som", rng=_rng(), n=4096)
    spent = time.process_time() - began
    assert found.indices.evaluations == 4096 * 22 > 2**16
    assert spent < 6
