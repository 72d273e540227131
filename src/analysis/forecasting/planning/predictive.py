"""What an amount that is partly known will come to: interval and chance from one distribution.

The open part is a two-piece Student's t: half the probability on either side of its median, each
side with a scale of its own. It stands on the amount itself, or on its logarithm where it comes
from a ratio. Interval and chance are read from the same distribution, so that a target at the
upper end of the 80 % interval is reached with a chance of 10 %, never by a second model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize, stats

from analysis.forecasting.arrays import Floats

MOST = 1000.0
"""Degrees of freedom that count as normal."""


@dataclass(frozen=True, slots=True)
class Predictive:
    """Distribution of a total.

    Attributes:
        known: What is certain, in the unit of the total.
        open: Median of what is not, same unit; above 0 if ``log``.
        below: Scale of the lower side, in that unit, or of its logarithm if ``log``.
        above: Scale of the upper side.
        freedom: Degrees of freedom.
        log: Whether the open part is a Student's t on the log scale.
        least: Smallest possible open part.
    """

    known: float
    open: float
    below: float
    above: float
    freedom: float
    log: bool = False
    least: float = -math.inf

    @property
    def value(self) -> float:
        """Median of the total."""
        return self.known + self.open

    def interval(self, level: float) -> tuple[float, float]:
        """Equal-tailed interval.

        Args:
            level: Share to cover, in percent.
        """
        t = float(stats.t.ppf(0.5 + level / 200, self.freedom))
        if self.log:
            lo, hi = self.open * math.exp(-t * self.below), self.open * math.exp(t * self.above)
        else:
            lo, hi = self.open - t * self.below, self.open + t * self.above
        return self.known + max(lo, self.least), self.known + max(hi, self.least)

    def chance(self, target: float) -> float:
        """Probability that the total is at least ``target``."""
        needed = target - self.known
        if needed <= self.least or (self.log and needed <= 0):
            return 1.0
        away = math.log(needed / self.open) if self.log else needed - self.open
        scale = self.above if away > 0 else self.below
        if away == 0 or scale == 0:
            return 0.5 if scale > 0 else float(away <= 0)
        return float(stats.t.sf(away / scale, self.freedom))

    def plus(self, amount: float) -> Predictive:
        """Return the distribution with a certain amount added."""
        return replace(self, known=self.known + amount)


def certain(amount: float) -> Predictive:
    """Return the distribution of an amount that is known."""
    return Predictive(amount, 0.0, 0.0, 0.0, MOST)


def through(
    open: float, lo: Floats, hi: Floats, levels: Sequence[float], freedom: float, least: float
) -> Predictive:
    """Student's t through the bounds of an interval.

    The narrowest level is met exactly. Where there is a second level, the degrees of freedom
    are those at which the t runs through it as well (both sides together); else the caller's.

    Args:
        open: Median.
        lo: ``(levels,)`` lower bounds, before any cut at ``least``.
        hi: ``(levels,)`` upper bounds.
        levels: Shares covered in percent, rising.
        freedom: Degrees of freedom if there is one level only.
        least: Smallest possible value.
    """
    width = hi - lo
    if len(levels) > 1 and width[0] > 0:
        freedom = _freedom(float(width[-1] / width[0]), levels[0], levels[-1])
    t = float(stats.t.ppf(0.5 + levels[0] / 200, freedom))
    below, above = (open - float(lo[0])) / t, (float(hi[0]) - open) / t
    return Predictive(0.0, open, below, above, freedom, least=least)


def _freedom(ratio: float, inner: float, outer: float) -> float:
    """Degrees of freedom at which two intervals of a Student's t have this ratio of widths."""

    def excess(log_freedom: float) -> float:
        tails = stats.t.ppf(0.5 + np.array([outer, inner]) / 200, math.exp(log_freedom))
        return float(tails[0] / tails[1]) - ratio

    least, most = 0.0, math.log(MOST)
    if excess(least) <= 0:
        return math.exp(least)
    if excess(most) >= 0:
        return MOST
    return math.exp(float(optimize.brentq(excess, least, most)))


def of_ratio(known: float, base: float, log_ratios: Floats) -> Predictive | None:
    """Distribution of ``known + base × ratio`` from a few past ratios.

    The next log ratio is Student's t around the mean of the past ones with
    ``s sqrt(1 + 1/n)`` and n − 1 degrees of freedom: past and coming seasons are taken as draws
    from one normal distribution of the log ratio.

    Args:
        known: Amount that is certain.
        base: What the ratio multiplies.
        log_ratios: ``(n,)`` past ones.

    Returns:
        None with fewer than two: one ratio says nothing of how ratios differ.
    """
    n = len(log_ratios)
    if n < 2:
        return None
    scale = float(log_ratios.std(ddof=1)) * math.sqrt(1 + 1 / n)
    middle = base * math.exp(float(log_ratios.mean()))
    return Predictive(known, middle, scale, scale, n - 1.0, log=True, least=0.0)
