"""Two proportions: did the arm convert more than control, by how much, and by which method?

The defaults belong together: the pooled z test, Mee's interval of the difference and Koopman's of
the lift invert one and the same score statistic, so the p-value is below ``1 - confidence``
exactly when both intervals leave no effect out.

Enumerated over all outcomes (arms of 50 to 9,000 users, equal or up to one to ten, rates of 0.2 %
to 50 %; tests/experiments/test_proportions.py), Koopman's 95 % set covers at least 0.943 wherever
both arms expect one success or more, Mee's 0.941, and the test is wrong for at most 0.057. With
fewer successes Koopman's goes down to 0.91; Miettinen & Nurminen's variance factor
``N / (N - 1)`` does not mend that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from scipy import special

from analysis.base.language import Translator
from analysis.experiments import scores
from analysis.experiments.contrast import Lift, lift_of, quantile, two_sided
from analysis.experiments.effect import Effect, Interval
from analysis.experiments.moments import Counts
from analysis.experiments.unconditional import Alternative
from analysis.stats import intervals

Difference = Literal["mee", "miettinen_nurminen", "newcombe", "agresti_caffo", "wald"]
ProportionLift = Literal["koopman", "miettinen_nurminen", "katz", "fieller", "delta"]
Test = Literal["pooled", "unpooled"]

DIFFERENCE_NAMES: dict[Difference, str] = {
    "mee": "Mee score",
    "miettinen_nurminen": "Miettinen–Nurminen score",
    "newcombe": "Newcombe hybrid score",
    "agresti_caffo": "Agresti–Caffo",
    "wald": "Wald",
}
LIFT_NAMES: dict[ProportionLift, str] = {
    "koopman": "Koopman score",
    "miettinen_nurminen": "Miettinen–Nurminen score",
    "katz": "Katz log",
    "fieller": "Fieller (z)",
    "delta": "delta",
}
# A katz interval is the log-delta interval of two proportions, and so on.
_AS_VALUES: dict[str, Lift] = {"katz": "log_delta", "fieller": "fieller_z", "delta": "delta"}
TEST_NAMES: dict[Test, str] = {"pooled": "z (pooled)", "unpooled": "z (unpooled)"}

NO_USERS = "an arm has no users"
NO_CONTROL_SUCCESS = "control has no success"
NO_SUCCESS = "neither arm has a success"


@dataclass(frozen=True, slots=True)
class ZTest:
    """A z test of two proportions.

    Attributes:
        statistic: z; NaN when an arm has no users.
        p_value: Of the alternative asked for; NaN with the statistic.
        se: Standard error the difference was divided by.
    """

    statistic: float
    p_value: float
    se: float


def compare(
    control: Counts,
    arm: Counts,
    *,
    confidence: float = 0.95,
    difference: Difference = "mee",
    lift: ProportionLift = "koopman",
    test: Test = "pooled",
) -> Effect:
    """Difference, lift and test of an arm's rate against control's.

    Args:
        control: Users and successes of control.
        arm: The same of the arm.
        confidence: Share covered by both intervals, in (0, 1).
        difference: Method of the difference; see :func:`difference_interval`.
        lift: Method of the lift; see :func:`lift_interval`.
        test: ``"pooled"`` or ``"unpooled"`` variance under no difference.

    Returns:
        The effect; ``se`` is the unpooled standard error of the difference. With an arm without
        users everything is undefined and says so.

    Raises:
        ValueError: If a name is unknown or the confidence not inside (0, 1).
    """
    tested = z_test(control, arm, test)
    return Effect(
        control_value=control.rate,
        arm_value=arm.rate,
        difference=difference_interval(control, arm, difference, confidence),
        lift=lift_interval(control, arm, lift, confidence),
        se=_unpooled_se(control, arm),
        statistic=tested.statistic,
        df=math.inf,
        p_value=tested.p_value,
        test=TEST_NAMES[test],
        n_control=int(control.n),
        n_arm=int(arm.n),
    )


def z_test(control: Counts, arm: Counts, test: Test = "pooled") -> ZTest:
    """Two-sided z test of equal rates.

    ``(p1 - p0) / se`` with ``se² = p (1 - p) (1/n0 + 1/n1)`` at the rate ``p`` of both arms
    together (pooled: the score test, Pearson's chi-square), or ``p0 (1 - p0)/n0 + p1 (1 - p1)/n1``
    (unpooled: Wald's). Where a standard error is 0 the statistic is 0 if the rates are the same,
    else infinite: without any variation in either arm, Wald's test claims what it cannot know.

    Raises:
        ValueError: If the name is unknown.
    """
    if test not in TEST_NAMES:
        raise ValueError(f"test: found {test!r}, expected one of {', '.join(get_args(Test))}")
    if not _has_users(control, arm):
        return ZTest(math.nan, math.nan, math.nan)
    se = _pooled_se(control, arm) if test == "pooled" else _unpooled_se(control, arm)
    gap = arm.rate - control.rate
    z = 0.0
    if gap != 0:
        z = gap / se if se > 0 else math.copysign(math.inf, gap)
    return ZTest(z, two_sided(z), se)


def score_test(
    control: Counts,
    arm: Counts,
    *,
    difference: float | None = None,
    lift: float | None = None,
    alternative: Alternative = "two-sided",
    corrected: bool = False,
) -> ZTest:
    """Score test of a stated difference or lift, as non-inferiority needs it.

    Farrington & Manning (1990), Statistics in Medicine 9:1447–1454; the variance is that of the
    most likely rates under the hypothesis. It agrees with the score intervals: a two-sided p-value
    is above ``1 - confidence`` exactly for what they hold.

    Args:
        control: Users and successes of control.
        arm: The same of the arm.
        difference: Hypothesis about ``arm - control``; one of both is given.
        lift: Hypothesis about ``arm / control - 1``.
        alternative: ``"greater"`` asks whether the truth is above the hypothesis.
        corrected: Miettinen & Nurminen's variance, ``N / (N - 1)`` times as large.

    Raises:
        ValueError: If not exactly one hypothesis is given, or it is impossible.
    """
    if (difference is None) == (lift is None):
        raise ValueError("expected either a difference or a lift")
    if not _has_users(control, arm):
        return ZTest(math.nan, math.nan, math.nan)
    counts = (control.successes, control.n, arm.successes, arm.n)
    if difference is not None:
        gap = arm.rate - control.rate - difference
        z = scores.difference_statistic(*counts, difference)
    elif lift is not None:
        gap = arm.rate - (1 + lift) * control.rate
        z = scores.ratio_statistic(*counts, 1 + lift)
    users = control.n + arm.n
    value = float(z) * (math.sqrt((users - 1) / users) if corrected else 1.0)
    tails = {
        "two-sided": two_sided(value),
        "greater": float(special.ndtr(-value)),
        "less": float(special.ndtr(value)),
    }
    if alternative not in tails:
        raise ValueError(f"alternative: found {alternative!r}, expected {', '.join(tails)}")
    return ZTest(value, tails[alternative], gap / value if value else math.nan)


def difference_interval(
    control: Counts, arm: Counts, method: Difference = "mee", confidence: float = 0.95
) -> Interval:
    """Interval of ``arm rate - control rate``.

    * ``"mee"``: score interval, Mee (1984); agrees with the pooled z test.
    * ``"miettinen_nurminen"``: the same with ``N / (N - 1)`` times the variance (1985).
    * ``"newcombe"``: from both Wilson intervals, Newcombe (1998).
    * ``"agresti_caffo"``: Wald after adding two users to each arm, one of them a success (2000).
    * ``"wald"``: unpooled z; of width 0, and wrong, where neither arm varies.

    Raises:
        ValueError: If the method is unknown or the confidence not inside (0, 1).
    """
    _check(method, DIFFERENCE_NAMES, confidence)
    name = DIFFERENCE_NAMES[method]
    if not _has_users(control, arm):
        return _undefined(confidence, name)
    value = arm.rate - control.rate
    if method == "wald":
        half = quantile(confidence) * _unpooled_se(control, arm)
        return Interval(value, value - half, value + half, confidence, name)
    counts = (control.successes, control.n, arm.successes, arm.n, confidence)
    if method == "newcombe":
        lo, hi = intervals.newcombe(*counts)
    elif method == "agresti_caffo":
        lo, hi = intervals.agresti_caffo(*counts)
    else:
        corrected = method == "miettinen_nurminen"
        lo, hi = scores.difference_bounds(*counts, corrected=corrected)
    return Interval(value, float(lo), float(hi), confidence, name)


def lift_interval(
    control: Counts, arm: Counts, method: ProportionLift = "koopman", confidence: float = 0.95
) -> Interval:
    """Set of the lift ``arm rate / control rate - 1``.

    * ``"koopman"``: score interval, Koopman (1984). Without successes of control it has no upper
      bound; without any success it holds every lift. It never is undefined.
    * ``"miettinen_nurminen"``: the same with ``N / (N - 1)`` times the variance (1985).
    * ``"katz"``: symmetric in the log of the ratio, Katz et al. (1978), Biometrics 34:469; of
      proportions this is the log-delta interval. Undefined without successes.
    * ``"fieller"``: Fieller's set with the normal quantile.
    * ``"delta"``: first-order standard error of the ratio; may pass below -100 %.

    Raises:
        ValueError: If the method is unknown or the confidence not inside (0, 1).
    """
    _check(method, LIFT_NAMES, confidence)
    name = LIFT_NAMES[method]
    if not _has_users(control, arm):
        return _undefined(confidence, name)
    if method == "koopman" or method == "miettinen_nurminen":
        return _score_lift(control, arm, confidence, method)
    if control.successes == 0:
        return _undefined(confidence, name, NO_CONTROL_SUCCESS)
    found = lift_of(
        (control.rate, arm.rate),
        (_variance(control), _variance(arm)),
        math.inf,
        (int(control.n), int(arm.n)),
        confidence=confidence,
        lift=_AS_VALUES[method],
    )
    return Interval(found.value, found.lo, found.hi, confidence, name, found.shape, found.why)


def reasons(say: Translator) -> dict[str, str]:
    """Return why an interval of proportions is not bounded, in words."""
    return {
        NO_USERS: say("an arm has no users"),
        NO_CONTROL_SUCCESS: say("control has no success"),
        NO_SUCCESS: say("neither arm has a success"),
    }


def _score_lift(
    control: Counts,
    arm: Counts,
    confidence: float,
    method: Literal["koopman", "miettinen_nurminen"],
) -> Interval:
    lo, hi = scores.ratio_bounds(
        control.successes,
        control.n,
        arm.successes,
        arm.n,
        confidence,
        corrected=method == "miettinen_nurminen",
    )
    name = LIFT_NAMES[method]
    if control.successes > 0:
        value = arm.rate / control.rate - 1
        return Interval(value, float(lo) - 1, float(hi) - 1, confidence, name)
    why = NO_CONTROL_SUCCESS if arm.successes > 0 else NO_SUCCESS
    return Interval(math.nan, float(lo) - 1, math.inf, confidence, name, "unbounded", why)


def _has_users(control: Counts, arm: Counts) -> bool:
    return control.n > 0 and arm.n > 0


def _undefined(confidence: float, name: str, why: str = NO_USERS) -> Interval:
    return Interval(math.nan, math.nan, math.nan, confidence, name, "undefined", why)


def _variance(counts: Counts) -> float:
    """Squared standard error of a rate, NaN without users."""
    if not counts.n:
        return math.nan
    return counts.rate * ((counts.n - counts.successes) / counts.n) / counts.n


def _unpooled_se(control: Counts, arm: Counts) -> float:
    return math.sqrt(_variance(control) + _variance(arm))


def _pooled_se(control: Counts, arm: Counts) -> float:
    both = Counts(control.successes + arm.successes, control.n + arm.n)
    return math.sqrt(_variance(both) * (both.n / control.n + both.n / arm.n))


def _check(method: str, names: Iterable[str], confidence: float) -> None:
    if method not in (known := list(names)):
        raise ValueError(f"method: found {method!r}, expected one of {', '.join(known)}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: found {confidence}, expected between 0 and 1")
