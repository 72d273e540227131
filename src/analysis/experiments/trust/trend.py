"""Does an effect change with the days? Arithmetic on the moments of both arms by day.

With ``a`` and ``c`` the means of the users of one day, ``w = n_a n_c / (n_a + n_c)`` and ``R`` the
ratio ``sum(w a) / sum(w c)`` over all days, a lift that stays the same leaves residuals
``a - R c`` around 0 on every day, however much the level of demand moves. Their trend

    sum(w g (a - R c)),    g = day - sum(w c day) / sum(w c)

does not depend, to first order, on ``R`` or on the centre being estimated, so its variance is that
of the days: nothing is divided by the mean of one day, which may be a day without buyers. The
weights are numbers of users, not estimated precisions, which would favour days with low values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.experiments.contrast import quantile, two_sided
from analysis.experiments.effect import Interval
from analysis.experiments.trust.check import Floats

Scale = Literal["lift", "difference"]

LEAST_DAYS = 6
LEAST_EVENTS = 10.0
FEW_DAYS, FEW_EVENTS = "too few days", "too few events"
TREND = "weighted trend"


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Both arms by day, ``(days,)`` each; variances of the mean."""

    day: Floats
    n_c: Floats
    n_a: Floats
    c: Floats
    a: Floats
    var_c: Floats
    var_a: Floats

    @property
    def weight(self) -> Floats:
        """Users as a comparison of both arms counts them."""
        weight: Floats = self.n_c * self.n_a / (self.n_c + self.n_a)
        return weight


def _sums(days: Days, at: slice) -> Floats:
    """``sum y`` and ``sum y²`` of control and of the arm on some days, ``(2, 2)``."""
    arms = ((days.n_c, days.c, days.var_c), (days.n_a, days.a, days.var_a))
    return np.array(
        [
            [(n * mean)[at].sum(), (n * mean**2 + n * (n - 1) * var)[at].sum()]
            for n, mean, var in arms
        ]
    )


def _events(sums: Floats) -> float:
    """``(sum y)² / sum y²``: successes, or buyers if all spent the same (Kish 1965)."""
    return float(sums[0] ** 2 / sums[1]) if sums[1] > 0 else 0.0


def third(days: Days, at: slice, scale: Scale, ratio: float) -> tuple[float, float, float]:
    """Effect, its score around the overall one and that score's variance, on some days."""
    w = days.weight[at] / days.weight[at].sum()
    a, c = float(w @ days.a[at]), float(w @ days.c[at])
    var = float(w**2 @ (days.var_a[at] + ratio**2 * days.var_c[at]))
    if scale == "difference":
        return a - c, a - c, var
    if c == 0:
        return math.nan, math.nan, math.nan
    return a / c - 1, (a - ratio * c) / c, var / c**2


def over(scatter: float, df: float) -> tuple[float, float]:
    """Factor of the variance, and degrees of freedom, of a comparison of days.

    Where days scatter more than their users do, no comparison of them is surer than they allow
    (McCullagh & Nelder 1989, Generalized Linear Models, section 4.5).
    """
    return (scatter / df, df) if scatter > df else (1.0, math.inf)


def trend(
    days: Days, scale: Scale, ratio: float, shift: float, confidence: float
) -> tuple[Interval, float, float]:
    """Trend a day, its p-value, and the chi-square of the residuals around it."""
    w, base = days.weight, days.c if scale == "lift" else np.ones(len(days.c))
    residual = days.a - ratio * days.c - shift
    variance = days.var_a + ratio**2 * days.var_c
    g = days.day - (w * base) @ days.day / (w @ base)
    unit = float((w * base) @ g**2)
    slope = float(w * g @ residual) / unit
    varies = variance > 0
    df: float = int(varies.sum()) - 2
    left = residual - slope * base * g
    scatter = float((left[varies] ** 2 / variance[varies]).sum())
    factor, df = over(scatter, df)
    se = math.sqrt(factor * float((w * g) ** 2 @ variance)) / abs(unit)
    half = quantile(confidence, df) * se
    interval = Interval(slope, slope - half, slope + half, confidence, TREND)
    return interval, two_sided(slope / se, df), scatter


@dataclass(frozen=True, slots=True)
class Change:
    """How an effect changes over days; fields as of :class:`EffectByDay`."""

    scale: Scale
    overall: float
    trend: Interval
    trend_p: float
    early: float
    late: float
    thirds_p: float
    scatter: float
    scatter_df: int
    daily: float
    reason: str


def change_of(days: Days, confidence: float = 0.95) -> Change:
    """Overall effect, trend, first and last third, and scatter of the days."""
    w, count, nan = days.weight, len(days.day), math.nan
    total_c, total_a = float(w @ days.c), float(w @ days.a)
    below = count > 0 and min(float(days.c.min()), float(days.a.min())) < 0
    scale: Scale = "difference" if below else "lift"
    size = max(count // 3, 1)
    first, last = slice(0, size), slice(count - size, count)
    least = min(_events(_sums(days, at).sum(axis=0)) for at in (first, last))
    daily = min(_events(arm) for arm in _sums(days, slice(None))) / max(count, 1)
    varied = int((days.var_a + days.var_c > 0).sum())
    reason = FEW_DAYS if count < LEAST_DAYS else ""
    if not reason and (varied < LEAST_DAYS or (scale == "lift" and least < LEAST_EVENTS)):
        reason = FEW_EVENTS
    if not reason and scale == "lift" and total_c == 0:
        reason = FEW_EVENTS
    ratio = total_a / total_c if scale == "lift" and total_c > 0 else 1.0
    shift = (total_a - total_c) / float(w.sum()) if below else 0.0
    overall = shift if below else ratio - 1 if total_c > 0 else nan
    if reason:
        nothing = Interval(nan, nan, nan, confidence, TREND, "undefined", reason)
        return Change(scale, overall, nothing, nan, nan, nan, nan, nan, 0, daily, reason)
    slope, slope_p, scatter = trend(days, scale, ratio, shift, confidence)
    early, score_early, var_early = third(days, first, scale, ratio)
    late, score_late, var_late = third(days, last, scale, ratio)
    factor, df = over(scatter, varied - 2)
    spread = math.sqrt(factor * (var_early + var_late))
    thirds_p = two_sided((score_late - score_early) / spread, df) if spread > 0 else 1.0
    return Change(
        scale, overall, slope, slope_p, early, late, thirds_p, scatter, varied - 2, daily, reason
    )
