"""What a table should list and does not: KPIs of targets, sales of peers, teams of owners."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say
from analysis.plan.names import alike, overlap
from analysis.plan.rules.events import named
from analysis.plan.rules.targets import Row, rows_of

INTERIM = re.compile(r"\bQ[1-4]\b|\bH[12]\b|month|week|季度|上半年|下半年|月", re.IGNORECASE)
"""Periods on the way to a target."""
KNOWN = 0.6
"""Share of the owners that must be teams of the table before the others are odd."""
CHOSEN = 0.4
"""Share of the targets the KPI table must have before those it lacks are worth a remark."""
_OWNERS = ("owner_zh", "owner_en", "owner", "department_zh", "department_en", "department")


def find(plan: Plan) -> Iterator[Finding]:
    """Targets without a KPI, a competitor's growth without sales, owners without a team."""
    yield from _kpis(plan)
    yield from _peers(plan)
    yield from _owners(plan)


def _kpis(plan: Plan) -> Iterator[Finding]:
    """Targets of documents that have a KPI table, but no KPI of their name or number."""
    rows = rows_of(plan)
    missing: list[Fact] = []
    covered = 0
    for document in sorted({row["document"] for row in plan.rows("kpi_table")}):
        kpis = [f for f in plan.of("kpi_table") if f.document == document]
        for row in rows.values():
            target = row.get("target")
            if target is None or target.document != document or _is_input(plan, target):
                continue
            if INTERIM.search(target.of("period")):
                continue
            if _measured(kpis, row, target):
                covered += 1
            elif not named(target.of("period")):  # a campaign's target is not the year's
                missing.append(target)
    # Where few targets have a KPI, the table is of a choice of them: nothing was forgotten.
    if missing and covered >= max(3, CHOSEN * (covered + len(missing))):
        yield Finding(
            "coverage", "L", tuple(f.id for f in missing),
            say("{missing} of {all} targets have no row in the KPI table: {names}",
                missing=len(missing), all=len(missing) + covered,
                names="; ".join(f.of("name_en") or f.of("name_zh") for f in missing)),
            say("KPI table: rows to add: {rows}", rows=len(missing)),
        )  # fmt: skip


def _is_input(plan: Plan, target: Fact) -> bool:
    """A cap on spending is what the plan puts in, not what it is to reach."""
    cap = target.of("comparator")[:1] == "<" and plan.dimension(target) == "money"
    return cap and target.says("spend")


def _measured(kpis: list[Fact], row: Row, target: Fact) -> bool:
    numbers = {target.value, row["delta"].value if "delta" in row else target.value}
    by_number = any(k.value in numbers and alike(k.tokens, target.tokens) >= 0.2 for k in kpis)
    return by_number or any(_same_topic(k, target) for k in kpis)


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
        bare = [row for row in peers if not row.get("sales")]
        if bare:
            names = [f"{row.get('name_en') or row.get('name_zh', '')} ({row['growth']}%)"
                     if row.get("growth") else row.get("name_en") or row.get("name_zh", "")
                     for row in bare]  # fmt: skip
            yield Finding(
                "coverage", "L", tuple(row["fact_id"] for row in bare),
                say("no sales are given of {names}; {peers} peers have sales and growth",
                    names=", ".join(names),
                    peers=sum(bool(r.get("sales") and r.get("growth")) for r in peers)),
                say("{fact}: add sales", fact="; ".join(row["fact_id"] for row in bare)),
            )  # fmt: skip


def _owners(plan: Plan) -> Iterator[Finding]:
    """Owners that are no team, where most owners are one."""
    teams = [_plain(row.get(column, "")) for row in plan.rows("team")
             for column in ("name_zh", "name_en") if row.get(column)]  # fmt: skip
    owned = [
        (row["fact_id"], row[column])
        for table, rows in sorted(plan.tables.items())
        for row in rows
        for column in _OWNERS
        if table != "team" and row.get(column)
    ]
    names = sorted({name for _, name in owned})
    strange = [name for name in names if not _is_team(name, teams)]
    if not teams or not strange or len(names) - len(strange) < max(2, KNOWN * len(names)):
        return
    for name in strange:
        ids = tuple(dict.fromkeys(id for id, owner in owned if owner == name))
        yield Finding(
            "coverage", "L", ids,
            say("the owner “{name}” is none of the teams: {teams}", name=name,
                teams=", ".join(row.get("name_zh") or row.get("name_en", "")
                                for row in plan.rows("team"))),
            say("{fact}: name one of the teams, or add the owner to them", fact=ids[0]),
        )  # fmt: skip


def _plain(name: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\b(team|department|dept|group|the)\b", " ", name.lower())
                  ).strip()  # fmt: skip


def _is_team(name: str, teams: list[str]) -> bool:
    """Whether each of the owners named is a team, or a team's name in short."""
    for part in re.split(r"[、,，/;；&]| and |和|与", name):
        own = re.sub(r"[部组门队]+$", "", _plain(part))
        if own and not any(own in team or re.sub(r"[部组门队]+$", "", team) in own
                           for team in teams if team):  # fmt: skip
            return False
    return True
