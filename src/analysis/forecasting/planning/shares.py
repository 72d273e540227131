"""Seasonal shares of a year by calendar month, with what years differ by.

Shares of a whole are compositional data: they are averaged as log-ratios (centred log-ratio,
Aitchison 1986, The Statistical Analysis of Compositional Data), so that twice and half weigh the
same, and closed to 1. They stand on sales per day of the month, so that a leap day belongs to its
February. How far a single year's share lies from the average is told on the logit scale by
Student's t; with two to five years a month's own variance is hardly known, so it is averaged with
that of all months (the moderated variance of Smyth 2004, SAGMB 3). The prior is worth one degree
of freedom: in simulated years whose months were independent, drifted or wandered, 80 % intervals
then covered 81–88 % over all months and 72 % or more in any one. Years are taken as exchangeable:
a trend in the shares is not modelled, and a festival that moves between months is part of what
years differ by.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.forecasting.arrays import Bools, Floats, Ints
from analysis.forecasting.planning.checks import Unsuited
from analysis.forecasting.planning.days import Days, longest_gap
from analysis.forecasting.words_remarks import Remark

PRIOR = 1.0
"""Degrees of freedom that all columns together lend to each."""
CLOSED = 3
"""Days in a row that may be without a value (a shop closed over a holiday) in a full year."""
MATCHED = 0.5
ONE_EACH: Ints = np.arange(12)


def month_lengths(year: int) -> Floats:
    """Days of each month, ``(12,)``."""
    return np.array(
        [calendar.monthrange(year, month)[1] for month in range(1, 13)], dtype=np.float64
    )


def moderated(values: Floats, prior: float = PRIOR) -> tuple[Floats, Floats, Floats, Floats]:
    """What a few rows say of each column: the shrunken standard deviation of one row.

    Args:
        values: ``(rows, columns)``; NaN where not known.
        prior: Degrees of freedom that all columns lend to each; 0 to leave columns alone.

    Returns:
        Each ``(columns,)``: number of known rows, mean, standard deviation shrunk to that of all
        columns, degrees of freedom of its Student's t. All NaN but the number, and the mean of a
        single row, where no column has two rows.
    """
    known = ~np.isnan(values)
    count = known.sum(axis=0).astype(np.float64)
    mean = np.where(known, values, 0.0).sum(axis=0) / np.where(count > 0, count, np.nan)
    squares = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0)
    freedom = np.maximum(count - 1, 0.0)
    if not freedom.any():
        nothing = np.full(values.shape[1], np.nan)
        return count, mean, nothing, nothing
    common = squares.sum() / freedom.sum()
    total = np.where(freedom + prior > 0, freedom + prior, np.nan)
    deviation = np.sqrt((squares + prior * common) / total)
    return count, mean, deviation, total


@dataclass(frozen=True, slots=True)
class MonthShares:
    """Shares of the year by calendar month.

    Attributes:
        years: Full years they are estimated from, rising.
        total: Daily sales of those years; NaN on days without a value.
        left_out: Series left out because they do not cover these years.
    """

    years: tuple[int, ...]
    total: pd.Series
    left_out: tuple[str, ...]

    def sales(self) -> Floats:
        """Sales by month of each full year, ``(years, 12)``."""
        index = pd.DatetimeIndex(self.total.index)
        row = np.searchsorted(np.array(self.years), index.year.to_numpy())
        cell = 12 * row + index.month.to_numpy() - 1
        sold = np.nan_to_num(self.total.to_numpy(dtype=np.float64))
        sales = np.bincount(cell, sold, minlength=12 * len(self.years))
        return sales.reshape(len(self.years), 12).astype(np.float64)

    def past(self, year: int) -> Floats:
        """Shares of each full year, had its months been as long as those of ``year``."""
        per_day = self.sales() / np.stack([month_lengths(one) for one in self.years])
        weighed = per_day * month_lengths(year)
        past: Floats = weighed / weighed.sum(axis=1, keepdims=True)
        return past

    def of_year(self, year: int) -> Floats:
        """Shares to plan a year with, ``(12,)``; they sum to 1.

        A month without sales in some year has no logarithm: its share is the arithmetic mean.
        """
        past = self.past(year)
        always = (past > 0).all(axis=0)
        mean = np.where(always, 0.0, past.mean(axis=0))
        if always.any():
            geometric = np.exp(np.log(past[:, always]).mean(axis=0))
            mean[always] = (1 - mean.sum()) * geometric / geometric.sum()
        out: Floats = mean / mean.sum()
        return out

    def bounds(self, year: int, level: float, group: Ints = ONE_EACH) -> tuple[Floats, Floats]:
        """Interval of the shares of one coming year.

        Args:
            year: The year.
            level: Share to cover, in percent.
            group: ``(12,)`` position of the part that each month belongs to.

        Returns:
            Lower and upper bounds ``(parts,)``; NaN with a single full year, and for parts
            without sales in some year.
        """
        share = np.bincount(group, self.of_year(year))
        past = np.stack([np.bincount(group, each) for each in self.past(year)])
        usable = ((past > 0) & (past < 1)).all(axis=0)
        lo, hi = np.full(len(share), np.nan), np.full(len(share), np.nan)
        if len(self.years) < 2 or not usable.any():
            return lo, hi
        _, _, deviation, freedom = moderated(np.log(past[:, usable] / (1 - past[:, usable])))
        half = stats.t.ppf(0.5 + level / 200, freedom) * deviation
        half = half * np.sqrt(1 + 1 / len(self.years))
        middle = np.log(share[usable] / (1 - share[usable]))
        lo[usable], hi[usable] = (1 / (1 + np.exp(-(middle + side * half))) for side in (-1, 1))
        return lo, hi

    def gone(self, day: pd.Timestamp) -> Floats:
        """Share of its year sold by the end of the same day, in each full year."""
        return np.array([self._sold(year, 1, day) / self._year(year) for year in self.years])

    def gone_of_month(self, day: pd.Timestamp) -> float:
        """Share of a month due by the end of a day: the mean of what was sold by then."""
        if day.day == day.days_in_month:
            return 1.0
        sold = np.array([self._sold(year, day.month, day) for year in self.years])
        sales = self.sales()[:, day.month - 1]
        some = sales > 0
        return (
            float((sold[some] / sales[some]).mean()) if some.any() else day.day / day.days_in_month
        )

    def _year(self, year: int) -> float:
        return float(self.total[f"{year}"].sum())

    def _sold(self, year: int, since: int, day: pd.Timestamp) -> float:
        """Sales of a year from a month's first day to the day that stands for ``day`` in it."""
        length = int(month_lengths(year)[day.month - 1])
        last = length if day.day == day.days_in_month else min(day.day, length)
        stretch = self.total[f"{year}-{since:02d}-01" : f"{year}-{day.month:02d}-{last:02d}"]
        return float(stretch.sum())


def full_years(index: pd.DatetimeIndex, known: Bools) -> tuple[int, ...]:
    """Years of which every day is known, but for closures of up to :data:`CLOSED` days in a row.

    Args:
        index: Days without a gap.
        known: Whether each of them has a value.
    """
    found = []
    for year in range(index[0].year, index[-1].year + 1):
        begin = (pd.Timestamp(year, 1, 1) - index[0]).days
        end = (pd.Timestamp(year, 12, 31) - index[0]).days + 1
        outside = np.zeros(max(-begin, 0, end - len(known)), dtype=np.bool_)
        inside = known[max(begin, 0) : end]
        # Days before the first or after the last one are unknown, too.
        ends = (outside[: max(-begin, 0)], inside, outside[: max(end - len(known), 0)])
        if longest_gap(np.concatenate(ends)) <= CLOSED:
            found.append(year)
    return tuple(found)


def month_shares(days: Days, before: int) -> MonthShares:
    """Shares from the full years before a year.

    Series that came or went within those years would look like season: they are left out, unless
    that leaves less than half of the sales.

    Args:
        days: Daily sales.
        before: Year that is to be planned; only years before it count.

    Raises:
        InputError: If there is no full year, or one of them has no sales.
    """
    index = pd.DatetimeIndex(days.table.index)
    known = days.table.notna().to_numpy()
    some: Bools = days.total.notna().to_numpy()
    years = tuple(year for year in full_years(index, some) if year < before)
    if not years:
        raise Unsuited(
            f"history: found {index[0]:%Y-%m-%d} to {index[-1]:%Y-%m-%d}, expected at least one "
            f"full calendar year before {before}",
            Remark.say("It needs a full calendar year before {year}.", year=before),
        )
    inside = days.table[index.year.isin(years)]
    covering = [
        name
        for name, mine in zip(inside.columns, known.T, strict=True)
        if set(years) <= set(full_years(index, mine))
    ]
    kept = covering
    if np.nansum(inside[covering].to_numpy()) < MATCHED * np.nansum(inside.to_numpy()):
        kept = list(inside.columns)
    total = inside[kept].sum(axis=1, min_count=1)
    made = MonthShares(years, total, tuple(sorted(set(inside.columns) - set(kept))))
    for year, months in zip(years, made.sales(), strict=True):
        if months.min() < 0 or months.sum() <= 0:
            raise Unsuited(
                f"history: found sales of {months.sum():g} in {year}, lowest month "
                f"{months.min():g}; expected months of at least 0 and a year above 0",
                Remark.say(
                    "A year is divided like past ones, but {year} sold nothing or has a month "
                    "below 0.",
                    year=year,
                ),
            )
    return made
