"""Prediction intervals from rolling-origin errors, in the manner of split conformal prediction.

An error is put on a scale that was known when the forecast was made: the series' own record of
absolute errors at its *other* origins (no period in common), shrunk to what its mean absolute
seasonal difference makes of it in the panel, times the growth of errors with the horizon and with
the forecast's size. What is left, the score, is
comparable between series and origins; the intervals are its quantiles, pooled over the panel and
over near horizons, at the conformal level ``p (n + 1) / n``, stretched and mixed with Student's t
where few of them are independent (shocks shared by all series at an origin count once).

References: Vovk, Gammerman & Shafer (2005); Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018),
JASA 113; Stankeviciute, Alaa & van der Schaar (2021), NeurIPS (rolling errors as scores).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.forecasting.arrays import Floats
from analysis.forecasting.engine import Paths
from analysis.forecasting.origins import apart
from analysis.forecasting.seasonal import units_at

RESOLUTION = 1e-9
PRIOR = 2.0
WITH_LEVEL = 0.75
"""Power of the level that errors grow with: between none (additive noise) and 1 (percentages)."""
POOL = 100
FEW = 5.0
SHAPE = 4.0
"""Degrees of freedom of errors before any are seen: more peaked and longer tailed than a normal.
A Student t with four of them has a mean absolute value of exactly 1, the unit of the scores."""


def units(paths: Paths, m: int) -> tuple[Floats, Floats]:
    """Unit of errors, and the size of the forecasts that errors may grow with.

    Returns:
        Unit ``(K,)``: mean absolute seasonal difference up to each origin; size ``(K, horizon)``
        relative to the series' own mean over its origins: larger at high levels and in high
        seasons where history is not negative, else 1.
    """
    y = paths.series.y.copy()
    if paths.series.opened is not None:
        y[paths.series.opened[: len(y)] == 0] = np.nan
    size = np.ones_like(paths.mean)
    if np.all(y[~np.isnan(y)] >= 0):
        opened = paths.mean > 0
        count = np.maximum(opened.sum(axis=1, keepdims=True), 1)
        level = paths.mean.sum(axis=1, keepdims=True) / count
        shape = np.where(opened, paths.mean / np.where(level > 0, level, 1.0), 1.0)
        typical = float(level.mean())
        ratio = level / typical if typical > 0 else np.ones_like(level)
        size = np.clip(shape, 0.3, 3.0) * np.clip(ratio, 0.04, 25.0) ** WITH_LEVEL
    return units_at(y, paths.cuts, m), size


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


@dataclass(frozen=True, slots=True)
class _Errors:
    """Errors of a panel at its rolling origins and what they are measured by.

    Attributes:
        relative: ``(N, K, horizon)`` errors over the size of the forecast then.
        unit: ``(N, K)`` unit of errors over the level of the forecast then; 0 where there is none.
        now: ``(N,)`` the same at the last origin.
        ahead: ``(N, horizon)`` size of the last forecast.
    """

    relative: Floats
    unit: Floats
    now: Floats
    ahead: Floats


def _errors(panel: Sequence[Paths], m: int) -> _Errors:
    width = max(len(p.cuts) for p in panel) - 1
    horizon = panel[0].mean.shape[1]
    relative = np.full((len(panel), width, horizon), np.nan)
    unit = np.zeros((len(panel), width + 1))
    ahead = np.ones((len(panel), horizon))
    for i, paths in enumerate(panel):
        base, size = units(paths, m)
        # A unit lost in the rounding of the largest value is no unit.
        least = RESOLUTION * float(np.nanmax(np.abs(paths.series.y)))
        base = np.where(base > least, base, 0.0)
        k = len(base)
        unit[i, :k] = base / np.maximum(size.mean(axis=1), RESOLUTION)
        ahead[i] = size[0]
        known = (paths.error / size)[1:]
        relative[i, : k - 1] = np.where(base[1:, None] > 0, known, np.nan)
    return _Errors(relative, unit[:, 1:], unit[:, 0], ahead)


def scores(panel: Sequence[Paths], m: int) -> Scores:
    """Put the errors of a panel on comparable units.

    The scale of a series is its mean absolute error at the rolling origins, shrunk to what its
    unit would make it in the panel. Record and unit are averaged, not multiplied: both rise with
    the same past shocks, which a product would count twice, and differently at the last origin.

    Args:
        panel: ``N`` series.
        m: Season length.
    """
    errors = _errors(panel, m)
    horizon = panel[0].mean.shape[1]
    unit = np.where(errors.unit > 0, errors.unit, np.nan)
    growth = _growth(errors.relative / unit[:, :, None])
    grown = np.abs(errors.relative) / growth
    seen = ~np.isnan(grown)
    count = seen.sum(axis=2)
    evidence = count / horizon
    size = np.where(seen, grown, 0.0).sum(axis=2) / np.maximum(count, 1)
    # Exact sums: a series without a record must not move the others by a rounding.
    total = math.fsum(evidence.ravel())
    in_units = math.fsum(np.nan_to_num(evidence * size / unit).ravel())
    common = in_units / total if total > 0 else 1.0
    record = evidence.sum(axis=1)
    own = (PRIOR * common * errors.now + (evidence * size).sum(axis=1)) / (PRIOR + record)
    # A series without any movement now has no error to expect, whatever the past was.
    own = np.where(errors.now > 0, own, 0.0)
    # Each origin is judged by the record of the others, as the future will be: by no period that
    # is also its own.
    free = _apart(panel, horizon, seen.shape[1])
    others = (PRIOR * common * unit + (free * (evidence * size)[:, :, None]).sum(axis=1)) / (
        PRIOR + (free * evidence[:, :, None]).sum(axis=1)
    )
    safe = np.where(others > 0, others, np.nan)
    z = errors.relative / growth / safe[:, :, None]
    return Scores(errors.ahead * growth * own[:, None], z, record)


def _apart(panel: Sequence[Paths], horizon: int, width: int) -> Floats:
    """:func:`analysis.forecasting.origins.apart` of the rolling origins, ``(N, K, K)``."""
    out = np.zeros((len(panel), width, width))
    for i, paths in enumerate(panel):
        k = len(paths.cuts) - 1
        out[i, :k, :k] = apart(paths.cuts, horizon)[1:, 1:]
    return out


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


def _sample(z: Floats) -> float:
    """Number of scores that the conformal level counts: at least one a series and origin.

    Steps of one path err together; how far, the variance of paths' means over that of their
    steps says.
    """
    seen = ~np.isnan(z)
    count = seen.sum(axis=2)
    have = count > 0
    mean = np.where(seen, z, 0.0).sum(axis=2)[have] / count[have]
    steps, paths = float(np.mean(z[seen] ** 2)), float(np.mean(mean**2))
    if paths <= 0:
        return float(count.sum())
    # Independent steps: the mean of c of them varies a c-th as much, and each counts for one.
    return float(
        np.clip(np.count_nonzero(have) * steps / paths, np.count_nonzero(have), seen.sum())
    )


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
    values: Floats, sample: float, n: float, level: float, freedom: float
) -> tuple[float, float]:
    """Distances below and above the forecast, in units, that hold a share ``level``.

    Args:
        values: Pooled scores.
        sample: How many of them the conformal level counts.
        n: Independent series × origins behind them; the quantile is stretched by Student's t over
            the normal at ``n`` degrees of freedom, since a few shared shocks say little of the
            next one.
        level: Share to cover, 0–1.
        freedom: Degrees of freedom of the scale.
    """
    tail = (1 - level) / 2
    normal = float(stats.norm.ppf(1 - tail))
    unsure = float(stats.t.ppf(1 - tail, max(freedom, 2.0))) / normal
    student = unsure * float(stats.t.ppf(1 - tail, SHAPE))
    if n < 1:
        return student, student
    stretch = float(stats.t.ppf(1 - tail, max(n, 2.0))) / normal
    correction = (sample + 1) / sample
    if n < POOL:
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
    sample = _sample(made.z) if clusters else 0.0
    share = n / max(clusters, 1)
    if np.count_nonzero(~np.isnan(made.z)) * share < POOL:
        # Too few for any distinction between horizons: one pool, one pair of tails.
        values = _pool(made.z, 0, 0.0)
        tails += np.array([_tails(values, sample, n, level / 100, freedom) for level in levels]).T[
            ..., None
        ]
    else:
        for h in range(horizon):
            values = _pool(made.z, h, share)
            for i, level in enumerate(levels):
                tails[:, i, h] = _tails(values, sample, n, level / 100, freedom)
    tails = np.maximum.accumulate(tails, axis=1)
    below, above = tails[:, :, None, :] * made.scale
    return below, above
