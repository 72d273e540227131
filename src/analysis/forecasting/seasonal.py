"""The test of Naive2 for a season, and the units that errors are measured in.

Reference: Makridakis, Spiliotis & Assimakopoulos (2020), The M4 competition, IJF 36 (the test).
"""

from __future__ import annotations

import numpy as np

from analysis.base.compiled import compiled
from analysis.forecasting.arrays import Floats, Ints

CRITICAL = 1.645
"""Two-sided 90 % normal quantile of the seasonality test."""
LAG_NEEDS = 6
"""Seasonal differences that make a unit."""


def is_seasonal(y: Floats, m: int) -> bool:
    """The M4 test: is the autocorrelation at lag ``m`` beyond its 90 % limit?

    ``|r_m| > 1.645 sqrt((1 + 2 Σ_{i<m} r_i²) / n)``; false below three seasons.
    """
    n = len(y)
    centred = y - y.mean()
    total = float(centred @ centred)
    if m <= 1 or n < 3 * m or total <= 0:
        return False
    lags = np.array([centred[k:] @ centred[:-k] for k in range(1, m + 1)]) / total
    limit = CRITICAL * np.sqrt((1 + 2 * np.sum(lags[:-1] ** 2)) / n)
    return bool(abs(lags[-1]) > limit)


@compiled
def _mean_change(y: Floats, m: int, lag: int) -> float:
    """Mean absolute difference at a lag over the last three seasons (24 values at least)."""
    first = max(len(y) - max(3 * m, 24) - m, 0) + lag
    total, count = 0.0, 0
    for t in range(first, len(y)):
        change = abs(y[t] - y[t - lag])
        if not np.isnan(change):
            total += change
            count += 1
    return total / count if count > 0 else 0.0


def unit_of(values: Floats, m: int) -> float:
    """Mean absolute seasonal difference of the last three seasons (24 values at least).

    One step where a season has no difference; 0 where that has none either.
    """
    return _mean_change(values, m, m) or _mean_change(values, m, 1)


def units_at(y: Floats, cuts: Ints, m: int) -> Floats:
    """Unit of a series at each origin, ``(K,)``.

    One lag for all origins: the seasonal difference of a walk is some ``sqrt(m)`` times its step,
    so that origins on different lags could not be compared.
    """
    for lag in (m, 1):
        found = np.array([_mean_change(y[:cut], m, lag) for cut in cuts])
        if np.all(found > 0) and cuts.min() >= lag + min(lag, LAG_NEEDS):
            return found
    return np.array([unit_of(y[:cut], m) for cut in cuts])
