"""``tables.xlsx``: every table of a run as a sheet, with typed cells and all its rows.

Sheet ``about`` says what the report answers and from which data, sheet ``dictionary`` what the
columns mean. Text stays text (no formula, no link), and equal runs give equal bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.reports import cells, dictionary
from analysis.reports.workbook_words import ABOUT, DICTIONARY, Column, about, explain

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile
    from xlsxwriter.worksheet import Worksheet

FILE = "tables.xlsx"
MOST_ROWS = 1_048_575
MOST_COLUMNS = 16_384
LONGEST_NAME = 31
# Rows from which widths and decimals are taken.
SAMPLE = 200
_CREATED = dt.datetime(2000, 1, 1)
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": cells.DAY,
}


def write(folder: Path, manifest: Mapping[str, Any], target: Path | None = None) -> Path | None:
    """Write the workbook of a run from its Parquet tables, in the order of the report.

    Args:
        folder: Run folder with ``results.json`` and ``tables``.
        manifest: What ``manifest.json`` says, or will say.
        target: File to write; ``tables.xlsx`` in the run folder when None.

    Returns:
        The workbook, or None if the run has no table.
    """
    tables = folder / "tables"
    described = dictionary.read(tables)
    if not described:
        return None
    from xlsxwriter import Workbook

    target = target or folder / FILE
    with Workbook(str(target), dict(_OPTIONS)) as book:
        book.set_properties({"created": _CREATED})
        looks = cells.Looks(book)
        about(book.add_worksheet(ABOUT), folder, manifest, looks)
        titles = sheet_names([table.name for table in described])
        columns: list[Column] = []
        for table in described:
            sheet = book.add_worksheet(titles[table.name])
            columns += _sheet(sheet, tables / f"{table.name}.parquet", table, looks)
        explain(book.add_worksheet(DICTIONARY), columns, manifest, looks)
    return target


def sheet_names(names: Sequence[str]) -> dict[str, str]:
    """Return a sheet name for every table: at most 31 characters, unlike all others."""
    given: dict[str, str] = {}
    # "history" is a name that spreadsheets keep for themselves.
    taken = {"history", ABOUT, DICTIONARY}
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


def _sheet(
    sheet: Worksheet, path: Path, table: dictionary.Described, looks: cells.Looks
) -> list[Column]:
    """Write one table; return what the dictionary says of its columns."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
        names = [str(name) for name in file.schema_arrow.names]
        types = [str(each) for each in file.schema_arrow.types]
        if rows > MOST_ROWS or len(names) > MOST_COLUMNS:
            sheet.write_string(
                0, 0,
                f"{rows:,} rows and {len(names):,} columns are more than a sheet holds; all are in "
                f"tables/{path.name}",
            )  # fmt: skip
            return [
                Column(table, table.column(name), kind, rows, None)
                for name, kind in zip(names, types, strict=True)
            ]
        codes = _head(sheet, file, names, table, looks)
        by_unit = [
            place for place, name in enumerate(names)
            if table.column(name).style == "unit" and "unit" in names
        ]  # fmt: skip
        empty = [0] * len(names)
        for row, values in enumerate(_rows(file), start=1):
            if by_unit:
                unit = str(values[names.index("unit")])
                for place in by_unit:
                    codes[place] = cells.unit_code(unit, values[place])
            for place, value in enumerate(values):
                if cells.is_empty(value):
                    empty[place] += 1
                else:
                    cells.write(sheet, row, place, value, looks, codes[place])
        if names:
            sheet.autofilter(0, 0, rows, len(names) - 1)
    return [
        Column(table, table.column(name), kind, rows, missing / rows if rows else None)
        for name, kind, missing in zip(names, types, empty, strict=True)
    ]


def _head(
    sheet: Worksheet,
    file: ParquetFile,
    names: Sequence[str],
    table: dictionary.Described,
    looks: cells.Looks,
) -> list[str]:
    """Write the headings and set the widths; return the number format of every column."""
    first = next(file.iter_batches(batch_size=SAMPLE), None)
    codes = []
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(names):
        values = [] if first is None else first.column(place).to_pylist()
        code = cells.number_code(table.column(name).style, name, values)
        # Three more than the heading: its filter button stands on it.
        width = cells.width_of([f"{name}   ", *(cells.shown(value, code) for value in values)])
        sheet.set_column(place, place, width)
        codes.append(code)
    for place, name in enumerate(names):
        cells.put_text(sheet, 0, place, name, looks.head())
    return codes


def _rows(file: ParquetFile) -> Iterator[tuple[Any, ...]]:
    for batch in file.iter_batches(batch_size=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
