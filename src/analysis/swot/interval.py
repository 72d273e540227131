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
NO_SPREAD = "the values do not differ at all"
PERFECT = "the raters agree wholly: there is no spread to estimate an interval from"
LEVEL = "the items have equal means: the F interval would shrink to a point"
ONE_ITEM = "one item: agreement needs at least two"
NO_PAIRS = "no item was judged by two raters"
LEANS = "without one of the items nothing is left to measure agreement against"
OPEN = "raters differ more within items than between them: the interval is open below"
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


def of_raters(values: Floats, confidence: float) -> Interval:
    """Mean over raters with Student's interval; raters are a sample of those who might be asked.

    Args:
        values: ``(m,)`` one value a rater.
        confidence: Level.
    """
    # Sorted, so that not even the last digit depends on the order of raters.
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    m = len(ordered)
    mean = float(ordered.mean())
    if m < 2:
        return undefined(mean, confidence, "Student", ONE_RATER)
    half = float(special.stdtrit(m - 1, 0.5 + confidence / 2) * ordered.std(ddof=1) / math.sqrt(m))
    return Interval(mean, mean - half, mean + half, confidence, "Student")
