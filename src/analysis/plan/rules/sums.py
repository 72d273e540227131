"""Parts against their whole: shares that must make 100 %, amounts that must make a total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import says, tagged, tokens
from analysis.plan.rules import included, options, orders, overtime, shares, totals
from analysis.plan.rules.shares import hundred, makes_hundred, parts_of, place

WHOLE = ("", "all", "platform", "total", "company")
_BOUND = re.compile(
    r"within|\bmin\b|\bmax\b|\bcap\b|overrun|reduced|\bof which\b|上限|下限|以内|超支|其中"
)
_RESERVE = re.compile(r"reserve|contingency|预留|预备|机动|储备")


def find(plan: Plan) -> Iterator[Finding]:
    """Splits that do not add up and parts greater than their whole."""
    yield from shares.find(plan)
    budget = list(_budget(plan))
    yield from budget
    yield from options.find(plan)
    yield from _personas(plan)
    yield from _mixes(plan)
    yield from _quarters(plan)
    # A share that breaks its split is not told again by its amount.
    yield from totals.find(plan, {id for finding in budget for id in finding.facts})
    yield from overtime.find(plan)
    yield from _wholes(plan)
    ordered = list(orders.find(plan))
    yield from ordered
    yield from included.find(plan, {finding.facts[0] for finding in ordered})


def _budget(plan: Plan) -> Iterator[Finding]:
    """Shares of a budget by section, or by the whole that a column names."""
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in plan.of("budget_split"):
        if fact.unit != "pct" or fact.role != "value":
            continue
        given = "part_of" in fact.row
        split = parts_of(fact)
        bound = _BOUND.search(fact.name.lower())
        if (bound and not (given and fact.of("part_of"))) or (given and not fact.of("part_of")):
            continue
        if not given and split is None and says(fact.name, "portion"):
            continue  # a share of something that is not said
        whole = fact.of("part_of") if given else tokens(split[1]) if split else place(fact)
        groups.setdefault((fact.document, whole), []).append(fact)
    for parts in groups.values():
        if len(parts) < 3:
            continue
        # A reserve may be inside the budget or beside it: wrong only if neither makes 100.
        core = [fact for fact in parts if not _RESERVE.search(fact.name.lower())]
        if len(core) > 1 and makes_hundred(plan, core):
            continue
        yield from hundred(plan, parts, whole=True)


def _personas(plan: Plan) -> Iterator[Finding]:
    """Groups of users: ages that follow each other, or the groups of one table."""
    groups: dict[tuple[str, bool], list[Fact]] = {}
    for fact in plan.of("personas"):
        if fact.role == "share":
            aged = bool(fact.of("age_min") or fact.of("age_max"))
            groups.setdefault((fact.document, aged), []).append(fact)
    for (document, aged), parts in groups.items():
        rows = [row for row in plan.rows("personas") if row["document"] == document]
        if len(parts) >= 3 or (aged and len(parts) == 2):
            near = 90.0 <= sum(plan.base(fact) for fact in parts) * 100 <= 110.0
            told = len(parts) == sum(
                bool(row.get("age_min") or row.get("age_max")) == aged for row in rows
            )
            if aged or (near and told):
                yield from hundred(plan, parts, whole=True, severity="H" if aged else "M")


def _mixes(plan: Plan) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in plan.of("thresholds"):
        if fact.of("level") == "mix" and fact.unit == "pct" and fact.role == "value":
            groups.setdefault((fact.document, fact.of("scope")), []).append(fact)
    for parts in groups.values():
        if len(parts) >= 2:
            yield from hundred(plan, parts, whole=True)


def _quarters(plan: Plan) -> Iterator[Finding]:
    """Shares of a year by quarter, as targets or milestones of one name."""
    groups: dict[tuple[object, ...], dict[str, Fact]] = {}
    for fact in plan.of("targets_actuals", "milestones"):
        quarter = re.fullmatch(r"(?:.*\b)?Q([1-4])", fact.of("period").strip())
        if quarter and fact.role in ("target", "value") and fact.unit == "pct":
            name = (fact.of("name_en") or fact.of("name_zh")).lower()
            yearly = {"year", "annual"} & set(name.split()) or re.search("全年|年度", name)
            if yearly and (says(name, "portion") or "占" in name):
                key = (fact.document, fact.table, tokens(tagged(name)[1]))
                groups.setdefault(key, {})[quarter[1]] = fact
    for parts in groups.values():
        if len(parts) == 4 or sum(f.value for f in parts.values()) > 100:
            yield from hundred(plan, list(parts.values()), whole=True)


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
