"""Checked chunks of a planner's table in a temporary Parquet file; a single one in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.base.errors import InputProblems, Problem
from analysis.base.schema import Column, Kind, TableSchema
from analysis.data.aggregation.source import Found, Reading, Rows
from analysis.data.catalog.conform import ROW, text
from analysis.data.checks import conform
from analysis.data.reading.raw import RawTable
from analysis.experiments.arms import Shape
from analysis.experiments.table import contradictions

if TYPE_CHECKING:
    import duckdb

ENOUGH = 1000  # findings after which a table is not read any further
STAGED = "staged"


def stage(found: Found, schema: TableSchema, numbers: Collection[str]) -> Rows:
    """Check a table chunk by chunk and put it where SQL can read it.

    Args:
        found: The table.
        schema: What it must be; further columns are numbers, or words that stay as they are.
        numbers: Columns that must hold numbers or yes and no.

    Raises:
        InputProblems: If a chunk is not as promised; the findings of all chunks, up to some
            thousand.
    """
    first = next(found.chunks)
    following = next(found.chunks, None)
    promised = _with_numbers(schema, first, numbers)
    labels = {name: origin.label for name, origin in first.origins.items() if origin.label != name}
    problems: list[Problem] = []
    reading = Reading().after(first)
    if following is None:
        table = _table(first, promised, problems)
        if table is None or problems:
            raise InputProblems(found.source, problems)
        found.con.register(STAGED, table)
        return _rows(found, STAGED, labels, reading, table)
    path = found.scratch / "staged.parquet"
    writer: pq.ParquetWriter | None = None
    try:
        for raw in chain([first, following], found.chunks):
            table = _table(raw, promised, problems)
            reading = reading if raw is first else reading.after(raw)
            if len(problems) > ENOUGH:
                break
            if table is None or problems:
                continue
            if writer is None:
                # What the first chunk was read as, all others must be.
                promised = _fixed(promised, table)
                writer = pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()
    if problems:
        raise InputProblems(found.source, problems)
    return _rows(found, f"read_parquet({text(str(path))})", labels, reading, None)


def checked_frame(found: Found, schema: TableSchema, shape: Shape) -> tuple[pd.DataFrame, Reading]:
    """Check a table of counts or of moments, which is small, as a whole.

    Raises:
        InputProblems: If it is not as promised, or cells contradict each other.
    """
    frames, problems, reading = [], list[Problem](), Reading()
    for raw in found.chunks:
        reading = reading.after(raw)
        try:
            frames.append((raw, conform(raw, schema)))
        except InputProblems as error:
            problems += error.problems
    for raw, frame in frames:
        problems += [
            Problem(b.found, b.expected, int(raw.row_numbers[b.place]), raw.origin(b.column).label)
            for b in contradictions(shape, frame)
        ]
    if problems:
        raise InputProblems(found.source, problems)
    whole = pd.concat([frame for _, frame in frames], ignore_index=True)
    again = whole.duplicated(list(schema.key))
    if again.any():
        cells = whole.loc[again, list(schema.key)].iloc[0].to_dict()
        problem = Problem(f"{cells} in two files of the folder", "each once")
        raise InputProblems(found.source, [problem])
    return whole, reading


def _rows(
    found: Found, place: str, labels: dict[str, str], reading: Reading, table: pa.Table | None
) -> Rows:
    types = {name: kind for name, kind in _described(found.con, place) if name != ROW}
    return Rows(found.con, found.source, place, place, types, labels, table, reading)


def _described(con: duckdb.DuckDBPyConnection, place: str) -> list[tuple[str, str]]:
    return [(str(r[0]), str(r[1])) for r in con.sql(f"DESCRIBE FROM {place}").fetchall()]


def _table(raw: RawTable, schema: TableSchema, problems: list[Problem]) -> pa.Table | None:
    try:
        frame = conform(raw, schema)
    except InputProblems as error:
        problems += error.problems
        return None
    return pa.Table.from_pandas(frame.assign(**{ROW: raw.row_numbers}), preserve_index=False)


def _with_numbers(schema: TableSchema, raw: RawTable, numbers: Collection[str]) -> TableSchema:
    """Promise numbers where numbers are asked for, unless the column says yes and no."""
    extra = []
    for name in numbers:
        if name in raw.frame.columns and name not in schema.names:
            extra.append(Column(name, _kind(raw, name), nullable=True))
    return replace(schema, columns=(*schema.columns, *extra))


def _kind(raw: RawTable, name: str) -> Kind:
    trial = TableSchema((Column(name, "boolean", nullable=True),), extra="drop")
    some = replace(raw, frame=raw.frame[[name]].head(ENOUGH), row_numbers=raw.row_numbers[:ENOUGH],
                   numeric={}, problems=())  # fmt: skip
    cells = some.frame[name].dropna()
    if pd.api.types.is_bool_dtype(cells.dtype):
        return "boolean"
    try:
        conform(some, trial)
    except InputProblems:
        return "number"
    digits = cells.astype("str").str.strip().isin(["0", "1", ""])
    return "number" if digits.all() else "boolean"


def _fixed(schema: TableSchema, table: pa.Table) -> TableSchema:
    """Promise the further columns what they turned out to be."""
    extra = []
    for column in table.schema:
        if column.name in (*schema.names, ROW):
            continue
        kind: Kind = "text"
        if pa.types.is_boolean(column.type):
            kind = "boolean"
        elif pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
            kind = "number"
        extra.append(Column(column.name, kind, nullable=True))
    return replace(schema, columns=(*schema.columns, *extra), extra="any")
