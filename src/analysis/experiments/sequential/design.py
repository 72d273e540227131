"""From a plan and the looks taken so far to the bounds of all looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

from analysis.base.errors import InputError
from analysis.experiments.sequential.boundaries import (
    Boundaries,
    no_futility,
    planned_totals,
    spent_bounds,
)
from analysis.experiments.sequential.futility import futility_bounds
from analysis.experiments.sequential.integration import Floats
from analysis.experiments.sequential.rules import FULL, Plan, check_increasing
from analysis.experiments.sequential.spending import log_spent

APART = 1e-3
"""A planned look is passed over if it would bring less than this share of new information."""


def is_over(plan: Plan, taken: Sequence[float], *, ended: bool = False) -> bool:
    """Whether the last look taken is the last of the test.

    Args:
        plan: The plan.
        taken: Looks taken, as shares of the planned maximum.
        ended: Whether the test was ended before its maximum.
    """
    if not taken:
        return False
    used_up = not plan.rule.spends and len(taken) == len(plan.looks)
    return ended or used_up or taken[-1] >= FULL


@lru_cache(maxsize=128)
def _planned(plan: Plan) -> tuple[Floats, float, Floats | None, float | None]:
    """What :func:`planned_totals` says, and with futility the drift planned for."""
    totals, constant, upper = planned_totals(plan)
    if plan.futility is None:
        return totals, constant, upper, None
    information = np.asarray(plan.looks)
    bounds = futility_bounds(information, totals, plan.futility, plan.power, plan.sided)
    return totals, constant, None, bounds[2]


def _schedule(
    plan: Plan, taken: Sequence[float], ended: bool, planned: Floats
) -> tuple[Floats, Floats]:
    """All looks, taken and to come, and logarithms of the error of one side used by each.

    ``planned`` are those logarithms at the planned looks. A classical rule fixes what each look by
    its number may use, whatever its information (Slud & Wei 1982, JASA 77), so that its bounds are
    the planned ones where looks are as planned.
    """
    over = is_over(plan, taken, ended=ended)
    past = list(taken)
    least = past[-1] * (1 + APART) if past else 0.0
    numbers = range(len(plan.looks)) if plan.rule.spends else range(len(past), len(plan.looks))
    future = [] if over else [k for k in numbers if plan.looks[k] > least]
    information = np.array([*past, *(plan.looks[k] for k in future)])
    if plan.rule.spends:
        totals = log_spent(plan.rule.spending, information, plan.side, plan.rule.parameter)
    else:
        totals = planned[[*range(len(past)), *future]]
    totals[-1] = math.log(plan.side)
    return information, totals


def boundaries(plan: Plan, taken: Sequence[float] = (), *, ended: bool = False) -> Boundaries:
    """Bounds at the looks taken so far and at those planned after them.

    Args:
        plan: The plan.
        taken: Looks taken, as shares of the planned maximum; they need not be those planned.
        ended: Whether no look follows, though the maximum is not reached.

    Raises:
        InputError: If looks do not come one after the other, or come after the end.
    """
    taken = tuple(float(share) for share in taken)
    check_increasing("information", taken)
    for k in range(1, len(taken)):
        if is_over(plan, taken[:k]):
            full = taken[k - 1] >= FULL
            why = "the planned maximum was reached" if full else "all planned looks were taken"
            raise InputError(f"look {k + 1}: found after the last one: {why} at look {k}")
    return _bounds(plan, taken, ended)


@lru_cache(maxsize=256)
def _bounds(plan: Plan, taken: tuple[float, ...], ended: bool) -> Boundaries:
    planned, constant, ready, drift = _planned(plan)
    information, totals = _schedule(plan, taken, ended, planned)
    if plan.futility is None:
        # Without looks taken the bounds are those planned.
        upper = None if taken else ready
        if upper is None:
            upper = spent_bounds(information, totals, plan.sided)
        futile = no_futility(len(information), plan.sided)
    else:
        upper, futile, _ = futility_bounds(
            information, totals, plan.futility, plan.power, plan.sided, drift
        )
    binding = plan.futility is not None and plan.futility.binding
    spent = plan.sided * np.exp(totals)
    for array in (information, upper, futile, spent):
        array.flags.writeable = False  # shared by all who ask for the same plan
    return Boundaries(information, upper, futile, spent, plan.sided, binding, constant)


MOST = 0.49
"""Largest error of one side for which bounds are looked for."""


def repeated_p(plan: Plan, taken: Sequence[float], z: float) -> float:
    """Smallest error at which the latest look would be beyond its bound.

    It may be read at every look (Jennison & Turnbull 2000, section 9.3); futility is not counted.

    Args:
        plan: The plan.
        taken: Looks taken, as shares of the planned maximum.
        z: z-value of the latest one.

    Returns:
        One- or two-sided as the plan is; 1 if above ``MOST`` a side; NaN for Haybittle & Peto,
        whose early bounds do not depend on the error.
    """
    if plan.rule.name == "haybittle_peto":
        return math.nan
    size, last = (abs(z) if plan.sided == 2 else z), len(taken) - 1

    def short(log_side: float) -> float:
        other = replace(plan, alpha=plan.sided * math.exp(log_side), futility=None)
        information, totals = _schedule(other, taken, False, planned_totals(other)[0])
        seen = slice(0, last + 1)
        return float(spent_bounds(information[seen], totals[seen], plan.sided)[last]) - size

    if short(math.log(MOST)) > 0:
        return 1.0
    low = math.log(plan.side)
    while short(low) < 0:
        low = 2 * low - 1
        if low < -690:
            return plan.sided * math.exp(low)
    return plan.sided * math.exp(float(brentq(short, low, math.log(MOST), xtol=1e-9)))


def information_from_users(n: Sequence[float], n_max: float) -> tuple[float, ...]:
    """Shares of the planned maximum of information, from users so far at each look.

    Args:
        n: Users of all arms at each look, increasing.
        n_max: Planned maximum.

    Raises:
        InputError: If looks do not come one after the other, or the maximum is not above 0.
    """
    check_increasing("n", n)
    if not (math.isfinite(n_max) and n_max > 0):
        raise InputError(f"n_max: found {n_max}, expected a number of users above 0")
    return tuple(float(users) / n_max for users in n)


def information_from_errors(
    standard_errors: Sequence[float], planned_error: float
) -> tuple[float, ...]:
    """Shares of the planned maximum of information, from standard errors at each look.

    Args:
        standard_errors: Of the effect, at each look; falling.
        planned_error: The standard error planned for the last look.

    Raises:
        InputError: If a standard error is not above 0, or does not fall.
    """
    errors = [float(error) for error in standard_errors]
    for k, error in enumerate([*errors, planned_error], start=1):
        if not (math.isfinite(error) and error > 0):
            where = f"at look {k}" if k <= len(errors) else "planned"
            raise InputError(f"standard errors: found {error} {where}, expected a number above 0")
    shares = [(planned_error / error) ** 2 for error in errors]
    check_increasing("information (1 / standard error²)", shares)
    return tuple(shares)
