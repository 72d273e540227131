"""Pre-sale curves: orders by day from the opening, of past events and of the one that runs.

Each event's curve is cumulative. The running event is held against what the past ones had sold by
the same day; the last day of a past event gives its total.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.base.schema import Column, TableSchema
from analysis.forecasting.planning.checks import shown
from analysis.forecasting.planning.presale import PresaleForecast, presale_forecast

SOURCE = "pre-sale"

PRESALE = TableSchema(
    columns=(
        Column("event", "text", description="name of the event, such as 618 of 2026"),
        Column("day", "integer", description="days from the opening; before it below 0"),
        Column("orders", "number", minimum=0, description="orders up to that day, added up"),
    ),
    key=("event", "day"),
    name="presale",
)
"""The table of pre-sale curves; ``orders`` may be deposits or amounts, one unit throughout."""


def presale_by_event(
    curves: pd.DataFrame, event: str = "", *, level: float = 80
) -> PresaleForecast:
    """Extrapolate the event that runs by what past ones had sold by the same day.

    Args:
        curves: ``event, day, orders``; see :data:`PRESALE`. A day without a row had no orders.
        event: The event that runs; the one whose curve ends on the earliest day when empty.
        level: Level of the interval, in percent.

    Raises:
        InputProblems: With everything wrong with the table.
        InputError: If the event is not there, or it cannot be told which one runs.
    """
    problems = list(_problems(curves))
    if problems:
        raise InputProblems(SOURCE, problems)
    frame = pd.DataFrame(
        {
            "event": curves["event"].astype("str").to_numpy(),
            "day": curves["day"].to_numpy(dtype=np.int64),
            "orders": curves["orders"].to_numpy(dtype=np.float64),
        }
    ).sort_values(["event", "day"], ignore_index=True)
    ends = frame.groupby("event")["day"].max()
    running = event or _first_to_end(ends)
    if running not in ends.index:
        hint = nearest(running, ends.index)
        raise InputError(f"{SOURCE}: found no event {running!r} in the table; {hint}")
    day = int(ends[running])
    # Values of the last row are those of the largest day: rows are sorted and do not fall.
    totals = frame.groupby("event")["orders"].last()
    early = frame[frame["day"] <= day].groupby("event")["orders"].last()
    past = pd.DataFrame({"presale": early.reindex(totals.index).fillna(0.0), "total": totals})
    past = past.assign(last=ends).drop(index=running).rename_axis("season").reset_index()
    problems = list(_not_comparable(past, running, day))
    if problems:
        raise InputProblems(SOURCE, problems)
    made = presale_forecast(past, float(totals[running]), level=level, day=day)
    return replace(made, season=running)


def _first_to_end(ends: pd.Series) -> str:
    """The event whose curve ends on the earliest day: the others went on."""
    first = ends.index[ends == ends.min()].tolist()
    if len(first) > 1:
        raise InputError(
            f"{SOURCE}: found {len(first)} events that end on day {int(ends.min())} "
            f"({', '.join(map(repr, first[:3]))}), expected one that still runs; name it with "
            "presale_event="
        )
    return str(first[0])


def _not_comparable(past: pd.DataFrame, running: str, day: int) -> Iterator[Problem]:
    """Past events that say nothing of what comes after the running event's last day."""
    if past.empty:
        yield Problem(f"no event but {running!r}", "at least one past event to compare with")
    columns = ["season", "presale", "total", "last"]
    for name, presale, total, last in past[columns].to_numpy(dtype=object).tolist():
        if last <= day:
            yield Problem(
                f"{name!r} up to day {last}",
                f"past events that go on after day {day}, the last of {running!r}",
            )
        elif presale <= 0:
            yield Problem(f"no orders of {name!r} by day {day}", f"some, as {running!r} has")
        elif total <= presale:
            yield Problem(
                f"no orders of {name!r} after day {day}", "some: its last day gives its total"
            )


def _problems(curves: pd.DataFrame) -> Iterator[Problem]:
    """Everything wrong with the table of curves."""
    names = [str(name) for name in curves.columns]
    absent = [name for name in PRESALE.names if name not in names]
    for name in absent:
        yield Problem("no such column", f"it to be there ({nearest(name, names)})", column=name)
    if absent:
        return
    if not len(curves):
        yield Problem("no rows", "at least one")
    day, orders = (pd.to_numeric(curves[name], errors="coerce") for name in ("day", "orders"))
    wrong = {"day": ~(day % 1 == 0), "orders": ~(orders >= 0) | np.isinf(orders)}
    expected = {"day": "a whole number of days", "orders": "a number of at least 0"}
    for name, mask in wrong.items():
        for row in np.flatnonzero(mask.to_numpy()):
            value = curves[name].iloc[row]
            yield Problem(shown(value), expected[name], row=int(row) + 2, column=name)
    if any(mask.any() for mask in wrong.values()):
        return
    read = pd.DataFrame({"event": curves["event"].astype("str"), "day": day, "orders": orders})
    read["row"] = np.arange(len(read)) + 2
    read = read.sort_values(["event", "day", "row"])
    again = read.duplicated(["event", "day"])
    for name, at, row in read.loc[again, ["event", "day", "row"]].to_numpy(dtype=object).tolist():
        text = f"day {at:g} of {name!r} again"
        yield Problem(text, "one row an event and day", row=row, column="day")
    read["before"] = read.groupby("event")["orders"].shift()
    fallen = read.loc[read["orders"] < read["before"], ["before", "orders", "row"]]
    for old, value, row in fallen.to_numpy(dtype=object).tolist():
        yield Problem(
            f"{value:g} after {old:g}",
            "orders added up from the first day, which do not fall",
            row=row,
            column="orders",
        )
