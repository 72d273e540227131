"""The answer of a sizing report: how large, is the target realistic, what to research next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analysis.base import formats
from analysis.base.estimate import Estimate
from analysis.base.language import Translator, translator
from analysis.market.planned.sized import SizedPlan
from analysis.market.planned.words import joined, rounded

Status = Literal["good", "watch", "bad"]

CLOSE = 0.5
"""Overlap of the routes from which they are said to agree."""

UNLIKELY = 0.1
"""Chance below which a target is said not to be realistic."""


@dataclass(frozen=True)
class Told:
    """The answer of a report.

    Attributes:
        sentence: Size, agreement, target, what to research.
        status: ``bad`` if the routes contradict each other, a level exceeds the one above it, or
            the target is out of reach; ``watch`` if one of them is in doubt or most of the
            variance rests on assumptions; else ``good``.
        numbers: What we can win, what we can serve, and what the target asks for.
    """

    sentence: str
    status: Status
    numbers: tuple[Estimate, ...]


def headline(made: SizedPlan, lang: str = "en") -> Told:
    """What to tell the planner (``lang`` en or zh)."""
    say = translator(lang)
    said = [_size(made, say, lang), *_agreement(made, say), *_target(made, say, lang),
            *_next(made, say, lang), *_footing(made, say)]  # fmt: skip
    return Told(joined(said, lang), _status(made), _numbers(made, say))


def level_range(made: SizedPlan, level: str) -> tuple[float, float, float] | None:
    """P10, P50, P90 of a level: pooled over both routes, or of the one that has it."""
    if level in made.size.agreement:
        one = made.size.agreement[level]
        return one.p10, one.p50, one.p90
    rows = made.size.frame[made.size.frame["level"] == level]
    if rows.empty:
        return None
    return tuple(float(rows.iloc[0][key]) for key in ("p10", "p50", "p90"))  # type: ignore[return-value]


def _size(made: SizedPlan, say: Translator, lang: str) -> str:
    won = level_range(made, "som")
    assert won is not None
    write = formats.by_unit(made.size.frame["unit"].iloc[0], lang)
    return say("We can win {won} (P10 {lo}, P90 {hi}).", won=write(won[1]), lo=write(won[0]),
               hi=write(won[2]))  # fmt: skip


def agreement_words(made: SizedPlan, say: Translator) -> str:
    """Whether the routes agree on what we can win; empty with one route."""
    one = made.size.agreement.get("som")
    if one is None:
        return ""
    ratio = formats.fixed(one.ratio)
    if one.disjoint:
        return say("the two routes contradict each other: bottom-up is {ratio} times top-down",
                   ratio=ratio)  # fmt: skip
    overlap = formats.percent(one.overlap, 0)
    if one.overlap < CLOSE:
        return say("the two routes differ: bottom-up is {ratio} times top-down, overlap {overlap}",
                   ratio=ratio, overlap=overlap)  # fmt: skip
    return say("the two routes agree: bottom-up is {ratio} times top-down, overlap {overlap}",
               ratio=ratio, overlap=overlap)  # fmt: skip


def _agreement(made: SizedPlan, say: Translator) -> list[str]:
    one = made.size.agreement.get("som")
    if one is None:
        return [say("There is one route only: nothing checks it.")]
    ratio = formats.fixed(one.ratio)
    if one.disjoint:
        return [say("The two routes contradict each other (bottom-up {ratio} times top-down).",
                    ratio=ratio)]  # fmt: skip
    if one.overlap < CLOSE:
        return [say("The two routes differ (bottom-up {ratio} times top-down).", ratio=ratio)]
    return [say("The two routes agree within their ranges.")]


def _target(made: SizedPlan, say: Translator, lang: str) -> list[str]:
    aim = made.aim
    if aim is None:
        return []
    growth, market = (formats.signed_percent(value)
                      for value in (aim.check.growth, aim.check.market_growth))  # fmt: skip
    target = formats.by_unit(aim.plan.unit, lang)(aim.plan.target)
    if not aim.chances:
        return [say("The target of {target} asks for {growth} in a market growing {market}.",
                    target=target, growth=growth, market=market)]  # fmt: skip
    low, high = min(aim.chances.values()), max(aim.chances.values())
    chance = rounded(low) if low == high else say("{lo} to {hi} by route", lo=rounded(low),
                                                  hi=rounded(high))  # fmt: skip
    values = {"target": target, "growth": growth, "market": market, "chance": chance}
    if high < UNLIKELY:
        return [say("The target of {target} is out of reach (chance {chance}): {growth} in a "
                    "market growing {market}.", **values)]  # fmt: skip
    if low < 0.5:
        return [say("The target of {target} is in doubt (chance {chance}): {growth} in a market "
                    "growing {market}.", **values)]  # fmt: skip
    return [say("The target of {target} is within reach (chance {chance}): {growth} in a market "
                "growing {market}.", **values)]  # fmt: skip


def _next(made: SizedPlan, say: Translator, lang: str) -> list[str]:
    model, info = made.plan.model, made.information
    if info is not None and len(info.frame) and info.frame["value"].iloc[0] > 1e-3 * info.perfect:
        top = info.frame.iloc[0]
        write = formats.by_unit(model.unit(info.outcome), lang)
        return [say("Research “{input}” next, worth up to {value}.",
                    input=model.label(top["name"], lang), value=write(top["value"]))]  # fmt: skip
    if made.sensitivity.frame.empty or made.sensitivity.indices.reason:
        return []
    top = made.sensitivity.frame.iloc[0]
    return [say("Research “{input}” next: it has a part in {share} of the variance.",
                input=model.label(top["name"], lang),
                share=formats.percent(min(top["total"], 1.0), 0))]  # fmt: skip


def _footing(made: SizedPlan, say: Translator) -> list[str]:
    found = made.footing
    if not found.assumed or math.isnan(found.variance_lo):
        return []
    return [say("Assumptions ({n} of {all} inputs) carry {share} of the variance.",
                n=found.assumed, all=found.used,
                share=formats.percent(found.variance_lo, 0))]  # fmt: skip


def _status(made: SizedPlan) -> Status:
    aim, one = made.aim, made.size.agreement.get("som")
    chances = list(aim.chances.values()) if aim is not None else []
    contradicted = (one is not None and one.disjoint) or bool(made.size.order)
    if contradicted or (chances and max(chances) < UNLIKELY):
        return "bad"
    doubtful = one is None or one.overlap < CLOSE or (chances and min(chances) < 0.5)
    resting = not math.isnan(made.footing.variance_lo) and made.footing.variance_lo > 0.5
    untrue = made.identity is not None and not made.identity.agrees
    return "watch" if doubtful or resting or untrue else "good"


def _numbers(made: SizedPlan, say: Translator) -> tuple[Estimate, ...]:
    names = {"som": say("what we can win (SOM)"), "sam": say("what we can serve (SAM)"),
             "tam": say("whole market (TAM)")}  # fmt: skip
    unit = str(made.size.frame["unit"].iloc[0])
    numbers = []
    for level in ("som", "sam", "tam"):
        found = level_range(made, level)
        if found is not None:
            lo, middle, hi = found
            numbers.append(Estimate(level, names[level], middle, unit, lo, hi, 0.8))
    aim = made.aim
    if aim is not None:
        check, label = aim.check, say("times our share, to reach the target")
        if check.reason:
            reason = say("market growth is given without a range")
            numbers.append(Estimate("share_factor", label, check.factor, "ratio",
                                    no_interval=reason))  # fmt: skip
        else:
            numbers.append(Estimate("share_factor", label, check.factor, "ratio", check.factor_lo,
                                    check.factor_hi, 0.9))  # fmt: skip
    return tuple(numbers[:4])
