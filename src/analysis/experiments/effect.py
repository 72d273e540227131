"""One arm against control on one metric: difference, lift and their confidence sets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Shape = Literal["bounded", "unbounded", "outside", "undefined"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence set around an estimate, which need not be an interval.

    Ratios have sets that are half-lines, everything, or everything outside a gap (Fieller 1954,
    JRSS B 16): the data then do not bound the ratio, and this says so.

    Attributes:
        value: Point estimate; NaN when undefined (a lift over a control of 0).
        lo: Lower bound; ``-inf`` without one. Of ``"outside"``, the lower edge of the gap.
        hi: Upper bound; ``inf`` without one. Of ``"outside"``, the upper edge of the gap.
        confidence: Level, a share of 1.
        method: Name of the method, as the report writes it.
        shape: ``"bounded"``; ``"unbounded"`` (at least one bound is infinite); ``"outside"`` (all
            but the gap between ``lo`` and ``hi``); ``"undefined"`` (no set: bounds are NaN).
        why: Reason of an undefined or unbounded set, English message id; empty if bounded.
    """

    value: float
    lo: float
    hi: float
    confidence: float
    method: str
    shape: Shape = "bounded"
    why: str = ""

    def __post_init__(self) -> None:
        if (self.shape == "bounded") == bool(self.why):
            raise ValueError(f"shape {self.shape!r} with reason {self.why!r}")
        if self.shape == "bounded" and not (math.isfinite(self.lo) and math.isfinite(self.hi)):
            raise ValueError(f"bounded by {self.lo} and {self.hi}")

    def __contains__(self, truth: float) -> bool:
        if self.shape == "undefined":
            return False
        if self.shape == "outside":
            return truth <= self.lo or truth >= self.hi
        return self.lo <= truth <= self.hi

    @property
    def width(self) -> float:
        """Length of the set; ``inf`` where the data do not bound it, NaN where there is none."""
        if self.shape == "undefined":
            return math.nan
        return math.inf if self.shape == "outside" else self.hi - self.lo


@dataclass(frozen=True, slots=True)
class Effect:
    """What one arm did against control on one metric.

    Attributes:
        control_value: Rate, mean or ratio of control.
        arm_value: The same of the arm.
        difference: ``arm_value - control_value`` with its set.
        lift: ``arm_value / control_value - 1`` with its set.
        se: Standard error of the difference.
        statistic: Test statistic of no difference.
        df: Degrees of freedom of its t distribution; ``inf`` for a normal one.
        p_value: Two-sided, of no difference.
        test: Name of the test, as the report writes it.
        n_control: Users of control.
        n_arm: Users of the arm.
        metric: Name of the metric; filled in by the analysis of a whole test.
        arm: Name of the arm.
        control: Name of control.
    """

    control_value: float
    arm_value: float
    difference: Interval
    lift: Interval
    se: float
    statistic: float
    df: float
    p_value: float
    test: str
    n_control: int
    n_arm: int
    metric: str = ""
    arm: str = ""
    control: str = ""
