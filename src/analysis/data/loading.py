"""One loader: a file or a connection, a schema and perhaps a mapping to a checked frame."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import Problem
from analysis.base.schema import TableSchema
from analysis.data.checks import conform
from analysis.data.folders import load_folder
from analysis.data.mapping import Mapping, load_mapping
from analysis.data.reading.names import is_connection
from analysis.data.reading.raw import Format, RawTable
from analysis.data.reading.reader import checksum, read_raw
from analysis.data.totals import CHINESE, rows_with


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read, for a data card.

    Attributes:
        source: The source's name as given; it holds no secret.
        format: What kind of source it was.
        rows_read: Rows below the header, blank ones included.
        rows_kept: Rows of the frame.
        dropped: Reason and number of the rows left out; with ``rows_kept`` they add up to
            ``rows_read``.
        columns: Columns of the frame.
        sha256: Checksum of the file's bytes; None for a connection.
        encoding: Encoding of a text file; None otherwise.
        sheet: Sheet read from a workbook; None otherwise.
    """

    source: str
    format: Format
    rows_read: int
    rows_kept: int
    dropped: tuple[tuple[str, int], ...]
    columns: tuple[str, ...]
    sha256: str | None
    encoding: str | None
    sheet: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A checked table and the facts about its reading."""

    frame: pd.DataFrame
    facts: Facts


def load_table(
    source: str | Path, schema: TableSchema, *, mapping: str | Path | Mapping | None = None
) -> Loaded:
    """Read, map, convert and check a table.

    Args:
        source: File, folder of files, database URL or ``name:table``.
        schema: What the table must be.
        mapping: A mapping or the path of a mapping file. Without one no row but blank ones is
            left out: a total row is a finding.

    Raises:
        InputError: If the source or the mapping cannot be read at all.
        InputProblems: If anything in it is wrong; all findings in one message.
    """
    if not is_connection(str(source)) and Path(source).is_dir():
        return load_folder(Path(source), schema, partial(load_table, mapping=mapping))
    if mapping is None:
        raw = _refuse_totals(read_raw(source))
    else:
        given = mapping if isinstance(mapping, Mapping) else load_mapping(mapping)
        raw = read_mapped(source, given, schema.names)
    frame = conform(raw, schema)
    dropped = sum(count for _, count in raw.dropped)
    facts = Facts(
        source=raw.source,
        format=raw.format,
        rows_read=len(frame) + dropped,
        rows_kept=len(frame),
        dropped=raw.dropped,
        columns=tuple(map(str, frame.columns)),
        sha256=checksum(source),
        encoding=raw.encoding,
        sheet=raw.sheet,
    )
    return Loaded(frame, facts)


def read_mapped(source: str | Path, mapping: Mapping, wanted: tuple[str, ...] = ()) -> RawTable:
    """Read a table as its mapping says; no cell is converted.

    Args:
        source: File, database URL or ``name:table``.
        mapping: How to read it.
        wanted: Columns to keep though the mapping does not name them.

    Raises:
        InputError: If the source cannot be read.
        InputProblems: If the mapping does not fit it.
    """
    raw = read_raw(
        source,
        sheet=mapping.sheet,
        header_row=mapping.header_row,
        encoding=mapping.encoding,
        delimiter=mapping.delimiter,
    )
    return mapping.apply(raw, wanted)


def _refuse_totals(raw: RawTable) -> RawTable:
    """Report total rows instead of counting them twice.

    Only Chinese words and planners' formats: an English "Total" may be the name of a series.
    """
    if raw.format not in ("csv", "xlsx"):
        return raw
    rows = raw.row_numbers[np.flatnonzero(rows_with(raw.frame, CHINESE))]
    problems = [
        Problem("a row of totals", "rows of data; a mapping leaves out totals", int(row))
        for row in rows
    ]
    return dataclasses.replace(raw, problems=(*raw.problems, *problems))
