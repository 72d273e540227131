"""A monthly or quarterly series as one origin knows it, and its noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from analysis.base.festivals.windows import ORIGIN, weekday_columns
from analysis.forecasting import airline
from analysis.forecasting.arrays import Bools, Floats, Ints
from analysis.forecasting.calendar import Calendar
from analysis.forecasting.effects.families import TRADING, Candidate, Family, every_column
from analysis.forecasting.gaps import fill_gaps
from analysis.forecasting.panel import Series

YEARS = 5
"""Seasons of history below which a series has no say and no effect."""
MISSING = 0.1
"""Share of missing values above which a series has no effect."""
LEAP = {1: 28.25, 3: 90.25}
"""Mean days of the period that holds the 29th of February, by months in it."""


@dataclass(frozen=True, slots=True)
class Periods:
    """Months or quarters that a series' positions are.

    Attributes:
        step: Months in a period.
        first: Months from January 1970 to the first period.
    """

    step: int
    first: int

    def columns(self, family: Family, chosen: Candidate, length: int) -> Floats:
        """Columns of a family ``(length, k)``, not to be written to."""
        return _columns(self, family.name, chosen, length)

    def leap(self, length: int) -> Floats:
        """Log effect ``(length,)`` of a leap year on a flow: a day more among 28.25 (or 90.25)."""
        days = weekday_columns(self.step, self.offset)[:, -1:]
        out: Floats = self.cut(days, length)[:, 0] / LEAP[self.step]
        return out

    @property
    def offset(self) -> int:
        """Months of the first period after the nearest multiple of ``step`` in the year."""
        return (self.first - ORIGIN) % 12 % self.step

    def cut(self, every: Floats, length: int) -> Floats:
        """The part of columns from the first period on; zeros beyond the calendar's years."""
        start = (self.first - ORIGIN - self.offset) // self.step
        if start >= 0 and start + length <= len(every):
            return every[start : start + length]
        out = np.zeros((length, every.shape[1]))
        place = start + np.arange(length)
        known = (place >= 0) & (place < len(every))
        out[known] = every[place[known]]
        return out


@lru_cache(maxsize=1024)
def _columns(periods: Periods, name: str, chosen: Candidate, length: int) -> Floats:
    """Kept, as the series of a panel mostly begin and end together."""
    out: Floats = periods.cut(every_column(name, periods.step, periods.offset), length)
    out = np.ascontiguousarray(out[:, list(chosen)])
    out.flags.writeable = False
    return out


def periods_of(calendar: Calendar) -> Periods | None:
    """Periods of a monthly or quarterly calendar; None for others.

    A quarter stamped in its last month (March, June, …) is the one that ends there.
    """
    frequency = calendar.frequency
    if frequency.unit != "month" or frequency.step not in (1, 3):
        return None
    first = int(calendar.start.astype("datetime64[M]").astype(np.int64))
    if frequency.step == 3 and (first + 1) % 3 == 0:
        first -= 2
    return Periods(frequency.step, first)


@dataclass(frozen=True, slots=True)
class View:
    """A series as one origin knows it, on the model's scale.

    Attributes:
        z: ``(n,)`` gaps filled.
        log: Whether ``z`` is logs.
        holes: Positions of gaps.
        m: Season length.
        periods: Which months its positions are.
    """

    z: Floats
    log: bool
    holes: Ints
    m: int
    periods: Periods

    def columns(self, family: Family, chosen: Candidate) -> Floats:
        """Columns of a family over the history, ``(n, k)``."""
        return self.periods.columns(family, chosen, len(self.z))

    def gaps(self) -> Floats:
        """Columns ``(n, q)`` that take the values at the gaps out of the regression."""
        out = np.zeros((len(self.z), len(self.holes)))
        if not len(self.holes):
            return out
        out[self.holes, np.arange(len(self.holes))] = 1.0
        return out

    def flow(self, families: Sequence[Family]) -> View:
        """The view without the effect of leap years, if it is a flow: if its weekdays count."""
        if not self.log or all(family.name != TRADING for family in families):
            return self
        return replace(self, z=self.z - self.periods.leap(len(self.z)))


@dataclass(frozen=True, slots=True)
class Noise:
    """Airline noise of a series.

    Attributes:
        theta: Coefficient at lag 1.
        big: Coefficient at the season.
    """

    theta: float
    big: float


def views(series: Series, cuts: Sequence[int], season: int) -> list[View | None]:
    """A series at each cut; None where effects are out of reach."""
    periods = periods_of(series.calendar)
    if periods is None or season != 12 // periods.step:
        return [None] * len(cuts)
    there = ~np.isnan(series.y)
    gaps = np.flatnonzero(~there)
    varies = _first(there & (series.y != series.y[_first(there)])) if there.any() else 0
    # Logs are taken once, up to the first value that has none; a cut after it is not on logs.
    low = _first(series.y <= 0)
    logs = np.log(series.y[:low])
    out: list[View | None] = []
    for cut in cuts:
        holes = gaps[gaps < cut]
        enough = cut - len(holes) >= max((1 - MISSING) * cut, YEARS * season)
        if not enough or cut <= varies:
            out.append(None)
            continue
        z = logs[:cut] if cut <= low else series.y[:cut]
        if len(holes):
            z = fill_gaps(z, season)
        out.append(View(z, cut <= low, holes, season, periods))
    return out


def _first(true: Bools) -> int:
    """Place of the first true value; their number if there is none."""
    place = int(true.argmax())
    return place if true[place] else len(true)


def stacked(view: View, *blocks: Floats) -> Floats:
    """The data and columns ``(n, k)`` side by side, ``(n, 1 + …)``."""
    filled = [block for block in blocks if block.shape[1]]
    if not filled:
        return view.z.reshape(-1, 1)
    out = np.empty((len(view.z), 1 + sum([block.shape[1] for block in filled])))
    out[:, 0] = view.z
    place = 1
    for block in filled:
        out[:, place : place + block.shape[1]] = block
        place += block.shape[1]
    return out


def shocks(view: View, noise: Noise, *blocks: Floats) -> Floats:
    """The data and columns, differenced and filtered, ``(n, 1 + …)``.

    The first ``m + 1`` rows are back-forecast; the others belong to the periods from there on.
    """
    return airline.shocks(stacked(view, *blocks), noise.theta, noise.big, view.m)


def noise_of(view: View, *blocks: Floats) -> Noise:
    """Noise of a series given regressors ``(n, k)``."""
    return Noise(*airline.noise(stacked(view, *blocks), view.m))
