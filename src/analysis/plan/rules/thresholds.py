"""Thresholds: order of the levels and of their answers, two limits for one case, triggers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, Phrase, say, set_to, shown
from analysis.plan.names import overlap
from analysis.plan.rules.levels import RANKS, bare, level_of, number_of, same_but_level, sign_of

UPWARD, DOWNWARD = (">", ">="), ("<", "<=")
_REPORTED = ("budget_split", "extra_facts", "operations", "risk_register")
_LEVELS = {"green": say("green"), "blue": say("blue"), "yellow": say("yellow"),
           "amber": say("amber"), "orange": say("orange"), "red": say("red")}  # fmt: skip


def find(plan: Plan) -> Iterator[Finding]:
    """Thresholds that cannot be ordered, two for one case, answers that lag, ignored triggers."""
    yield from _levels(plan)
    yield from _numbered(plan)
    yield from _answers(plan)
    yield from _triggers(plan)


def _levels(plan: Plan) -> Iterator[Finding]:
    facts = [f for f in plan.of("thresholds") if f.role == "value"]
    for one, other in combinations(facts, 2):
        levels = level_of(one), level_of(other)
        ranks = RANKS.get(levels[0]), RANKS.get(levels[1])
        graded = ranks[0] is not None and ranks[1] is not None and ranks[0] != ranks[1]
        alike = _same_name(one, other) or (graded and same_but_level(one, other))
        same = one.of("scope") == other.of("scope") and alike
        # Documents of one plan share a limit under the very same name, scope and level.
        if not same or (one.document != other.document and levels[0] != levels[1]):
            continue
        if plan.dimension(one) != plan.dimension(other):
            if levels[0] == levels[1] and _times(plan, one, other):
                yield _two_limits(one, other)
            continue
        a, b = plan.base(one), plan.base(other)
        signs = sign_of(one), sign_of(other)
        if ranks[0] is not None and ranks[1] is not None and ranks[0] != ranks[1]:
            low, high = (one, other) if ranks[0] < ranks[1] else (other, one)
            gap = plan.base(high) - plan.base(low)
            wrong = gap <= 0 if signs[0] in UPWARD else gap >= 0
            if wrong and signs[0] in UPWARD + DOWNWARD and signs[0][0] == signs[1][:1]:
                yield _disorder(low, high)
        elif levels[0] == levels[1] and a != b and signs[0][:1] == signs[1][:1] and (
            signs[0] in UPWARD + DOWNWARD
        ):  # fmt: skip
            # Numbered levels are put in order by :func:`_numbered`.
            if number_of(one) == number_of(other):
                yield _two_limits(one, other)
        elif (signs[0] in UPWARD and signs[1] in DOWNWARD) or (
            signs[0] in DOWNWARD and signs[1] in UPWARD
        ):
            floor, cap = (one, other) if signs[0] in UPWARD else (other, one)
            # Warnings can be on both sides; a floor and a cap must leave room between them.
            warns = {*levels} & {*RANKS, "trigger"}
            if plan.base(floor) > plan.base(cap) and not warns:
                yield _disorder(cap, floor)


def _numbered(plan: Plan) -> Iterator[Finding]:
    """Levels 1, 2, 3 … whose limits go up and down; whether 1 is the worst is not known."""
    groups: dict[tuple[str, ...], dict[int, Fact]] = {}
    for fact in plan.of("thresholds"):
        number = number_of(fact) if fact.role == "value" else None
        if number is not None:
            name = bare(fact.of("name_en")) or bare(fact.of("name_zh"))
            key = (fact.document, fact.of("scope"), name, plan.dimension(fact), sign_of(fact)[:1])
            groups.setdefault(key, {}).setdefault(number, fact)
    for levels in groups.values():
        order = [levels[number] for number in sorted(levels)]
        pairs = list(pairwise(order))
        falls = [plan.base(other) < plan.base(one) for one, other in pairs]
        if len(order) < 3 or len(set(falls)) == 1:
            continue
        # One step against the way of most of them; of two steps the limits at the ends decide.
        rises = plan.base(order[-1]) > plan.base(order[0])
        one, other = next(pair for pair, fall in zip(pairs, falls, strict=True) if fall == rises)
        yield Finding(
            "thresholds", "H", (one.id, other.id),
            say("{one} and {other} are out of the order of their levels",
                one=f"{_title(one)} "
                    f"{shown(one.value, one.unit)}",
                other=f"{_title(other)} "
                      f"{shown(other.value, other.unit)}"),
            set_to(other.id, shown(other.value, other.unit),
                   f"{'>' if rises else '<'} {shown(one.value, one.unit)}"),
        )  # fmt: skip


def _title(fact: Fact) -> str:
    """Name and level of a numbered limit."""
    name, level = fact.of("name_en") or fact.of("name_zh"), fact.of("level")
    return f"{name} ({level})" if level and level != "trigger" else name


def _disorder(low: Fact, high: Fact) -> Finding:
    return Finding(
        "thresholds", "H", (low.id, high.id),
        say("{one} and {other} overlap or leave no room",
            one=_limit(low), other=_limit(high)),
        set_to(high.id, shown(high.value, high.unit),
               f"{sign_of(high)[:1] or '>'} {shown(low.value, low.unit)}"),
    )  # fmt: skip


def _limit(fact: Fact) -> Phrase:
    """Level, comparator and value as read."""
    printed = f"{fact.of('comparator')} {shown(fact.value, fact.unit)}"
    level = _LEVELS.get(level_of(fact))
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
        ranks = RANKS.get(level_of(one)), RANKS.get(level_of(other))
        same = one.document == other.document and one.of("scope") == other.of("scope")
        if not same or not same_but_level(one, other) or ranks[0] is None or ranks[1] is None:
            continue
        if ranks[0] == ranks[1] or plan.dimension(one) != plan.dimension(other):
            continue
        mild, severe = (one, other) if ranks[0] < ranks[1] else (other, one)
        if plan.base(severe) > plan.base(mild) * (1 + 1e-9):
            yield Finding(
                "thresholds", "M", (severe.id, mild.id),
                say("{severe} is answered within {slow}, {mild} within {fast}: the worse level "
                    "waits longer", severe=_LEVELS[level_of(severe)],
                    mild=_LEVELS[level_of(mild)], slow=shown(severe.value, severe.unit),
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
