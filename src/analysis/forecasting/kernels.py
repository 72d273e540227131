"""The compiled core: smoothing models on seasonally adjusted data, one history at a time.

**Smoothing.** For fixed smoothing parameters the one-step errors are linear in the initial state,
so the initial state is solved by least squares instead of searched; its response depends on the
parameters alone and is tabled once. Forecasts are averaged over a grid of parameters with weights
proportional to the likelihood, ``SSE^(-n/2)`` (Gaussian, unknown variance), which varies less
than picking the best point.

**Theta.** With ``L`` the regression line and ``S`` simple exponential smoothing, the forecast is
``S(y) + w (L - S(L))`` with ``w = 1 - 1/theta``: ``w = 1/2`` is the method of the M3 competition,
``w`` chosen by least squares within [0, 1] the optimised Theta model.

**Seasons.** Deviations from the centred moving average are averaged by season, older years
weighing ``decay`` to the power of their age, centred on zero, and shrunk by the positive-part
James–Stein factor.

All of it stands in one file, because compiled code is cached by file
(:mod:`analysis.base.compiled`).

References: Gardner & McKenzie (1985), Management Science 31; Hyndman, Koehler, Ord & Snyder
(2008), Forecasting with exponential smoothing, ch. 2 and 5; Assimakopoulos & Nikolopoulos (2000),
IJF 16; Hyndman & Billah (2003), IJF 19; Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler
(2016), IJF 32; Miller & Williams (2003), IJF 19.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.base.compiled import compiled
from analysis.forecasting.arrays import Bools, Floats

SEASONS = 3
"""Seasons that a difference between seasons needs."""
REACH = 600.0
"""Logarithms beyond which the exponential leaves the range of floats."""


class Points(NamedTuple):
    """Grid points of a smoothing model and their responses up to some length ``T``.

    Attributes:
        alpha: ``(G,)`` smoothing of the level.
        gain: ``(G,)`` smoothing of the trend (``alpha × beta``).
        phi: ``(G,)`` damping; 0 for simple exponential smoothing.
        errors: ``(T, 2, G)`` response of the error to a unit of initial level, initial trend.
        states: ``(T + 1, 2, 2, G)`` response of level and trend before each time (response, state).
        gram: ``(T + 1, 3, G)`` sums of products of the two error responses (00, 01, 11) before
            each time.
    """

    alpha: Floats
    gain: Floats
    phi: Floats
    errors: Floats
    states: Floats
    gram: Floats


class Shocks(NamedTuple):
    """Grid points of the airline model: ``(G,)`` moving-average coefficients at lags 1 and m."""

    theta: Floats
    seasonal: Floats


@compiled
def likelihood_weights(sse: Floats, scale: Floats, n: int) -> Floats:
    """Weights ``SSE^(-n/2)`` over the grid, ``(G,)``; ``scale`` guards against perfect fits."""
    floor = 1e-10 * np.max(scale) + 2.2250738585072014e-308
    log = -0.5 * n * np.log(np.maximum(sse, floor))
    weight = np.exp(log - np.max(log))
    out: Floats = weight / np.sum(weight)
    return out


@compiled
def smooth(y: Floats, points: Points) -> tuple[Floats, Floats, Floats]:
    """Fit every grid point.

    Args:
        y: ``(n,)`` history, n at least 1 and at most the length tabled in ``points``.
        points: The grid.

    Returns:
        End levels ``(G,)``, end trends ``(G,)``, weights ``(G,)`` that sum to 1.
    """
    n, size = len(y), len(points.alpha)
    level, trend = np.full(size, y[0]), np.zeros(size)
    squares, on_level, on_trend = np.zeros(size), np.zeros(size), np.zeros(size)
    alpha, gain, phi, errors = points.alpha, points.gain, points.phi, points.errors
    for t in range(n):
        value = y[t]
        for g in range(size):
            slope = trend[g] * phi[g]
            expected = level[g] + slope
            error = value - expected
            squares[g] += error * error
            on_level[g] += error * errors[t, 0, g]
            on_trend[g] += error * errors[t, 1, g]
            level[g] = expected + alpha[g] * error
            trend[g] = slope + gain[g] * error
    # One pseudo-observation holds the initial trend near zero: short rows would invent one.
    a, b, d = points.gram[n, 0] + 1e-9, points.gram[n, 1], points.gram[n, 2] + 1.0
    det = a * d - b * b
    up = -(d * on_level - b * on_trend) / det
    steeper = -(a * on_trend - b * on_level) / det
    sse = squares + up * on_level + steeper * on_trend
    states = points.states[n]
    level = level + up * states[0, 0] + steeper * states[1, 0]
    trend = trend + up * states[0, 1] + steeper * states[1, 1]
    return level, trend, likelihood_weights(sse, squares, n)


@compiled
def smoothed(y: Floats, points: Points, horizon: int) -> Floats:
    """Average of the grid's forecasts: level plus damped sum of the trend, ``(horizon,)``."""
    level, trend, weight = smooth(y, points)
    out = np.zeros(horizon)
    for g in range(len(level)):
        ahead, damping = level[g], 1.0
        for h in range(horizon):
            damping *= points.phi[g]
            ahead += damping * trend[g]
            out[h] += weight[g] * ahead
    return out


@compiled
def slope_of(y: Floats) -> float:
    """Least-squares slope on time; 0 for a single value."""
    n = len(y)
    middle, top, bottom = (n - 1) / 2, 0.0, 0.0
    for t in range(n):
        top += (t - middle) * y[t]
        bottom += (t - middle) ** 2
    return top / bottom if bottom > 0 else 0.0


@compiled
def thetas(y: Floats, points: Points, horizon: int) -> Floats:
    """Theta and optimised Theta of seasonally adjusted data from one pass, ``(2, horizon)``.

    Args:
        y: ``(n,)`` history.
        points: Grid of simple exponential smoothing.
        horizon: Steps ahead.
    """
    n, size = len(y), len(points.alpha)
    alpha, errors = points.alpha, points.errors
    level, lag = np.full(size, y[0]), np.zeros(size)
    squares, cross, drift = np.zeros(size), np.zeros(size), np.zeros(size)
    uk, kk = np.zeros(size), np.zeros(size)
    for t in range(n):
        value = y[t]
        for g in range(size):
            error, start = value - level[g], errors[t, 0, g]
            squares[g] += error * error
            cross[g] += error * start
            drift[g] += error * lag[g]
            uk[g] += start * lag[g]
            kk[g] += lag[g] * lag[g]
            level[g] += alpha[g] * error
            lag[g] = (1 - alpha[g]) * lag[g] + 1
    uu = points.gram[n, 0]
    slope = slope_of(y)
    best = (uu * drift - uk * cross) / np.maximum(uu * kk - uk * uk, 1e-12)
    out = np.zeros((2, horizon))
    for kind in range(2):
        pull = np.full(size, 0.5 * slope)
        if kind == 1:
            share = best / slope if slope != 0 else np.zeros(size)
            pull = np.minimum(np.maximum(share, 0.0), 1.0) * slope
        # Errors are e + start·shift - lag·pull: the initial level by least squares given the pull.
        shift = -(cross - pull * uk) / uu
        sse = squares + shift * shift * uu + pull * pull * kk
        sse += 2 * (shift * cross - pull * drift - shift * pull * uk)
        weight = likelihood_weights(sse, squares, n)
        base = np.sum(weight * (level + shift * points.states[n, 0, 0] + pull * lag))
        step = np.sum(weight * pull)
        for h in range(horizon):
            out[kind, h] = base + h * step
    return out


@compiled
def centred_average(y: Floats, m: int) -> tuple[Floats, Bools]:
    """Centred moving average over one season (2 × m when m is even), and where it exists."""
    n, half = len(y), m // 2
    average, exists = np.zeros(n), np.zeros(n, dtype=np.bool_)
    for t in range(half, n - half):
        total = 0.0
        for lag in range(-half, half + 1):
            edge = m % 2 == 0 and (lag == half or lag == -half)
            total += (0.5 if edge else 1.0) * y[t + lag]
        average[t], exists[t] = total / m, True
    return average, exists


@compiled
def indices(y: Floats, m: int, decay: float, shrink: bool) -> Floats:
    """Additive seasonal indices (of logs: multiplicative).

    Shrinkage is ``1 - (m - 3)/(m - 1) · noise / V``, ``V`` the variance of the indices and
    ``noise`` that of an index as an average of noisy deviations.

    Args:
        y: ``(n,)`` history.
        m: Season length.
        decay: Weight of a year relative to the next.
        shrink: Whether to shrink.

    Returns:
        ``(m,)``, index of time ``t`` at ``t % m``; zeros below two seasons.
    """
    n = len(y)
    mean = np.zeros(m)
    if m <= 1 or n < 2 * m:
        return mean
    trend, exists = centred_average(y, m)
    total, counted, seen = np.zeros(m), np.zeros(m), 0
    for t in range(n):
        if exists[t]:
            weight = decay ** ((n - 1 - t) // m)
            mean[t % m] += weight * (y[t] - trend[t])
            total[t % m] += weight
            counted[t % m] += weight * weight
            seen += 1
    share = 0.0
    for s in range(m):
        if total[s] > 0:
            mean[s] /= total[s]
            share += counted[s] / (total[s] * total[s]) / m
    mean -= np.sum(mean) / m
    if not shrink:
        return mean
    noise = 0.0
    for t in range(n):
        if exists[t]:
            noise += (y[t] - trend[t] - mean[t % m]) ** 2
    noise /= max(seen - m, 1)
    strength = np.sum(mean * mean) / max(m - 1, 1)
    if strength <= 0:
        return np.zeros(m)
    factor = (m - 3) / (m - 1) if m > 3 else 0.5
    return mean * min(max(1 - factor * noise * share / strength, 0.0), 1.0)


@compiled
def bounded(forecast: Floats, y: Floats, reach: float) -> Floats:
    """Hold forecasts within ``reach`` times what history's range, repeated at its pace, allows."""
    low, high = np.min(y), np.max(y)
    out = np.empty_like(forecast)
    for h in range(len(forecast)):
        room = reach * (high - low) * (1 + min((h + 1) / len(y), 1.0))
        out[h] = min(max(forecast[h], low - room), high + room)
    return out


@compiled
def airline(y: Floats, m: int, horizon: int, theta: Floats, seasonal: Floats) -> Floats:
    """Seasonal ARIMA (0,1,1)(0,1,1) averaged over a grid, shocks before the data taken as zero.

    Without regressors, for speed: all grid points advance together in time. With regressors, and
    shocks before the data forecast back, see :mod:`analysis.forecasting.airline`.

    Args:
        y: ``(n,)`` history, n above ``m + 1``.
        m: Season length.
        horizon: Steps ahead.
        theta: ``(G,)`` moving-average coefficients at lag 1.
        seasonal: ``(G,)`` moving-average coefficients at lag m.

    Returns:
        ``(horizon,)``.
    """
    n, size, lost = len(y), len(theta), m + 1
    shocks, sse, scale = np.zeros((n + horizon, size)), np.zeros(size), 0.0
    both = theta * seasonal
    for t in range(lost, n):
        change = y[t] - y[t - 1] - y[t - m] + y[t - m - 1]
        scale += change * change
        for g in range(size):
            shock = change + theta[g] * shocks[t - 1, g]
            shock += seasonal[g] * shocks[t - m, g] - both[g] * shocks[t - m - 1, g]
            shocks[t, g] = shock
            sse[g] += shock * shock
    weight = likelihood_weights(sse, np.full(size, scale), n - lost)
    # The forecast is linear in the grid's values: average the shocks' parts, then add up once.
    path = np.empty(n + horizon)
    path[:n] = y
    for t in range(n, n + horizon):
        step = path[t - 1] + path[t - m] - path[t - m - 1]
        for g in range(size):
            part = both[g] * shocks[t - m - 1, g] - seasonal[g] * shocks[t - m, g]
            step += weight[g] * (part - theta[g] * shocks[t - 1, g])
        path[t] = step
    return path[n:]


@compiled
def adjusted(y: Floats, m: int, horizon: int, decay: float, level: Points, trend: Points) -> Floats:
    """Theta, optimised Theta and damped trend on seasonally adjusted data, ``(3, horizon)``."""
    n = len(y)
    index = indices(y, m, decay, True)
    plain, ahead = np.empty(n), np.empty(horizon)
    for t in range(n):
        plain[t] = y[t] - index[t % m]
    for h in range(horizon):
        ahead[h] = index[(n + h) % m]
    out = np.empty((3, horizon))
    out[:2] = thetas(plain, level, horizon)
    out[2] = smoothed(plain, trend, horizon)
    for i in range(3):
        out[i] = bounded(out[i] + ahead, y, 1.0)
    return out


@compiled
def restored(logs: Floats, y: Floats, reach: float) -> Floats:
    """Forecasts of logarithms back in units.

    Growth in percent, held on the log scale, still squares a jump by ten: hold it in units too.
    """
    return bounded(np.exp(np.minimum(np.maximum(logs, -REACH), REACH)), y, reach)


@compiled
def core(
    y: Floats,
    m: int,
    horizon: int,
    decays: Floats,
    log: bool,
    reach: float,
    level: Points,
    trend: Points,
    shocks: Shocks,
) -> Floats:
    """All core candidates of one history.

    Args:
        y: ``(n,)`` history without gaps; positive if ``log``.
        m: Season length.
        horizon: Steps ahead.
        decays: ``(D,)`` weights of a year relative to the next in the seasonal indices.
        log: Whether to work on the logarithmic scale.
        reach: Ranges of history that growth in percent may add.
        level: Grid of simple exponential smoothing.
        trend: Grid of the damped trend.
        shocks: Grid of the airline model.

    Returns:
        ``(3 D + 1, horizon)``, by decay Theta, optimised Theta, damped trend; then the airline
        model, NaN without a season or below three.
    """
    out = np.full((3 * len(decays) + 1, horizon), np.nan)
    scaled = np.log(y) if log else y
    if m > 1 and len(y) >= SEASONS * m + 2:
        path = bounded(airline(scaled, m, horizon, shocks.theta, shocks.seasonal), scaled, 1.0)
        out[-1] = restored(path, y, reach) if log else path
    for d in range(len(decays)):
        made = adjusted(scaled, m, horizon, decays[d], level, trend)
        for i in range(3):
            out[3 * d + i] = restored(made[i], y, reach) if log else made[i]
    return out
