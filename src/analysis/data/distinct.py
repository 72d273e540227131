"""Which values some columns of a table have together: what a grid goes over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.base.errors import InputError, InputProblems
from analysis.base.paths import home
from analysis.data import subset
from analysis.data.aggregation.part import part_of
from analysis.data.aggregation.source import Found, Rows, opened
from analysis.data.aggregation.statement import column
from analysis.data.catalog.listing import read_catalog
from analysis.data.loading import read_mapped
from analysis.data.mapping import load_mapping

if TYPE_CHECKING:
    import pandas as pd

    from analysis.data.reading.raw import RawTable

MOST = 100_000


def combinations(
    source: str | Path, columns: Sequence[str], *, mapping: str | Path = "", where: str = ""
) -> list[tuple[str, ...]]:
    """Return the values that columns have together in at least one row.

    Args:
        source: File, folder, id of the catalog, database URL or ``connection:table``.
        columns: Names of columns, canonical or the file's own.
        mapping: Path of a ``mapping.toml``; empty for none.
        where: Rows to look at; see :mod:`analysis.data.subset`.

    Returns:
        Tuples of texts as they are written in a condition; rows without a value in one of the
        columns do not count.

    Raises:
        InputError: If the table cannot be read, or the values are too many.
        InputProblems: If a column is not there, naming those that are, or no row fits ``where``.
    """
    clauses = subset.parse(where)
    asked = [*columns, *(clause.column for clause in clauses)]
    given = load_mapping(mapping) if mapping else None
    if given is not None and (given.combine or given.fill_down):
        raw = read_mapped(source, given, tuple(asked))
        frames: Iterable[pd.DataFrame] = [_needed(raw, asked, str(source))]
        return _together(frames, columns, clauses, str(source))
    with opened(source, mapping) as found:
        own = {} if mapping else _views(str(source), found)
        names = [own.get(name, name) for name in columns]
        if found.direct is None:
            frames = (_needed(raw, asked, found.source) for raw in found.chunks)
            return _together(frames, columns, clauses, found.source)
        translated = [subset.Clause(own.get(c.column, c.column), c.values) for c in clauses]
        rows, _ = part_of(found.direct, translated, where, 1.0)
        frame = _distinct(rows, names, [*rows.types, *own])
        return _together([frame], columns, (), found.source)


def _views(source: str, found: Found) -> dict[str, str]:
    """Return canonical name → own name of a dataset's columns, by all its views."""
    dataset = None if Path(source).exists() else read_catalog(home()).datasets.get(source)
    views = dataset.views.values() if dataset else ()
    return {
        name: own
        for view in views
        for name, own in view.columns.items()
        if name not in found.names and own in found.names
    }


def _distinct(rows: Rows, names: Sequence[str], there: Sequence[str]) -> pd.DataFrame:
    labels = {label: name for name, label in rows.labels.items()}
    found = [subset.column_of(name, rows.types, labels) for name in names]
    problems = [
        subset.unknown(name, [*there, *labels])
        for name, one in zip(names, found, strict=True)
        if one is None
    ]
    if problems:
        raise InputProblems(rows.source, problems)
    chosen = ", ".join(f"{column(str(n))} AS c{i}" for i, n in enumerate(found))
    query = f"SELECT DISTINCT {chosen} FROM {rows.table} LIMIT {MOST + 1}"
    return rows.con.execute(query).df()


def _needed(raw: RawTable, asked: Sequence[str], source: str) -> pd.DataFrame:
    """Return the columns asked for, by the names they were asked for, each combination once."""
    labels = {origin.label: name for name, origin in raw.origins.items() if not origin.constant}
    there = [str(name) for name in raw.frame.columns]
    problems = [
        subset.unknown(name, [*there, *labels])
        for name in dict.fromkeys(asked)
        if subset.column_of(name, there, labels) is None
    ]
    if problems:
        raise InputProblems(source, problems)
    own = {name: str(subset.column_of(name, there, labels)) for name in asked}
    frame = raw.frame[list(own.values())].set_axis(list(own), axis=1)
    return frame.drop_duplicates()


def _together(
    frames: Iterable[pd.DataFrame], columns: Sequence[str], clauses: Sequence[subset.Clause],
    source: str,
) -> list[tuple[str, ...]]:  # fmt: skip
    import pandas as pd

    whole = pd.concat(_few(frames, source), ignore_index=True)
    if clauses:
        whole = whole[subset.rows_of(whole, clauses, source, {}, whole.columns)]
    written = [
        subset.texts(whole.iloc[:, place]).where(whole.iloc[:, place].notna())
        for place in range(len(columns))
    ]
    # A blank cell of a text file is a missing value.
    rows = zip(*written, strict=True)
    return sorted({row for row in rows if all(isinstance(cell, str) and cell for cell in row)})


def _few(frames: Iterable[pd.DataFrame], source: str) -> Iterator[pd.DataFrame]:
    count = 0
    for frame in frames:
        count += len(frame)
        if count > MOST:
            raise InputError(f"{source}: found more than {MOST:,} combinations of values")
        yield frame
