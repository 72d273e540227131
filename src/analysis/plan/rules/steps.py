"""Thresholds and price steps: order of the levels, price inversions, events beyond a trigger."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import alike, overlap

RANKS = {"green": 0, "yellow": 1, "amber": 1, "orange": 2, "red": 3}
UPWARD, DOWNWARD = (">", ">="), ("<", "<=")
WHOLE_BASKET = ("marginal", "excess", "per_item", "above the step")


def find(plan: Plan) -> Iterator[Finding]:
    """Thresholds that cannot be ordered, steps that cost more than the next, ignored triggers."""
    yield from _thresholds(plan)
    yield from _ladders(plan)
    yield from _triggers(plan)


def _thresholds(plan: Plan) -> Iterator[Finding]:
    facts = [f for f in plan.of("thresholds") if f.role == "value"]
    for one, other in combinations(facts, 2):
        same = one.document == other.document and one.of("scope") == other.of("scope")
        near = alike(one.tokens, other.tokens) >= 0.75
        if not same or not near or plan.dimension(one) != plan.dimension(other):
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
            signs[0] in UPWARD + DOWNWARD and one.tokens == other.tokens
        ):  # fmt: skip
            yield Finding(
                "thresholds", "M", (one.id, other.id),
                say("two limits for one case: {one} and {other}",
                    one=f"{signs[0]} {shown(one.value, one.unit)}",
                    other=f"{signs[1]} {shown(other.value, other.unit)}"),
                set_to(other.id, shown(other.value, other.unit), shown(one.value, one.unit)),
            )  # fmt: skip
        elif (signs[0] in UPWARD and signs[1] in DOWNWARD) or (
            signs[0] in DOWNWARD and signs[1] in UPWARD
        ):
            floor, cap = (one, other) if signs[0] in UPWARD else (other, one)
            if plan.base(floor) > plan.base(cap) and one.of("level") == other.of("level"):
                yield _disorder(cap, floor)


def _disorder(low: Fact, high: Fact) -> Finding:
    return Finding(
        "thresholds", "H", (low.id, high.id),
        say("{one} and {other} overlap or leave no room",
            one=f"{low.of('level')} {low.of('comparator')} {shown(low.value, low.unit)}",
            other=f"{high.of('level')} {high.of('comparator')} {shown(high.value, high.unit)}"),
        set_to(high.id, shown(high.value, high.unit),
               f"{high.of('comparator')[:1] or '>'} {shown(low.value, low.unit)}"),
    )  # fmt: skip


def _ladders(plan: Plan) -> Iterator[Finding]:
    groups: dict[tuple[str, ...], list[tuple[float, Fact]]] = {}
    for fact in plan.of("price_tiers"):
        spend = next((f for f in plan.of("price_tiers")
                      if f.id == fact.id and f.role == "min_spend"), None)  # fmt: skip
        kind = fact.of("value_kind")
        if fact.role == "value" and spend is not None and kind in ("percent_off", "amount_off"):
            key = (fact.document, fact.of("mechanism"), fact.of("period"), kind)
            groups.setdefault(key, []).append((spend.value, fact))
    for (*_, kind), steps in groups.items():
        steps.sort(key=lambda step: step[0])
        broken = False
        for (low, one), (high, other) in pairwise(steps):
            if high == low or other.value <= one.value:
                broken = True
                yield Finding(
                    "price_steps", "H", (one.id, other.id),
                    say("from {low}: {one} off, from {high}: {other} off, no better",
                        low=shown(low), high=shown(high), one=shown(one.value, one.unit),
                        other=shown(other.value, other.unit)),
                    set_to(other.id, shown(other.value, other.unit),
                           f"> {shown(one.value, one.unit)}"),
                )  # fmt: skip
        told = any(word in f.of("definition").lower() for _, f in steps for word in WHOLE_BASKET)
        if kind == "percent_off" and len(steps) >= 2 and not broken and not told:
            yield _inversion(steps)


def _inversion(steps: list[tuple[float, Fact]]) -> Finding:
    """A discount on the whole basket makes baskets just below a step dearer than the step."""
    zones, kept = [], 1.0
    for spend, fact in steps:
        pays = spend * (1 - fact.value / 100)
        zones.append(f"{shown(round(pays / kept, 2))}–{shown(spend)}")
        kept = 1 - fact.value / 100
    return Finding(
        "price_steps", "L", tuple(fact.id for _, fact in steps),
        say("off the whole basket, baskets of {zones} cost more than the next step",
            zones=", ".join(zones)),
        say("{fact}: say that the {value} apply to what exceeds the step", fact=steps[0][1].id,
            value=shown(steps[0][1].value, steps[0][1].unit)),
    )  # fmt: skip


def _triggers(plan: Plan) -> Iterator[Finding]:
    """A reported event beyond a trigger of the same name."""
    events = [f for f in plan.facts if f.table in ("budget_split", "extra_facts", "operations")
              and f.role == "value" and f.says("exception")]  # fmt: skip
    for limit in plan.of("thresholds"):
        warns = limit.of("level") in ("trigger", "yellow", "red")
        if limit.role != "value" or limit.of("comparator") not in UPWARD or not warns:
            continue
        for event in events:
            near = overlap(limit.tokens, event.tokens) >= 0.99
            if event.document == limit.document and near and event.unit == limit.unit and (
                plan.base(event) > plan.base(limit)
            ):  # fmt: skip
                yield Finding(
                    "thresholds", "L", (limit.id, event.id),
                    say("the trigger is {limit}, the event reached {event}",
                        limit=f"{limit.of('comparator')} {shown(limit.value, limit.unit)}",
                        event=shown(event.value, event.unit)),
                    set_to(event.id, shown(event.value, event.unit),
                           f"≤ {shown(limit.value, limit.unit)}"),
                )  # fmt: skip
