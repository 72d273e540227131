"""Columns of planner-written dates to datetime64."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analysis.data.values.arrays import Distinct, Parsed, arrow, matches
from analysis.data.values.written_dates import parse_date, serial_date

_ISO_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_ISO_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?$"
_RANGE = (np.datetime64("1900-01-01"), np.datetime64("2200-01-01"))
Dates = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]
Found = list[tuple[dt.date, npt.NDArray[np.int64]]]


def to_dates(
    cells: pd.Series[Any],
    *,
    format: str = "",
    timed: bool = False,
    serial: Mask | None = None,
) -> Parsed:
    """Read a column of dates as datetime64[us].

    Args:
        cells: Text of shape (n,), NA where missing.
        format: A ``strptime`` format; empty for the year-first forms.
        timed: Whether a time of day is allowed. Zones: one offset for all cells is kept as it is,
            several become UTC; cells with and without a zone in one column are refused.
        serial: Mask of shape (n,) of cells that a spreadsheet held as numbers; these may be
            serial dates. None if there are none.
    """
    text = arrow(cells)
    numeric = np.zeros(len(text), dtype=bool) if serial is None else serial
    values = np.full(len(text), np.datetime64("NaT"), dtype="datetime64[us]")
    iso = np.zeros(len(text), dtype=bool)
    if not format:
        iso = _fill_iso(values, text, ~numeric, timed)
    other = Distinct(text, ~iso & ~numeric, lambda cell: parse_date(cell, format or None))
    serials = Distinct(text, numeric, lambda cell: serial_date(float(cell)))
    refused = {**other.refused, **serials.refused}
    found: Found = [*other.found, *serials.found]
    series = (_moments if timed else _days)(values, found, refused)
    series.index, series.name = cells.index, cells.name
    return Parsed(series, refused)


def _fill_iso(values: Dates, text: pa.Array, allowed: Mask, timed: bool) -> Mask:
    """Convert ISO cells at once; return which were. None are when one is no real date."""
    iso = matches(text, _ISO_TIME if timed else _ISO_DAY) & allowed
    try:
        moments = text.filter(pa.array(iso)).cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return np.zeros(len(text), dtype=bool)
    found = moments.to_numpy(zero_copy_only=False)
    within = (found >= _RANGE[0]) & (found < _RANGE[1])
    iso[np.flatnonzero(iso)[~within]] = False
    values[iso] = found[within]
    return iso


def _days(values: Dates, found: Found, refused: dict[int, str]) -> pd.Series[Any]:
    for date, places in found:
        if not isinstance(date, dt.datetime):
            values[places] = np.datetime64(date)
        elif date.tzinfo or date.time() != dt.time():
            reason = "a time zone" if date.tzinfo else "a time of day"
            refused.update(dict.fromkeys(places.tolist(), f"it has {reason}"))
        else:
            values[places] = np.datetime64(date.date())
    return pd.Series(values)


def _moments(values: Dates, found: Found, refused: dict[int, str]) -> pd.Series[Any]:
    aware = np.zeros(len(values), dtype=bool)
    offsets: set[dt.timedelta] = set()
    for date, places in found:
        offset = date.utcoffset() if isinstance(date, dt.datetime) else None
        if isinstance(date, dt.datetime) and offset is not None:
            offsets.add(offset)
            aware[places] = True
            date = date.astimezone(dt.UTC).replace(tzinfo=None)
        values[places] = np.datetime64(date)
    naive = ~aware & ~np.isnat(values)
    if not offsets:
        return pd.Series(values)
    if naive.any():
        few, reason = (aware, "a") if aware.sum() <= naive.sum() else (naive, "no")
        reason = f"it has {reason} time zone, unlike other cells of the column"
        refused.update(dict.fromkeys(np.flatnonzero(few).tolist(), reason))
        values[few] = np.datetime64("NaT")
    zone = dt.UTC if len(offsets) > 1 else dt.timezone(offsets.pop())
    series: pd.Series[Any] = pd.Series(values).dt.tz_localize("UTC").dt.tz_convert(zone)
    return series
