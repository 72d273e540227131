"""Rows that leave something out: number, unit, date, or a placeholder in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis.plan.facts import Plan
from analysis.plan.findings import Finding, Phrase, say
from analysis.plan.tables import PLACEHOLDER

MEASURED = ("targets_actuals", "kpi_table", "claims", "budget_split", "extra_facts", "market")
"""Tables in which every row states a number."""
LEVELS = ("baseline", "target", "actual", "delta")
_NUMBERS = (*LEVELS, "value", "value_max", "growth", "sales")
_COLUMNS = {"period": say("the period"), "total": say("the total"), "due": say("the due date"),
            "start": say("the start"), "end": say("the end"), "value": say("the value"),
            "target": say("the target")}  # fmt: skip


def find(plan: Plan) -> Iterator[Finding]:
    """A target needs a number, a unit and a date; no placeholder stands for one."""
    for table in MEASURED:
        for row in plan.rows(table):
            missing = missing_of(table, row)
            if missing == ["unit"]:
                value = next(row[c] for c in _NUMBERS if row.get(c))
                yield Finding(
                    "smart", "M", (row["fact_id"],), say("{value} has no unit", value=value),
                    say("{fact}: add a unit to {value}", fact=row["fact_id"], value=value),
                )  # fmt: skip
            elif missing:
                yield Finding(
                    "smart", "M", (row["fact_id"],), say("left out: {what}", what=_list(missing)),
                    say("{fact}: state {what}", fact=row["fact_id"], what=_list(missing)),
                )  # fmt: skip
    for row in plan.rows("milestones"):
        if not row.get("due"):
            yield Finding("smart", "M", (row["fact_id"],), say("a milestone without a date"),
                          say("{fact}: add a date", fact=row["fact_id"]))  # fmt: skip
    yield from _placeholders(plan)


def missing_of(table: str, row: Mapping[str, str]) -> list[str]:
    """What a row leaves out; a comparator only counts where more is missing with it."""
    missing = []
    if not any(row.get(column) for column in _NUMBERS):
        missing.append("number")
    if not row.get("unit"):
        missing.append("unit")
    if table == "targets_actuals":
        aims = bool(row.get("target")) or "number" in missing
        if aims and not row.get("period"):
            missing.append("date")
        if aims and missing and not row.get("comparator"):
            missing.append("comparator")
    return missing


_WHAT = {"number": say("number"), "unit": say("unit"), "date": say("date"),
         "comparator": say("comparator")}  # fmt: skip


def _list(missing: list[str]) -> Phrase:
    phrases = [_WHAT[each] for each in missing]
    out = phrases[0]
    for phrase in phrases[1:]:
        out = say("{one}, {other}", one=out, other=phrase)
    return out


def _placeholders(plan: Plan) -> Iterator[Finding]:
    """One finding a document and column, naming every place."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for table in sorted(plan.tables):
        for row in plan.rows(table):
            for column in _COLUMNS:
                hit = PLACEHOLDER.search(row.get(column, ""))
                if hit:
                    found.setdefault((row["document"], column, hit[0]), []).append(row["fact_id"])
    for (_, column, text), ids in found.items():
        yield Finding(
            "smart", "L", tuple(ids),
            say("the placeholder “{text}” stands for {column}", column=_COLUMNS[column], text=text),
            say("{fact}: put {column} in place of “{text}”", fact="; ".join(ids),
                column=_COLUMNS[column], text=text),
        )  # fmt: skip
