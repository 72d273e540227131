"""A sheet of an Excel workbook to a grid of cells.

Every cell becomes the text a planner would type for it (a number keeps all its digits), so that
CSV and XLSX are read and refused alike; which cells were numbers is kept beside.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from analysis.base.errors import InputError, Problem, nearest
from analysis.data.reading.raw import Grid

_GRID = list[list[Any]]


def read_workbook(path: Path, source: str, *, sheet: str | int | None = None) -> Grid:
    """Read one sheet.

    Args:
        path: XLSX, XLSM or XLS file.
        source: Its name, for messages.
        sheet: Name or 1-based number of the sheet; the first visible one when None.

    Raises:
        InputError: If the file is no workbook, is locked by a password, or has no such sheet.
    """
    try:
        with CalamineWorkbook.from_path(path) as book:
            visible = tuple(
                meta.name
                for meta in book.sheets_metadata
                if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet
            )
            name = _choose(book.sheet_names, visible, sheet, source)
            found = book.get_sheet_by_name(name)
            cells = found.to_python(skip_empty_area=False)
            problems = _fill_merged(cells, found)
    except PasswordError:
        raise InputError(f"{source}: the workbook is locked by a password") from None
    except (CalamineError, OSError) as error:
        raise InputError(
            f"{source}: not an Excel workbook, or cut short ({_first_line(error)})"
        ) from None
    return _grid(cells, source, name, visible, problems)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _choose(
    names: list[str], visible: tuple[str, ...], sheet: str | int | None, source: str
) -> str:
    if sheet is None and visible:
        return visible[0]
    if isinstance(sheet, str) and sheet in names:
        return sheet
    if isinstance(sheet, int) and 1 <= sheet <= len(names):
        return names[sheet - 1]
    if sheet is None:
        raise InputError(f"{source}: the workbook has no visible sheet")
    raise InputError(f"{source}: there is no sheet {sheet!r}; {nearest(str(sheet), names)}")


def _fill_merged(cells: _GRID, sheet: CalamineSheet) -> list[Problem]:
    """Write a cell merged over rows into each of them; report numbers, which would multiply."""
    problems = []
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or []:
        value = cells[top][left] if top < len(cells) and left < len(cells[top]) else ""
        if bottom == top or value == "":
            continue
        if isinstance(value, int | float) and not isinstance(value, bool):
            problems.append(
                Problem(
                    f"the number {_text(value)} merged over rows {top + 1} to {bottom + 1}",
                    "one number for each row", top + 1,
                )
            )  # fmt: skip
            continue
        for row in range(top, min(bottom + 1, len(cells))):
            cells[row][left] = value
    return problems


def _grid(
    cells: _GRID, source: str, name: str, visible: tuple[str, ...], problems: list[Problem]
) -> Grid:
    width = max(map(len, cells), default=0)
    frame = pd.DataFrame(
        {
            place: pd.Series([_text(row[place]) for row in cells], dtype="str")
            for place in range(width)
        }
    )
    numeric = np.array(
        [[isinstance(c, int | float) and not isinstance(c, bool) for c in row] for row in cells],
        dtype=bool,
    ).reshape(len(cells), width)
    return Grid(
        frame, source, "xlsx", numeric, sheet=name, sheets=visible, problems=tuple(problems)
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return repr(value) if isinstance(value, float) else str(value)
