"""Exponential smoothing over grids of parameters: the grids, their tables, and the models.

The loops are in :mod:`analysis.forecasting.kernels`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from analysis.forecasting import kernels
from analysis.forecasting.arrays import Floats
from analysis.forecasting.kernels import Points, Shocks

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99)
TREND_ALPHAS = (0.05, 0.15, 0.3, 0.5, 0.75, 0.95)
TREND_BETAS = (0.03, 0.2)
PHIS = (0.8, 0.95)
SLOW = 0.02
"""Smoothing that remembers about a hundred values."""

SHOCKS = Shocks(
    *(
        axis.ravel()
        for axis in np.meshgrid(
            [0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 0.98], [0.1, 0.35, 0.55, 0.7, 0.85, 0.95]
        )
    )
)

Grid = tuple[tuple[float, float, float], ...]
"""Points ``(alpha, beta, phi)``, ``beta`` as a share of alpha, ``phi`` 0 without a trend."""

LEVEL: Grid = tuple((alpha, 0.0, 0.0) for alpha in ALPHAS)
DAMPED: Grid = tuple((a, b, p) for p in PHIS for a in TREND_ALPHAS for b in TREND_BETAS)


def points(grid: Grid, length: int) -> Points:
    """A grid with its responses for histories up to ``length`` (tabled by powers of two)."""
    return _tabled(grid, 1 << max(6, (length - 1).bit_length()))


@lru_cache(maxsize=32)
def _tabled(grid: Grid, length: int) -> Points:
    alpha, beta, phi = np.array(grid).T.copy()
    size = len(alpha)
    errors = np.zeros((length, 2, size))
    states = np.zeros((length + 1, 2, 2, size))
    gram = np.zeros((length + 1, 3, size))
    states[0, 0, 0] = 1.0
    states[0, 1, 1] = phi > 0
    for t in range(length):
        for unit in (0, 1):
            level, trend = states[t, unit]
            expected = level + phi * trend
            errors[t, unit] = -expected
            states[t + 1, unit, 0] = expected * (1 - alpha)
            states[t + 1, unit, 1] = phi * trend - alpha * beta * expected
        first, second = errors[t]
        gram[t + 1] = gram[t] + np.stack([first * first, first * second, second * second])
    return Points(alpha, alpha * beta, phi, errors, states, gram)


def ses(y: Floats, horizon: int) -> Floats:
    """Simple exponential smoothing, ``(horizon,)``."""
    return kernels.smoothed(y, points(LEVEL, len(y)), horizon)


def damped(y: Floats, horizon: int) -> Floats:
    """Damped-trend exponential smoothing, ``(horizon,)``."""
    return kernels.smoothed(y, points(DAMPED, len(y)), horizon)


def slow(y: Floats, horizon: int) -> Floats:
    """Simple exponential smoothing that remembers about a hundred values, ``(horizon,)``."""
    return kernels.smoothed(y, points(((SLOW, 0.0, 0.0),), len(y)), horizon)


def theta(y: Floats, horizon: int) -> Floats:
    """The Theta method, ``w = 1/2``, of seasonally adjusted data, ``(horizon,)``."""
    out: Floats = kernels.thetas(y, points(LEVEL, len(y)), horizon)[0]
    return out


def optimised_theta(y: Floats, horizon: int) -> Floats:
    """Theta with the line's weight chosen by least squares, ``(horizon,)``."""
    out: Floats = kernels.thetas(y, points(LEVEL, len(y)), horizon)[1]
    return out


def airline(y: Floats, horizon: int, m: int) -> Floats:
    """Seasonal ARIMA (0,1,1)(0,1,1), ``(horizon,)``; NaN below three seasons."""
    if m <= 1 or len(y) < kernels.SEASONS * m + 2:
        return np.full(horizon, np.nan)
    return kernels.airline(y, m, horizon, SHOCKS.theta, SHOCKS.seasonal)
