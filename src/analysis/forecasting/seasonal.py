"""The test of Naive2 for a season, and the units that errors are measured in.

Reference: Makridakis, Spiliotis & Assimakopoulos (2020), The M4 competition, IJF 36 (the test).
"""

from __future__ import annotations

import numpy as np

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


def unit_of(values: Floats, m: int, lag: int | None = None) -> float:
    """Mean absolute seasonal difference of the last three seasons (24 values at least).

    Args:
        values: History.
        m: Season length.
        lag: Steps between the values compared; when None the season, or one step where a season
            has no difference.

    Returns:
        The mean, 0 where there is none.
    """
    recent = values[-max(3 * m, 24) - m :]
    for step in (m, 1) if lag is None else (lag,):
        change = np.abs(recent[step:] - recent[:-step])
        change = change[~np.isnan(change)]
        if len(change) and change.mean() > 0:
            return float(change.mean())
    return 0.0


def units_at(y: Floats, cuts: Ints, m: int) -> Floats:
    """Unit of a series at each origin, ``(K,)``.

    One lag for all origins: the seasonal difference of a walk is some ``sqrt(m)`` times its step,
    so that origins on different lags could not be compared.
    """
    for lag in (m, 1):
        found = np.array([unit_of(y[:cut], m, lag) for cut in cuts])
        if np.all(found > 0) and cuts.min() >= lag + min(lag, LAG_NEEDS):
            return found
    return np.array([unit_of(y[:cut], m) for cut in cuts])
