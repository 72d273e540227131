"""Mean consistency index of random judgments, by which a consistency index is judged.

The tables differ, and with them what passes at 0.1, so a ratio is never shown without the name of
its table: Saaty (1980), The Analytic Hierarchy Process; Saaty (2005), Theory and Applications of
the Analytic Network Process, p. 31; Alonso & Lamata (2006), IJUFKS 14:445–459, from 100,000 random
matrices of each size.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Table = Literal["Saaty 1980", "Saaty 2005", "Alonso & Lamata 2006"]

TABLES: dict[str, tuple[float, ...]] = {
    "Saaty 1980": (
        0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
    ),
    "Saaty 2005": (
        0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59,
    ),
    "Alonso & Lamata 2006": (
        0.5245, 0.8815, 1.1086, 1.2479, 1.3417, 1.4056, 1.4499, 1.4854, 1.5141, 1.5365, 1.5551,
        1.5713, 1.5838,
    ),
}  # fmt: skip
"""Table → values of 3 to 15 items."""

SLOPE, LEVEL = 2.7699, 4.3513
"""Alonso & Lamata's line through the mean largest eigenvalue, used beyond their table."""


def random_index(n: int, table: Table = "Alonso & Lamata 2006", missing: int = 0) -> float:
    """Random index of ``n`` items.

    Args:
        n: Number of items.
        table: Which table; above 15 items Alonso & Lamata's line continues any of them.
        missing: Number of judgments that are missing above the diagonal: the index falls nearly
            linearly to 0 at a spanning tree (Ágoston & Csató 2022, Omega 108:102576).

    Raises:
        ValueError: If the table is unknown or more judgments are missing than may be.
    """
    if table not in TABLES:
        raise ValueError(f"table: found {table!r}, expected one of {', '.join(TABLES)}")
    most = (n - 1) * (n - 2) // 2
    if not 0 <= missing <= most:
        raise ValueError(f"missing: found {missing} of {n} items, expected 0 to {most}")
    if n < 3:
        return 0.0
    values = TABLES[table]
    line = (SLOPE * n - LEVEL - n) / (n - 1)
    full = values[n - 3] if n - 3 < len(values) else line
    return full * (1 - missing / most)


def simulated_random_index(n: int, draws: int, rng: np.random.Generator) -> tuple[float, float]:
    """Mean consistency index of reciprocal matrices drawn at random from Saaty's scale.

    Args:
        n: Number of items, at least 3.
        draws: Number of matrices.
        rng: Seeded generator.

    Returns:
        Mean and its Monte-Carlo standard error.
    """
    if n < 3 or draws < 2:
        raise ValueError(f"n, draws: found {n}, {draws}, expected at least 3 and 2")
    scale = np.concatenate([1 / np.arange(9.0, 1.0, -1.0), np.arange(1.0, 10.0)])
    rows, columns = np.triu_indices(n, 1)
    total, squares, left = 0.0, 0.0, draws
    while left:
        size = min(left, 200_000 // (n * n) + 1)
        matrices = np.ones((size, n, n))
        drawn = rng.choice(scale, size=(size, len(rows)))
        matrices[:, rows, columns] = drawn
        matrices[:, columns, rows] = 1 / drawn
        index = (np.linalg.eigvals(matrices).real.max(axis=1) - n) / (n - 1)
        total, squares, left = total + index.sum(), squares + (index**2).sum(), left - size
    mean = total / draws
    return float(mean), float(np.sqrt((squares / draws - mean**2) / (draws - 1)))
