"""The target rows of a plan: what each aims at, in which direction, by when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import shown
from analysis.plan.rules.targets import LOWER, direction, rows_of, same_name
from analysis.plan.spoken import spoken


@dataclass(frozen=True)
class Target:
    """One row of the target table.

    Attributes:
        id: Its ``fact_id``.
        cells: Column (``baseline, target, actual, delta``) → figure.
        lower: Whether less is better: by comparator, KPI table or name.
    """

    id: str
    cells: Mapping[str, Fact]
    lower: bool

    @property
    def goal(self) -> Fact:
        """The target itself."""
        return self.cells["target"]

    def of(self, role: str) -> Fact | None:
        """A figure of the row in the target's unit; None if it is missing or in another."""
        fact = self.cells.get(role)
        return fact if fact is not None and fact.unit == self.goal.unit else None

    def name(self, lang: str) -> str:
        """Name in the reader's language, or the one there is."""
        return name_of(self.goal, lang)

    @property
    def sign(self) -> str:
        """≥ or ≤, as written or as meant."""
        return "≤" if self.lower else "≥"


def name_of(fact: Fact, lang: str) -> str:
    """Name of a figure in the reader's language, or the one there is."""
    first, second = ("name_zh", "name_en") if lang == "zh" else ("name_en", "name_zh")
    return fact.of(first) or fact.of(second) or fact.id


def targets_of(plan: Plan) -> list[Target]:
    """Rows with a target, in the order of the table."""
    kpis = [kpi for kpi in plan.of("kpi_table") if direction(kpi)]
    found = []
    for id, cells in rows_of(plan).items():
        if "target" in cells:
            found.append(Target(id, cells, _lower(cells["target"], cells.get("baseline"), kpis)))
    return found


def _lower(target: Fact, start: Fact | None, kpis: list[Fact]) -> bool:
    sign = target.of("comparator")[:1]
    if sign in ("<", ">"):
        return sign == "<"
    for kpi in kpis:
        if kpi.document == target.document and same_name(kpi, target):
            return direction(kpi) == "lower"
    if start is not None and start.unit == target.unit and start.value != target.value:
        return target.value < start.value
    return target.value < 0 or bool(LOWER.search(target.name.lower()))


def years_until(period: str) -> tuple[float, bool]:
    """Years a period spans from its baseline, and whether that is said.

    ``24 months`` is 2; a calendar year, a campaign and anything else is compared with the one a
    year before, so 1.
    """
    text = period.lower()
    if found := re.search(r"(\d+(?:\.\d+)?)\s*(months?|个月)", text):
        return float(found[1]) / 12, True
    if found := re.search(r"(\d+(?:\.\d+)?)\s*(years?|年内|年期)", text):
        return float(found[1]), True
    if found := re.search(r"(20\d\d)\s*[-–—至到]\s*(20\d\d)", text):
        return float(max(int(found[2]) - int(found[1]), 1)), True
    return 1.0, bool(re.search(r"year|20\d\d|annual|年", text))


def last(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """The same with one column at the end: the place of a row, which a reader needs last."""
    return frame[[*frame.columns.drop(column), column]]


def printed(value: float, unit: str, lang: str) -> str:
    """A number with its unit as a planner writes it."""
    return spoken(shown(value, unit), lang)
