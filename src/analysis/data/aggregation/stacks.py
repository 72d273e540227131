"""Sums of parts to their moments; asked again about a centre where the sums do not tell enough."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from analysis.data.aggregation import statement
from analysis.data.aggregation.source import Rows
from analysis.data.aggregation.statement import KEYS, Keys, Measure
from analysis.experiments.arms import Stack

Floats = NDArray[np.float64]

LOSS = 1_000.0  # mean² / variance from which on sums would lose more than three digits
EXACT = 2.0**53  # whole numbers below it add up without rounding
MISSING = "_missing"
CENTRES = "analysis_centres"


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What the one query gave.

    Attributes:
        rows: The table it read.
        keys: The table's parts.
        table: ``(p, …)`` result of :func:`statement.sums`, in order of the keys.
        measures: Measure and its place in the query by its name.
    """

    rows: Rows
    keys: Keys
    table: pd.DataFrame
    measures: dict[str, tuple[int, Measure]]

    def column(self, kind: str, name: str) -> Floats:
        """Return ``(p,)`` a result of one measure: ``n``, ``s``, ``q``, ``lo`` or ``hi``."""
        return self.table[f"{kind}{self.measures[name][0]}"].to_numpy(np.float64)

    def product(self, one: str, other: str) -> Floats:
        """Return ``(p,)`` sums of the products of two measures."""
        i, j = sorted((self.measures[one][0], self.measures[other][0]))
        return self.column("q", one) if i == j else self.table[f"p{i}_{j}"].to_numpy(np.float64)


def stack(sums: Sums, bundle: tuple[str, ...], filled: Collection[str]) -> Stack:
    """Joint moments of a bundle over the rows that have all its columns.

    Args:
        sums: What the one query gave.
        bundle: Columns.
        filled: Those whose missing values are replaced by their mean, with an indicator.
    """
    n = sums.column("n", bundle[0])
    same = all((sums.column("n", name) == n).all() for name in bundle)
    if not same or (len(bundle) > 1 and (n != sums.table["users"]).any()):
        return _asked_again(sums, bundle, filled)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.stack([sums.column("s", name) / n for name in bundle], axis=1)
        raw = np.array([[sums.product(a, b) for b in bundle] for a in bundle]).transpose(2, 0, 1)
        squares = raw - n[:, None, None] * mean[:, :, None] * mean[:, None, :]
        spread = np.maximum(np.einsum("pii->pi", squares), 0.0)
        lossy = (n[:, None] * mean**2 > LOSS * spread) & (mean != 0) & (n[:, None] > 1)
    whole = [sums.measures[name][1].whole for name in bundle]
    rounded = (np.einsum("pii->pi", raw) > EXACT) & whole
    if lossy.any() or rounded.any():
        return _asked_again(sums, bundle, filled)
    np.einsum("pii->pi", squares)[...] = spread
    return _made(bundle, n, mean, squares)


def _made(names: tuple[str, ...], n: Floats, mean: Floats, squares: Floats) -> Stack:
    below = np.where(n > 1, n - 1, np.nan)
    return Stack(names, n.astype(np.int64), mean, squares / below[:, None, None])


def _asked_again(sums: Sums, bundle: tuple[str, ...], filled: Collection[str]) -> Stack:
    """Sum distances from each part's own mean, over complete rows only."""
    measures, centres = [], []
    for name in bundle:
        n, total, measure = sums.column("n", name), sums.column("s", name), sums.measures[name][1]
        fill = float(np.nansum(total) / n.sum()) if n.sum() else 0.0
        mean = np.divide(total, n, out=np.full_like(total, fill), where=n > 0)
        lost = name in filled and (n < sums.table["users"]).any()
        sql = f"coalesce({measure.sql}, {fill!r})" if lost else measure.sql
        measures.append(Measure(name, sql))
        centres.append(mean)
        if lost:
            mark = f"CASE WHEN ({measure.sql}) IS NULL THEN 1.0 ELSE 0.0 END"
            measures.append(Measure(name + MISSING, f"CAST({mark} AS DOUBLE)"))
            centres.append(np.zeros_like(mean))
    table = _centred(sums, measures, centres)
    k = len(measures)
    n = table["n"].to_numpy(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        drift = table[[f"s{i}" for i in range(k)]].to_numpy(np.float64) / n[:, None]
        raw = np.empty((len(table), k, k))
        for i in range(k):
            for j in range(i, k):
                raw[:, i, j] = raw[:, j, i] = table[f"p{i}_{j}"].to_numpy(np.float64)
        squares = raw - n[:, None, None] * drift[:, :, None] * drift[:, None, :]
    diagonal = np.einsum("pii->pi", squares)
    diagonal[...] = np.maximum(diagonal, 0.0)
    return _made(tuple(m.name for m in measures), n, np.stack(centres, axis=1) + drift, squares)


def _centred(sums: Sums, measures: list[Measure], centres: list[Floats]) -> pd.DataFrame:
    """Run the query about centres; parts without a complete row have ``n`` 0."""
    keys = [f"{KEYS}{i}" for i in range(len(sums.keys.names))]
    known = sums.table[keys].assign(**{f"c{i}": centre for i, centre in enumerate(centres)})
    con = sums.rows.con
    con.register(CENTRES, pa.Table.from_pandas(known, preserve_index=False))
    query = statement.centred(sums.rows.table, sums.keys, measures, CENTRES)
    found = con.execute(query).df()
    joined = sums.table[keys].merge(found, on=keys, how="left", validate="one_to_one")
    return joined.fillna({"n": 0})
