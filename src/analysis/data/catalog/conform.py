"""From raw files to one typed table in SQL: cast, check against the promise, write sorted.

DuckDB reads and writes the files; no row passes through Python. One thread, a total order and
fixed options make the bytes of the written table a function of the raw bytes alone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.base.errors import InputError, Problem, nearest
from analysis.base.paths import Home
from analysis.data.catalog.entries import Dataset, Field

if TYPE_CHECKING:
    import duckdb

SHOWN = 3
MEMORY = "1GB"
ROW = "__row"
TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise of one column as SQL.

    Attributes:
        field: The column.
        broken: Condition that holds where the promise is broken.
        expected: What should stand there, for the reader.
    """

    field: Field
    broken: str
    expected: str


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """Open an in-memory engine that is deterministic and never asks the network.

    Args:
        scratch: Folder for what does not fit into memory.
    """
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": MEMORY,
        "temp_directory": str(scratch),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(config=settings)
    connection.execute("SET TimeZone = 'UTC'")
    shown = connection.execute("SELECT current_setting('enable_progress_bar')").fetchone()
    # In a notebook without ipywidgets it is off, and even switching it off is refused.
    if shown is not None and shown[0]:
        connection.execute("SET enable_progress_bar = false")
    return connection


def open_raw(connection: duckdb.DuckDBPyConnection, home: Home, dataset: Dataset) -> list[Problem]:
    """Create the views ``raw`` (as in the file) and ``typed`` (as promised, plus a row number).

    Returns:
        Columns that are missing or unknown; if there are any, no view is created.
    """
    raw = "(" + " UNION ALL ".join(_select(dataset, p) for p in dataset.raw_paths(home)) + ")"
    names = {name for name, *_ in connection.sql(f"FROM {raw}").description}
    problems = _columns(dataset, names - {ROW})
    if problems:
        return problems
    connection.execute(f"CREATE OR REPLACE TEMP VIEW raw AS SELECT * FROM {raw}")
    typed = ", ".join(
        f"{_typed(dataset, field)} AS {quote(field.column.name)}" for field in dataset.fields
    )
    group = f"SELECT * EXCLUDE ({ROW}), min({ROW}) AS {ROW} FROM typed_all GROUP BY ALL"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW typed_all AS SELECT {ROW}, {typed} FROM raw")
    chosen = group if dataset.distinct else "FROM typed_all"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW typed AS {chosen}")
    return []


def check(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> list[Problem]:
    """Return everything in which the views of :func:`open_raw` break the dataset's promises."""
    rules = [rule for field in dataset.fields for rule in _rules(dataset, field)]
    counts = ", ".join(f"count_if({rule.broken})" for rule in rules)
    both = _side_by_side(dataset)
    found = connection.execute(f"SELECT {counts} FROM {both}").fetchone() or ()
    problems: list[Problem] = []
    for rule, count in zip(rules, found, strict=True):
        if count:
            problems += _examples(connection, dataset, rule, count, both)
    return problems + _repeated_keys(connection, dataset) + _row_count(connection, dataset)


def write(connection: duckdb.DuckDBPyConnection, dataset: Dataset, path: Path) -> None:
    """Write the view ``typed`` as Parquet, sorted by the dataset's order (ties: raw order)."""
    names = ", ".join(quote(name) for name in dataset.schema.names)
    ties = [name for name in dataset.key if name not in dataset.order] or [ROW]
    total = set(dataset.key) <= set(dataset.order) and dataset.key
    order = ", ".join(quote(name) for name in [*dataset.order, *([] if total else ties)])
    connection.execute(
        f"COPY (SELECT {names} FROM typed ORDER BY {order}) TO {text(str(path))} "
        "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
    )


def quote(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return a string as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def _select(dataset: Dataset, path: Path) -> str:
    """Return a SELECT of one raw file: every column as it stands, and its row number.

    Row numbers are those a reader sees: of a text file with a header the first row is 2.
    """
    place = text(str(path))
    if dataset.format == "parquet":
        return (
            f"SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS {ROW} "
            f"FROM read_parquet({place}, file_row_number = true)"
        )
    shift = int(dataset.header)
    if dataset.format == "csv":
        return (
            f"SELECT *, row_number() OVER () + {shift} AS {ROW} FROM read_csv({place}, "
            f"header = {dataset.header}, columns = {_header(dataset, path)}, auto_detect = false, "
            "delim = ',', quote = '\"', escape = '\"', nullstr = '', encoding = 'utf-8')"
        )
    used = sorted({int(field.source) for field in dataset.fields})
    parts = ", ".join(f'parts[{n}] AS "{n}"' for n in used)
    return (
        f"SELECT {parts}, {ROW} FROM (SELECT regexp_extract_all(line, '\\S+') AS parts, "
        f"row_number() OVER () + {shift} AS {ROW} FROM read_csv({place}, header = false, "
        f"skip = {shift}, auto_detect = false, columns = {{'line': 'VARCHAR'}}, "
        "delim = chr(1), quote = '', escape = '', encoding = 'utf-8'))"
    )


def _header(dataset: Dataset, path: Path) -> str:
    """Return the columns of a CSV file, all text, as a DuckDB struct (numbered without header).

    Raises:
        InputError: If the header is empty, repeats a name or is not UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = next(csv.reader(file), [])
    except UnicodeDecodeError:
        raise InputError(f"{path}: found a file that is not UTF-8") from None
    if not dataset.header:
        names = [str(number) for number in range(1, len(names) + 1)]
    if not names or len(set(names)) < len(names):
        raise InputError(f"{path}: found header {','.join(names)!r}, expected distinct names")
    return "{" + ", ".join(f"{text(name)}: 'VARCHAR'" for name in names) + "}"


def _columns(dataset: Dataset, names: set[str]) -> list[Problem]:
    """Return the columns that a raw file lacks, and those nobody asked for."""
    wanted = {one.source for one in dataset.fields if one.read != "row_number"}
    if dataset.format == "fields":
        return []
    lost = [Problem(f"no column {n!r}", f"one ({nearest(n, names)})") for n in wanted - names]
    more = [Problem(f"column {n!r}", "only columns of the catalog") for n in names - wanted]
    return sorted(lost + more, key=str)


def _raw_name(dataset: Dataset, field: Field) -> str:
    return ROW if field.read == "row_number" else field.source


def _typed(dataset: Dataset, field: Field) -> str:
    """Return the SQL expression of a column; it is NULL where the raw value cannot be read."""
    raw = quote(field.source)
    kind = field.column.kind
    stamp = f"timezone('UTC', TRY_CAST({raw} AS TIMESTAMP))"
    wall = f"timezone({text(dataset.timezone)}, {stamp})"
    special = {
        "row_number": f"{ROW} - {int(dataset.header)}",
        "compact_date": f"CAST(try_strptime({raw}, '%Y%m%d') AS DATE)",
        "utc_instant": stamp,
        "utc_to_local": f"CAST({wall} AS {TYPES[kind]})",
    }
    if field.read in special:
        return special[field.read]
    cast = f"TRY_CAST({raw} AS {TYPES[kind]})"
    if kind == "number" and field.decimals is not None:
        exact = f"TRY_CAST({raw} AS DECIMAL(14, {field.decimals}))"
        return f"CASE WHEN abs({cast} - {exact}) < 1e-6 THEN {exact} END"
    if kind == "number":
        return f"CASE WHEN isfinite({cast}) THEN {cast} END"
    if kind == "date":
        return f"CASE WHEN TRY_CAST({raw} AS TIMESTAMP) = {cast} THEN {cast} END"
    if kind == "integer" and dataset.format != "parquet":
        return f"CASE WHEN TRY_CAST({raw} AS DOUBLE) = {cast} THEN {cast} END"
    return cast


def _rules(dataset: Dataset, field: Field) -> Iterator[Rule]:
    """Yield the promises of a column; ``r.`` is the raw value, ``t.`` the typed one."""
    column = field.column
    raw = f"r.{quote(_raw_name(dataset, field))}"
    value = f"t.{quote(column.name)}"
    yield Rule(field, f"{raw} IS NOT NULL AND {value} IS NULL", f"a value of kind {column.kind}")
    if not column.nullable:
        yield Rule(field, f"{raw} IS NULL", "a value")
    if column.minimum is not None:
        yield Rule(field, f"{value} < {column.minimum!r}", f"at least {column.minimum:g}")
    if column.maximum is not None:
        yield Rule(field, f"{value} > {column.maximum!r}", f"at most {column.maximum:g}")
    if column.choices:
        options = ", ".join(text(choice) for choice in column.choices)
        yield Rule(field, f"{value} NOT IN ({options})", f"one of {', '.join(column.choices)}")


def _side_by_side(dataset: Dataset) -> str:
    """Return a FROM item with raw row ``r`` and typed row ``t`` without joining anything."""
    sources = sorted({_raw_name(dataset, field) for field in dataset.fields})
    raw = ", ".join(f"{quote(name)} := {quote(name)}" for name in sources)
    typed = ", ".join(
        f"{quote(field.column.name)} := {_typed(dataset, field)}" for field in dataset.fields
    )
    return f"(SELECT {ROW}, struct_pack({raw}) AS r, struct_pack({typed}) AS t FROM raw)"


def _examples(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, rule: Rule, count: int, both: str
) -> list[Problem]:
    """Return the first rows that break a rule; the last one says how many follow."""
    value = f"CAST(r.{quote(_raw_name(dataset, rule.field))} AS VARCHAR)"
    rows = connection.execute(
        f"SELECT {ROW}, {value} FROM {both} WHERE {rule.broken} ORDER BY {ROW} LIMIT {SHOWN}"
    ).fetchall()
    problems = []
    for number, (row, value) in enumerate(rows, start=1):
        found = "no value" if value is None else repr(value)
        if number == SHOWN and count > SHOWN:
            found += f" (and {count - SHOWN} more such rows)"
        problems.append(Problem(found, rule.expected, row=row, column=rule.field.source))
    return problems


def _repeated_keys(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> list[Problem]:
    """Return keys that occur more than once, with the first two rows of each."""
    if not dataset.key:
        return []
    names = ", ".join(quote(name) for name in dataset.key)
    rows = connection.execute(
        f"SELECT min({ROW}), max({ROW}), {names} FROM typed GROUP BY {names} "
        f"HAVING count(*) > 1 ORDER BY 1 LIMIT {SHOWN}"
    ).fetchall()
    return [
        Problem(
            f"{', '.join(f'{n} {v}' for n, v in zip(dataset.key, key, strict=True))} "
            f"also in row {last}",
            "each key once",
            row=first,
        )
        for first, last, *key in rows
    ]


def _row_count(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> list[Problem]:
    """Return a finding if the table has not the catalogued number of rows."""
    found = (connection.execute("SELECT count(*) FROM typed").fetchone() or (0,))[0]
    if found == dataset.rows:
        return []
    return [Problem(f"{found} rows", f"{dataset.rows} rows, as the catalog says")]
