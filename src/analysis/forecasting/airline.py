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
        columns: ``(n, c)``.
        m: Season length.

    Returns:
        ``(n - 1 - m, c)``, ``(n - 1, c)`` without a season.
    """
    n, c = columns.shape
    lost = 1 + m if m > 1 else 1
    out = np.empty((max(n - lost, 0), c))
    for t in range(lost, n):
        for j in range(c):
            value = columns[t, j] - columns[t - 1, j]
            if m > 1:
                value -= columns[t - m, j] - columns[t - m - 1, j]
            out[t - lost, j] = value
    return out


@compiled
def filtered(w: Floats, theta: Floats, big: Floats, m: int) -> Floats:
    """Shocks of differenced columns: ``w / ((1 - theta B)(1 - big B^m))``, start back-forecast.

    Periods are the outer loop: a column waits for its own last value, while many columns, or one
    at many coefficients, go side by side.

    Args:
        w: ``(N, c)`` differenced.
        theta: ``(c,)`` coefficients at lag 1.
        big: ``(c,)`` coefficients at lag ``m``; 0 without a season.
        m: Season length.

    Returns:
        ``(m + 1 + N, c)``: back-forecast shocks, then those of the data.
    """
    size, c = w.shape
    pad, both = m + 1, np.empty(c)
    for j in range(c):
        both[j] = theta[j] * big[j]
    back, out = np.zeros((size + pad, c)), np.zeros((size + 2 * pad, c))
    for t in range(size - 1, -1, -1):
        now, one, season, far, new = back[t], back[t + 1], back[t + m], back[t + pad], w[t]
        for j in range(c):
            now[j] = new[j] + theta[j] * one[j] + (big[j] * season[j] - both[j] * far[j])
    for t in range(pad):
        k, at = pad - t, pad + t
        for j in range(c):
            start = both[j] * back[t, j]
            if k <= m:
                start -= big[j] * back[m - k, j]
            if k == 1:
                start -= theta[j] * back[0, j]
            season_part = big[j] * out[at - m, j] - both[j] * out[t, j]
            out[at, j] = start + theta[j] * out[at - 1, j] + season_part
    for t in range(size):
        at = 2 * pad + t
        now, one, season, far, new = out[at], out[at - 1], out[at - m], out[at - pad], w[t]
        for j in range(c):
            now[j] = new[j] + theta[j] * one[j] + (big[j] * season[j] - both[j] * far[j])
    return out[pad:]


@compiled
def shocks(columns: Floats, theta: float, big: float, m: int) -> Floats:
    """Columns ``(n, c)`` with a season, differenced and filtered, ``(n, c)``."""
    c = columns.shape[1]
    thetas, bigs = np.empty(c), np.empty(c)
    for j in range(c):
        thetas[j], bigs[j] = theta, big
    return filtered(difference(columns, m), thetas, bigs, m)


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
def _evaluate(w: Floats, points: Floats, m: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Regress differenced data on differenced columns at points of the grid, all at once.

    Args:
        w: ``(N, c)``, the data first.
        points: ``(G, 2)`` of ``theta`` and ``Theta``.
        m: Season length, 1 for none.

    Returns:
        Coefficients and diagonals ``(G, c - 1)``; sums of squares left ``(G,)``; last shocks
        ``(G, c, m + 1)``.
    """
    size, c = w.shape
    count = len(points)
    wide, theta, big = np.empty((size, c * count)), np.empty(c * count), np.empty(c * count)
    for j in range(c):
        for g in range(count):
            theta[j * count + g], big[j * count + g] = points[g, 0], points[g, 1]
    for t in range(size):
        for j in range(c):
            for g in range(count):
                wide[t, j * count + g] = w[t, j]
    rows = filtered(wide, theta, big, m)
    lanes = np.zeros((c, c, count))
    for t in range(len(rows)):
        for i in range(c):
            one = rows[t, i * count : (i + 1) * count]
            for j in range(i + 1):
                two, total = rows[t, j * count : (j + 1) * count], lanes[i, j]
                for g in range(count):
                    total[g] += one[g] * two[g]
    betas, diagonals = np.empty((count, c - 1)), np.empty((count, c - 1))
    sse, tails, gram = np.empty(count), np.empty((count, c, m + 1)), np.zeros((c, c))
    for g in range(count):
        for i in range(c):
            for j in range(i + 1):
                gram[i, j] = lanes[i, j, g]
            for k in range(m + 1):
                tails[g, i, k] = rows[size + k, i * count + g]
        beta, diagonal, sse[g] = regress(gram)
        for j in range(c - 1):
            betas[g, j], diagonals[g, j] = beta[j], diagonal[j]
    return betas, diagonals, sse, tails


@compiled
def _grid(across: int, extra: int) -> Floats:
    """The grid ``(G, 2)``; room for ``extra`` points at its end."""
    count = len(THETAS) * across
    out = np.zeros((count + extra, 2))
    for g in range(count):
        out[g, 0] = THETAS[g // across]
        out[g, 1] = SEASONAL_THETAS[g % across] if across > 1 else 0.0
    return out


@compiled
def _search(w: Floats, season: int) -> tuple[Floats, Floats, Floats, Floats, Floats, int]:
    """Regress differenced data on differenced columns at every point of the grid.

    Args:
        w: ``(N, c)``, the data first.
        season: Season length, 1 for none.

    Returns:
        Grid ``(G, 2)``; coefficients and diagonals ``(G, c - 1)``; sums of squares left ``(G,)``;
        last shocks ``(G, c, season + 1)``; the best point.
    """
    c = w.shape[1]
    across = len(SEASONAL_THETAS) if season > 1 else 1
    count = len(THETAS) * across
    grid = _grid(across, REFINED * REFINED if season > 1 else REFINED)
    sse = np.zeros(len(grid))
    betas, diagonals = np.zeros((len(grid), c - 1)), np.zeros((len(grid), c - 1))
    tails = np.zeros((len(grid), c, season + 1))
    best = 0
    for stage in range(2):
        if stage:
            _refine(grid, best, count, across)
        first, stop = (count, len(grid)) if stage else (0, count)
        beta, diagonal, left, last = _evaluate(w, grid[first:stop], season)
        for g in range(first, stop):
            betas[g], diagonals[g], tails[g] = beta[g - first], diagonal[g - first], last[g - first]
            sse[g] = left[g - first]
            if sse[g] < sse[best]:
                best = g
    return grid, betas, diagonals, sse, tails, best


def noise(columns: Floats, m: int) -> tuple[float, float]:
    """``theta`` and ``Theta`` at the best point.

    Not compiled as a whole, which would compile its parts twice.

    Args:
        columns: ``(n, c)`` history on the model's scale and regressors, without gaps;
            at least :data:`SEASONS` seasons and two values more.
        m: Season length, more than 1.
    """
    w, across = difference(columns, m), len(SEASONAL_THETAS)
    count = len(THETAS) * across
    grid = _grid(across, REFINED * REFINED)
    sse = _evaluate(w, grid[:count], m)[2]
    best = int(sse.argmin())
    _refine(grid, best, count, across)
    finer = _evaluate(w, grid[count:], m)[2]
    if finer.min() < sse[best]:
        best = count + int(finer.argmin())
    return float(grid[best, 0]), float(grid[best, 1])


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
    columns = np.empty((n, c))
    for t in range(n):
        columns[t, 0] = y[t]
        for j in range(p):
            columns[t, 1 + j] = x[t, j]
        if constant:
            columns[t, 1 + p] = t
    w = difference(columns, season)
    size, pad = w.shape[0], season + 1
    grid, betas, diagonals, sse, tails, best = _search(w, season)
    freedom = max(size - c + 1, 1)
    forecast, beta, error = np.zeros(horizon), np.zeros(p), np.zeros(p)
    floor = 1e-300
    for t in range(size):
        floor += 1e-12 * w[t, 0] * w[t, 0]
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
    rows = filtered(w, np.full(c, grid[best, 0]), np.full(c, grid[best, 1]), season)
    residuals = np.zeros(n)
    for t in range(size):
        value = rows[pad + t, 0]
        for j in range(c - 1):
            value -= betas[best, j] * rows[pad + t, 1 + j]
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
