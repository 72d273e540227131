"""Intermittent demand: Croston's method, bias-corrected (SBA), and Teunter–Syntetos–Babai (TSB).

References: Croston (1972), Operational Research Quarterly 23; Syntetos & Boylan (2005), IJF 21;
Teunter, Syntetos & Babai (2011), EJOR 214.
"""

from __future__ import annotations

import numpy as np

from analysis.base.compiled import compiled
from analysis.forecasting.arrays import Floats

ALPHA = 0.1
BETA = 0.05


@compiled
def croston_rate(y: Floats, alpha: float) -> float:
    """Croston's smoothed demand size over smoothed interval, bias-corrected (SBA)."""
    size, interval, waiting, started = 0.0, 1.0, 1.0, False
    for t in range(len(y)):
        if y[t] != 0:
            if started:
                size += alpha * (y[t] - size)
                interval += alpha * (waiting - interval)
            else:
                size, interval, started = y[t], t + 1.0, True
            waiting = 1.0
        else:
            waiting += 1.0
    return size / interval * (1 - alpha / 2)


@compiled
def tsb_rate(y: Floats, alpha: float, beta: float) -> float:
    """Smoothed demand size times smoothed probability of demand, which falls when none comes."""
    size, chance = 0.0, 0.0
    for t in range(len(y)):
        if y[t] != 0:
            size, chance = y[t], 1.0 / (t + 1.0)
            break
    for t in range(len(y)):
        if y[t] != 0:
            size += alpha * (y[t] - size)
            chance += beta * (1.0 - chance)
        else:
            chance -= beta * chance
    return size * chance


def croston(y: Floats, horizon: int) -> Floats:
    """Smoothed demand size over smoothed interval, times ``1 - alpha/2``, ``(horizon,)``."""
    return np.full(horizon, croston_rate(y, ALPHA))


def tsb(y: Floats, horizon: int) -> Floats:
    """Smoothed demand size times smoothed probability of demand, ``(horizon,)``."""
    return np.full(horizon, tsb_rate(y, ALPHA, BETA))
