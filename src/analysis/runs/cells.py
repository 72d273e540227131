"""The tables of two runs, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.base.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

# Tables keep every digit of a float; what differs by less comes from the order of a sum.
EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class TableChange:
    """One table in two runs.

    Attributes:
        name: Name of the table.
        old_rows: Its rows in the earlier run; None if that run does not have it.
        new_rows: Its rows in the later run; None likewise.
        by: Columns by which rows were matched; empty if they were matched by their place.
        added: Rows that only the later run has.
        removed: Rows that only the earlier run has.
        cells: Cells compared: matched rows times columns that both have, without ``by``.
        changed: Those that differ; numbers by more than 1e-9 of the larger one.
        largest: Largest difference between two numbers as a share of the larger one in absolute
            terms; None if no number differs.
        columns: Columns that only one run has.
    """

    name: str
    old_rows: int | None
    new_rows: int | None
    by: tuple[str, ...]
    added: int
    removed: int
    cells: int
    changed: int
    largest: float | None
    columns: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing in it differs."""
        one_only = self.old_rows is None or self.new_rows is None
        return not (one_only or self.added or self.removed or self.changed or self.columns)


def compare_tables(old: Path, new: Path, *, words: bool = True) -> tuple[TableChange, ...]:
    """Compare all tables of two run folders, in order of name.

    Args:
        old: Folder of the earlier run.
        new: Folder of the later run.
        words: Whether their words are in one language. If not, columns and rows are matched by
            their place and numbers alone are compared.

    Raises:
        InputError: If a table cannot be read.
    """
    names = sorted({path.stem for side in (old, new) for path in side.glob("tables/*.parquet")})
    return tuple(_compare(name, _read(old, name), _read(new, name), words) for name in names)


def _read(folder: Path, name: str) -> pd.DataFrame | None:
    import pandas as pd

    path = folder / "tables" / f"{name}.parquet"
    if not path.is_file():
        return None
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); run the notebook again") from None


def _compare(
    name: str, old: pd.DataFrame | None, new: pd.DataFrame | None, words: bool
) -> TableChange:
    if old is None or new is None:
        before, after = (None if side is None else len(side) for side in (old, new))
        return TableChange(name, before, after, (), after or 0, before or 0, 0, 0, None, ())
    if not words:
        old, new = _numbers_alone(old, new)
    shared = [column for column in new.columns if column in old.columns]
    only_one = tuple(str(c) for c in [*old.columns, *new.columns] if c not in shared)
    by = key(old[shared], new[shared]) if words else []
    left, right = _matched(old, new, by)
    compared = [column for column in shared if column not in by]
    changed, largest = 0, 0.0
    for column in compared:
        count, most = _differing(left[column], right[column])
        changed, largest = changed + count, max(largest, most)
    return TableChange(
        name, len(old), len(new), tuple(by), len(new) - len(left), len(old) - len(left),
        len(left) * len(compared), changed, largest or None, only_one,
    )  # fmt: skip


def _numbers_alone(old: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Drop the words of two tables in different languages, headings included."""
    if old.shape[1] == new.shape[1]:
        old = old.set_axis(new.columns, axis=1)
    return old.select_dtypes("number"), new.select_dtypes("number")


def key(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Return the shortest run of leading columns that names a row in both tables.

    Measurements (floats) name nothing and are passed over. Empty if no columns do.
    """
    from pandas.api.types import is_float_dtype

    by: list[str] = []
    for column in new.columns:
        if is_float_dtype(old[column]) or is_float_dtype(new[column]):
            continue
        by.append(column)
        if not any(side[by].astype(str).duplicated().any() for side in (old, new)):
            return by
    return []


def _matched(
    old: pd.DataFrame, new: pd.DataFrame, by: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that both have, in one order."""
    if not by:
        rows = min(len(old), len(new))
        return old.iloc[:rows], new.iloc[:rows]
    # As text: a column of whole numbers may be of another width in the other run.
    left, right = (side.set_index([side[c].astype(str) for c in by]) for side in (old, new))
    both = right.index[right.index.isin(left.index)]
    return left.loc[both], right.loc[both]


def _differing(old: pd.Series[Any], new: pd.Series[Any]) -> tuple[int, float]:
    """Return how many cells of a column differ, and the largest difference of numbers."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    numeric = all(is_numeric_dtype(side) and not is_bool_dtype(side) for side in (old, new))
    if not numeric:
        gone = old.isna().to_numpy() & new.isna().to_numpy()
        texts = old.astype(str).to_numpy() != new.astype(str).to_numpy()
        return int(np.sum(texts & ~gone)), 0.0
    a, b = (side.to_numpy(dtype=float, na_value=np.nan) for side in (old, new))
    lost = np.isnan(a) != np.isnan(b)
    size = np.maximum(np.abs(a), np.abs(b))
    usual = np.isfinite(size) & (size > 0)
    share = np.zeros_like(size)
    share[usual] = np.abs(b[usual] - a[usual]) / size[usual]
    # Two infinities of one sign are equal; an infinity and a number differ by all of it.
    share[np.isinf(size) & (a != b)] = 1.0
    differs = (share > EQUAL) | lost
    return int(differs.sum()), float(share[differs].max(initial=0.0))
