"""CSV, TSV and other delimited text to a grid of cells, all of them text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.data.reading.decoding import decode
from analysis.data.reading.raw import Grid

DELIMITERS = (",", ";", "\t")
_SNIFFED_LINES = 50


def read_delimited(
    data: bytes, source: str, *, encoding: str | None = None, delimiter: str | None = None
) -> Grid:
    """Read a delimited text file.

    Args:
        data: The file's bytes, unpacked.
        source: Its name, for messages.
        encoding: Encoding to use; None to find it.
        delimiter: Delimiter to use; None to find the one of comma, semicolon and tab.

    Raises:
        InputError: If the delimiter is not a single character.
        InputProblems: If the text does not decode, or a quote is never closed.
    """
    if delimiter is not None and len(delimiter) != 1:
        raise InputError(f"{source}: delimiter {delimiter!r}, expected one character")
    text, used = decode(data, source, encoding)
    text = text.rstrip("\r\n")
    mark = delimiter or sniff(text)
    # Arrow reads rows of equal length ten times faster; title rows and blank ones need Python.
    cells = _even(text, mark)
    if cells is None:
        cells = _uneven(text, mark, source)
    return Grid(cells, source, "csv", encoding=used, delimiter=mark)


def sniff(text: str) -> str:
    """Return the delimiter that splits most of the first lines into equally many cells."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:_SNIFFED_LINES]

    def score(mark: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=mark)]
        wide = [width for width in widths if width > 1]
        usual = max(set(wide), key=lambda width: (wide.count(width), width), default=0)
        return wide.count(usual), usual

    return max(DELIMITERS, key=score)


def _even(text: str, delimiter: str) -> pd.DataFrame | None:
    if text.count('"') % 2 or "\r\r" in text or not text.strip():
        return None
    first = next(csv.reader(text[:100_000].splitlines()[:1], delimiter=delimiter), [])
    names = [f"f{place}" for place in range(len(first))]
    try:
        table = pacsv.read_csv(
            io.BytesIO(text.encode("utf-8")),
            pacsv.ReadOptions(column_names=names, block_size=1 << 24),
            pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values='"' in text, ignore_empty_lines=False
            ),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return _text(table)


def _uneven(text: str, delimiter: str, source: str) -> pd.DataFrame:
    rows = list(_rows(text, delimiter, source))
    width = max(map(len, rows), default=0)
    columns = [
        pa.array([row[place] if place < len(row) else None for row in rows], pa.large_string())
        for place in range(width)
    ]
    return _text(pa.table(columns, names=[f"f{place}" for place in range(width)]))


def _rows(text: str, delimiter: str, source: str) -> Iterator[list[str]]:
    csv.field_size_limit(max(len(text), 131_072))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    count = 0
    try:
        for row in reader:
            count += 1
            yield row
    except csv.Error as error:
        found = (
            "a quote that is never closed"
            if "unexpected end" in str(error)
            else "text after a closing quote"
        )
        raise InputProblems(
            source, [Problem(found, 'cells quoted as "…", a quote inside doubled', count + 1)]
        ) from None


def _text(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame.set_axis(range(frame.shape[1]), axis=1)
