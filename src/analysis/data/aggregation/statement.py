"""The SQL of the pass: standard aggregates over one table, nothing but text made here.

Sums, not VAR_SAMP: they are cheaper, and exact for whole numbers. A variance from sums loses as
many digits as ``mean² / variance`` has; where that is too many, :func:`centred` sums distances from
each part's own mean instead (the corrected two-pass algorithm: Chan, Golub & LeVeque 1983, The
American Statistician 37).

``fsum`` is DuckDB's compensated SUM; for another engine SUM stands in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.data.catalog.conform import quote

FLOAT_SUM = "fsum"
KEYS, CENTRES = "k", "c"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of each row.

    Attributes:
        name: What it is called.
        sql: Expression that gives it as a double, NULL where there is none.
        whole: Whether all values are whole numbers, so that plain sums below 2^53 are exact.
    """

    name: str
    sql: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """The parts of a table.

    Attributes:
        names: What they are called; the first is the variant.
        sql: Expression of each.
    """

    names: tuple[str, ...]
    sql: tuple[str, ...]

    def columns(self, prefix: str = "") -> str:
        """Return ``k0, k1, …``."""
        return ", ".join(f"{prefix}{KEYS}{i}" for i in range(len(self.names)))

    def named(self) -> str:
        """Return ``expression AS k0, …``."""
        return ", ".join(f"{sql} AS {KEYS}{i}" for i, sql in enumerate(self.sql))


def sums(
    table: str,
    keys: Keys,
    measures: Sequence[Measure],
    pairs: Sequence[tuple[int, int]],
    *,
    extremes: bool,
) -> str:
    """Return the one query of the pass.

    Args:
        table: What to read.
        keys: Its parts.
        measures: What to add up.
        pairs: Places of the measures whose products are to be added up.
        extremes: Whether to look for the smallest and largest values; a third more CPU.

    Returns:
        Query with the keys, ``users``; ``n, s, q`` and a number for each measure (values, sum, sum
        of squares; with extremes ``lo, hi``); ``pI_J`` (sum of products) for each pair.
    """
    # Taking nothing away makes DuckDB unpack a column once, not for each of its sums: a tenth less.
    inner = ", ".join([keys.named(), *(f"{m.sql} - 0e0 AS x{i}" for i, m in enumerate(measures))])
    wanted = [keys.columns(), "count(*) AS users"]
    for i, measure in enumerate(measures):
        add = "sum" if measure.whole else FLOAT_SUM
        wanted += [f"count(x{i}) AS n{i}", f"{add}(x{i}) AS s{i}", f"{add}(x{i} * x{i}) AS q{i}"]
        if extremes:
            wanted += [f"min(x{i}) AS lo{i}", f"max(x{i}) AS hi{i}"]
    wanted += [f"{FLOAT_SUM}(x{i} * x{j}) AS p{i}_{j}" for i, j in pairs]
    return (
        f"SELECT {', '.join(wanted)} FROM (SELECT {inner} FROM {table}) AS t "
        f"GROUP BY {keys.columns()}"
    )


def centred(table: str, keys: Keys, bundle: Sequence[Measure], centres: str) -> str:
    """Return the query of a bundle's moments about a centre of each part, on its complete rows.

    Args:
        table: What to read.
        keys: Its parts.
        bundle: Measures whose moments are joint: a row without one of them does not count.
        centres: Table of ``k0, …`` and ``c0, …``, the centre of each measure in each part.

    Returns:
        Query with the keys, ``n``, sums ``sI`` and sums of products ``pI_J`` of the distances.
    """
    inner = ", ".join([keys.named(), *(f"{m.sql} AS x{i}" for i, m in enumerate(bundle))])
    complete = " AND ".join(f"x{i} IS NOT NULL" for i in range(len(bundle)))
    same = " AND ".join(
        f"t.{KEYS}{i} IS NOT DISTINCT FROM {CENTRES}.{KEYS}{i}" for i in range(len(keys.names))
    )
    gaps = ", ".join(f"x{i} - {CENTRES}.c{i} AS d{i}" for i in range(len(bundle)))
    wanted = [keys.columns(), "count(*) AS n"]
    wanted += [f"{FLOAT_SUM}(d{i}) AS s{i}" for i in range(len(bundle))]
    wanted += [
        f"{FLOAT_SUM}(d{i} * d{j}) AS p{i}_{j}"
        for i in range(len(bundle))
        for j in range(i, len(bundle))
    ]
    return (
        f"SELECT {', '.join(wanted)} FROM (SELECT {keys.columns('t.')}, {gaps} "
        f"FROM (SELECT {inner} FROM {table}) AS t JOIN {centres} AS {CENTRES} ON {same} "
        f"WHERE {complete}) AS d GROUP BY {keys.columns()}"
    )


def histogram(table: str, value: str, low: float, high: float, bins: int) -> str:
    """Return the query of counts in equal bins between two values, with each bin's extremes."""
    place = f"floor((x - {low!r}) / ({high!r} - {low!r}) * {bins})"
    return (
        f"SELECT least({place}, {bins - 1}) AS bin, count(*) AS n, min(x) AS lo, max(x) AS hi "
        f"FROM (SELECT {value} AS x FROM {table}) AS t "
        f"WHERE x >= {low!r} AND x <= {high!r} GROUP BY bin ORDER BY bin"
    )


def repeated(table: str, user: str, keys: Sequence[str]) -> str:
    """Return the query of users with more than one row: ``u``, the test, and how many rows.

    Args:
        table: What to read.
        user: Expression of the user.
        keys: Expression of the test, if the table has several.
    """
    names = ", ".join(["u", *(f"g{i}" for i in range(len(keys)))])
    inner = ", ".join([f"{user} AS u", *(f"{sql} AS g{i}" for i, sql in enumerate(keys))])
    return (
        f"SELECT {names} FROM (SELECT {inner} FROM {table}) AS t "
        f"GROUP BY {names} HAVING count(*) > 1 OR u IS NULL"
    )


def column(name: str) -> str:
    """Return a column's name as SQL."""
    return quote(name)
