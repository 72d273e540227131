"""Sales by day, from a panel of any frequency between hours and months.

Rules. Hours are added up to days. A week is spread evenly over seven days from its stamp (or up
to it), a month over its own days: enough for shares of months and for what has gone of a year.
A day without a value stays unknown here; whoever adds days up says what it counts as.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.base.errors import InputError
from analysis.forecasting.arrays import Floats
from analysis.forecasting.calendar import Stamps
from analysis.forecasting.panel import Panel, Series, read_panel
from analysis.forecasting.planning.checks import Unsuited
from analysis.forecasting.words_remarks import Remark

Stamped = Literal["start", "end"]
FREQUENCIES = ("hourly", "daily", "business daily", "weekly", "monthly")
DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Days:
    """Daily sales of a panel.

    Attributes:
        table: ``(days, series)`` on every day from the first to the last; NaN where unknown.
        frequency: Frequency of the panel it comes from.
    """

    table: pd.DataFrame
    frequency: str

    @property
    def total(self) -> pd.Series:
        """Sum over series by day; NaN where no series has a value."""
        total: pd.Series = self.table.sum(axis=1, min_count=1)
        return total

    @property
    def last(self) -> pd.Timestamp:
        """Last day with a value."""
        return pd.Timestamp(self.table.index[-1])


def days_of(frame: pd.DataFrame, stamped: Stamped = "start") -> Days:
    """Read ``ds, y`` (and ``unique_id``) and lay it on days.

    Args:
        frame: Hourly, daily, weekly or monthly panel; one series if it has no ``unique_id``.
        stamped: Whether a week's stamp is its first or its last day.

    Raises:
        InputError: If the frame is no panel (every problem listed), or of another frequency.
    """
    if "unique_id" not in frame.columns:
        frame = frame.assign(unique_id="all")
    return days_of_panel(read_panel(frame, regressors=[]), stamped)


def days_of_panel(panel: Panel, stamped: Stamped = "start") -> Days:
    """Lay a panel on days; see :func:`days_of`."""
    name = panel.frequency.name
    if name not in FREQUENCIES:
        raise Unsuited(
            f"panel: found {name} data, expected one of {', '.join(FREQUENCIES)}",
            Remark.say("It needs hourly, daily, weekly or monthly data."),
        )
    if stamped not in ("start", "end"):
        raise InputError(f"stamped: found {stamped!r}, expected 'start' or 'end'")
    parts = [_series_days(series, name, stamped) for series in panel.series]
    first = min(days[0] for days, _ in parts)
    length = int((max(days[-1] for days, _ in parts) - first) / DAY) + 1
    values = np.full((length, len(parts)), np.nan)
    for column, (days, amounts) in enumerate(parts):
        values[((days - first) / DAY).astype(np.int64), column] = amounts
    index = pd.DatetimeIndex((first + np.arange(length) * DAY).astype("datetime64[ns]"), name="ds")
    names = [series.unique_id for series in panel.series]
    return Days(pd.DataFrame(values, index=index, columns=names), name)


def _series_days(series: Series, frequency: str, stamped: Stamped) -> tuple[Stamps, Floats]:
    """Distinct rising days of one series and its amount on each."""
    stamps = series.calendar.stamps(np.arange(len(series.y)))
    days = stamps.astype("datetime64[D]")
    if frequency == "weekly":
        first = days - 6 * DAY if stamped == "end" else days
        week: Stamps = (first[:, None] + np.arange(7) * DAY).ravel().astype("datetime64[D]")
        return week, np.repeat(series.y / 7, 7)
    if frequency == "monthly":
        months = days.astype("datetime64[M]")
        begin, end = months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]")
        count = (end - begin).astype(np.int64)
        spread: Stamps = np.arange(begin[0], end[-1])
        even: Floats = np.repeat(series.y / count, count)
        return spread, even
    if frequency == "hourly":
        by_day = pd.Series(series.y).groupby(days).sum(min_count=1)
        clock: Stamps = by_day.index.to_numpy().astype("datetime64[D]")
        sums: Floats = by_day.to_numpy().astype(np.float64)
        return clock, sums
    return days, series.y


def longest_gap(known: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    """Length of the longest run of unknown days."""
    edges = np.flatnonzero(np.concatenate([[True], known, [True]]))
    return int(np.diff(edges).max()) - 1
