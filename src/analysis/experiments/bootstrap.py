"""Bootstrap of any statistic's difference and lift: where no formula fits.

Users are drawn within each arm. Percentile intervals, or BCa, which corrects for bias and skewness
(Efron 1987, JASA 82; Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 14).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.experiments.effect import Interval
from analysis.experiments.fieller import ZERO_CONTROL
from analysis.stats.resampling import percentile

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]

NOT_DEFINED = "the statistic is not defined in every sample drawn"
ONE_SIDED = "all samples drawn lie on one side of the estimate"
ALL_EQUAL = "the statistic is the same in every sample drawn"
CELLS = 4_000_000
GROUPS = 200


@dataclass(frozen=True, slots=True)
class Resampled:
    """A statistic of an arm against control by bootstrap.

    Attributes:
        control_value: Statistic of control.
        arm_value: Statistic of the arm.
        difference: Their difference with its interval.
        lift: ``arm / control - 1`` with its interval.
        se: Standard deviation of the drawn differences.
        draws: Number of samples.
    """

    control_value: float
    arm_value: float
    difference: Interval
    lift: Interval
    se: float
    draws: int


def bootstrap(
    control: ArrayLike,
    arm: ArrayLike,
    statistic: Statistic,
    *,
    rng: np.random.Generator,
    draws: int = 2000,
    confidence: float = 0.95,
    kind: Literal["bca", "percentile"] = "bca",
) -> Resampled:
    """Bootstrap the difference and the lift of a statistic.

    Args:
        control: ``(n,)`` values of control, one a user.
        arm: ``(m,)`` values of the arm.
        statistic: From ``(samples, users)`` to ``(samples,)``, for instance
            ``lambda rows: np.median(rows, axis=-1)``.
        rng: Seeded generator.
        draws: Number of samples.
        confidence: Level of the intervals.
        kind: ``"bca"`` or ``"percentile"``.

    Returns:
        Both intervals; undefined, with the reason, where the statistic of a sample is not a number,
        or the lift's control is 0 in one: leaving those out would make them too narrow.

    Raises:
        ValueError: If an arm is empty, a value is missing, or the kind is unknown.
    """
    if kind not in ("bca", "percentile"):
        raise ValueError(f"kind: found {kind!r}, expected bca or percentile")
    arms = [np.asarray(values, dtype=np.float64).ravel() for values in (control, arm)]
    if not all(values.size for values in arms) or any(np.isnan(v).any() for v in arms):
        raise ValueError("expected values in both arms, none of them missing")
    points = np.array([statistic(values[None, :])[0] for values in arms])
    drawn = np.stack([_drawn(values, statistic, draws, rng) for values in arms])
    left = [_left_out(values, statistic, rng) for values in arms] if kind == "bca" else None

    def interval(combine: Callable[[Floats, Floats], Floats], why: str) -> Interval:
        value = float(combine(points[:1], points[1:])[0])
        values = combine(drawn[0], drawn[1])
        bounds = (math.nan, math.nan)
        if math.isfinite(value) and np.isfinite(values).all():
            why = ALL_EQUAL if np.ptp(values) == 0 else ""
            bounds = percentile(values, confidence)
        if left is not None and not why:
            parts = (combine(left[0], points[1:]), combine(points[:1], left[1]))
            bounds, why = _bca(values, value, parts, confidence)
        if why:
            return Interval(value, math.nan, math.nan, confidence, kind, "undefined", why)
        return Interval(value, *bounds, confidence, kind)

    difference = interval(lambda one, other: other - one, NOT_DEFINED)
    return Resampled(
        control_value=float(points[0]),
        arm_value=float(points[1]),
        difference=difference,
        lift=interval(_lift, ZERO_CONTROL if points[0] == 0 else NOT_DEFINED),
        se=float(np.std(drawn[1] - drawn[0], ddof=1)) if draws > 1 else math.nan,
        draws=draws,
    )


def _lift(one: Floats, other: Floats) -> Floats:
    gap, base = np.broadcast_arrays(other - one, one)
    lift: Floats = np.divide(gap, base, out=np.full(gap.shape, np.nan), where=base != 0)
    return lift


def _drawn(values: Floats, statistic: Statistic, draws: int, rng: np.random.Generator) -> Floats:
    """Statistic of samples with replacement, a few samples at a time for their memory."""
    at_once = max(1, CELLS // values.size)
    parts = [
        statistic(values[rng.integers(0, values.size, size=(min(at_once, draws - i), values.size))])
        for i in range(0, draws, at_once)
    ]
    return np.concatenate(parts)


def _left_out(values: Floats, statistic: Statistic, rng: np.random.Generator) -> Floats:
    """Statistic without each user, or without each of 200 random groups of users."""
    if values.size < 2:
        return np.full(1, np.nan)
    groups = np.array_split(rng.permutation(values.size), min(GROUPS, values.size))
    return np.array([statistic(np.delete(values, group)[None, :])[0] for group in groups])


def _bca(
    values: Floats, value: float, parts: tuple[Floats, Floats], confidence: float
) -> tuple[tuple[float, float], str]:
    """Percentiles at levels moved for bias and acceleration, or why there are none."""
    bias = float(special.ndtri(np.mean(values < value) + np.mean(values == value) / 2))
    # What leaving out a user (or a group) changes is their influence; those of both arms add up.
    pulls = np.concatenate([part.mean() - part for part in parts])
    if not np.isfinite(pulls).all():
        return (math.nan, math.nan), NOT_DEFINED
    if not math.isfinite(bias):
        return (math.nan, math.nan), ONE_SIDED
    squares = float(np.sum(pulls**2))
    speed = float(np.sum(pulls**3)) / (6 * squares**1.5) if squares > 0 else 0.0
    ends = bias + special.ndtri([(1 - confidence) / 2, (1 + confidence) / 2])
    lo, hi = np.quantile(values, special.ndtr(bias + ends / (1 - speed * ends)))
    return (float(lo), float(hi)), ""
