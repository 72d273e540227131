"""``tables.xlsx``: every table of a run as a sheet, with typed cells and all its rows.

Text stays text (no formula, no link), numbers and dates are numbers and dates, and equal tables
give equal bytes.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FILE = "tables.xlsx"
MOST_ROWS = 1_048_575
LONGEST_NAME = 31
LONGEST_TEXT = 32_767
# Past this, a spreadsheet's numbers are no longer exact: such integers are identifiers.
EXACT = 2**53
_CREATED = dt.datetime(2000, 1, 1)
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


@dataclass(frozen=True, slots=True)
class _Look:
    head: Format
    integer: Format
    date: Format
    moment: Format


def write(folder: Path, names: Sequence[str] | None = None) -> Path | None:
    """Write the workbook of a run from its Parquet tables.

    Args:
        folder: Run folder.
        names: Tables in the order of their sheets; by name if not given.

    Returns:
        The workbook, or None if there is no table.
    """
    tables = folder / "tables"
    names = sorted(path.stem for path in tables.glob("*.parquet")) if names is None else names
    if not names:
        return None
    from xlsxwriter import Workbook

    target = folder / FILE
    with Workbook(str(target), dict(_OPTIONS)) as book:
        book.set_properties({"created": _CREATED})
        look = _look(book)
        titles = sheet_names(names)
        for name in names:
            _sheet(book.add_worksheet(titles[name]), tables / f"{name}.parquet", look)
    return target


def sheet_names(names: Sequence[str]) -> dict[str, str]:
    """Return a sheet name for every table: at most 31 characters, unlike all others."""
    given: dict[str, str] = {}
    taken = {"history"}  # a name that spreadsheets keep for themselves
    for name in names:
        clean = "".join("_" if char in "[]:*?/\\'" else char for char in name) or "table"
        title, count = clean[:LONGEST_NAME], 1
        while title.lower() in taken:
            count += 1
            end = f"_{count}"
            title = clean[: LONGEST_NAME - len(end)] + end
        taken.add(title.lower())
        given[name] = title
    return given


def _look(book: Workbook) -> _Look:
    return _Look(
        head=book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
        integer=book.add_format({"num_format": "#,##0"}),
        date=book.add_format({"num_format": "yyyy-mm-dd"}),
        moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    )


def _sheet(sheet: Worksheet, path: Path, look: _Look) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
        columns = [str(name) for name in file.schema_arrow.names]
        if rows > MOST_ROWS:
            note = f"{rows:,} rows are more than a sheet holds; all are in tables/{path.name}"
            sheet.write_string(0, 0, note)
            return
        sheet.freeze_panes(1, 0)
        _set_widths(sheet, columns, path)
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name, look.head)
        if columns:
            sheet.autofilter(0, 0, rows, len(columns) - 1)
        for row, values in enumerate(_rows(file), start=1):
            for place, value in enumerate(values):
                _cell(sheet, row, place, value, look)


def _rows(file: Any) -> Iterator[tuple[Any, ...]]:
    for batch in file.iter_batches(batch_size=10_000):
        columns = [column.to_pylist() for column in batch.columns]
        yield from zip(*columns, strict=True)


def _cell(sheet: Worksheet, row: int, place: int, value: Any, look: _Look) -> None:
    """Write one value by its type; missing values and NaN leave the cell empty."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int) and abs(value) <= EXACT:
        sheet.write_number(row, place, value, look.integer)
    elif isinstance(value, float | Decimal):
        if math.isfinite(value):
            sheet.write_number(row, place, float(value))
    elif isinstance(value, dt.datetime):
        # A spreadsheet has no zones: the wall clock of the column's own zone is kept.
        sheet.write_datetime(row, place, value.replace(tzinfo=None), look.moment)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, place, value, look.date)
    else:
        sheet.write_string(row, place, str(value)[:LONGEST_TEXT])


def _set_widths(sheet: Worksheet, columns: Sequence[str], path: Path) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        first = next(file.iter_batches(batch_size=200), None)
    for place, name in enumerate(columns):
        values = [] if first is None else first.column(place).to_pylist()
        longest = max([_width(name) + 3, *(_width(_shown(value)) for value in values)])
        sheet.set_column(place, place, min(max(longest + 1, 9), 48))


def _shown(value: Any) -> str:
    write: Callable[[Any], str] = str
    if isinstance(value, float):
        write = "{:.10g}".format
    return "" if value is None else write(value)


def _width(text: str) -> int:
    """Columns a text takes: Chinese characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
