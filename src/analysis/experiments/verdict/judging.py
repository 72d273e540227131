"""The decision about one test: ship an arm, keep control, go on, or trust none of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import special

from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.experiments.always_valid import AlwaysValid
from analysis.experiments.arms import Arms, Flag, Metric
from analysis.experiments.bayes import BayesResult, bayes
from analysis.experiments.design import Means, Proportions, Rule, solve
from analysis.experiments.effect import Effect, Interval
from analysis.experiments.family import family
from analysis.experiments.margins import MarginTest, margin_test
from analysis.experiments.moments import Counts, Sample
from analysis.experiments.sequential import SequentialTest
from analysis.experiments.srm import SampleRatio, srm
from analysis.experiments.trust import Trust
from analysis.experiments.verdict.early import State, Watched, watch
from analysis.experiments.verdict.effects import Measured, measure
from analysis.experiments.verdict.running import at_look, by_look, latest, looks_of
from analysis.experiments.verdict.settings import (
    FIXED,
    NOT_BEGUN,
    Settings,
    check_names,
)
from analysis.experiments.verdict.trusted import trusted

Decision = Literal["ship", "keep", "continue", "broken"]
POWER = 0.8
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


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One test and what to do about it.

    Attributes:
        name: Of the test; empty if its table holds one test only.
        decision: ``"ship"`` the arm, ``"keep"`` control, ``"continue"`` or ``"broken"``.
        arm: The arm that the decision is about: the one to ship, else the best one so far.
        why: Reason, an English id of :mod:`analysis.experiments.verdict.words`.
        until: Users of all arms after which to decide; NaN where nobody can say.
        metric: The one that decides.
        arms: Each arm but control, in order.
        others: Effects on the other metrics, by metric and arm, each with its own interval.
        users: Users of each arm, control first.
        trust: The checks.
        flags: Rows that cast doubt on the test, with examples.
        looks: Number of looks or days in the table.
        samples: Each arm on the metric that decides, control first; empty for ratios.
        settings: What was planned.
    """

    name: str
    decision: Decision
    arm: str
    why: str
    until: float
    metric: Metric
    arms: tuple[ArmJudged, ...]
    others: tuple[Measured, ...]
    users: dict[str, int]
    trust: Trust
    flags: tuple[Flag, ...]
    looks: int
    samples: Mapping[str, Counts] | Mapping[str, Sample]
    settings: Settings

    @property
    def chosen(self) -> ArmJudged:
        """The arm that the decision is about."""
        return next(one for one in self.arms if one.arm == self.arm)

    @property
    def control(self) -> str:
        """Name of control."""
        return next(iter(self.users))

    @property
    def beliefs(self) -> BayesResult | None:
        """Bayesian view of the metric that decides; None for ratios, and without two users."""
        spread = [s.sample() if isinstance(s, Counts) else s for s in self.samples.values()]
        usable = all(sample.n > 1 for sample in spread) and any(s.variance > 0 for s in spread)
        if not usable:
            return None
        better = self.settings.sign(self.metric.name) > 0
        return bayes(self.samples, control=self.control, larger_is_better=better)

    @property
    def ratio(self) -> SampleRatio:
        """Users of the arms against the planned shares."""
        return srm(self.users, self.settings.weights)

    @property
    def watching(self) -> SequentialTest | AlwaysValid | None:
        """The rule of looking of the arm that the decision is about; None with a fixed plan."""
        watched = self.chosen.watched
        return watched.result if watched else None

    def table(self, lang: str = "en") -> pd.DataFrame:
        """One row an arm and metric: values, lift, its bounds, p-value (``lang`` en or zh)."""
        from analysis.experiments.verdict.tables import effects_table

        return effects_table([self], lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Lifts of all arms and metrics with their intervals."""
        from analysis.experiments.verdict.forest import forest

        return forest([self], ax, lang)

    def action(self, lang: str = "en") -> str:
        """What to do and why, without the numbers (``lang`` en or zh)."""
        from analysis.experiments.verdict.words import action

        return action(self, translator(lang), lang)

    def summary(self, lang: str = "en") -> str:
        """The decision and what it rests on (``lang`` en or zh)."""
        from analysis.experiments.verdict.words import sentence

        return sentence(self, lang)


def primary_of(arms: Arms, settings: Settings) -> Metric:
    """The metric that decides: the one named, or the first with users in control and an arm.

    Raises:
        InputError: If the settings name one that is not there, or no metric can be compared.
    """
    check_names(settings, [m.name for m in arms.metrics], arms.names)
    known = [m for m in arms.metrics if _comparable(arms, m)]
    if settings.primary and settings.primary not in [m.name for m in known]:
        raise InputError(f"primary: found no users with {settings.primary!r} in two arms of a test")
    if not known:
        raise InputError(f"found no metric with users in {arms.control!r} and in another arm")
    return next((m for m in known if m.name == settings.primary), known[0])


def _comparable(arms: Arms, metric: Metric) -> bool:
    found = arms.moments(metric.name)
    return arms.control in found and len(found) > 1


def judge(arms: Arms, settings: Settings | None = None, *, name: str = "") -> Judged:
    """Judge one test.

    The arms are compared with control on one metric, with one error rate over all of them
    (Dunnett under a fixed plan, Bonferroni under a rule of looking). An arm is shipped if it is
    better and none of its guardrails is harmed or in doubt; other metrics inform, with intervals
    of their own.

    Args:
        arms: Moments of the test.
        settings: What was planned; a fixed plan of unknown size when None.
        name: Of the test.

    Raises:
        InputError: If the settings do not fit the test, or no metric can be compared.
    """
    plan = settings or Settings()
    now = latest(arms)
    metric = primary_of(now, plan)
    judged = _arms(now, arms, metric, plan)
    checks = trusted(now, arms, plan)
    made = Judged(
        name=name, decision="keep", arm=_best(judged, plan.sign(metric.name)).arm, why="",
        until=math.nan, metric=metric, arms=judged, others=_others(now, metric, plan),
        users=now.users(), trust=checks, flags=now.flags, looks=looks_of(arms),
        samples=_samples(now, metric), settings=plan,
    )  # fmt: skip
    return _decided(made)


def _arms(now: Arms, arms: Arms, metric: Metric, plan: Settings) -> tuple[ArmJudged, ...]:
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
        known = measure(now, metric, plan.confidence) if _comparable(now, metric) else {}
        better = plan.sign(name) > 0
        out.append(
            margin_test(known[arm].effect, margin=margin, larger_is_better=better)
            if arm in known
            else None
        )
    return tuple(out)


def _others(now: Arms, primary: Metric, plan: Settings) -> tuple[Measured, ...]:
    out: list[Measured] = []
    for metric in now.metrics:
        if metric.name != primary.name and _comparable(now, metric):
            out += measure(now, metric, plan.confidence).values()
    return tuple(out)


def _samples(now: Arms, metric: Metric) -> Mapping[str, Counts] | Mapping[str, Sample]:
    if metric.kind == "ratio":
        return {}
    return now.counts(metric.name) if metric.kind == "proportion" else now.samples(metric.name)


def _best(judged: Sequence[ArmJudged], sign: int) -> ArmJudged:
    """The arm with the best difference, of those that could be judged if there are any."""

    def rank(one: ArmJudged) -> tuple[bool, float, str]:
        value = sign * one.measured.effect.difference.value
        return not math.isnan(one.p_value), -math.inf if math.isnan(value) else value, one.arm

    return max(judged, key=rank)


def _too_small(one: ArmJudged, plan: Settings, sign: int) -> bool:
    """Whether a lift that is worth shipping is ruled out."""
    lift = one.measured.effect.lift
    most = lift.hi if sign > 0 else -lift.lo
    return plan.relevant_lift > 0 and lift.shape == "bounded" and most < plan.relevant_lift


def _decided(made: Judged) -> Judged:
    """The decision, from the arms' states, their guardrails and the trust checks."""
    plan, sign = made.settings, made.settings.sign(made.metric.name)
    if made.trust.blocked:
        return replace(made, decision="broken", why="not to be trusted")
    better = [one for one in made.arms if one.state == "better" and not _too_small(one, plan, sign)]
    safe = [one for one in better if not one.unsafe]
    if safe:
        return replace(made, decision="ship", arm=_best(safe, sign).arm, why="better")
    doubtful = [one for one in better if not one.breached]
    if doubtful:
        best = _best(doubtful, sign)
        missing = any(test is None for test in best.guardrails)
        why = "guardrail not measured" if missing else "guardrail in doubt"
        return replace(made, decision="continue", arm=best.arm, why=why)
    going = [one for one in made.arms if one.state == "open" and not _too_small(one, plan, sign)]
    if going:
        why = "not complete" if plan.rule == FIXED else "no bound crossed"
        arm = _best(going, sign).arm
        return replace(made, decision="continue", arm=arm, why=why, until=_until(made, going))
    if better:
        return replace(made, arm=_best(better, sign).arm, why="guardrail harmed")
    if all(one.state == "unknown" for one in made.arms):
        return replace(made, decision="continue", why="cannot be judged")
    if all(one.state == "worse" for one in made.arms):
        return replace(made, why="worse")
    if all(_too_small(one, plan, sign) or one.state == "worse" for one in made.arms):
        return replace(made, why="too small to matter")
    if any(one.state == "futile" for one in made.arms):
        return replace(made, why="futile")
    return _undecided(made, sign)


def _until(made: Judged, going: Sequence[ArmJudged]) -> float:
    """Users of all arms at which to look next; NaN for at any time."""
    if made.settings.rule == FIXED:
        return made.settings.planned_users
    due = [one.watched.until for one in going if one.watched is not None]
    known = [until for until in due if not math.isnan(until)]
    return min(known) if known else math.nan


def _undecided(made: Judged, sign: int) -> Judged:
    """A complete test without a difference: keep, or go on for a lift that is worth it."""
    relevant = made.settings.relevant_lift
    if not relevant or made.settings.planned_users or made.settings.rule != FIXED:
        return replace(made, why="no difference shown")
    until = needed(made, relevant)
    # A size that was reached already promises nothing: more users than ever planned are needed.
    until = until if until > sum(made.users.values()) else math.nan
    return replace(made, decision="continue", why="may still matter", until=until)


def needed(made: Judged, lift: float) -> float:
    """Users of all arms that find a lift with a power of 80 %; NaN where it cannot be computed."""
    effect = made.chosen.measured.raw
    value, alpha = effect.control_value, made.settings.alpha / len(made.arms)
    if not value > 0 or made.metric.kind == "ratio":
        return math.nan
    sign = made.settings.sign(made.metric.name)
    if made.metric.kind == "proportion":
        if not 0 < value * (1 + sign * lift) < 1:
            return math.nan
        setting: Proportions | Means = Proportions(value, Rule(alpha=alpha))
    else:
        spread = effect.se / math.sqrt(1 / effect.n_control + 1 / effect.n_arm)
        setting = Means(value, spread, Rule(alpha=alpha))
    design = solve(setting, lift=sign * lift, power=POWER, arms=len(made.arms))
    return design.total if math.isfinite(design.n) else math.nan
