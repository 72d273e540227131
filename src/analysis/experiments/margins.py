"""Guardrails: is an arm no worse than control by more than a margin?

Non-inferiority by the confidence interval: an arm is within the margin when the one-sided bound of
the effect on the harmful side does not reach it, and breaches it when the bound on the other side
does not either (Piaggio et al. 2012, JAMA 308:2594–2604; ICH E9). A two-sided interval of 95 %
gives one-sided bounds of 97.5 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy import special

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.experiments import proportions
from analysis.experiments.contrast import quantile
from analysis.experiments.effect import Effect, Interval
from analysis.experiments.moments import Counts

Kind = Literal["lift", "difference"]
Verdict = Literal["within", "breached", "undecided"]

# A bound this near to value ± quantile * se is that, after rounding.
SAME = 1e-9
# Score intervals, which a score test goes with, and whether its variance is N / (N - 1) as large.
_SCORES = {
    proportions.DIFFERENCE_NAMES["mee"]: False,
    proportions.LIFT_NAMES["koopman"]: False,
    proportions.LIFT_NAMES["miettinen_nurminen"]: True,
}


@dataclass(frozen=True, slots=True)
class MarginTest:
    """An effect against the worst that is acceptable.

    Attributes:
        verdict: ``"within"``: shown to be no worse than the margin; ``"breached"``: shown to be
            worse; ``"undecided"``: neither.
        kind: ``"lift"`` or ``"difference"``.
        margin: Largest acceptable harm, at least 0: a share of control's value for a lift, in the
            metric's unit for a difference.
        larger_is_better: Whether harm is a fall of the metric.
        alpha: One-sided level.
        value: Estimate of the effect.
        worst: One-sided bound on the side of harm; infinite or NaN where the data give none.
        best: One-sided bound on the other side.
        p_value: One-sided, of an effect at the margin or beyond; NaN where the interval comes with
            no test (Fieller, bootstrap). At most ``alpha`` exactly when the verdict is "within".
        metric: Name of the metric; empty if the effect has none.
        in_points: Whether a difference is one of shares, to be written in points.
    """

    verdict: Verdict
    kind: Kind
    margin: float
    larger_is_better: bool
    alpha: float
    value: float
    worst: float
    best: float
    p_value: float
    metric: str
    in_points: bool

    def summary(self, lang: str = "en") -> str:
        """One sentence: the verdict and the bound it rests on (``lang`` en or zh)."""
        say = translator(lang)
        sentence = _sentence(self, lang, say)
        return say("{one}: {other}", one=self.metric, other=sentence) if self.metric else sentence


def margin_test(
    effect: Effect,
    *,
    margin: float,
    kind: Kind = "lift",
    larger_is_better: bool = True,
    alpha: float | None = None,
) -> MarginTest:
    """Judge an effect against a margin of non-inferiority.

    Args:
        effect: Of an arm against control.
        margin: Largest acceptable harm, at least 0.
        kind: Whether the margin is one of the lift or of the difference.
        larger_is_better: Whether harm is a fall of the metric.
        alpha: One-sided level; the one the effect's interval implies, ``(1 - confidence) / 2``,
            when None. Another is possible for normal and t intervals of a difference only: all
            others are not symmetric, and have to be computed at ``1 - 2 alpha``.

    Raises:
        ValueError: If the margin is negative, a name unknown, or the interval has another level.
    """
    if not margin >= 0:
        raise ValueError(f"margin: found {margin}, expected at least 0")
    if kind not in ("lift", "difference"):
        raise ValueError(f"kind: found {kind!r}, expected lift or difference")
    interval = effect.lift if kind == "lift" else effect.difference
    implied = (1 - interval.confidence) / 2
    level = implied if alpha is None else alpha
    lo, hi = _bounds(effect, interval, kind, level)
    worst, best = (lo, hi) if larger_is_better else (hi, lo)
    sign = 1 if larger_is_better else -1
    verdict: Verdict = "undecided"
    if sign * worst > -margin:
        verdict = "within"
    elif sign * best < -margin:
        verdict = "breached"
    return MarginTest(
        verdict=verdict,
        kind=kind,
        margin=margin,
        larger_is_better=larger_is_better,
        alpha=level,
        value=interval.value,
        worst=worst,
        best=best,
        p_value=_p_value(effect, interval, kind, -sign * margin, larger_is_better),
        metric=effect.metric,
        in_points=kind == "difference" and effect.test in proportions.TEST_NAMES.values(),
    )


def _bounds(effect: Effect, interval: Interval, kind: Kind, level: float) -> tuple[float, float]:
    """One-sided bounds; infinite on a side the data leave open, NaN without a set."""
    if interval.shape == "outside":
        return -math.inf, math.inf
    if math.isclose(level, (1 - interval.confidence) / 2, rel_tol=1e-9):
        return interval.lo, interval.hi
    if not 0 < level < 0.5:
        raise ValueError(f"alpha: found {level}, expected between 0 and 0.5")
    if not _is_wald(effect, interval, kind):
        raise ValueError(
            f"alpha: found {level} with an interval of {interval.confidence}, "
            f"expected an interval of {1 - 2 * level:g}"
        )
    half = quantile(1 - 2 * level, effect.df) * effect.se
    return interval.value - half, interval.value + half


def _is_wald(effect: Effect, interval: Interval, kind: Kind) -> bool:
    """Whether an interval is the difference with a quantile of standard errors around it."""
    if kind == "lift" or interval.shape != "bounded" or not effect.se > 0:
        return False
    half = quantile(interval.confidence, effect.df) * effect.se
    near = SAME * half
    return (
        abs(interval.hi - interval.value - half) <= near
        and abs(interval.value - interval.lo - half) <= near
    )


def _p_value(
    effect: Effect, interval: Interval, kind: Kind, null: float, larger_is_better: bool
) -> float:
    """One-sided p-value of the null at the margin, from the test that the interval inverts."""
    if _is_wald(effect, interval, kind):
        score = (interval.value - null) / effect.se * (1 if larger_is_better else -1)
        tail = special.ndtr(-score) if math.isinf(effect.df) else special.stdtr(effect.df, -score)
        return float(tail)
    corrected = _SCORES.get(interval.method)
    if corrected is None or interval.shape == "undefined":
        return math.nan
    if null < -1:
        return 0.0  # no share falls that far
    control, arm = (
        Counts(min(rate * n, n), n)
        for rate, n in ((effect.control_value, effect.n_control), (effect.arm_value, effect.n_arm))
    )
    return proportions.score_test(
        control,
        arm,
        difference=null if kind == "difference" else None,
        lift=null if kind == "lift" else None,
        alternative="greater" if larger_is_better else "less",
        corrected=corrected,
    ).p_value


def _written(value: float, result: MarginTest, lang: str, say: Translator) -> str:
    if result.kind == "lift":
        return formats.signed_percent(value)
    sign = "+" if value > 0 else ""
    if not result.in_points:
        return sign + formats.number(value, lang)
    return say("{points} points", points=sign + formats.fixed(100 * value, 2))


def _sentence(result: MarginTest, lang: str, say: Translator) -> str:
    harm = -result.margin if result.larger_is_better else result.margin
    bound = result.best if result.verdict == "breached" else result.worst
    values = {
        "what": say("the lift") if result.kind == "lift" else say("the difference"),
        "margin": _written(harm, result, lang, say),
        "bound": _written(bound, result, lang, say),
        "level": formats.percent(1 - result.alpha),
    }
    if not math.isfinite(bound):
        return say(
            "Undecided: the data do not bound {what} ({margin} is allowed).",
            what=values["what"],
            margin=values["margin"],
        )
    if result.verdict == "undecided":
        return say(
            "Undecided: {what} could be as bad as {bound} ({level}, one-sided); {margin} is "
            "allowed.", **values,
        )  # fmt: skip
    above = (result.verdict == "within") == result.larger_is_better
    if result.verdict == "within":
        if above:
            return say(
                "Within the margin: {what} is above {bound} ({level}, one-sided); {margin} is "
                "allowed.", **values,
            )  # fmt: skip
        return say(
            "Within the margin: {what} is below {bound} ({level}, one-sided); {margin} is allowed.",
            **values,
        )
    if above:
        return say(
            "Margin breached: {what} is above {bound} ({level}, one-sided); {margin} is allowed.",
            **values,
        )
    return say(
        "Margin breached: {what} is below {bound} ({level}, one-sided); {margin} is allowed.",
        **values,
    )
