"""Forecasts from the year before: for weeks, days and hours, whose season is too long for indices.

The lag is a whole number of weeks (of days for hours), so that Mondays are compared with Mondays
and Thanksgiving mostly with Thanksgiving. Candidates: last season's value, that value carried on
by the smoothed change between seasons (on logs: growth in percent), and from three seasons on
the airline model, which weighs the seasons before it in as well.
"""

from __future__ import annotations

import numpy as np

from analysis.forecasting import kernels, naive, smoothing
from analysis.forecasting.arrays import Floats

LEAST = 8
"""Changes between seasons that a smoothing needs."""
CHANGES = (smoothing.ses, smoothing.slow, smoothing.damped)
LOG_REACH = 2.0


def candidates(y: Floats, horizon: int, lag: int, log: bool) -> Floats:
    """All candidates of one history.

    Args:
        y: ``(n,)`` without gaps; positive if ``log``.
        horizon: Steps ahead.
        lag: Season length.
        log: Whether changes are in percent.

    Returns:
        ``(5, horizon)``; NaN where the history is too short.
    """
    out = np.full((2 + len(CHANGES), horizon), np.nan)
    if len(y) < lag:
        return out
    out[0] = naive.seasonal_naive(y, horizon, lag)
    scaled = np.log(y) if log else y
    made = np.full((1 + len(CHANGES), horizon), np.nan)
    if len(y) >= lag + LEAST:
        change = scaled[lag:] - scaled[:-lag]
        before = naive.seasonal_naive(scaled, horizon, lag)
        for i, model in enumerate(CHANGES):
            made[i] = before + kernels.bounded(model(change, horizon), change, 1.0)
    made[-1] = smoothing.airline(scaled, horizon, lag)
    for i, path in enumerate(made):
        if not np.isnan(path).any():
            held = kernels.bounded(path, scaled, 1.0)
            out[1 + i] = kernels.restored(held, y, LOG_REACH) if log else held
    return out
