"""Whether a family of calendar terms moves a panel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy import special

from analysis.forecasting.arrays import Floats
from analysis.forecasting.effects import kernels
from analysis.forecasting.effects.families import Candidate, Family, padded
from analysis.forecasting.effects.view import Noise, Periods, View, shocks

LEVEL = 0.01
"""Chance that a family enters a panel without any effect."""
HOLD = 3.0
"""Robust deviations to which residuals are held."""


def _tried(family: Family) -> Candidate:
    """Columns of a family that any of its tests needs."""
    return tuple(sorted({c for screen in family.screens for c in screen}))


@lru_cache(maxsize=64)
def _block(families: tuple[Family, ...], periods: Periods, length: int) -> Floats:
    """Columns of all tests of all families, ``(length, c)``; alike for most series of a panel."""
    return np.concatenate([periods.columns(f, _tried(f), length) for f in families], axis=1)


@lru_cache(maxsize=64)
def _tests(families: tuple[Family, ...]) -> tuple[Candidate, ...]:
    """Places of each test's columns in the block, by family and test."""
    out, start = [], 0
    for family in families:
        tried = _tried(family)
        out += [tuple(start + tried.index(c) for c in screen) for screen in family.screens]
        start += len(tried)
    return tuple(out)


def screen(
    heard: Sequence[tuple[View, Noise]], families: tuple[Family, ...]
) -> tuple[list[tuple[Family, float]], float]:
    """Test every family on the panel.

    Returns:
        Families that enter with their p values, smallest first, and how many independent series
        the panel is worth, as a share of its number.
    """
    if not heard or not families:
        return [], 1.0
    tests = padded(_tests(families))
    total, count = np.zeros(len(tests)), np.zeros(len(tests))
    freedom, size = np.zeros(len(tests)), np.zeros(len(tests))
    residuals = []
    for view, noise in heard:
        block = _block(families, view.periods, len(view.z))
        rows = shocks(view, noise, block, view.gaps())
        statistic, vary, left, errors = kernels.screen_series(
            rows, len(view.holes), view.m + 1, HOLD, tests
        )
        if len(errors):
            residuals.append((view.periods.first, errors))
        total += statistic
        count += vary > 0
        size += vary
        freedom += left
    worth = _independent(residuals)
    owner = [family.name for family in families for _ in family.screens]
    chances: dict[str, list[float]] = {family.name: [] for family in families}
    for j in np.flatnonzero(count):
        k, left_over = size[j] / count[j], freedom[j] / count[j]
        many = max(1.0, worth * count[j])
        # A mean of F statistics has the mean of one, not that of an F with pooled freedom.
        mean = total[j] / count[j] * (1 - 2 / left_over * (1 - 1 / many))
        chances[owner[j]].append(float(special.fdtrc(k * many, left_over * many, mean)))
    least = {name: min(each) * len(each) for name, each in chances.items() if each}
    entered = [(f, least[f.name]) for f in families if least.get(f.name, 1.0) < LEVEL]
    return sorted(entered, key=lambda pair: pair[1]), worth


def _independent(residuals: Sequence[tuple[int, Floats]]) -> float:
    """Independent series that correlated ones are worth, as a share of their number.

    ``S / (1 + (S - 1) r2)``, ``r2`` the mean squared correlation beyond that of chance.
    """
    count = len(residuals)
    if count < 2:
        return 1.0
    first = min(start for start, _ in residuals)
    last = max(start + len(values) for start, values in residuals)
    grid = np.zeros((count, last - first))
    for row, (start, values) in zip(grid, residuals, strict=True):
        row[start - first : start - first + len(values)] = values / np.sqrt(values @ values)
    cross = grid.T @ grid if count > grid.shape[1] else grid @ grid.T
    squares = float(np.sum(cross * cross)) - count
    chance = count * (count - 1) / float(np.mean([len(values) for _, values in residuals]))
    mean = max(squares - chance, 0.0) / (count * (count - 1))
    return 1 / (1 + (count - 1) * mean)
