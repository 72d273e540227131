"""Effects of every arm on every metric, by the method that fits the metric."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from analysis.experiments import adjusted, exact, means, proportions, ratio, strata
from analysis.experiments.arms import Arms, Kind, Metric
from analysis.experiments.effect import Effect
from analysis.experiments.moments import Counts, Moments

NEGATIVE = "the value of control is below zero"
FEW, MOST_TABLES = 5, 250_000
"""An exact test takes over where a cell has fewer users than 5 and there are so few tables."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An arm's effect on a metric.

    Attributes:
        effect: The one that is decided on: adjusted where there is something to adjust by.
        raw: Without adjusting; the same where nothing was adjusted.
        adjustment: Name of the adjustment; empty for none.
        explained: Share of the variance that it took away; 0 for none.
        kind: Of the metric.
    """

    effect: Effect
    raw: Effect
    adjustment: str = ""
    explained: float = 0.0
    kind: Kind = "mean"


def measure(
    arms: Arms, metric: Metric, confidence: float, *, adjust: bool = True, exactly: bool = True
) -> dict[str, Measured]:
    """Effect of each arm but control, control's users and the arm's as they are.

    Proportions by score intervals (an exact p-value with few events), means by Welch and Fieller,
    ratios of sums by the delta method; with covariates CUPED, else with strata the post-stratified
    difference of means.

    Args:
        arms: Of one test.
        metric: One of its metrics.
        confidence: Of every interval by itself.
        adjust: Whether covariates and strata are used.
        exactly: Whether few events get an exact p-value, which takes its time.
    """
    others = arms.names[1:]
    if adjust and metric.name in arms.adjusted:
        made = _with_covariates(arms, metric, confidence)
    elif adjust and "stratum" in arms.parts and metric.kind != "ratio":
        made = _within_strata(arms, metric, confidence)
    else:
        plain = _plain(arms, metric, confidence, exactly=exactly)
        made = {arm: Measured(e, e) for arm, e in plain.items()}
    return {arm: _named(made[arm], metric, arm, arms.control) for arm in others if arm in made}


def _named(measured: Measured, metric: Metric, arm: str, control: str) -> Measured:
    effect, raw = (
        replace(_upright(each), metric=metric.name, arm=arm, control=control)
        for each in (measured.effect, measured.raw)
    )
    return replace(measured, effect=effect, raw=raw, kind=metric.kind)


def _upright(effect: Effect) -> Effect:
    """An effect without a lift over a negative control: it would turn better into worse."""
    if not effect.control_value < 0:
        return effect
    none = replace(
        effect.lift, value=math.nan, lo=math.nan, hi=math.nan, shape="undefined", why=NEGATIVE
    )
    return replace(effect, lift=none)


def _plain(
    arms: Arms, metric: Metric, confidence: float, *, exactly: bool = True
) -> dict[str, Effect]:
    if metric.kind == "proportion":
        counts = arms.counts(metric.name)
        base = counts.pop(arms.control)
        rates = _rates if exactly else _scores
        return {arm: rates(base, each, confidence) for arm, each in counts.items()}
    found = arms.moments(metric.name)
    control = found.pop(arms.control)
    if metric.kind == "mean":
        column = metric.columns[0]
        return {
            arm: means.compare(control.sample(column), m.sample(column), confidence=confidence)
            for arm, m in found.items()
        }
    over, under = metric.columns
    return {
        arm: ratio.compare(control, m, over, under, confidence=confidence)
        for arm, m in found.items()
    }


def _scores(control: Counts, arm: Counts, confidence: float) -> Effect:
    return proportions.compare(control, arm, confidence=confidence)


def _rates(control: Counts, arm: Counts, confidence: float) -> Effect:
    """Rates by scores; with few events the p-value is exact (Boschloo 1970)."""
    effect = proportions.compare(control, arm, confidence=confidence)
    fewest = min(min(side.successes, side.n - side.successes) for side in (control, arm))
    tables = (control.n + 1) * (arm.n + 1)
    if fewest >= FEW or tables > MOST_TABLES or not control.n or not arm.n:
        return effect
    exactly = exact.boschloo(control, arm)
    return replace(effect, p_value=exactly.p_value, test=exactly.test)


def _with_covariates(arms: Arms, metric: Metric, confidence: float) -> dict[str, Measured]:
    found = arms.moments(metric.name, adjusted=True)
    control = found[arms.control]
    return {
        arm: _of_adjusted(_cuped(metric, control, m, _rest(found, arms.control, arm), confidence))
        for arm, m in found.items()
        if arm != arms.control
    }


def _rest(found: Mapping[str, Moments], control: str, arm: str) -> list[Moments]:
    return [m for name, m in found.items() if name not in (control, arm)]


def _cuped(
    metric: Metric, control: Moments, arm: Moments, others: list[Moments], confidence: float
) -> adjusted.Adjusted:
    if metric.kind == "ratio":
        over, under = metric.columns
        return adjusted.cuped_ratio(
            control, arm, over, under, metric.covariates, others=others, confidence=confidence
        )
    return adjusted.cuped(
        control, arm, metric.columns[0], metric.covariates, others=others, confidence=confidence
    )


def _within_strata(arms: Arms, metric: Metric, confidence: float) -> dict[str, Measured]:
    by_stratum = {str(s): part.samples(metric.name) for s, part in arms.each("stratum")}
    sides = {
        arm: {s: found[arm] for s, found in by_stratum.items() if arm in found}
        for arm in arms.names
    }
    plain = _plain(arms, metric, confidence)
    made = {}
    for arm in plain:
        one = strata.compare(sides[arms.control], sides[arm], confidence=confidence)
        made[arm] = replace(_of_adjusted(one), raw=plain[arm])
    return made


def _of_adjusted(made: adjusted.Adjusted) -> Measured:
    return Measured(made.adjusted, made.raw, made.method, made.explained)
