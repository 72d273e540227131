"""Randomisation inference: how often would chance assignment alone have shown as much?

Valid with any number of clusters, whatever their distribution (Fisher 1935, The Design of
Experiments; Rosenbaum 2002, Observational Studies, ch. 2). All assignments are looked at where
there are few, else drawn ones, the actual one counted among them (Phipson & Smyth 2010,
Statistical Applications in Genetics and Molecular Biology 9).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.base.language import translator
from analysis.experiments.clusters.words import permutation_sentence, permutation_table
from analysis.experiments.effect import Interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ALL = 20_000
"""Assignments up to which every one is looked at."""
TOO_FEW = "there are too few possible assignments for an interval at this level"
SAME = 1e-11
"""Relative gap within which two differences count as equal: sums in another order."""


@dataclass(frozen=True, eq=False)
class Permutation:
    """The difference against those of other assignments.

    Attributes:
        interval: Difference and the set of constant effects that are not refuted.
        p_value: Two-sided, of no effect on any cluster.
        exact: Whether all assignments were looked at.
        assignments: How many were, the actual one included.
        possible: How many there are.
        differences: ``(assignments,)`` differences under them.
    """

    interval: Interval
    p_value: float
    exact: bool
    assignments: int
    possible: int
    differences: Floats

    def table(self, lang: str = "en") -> pd.DataFrame:
        """One row: difference, set, p-value, number of assignments (``lang`` en or zh)."""
        return permutation_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Differences under other assignments, and the actual one."""
        from analysis.experiments.clusters.charts import assignments

        return assignments(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: how rare the difference is (``lang`` en or zh)."""
        return permutation_sentence(self, translator(lang), lang)


def permutation_test(
    total: Floats,
    treated: Bools,
    *,
    n: Floats | None = None,
    strata: NDArray[np.int64] | None = None,
    rng: np.random.Generator | None = None,
    draws: int = 9_999,
    confidence: float = 0.95,
) -> Permutation:
    """Compare treated with control clusters under every (or many) other assignment.

    Args:
        total: ``(G,)`` totals of clusters (values, where ``n`` is None).
        treated: ``(G,)`` which were treated.
        n: ``(G,)`` users of clusters; the arms' means are then totals over users.
        strata: ``(G,)`` stratum or pair within which clusters were assigned; None for one.
        rng: Seeded generator, needed where there are more than ``ALL`` assignments.
        draws: Assignments drawn then.
        confidence: Level of the set.

    Returns:
        The p-value and the set of effects, the same for every user, that it does not refute; exact
        by sorting, since every assignment keeps an effect on one interval around the estimate.

    Raises:
        ValueError: If an arm is empty, or draws are needed and ``rng`` is None.
    """
    if not treated.any() or treated.all():
        raise ValueError("treated: found one arm, expected treated clusters and control")
    weight = np.ones_like(total) if n is None else np.asarray(n, dtype=np.float64)
    places = np.zeros(len(total), dtype=np.int64) if strata is None else strata
    groups = [np.flatnonzero(places == value) for value in np.unique(places)]
    counts = [int(treated[group].sum()) for group in groups]
    possible = math.prod(math.comb(len(g), c) for g, c in zip(groups, counts, strict=True))
    exact = possible <= ALL
    if exact:
        chosen = _every(groups, counts, len(total))
    elif rng is None:
        raise ValueError(f"rng: found none, expected one to draw from {possible} assignments")
    else:
        chosen = np.vstack([treated[None, :], _drawn(groups, counts, len(total), draws, rng)])
    # Centring changes no difference and keeps the digits of small ones.
    centre = total.sum() / weight.sum()
    actual = treated.astype(np.float64)
    shown = _differences(chosen, total - centre * weight, weight)
    shift = _differences(chosen, actual * weight, weight)
    own = float(_differences(treated[None, :], total - centre * weight, weight)[0])
    spread = float(np.abs(shown).max())
    p_value = float(np.mean(np.abs(shown) >= abs(own) - SAME * spread))
    interval = _inverted(own, shown, shift, confidence)
    return Permutation(interval, p_value, exact, len(chosen), possible, shown)


def _every(groups: list[NDArray[np.int64]], counts: list[int], size: int) -> Bools:
    chosen = np.zeros((1, size), dtype=bool)
    for group, count in zip(groups, counts, strict=True):
        picks = list(itertools.combinations(group, count))
        part = np.zeros((len(picks), size), dtype=bool)
        if count:
            part[np.arange(len(picks))[:, None], np.array(picks)] = True
        chosen = (chosen[:, None, :] | part[None, :, :]).reshape(-1, size)
    return chosen


def _drawn(
    groups: list[NDArray[np.int64]],
    counts: list[int],
    size: int,
    draws: int,
    rng: np.random.Generator,
) -> Bools:
    chosen = np.zeros((draws, size), dtype=bool)
    for group, count in zip(groups, counts, strict=True):
        order = np.argsort(rng.random((draws, len(group))), axis=1)
        chosen[np.arange(draws)[:, None], group[order[:, :count]]] = True
    return chosen


def _differences(chosen: Bools, total: Floats, weight: Floats) -> Floats:
    """``(m,)`` mean over chosen clusters less that over the others."""
    mask = chosen.astype(np.float64)
    one, users = mask @ total, mask @ weight
    result: Floats = one / users - (total.sum() - one) / (weight.sum() - users)
    return result


def _inverted(own: float, shown: Floats, shift: Floats, confidence: float) -> Interval:
    """Effects that are not refuted: an assignment counts for those between two roots.

    Taking an effect ``x`` out of treated clusters moves a difference to ``shown - x * shift``; it
    is no smaller than the actual one, ``own - x``, for ``x`` between
    ``(own - shown) / (1 - shift)`` and ``(own + shown) / (1 + shift)``.
    """
    # The actual assignment, and its mirror image if arms are of one size, count for every effect.
    always = np.abs(shift) > 1 - SAME
    one = (own - shown) / np.where(always, 1.0, 1 - shift)
    two = (own + shown) / np.where(always, 1.0, 1 + shift)
    starts = np.where(always, -np.inf, np.minimum(one, two))
    ends = np.where(always, np.inf, np.maximum(one, two))
    place = math.floor((1 - confidence) * len(shown) + 1e-9)
    lo, hi = float(np.sort(starts)[place]), float(np.sort(ends)[::-1][place])
    # The estimate itself is never refuted, whatever the rounding of the roots.
    lo, hi = min(lo, own), max(hi, own)
    method = "permutation"
    if math.isinf(lo) or math.isinf(hi):
        return Interval(own, lo, hi, confidence, method, "unbounded", TOO_FEW)
    return Interval(own, lo, hi, confidence, method)
