"""Does a file look like the table of a test, and which one?"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.base.schema import TableSchema
from analysis.data.header import propose
from analysis.experiments.arms import Shape
from analysis.experiments.table import schema

ROWS = ("user_id", "variant", "day", "stratum", "test")
COUNTS = ("variant", "users", "conversions", "metric", "day", "stratum", "test")
MOMENTS = ("variant", "metric", "n", "mean", "variance", "test")


def experiment_schema(names: Sequence[str], *, sure: bool = False) -> TableSchema | None:
    """Return what the table of a test promises, in the shape that fits a file's columns best.

    Args:
        names: The file's column names.
        sure: Whether it is known to be the table of a test.

    Returns:
        None if it does not look like one: no column of arms, or neither users nor moments.
    """
    shapes: dict[Shape, tuple[tuple[str, ...], tuple[str, ...]]] = {
        "rows": (ROWS, ("user_id", "variant")),
        "moments": (MOMENTS, ("variant", "n", "mean", "variance")),
        "counts": (COUNTS, ("variant", "users")),
    }
    found = {shape: propose(list(names), wanted) for shape, (wanted, _) in shapes.items()}
    whole = [s for s, (_, needed) in shapes.items() if all(n in found[s] for n in needed)]
    if not whole and not sure:
        return None
    shape: Shape = whole[0] if whole else "rows"
    return schema(shape, shapes[shape][0])
