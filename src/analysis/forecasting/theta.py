"""The Theta method and its optimised form, as exponential smoothing with drift.

With ``L`` the regression line and ``S`` simple exponential smoothing, the forecast is
``S(y) + w (L - S(L))`` with ``w = 1 - 1/theta``: ``w = 1/2`` is the method of the M3 competition,
``w`` chosen by least squares within [0, 1] the optimised Theta model.

References: Assimakopoulos & Nikolopoulos (2000), IJF 16; Hyndman & Billah (2003), IJF 19;
Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (2016), IJF 32.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.forecasting.arrays import Floats, Rows
from analysis.forecasting.smoothing import ALPHAS, likelihood_weights


def slopes(rows: Rows) -> Floats:
    """Least-squares slope of each row on time, ``(R,)``; 0 for a single value."""
    time = np.arange(len(rows.values))[:, None] - (rows.n - 1) / 2
    time = np.where(rows.mask, time, 0.0)
    spread = np.sum(time * time, axis=0)
    out: Floats = np.sum(time * rows.values, axis=0) / np.where(spread > 0, spread, 1.0)
    return out


@lru_cache(maxsize=64)
def _responses(length: int) -> tuple[Floats, Floats]:
    """Errors of a unit of initial level, and lag of smoothing behind a unit line.

    Returns:
        Two arrays ``(T + 1, A)``: ``-(1 - alpha)^t`` and ``t - S(t)``.
    """
    alpha = np.array(ALPHAS)
    start: Floats = -((1 - alpha) ** np.arange(length + 1.0)[:, None])
    lag = np.zeros((length + 1, len(alpha)))
    for t in range(length):
        lag[t + 1] = (1 - alpha) * lag[t] + 1
    return start, lag


def _sums(rows: Rows, start: Floats, lag: Floats) -> tuple[Floats, Floats]:
    """Smooth from ``y[0]``.

    Returns:
        End levels ``(A, R)`` and sums of error × (error, start response, lag) ``(3, A, R)``.
    """
    alpha = np.array(ALPHAS)[:, None]
    shape = (len(ALPHAS), len(rows.n))
    level = np.broadcast_to(rows.values[0], shape).copy()
    sums = np.zeros((3, *shape))
    for t, m in enumerate(rows.running):
        error = rows.values[t, :m] - level[:, :m]
        sums[0, :, :m] += error * error
        sums[1, :, :m] += error * start[t][:, None]
        sums[2, :, :m] += error * lag[t][:, None]
        level[:, :m] += alpha * error
    return level, sums


@dataclass(frozen=True, slots=True)
class _Smoothed:
    """Rows smoothed from ``y[0]`` by every alpha, and the sums that fitting needs.

    Attributes:
        rows: The rows.
        level: ``(A, R)`` end levels.
        sums: ``(3, A, R)`` sums of error × (error, start response, lag).
        start: ``(T + 1, A)`` and
        lag: ``(T + 1, A)`` as in :func:`_responses`.
        slope: ``(R,)`` of the regression line.
    """

    rows: Rows
    level: Floats
    sums: Floats
    start: Floats
    lag: Floats
    slope: Floats


def _smooth(rows: Rows) -> _Smoothed:
    start, lag = _responses(len(rows.values))
    return _Smoothed(rows, *_sums(rows, start, lag), start, lag, slopes(rows))


def _forecast(fit: _Smoothed, horizon: int, weight: float | None) -> Floats:
    """Forecast given the weight of the line, or the best one in [0, 1] when None."""
    squares, cross, drift = fit.sums
    start, lag, slope, ends = fit.start, fit.lag, fit.slope, fit.rows.n
    uu = np.cumsum(start * start, axis=0)[ends - 1].T
    uk = np.cumsum(start * lag, axis=0)[ends - 1].T
    kk = np.cumsum(lag * lag, axis=0)[ends - 1].T
    if weight is None:
        full = (uu * drift - uk * cross) / np.maximum(uu * kk - uk * uk, 1e-12)
        share = np.divide(full, slope, out=np.zeros_like(full), where=slope != 0)
        pull = np.clip(share, 0.0, 1.0) * slope
    else:
        pull = np.broadcast_to(weight * slope, fit.level.shape)
    # Errors are e + start·shift - lag·pull: the initial level by least squares given the pull.
    shift = -(cross - pull * uk) / uu
    sse = (
        squares
        + shift * shift * uu
        + pull * pull * kk
        + 2 * (shift * cross - pull * drift - shift * pull * uk)
    )
    weights = likelihood_weights(sse, squares, ends)
    level = fit.level - shift * start[ends].T
    base = np.sum(weights * (level + pull * lag[ends].T), axis=0)
    step = np.sum(weights * pull, axis=0)
    out: Floats = base + np.arange(horizon)[:, None] * step
    return out


def theta(rows: Rows, horizon: int) -> Floats:
    """The Theta method, ``w = 1/2``, ``(horizon, R)``; rows seasonally adjusted."""
    return _forecast(_smooth(rows), horizon, 0.5)


def optimised_theta(rows: Rows, horizon: int) -> Floats:
    """Theta with the line's weight chosen by least squares, ``(horizon, R)``."""
    return _forecast(_smooth(rows), horizon, None)


def both(rows: Rows, horizon: int) -> Floats:
    """Theta and optimised Theta from one pass, ``(2, horizon, R)``."""
    fit = _smooth(rows)
    return np.stack([_forecast(fit, horizon, 0.5), _forecast(fit, horizon, None)])
