"""The decision about one test: ship an arm, keep control, go on, or trust none of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.experiments.always_valid import AlwaysValid
from analysis.experiments.arms import Arms, Flag, Metric
from analysis.experiments.bayes import BayesResult, bayes
from analysis.experiments.design import Means, Proportions, Rule, solve
from analysis.experiments.moments import Counts, Sample
from analysis.experiments.sequential import SequentialTest
from analysis.experiments.srm import SampleRatio, srm
from analysis.experiments.trust import Trust
from analysis.experiments.verdict.effects import Measured, measure
from analysis.experiments.verdict.judged_arms import ArmJudged, comparable, judge_arms
from analysis.experiments.verdict.running import latest, looks_of
from analysis.experiments.verdict.settings import (
    ALWAYS_VALID,
    FIXED,
    Settings,
    check_names,
)
from analysis.experiments.verdict.trusted import trusted

Decision = Literal["ship", "keep", "continue", "broken"]
POWER = 0.8


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

    @property
    def shows_looks(self) -> bool:
        """Whether looks make a picture: planned ones do, others if there was more than one."""
        seen = self.watching
        return seen is not None and (self.settings.rule != ALWAYS_VALID or self.looks > 1)

    def table(self) -> pd.DataFrame:
        """One row an arm and metric: values, lift, its bounds, p-value."""
        from analysis.experiments.verdict.tables import effects_table

        return effects_table([self])

    def look_by_look(self) -> pd.DataFrame | None:
        """One row a look under the rule of looking; None with a fixed plan."""
        from analysis.experiments.verdict.tables import looks_table

        return looks_table(self)

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
    known = [m for m in arms.metrics if comparable(arms, m)]
    if settings.primary and settings.primary not in [m.name for m in known]:
        raise InputError(f"primary: found no users with {settings.primary!r} in two arms of a test")
    if not known:
        raise InputError(f"found no metric with users in {arms.control!r} and in another arm")
    return next((m for m in known if m.name == settings.primary), known[0])


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
    judged = judge_arms(now, arms, metric, plan)
    checks = trusted(now, arms, plan)
    made = Judged(
        name=name, decision="keep", arm=_best(judged, plan.sign(metric.name)).arm, why="",
        until=math.nan, metric=metric, arms=judged, others=_others(now, metric, plan),
        users=now.users(), trust=checks, flags=now.flags, looks=looks_of(arms),
        samples=_samples(now, metric), settings=plan,
    )  # fmt: skip
    return _decided(made)


def _others(now: Arms, primary: Metric, plan: Settings) -> tuple[Measured, ...]:
    out: list[Measured] = []
    for metric in now.metrics:
        if metric.name != primary.name and comparable(now, metric):
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
