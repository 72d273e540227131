"""The planner's matrices: IFE and EFE scores, the internal–external map, and the QSPM.

David & David (2017), Strategic Management, 16th ed., chapters 3, 4 and 6: factors have weights that
sum to 1 inside and outside the company and ratings from 1 (major weakness; poor response) to 4
(major strength; superior response); the score is their weighted mean, 2.5 the middle.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.base.errors import InputError, nearest
from analysis.swot.interval import Interval, of_raters

Floats = NDArray[np.float64]
INTERNAL, EXTERNAL = ("S", "W"), ("O", "T")
CELLS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
ADVICE = {
    "I": "grow", "II": "grow", "IV": "grow",
    "III": "hold", "V": "hold", "VII": "hold",
    "VI": "harvest", "VIII": "harvest", "IX": "harvest",
}  # fmt: skip
"""Cell → grow and build, hold and maintain, or harvest or divest."""


@dataclass(frozen=True)
class InternalExternal:
    """IFE and EFE scores and their place on the map.

    Attributes:
        frame: One row a factor: ``factor, group, weight`` (inside its side), ``rating`` (mean over
            raters), ``score``.
        internal: IFE score, Student's interval over raters.
        external: EFE score.
        cell: Roman number of the cell, I to IX.
        advice: ``"grow"``, ``"hold"`` or ``"harvest"``.
        cells: Cell → probability over what other raters might say; empty with one rater.
        by_rater: One row a rater: ``rater, internal, external``.
    """

    frame: pd.DataFrame
    internal: Interval
    external: Interval
    cell: str
    advice: str
    cells: dict[str, float]
    by_rater: pd.DataFrame

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Factors with weight, rating and score (``lang`` en or zh)."""
        from analysis.swot.words_strategy import factors_table

        return factors_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """The nine cells, the scores with intervals, and each rater."""
        from analysis.swot.plots_strategy import ie_map

        return ie_map(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Both scores, the cell and how sure it is."""
        from analysis.swot.words_strategy import ie_sentence

        return ie_sentence(self, lang)


def cell_of(internal: ArrayLike, external: ArrayLike) -> NDArray[np.int64]:
    """Number of the cell, 0 to 8: columns by the IFE score (3 and more left), rows by the EFE."""
    bands = np.array([2.0, 3.0])
    column = 2 - np.digitize(np.asarray(internal), bands)
    row = 2 - np.digitize(np.asarray(external), bands)
    return np.asarray(3 * row + column, dtype=np.int64)


def internal_external(
    factors: Mapping[str, str],
    weights: Mapping[str, float],
    ratings: pd.DataFrame,
    *,
    confidence: float = 0.95,
    draws: int = 20_000,
    rng: np.random.Generator,
) -> InternalExternal:
    """Score factors inside and outside the company and place the company on the map.

    Args:
        factors: Factor → ``"S"``, ``"W"``, ``"O"`` or ``"T"``.
        weights: Factor → weight, above 0; scaled to sum to 1 on each side.
        ratings: One row a rater (the index names them), one column a factor: 1 to 4.
        confidence: Of the intervals.
        draws: For the probabilities of the cells.
        rng: Seeded generator.

    Raises:
        InputError: If a factor is unknown, unweighted, unrated or of no group, a side is empty, or
            a rating is missing or not from 1 to 4.
    """
    for name, group in factors.items():
        if group not in INTERNAL + EXTERNAL:
            raise InputError(f"factor {name}: found group {group!r}, expected S, W, O or T")
    columns = [str(name) for name in ratings.columns]
    for what, found in (("weights", list(weights)), ("ratings", columns)):
        for name in found:
            if name not in factors:
                raise InputError(f"{what}: found unknown factor {name!r}; {nearest(name, factors)}")
        for name in factors:
            if name not in found:
                raise InputError(f"{what}: found none of factor {name!r}; {nearest(name, found)}")
    names = list(factors)
    rated = ratings[names].to_numpy(np.float64)
    wrong = np.argwhere(~((rated >= 1) & (rated <= 4)))
    if len(wrong):
        i, j = wrong[0].tolist()
        where = f"rater {ratings.index[i]}, factor {names[j]}"
        raise InputError(f"{where}: found rating {rated[i, j]:g}, expected 1 to 4")
    weight = np.array([float(weights[name]) for name in names])
    if not ((weight > 0) & np.isfinite(weight)).all():
        raise InputError("weights: found one not above 0, expected all above 0")
    inside = np.array([factors[name] in INTERNAL for name in names])
    if inside.all() or not inside.any():
        raise InputError("factors: found one side only, expected factors inside and outside")
    share = weight / np.where(inside, weight[inside].sum(), weight[~inside].sum())
    both = np.stack([rated @ (share * inside), rated @ (share * ~inside)])
    internal, external = (of_raters(side, confidence) for side in both)
    cell = CELLS[int(cell_of(internal.value, external.value))]
    frame = pd.DataFrame(
        {
            "factor": names,
            "group": list(factors.values()),
            "weight": share,
            "rating": rated.mean(axis=0),
            "score": share * rated.mean(axis=0),
        }
    )
    by_rater = pd.DataFrame(
        {"rater": list(ratings.index), "internal": both[0], "external": both[1]}
    )
    cells = _cell_chances(both, draws, rng) if both.shape[1] > 1 else {}
    return InternalExternal(frame, internal, external, cell, ADVICE[cell], cells, by_rater)


def _cell_chances(both: Floats, draws: int, rng: np.random.Generator) -> dict[str, float]:
    """Cell → share of draws of the panel's mean (multivariate t) that fall in it."""
    # In an order of their own, so that the order of raters plays no part.
    both = both[:, np.lexsort(both)]
    m = both.shape[1]
    gaps = (both - both.mean(axis=1, keepdims=True)) / math.sqrt(m * (m - 1))
    scale = np.sqrt((m - 1) / rng.chisquare(m - 1, size=draws))
    drawn = both.mean(axis=1)[:, None] + (gaps @ rng.standard_normal((m, draws))) * scale
    shares = np.bincount(cell_of(*drawn), minlength=9) / draws
    return {name: float(share) for name, share in zip(CELLS, shares, strict=True) if share}


@dataclass(frozen=True)
class Qspm:
    """Quantitative strategic planning matrix.

    Attributes:
        frame: One row a strategy, best first: ``strategy, total`` (sum total attractiveness, mean
            over raters), ``lo, hi, why``.
        parts: One row a factor, one column a strategy: weight times mean attractiveness.
        lead: First less second, paired over raters.
        p_value: Two-sided, of no difference between first and second; NaN with one rater.
    """

    frame: pd.DataFrame
    parts: pd.DataFrame
    lead: Interval
    p_value: float

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Strategies, best first (``lang`` en or zh)."""
        from analysis.swot.words_strategy import qspm_table

        return qspm_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Totals with intervals."""
        from analysis.swot.plots_strategy import qspm_dots

        return qspm_dots(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The most attractive strategy and its lead."""
        from analysis.swot.words_strategy import qspm_sentence

        return qspm_sentence(self, lang)


def qspm(
    weights: Mapping[str, float],
    attractiveness: Mapping[str, pd.DataFrame],
    *,
    confidence: float = 0.95,
) -> Qspm:
    """Compare strategies by how attractive each factor makes them.

    Args:
        weights: Factor → weight, used as given (1 inside and 1 outside, by the textbook).
        attractiveness: Rater → one row a factor (index), one column a strategy: 1 (not attractive)
            to 4, missing throughout a row whose factor does not bear on the choice.
        confidence: Of the intervals over raters.

    Raises:
        InputError: If factors or strategies differ, a row is missing in part, a score is not from
            1 to 4, or there are fewer than two strategies.
    """
    if not attractiveness:
        raise InputError("attractiveness: found no rater, expected at least one")
    strategies = [str(name) for name in next(iter(attractiveness.values())).columns]
    if len(strategies) < 2:
        raise InputError(f"strategies: found {len(strategies)}, expected at least two")
    names = list(weights)
    tables = []
    for rater, frame in attractiveness.items():
        for name in frame.index:
            if name not in weights:
                hint = nearest(str(name), names)
                raise InputError(f"rater {rater}: found unknown factor {name!r}; {hint}")
        if sorted(map(str, frame.columns)) != sorted(strategies):
            raise InputError(f"rater {rater}: found other strategies than {', '.join(strategies)}")
        scores = frame.reindex(names)[strategies].to_numpy(np.float64)
        blank = np.isnan(scores)
        part = blank.any(axis=1) & ~blank.all(axis=1)
        if part.any():
            name = names[int(np.flatnonzero(part)[0])]
            raise InputError(f"rater {rater}, factor {name}: found a score of some strategies only")
        if not (blank | ((scores >= 1) & (scores <= 4))).all():
            raise InputError(f"rater {rater}: found a score outside 1 to 4")
        tables.append(np.where(blank, 0.0, scores))
    weight = np.array([float(weights[name]) for name in names])
    each = np.stack([weight @ table for table in tables])
    intervals = [of_raters(column, confidence) for column in each.T]
    order = np.argsort([-one.value for one in intervals], kind="stable")
    lead = of_raters(each[:, order[0]] - each[:, order[1]], confidence)
    frame = pd.DataFrame(
        {
            "strategy": [strategies[i] for i in order],
            "total": [intervals[i].value for i in order],
            "lo": [intervals[i].lo for i in order],
            "hi": [intervals[i].hi for i in order],
            "why": pd.Series([intervals[i].why for i in order], dtype="str"),
        }
    )
    parts = pd.DataFrame(weight[:, None] * np.mean(tables, axis=0), names, strategies)
    return Qspm(frame, parts, lead, _paired_p(each[:, order[0]] - each[:, order[1]]))


def _paired_p(gaps: Floats) -> float:
    m = len(gaps)
    if m < 2:
        return math.nan
    error = float(gaps.std(ddof=1)) / math.sqrt(m)
    mean = float(gaps.mean())
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * special.stdtr(m - 1, -abs(mean) / error))
