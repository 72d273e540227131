"""Where the rows of a test are, so that SQL can read them: in place, or as checked chunks.

Parquet files and tables of DuckDB files whose columns have the right types are read where they
are. Everything else (CSV in any of planners' ways, workbooks, other databases, a mapping with
units) goes through the one reader of the package, chunk by chunk, into a temporary Parquet file.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from analysis.base.errors import InputError
from analysis.base.paths import home
from analysis.data.aggregation.statement import column
from analysis.data.catalog.conform import ROW, connect, text
from analysis.data.catalog.entries import Dataset

if TYPE_CHECKING:
    from analysis.base.schema import TableSchema
    from analysis.data.mapping import Mapping
    from analysis.data.reading.raw import Format, RawTable

MEMORY = 512  # MB that the engine may take; the pass over sums takes a tenth of it
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
          "UBIGINT", "HUGEINT", "UHUGEINT")  # fmt: skip
_FLOAT = ("FLOAT", "DOUBLE", "DECIMAL")
_TIMES = ("DATE", "TIMESTAMP")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the package's reader met; empty where SQL reads the table in place.

    Attributes:
        rows: Rows kept.
        dropped: Reason and number of the rows left out.
        encoding: Encoding of a text file.
        sheet: Sheet of a workbook.
    """

    rows: int = 0
    dropped: tuple[tuple[str, int], ...] = ()
    encoding: str | None = None
    sheet: str | None = None

    def after(self, raw: RawTable) -> Reading:
        """Return the same with one more chunk."""
        counts = dict(self.dropped)
        for why, count in raw.dropped:
            counts[why] = counts.get(why, 0) + count
        encoding = self.encoding or raw.encoding
        rows = self.rows + len(raw.frame)
        return Reading(rows, tuple(counts.items()), encoding, self.sheet or raw.sheet)


@dataclass(frozen=True, slots=True)
class Rows:
    """A table that SQL can read.

    Attributes:
        con: Engine: one thread, little memory.
        source: Name for messages.
        table: What stands after FROM; its columns are named as the question calls them.
        numbered: The same with a column of row numbers as a spreadsheet shows them.
        types: DuckDB's type by column.
        labels: The file's own name by column, where it has another.
        arrow: Keeps a table in memory alive while SQL reads it.
        reading: What the package's reader met.
    """

    con: duckdb.DuckDBPyConnection
    source: str
    table: str
    numbered: str
    types: dict[str, str]
    labels: dict[str, str] = field(default_factory=dict)
    arrow: Any = None
    reading: Reading = field(default_factory=Reading)

    def is_number(self, name: str) -> bool:
        """Whether a column holds numbers or yes and no."""
        return self.types[name].startswith((*_WHOLE, *_FLOAT, "BOOLEAN"))

    def is_whole(self, name: str) -> bool:
        """Whether a column's type holds whole numbers only, or yes and no."""
        return self.types[name].startswith((*_WHOLE, "BOOLEAN"))

    def is_time(self, name: str) -> bool:
        """Whether a column holds days or times."""
        return self.types[name].startswith(_TIMES)

    def label(self, name: str) -> str:
        """Return a column's name as in the file."""
        return self.labels.get(name, name)


@dataclass(frozen=True, slots=True)
class Found:
    """A table that was found, before its shape is known.

    Attributes:
        source: Its name as given; holds no secret.
        path: File; None for a connection.
        dataset: Entry of the catalog; None for the caller's own table.
        format: What kind of source it is.
        names: Its columns, as the question calls them.
        chunks: Parts of the table as found; to be used once.
        direct: The table in place, if SQL can read it there.
        scratch: Folder for what does not fit into memory.
        con: Engine.
    """

    source: str
    path: Path | None
    dataset: Dataset | None
    format: Format
    names: tuple[str, ...]
    chunks: Iterator[RawTable]
    direct: Rows | None
    scratch: Path
    con: duckdb.DuckDBPyConnection

    def rows(self, schema: TableSchema, numbers: Collection[str]) -> Rows:
        """Return the rows for SQL; chunks are checked against the schema.

        Args:
            schema: What the table must be.
            numbers: Columns that must hold numbers.

        Raises:
            InputProblems: If a chunk is not as promised.
        """
        if self.direct is not None and _fits(self.direct, schema, numbers):
            return self.direct
        from analysis.data.aggregation.staging import stage

        return stage(self, schema, numbers)


@contextlib.contextmanager
def opened(source: str | Path, mapping: str | Path = "") -> Iterator[Found]:
    """Find a table by path, dataset id or connection.

    Args:
        source: File, folder, id of the catalog, database URL or ``connection:table``.
        mapping: Path of a ``mapping.toml``; empty for none.

    Raises:
        InputError: If there is no such table or mapping, or it cannot be read.
    """
    from analysis.data.reading.names import is_connection

    name = str(source)
    given = _mapping(mapping)
    with tempfile.TemporaryDirectory(prefix="analysis-") as folder:
        scratch = Path(folder)
        con = connect(scratch)
        con.execute(f"SET memory_limit = '{MEMORY}MB'; SET preserve_insertion_order = false")
        try:
            dataset = None if Path(name).exists() else _dataset(name)
            path = _path(name, dataset)
            if dataset is not None and given is None:
                given = _view(dataset)
            direct = None
            if is_connection(name) and dataset is None:
                direct = _attached(con, name)
            elif path is not None and _is_parquet(path):
                direct = _parquet(con, path, name)
            yield _found(con, scratch, name, path, dataset, given, direct)
        except duckdb.Error as error:
            # Its text may quote data or the place of a database.
            raise InputError(f"{name}: the table could not be added up ({_why(error)})") from None
        finally:
            con.close()


def _why(error: duckdb.Error) -> str:
    if isinstance(error, duckdb.OutOfMemoryException):
        return "neither memory nor the disk for temporary files suffice"
    return type(error).__name__


def _found(
    con: duckdb.DuckDBPyConnection, scratch: Path, name: str, path: Path | None,
    dataset: Dataset | None, given: Mapping | None, direct: Rows | None,
) -> Found:  # fmt: skip
    from analysis.data.aggregation.chunks import chunks, kind

    target = str(path) if path is not None else name
    mapped = None if direct is None else _renamed(direct, given)
    if mapped is not None:
        names = tuple(mapped.types)
        parts = _later(lambda: chunks(target, given))
    else:
        made = chunks(target, given)
        first = next(made)
        names = tuple(map(str, first.frame.columns))
        parts = chain([first], made)
    return Found(name, path, dataset, kind(target), names, parts, mapped, scratch, con)


def _later(make: Any) -> Iterator[RawTable]:
    yield from make()


def _mapping(mapping: str | Path) -> Mapping | None:
    if not mapping:
        return None
    from analysis.data.mapping import load_mapping

    return load_mapping(mapping).row_by_row()


def _dataset(name: str) -> Dataset | None:
    from analysis.data.catalog.listing import read_catalog

    return read_catalog(home()).datasets.get(name)


def _path(name: str, dataset: Dataset | None) -> Path | None:
    from analysis.data.catalog.prepare import verify
    from analysis.data.reading.names import is_connection

    if dataset is not None:
        return verify(home(), [dataset.id])[0].path
    if is_connection(name):
        return None
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    from analysis.data.reading.reader import existing

    return existing(name)


def _view(dataset: Dataset) -> Mapping | None:
    from analysis.data.mapping import parse_mapping

    view = dataset.views.get("experiment")
    if view is None or not view.columns:
        return None
    return parse_mapping({"columns": dict(view.columns)}, f"view of {dataset.id}")


def _is_parquet(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in (".parquet", ".pq")


def _parquet(con: duckdb.DuckDBPyConnection, path: Path, source: str) -> Rows:
    place = text(str(path))
    numbered = (
        f"(SELECT * EXCLUDE (file_row_number), file_row_number + 2 AS {ROW} "
        f"FROM read_parquet({place}, file_row_number = true))"
    )
    try:
        return Rows(con, source, f"read_parquet({place})", numbered, _types(con, place))
    except duckdb.Error as error:
        kind = type(error).__name__
        raise InputError(
            f"{source}: found no Parquet file, or a damaged one, expected a whole one ({kind})"
        ) from None


def _attached(con: duckdb.DuckDBPyConnection, name: str) -> Rows | None:
    """Read a table of a DuckDB file in place; None for other databases."""
    from analysis.data.reading.connections import connection

    asked = connection(name)
    if asked.url.get_backend_name() != "duckdb" or not Path(asked.url.database or "").is_file():
        return None
    parts = [column(part) for part in asked.table.split(".")] if asked.table else []
    table = ".".join(parts) if parts else f"({asked.query})"
    try:
        con.execute(f"ATTACH {text(str(asked.url.database))} AS attached (READ_ONLY); USE attached")
        types = _types(con, table)
    except duckdb.Error:
        return None  # the package's reader says what is wrong, without a word of the driver's
    numbered = f"(SELECT *, row_number() OVER () + 1 AS {ROW} FROM {table})"
    return Rows(con, asked.source, table, numbered, types)


def _types(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in con.sql(f"DESCRIBE FROM {table}").fetchall()}


def _renamed(rows: Rows, mapping: Mapping | None) -> Rows | None:
    """Apply a mapping that only renames; None where it does more, or does not fit."""
    if mapping is None:
        return rows
    plain = not mapping.constants and not mapping.skip_rows and not mapping.skip_footer
    names = {}
    for target, source in mapping.columns.items():
        there = [name for name in source.names if name in rows.types]
        if len(there) != 1 or source.unit or source.format:
            return None
        names[target] = there[0]
    if not plain or mapping.missing is not None:
        return None
    taken = {*names, *names.values()}
    names |= {name: name for name in rows.types if name not in taken}
    chosen = ", ".join(f"{column(old)} AS {column(new)}" for new, old in names.items())
    return replace(
        rows,
        table=f"(SELECT {chosen} FROM {rows.table})",
        numbered=f"(SELECT {chosen}, {ROW} FROM {rows.numbered})",
        types={new: rows.types[old] for new, old in names.items()},
        labels={new: old for new, old in names.items() if new != old},
    )


def _fits(rows: Rows, schema: TableSchema, numbers: Collection[str]) -> bool:
    """Whether every column already has a type that needs no reading."""
    times = [c.name for c in schema.columns if c.kind == "datetime" and c.name in rows.types]
    texts = [c.name for c in schema.columns if c.kind == "text" and c.name in rows.types]
    simple = ("VARCHAR", "BOOLEAN", "UUID", "ENUM", *_WHOLE)
    return (
        all(rows.is_number(name) for name in numbers if name in rows.types)
        and all(rows.is_time(name) for name in times)
        and all(rows.types[name].startswith(simple) for name in texts)
    )
