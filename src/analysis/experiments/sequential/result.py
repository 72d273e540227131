"""A test with planned looks, as it stands: decision, bounds, adjusted estimate, what comes next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError
from analysis.experiments.effect import Interval
from analysis.experiments.sequential import estimates
from analysis.experiments.sequential.boundaries import Boundaries
from analysis.experiments.sequential.design import (
    boundaries,
    information_from_users,
    is_over,
    repeated_p,
)
from analysis.experiments.sequential.futility import conditional_power, predictive_power
from analysis.experiments.sequential.operating import Cost, cost, fixed_drift
from analysis.experiments.sequential.rules import Plan, check_increasing

Decision = Literal["effect", "futility", "continue", "no decision"]

STAGEWISE = "stagewise ordering"
REPEATED = "repeated confidence interval"
NO_ERROR_YET = "no error may be used at this look yet"


@dataclass(frozen=True, slots=True)
class Look:
    """One look that was taken.

    Attributes:
        number: 1 the first.
        information: Share of the planned maximum.
        z: Effect over its standard error.
        effect: Plain estimate.
        repeated: Interval that holds at all looks together; centred at the plain estimate.
        state: Of the z-value against the bounds: ``"effect"``, ``"futility"`` or ``"inside"``.
    """

    number: int
    information: float
    z: float
    effect: float
    repeated: Interval
    state: Literal["effect", "futility", "inside"]


@dataclass(frozen=True, slots=True)
class NextLook:
    """What the next look is about.

    Attributes:
        number: 1 the first.
        information: Share of the planned maximum.
        n: Users then; NaN if information is planned.
        bound: z-value to reach.
        effect: Effect to show then, at the precision so far.
    """

    number: int
    information: float
    n: float
    bound: float
    effect: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """Chances to reject no effect later, if the test goes on to its end.

    Attributes:
        trend: Under the effect seen so far.
        planned: Under the effect planned for.
        predictive: Over what the data so far say of the effect.
    """

    trend: float
    planned: float
    predictive: float


@dataclass(frozen=True, slots=True, eq=False)
class SequentialTest:
    """A test with planned looks.

    Attributes:
        plan: The plan.
        looks: Looks taken, in order.
        bounds: Boundaries at those looks and at those to come.
        decision: ``"effect"``, ``"futility"``, ``"continue"``, or ``"no decision"`` at the end.
        decided: Number of the look that decided; the latest one if none did.
        estimate: Effect. Of a test that ended, median-unbiased with the interval by stagewise
            ordering; of one that goes on, the plain one with the repeated interval.
        p_value: By stagewise ordering, or the repeated one while the test goes on; one- or
            two-sided as the test is. NaN while a Haybittle–Peto test goes on, which has none.
        bias_adjusted: Effect without the bias of stopping; NaN while the test goes on.
        outlook: What going on would bring; None if nothing comes.
        following: The next look; None if the test ended.
        cost: What looking early costs and saves, as planned.
        unit: Unit of the effect, as :func:`analysis.base.formats.by_unit` has it.
    """

    plan: Plan
    looks: tuple[Look, ...]
    bounds: Boundaries
    decision: Decision
    decided: int
    estimate: Interval
    p_value: float
    bias_adjusted: float
    outlook: Outlook | None
    following: NextLook | None
    cost: Cost
    unit: str = ""

    @property
    def stopped(self) -> bool:
        """Whether the test ended, with a decision or without."""
        return self.decision != "continue"

    def table(self) -> pd.DataFrame:
        """One row a look, those to come included."""
        from analysis.experiments.sequential.words import look_table

        return look_table(self)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """z-values against the bounds, over information."""
        from analysis.experiments.sequential.plots import corridor

        return corridor(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """What to do, how large the effect is, which rule holds and what it costs."""
        from analysis.experiments.sequential.words import sequential_sentence

        return sequential_sentence(self, lang)


def _check(
    effects: Sequence[float], errors: Sequence[float], information: Sequence[float]
) -> tuple[list[float], list[float]]:
    values, spreads = [float(v) for v in effects], [float(v) for v in errors]
    count = len(information)
    if not count:
        raise InputError("looks: found none taken, expected at least 1")
    if len(values) != count or len(spreads) != count:
        raise InputError(
            f"found {len(values)} effects, {len(spreads)} standard errors and {count} looks, "
            "expected as many of each"
        )
    for k, (value, spread) in enumerate(zip(values, spreads, strict=True), start=1):
        if not (math.isfinite(value) and math.isfinite(spread) and spread > 0):
            raise InputError(
                f"look {k}: found effect {value:g} with standard error {spread:g}, "
                "expected numbers, the standard error above 0"
            )
    return values, spreads


def sequential_test(
    effects: Sequence[float],
    standard_errors: Sequence[float],
    plan: Plan,
    *,
    n: Sequence[float] | None = None,
    information: Sequence[float] | None = None,
    ended: bool = False,
    unit: str = "",
) -> SequentialTest:
    """Judge a test at the looks taken so far.

    A look from :data:`~analysis.experiments.sequential.rules.FULL` of the maximum on is the last,
    as is the one after which the test ``ended``, and the last one planned by a classical rule: it
    may use all the error that is left, be there more information than planned or less. Looks after
    the decision change nothing, but a futility bound that does not bind is advice: a later look
    can still be for the effect.

    Args:
        effects: Effect of the arm at each look, on data so far.
        standard_errors: Their standard errors.
        plan: The plan.
        n: Users of all arms at each look; needs ``n_max`` in the plan.
        information: Instead, the share of the planned maximum at each look.
        ended: Whether no look follows the last one given, though the maximum is not reached.
        unit: Unit of the effect.

    Raises:
        InputError: If looks, effects and plan do not fit each other.
    """
    if (n is None) == (information is None):
        raise InputError("looks: expected either users (n) or information at each, and not both")
    if n is not None:
        if math.isnan(plan.n_max):
            raise InputError("n: found users, but the plan has no n_max")
        shares = information_from_users(n, plan.n_max)
    else:
        shares = tuple(float(share) for share in information or ())
        check_increasing("information", shares)
    values, spreads = _check(effects, standard_errors, shares)
    bounds = boundaries(plan, shares, ended=ended)
    looks = tuple(_look(plan, bounds, k, values[k], spreads[k]) for k in range(len(shares)))
    decision, at = _decide(plan, looks, over=is_over(plan, shares, ended=ended))
    return _result(plan, looks, bounds, decision, at, spreads[at], unit)


def _look(plan: Plan, bounds: Boundaries, k: int, effect: float, error: float) -> Look:
    z, upper, low = effect / error, float(bounds.upper[k]), float(bounds.futility[k])
    state: Literal["effect", "futility", "inside"] = "inside"
    size = abs(z) if plan.sided == 2 else z
    if size >= upper:
        state = "effect"
    elif plan.futility is not None and size < low and k + 1 < len(bounds.information):
        state = "futility"
    half = upper * error
    level = 1 - 2 * plan.side
    if math.isinf(half):
        no = (-math.inf, math.inf)
        repeated = Interval(effect, *no, level, REPEATED, "unbounded", NO_ERROR_YET)
    else:
        repeated = Interval(effect, effect - half, effect + half, level, REPEATED)
    return Look(k + 1, float(bounds.information[k]), z, effect, repeated, state)


def _decide(plan: Plan, looks: tuple[Look, ...], *, over: bool) -> tuple[Decision, int]:
    """The decision and the index of the look it was made at."""
    binding = plan.futility is not None and plan.futility.binding
    for k, look in enumerate(looks):
        if look.state == "effect":
            return "effect", k
        if look.state == "futility" and binding:
            return "futility", k
    last = len(looks) - 1
    if over:
        return "no decision", last
    return ("futility" if looks[last].state == "futility" else "continue"), last


@lru_cache(maxsize=128)
def _cost(plan: Plan) -> Cost:
    """What the planned looks cost; the same for every test of a plan."""
    return cost(boundaries(plan), plan.alpha, plan.power)


def _result(
    plan: Plan,
    looks: tuple[Look, ...],
    bounds: Boundaries,
    decision: Decision,
    at: int,
    error: float,
    unit: str,
) -> SequentialTest:
    look, count = looks[at], len(bounds.information)
    drift = fixed_drift(plan.alpha, plan.sided, plan.power)
    outlook = following = None
    if at + 1 < count and decision != "effect":
        trend = look.z / math.sqrt(look.information)
        outlook = Outlook(
            conditional_power(bounds, at, look.z, trend),
            conditional_power(bounds, at, look.z, drift),
            predictive_power(bounds, at, look.z),
        )
    if decision == "continue":
        estimate, bias = look.repeated, math.nan
        p = repeated_p(plan, [seen.information for seen in looks], look.z)
        share, bound = float(bounds.information[at + 1]), float(bounds.upper[at + 1])
        later = error * math.sqrt(look.information / share)
        following = NextLook(at + 2, share, share * plan.n_max, bound, bound * later)
    else:
        found = estimates.adjusted(bounds, at, look.z, plan.side)
        # A drift is the effect over the standard error at information 1.
        scale = error * math.sqrt(look.information)
        lo, hi = found.lo * scale, found.hi * scale
        value = found.median_unbiased * scale
        estimate = Interval(value, lo, hi, found.confidence, STAGEWISE)
        p, bias = found.p_value, found.bias_adjusted * scale
    return SequentialTest(
        plan, looks, bounds, decision, at + 1, estimate, p, bias, outlook, following,
        _cost(plan), unit,
    )  # fmt: skip
