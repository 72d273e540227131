"""Each arm of a test under the rule of the test: its effect, its p-value and how it stands."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from analysis.experiments.arms import Arms, Metric
from analysis.experiments.effect import Effect, Interval
from analysis.experiments.family import family
from analysis.experiments.margins import MarginTest, margin_test
from analysis.experiments.verdict.early import State, Watched, watch
from analysis.experiments.verdict.effects import Measured, measure
from analysis.experiments.verdict.running import at_look, by_look
from analysis.experiments.verdict.settings import FIXED, NOT_BEGUN, Settings

BOSCHLOO = "Boschloo"
STEEP = 7.0
"""Standard errors beyond which a confidence is too near to 1 to be told from it."""
REACHED = 0.999
"""Share of the planned users from which a test counts as complete."""


@dataclass(frozen=True, slots=True)
class ArmJudged:
    """One arm under the rule of the test, on the metric that decides.

    Attributes:
        arm: Name.
        measured: Its effect; intervals hold for all arms of the test together.
        p_value: Of no difference, corrected for the number of arms; always valid under that rule,
            by stagewise ordering under planned looks.
        state: See :class:`analysis.experiments.verdict.early.Watched`.
        lift_error: Standard error of the lift (delta method), for comparing tests; NaN without one.
        guardrails: Its guardrail metrics; None for one that the test did not measure.
        watched: Under a rule of looking; None with a fixed plan.
    """

    arm: str
    measured: Measured
    p_value: float
    state: State
    lift_error: float
    guardrails: tuple[MarginTest | None, ...]
    watched: Watched | None

    @property
    def breached(self) -> bool:
        """Whether a guardrail is shown to be harmed."""
        return any(test is not None and test.verdict == "breached" for test in self.guardrails)

    @property
    def unsafe(self) -> bool:
        """Whether a guardrail is not yet shown to be unharmed."""
        return any(test is None or test.verdict != "within" for test in self.guardrails)


def comparable(arms: Arms, metric: Metric) -> bool:
    """Whether a metric has users in control and in another arm."""
    found = arms.moments(metric.name)
    return arms.control in found and len(found) > 1


def judge_arms(now: Arms, arms: Arms, metric: Metric, plan: Settings) -> tuple[ArmJudged, ...]:
    """Judge every arm but control.

    Args:
        now: The test at its last look.
        arms: The test with all its looks.
        metric: The one that decides.
        plan: What was planned.
    """
    return _fixed(now, metric, plan) if plan.rule == FIXED else _watched(now, arms, metric, plan)


def _fixed(now: Arms, metric: Metric, plan: Settings) -> tuple[ArmJudged, ...]:
    """Arms of a test that is looked at once."""
    single = measure(now, metric, plan.confidence)
    names = tuple(single)
    effects = [single[arm].effect for arm in names]
    exactly = any(effect.test == BOSCHLOO for effect in effects)
    # Dunnett's test knows z and t values only; Bonferroni takes any p-value.
    judged = family(effects, "bonferroni" if exactly else "dunnett", confidence=plan.confidence)
    complete = sum(now.users().values()) >= REACHED * plan.planned_users
    errors = _lift_errors(now, metric, single)
    at_level: dict[float, dict[str, Measured]] = {}
    out = []
    for arm, p, level in zip(names, judged.p_value, judged.each, strict=True):
        own = single[arm]
        if not math.isnan(level):
            if level not in at_level:
                at_level[level] = measure(now, metric, level, exactly=False)
            own = _promised(at_level[level][arm], own, p, plan)
        state = _state(own.effect, p, plan) if complete else "open"
        rails = _guardrails(now, arm, plan)
        out.append(ArmJudged(arm, own, p, state, errors[arm], rails, None))
    return tuple(out)


def _watched(now: Arms, arms: Arms, metric: Metric, plan: Settings) -> tuple[ArmJudged, ...]:
    """Arms under a rule of looking, each measured as it stood at its last look, unadjusted."""
    names = tuple(measure(now, metric, plan.confidence, adjust=False, exactly=False))
    seen = watch(by_look(arms), metric, now.control, names, plan)
    out = []
    for arm in names:
        one = seen.get(arm)
        there = now if one is None or one.look is None else at_look(arms, one.look)
        z = math.inf if one is None else one.z
        level = 1 - 2 * float(special.ndtr(-z)) if z < STEEP else plan.confidence
        single = measure(there, metric, level, adjust=False, exactly=False)
        own = single[arm]
        effect = own.effect if z < STEEP else _stretched(own.effect, z)
        own = replace(own, effect=_at(effect, plan.confidence))
        p = math.nan if one is None else min(one.p_value * len(names), 1.0)
        state: State = "open" if one is None else one.state
        rails = _guardrails(now, arm, plan)
        error = _lift_errors(there, metric, single)[arm]
        out.append(ArmJudged(arm, own, p, state, error, rails, one))
    return tuple(out)


def _promised(wide: Measured, single: Measured, p: float, plan: Settings) -> Measured:
    """An effect whose intervals hold for all arms together and agree with its p-value."""
    effect = _at(wide.effect, plan.confidence)
    if single.effect.test == BOSCHLOO:
        # The exact test is wider than the score interval: what it does not exclude stays in.
        effect = replace(effect, p_value=single.effect.p_value, test=single.effect.test)
        if p > plan.alpha:
            effect = replace(
                effect, difference=_holding(effect.difference), lift=_holding(effect.lift)
            )
    return replace(wide, effect=effect)


def _holding(interval: Interval) -> Interval:
    """An interval that holds 0."""
    return replace(interval, lo=min(interval.lo, 0.0), hi=max(interval.hi, 0.0))


def _stretched(effect: Effect, z: float) -> Effect:
    """An effect within so many standard errors that no confidence tells them from certainty."""
    if not math.isfinite(z):
        return _open(effect)
    half = z * effect.se
    difference = replace(
        effect.difference, lo=effect.difference.value - half, hi=effect.difference.value + half
    )
    lift = effect.lift
    if lift.shape == "bounded":
        gap = half / abs(effect.control_value)
        lift = replace(lift, lo=lift.value - gap, hi=lift.value + gap)
    return replace(effect, difference=difference, lift=lift)


def _at(effect: Effect, confidence: float) -> Effect:
    """An effect whose intervals bear the level that they have together."""
    return replace(
        effect,
        difference=replace(effect.difference, confidence=confidence),
        lift=replace(effect.lift, confidence=confidence),
    )


def _open(effect: Effect) -> Effect:
    """An effect at a look at which the rule has no bounds yet."""

    def opened(old: Interval) -> Interval:
        if old.shape == "undefined":
            return old
        return replace(old, lo=-math.inf, hi=math.inf, shape="unbounded", why=NOT_BEGUN)

    return replace(effect, difference=opened(effect.difference), lift=opened(effect.lift))


def _lift_errors(now: Arms, metric: Metric, single: dict[str, Measured]) -> dict[str, float]:
    """Standard errors of the lifts by the delta method, as much smaller as adjusting made them."""
    frame = now.frame()
    rows = frame[frame["metric"] == metric.name].set_index("variant")
    value, error = rows["mean"], rows["variance"] / rows["n"]
    base, base_error = float(value[now.control]), float(error[now.control])
    out = {}
    for arm, one in single.items():
        spread = (
            float(error[arm]) + (float(value[arm]) / base) ** 2 * base_error if base else np.nan
        )
        gain = one.effect.se / one.raw.se if one.raw.se > 0 else 1.0
        out[arm] = math.sqrt(spread) / abs(base) * gain if spread > 0 else math.nan
    return out


def _state(effect: Effect, p: float, plan: Settings) -> State:
    if math.isnan(p):
        return "unknown"
    if p > plan.alpha:
        return "ended"
    return "better" if np.sign(effect.difference.value) == plan.sign(effect.metric) else "worse"


def _guardrails(now: Arms, arm: str, plan: Settings) -> tuple[MarginTest | None, ...]:
    """Each guardrail of an arm; None for one that this test did not measure."""
    out: list[MarginTest | None] = []
    for name, margin in plan.guardrails.items():
        metric = now.metric(name)
        known = measure(now, metric, plan.confidence) if comparable(now, metric) else {}
        better = plan.sign(name) > 0
        out.append(
            margin_test(known[arm].effect, margin=margin, larger_is_better=better)
            if arm in known
            else None
        )
    return tuple(out)
