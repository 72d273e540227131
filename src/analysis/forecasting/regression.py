"""Seasons and known-future regressors by ridge regression, the level left to smoothing.

On the scale ``log(y + offset)`` (linear when y is negative anywhere) a series is regressed on
season dummies (short season), Fourier terms (long season: year of days or weeks), regressors,
their interaction with the weekday when they are 0/1, and a trend that only keeps slow movement
from being blamed on them. The trend is then dropped: what is left over is a level, which the
smoothing models extrapolate. Penalties and terms are candidates, judged by rolling origins.

Reference: Hoerl & Kennard (1970), Ridge regression, Technometrics 12.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.forecasting.arrays import Bools, Floats, Ints
from analysis.forecasting.panel import Series

PENALTIES = (1.0, 10.0)
TREND_PENALTY = 0.1
MAX_DUMMIES = 31
MAX_INTERACTED = 7
OFTEN = 0.02
"""Share of periods below which a yes/no regressor has one effect for all weekdays."""
HARMONICS = 10
LONG_SEASONS_NEEDED = 1.5
OFFSET = 0.05


@dataclass(frozen=True, slots=True)
class Design:
    """Columns of a regression over history and horizon.

    Attributes:
        columns: ``(n + horizon, p)``.
        group: ``(p,)`` one of ``season, long, regressor, line, knots``.
    """

    columns: Floats
    group: tuple[str, ...]

    def chosen(self, *groups: str) -> Bools:
        """Which columns belong to groups, ``(p,)``."""
        return np.array([g in groups for g in self.group], dtype=np.bool_)


def _fourier(length: int, season: float) -> Floats:
    """Sines and cosines of a season, ``(length, 2 K)``, K at most 10 and below half the season."""
    order = np.arange(1, min(HARMONICS, int((season - 1) // 2)) + 1)
    angle = 2 * np.pi * np.arange(length)[:, None] * order / season
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)


def _knots(length: int, end: int, gap: int) -> Floats:
    """Piecewise linear trend with knots every ``gap`` steps back from ``end``, flat after it."""
    centre = np.arange(end - 1, -gap, -gap)[::-1]
    time = np.minimum(np.arange(length), end - 1)
    return np.clip(1 - np.abs(time[:, None] - centre) / gap, 0.0, None)


def _regressors(x: Floats, n: int) -> Floats:
    """Regressors on unit variance over history; missing ones at their mean, constant ones left out.

    Args:
        x: ``(n + horizon, p)``.
        n: Length of history.
    """
    past = x[:n]
    known = ~np.isnan(past)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, past, 0.0).sum(axis=0) / count
    spread = np.sqrt(np.where(known, (past - mean) ** 2, 0.0).sum(axis=0) / count)
    varies = spread > 1e-9 * (np.abs(mean) + 1e-300)
    scaled = (x[:, varies] - mean[varies]) / spread[varies]
    return np.where(np.isnan(scaled), 0.0, scaled)


def design(series: Series, horizon: int, seasons: tuple[float, ...]) -> Design:
    """Columns for a series.

    Args:
        series: With its regressors known over the horizon.
        horizon: Steps ahead.
        seasons: Season lengths in steps, shortest first.
    """
    n, length = len(series.y), len(series.y) + horizon
    parts: list[tuple[str, Floats]] = []
    short = int(seasons[0])
    dummies = np.zeros((length, 0))
    if 2 <= short <= MAX_DUMMIES:
        dummies = np.eye(short)[np.arange(length) % short]
        parts.append(("season", dummies))
    long = [s for s in seasons if s > MAX_DUMMIES]
    parts += [("long", _fourier(length, s)) for s in long if n >= LONG_SEASONS_NEEDED * s]
    x = _regressors(series.x[:length], n)
    parts.append(("regressor", x))
    if short <= MAX_INTERACTED and x.shape[1]:
        binary = [j for j in range(x.shape[1]) if _splits(x[:n, j])]
        parts += [("regressor", dummies * x[:, [j]]) for j in binary]
    line = (np.arange(length) - n / 2)[:, None] / n
    gap = max(8, 2 * short if short <= MAX_DUMMIES else 0, *(int(s / 3) for s in long), 0)
    parts += [("line", line), ("knots", _knots(length, n, gap))]
    columns = np.concatenate([part for _, part in parts], axis=1)
    return Design(columns, tuple(g for g, part in parts for _ in range(part.shape[1])))


def _splits(x: Floats) -> bool:
    """Whether a regressor is yes or no, and both often enough to differ by the weekday."""
    values, counts = np.unique(x, return_counts=True)
    return len(values) == 2 and bool(counts.min() >= OFTEN * len(x))


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A series without its explained part, at one origin under one candidate.

    Attributes:
        name: Candidate.
        level: ``(used,)`` what is left over in the periods used, on the model's scale.
        ahead: ``(horizon,)`` explained part to add to a forecast of the level.
        offset: Offset of the log scale; NaN for linear.
    """

    name: str
    level: Floats
    ahead: Floats
    offset: float

    def restore(self, level: Floats) -> Floats:
        """Forecasts of ``y`` from forecasts of the level, both ``(..., horizon)``."""
        scaled = level + self.ahead
        if np.isnan(self.offset):
            return scaled
        return np.maximum(np.exp(np.clip(scaled, -600, 600)) - self.offset, 0.0)


def _specs(plan: Design) -> list[tuple[str, Bools, float]]:
    """Candidates: long season in or out, trend a line or knots, light or heavy penalty."""
    seasons: list[tuple[str, tuple[str, ...]]] = [("", ("season", "regressor"))]
    if "long" in plan.group:
        seasons.append(("year ", ("season", "regressor", "long")))
    return [
        (f"{label}{trend} {penalty:g}", plan.chosen(*groups, trend), penalty)
        for label, groups in seasons
        for trend in ("line", "knots")
        for penalty in PENALTIES
    ]


def _moments(
    z: Floats, used: Bools, plan: Design, cuts: Ints
) -> list[tuple[Floats, Floats, Floats]]:
    """Gram matrix, cross products and column sums up to each cut, blocks added in order of time."""
    p = plan.columns.shape[1]
    gram, cross, sums = np.zeros((p, p)), np.zeros(p), np.zeros(p)
    out: dict[int, tuple[Floats, Floats, Floats]] = {}
    start = 0
    for cut in sorted(int(c) for c in cuts):
        rows = np.flatnonzero(used[start:cut]) + start
        block = plan.columns[rows]
        gram, cross, sums = gram + block.T @ block, cross + block.T @ z[rows], sums + block.sum(0)
        out[cut], start = (gram, cross, sums), cut
    return [out[int(c)] for c in cuts]


def _coefficients(
    moments: tuple[Floats, Floats, Floats],
    count: int,
    mean: float,
    plan: Design,
    specs: list[tuple[str, Bools, float]],
) -> Floats:
    """Ridge coefficients of each candidate at one cut, ``(specs, p)``; zero outside its terms."""
    gram, cross, sums = moments
    right = cross - mean * sums
    # A regressor constant so far would take a share of the level into a future where it moves.
    spread = np.diag(gram) / count - (sums / count) ** 2
    flat = plan.chosen("regressor") & (spread < 1e-9)
    trend = plan.chosen("line", "knots")
    systems = np.zeros((len(specs), *gram.shape))
    sides = np.zeros((len(specs), len(right)))
    for i, (_, columns, penalty) in enumerate(specs):
        keep = columns & ~flat
        ridge = np.where(trend, TREND_PENALTY, penalty)
        systems[i] = np.where(np.outer(keep, keep), gram, 0.0) + np.diag(np.where(keep, ridge, 1.0))
        sides[i] = np.where(keep, right, 0.0)
    solved = np.asarray(np.linalg.solve(systems, sides[..., None])[..., 0], dtype=np.float64)
    return np.where(trend, 0.0, solved)


def adjust(
    series: Series, cuts: Ints, horizon: int, seasons: tuple[float, ...]
) -> list[list[Adjusted]]:
    """Explain a series at each origin under each candidate.

    Args:
        series: With its regressors known over the horizon.
        cuts: ``(K,)`` lengths of history known at each origin, the last origin first.
        horizon: Steps ahead.
        seasons: Season lengths in steps, shortest first.

    Returns:
        Candidates by cut; empty at cuts with fewer than two usable periods.
    """
    n = len(series.y)
    used = ~np.isnan(series.y)
    if series.opened is not None:
        used &= series.opened[:n] != 0
    known = series.y[: int(cuts.min())][used[: int(cuts.min())]]
    offset = np.nan
    if np.all(series.y[used] >= 0) and np.any(known > 0):
        offset = OFFSET * float(np.mean(known[known > 0]))
    y = np.where(used, series.y, 0.0)
    z = y if np.isnan(offset) else np.log(y + offset)
    plan = design(series, horizon, seasons)
    specs = _specs(plan)
    out: list[list[Adjusted]] = []
    for cut, moments in zip(cuts, _moments(z, used, plan, cuts), strict=True):
        rows = np.flatnonzero(used[:cut])
        if len(rows) < 2:
            out.append([])
            continue
        mean = float(np.mean(z[rows]))
        beta = _coefficients(moments, len(rows), mean, plan, specs)
        explained = plan.columns[: cut + horizon] @ beta.T
        out.append(
            [
                Adjusted(name, z[rows] - explained[rows, i], explained[cut:, i], offset)
                for i, (name, _, _) in enumerate(specs)
            ]
        )
    return out
