"""Hours of the day: when orders come, when visits convert, and which slot to push in.

Shares are ratios of sums over days. Hours of one day share that day's fortune, so whole days are
resampled, in blocks of a week where there are three weeks or more (weekday rhythm, spells), and
the percentile interval is stretched by Student's t over the normal for so few blocks: unstretched,
80 % intervals from 60 independent days covered 70 %, stretched 75 %; with autocorrelated days 63 %
and 70 %, and day by day only 56 %.
The best slot looks better in the data it was picked from than it is; that optimism is estimated
by picking again in each resample and measuring the pick in the data (Efron & Tibshirani 1993, An
Introduction to the Bootstrap, ch. 17), and taken off the gain.

All of it is observation: people who order at nine are not the people a push at nine would reach.
Only a test with random send times says what moving a push brings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import stats

from analysis.base.errors import InputError, nearest
from analysis.forecasting.arrays import Floats
from analysis.forecasting.planning.checks import check_level
from analysis.forecasting.planning.order_times import read_orders
from analysis.forecasting.planning.push_slot import HOURS, PushSlot, slots_of
from analysis.stats import cluster_bootstrap

BLOCK = 7
LEAST = 7
Aim = Literal["orders", "conversion"]


@dataclass(frozen=True)
class HourProfile:
    """Orders (and conversion) by hour of the day.

    Attributes:
        days: Number of days with orders or sessions.
        first: First of them.
        last: Last of them.
        orders: ``(24,)`` orders by hour.
        sessions: ``(24,)`` sessions by hour; None if not given.
        drawn_orders: ``(draws, 24)`` orders by hour of the resamples.
        drawn_sessions: ``(draws, 24)`` sessions of the same resamples; None if not given.
        level: Level of the intervals, in percent.
        stretch: What intervals are stretched by for the small number of blocks.
        reason: Why there are no intervals; empty if there are.
    """

    days: int
    first: pd.Timestamp
    last: pd.Timestamp
    orders: Floats
    sessions: Floats | None
    drawn_orders: Floats
    drawn_sessions: Floats | None
    level: float
    stretch: float
    reason: str

    def rates(self, aim: Aim = "orders") -> tuple[Floats, Floats]:
        """Share of orders, or conversion, by hour.

        Returns:
            In the data ``(24,)`` and resampled ``(draws, 24)``; NaN in hours without sessions.
        """
        now, drawn = (_over(top, bottom) for top, bottom in self._sides(aim))
        return (now / HOURS, drawn / HOURS) if aim == "orders" else (now, drawn)

    def _sides(self, aim: Aim) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        """Orders, and what they are held against: sessions, or the average hour's orders."""
        if aim == "orders":
            even, drawn = (
                np.repeat(o.mean(axis=-1, keepdims=True), HOURS, axis=-1)
                for o in (self.orders, self.drawn_orders)
            )
            return (self.orders, even), (self.drawn_orders, drawn)
        if aim != "conversion":
            raise InputError(f"aim: found {aim!r} ({nearest(aim, ('orders', 'conversion'))})")
        if self.sessions is None or self.drawn_sessions is None:
            raise InputError("conversion: found no sessions, expected a column of sessions by hour")
        return (self.orders, self.sessions), (self.drawn_orders, self.drawn_sessions)

    def _relative(self, aim: Aim, together: Floats) -> tuple[Floats, Floats]:
        """Rate of some hours together over that of the whole day.

        Args:
            aim: Which rate.
            together: ``(24, sets)`` 1 where an hour belongs to a set.
        """
        now, drawn = (
            _over(top @ together, bottom @ together)
            / _over(top.sum(axis=-1, keepdims=True), bottom.sum(axis=-1, keepdims=True))
            for top, bottom in self._sides(aim)
        )
        return now, drawn

    def _bounds(self, now: Floats, drawn: Floats) -> tuple[Floats, Floats]:
        """Stretched percentile interval around each column's value in the data."""
        bounds = np.full((2, drawn.shape[1]), np.nan)
        usable = np.isfinite(drawn).all(axis=0) & np.isfinite(now)
        if not self.reason:
            tails = [(100 - self.level) / 2, (100 + self.level) / 2]
            away = np.percentile(drawn[:, usable], tails, axis=0) - now[usable]
            # Rounding must not leave a bound on the wrong side.
            away = np.stack([np.minimum(away[0], 0.0), np.maximum(away[1], 0.0)])
            bounds[:, usable] = now[usable] + self.stretch * away
        return bounds[0], bounds[1]

    def peak(self, aim: Aim = "orders") -> tuple[int, ...]:
        """Hours that are not clearly below the best one.

        An hour is in unless the interval of the best hour's lead over it, from the same
        resamples, lies above 0.
        """
        rate, drawn = self.rates(aim)
        best = int(np.nanargmax(rate))
        if self.reason:
            return (best,)
        lower, _ = self._bounds(rate[best] - rate, drawn[:, [best]] - drawn)
        near = np.isfinite(rate) & ~(lower > 0)
        near[best] = True
        return tuple(int(hour) for hour in np.flatnonzero(near))

    def table(self) -> pd.DataFrame:
        """One row an hour: ``hour, orders, share, lo, hi, peak``, with sessions also conversion."""
        frame = pd.DataFrame({"hour": np.arange(HOURS), "orders": self.orders})
        frame["share"], frame["lo"], frame["hi"] = self._bounded("orders")
        frame["peak"] = frame["hour"].isin(self.peak("orders"))
        if self.sessions is not None:
            rate, lo, hi = self._bounded("conversion")
            frame = frame.assign(
                sessions=self.sessions, conversion=rate, conversion_lo=lo, conversion_hi=hi
            )
            frame["conversion_peak"] = frame["hour"].isin(self.peak("conversion"))
        return frame

    def _bounded(self, aim: Aim) -> tuple[Floats, Floats, Floats]:
        """Rate by hour and its bounds, none below 0."""
        rate, drawn = self.rates(aim)
        lo, hi = self._bounds(rate, drawn)
        return rate, np.maximum(lo, 0.0), hi

    def slot(self, length: int = 1, aim: Aim | None = None) -> PushSlot:
        """Best slot of a length.

        Args:
            length: Hours, 1 to 23.
            aim: What is best: the conversion if sessions are given (None), else orders.
        """
        if not 1 <= length < HOURS:
            raise InputError(f"length: found {length}, expected 1 to 23 hours")
        aim = aim or ("orders" if self.sessions is None else "conversion")
        now, drawn = self._relative(aim, slots_of(length))
        best = int(np.nanargmax(now))
        picks = np.nanargmax(drawn, axis=1)
        if self.reason:
            gain = float(now[best])
            return PushSlot(best, length, np.nan, gain - 1, np.nan, np.nan, np.nan)
        some = (now[picks] > 0) & (drawn[np.arange(len(drawn)), picks] > 0)
        picked = drawn[np.arange(len(drawn)), picks]
        optimism = max(0.0, float(np.mean(np.log(picked[some]) - np.log(now[picks][some]))))
        lo, hi = self._bounds(now[[best]], drawn[:, [best]])
        keep = np.exp(-optimism)
        return PushSlot(
            best, length, float(np.mean(picks == best)), float(now[best] * keep - 1),
            float(max(lo[0], 0.0) * keep - 1), float(hi[0] * keep - 1), optimism,
        )  # fmt: skip

    def claims(self, claims: Mapping[str, Sequence[int]], aim: Aim = "orders") -> pd.DataFrame:
        """Hold what is said about peak hours against the data.

        Args:
            claims: Name → hours that are said to be the peak.
            aim: Peak of orders or of conversion.

        Returns:
            ``claim, hours, rate, lo, hi`` (mean rate of these hours over that of the average
            hour), ``chance`` that the best hour is among them, and ``verdict``: ``holds`` (chance
            of 90 % or more), ``contradicted`` (10 % or less), else ``open``; ``no interval``
            where there is nothing to judge it by.
        """
        _, drawn = self.rates(aim)
        rows = []
        for name, hours in claims.items():
            picked = sorted(set(hours))
            if not picked or not all(0 <= hour < HOURS for hour in picked):
                raise InputError(
                    f"claims: found {name!r} with hours {list(hours)}, expected hours from 0 to 23"
                )
            member = np.isin(np.arange(HOURS), picked).astype(np.float64)[:, None]
            rate, rates = self._relative(aim, member)
            lo, hi = self._bounds(rate, rates)
            among = float(np.mean(np.isin(np.nanargmax(drawn, axis=1), picked)))
            rows.append(
                {
                    "claim": name,
                    "hours": ", ".join(map(str, picked)),
                    "rate": rate[0],
                    "lo": np.maximum(lo[0], 0.0),
                    "hi": hi[0],
                    "chance": np.nan if self.reason else among,
                    "verdict": "no interval" if self.reason else _verdict(among),
                }
            )
        return pd.DataFrame(rows)

    def plot(self, ax: Axes | None = None, lang: str = "en") -> Axes:
        """Share of orders by hour with intervals, peak hours in colour; conversion as a line."""
        from analysis.forecasting.planning.charts import hours

        return hours(self, ax, lang)

    def summary(self, lang: str = "en", length: int = 1) -> str:
        """One sentence: when orders peak, which slot to test, and what it may bring."""
        from analysis.forecasting.planning.words import hour_sentence

        return hour_sentence(self, length, lang)


def _verdict(chance: float) -> str:
    return "holds" if chance >= 0.9 else "contradicted" if chance <= 0.1 else "open"


def _over(top: Floats, bottom: Floats) -> Floats:
    """Quotient; NaN where there is nothing to divide by."""
    some = bottom > 0
    out: Floats = np.where(some, top / np.where(some, bottom, 1.0), np.nan)
    return out


def hour_profile(
    frame: pd.DataFrame,
    *,
    rng: np.random.Generator,
    level: float = 95,
    draws: int = 2000,
) -> HourProfile:
    """Profile of the hours of the day.

    Args:
        frame: ``ds`` (time), ``orders`` (number of them then; 1 each if there is no such column)
            and optionally ``sessions``. Several rows an hour are added up; an hour without a row
            had none, a day without a row is not counted.
        rng: For resampling days.
        level: Level of the intervals, in percent.
        draws: Number of resamples.

    Raises:
        InputProblems: With everything wrong with the table.
        InputError: If there are no orders at all.
    """
    check_level(level)
    if draws < 1:
        raise InputError(f"draws: found {draws}, expected at least 1")
    clean = read_orders(frame)
    hours = pd.DatetimeIndex(clean["ds"]).hour.to_numpy()
    day = pd.DatetimeIndex(clean["ds"]).normalize()
    codes, every = pd.factorize(day, sort=True)
    cell = codes * HOURS + hours
    size = len(every) * HOURS
    has_sessions = "sessions" in clean.columns
    cube = np.zeros((len(every), 2, HOURS))
    for side, name in enumerate(("orders", "sessions")[: 1 + has_sessions]):
        cube[:, side] = np.bincount(cell, clean[name], minlength=size).reshape(-1, HOURS)
    sums = cube.sum(axis=0)
    if sums[0].sum() <= 0:
        raise InputError("orders: found none at all, expected at least one")
    block = BLOCK if len(every) >= 3 * BLOCK else 1
    blocks = len(every) / block
    flat = cube.reshape(1, len(every), 2 * HOURS)
    drawn = cluster_bootstrap(flat, lambda values: values, draws=draws, rng=rng, block=block)
    # A resample of days without an order says nothing of when orders come.
    drawn = drawn[drawn[:, :HOURS].sum(axis=1) > 0].reshape(-1, 2, HOURS)
    tail = 0.5 + level / 200
    few = np.sqrt(blocks / (blocks - 1)) if blocks > 1 else 1.0
    stretch = float(few * stats.t.ppf(tail, max(blocks - 1, 1)) / stats.norm.ppf(tail))
    reason = "" if len(every) >= LEAST else f"{len(every)} days, fewer than {LEAST}"
    return HourProfile(
        len(every), pd.Timestamp(every[0]), pd.Timestamp(every[-1]), sums[0],
        sums[1] if has_sessions else None, drawn[:, 0], drawn[:, 1] if has_sessions else None,
        level, stretch, reason,
    )  # fmt: skip
