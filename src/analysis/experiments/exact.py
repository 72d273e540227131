"""Exact tests of two proportions for small pilots, and their exact power.

Fisher's test conditions on the number of successes in both arms (Fisher 1935). Barnard's (1947,
Biometrika 34:123) and Boschloo's (1970, Statistica Neerlandica 24:1) do not: they take the worst
common rate, and so find more with the same users, never at more than the level.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.experiments.moments import Counts
from analysis.experiments.unconditional import (
    TIE,
    Alternative,
    Bools,
    binomial,
    check_size,
    fisher_order,
    largest_probability,
    largest_region,
    pooled_order,
)

Floats = NDArray[np.float64]
ExactName = Literal["fisher", "barnard", "boschloo"]
TwoSided = Literal["central", "minlike"]

# As many standard deviations from the mode, a hypergeometric mass is below the smallest number.
FARTHEST, WHOLE = 40, 2_000_000


@dataclass(frozen=True, slots=True)
class ExactTest:
    """An exact test of equal rates.

    Attributes:
        p_value: Of the alternative.
        test: Name of the test, as the report writes it.
        alternative: ``"two-sided"``; ``"greater"``: the arm's rate is above control's; ``"less"``.
        rate: Common rate at which the p-value is largest; NaN for Fisher's, which needs none.
    """

    p_value: float
    test: str
    alternative: Alternative
    rate: float


def fisher(control: Counts, arm: Counts, *, alternative: Alternative = "two-sided") -> ExactTest:
    """Fisher's exact test.

    Two-sided: the sum over tables no more probable than the one observed (ties within 1e-10 of
    each other). Masses come from the ratios of neighbours, not from factorials, so a billion users
    do as well as ten.

    Raises:
        ValueError: If a count is not whole or the alternative unknown.
    """
    x0, n0, x1, n1 = _whole(control, arm, alternative)
    k, masses = _conditional(x0 + x1, n0, n1)
    if alternative == "greater":
        among = k >= x1
    elif alternative == "less":
        among = k <= x1
    else:
        # Beyond the masses that are kept there is nothing as small.
        observed = masses[k == x1].sum()
        among = masses <= observed * (1 + TIE)
    return ExactTest(_share(masses, among), "Fisher", alternative, math.nan)


def barnard(control: Counts, arm: Counts, *, alternative: Alternative = "two-sided") -> ExactTest:
    """Barnard's test with the pooled Wald statistic, at its worst common rate.

    Two-sided: tables whose statistic is as large in size, ties found exactly (also known as
    Suissa & Shuster's test, 1985, JRSS A 148:317).

    Raises:
        ValueError: If a count is not whole, an arm has no users, or there are more than four
            million tables.
    """
    x0, n0, x1, n1 = _whole(control, arm, alternative)
    check_size(n0, n1)
    order = pooled_order(n0, n1, alternative)
    p_value, rate = largest_probability(order <= order[x1, x0])
    return ExactTest(p_value, "Barnard", alternative, rate)


def boschloo(
    control: Counts,
    arm: Counts,
    *,
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "central",
) -> ExactTest:
    """Boschloo's test: Fisher's p-value as the statistic, at its worst common rate.

    Args:
        control: Users and successes of control.
        arm: The same of the arm.
        alternative: Side.
        two_sided: ``"central"``: twice the smaller one-sided p-value, as scipy has it;
            ``"minlike"``: Fisher's two-sided p-value orders the tables, so the result is never
            above Fisher's.

    Raises:
        ValueError: If a count is not whole, a name is unknown, an arm has no users, or there are
            more than four million tables.
    """
    x0, n0, x1, n1 = _whole(control, arm, alternative)
    check_size(n0, n1)
    if two_sided not in get_args(TwoSided):
        raise ValueError(f"two_sided: found {two_sided!r}, expected central or minlike")
    if alternative == "two-sided" and two_sided == "central":
        sides = [boschloo(control, arm, alternative=side) for side in ("greater", "less")]
        least = min(sides, key=lambda side: side.p_value)
        return ExactTest(min(2 * least.p_value, 1.0), "Boschloo", alternative, least.rate)
    order = fisher_order(n0, n1, alternative)
    p_value, rate = largest_probability(order <= order[x1, x0] * (1 + TIE))
    return ExactTest(p_value, "Boschloo", alternative, rate)


def rejection_region(
    n_control: int,
    n_arm: int,
    *,
    alpha: float = 0.05,
    test: ExactName = "fisher",
    alternative: Alternative = "two-sided",
) -> Bools:
    """Tables at which a test rejects equal rates.

    Args:
        n_control: Users of control.
        n_arm: Users of the arm.
        alpha: Level, in (0, 1).
        test: Name; Boschloo's is the two-sided test ``"central"``.
        alternative: Side.

    Returns:
        ``(n_arm + 1, n_control + 1)``, by successes of the arm and of control.

    Raises:
        ValueError: If a name is unknown, ``alpha`` impossible, an arm has no users, or there are
            more than four million tables.
    """
    check_size(n_control, n_arm)
    if test not in get_args(ExactName) or alternative not in get_args(Alternative):
        raise ValueError(f"found {test!r}, {alternative!r}, expected {get_args(ExactName)}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: found {alpha}, expected between 0 and 1")
    if test == "fisher":
        return fisher_order(n_control, n_arm, alternative) <= alpha * (1 + TIE)
    if test == "barnard":
        return largest_region(pooled_order(n_control, n_arm, alternative), alpha)
    if alternative != "two-sided":
        return largest_region(fisher_order(n_control, n_arm, alternative), alpha)
    up, down = (fisher_order(n_control, n_arm, side) for side in ("greater", "less"))
    found: Bools = largest_region(up, alpha / 2) | largest_region(down, alpha / 2)
    return found


def exact_power(
    n_control: int,
    n_arm: int,
    p_control: ArrayLike,
    p_arm: ArrayLike,
    *,
    alpha: float = 0.05,
    test: ExactName = "fisher",
    alternative: Alternative = "two-sided",
) -> Floats:
    """Probability that a test rejects equal rates, summed over all tables.

    Args:
        n_control: Users of control.
        n_arm: Users of the arm.
        p_control: True rates of control, any shape; both broadcast.
        p_arm: True rates of the arm. Where they are control's, this is the true type-I error.
        alpha: Level, in (0, 1).
        test: ``"fisher"``, ``"barnard"`` or ``"boschloo"``.
        alternative: Side.

    Returns:
        Power, a share of 1, of the broadcast shape.

    Raises:
        ValueError: If a rate is outside [0, 1], or as :func:`rejection_region`.
    """
    p0, p1 = np.asarray(p_control, dtype=np.float64), np.asarray(p_arm, dtype=np.float64)
    if not (np.all((p0 >= 0) & (p0 <= 1)) and np.all((p1 >= 0) & (p1 <= 1))):
        raise ValueError("rates: expected between 0 and 1")
    region = rejection_region(
        n_control, n_arm, alpha=alpha, test=test, alternative=alternative
    ).astype(np.float64)
    of_arm = binomial(n_arm, p1, 1 - p1) @ region
    found: Floats = np.minimum((of_arm * binomial(n_control, p0, 1 - p0)).sum(axis=-1), 1.0)
    return found


def _whole(control: Counts, arm: Counts, alternative: str) -> tuple[int, int, int, int]:
    if alternative not in get_args(Alternative):
        raise ValueError(f"alternative: found {alternative!r}, expected {get_args(Alternative)}")
    counts = (control.successes, control.n, arm.successes, arm.n)
    if any(float(count) != int(count) for count in counts):
        raise ValueError(f"found counts {counts}, expected whole numbers")
    x0, n0, x1, n1 = (int(count) for count in counts)
    return x0, n0, x1, n1


def _conditional(total: int, n0: int, n1: int) -> tuple[Floats, Floats]:
    """Successes of the arm given those of both, and their masses relative to the largest."""
    low, high = max(0, total - n0), min(n1, total)
    users = n0 + n1
    mode = min(max((total + 1) * (n1 + 1) // (users + 2), low), high)
    if high - low > WHOLE:
        spread = math.sqrt(total / users * (users - total) / users * n1 / users * n0)
        low = max(low, mode - int(FARTHEST * spread))
        high = min(high, mode + int(FARTHEST * spread))
    k = np.arange(low, high + 1, dtype=np.float64)
    before = k[:-1]
    steps = np.log((n1 - before) * (total - before) / ((before + 1) * (n0 - total + before + 1)))
    at = mode - low
    logs = np.concatenate([-np.cumsum(steps[:at][::-1])[::-1], [0.0], np.cumsum(steps[at:])])
    return k, np.exp(logs)


def _share(masses: Floats, among: Bools) -> float:
    # Summed in the order of size, so that a tail of 1e-300 keeps its digits.
    return min(float(np.sort(masses[among]).sum() / np.sort(masses).sum()), 1.0)
