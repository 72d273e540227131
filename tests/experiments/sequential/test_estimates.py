"""Estimates after stopping: another implementation's numbers, and what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from analysis.experiments.sequential import Boundaries, boundaries, plan, repeated_p
from analysis.experiments.sequential.estimates import (
    adjusted,
    chance_above,
    chance_below,
    mean_estimate,
    p_value,
    quantile_drift,
)
from tests.experiments.sequential.test_operating import first, paths


def test_final_p_value_interval_and_median_are_those_of_another_implementation() -> None:
    # rpact, getAnalysisResults: one mean a stage, thetaH0 = 25, WT Δ = 0.4, binding futility at
    # 0.5244, α = 0.025 one-sided, stopped at stage 3 of 4.
    n = np.array([120, 130, 130])
    means, sds = np.array([45.0, 41.0, 45.0]), np.array([130.0, 140.0, 120.0])
    total, mean = n.sum(), (n * means).sum() / n.sum()
    squares = ((n - 1) * sds**2).sum() + (n * (means - mean) ** 2).sum()
    se = math.sqrt(squares / (total - 1) / total)
    z = stats.norm.isf(stats.t.sf((mean - 25) / se, total - 1))
    bounds = Boundaries(
        np.arange(1, 5) / 4, np.array([2.4958485, 2.328709, 2.2361766, 2.1727623]),
        np.array([0.5244, 0.5244, 0.5244, -math.inf]), np.zeros(4), 1, binding=True,
    )  # fmt: skip
    found = adjusted(bounds, 2, float(z), 0.025)
    scale = se * math.sqrt(0.75)
    assert found.p_value == pytest.approx(0.014723218, abs=5e-9)
    assert 25 + found.lo * scale == pytest.approx(26.836053, abs=2e-6)
    assert 25 + found.hi * scale == pytest.approx(56.851998, abs=2e-6)
    assert 25 + found.median_unbiased * scale == pytest.approx(42.083093, abs=2e-6)


def test_repeated_p_values_are_those_of_another_implementation() -> None:
    # rpact, getRepeatedPValues, WT Δ = 0.4, no binding futility: 3 looks, α = 0.025.
    planned = plan(3, "wang_tsiatis", parameter=0.4, alpha=0.025, sided=1)
    n, means, sds = np.array([120, 130]), np.array([45.0, 41.0]), np.array([130.0, 140.0])
    mean = (n * means).sum() / n.sum()
    squares = ((n - 1) * sds**2).sum() + (n * (means - mean) ** 2).sum()
    late = (mean - 25) / math.sqrt(squares / (n.sum() - 1) / n.sum())
    z = [
        float(stats.norm.isf(stats.t.sf(20 / (130 / math.sqrt(120)), 119))),
        float(stats.norm.isf(stats.t.sf(late, n.sum() - 1))),
    ]
    assert repeated_p(planned, [1 / 3], z[0]) == pytest.approx(0.11501103, abs=1e-6)
    assert repeated_p(planned, [1 / 3, 2 / 3], z[1]) == pytest.approx(0.039167372, abs=1e-6)


def test_a_z_value_on_the_bound_has_the_p_value_that_was_spent() -> None:
    for sided in (1, 2):
        made = boundaries(plan([0.1, 0.4, 0.7, 1], "pocock", sided=sided))
        for look in range(4):
            found = p_value(made, look, float(made.upper[look]))
            assert found == pytest.approx(float(made.alpha_spent[look]), abs=1e-10)
    planned = plan(4)
    assert repeated_p(planned, [0.25, 0.5], float(boundaries(planned).upper[1])) == pytest.approx(
        0.05, abs=1e-9
    )
    assert repeated_p(planned, [0.25, 0.5], 0.0) == 1.0
    assert math.isnan(repeated_p(plan(4, "haybittle_peto"), [0.25], 1.0))


def test_the_first_look_has_the_plain_interval() -> None:
    found = adjusted(boundaries(plan(3)), 0, 5.2, 0.025)
    root = math.sqrt(1 / 3)
    assert found.median_unbiased == pytest.approx(5.2 / root)
    assert found.lo == pytest.approx((5.2 - stats.norm.isf(0.025)) / root)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(5.2), rel=1e-12)
    assert p_value(boundaries(plan(3)), 0, 37.0) == pytest.approx(2 * stats.norm.sf(37.0))


@pytest.mark.parametrize("drift", [0.0, 2.0, -3.5])
def test_intervals_cover_and_medians_are_unbiased(drift: float) -> None:
    made = boundaries(plan([0.2, 0.45, 0.7, 1], "pocock"))
    z = paths(np.random.default_rng(5), made.information, drift, 2500)
    at = np.minimum(first(np.abs(z) >= made.upper), 3)
    chances = np.array(
        [chance_above(made, int(k), float(z[i, k]), drift) for i, k in enumerate(at)]
    )
    # The chance of what was seen is uniform, so every quantile of it is a sound limit.
    assert stats.kstest(chances, "uniform").pvalue > 0.01
    covered = float(((chances > 0.025) & (chances < 0.975)).mean())
    assert covered == pytest.approx(0.95, abs=0.0131)  # 3 standard errors
    assert float((chances > 0.5).mean()) == pytest.approx(0.5, abs=0.03)
    for i in range(25):
        found = adjusted(made, int(at[i]), float(z[i, at[i]]), 0.025)
        assert (found.lo < drift < found.hi) == (0.025 < chances[i] < 0.975)
        assert (found.median_unbiased < drift) == (chances[i] > 0.5)


@pytest.mark.parametrize("sided", [1, 2])
def test_limits_are_where_the_chance_is(sided: int) -> None:
    made = boundaries(plan(5, sided=sided))
    for look, z in ((1, 3.6), (2, 2.7), (4, -0.8), (4, 2.5), (2, 30.0)):
        for chance in (0.025, 0.5, 0.975):
            drift = quantile_drift(made, look, z, chance)
            assert chance_above(made, look, z, drift) == pytest.approx(chance, abs=1e-10)
            both = chance_above(made, look, z, drift) + chance_below(made, look, z, drift)
            assert both == pytest.approx(1, abs=1e-10)


def test_two_sided_estimates_turn_with_the_sign() -> None:
    made = boundaries(plan(5, "pocock"))
    one, other = adjusted(made, 2, 2.6, 0.025), adjusted(made, 2, -2.6, 0.025)
    assert (one.lo, one.hi) == pytest.approx((-other.hi, -other.lo), abs=1e-10)
    assert one.median_unbiased == pytest.approx(-other.median_unbiased, abs=1e-10)
    assert one.bias_adjusted == pytest.approx(-other.bias_adjusted, abs=1e-9)
    assert one.p_value == pytest.approx(other.p_value, abs=1e-13)
    assert one.median_unbiased < 2.6 / math.sqrt(0.6)  # stopping flatters


def test_the_mean_estimate_is_that_of_simulated_tests() -> None:
    made = boundaries(plan([0.2, 0.5, 1], "pocock"))
    z = paths(np.random.default_rng(9), made.information, 1.8, 400_000)
    at = np.minimum(first(np.abs(z) >= made.upper), 2)
    plain = z[np.arange(len(z)), at] / np.sqrt(made.information[at])
    error = float(plain.std() / math.sqrt(len(z)))
    assert mean_estimate(made, 1.8) == pytest.approx(float(plain.mean()), abs=4 * error)
