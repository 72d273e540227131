"""Resampling with a generator that the caller seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def moving_block_indices(n: int, block: int, draws: int, rng: np.random.Generator) -> Ints:
    """Indices of moving-block bootstrap samples.

    Blocks of consecutive units keep short-range dependence (Künsch 1989, Annals of Statistics 17).

    Args:
        n: Number of units in their order.
        block: Length of a block, cut to ``n``; 1 is the ordinary bootstrap.
        draws: Number of samples.
        rng: Seeded generator.

    Returns:
        ``(draws, n)`` indices.
    """
    if n < 1 or block < 1 or draws < 1:
        raise ValueError(f"n, block, draws: found {n}, {block}, {draws}, expected at least 1")
    length = min(block, n)
    count = -(-n // length)
    starts = rng.integers(0, n - length + 1, size=(draws, count))
    drawn: Ints = (starts[:, :, None] + np.arange(length)).reshape(draws, -1)[:, :n]
    return drawn


def cluster_bootstrap(
    table: Floats,
    statistic: Callable[[Floats], Floats],
    *,
    draws: int,
    rng: np.random.Generator,
    block: int = 1,
) -> Floats:
    """Resample a two-way table: clusters (series) freely, periods (origins) in blocks.

    Both ways together allow for errors shared by all series at an origin and by all origins of a
    series (Cameron, Gelbach & Miller 2011, JBES 29, on why either alone is too narrow).

    Args:
        table: ``(clusters, periods, moments)`` additive moments of each cell.
        statistic: From moments summed over a sample, ``(draws, moments)``, to ``(draws,)``.
        draws: Number of samples.
        rng: Seeded generator.
        block: Periods in a block.

    Returns:
        ``(draws,)`` values of the statistic.
    """
    clusters, periods, _ = table.shape
    rows = rng.integers(0, clusters, size=(draws, clusters))
    columns = moving_block_indices(periods, block, draws, rng)
    weight_rows = np.stack([np.bincount(r, minlength=clusters) for r in rows])
    weight_columns = np.stack([np.bincount(c, minlength=periods) for c in columns])
    sums = np.einsum("dc,dp,cpm->dm", weight_rows, weight_columns, table, optimize=True)
    return statistic(np.asarray(sums, dtype=np.float64))


def percentile(values: Floats, confidence: float = 0.95) -> tuple[float, float]:
    """Percentile interval of bootstrap values; NaN when there is none."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return np.nan, np.nan
    tail = (1 - confidence) / 2
    return float(np.quantile(finite, tail)), float(np.quantile(finite, 1 - tail))
