"""Which partner fits best: weighted criteria, rated by several people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError, nearest
from analysis.swot.competitors import cube_of
from analysis.swot.interval import of_raters


@dataclass(frozen=True)
class PartnerFit:
    """Partners by fit.

    Attributes:
        frame: One row a partner, best first: ``partner, score, lo, hi, why, p_best`` (NaN with one
            rater).
        matrix: ``(partners, criteria)`` mean ratings.
        weights: Criterion → weight, summing to 1.
        confidence: Of the intervals.
    """

    frame: pd.DataFrame
    matrix: pd.DataFrame
    weights: dict[str, float]
    confidence: float

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Partners, best first (``lang`` en or zh)."""
        from analysis.swot.words_market import partner_table

        return partner_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Scores with intervals and the chance of being best."""
        from analysis.swot.plots_market import partner_dots

        return partner_dots(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The best partner and how sure."""
        from analysis.swot.words_market import partner_sentence

        return partner_sentence(self, lang)


def partner_fit(
    ratings: pd.DataFrame,
    weights: Mapping[str, float],
    *,
    confidence: float = 0.95,
    draws: int = 20_000,
    rng: np.random.Generator,
) -> PartnerFit:
    """Score partners on weighted criteria.

    Args:
        ratings: One row a rating: ``rater, partner, attribute, score``, complete.
        weights: Criterion (attribute) → weight, at least 0, scaled to sum to 1.
        confidence: Of the intervals over raters.
        draws: For the chance of being best: the panel's mean, a multivariate t.
        rng: Seeded generator.

    Raises:
        InputError: If ratings are missing or criteria and weights differ.
    """
    cube, raters, names, criteria = cube_of(ratings, "partner")
    for name in weights:
        if name not in criteria:
            raise InputError(f"weights: found unknown {name!r}; {nearest(name, criteria)}")
    for name in criteria:
        if name not in weights:
            raise InputError(f"weights: found none of {name!r}; {nearest(name, weights)}")
    weight = np.array([float(weights[name]) for name in criteria])
    if not ((weight >= 0) & np.isfinite(weight)).all() or not weight.sum():
        raise InputError("weights: found one below 0 or none above it, expected some above 0")
    weight = weight / weight.sum()
    each = cube @ weight
    intervals = [of_raters(column, confidence) for column in each.T]
    m = len(raters)
    best = np.full(len(names), math.nan)
    # Two raters are too few for a chance (see Panel.unsure), and equal ones show no spread.
    if m > 2 and not all(one.why for one in intervals):
        gaps = (each - each.mean(axis=0)) / math.sqrt(m * (m - 1))
        scale = np.sqrt((m - 1) / rng.chisquare(m - 1, size=(draws, 1)))
        drawn = each.mean(axis=0) + scale * (rng.standard_normal((draws, m)) @ gaps)
        top = drawn >= drawn.max(axis=1, keepdims=True) - 1e-12
        best = (top / top.sum(axis=1, keepdims=True)).mean(axis=0)
    frame = pd.DataFrame(
        {
            "partner": names,
            "score": [one.value for one in intervals],
            "lo": [one.lo for one in intervals],
            "hi": [one.hi for one in intervals],
            "why": pd.Series([one.why for one in intervals], dtype="str"),
            "p_best": best,
        }
    ).sort_values("score", ascending=False, kind="stable", ignore_index=True)
    shares = dict(zip(criteria, weight.tolist(), strict=True))
    return PartnerFit(frame, pd.DataFrame(cube.mean(axis=0), names, criteria), shares, confidence)
