"""A change of a rate between two rows: points that are printed as per cent, or told as both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from analysis.plan.context import context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import tagged, tokens
from analysis.plan.rules.naming import placed_apart, qualified_apart

TABLES = ("claims", "market", "survey", "extra_facts", "targets_actuals")
RELATIVE = re.compile(r"\brelative(ly)?\b|相对|\bby (a )?factor\b|\bpercentage points?\b|百分点")
"""A name that says itself how the change is counted."""

_CHANGE = re.compile(
    r"\b(yearly|annual|gains?|growth|increase|uplift|rise|improvement|change|reduction|drop|cut|"
    r"decline|decrease|now|before|after|current|previous|baseline)\b|"
    r"年增|增幅|提升|增长|提高|上升|下降|降低|变化|原值|现值|目前|同比"
)


def find(plan: Plan) -> Iterator[Finding]:
    """Changes of rates whose unit is not the one that the levels make."""
    told: set[str] = set()
    for finding in (*_of_levels(plan), *_of_keys(plan)):
        if not told & set(finding.facts[:1]):
            told.add(finding.facts[0])
            yield finding


def _of_levels(plan: Plan) -> Iterator[Finding]:
    """A change in per cent that is the difference of two levels in per cent."""
    facts = [f for f in plan.of(*TABLES) if f.unit == "pct" and f.role in ("value", "actual")]
    changes = [f for f in facts if f.says("change") and not RELATIVE.search(f.name.lower())]
    for change in changes:
        levels = [
            f
            for f in facts
            if f.table == change.table and f.document == change.document
            and not f.says("change") and f.of("scope") == change.of("scope")
            and _topic(f) & _topic(change) and _one_topic(f, change)
        ]  # fmt: skip
        for before, after in permutations(levels, 2):
            if _earlier(before, after) and _is_points(change, before, after):
                yield Finding(
                    "percent_points", "M", (change.id, before.id, after.id),
                    say("{before} → {after} is {absolute} or {percent}, stated {stated}",
                        before=shown(before.value, "pct"), after=shown(after.value, "pct"),
                        absolute=shown(round(after.value - before.value, 4), "pp"),
                        percent=shown(round((after.value / before.value - 1) * 100, 1), "pct"),
                        stated=shown(change.value, "pct")),
                    set_to(change.id, shown(change.value, "pct"), shown(change.value, "pp")),
                )  # fmt: skip
                break


def _topic(fact: Fact) -> frozenset[str]:
    name = fact.of("name_en") or fact.of("name_zh")
    return tokens(_CHANGE.sub(" ", tagged(name)[1]))


def _one_topic(one: Fact, other: Fact) -> bool:
    a, b = _topic(one), _topic(other)
    kinds = ("event", "channel", "audience", "whose")
    here, there = context(one), context(other)
    return (a <= b or b <= a) and all(here.of(kind) == there.of(kind) for kind in kinds)


def _earlier(before: Fact, after: Fact) -> bool:
    """Whether names or periods say that the first level is the one before the second."""
    a, b = context(before), context(after)
    if a.years and b.years and len(a.years) == len(b.years) == 1:
        return int(min(b.years)) - int(min(a.years)) == 1
    return a.moment == "before" and b.moment != "before"


def _is_points(change: Fact, before: Fact, after: Fact) -> bool:
    if not before.value:
        return False
    points = after.value - before.value
    percent = (after.value / before.value - 1) * 100
    half = 0.5 * 10.0 ** -(len(f"{change.value:g}".partition(".")[2]))
    return (
        abs(abs(points) - abs(change.value)) <= 1e-9
        and abs(abs(percent) - abs(change.value)) > half
    )


def _of_keys(plan: Plan) -> Iterator[Finding]:
    """One number of one key, in points here and in per cent there."""
    groups: dict[str, list[Fact]] = {}
    for fact in plan.facts:
        if fact.of("metric_key") and fact.role == "value" and fact.unit in ("pct", "pp"):
            groups.setdefault(fact.of("metric_key"), []).append(fact)
    for group in groups.values():
        for one, other in combinations(group, 2):
            pair = _sorted((one, other))
            if one.unit == other.unit or one.value != other.value:
                continue
            if not placed_apart(one, other) and not qualified_apart(one, other):
                yield Finding(
                    "percent_points", "M", tuple(fact.id for fact in pair),
                    say("{one} here and {other} there for one change",
                        one=shown(pair[0].value, pair[0].unit),
                        other=shown(pair[1].value, pair[1].unit)),
                    set_to(pair[0].id, shown(pair[0].value, "pct"), shown(pair[0].value, "pp")),
                )  # fmt: skip
                break


def _sorted(pair: Sequence[Fact]) -> list[Fact]:
    return sorted(pair, key=lambda fact: fact.unit != "pct")
