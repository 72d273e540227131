"""Demand around a festival that moves: daily sales by days before and after it.

Each year's sales in the window are divided by what ordinary days would have sold: the level of
the eight weeks before and after the window, in a straight line across it, times the weekday's
factor. The index of a day is the geometric mean over years; its interval is Student's t over
years on the log scale, with variances shrunk to that of all days of the window
(:func:`…shares.moderated`), since two to five years hardly tell one day's own. With one festival
only, series are resampled instead if there are enough: that interval says how far the index holds
for other series in *that* year, and nothing of another year.

Assumed: years are exchangeable; nothing else happens in the window every year. A promotion that
always comes with the festival is part of its index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError
from analysis.forecasting.arrays import Floats, Ints
from analysis.forecasting.planning.checks import Unsuited, check_level
from analysis.forecasting.planning.days import days_of
from analysis.forecasting.planning.festival_index import (
    Over,
    expected,
    filled,
    intervals,
    ratio_of,
    taken_over,
)
from analysis.forecasting.planning.shares import PRIOR
from analysis.forecasting.planning.weekdays import weekday_factors
from analysis.forecasting.words_remarks import Remark

RUN = 3
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class FestivalProfile:
    """Index of demand by day relative to the festival; 1 is an ordinary day.

    Attributes:
        festivals: Dates given, rising.
        used: Those whose window is in the data.
        unused: Date → why it is not used.
        relative: ``(days,)`` days relative to the festival, negative before it.
        by_year: ``(used, days)`` index of each year; NaN where unknown.
        index: ``(days,)`` over years.
        lo: ``(days,)`` lower bounds; NaN without an interval.
        hi: ``(days,)`` upper bounds.
        spans: ``name, first, last, uplift, lo, hi`` of the windows.
        level: Level of the intervals, in percent.
        over: What the intervals are taken over: years, series, or nothing.
    """

    festivals: tuple[pd.Timestamp, ...]
    used: tuple[pd.Timestamp, ...]
    unused: dict[pd.Timestamp, str]
    relative: Ints
    by_year: Floats
    index: Floats
    lo: Floats
    hi: Floats
    spans: pd.DataFrame
    level: float
    over: Over

    @property
    def start(self) -> int | None:
        """Day, relative to the festival, on which demand begins to be above ordinary.

        First of three days in a row, before the festival, whose lower bound is above 1: one day
        alone would be found by chance in a long window. None if there is none.
        """
        above = (self.lo > 1) & (self.relative < 0)
        run = above.copy()
        for ahead in range(1, RUN):
            run[:-ahead] &= above[ahead:]
            run[-ahead:] = False
        found = np.flatnonzero(run)
        return int(self.relative[found[0]]) if len(found) else None

    @property
    def following(self) -> pd.Timestamp | None:
        """First festival given that is still to come after those in the data."""
        later = [day for day in self.festivals if day > self.used[-1]]
        return later[0] if later else None

    def weights(self, days: pd.DatetimeIndex) -> Floats:
        """Index of calendar days, by the nearest festival given; 1 outside its window."""
        out = np.ones(len(days))
        for festival in self.festivals:
            away = ((days - festival) / DAY).to_numpy().astype(np.int64)
            inside = (away >= self.relative[0]) & (away <= self.relative[-1])
            out[inside] = self.index[away[inside] - self.relative[0]]
        return np.where(np.isfinite(out), out, 1.0)

    def table(self) -> pd.DataFrame:
        """One row a day: ``day, index, lo, hi, years`` (number of years with that day known)."""
        years = np.count_nonzero(~np.isnan(self.by_year), axis=0)
        return pd.DataFrame(
            {"day": self.relative, "index": self.index, "lo": self.lo, "hi": self.hi}
        ).assign(years=years)

    def windows(self) -> pd.DataFrame:
        """One row a window: ``window, first, last, uplift, lo, hi`` (uplift 0.2 is +20 %)."""
        return self.spans.copy()

    def shift(self) -> pd.DataFrame:
        """What a calendar date is in each year: the date of the last festival in the data.

        Columns ``year, festival, shift`` (days later in the calendar than the year before),
        ``same_date, relative_day`` (of that date) and ``index`` (what the festival alone makes of
        sales on that date; 1 outside the window). Comparing dates year on year compares these.
        """
        dates = pd.DatetimeIndex(self.festivals)
        last = self.used[-1]
        same = [_on(day.year, last) for day in dates]
        position = dates.day_of_year.to_numpy().astype(np.float64)
        return pd.DataFrame(
            {
                "year": dates.year,
                "festival": dates,
                "shift": np.concatenate([[np.nan], np.diff(position)]),
                "same_date": same,
                "relative_day": [int((a - b) / DAY) for a, b in zip(same, dates, strict=True)],
                "index": self.weights(pd.DatetimeIndex(same)),
            }
        )

    def plot(self, ax: Axes | None = None, lang: str = "en") -> Axes:
        """Index by day with its interval; each year in grey."""
        from analysis.forecasting.planning.charts import festival

        return festival(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: when demand begins to rise, its peak, and what that rests on."""
        from analysis.forecasting.planning.words import festival_sentence

        return festival_sentence(self, lang)


def _on(year: int, day: pd.Timestamp) -> pd.Timestamp:
    """Same calendar date in another year; 28 February for a leap day."""
    return day + pd.DateOffset(years=year - day.year)


def festival_profile(
    frame: pd.DataFrame,
    festivals: Sequence[object],
    *,
    rng: np.random.Generator,
    before: int = 45,
    after: int = 21,
    windows: Mapping[str, tuple[int, int]] | None = None,
    level: float = 80,
) -> FestivalProfile:
    """Align daily sales to a festival.

    Args:
        frame: ``ds, y`` (and ``unique_id``), daily.
        festivals: Festival dates, one a year; those outside the data are named as unused.
        rng: For resampling series where there is one festival only.
        before: Days before the festival in the window.
        after: Days after it.
        windows: Name → first and last day relative to the festival; before, the day itself and
            after when None.
        level: Level of the intervals, in percent.

    Raises:
        InputError: If the panel is not daily, festivals are closer than the window, or none of
            them has its window and ordinary days in the data.
    """
    check_level(level)
    dates = _dates(festivals, before, after)
    days = days_of(frame)
    if days.frequency not in ("daily", "business daily", "hourly"):
        raise InputError(f"panel: found {days.frequency} data, expected daily")
    relative = np.arange(-before, after + 1)
    usual = {"before": (-before, -1), "festival day": (0, 0), "after": (1, after)}
    spans = windows or {name: (a, b) for name, (a, b) in usual.items() if a <= b}
    for name, (first, last) in spans.items():
        if not -before <= first <= last <= after:
            raise InputError(
                f"windows: found {name!r} from {first} to {last}, expected days between "
                f"{-before} and {after} in order"
            )
    table = days.table
    ordinary = np.ones(len(table), dtype=np.bool_)
    for day in dates:
        ordinary &= np.asarray(
            (table.index < day - before * DAY) | (table.index > day + after * DAY)
        )
    factors = weekday_factors(days.total[ordinary])
    if factors is None:
        raise Unsuited(
            "panel: found fewer than four of some weekday outside the festival windows (or "
            "nothing sold on them), expected an ordinary season to compare with",
            Remark.say("Outside its window there are too few ordinary days to compare with."),
        )
    windows_ = {day: expected(table, ordinary, day, relative, factors) for day in dates}
    unused = {day: why for day, why in windows_.items() if isinstance(why, str)}
    pairs = {day: both for day, both in windows_.items() if not isinstance(both, str)}
    if not pairs:
        why = "; ".join(f"{day:%Y-%m-%d}: {reason}" for day, reason in unused.items())
        raise Unsuited(
            f"festivals: found none with its window in the data ({why})",
            Remark.say(
                "No festival can be compared with ordinary days: {before} days before it and "
                "{after} after it must be in the table, and weeks of sales around them.",
                before=before,
                after=after,
            ),
        )
    sold = np.stack([sold for sold, _ in pairs.values()])
    due = np.stack([due for _, due in pairs.values()])
    over = taken_over(sold)
    index, lo, hi = intervals(
        sold, due, [np.array([d]) for d in range(len(relative))], over, level, rng, PRIOR
    )
    stretches = [np.flatnonzero((relative >= a) & (relative <= b)) for a, b in spans.values()]
    # Windows are of unequal length and so of unequal variance: each stands on its own.
    uplift, low, high = intervals(sold, due, stretches, over, level, rng, 0.0)
    firsts, lasts = zip(*spans.values(), strict=True)
    made = pd.DataFrame(
        {
            "window": list(spans), "first": firsts, "last": lasts,
            "uplift": uplift - 1, "lo": low - 1, "hi": high - 1,
        }
    )  # fmt: skip
    by_year = ratio_of(filled(sold).sum(axis=1), np.where(np.isnan(sold), 0.0, due).sum(axis=1))
    by_year[np.isnan(sold).all(axis=1)] = np.nan
    return FestivalProfile(
        dates, tuple(pairs), unused, relative, by_year, index, lo, hi, made, level, over
    )


def _dates(festivals: Sequence[object], before: int, after: int) -> tuple[pd.Timestamp, ...]:
    """Festival dates, rising, one window apart at least."""
    if before < 1 or after < 0:
        raise InputError(f"before, after: found {before}, {after}, expected at least 1 and 0")
    read = pd.to_datetime(pd.Series([str(day) for day in festivals]), errors="coerce")
    wrong = [repr(day) for day, date in zip(festivals, read, strict=True) if pd.isna(date)]
    if wrong or not len(read):
        raise InputError(f"festivals: found {', '.join(wrong) or 'none'}, expected dates")
    dates = sorted(pd.Timestamp(day).normalize() for day in read)
    for one, two in pairwise(dates):
        if (two - one) / DAY <= before + after:
            raise InputError(
                f"festivals: found {one:%Y-%m-%d} and {two:%Y-%m-%d}, expected one a year, more "
                f"than the window of {before + after} days apart"
            )
    return tuple(dates)
