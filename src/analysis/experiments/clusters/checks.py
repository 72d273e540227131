"""Tables of clusters and panels as they must be before anything is estimated."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.base.errors import InputError, InputProblems, Problem, nearest


def need(frame: pd.DataFrame, names: Sequence[str], source: str) -> None:
    """Refuse a table without its columns, without rows, or with missing values.

    Raises:
        InputError: If a column is absent or the table empty.
        InputProblems: If values are missing, with the rows.
    """
    for name in names:
        if name not in frame.columns:
            hint = nearest(name, [str(column) for column in frame.columns])
            raise InputError(f"{source}: found no column {name!r}; {hint}")
    if frame.empty:
        raise InputError(f"{source}: found no rows")
    problems = [
        Problem("nothing", "a value", row=int(row) + 2, column=name)
        for name in names
        for row in frame[name].isna().to_numpy().nonzero()[0]
    ]
    if problems:
        raise InputProblems(source, problems)


def need_flags(frame: pd.DataFrame, names: Sequence[str], source: str) -> None:
    """Refuse columns that are not all 0 and 1.

    Raises:
        InputProblems: With the rows.
    """
    problems = [
        Problem(str(frame[name].iloc[int(row)]), "0 or 1", row=int(row) + 2, column=name)
        for name in names
        for row in (~frame[name].isin([0, 1])).to_numpy().nonzero()[0]
    ]
    if problems:
        raise InputProblems(source, problems)


def need_constant(frame: pd.DataFrame, within: str, name: str, source: str) -> None:
    """Refuse a column that changes within a group: a store in two arms.

    Raises:
        InputProblems: With every such group.
    """
    counts = frame.groupby(within, sort=True)[name].nunique()
    problems = [
        Problem(f"{within} {str(group)!r} with more than one {name}", "one", column=name)
        for group in counts.index[counts > 1]
    ]
    if problems:
        raise InputProblems(source, problems)
