"""The same metric stated twice with different values, or under two names.

Figures are of one metric if they share a ``metric_key``, or the telling words of their name, their
document and kind of number. Different scopes, periods or subjects make different figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import alike, found_in, overlap, tokens

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
    for group in keys.values():
        yield from _values(plan, group)
        yield from _names(plan, group)
        yield from _definitions(plan, group)
    yield from _same_names(plan)
    yield from _targets_of_kpis(plan)
    yield from _incidents(plan)


def _apart(one: Fact, other: Fact) -> bool:
    """Whether scope, period or subject tell two figures apart."""
    told = any(a and b and a != b for a, b in zip(one.place, other.place, strict=True))
    kinds = one.of("metric_type"), other.of("metric_type")
    return told or (all(kinds) and kinds[0] != kinds[1])


def _placed(plan: Plan, one: Fact, other: Fact, group: list[Fact]) -> bool:
    """Whether a figure without a place is told by a sibling that has one and agrees."""
    for bare, full in ((one, other), (other, one)):
        if not any(bare.place) and any(full.place):
            return any(any(f.place) and plan.agree(bare, f) for f in group if f.id != full.id)
    return False


def _values(plan: Plan, group: list[Fact]) -> Iterator[Finding]:
    against = [
        pair
        for pair in combinations(group, 2)
        if not _apart(*pair) and not plan.agree(*pair) and not _placed(plan, *pair, group)
    ]
    if not against:
        return
    first, second = against[0]
    involved = [first, second, *(f for pair in against for f in pair)]
    printed = list(dict.fromkeys(shown(f.value, f.unit) for f in involved))
    votes = {text: sum(shown(f.value, f.unit) == text for f in group) for text in printed}
    common = max(printed, key=lambda text: votes[text])
    odd = next(f for f in involved if shown(f.value, f.unit) != common)
    firm = any(_one_name(*pair) for pair in against)
    severity = "H" if firm and not any(f.of("comparator") == "~" for f in involved) else "M"
    yield Finding(
        "repeated_metric", severity, tuple(dict.fromkeys(f.id for f in involved)),
        say("{values} for one metric: {name}", values=" ≠ ".join(printed),
            name=first.of("name_en") or first.of("metric_key")),
        set_to(odd.id, shown(odd.value, odd.unit), common),
    )  # fmt: skip


def _definitions(plan: Plan, group: list[Fact]) -> Iterator[Finding]:
    """One key, two definitions, in one scope."""
    for one, other in combinations(group, 2):
        said = one.of("definition"), other.of("definition")
        if all(said) and said[0] != said[1] and not _apart(one, other):
            yield Finding(
                "two_names", "M", (one.id, other.id),
                say("one metric is defined as “{one}” and as “{other}”", one=said[0],
                    other=said[1]),
                say("name both alike, or give each its scope: 1 name"),
            )  # fmt: skip
            return


def _one_name(one: Fact, other: Fact) -> bool:
    return one.document == other.document and overlap(one.tokens, other.tokens) > 0.5


def _names(plan: Plan, group: list[Fact]) -> Iterator[Finding]:
    """One key and value, but each name has a word the other lacks, and nothing tells them apart."""
    for one, other in combinations(group, 2):
        a, b = tokens(one.of("name_en")), tokens(other.of("name_en"))
        sides = one.says("avoided") == other.says("avoided")
        apart = not a - b or not b - a or not sides or _apart(one, other)
        if a and b and not apart and plan.agree(one, other):
            yield Finding(
                "two_names", "L", (one.id, other.id),
                say("{value} is called “{one}” and “{other}”", value=shown(one.value, one.unit),
                    one=one.of("name_en"), other=other.of("name_en")),
                say("name both alike, or give each its scope: 1 name"),
            )  # fmt: skip
            return


def _same_names(plan: Plan) -> Iterator[Finding]:
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in plan.of(*NAMED):
        if fact.role in LEVELS and fact.tokens and fact.unit:
            kind = LEVELS[fact.role]
            key = (
                fact.document, fact.tokens, kind, plan.dimension(fact), fact.unit == "pp",
                fact.of("intervention_en"), fact.of("area"), _moment(fact),
            )  # fmt: skip
            groups.setdefault(key, []).append(fact)
    for group in groups.values():
        yield from _values(plan, _without_key(group))


def _moment(fact: Fact) -> str:
    """When a name says the number is of: "last year" and "target" are two numbers."""
    return "" if fact.role == "target" else " ".join(found_in(fact.name, "moment"))


def _without_key(group: list[Fact]) -> list[Fact]:
    """Figures whose keys do not already compare them; a due date is a period of its own."""
    return [fact for fact in group if not fact.of("metric_key")]


def _targets_of_kpis(plan: Plan) -> Iterator[Finding]:
    """A KPI's target against the targets of that name: none of them has its value."""
    for kpi in plan.of("kpi_table"):
        named = [
            fact
            for fact in plan.of("targets_actuals")
            if fact.role == "target" and fact.document == kpi.document
            and plan.dimension(fact) == plan.dimension(kpi)
            and alike(fact.tokens, kpi.tokens) >= 0.75
        ]  # fmt: skip
        if named and not any(plan.agree(kpi, fact) or _apart(kpi, fact) for fact in named):
            nearest = min(named, key=lambda fact: abs(plan.base(fact) - plan.base(kpi)))
            old, new = shown(kpi.value, kpi.unit), shown(nearest.value, nearest.unit)
            yield Finding(
                "repeated_metric", "H", (kpi.id, nearest.id),
                say("{values} for one metric: {name}", values=f"{old} ≠ {new}",
                    name=kpi.of("name_en") or kpi.of("name_zh")),
                set_to(kpi.id, old, new),
            )  # fmt: skip


def _incidents(plan: Plan) -> Iterator[Finding]:
    """Two accounts of one incident: one category and telling word, other losses or limits."""
    rows = [row for row in plan.rows("risk_register") if row.get("impact_value")]
    counts: dict[str, int] = {}
    for row in plan.rows("risk_register"):
        for word in tokens(row.get("name_en", "")):
            counts[word] = counts.get(word, 0) + 1
    for one, other in combinations(rows, 2):
        same = ("document", "category", "impact_unit")
        shared = tokens(one.get("name_en", "")) & tokens(other.get("name_en", ""))
        if any(one.get(c) != other.get(c) for c in same) or not any(counts[w] == 2 for w in shared):
            continue
        figures = [
            f"{shown(float(row['impact_value']))} {row.get('impact_unit', '')}"
            + (f" / {row['limit_value']} {row.get('limit_unit', '')}" if row.get("limit_value")
               else "")
            for row in (one, other)
        ]  # fmt: skip
        kinds = one.get("limit_kind", ""), other.get("limit_kind", "")
        if figures[0] == figures[1] or not all(kinds):
            continue
        yield Finding(
            "repeated_metric", "H" if kinds[0] == kinds[1] else "L",
            (one["fact_id"], other["fact_id"]),
            say("{values} for one metric: {name}", values=" ≠ ".join(figures),
                name=", ".join(sorted(w for w in shared if counts[w] == 2))),
            set_to(other["fact_id"], figures[1], figures[0]),
        )  # fmt: skip
