"""What planners decide instead of a forecast: the two tables of an override workbook.

Days: one row a series and date, with the forecast as it was exported and perhaps an override.
Totals: one row a series and period. The forecast stands in the row, so that an override is judged
against what its planner saw, not against what is known since.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from analysis.base.errors import Problem
from analysis.base.language import LANGUAGES, translator
from analysis.base.schema import Column, TableSchema

DAY, TOTAL, NONE = "day", "series", "none"
"""At what level a value of the plan was overridden."""

_DECIDED = (
    Column("override", "number", nullable=True, description="what to plan for instead"),
    Column("reason", "text", required=False, nullable=True, description="why"),
    Column("by", "text", required=False, nullable=True, description="who decided"),
)
_SEEN = Column(
    "mean", "number", required=False, nullable=True, description="statistical forecast, as exported"
)

DAYS = TableSchema(
    columns=(
        Column("unique_id", "text", description="name of the series"),
        Column("ds", "datetime", description="date that was forecast"),
        _SEEN,
        *_DECIDED,
    ),
    key=("unique_id", "ds"),
    name="overrides",
    extra="drop",
)
"""Overrides of single dates; rows without an override are the forecast as it stands."""

TOTALS = TableSchema(
    columns=(
        Column("unique_id", "text", description="name of the series"),
        Column("first", "datetime", description="first date of the period"),
        Column("last", "datetime", description="last date of the period"),
        _SEEN,
        *_DECIDED,
    ),
    key=("unique_id", "first", "last"),
    name="overrides of totals",
    extra="drop",
)
"""Overrides of a series' total over a period."""


def headings(lang: str) -> dict[str, str]:
    """Return what the columns of the workbook are called: column → heading.

    Columns of intervals are called by their level, such as ``80% low``; they are not read back.
    """
    say = translator(lang)
    return {
        "unique_id": say("Series"), "ds": say("Date"), "first": say("First date"),
        "last": say("Last date"), "mean": say("Statistical forecast"),
        "override": say("Override"), "reason": say("Reason"),
        "by": say("Decided by"),
    }  # fmt: skip


def columns_by_heading() -> dict[str, str]:
    """Return heading → column in every language, in small letters; the names themselves too."""
    known = {name: name for name in headings("en")}
    for lang in LANGUAGES:
        known |= {text.lower(): name for name, text in headings(lang).items()}
    return known


@dataclass(frozen=True)
class Sheet:
    """A table of overrides and where its rows stand.

    Attributes:
        frame: Columns of :data:`DAYS` or :data:`TOTALS`, and ``row`` as a spreadsheet counts it.
        source: File and sheet, for messages.
        labels: Column → heading in the file.
    """

    frame: pd.DataFrame
    source: str
    labels: dict[str, str] = field(default_factory=dict)

    def problem(self, row: dict[str, Any], column: str, found: str, expected: str) -> Problem:
        """A finding in one cell of a row."""
        return Problem(found, expected, int(row["row"]), self.labels.get(column, column))

    def filled(self) -> Sheet:
        """The rows with an override."""
        kept = self.frame[self.frame["override"].notna()].reset_index(drop=True)
        return replace(self, frame=kept)

    def records(self) -> list[dict[str, Any]]:
        """The rows, one mapping each."""
        return [{str(k): v for k, v in row.items()} for row in self.frame.to_dict("records")]


@dataclass(frozen=True)
class Given:
    """All overrides that were handed in.

    Attributes:
        days: Overrides of single dates.
        totals: Overrides of totals.
    """

    days: Sheet
    totals: Sheet


def sheet(schema: TableSchema, frame: pd.DataFrame | None = None, source: str = "") -> Sheet:
    """A table of overrides from a frame; columns that may be missing are added.

    Args:
        schema: :data:`DAYS` or :data:`TOTALS`.
        frame: Its rows, numbered from 2 where there is no ``row``; no rows when None.
        source: Name for messages.
    """
    rows = pd.DataFrame(columns=list(schema.names)) if frame is None else frame.copy()
    for column in schema.columns:
        if column.name not in rows:
            rows[column.name] = "" if column.kind == "text" else float("nan")
        if column.kind == "text":
            rows[column.name] = rows[column.name].fillna("").astype("str").str.strip()
        elif column.kind == "number":
            rows[column.name] = rows[column.name].astype("float64")
        else:
            dates = pd.to_datetime(rows[column.name])
            if getattr(dates.dt, "tz", None) is not None:
                dates = dates.dt.tz_localize(None)
            # A spreadsheet keeps times as fractions of days: seconds are what it can hold.
            rows[column.name] = dates.dt.round("s").astype("datetime64[ns]")
    if "row" not in rows:
        rows["row"] = range(2, len(rows) + 2)
    return Sheet(rows[[*schema.names, "row"]].reset_index(drop=True), source)


def given(days: pd.DataFrame | None = None, totals: pd.DataFrame | None = None) -> Given:
    """Overrides from frames; see :func:`sheet`."""
    return Given(sheet(DAYS, days, "overrides of dates"), sheet(TOTALS, totals, "overrides"))
