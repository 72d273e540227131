"""An average against the most and the least of what it is the average of.

What is said of each session, day or store is an average too where another row is of the best one.
A language that stands in only one of the two name columns, and a scope that only says "average
session" or "one session", tell nothing apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.plan.context import context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import tagged, tokens

_SIDES = {
    "mean": re.compile(
        r"\b(average|avg|mean|on average|median)\b"
        r"|平均|均值|中位数?|(?:场|日|天|月|周|店|单|件|人|客|户|款|次|店日)均"
    ),
    "max": re.compile(
        r"\b(max(imum)?|highest|record|best(?![ -]?sell)|"
        r"peak(?! (phase|period|season|stage|hours?)\b)|"
        r"top(?= (session|day|store|show|month|week|order)))\b|最高|最大|峰值|最佳|最好|最多|高峰值"
    ),
    "min": re.compile(r"\b(min(imum)?|lowest|worst|smallest)\b|最低|最小|最少|最差"),
}
_EACH = re.compile(
    r"\b(per|each|every|a) (livestream |live )?"
    r"(session|show|broadcast|day|store|shop|event|month|week)\b"
    r"|每(场|日|天|店|月|周)|单场|单店"
)
_OCCASIONS = {
    "session": re.compile(r"\bsessions?\b|\bshows?\b|\bbroadcasts?\b|场(?!景|地|馆|次)"),
    "day": re.compile(r"\b(daily|days?)\b|[日每]天|[每单]日|日均|天均|单天"),
    "week": re.compile(r"\b(weekly|weeks?)\b|[每单]周|周均"),
    "month": re.compile(r"\b(monthly|months?)\b|[每单]月|月均"),
    "store": re.compile(r"\b(stores?|shops?)\b|[每单]店|店均"),
    "order": re.compile(r"\borders?\b|[每单]单|[每单]笔|单均|笔均"),
    "person": re.compile(r"\bper (head|person|member|user|buyer|customer)\b|人均|客均|户均"),
}
_NOUN = re.compile(
    r"\b(livestream |live )?(sessions?|shows?|broadcasts?|day|daily|stores?|shops?|events?|in|of|"
    r"any|a|the)\b|单场|单日|单店|单次|单天|一场|一天|日(?!常)|场(?!景|地)|值|的"
)
_STAT = re.compile(r"\b(one|single|best|per|each|session|average|mean|maximum|minimum)\b")


def find(plan: Plan) -> Iterator[Finding]:
    """The average of one quantity above its most, or below its least."""
    told = [
        (fact, _side(fact))
        for fact in plan.facts
        if fact.role in ("value", "actual", "target", "baseline") and not fact.says("change")
    ]  # fmt: skip
    for mean in [fact for fact, side in told if side == "mean"]:
        for end, side in told:
            if end.document != mean.document or plan.dimension(end) != plan.dimension(mean):
                continue
            if side in ("", "mean") or end.role != mean.role or not _one_thing(mean, end):
                continue
            slack = plan.step(mean) + plan.step(end)
            gap = plan.base(mean) - plan.base(end)
            if (gap if side == "max" else -gap) > slack:
                yield Finding(
                    "total_single", "H", (mean.id, end.id),
                    say("average {mean} lies beyond the {side} {end}",
                        mean=shown(mean.value, mean.unit), end=shown(end.value, end.unit),
                        side=say("maximum") if side == "max" else say("minimum")),
                    set_to(end.id, shown(end.value, end.unit),
                           ("≥ " if side == "max" else "≤ ") + shown(mean.value, mean.unit)),
                )  # fmt: skip


def _side(fact: Fact) -> str:
    """Whether a figure is the "mean", "max" or "min" of occasions; "" if it says none or two."""
    text = f"{fact.of('name_en')} {fact.of('name_zh')} {fact.of('scope')}".lower()
    text = re.sub(r"[_]", " ", text)
    sides = [side for side, pattern in _SIDES.items() if pattern.search(text)]
    if sides:
        return sides[0] if len(sides) == 1 else ""
    # What is said of each occasion is their mean where another row is of the best of them.
    return "mean" if _EACH.search(text) else ""


def _place_of(fact: Fact) -> tuple[frozenset[str], str, str]:
    """Scope without its words of average and best, period, subject."""
    scope = fact.of("scope").lower().replace("_", " ")
    return _statless(scope), fact.of("period"), fact.of("subject")


def _statless(name: str) -> frozenset[str]:
    for pattern in (*_SIDES.values(), _EACH, _STAT, _NOUN):
        name = pattern.sub(" ", name)
    return tokens(name)


def _one_thing(one: Fact, other: Fact) -> bool:
    """Whether two statistics are of one quantity: one noun, one event, one place."""
    a, b = context(one), context(other)
    kinds = ("event", "part", "phase", "channel", "audience", "whose")
    if any(a.of(kind) != b.of(kind) for kind in kinds) or _place_of(one) != _place_of(other):
        return False
    if (a.moment == "before") != (b.moment == "before") or a.years != b.years:
        return False
    if _occasions(one) and _occasions(other) and not _occasions(one) & _occasions(other):
        return False  # a mean of days and the best of sessions are of two things
    for language in ("name_en", "name_zh"):
        names = one.of(language), other.of(language)
        if all(names):
            here, there = (_statless(tagged(_plain(name))[1]) for name in names)
            return bool(here) and (here <= there or there <= here)
    return False


def _plain(name: str) -> str:
    """A name without its words of average and best, before its qualifiers are taken out."""
    text = name.lower()
    for pattern in (*_SIDES.values(), _EACH):
        text = pattern.sub(" ", text)
    return text


def _occasions(fact: Fact) -> frozenset[str]:
    """Of what occasions a statistic is: sessions, days, stores, orders, persons."""
    text = f"{fact.name} {fact.of('scope')}".lower()
    return frozenset(each for each, pattern in _OCCASIONS.items() if pattern.search(text))
