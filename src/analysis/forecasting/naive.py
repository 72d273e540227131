"""The naive benchmarks: last value, last season, and Naive2 of the M competitions."""

from __future__ import annotations

import numpy as np

from analysis.forecasting.arrays import Floats, Rows
from analysis.forecasting.seasonal import (
    centred_average,
    indices,
    is_seasonal,
    season_means,
    spread,
)


def naive(rows: Rows, horizon: int) -> Floats:
    """The last value, ``(horizon, R)``."""
    return np.repeat(rows.last()[None], horizon, axis=0)


def seasonal_naive(rows: Rows, horizon: int, m: int) -> Floats:
    """The value one season before, ``(horizon, R)``; the last value below one season."""
    back = np.where(rows.n >= m, m, 1)
    at = rows.n - back + np.arange(horizon)[:, None] % back
    out: Floats = rows.values[at, np.arange(len(rows.n))]
    return out


def naive2(rows: Rows, horizon: int, m: int) -> Floats:
    """Naive on seasonally adjusted data where the 90 % test finds a season, ``(horizon, R)``.

    Multiplicative classical decomposition as in M3 and M4; additive for rows not all positive,
    which those competitions did not have. Indices of ratios average ratios, not their logs.
    """
    positive = np.all((rows.values > 0) | ~rows.mask, axis=0)
    seasonal = is_seasonal(rows, m)
    past, ahead = _classical(rows, m, horizon)
    additive = indices(rows, m, shrink=False)
    plus, plus_ahead = spread(additive, rows, horizon)
    end = (rows.n - 1, np.arange(len(rows.n)))
    last = rows.last()
    by_ratio = last / past[end] * ahead
    by_sum = last - plus[end] + plus_ahead
    out: Floats = np.where(seasonal, np.where(positive, by_ratio, by_sum), last)
    return out


def _classical(rows: Rows, m: int, horizon: int) -> tuple[Floats, Floats]:
    """Multiplicative indices over history and horizon: mean ratios, normalised to mean 1."""
    trend, exists = centred_average(rows, m)
    exists = exists & (trend > 0)
    ratio = np.where(exists, rows.values / np.where(exists, trend, 1.0), 0.0)
    mean, total = season_means(ratio, exists, m)
    mean = np.where(total > 0, mean, 1.0)
    mean = mean / np.maximum(np.sum(mean, axis=0) / m, np.finfo(float).tiny)
    return spread(np.where(mean > 0, mean, 1.0), rows, horizon)
