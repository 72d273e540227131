"""The same metric stated twice with different values, or under two names.

Figures are of one metric if they share a ``metric_key``, or a name within their document.
Different scopes, periods, subjects or qualifiers make different figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from analysis.plan.context import context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, Phrase, say, set_to, shown
from analysis.plan.names import alike, found_in, overlap
from analysis.plan.rules import registers, renamed
from analysis.plan.rules.across import Clash, clashes
from analysis.plan.rules.naming import (
    placed_apart,
    same_topic,
)
from analysis.plan.rules.wording import Joined, grouped, in_unit, named, names, values

LEVELS = {
    "value": "value", "target": "target", "actual": "actual", "baseline": "baseline",
    "delta": "delta", "before": "baseline", "after": "actual", "headcount": "value",
}  # fmt: skip
NAMED = (
    "targets_actuals", "market", "survey", "operations", "extra_facts", "effects",
    "milestones", "team", "member_rules", "referral", "channels_content", "budget_split",
)  # fmt: skip


def find(plan: Plan) -> Iterator[Finding]:
    """Every metric with values that differ, and every value under two names."""
    keys: dict[str, list[Fact]] = {}
    for fact in plan.facts:
        if fact.of("metric_key") and fact.role == "value":
            keys.setdefault(fact.of("metric_key"), []).append(fact)
    found = [clash for group in keys.values() for clash in _of_key(plan, group)]
    found += _same_names(plan)
    found += clashes(plan)
    found += (Clash(one, other, firm) for one, other, firm in registers.find(plan))
    yield from _told(plan, found, keys)
    told = [finding for group in keys.values() for finding in renamed.find(plan, group)]
    yield from told
    for group in keys.values():
        yield from renamed.definitions(plan, group)
    ids = {id for finding in told for id in finding.facts}
    yield from _targets_of_kpis(plan, [fact for fact in plan.facts if fact.id in ids])
    yield from registers.incidents(plan)


def _placed(plan: Plan, one: Fact, other: Fact, group: list[Fact]) -> bool:
    """Whether a figure without a place is told by a sibling that has one and agrees."""
    for bare, full in ((one, other), (other, one)):
        if not any(bare.place) and any(full.place):
            return any(any(f.place) and plan.agree(bare, f) for f in group if f.id != full.id)
    return False


def _of_key(plan: Plan, group: list[Fact]) -> Iterator[Clash]:
    for one, other in combinations(group, 2):
        if plan.agree(one, other) or renamed.apart(one, other) or _placed(plan, one, other, group):
            continue
        about = any(fact.of("comparator") == "~" for fact in (one, other))
        yield Clash(one, other, firm=_one_name(one, other) and not about)


def _one_name(one: Fact, other: Fact) -> bool:
    """Whether names are alike in one document, or of one event or place of two documents."""
    placed = all(one.place[:2]) and one.place[:2] == other.place[:2]
    events = context(one).events
    placed = placed or (bool(events) and events == context(other).events)
    near = overlap(one.tokens, other.tokens) > 0.5
    return near and (one.document == other.document or placed)


def _told(plan: Plan, found: Sequence[Clash], keys: dict[str, list[Fact]]) -> Iterator[Finding]:
    """One finding for all places that clash with each other, in the order of the plan."""
    home: dict[str, set[str]] = {}
    for clash in found:
        joined = home.get(clash.one.id, {clash.one.id}) | home.get(clash.other.id, {clash.other.id})
        for id in joined:
            home[id] = joined
    done: set[frozenset[str]] = set()
    for clash in found:
        ids = frozenset(home[clash.one.id])
        if ids in done:
            continue
        done.add(ids)
        mine = [each for each in found if each.one.id in ids]
        yield _finding(plan, mine, keys)


def _finding(plan: Plan, mine: Sequence[Clash], keys: dict[str, list[Fact]]) -> Finding:
    facts = {fact.id: fact for clash in mine for fact in (clash.one, clash.other)}
    first = next(iter(facts.values()))
    # Places of the same key that agree with one side have a say in which is odd.
    for fact in keys.get(first.of("metric_key"), ()):
        agrees = any(plan.agree(fact, f) for f in facts.values())
        if agrees and not any(fact.id == f.id or renamed.apart(fact, f) for f in facts.values()):
            facts[fact.id] = fact
    involved = list(facts.values())
    groups = grouped(plan, involved)
    common, odd = groups[0][0], groups[-1][0]
    wrong = [fact for group in groups[1:] for fact in group]
    ids = [mine[0].one.id, mine[0].other.id, *facts]
    money = {plan.dimension(fact) for fact in involved} >= {"money", "count"}
    # A factor of 10,000 is a unit that was not printed as meant, whatever else may differ.
    firm = any(clash.firm for clash in mine) or (len(groups) == 2 and _tens(plan, common, odd) >= 4)
    arithmetic: Phrase = say("{values} for one metric: {name}", values=values(groups),
                             name=names(involved))  # fmt: skip
    if money:
        arithmetic = say("{values}: money and a number of pieces under one name: {name}",
                         values=values(groups), name=names(involved))  # fmt: skip
    elif len(groups) == 2 and _tens(plan, common, odd):
        arithmetic = say("{values} for one metric, a factor of {factor}: {name}",
                         values=values(groups), name=names(involved),
                         factor=shown(10.0 ** _tens(plan, common, odd)))  # fmt: skip
    flow = _flow(plan, odd, facts)
    if flow is not None:
        ids.append(flow.id)
        arithmetic = say(
            "{what}; {value} is what is added: {flow} ({place})", what=arithmetic,
            value=shown(flow.value, flow.unit), flow=named(flow.row), place=flow.id,
        )  # fmt: skip
    return Finding(
        "repeated_metric", "H" if firm and not money else "M", tuple(dict.fromkeys(ids)),
        arithmetic, Joined("; ", parts=tuple(
            set_to(fact.id, shown(fact.value, fact.unit),
                   in_unit(plan, common.value, common.unit, fact.unit))
            for fact in wrong)),
    )  # fmt: skip


def _tens(plan: Plan, one: Fact, other: Fact) -> int:
    """Powers of ten between two values, 0 if they differ by more than that."""
    a, b = plan.base(one), plan.base(other)
    if not (a > 0 and b > 0) or plan.dimension(one) != plan.dimension(other):
        return 0
    power = math.log10(max(a, b) / min(a, b))
    return round(power) if abs(power - round(power)) < 0.01 else 0


def _flow(plan: Plan, odd: Fact, facts: dict[str, Fact]) -> Fact | None:
    """What is added to a stock, if the stock's odd value is just that."""
    if plan.dimension(odd) != "count" or odd.says("new"):
        return None
    elsewhere = [f for f in plan.facts if f.document != odd.document]
    here: list[Fact] = plan.documents.get(odd.document, [])
    for fact in [*here, *elsewhere]:
        if fact.id in facts or not fact.says("new") or not plan.agree(fact, odd):
            continue
        if overlap(fact.tokens - {"new"}, odd.tokens) >= 0.6:
            return fact
    return None


def _same_names(plan: Plan) -> Iterator[Clash]:
    """Rows of one table, one name and one kind of number."""
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in plan.of(*NAMED):
        if fact.role in LEVELS and fact.tokens and fact.unit and not fact.of("metric_key"):
            kind = LEVELS[fact.role]
            key = (
                fact.document, fact.tokens, kind, plan.dimension(fact), fact.unit == "pp",
                fact.of("intervention_en"), fact.of("area"), _moment(fact),
            )  # fmt: skip
            groups.setdefault(key, []).append(fact)
    for group in groups.values():
        for one, other in combinations(group, 2):
            due = "milestones" in (one.table, other.table) and one.table != other.table
            if due or one.id == other.id or plan.agree(one, other) or renamed.apart(one, other):
                continue
            if not _placed(plan, one, other, group):
                about = any(fact.of("comparator") == "~" for fact in (one, other))
                yield Clash(one, other, firm=not about)


def _moment(fact: Fact) -> str:
    """When a name says the number is of: "last year" and "target" are two numbers."""
    return "" if fact.role == "target" else " ".join(found_in(fact.name, "moment"))


def _targets_of_kpis(plan: Plan, renamed: Sequence[Fact]) -> Iterator[Finding]:
    """A KPI's target against the targets of that name: none of them has its value."""
    for kpi in plan.of("kpi_table"):
        if not any(plan.agree(kpi, f) and overlap(kpi.tokens, f.tokens) >= 0.5 for f in renamed):
            yield from _other_name(plan, kpi)
        same_kind = [
            fact
            for fact in plan.of("targets_actuals")
            if fact.role == "target" and fact.document == kpi.document
            and plan.dimension(fact) == plan.dimension(kpi)
        ]  # fmt: skip
        alike_named = [fact for fact in same_kind if alike(fact.tokens, kpi.tokens) >= 0.75]
        same_kind = alike_named or [
            fact for fact in same_kind
            if same_topic(kpi, fact) and context(fact).qualifiers <= context(kpi).qualifiers
        ]  # fmt: skip
        if same_kind and not any(plan.agree(kpi, f) or placed_apart(kpi, f) for f in same_kind):
            nearest = min(same_kind, key=lambda fact: abs(plan.base(fact) - plan.base(kpi)))
            old = shown(kpi.value, kpi.unit)
            new = in_unit(plan, nearest.value, nearest.unit, kpi.unit)
            yield Finding(
                "repeated_metric", "H", (kpi.id, nearest.id),
                say("{values} for one metric: {name}", values=values([[kpi], [nearest]]),
                    name=names((kpi, nearest))),
                set_to(kpi.id, old, new),
            )  # fmt: skip


def _other_name(plan: Plan, kpi: Fact) -> Iterator[Finding]:
    """A KPI that no target has the name of, with the number of one named nearly like it."""
    goals = [
        fact
        for fact in plan.of("targets_actuals")
        if fact.role == "target" and fact.document == kpi.document
    ]  # fmt: skip
    kpis = [other for other in plan.of("kpi_table") if other.document == kpi.document]
    if any(renamed.named_alike(kpi, goal) or same_topic(kpi, goal) for goal in goals):
        return
    for goal in goals:
        near = alike(goal.tokens, kpi.tokens) >= 0.6 and len(goal.tokens & kpi.tokens) >= 3
        own = any(renamed.named_alike(other, goal) for other in kpis)
        if near and not own and goal.unit == kpi.unit and plan.agree(goal, kpi):
            yield Finding(
                "two_names", "L", (kpi.id, goal.id),
                say("{value} is called “{one}” and “{other}”", value=shown(kpi.value, kpi.unit),
                    one=named(kpi.row), other=named(goal.row)),
                say("name both alike, or give each its scope: 1 name"),
            )  # fmt: skip
            return
