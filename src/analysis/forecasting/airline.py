"""Regression with airline errors: seasonal ARIMA (0,1,1)(0,1,1) by least squares over a grid.

The model is ``(1 - B)(1 - B^m)(y - X b) = (1 - theta B)(1 - Theta B^m) e``; without a season, or
with fewer than :data:`SEASONS` of them, ``(1 - B)(y - X b) = c + (1 - theta B) e``, the drift ``c``
being optional. For given ``(theta, Theta)`` history and regressors are differenced and run through
the same filter, after which ``b`` is ordinary least squares. Presample shocks are back-forecast
rather than set to zero (unconditional sum of squares), without which ``Theta`` is biased where
there are few seasons. Results are averaged over a grid of ``(theta, Theta)``, refined once around
its best point, by their likelihood.

References: Box & Jenkins (1976), Time Series Analysis, ch. 7 and 9 (the model, back-forecasting);
Buckland, Burnham & Augustin (1997), Biometrics 53 (averaging by likelihood).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from analysis.base.compiled import compiled
from analysis.base.errors import InputError
from analysis.forecasting.arrays import Floats

THETAS = np.array([-0.3, 0.0, 0.2, 0.4, 0.6, 0.8, 0.95])
SEASONAL_THETAS = np.array([0.0, 0.3, 0.55, 0.75, 0.9])
REFINED = 3
"""Points a side of the refinement between the neighbours of the best point."""
SEASONS = 3
"""Seasons needed to difference at the season."""
RIDGE = 1e-10
"""Relative to a regressor's own sum of squares: a column without any variation gets 0."""


class Fit(NamedTuple):
    """Regression with airline errors, averaged over the grid.

    Attributes:
        forecast: ``(h,)``.
        coefficients: ``(p,)`` of the regressors.
        errors: ``(p,)`` their standard errors, the grid's spread included.
        residuals: ``(n,)`` one-step errors at the best point; 0 before the first difference.
        sse: Their sum of squares, back-forecast shocks included, at the best point.
        sigma: Standard deviation of the one-step error.
        loglik: Gaussian log-likelihood at the best point, determinant left out.
        theta: At the best point.
        seasonal: ``Theta`` at the best point; 0 without a season.
        filtered: Number of differenced values.
    """

    forecast: Floats
    coefficients: Floats
    errors: Floats
    residuals: Floats
    sse: float
    sigma: float
    loglik: float
    theta: float
    seasonal: float
    filtered: int


@compiled
def difference(columns: Floats, m: int) -> Floats:
    """Difference columns once, and once at season ``m`` where ``m > 1``.

    Args:
        columns: ``(c, n)``.
        m: Season length.

    Returns:
        ``(c, n - 1 - m)``, ``(c, n - 1)`` without a season.
    """
    c, n = columns.shape
    lost = 1 + m if m > 1 else 1
    out = np.empty((c, max(n - lost, 0)))
    for j in range(c):
        for t in range(lost, n):
            value = columns[j, t] - columns[j, t - 1]
            if m > 1:
                value -= columns[j, t - m] - columns[j, t - m - 1]
            out[j, t - lost] = value
    return out


@compiled
def _filter_one(w: Floats, theta: float, big: float, m: int, back: Floats, out: Floats) -> None:
    """Filter one differenced column into ``out[m + 1 :]``; ``back`` is room to work in.

    Args:
        w: ``(N,)``.
        theta: Coefficient at lag 1.
        big: Coefficient at lag ``m``.
        m: Season length.
        back: ``(N + m + 1,)``, zeros at its end.
        out: ``(N + 2 (m + 1),)``, zeros at its beginning.
    """
    size, pad, both = len(w), m + 1, theta * big
    before = 0.0
    for t in range(size - 1, -1, -1):
        before = w[t] + theta * before + (big * back[t + m] - both * back[t + pad])
        back[t] = before
    before = 0.0
    for t in range(pad):
        k = pad - t
        start = both * back[t]
        if k <= m:
            start -= big * back[m - k]
        if k == 1:
            start -= theta * back[0]
        before = start + theta * before + (big * out[pad + t - m] - both * out[t])
        out[pad + t] = before
    for t in range(size):
        now = 2 * pad + t
        before = w[t] + theta * before + (big * out[now - m] - both * out[now - pad])
        out[now] = before


@compiled
def filtered(columns: Floats, theta: float, big: float, m: int) -> Floats:
    """Shocks of differenced columns: ``w / ((1 - theta B)(1 - big B^m))``, start back-forecast.

    Args:
        columns: ``(c, N)`` differenced.
        theta: Coefficient at lag 1.
        big: Coefficient at lag ``m``; 0 without a season.
        m: Season length.

    Returns:
        ``(c, m + 1 + N)``: back-forecast shocks, then those of the data.
    """
    c, size = columns.shape
    pad = m + 1
    back, out = np.zeros(size + pad), np.zeros((c, size + 2 * pad))
    for j in range(c):
        _filter_one(columns[j], theta, big, m, back, out[j])
    return out[:, pad:]


@compiled
def regress(gram: Floats) -> tuple[Floats, Floats, float]:
    """Regress the first of several columns on the others, from their cross products.

    Args:
        gram: ``(1 + p, 1 + p)``, lower triangle.

    Returns:
        Coefficients ``(p,)``, diagonal ``(p,)`` of the inverse of the others' cross products, and
        the sum of squares left; a column without variation gets 0 and an infinite diagonal.
    """
    p = len(gram) - 1
    root = np.zeros((p, p))
    alive = np.ones(p, dtype=np.bool_)
    for i in range(p):
        for j in range(i + 1):
            value = gram[i + 1, j + 1]
            for k in range(j):
                value -= root[i, k] * root[j, k]
            if i == j:
                alive[i] = value > RIDGE * gram[i + 1, i + 1] and gram[i + 1, i + 1] > 0
                root[i, i] = math.sqrt(value) if alive[i] else 1.0
            else:
                root[i, j] = value / root[j, j] if alive[j] else 0.0
        if not alive[i]:
            for j in range(i):
                root[i, j] = 0.0
    # Inverse of the root, from which coefficients and the diagonal follow.
    inverse = np.zeros((p, p))
    for j in range(p):
        inverse[j, j] = 1 / root[j, j]
        for i in range(j + 1, p):
            value = 0.0
            for k in range(j, i):
                value -= root[i, k] * inverse[k, j]
            inverse[i, j] = value / root[i, i]
    beta, diagonal = np.zeros(p), np.zeros(p)
    left = gram[0, 0]
    for i in range(p):
        if not alive[i]:
            continue
        part = 0.0
        for k in range(i + 1):
            part += inverse[i, k] * gram[k + 1, 0]
        left -= part * part
        for k in range(i + 1):
            beta[k] += inverse[i, k] * part
            diagonal[k] += inverse[i, k] * inverse[i, k]
    for i in range(p):
        if not alive[i]:
            beta[i], diagonal[i] = 0.0, np.inf
    return beta, diagonal, max(left, 0.0)


@compiled
def least_squares(shocks: Floats) -> tuple[Floats, Floats, float]:
    """Regress the first row of ``(1 + p, N)`` on the others; see :func:`regress`."""
    c, rows = shocks.shape
    gram = np.zeros((c, c))
    for i in range(c):
        for j in range(i + 1):
            total = 0.0
            for t in range(rows):
                total += shocks[i, t] * shocks[j, t]
            gram[i, j] = total
    return regress(gram)


@compiled
def _ahead(
    adjusted: Floats, tail: Floats, theta: float, big: float, m: int, drift: float, horizon: int
) -> Floats:
    """Forecast an adjusted history from the last ``m + 1`` shocks."""
    n = len(adjusted)
    pad = m + 1
    path = np.zeros(pad + horizon)
    shocks = np.zeros(pad + horizon)
    for k in range(pad):
        path[k] = adjusted[n - pad + k] if n - pad + k >= 0 else 0.0
        shocks[k] = tail[k]
    for h in range(pad, pad + horizon):
        step = drift - theta * shocks[h - 1]
        if m > 1:
            step += theta * big * shocks[h - pad] - big * shocks[h - m]
            step += path[h - m] - path[h - pad]
        path[h] = path[h - 1] + step
    return path[pad:]


@compiled
def fit_kernel(
    y: Floats, x: Floats, m: int, horizon: int, drift: bool
) -> tuple[Floats, Floats, Floats, Floats, float, float, float, float, float, int]:
    """Fit and forecast; see :class:`Fit` for what is returned, in its order.

    Args:
        y: ``(n,)`` history on the model's scale, without gaps; ``n >= 4``.
        x: ``(n + horizon, p)`` regressors.
        m: Season length, 1 for none; not used below :data:`SEASONS` seasons and two values more.
        horizon: Steps ahead; may be 0.
        drift: Whether a model without a season has a drift.
    """
    n, p = len(y), x.shape[1]
    season = m if m > 1 and n >= SEASONS * m + 2 else 1
    constant = 1 if drift and season == 1 else 0
    c = 1 + p + constant
    columns = np.empty((c, n))
    columns[0] = y
    for j in range(p):
        columns[1 + j] = x[:n, j]
    if constant:
        columns[1 + p] = np.arange(n)
    w = difference(columns, season)
    size, pad = w.shape[1], season + 1
    bigs = SEASONAL_THETAS if season > 1 else np.zeros(1)
    count = len(THETAS) * len(bigs)
    extra = REFINED * REFINED if season > 1 else REFINED
    grid = np.zeros((count + extra, 2))
    for a in range(len(THETAS)):
        for b in range(len(bigs)):
            grid[a * len(bigs) + b, 0] = THETAS[a]
            grid[a * len(bigs) + b, 1] = bigs[b]
    sse = np.zeros(len(grid))
    betas, diagonals = np.zeros((len(grid), c - 1)), np.zeros((len(grid), c - 1))
    tails = np.zeros((len(grid), c, pad))
    best = 0
    for g in range(len(grid)):
        if g == count:
            _refine(grid, best, count, len(bigs))
        shocks = filtered(w, grid[g, 0], grid[g, 1], season)
        betas[g], diagonals[g], sse[g] = least_squares(shocks)
        tails[g] = shocks[:, size:]
        if sse[g] < sse[best]:
            best = g
    freedom = max(size - c + 1, 1)
    forecast, beta, error = np.zeros(horizon), np.zeros(p), np.zeros(p)
    floor = 1e-300 + 1e-12 * np.sum(w[0] * w[0])
    total = 0.0
    weights = np.zeros(len(grid))
    for g in range(len(grid)):
        gap = 0.5 * freedom * math.log((sse[g] + floor) / (sse[best] + floor))
        weights[g] = math.exp(-gap) if gap < 12 else 0.0
        total += weights[g]
    for g in range(len(grid)):
        weight = weights[g] / total
        if weight < 1e-6:
            continue
        adjusted, tail = y.copy(), tails[g, 0].copy()
        for j in range(p):
            beta[j] += weight * betas[g, j]
            for t in range(n):
                adjusted[t] -= betas[g, j] * x[t, j]
            tail -= betas[g, j] * tails[g, 1 + j]
        slope = 0.0
        if constant:
            slope = betas[g, p]
            tail -= slope * tails[g, 1 + p]
        path = _ahead(adjusted, tail, grid[g, 0], grid[g, 1], season, slope, horizon)
        for h in range(horizon):
            for j in range(p):
                path[h] += betas[g, j] * x[n + h, j]
            forecast[h] += weight * path[h]
    for g in range(len(grid)):
        weight = weights[g] / total
        if weight >= 1e-6:
            for j in range(p):
                gap = betas[g, j] - beta[j]
                error[j] += weight * (sse[g] / freedom * diagonals[g, j] + gap * gap)
    shocks = filtered(w, grid[best, 0], grid[best, 1], season)
    residuals = np.zeros(n)
    for t in range(size):
        value = shocks[0, pad + t]
        for j in range(c - 1):
            value -= betas[best, j] * shocks[1 + j, pad + t]
        residuals[n - size + t] = value
    sigma = math.sqrt(sse[best] / freedom)
    loglik = -0.5 * size * (math.log(2 * math.pi * (sse[best] + floor) / size) + 1)
    return (
        forecast, beta, np.sqrt(error), residuals, sse[best], sigma, loglik,
        grid[best, 0], grid[best, 1], size,
    )  # fmt: skip


@compiled
def _refine(grid: Floats, best: int, count: int, across: int) -> None:
    """Fill the grid's last points with those half way to the best point's neighbours."""
    a, b = best // across, best % across
    row = count
    for i in range(REFINED):
        theta = _between(THETAS, a, i)
        for j in range(REFINED if across > 1 else 1):
            grid[row, 0] = theta
            grid[row, 1] = _between(SEASONAL_THETAS, b, j) if across > 1 else 0.0
            row += 1


@compiled
def _between(values: Floats, place: int, side: int) -> float:
    """A value, or half way (``side`` 0, 2) to its lower or upper neighbour, kept below 1."""
    if side == 0:
        return float((values[place] + values[max(place - 1, 0)]) / 2)
    if side == 2:
        upper = values[place + 1] if place + 1 < len(values) else (values[place] + 1) / 2
        return float((values[place] + upper) / 2)
    return float(values[place])


def fit(
    y: Floats, x: Floats | None = None, *, m: int, horizon: int = 0, drift: bool = False
) -> Fit:
    """Regression with airline errors.

    Args:
        y: ``(n,)`` history on the model's scale, without gaps.
        x: ``(n + horizon, p)`` regressors, without gaps; none if left out.
        m: Season length, 1 for none.
        horizon: Steps ahead.
        drift: Whether a model without a season has a drift.

    Raises:
        InputError: If there are fewer than four values beyond the regressors, gaps, or too few
            rows of regressors.
    """
    x = np.zeros((len(y) + horizon, 0)) if x is None else x
    if x.shape[0] < len(y) + horizon:
        raise InputError(f"regressors: found {len(x)} rows, expected {len(y) + horizon}")
    if len(y) < 4 + x.shape[1]:
        raise InputError(f"history: found {len(y)} values, expected at least {4 + x.shape[1]}")
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise InputError("history, regressors: found gaps, expected values throughout")
    return Fit(*fit_kernel(np.ascontiguousarray(y), np.ascontiguousarray(x), m, horizon, drift))


@compiled
def forecast_kernel(y: Floats, x: Floats, m: int, horizon: int) -> Floats:
    """Forecasts ``(horizon,)`` alone, without a drift; see :func:`fit_kernel`."""
    return fit_kernel(y, x, m, horizon, False)[0]
