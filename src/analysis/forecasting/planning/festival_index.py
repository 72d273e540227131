"""Sales around a festival against what ordinary days would have sold, and intervals of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.forecasting.arrays import Bools, Floats, Ints
from analysis.forecasting.planning.shares import moderated
from analysis.stats import cluster_bootstrap

REFERENCE, LEAST = 56, 14
"""Days before and after the window that give the ordinary level; fewest of them on a side."""
SERIES = 8
"""Fewest series that are resampled."""
DRAWS = 1000
DAY = pd.Timedelta(days=1)
Over = Literal["years", "series", ""]


def expected(
    table: pd.DataFrame,
    ordinary: Bools,
    festival: pd.Timestamp,
    relative: Ints,
    factors: Floats,
) -> tuple[Floats, Floats] | str:
    """Sales by series in a festival's window, and what ordinary days would have sold.

    Returns:
        Two arrays ``(series, days)``; or why the festival cannot be used.
    """
    window = festival + pd.to_timedelta(relative, unit="D")
    if window[0] < table.index[0] or window[-1] > table.index[-1]:
        return "its window is not inside the data"
    levels, centres = [], []
    for first, last in ((window[0] - REFERENCE * DAY, window[0] - DAY),
                        (window[-1] + DAY, window[-1] + REFERENCE * DAY)):  # fmt: skip
        mine = np.asarray((table.index >= first) & (table.index <= last)) & ordinary
        days = table[mine]
        known = days.notna().any(axis=1).to_numpy()
        if known.sum() >= LEAST:
            weight = factors[pd.DatetimeIndex(days.index).day_of_week][:, None]
            expected = np.where(days.notna(), weight, 0.0).sum(axis=0)
            sums = days.sum(axis=0).to_numpy()
            levels.append(np.where(expected > 0, sums / np.where(expected > 0, expected, 1), 0.0))
            away = ((pd.DatetimeIndex(days.index) - festival) / DAY).to_numpy()
            centres.append(float(away[known].mean()))
    if not levels or max(level.sum() for level in levels) <= 0:
        return f"fewer than {LEAST} ordinary days, or no sales, in the weeks around its window"
    if len(levels) == 1:
        level = np.repeat(levels[0][:, None], len(relative), axis=1)
    else:
        part = np.clip((relative - centres[0]) / (centres[1] - centres[0]), 0, 1)
        level = levels[0][:, None] * (1 - part) + levels[1][:, None] * part
    sold = table.reindex(window).to_numpy().T
    due: Floats = level * factors[window.day_of_week]
    return sold, due


def taken_over(sold: Floats) -> Over:
    """What intervals are taken over."""
    if len(sold) > 1:
        return "years"
    return "series" if sold.shape[1] >= SERIES else ""


def filled(values: Floats) -> Floats:
    """Values with nothing where they are unknown, to be added up."""
    return np.nan_to_num(values)


def ratio_of(top: Floats, bottom: Floats) -> Floats:
    """Quotient; NaN where there is nothing to divide by."""
    some = bottom > 0
    out: Floats = np.where(some, top / np.where(some, bottom, 1.0), np.nan)
    return out


def intervals(
    sold: Floats,
    due: Floats,
    stretches: Sequence[Ints],
    over: Over,
    level: float,
    rng: np.random.Generator,
    prior: float,
) -> tuple[Floats, Floats, Floats]:
    """Sales over what ordinary days would have sold, by stretch of days, with intervals.

    Args:
        sold: ``(years, series, days)``, NaN where unknown.
        due: Same shape.
        stretches: Positions of the days of each stretch.
        over: What the intervals are taken over.
        level: In percent.
        rng: For resampling series.
        prior: Degrees of freedom that stretches lend to each other; see ``moderated``.
    """
    known = np.where(np.isnan(sold), 0.0, due)
    top = np.stack([filled(sold)[:, :, s].sum(axis=2) for s in stretches], axis=2)
    bottom = np.stack([known[:, :, s].sum(axis=2) for s in stretches], axis=2)
    ratio = ratio_of(top.sum(axis=1), bottom.sum(axis=1))
    none = np.full(len(stretches), np.nan)
    # A day that sold nothing in some year has no logarithm: plain mean, no interval.
    never = (ratio > 0) | np.isnan(ratio)
    logs = np.log(np.where(ratio > 0, ratio, np.nan))
    count, mean, deviation, freedom = moderated(logs, prior)
    plain = ratio_of(filled(ratio).sum(axis=0), (~np.isnan(ratio)).sum(axis=0).astype(np.float64))
    usable = never.all(axis=0) & (count > 0)
    index = np.where(usable, np.exp(np.where(usable, mean, 0.0)), plain)
    if over == "":
        return index, none, none
    if over == "series":
        cells = np.concatenate([top[0], bottom[0]], axis=1)[:, None, :]
        width = len(stretches)
        drawn = cluster_bootstrap(
            cells, lambda sums: ratio_of(sums[:, :width], sums[:, width:]), draws=DRAWS, rng=rng
        )
        some = bottom[0].sum(axis=0) > 0
        lo, hi = none.copy(), none.copy()
        tails = [(100 - level) / 2, (100 + level) / 2]
        lo[some], hi[some] = np.percentile(drawn[:, some], tails, axis=0)
        return index, lo, hi
    half = stats.t.ppf(0.5 + level / 200, freedom) * deviation / np.sqrt(np.maximum(count, 1))
    half = np.where(usable & (count > 1), half, np.nan)
    return index, index * np.exp(-half), index * np.exp(half)
