"""Reading a table as it is: CSV, XLSX, Parquet, DuckDB and SQL into one shape."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.data.reading.connections import connection, read_connection, typed_frame
from analysis.data.reading.delimited import read_delimited
from analysis.data.reading.names import is_connection
from analysis.data.reading.raw import Format, Grid, Origin, RawTable, with_header
from analysis.data.reading.workbook import read_workbook

__all__ = ["Grid", "Origin", "RawTable", "checksum", "read_grid", "read_raw"]

TEXTS = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm", ".xls")
PARQUETS = (".parquet", ".pq")
_MAGIC = {
    b"PK\x03\x04": "an XLSX workbook or another ZIP archive",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an XLS workbook",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
}


def read_raw(
    path_or_url: str | Path,
    *,
    sheet: str | int | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> RawTable:
    """Read a table without converting anything.

    Args:
        path_or_url: A .csv, .tsv, .txt (also .gz), .xlsx, .xlsm, .xls or .parquet file;
            ``duckdb:///file?table=``, a SQLAlchemy URL with ``?table=`` or ``?query=``;
            ``name:table`` for a connection in the environment.
        sheet: Sheet name or 1-based number; the first visible sheet when None.
        header_row: 1-based row of the header; the first row that is not blank when None.
        encoding: Encoding of a text file; found when None.
        delimiter: Delimiter of a text file; found when None.

    Raises:
        InputError: If the source is missing, unreadable, or not what its name says.
        InputProblems: If the file is empty, or its text is broken.
    """
    source = str(path_or_url)
    if is_connection(source):
        asked = connection(source)
        return _typed(read_connection(asked), asked.source, "sql")
    path = existing(source)
    if kind_of(path) == "parquet":
        return _typed(_parquet(path, source), source, "parquet")
    grid = read_grid(path_or_url, sheet=sheet, encoding=encoding, delimiter=delimiter)
    return with_header(grid, header_row)


def read_grid(
    path: str | Path,
    *,
    sheet: str | int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Grid:
    """Read all cells of a text file or a sheet, before a header is chosen.

    Raises:
        InputError: If the file is missing, unreadable, or not what its name says.
        InputProblems: If the file is empty, or its text is broken.
    """
    source = str(path)
    file = existing(source)
    if kind_of(file) == "xlsx":
        grid = read_workbook(file, source, sheet=sheet)
    else:
        data = _bytes(file, source)
        grid = read_delimited(data, source, encoding=encoding, delimiter=delimiter)
    if grid.cells.empty:
        what = f"an empty sheet {grid.sheet!r}" if grid.sheet else "an empty file"
        raise InputProblems(source, [Problem(what, "a header and rows of data")])
    return grid


def checksum(path_or_url: str | Path) -> str | None:
    """Return the SHA-256 of a file's bytes in hexadecimal digits; None for a connection."""
    if is_connection(str(path_or_url)):
        return None
    with existing(str(path_or_url)).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def existing(source: str) -> Path:
    """Return the path of a file that is there.

    Raises:
        InputError: If there is no such file, or it is a folder.
    """
    path = Path(source).expanduser()
    if path.is_dir():
        raise InputError(f"{source}: found a folder, expected a file")
    if not path.exists():
        near = sorted(p.name for p in path.parent.glob(f"{path.stem}*"))[:3]
        hint = f"; the folder has {', '.join(near)}" if near else ""
        raise InputError(f"{source}: there is no such file{hint}")
    return path


def kind_of(path: Path) -> Format:
    """Return the format that a file's name states.

    Raises:
        InputError: If the name states none that can be read.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    last = suffixes[-1] if suffixes else ""
    if last == ".gz" and len(suffixes) > 1:
        last = suffixes[-2] if suffixes[-2] in TEXTS else last
    if last in TEXTS:
        return "csv"
    if last in WORKBOOKS:
        return "xlsx"
    if last in PARQUETS:
        return "parquet"
    hint = f"; for a DuckDB file use duckdb:///{path}?table=NAME" if "d" in last[1:2] else ""
    known = ", ".join([*TEXTS, *(f"{text}.gz" for text in TEXTS[:1]), *WORKBOOKS, *PARQUETS])
    raise InputError(f"{path}: found a name ending in {last or 'nothing'}, expected {known}{hint}")


def _bytes(path: Path, source: str) -> bytes:
    try:
        data = path.read_bytes()
        if path.suffix.lower() == ".gz":
            data = gzip.decompress(data)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"{source}: not a gzip archive, or cut short") from None
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror})") from None
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(f"{source}: found {what}, expected text as its name says")
    return data


def _parquet(path: Path, source: str) -> pa.Table:
    try:
        return pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        with path.open("rb") as file:
            whole = file.read(4) == b"PAR1"
        what = "a Parquet file that is cut short or damaged" if whole else "no Parquet file"
        kind = type(error).__name__
        raise InputError(f"{source}: found {what}, expected a whole one ({kind})") from None


def _typed(table: pa.Table, source: str, format: Format) -> RawTable:
    counts = Counter(table.column_names)
    problems = tuple(
        Problem(f"{count} columns of that name", "column names that differ", None, name)
        for name, count in counts.items()
        if count > 1
    )
    unique = [table.column_names.index(name) for name in counts]
    frame = typed_frame(table.select(unique))
    frame.columns = pd.Index(list(counts), dtype="object")
    rows = np.arange(len(frame), dtype=np.int64) + 2
    return RawTable(frame, rows, source, format, problems=problems)
