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
from analysis.swot.interval import SAME, Interval, of_raters

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
        internal: IFE score by the group's weights, Student's interval over raters on logits.
        external: EFE score.
        cell: Roman number of the cell, I to IX.
        advice: ``"grow"``, ``"hold"`` or ``"harvest"``.
        cells: Cell → probability that the average opinion of such raters lies in it; empty with
            fewer than three raters, or raters who agree wholly.
        by_rater: One row a rater: ``rater, internal, external``, by own weights where there are.
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
    own: Mapping[str, Mapping[str, float]] | None = None,
    confidence: float = 0.95,
    draws: int = 20_000,
    rng: np.random.Generator,
) -> InternalExternal:
    """Score factors inside and outside the company and place the company on the map.

    Args:
        factors: Factor → ``"S"``, ``"W"``, ``"O"`` or ``"T"``.
        weights: Factor → weight, above 0; scaled to sum to 1 on each side.
        ratings: One row a rater (the index names them), one column a factor: 1 to 4.
        own: Rater → factor → own weight, so that the intervals know that raters weigh differently;
            a rater that is not there has the group's.
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
    given = {str(rater): one for rater, one in (own or {}).items()}
    each = [
        np.array([float(given[str(rater)][name]) for name in names])
        if str(rater) in given
        else weight
        for rater in ratings.index
    ]
    share, *shares = (
        one / np.where(inside, one[inside].sum(), one[~inside].sum()) for one in (weight, *each)
    )
    scores = rated * np.stack(shares)
    both = np.stack([scores[:, inside].sum(axis=1), scores[:, ~inside].sum(axis=1)])
    mean = share * rated.mean(axis=0)
    centre = [float(mean[inside].sum()), float(mean[~inside].sum())]
    internal, external = (
        of_raters(side, confidence, centre=middle, scale=(1.0, 4.0))
        for side, middle in zip(both, centre, strict=True)
    )
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
    spread = both.shape[1] > 2 and not (internal.why and external.why)
    cells = _cell_chances(both, np.array(centre), draws, rng) if spread else {}
    return InternalExternal(frame, internal, external, cell, ADVICE[cell], cells, by_rater)


def _cell_chances(
    both: Floats, centre: Floats, draws: int, rng: np.random.Generator
) -> dict[str, float]:
    """Cell → share of draws of the panel's mean (multivariate t) that fall in it."""
    # In an order of their own, so that the order of raters plays no part.
    both = both[:, np.lexsort(both)]
    m = both.shape[1]
    gaps = (both - both.mean(axis=1, keepdims=True)) / math.sqrt(m * (m - 1))
    scale = np.sqrt((m - 1) / rng.chisquare(m - 1, size=draws))
    drawn = centre[:, None] + (gaps @ rng.standard_normal((m, draws))) * scale
    shares = np.bincount(cell_of(*drawn), minlength=9) / draws
    return {name: float(share) for name, share in zip(CELLS, shares, strict=True) if share}


@dataclass(frozen=True)
class Qspm:
    """Quantitative strategic planning matrix.

    Attributes:
        frame: One row a strategy, best first: ``strategy, total`` (sum total attractiveness, by the
            group's weights and mean scores), ``lo, hi, why``.
        parts: One row a factor, one column a strategy: weight times mean attractiveness.
        lead: First less second, paired over raters.
        p_value: Two-sided, of no difference between first and second; NaN with one rater, or
            raters who agree wholly.
        left_out: Raters who did not score every factor that others scored.
    """

    frame: pd.DataFrame
    parts: pd.DataFrame
    lead: Interval
    p_value: float
    left_out: tuple[str, ...] = ()

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
    own: Mapping[str, Mapping[str, float]] | None = None,
    confidence: float = 0.95,
) -> Qspm:
    """Compare strategies by how attractive each factor makes them.

    Args:
        weights: Factor → weight, used as given (1 inside and 1 outside, by the textbook).
        attractiveness: Rater → one row a factor (index), one column a strategy: 1 (not attractive)
            to 4, missing throughout a row whose factor does not bear on the choice. A rater who
            left out a factor that others scored is left out.
        own: Rater → factor → own weight, for the intervals; the group's where there is none.
        confidence: Of the intervals over raters.

    Raises:
        InputError: If factors or strategies differ, a row is missing in part, a score is not from
            1 to 4, no rater scored every factor that others scored, or there are fewer than two
            strategies.
    """
    if not attractiveness:
        raise InputError("attractiveness: found no rater, expected at least one")
    strategies = [str(name) for name in next(iter(attractiveness.values())).columns]
    if len(strategies) < 2:
        raise InputError(f"strategies: found {len(strategies)}, expected at least two")
    names = list(weights)
    read = {}
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
        read[str(rater)] = scores
    asked = np.any([~np.isnan(table).all(axis=1) for table in read.values()], axis=0)
    kept = {rater: one for rater, one in read.items() if not np.isnan(one[asked]).any()}
    if not kept or not asked.any():
        raise InputError(
            f"raters {', '.join(read)}: found none who scored every factor that others scored, "
            "expected at least one"
        )
    tables = [np.where(np.isnan(table), 0.0, table) for table in kept.values()]
    weight = np.array([float(weights[name]) for name in names])
    given = own or {}
    each = np.stack(
        [
            np.array([float(given[rater][name]) for name in names]) @ table
            if rater in given
            else weight @ table
            for rater, table in zip(kept, tables, strict=True)
        ]
    )
    centre = weight @ np.mean(tables, axis=0)
    # Every factor that was asked about scores 1 to 4.
    scale = (float(weight[asked].sum()), 4 * float(weight[asked].sum()))
    intervals = [
        of_raters(column, confidence, centre=float(middle), scale=scale)
        for column, middle in zip(each.T, centre, strict=True)
    ]
    order = np.argsort(-np.round(centre, 12), kind="stable")
    gaps = each[:, order[0]] - each[:, order[1]]
    lead = of_raters(gaps, confidence, centre=float(centre[order[0]] - centre[order[1]]))
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
    missing = tuple(rater for rater in read if rater not in kept)
    return Qspm(frame, parts, lead, _paired_p(gaps, lead.value), missing)


def _paired_p(gaps: Floats, mean: float) -> float:
    m = len(gaps)
    if m < 2:
        return math.nan
    error = float(gaps.std(ddof=1)) / math.sqrt(m)
    if error <= SAME * abs(mean):
        return math.nan
    return float(2 * special.stdtr(m - 1, -abs(mean) / error))
