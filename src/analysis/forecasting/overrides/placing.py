"""Which overrides are a plan, which are past and can be judged, and which match nothing.

A row is *applied* where the present forecast has its date, *judged* where the date has come, and
refused where neither knows it. A total whose period has begun and not ended is *waiting*: what is
left of it is nobody's decision yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.errors import InputProblems, Problem, nearest
from analysis.forecasting.forecast import ForecastResult
from analysis.forecasting.overrides.given import Given, Sheet

Row = dict[str, Any]
AHEAD, PAST, WAITING = "ahead", "past", "waiting"


@dataclass(frozen=True)
class Placed:
    """Overrides by what can be done with them; rows as in their table.

    Attributes:
        days: Applied to single dates.
        totals: Applied to totals.
        past_days: To judge, each with what came, ``y``.
        past_totals: To judge, each with what came, ``y``.
        waiting: Totals whose period is not over, or whose outcome is not wholly known.
    """

    days: tuple[Row, ...]
    totals: tuple[Row, ...]
    past_days: tuple[Row, ...]
    past_totals: tuple[Row, ...]
    waiting: tuple[Row, ...]

    @property
    def any(self) -> bool:
        """Whether there is an override at all."""
        each = (self.days, self.totals, self.past_days, self.past_totals, self.waiting)
        return any(map(len, each))


def place(result: ForecastResult, given: Given) -> Placed:
    """Sort overrides into applied, judged and waiting.

    Args:
        result: The present forecast; its panel holds what has come.
        given: What was handed in.

    Raises:
        InputProblems: If a row matches neither forecast nor outcome, has no reason, or no number
            that can be.
    """
    world = _World.of(result)
    days = _placed(given.days.filled(), world.day, world.minimum)
    totals = _placed(given.totals.filled(), world.total, world.minimum)
    return Placed(days[AHEAD], totals[AHEAD], days[PAST], totals[PAST], totals[WAITING])


Where = Callable[[Sheet, Row], str | Problem]


def _placed(table: Sheet, where: Where, minimum: dict[str, float]) -> dict[str, tuple[Row, ...]]:
    """Rows by where they belong, or a refusal with every finding."""
    found: dict[str, list[Row]] = {AHEAD: [], PAST: [], WAITING: []}
    problems: list[Problem] = []
    for row in table.records():
        placed = where(table, row)
        if isinstance(placed, str):
            found[placed].append(row)
        else:
            problems.append(placed)
        least = minimum.get(row["unique_id"], -np.inf)
        if row["override"] < least:
            expected = f"a number from {least:g} on, as series {row['unique_id']!r} never was below"
            problems.append(table.problem(row, "override", f"{row['override']:g}", expected))
        if not row["reason"]:
            expected = "a reason, which every override needs"
            problems.append(table.problem(row, "reason", "nothing", expected))
    if problems:
        raise InputProblems(table.source, problems)
    return {name: tuple(rows) for name, rows in found.items()}


@dataclass(frozen=True)
class _World:
    """Each series: dates ahead, what came by date (NaN in gaps), smallest possible value."""

    ahead: dict[str, np.ndarray[Any, Any]]
    came: dict[str, pd.Series]
    minimum: dict[str, float]

    @staticmethod
    def of(result: ForecastResult) -> _World:
        stamps = result.stamps().astype("datetime64[ns]")
        came = {
            one.unique_id: pd.Series(
                one.y, pd.DatetimeIndex(one.calendar.stamps(np.arange(len(one.y)))).as_unit("ns")
            )
            for one in result.panel.series
        }
        least = dict(zip(result.names, result.minimum.tolist(), strict=True))
        return _World(dict(zip(result.names, stamps, strict=True)), came, least)

    def day(self, table: Sheet, row: Row) -> str | Problem:
        """Where a row of a date belongs, or the finding that it belongs nowhere."""
        name, stamp = row["unique_id"], row["ds"]
        if name not in self.ahead:
            return self._unknown(table, row)
        if (self.ahead[name] == stamp.to_datetime64()).any():
            return AHEAD
        value = float(self.came[name].get(stamp, np.nan))
        if not np.isfinite(value):
            return self._nothing(table, row, "ds")
        row["y"] = value
        return self._seen(table, row)

    def total(self, table: Sheet, row: Row) -> str | Problem:
        """Where a row of a period belongs, or the finding that it belongs nowhere."""
        name, first, last = row["unique_id"], row["first"], row["last"]
        if name not in self.ahead:
            return self._unknown(table, row)
        if first > last:
            expected = f"a date not before {_day(first)}, where the period begins"
            return table.problem(row, "last", _day(last), expected)
        mine, stamps = self.came[name], pd.DatetimeIndex(self.ahead[name])
        if first < mine.index[0]:
            return self._nothing(table, row, "first")
        if last > stamps[-1]:
            return self._nothing(table, row, "last")
        if first > mine.index[-1]:
            inside = (stamps >= first) & (stamps <= last)
            return AHEAD if inside.any() else self._nothing(table, row, "first")
        past = mine.loc[first:last]
        if last >= stamps[0] or past.isna().any():
            return WAITING
        if past.empty:
            return self._nothing(table, row, "first")
        row["y"] = float(past.sum())
        return self._seen(table, row)

    def _seen(self, table: Sheet, row: Row) -> str | Problem:
        if np.isfinite(row["mean"]):
            return PAST
        expected = "the statistical forecast as it was exported, since its date has come"
        return table.problem(row, "mean", "nothing", expected)

    def _unknown(self, table: Sheet, row: Row) -> Problem:
        hint = nearest(row["unique_id"], list(self.ahead)[:200])
        return table.problem(
            row, "unique_id", repr(row["unique_id"]), f"a series of the forecast; {hint}"
        )

    def _nothing(self, table: Sheet, row: Row, column: str) -> Problem:
        name = row["unique_id"]
        ahead, known = pd.DatetimeIndex(self.ahead[name]), self.came[name].dropna().index
        return table.problem(
            row, column, f"{_day(row[column])} for series {name!r}",
            f"a date of the forecast ({_day(ahead[0])} to {_day(ahead[-1])}) or one with a known "
            f"value ({_day(known[0])} to {_day(known[-1])})",
        )  # fmt: skip


def _day(stamp: pd.Timestamp) -> str:
    return f"{stamp:%Y-%m-%d}" if stamp == stamp.normalize() else f"{stamp:%Y-%m-%d %H:%M}"
