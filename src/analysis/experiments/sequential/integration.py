"""Chances of leaving a corridor at one of several looks, by recursive numerical integration.

At looks with information ``I_1 < … < I_K`` the z-values of accumulating data are jointly normal
with means ``theta * sqrt(I_k)`` and covariances ``sqrt(I_j / I_k)``, and their scores
``z * sqrt(I)`` have independent increments. So the density of those still running is carried from
look to look by one integral each (Armitage, McPherson & Rowe 1969, JRSS A 132; Jennison & Turnbull
2000, Group Sequential Methods, chapter 19). The integrals are Gauss–Legendre sums with as many
points as the narrowest normal density under them needs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr, ndtri, ndtri_exp, roots_legendre

Floats = NDArray[np.float64]
Gap = tuple[float, float]

REACH = 8.5
"""Standard deviations that are integrated over: what lies beyond has a chance of 2e-17."""

CLOSEST = 1e-4
"""Least relative growth of information between looks that is integrated accurately."""

_SIZES = (32, 48, 64, 96, 128, 192, 256)


@cache
def _legendre(size: int) -> tuple[Floats, Floats]:
    points, weights = roots_legendre(size)
    return np.asarray(points, np.float64), np.asarray(weights, np.float64)


def _points(lo: float, hi: float, scale: float) -> tuple[Floats, Floats]:
    """Points and weights on ``[lo, hi]`` for integrands no narrower than ``scale``."""
    # Measured against eight times as many points: 1e-12 in z, for 2 to 50 looks, even or not.
    wanted = 10 + 2 * (hi - lo) / scale
    size = next((size for size in _SIZES if size >= wanted), _SIZES[-1])
    panels = max(1, math.ceil(wanted / size))
    points, weights = _legendre(size)
    if panels == 1:
        half = (hi - lo) / 2
        return (lo + half) + half * points, half * weights
    edges = np.linspace(lo, hi, panels + 1)
    halves = np.diff(edges)[:, None] / 2
    middles = (edges[:-1] + edges[1:])[:, None] / 2
    return (middles + halves * points).ravel(), (halves * weights).ravel()


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """Tests still running after a look, as masses at z-values.

    Attributes:
        information: Information at the look; 0 before the first.
        z: ``(n,)`` z-values.
        mass: ``(n,)`` chance of still running there.
        centre: Mean of the score had nothing been stopped.
        spread: Variance of that score.
    """

    information: float
    z: Floats
    mass: Floats
    centre: float = 0.0
    spread: float = 0.0

    def mirrored(self) -> Running:
        """The same with the sign of every z-value turned."""
        return Running(self.information, -self.z, self.mass, -self.centre, self.spread)


START = Running(0.0, np.zeros(1), np.ones(1))


def at(information: float, z: float) -> Running:
    """A test known to be at one z-value."""
    score = z * math.sqrt(information)
    return Running(information, np.array([z]), np.ones(1), score, 0.0)


def onward(running: Running, information: float, theta: float) -> tuple[Floats, float]:
    """Means and standard deviation of the next z-value, given each of the present ones."""
    step = information - running.information
    root = math.sqrt(information)
    means = (running.z * math.sqrt(running.information) + theta * step) / root
    return means, math.sqrt(step) / root


def above(running: Running, information: float, theta: float, bound: float) -> float:
    """Chance of still running and then being above ``bound`` at the next look."""
    means, sd = onward(running, information, theta)
    return float(running.mass @ ndtr((means - bound) / sd))


def below(running: Running, information: float, theta: float, bound: float) -> float:
    """Chance of still running and then being below ``bound`` at the next look."""
    means, sd = onward(running, information, theta)
    return float(running.mass @ ndtr((bound - means) / sd))


def density(running: Running, information: float, theta: float, z: Floats) -> Floats:
    """``(m,)`` density of the next z-value, of those still running, at ``(m,)`` values."""
    means, sd = onward(running, information, theta)
    gaps = np.subtract.outer(z, means)
    gaps *= 1 / sd
    np.square(gaps, out=gaps)
    gaps *= -0.5
    np.exp(gaps, out=gaps)
    values: Floats = gaps @ running.mass
    return values / (sd * math.sqrt(2 * math.pi))


def advance(
    running: Running,
    information: float,
    theta: float,
    gaps: Sequence[Gap],
    following: float,
    reach: float = REACH,
) -> Running:
    """Carry those still running over one look.

    Args:
        running: Those still running before the look.
        information: Information at the look.
        theta: Drift: mean of the score per unit of information.
        gaps: Intervals of z in which a test goes on.
        following: Information at the look after, which says how finely the density is needed.
        reach: Standard deviations around the mean that are integrated over.
    """
    step = information - running.information
    centre, spread = running.centre + theta * step, running.spread + step
    root = math.sqrt(information)
    low = (centre - reach * math.sqrt(spread)) / root
    high = (centre + reach * math.sqrt(spread)) / root
    scale = math.sqrt(min(step, following - information) / information)
    parts = [
        _points(max(lo, low), min(hi, high), scale)
        for lo, hi in gaps
        if max(lo, low) < min(hi, high)
    ]
    if not parts:
        return Running(information, np.zeros(0), np.zeros(0), centre, spread)
    z, weights = parts[0]
    if len(parts) > 1:
        z = np.concatenate([points for points, _ in parts])
        weights = np.concatenate([weights for _, weights in parts])
    mass = weights * density(running, information, theta, z)
    return Running(information, z, mass, centre, spread)


def bound_above(running: Running, information: float, theta: float, log_spend: float) -> float:
    """The bound that those still running exceed at the next look with a given chance.

    Newton steps on the log of the chance, which is concave in the bound (marginals of a normal
    density cut to an interval are log-concave), inside a bracket that is halved where they fail.

    Args:
        running: Those still running before the look.
        information: Information at the look.
        theta: Drift.
        log_spend: Natural logarithm of the chance; ``-inf`` for none.

    Returns:
        The bound; ``inf`` for no chance, ``-inf`` if fewer than that are still running.
    """
    if log_spend == -math.inf:
        return math.inf
    if running is START or len(running.z) == 1:
        means, sd = onward(running, information, theta)
        return float(means[0] - sd * ndtri_exp(log_spend))
    if not running.mass.sum() > math.exp(log_spend):
        return -math.inf
    means, sd = onward(running, information, theta)
    log_mass = np.log(np.maximum(running.mass, 1e-320))
    hi = float(
        (running.centre + theta * (information - running.information)) / math.sqrt(information)
    )
    lo = float(means.min()) - 40 * sd
    hi = max(hi - float(ndtri_exp(log_spend)), lo + sd)
    bound = hi
    for _ in range(200):
        logs = log_mass + log_ndtr((means - bound) / sd)
        top = logs.max()
        log_tail = float(top + math.log(np.exp(logs - top).sum()))
        if log_tail > log_spend:
            lo = bound
        else:
            hi = bound
        log_slope = log_mass - 0.5 * ((means - bound) / sd) ** 2
        peak = log_slope.max()
        slope = float(peak + math.log(np.exp(log_slope - peak).sum()))
        slope -= math.log(sd * math.sqrt(2 * math.pi))
        move = (log_tail - log_spend) * math.exp(min(log_tail - slope, 700.0))
        following = bound + move
        if abs(move) <= 1e-14 * max(1.0, abs(bound)) or hi - lo <= 1e-15 * max(1.0, abs(hi)):
            return following if lo <= following <= hi else bound
        bound = following if lo < following < hi else (lo + hi) / 2
    return bound


def upper_quantile(log_chance: float) -> float:
    """The z-value exceeded with a chance given by its natural logarithm."""
    return float(-ndtri_exp(log_chance)) if log_chance > -math.inf else math.inf


def quantile(chance: float) -> float:
    """The z-value exceeded with a given chance."""
    return float(-ndtri(chance))
