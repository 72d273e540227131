"""A table as it was found, before any column is converted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.base.errors import InputError, Problem

Format = Literal["csv", "xlsx", "parquet", "sql"]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a column comes from and how its cells are to be read.

    Attributes:
        label: The file's own column name, for messages.
        unit: Unit of plain numbers as the mapping names it; empty if none.
        format: ``strptime`` format of dates; empty for the year-first forms.
        constant: Whether the mapping, not the file, gives the values.
    """

    label: str
    unit: str = ""
    format: str = ""
    constant: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """A table as found.

    Attributes:
        frame: Shape (n, columns); text cells from CSV and XLSX, typed columns otherwise.
        row_numbers: Shape (n,), 1-based rows as a spreadsheet shows them, header included.
        source: Name of the source as given, without secrets.
        format: What kind of source it was.
        encoding: Encoding of a text file; None otherwise.
        delimiter: Delimiter of a text file; None otherwise.
        sheet: Sheet read from a workbook; None otherwise.
        sheets: All visible sheets of the workbook.
        header_row: 1-based row of the header; None where there is none.
        numeric: By column, mask of the cells that a workbook held as numbers.
        problems: What is wrong with the layout (duplicate headers, cells beyond the header).
        origins: By column, its origin; columns not named come from the file as they are.
        missing: Words that stand for a missing value in every column; None for the defaults.
        decimal: Decimal sign of numbers; ``"?"`` if a lone comma could be one.
        dropped: Reason and number of rows left out so far.
    """

    frame: pd.DataFrame
    row_numbers: Rows
    source: str
    format: Format
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    header_row: int | None = None
    numeric: Mapping[str, Mask] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    missing: tuple[str, ...] | None = None
    decimal: str = "."
    dropped: tuple[tuple[str, int], ...] = ()

    def origin(self, column: str) -> Origin:
        """Return where ``column`` comes from."""
        return self.origins.get(column, Origin(column))


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Cells of a CSV file or a sheet, before a header is chosen.

    Attributes:
        cells: Shape (rows, width) of text, row i being row i + 1 of a spreadsheet.
        numeric: Same shape, the cells that a workbook held as numbers; None for text files.
        source: Name of the source as given.
        format: ``"csv"`` or ``"xlsx"``.
        encoding: Encoding of a text file.
        delimiter: Delimiter of a text file.
        sheet: Sheet read from a workbook.
        sheets: All visible sheets of the workbook.
        problems: Findings by spreadsheet row (numbers merged over several rows).
    """

    cells: pd.DataFrame
    source: str
    format: Format
    numeric: Mask | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def addressed(self) -> bool:
        """Whether each cell has its own address, so that none can slip sideways."""
        return self.format == "xlsx"


def blank(cells: pd.DataFrame) -> pd.DataFrame:
    """Return a mask of shape (rows, columns) of the cells with nothing to see in them."""
    mask: pd.DataFrame = cells.apply(lambda column: column.isna() | (column.str.strip() == ""))
    return mask


def with_header(grid: Grid, header_row: int | None = None) -> RawTable:
    """Choose the header and give the table below it; blank rows are left out and counted.

    Args:
        grid: Cells as found.
        header_row: 1-based spreadsheet row; the first row that is not blank when None.

    Raises:
        InputError: If there is no such row.
    """
    empty = blank(grid.cells).to_numpy(dtype=bool)
    header = _header_index(grid, empty, header_row)
    names = [_name(cell) for cell in grid.cells.iloc[header]] if len(grid.cells) else []
    problems = [p for p in grid.problems if p.row is None or p.row > header + 1]
    kept = np.flatnonzero(~empty.all(axis=1) & (np.arange(len(empty)) > header))
    columns = _columns(names, header + 1, problems)
    if not grid.addressed:
        problems += _beyond(grid, names, empty, kept)
    frame = grid.cells.iloc[kept, list(columns.values())].reset_index(drop=True)
    frame.columns = pd.Index(list(columns), dtype="object")
    numeric = {}
    if grid.numeric is not None:
        numeric = {name: grid.numeric[kept, place] for name, place in columns.items()}
    blanks = len(empty) - header - 1 - len(kept)
    return RawTable(
        frame=frame, row_numbers=kept.astype(np.int64) + 1, source=grid.source,
        format=grid.format, encoding=grid.encoding, delimiter=grid.delimiter, sheet=grid.sheet,
        sheets=grid.sheets, header_row=header + 1 if names else None, numeric=numeric,
        problems=tuple(problems), decimal="?" if grid.delimiter == ";" else ".",
        dropped=(("blank rows", blanks),) if blanks > 0 else (),
    )  # fmt: skip


def _name(cell: Any) -> str:
    return "" if pd.isna(cell) else " ".join(str(cell).replace("\u3000", " ").split())


def _header_index(grid: Grid, empty: Mask, header_row: int | None) -> int:
    filled = np.flatnonzero(~empty.all(axis=1))
    if header_row is None:
        return int(filled[0]) if len(filled) else 0
    if not 1 <= header_row <= len(grid.cells) or empty[header_row - 1].all():
        what = "is blank" if 1 <= header_row <= len(grid.cells) else "does not exist"
        raise InputError(
            f"{grid.source}: header_row = {header_row}, but row {header_row} {what} "
            f"(the file has {len(grid.cells)} rows)"
        )
    return header_row - 1


def _columns(names: list[str], row: int, problems: list[Problem]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, name in enumerate(names):
        if name in columns:
            first = columns[name] + 1
            problems.append(
                Problem(
                    f"the name in columns {first} and {place + 1}", "column names that differ",
                    row, name,
                )
            )  # fmt: skip
        elif name:
            columns[name] = place
    return columns


def _beyond(grid: Grid, names: list[str], empty: Mask, kept: Rows) -> list[Problem]:
    """Find rows that reach beyond the header: a comma in a number shifts what follows it."""
    width = max((place + 1 for place, name in enumerate(names) if name), default=0)
    if width == len(names):
        return []
    stray = kept[(~empty[kept][:, width:]).any(axis=1)]
    return [
        Problem(
            f"{int(np.flatnonzero(~empty[row])[-1]) + 1} cells",
            f"{width}, as many as the header has "
            f"(a cell with a {_spell(grid.delimiter)} in it needs quotes)",
            int(row) + 1,
        )
        for row in stray
    ]


def _spell(delimiter: str | None) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab"}.get(delimiter or "", "delimiter")
