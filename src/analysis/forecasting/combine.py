"""One forecast from many candidates: their median, weighted by rolling-origin errors.

``w ∝ prior · (relative MAE)^-p``, series by series, ``p`` growing from 1 with the length of
history: a short record says little, and equal weights are hard to beat then (Smith & Wallis 2009,
OBES 71). A candidate's error is taken relative to the mean
of all candidates at the same origin. The median keeps one wild candidate from moving the forecast
(Petropoulos & Svetunkov 2020, IJF 36).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.base.compiled import compiled
from analysis.forecasting.arrays import Floats

RECORD = 100.0
SHARPEST = 8.0
PRIOR_ORIGINS = 0.25
"""Origins without any difference that a record is shrunk by."""
LEAST_RATIO = 1e-3
LEAST_SERIES = 5
"""Series whose records can be pooled."""
MOST_STRENGTH = 50.0
OVERLAP = 1.5
"""How much more the mean of overlapping origins varies than that of as many separate ones."""


@dataclass(frozen=True, slots=True)
class Family:
    """Candidates of one kind.

    Attributes:
        paths: ``(C, K, H)`` forecasts at each origin, NaN where a candidate cannot forecast.
        prior: ``(C,)`` weights within the family without a record, above 0.
        weight: Weight of the family among families without a record.
    """

    paths: Floats
    prior: Floats
    weight: float = 1.0


def family(paths: Floats) -> Family:
    """Candidates with equal weights at first."""
    return Family(paths, np.ones(len(paths)))


def relative_errors(forecasts: Floats, actual: Floats) -> tuple[Floats, Floats]:
    """MAE of each candidate at each origin relative to the candidates' mean.

    Args:
        forecasts: ``(C, K, H)``, NaN where a candidate cannot forecast.
        actual: ``(K, H)``, NaN where unknown.

    Returns:
        Relative errors ``(C, K)`` (1 where unknown) and the evidence in each, the share of the
        horizon observed, ``(C, K)``.
    """
    error = np.abs(forecasts - actual)
    seen = ~np.isnan(error)
    count = seen.sum(axis=2)
    mae = np.where(seen, error, 0.0).sum(axis=2) / np.maximum(count, 1)
    have = count > 0
    mean = np.where(have, mae, 0.0).sum(axis=0) / np.maximum(have.sum(axis=0), 1)
    relative = np.where(have & (mean > 0), mae / np.where(mean > 0, mean, 1.0), 1.0)
    return relative, np.where(have, count / error.shape[2], 0.0)


@dataclass(frozen=True, slots=True)
class Common:
    """What the records of like series say together.

    Attributes:
        logs: ``(C, K)`` mean log relative error of each candidate at each origin.
        evidence: ``(C, K)`` mean evidence in them.
        strength: Origins of a series' own record that it counts as.
    """

    logs: Floats
    evidence: Floats
    strength: float


def _logs(forecasts: Floats, actual: Floats) -> tuple[Floats, Floats]:
    """Log relative errors, weighted by the evidence in them, and that evidence, ``(C, K)``."""
    relative, evidence = relative_errors(forecasts, actual)
    return evidence * np.log(np.maximum(relative, LEAST_RATIO)), evidence


def common_record(panel: Sequence[tuple[Sequence[Family], Floats]]) -> Common | None:
    """Pool the records of series that have the same candidates and origins.

    A series' own record is noise about its own skill, which is spread about the panel's. The
    variance of records over a series' origins against that between series tells how many origins
    the panel's record is worth (empirical Bayes; Efron & Morris 1975, JASA 70).

    Args:
        panel: Families and actual values of each series.

    Returns:
        None for fewer than five series, or too few origins to tell.
    """
    if len(panel) < LEAST_SERIES:
        return None
    pairs = [_logs(np.concatenate([f.paths for f in families]), came) for families, came in panel]
    logs, evidence = (np.stack(each) for each in zip(*pairs, strict=True))
    seen = evidence > 0
    count = seen.sum(axis=2)
    mean = np.where(seen, logs, 0.0).sum(axis=2) / np.maximum(count, 1)
    squares = np.where(seen, (logs - mean[:, :, None]) ** 2, 0.0).sum(axis=2)
    told = count > 1
    if not told.any():
        return None
    within = float(squares[told].sum() / (count[told] - 1).sum())
    panels = np.where(told, mean, 0.0).sum(axis=0) / np.maximum(told.sum(axis=0), 1)
    between = float(((mean - panels) ** 2)[told].sum() / max(int(told.sum()) - told.shape[1], 1))
    # Origins half a horizon apart share half of what they saw.
    real = between - OVERLAP * within / float(count[told].mean())
    strength = min(within / real, MOST_STRENGTH) if real > 0 else MOST_STRENGTH
    return Common(logs.mean(axis=0), evidence.mean(axis=0), strength if within > 0 else 0.0)


def weights(
    forecasts: Floats,
    actual: Floats,
    n: int,
    prior: Floats,
    free: Floats | None = None,
    common: Common | None = None,
) -> Floats:
    """Weights at each origin, from the records at the other origins.

    Args:
        forecasts: ``(C, K, H)``; origin 0 is the real forecast, of which nothing is known yet.
        actual: ``(K, H)``.
        n: Length of history.
        prior: ``(C,)`` weights without a record.
        free: ``(K, K)`` share of each origin's horizon outside each other's
            (:func:`analysis.forecasting.origins.apart`); when None origins have none in common.
        common: What like series say, which a record is shrunk to; None to shrink it to no
            difference only.

    Returns:
        ``(C, K)``, summing to 1 over the candidates that can forecast from that origin.
    """
    logs, evidence = _logs(forecasts, actual)
    # An origin must not vouch for itself: intervals built on its errors would be too narrow.
    outside = 1.0 - np.eye(actual.shape[0]) if free is None else free
    others, record = logs @ outside, evidence @ outside
    strength = 0.0
    if common is not None:
        strength = common.strength
        pooled, known = common.logs @ outside, common.evidence @ outside
        others = others + strength * pooled / (known + PRIOR_ORIGINS)
    score = others / (record + strength + PRIOR_ORIGINS)
    power = min(SHARPEST, 1 + n / RECORD)
    able = ~np.isnan(forecasts).any(axis=2)
    raw = np.where(able, prior[:, None] * np.exp(-power * score), 0.0)
    total = raw.sum(axis=0)
    out: Floats = raw / np.where(total > 0, total, 1.0)
    return out


@compiled
def weighted_median(values: Floats, weight: Floats) -> Floats:
    """Weighted median over candidates, interpolated between the two middle values.

    Args:
        values: ``(C, K, H)``.
        weight: ``(C, K)``, summing to 1 over candidates, or all 0; where it is 0 values may be
            missing.

    Returns:
        ``(K, H)``; NaN where all weights are 0.
    """
    count, origins, horizon = values.shape
    out = np.full((origins, horizon), np.nan)
    value, mass = np.empty(count), np.empty(count)
    for k in range(origins):
        for h in range(horizon):
            used = 0
            for c in range(count):
                if weight[c, k] <= 0:
                    continue
                place = used
                while place > 0 and value[place - 1] > values[c, k, h]:
                    value[place], mass[place] = value[place - 1], mass[place - 1]
                    place -= 1
                value[place], mass[place] = values[c, k, h], weight[c, k]
                used += 1
            total, before = 0.0, 0.0
            for i in range(used):
                middle = total + mass[i] / 2
                if middle >= 0.5 - 1e-12:
                    share = (0.5 - before) / (middle - before) if i > 0 else 1.0
                    low = value[i - 1] if i > 0 else value[i]
                    out[k, h] = low + min(max(share, 0.0), 1.0) * (value[i] - low)
                    break
                before = middle
                total += mass[i]
    return out


def combine(
    families: Sequence[Family],
    actual: Floats,
    n: int,
    free: Floats | None = None,
    common: Common | None = None,
) -> Floats:
    """Weighted median of the candidates at each origin.

    Args:
        families: Candidates of each family; weights go to families first, so that a large one
            does not outvote a small one.
        actual: ``(K, H)``.
        n: Length of history.
        free: As for :func:`weights`.
        common: As for :func:`weights`.

    Returns:
        ``(K, H)``; NaN where no candidate can forecast.
    """
    forecasts = np.concatenate([f.paths for f in families])
    prior = np.concatenate([f.weight * f.prior / f.prior.sum() for f in families])
    share = weights(forecasts, actual, n, prior, free, common)
    return weighted_median(np.ascontiguousarray(forecasts), share)
