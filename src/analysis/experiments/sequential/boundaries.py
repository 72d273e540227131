"""Bounds of the z-value at each look: classical constants and spent errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from analysis.base.errors import InputError
from analysis.experiments.sequential import integration as chain
from analysis.experiments.sequential.integration import START, Floats, Gap
from analysis.experiments.sequential.rules import Plan, Rule
from analysis.experiments.sequential.spending import log_spent


@dataclass(frozen=True, slots=True, eq=False)
class Boundaries:
    """Bounds of the z-value, look by look.

    Attributes:
        information: ``(K,)`` shares of the planned maximum.
        upper: ``(K,)`` bounds at and above which the arm is better; ``inf`` where no error may be
            used yet. Of a two-sided test ``-upper`` are the others.
        futility: ``(K,)`` bounds below which (two-sided: inside which) the test is futile; ``-inf``
            (two-sided: 0) where none.
        alpha_spent: ``(K,)`` error used so far, both sides together.
        sided: 1 or 2.
        binding: Whether the futility bounds were counted on.
        constant: The constant of a classical rule: ``upper = constant * t ** (delta - 0.5)``;
            of Haybittle & Peto the last bound; NaN for a rule that spends.
    """

    information: Floats
    upper: Floats
    futility: Floats
    alpha_spent: Floats
    sided: int
    binding: bool = False
    constant: float = math.nan

    def gaps(self, look: int, *, futility: bool) -> list[Gap]:
        """Intervals of z in which a test goes on after a look (0 the first).

        Args:
            look: Index of the look.
            futility: Whether tests that are futile are stopped.
        """
        return gaps(self.upper[look], self.futility[look] if futility else None, self.sided)


def gaps(upper: float, futility: float | None, sided: int) -> list[Gap]:
    """Intervals of z between bounds; ``futility`` None for none."""
    if sided == 1:
        return [(-math.inf if futility is None else futility, upper)]
    if futility is None or futility <= 0:
        return [(-upper, upper)]
    return [(-upper, -futility), (futility, upper)]


def no_futility(count: int, sided: int) -> Floats:
    """``(count,)`` futility bounds of a test that is never futile."""
    return np.full(count, -math.inf if sided == 1 else 0.0)


def crossing(
    information: Floats,
    upper: Floats,
    sided: int,
    theta: float = 0.0,
    reach: float = chain.REACH,
) -> tuple[Floats, Floats]:
    """Chances of first leaving at each look, without futility.

    Args:
        information: ``(K,)`` information at the looks.
        upper: ``(K,)`` bounds; two-sided the others are their negatives.
        sided: 1 or 2.
        theta: Drift: mean of the score per unit of information.
        reach: Standard deviations around the mean that are integrated over.

    Returns:
        ``(K,)`` chances of leaving above and below.
    """
    over, under = np.zeros(len(information)), np.zeros(len(information))
    running = START
    for k, now in enumerate(information.tolist()):
        bound = float(upper[k])
        over[k] = chain.above(running, now, theta, bound)
        if sided == 2:
            under[k] = chain.below(running, now, theta, -bound)
        if k + 1 < len(information):
            following = float(information[k + 1])
            corridor = gaps(bound, None, sided)
            running = chain.advance(running, now, theta, corridor, following, reach)
    return over, under


def reach_of(log_steps: Floats) -> float:
    """Standard deviations to integrate over so that the smallest chance to spend is found."""
    later = log_steps[1:][np.isfinite(log_steps[1:])]
    if not len(later):
        return chain.REACH
    return min(max(chain.REACH, chain.upper_quantile(float(later.min())) + 3), 37.0)


def log_steps(log_totals: Floats) -> Floats:
    """Logarithms of what is spent at each look, from those of what is spent so far."""
    earlier = np.concatenate([[-math.inf], log_totals[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        # A look may be left nothing to spend: the difference of two equal totals.
        share = -np.expm1(np.where(np.isneginf(log_totals), 0.0, earlier - log_totals))
        steps: Floats = np.where(share > 0, log_totals + np.log(share), -math.inf)
    return steps


def spent_bounds(information: Floats, log_totals: Floats, sided: int) -> Floats:
    """Bounds that use given errors of one side.

    Args:
        information: ``(K,)`` information at the looks.
        log_totals: ``(K,)`` natural logarithms of the error of one side used so far.
        sided: 1 or 2.
    """
    steps = log_steps(log_totals)
    reach, running = reach_of(steps), START
    upper = np.empty(len(information))
    for k, now in enumerate(information.tolist()):
        upper[k] = chain.bound_above(running, now, 0.0, float(steps[k]))
        if k + 1 < len(information):
            corridor = gaps(float(upper[k]), None, sided)
            running = chain.advance(running, now, 0.0, corridor, float(information[k + 1]), reach)
    return upper


def _shape(information: Floats, delta: float) -> Floats:
    shape: Floats = (information / information[-1]) ** (delta - 0.5)
    return shape


def classical(information: Floats, rule: Rule, side: float, sided: int) -> tuple[Floats, float]:
    """Bounds of a classical rule at planned looks, and its constant.

    Args:
        information: ``(K,)`` information, equally spread or not.
        rule: A rule that does not spend.
        side: Error of one side.
        sided: 1 or 2.

    Raises:
        InputError: If early bounds of Haybittle & Peto alone use more than the error.
    """
    if rule.name == "haybittle_peto":
        return _haybittle_peto(information, rule.parameter, side, sided)
    delta = {"pocock": 0.5, "obrien_fleming": 0.0}.get(rule.name, rule.parameter)
    shape = _shape(information, delta)
    reach = max(chain.REACH, chain.quantile(side) + 3)

    def excess(constant: float) -> float:
        over, _ = crossing(information, constant * shape, sided, reach=reach)
        return math.log(float(over.sum()) / side)

    # Bounds of one look alone are too near, those of Bonferroni too far.
    count = len(information)
    low = chain.quantile(side) / float(shape.max())
    high = chain.quantile(side / count) / float(shape.min())
    if count == 1:
        constant = chain.quantile(side)
    else:
        constant = float(brentq(excess, low, high, xtol=1e-12, rtol=1e-13))
    return constant * shape, constant


def _haybittle_peto(
    information: Floats, early: float, side: float, sided: int
) -> tuple[Floats, float]:
    count = len(information)
    upper = np.full(count, early)
    over, _ = crossing(information[:-1], upper[:-1], sided)
    left = side - float(over.sum())
    if left <= 0:
        raise InputError(
            f"parameter of 'haybittle_peto': found {early:g}, whose early looks alone use "
            f"{float(over.sum()):.3g} of an error of {side:g}, expected a larger z-value"
        )
    running = START
    for k in range(count - 1):
        corridor = gaps(early, None, sided)
        following = float(information[k + 1])
        running = chain.advance(running, float(information[k]), 0.0, corridor, following)
    upper[-1] = chain.bound_above(running, float(information[-1]), 0.0, math.log(left))
    return upper, float(upper[-1])


def planned_totals(plan: Plan) -> tuple[Floats, float, Floats | None]:
    """Logarithms of the error of one side that each planned look may have used, and the constant.

    The bounds come with them where a rule has them to begin with.

    A classical rule is turned into the errors that its bounds use at the planned looks.
    """
    information = np.asarray(plan.looks)
    rule, side = plan.rule, plan.side
    if rule.spends:
        return log_spent(rule.spending, information, side, rule.parameter), math.nan, None
    upper, constant = classical(information, rule, side, plan.sided)
    over, _ = crossing(
        information, upper, plan.sided, reach=max(chain.REACH, chain.quantile(side) + 3)
    )
    with np.errstate(divide="ignore"):
        totals = np.log(np.cumsum(over))
    totals[-1] = math.log(side)
    return totals, constant, upper


def peeking_error(looks: int | Sequence[float], alpha: float = 0.05) -> float:
    """Chance of a false finding when a test of level ``alpha`` is made at every look.

    Two-sided, under no effect (Armitage, McPherson & Rowe 1969, table 2).

    Args:
        looks: How many, evenly spread, or the information at each.
        alpha: Level of each look by itself.
    """
    if isinstance(looks, int):
        information = np.arange(1, looks + 1, dtype=np.float64)
    else:
        information = np.asarray(looks, np.float64)
    bound = chain.quantile(alpha / 2)
    over, under = crossing(information, np.full(len(information), bound), 2)
    return float(over.sum() + under.sum())
