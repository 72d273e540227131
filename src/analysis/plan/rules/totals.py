"""Amounts and counts of parts against the total that a row, a column or another table states."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from analysis.plan.context import apart, context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import WHOLE, says, tagged, tokens
from analysis.plan.rules.shares import OPPOSITE, kind, parts_of, place
from analysis.plan.tables import number
from analysis.plan.units import spelled

TABLES = ("budget_split", "team", "operations", "coupons", "channels_content")
_TOTAL = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)\s*[(（]?\s*([^()（）]*)")
_UNITS = {
    "10kcny": "cny_10k", "cny10k": "cny_10k", "cny_10k": "cny_10k", "万元": "cny_10k",
    "万": "cny_10k", "100mcny": "cny_100m", "cny_100m": "cny_100m", "亿元": "cny_100m",
    "亿": "cny_100m", "cny": "cny", "元": "cny", "rmb": "cny", "1mcny": "cny_1m",
    "millioncny": "cny_1m", "cny_1m": "cny_1m",
}  # fmt: skip
_AMOUNT = re.compile(r"\b(amount|budget|spend(ing)?|funds?|cost)\b|金额|预算|费用|经费|投入|花费")
_STAFF = re.compile(r"\bteam\b|head ?count|\bstaff\b|组员|团队|人数|编制|项目组|人员")
_ALL = re.compile(r"\btotal\b|\bin all\b|altogether|总|合计|共计")
NEAR = 0.7
"""A listing from this part of a total on is meant as all of it."""


def find(plan: Plan, told: Collection[str] = ()) -> Iterator[Finding]:
    """Parts that do not make their total; shares that are ``told`` already are passed over."""
    products = [each for each in _products(plan) if each.facts[1] not in told]
    yield from products
    named = {id for finding in products for id in finding.facts}
    yield from _rows_and_columns(plan, named)
    yield from _of_named_total(plan, named)
    yield from _other_table(plan)
    yield from _members(plan)


def total_of(plan: Plan, row_total: str, unit: str) -> tuple[float, str] | None:
    """Number and unit of a cell such as ``210``, ``210 cny_10k`` or ``total: 210 (10k CNY)``.

    A number alone is in the unit of its row.
    """
    if number(row_total) is not None:
        return float(row_total.replace(",", "")), unit
    found = _TOTAL.search(row_total.replace("：", ":").rpartition(":")[2])
    if found is None:
        return None
    text = re.sub(r"[\s.]", "", found[2].lower())
    given = spelled(found[2])
    told = given if given in plan.units.known else _UNITS.get(text, "" if text else unit)
    value = number(found[1])
    return (value, told) if value is not None and told else None


def _products(plan: Plan) -> Iterator[Finding]:
    """An amount against its share of the total of both."""
    facts = [fact for fact in plan.of("budget_split") if fact.role == "value"]
    shares = [fact for fact in facts if fact.unit == "pct"]
    for amount in facts:
        if plan.dimension(amount) != "money":
            continue
        for share in shares:
            if share.document != amount.document or _thing(share) != _thing(amount):
                continue
            if share.of("part_of") != amount.of("part_of"):
                continue
            cell = share.of("total") or amount.of("total")
            whole = total_of(plan, cell, amount.unit) if cell else _named_total(facts, share)
            if not _thing(share) or whole is None or plan.units.dimension(whole[1]) != "money":
                continue
            base = plan.units.base(*whole)
            slack = base * plan.step(share) + plan.step(amount)
            made = base * share.value / 100
            if abs(made - plan.base(amount)) > slack * (1 + 1e-9):
                right = shown(round(made / plan.units.base(1.0, amount.unit), 2), amount.unit)
                yield Finding(
                    "sum", "H", (amount.id, share.id),
                    say("{share} of {total} is {value}, stated {stated}",
                        share=shown(share.value, share.unit), total=shown(*whole), value=right,
                        stated=shown(amount.value, amount.unit)),
                    set_to(amount.id, shown(amount.value, amount.unit), right),
                )  # fmt: skip


def _named_total(facts: Sequence[Fact], part: Fact) -> tuple[float, str] | None:
    """The row that a part says it is of."""
    row = _row_of(facts, part)
    return None if row is None else (row.value, row.unit)


def _row_of(facts: Sequence[Fact], part: Fact) -> Fact | None:
    told = part.of("part_of").strip().lower()
    for fact in facts:
        same = fact.document == part.document and fact.unit != "pct"
        if told and same and told in (fact.of("name_en").lower(), fact.of("name_zh")):
            return fact
    return None


def _thing(fact: Fact) -> frozenset[str]:
    split = parts_of(fact)
    english, chinese = fact.of("name_en"), fact.of("name_zh").split("占")[0]
    return tokens(_AMOUNT.sub(" ", (split[0] if split else english or chinese).lower()))


def _rows_and_columns(plan: Plan, products: set[str]) -> Iterator[Finding]:
    """A row named total, or a column ``total``, against the other rows of its section."""
    for table in TABLES:
        groups: dict[tuple[str, str, str], list[Fact]] = {}
        for fact in plan.of(table):
            if fact.role in ("value", "headcount"):
                groups.setdefault((fact.document, fact.of("section"), fact.unit), []).append(fact)
        for group in groups.values():
            whole = [f for f in group if f.says("total") or says(f.of("name_en").strip(), "total")]
            parts = [f for f in group if f not in whole]
            if len(whole) == 1 and len(parts) >= 2:
                total = whole[0].value
                yield from against(plan, parts, (whole[0].id,), total, plan.step(whole[0]))
            given = {f.of("total") for f in parts} - {""}
            found = total_of(plan, next(iter(given)), group[0].unit) if len(given) == 1 else None
            same = found and plan.units.dimension(found[1]) == plan.dimension(group[0])
            # An amount that is not its share is told already.
            fresh = not products & {fact.id for fact in parts}
            if found and same and fresh and len(parts) >= 2 and all(f.of("total") for f in parts):
                step = plan.units.step(*found)
                value = plan.units.base(*found) / plan.units.base(1.0, group[0].unit)
                yield from against(plan, parts, tuple(f.id for f in parts), value, step)


def _of_named_total(plan: Plan, products: set[str]) -> Iterator[Finding]:
    """Amounts that say what they are part of, against the row of that name."""
    facts = [fact for fact in plan.of("budget_split") if fact.role == "value"]
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        if fact.of("part_of") and plan.dimension(fact) == "money":
            groups.setdefault((fact.document, fact.of("part_of")), []).append(fact)
    for parts in groups.values():
        whole = _row_of(facts, parts[0])
        if whole is None or len(parts) < 3 or products & {fact.id for fact in parts}:
            continue
        near = NEAR * plan.base(whole) <= sum(plan.base(fact) for fact in parts)
        if near and plan.dimension(whole) == "money":
            one = plan.units.base(1.0, parts[0].unit)
            total, step = plan.base(whole) / one, plan.step(whole)
            yield from against(plan, parts, (whole.id,), total, step)


def against(
    plan: Plan, parts: Sequence[Fact], whole: tuple[str, ...], total: float, step: float,
    severity: str = "H",
) -> Iterator[Finding]:  # fmt: skip
    """A finding if parts in the unit of the first do not make a total in that unit."""
    unit = parts[0].unit
    one = plan.units.base(1.0, unit)
    found = sum(plan.base(fact) for fact in parts) / one
    slack = sum(plan.step(fact) for fact in parts) + step
    integers = all(fact.value.is_integer() for fact in parts) and plan.dimension(parts[0]) in (
        "count", "money"
    )  # fmt: skip
    tolerance = step if integers else slack
    if abs(found - total) * one > tolerance * (1 + 1e-9):
        ids = dict.fromkeys([*whole, *(fact.id for fact in parts)])
        yield Finding(
            "sum", severity, tuple(ids),
            say("{parts} = {total}, expected {expected}",
                parts=" + ".join(
                    shown(fact.value) if fact.unit == unit else shown(fact.value, fact.unit)
                    for fact in parts),
                total=shown(found, unit), expected=shown(total, unit)),
            set_to(", ".join(whole), shown(total, unit), shown(round(found, 4), unit)),
        )  # fmt: skip


def _other_table(plan: Plan) -> Iterator[Finding]:
    """A total headcount against the teams that a document lists."""
    for document, facts in plan.documents.items():
        teams = [f for f in facts if f.table == "team" and f.role == "headcount"
                 and not f.says("total")]  # fmt: skip
        if len(teams) < 2 or any(f.says("total") for f in facts if f.table == "team"):
            continue
        for total in facts:
            told = total.name.lower()
            people = total.unit in ("persons", "count") and total.role in ("value", "actual")
            if total.table == "team" or not people or total.document != document:
                continue
            if not (_STAFF.search(told) and _ALL.search(told)):
                continue
            near = total.value * NEAR <= sum(f.value for f in teams) <= total.value / NEAR
            if near and (place(total) == place(teams[0]) or len({place(f) for f in teams}) == 1):
                yield from against(plan, teams, (total.id,), total.value, plan.step(total), "M")


def _members(plan: Plan) -> Iterator[Finding]:
    """All of a kind against its kinds in one line, and sales by channel against all sales."""
    for facts in plan.documents.values():
        rows = [f for f in facts if plan.dimension(f) in ("money", "count")
                and f.role in ("value", "actual", "target") and not f.says("change")]  # fmt: skip
        for whole in rows:
            twins = [f for f in rows if f.tokens == whole.tokens and f.role == whole.role]
            parts = _once([part for part in rows if _is_part(part, whole)])
            by_kind: dict[str, list[Fact]] = {}
            for part in parts:
                by_kind.setdefault(_kind_of_part(part, whole), []).append(part)
            for each, group in by_kind.items():
                pair = len(group) == 2 and each in {"/".join(pair) for pair in OPPOSITE}
                if len(group) < 3 and not pair:
                    continue
                told = sum(plan.base(part) for part in group)
                lines = {(f.table, f.of("section")) for f in (*group, whole)}
                line = len(group) >= 3 and len(lines) == 1 and whole.of("section") != "" and (
                    _ALL.search(whole.name.lower()) is not None
                )  # fmt: skip
                meant = pair or line
                slack = sum(plan.step(part) for part in group) + plan.step(whole)
                over = told > plan.base(whole) + slack
                short = meant and NEAR * plan.base(whole) <= told < plan.base(whole) - slack
                if any(abs(told - plan.base(f)) <= slack for f in twins):
                    continue  # another place of the same total has it right
                if (over and told * NEAR <= plan.base(whole)) or short:
                    one = plan.units.base(1.0, group[0].unit)
                    yield from against(plan, group, (whole.id,), plan.base(whole) / one,
                                        plan.step(whole), "H" if pair else "M")  # fmt: skip


def _is_part(part: Fact, whole: Fact) -> bool:
    """Whether a name is that of the whole with one more qualifier before its noun."""
    if part.id == whole.id or part.table != whole.table or part.role != whole.role:
        return False
    if (part.unit == "pct") != (whole.unit == "pct") or apart(part, whole):
        return False
    same = all(part.of(c) == whole.of(c) for c in ("scope", "period", "subject"))
    if not same or part.says("new") or _ALL.search(part.name.lower()):
        return False
    a, b = bare(part), bare(whole)
    tags, others = context(part), context(whole)
    more = {w for _, w in tags.words - others.words}
    if others.words - tags.words or tags.of("stat") or tags.moment != others.moment:
        return False
    if a == b:
        return len(more) == 1 and bool(a or tags.words & others.words)
    return (
        b < a
        and bool(b)
        and len(a - b) <= 2
        and not more
        and _ALL.search(whole.name.lower()) is not None
    )


def bare(fact: Fact) -> frozenset[str]:
    """Telling words of a name without its qualifiers."""
    name = fact.of("name_en") or fact.of("name_zh")
    return tokens(WHOLE.sub(" ", tagged(name)[1]))


def _kind_of_part(part: Fact, whole: Fact) -> str:
    more = context(part).words - context(whole).words
    return kind(" ".join(word.replace("_", " ") for _, word in sorted(more))) if more else "named"


def _once(parts: Sequence[Fact]) -> list[Fact]:
    kept: dict[tuple[str, str], Fact] = {}
    for part in parts:
        kept.setdefault((part.of("name_en") or part.of("name_zh"), part.unit), part)
    return list(kept.values())
