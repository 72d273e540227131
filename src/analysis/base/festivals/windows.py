"""Festivals and weekdays as regressors of months and quarters.

A window's share of a month is how many of its days fall into it. From every column its long-run
mean by calendar month is taken off, so that the season keeps what comes each year and the column
holds only what moves (Bell & Hillmer 1983, Modeling time series with calendar variation, JASA 78).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from analysis.base.festivals.dates import FIRST_YEAR, LAST_YEAR, festival

Floats = NDArray[np.float64]

ORIGIN = 12 * (FIRST_YEAR - 1970)
"""Months from January 1970 to the first month of every column."""
MONTHS = 12 * (LAST_YEAR - FIRST_YEAR + 1)
_DAYS = np.arange(np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR + 1}-01-01"))
_MONTH = (_DAYS.astype("datetime64[M]").astype(np.int64) - ORIGIN).astype(np.int64)


def _moving(values: Floats, step: int, offset: int) -> Floats:
    """Sums over ``step`` months from ``offset`` on, without the mean of their place in the year."""
    kept = (MONTHS - offset) // step * step
    sums = values[offset : offset + kept].reshape(-1, step).sum(axis=1)
    year = 12 // step
    whole = len(sums) // year * year
    mean = sums[:whole].reshape(-1, year).mean(axis=0)
    out: Floats = sums - mean[np.arange(len(sums)) % year]
    return out


@cache
def window_column(key: str, first: int, last: int, step: int = 1, offset: int = 0) -> Floats:
    """Share of a festival's window in each period, less its mean by place in the year.

    Args:
        key: Festival.
        first: First day, counted from the festival (0), negative before it.
        last: Last day, inclusive.
        step: Months in a period: 1 or 3.
        offset: Months of the first period after January of :data:`FIRST_YEAR`.

    Returns:
        One value a period, the first beginning ``offset`` months after :data:`ORIGIN`.
    """
    days = [np.datetime64(festival(key).date(year)) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    inside = (np.array(days)[:, None] + np.arange(first, last + 1)).ravel()
    months = inside.astype("datetime64[M]").astype(np.int64) - ORIGIN
    months = months[(months >= 0) & (months < MONTHS)]
    share = np.bincount(months, minlength=MONTHS) / (last - first + 1)
    return _moving(share, step, offset)


@cache
def weekday_columns(step: int = 1, offset: int = 0) -> Floats:
    """Days of a period by weekday and its length, each less its mean by place in the year.

    Returns:
        ``(periods, 8)``: weekdays less 5/2 times weekend days; Monday to Saturday each less
        Sundays; days in all (only leap years move).
    """
    weekday = (_DAYS.astype(np.int64) + 3) % 7
    counts = np.zeros((MONTHS, 7))
    np.add.at(counts, (_MONTH, weekday), 1.0)
    contrast = counts[:, :5].sum(axis=1) - 2.5 * counts[:, 5:].sum(axis=1)
    columns = [contrast, *(counts[:, :6] - counts[:, 6:]).T, counts.sum(axis=1)]
    return np.stack([_moving(column, step, offset) for column in columns], axis=1)


RAMPS = ("before", "during", "after")
BEFORE, AFTER = 14, 7


@cache
def _ramps(key: str, during: int) -> Floats:
    """Ramps of a festival over all days from the first year on, ``(days, 3)``."""
    out = np.zeros((len(_DAYS), len(RAMPS)))
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        day = int((np.datetime64(festival(key).date(year)) - _DAYS[0]).astype(np.int64))
        for k in range(1, BEFORE + 1):
            if day - k >= 0:
                out[day - k, 0] = 1 - (k - 1) / BEFORE
        out[day : day + during, 1] = 1.0
        for k in range(AFTER):
            if day + during + k < len(out):
                out[day + during + k, 2] = 1 - k / AFTER
    return out


def day_columns(key: str, days: NDArray[np.datetime64], during: int, reach: int = 1) -> Floats:
    """Smooth windows of a festival: rising over 14 days before it, flat during it, falling after.

    Args:
        key: Festival.
        days: ``(n,)`` days, or the first days of longer periods.
        during: Days it lasts.
        reach: Days in a period; its column is the mean over them (7 for weeks).

    Returns:
        ``(n, 3)`` before, during, after; zeros beyond the calendar's years.
    """
    first = (days.astype("datetime64[D]") - _DAYS[0]).astype(np.int64)
    ramps = _ramps(key, during)
    out = np.zeros((len(first), len(RAMPS)))
    for k in range(reach):
        place = first + k
        known = (place >= 0) & (place < len(ramps))
        out[known] += ramps[place[known]] / reach
    return out
