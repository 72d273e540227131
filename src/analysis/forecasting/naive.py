"""The naive benchmarks: last value, last season, and Naive2 of the M competitions."""

from __future__ import annotations

import numpy as np

from analysis.forecasting import kernels
from analysis.forecasting.arrays import Floats
from analysis.forecasting.seasonal import is_seasonal


def naive(y: Floats, horizon: int) -> Floats:
    """The last value, ``(horizon,)``."""
    return np.full(horizon, y[-1])


def seasonal_naive(y: Floats, horizon: int, m: int) -> Floats:
    """The value one season before, ``(horizon,)``; the last value below one season."""
    season = y[-m:] if len(y) >= m else y[-1:]
    return season[np.arange(horizon) % len(season)]


def naive2(y: Floats, horizon: int, m: int) -> Floats:
    """Naive on seasonally adjusted data where the 90 % test finds a season, ``(horizon,)``.

    Multiplicative classical decomposition as in M3 and M4; additive for rows not all positive,
    which those competitions did not have. Indices of ratios average ratios, not their logs.
    """
    n = len(y)
    if not is_seasonal(y, m):
        return naive(y, horizon)
    ahead = (n + np.arange(horizon)) % m
    if np.all(y > 0):
        ratio = _ratios(y, m)
        by_ratio: Floats = y[-1] / ratio[(n - 1) % m] * ratio[ahead]
        return by_ratio
    index = kernels.indices(y, m, 1.0, False)
    by_sum: Floats = y[-1] - index[(n - 1) % m] + index[ahead]
    return by_sum


def _ratios(y: Floats, m: int) -> Floats:
    """Multiplicative indices: mean ratios to the centred average, normalised to mean 1."""
    trend, exists = kernels.centred_average(y, m)
    time = np.arange(len(y))[exists]
    count = np.bincount(time % m, minlength=m)
    total = np.bincount(time % m, weights=y[exists] / trend[exists], minlength=m)
    mean = np.where(count > 0, total / np.maximum(count, 1), 1.0)
    mean = mean / max(float(np.sum(mean)) / m, float(np.finfo(float).tiny))
    return np.where(mean > 0, mean, 1.0)
