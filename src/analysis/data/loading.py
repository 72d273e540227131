"""One loader: a file or a connection, a schema and perhaps a mapping to a checked frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import Problem
from analysis.base.schema import TableSchema
from analysis.data.checks import conform
from analysis.data.combining import COMBINED, check_combine, combine_rows, without_key
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
    """A checked table and the facts about its reading.

    Attributes:
        frame: The rows.
        facts: What was read.
        labels: The file's own name of a column → column of the frame.
        names: Every name by which a column can be asked for.
        beside: Columns that are in the frame only because they were asked for.
    """

    frame: pd.DataFrame
    facts: Facts
    labels: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def load_table(
    source: str | Path,
    schema: TableSchema,
    *,
    mapping: str | Path | Mapping | None = None,
    beside: Sequence[str] = (),
) -> Loaded:
    """Read, map, convert and check a table.

    Args:
        source: File, folder of files, database URL or ``name:table``.
        schema: What the table must be.
        mapping: A mapping or the path of a mapping file. Without one no row but blank ones is
            left out: a total row is a finding.
        beside: Columns to keep as they are, though neither schema nor mapping names them; those
            that are not there, or are lost where rows are added up, are passed over.

    Raises:
        InputError: If the source or the mapping cannot be read at all.
        InputProblems: If anything in it is wrong; all findings in one message.
    """
    if not is_connection(str(source)) and Path(source).is_dir():
        read = partial(load_table, mapping=mapping, beside=beside)
        return load_folder(Path(source), schema, read)
    if mapping is None:
        raw = _refuse_totals(read_raw(source))
        names = tuple(map(str, raw.frame.columns))
        frame = conform(raw, schema)
    else:
        given = mapping if isinstance(mapping, Mapping) else load_mapping(mapping)
        beside = () if given.combine else beside
        found = _read(source, given)
        raw = given.apply(found, (*schema.names, *beside))
        own = (*given.columns, *given.constants, *schema.names)
        others = () if given.combine else map(str, found.frame.columns)
        names = (*map(str, raw.frame.columns), *others)
        more = [name for name in beside if given.columns and name not in own]
        plain = dataclasses.replace(raw, frame=raw.frame.drop(columns=more, errors="ignore"))
        plain, frame = _combined(plain, schema, given)
        raw = dataclasses.replace(plain, frame=raw.frame)
    aside = {
        name: raw.frame[name].array
        for name in beside
        if name in raw.frame.columns and name not in frame.columns
    }
    frame = frame.assign(**aside)
    dropped = sum(count for _, count in raw.dropped)
    facts = Facts(
        source=raw.source,
        format=raw.format,
        rows_read=len(frame) + dropped,
        rows_kept=len(frame),
        dropped=raw.dropped,
        columns=tuple(str(name) for name in frame.columns if name not in aside),
        sha256=checksum(source),
        encoding=raw.encoding,
        sheet=raw.sheet,
    )
    labels = {origin.label: name for name, origin in raw.origins.items() if not origin.constant}
    return Loaded(frame, facts, labels, tuple(dict.fromkeys(names)), tuple(aside))


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
    return mapping.apply(_read(source, mapping), wanted)


def _read(source: str | Path, mapping: Mapping) -> RawTable:
    return read_raw(
        source,
        sheet=mapping.sheet,
        header_row=mapping.header_row,
        encoding=mapping.encoding,
        delimiter=mapping.delimiter,
    )


def _combined(
    raw: RawTable, schema: TableSchema, mapping: Mapping
) -> tuple[RawTable, pd.DataFrame]:
    """Check the rows, and add those of one key up if the mapping says how."""
    if not mapping.combine:
        return raw, conform(raw, schema)
    names = [str(name) for name in raw.frame.columns]
    check_combine(raw.source, mapping.origin, mapping.combine, schema, names)
    rows = conform(raw, without_key(schema, mapping.combine))
    frame = combine_rows(rows, schema, mapping.combine)
    gone = (COMBINED, len(rows) - len(frame))
    return dataclasses.replace(raw, dropped=(*raw.dropped, gone)), frame


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
