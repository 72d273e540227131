"""Models against statsmodels and numbers worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import Holt, SimpleExpSmoothing

from analysis.forecasting import airline, intermittent, kernels, naive, seasonal, smoothing, yearly
from analysis.forecasting.smoothing import Grid

RNG = np.random.default_rng(11)
WALK = 100 + RNG.standard_normal(80).cumsum() + 0.4 * np.arange(80)


def smoothed(y: NDArray[Any], grid: Grid, horizon: int) -> NDArray[Any]:
    return kernels.smoothed(y, smoothing.points(grid, len(y)), horizon)


@pytest.mark.parametrize("alpha", [0.1, 0.3, 0.8])
def test_ses_with_fixed_alpha_equals_statsmodels(alpha: float) -> None:
    ours = smoothed(WALK, ((alpha, 0.0, 0.0),), 3)
    model = SimpleExpSmoothing(WALK, initialization_method="estimated")
    theirs = model.fit(smoothing_level=alpha, optimized=True).forecast(3)
    assert ours == pytest.approx(np.asarray(theirs), rel=1e-5)


def test_damped_trend_with_fixed_parameters_is_near_statsmodels() -> None:
    ours = smoothed(WALK, ((0.4, 0.25, 0.9),), 6)
    model = Holt(WALK, damped_trend=True, initialization_method="estimated")
    # statsmodels' smoothing_trend is the trend's gain on the level's change: beta as a share.
    theirs = model.fit(smoothing_level=0.4, smoothing_trend=0.25, damping_trend=0.9).forecast(6)
    # The pseudo-observation on the initial trend (absent there) dies out over 80 values.
    assert ours == pytest.approx(np.asarray(theirs), rel=1e-4)


def test_theta_is_near_statsmodels() -> None:
    series = pd.Series(WALK, index=pd.period_range("2000-01", periods=80, freq="M"))
    theirs = np.asarray(ThetaModel(series, deseasonalize=False).fit().forecast(12, theta=2))
    ours = smoothing.theta(WALK, 12)
    # Ours averages over alpha, theirs picks one: same to a fraction of the one-step error of 1.
    assert ours == pytest.approx(theirs, abs=0.5)


def test_a_straight_line_is_continued_by_optimised_theta() -> None:
    line = 5.0 + 2.0 * np.arange(30.0)
    assert smoothing.optimised_theta(line, 3) == pytest.approx([65, 67, 69], rel=1e-3)


def test_naive_and_seasonal_naive() -> None:
    y = np.array([1.0, 2, 3, 4, 5, 6])
    assert naive.naive(y, 2) == pytest.approx([6, 6])
    assert naive.seasonal_naive(y, 6, 4) == pytest.approx([3, 4, 5, 6, 3, 4])
    # Shorter than a season: the last value.
    assert naive.seasonal_naive(np.array([7.0, 8]), 3, 4) == pytest.approx([8, 8, 8])


def test_naive2_continues_an_exact_multiplicative_season() -> None:
    pattern = np.array([0.5, 1.0, 1.5, 1.0])
    y = 10 * np.tile(pattern, 8)
    made = naive.naive2(y, 5, 4)
    assert made == pytest.approx([5, 10, 15, 10, 5])


def test_naive2_is_naive_without_a_season() -> None:
    y = np.random.default_rng(0).standard_normal(60).cumsum() + 50
    assert not seasonal.is_seasonal(y, 12)
    assert naive.naive2(y, 3, 12) == pytest.approx([y[-1]] * 3)


def test_seasonality_test_against_its_formula() -> None:
    y = np.tile([1.0, 2, 3, 4], 6) + np.random.default_rng(1).standard_normal(24)
    c = y - y.mean()
    r = [float((c[k:] * c[:-k]).sum() / (c * c).sum()) for k in range(1, 5)]
    limit = 1.645 * np.sqrt((1 + 2 * sum(v * v for v in r[:3])) / 24)
    assert seasonal.is_seasonal(y, 4) == (abs(r[3]) > limit)


def test_indices_of_an_exact_season_are_found_and_not_shrunk() -> None:
    pattern = np.array([3.0, -1, -4, 2])
    y = np.tile(pattern, 6) + 0.5 * np.arange(24)
    assert kernels.indices(y, 4, 1.0, True) == pytest.approx(pattern, abs=1e-9)


def test_indices_of_noise_are_shrunk_to_near_nothing() -> None:
    noise = np.random.default_rng(5).standard_normal((100, 72))
    kept = sum(np.sum(kernels.indices(y, 12, 1.0, True) ** 2) for y in noise)
    assert kept < 0.2 * sum(np.sum(kernels.indices(y, 12, 1.0, False) ** 2) for y in noise)


def test_croston_by_hand() -> None:
    # Demands 2, 4, 3 after 2, 2 and 3 periods; alpha 0.5: size 2 → 3 → 3; interval 2 → 2 → 2.5.
    y = np.array([0.0, 2, 0, 4, 0, 0, 3])
    assert intermittent.croston_rate(y, 0.5) == pytest.approx(3 / 2.5 * 0.75)


def test_tsb_falls_while_no_demand_comes() -> None:
    y = np.array([0.0, 3, 0, 3, 0, 3, 0, 3])
    idle = np.append(y, np.zeros(20))
    assert intermittent.tsb(idle, 1)[0] < 0.5 * intermittent.tsb(y, 1)[0]


def test_airline_continues_an_exact_trend_and_season() -> None:
    pattern = np.array([3.0, -1, -4, 2])
    y = np.tile(pattern, 6) + 0.5 * np.arange(24)
    wanted = pattern[np.arange(24, 30) % 4] + 0.5 * np.arange(24, 30)
    assert smoothing.airline(y, 6, 4) == pytest.approx(wanted)


def test_fast_airline_agrees_with_the_one_that_takes_regressors() -> None:
    # The other averages over a grid and forecasts the shocks before the data back: at its best
    # point the two agree to a fraction of the one-step error of 1.
    shocks = np.random.default_rng(3).standard_normal(300)
    change = shocks[13:] - 0.5 * shocks[12:-1] - 0.7 * shocks[1:-12] + 0.35 * shocks[:-13]
    y = np.zeros(300)
    for t in range(13, 300):
        y[t] = y[t - 1] + y[t - 12] - y[t - 13] + change[t - 13]
    slow = airline.fit(y, m=12, horizon=12)
    fast = kernels.airline(y, 12, 12, np.array([slow.theta]), np.array([slow.seasonal]))
    assert fast == pytest.approx(slow.forecast, abs=0.3)


def test_year_on_year_growth_is_carried_on() -> None:
    season = 100 + 40 * np.sin(2 * np.pi * np.arange(52) / 52)
    y = np.concatenate([season, 1.1 * season])
    made = yearly.candidates(y, 4, 52, True)
    assert made[0] == pytest.approx(1.1 * season[:4])
    assert made[1] == pytest.approx(1.21 * season[:4], rel=1e-6)
    assert np.isnan(yearly.candidates(season[:40], 4, 52, True)).all()
