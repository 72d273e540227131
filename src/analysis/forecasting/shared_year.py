"""The year that the series of a panel share: what one year of one series is too noisy to tell.

A year of weeks or days is seen once or twice, so last year's value of a series is half noise. Part
of it is common: shops peak before Christmas together. A series' year is therefore taken apart,

    deviation from its own level = loading × the panel's mean deviation + the rest,

its loading shrunk to 1 as far as loadings are alike (empirical Bayes; Efron & Morris 1975, JASA
70), the rest shrunk by how much of it came again a year later. What is left of the year is carried
forward. Pooling seasons over like series: Dalhart (1974); Withycombe (1989), IJF 5; Chen & Boylan
(2008), IJF 24.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.forecasting import kernels, smoothing
from analysis.forecasting.arrays import Floats
from analysis.forecasting.calendar import Calendar

LEAST_SERIES = 5
LEVELS = (smoothing.ses, smoothing.slow, smoothing.damped)
LOG_REACH = 2.0
LEAST = 8
"""Periods beyond a year that an origin needs: the level is smoothed over them."""


@dataclass(frozen=True, slots=True)
class Year:
    """The part of one history that is thought to come again after a year.

    Attributes:
        linear: ``(n,)`` in the unit of the series.
        log: ``(n,)`` of the logarithms; None where a value is not above 0.
    """

    linear: Floats
    log: Floats | None


Past = tuple[Calendar, Sequence[Floats]]
"""Calendar of a series and its gap-free histories, one an origin."""


def shared(panel: Sequence[Past], lag: int) -> list[list[Year | None]]:
    """The year of every series at every origin, from what is known there.

    Series are compared on the dates they share, those that end on one date with each other.

    Args:
        panel: Calendar and histories of every series.
        lag: Steps in a year.

    Returns:
        By series and origin; None where a series has no second year to tell what comes again, an
        origin is too early, or fewer than five series are there.
    """
    groups: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for i, (calendar, histories) in enumerate(panel):
        if len(histories[0]) < 2 * lag:
            continue
        ends = calendar.stamps(np.array([len(y) - 1 for y in histories]))
        for k, y in enumerate(histories):
            if len(y) >= lag + LEAST and y[-lag:].mean() > 0:
                groups[int(ends[k].astype("datetime64[s]").astype(np.int64))].append((i, k))
    out: list[list[Year | None]] = [[None] * len(histories) for _, histories in panel]
    for members in groups.values():
        if len(members) < LEAST_SERIES:
            continue
        made = _years([panel[i][1][k] for i, k in members], lag)
        for (i, k), year in zip(members, made, strict=True):
            out[i][k] = year
    return out


def _years(group: Sequence[Floats], lag: int) -> list[Year]:
    """Years of series that end on one date."""
    levels = [float(y[-lag:].mean()) for y in group]
    linear = _recurring([y / level for y, level in zip(group, levels, strict=True)], lag)
    positive = [i for i, y in enumerate(group) if np.all(y > 0)]
    logs: dict[int, Floats] = {}
    if len(positive) >= LEAST_SERIES:
        logs = dict(
            zip(positive, _recurring([np.log(group[i]) for i in positive], lag), strict=True)
        )
    return [
        Year(part * level, logs.get(i))
        for i, (part, level) in enumerate(zip(linear, levels, strict=True))
    ]


def _recurring(group: Sequence[Floats], lag: int) -> list[Floats]:
    """What is thought to come again, by series, as deviations from each one's level."""
    length = max(len(y) for y in group)
    deviation = np.full((len(group), length), np.nan)
    for row, y in zip(deviation, group, strict=True):
        row[length - len(y) :] = y - y[-lag:].mean()
    common = np.nanmean(deviation, axis=0)
    loading = _loadings(deviation, common)
    rest = deviation - loading[:, None] * common
    made = loading[:, None] * common + _comes_again(rest, lag) * rest
    return [row[length - len(y) :] for row, y in zip(made, group, strict=True)]


def _loadings(deviation: Floats, common: Floats) -> Floats:
    """Regression of each series on the panel's mean, shrunk to 1, ``(N,)``."""
    seen = ~np.isnan(deviation)
    power = np.where(seen, common**2, 0.0).sum(axis=1)
    safe = np.where(power > 0, power, 1.0)
    raw = np.where(seen, deviation * common, 0.0).sum(axis=1) / safe
    left = np.where(seen, deviation - raw[:, None] * common, 0.0)
    noise = (left**2).sum(axis=1) / np.maximum(seen.sum(axis=1) - 1, 1) / safe
    between = max(float(np.mean((raw - 1) ** 2 - noise)), 0.0)
    both = between + noise
    trust = np.where((both > 0) & (power > 0), between / np.where(both > 0, both, 1.0), 0.0)
    out: Floats = 1 + trust * (raw - 1)
    return out


def _comes_again(rest: Floats, lag: int) -> float:
    """Slope of the rest on the rest a year before, over all series; in [0, 1]."""
    after, before = rest[:, lag:], rest[:, :-lag]
    seen = ~np.isnan(before)
    count = np.maximum(seen.sum(axis=1, keepdims=True), 1)
    x, y = np.where(seen, before, 0.0), np.where(seen, after, 0.0)
    x = np.where(seen, x - x.sum(axis=1, keepdims=True) / count, 0.0)
    total = float((x * x).sum())
    return float(np.clip((x * y).sum() / total, 0.0, 1.0)) if total > 0 else 0.0


def candidates(y: Floats, horizon: int, lag: int, year: Year | None, log: bool) -> Floats:
    """The year carried forward on three smoothed levels.

    Args:
        y: ``(n,)`` without gaps.
        horizon: Steps ahead.
        lag: Steps in a year.
        year: What is thought to come again; None if nothing is known of it.
        log: Whether on the logarithmic scale.

    Returns:
        ``(3, horizon)``; NaN where there is no year.
    """
    out = np.full((len(LEVELS), horizon), np.nan)
    part = None if year is None else year.log if log else year.linear
    if part is None:
        return out
    scaled = np.log(y) if log else y
    level = scaled[lag:] - part[:-lag]
    again = part[len(y) - lag + np.arange(horizon) % lag]
    for i, model in enumerate(LEVELS):
        made = again + kernels.bounded(model(level, horizon), level, 1.0)
        held = kernels.bounded(made, scaled, 1.0)
        out[i] = kernels.restored(held, y, LOG_REACH) if log else held
    return out
