"""Exact quantiles of a column of any length in little memory, for winsorising.

DuckDB's own quantile keeps every value, its approximate one depends on the order of rows. Counting
in bins, and again within the bin that holds the rank sought, is exact and needs some passes over
one column (Munro & Paterson 1980, Theoretical Computer Science 12).
"""

from __future__ import annotations

import math

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.data.aggregation import findings, statement
from analysis.data.aggregation.source import Rows

BINS = 4096
FEW = 20_000


def cap(rows: Rows, name: str, value: str, at: float) -> float:
    """Return the amount that larger values of a column are pulled in to.

    Args:
        rows: The table.
        name: Column.
        value: SQL expression of its values.
        at: Below 1 the share of all users below the cap (quantile of type 7, as numpy's), pooled
            over all arms: caps of each arm's own would cut away part of the effect. From 1 on the
            amount itself.

    Raises:
        InputError: If ``at`` is not above 0.
        InputProblems: If there are no values, or the cap would be 0 though some values are not.
    """
    if not at > 0 or math.isinf(at):
        raise InputError(f"cap of {name}: found {at}, expected a share below 1 or an amount")
    if at >= 1:
        return float(at)
    query = f"SELECT count(x), min(x), max(x) FROM (SELECT {value} AS x FROM {rows.table}) AS t"
    count, low, high = rows.con.execute(query).fetchone() or (0, None, None)
    label = rows.label(name)
    if not count:
        raise InputProblems(rows.source, [Problem("no values", "at least one", None, label)])
    if math.isinf(low) or math.isinf(high):
        endless = f"abs({value}) > {float('1e308')!r}"
        findings.refuse(rows, findings.offending(rows, name, endless, "a finite number"))
    place = at * (count - 1)
    below = math.floor(place)
    first = _ranked(rows, value, below, low, high, count)
    second = _ranked(rows, value, min(below + 1, count - 1), low, high, count)
    found = first + (second - first) * (place - below)
    if found <= 0 < high:
        share = findings.count_where(rows, f"{value} > 0") / count
        problem = Problem(
            f"{found:g} at quantile {at:g} of all users, since {share:.2%} of them are above 0",
            "a higher quantile, or an amount",
            None,
            label,
        )
        raise InputProblems(rows.source, [problem])
    return float(found)


def _ranked(rows: Rows, value: str, rank: int, low: float, high: float, count: int) -> float:
    """Return the value of a rank, from 0 upwards, among the ``count`` values in ``[low, high]``."""
    while low < high and count > FEW:
        query = statement.histogram(rows.table, value, low, high, BINS)
        for _, size, least, most in rows.con.execute(query).fetchall():
            if rank < size:
                low, high, count = least, most, size
                break
            rank -= size
    if low == high:
        return low
    query = (
        f"SELECT x FROM (SELECT {value} AS x FROM {rows.table}) AS t "
        f"WHERE x >= {low!r} AND x <= {high!r} ORDER BY x LIMIT 1 OFFSET {rank}"
    )
    return float((rows.con.execute(query).fetchone() or (math.nan,))[0])
