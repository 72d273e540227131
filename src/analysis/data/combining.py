"""Rows of one key to one row: order lines to a day's sales, as a mapping's ``[combine]`` says.

```toml
[combine]
ds = "day"        # a time of day is cut off: day, week (its Monday) or month (its first day)
y = "sum"         # sum, mean, max or min of the rows that fall together
```
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.base.errors import InputProblems, Problem
from analysis.base.schema import TableSchema

SPANS = {"day": "D", "week": "W-SUN", "month": "M"}
"""Span → period of pandas that begins where the span does."""
WAYS = ("sum", "mean", "max", "min")
COMBINED = "added to another row of the same key"


def without_key(schema: TableSchema, combine: Mapping[str, str]) -> TableSchema:
    """What the rows must be before they are combined: the same, but not yet one for each key."""
    timed = [
        dataclasses.replace(column, kind="datetime")
        if column.kind == "date" and combine.get(column.name) in SPANS
        else column
        for column in schema.columns
    ]
    return dataclasses.replace(schema, columns=tuple(timed), key=())


def check_combine(
    source: str, origin: str, combine: Mapping[str, str], schema: TableSchema, names: Sequence[str]
) -> None:
    """Refuse ways that fit no column of the table.

    Args:
        source: The table, for messages.
        origin: The mapping file, for messages.
        combine: Way by column.
        schema: What the table must be.
        names: Columns that the mapping makes.

    Raises:
        InputProblems: With all findings.
    """
    problems = []
    if not schema.key:
        problems.append(Problem("[combine]", "a table of one row for each key; this one has none"))
    for name, way in combine.items():
        if name not in names:
            expected = f"one of {', '.join(names)}"
            problems.append(Problem(f"{name!r} in [combine]", expected))
        elif name in schema.key:
            if way not in SPANS or schema[name].kind not in ("date", "datetime"):
                spans = ", ".join(SPANS)
                expected = f"{spans} for a column of dates; other columns of the key have no way"
                problems.append(Problem(f"{way!r} for {name!r} in [combine]", expected))
        elif way in SPANS:
            expected = f"one of {', '.join(WAYS)}"
            problems.append(Problem(f"{way!r} for {name!r} in [combine]", expected))
    problems += [
        Problem(f"no way for {name!r} in [combine]", f"one of {', '.join(WAYS)}")
        for name in names
        if schema.key and name not in schema.key and name not in combine
    ]
    if problems:
        raise InputProblems(f"{source} ({origin})", problems)


def combine_rows(
    frame: pd.DataFrame, schema: TableSchema, combine: Mapping[str, str]
) -> pd.DataFrame:
    """Add rows of one key up, in order of their first row.

    Args:
        frame: Checked rows.
        schema: Its key tells which rows fall together.
        combine: Way by column, checked by :func:`check_combine`.

    Returns:
        One row a key, the columns as they were. A value is missing where it is in all rows.
    """
    made = frame.copy()
    for name in schema.key:
        if name in combine:
            made[name] = _begin(made[name], combine[name])
    groups = made.groupby(list(schema.key), sort=False, dropna=False)
    parts = {name: _combined(groups[name], way) for name, way in combine.items()
             if name not in schema.key}  # fmt: skip
    index = groups.size().index
    rows = pd.DataFrame(parts, index=index).reset_index()
    return rows[list(frame.columns)]


def _begin(moments: pd.Series, span: str) -> pd.Series:
    if moments.dt.tz is not None:
        moments = moments.dt.tz_localize(None)
    begun: pd.Series = moments.dt.to_period(SPANS[span]).dt.start_time.dt.as_unit("us")
    return begun


def _combined(group: pd.api.typing.SeriesGroupBy[Any, Any], way: str) -> pd.Series:
    return group.sum(min_count=1) if way == "sum" else group.agg(way)
