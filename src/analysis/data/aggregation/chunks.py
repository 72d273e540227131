"""A table of any kind as a series of raw tables that fit into memory."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.base.errors import InputError, Problem
from analysis.data.folders import SUFFIXES
from analysis.data.mapping import Mapping
from analysis.data.reading.connections import typed_frame
from analysis.data.reading.delimited import read_delimited
from analysis.data.reading.names import is_connection
from analysis.data.reading.raw import Format, RawTable, with_header
from analysis.data.reading.reader import existing, kind_of, read_raw
from analysis.data.totals import CHINESE, rows_with

LARGE = 4 * 2**20  # bytes of a text file that is no longer read at once
CHUNK = 2 * 2**20
TAIL = 2**16  # a last chunk smaller than this is joined to the one before
BATCH = 2**17


def kind(source: str) -> Format:
    """Return the format of a source; of a folder that of its first table."""
    if is_connection(source):
        return "sql"
    path = Path(source).expanduser()
    return kind_of(_files(path)[0] if path.is_dir() else path)


def chunks(source: str, mapping: Mapping | None) -> Iterator[RawTable]:
    """Yield the table in order, its columns renamed by the mapping; no cell is converted.

    Row numbers are those of the whole table as a spreadsheet shows them. Without a mapping, rows of
    totals are problems.

    Raises:
        InputError: If the source cannot be read, or the parts of a folder differ in their columns.
        InputProblems: If text does not decode, or the mapping does not fit.
    """
    first: list[str] | None = None
    for part in _parts(source, mapping or Mapping()):
        made = _without_totals(part.raw) if mapping is None else _mapped(part, mapping)
        names = list(map(str, made.frame.columns))
        if first is not None and names != first:
            raise InputError(
                f"{made.source}: found columns {', '.join(names)}, expected those of the first "
                f"file: {', '.join(first)}"
            )
        first = names
        yield made


@dataclasses.dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a file, and whether the file ends with it."""

    raw: RawTable
    last: bool = True


def _mapped(part: _Part, mapping: Mapping) -> RawTable:
    given = mapping if part.last else dataclasses.replace(mapping, skip_footer=0)
    # A mapping of the two columns that matter must not lose the metrics beside them.
    return given.apply(part.raw, list(map(str, part.raw.frame.columns)))


def _without_totals(raw: RawTable) -> RawTable:
    if raw.format not in ("csv", "xlsx"):
        return raw
    rows = raw.row_numbers[np.flatnonzero(rows_with(raw.frame, CHINESE))]
    problems = [
        Problem("a row of totals", "rows of data; a mapping leaves out totals", int(row))
        for row in rows
    ]
    return dataclasses.replace(raw, problems=(*raw.problems, *problems))


def _parts(source: str, given: Mapping) -> Iterator[_Part]:
    if not is_connection(source):
        path = Path(source).expanduser()
        if path.is_dir():
            for file in _files(path):
                yield from _parts(str(file), given)
            return
        path = existing(source)
        if kind_of(path) == "parquet":
            yield from _parquet(path, source)
            return
        if kind_of(path) == "csv" and _is_large(path, given):
            yield from _text(path, source, given)
            return
    yield _Part(
        read_raw(
            source, sheet=given.sheet, header_row=given.header_row, encoding=given.encoding,
            delimiter=given.delimiter,
        )
    )  # fmt: skip


def _is_large(path: Path, given: Mapping) -> bool:
    """Whether a text file is to be read in pieces; in UTF-16 a line cannot be told by its bytes."""
    packed = path.suffix.lower() == ".gz"
    if path.stat().st_size <= (LARGE // 8 if packed else LARGE):
        return False
    with _open(path) as file:
        wide = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return not wide and "16" not in (given.encoding or "").replace("18030", "")


def _open(path: Path) -> IO[bytes]:
    packed = path.suffix.lower() == ".gz"
    return cast("IO[bytes]", gzip.open(path, "rb")) if packed else path.open("rb")


def _files(folder: Path) -> list[Path]:
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    ]
    if not paths:
        raise InputError(f"{folder}: found no table in this folder, expected files such as a.csv")
    return paths


def _parquet(path: Path, source: str) -> Iterator[_Part]:
    row = 2
    try:
        for batch in pq.ParquetFile(path).iter_batches(BATCH):
            frame = typed_frame(pa.Table.from_batches([batch]))
            numbers = np.arange(row, row + len(frame), dtype=np.int64)
            row += len(frame)
            yield _Part(RawTable(frame, numbers, source, "parquet"))
    except (pa.ArrowException, OSError) as error:
        kind = type(error).__name__
        raise InputError(f"{source}: found no whole Parquet file, expected one ({kind})") from None
    if row == 2:
        empty = pq.ParquetFile(path).schema_arrow.empty_table()
        nothing = np.array([], dtype=np.int64)
        yield _Part(RawTable(typed_frame(empty), nothing, source, "parquet"))


def _text(path: Path, source: str, mapping: Mapping) -> Iterator[_Part]:
    """Read a large text file by the way of small ones, some megabytes of whole lines at a time.

    Every piece is decoded on its own; the header's line stands before each of them.
    """
    header, delimiter, rows = b"", mapping.delimiter, 0
    with _open(path) as file:
        pieces = _pieces(file)
        piece = next(pieces, b"")
        while piece:
            following = next(pieces, b"")
            grid = read_delimited(
                header + piece, source, encoding=mapping.encoding, delimiter=delimiter
            )
            delimiter = grid.delimiter
            raw = with_header(grid, None if header else mapping.header_row)
            shift = rows - 1 if header else 0
            problems = [_shifted(p, shift) for p in raw.problems if not header or p.row != 1]
            rows += len(grid.cells) - bool(header)
            if not header:
                header = _line(piece, raw.header_row or 1, grid.encoding or "utf-8", str(delimiter))
            made = dataclasses.replace(
                raw, row_numbers=raw.row_numbers + shift, problems=tuple(problems)
            )
            yield _Part(made, last=not following)
            piece = following


def _shifted(problem: Problem, offset: int) -> Problem:
    row = problem.row + offset if problem.row is not None else None
    return dataclasses.replace(problem, row=row)


def _line(piece: bytes, row: int, encoding: str, delimiter: str) -> bytes:
    """Return the bytes of the header's row, which may go over several lines."""
    lines = piece.decode(encoding).splitlines(keepends=True)
    reader = csv.reader(iter(lines), delimiter=delimiter)
    used = 0
    for number, _ in enumerate(reader, start=1):
        if number == row:
            return "".join(lines[used : reader.line_num]).encode(encoding)
        used = reader.line_num
    return lines[0].encode(encoding)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield whole lines, some megabytes at a time, never ending inside quotes or blank lines."""
    held = b""
    while True:
        lines = file.readlines(CHUNK)
        if not lines:
            break
        piece = b"".join(lines)
        quotes = piece.count(b'"')
        while quotes % 2 or not lines[-1].strip():
            line = file.readline()
            if not line:
                break
            lines, piece, quotes = [line], piece + line, quotes + line.count(b'"')
        if held and len(piece) < TAIL:
            held += piece
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held
