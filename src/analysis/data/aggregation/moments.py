"""Rows to moments: one query, and a second one only where the first shows the need of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import Problem
from analysis.data.aggregation import findings, statement, thresholds
from analysis.data.aggregation.source import Rows, opened
from analysis.data.aggregation.stacks import Sums, stack
from analysis.data.aggregation.statement import Keys, Measure, column
from analysis.experiments.arms import Stack
from analysis.experiments.table import schema

MOST_PARTS = 100_000
VECTOR = 2048  # rows of DuckDB's vectors, by which results are fetched
LARGEST = 1e150  # its square is still a number
CAPPED = "_capped"


@dataclass(frozen=True, slots=True)
class Spec:
    """What to add up.

    Attributes:
        bundles: Columns whose moments are wanted jointly, each over the rows that have them all.
        by: Columns that tell the parts apart; days are cut from times.
        caps: Column → where its larger values are pulled in to, in a further column
            ``<column>_capped``: below 1 the share of all rows (pooled quantile), else the amount.
        filled: Columns whose missing values are to be their mean, with a column
            ``<column>_missing`` of ones where that was done.
        extremes: Whether to look for the smallest and largest value of each column.
    """

    bundles: tuple[tuple[str, ...], ...]
    by: tuple[str, ...] = ("variant",)
    caps: Mapping[str, float] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    extremes: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Aggregates:
    """Moments of a table's parts.

    Attributes:
        parts: ``(p, …)`` columns of ``Spec.by`` and ``users``, the number of rows; in order.
        stacks: Moments of each bundle.
        extremes: ``(p · columns, …)``: the parts' columns, ``metric, missing``, and if asked for
            ``low, high``.
        thresholds: Column → amount that its capped one is pulled in to.
        binary: Columns that hold 0 and 1 only.
    """

    parts: pd.DataFrame
    stacks: dict[tuple[str, ...], Stack]
    extremes: pd.DataFrame
    thresholds: dict[str, float]
    binary: frozenset[str]


def aggregate(source: str | Path, spec: Spec, *, mapping: str | Path = "") -> Aggregates:
    """Add up a table of rows of any size.

    Args:
        source: File, folder, id of the catalog, database URL or ``connection:table``.
        spec: What to add up.
        mapping: Path of a ``mapping.toml``; empty for none.

    Raises:
        InputError: If the table cannot be read.
        InputProblems: If it is not as promised, with the rows.
    """
    with opened(source, mapping) as found:
        names = {name.removesuffix(CAPPED) for bundle in spec.bundles for name in bundle}
        rows = found.rows(schema("rows", found.names), sorted(names))
        lost = [name for name in sorted({*names, *spec.by}) if name not in rows.types]
        problems = [Problem("no such column", "one of its columns", None, n) for n in lost]
        problems += [
            Problem("no numbers", "a column of numbers", None, rows.label(name))
            for name in sorted(names - set(lost))
            if not rows.is_number(name)
        ]
        findings.refuse(rows, problems)
        return add_up(rows, spec)


def add_up(rows: Rows, spec: Spec) -> Aggregates:
    """Run the pass over a table that SQL can read; see :func:`aggregate`."""
    names = list(dict.fromkeys(name for bundle in spec.bundles for name in bundle))
    caps = {
        name: thresholds.cap(rows, name, number(rows, name).sql, share)
        for name, share in spec.caps.items()
    }
    measures = [_measure(rows, name, caps, poisoned=False) for name in names]
    keys = _keys(rows, spec.by)
    pairs = _pairs(names, spec.bundles)
    extremes = spec.extremes
    query = statement.sums(rows.table, keys, measures, pairs, extremes=extremes)
    table = _fetch(rows, query, keys)
    if _poisoned(rows, names, table):
        # NaN is a missing value here; telling it apart costs, so only where there is some.
        measures = [_measure(rows, name, caps, poisoned=True) for name in names]
        query = statement.sums(rows.table, keys, measures, pairs, extremes=extremes)
        table = _fetch(rows, query, keys)
    _check_parts(rows, spec.by, keys, table)
    parts = _parts(table, spec.by, keys)
    sums = Sums(rows, keys, table, {m.name: (i, m) for i, m in enumerate(measures)})
    stacks = {bundle: stack(sums, bundle, spec.filled) for bundle in spec.bundles}
    binary = frozenset(name for name in names if _is_binary(sums, name))
    return Aggregates(parts, stacks, _extremes(parts, sums, extremes), caps, binary)


def number(rows: Rows, name: str, *, poisoned: bool = True) -> Measure:
    """Return a column as a double; of a float column, NaN as nothing if it may have any."""
    cast = f"CAST({column(name)} AS DOUBLE)"
    if rows.is_whole(name) or not poisoned:
        return Measure(name, cast, rows.is_whole(name))
    return Measure(name, f"CASE WHEN isnan({cast}) THEN NULL ELSE {cast} END")


def _measure(rows: Rows, name: str, caps: Mapping[str, float], *, poisoned: bool) -> Measure:
    base = name.removesuffix(CAPPED)
    if name in rows.types or base not in caps:
        return number(rows, name, poisoned=poisoned)
    whole = number(rows, base, poisoned=poisoned)
    cap = caps[base]
    # LEAST would turn a missing value into the cap.
    sql = f"CASE WHEN {whole.sql} > {cap!r} THEN {cap!r} ELSE {whole.sql} END"
    return Measure(name, sql, whole.whole and float(cap).is_integer())


def _keys(rows: Rows, by: Sequence[str]) -> Keys:
    def part(name: str) -> str:
        if rows.is_time(name):
            return f"CAST({column(name)} AS DATE)"
        kind = rows.types[name]
        return column(name) if kind == "VARCHAR" else f"CAST({column(name)} AS VARCHAR)"

    return Keys(tuple(by), tuple(part(name) for name in by))


def _pairs(names: list[str], bundles: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    places = [[names.index(name) for name in bundle] for bundle in bundles]
    return sorted({(min(a, b), max(a, b)) for p in places for a in p for b in p if a != b})


def _fetch(rows: Rows, query: str, keys: Keys) -> pd.DataFrame:
    table = rows.con.execute(query).fetch_df_chunk(MOST_PARTS // VECTOR + 1)
    if len(table) > MOST_PARTS:
        found = f"more than {MOST_PARTS:,} combinations of {', '.join(keys.names)}"
        findings.refuse(rows, [Problem(found, f"at most {MOST_PARTS:,}")])
    order = [f"{statement.KEYS}{i}" for i in range(len(keys.names))]
    return table.sort_values(order, ignore_index=True)


def _poisoned(rows: Rows, names: Sequence[str], table: pd.DataFrame) -> bool:
    """Whether a float column holds NaN; infinite numbers are refused with their rows."""
    odd = [
        (name.removesuffix(CAPPED) if name not in rows.types else name)
        for i, name in enumerate(names)
        if not np.isfinite(table.loc[table[f"n{i}"] > 0, f"q{i}"]).all()
    ]
    problems = []
    for name in dict.fromkeys(odd):
        cast = f"CAST({column(name)} AS DOUBLE)"
        endless = f"NOT isnan({cast}) AND abs({cast}) > {LARGEST!r}"
        problems += findings.offending(rows, name, endless, f"a number up to {LARGEST:g}")
    findings.refuse(rows, problems)
    return bool(odd)


def _check_parts(rows: Rows, by: Sequence[str], keys: Keys, table: pd.DataFrame) -> None:
    if not len(table):
        findings.refuse(rows, [Problem("no rows of data", "at least one row")])
    problems = []
    for i, name in enumerate(by):
        values = table[f"{statement.KEYS}{i}"]
        words = None if rows.is_time(name) else values.dropna().astype("str").str.strip()
        if values.isna().any() or (words is not None and (words == "").any()):
            blank = f"{keys.sql[i]} IS NULL"
            blank += "" if words is None else f" OR trim({keys.sql[i]}) = ''"
            problems += findings.offending(rows, name, blank, f"a {name} in every row")
    findings.refuse(rows, problems)


def _parts(table: pd.DataFrame, by: Sequence[str], keys: Keys) -> pd.DataFrame:
    parts = pd.DataFrame({name: table[f"{statement.KEYS}{i}"] for i, name in enumerate(by)})
    words = {name: "str" for name in by if not pd.api.types.is_datetime64_any_dtype(parts[name])}
    return parts.astype(words).assign(users=table["users"].astype("int64"))


def _is_binary(sums: Sums, name: str) -> bool:
    """Whether all values are 0 or 1: of whole numbers, only then sum and squares agree."""
    there = sums.column("n", name) > 0
    if not there.any() or (sums.column("s", name) != sums.column("q", name))[there].any():
        return False
    measure = sums.measures[name][1]
    if measure.whole:
        return True
    query = (
        f"SELECT count(*) FROM (SELECT {measure.sql} AS x FROM {sums.rows.table}) AS t "
        "WHERE x NOT IN (0, 1)"
    )
    return sums.rows.con.execute(query).fetchone() == (0,)


def _extremes(parts: pd.DataFrame, sums: Sums, asked: bool) -> pd.DataFrame:
    names, size = list(sums.measures), len(parts)
    keys = parts.drop(columns="users").iloc[np.tile(np.arange(size), len(names))]
    columns: dict[str, object] = {"metric": np.repeat(np.array(names, dtype=object), size)}
    for column_name, kind in (("low", "lo"), ("high", "hi")) if asked else ():
        columns[column_name] = np.concatenate([sums.column(kind, name) for name in names])
    there = np.concatenate([sums.column("n", name) for name in names]).astype(np.int64)
    columns["missing"] = np.tile(parts["users"].to_numpy(), len(names)) - there
    found = pd.DataFrame(columns).astype({"metric": "str"})
    return pd.concat([keys.reset_index(drop=True), found], axis=1)
