"""From pre-sale orders to the season: what past seasons made of theirs.

A pre-sale is part of its season, so its share lies between 0 and 1 and is averaged on the logit
scale, which is the logarithm of pre-sale over what came after it. The season is the orders so far
times one plus the ratio of the rest to them; its interval is Student's t for one more season,
with seasons − 1 degrees of freedom. Seasons are taken as exchangeable: a pre-sale that was pushed
harder than before pulls orders forward, and the forecast is then too high.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.forecasting.arrays import Floats
from analysis.forecasting.planning.checks import check_level, shown
from analysis.forecasting.planning.predictive import Predictive, of_ratio

SOURCE = "past seasons"


@dataclass(frozen=True)
class PresaleForecast:
    """A season's total from its pre-sale.

    Attributes:
        past: ``season, presale, total, share`` of past seasons; pre-sale up to ``day`` if given.
        orders: Pre-sale orders of this season (so far).
        day: Day of the pre-sale up to which orders are known; None for the whole of it.
        value: Total forecast, in the unit of ``orders``.
        close: Its distribution; None with one past season.
        level: Level of the interval, in percent.
        season: Name of this season; empty if it has none.
    """

    past: pd.DataFrame
    orders: float
    day: int | None
    value: float
    close: Predictive | None
    level: float
    season: str = ""

    @property
    def interval(self) -> tuple[float, float]:
        """Interval of the season's total; NaN with one past season."""
        return self.close.interval(self.level) if self.close else (math.nan, math.nan)

    @property
    def share(self) -> float:
        """Share of its season that the pre-sale is taken to be."""
        return self.orders / self.value

    def chance(self, target: float) -> float:
        """Probability that the season reaches a target; NaN with one past season."""
        return self.close.chance(target) if self.close else math.nan

    def table(self) -> pd.DataFrame:
        """One row a season: ``season, presale, share, total, lo, hi, remaining, forecast``.

        ``forecast`` is False for past seasons, which have no interval: they are known.
        """
        lo, hi = self.interval
        now = {
            "season": self.season or "forecast", "presale": self.orders, "share": self.share,
            "total": self.value, "lo": lo, "hi": hi, "forecast": True,
        }  # fmt: skip
        past = self.past.assign(lo=np.nan, hi=np.nan, forecast=False)
        frame = pd.DataFrame([*past.to_dict("records"), now])
        frame["remaining"] = frame["total"] - frame["presale"]
        order = ["season", "presale", "share", "total", "lo", "hi", "remaining", "forecast"]
        return frame[order].astype({"season": "str"})

    def plot(self, ax: Axes | None = None, lang: str = "en") -> Axes:
        """Past totals and the one forecast with its interval, pre-sale in each marked."""
        from analysis.forecasting.planning.charts import presale

        return presale(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: the season to plan for, its range, and what it rests on."""
        from analysis.forecasting.planning.words import presale_sentence

        return presale_sentence(self, lang)


def presale_forecast(
    past: pd.DataFrame, orders: float, *, level: float = 80, day: int | None = None
) -> PresaleForecast:
    """Extrapolate a pre-sale.

    Args:
        past: ``season, presale, total``, one row a past season; pre-sale part of the total.
        orders: Pre-sale orders of this season, same unit.
        level: Level of the interval, in percent.
        day: Day of the pre-sale that ``orders`` and ``past`` stand at; None for the whole.

    Raises:
        InputProblems: With everything wrong with the past seasons.
        InputError: If ``orders`` is not above 0.
    """
    check_level(level)
    if not (math.isfinite(orders) and orders > 0):
        raise InputError(
            f"orders: found {orders!r}, expected more than 0: no share of nothing is a season"
        )
    problems = list(_problems(past))
    if problems:
        raise InputProblems(SOURCE, problems)
    made = pd.DataFrame(
        {
            "season": past["season"].astype("str").to_numpy(),
            "presale": past["presale"].to_numpy(dtype=np.float64),
            "total": past["total"].to_numpy(dtype=np.float64),
        }
    )
    made["share"] = made["presale"] / made["total"]
    log_rest: Floats = np.log(made["total"] / made["presale"] - 1).to_numpy()
    value = orders * (1 + math.exp(float(log_rest.mean())))
    return PresaleForecast(
        made, float(orders), day, value, of_ratio(orders, orders, log_rest), level
    )


def presale_by_day(
    daily: pd.DataFrame, totals: pd.DataFrame, season: object, *, level: float = 80
) -> PresaleForecast:
    """Extrapolate a pre-sale that is still running, by what past ones had sold by the same day.

    Args:
        daily: ``season, day, orders``: orders on each day of the pre-sale (1 is the first; a day
            without a row had none), past seasons and this one.
        totals: ``season, total`` of the past seasons.
        season: This season, as in ``daily``.
        level: Level of the interval, in percent.

    Raises:
        InputProblems: With everything wrong with the tables.
        InputError: If this season has no day, or a past pre-sale was over before this day.
    """
    for frame, wanted in ((daily, ("season", "day", "orders")), (totals, ("season", "total"))):
        absent = [name for name in wanted if name not in frame.columns]
        if absent:
            names = [str(name) for name in frame.columns]
            raise InputProblems(
                "pre-sale by day",
                [
                    Problem("no such column", f"it to be there ({nearest(n, names)})", column=n)
                    for n in absent
                ],
            )
    day, orders = (pd.to_numeric(daily[name], errors="coerce") for name in ("day", "orders"))
    wrong = {"day": ~(day >= 1), "orders": ~(orders >= 0) | np.isinf(orders)}
    problems = [
        Problem(shown(daily[name].iloc[row]), expected, row=int(row) + 2, column=name)
        for name, expected in (("day", "a day of 1 or later"), ("orders", "a number of at least 0"))
        for row in np.flatnonzero(wrong[name].to_numpy())
    ]
    if problems:
        raise InputProblems("pre-sale by day", problems)
    mine = (daily["season"] == season).to_numpy()
    if not mine.any():
        raise InputError(f"season: found no row of {season!r} in the daily orders, expected some")
    last = int(day[mine].max())
    early = orders.where(day <= last, 0.0).groupby(daily["season"].astype("str")).sum()
    longest = day.groupby(daily["season"].astype("str")).max()
    known = totals["season"].astype("str")
    short = [name for name in known if name in longest.index and longest[name] < last]
    if short:
        raise InputError(
            f"season {short[0]!r}: found a pre-sale of {int(longest[short[0]])} days, expected one "
            f"that reaches day {last}; use presale_forecast with the whole pre-sale"
        )
    past = totals.assign(presale=known.map(early).fillna(0.0).to_numpy())
    past = past[(totals["season"] != season).to_numpy()]
    return presale_forecast(past, float(early[str(season)]), level=level, day=last)


def _problems(past: pd.DataFrame) -> Iterator[Problem]:
    """Everything wrong with the table of past seasons."""
    names = [str(name) for name in past.columns]
    absent = [name for name in ("season", "presale", "total") if name not in names]
    for name in absent:
        yield Problem("no such column", f"it to be there ({nearest(name, names)})", column=name)
    if absent:
        return
    if not len(past):
        yield Problem("no season", "at least one")
    numbers = {n: pd.to_numeric(past[n], errors="coerce") for n in ("presale", "total")}
    for name, values in numbers.items():
        for row in np.flatnonzero(~((values > 0) & np.isfinite(values)).to_numpy()):
            value = past[name].iloc[row]
            yield Problem(shown(value), "a number above 0", row=int(row) + 2, column=name)
    over = (numbers["presale"] >= numbers["total"]) & (numbers["total"] > 0)
    for row in np.flatnonzero(over.to_numpy()):
        text = f"{past['presale'].iloc[row]:g} of {past['total'].iloc[row]:g}"
        yield Problem(
            text, "a pre-sale below the season's total", row=int(row) + 2, column="presale"
        )
    twice = past["season"].astype("str").duplicated().to_numpy()
    for row in np.flatnonzero(twice):
        value = past["season"].iloc[row]
        yield Problem(
            f"{shown(value)} again", "one row a season", row=int(row) + 2, column="season"
        )
