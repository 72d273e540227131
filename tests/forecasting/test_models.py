"""Models against statsmodels and numbers worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import Holt, SimpleExpSmoothing

from analysis.forecasting import intermittent, naive, seasonal, smoothing, theta
from analysis.forecasting.arrays import Floats, Rows, by_chunk, stack
from analysis.forecasting.smoothing import Grid

RNG = np.random.default_rng(11)
WALK = 100 + RNG.standard_normal(80).cumsum() + 0.4 * np.arange(80)


def rows(*histories: NDArray[Any]) -> Rows:
    return stack([np.asarray(h, dtype=float) for h in histories])[0]


@pytest.mark.parametrize("alpha", [0.1, 0.3, 0.8])
def test_ses_with_fixed_alpha_equals_statsmodels(alpha: float) -> None:
    grid = smoothing.ses_grid((alpha,))
    ours = smoothing.extrapolate(*smoothing.fit(rows(WALK), grid), grid.phi, 3)[:, 0]
    model = SimpleExpSmoothing(WALK, initialization_method="estimated")
    theirs = model.fit(smoothing_level=alpha, optimized=True).forecast(3)
    assert ours == pytest.approx(np.asarray(theirs), rel=1e-5)


def test_damped_trend_with_fixed_parameters_is_near_statsmodels() -> None:
    grid = Grid(np.array([0.4]), np.array([0.25]), np.array([0.9]))
    ours = smoothing.extrapolate(*smoothing.fit(rows(WALK), grid), grid.phi, 6)[:, 0]
    model = Holt(WALK, damped_trend=True, initialization_method="estimated")
    # statsmodels' smoothing_trend is the trend's gain on the level's change: beta as a share.
    theirs = model.fit(smoothing_level=0.4, smoothing_trend=0.25, damping_trend=0.9).forecast(6)
    # The pseudo-observation on the initial trend (absent there) dies out over 80 values.
    assert ours == pytest.approx(np.asarray(theirs), rel=1e-4)


def test_theta_is_near_statsmodels() -> None:
    series = pd.Series(WALK, index=pd.period_range("2000-01", periods=80, freq="M"))
    theirs = np.asarray(ThetaModel(series, deseasonalize=False).fit().forecast(12, theta=2))
    ours = theta.theta(rows(WALK), 12)[:, 0]
    # Ours averages over alpha, theirs picks one: same to a fraction of the one-step error of 1.
    assert ours == pytest.approx(theirs, abs=0.5)


def test_both_thetas_from_one_pass() -> None:
    made = theta.both(rows(WALK, WALK[:40]), 5)
    assert np.array_equal(made[0], theta.theta(rows(WALK, WALK[:40]), 5))
    assert np.array_equal(made[1], theta.optimised_theta(rows(WALK, WALK[:40]), 5))


def test_a_straight_line_is_continued_by_optimised_theta() -> None:
    line = 5.0 + 2.0 * np.arange(30)
    assert theta.optimised_theta(rows(line), 3)[:, 0] == pytest.approx([65, 67, 69], rel=1e-3)


def test_naive_and_seasonal_naive() -> None:
    two = rows(np.array([1.0, 2, 3, 4, 5, 6]), np.array([7.0, 8]))
    assert naive.naive(two, 2)[:, 0] == pytest.approx([6, 6])
    assert naive.seasonal_naive(two, 6, 4)[:, 0] == pytest.approx([3, 4, 5, 6, 3, 4])
    # Shorter than a season: the last value.
    assert naive.seasonal_naive(two, 3, 4)[:, 1] == pytest.approx([8, 8, 8])


def test_naive2_continues_an_exact_multiplicative_season() -> None:
    pattern = np.array([0.5, 1.0, 1.5, 1.0])
    y = 10 * np.tile(pattern, 8)
    made = naive.naive2(rows(y), 5, 4)[:, 0]
    assert made == pytest.approx([5, 10, 15, 10, 5])


def test_naive2_is_naive_without_a_season() -> None:
    y = np.random.default_rng(0).standard_normal(60).cumsum() + 50
    assert not seasonal.is_seasonal(rows(y), 12)[0]
    assert naive.naive2(rows(y), 3, 12)[:, 0] == pytest.approx([y[-1]] * 3)


def test_seasonality_test_against_its_formula() -> None:
    y = np.tile([1.0, 2, 3, 4], 6) + np.random.default_rng(1).standard_normal(24)
    c = y - y.mean()
    r = [float((c[k:] * c[:-k]).sum() / (c * c).sum()) for k in range(1, 5)]
    limit = 1.645 * np.sqrt((1 + 2 * sum(v * v for v in r[:3])) / 24)
    assert seasonal.is_seasonal(rows(y), 4)[0] == (abs(r[3]) > limit)


def test_indices_of_an_exact_season_are_found_and_not_shrunk() -> None:
    pattern = np.array([3.0, -1, -4, 2])
    y = np.tile(pattern, 6) + 0.5 * np.arange(24)
    assert seasonal.indices(rows(y), 4)[:, 0] == pytest.approx(pattern, abs=1e-9)


def test_indices_of_noise_are_shrunk_to_near_nothing() -> None:
    noise = rows(*np.random.default_rng(5).standard_normal((100, 72)))
    kept = np.sum(seasonal.indices(noise, 12) ** 2)
    assert kept < 0.2 * np.sum(seasonal.indices(noise, 12, shrink=False) ** 2)


def test_croston_by_hand() -> None:
    # Demands 2, 4, 3 after 2, 2 and 3 periods; alpha 0.5: size 2 → 3 → 3; interval 2 → 2 → 2.5.
    y = np.array([0.0, 2, 0, 4, 0, 0, 3])
    made = intermittent.croston(rows(y), 1, alpha=0.5, correct=False)
    assert made[0, 0] == pytest.approx(3 / 2.5)
    corrected = intermittent.croston(rows(y), 1, alpha=0.5)
    assert corrected[0, 0] == pytest.approx(3 / 2.5 * 0.75)


def test_tsb_falls_while_no_demand_comes() -> None:
    y = np.array([0.0, 3, 0, 3, 0, 3, 0, 3])
    idle = np.append(y, np.zeros(20))
    assert intermittent.tsb(rows(idle), 1)[0, 0] < 0.5 * intermittent.tsb(rows(y), 1)[0, 0]


def test_rows_do_not_depend_on_each_other_or_on_chunks() -> None:
    histories = [WALK, WALK[:50], WALK[10:60], WALK[:20]]

    def model(r: Rows) -> Floats:
        return smoothing.damped(r, 4)

    alone = [by_chunk([h], 4, model)[:, 0] for h in histories]
    together = by_chunk(histories, 4, model)
    by_two = by_chunk(histories, 4, model, size=2)
    for i, forecast in enumerate(alone):
        assert np.array_equal(forecast, together[:, i])
        assert np.array_equal(forecast, by_two[:, i])
