"""The panel: what goes into a forecast, checked, on a regular calendar.

Rules. A stamp missing between two others is a gap: ``y`` missing there, filled by the models (the
mean of the same season's neighbours, else a straight line). Rows with ``y`` missing after a
series' last value give the known future of its regressors. A series off the panel's frequency,
without any value, or without the future of a regressor is left out with its reason; the rest are
forecast. Values dated long after the panel's last date are left out. What cannot be read at
all (columns, numbers, dates, duplicates) is refused with every problem listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.base.schema import Column, TableSchema
from analysis.forecasting.arrays import Floats
from analysis.forecasting.calendar import Calendar, Frequency, Stamps, agree, calendar_of, infer
from analysis.forecasting.words_remarks import Remark, frequency_word

SOURCE = "panel"
MOST = 0.5
"""Share of the series that must end on one date for it to be the panel's."""
FAR = 12
"""Periods without a value before one that is taken for one from the future."""

PANEL = TableSchema(
    columns=(
        Column("unique_id", "text", description="name of the series"),
        Column("ds", "datetime", description="start (or end) of the period, one convention"),
        Column("y", "number", nullable=True, description="what is forecast; missing = unknown"),
    ),
    key=("unique_id", "ds"),
    name="panel",
    extra="number",
)
"""The table a forecast needs; further columns are regressors known ahead (booleans count 0/1)."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series on its calendar.

    Attributes:
        unique_id: Name.
        calendar: Position 0 is the first observed value.
        y: ``(n,)`` from the first to the last observed value; NaN in gaps.
        x: ``(n + known future, p)`` regressors; NaN where unknown.
        opened: ``(n + known future,)`` 1 open, 0 closed, NaN unknown; None without such a column.
        notes: What is odd, and what is done about it; remarks of the catalog.
    """

    unique_id: str
    calendar: Calendar
    y: Floats
    x: Floats
    opened: Floats | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """Series of one frequency, sorted by name.

    Attributes:
        frequency: Distance between stamps.
        season: Season length in steps.
        regressors: Names of the columns of ``x``.
        series: Series that can be forecast.
        skipped: Reason by name of each series left out; remarks of the catalog.
        open_column: Name of the column that marks open periods, if any.
    """

    frequency: Frequency
    season: int
    regressors: tuple[str, ...]
    series: tuple[Series, ...]
    skipped: dict[str, str]
    open_column: str | None = None

    @property
    def reasons(self) -> pd.DataFrame:
        """One row a remark: ``unique_id, reason``; series left out included."""
        rows = [(s.unique_id, note) for s in self.series for note in s.notes]
        rows += [
            (name, Remark.say("left out: {why}", why=why)) for name, why in self.skipped.items()
        ]
        frame = pd.DataFrame(rows, columns=["unique_id", "reason"], dtype="str")
        return frame.sort_values("unique_id", kind="stable", ignore_index=True)


def _dates(column: pd.Series) -> pd.Series:
    """Dates as naive ``datetime64[ns]``; unreadable ones become missing."""
    if pd.api.types.is_numeric_dtype(column):
        raise InputError(f"{SOURCE}: column 'ds': found numbers, expected dates")
    dates = pd.to_datetime(column, errors="coerce", format=None)
    if getattr(dates.dtype, "tz", None) is not None:
        dates = dates.dt.tz_localize(None)
    return dates.astype("datetime64[ns]")


def _numbers(column: pd.Series) -> pd.Series:
    """Numbers as float64; text that is none becomes missing."""
    return pd.to_numeric(column, errors="coerce").astype("float64")


def _unreadable(frame: pd.DataFrame, clean: pd.DataFrame, name: str) -> Iterator[Problem]:
    """Values that were there and could not be read; spreadsheet row numbers."""
    wrong = (clean[name].isna() & frame[name].notna()).to_numpy()
    if name != "ds":
        wrong = wrong | np.isinf(clean[name].to_numpy())
    expected = "a date" if name == "ds" else "a finite number"
    for row in np.flatnonzero(wrong):
        yield Problem(repr(frame[name].iloc[row]), expected, row=int(row) + 2, column=name)
    if name == "ds":
        for row in np.flatnonzero(frame[name].isna().to_numpy()):
            yield Problem("nothing", "a date", row=int(row) + 2, column=name)


def check(frame: pd.DataFrame, numeric: Sequence[str]) -> pd.DataFrame:
    """Read the columns of a panel, or refuse it with every problem.

    Args:
        frame: Table with ``unique_id, ds, y`` and the ``numeric`` columns.
        numeric: Regressors and the open column.

    Returns:
        Clean columns, sorted by ``unique_id, ds``.
    """
    wanted = ["unique_id", "ds", "y", *numeric]
    names = [str(name) for name in frame.columns]
    absent = [
        Problem("no such column", f"it to be there ({nearest(name, names)})", column=name)
        for name in wanted
        if name not in names
    ]
    if absent:
        raise InputProblems(SOURCE, absent)
    clean = pd.DataFrame({"unique_id": frame["unique_id"].astype("str"), "ds": _dates(frame["ds"])})
    for name in wanted[2:]:
        clean[name] = _numbers(frame[name])
    problems = [p for name in wanted[1:] for p in _unreadable(frame, clean, name)]
    problems += [
        Problem("nothing", "the name of a series", row=int(row) + 2, column="unique_id")
        for row in np.flatnonzero(frame["unique_id"].isna().to_numpy())
    ]
    twice = clean.duplicated(["unique_id", "ds"], keep="first").to_numpy()
    problems += [
        Problem(
            f"{clean['unique_id'].iloc[row]!r} at {clean['ds'].iloc[row]} again",
            "one row a series and date",
            row=int(row) + 2,
            column="ds",
        )
        for row in np.flatnonzero(twice & clean["ds"].notna().to_numpy())
    ]
    if not len(clean):
        problems.append(Problem("no rows", "at least one"))
    if problems:
        raise InputProblems(SOURCE, problems)
    return clean.sort_values(["unique_id", "ds"], ignore_index=True)


def _groups(clean: pd.DataFrame) -> list[tuple[str, slice]]:
    """Name and row range of each series of a sorted frame."""
    names = clean["unique_id"].to_numpy()
    starts = np.flatnonzero(np.append(True, names[1:] != names[:-1]))
    ends = np.append(starts[1:], len(names))
    return [(str(names[a]), slice(int(a), int(b))) for a, b in zip(starts, ends, strict=True)]


def _lay(name: str, stamps: Stamps, values: Floats, frequency: Frequency) -> Series | Remark:
    """Lay one series on its calendar, or say why not.

    Args:
        name: Its name.
        stamps: ``(rows,)`` sorted.
        values: ``(rows, 1 + p)``: y, then regressors.
        frequency: The panel's.
    """
    seen = np.flatnonzero(~np.isnan(values[:, 0]))
    if not len(seen):
        return Remark.say("no value of y")
    stamps, values = stamps[seen[0] :], values[seen[0] :]
    calendar = calendar_of(stamps, frequency)
    position, fits = calendar.positions(stamps)
    if not fits.all():
        off = pd.Timestamp(stamps[int(np.argmin(fits))])
        return Remark.say(
            "{date} is off the panel's {frequency} calendar",
            date=f"{off:%Y-%m-%d}",
            frequency=frequency_word(frequency),
        )
    laid = np.full((int(position[-1]) + 1, values.shape[1]), np.nan)
    laid[position] = values
    end = int(position[seen[-1] - seen[0]]) + 1
    return Series(name, calendar, laid[:end, 0], laid[:, 1:], None)


def read_panel(
    frame: pd.DataFrame,
    *,
    season_length: int | None = None,
    open_column: str | None = None,
    regressors: Sequence[str] | None = None,
) -> Panel:
    """Check a frame and lay it on a regular calendar.

    Args:
        frame: Columns of :data:`PANEL`.
        season_length: Season in steps; by frequency when None.
        open_column: Regressor that is 0 where a series is closed.
        regressors: Known-future columns to use; all further columns when None.

    Raises:
        InputError: If the panel cannot be read, or no series can be forecast.
    """
    if season_length is not None and season_length < 1:
        raise InputError(f"season_length: found {season_length}, expected at least 1")
    base = {"unique_id", "ds", "y", open_column}
    names = [str(c) for c in frame.columns] if regressors is None else list(regressors)
    used = sorted(name for name in names if name not in base)
    extra = [open_column] if open_column else []
    clean = check(frame, [*used, *extra])
    stamps = clean["ds"].to_numpy()
    values = clean[["y", *used, *extra]].to_numpy(dtype=np.float64)
    groups = _groups(clean)
    frequency = agree([infer(stamps[rows]) for _, rows in groups if rows.stop - rows.start > 1])
    if frequency is None:
        name, rows = groups[0]
        dates = ", ".join(f"{pd.Timestamp(s):%Y-%m-%d}" for s in stamps[rows][:4])
        raise InputError(
            f"{SOURCE}: column 'ds': found irregular dates (series {name!r}: {dates}, …), "
            "expected one frequency from hourly to yearly"
        )
    laid = {name: _lay(name, stamps[rows], values[rows], frequency) for name, rows in groups}
    season = season_length or frequency.season_length
    dated = _none_from_the_future([s for s in laid.values() if isinstance(s, Series)], season)
    series = tuple(_noted(s, season, bool(extra)) for s in dated)
    skipped: dict[str, str] = {n: why for n, why in laid.items() if isinstance(why, Remark)}
    if not series:
        name, why = next(iter(skipped.items()))
        raise InputError(f"{SOURCE}: no series can be forecast (series {name!r}: {why})")
    return Panel(frequency, season, tuple(used), series, skipped, open_column)


def _none_from_the_future(series: list[Series], season: int) -> list[Series]:
    """Series without values far after the date that most of the panel ends on.

    A year mistyped would else make every other series end decades ago. Far is a hole of more than
    a season and twelve periods: a series that is merely up to date keeps its values.
    """
    ends = [s.calendar.stamps(np.array([len(s.y) - 1]))[0] for s in series]
    dates, counts = np.unique(np.array(ends), return_counts=True)
    last = dates[np.argmax(counts)] if len(dates) else None
    if last is None or counts.max() < MOST * len(series):
        return series
    out = []
    for one, end in zip(series, ends, strict=True):
        stamps = one.calendar.stamps(np.arange(len(one.y)))
        kept = int(np.count_nonzero(stamps <= last))
        seen = np.flatnonzero(~np.isnan(one.y[:kept]))
        after = np.flatnonzero(~np.isnan(one.y[kept:]))
        hole = kept + after[0] - seen[-1] if len(after) and len(seen) else 0
        if end <= last or hole <= max(season, FAR):
            out.append(one)
            continue
        note = Remark.say(
            "values in the future (after {date}) left out: {count}",
            date=f"{pd.Timestamp(last):%Y-%m-%d}",
            count=len(after),
        )
        out.append(replace(one, y=one.y[: seen[-1] + 1], notes=(*one.notes, note)))
    return out


def _noted(series: Series, season: int, has_open: bool) -> Series:
    """Split off the open column and say what is odd about a series."""
    opened = series.x[:, -1] if has_open else None
    x = series.x[:, :-1] if has_open else series.x
    y, n = series.y, len(series.y)
    notes = list(series.notes)
    counted = ~np.isnan(y) if opened is None else ~np.isnan(y) & (opened[:n] != 0)
    values = y[counted]
    missing = int(np.count_nonzero(np.isnan(y) & (True if opened is None else opened[:n] != 0)))
    if missing:
        notes.append(Remark.say("gaps filled: {count}", count=missing))
    if season > 1 and n < 2 * season:
        notes.append(Remark.say("too short for seasonality"))
    if not len(values) or np.all(values == values[0]):
        notes.append(Remark.say("constant"))
    elif is_intermittent(values):
        share = f"{np.mean(values == 0):.0%}"
        notes.append(Remark.say("intermittent: {share} zeros", share=share))
    if np.any(values < 0):
        notes.append(Remark.say("negative values"))
    return Series(series.unique_id, series.calendar, y, x, opened, tuple(notes))


def known(series: Series) -> Floats:
    """Values of a series that are there, closed periods left out."""
    kept = ~np.isnan(series.y)
    if series.opened is not None:
        kept &= series.opened[: len(series.y)] != 0
    return series.y[kept]


def is_intermittent(values: Floats) -> bool:
    """Mean interval between demands above 1.32 (Syntetos, Boylan & Croston 2005), none negative."""
    return bool(len(values) and np.all(values >= 0) and 0 < np.mean(values > 0) < 1 / 1.32)
