"""The figures of a plan's tables, one record a number, whichever table it stands in.

``note`` columns and a table of derived checks are never read: a checker that reads the answer
finds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from analysis.base.errors import InputProblems
from analysis.plan.names import says, tokens
from analysis.plan.tables import ROLES, cell, holds_facts, number, problems_of, repeated
from analysis.plan.units import Units, spelled, units_of

NEVER_READ = ("note", "reading")
ALIASES = {
    "document": ("seed", "document"), "track": ("track",), "start": ("start", "starts"),
    "end": ("end", "ends"), "ref": ("ref", "source_ref"),
}  # fmt: skip
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


def read(tables: Mapping[str, pd.DataFrame]) -> Plan:
    """Clean a plan's tables and take out every number.

    Args:
        tables: Name → table with the columns of the fact tables; any may be missing, and tables
            without figures are passed over.

    Raises:
        InputProblems: If a table lacks what its figures need: a column, an id that stands once,
            a number that is one, a unit.
    """
    kept = {name: tables[name] for name in sorted(tables) if holds_facts(name, tables[name])}
    for name, frame in kept.items():
        problems = problems_of(name, frame)
        if problems:
            raise InputProblems(name, problems)
    for name, problem in repeated(kept):
        raise InputProblems(name, [problem])
    cleaned = {name: tuple(_rows(frame)) for name, frame in kept.items()}
    facts = [fact for name, rows in cleaned.items() for row in rows for fact in _facts(name, row)]
    return Plan(cleaned, tuple(facts), units_of(tables.get("units")))


def _rows(frame: pd.DataFrame) -> list[Mapping[str, str]]:
    kept = [column for column in frame.columns if column not in NEVER_READ]
    shipped = "source_ref" in kept or "seed" not in kept
    rows: list[Mapping[str, str]] = []
    names = [str(column) for column in kept]
    # Column by column: a row of a frame costs far more than its cells.
    cells = [[cell(value) for value in frame[column].tolist()] for column in kept]
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
