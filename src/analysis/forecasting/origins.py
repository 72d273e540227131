"""Rolling origins: where the past is forecast as if it were the future.

The last ``K`` origins, half a horizon apart, give every candidate its record and the intervals
their errors. What an origin sees is cut before anything is computed from it.
"""

from __future__ import annotations

import numpy as np

from analysis.forecasting.arrays import Floats, Ints

ORIGINS = 6
SEASONAL_ORIGINS = 2
MIN_HISTORY = 4


def step_between(horizon: int) -> int:
    """Periods between origins: half the horizon."""
    return max(1, -(-horizon // 2))


def cuts_of(n: int, horizon: int, season: int, lag: int = 0) -> Ints:
    """Lengths of history at each origin, ``(K + 1,)``, the whole history first.

    Origins keep two seasons and a bit (or four values of a series too short for that) before
    them; there are up to six, more when the horizon is one or two steps. Where a year has many
    steps the latest of them all see one part of it, so up to two a whole ``lag`` earlier join
    them: they know what the coming weeks were like the last time.
    """
    step = step_between(horizon)
    enough = 2 * season + 2 if n >= 3 * season + 2 else MIN_HISTORY
    least = max(MIN_HISTORY, min(enough, n // 2))
    count = ORIGINS if horizon > 2 else 2 * ORIGINS
    while step > 1 and n - 2 * step < least:
        step -= 1
    cuts = n - step * np.arange(count + 1)
    if lag:
        before = n - lag - step * np.arange(SEASONAL_ORIGINS)
        # Without a year of its own before it, an origin would judge another procedure than today's.
        cuts = np.concatenate([cuts, before[(before < cuts.min()) & (before >= lag + least)]])
    kept: Ints = cuts[(cuts >= least) | (cuts == n)].astype(np.int64)
    return kept


def actuals(y: Floats, cuts: Ints, horizon: int, width: int) -> Floats:
    """What came after each origin, ``(width, horizon)``; NaN where not known or no origin."""
    out = np.full((width, horizon), np.nan)
    for k, cut in enumerate(cuts):
        after = y[cut : cut + horizon]
        out[k, : len(after)] = after
    return out


def apart(cuts: Ints, horizon: int) -> Floats:
    """Share of what has passed of one origin's horizon that lies outside another's, ``(K, K)``.

    Row: the origin that gives a record; column: the origin that is judged by it, which must have
    no record of its own periods. 1 where two have no period in common, 0 on the diagonal (but for
    the last origin, of which nothing has passed).

    Args:
        cuts: ``(K,)`` lengths of history at each origin, the whole history first.
        horizon: Steps ahead.
    """
    start = cuts[:, None].astype(np.float64)
    end = np.minimum(start + horizon, float(cuts.max()))
    common = np.minimum(end, start.T + horizon) - np.maximum(start, start.T)
    passed = np.maximum(end - start, 1.0)
    out: Floats = 1.0 - np.clip(common, 0.0, None) / passed
    return out
