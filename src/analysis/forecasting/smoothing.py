"""Exponential smoothing over a grid of parameters, all rows at once.

For fixed smoothing parameters the one-step errors are linear in the initial state, so the initial
state is solved by least squares instead of searched; the response of the errors to it is common
to all rows. Forecasts are averaged over the grid with weights proportional to the likelihood,
``SSE^(-n/2)`` (Gaussian, unknown variance), which varies less than picking the best point.

References: Gardner & McKenzie (1985), Forecasting trends in time series, Management Science 31;
Hyndman, Koehler, Ord & Snyder (2008), Forecasting with exponential smoothing, ch. 2 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.forecasting.arrays import Floats, Ints, Rows

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99)
TREND_ALPHAS = (0.05, 0.15, 0.3, 0.5, 0.75, 0.95)
TREND_BETAS = (0.03, 0.2)
PHIS = (0.8, 0.95)


@dataclass(frozen=True, slots=True)
class Grid:
    """Parameter points of the damped trend: ``alpha``, ``beta`` (as a share of alpha), ``phi``.

    Each is ``(G,)``; ``phi = 0`` is simple exponential smoothing.
    """

    alpha: Floats
    beta: Floats
    phi: Floats


def ses_grid(alphas: tuple[float, ...] = ALPHAS) -> Grid:
    """Points of simple exponential smoothing."""
    alpha = np.array(alphas)
    return Grid(alpha, np.zeros_like(alpha), np.zeros_like(alpha))


def damped_grid() -> Grid:
    """Points of the damped trend."""
    points = [(a, b, p) for p in PHIS for a in TREND_ALPHAS for b in TREND_BETAS]
    alpha, beta, phi = np.array(points).T
    return Grid(alpha, beta, phi)


@lru_cache(maxsize=16)
def _response(points: bytes, length: int) -> tuple[Floats, Floats]:
    """Response to a unit of initial level (0) and initial trend (1).

    Args:
        points: The grid as bytes: blocks of equal lengths share their responses.
        length: Number of times.

    Returns:
        Errors ``(2, T, G)`` and states before each time ``(2, 2, T + 1, G)`` (response, state).
    """
    grid = Grid(*np.frombuffer(points).reshape(3, -1))
    size = len(grid.alpha)
    errors = np.zeros((2, length, size))
    states = np.zeros((2, 2, length + 1, size))
    for unit in (0, 1):
        level = np.full(size, 1.0 - unit)
        trend = np.full(size, float(unit)) * (grid.phi > 0)
        states[unit, :, 0] = level, trend
        for t in range(length):
            expected = level + grid.phi * trend
            level = expected * (1 - grid.alpha)
            trend = grid.phi * trend - grid.alpha * grid.beta * expected
            errors[unit, t] = -expected
            states[unit, :, t + 1] = level, trend
    return errors, states


def _filter(rows: Rows, grid: Grid, errors: Floats) -> tuple[Floats, Floats, Floats]:
    """Run the grid from level ``y[0]`` and trend 0.

    Returns:
        End states ``(2, G, R)``, squared-error sums ``(G, R)``, sums of error × response
        ``(2, G, R)``.
    """
    shape = (len(grid.alpha), len(rows.n))
    level = np.broadcast_to(rows.values[0], shape).copy()
    trend = np.zeros(shape)
    squares = np.zeros(shape)
    cross = np.zeros((2, *shape))
    alpha, gain, phi = (v[:, None] for v in (grid.alpha, grid.alpha * grid.beta, grid.phi))
    damped = bool(np.any(grid.phi > 0))
    error, work = np.empty(shape), np.empty(shape)
    for t, m in enumerate(rows.running):
        lv, tr, e, w = level[:, :m], trend[:, :m], error[:, :m], work[:, :m]
        if damped:
            tr *= phi
            lv += tr
        np.subtract(rows.values[t, :m], lv, out=e)
        np.multiply(e, e, out=w)
        squares[:, :m] += w
        for unit in (0, 1) if damped else (0,):
            np.multiply(e, errors[unit, t][:, None], out=w)
            cross[unit, :, :m] += w
        np.multiply(e, alpha, out=w)
        lv += w
        if damped:
            np.multiply(e, gain, out=w)
            tr += w
    return np.stack([level, trend]), squares, cross


def fit(rows: Rows, grid: Grid) -> tuple[Floats, Floats]:
    """Fit every grid point to every row.

    Returns:
        End states (level, trend) ``(2, G, R)`` and weights ``(G, R)`` that sum to 1 over the grid.
    """
    points = np.stack([grid.alpha, grid.beta, grid.phi]).tobytes()
    errors, responses = _response(points, len(rows.values))
    states, squares, cross = _filter(rows, grid, errors)
    gram = np.cumsum(errors[:, None] * errors[None, :], axis=2)[:, :, rows.n - 1].transpose(
        0, 1, 3, 2
    )
    # One pseudo-observation holds the initial trend near zero: short rows would invent one.
    a, b, d = gram[0, 0] + 1e-9, gram[0, 1], gram[1, 1] + 1.0
    det = a * d - b * b
    shift = -np.stack([d * cross[0] - b * cross[1], a * cross[1] - b * cross[0]]) / det
    sse = squares + shift[0] * cross[0] + shift[1] * cross[1]
    at_end = responses[:, :, rows.n].transpose(0, 1, 3, 2)
    states = states + shift[0] * at_end[0] + shift[1] * at_end[1]
    return states, likelihood_weights(sse, squares, rows.n)


def likelihood_weights(sse: Floats, scale: Floats, n: Ints) -> Floats:
    """Weights ``SSE^(-n/2)`` over the grid, ``(G, R)``; ``scale`` guards against perfect fits."""
    floor = 1e-10 * np.max(scale, axis=0) + np.finfo(float).tiny
    log = -0.5 * n * np.log(np.maximum(sse, floor))
    weight = np.exp(log - np.max(log, axis=0))
    out: Floats = weight / np.sum(weight, axis=0)
    return out


def extrapolate(states: Floats, weights: Floats, phi: Floats, horizon: int) -> Floats:
    """Average the grid's forecasts: level plus the damped sum of the trend, ``(horizon, R)``."""
    level = np.sum(weights * states[0], axis=0)
    out = np.repeat(level[None], horizon, axis=0)
    for value in np.unique(phi[phi > 0]):
        trend = np.sum((weights * states[1])[phi == value], axis=0)
        out += np.cumsum(value ** np.arange(1, horizon + 1))[:, None] * trend
    return out


def ses(rows: Rows, horizon: int) -> Floats:
    """Simple exponential smoothing, ``(horizon, R)``."""
    grid = ses_grid()
    return extrapolate(*fit(rows, grid), grid.phi, horizon)


def damped(rows: Rows, horizon: int) -> Floats:
    """Damped-trend exponential smoothing, ``(horizon, R)``."""
    grid = damped_grid()
    return extrapolate(*fit(rows, grid), grid.phi, horizon)


def slow(rows: Rows, horizon: int) -> Floats:
    """Simple exponential smoothing that remembers about a hundred values, ``(horizon, R)``."""
    grid = ses_grid((0.02,))
    return extrapolate(*fit(rows, grid), grid.phi, horizon)
