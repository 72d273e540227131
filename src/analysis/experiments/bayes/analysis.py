"""A test as a bet: how likely each arm is the best, and what choosing it may cost.

Shares have the exact Beta–Binomial posterior; means the normal approximation with a
unit-information prior: normal around the mean of all arms with the variance of one user, so that it
weighs as much as a single user (Kass & Wasserman 1995, JASA 90). The decision is by expected loss
(Stucchio 2015): ship the arm that would cost least once that cost is below what one is ready to
lose.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from scipy import special

from analysis.base.errors import InputError, nearest
from analysis.experiments.bayes.contest import best_and_loss, difference_quantile, ratio_quantile
from analysis.experiments.bayes.posteriors import Beta, Normal, Posterior
from analysis.experiments.bayes.words import UNIT, bayes_sentence, bayes_table
from analysis.experiments.effect import Interval
from analysis.experiments.moments import Counts, Sample

Verdict = Literal["ship", "keep", "continue"]
READY_TO_LOSE = 0.01
"""Share of control's value that a decision may cost on average, if nothing else is said."""
BETA, NORMAL = "Beta–Binomial", "normal"
NOT_ABOVE_0 = "control's mean is not clearly above 0"
ITSELF = "control is not compared with itself"


@dataclass(frozen=True, slots=True)
class BayesArm:
    """What is believed about one arm.

    Attributes:
        name: Of the arm.
        posterior: The belief.
        value: Posterior mean of its rate or mean, with an equal-tailed credible interval.
        difference: Of it and control's.
        lift: Of it over control's.
        best: P(best of all arms).
        beats_control: P(above control); NaN for control.
        loss: Expected loss against the best arm if this one is chosen, in the metric's unit.
    """

    name: str
    posterior: Posterior
    value: Interval
    difference: Interval
    lift: Interval
    best: float
    beats_control: float
    loss: float


@dataclass(frozen=True)
class BayesResult:
    """All arms of a test, control first.

    Attributes:
        arms: ``(k,)``.
        threshold: Expected loss that ends the test, in the metric's unit.
        verdict: ``"ship"`` or ``"keep"`` when the least expected loss is below the threshold,
            else ``"continue"``.
        choice: Name of the arm with the least expected loss.
        prior: What was believed before, in words of the method.
        unit: ``share``, or the unit of the mean.
    """

    arms: tuple[BayesArm, ...]
    threshold: float
    verdict: Verdict
    choice: str
    prior: str
    unit: str

    def arm(self, name: str) -> BayesArm:
        """One arm by its name."""
        return {arm.name: arm for arm in self.arms}[name]

    def table(self) -> pd.DataFrame:
        """One row an arm.

        ``arm, value, value_lo, value_hi, lift, lift_lo, lift_hi, best, above_control,
        expected_loss``: of control there is no lift nor a chance to be above itself.
        """
        return bayes_table(self)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Belief about each arm, with P(best) and expected loss."""
        from analysis.experiments.bayes.plots import beliefs

        return beliefs(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: what to do, how likely it is right, and what it costs if not."""
        return bayes_sentence(self, lang)


def bayes(
    arms: Mapping[str, Counts] | Mapping[str, Sample],
    *,
    control: str | None = None,
    prior: tuple[float, float] = (1.0, 1.0),
    threshold: float | None = None,
    confidence: float = 0.95,
    unit: str = "",
    larger_is_better: bool = True,
) -> BayesResult:
    """Compare arms by what is believed after the test.

    Args:
        arms: Name → counts (shares) or moments (means), at least two of one kind.
        control: Name of control; the first arm when None.
        prior: ``(a, b)`` of every share's beta prior; (1, 1) is flat. Means have the
            unit-information prior.
        threshold: Expected loss that ends the test, in the metric's unit; one per cent of control's
            value when None.
        confidence: Of the credible intervals.
        unit: Of means, for the words.
        larger_is_better: Whether the best arm is the highest; else it is the lowest.

    Raises:
        InputError: If control is not among the arms, there are fewer than two, an arm of means has
            fewer than two users, or no user differs from another.
    """
    names = list(arms)
    first = names[0] if control is None and names else control
    if first not in arms:
        raise InputError(f"control: found no arm {first!r}; {nearest(str(first), names)}")
    if len(names) < 2:
        raise InputError(f"arms: found only {names[0]!r}, expected control and at least one arm")
    ordered = [str(first), *(name for name in names if name != first)]
    counts = {name: arm for name, arm in arms.items() if isinstance(arm, Counts)}
    means = {name: arm for name, arm in arms.items() if isinstance(arm, Sample)}
    if len(counts) == len(arms):
        a, b = prior
        beliefs: dict[str, Posterior] = {
            name: Beta(a + arm.successes, b + arm.n - arm.successes) for name, arm in counts.items()
        }
        words, unit = f"Beta({a:g}, {b:g})", "share"
    elif len(means) == len(arms):
        beliefs, words = _normal_beliefs(means), UNIT
    else:
        raise ValueError("found counts and moments together, expected one kind")
    posteriors = [beliefs[name] for name in ordered]
    best, loss = best_and_loss(posteriors if larger_is_better else _mirrored(posteriors))
    result = tuple(
        _arm(name, posteriors, i, float(best[i]), float(loss[i]), confidence)
        for i, name in enumerate(ordered)
    )
    limit = READY_TO_LOSE * abs(posteriors[0].mean) if threshold is None else threshold
    choice = min(result, key=lambda arm: arm.loss)
    verdict: Verdict = "keep" if choice is result[0] else "ship"
    return BayesResult(
        result, limit, verdict if choice.loss < limit else "continue", choice.name, words, unit
    )


def _mirrored(posteriors: Sequence[Posterior]) -> list[Posterior]:
    """Beliefs about what is left to 1, or about the negative: the lowest becomes the highest."""
    return [
        Beta(p.b, p.a) if isinstance(p, Beta) else Normal(-p.m, p.s)
        for p in posteriors
        if isinstance(p, Beta | Normal)
    ]


def _normal_beliefs(arms: Mapping[str, Sample]) -> dict[str, Posterior]:
    few = [name for name, arm in arms.items() if arm.n < 2]
    if few:
        raise InputError(f"arm {few[0]!r}: found 1 user, expected at least two for a mean's error")
    n = sum(arm.n for arm in arms.values())
    centre = sum(arm.n * arm.mean for arm in arms.values()) / n
    one_user = sum(
        (arm.n - 1) * arm.variance + arm.n * (arm.mean - centre) ** 2 for arm in arms.values()
    ) / (n - 1)
    if not one_user > 0:
        raise InputError("arms: found the same value for every user, expected users who differ")
    beliefs: dict[str, Posterior] = {}
    for name, arm in arms.items():
        # An arm without variance of its own is as uncertain as users in general.
        weight = arm.n / (arm.variance if arm.variance > 0 else one_user)
        precision = weight + 1 / one_user
        mean = (weight * arm.mean + centre / one_user) / precision
        beliefs[name] = Normal(mean, precision**-0.5)
    return beliefs


def _arm(
    name: str, posteriors: list[Posterior], i: int, best: float, loss: float, confidence: float
) -> BayesArm:
    control, own = posteriors[0], posteriors[i]
    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    method = BETA if isinstance(own, Beta) else NORMAL
    value = Interval(own.mean, own.quantile(tails[0]), own.quantile(tails[1]), confidence, method)
    if not i:
        nan = Interval(math.nan, math.nan, math.nan, confidence, method, "undefined", ITSELF)
        return BayesArm(name, own, value, nan, nan, best, math.nan, loss)
    beats = float(best_and_loss([control, own])[0][1])
    gap = [difference_quantile(control, own, tail) for tail in tails]
    difference = Interval(own.mean - control.mean, gap[0], gap[1], confidence, method)
    lift = _lift(control, own, tails, confidence, method)
    return BayesArm(name, own, value, difference, lift, best, beats, loss)


def _lift(
    control: Posterior, arm: Posterior, tails: tuple[float, float], confidence: float, method: str
) -> Interval:
    """Median and equal-tailed interval of the lift: a ratio of beliefs may have no mean."""
    points = (tails[0], 0.5, tails[1])
    if isinstance(control, Normal) and isinstance(arm, Normal):
        if control.m < 6 * control.s:
            why = NOT_ABOVE_0
            return Interval(math.nan, math.nan, math.nan, confidence, method, "undefined", why)
        lo, middle, hi = (_normal_ratio(control, arm, p) - 1 for p in points)
    else:
        lo, middle, hi = (ratio_quantile(control, arm, p) - 1 for p in points)
    return Interval(middle, lo, hi, confidence, method)


def _normal_ratio(control: Normal, arm: Normal, p: float) -> float:
    """Quantile r of arm over a positive control: ``P(arm - r control < 0) = p`` (Fieller 1954)."""
    z = float(special.ndtri(p))
    a = control.m**2 - (z * control.s) ** 2
    b = control.m * arm.m
    root = math.sqrt(max(b * b - a * (arm.m**2 - (z * arm.s) ** 2), 0.0))
    return (b + math.copysign(root, z)) / a if z else b / a
