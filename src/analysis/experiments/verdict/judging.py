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
from analysis.experiments.verdict.running import by_look, latest, looks_of
from analysis.experiments.verdict.settings import (
    ALWAYS_VALID,
    FIXED,
    NOT_BEGUN,
    Settings,
    check_names,
)
from analysis.experiments.verdict.trusted import trusted

Decision = Literal["ship", "keep", "continue", "broken"]
POWER = 0.8
BOSCHLOO = "Boschloo"
HIGHEST = 1 - 1e-12
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
        guardrails: Its guardrail metrics.
        watched: Under a rule of looking; None with a fixed plan.
    """

    arm: str
    measured: Measured
    p_value: float
    state: State
    lift_error: float
    guardrails: tuple[MarginTest, ...]
    watched: Watched | None

    @property
    def breached(self) -> bool:
        """Whether a guardrail is shown to be harmed."""
        return any(test.verdict == "breached" for test in self.guardrails)

    @property
    def unsafe(self) -> bool:
        """Whether a guardrail is not yet shown to be unharmed."""
        return any(test.verdict != "within" for test in self.guardrails)


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
        return bayes(self.samples, control=self.control) if usable else None

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
    single = measure(now, metric, plan.confidence)
    names = tuple(single)
    effects = [single[arm].effect for arm in names]
    exactly = any(effect.test == BOSCHLOO for effect in effects)
    # Dunnett's test knows z and t values only; Bonferroni takes any p-value.
    judged = family(effects, "bonferroni" if exactly else "dunnett", confidence=plan.confidence)
    levels = dict(zip(names, judged.each, strict=True))
    watched: dict[str, Watched] = {}
    if plan.rule != FIXED:
        watched = watch(by_look(arms), metric, now.control, names, plan)
        levels = {arm: _single_level(watched[arm]) if arm in watched else 1.0 for arm in names}
    together = _together(now, metric, single, levels, plan)
    errors = _lift_errors(now, metric, single)
    complete = sum(now.users().values()) >= REACHED * plan.planned_users
    out = []
    for i, arm in enumerate(names):
        seen = watched.get(arm)
        p, state = judged.p_value[i], _state(together[arm].effect, judged.p_value[i], plan)
        if plan.rule != FIXED:
            p = min(seen.p_value * len(names), 1.0) if seen else math.nan
            state = seen.state if seen else "open"
        elif not complete:
            state = "open"
        rails = tuple(_guardrails(now, arm, plan))
        out.append(ArmJudged(arm, together[arm], p, state, errors[arm], rails, seen))
    return tuple(out)


def _together(
    now: Arms, metric: Metric, single: dict[str, Measured], levels: dict[str, float], plan: Settings
) -> dict[str, Measured]:
    """Effects whose intervals hold for all arms and looks together.

    Args:
        now: The test at its last look.
        metric: The one that decides.
        single: Each arm's effect by itself.
        levels: Confidence of one interval by itself that keeps the promise; NaN for none.
        plan: With the promise.
    """
    out = {}
    for arm, level in levels.items():
        if math.isnan(level):
            out[arm] = single[arm]
        elif level > HIGHEST:
            out[arm] = replace(single[arm], effect=_open(single[arm].effect, plan.confidence))
        else:
            made = measure(now, metric, level)[arm]
            out[arm] = replace(made, effect=_promised(made.effect, plan.confidence))
    return out


def _promised(effect: Effect, confidence: float) -> Effect:
    """An effect whose intervals bear the level that they have together."""
    return replace(
        effect,
        difference=replace(effect.difference, confidence=confidence),
        lift=replace(effect.lift, confidence=confidence),
    )


def _open(effect: Effect, confidence: float) -> Effect:
    """An effect at a look at which the rule has no bounds yet."""

    def opened(old: Interval) -> Interval:
        return replace(
            old, lo=-math.inf, hi=math.inf, confidence=confidence, shape="unbounded", why=NOT_BEGUN
        )

    return replace(effect, difference=opened(effect.difference), lift=opened(effect.lift))


def _single_level(watched: Watched) -> float:
    """Confidence of an interval looked at once that is as wide as the rule's at its last look."""
    if isinstance(watched.result, SequentialTest):
        at = len(watched.result.looks) - 1
        z = float(watched.result.bounds.upper[at])
    else:
        last = watched.result.frame.iloc[-1]
        z = float((last["hi"] - last["estimate"]) / last["se"])
    return float(1 - 2 * special.ndtr(-z))


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
    if math.isnan(p) or p > plan.alpha:
        return "ended"
    return "better" if np.sign(effect.difference.value) == plan.sign(effect.metric) else "worse"


def _guardrails(now: Arms, arm: str, plan: Settings) -> list[MarginTest]:
    out = []
    for name, margin in plan.guardrails.items():
        metric = now.metric(name)
        measured = (
            measure(now, metric, plan.confidence).get(arm) if _comparable(now, metric) else None
        )
        if measured is not None:
            better = plan.sign(name) > 0
            out.append(margin_test(measured.effect, margin=margin, larger_is_better=better))
    return out


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
    return max(judged, key=lambda one: (sign * one.measured.effect.difference.value, one.arm))


def _decided(made: Judged) -> Judged:
    """The decision, from the arms' states, their guardrails and the trust checks."""
    plan, sign = made.settings, made.settings.sign(made.metric.name)
    if made.trust.blocked:
        return replace(made, decision="broken", why="not to be trusted")
    better = [one for one in made.arms if one.state == "better"]
    safe = [one for one in better if not one.unsafe]
    if safe:
        return replace(made, decision="ship", arm=_best(safe, sign).arm, why="better")
    doubtful = [one for one in better if not one.breached]
    if doubtful:
        arm = _best(doubtful, sign).arm
        return replace(made, decision="continue", arm=arm, why="guardrail in doubt")
    if better:
        return replace(made, decision="keep", arm=_best(better, sign).arm, why="guardrail harmed")
    if any(one.state == "open" for one in made.arms):
        why = "not complete" if plan.rule == FIXED else "no bound crossed"
        until = plan.planned_users if plan.planned_users else math.nan
        if plan.rule == ALWAYS_VALID:
            until = math.nan
        return replace(made, decision="continue", why=why, until=until)
    if all(one.state == "worse" for one in made.arms):
        return replace(made, why="worse")
    if any(one.state == "futile" for one in made.arms):
        return replace(made, why="futile")
    return _undecided(made, sign)


def _undecided(made: Judged, sign: int) -> Judged:
    """A complete test without a difference: keep, or go on for a lift that is worth it."""
    relevant = made.settings.relevant_lift
    lift = made.chosen.measured.effect.lift
    possible = lift.hi if sign > 0 else -lift.lo
    if not relevant:
        return replace(made, why="no difference shown")
    if lift.shape == "bounded" and possible < relevant:
        return replace(made, why="too small to matter")
    if made.settings.planned_users:
        return replace(made, why="no difference shown")
    return replace(made, decision="continue", why="may still matter", until=needed(made, relevant))


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
