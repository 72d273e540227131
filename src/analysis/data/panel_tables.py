"""One table of a panel, read and checked, with the row numbers that its reader sees."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.base.errors import InputProblems, Problem
from analysis.base.paths import home
from analysis.base.schema import TableSchema
from analysis.data.catalog.listing import Dataset, read_catalog
from analysis.data.catalog.prepare import verify
from analysis.data.checks import conform
from analysis.data.loading import Facts, read_mapped
from analysis.data.mapping import Mapping
from analysis.data.opening import Opened
from analysis.data.reading.names import is_connection
from analysis.data.reading.raw import RawTable, blank
from analysis.data.reading.reader import WORKBOOKS, checksum
from analysis.data.reading.reader import read_raw as read
from analysis.data.reading.workbook import read_workbook

_FRACTION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*[/／]\s*(\d+(?:\.\d+)?)\s*")
_ERROR = re.compile(r"\s*#[A-Z0-9/_]+[!?]?\s*")

_NO_SHARES = {
    "value": "a plain number such as 3 or 1/3",
    "override": "the amount to plan for, such as 1200",
}
"""Columns in which a percentage would be read as something else than its writer meant."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A checked table and where its rows stand.

    Attributes:
        frame: Columns as the schema promises them; optional text is empty where nothing stands.
        rows: Row number of each row as a spreadsheet shows it.
        labels: Column → name in the file.
        source: Name for messages.
        opened: For a data card.
    """

    frame: pd.DataFrame
    rows: list[int]
    labels: dict[str, str]
    source: str
    opened: Opened

    def problem(self, place: int, column: str, found: str, expected: str) -> Problem:
        """A finding in one cell."""
        return Problem(found, expected, self.rows[place], self.labels.get(column, column))


def sheet_names(source: str) -> tuple[str, ...]:
    """Visible sheets of a workbook; none if the source is no workbook."""
    path = Path(source).expanduser()
    if path.suffix.lower() not in WORKBOOKS or not path.is_file():
        return ()
    return read_workbook(path, source).sheets


def is_filled(source: str, sheet: str) -> bool:
    """Whether a sheet has anything below its first line."""
    cells = read_workbook(Path(source).expanduser(), source, sheet=sheet).cells
    return len(cells) > 0 and int((~blank(cells)).any(axis=1).sum()) > 1


def read_sheet(
    source: str, schema: TableSchema, *, mapping: Mapping | None = None, sheet: str = ""
) -> Sheet:
    """Read a table by path, dataset id or connection, and check it against a schema.

    Args:
        source: File, id of the catalog, database URL or ``connection:table``.
        schema: What the table must be.
        mapping: How to read it; None for columns named as the schema says.
        sheet: Sheet of a workbook; empty for the first one, or the mapping's.

    Raises:
        InputError: If there is no such table, or it cannot be read.
        InputProblems: If it is not as promised; all findings in one message.
    """
    dataset = _dataset(source)
    path = str(verify(home(), [dataset.id])[0].path) if dataset else source
    if mapping is not None:
        chosen = dataclasses.replace(mapping, sheet=mapping.sheet or sheet or None)
        raw = read_mapped(path, chosen, schema.names)
    else:
        raw = read(path, sheet=sheet or None)
    name = f"{source}, sheet {sheet!r}" if sheet else source
    raw = dataclasses.replace(raw, source=name)
    raw = _plain(raw, schema)
    frame = conform(raw, schema)
    for column in schema.columns:
        if not column.required and column.name not in frame:
            frame[column.name] = _nothing(len(frame), column.kind)
        if column.kind == "text":
            frame[column.name] = frame[column.name].fillna("").astype("str")
    labels = {column: raw.origin(column).label for column in frame.columns}
    opened = Opened(frame, schema, _facts(raw, path, source, frame), dataset, "", {})
    return Sheet(frame, [int(row) for row in raw.row_numbers], labels, name, opened)


def _plain(raw: RawTable, schema: TableSchema) -> RawTable:
    """Write fractions out, and refuse what would be read as something else than it says.

    An error of a spreadsheet is no empty cell in any column; one percentage among judgments would
    make the whole column percentages.

    Raises:
        InputProblems: With the cells.
    """
    frame = raw.frame.copy()
    problems = []
    for column in schema.columns:
        if column.name not in frame or not pd.api.types.is_string_dtype(frame[column.name]):
            continue
        texts = frame[column.name].fillna("").astype("str")
        number = column.kind in ("number", "integer")
        label = raw.origin(column.name).label
        for place, text in enumerate(texts):
            row = int(raw.row_numbers[place])
            if _ERROR.fullmatch(text):
                expected = "a value, or an empty cell"
                problems.append(Problem(f"the error {text.strip()}", expected, row, label))
            elif text.startswith("=") and number:
                found = f"the formula {text}, which was never calculated"
                expected = "its value: open and save the file in a spreadsheet program"
                problems.append(Problem(found, expected, row, label))
            elif _is_change(column.name, text):
                expected = _NO_SHARES[column.name]
                problems.append(Problem(repr(text), expected, row, label))
        if column.name == "value":
            frame[column.name] = [_written(text) for text in texts]
    if problems:
        raise InputProblems(raw.source, problems)
    return dataclasses.replace(raw, frame=frame)


def _is_change(column: str, text: str) -> bool:
    """Whether a cell says a share or a difference where an amount is asked for."""
    shares = column in _NO_SHARES and text.strip().endswith(("%", "％"))
    return shares or (column == "override" and text.strip().startswith(("+", "＋")))


def _written(text: str) -> str:
    """A fraction as a decimal number; any other text as it is."""
    found = _FRACTION.fullmatch(text)
    if found is None or not float(found[2]):
        return text
    return repr(float(found[1]) / float(found[2]))


def _nothing(rows: int, kind: str) -> pd.Series:
    return pd.Series([""] * rows if kind == "text" else [float("nan")] * rows)


def _dataset(source: str) -> Dataset | None:
    if Path(source).exists() or is_connection(source):
        return None
    return read_catalog(home()).datasets.get(source)


def _facts(raw: RawTable, path: str, source: str, frame: pd.DataFrame) -> Facts:
    return Facts(
        source=source,
        format=raw.format,
        rows_read=len(frame) + sum(count for _, count in raw.dropped),
        rows_kept=len(frame),
        dropped=raw.dropped,
        columns=tuple(map(str, frame.columns)),
        sha256=checksum(path),
        encoding=raw.encoding,
        sheet=raw.sheet,
    )
