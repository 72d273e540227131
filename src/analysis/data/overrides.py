"""``data.load_overrides``: the override workbook as a spreadsheet program has saved it.

Sheets are known by their headings, in any language of the reports, not by their names or places;
blank rows and a line of title above the headings do no harm. A CSV file holds one of the tables.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.base.errors import InputError, InputProblems
from analysis.base.language import translator
from analysis.base.schema import TableSchema
from analysis.data.mapping import Mapping, Source
from analysis.data.opening import Opened
from analysis.data.panel_tables import Sheet as Table
from analysis.data.panel_tables import read_sheet, sheet_names
from analysis.data.reading.names import is_connection
from analysis.data.reading.raw import blank
from analysis.data.reading.reader import PARQUETS, WORKBOOKS, read_grid, read_raw
from analysis.forecasting import overrides
from analysis.forecasting.overrides.given import columns_by_heading

TITLES = 10
"""Rows at the top of a sheet that are looked through for its headings."""
_SCHEMAS = (overrides.DAYS, overrides.TOTALS)


@dataclass(frozen=True, slots=True, eq=False)
class OverrideBook:
    """Overrides as handed in.

    Attributes:
        given: Both tables; empty ones where nothing was given.
        opened: A table for a data card; None where nothing was given.
        unread: Visible sheets that hold no overrides.
    """

    given: overrides.Given
    opened: Opened | None = None
    unread: tuple[str, ...] = ()

    def describe(self, lang: str) -> tuple[str, str, str, Sequence[tuple[str, str]]]:
        """Return title, nature, nature in words, and pairs of label and text for a data card."""
        if self.opened is None:
            raise ValueError("no overrides were given")
        say = translator(lang)
        title, nature, words, facts = self.opened.describe(lang)
        sheets = (self.given.days, self.given.totals)
        dates, totals = (len(one.filled().frame) for one in sheets)
        silent = sum(
            int((one.frame["override"].isna() & (one.frame["reason"] != "")).sum())
            for one in sheets
        )
        counts = [
            (say("Overrides of dates"), str(dates)),
            (say("Overrides of totals"), str(totals)),
        ]
        if silent:
            counts.append((say("Reasons without an override"), str(silent)))
        if self.unread:
            comma = "、" if lang == "zh" else ", "
            counts.append((say("Sheets not read"), comma.join(self.unread)))
        return title, nature, words, [*facts, *counts]


def load_overrides(source: str | Path = "") -> OverrideBook:
    """Read a workbook of overrides, or a CSV file of one of its tables.

    Args:
        source: XLSX as ``analysis export RUN --to overrides`` writes it, filled in; or a table with
            ``unique_id, ds, override, reason`` or ``unique_id, first, last, override, reason``,
            and perhaps ``mean`` and ``by``. Empty for no overrides.

    Raises:
        InputError: If it cannot be read, holds no such table, or the same one twice.
        InputProblems: If anything in a table is wrong; all findings of a sheet in one message.
    """
    name = str(source)
    if not name:
        return OverrideBook(overrides.given())
    is_book = Path(name).suffix.lower() in WORKBOOKS and not is_connection(name)
    names = sheet_names(name) if is_book else ("",)
    if is_book and not names:
        read_raw(name)  # which says that there is no such file, or no visible sheet
    read: dict[str, Table] = {}
    unread = []
    for sheet in names:
        found = _told_apart(name, sheet)
        if found is None:
            unread.append(sheet)
            continue
        schema, mapping = found
        if schema.name in read:
            what = "dates" if schema is overrides.DAYS else "totals"
            raise InputError(
                f"{name}: found overrides of {what} in {sheet!r} and in another sheet, "
                "expected one sheet of them; delete or hide the other"
            )
        read[schema.name] = read_sheet(name, schema, mapping=mapping, sheet=sheet)
    if not read:
        where = f"sheets {', '.join(map(repr, names))}" if is_book else "columns"
        raise InputError(
            f"{name}: found no table of overrides ({where}), expected the workbook of `analysis "
            "export RUN --to overrides`, or columns unique_id, ds, override, reason"
        )
    both = [_as_given(read[one.name], one) if one.name in read else overrides.sheet(one)
            for one in _SCHEMAS]  # fmt: skip
    return OverrideBook(overrides.Given(*both), next(iter(read.values())).opened, tuple(unread))


def _told_apart(source: str, sheet: str) -> tuple[TableSchema, Mapping] | None:
    """What a sheet holds by its headings, and how to read it; None if it holds no overrides."""
    if is_connection(source) or Path(source).suffix.lower() in PARQUETS:
        rows, typed = [list(map(str, read_raw(source).frame.columns))], True
    else:
        try:
            cells = read_grid(source, sheet=sheet or None).cells
        except InputProblems:
            if not sheet:
                raise
            return None  # an empty sheet beside the others
        rows = cells.head(TITLES).fillna("").astype("str").to_numpy().tolist()
        typed = False
    known = columns_by_heading()
    for place, row in enumerate(rows, start=1):
        labels = [" ".join(cell.split()) for cell in row]
        columns = [known.get(label.lower(), "") for label in labels]
        schema = _schema_of(set(columns))
        if schema is None:
            continue
        if sheet and blank(cells.iloc[place:]).all(axis=None):
            return None  # headings alone: all rows were deleted
        sources: dict[str, Source] = {}
        for column, label in zip(columns, labels, strict=True):
            if column in schema.names:
                before = sources[column].names if column in sources else ()
                sources[column] = Source((*before, label))
        header = None if typed else place
        return schema, Mapping(columns=sources, header_row=header, drop_where=(), origin="headings")
    return None


def _schema_of(columns: set[str]) -> TableSchema | None:
    if not {"unique_id", "override"} <= columns:
        return None
    if "ds" in columns:
        return overrides.DAYS
    return overrides.TOTALS if {"first", "last"} <= columns else None


def _as_given(table: Table, schema: TableSchema) -> overrides.Sheet:
    """A checked table as the forecasting floor takes it."""
    frame = table.frame.assign(row=table.rows)
    made = overrides.sheet(schema, frame, table.source)
    return dataclasses.replace(made, labels=table.labels)
