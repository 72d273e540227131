"""What a design does under an effect: power, where it stops, how long it takes, what it costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from analysis.experiments.sequential import integration as chain
from analysis.experiments.sequential.boundaries import Boundaries
from analysis.experiments.sequential.integration import START, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Operating:
    """What happens at the looks of a design under one effect.

    Attributes:
        drift: Mean of the z-value of a test that runs to the planned maximum of information.
        better: ``(K,)`` chances of stopping at each look because the arm is better.
        worse: ``(K,)`` the same because it is worse; 0 in a one-sided test.
        futile: ``(K,)`` the same because it is futile.
        expected_information: Expected share of the planned maximum at the end.
    """

    drift: float
    better: Floats
    worse: Floats
    futile: Floats
    expected_information: float

    @property
    def power(self) -> float:
        """Chance of rejecting no effect, on either side of a two-sided test."""
        return float(self.better.sum() + self.worse.sum())


def operating(bounds: Boundaries, drift: float, *, futility: bool = True) -> Operating:
    """Work out what a design does under an effect.

    Args:
        bounds: Its boundaries.
        drift: Mean of the z-value at the planned maximum: effect over its standard error there.
        futility: Whether tests that are futile are stopped.
    """
    information, count = bounds.information, len(bounds.information)
    better, worse, futile = np.zeros(count), np.zeros(count), np.zeros(count)
    running = START
    for k, now in enumerate(information.tolist()):
        upper, low = float(bounds.upper[k]), float(bounds.futility[k])
        better[k] = chain.above(running, now, drift, upper)
        if bounds.sided == 2:
            worse[k] = chain.below(running, now, drift, -upper)
        if futility and bounds.sided == 1:
            futile[k] = chain.below(running, now, drift, low)
        elif futility and low > 0:
            inside = chain.below(running, now, drift, low) - chain.below(running, now, drift, -low)
            futile[k] = inside
        if k + 1 < count:
            corridor = bounds.gaps(k, futility=futility)
            running = chain.advance(running, now, drift, corridor, float(information[k + 1]))
    ended = better + worse + futile
    early = float(ended[:-1] @ information[:-1])
    last = float(information[-1]) * max(0.0, 1 - float(ended[:-1].sum()))
    return Operating(drift, better, worse, futile, early + last)


def fixed_drift(alpha: float, sided: int, power: float) -> float:
    """Mean of the z-value that a fixed test finds with a given power."""
    return chain.quantile(alpha / sided) + chain.quantile(1 - power)


def fixed_power(alpha: float, sided: int, drift: float) -> float:
    """Power of a fixed test, on either side of a two-sided one."""
    bound = chain.quantile(alpha / sided)
    other = float(ndtr(-drift - bound)) if sided == 2 else 0.0
    return float(ndtr(drift - bound)) + other


def drift_for(bounds: Boundaries, power: float, *, futility: bool = True) -> float:
    """Mean of the z-value at the planned maximum under which a design has a given power."""

    def excess(drift: float) -> float:
        return operating(bounds, drift, futility=futility).power - power

    high = 4.0
    while excess(high) < 0:
        high *= 2
    return float(brentq(excess, 0.0, high, xtol=1e-11, rtol=1e-13))


def inflation(bounds: Boundaries, alpha: float, power: float, *, futility: bool = True) -> float:
    """Planned maximum against the users of a fixed test of the same power (J&T, tables 2.2, 2.4).

    Args:
        bounds: Boundaries of the design.
        alpha: Error of the fixed test, both sides together.
        power: Power of both.
        futility: Whether tests that are futile are stopped.
    """
    drift = drift_for(bounds, power, futility=futility)
    return (drift / fixed_drift(alpha, bounds.sided, power)) ** 2


@dataclass(frozen=True, slots=True)
class Cost:
    """What looking early costs and saves, for the effect that was planned for.

    Attributes:
        fixed: Power of a fixed test at the planned maximum.
        power: Power of the planned looks at the same maximum.
        expected: Expected share of the maximum at the end, under that effect.
        expected_null: The same without an effect.
        inflation: Maximum that would be needed to have the power of the fixed test, as a multiple.
    """

    fixed: float
    power: float
    expected: float
    expected_null: float
    inflation: float


def cost(bounds: Boundaries, alpha: float, power: float) -> Cost:
    """Compare a design with the fixed test of the same maximum and error.

    Args:
        bounds: Boundaries at the planned looks.
        alpha: Error, both sides together.
        power: Power of the fixed test for the effect that was planned for.
    """
    drift = fixed_drift(alpha, bounds.sided, power)
    planned = operating(bounds, drift)
    return Cost(
        fixed=fixed_power(alpha, bounds.sided, drift),
        power=planned.power,
        expected=planned.expected_information,
        expected_null=operating(bounds, 0.0).expected_information,
        inflation=(drift_for(bounds, power) / drift) ** 2 if power < 1 else math.nan,
    )
