"""Two estimates of the same market side by side: how far apart, how much in common, what both say.

Nothing depends on which of the two is called first: the ratio turns into its reciprocal, all else
stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

BINS = 64

_CELLS = 2001


@dataclass(frozen=True)
class Reconciliation:
    """How two estimates of one quantity agree.

    Attributes:
        ratio: Median of the second over median of the first; NaN if the first is 0.
        ratio_lo: 5 % point of the second over the first, draw by draw: what both routes share
            (common inputs) cancels. NaN where a draw of the first is not above 0.
        ratio_hi: 95 % point of it.
        gap: The larger median over the smaller, at least 1; infinite if one is 0 or they differ
            in sign.
        overlap: Overlap coefficient, the common area of the two densities: 1 for the same
            distribution, 0 for disjoint ones (Inman & Bradley 1989).
        disjoint: Whether the 5–95 % intervals have no point in common.
        apart: Whether the paired ratio leaves 1 outside its 5–95 % interval: what both routes
            share cannot hide such a difference, nor can a wide route feign one.
        p10: Pooled 10 % point.
        p50: Pooled median.
        p90: Pooled 90 % point.
        weight: Weight of the first estimate in the pool.
        between: Between-route standard deviation on the scale of the pool: what the routes differ
            by beyond their own uncertainty.
        scale: ``log`` if both are above 0 in 99 % of draws (the rest is then held at the 1 %
            point), else ``linear``.
    """

    ratio: float
    ratio_lo: float
    ratio_hi: float
    gap: float
    overlap: float
    disjoint: bool
    apart: bool
    p10: float
    p50: float
    p90: float
    weight: float
    between: float
    scale: str


def overlap_coefficient(one: Floats, other: Floats, bins: int = BINS) -> float:
    """Common area of two densities, from draws of each.

    Histograms on edges at equal shares of both samples together, so that no width of bin is to be
    chosen; a little too high (by at most what the densities cross inside bins).

    Args:
        one: Draws, shape (n,).
        other: Draws, shape (m,).
        bins: Bins.

    Returns:
        Between 0 and 1.
    """
    # Equal numbers of each, or the edges would follow the larger sample.
    shares = np.linspace(0, 1, 2001)
    both = np.concatenate([np.quantile(one, shares), np.quantile(other, shares)])
    edges = np.unique(np.quantile(both, np.linspace(0, 1, bins + 1)))
    if len(edges) < 2:
        return 1.0
    # A point mass on an edge belongs to one bin only: give every repeated value a bin of its own.
    places = [np.searchsorted(edges, sample, side="right") for sample in (one, other)]
    size = len(edges) + 1
    heights = [np.bincount(place, minlength=size) / len(place) for place in places]
    return float(np.minimum(*heights).sum())


def reconcile(one: Floats, other: Floats) -> Reconciliation:
    """Reconcile two estimates of one quantity from paired draws.

    The pool weights by inverse variance, with the covariance of the routes (they may share
    inputs), on the log scale where nearly all draws are positive. Its middle is the weighted mean
    of the medians, so that it lies between them; around it lie the weighted deviations of the
    paired draws. Where the routes differ by more than their uncertainty allows, the variance
    between them is added to both (the estimator of DerSimonian & Laird 1986 for two), so that a
    disagreement widens the pooled interval.

    Args:
        one: Draws of the first, shape (n,).
        other: Draws of the second in the same draws of the inputs, shape (n,).

    Raises:
        ValueError: If shapes differ, there are fewer than 2 draws, or a value is not finite.
    """
    if one.shape != other.shape or one.ndim != 1 or one.size < 2:
        raise ValueError(f"draws: found shapes {one.shape} and {other.shape}, expected equal ones")
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise ValueError("draws: found one that is not finite")
    first, second = float(np.median(one)), float(np.median(other))
    step = np.quantile(other - one, (0.05, 0.95))
    # Two ways to write one product differ in their last digits.
    least = 1e-9 * max(abs(first), abs(second))
    floors = [float(np.quantile(sample, 0.01)) for sample in (one, other)]
    log = min(floors) > 0
    # One draw in a thousand below 0 must not change the scale of all others.
    held = [np.maximum(sample, floor) if log and (sample <= 0).any() else sample
            for sample, floor in zip((one, other), floors, strict=True)]  # fmt: skip
    p10, p50, p90, weight, between = _pool(held[0], held[1], log)
    ratio = held[1] / held[0] if log else np.full(2, math.nan)
    lo, hi = (float(v) for v in np.quantile(ratio, (0.05, 0.95)))
    ends = [np.quantile(sample, (0.05, 0.95)) for sample in (one, other)]
    same_side = first * second > 0
    return Reconciliation(
        ratio=second / first if first else math.nan,
        ratio_lo=lo,
        ratio_hi=hi,
        gap=max(second / first, first / second) if same_side else math.inf,
        overlap=overlap_coefficient(one, other),
        disjoint=bool(ends[0][1] < ends[1][0] or ends[1][1] < ends[0][0]),
        apart=bool(step[0] > least or step[1] < -least),
        p10=p10,
        p50=p50,
        p90=p90,
        weight=weight,
        between=between,
        scale="log" if log else "linear",
    )


def _pool(one: Floats, other: Floats, log: bool) -> tuple[float, float, float, float, float]:
    """Pooled P10, P50, P90, weight of the first, and sd between."""
    values = np.log([one, other]) if log else np.array([one, other])
    middles = np.median(values, axis=1)
    centred = values - values.mean(axis=1)[:, None]
    (v1, c), (_, v2) = centred @ centred.T / values.shape[1]
    gap2 = float((middles[0] - middles[1]) ** 2)
    tau2 = max(0.0, gap2 - float(v1 + v2 - 2 * c)) / 2
    a, b = float(v1) + tau2, float(v2) + tau2
    spread = a + b - 2 * float(c)
    # Equal weights where the routes are one and the same, or both without error.
    weight = min(max((b - float(c)) / spread, 0.0), 1.0) if spread > 1e-12 * (a + b) else 0.5
    shares = np.array([weight, 1 - weight])
    found = _widened(shares @ values, math.sqrt(tau2 * float(shares @ shares)))
    found += float(shares @ middles) - found[1]
    p10, p50, p90 = (float(v) for v in (np.exp(found) if log else found))
    return p10, p50, p90, weight, math.sqrt(tau2)


def _widened(draws: Floats, sd: float) -> Floats:
    """P10, P50 and P90 of draws plus an independent normal of this standard deviation."""
    points = np.quantile(draws, (np.arange(_CELLS) + 0.5) / _CELLS)
    wanted = np.array([0.1, 0.5, 0.9])
    if sd <= 1e-12 * max(abs(float(points[0])), abs(float(points[-1]))):
        return np.asarray(np.quantile(draws, wanted), dtype=np.float64)
    low, high = np.full(3, points[0] - 9 * sd), np.full(3, points[-1] + 9 * sd)
    for _ in range(60):
        middle = (low + high) / 2
        below = special.ndtr((middle[:, None] - points) / sd).mean(axis=1) < wanted
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2, dtype=np.float64)
