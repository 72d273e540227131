"""The rhythm of the week: what each weekday sells against the average day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.forecasting.arrays import Floats

WEEKS = 4
RECENT = 52


def weekday_factors(total: pd.Series) -> Floats | None:
    """Sales of each weekday relative to the mean day, Monday first; their mean is 1.

    Ratio of sums over the last year of known days, so that closed days weigh as what they are.

    Args:
        total: Daily sales, NaN where unknown.

    Returns:
        ``(7,)``, 0 for weekdays that never have a value; None with fewer than four of another,
        or nothing sold.
    """
    known = total.dropna().iloc[-7 * RECENT :]
    weekday = pd.DatetimeIndex(known.index).day_of_week.to_numpy()
    count = np.bincount(weekday, minlength=7)
    if not count.any() or count[count > 0].min() < WEEKS:
        return None
    sums = np.bincount(weekday, known.to_numpy(), minlength=7)
    mean = np.maximum(sums / np.maximum(count, 1), 0.0)
    if mean.sum() <= 0:
        return None
    factors: Floats = mean / mean.mean()
    return factors
