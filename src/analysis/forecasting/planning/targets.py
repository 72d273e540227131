"""The annual target: by quarter and month, how far it is met, and where the run rate leads.

The year is divided by the seasonal shares of :mod:`…planning.shares`. To date it is judged
against the share of a year that had gone by the same day in past years. Where the year leads is
actual to date plus a forecast of the rest, if there is one that reaches the year's end; else the
past ratios of rest to date (log scale, Student's t with years − 1 degrees of freedom): this year
is then taken to go on as past years went on from that day. Nothing is borrowed from other days of
the year: where years drift, that made 80 % intervals from two years cover 70 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError
from analysis.forecasting.arrays import Floats
from analysis.forecasting.forecast import ForecastResult
from analysis.forecasting.planning.checks import Unsuited, check_level, check_target
from analysis.forecasting.planning.days import (
    Days,
    Stamped,
    days_of,
    days_of_panel,
    longest_gap,
)
from analysis.forecasting.planning.predictive import Predictive, certain, of_ratio
from analysis.forecasting.planning.remaining import reach_of, remaining
from analysis.forecasting.planning.rounding import split
from analysis.forecasting.planning.shares import CLOSED, MonthShares, month_shares
from analysis.forecasting.words_remarks import Remark

QUARTER = np.repeat(np.arange(4), 3)


@dataclass(frozen=True)
class TargetPlan:
    """An annual target, divided and followed.

    Attributes:
        year: Year of the target.
        target: Annual target, in the unit of ``y``.
        months: ``(12,)`` targets of the months; they add up to the target.
        shares: Seasonal shares and the years behind them.
        level: Level of all intervals, in percent.
        as_of: Last known day of the year; None before it has begun.
        actual: ``(12,)`` sales of the year by month up to then.
        previous: ``(12,)`` sales of the year before; NaN where not known.
        gone: Share of the annual target that was due by ``as_of``.
        rest_before: Sales of the year before after the same day; NaN if not known.
        close: Distribution of the year's total; None if nothing can be said of it.
        method: What the close rests on: ``"forecast"``, ``"run rate"``, ``"complete"``; or why
            there is none: ``"not begun"``, ``"nothing sold"``, ``"no season"`` (past years sold
            nothing before or after this day), ``"one year"`` (no telling how years differ).
        remarks: What was odd in the data and what was done about it.
    """

    year: int
    target: float
    months: Floats
    shares: MonthShares
    level: float
    as_of: pd.Timestamp | None
    actual: Floats
    previous: Floats
    gone: float
    rest_before: float
    close: Predictive | None
    method: str
    remarks: tuple[str, ...]

    @property
    def to_date(self) -> float:
        """Actual sales to date."""
        return float(self.actual.sum())

    @property
    def to_go(self) -> float:
        """Target minus actual to date; negative once the target is passed."""
        return self.target - self.to_date

    @property
    def ahead(self) -> float:
        """Actual minus what was due to date, as a share of what was due; NaN before the year."""
        due = self.target * self.gone
        return self.to_date / due - 1 if due > 0 else float("nan")

    @property
    def required_growth(self) -> float:
        """Growth on the same days of the year before that the rest must bring; NaN if unknown."""
        return max(self.to_go, 0.0) / self.rest_before - 1 if self.rest_before > 0 else np.nan

    @property
    def chance(self) -> float:
        """Probability of reaching the target; NaN without a projection."""
        return self.close.chance(self.target) if self.close else float("nan")

    def table(self) -> pd.DataFrame:
        """One row a month: ``month, share, lo, hi, target, actual, attained, previous, growth``.

        ``lo`` and ``hi`` are the interval of one coming year's share; ``growth`` is target on the
        year before.
        """
        share = self.shares.of_year(self.year)
        lo, hi = self.shares.bounds(self.year, self.level)
        due = self.months > 0
        known = self._known()
        actual = np.where(known, self.actual, np.nan)
        grown = self.previous > 0
        return pd.DataFrame(
            {
                "month": [f"{self.year}-{month:02d}" for month in range(1, 13)],
                "share": share,
                "lo": lo,
                "hi": hi,
                "target": self.months,
                "actual": actual,
                "attained": np.where(due, actual / np.where(due, self.months, 1.0), np.nan),
                "previous": self.previous,
                "growth": np.where(
                    grown, self.months / np.where(grown, self.previous, 1.0) - 1, np.nan
                ),
            }
        )

    def quarters(self) -> pd.DataFrame:
        """One row a quarter: ``quarter, share, lo, hi, target, actual, attained``.

        The quarters' intervals come from the quarters' own shares in past years.
        """
        lo, hi = self.shares.bounds(self.year, self.level, QUARTER)
        target = np.bincount(QUARTER, self.months)
        known = self._known().reshape(4, 3).any(axis=1)
        actual = np.where(known, np.bincount(QUARTER, self.actual), np.nan)
        return pd.DataFrame(
            {
                "quarter": [f"{self.year}-Q{quarter}" for quarter in range(1, 5)],
                "share": np.bincount(QUARTER, self.shares.of_year(self.year)),
                "lo": lo,
                "hi": hi,
                "target": target,
                "actual": actual,
                "attained": np.where(target > 0, actual / np.where(target > 0, target, 1), np.nan),
            }
        )

    def _known(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        last = 0 if self.as_of is None else self.as_of.month
        return np.arange(1, 13) <= last

    def plot(self, ax: Axes | None = None, lang: str = "en") -> Axes:
        """Monthly targets with the interval of their share, and what came."""
        from analysis.forecasting.planning.charts import months

        return months(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: where the year stands, what the rest must bring, where it leads."""
        from analysis.forecasting.planning.words import target_sentence

        return target_sentence(self, lang)


def annual_plan(
    history: pd.DataFrame | ForecastResult,
    *,
    target: float,
    year: int,
    whole: bool = False,
    level: float = 80,
    stamped: Stamped = "start",
) -> TargetPlan:
    """Divide an annual target and follow it.

    Args:
        history: ``ds, y`` (and ``unique_id``): past years and the year itself as far as known,
            daily, weekly or monthly; or a forecast made from such a panel, which then also gives
            the rest of the year if it reaches its end.
        target: Annual target, in the unit of ``y``.
        year: Year of the target.
        whole: Whether targets must be whole numbers.
        level: Level of the intervals, in percent.
        stamped: Whether a week's stamp is its first or its last day.

    Raises:
        InputError: If there is no full year before ``year``, actuals of the year do not begin
            with it, or an argument is out of range.
    """
    check_target(target)
    check_level(level)
    if whole and target != round(target):
        raise InputError(f"target: found {target!r}, expected a whole number with whole=True")
    made = history if isinstance(history, ForecastResult) else None
    days = days_of_panel(made.panel, stamped) if made else days_of(history, stamped)  # type: ignore[arg-type]
    shares = month_shares(days, year)
    months = split(target, shares.of_year(year), whole=whole)
    as_of, remarks = _known_until(days, year)
    actual = _by_month(days.total, year)
    end = pd.Timestamp(year, 12, 31)
    gone, rest_before = 0.0, np.nan
    previous = _by_month(days.total, year - 1) if year - 1 in shares.years else np.full(12, np.nan)
    if year - 1 in shares.years:
        rest_before = float(previous.sum())
    if as_of is not None:
        gone = _due(months / target, shares, as_of)
        rest_before = _rest_before(days.total, as_of) if year - 1 in shares.years else np.nan
    close, method = _close(made, shares, float(np.nansum(actual)), as_of, end)
    if made is not None and method not in ("forecast", "complete"):
        remarks.append(f"forecast not used: it ends on {reach_of(made):%Y-%m-%d}")
    if shares.left_out:
        remarks.append(
            f"series left out of the shares for not covering the years: {len(shares.left_out)}"
        )
    if method == "run rate" and len(shares.years) == 2:
        remarks.append("run rate from two years: how far years differ is itself hardly known")
    if len(shares.years) == 1:
        remarks.append(f"one full year only ({shares.years[0]}): shares have no interval")
    return TargetPlan(
        year, float(target), months, shares, level, as_of, np.nan_to_num(actual), previous, gone,
        rest_before, close, method, tuple(remarks),
    )  # fmt: skip


def _known_until(days: Days, year: int) -> tuple[pd.Timestamp | None, list[str]]:
    """Last known day of the year, and remarks on days without a value before it."""
    total = days.total
    mine = total[pd.DatetimeIndex(total.index).year == year].dropna()
    if mine.empty:
        return None, []
    last = pd.Timestamp(mine.index[-1])
    every = pd.date_range(f"{year}-01-01", last)
    missing = total.reindex(every).isna().to_numpy()
    first = pd.Timestamp(mine.index[0])
    if int((first - every[0]).days) > CLOSED:
        raise Unsuited(
            f"history: found sales of {year} from {first:%Y-%m-%d} on, expected them from the "
            "year's first day",
            Remark.say(
                "Sales of {year} are known from {date} on only.",
                year=year,
                date=f"{first:%Y-%m-%d}",
            ),
        )
    remarks = []
    if longest_gap(~missing) > CLOSED:
        remarks.append(f"days of {year} without a value, counted as nothing sold: {missing.sum()}")
    return last, remarks


def _by_month(total: pd.Series, year: int) -> Floats:
    """Sales of each month of a year, ``(12,)``; 0 for months without days."""
    mine = total[pd.DatetimeIndex(total.index).year == year]
    month = pd.DatetimeIndex(mine.index).month.to_numpy()
    sums = np.bincount(month - 1, np.nan_to_num(mine.to_numpy()), minlength=12)
    return sums.astype(np.float64)


def _due(target: Floats, shares: MonthShares, day: pd.Timestamp) -> float:
    """Share of the target due by the end of a day: months before it, and its part of its own."""
    within = target[day.month - 1] * shares.gone_of_month(day)
    return float(target[: day.month - 1].sum() + within)


def _rest_before(total: pd.Series, as_of: pd.Timestamp) -> float:
    """Sales of the year before after the same day (28 February for a leap day)."""
    same = as_of - pd.DateOffset(years=1)
    index = pd.DatetimeIndex(total.index)
    rest: float = total[(index.year == same.year) & (index > same)].sum()
    return float(rest)


def _close(
    made: ForecastResult | None,
    shares: MonthShares,
    actual: float,
    as_of: pd.Timestamp | None,
    end: pd.Timestamp,
) -> tuple[Predictive | None, str]:
    """Distribution of the year's total, and what it rests on."""
    if as_of is not None and as_of >= end:
        return certain(actual), "complete"
    if made is not None and reach_of(made) >= end:
        start = pd.Timestamp(end.year, 1, 1) if as_of is None else as_of + pd.Timedelta(days=1)
        return remaining(made, start, end).total().plus(actual), "forecast"
    if as_of is None:
        return None, "not begun"
    if actual <= 0:
        return None, "nothing sold"
    part = shares.gone(as_of)
    if np.any((part <= 0) | (part >= 1)):
        return None, "no season"
    close = of_ratio(actual, actual, np.log((1 - part) / part))
    return close, "run rate" if close else "one year"
