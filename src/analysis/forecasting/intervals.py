"""Prediction intervals from rolling-origin errors, in the manner of split conformal prediction.

An error is put on a unit that was known when the forecast was made: the series' mean absolute
seasonal difference up to that origin, times the growth of errors with the horizon, times the
series' own record at its *other* origins, shrunk to the panel's. What is left, the score, is
comparable between series and origins; the intervals are its quantiles, pooled over the panel and
over near horizons, at the conformal level ``p (n + 1) / n``, stretched and mixed with Student's t
where few of them are independent (shocks shared by all series at an origin count once).

References: Vovk, Gammerman & Shafer (2005); Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018),
JASA 113; Stankeviciute, Alaa & van der Schaar (2021), NeurIPS (rolling errors as scores).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.forecasting.arrays import Floats
from analysis.forecasting.engine import Paths

RESOLUTION = 1e-9
PRIOR = 2.0
POOL = 100
FEW = 20.0
NORMAL = float(np.sqrt(np.pi / 2))
"""Standard deviation of a normal in units of its mean absolute value."""


def unit_of(values: Floats, m: int) -> float:
    """Mean absolute seasonal difference of the last three seasons (24 values at least).

    Differences of one step where a season has none; 0 for a constant.
    """
    recent = values[-max(3 * m, 24) - m :]
    for lag in (m, 1):
        change = np.abs(recent[lag:] - recent[:-lag])
        change = change[~np.isnan(change)]
        if len(change) and change.mean() > 0:
            return float(change.mean())
    return 0.0


def units(paths: Paths, m: int) -> Floats:
    """Unit of errors ``(K, horizon)``: larger in high seasons where history is not negative."""
    y = paths.series.y.copy()
    if paths.series.opened is not None:
        y[paths.series.opened[: len(y)] == 0] = np.nan
    base = np.array([unit_of(y[:cut], m) for cut in paths.cuts])[:, None]
    shape = np.ones_like(paths.mean)
    if np.all(y[~np.isnan(y)] >= 0):
        opened = paths.mean > 0
        count = np.maximum(opened.sum(axis=1, keepdims=True), 1)
        level = paths.mean.sum(axis=1, keepdims=True) / count
        shape = np.where(opened, paths.mean / np.where(level > 0, level, 1.0), 1.0)
    return base * np.clip(shape, 0.3, 3.0)


@dataclass(frozen=True, slots=True)
class Scores:
    """Errors of a panel on comparable units.

    Attributes:
        scale: ``(N, horizon)`` unit of the forecast's error, growth and record included.
        z: ``(N, K, horizon)`` scores at the rolling origins; NaN where unknown.
        record: ``(N,)`` number of origins behind each series' scale, in whole horizons.
    """

    scale: Floats
    z: Floats
    record: Floats


def _growth(u: Floats) -> Floats:
    """Growth of absolute errors with the horizon, ``h^b`` with b in [0, 1], ``(horizon,)``."""
    horizon = u.shape[-1]
    steps = np.arange(1.0, horizon + 1)
    flat = np.abs(u).reshape(-1, horizon)
    count = np.count_nonzero(~np.isnan(flat), axis=0)
    mean = np.nansum(flat, axis=0) / np.maximum(count, 1)
    good = (count > 0) & (mean > 0)
    if np.count_nonzero(good) < 2:
        return np.sqrt(steps)
    x, y, w = np.log(steps[good]), np.log(mean[good]), count[good].astype(float)
    x_mean, y_mean = np.average(x, weights=w), np.average(y, weights=w)
    slope = np.sum(w * (x - x_mean) * (y - y_mean)) / np.sum(w * (x - x_mean) ** 2)
    # A few points of one series say little of growth: lean on the random walk's 1/2.
    sure = count.sum() / horizon
    slope = (sure * slope + PRIOR * 0.5) / (sure + PRIOR)
    out: Floats = steps ** np.clip(slope, 0.0, 1.0)
    return out


def scores(panel: Sequence[Paths], m: int) -> Scores:
    """Put the errors of a panel on comparable units.

    Args:
        panel: ``N`` series.
        m: Season length.
    """
    width = max(len(p.cuts) for p in panel)
    horizon = panel[0].mean.shape[1]
    u = np.full((len(panel), width - 1, horizon), np.nan)
    now = np.zeros((len(panel), horizon))
    for i, paths in enumerate(panel):
        unit = units(paths, m)
        now[i] = unit[0]
        # A unit lost in the rounding of the largest value is no unit.
        least = RESOLUTION * float(np.nanmax(np.abs(paths.series.y)))
        safe = np.where(unit > least, unit, np.nan)
        u[i, : len(paths.cuts) - 1] = (paths.error / safe)[1:]
    growth = _growth(u)
    grown = np.abs(u) / growth
    seen = ~np.isnan(grown)
    count = seen.sum(axis=2)
    evidence = count / horizon
    size = np.where(seen, grown, 0.0).sum(axis=2) / np.maximum(count, 1)
    total = evidence.sum()
    common = float((evidence * size).sum() / total) if total > 0 else 1.0
    record = evidence.sum(axis=1)
    summed = (evidence * size).sum(axis=1)
    own = (PRIOR * common + summed) / (PRIOR + record)
    # Each origin is judged by the record of the others, as the future will be.
    others = (PRIOR * common + summed[:, None] - evidence * size) / (
        PRIOR + record[:, None] - evidence
    )
    safe = np.where(others > 0, others, np.nan)
    return Scores(now * growth * own[:, None], u / growth / safe[:, :, None], record)


def independent(z: Floats) -> float:
    """Number of independent scores: shocks shared by all series at an origin count once.

    Between-origin variance of the mean score against that of independent series.
    """
    seen = ~np.isnan(z)
    count = seen.sum(axis=2)
    clusters = float(np.count_nonzero(count))
    if clusters == 0:
        return 0.0
    mean = np.where(seen, z, 0.0).sum(axis=2) / np.maximum(count, 1)
    have = count > 0
    each = have.sum(axis=0)
    at_origin = np.where(have, mean, 0.0).sum(axis=0) / np.maximum(each, 1)
    usable = each > 0
    between = float(np.mean(at_origin[usable] ** 2))
    within = float(np.mean(mean[have] ** 2))
    if between <= 0 or within <= 0:
        return clusters
    return float(np.clip(np.count_nonzero(usable) * within / between, usable.sum(), clusters))


def _pool(z: Floats, h: int, share: float) -> Floats:
    """Scores at horizon ``h`` and, until enough are independent, at its neighbours.

    Args:
        z: ``(N, K, horizon)``.
        h: Horizon step, from 0.
        share: Independent scores among all.
    """
    horizon, reach = z.shape[-1], 0
    while True:
        near = z[..., max(0, h - reach) : h + reach + 1]
        values = near[~np.isnan(near)]
        if len(values) * share >= POOL or reach >= horizon:
            return values
        reach = 2 * reach + 1


def _tails(
    values: Floats, clusters: int, n: float, level: float, freedom: float
) -> tuple[float, float]:
    """Distances below and above the forecast, in units, that hold a share ``level``.

    Args:
        values: Pooled scores.
        clusters: Series × origins behind them: the sample of the conformal quantile.
        n: Independent ones among these; the quantile is stretched by Student's t over the normal
            at ``n`` degrees of freedom, since a few shared shocks say little of the next one.
        level: Share to cover, 0–1.
        freedom: Degrees of freedom of the scale.
    """
    tail = (1 - level) / 2
    student = NORMAL * float(stats.t.ppf(1 - tail, max(freedom, 2.0)))
    if n < 1:
        return student, student
    stretch = float(stats.t.ppf(1 - tail, max(n, 2.0)) / stats.norm.ppf(1 - tail))
    correction = (clusters + 1) / clusters
    if n < 5 * FEW:
        below = above = float(np.quantile(np.abs(values), min(1.0, level * correction)))
    else:
        wanted = min(1.0, (1 - tail) * correction)
        below = max(0.0, -float(np.quantile(values, 1 - wanted)))
        above = max(0.0, float(np.quantile(values, wanted)))
    trust = n / (n + FEW)
    return (
        trust * stretch * below + (1 - trust) * student,
        trust * stretch * above + (1 - trust) * student,
    )


def widths(made: Scores, levels: Sequence[float]) -> tuple[Floats, Floats]:
    """Distances of the bounds from the forecast, in the unit of ``y``.

    Args:
        made: Scores of the panel.
        levels: Shares to cover in percent, rising.

    Returns:
        Below and above, each ``(levels, N, horizon)``; nested, never negative.
    """
    horizon = made.scale.shape[1]
    n = independent(made.z)
    clusters = int(np.count_nonzero(~np.isnan(made.z).all(axis=2)))
    freedom = float(np.median(made.record)) + PRIOR
    tails = np.zeros((2, len(levels), horizon))
    share = n / max(clusters, 1)
    if np.count_nonzero(~np.isnan(made.z)) * share < POOL:
        # Too few for any distinction between horizons: one pool, one pair of tails.
        values = _pool(made.z, 0, 0.0)
        tails += np.array(
            [_tails(values, clusters, n, level / 100, freedom) for level in levels]
        ).T[..., None]
    else:
        for h in range(horizon):
            values = _pool(made.z, h, share)
            for i, level in enumerate(levels):
                tails[:, i, h] = _tails(values, clusters, n, level / 100, freedom)
    tails = np.maximum.accumulate(tails, axis=1)
    below, above = tails[:, :, None, :] * made.scale
    return below, above
