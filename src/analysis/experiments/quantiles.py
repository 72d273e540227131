"""Difference and lift of a quantile: the median basket, the slowest one in ten.

Needs rows, once: each arm is sorted and leaves two order statistics behind.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.experiments import contrast
from analysis.experiments.contrast import DEFAULT_LIFT, Lift, effect_of
from analysis.experiments.effect import Effect

Floats = NDArray[np.float64]

TOO_FEW_FOR_QUANTILE = "too few users for this quantile"
ALL_TIED = "the values around the quantile are equal in both arms"


def compare(
    control: ArrayLike,
    arm: ArrayLike,
    share: float = 0.5,
    *,
    confidence: float = 0.95,
    lift: Lift = DEFAULT_LIFT,
) -> Effect:
    """Compare a quantile of an arm with that of control, without assuming a distribution.

    Each arm's standard error is read from the binomial interval of its order statistics, whose
    exact level gives it its scale; both together a normal interval (Price & Bonett 2002, Journal of
    Statistical Computation and Simulation 72: 119–124, there for the median).

    Args:
        control: ``(n,)`` values of control, one a user.
        arm: ``(m,)`` values of the arm.
        share: Share of users below the quantile, in (0, 1); 0.5 is the median.
        confidence: Level of the intervals.
        lift: Method of the lift; see :func:`analysis.experiments.contrast.lift_of`.

    Returns:
        The effect in units of the values (quantiles of Hyndman & Fan's type 7); undefined, with the
        reason, where the order statistics that the interval needs do not exist or are all equal.

    Raises:
        ValueError: If the share is not in (0, 1), an arm is empty or a value is missing.
    """
    if not 0 < share < 1:
        raise ValueError(f"share: found {share}, expected between 0 and 1")
    arms = [np.asarray(values, dtype=np.float64).ravel() for values in (control, arm)]
    if not all(values.size for values in arms) or any(np.isnan(v).any() for v in arms):
        raise ValueError("expected values in both arms, none of them missing")
    found = [_quantile(values, share) for values in arms]
    why = "" if all(math.isfinite(variance) for _, variance in found) else TOO_FEW_FOR_QUANTILE
    if not why and not any(variance for _, variance in found):
        why = ALL_TIED
    return effect_of(
        (found[0][0], found[1][0]),
        (found[0][1], found[1][1]),
        math.inf,
        (arms[0].size, arms[1].size),
        test="Price–Bonett",
        confidence=confidence,
        lift=lift,
        why=why,
    )


def _quantile(values: Floats, share: float) -> tuple[float, float]:
    """Quantile and its squared standard error; NaN for that where order statistics lack."""
    n = values.size
    half = contrast.quantile(0.95) * math.sqrt(n * share * (1 - share))
    low, high = math.floor(n * share - half), math.ceil(n * share + half) + 1
    if low < 1 or high > n:
        return float(np.quantile(values, share)), math.nan
    ordered = np.partition(values, (low - 1, high - 1))
    # X(low) < quantile <= X(high) if and only if low <= Binomial(n, share) <= high - 1.
    outside = special.bdtr(low - 1, n, share) + special.bdtrc(high - 1, n, share)
    se = (ordered[high - 1] - ordered[low - 1]) / (2 * -special.ndtri(outside / 2))
    return float(np.quantile(values, share)), float(se) ** 2
