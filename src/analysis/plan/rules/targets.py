"""Targets: feasible against history and the market, complete, and measured by the KPI table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import alike, overlap
from analysis.plan.tables import PLACEHOLDER

FAR = 2.0
"""Times the best known growth a target may ask for before a driver must be named."""
DRIVER = 1.5
"""A driver's factor over the outcome's: beyond it, the other drivers would have to shrink."""
_INTERIM = re.compile(r"\bQ[1-4]\b|\bH[12]\b|month|week")
_MEASURED = ("targets_actuals", "kpi_table", "claims", "budget_split", "extra_facts", "market")
"""Tables in which every row states a number."""
LEVELS = ("baseline", "target", "actual", "delta")


def find(plan: Plan) -> Iterator[Finding]:
    """Targets out of reach, without number, unit or date, or without a KPI."""
    rows: dict[str, dict[str, Fact]] = {}
    for fact in plan.of("targets_actuals"):
        rows.setdefault(fact.id, {})[fact.role] = fact
    yield from _history(plan, rows)
    yield from _direction(rows)
    yield from _drivers(plan, rows)
    yield from _complete(plan)
    yield from _kpis(plan, rows)
    yield from _peers(plan)


def _history(plan: Plan, rows: dict[str, dict[str, Fact]]) -> Iterator[Finding]:
    """Required growth against the growth there was and the market's."""
    for row in rows.values():
        target, actual = row.get("target"), row.get("actual")
        if target is None or actual is None or target.unit != "pct" or not target.says("growth"):
            continue
        market = [
            f for f in plan.of("market")
            if f.document == target.document and f.unit == "pct" and f.says("growth")
        ]  # fmt: skip
        best = max([actual.value, *(f.value for f in market)])
        if actual.value > 0 and target.value > FAR * best:
            yield Finding(
                "feasibility", "M", (target.id, *(f.id for f in market[:1])),
                say("required growth {target}, history {history}, best of history and market "
                    "{best}", target=shown(target.value, "pct"),
                    history=shown(actual.value, "pct"), best=shown(best, "pct")),
                set_to(target.id, shown(target.value, "pct"), f"≤ {shown(FAR * best, 'pct')}"),
            )  # fmt: skip


def _direction(rows: dict[str, dict[str, Fact]]) -> Iterator[Finding]:
    """A floor below the start, or a cap above it, asks for nothing."""
    for row in rows.values():
        target, start = row.get("target"), row.get("baseline")
        if target is None or start is None or target.unit != start.unit:
            continue
        sign = target.of("comparator")
        idle = (sign in (">", ">=") and target.value < start.value) or (
            sign in ("<", "<=") and target.value > start.value
        )
        if idle:
            yield Finding(
                "feasibility", "M", (target.id,),
                say("the target {target} is met by the start, {start}",
                    target=f"{sign} {shown(target.value, target.unit)}",
                    start=shown(start.value, start.unit)),
                set_to(target.id, shown(target.value, target.unit),
                       f"{sign} {shown(start.value, start.unit)}"),
            )  # fmt: skip


def _drivers(plan: Plan, rows: dict[str, dict[str, Fact]]) -> Iterator[Finding]:
    """Sales = traffic × conversion × order value: a driver must not outgrow the outcome."""
    for drive in rows.values():
        after, before = drive.get("target"), drive.get("baseline")
        if after is None or before is None or before.value <= 0 or after.unit != "pct":
            continue
        if not after.says("conversion") or after.says("change"):
            continue
        factor = after.value / before.value
        for row in rows.values():
            goal = row.get("target")
            grows = goal is not None and goal.unit == "pct" and goal.says("growth")
            if goal is None or not grows or not goal.says("gmv") or goal.says("not_total"):
                continue
            same = goal.document == after.document and goal.of("period") == after.of("period")
            wanted = 1 + goal.value / 100
            if same and wanted > 0 and factor > DRIVER * wanted:
                yield Finding(
                    "feasibility", "M", (after.id, goal.id),
                    say("conversion {before} → {after} is × {factor}, sales × {wanted}: traffic × "
                        "order value would be × {rest}", before=shown(before.value),
                        after=shown(after.value, "pct"), factor=shown(round(factor, 3)),
                        wanted=shown(wanted), rest=shown(round(wanted / factor, 2))),
                    set_to(after.id, shown(after.value, "pct"),
                           shown(round(before.value * wanted, 1), "pct")),
                )  # fmt: skip
                break


def _complete(plan: Plan) -> Iterator[Finding]:
    """A target needs a number, a unit and a date; no placeholder stands for one."""
    for table in _MEASURED:
        for row in plan.rows(table):
            id = row["fact_id"]
            numbers = [c for c in (*LEVELS, "value", "growth", "sales") if row.get(c)]
            if not numbers and not row.get("value_max"):
                yield Finding("smart", "M", (id,), say("a target without a number"),
                              say("{fact}: add a number", fact=id))  # fmt: skip
            elif not row.get("unit"):
                yield Finding(
                    "smart",
                    "M",
                    (id,),
                    say("{value} has no unit", value=row.get(numbers[0], "")),
                    say("{fact}: add a unit to {value}", fact=id, value=row.get(numbers[0], "")),
                )
            if table == "targets_actuals" and row.get("target") and not row.get("period"):
                yield Finding("smart", "M", (id,),
                              say("target {target} without a date", target=row["target"]),
                              say("{fact}: add a date", fact=id))  # fmt: skip
    for row in plan.rows("milestones"):
        if not row.get("due"):
            yield Finding("smart", "M", (row["fact_id"],), say("a milestone without a date"),
                          say("{fact}: add a date", fact=row["fact_id"]))  # fmt: skip
    yield from _placeholders(plan)


def _placeholders(plan: Plan) -> Iterator[Finding]:
    """One finding a document and column, naming every place."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for table in ("targets_actuals", "kpi_table", "budget_split", "market", "phases", "milestones"):
        for row in plan.rows(table):
            for column in ("period", "total", "due", "start", "end", "value", "target"):
                hit = PLACEHOLDER.search(row.get(column, ""))
                if hit:
                    found.setdefault((row["document"], column, hit[0]), []).append(row["fact_id"])
    for (_, column, text), ids in found.items():
        yield Finding(
            "smart",
            "L",
            tuple(ids),
            say("{column} holds the placeholder “{text}”", column=column, text=text),
            say("{fact}: add a number", fact=ids[0]),
        )


def _kpis(plan: Plan, rows: dict[str, dict[str, Fact]]) -> Iterator[Finding]:
    """Targets of a document that has a KPI table, but no KPI of their name or number."""
    for document in sorted({row["document"] for row in plan.rows("kpi_table")}):
        kpis = [f for f in plan.of("kpi_table") if f.document == document]
        missing, covered = [], 0
        for row in rows.values():
            target = row.get("target")
            if target is None or target.document != document:
                continue
            if _INTERIM.search(target.of("period")):
                continue
            numbers = {target.value, row["delta"].value if "delta" in row else target.value}
            named = [
                k for k in kpis if k.value in numbers and alike(k.tokens, target.tokens) >= 0.2
            ]
            if named or any(_same_topic(k, target) for k in kpis):
                covered += 1
            else:
                missing.append(target)
        if missing and covered >= 3:
            yield Finding(
                "coverage", "L", tuple(f.id for f in missing),
                say("{missing} of {all} targets have no row in the KPI table: {names}",
                    missing=len(missing), all=len(missing) + covered,
                    names=", ".join(f.of("name_en") or f.of("name_zh") for f in missing)),
                say("add {rows} rows to the KPI table", rows=len(missing)),
            )  # fmt: skip


def _same_topic(kpi: Fact, target: Fact) -> bool:
    return alike(kpi.tokens, target.tokens) >= 0.5 or (
        overlap(kpi.tokens, target.tokens) >= 0.99 and len(kpi.tokens) > 1
    )


def _peers(plan: Plan) -> Iterator[Finding]:
    """A competitor's growth without the sales its peers have."""
    table = plan.rows("competitors")
    for document in sorted({row["document"] for row in table}):
        peers = [row for row in table if row["document"] == document]
        if sum(bool(row.get("sales")) for row in peers) < 2:
            continue
        for row in peers:
            if not row.get("sales"):
                yield Finding(
                    "coverage", "L", (row["fact_id"],),
                    say("sales are missing, growth {growth}; {peers} peers have both",
                        growth=row.get("growth") or "–",
                        peers=sum(bool(r.get("sales") and r.get("growth")) for r in peers)),
                    say("{fact}: add a number", fact=row["fact_id"]),
                )  # fmt: skip
