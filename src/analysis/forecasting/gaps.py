"""Gaps in a history: how they are filled before models see them."""

from __future__ import annotations

import numpy as np

from analysis.forecasting.arrays import Floats


def fill_gaps(y: Floats, m: int) -> Floats:
    """Fill missing values: mean of the same season's neighbours, else a straight line between."""
    missing = np.flatnonzero(np.isnan(y))
    if not len(missing):
        return y
    known = np.flatnonzero(~np.isnan(y))
    out = y.copy()
    out[missing] = np.interp(missing, known, y[known])
    if m > 1:
        for t in missing:
            near = [y[s] for s in (t - m, t + m) if 0 <= s < len(y) and not np.isnan(y[s])]
            if near:
                out[t] = float(np.mean(near))
    return out


def carried(y: Floats) -> Floats:
    """Carry the last value over a gap that reaches the origin, so that time is not lost."""
    known = np.flatnonzero(~np.isnan(y))
    if known[-1] == len(y) - 1:
        return y
    out = y.copy()
    out[known[-1] + 1 :] = y[known[-1]]
    return out
