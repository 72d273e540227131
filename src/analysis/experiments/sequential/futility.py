"""Futility: bounds that spend the chance to miss the effect, conditional and predictive power.

Pampallona, Tsiatis & Kim 2001 (Drug Information Journal 35) for the bounds; Lan & Wittes 1988
(Biometrics 44) for conditional, Spiegelhalter, Freedman & Blackburn 1986 (Controlled Clinical
Trials 7) for predictive power.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from analysis.experiments.sequential import integration as chain
from analysis.experiments.sequential.boundaries import (
    Boundaries,
    gaps,
    log_steps,
    no_futility,
    reach_of,
    spent_bounds,
)
from analysis.experiments.sequential.integration import START, Floats, Running, at
from analysis.experiments.sequential.rules import Futility
from analysis.experiments.sequential.spending import log_spent


def _futile(
    running: Running, now: float, theta: float, log_step: float, upper: float, sided: int
) -> float:
    """Bound below (two-sided: inside) which a chance of missing the effect is used, at most upper.

    Two-sided, the chance to be inside is a difference, so that its bound is searched directly.
    """
    if log_step == -math.inf:
        return -math.inf if sided == 1 else 0.0
    if sided == 1:
        mirrored = running.mirrored()
        return min(-chain.bound_above(mirrored, now, -theta, log_step), upper)
    spend = math.exp(log_step)

    def excess(bound: float) -> float:
        inside = chain.below(running, now, theta, bound) - chain.below(running, now, theta, -bound)
        return inside - spend

    # An infinite bound of the effect stops nobody: any finite one beyond all the mass will do.
    top = min(upper, abs(theta) * math.sqrt(now) + 40)
    return upper if excess(top) <= 0 else float(brentq(excess, 0.0, top, xtol=1e-13, rtol=1e-14))


def _one_pass(
    information: Floats,
    steps: Floats,
    missing: Floats,
    theta: float,
    sided: int,
    known: Floats | None,
) -> tuple[Floats, Floats, float]:
    """Bounds of both kinds when the effect planned for has drift ``theta``.

    Args:
        information: ``(K,)`` information at the looks.
        steps: ``(K,)`` logarithms of the error of one side used at each look.
        missing: ``(K,)`` logarithms of the chance to miss the effect used at each look.
        theta: Drift of the effect planned for.
        sided: 1 or 2.
        known: ``(K,)`` bounds of the effect; None if they count on the futility bounds.

    Returns:
        ``(K,)`` bounds of the effect, ``(K,)`` of futility, and the chance to miss the effect.
    """
    count, reach = len(information), max(reach_of(steps), reach_of(missing))
    upper = np.empty(count) if known is None else known
    futile = no_futility(count, sided)
    null = effect = START
    missed = 0.0
    for k, now in enumerate(information.tolist()):
        if known is None:
            upper[k] = chain.bound_above(null, now, 0.0, float(steps[k]))
        last = k + 1 == count
        if last:
            futile[k] = upper[k]
        else:
            futile[k] = _futile(effect, now, theta, float(missing[k]), float(upper[k]), sided)
        missed += chain.below(effect, now, theta, float(futile[k]))
        if sided == 2:
            missed -= chain.below(effect, now, theta, -float(futile[k]))
        if not last:
            following = float(information[k + 1])
            corridor = gaps(float(upper[k]), float(futile[k]), sided)
            effect = chain.advance(effect, now, theta, corridor, following, reach)
            if known is None:
                null = chain.advance(null, now, 0.0, corridor, following, reach)
    return upper, futile, missed


def futility_bounds(
    information: Floats,
    log_totals: Floats,
    rule: Futility,
    power: float,
    sided: int,
    drift: float | None = None,
) -> tuple[Floats, Floats, float]:
    """Bounds of the effect and of futility that meet at the last look.

    The effect planned for is the one that the design, stopped where it is futile, finds with the
    planned power; under it ``1 - power`` is spent on stopping too early.

    Args:
        information: ``(K,)`` information at the looks.
        log_totals: ``(K,)`` natural logarithms of the error of one side used so far.
        rule: How the chance to miss the effect is spent.
        power: Power of the whole design.
        sided: 1 or 2; two-sided, futility is a wedge around 0 and never binding.
        drift: Drift of the effect planned for, where it was found before.

    Returns:
        ``(K,)`` bounds of the effect, ``(K,)`` of futility, and the drift.
    """
    beta = 1 - power
    steps = log_steps(log_totals)
    missing = log_steps(log_spent(rule.spending, information, beta, rule.parameter))
    known = None if rule.binding else spent_bounds(information, log_totals, sided)

    def found(theta: float) -> tuple[Floats, Floats, float]:
        return _one_pass(information, steps, missing, theta, sided, known)

    if drift is None:
        fixed = chain.upper_quantile(float(log_totals[-1])) + chain.quantile(beta)
        # With futility bounds a test needs more than a fixed one, but seldom by half.
        low, high = 0.95 * fixed, 1.2 * fixed
        while found(low)[2] < beta:
            low *= 0.7
        while found(high)[2] > beta:
            high *= 1.3
        drift = float(brentq(lambda theta: found(theta)[2] - beta, low, high, xtol=1e-11))
    upper, futile, _ = found(drift)
    return upper, futile, drift


def conditional_power(bounds: Boundaries, look: int, z: float, drift: float) -> float:
    """Chance to reject no effect at a later look, given the z-value at this one.

    Futility bounds are not counted: the question is what going on to the end would bring.

    Args:
        bounds: Boundaries of all looks.
        look: Index of the present look (0 the first), not the last.
        z: Its z-value.
        drift: Mean of the z-value at the planned maximum: that planned for, or
            ``z / sqrt(information)`` of the trend so far.

    Raises:
        ValueError: If there is no later look.
    """
    count = len(bounds.information)
    if not 0 <= look < count - 1:
        raise ValueError(f"found look {look}, expected 0 to {count - 2}")
    running, power = at(float(bounds.information[look]), z), 0.0
    for k in range(look + 1, count):
        now, upper = float(bounds.information[k]), float(bounds.upper[k])
        power += chain.above(running, now, drift, upper)
        if bounds.sided == 2:
            power += chain.below(running, now, drift, -upper)
        if k + 1 < count:
            corridor = gaps(upper, None, bounds.sided)
            running = chain.advance(running, now, drift, corridor, float(bounds.information[k + 1]))
    return min(power, 1.0)


def predictive_power(bounds: Boundaries, look: int, z: float) -> float:
    """Conditional power, averaged over what the data so far say of the effect (flat prior).

    Given the data, the plain estimate ``z / sqrt(information)`` is a Brownian motion in the time
    ``1 / present information - 1 / information``, so one pass over the later looks is exact.

    Args:
        bounds: Boundaries of all looks.
        look: Index of the present look (0 the first), not the last.
        z: Its z-value.

    Raises:
        ValueError: If there is no later look.
    """
    information = bounds.information
    if not 0 <= look < len(information) - 1:
        raise ValueError(f"found look {look}, expected 0 to {len(information) - 2}")
    present = float(information[look])
    found = z / math.sqrt(present)
    times = (1 / present - 1 / information).tolist()
    limits = (bounds.upper / np.sqrt(information)).tolist()
    running, power = START, 0.0
    for k in range(look + 1, len(times)):
        root = math.sqrt(times[k])
        high, low = (limits[k] - found) / root, -math.inf
        power += chain.above(running, times[k], 0.0, high)
        if bounds.sided == 2:
            low = (-limits[k] - found) / root
            power += chain.below(running, times[k], 0.0, low)
        if k + 1 < len(times):
            running = chain.advance(running, times[k], 0.0, [(low, high)], times[k + 1])
    return min(power, 1.0)
