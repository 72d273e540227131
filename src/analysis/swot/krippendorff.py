"""Krippendorff's alpha: agreement of any number of raters, any scale, values missing or not.

``alpha = 1 - D_o / D_e``: disagreement seen inside units over that of values paired at random
(Krippendorff 2019, Content Analysis, 4th ed., chapter 12). The interval resamples units, which
keeps the two disagreements together (Zapf, Castell, Morawietz & Karch 2016, BMC Medical Research
Methodology 16:93); with few units it is a little short: of 26 units rated by 5 it held in 89 %
(400 simulated tables, Monte-Carlo error 1.6 %) where 95 % were asked for.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.swot.interval import (
    NO_PAIRS,
    NO_SPREAD,
    ONE_ITEM,
    PERFECT,
    UNSTABLE,
    Interval,
    undefined,
)

Floats = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS = ("nominal", "ordinal", "interval", "ratio")
METHOD = "bootstrap of items"
CELLS = 4_000_000
"""Numbers held at once while resampling."""


def krippendorff_alpha(
    ratings: ArrayLike,
    level: Level = "ordinal",
    *,
    rng: np.random.Generator,
    confidence: float = 0.95,
    draws: int = 2000,
) -> Interval:
    """Agreement with a percentile interval.

    Args:
        ratings: ``(raters, units)`` values, NaN where missing. Units with fewer than two values
            say nothing about agreement and are passed over.
        level: Scale of the values.
        rng: Seeded generator.
        confidence: Level.
        draws: Resamples of the units.

    Raises:
        ValueError: If the level is unknown, ``ratings`` are not a table, or ratio values negative.
    """
    values = np.asarray(ratings, dtype=np.float64)
    if level not in LEVELS or values.ndim != 2:
        raise ValueError(f"level, shape: found {level!r}, {values.shape}, expected a table")
    given = ~np.isnan(values)
    paired = given.sum(axis=0) >= 2
    values, given = values[:, paired], given[:, paired]
    if level == "ratio" and (values[given] < 0).any():
        raise ValueError("ratings: found a negative one, expected none on a ratio scale")
    if not given.size:
        return undefined(math.nan, confidence, METHOD, NO_PAIRS)
    scale, code = np.unique(values[given], return_inverse=True)
    if len(scale) < 2:
        return undefined(math.nan, confidence, METHOD, NO_SPREAD)
    units = np.nonzero(given)[1]
    # (units, values): how often each value was given to each unit.
    cells = np.bincount(units * len(scale) + code, minlength=given.shape[1] * len(scale))
    counts: Floats = cells.reshape(-1, len(scale)).astype(np.float64)
    own = float(_alpha(counts, np.ones((1, len(counts))), scale, level)[0])
    if len(counts) < 2:
        return undefined(own, confidence, METHOD, ONE_ITEM)
    if own > 1 - 1e-12:
        return undefined(1.0, confidence, METHOD, PERFECT)
    block = max(1, CELLS // len(scale) ** 2)
    weights = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=draws)
    parts = [
        _alpha(counts, weights[i : i + block].astype(np.float64), scale, level)
        for i in range(0, draws, block)
    ]
    drawn = np.concatenate(parts)
    defined = np.isfinite(drawn)
    if defined.mean() < confidence:
        return undefined(own, confidence, METHOD, UNSTABLE)
    tail = (1 - confidence) / 2
    lo, hi = np.quantile(drawn[defined], [tail, 1 - tail])
    return Interval(own, min(float(lo), own), max(float(hi), own), confidence, METHOD)


def _alpha(counts: Floats, weights: Floats, scale: Floats, level: Level) -> Floats:
    """Alpha of weighted units, ``(draws,)``; NaN where only one value was drawn."""
    size = counts.sum(axis=1)
    totals = weights @ counts
    n = totals.sum(axis=1)
    shares = counts / (size - 1)[:, None]
    v = len(scale)
    # Coincidences of two values inside units; the diagonal plays no part, its distance is 0.
    together = (counts[:, :, None] * shares[:, None, :]).reshape(len(counts), v * v)
    seen = (weights @ together).reshape(-1, v, v)
    distance = _distance(totals, scale, level)
    observed = (seen * distance).sum(axis=(1, 2)) / n
    chance = np.einsum("di,dij,dj->d", totals, np.broadcast_to(distance, seen.shape), totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - observed * n * (n - 1) / chance, dtype=np.float64)


def _distance(totals: Floats, scale: Floats, level: Level) -> Floats:
    """Squared differences of values: ``(v, v)``, of ordinal ones ``(draws, v, v)``."""
    if level == "nominal":
        return 1 - np.eye(len(scale))
    if level == "interval":
        return np.asarray((scale[:, None] - scale[None, :]) ** 2, dtype=np.float64)
    if level == "ratio":
        total = scale[:, None] + scale[None, :]
        gap = scale[:, None] - scale[None, :]
        return np.divide(gap, total, out=np.zeros_like(gap), where=total > 0) ** 2
    # Values between two ranks, and half of each end: the middle of each rank on a line of values.
    middle = np.cumsum(totals, axis=1) - totals / 2
    return np.asarray((middle[:, :, None] - middle[:, None, :]) ** 2, dtype=np.float64)
