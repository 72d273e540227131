"""Parts against their whole: shares that must make 100 %, amounts that must make a total."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import says, tokens
from analysis.plan.tables import number

NEAR = (80.0, 120.0)
"""Shares of one section that sum to this are meant as a split of 100."""

WHOLE = ("", "all", "platform", "total", "company")
_CONSTRAINT = re.compile(
    r"share|within|\bmin\b|\bmax\b|\bcap\b|overrun|reserve|reduced|占比|上限|下限|以内|超支|预留"
)


def find(plan: Plan) -> Iterator[Finding]:
    """Splits that do not add up and parts greater than their whole."""
    yield from _budget(plan)
    yield from _personas(plan)
    yield from _mixes(plan)
    yield from _quarters(plan)
    yield from _totals(plan)
    yield from _wholes(plan)


def rounding(halves: list[float]) -> float:
    """How far rounded shares may miss 100.

    Errors of rounding are uniform: their sum has a standard deviation of a printed place times
    sqrt(n / 12). Twice that, in whole printed places, and never more than all of them can make.
    """
    place = 2 * max(halves)
    likely = max(1, round(2 * math.sqrt(len(halves) / 12))) * place
    return min(sum(halves), likely) * (1 + 1e-9)


def _hundred(plan: Plan, parts: list[Fact], open_end: bool = False) -> Iterator[Finding]:
    total = sum(plan.base(fact) for fact in parts) * 100
    slack = rounding([plan.step(fact) * 100 for fact in parts])
    low, high = NEAR
    meant = low <= total <= high or (open_end and total > 100)
    if len(parts) < 2 or not meant or abs(total - 100) <= max(slack, 1e-9):
        return
    largest = max(parts, key=lambda fact: fact.value)
    mended = largest.value - (total - 100)
    yield Finding(
        "sum", "H", tuple(fact.id for fact in parts),
        say("{parts} = {total}, expected 100",
            parts=" + ".join(shown(fact.value) for fact in parts), total=shown(total)),
        set_to(largest.id, shown(largest.value, largest.unit), shown(mended, largest.unit)),
    )  # fmt: skip


def _budget(plan: Plan) -> Iterator[Finding]:
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in plan.of("budget_split"):
        if fact.unit != "pct" or fact.role != "value":
            continue
        given = "part_of" in fact.row
        if not given and _CONSTRAINT.search(fact.name.lower()):
            continue
        if given and not fact.of("part_of"):
            continue
        group = fact.of("part_of") if given else fact.of("section")
        groups.setdefault((fact.document, group), []).append(fact)
    for parts in groups.values():
        if len(parts) >= 3:
            yield from _hundred(plan, parts)


def _personas(plan: Plan) -> Iterator[Finding]:
    groups: dict[str, list[Fact]] = {}
    for fact in plan.of("personas"):
        if fact.role == "share" and (fact.of("age_min") or fact.of("age_max")):
            groups.setdefault(fact.document, []).append(fact)
    for parts in groups.values():
        yield from _hundred(plan, parts, open_end=True)


def _mixes(plan: Plan) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in plan.of("thresholds"):
        if fact.of("level") == "mix" and fact.unit == "pct" and fact.role == "value":
            groups.setdefault((fact.document, fact.of("scope")), []).append(fact)
    for parts in groups.values():
        if len(parts) >= 2:
            yield from _hundred(plan, parts, open_end=True)


def _quarters(plan: Plan) -> Iterator[Finding]:
    """Shares of a year by quarter, as targets or milestones of one name."""
    groups: dict[tuple[object, ...], dict[str, Fact]] = {}
    for fact in plan.of("targets_actuals", "milestones"):
        quarter = re.fullmatch(r"(?:.*\b)?Q([1-4])", fact.of("period").strip())
        if quarter and fact.role in ("target", "value") and fact.unit == "pct":
            words = frozenset(w for w in fact.tokens if not re.fullmatch(r"q[1-4]", w))
            if says(fact.name, "portion") and {"year", "annual"} & (
                tokens(fact.name) | set(fact.name.lower().split())
            ):
                key = (fact.document, fact.table, words)
                groups.setdefault(key, {})[quarter[1]] = fact
    for parts in groups.values():
        if len(parts) == 4 or sum(f.value for f in parts.values()) > 100:
            yield from _hundred(plan, list(parts.values()), open_end=True)


def _totals(plan: Plan) -> Iterator[Finding]:
    """A row named total, or a column ``total``, against the other rows of its section."""
    for table in ("budget_split", "team", "operations", "coupons", "channels_content"):
        groups: dict[tuple[str, str, str], list[Fact]] = {}
        for fact in plan.of(table):
            if fact.role in ("value", "headcount"):
                groups.setdefault((fact.document, fact.of("section"), fact.unit), []).append(fact)
        for group in groups.values():
            whole = [f for f in group if f.says("total") or says(f.of("name_en").strip(), "total")]
            parts = [f for f in group if f not in whole]
            if len(whole) == 1 and len(parts) >= 2:
                yield from _against(plan, parts, whole[0].id, whole[0].value, plan.step(whole[0]))
            given = {f.of("total") for f in group} - {""}
            total = number(next(iter(given))) if len(given) == 1 else None
            if total is not None and len(group) >= 2 and group[0].unit != "pct":
                step = plan.units.step(total, group[0].unit)
                yield from _against(plan, group, group[0].id, total, step)


def _against(
    plan: Plan, parts: list[Fact], whole: str, total: float, step: float
) -> Iterator[Finding]:
    unit = parts[0].unit
    found = sum(fact.value for fact in parts)
    slack = sum(plan.step(fact) for fact in parts) + step
    integers = all(fact.value.is_integer() for fact in parts) and plan.dimension(parts[0]) in (
        "count", "money"
    )  # fmt: skip
    tolerance = step if integers else slack
    if abs(plan.units.base(found - total, unit)) > tolerance:
        ids = dict.fromkeys([whole, *(fact.id for fact in parts)])
        yield Finding(
            "sum", "H", tuple(ids),
            say("{parts} = {total}, expected {expected}",
                parts=" + ".join(shown(fact.value) for fact in parts),
                total=shown(found, unit), expected=shown(total, unit)),
            set_to(whole, shown(total, unit), shown(found, unit)),
        )  # fmt: skip


def _wholes(plan: Plan) -> Iterator[Finding]:
    """Sales of a part against sales of all in the same period and kind of number."""
    facts = [
        fact
        for fact in plan.of("targets_actuals")
        if fact.role in ("target", "actual", "baseline") and plan.dimension(fact) == "money"
        and fact.says("sales") and not fact.says("not_total") and not fact.says("change")
    ]  # fmt: skip
    wholes = [fact for fact in facts if fact.of("scope") in WHOLE]
    for whole in wholes:
        parts: dict[str, Fact] = {}
        for fact in facts:
            other = fact.of("scope") not in WHOLE
            if other and _same(whole, fact, ("document", "period")) and fact.role == whole.role:
                parts.setdefault(fact.of("scope"), fact)
        for part in parts.values():
            slack = max(plan.step(whole), plan.step(part))
            if whole.of("comparator") in (">", ">=") or not (
                plan.base(part) > plan.base(whole) + slack
            ):
                continue
            amount = plan.base(part) / plan.units.base(1, whole.unit)
            yield Finding(
                "sum", "H", (part.id, whole.id),
                say("part {part} > whole {whole}", part=shown(part.value, part.unit),
                    whole=shown(whole.value, whole.unit)),
                set_to(whole.id, shown(whole.value, whole.unit), f"≥ {shown(amount, whole.unit)}"),
            )  # fmt: skip


def _same(one: Fact, other: Fact, columns: tuple[str, ...]) -> bool:
    cells: tuple[Mapping[str, str], Mapping[str, str]] = (one.row, other.row)
    return all(cells[0].get(column) == cells[1].get(column) for column in columns)
