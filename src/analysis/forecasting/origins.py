"""Rolling origins: where the past is forecast as if it were the future.

The last ``K`` origins, half a horizon apart, give every candidate its record and the intervals
their errors. What an origin sees is cut before anything is computed from it.
"""

from __future__ import annotations

import numpy as np

from analysis.forecasting.arrays import Floats, Ints

ORIGINS = 6
MIN_HISTORY = 4


def step_between(horizon: int) -> int:
    """Periods between origins: half the horizon."""
    return max(1, -(-horizon // 2))


def cuts_of(n: int, horizon: int, season: int) -> Ints:
    """Lengths of history at each origin, ``(K + 1,)``, the whole history first.

    Origins keep two seasons and a bit (or four values of a series too short for that) before
    them; there are up to six, more when the horizon is one or two steps.
    """
    step = step_between(horizon)
    enough = 2 * season + 2 if n >= 3 * season + 2 else MIN_HISTORY
    least = max(MIN_HISTORY, min(enough, n // 2))
    count = ORIGINS if horizon > 2 else 2 * ORIGINS
    while step > 1 and n - 2 * step < least:
        step -= 1
    cuts = n - step * np.arange(count + 1)
    kept: Ints = cuts[(cuts >= least) | (cuts == n)].astype(np.int64)
    return kept


def actuals(y: Floats, cuts: Ints, horizon: int, width: int) -> Floats:
    """What came after each origin, ``(width, horizon)``; NaN where not known or no origin."""
    out = np.full((width, horizon), np.nan)
    for k, cut in enumerate(cuts):
        after = y[cut : cut + horizon]
        out[k, : len(after)] = after
    return out
