"""Forecast calendars: which stamps a series has, and which come next.

A calendar is a unit (month, day, business day, hour), a step in units, and for months the day
that stamps fall on. Positions on it are whole numbers, so that month ends stay month ends, weeks
keep their weekday and leap years need no care.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.forecasting.arrays import Ints

Unit = Literal["month", "day", "business day", "hour"]
Stamps = NDArray[np.datetime64]

YEAR_DAYS = 365.25
MAX_DAILY_GAP = 3.0
MONTH_END = 0


@dataclass(frozen=True, slots=True)
class Frequency:
    """Distance between stamps.

    Attributes:
        unit: Unit of time.
        step: Units from one stamp to the next.
    """

    unit: Unit
    step: int = 1

    @property
    def name(self) -> str:
        """The field's word: yearly, quarterly, monthly, weekly, daily or hourly."""
        known: dict[tuple[Unit, int], str] = {
            ("month", 12): "yearly",
            ("month", 3): "quarterly",
            ("month", 1): "monthly",
            ("day", 7): "weekly",
            ("day", 1): "daily",
            ("business day", 1): "business daily",
            ("hour", 1): "hourly",
        }
        return known.get((self.unit, self.step), f"every {self.step} {self.unit}s")

    @property
    def seasons(self) -> tuple[float, ...]:
        """Season lengths in steps, shortest first; ``(1,)`` without seasons."""
        if self.unit == "month":
            return (12 / self.step,) if 12 % self.step == 0 else (1,)
        if self.unit == "business day":
            return (5, YEAR_DAYS * 5 / 7)
        if self.unit == "hour":
            return (24, 168) if self.step == 1 else (max(1, 24 // self.step),)
        return (7, YEAR_DAYS) if self.step == 1 else (YEAR_DAYS / self.step,)

    @property
    def season_length(self) -> int:
        """The shortest season in whole steps: 7 daily, 52 weekly, 12 monthly, 1 yearly."""
        return max(1, int(self.seasons[0]))


@dataclass(frozen=True, slots=True)
class Calendar:
    """A frequency pinned to a first stamp.

    Attributes:
        frequency: Distance between stamps.
        start: First stamp.
        day: Day of the month of monthly stamps; 0 for month ends.
    """

    frequency: Frequency
    start: np.datetime64
    day: int = 1

    def positions(self, stamps: Stamps) -> tuple[Ints, NDArray[np.bool_]]:
        """Positions of stamps (first stamp 0), and whether each is on the calendar."""
        distance, exact = self._units(stamps)
        fits: NDArray[np.bool_] = exact & (distance % self.frequency.step == 0)
        return distance // self.frequency.step, fits

    def _units(self, stamps: Stamps) -> tuple[Ints, NDArray[np.bool_]]:
        unit = self.frequency.unit
        days = stamps.astype("datetime64[D]")
        whole = np.asarray(days == stamps)
        first = self.start.astype("datetime64[D]")
        if unit == "month":
            months = stamps.astype("datetime64[M]")
            count = (months - self.start.astype("datetime64[M]")).astype(np.int64)
            return count, whole & (days == _in_month(months, self.day))
        if unit == "business day":
            return np.busday_count(first, days).astype(np.int64), whole & np.is_busday(days)
        if unit == "day":
            # A series of daily stamps at one time of day (23:59:59 exports) is daily.
            clock = (stamps - days) == (self.start - first)
            return (days - first).astype(np.int64), np.asarray(clock)
        gap = stamps - self.start
        hours = gap.astype("timedelta64[h]")
        return hours.astype(np.int64), np.asarray(hours == gap)

    def stamps(self, positions: Ints) -> Stamps:
        """Stamps at positions, ``datetime64[ns]``."""
        units = np.asarray(positions, dtype=np.int64) * self.frequency.step
        unit = self.frequency.unit
        if unit == "month":
            months = self.start.astype("datetime64[M]") + units
            return _in_month(months, self.day).astype("datetime64[ns]")
        if unit == "business day":
            first = self.start.astype("datetime64[D]")
            return np.busday_offset(first, units, roll="forward").astype("datetime64[ns]")
        scale = "D" if unit == "day" else "h"
        moved: Stamps = (self.start + units.astype(f"timedelta64[{scale}]")).astype(
            "datetime64[ns]"
        )
        return moved


def _in_month(months: Stamps, day: int) -> Stamps:
    """Day of each month, the last one where the month is shorter or ``day`` is 0."""
    one = np.timedelta64(1, "D")
    last = np.asarray((months + 1).astype("datetime64[D]") - one, dtype="datetime64[D]")
    if day == MONTH_END:
        return last
    wanted = np.asarray(months.astype("datetime64[D]") + (day - 1) * one, dtype="datetime64[D]")
    held: Stamps = np.where(wanted < last, wanted, last)
    return held


def _month_day(days: Stamps) -> int | None:
    """Day that all stamps share within their month; 0 for month ends; None if they differ."""
    months = days.astype("datetime64[M]")
    if np.all(days == _in_month(months, MONTH_END)):
        return MONTH_END
    day = int((days - months.astype("datetime64[D]")).astype(np.int64).max()) + 1
    return day if np.all(days == _in_month(months, day)) else None


def infer(stamps: Stamps) -> Frequency | None:
    """Frequency of one series.

    Args:
        stamps: Sorted, distinct; at least two.

    Returns:
        The coarsest frequency that all stamps are on; None when they are irregular.
    """
    days = stamps.astype("datetime64[D]")
    gaps = np.diff(stamps)
    if not np.all(stamps - days == stamps[0] - days[0]):
        hours = gaps.astype("timedelta64[h]")
        if np.any(hours != gaps):
            return None
        return Frequency("hour", int(np.gcd.reduce(hours.astype(np.int64))))
    steps = np.diff(days).astype(np.int64)
    if steps.min() >= 28 and _month_day(days) is not None:
        months = np.diff(days.astype("datetime64[M]")).astype(np.int64)
        apart = int(np.gcd.reduce(months))
        # Every second year is a calendar of its own; ten months apart are gaps in a finer one.
        return Frequency("month", apart if apart % 12 == 0 else int(np.gcd(apart, 12)))
    common = int(np.gcd.reduce(steps))
    if common % 7 == 0:
        return Frequency("day", common if common in (7, 14, 28) else 7)
    if np.median(steps) > MAX_DAILY_GAP:
        return None
    weekdays = len(days) >= 10 and bool(np.all(np.is_busday(days)))
    return Frequency("business day" if weekdays else "day")


def agree(each: Sequence[Frequency | None]) -> Frequency | None:
    """The frequency most series have; the finer one on a tie, None if no series has one."""
    votes = Counter(frequency for frequency in each if frequency is not None)
    fineness: dict[Unit, int] = {"hour": 0, "day": 1, "business day": 2, "month": 3}
    ranked = sorted(votes, key=lambda f: (-votes[f], fineness[f.unit], f.step))
    return ranked[0] if ranked else None


def calendar_of(stamps: Stamps, frequency: Frequency) -> Calendar:
    """Pin a frequency to the stamps of one series."""
    day = 1
    if frequency.unit == "month":
        shared = _month_day(stamps.astype("datetime64[D]"))
        day = shared if shared is not None else pd.Timestamp(stamps[0]).day
    return Calendar(frequency, stamps[0], day)
