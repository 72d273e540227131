"""Tables behind a database URL.

Three spellings: ``duckdb:///file.duckdb?table=orders`` (opened read-only), a SQLAlchemy URL with
``?table=`` or ``?query=``, and ``warehouse:orders``, where the environment variable
``ANALYSIS_CONNECTION_WAREHOUSE`` holds the URL. A URL may hold a secret: no message repeats it,
nor what a driver says about it.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from analysis.base.errors import InputError, nearest
from analysis.data.reading.names import NAMED, URL

PREFIX = "ANALYSIS_CONNECTION_"
_SECRETS = re.compile(r"pass|pwd|secret|token|key|credential", re.IGNORECASE)
_READS = re.compile(r"\s*(?:select|with|from|values)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Connection:
    """A table to read; ``url`` may hold a secret and stays out of the representation."""

    source: str
    url: sa.URL
    table: str = ""
    query: str = ""

    def __repr__(self) -> str:
        return f"Connection({self.source!r})"


def connection(text: str) -> Connection:
    """Understand a URL or ``name:table``.

    Raises:
        InputError: If the environment variable is missing, the URL is none, carries a secret
            itself, or names neither table nor query.
    """
    named = NAMED.fullmatch(text)
    if named and not URL.match(text):
        variable = PREFIX + named["name"].upper().replace("-", "_")
        value = os.environ.get(variable)
        if not value:
            raise InputError(
                f"{text}: the environment variable {variable} is not set; "
                f"it must hold the URL of the connection {named['name']!r}"
            )
        return _made(text, _parsed(value, variable), named["table"])
    url = _parsed(text, "the URL")
    secret = url.password or any(_SECRETS.search(key) for key in url.query)
    if secret:
        raise InputError(
            f"{url.get_backend_name()} URL: found a password or key in it, expected none; put the "
            f"URL into an environment variable {PREFIX}NAME and use NAME:table"
        )
    asked = {key: value for key, value in url.query.items() if isinstance(value, str)}
    return _made(text, url, asked.get("table", ""), asked.get("query", ""))


def _parsed(text: str, what: str) -> sa.URL:
    try:
        return sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise InputError(f"{what}: not a database URL (dialect://host/database)") from None


def _made(source: str, url: sa.URL, table: str, query: str = "") -> Connection:
    if bool(table) == bool(query):
        raise InputError(f"{source}: expected either ?table=NAME or ?query=SELECT … in the URL")
    if query and not _READS.match(query):
        raise InputError(f"{source}: the query does not read; expected SELECT … or WITH …")
    return Connection(source, url.difference_update_query(["table", "query"]), table, query)


def read_connection(asked: Connection) -> pa.Table:
    """Read the table or query into memory.

    Raises:
        InputError: If the database cannot be opened or has no such table.
    """
    backend = asked.url.get_backend_name()
    if backend in ("duckdb", "sqlite"):
        path = Path(asked.url.database or "")
        if not path.is_file():
            place = "" if _is_named(asked) else f" {path}"
            raise InputError(f"{asked.source}: there is no {backend} file{place}")
    return _duckdb(asked) if backend == "duckdb" else _sqlalchemy(asked)


def _is_named(asked: Connection) -> bool:
    return not URL.match(asked.source)


@contextlib.contextmanager
def _quiet(asked: Connection, doing: str) -> Iterator[None]:
    """Turn a driver's error into one that repeats nothing the driver says: it may quote the URL."""
    kind = ""
    try:
        yield
    except InputError:
        raise
    except ModuleNotFoundError as error:
        kind = f"the Python package {error.name!r} is not installed"
    except sa.exc.NoSuchModuleError:
        kind = f"there is no driver for {asked.url.get_backend_name()}"
    except Exception as error:
        kind = type(error).__name__
    if kind:
        # Raised outside the except block, so that not even __context__ holds the driver's text.
        raise InputError(f"{asked.source}: {doing} failed ({kind})")


def _duckdb(asked: Connection) -> pa.Table:
    with (
        _quiet(asked, "reading the DuckDB file"),
        contextlib.closing(duckdb.connect(asked.url.database or "", read_only=True)) as con,
    ):
        names = con.sql("select table_schema, table_name from information_schema.tables").fetchall()
        schema, _, table = asked.table.rpartition(".")
        if asked.table:
            _there(asked, table, [name for place, name in names if schema in ("", place)])
            parts = [part for part in (schema, table) if part]
            quoted = ".".join('"' + part.replace('"', '""') + '"' for part in parts)
            return con.sql(f"select * from {quoted}").to_arrow_table()
        return con.sql(asked.query).to_arrow_table()


def _there(asked: Connection, table: str, names: Sequence[str]) -> None:
    if table not in names:
        raise InputError(f"{asked.source}: there is no table {table!r}; {nearest(table, names)}")


def _sqlalchemy(asked: Connection) -> pa.Table:
    with _quiet(asked, "reading the database"):
        engine = sa.create_engine(_read_only(asked.url), hide_parameters=True)
        try:
            with engine.connect() as con:
                result = con.execute(_statement(asked, engine))
                return _columns(list(result.keys()), result.fetchall())
        finally:
            engine.dispose()


def _read_only(url: sa.URL) -> sa.URL:
    if url.get_backend_name() != "sqlite":
        return url
    path = Path(url.database or "").resolve().as_uri()
    return url.set(database=path).update_query_dict({"mode": "ro", "uri": "true"})


def _statement(asked: Connection, engine: sa.Engine) -> Any:
    if asked.query:
        return sa.text(asked.query.replace(":", "\\:"))
    schema, _, table = asked.table.rpartition(".")
    inspector = sa.inspect(engine)
    names = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
    _there(asked, table, names)
    return sa.select(sa.Table(table, sa.MetaData(), schema=schema or None, autoload_with=engine))


def _columns(names: list[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    cells = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.Table.from_arrays([_array(column) for column in cells], names=names)


def _array(cells: Sequence[Any]) -> pa.Array:
    try:
        return pa.array(cells)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        # SQLite lets text stand in a numeric column: as text it is found and reported.
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.large_string())


def typed_frame(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as a frame without loss: exact integers, decimals as their digits."""
    for place, column in enumerate(table.schema):
        kind = column.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if pa.types.is_decimal(kind):
            kind = pa.large_string()
        table = table.set_column(place, column.name, table.column(place).cast(kind))
    whole = {kind: pd.Int64Dtype() for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64())}
    types = {**whole, pa.bool_(): pd.BooleanDtype(), pa.uint64(): pd.UInt64Dtype()}
    frame: pd.DataFrame = table.to_pandas(
        types_mapper=types.get, date_as_object=False, ignore_metadata=True
    )
    return frame
