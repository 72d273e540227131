"""One always-valid rule at many looks at once, from moments that it estimates the variance from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.experiments.always_valid.mixture import (
    critical_value,
    log_evalue,
    p_value,
    tuned_rho2,
)

Floats = NDArray[np.float64]
Rule = Literal["confidence sequence", "msprt"]


def _events(n: Floats, mean: Floats, variance: Floats) -> Floats:
    """``(sum y)² / sum y²`` over both arms, from ``(looks, 2)`` moments.

    Kish's effective size (1965, Survey Sampling): for zeros and ones the number of ones, for
    revenue the number of buyers if they all spent the same. It says without the rows when sums
    are normal enough to begin.
    """
    squares = np.nansum(n * mean**2 + np.maximum(n - 1, 0) * variance, axis=1)
    sums = np.nansum(n * mean, axis=1)
    events: Floats = np.divide(sums**2, squares, out=np.zeros_like(sums), where=squares > 0)
    return events


def _variance(n: Floats, variance: Floats) -> Floats:
    """Squared standard error of the difference: the larger of the unpooled and the pooled one.

    In equal arms they agree. In unequal arms (9 : 1) the unpooled one of a skewed metric is too
    small just when the small arm has seen no large value yet: rules that begin with it call 10 %
    to 30 % of tests without an effect; with the larger one they keep their level.
    """
    own: Floats = (variance / n).sum(axis=1)
    pooled: Floats = ((n - 1) * variance).sum(axis=1) / (n.sum(axis=1) - 2) * (1 / n).sum(axis=1)
    larger: Floats = np.maximum(own, pooled)
    return larger


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """One rule at several looks, ``(looks,)`` each; before it begins half widths are infinite."""

    estimate: Floats
    se: Floats
    half: Floats
    p: Floats
    events: Floats
    begun: NDArray[np.bool_]


def bounds_of(
    n: Floats,
    mean: Floats,
    variance: Floats,
    *,
    rule: Rule,
    tuning: float,
    alpha: float,
    least_events: float,
) -> Bounds:
    """Estimates, half widths and p-values of looks, each by itself.

    Args:
        n: ``(looks, 2)`` users of control and of the arm so far.
        mean: ``(looks, 2)`` their means.
        variance: ``(looks, 2)`` their variances.
        rule: As of :func:`always_valid`, and so the others.
        tuning: Users, or ``tau`` of the mSPRT.
        alpha: Level over all looks.
        least_events: Events of both arms before which a look decides nothing.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate, spread = mean[:, 1] - mean[:, 0], _variance(n, variance)
    events = _events(n, mean, variance)
    begun = (n.min(axis=1) >= 2) & (spread > 0) & np.isfinite(estimate) & (events >= least_events)
    se = np.sqrt(np.where(begun, spread, np.nan))
    if rule == "msprt":
        ratio = (tuning / se[begun]) ** 2
    else:
        ratio = tuned_rho2(tuning, alpha) * n[begun].sum(axis=1)
    half, p = np.full(len(n), np.inf), np.ones(len(n))
    half[begun] = critical_value(ratio, alpha) * se[begun]
    p[begun] = p_value(log_evalue(estimate[begun] / se[begun], ratio))
    return Bounds(estimate, se, half, p, events, begun)
