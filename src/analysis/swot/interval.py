"""An interval that says when it is none: raters that agree wholly, or too few of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
ONE_RATER = "one rater: how far raters differ cannot be seen"
TWO_RATERS = "two raters are too few for a chance"
NO_SPREAD = "the values do not differ at all"
PERFECT = "the raters agree wholly: there is no spread to estimate an interval from"
LEVEL = "the items have equal means: the F interval would shrink to a point"
ONE_ITEM = "one item: agreement needs at least two"
NO_PAIRS = "no item was judged by two raters"
LEANS = "without one of the items nothing is left to measure agreement against"
OPEN = "raters differ more within items than between them: the interval is open below"
SAME = 1e-9
"""Relative spread below which raters say the same: the rest is rounding."""
EVEN = "leaving out any one item changes nothing: there is no spread for an interval"


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval around an estimate, or why there is none.

    Attributes:
        value: Point estimate; NaN when undefined.
        lo: Lower bound; NaN without interval.
        hi: Upper bound; NaN without interval.
        confidence: Level, a share of 1.
        method: Name of the method.
        shape: ``"bounded"`` or ``"undefined"``.
        why: Reason of a missing interval, English message id; empty if bounded.
    """

    value: float
    lo: float
    hi: float
    confidence: float
    method: str
    shape: Literal["bounded", "undefined"] = "bounded"
    why: str = ""

    def __post_init__(self) -> None:
        if (self.shape == "bounded") == bool(self.why):
            raise ValueError(f"shape {self.shape!r} with reason {self.why!r}")
        if self.shape == "bounded" and not (math.isfinite(self.lo) and math.isfinite(self.hi)):
            raise ValueError(f"bounded by {self.lo} and {self.hi}")


def undefined(value: float, confidence: float, method: str, why: str) -> Interval:
    """An estimate (NaN if there is none either) without an interval."""
    return Interval(value, math.nan, math.nan, confidence, method, "undefined", why)


def of_raters(
    values: Floats,
    confidence: float,
    *,
    centre: float | None = None,
    scale: tuple[float, float] | None = None,
) -> Interval:
    """Mean over raters with Student's interval; raters are a sample of those who might be asked.

    Args:
        values: ``(m,)`` one value a rater.
        confidence: Level.
        centre: Estimate that the raters' own values spread around; their mean when None.
        scale: Least and largest value that there can be: the interval is then taken on logits of
            the place between them (delta method) and stays inside.
    """
    # Sorted, so that not even the last digit depends on the order of raters.
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    m = len(ordered)
    mean = float(ordered.mean()) if centre is None else centre
    if m < 2:
        return undefined(mean, confidence, "Student", ONE_RATER)
    if ordered[-1] - ordered[0] <= SAME * max(abs(ordered[0]), abs(ordered[-1])):
        return undefined(mean, confidence, "Student", PERFECT)
    half = float(special.stdtrit(m - 1, 0.5 + confidence / 2) * ordered.std(ddof=1) / math.sqrt(m))
    if scale is None:
        return Interval(mean, mean - half, mean + half, confidence, "Student")
    low, width = scale[0], scale[1] - scale[0]
    place = (mean - low) / width
    middle, reach = special.logit(place), half / (width * place * (1 - place))
    lo, hi = (low + width * float(special.expit(middle + side)) for side in (-reach, reach))
    return Interval(mean, lo, hi, confidence, "Student, logit scale")
