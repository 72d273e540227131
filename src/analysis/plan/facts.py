"""The figures of a plan's tables, one record a number, whichever table it stands in.

``note`` columns and a table of derived checks are never read: a checker that reads the answer
finds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from analysis.base.errors import InputProblems, Problem
from analysis.plan.names import says, tokens
from analysis.plan.units import Units, spelled, units_of

NEVER_READ = ("note", "reading")
IGNORED = ("derived_checks", "units")
ALIASES = {
    "document": ("seed", "document"), "track": ("track",), "start": ("start", "starts"),
    "end": ("end", "ends"), "ref": ("ref", "source_ref"),
}  # fmt: skip
ROLES: Mapping[str, tuple[str, ...]] = {
    "value": ("unit",), "baseline": ("unit",), "target": ("goal_unit", "unit"),
    "actual": ("unit",), "delta": ("delta_unit", "unit"), "before": ("unit",), "after": ("unit",),
    "sales": ("sales_unit",), "growth": ("growth_unit",), "share": ("share_unit", "unit"),
    "impact_value": ("impact_unit",), "limit_value": ("limit_unit",),
    "response_value": ("response_unit",), "headcount": ("unit",), "min_spend": (),
}  # fmt: skip
"""Numeric column → columns that may hold its unit."""
DEFAULT_UNIT = {"growth": "pct", "share": "pct", "min_spend": "cny", "headcount": "persons"}
COMPARATORS = {"sales": "sales_comparator", "share": "share_comparator"}


@dataclass(frozen=True)
class Fact:
    """One number and where it stands.

    Attributes:
        id: ``fact_id`` of its row.
        role: The column: value, baseline, target, actual, delta, …
        value: As printed.
        unit: As printed, blanks as underscores.
        row: The whole row, without notes; missing cells are "".
    """

    id: str
    table: str
    role: str
    value: float
    unit: str
    row: Mapping[str, str] = field(repr=False)

    def of(self, column: str) -> str:
        """A cell of the row; "" where there is none."""
        return self.row.get(column, "")

    @cached_property
    def name(self) -> str:
        """English and Chinese name."""
        return f"{self.of('name_en')} {self.of('name_zh')}".strip()

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Telling words of the English name, of the Chinese one if there is no English."""
        return tokens(self.of("name_en") or self.of("name_zh"))

    @property
    def document(self) -> str:
        """The document it is from."""
        return self.of("document")

    @cached_property
    def place(self) -> tuple[str, str, str]:
        """Scope, period, subject as far as given."""
        return (self.of("scope"), self.of("period"), self.of("subject"))

    def says(self, kind: str) -> bool:
        """Whether the name has a word of this kind."""
        return says(self.name, kind)


@dataclass(frozen=True)
class Plan:
    """A plan's tables, cleaned, and their figures.

    Attributes:
        tables: Name → rows (column → text), notes left out.
        facts: Every number.
        units: Units of the plan.
    """

    tables: Mapping[str, tuple[Mapping[str, str], ...]]
    facts: tuple[Fact, ...]
    units: Units

    def rows(self, table: str) -> tuple[Mapping[str, str], ...]:
        """Rows of a table; none if it is missing."""
        return self.tables.get(table, ())

    def of(self, *tables: str) -> list[Fact]:
        """Figures of some tables."""
        return [fact for fact in self.facts if fact.table in tables]

    @cached_property
    def documents(self) -> dict[str, list[Fact]]:
        """Figures by document."""
        out: dict[str, list[Fact]] = {}
        for fact in self.facts:
            out.setdefault(fact.document, []).append(fact)
        return out

    def dimension(self, fact: Fact) -> str:
        """What the figure measures."""
        return self.units.dimension(fact.unit)

    def base(self, fact: Fact) -> float:
        """The figure in the base of its dimension."""
        return self.units.base(fact.value, fact.unit)

    def step(self, fact: Fact) -> float:
        """Half its last printed place, in the base of its dimension."""
        return self.units.step(fact.value, fact.unit, fact.of("comparator"))

    def agree(self, one: Fact, other: Fact) -> bool:
        """Whether two figures can be one number: rounding, "about" and bounds allowed."""
        if self.dimension(one) != self.dimension(other):
            return False
        a, b = self.base(one), self.base(other)
        if abs(a - b) <= max(self.step(one), self.step(other)) * (1 + 1e-9):
            return True
        if {one.role, other.role} & {"target", "delta", "limit_value"}:
            return False  # a floor that is to be reached is still one number
        for here, there, fact, opposite in ((a, b, one, other), (b, a, other, one)):
            bound, back = fact.of("comparator"), opposite.of("comparator")
            if bound in (">", ">=") and there >= here and back not in ("<", "<="):
                return True
            if bound in ("<", "<=") and there <= here and back not in (">", ">="):
                return True
        return False


def number(text: str) -> float | None:
    """A cell as a number; None if it is none."""
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def read(tables: Mapping[str, pd.DataFrame]) -> Plan:
    """Clean a plan's tables and take out every number.

    Args:
        tables: Name → table with the columns of the fact tables; any may be missing.

    Raises:
        InputProblems: If a table has no ``fact_id``, or an id stands twice.
    """
    problems = []
    cleaned: dict[str, tuple[Mapping[str, str], ...]] = {}
    facts: list[Fact] = []
    seen: dict[str, str] = {}
    for table in sorted(tables):
        if table in IGNORED:
            continue
        frame = tables[table]
        if "fact_id" not in frame.columns:
            problems.append(Problem(f"no column fact_id in {table}", "one id a row"))
            continue
        rows = _rows(frame)
        for place, row in enumerate(rows, start=2):
            id = row["fact_id"]
            if not id or id in seen:
                found = f"{id!r} in {table}" + (f", already in {seen[id]}" if id in seen else "")
                problems.append(Problem(found, "every fact_id once", place, "fact_id"))
            seen[id] = table
            facts += _facts(table, row)
        cleaned[table] = tuple(rows)
    if problems:
        raise InputProblems("plan tables", problems)
    return Plan(cleaned, tuple(facts), units_of(tables.get("units")))


def _text(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _rows(frame: pd.DataFrame) -> list[Mapping[str, str]]:
    kept = [column for column in frame.columns if column not in NEVER_READ]
    shipped = "source_ref" in kept or "seed" not in kept
    rows: list[Mapping[str, str]] = []
    names = [str(column) for column in kept]
    # Column by column: a row of a frame costs far more than its cells.
    cells = [[_text(value) for value in frame[column].tolist()] for column in kept]
    for record in zip(*cells, strict=True):
        row = dict(zip(names, record, strict=True))
        for name, columns in ALIASES.items():
            row[name] = next((row[column] for column in columns if row.get(column)), "")
        if shipped:  # there `plan` names the document; elsewhere it is the track of a schedule
            row["document"] = row["document"] or row.get("plan", "")
        else:
            row["track"] = row["track"] or row.get("plan", "")
        rows.append(row)
    return rows


def _facts(table: str, row: Mapping[str, str]) -> Sequence[Fact]:
    found = []
    for role, places in ROLES.items():
        value = number(row.get(role, ""))
        if value is None or (role == "sales" and "sales_unit" not in row):
            continue
        unit = next((row[place] for place in places if row.get(place)), DEFAULT_UNIT.get(role, ""))
        cells = row
        if role in COMPARATORS and row.get(COMPARATORS[role]):
            cells = {**row, "comparator": row[COMPARATORS[role]]}
        if table == "milestones" and not row.get("period"):
            cells = {**row, "period": row.get("due", "")}
        found.append(Fact(row["fact_id"], table, role, value, spelled(unit), cells))
    return found
