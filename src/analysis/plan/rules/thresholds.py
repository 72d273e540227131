"""Thresholds: order of the levels and of their answers, two limits for one case, triggers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, Phrase, say, set_to, shown
from analysis.plan.names import overlap

RANKS = {"green": 0, "yellow": 1, "amber": 1, "orange": 2, "red": 3}
UPWARD, DOWNWARD = (">", ">="), ("<", "<=")
_REPORTED = ("budget_split", "extra_facts", "operations", "risk_register")
_LEVELS = {"green": say("green"), "yellow": say("yellow"), "amber": say("amber"),
           "orange": say("orange"), "red": say("red")}  # fmt: skip


def find(plan: Plan) -> Iterator[Finding]:
    """Thresholds that cannot be ordered, two for one case, answers that lag, ignored triggers."""
    yield from _levels(plan)
    yield from _answers(plan)
    yield from _triggers(plan)


def _levels(plan: Plan) -> Iterator[Finding]:
    facts = [f for f in plan.of("thresholds") if f.role == "value"]
    for one, other in combinations(facts, 2):
        same = one.of("scope") == other.of("scope") and _same_name(one, other)
        # Documents of one plan share a limit under the very same name, scope and level.
        if not same or (one.document != other.document and one.of("level") != other.of("level")):
            continue
        if plan.dimension(one) != plan.dimension(other):
            if one.of("level") == other.of("level") and _times(plan, one, other):
                yield _two_limits(one, other)
            continue
        a, b = plan.base(one), plan.base(other)
        ranks = RANKS.get(one.of("level")), RANKS.get(other.of("level"))
        signs = one.of("comparator"), other.of("comparator")
        if ranks[0] is not None and ranks[1] is not None and ranks[0] != ranks[1]:
            low, high = (one, other) if ranks[0] < ranks[1] else (other, one)
            gap = plan.base(high) - plan.base(low)
            wrong = gap <= 0 if signs[0] in UPWARD else gap >= 0
            if wrong and signs[0] in UPWARD + DOWNWARD and signs[0][0] == signs[1][0]:
                yield _disorder(low, high)
        elif one.of("level") == other.of("level") and a != b and signs[0][:1] == signs[1][:1] and (
            signs[0] in UPWARD + DOWNWARD
        ):  # fmt: skip
            yield _two_limits(one, other)
        elif (signs[0] in UPWARD and signs[1] in DOWNWARD) or (
            signs[0] in DOWNWARD and signs[1] in UPWARD
        ):
            floor, cap = (one, other) if signs[0] in UPWARD else (other, one)
            # Warnings can be on both sides; a floor and a cap must leave room between them.
            warns = {one.of("level"), other.of("level")} & {*RANKS, "trigger"}
            if plan.base(floor) > plan.base(cap) and not warns:
                yield _disorder(cap, floor)


def _disorder(low: Fact, high: Fact) -> Finding:
    return Finding(
        "thresholds", "H", (low.id, high.id),
        say("{one} and {other} overlap or leave no room",
            one=_limit(low), other=_limit(high)),
        set_to(high.id, shown(high.value, high.unit),
               f"{high.of('comparator')[:1] or '>'} {shown(low.value, low.unit)}"),
    )  # fmt: skip


def _limit(fact: Fact) -> Phrase:
    """Level, comparator and value as read."""
    printed = f"{fact.of('comparator')} {shown(fact.value, fact.unit)}"
    level = _LEVELS.get(fact.of("level"))
    if level is None:
        return say("{limit}", limit=f"{fact.of('level')} {printed}")
    return say("{level} {limit}", level=level, limit=printed)


def _two_limits(one: Fact, other: Fact) -> Finding:
    signs = one.of("comparator"), other.of("comparator")
    return Finding(
        "thresholds", "M", (one.id, other.id),
        say("two limits for one case, “{name}”: {one} and {other}",
            name=one.of("name_en") or one.of("name_zh"),
            one=f"{signs[0]} {shown(one.value, one.unit)}",
            other=f"{signs[1]} {shown(other.value, other.unit)}"),
        set_to(other.id, shown(other.value, other.unit), shown(one.value, one.unit)),
    )  # fmt: skip


def _same_name(one: Fact, other: Fact) -> bool:
    """Whether the names are the same, word for word, in a language both have."""
    for column in ("name_en", "name_zh"):
        if one.of(column) and other.of(column):
            return one.of(column).strip().lower() == other.of(column).strip().lower()
    return False


def _times(plan: Plan, one: Fact, other: Fact) -> bool:
    return {plan.dimension(one), plan.dimension(other)} == {"time", "workdays"}


def _answers(plan: Plan) -> Iterator[Finding]:
    """A worse level must not be answered more slowly."""
    times = [f for f in plan.of("thresholds") if f.role == "response_value"]
    for one, other in combinations(times, 2):
        ranks = RANKS.get(one.of("level")), RANKS.get(other.of("level"))
        same = one.document == other.document and one.of("scope") == other.of("scope")
        if not same or not _same_name(one, other) or ranks[0] is None or ranks[1] is None:
            continue
        if ranks[0] == ranks[1] or plan.dimension(one) != plan.dimension(other):
            continue
        mild, severe = (one, other) if ranks[0] < ranks[1] else (other, one)
        if plan.base(severe) > plan.base(mild) * (1 + 1e-9):
            yield Finding(
                "thresholds", "M", (severe.id, mild.id),
                say("{severe} is answered within {slow}, {mild} within {fast}: the worse level "
                    "waits longer", severe=_LEVELS[severe.of("level")],
                    mild=_LEVELS[mild.of("level")], slow=shown(severe.value, severe.unit),
                    fast=shown(mild.value, mild.unit)),
                set_to(severe.id, shown(severe.value, severe.unit),
                       f"≤ {shown(mild.value, mild.unit)}"),
            )  # fmt: skip


def _triggers(plan: Plan) -> Iterator[Finding]:
    """Reported events beyond a trigger of the same name: one finding a trigger."""
    events = [f for f in plan.facts if f.table in _REPORTED and f.says("exception")
              and f.role in ("value", "impact_value")]  # fmt: skip
    for limit in plan.of("thresholds"):
        warns = limit.of("level") in ("trigger", "yellow", "red")
        if limit.role != "value" or limit.of("comparator") not in UPWARD or not warns:
            continue
        beyond = [
            event for event in events
            if event.document == limit.document and event.unit == limit.unit
            and overlap(limit.tokens, event.tokens) >= 0.99
            and plan.base(event) > plan.base(limit)
        ]  # fmt: skip
        if beyond:
            event = beyond[0]
            yield Finding(
                "thresholds", "L", (limit.id, *(each.id for each in beyond)),
                say("the trigger is {limit}, the event reached {event}",
                    limit=f"{limit.of('comparator')} {shown(limit.value, limit.unit)}",
                    event=shown(event.value, event.unit)),
                set_to(event.id, shown(event.value, event.unit),
                       f"≤ {shown(limit.value, limit.unit)}"),
            )  # fmt: skip
