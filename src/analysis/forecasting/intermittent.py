"""Intermittent demand: Croston's method, bias-corrected (SBA), and Teunter–Syntetos–Babai (TSB).

References: Croston (1972), Operational Research Quarterly 23; Syntetos & Boylan (2005), IJF 21;
Teunter, Syntetos & Babai (2011), EJOR 214.
"""

from __future__ import annotations

import numpy as np

from analysis.forecasting.arrays import Floats, Rows

ALPHA = 0.1
BETA = 0.05


def _first_demand(rows: Rows) -> tuple[Floats, Floats]:
    """Size and waiting time of each row's first demand; 0 and 1 without demand."""
    demand = (rows.values != 0) & rows.mask
    first = np.argmax(demand, axis=0)
    found = demand.any(axis=0)
    size = rows.values[first, np.arange(len(rows.n))]
    return np.where(found, size, 0.0), np.where(found, first + 1.0, 1.0)


def croston(rows: Rows, horizon: int, alpha: float = ALPHA, correct: bool = True) -> Floats:
    """Smoothed demand size over smoothed interval, times ``1 - alpha/2`` when corrected (SBA).

    Returns:
        ``(horizon, R)``, constant over the horizon.
    """
    size, interval = _first_demand(rows)
    waiting = np.ones(len(rows.n))
    started = np.zeros(len(rows.n), dtype=bool)
    for t, m in enumerate(rows.running):
        value = rows.values[t, :m]
        hit = value != 0
        update = hit & started[:m]
        size[:m] += np.where(update, alpha * (value - size[:m]), 0.0)
        interval[:m] += np.where(update, alpha * (waiting[:m] - interval[:m]), 0.0)
        waiting[:m] = np.where(hit, 1.0, waiting[:m] + 1)
        started[:m] |= hit
    rate = size / interval * ((1 - alpha / 2) if correct else 1.0)
    return np.repeat(rate[None], horizon, axis=0)


def tsb(rows: Rows, horizon: int, alpha: float = ALPHA, beta: float = BETA) -> Floats:
    """Smoothed demand size times smoothed probability of demand, which falls when none comes.

    Returns:
        ``(horizon, R)``, constant over the horizon.
    """
    size, interval = _first_demand(rows)
    chance = np.where(size != 0, 1 / interval, 0.0)
    for t, m in enumerate(rows.running):
        value = rows.values[t, :m]
        hit = value != 0
        size[:m] += np.where(hit, alpha * (value - size[:m]), 0.0)
        chance[:m] += beta * (hit - chance[:m])
    return np.repeat((size * chance)[None], horizon, axis=0)
