"""The confidence set of a lift when both values carry error (Fieller).

A lift ``L`` is kept when the data do not refute ``arm - (1 + L) control = 0``, so the set is exact
whenever both estimates are normal, also where control is hardly above 0: a quadratic inequality,
whose answer is an interval, everything outside a gap, or everything (Fieller 1954, JRSS B 16:
175–185; the three shapes: Franz 2007, arXiv:0710.2024).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.experiments.effect import Shape

ZERO_CONTROL = "the value of control is zero"
NOT_APART = "the value of control is not clearly different from zero"
NO_CHANCE = "the arm's value is zero without variation"


@dataclass(frozen=True, slots=True)
class FiellerSet:
    """Set of lifts: its bounds, its shape, and why it is not bounded (English message id)."""

    lo: float
    hi: float
    shape: Shape
    why: str = ""


def fieller(
    control: float,
    arm: float,
    var_control: float,
    var_arm: float,
    quantile: float,
    *,
    cov: float = 0.0,
) -> FiellerSet:
    """Set of the lifts ``arm / control - 1`` that the data do not refute.

    Solved for the lift itself, not for the ratio, so that small lifts keep all their digits.

    Args:
        control: Value of control.
        arm: Value of the arm, in the same unit.
        var_control: Squared standard error of ``control``.
        var_arm: Squared standard error of ``arm``.
        quantile: Two-sided critical value (normal, or of Student's t: a choice of the caller).
        cov: Covariance of both estimates; 0 for separate users.

    Returns:
        ``"bounded"`` where control is significantly not 0 at this quantile, else ``"outside"`` (all
        but a gap) or ``"unbounded"`` (a half-line at equality, or everything); ``"undefined"``
        where control is 0 without error, or where the set is one point because an arm of zeros
        shows no error of its own.
    """
    if control == 0 and var_control == 0:
        return FiellerSet(math.nan, math.nan, "undefined", ZERO_CONTROL)
    if arm == 0 and var_arm == 0:
        return FiellerSet(math.nan, math.nan, "undefined", NO_CHANCE)
    q2, gap = quantile * quantile, arm - control
    square = control * control - q2 * var_control
    half = gap * control + q2 * (var_control - cov)
    constant = gap * gap - q2 * (var_control + var_arm - 2 * cov)
    # ``half² - square * constant`` with what cancels taken out.
    inner = arm * arm * var_control + control * control * var_arm - 2 * arm * control * cov
    discriminant = q2 * (inner - q2 * (var_control * var_arm - cov * cov))
    if square > 0:
        lo, hi = _roots(square, half, constant, math.sqrt(max(discriminant, 0.0)))
        return FiellerSet(lo, hi, "bounded")
    if square == 0 and half != 0:
        edge = constant / (2 * half)
        lo, hi = (edge, math.inf) if half > 0 else (-math.inf, edge)
        return FiellerSet(lo, hi, "unbounded", NOT_APART)
    if square == 0 or discriminant <= 0:
        return FiellerSet(-math.inf, math.inf, "unbounded", NOT_APART)
    lo, hi = _roots(square, half, constant, math.sqrt(discriminant))
    return FiellerSet(lo, hi, "outside", NOT_APART)


def _roots(square: float, half: float, constant: float, root: float) -> tuple[float, float]:
    """Roots of ``square x² - 2 half x + constant``, neither by a difference of like numbers."""
    large = half + math.copysign(root, half)
    if large == 0:
        return 0.0, 0.0
    one, other = large / square, constant / large
    return min(one, other), max(one, other)
