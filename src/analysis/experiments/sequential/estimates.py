"""What the effect is, after a test that could have stopped early.

The plain estimate of a test that stopped is too large, and its interval does not hold. Outcomes are
ordered by stage: the earlier a test left above, the more it speaks for the arm (Armitage 1957,
Biometrika 44; Siegmund 1978, Biometrika 65; Tsiatis, Rosner & Mehta 1984, Biometrics 40; Jennison &
Turnbull 2000, chapter 8). What later looks would have been does not matter. The bias-adjusted
estimate is of Whitehead 1986 (Biometrika 73), repeated intervals of Jennison & Turnbull 1989
(JRSS B 51). Effects are drifts here: means of the z-value at information 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from analysis.experiments.sequential import integration as chain
from analysis.experiments.sequential.boundaries import Boundaries
from analysis.experiments.sequential.integration import START, Running


def _walk(
    bounds: Boundaries, look: int, theta: float, leave: Callable[[Running, int], float]
) -> tuple[Running, float]:
    """Those still running before a look, and a sum over the looks before it.

    Args:
        bounds: The boundaries; futility bounds count only if they bind.
        look: Index of the look (0 the first).
        theta: Drift.
        leave: Summand of a look, of those running before it and its index.
    """
    running, total = START, 0.0
    for k in range(look):
        now, following = float(bounds.information[k]), float(bounds.information[k + 1])
        total += leave(running, k)
        corridor = bounds.gaps(k, futility=bounds.binding)
        running = chain.advance(running, now, theta, corridor, following)
    return running, total


def chance_above(bounds: Boundaries, look: int, z: float, theta: float) -> float:
    """Chance of an outcome that speaks at least as much for the arm, by stagewise ordering.

    Args:
        bounds: Boundaries of all looks up to the one that ended the test.
        look: Index of that look (0 the first).
        z: Its z-value.
        theta: Drift.
    """
    information, upper = bounds.information.tolist(), bounds.upper.tolist()
    running, earlier = _walk(
        bounds, look, theta, lambda r, k: chain.above(r, information[k], theta, upper[k])
    )
    return earlier + chain.above(running, information[look], theta, z)


def chance_below(bounds: Boundaries, look: int, z: float, theta: float) -> float:
    """Chance of an outcome that speaks at most as much for the arm; see :func:`chance_above`."""
    if bounds.sided == 1:
        return max(0.0, 1 - chance_above(bounds, look, z, theta))
    information, upper = bounds.information.tolist(), bounds.upper.tolist()
    running, earlier = _walk(
        bounds, look, theta, lambda r, k: chain.below(r, information[k], theta, -upper[k])
    )
    return earlier + chain.below(running, information[look], theta, z)


def p_value(bounds: Boundaries, look: int, z: float) -> float:
    """P-value of a test that ended, by stagewise ordering; one- or two-sided as the test is."""
    over = chance_above(bounds, look, z, 0.0)
    if bounds.sided == 1:
        return min(over, 1.0)
    return min(1.0, 2 * min(over, chance_below(bounds, look, z, 0.0)))


def _solve(excess: Callable[[float], float], start: float, step: float) -> float:
    """Root of an increasing function, looked for outward from a start."""
    low = high = start
    while excess(low) > 0:
        low -= step
        step *= 2
    while excess(high) < 0:
        high += step
        step *= 2
    if low == high:
        return start
    return float(brentq(excess, low, high, xtol=1e-12 * max(1.0, abs(start)), rtol=1e-13))


def quantile_drift(bounds: Boundaries, look: int, z: float, chance: float) -> float:
    """Drift under which outcomes that speak at least as much for the arm have a given chance.

    ``0.5`` gives the median-unbiased estimate, ``0.025`` and ``0.975`` a 95 % interval.

    Args:
        bounds: Boundaries of all looks up to the one that ended the test.
        look: Index of that look (0 the first).
        z: Its z-value.
        chance: Between 0 and 1.
    """
    root = math.sqrt(float(bounds.information[look]))
    start = (z - chain.quantile(chance)) / root
    if look == 0:
        return start  # nothing could have ended before: the plain normal interval
    if chance <= 0.5:
        return _solve(lambda d: chance_above(bounds, look, z, d) - chance, start, 1 / root)
    return _solve(lambda d: 1 - chance - chance_below(bounds, look, z, d), start, 1 / root)


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The effect as a drift, adjusted for the looks.

    Attributes:
        median_unbiased: As often too high as too low.
        lo: Lower bound of the interval.
        hi: Upper bound.
        confidence: Its level: 1 less twice the error of one side.
        p_value: Of no effect; one- or two-sided as the test is.
        bias_adjusted: The drift under which the plain estimate is on average what it is here.
    """

    median_unbiased: float
    lo: float
    hi: float
    confidence: float
    p_value: float
    bias_adjusted: float


def adjusted(bounds: Boundaries, look: int, z: float, side: float) -> Adjusted:
    """Estimate the drift of a test that ended.

    Args:
        bounds: Boundaries, with the looks that would have come (for the bias only).
        look: Index of the look that ended it (0 the first).
        z: Its z-value.
        side: Error of one side.
    """
    return Adjusted(
        median_unbiased=quantile_drift(bounds, look, z, 0.5),
        lo=quantile_drift(bounds, look, z, side),
        hi=quantile_drift(bounds, look, z, 1 - side),
        confidence=1 - 2 * side,
        p_value=p_value(bounds, look, z),
        bias_adjusted=bias_adjusted(bounds, look, z),
    )


def _sum_of_z(running: Running, now: float, theta: float, bound: float) -> float:
    """Mean of the next z-value where it is above a bound, 0 elsewhere."""
    means, sd = chain.onward(running, now, theta)
    gap = (means - bound) / sd
    bell = sd / math.sqrt(2 * math.pi) * np.exp(-(gap**2) / 2)
    return float(running.mass @ (means * ndtr(gap) + bell))


def mean_estimate(bounds: Boundaries, theta: float) -> float:
    """Mean of the plain estimate ``z / sqrt(information)`` at the end, under a drift."""
    information, upper = bounds.information.tolist(), bounds.upper.tolist()
    last = len(information) - 1

    def leave(before: Running, k: int) -> float:
        total = _sum_of_z(before, information[k], theta, upper[k])
        if bounds.sided == 2:
            total -= _sum_of_z(before.mirrored(), information[k], -theta, upper[k])
        elif bounds.binding:
            futile = float(bounds.futility[k])
            total -= _sum_of_z(before.mirrored(), information[k], -theta, -futile)
        return total / math.sqrt(information[k])

    running, early = _walk(bounds, last, theta, leave)
    means, _ = chain.onward(running, information[last], theta)
    return early + float(running.mass @ means) / math.sqrt(information[last])


def bias_adjusted(bounds: Boundaries, look: int, z: float) -> float:
    """Drift under which the plain estimate is on average the one that was found."""
    root = math.sqrt(float(bounds.information[look]))
    found = z / root
    return _solve(lambda theta: mean_estimate(bounds, theta) - found, found, 0.5 / root)
