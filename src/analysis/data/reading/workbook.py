"""A sheet of an Excel workbook to a grid of cells.

Every cell becomes the text a planner would type for it (a number keeps all its digits), so that
CSV and XLSX are read and refused alike; which cells were numbers is kept beside. A cell that holds
an error is that error's text (``#N/A``), and a formula that nobody ever calculated its own: neither
may pass for an empty cell.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

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
_ODD = re.compile(rb"""<(?:\w+:)?f[\s/>]|\st=["']e["']""")
"""A formula or an error somewhere in a sheet's XML: only then is it worth reading."""
_OLD = b"\xd0\xcf\x11\xe0"
"""The first bytes of XLS files, and of newer ones under a password."""
_PLACE = re.compile(r"([A-Z]+)(\d+)")


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
            for row, column, text in _unseen(path, name):
                if row < len(cells) and column < len(cells[row]) and cells[row][column] == "":
                    cells[row][column] = text
    except PasswordError:
        raise InputError(f"{source}: the workbook is locked by a password") from None
    except (CalamineError, OSError) as error:
        raise InputError(f"{source}: {_told(path, error)}") from None
    return _grid(cells, source, name, visible, problems)


def _told(path: Path, error: Exception) -> str:
    """Say why a file is no workbook, in the words of whoever exported it where they are known."""
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror})"
    with path.open("rb") as file:
        start = file.read(512)
    if not start:
        return "found an empty file, expected a workbook"
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        # Shop systems send web pages that are called .xls: spreadsheets open them all the same.
        return "found a web page or XML, no workbook; open it in a spreadsheet and save it as .xlsx"
    if b"\x00" not in start and not start.startswith(b"PK"):
        return "not an Excel workbook, but text; name it .csv"
    if start.startswith(_OLD) and path.suffix.lower() != ".xls":
        return "locked by a password, or an old workbook; save it as .xlsx without a password"
    return f"not an Excel workbook, or cut short ({(str(error).splitlines() or ['damaged'])[0]})"


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


def _unseen(path: Path, name: str) -> Iterator[tuple[int, int, str]]:
    """Row, column and text of the cells of an XLSX that a reader of values takes for empty ones.

    They hold an error, or a formula without a value: a program wrote it, and no spreadsheet has
    calculated it since. In an XLS file they stay empty.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, name)
        text = archive.read(part) if part in archive.namelist() else b""
    if not _ODD.search(text):
        return
    for cell in ElementTree.fromstring(text).findall(".//{*}c"):
        place = _PLACE.fullmatch(cell.get("r", ""))
        formula, value = cell.find("{*}f"), cell.find("{*}v")
        # A calculated empty text has its type; an empty value without type was never calculated.
        told = value is not None and (bool(value.text) or cell.get("t") == "str")
        if place is None or (cell.get("t") != "e" and (formula is None or told)):
            continue
        column = 0
        for letter in place[1]:
            column = 26 * column + ord(letter) - ord("A") + 1
        error = (value.text or "") if value is not None else ""
        own = f"={(formula.text or '…') if formula is not None else ''}"
        yield int(place[2]) - 1, column - 1, error or own


def _part_of(archive: zipfile.ZipFile, name: str) -> str:
    """Path of a sheet's XML inside the workbook; empty if the workbook does not say it."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(archive.namelist()):
        return ""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.findall(".//{*}sheet"):
        if sheet.get("name") == name:
            own = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
            target = targets.get(own, "")
            return target[1:] if target.startswith("/") else f"xl/{target}"
    return ""


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
