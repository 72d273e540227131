"""Festival columns that a daily or weekly panel supports."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.base.festivals import FESTIVALS
from analysis.base.festivals.windows import RAMPS, day_columns
from analysis.forecasting.arrays import Bools, Floats
from analysis.forecasting.calendar import Stamps
from analysis.forecasting.effects.screen import LEVEL
from analysis.forecasting.panel import Series

DURING: dict[str, int] = {
    "spring_festival": 7,
    "qingming": 3,
    "easter": 2,
    "labour_day": 5,
    "dragon_boat": 3,
    "mid_autumn": 3,
    "national_day": 7,
    "christmas": 2,
}
"""Days that a festival lasts, where that is more than one."""
AROUND = {1: (14, 21, 28), 7: (2, 3, 4)}
"""Steps to either side, of days and of weeks, whose median is the ordinary level."""
OCCURRENCES = 2
"""Past occurrences below which a column is left out: one cannot be told from chance."""
OFFSET = 0.05
"""Share of the mean sale that is added before logs, for days without any."""
HELD = 10.0
"""Robust deviations to which a day is held."""


@dataclass(frozen=True)
class DayColumns:
    """Festival columns of a daily or weekly panel.

    Attributes:
        names: ``(p,)`` festival and part, such as ``spring_festival before``.
        columns: By series ``(n + horizon, p)``, to be put beside its regressors.
        table: ``festival, part, occurrences, effect, se, t, entered``: mean deviation of the panel
            in robust deviations of a series' ordinary days, for every column tried.
        ends: Whether weekly stamps are the last days of their weeks.
    """

    names: tuple[str, ...]
    columns: tuple[Floats, ...]
    table: pd.DataFrame
    ends: bool


def festival_columns(
    series: Sequence[Series], cuts: Sequence[int], horizon: int, *, keys: Sequence[str] = ()
) -> DayColumns:
    """Festival windows that a daily or weekly panel supports, as columns for a regression.

    A day's deviation is its log from the median of the same weekdays two to four weeks away. The
    panel's mean deviation over a festival's window, averaged over its past occurrences, is held
    against the spread of the same average over windows laid on every other day (so that its
    correlation in time counts). A column enters beyond the normal quantile of 1 % shared among all
    columns tried, and with at least two occurrences.

    Args:
        series: Daily or weekly series of one frequency; others get no columns.
        cuts: By series, length of history that may be looked at: the earliest origin's.
        horizon: Steps ahead.
        keys: Festivals to try; all of them if left out.
    """
    keys = keys or tuple(FESTIVALS)
    reach = {_reach(one) for one in series}
    if len(reach) != 1 or not reach & {1, 7}:
        empty = tuple(np.zeros((len(one.y) + horizon, 0)) for one in series)
        return DayColumns((), empty, _tried([]), False)
    step = reach.pop()
    days, mean = _panel_deviation(series, cuts, step)
    sides = (False, True) if step == 7 else (False,)
    tried = [_evidence(days, mean, keys, step, ends) for ends in sides]
    ends = step == 7 and _strength(tried[1]) > _strength(tried[0])
    rows = tried[int(ends)]
    # The side of the week is one more choice among as many columns.
    limit = float(stats.norm.isf(LEVEL / (2 * len(keys) * len(RAMPS) * len(sides))))
    entered = [abs(t) > limit and count >= OCCURRENCES for _, _, count, _, _, t in rows]
    kept = [(key, part) for (key, part, *_), fine in zip(rows, entered, strict=True) if fine]
    columns = []
    for one in series:
        stamps = one.calendar.stamps(np.arange(len(one.y) + horizon)).astype("datetime64[D]")
        each = [_ramp(key, part, stamps, step, ends) for key, part in kept]
        columns.append(np.stack(each, axis=1) if each else np.zeros((len(stamps), 0)))
    table = _tried([(*row, fine) for row, fine in zip(rows, entered, strict=True)])
    return DayColumns(tuple(f"{k} {p}" for k, p in kept), tuple(columns), table, ends)


def _tried(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    columns = ["festival", "part", "occurrences", "effect", "se", "t", "entered"]
    return pd.DataFrame(list(rows), columns=columns)


def _reach(series: Series) -> int:
    """Days of a period: 1 or 7; 0 for other calendars."""
    frequency = series.calendar.frequency
    return frequency.step if frequency.unit == "day" and frequency.step in (1, 7) else 0


def _ramp(key: str, part: str, stamps: Stamps, step: int, ends: bool) -> Floats:
    first = stamps - np.timedelta64(6, "D") if ends else stamps
    return day_columns(key, first, DURING.get(key, 1), step)[:, RAMPS.index(part)]


def _panel_deviation(
    series: Sequence[Series], cuts: Sequence[int], step: int
) -> tuple[Stamps, Floats]:
    """Mean over series of deviations in their robust spread, by period; NaN where there is none."""
    parts = []
    for one, cut in zip(series, cuts, strict=True):
        y = one.y[:cut].copy()
        if one.opened is not None:
            y[one.opened[:cut] == 0] = np.nan
        known = y[~np.isnan(y)]
        if len(known) and known.min() >= 0 and known.max() > 0:
            y = np.log(y + OFFSET * float(known[known > 0].mean()))
        padded = np.pad(y, max(AROUND[step]), constant_values=np.nan)
        place = max(AROUND[step]) + np.arange(cut)
        near = np.stack([padded[place + side * k] for k in AROUND[step] for side in (-1, 1)])
        enough = (~np.isnan(near)).sum(axis=0) >= 3
        level = np.full(cut, np.nan)
        level[enough] = np.nanmedian(near[:, enough], axis=0)
        apart = y - level
        if np.isnan(apart).all():
            continue
        spread = 1.4826 * float(np.nanmedian(np.abs(apart)))
        held = HELD * spread  # held first: the least spreads would overflow in the ratio
        if spread > 0:
            stamps = one.calendar.stamps(np.arange(cut)).astype("datetime64[D]")
            parts.append((stamps, np.clip(apart, -held, held) / spread))
    if not parts:
        return np.zeros(0, dtype="datetime64[D]"), np.zeros(0)
    first = min(stamps[0] for stamps, _ in parts)
    last = max(stamps[-1] for stamps, _ in parts)
    total = np.zeros(int((last - first).astype(np.int64)) // step + 1)
    count = np.zeros(len(total))
    for stamps, values in parts:
        at = (stamps - first).astype(np.int64) // step
        fine = ~np.isnan(values)
        np.add.at(total, at[fine], values[fine])
        np.add.at(count, at[fine], 1.0)
    mean = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
    return first + step * np.arange(len(total)) * np.timedelta64(1, "D"), mean


Evidence = list[tuple[str, str, int, float, float, float]]


def _strength(rows: Evidence) -> float:
    return max((abs(t) for *_, t in rows), default=0.0)


def _evidence(days: Stamps, mean: Floats, keys: Sequence[str], step: int, ends: bool) -> Evidence:
    """Festival, part, occurrences, effect, standard error and t of every column."""
    rows: Evidence = []
    fine = ~np.isnan(mean)
    values = np.where(fine, mean, 0.0)
    for key in keys:
        for part in RAMPS:
            column = _ramp(key, part, days, step, ends) if len(days) else np.zeros(0)
            count, effect, error = _occurrences(column, values, fine)
            rows.append((key, part, count, effect, error, effect / error if error > 0 else 0.0))
    return rows


def _occurrences(column: Floats, values: Floats, fine: Bools) -> tuple[int, float, float]:
    """Mean over a window's occurrences, and its error from windows on all other days."""
    inside = column > 0
    starts = np.flatnonzero(inside & ~np.r_[False, inside[:-1]])
    stops = np.flatnonzero(inside & ~np.r_[inside[1:], False]) + 1
    found, shape = [], None
    for start, stop in zip(starts, stops, strict=True):
        weight = np.where(fine[start:stop], column[start:stop], 0.0)
        if weight.sum() > 0.5 * column[start:stop].sum() and start > 0 and stop < len(column):
            found.append(float(weight @ values[start:stop] / weight.sum()))
            shape = column[start:stop]
    if shape is None:
        return 0, 0.0, 0.0
    # What the same window gives anywhere else, away from the festival by its own length.
    near = np.convolve(inside, np.ones(2 * len(shape) + 1), mode="same") > 0
    free = fine & ~near
    top = np.correlate(np.where(free, values, 0.0), shape, mode="valid")
    bottom = np.correlate(free.astype(float), shape, mode="valid")
    elsewhere = top[bottom > 0.9 * shape.sum()] / shape.sum()
    if len(elsewhere) < 10 * len(shape):
        return len(found), float(np.mean(found)), 0.0
    middle = float(np.median(elsewhere))
    spread = 1.4826 * float(np.median(np.abs(elsewhere - middle)))
    return len(found), float(np.mean(found)) - middle, spread / math.sqrt(len(found))
