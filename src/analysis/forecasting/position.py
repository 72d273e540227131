"""What is known on the day of planning, and which columns can help from there on."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.base.days import as_of_day
from analysis.base.errors import InputError
from analysis.forecasting.words_remarks import Remark

CORE = ("unique_id", "ds", "y")
# A period stamped with its first day is known a year later at the latest.
LATE = pd.Timedelta(days=366)
NEXT_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Position:
    """A panel as the planner knows it on one day.

    Attributes:
        frame: The panel with ``y`` hidden after that day; regressors known ahead are kept.
        later: ``unique_id, ds, y`` of what came after it; empty if nothing is known.
        unused: Column → why it is not used as a regressor; remarks of the catalog.
    """

    frame: pd.DataFrame
    later: pd.DataFrame
    unused: dict[str, str]


def position(frame: pd.DataFrame, *, as_of: str = "", open_column: str = "") -> Position:
    """Hide what was not known yet, and leave out columns that cannot help.

    Args:
        frame: Panel with columns ``unique_id, ds, y`` and further ones.
        as_of: Last day that counts as known, ISO; empty if all of it does.
        open_column: Column that marks open periods; it is kept whether or not its future is known.

    Raises:
        InputError: If ``as_of`` is no day, or there is nothing up to it.
    """
    frame = frame.assign(ds=_wall_clock(frame["ds"]))
    _check_open(frame, open_column)
    known = frame["y"].notna()
    if as_of:
        end, last = pd.Timestamp(as_of_day(as_of)) + NEXT_DAY, frame["ds"].max()
        if end > last + LATE:
            raise InputError(
                f"as_of={as_of}: found a table that ends on {last:%Y-%m-%d}, expected one that "
                "reaches that day"
            )
        known &= frame["ds"] < end
        if not known.any():
            first, last = frame["ds"].min(), frame["ds"].max()
            raise InputError(
                f"as_of={as_of}: found no known value up to that day; the table runs from "
                f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
            )
    later = frame.loc[~known & frame["y"].notna(), list(CORE)].reset_index(drop=True)
    seen = frame.assign(y=frame["y"].astype("float64").where(known))
    unused = _unused(seen, open_column)
    return Position(seen.drop(columns=list(unused)), later, unused)


def _wall_clock(dates: pd.Series) -> pd.Series:
    """Return dates as their own clocks show them: days are days of the place, not of UTC."""
    return dates if getattr(dates.dt, "tz", None) is None else dates.dt.tz_localize(None)


def _check_open(frame: pd.DataFrame, open_column: str) -> None:
    """Refuse an open column that says anything but yes or no."""
    if open_column not in frame.columns:
        return
    marks = pd.to_numeric(frame[open_column], errors="coerce")
    odd = frame.loc[frame[open_column].notna() & ~marks.isin([0, 1]), open_column]
    if len(odd):
        raise InputError(
            f"column {open_column!r}: found {str(odd.iloc[0])!r}, expected 0 or 1 for open; "
            "name another column with open_column=, or none with open_column=''"
        )


def _unused(frame: pd.DataFrame, open_column: str) -> dict[str, str]:
    """Say which further columns are no regressors: words, or numbers unknown from now on."""
    last = frame.loc[frame["y"].notna(), "ds"].max()
    ahead = frame[frame["ds"] > last]
    reasons: dict[str, str] = {}
    for name in frame.columns:
        if name in CORE or name == open_column:
            continue
        if not pd.api.types.is_numeric_dtype(frame[name]):
            reasons[str(name)] = Remark.say("holds words, not numbers")
        elif not ahead[name].notna().any():
            reasons[str(name)] = Remark.say(
                "has no values after {date}; give its plan to use it", date=f"{last:%Y-%m-%d}"
            )
    return reasons
