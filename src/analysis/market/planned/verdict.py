"""The answer of a sizing report: how large, is the target realistic, what to research next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analysis.base import formats
from analysis.base.estimate import Estimate
from analysis.base.language import Translator, translator
from analysis.market.planned.sized import SizedPlan
from analysis.market.planned.words import joined
from analysis.market.planned.words_decision import decision_brief, research_words
from analysis.market.words import level_names, route_names
from analysis.market.words_inputs import chance_words

Status = Literal["good", "watch", "bad"]

UNLIKELY = 0.1
"""Chance below which a target is said not to be realistic."""


@dataclass(frozen=True)
class Told:
    """The answer of a report.

    Attributes:
        sentence: Size, doubts about the routes, target, decision.
        status: ``bad`` if the routes contradict each other, a level exceeds the one above it or
            may be below 0, the model contradicts our own sales, or the target is out of reach;
            ``watch`` if one of them is in doubt, the routes imply opposite decisions, or most of
            the variance may rest on assumptions; else ``good``.
        numbers: What we can win, what we can serve, and what the target asks for.
        remarks: What stands behind the answer, from :func:`remarks`.
    """

    sentence: str
    status: Status
    numbers: tuple[Estimate, ...]
    remarks: str


def headline(made: SizedPlan, lang: str = "en") -> Told:
    """What to tell the planner (``lang`` en or zh)."""
    say = translator(lang)
    one = made.size.agreement.get("som")
    doubt = [] if one is not None and not one.apart and not one.disjoint else _agreement(made, say)
    decided = [decision_brief(made.information, lang)] if made.information is not None else []
    said = [_size(made, say, lang), *_below(made, say), *doubt, *_target(made, say, lang), *decided]
    return Told(joined(said, lang), _status(made), _numbers(made, say), remarks(made, lang))


def remarks(made: SizedPlan, lang: str = "en") -> str:
    """What stands behind the answer: whether routes agree, what to research, what is assumed."""
    say = translator(lang)
    return joined([*_agreement(made, say), *_next(made, say, lang), *_footing(made, say)], lang)


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


def _below(made: SizedPlan, say: Translator) -> list[str]:
    return [
        say("{level} ({route}) is below 0 in {share} of draws: mend the model.",
            level=level_names(say)[level], route=route_names(say)[route],
            share=chance_words(share))
        for route, level, share in made.size.below if level == "som"
    ]  # fmt: skip


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
    if one.apart:
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
    if one.apart:
        return [say("The two routes differ (bottom-up {ratio} times top-down).", ratio=ratio)]
    return [say("The two routes agree within their ranges.")]


def _target(made: SizedPlan, say: Translator, lang: str) -> list[str]:
    aim = made.aim
    if aim is None:
        return []
    write = formats.by_unit(aim.plan.unit, lang)
    target = write(aim.plan.target)
    if aim.contradicted:
        return [say("The model contradicts our own sales: we sold {own} a year ago, it says that "
                    "we can win at most {most} (P90).", own=write(aim.plan.own),
                    most=write(aim.most))]  # fmt: skip
    if aim.beyond:
        return [say("The target of {target} is more than the whole market that it is to be won in.",
                    target=target)]  # fmt: skip
    low, high = min(aim.chances.values()), max(aim.chances.values())
    ends = chance_words(low), chance_words(high)
    chance = ends[0] if ends[0] == ends[1] else say("{lo} to {hi} by route", lo=ends[0],
                                                    hi=ends[1])  # fmt: skip
    values = {"target": target, "chance": chance}
    if high < UNLIKELY:
        return [say("The target of {target} is out of reach (chance {chance}).", **values)]
    if low < 0.5:
        return [say("The target of {target} is in doubt (chance {chance}).", **values)]
    return [say("The target of {target} is within reach (chance {chance}).", **values)]


def _next(made: SizedPlan, say: Translator, lang: str) -> list[str]:
    model, decided = made.plan.model, made.information
    if decided is not None:
        return [research_words(decided, lang, worth=False)]
    # By the route that the pooled size rests on most.
    one = made.size.agreement.get("som")
    routes = list(made.by_route.values())
    found = routes[0] if one is None or one.weight >= 0.5 else routes[1]
    if found.frame.empty or found.indices.reason or not found.determined:
        return []
    top = found.frame.iloc[0]
    values = {"input": model.label(top["name"], lang), "share": formats.percent(top["total"], 0)}
    if one is None:
        return [say("Research “{input}” next: it has a part in {share} of the variance.", **values)]
    route = next(name for name, each in made.by_route.items() if each is found)
    return [say("Research “{input}” next: it has a part in {share} of the variance ({route}).",
                route=route_names(say)[route], **values)]  # fmt: skip


def footing_share(made: SizedPlan, say: Translator) -> str:
    """Share of the variance that assumptions carry; one number where its bounds print alike."""
    lo, hi = (formats.percent(value, 0)
              for value in (made.footing.variance_lo, made.footing.variance_hi))  # fmt: skip
    if lo == hi:
        return lo
    if len(made.by_route) > 1:
        return say("{lo} to {hi} by route", lo=lo, hi=hi)
    return say("{lo} to {hi}", lo=lo, hi=hi)


def _footing(made: SizedPlan, say: Translator) -> list[str]:
    found = made.footing
    if not found.assumed:
        return []
    if math.isnan(found.variance_lo):
        return [say("{n} of {all} inputs are assumptions, and none of them has a range.",
                    n=found.assumed, all=found.used)]  # fmt: skip
    return [
        say(
            "Share of the variance that rests on assumptions: {share}.",
            share=footing_share(made, say),
        )
    ]


def _status(made: SizedPlan) -> Status:
    aim, one = made.aim, made.size.agreement.get("som")
    chances = list(aim.chances.values()) if aim is not None else []
    contradicted = (one is not None and one.disjoint) or bool(made.size.order or made.size.below)
    impossible = aim is not None and (aim.contradicted or aim.beyond)
    if contradicted or impossible or (chances and max(chances) < UNLIKELY):
        return "bad"
    doubtful = one is None or one.apart or (chances and min(chances) < 0.5)
    undecided = made.information is not None and made.information.undecided
    untrue = made.identity is not None and not made.identity.agrees
    return "watch" if doubtful or undecided or made.footing.weak or untrue else "good"


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
