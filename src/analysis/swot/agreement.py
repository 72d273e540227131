"""Do raters agree? Kendall's W of their orders, intraclass correlations of their ratings.

Kendall's W with ties: Kendall & Babington Smith (1939), Annals of Mathematical Statistics 10.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from analysis.swot.interval import (
    LEVEL,
    NO_SPREAD,
    ONE_ITEM,
    ONE_RATER,
    PERFECT,
    Interval,
    undefined,
)
from analysis.swot.intraclass import DUST, FISHER, Intraclass, complete_table, f_bounds, icc
from analysis.swot.krippendorff import Level, krippendorff_alpha

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's coefficient of concordance.

    Attributes:
        w: With an F interval, which takes ranks as if normal: holds approximately.
        chi2: Friedman's statistic, ``raters (items - 1) W``.
        df: Its degrees of freedom.
        p_value: Of no agreement; NaN when undefined. Approximate for fewer than 8 items.
        mean_rho: Mean of Spearman's correlations of all pairs of raters.
        raters: Number of raters.
        items: Number of items.
    """

    w: Interval
    chi2: float
    df: int
    p_value: float
    mean_rho: float
    raters: int
    items: int


def kendall_w(ratings: ArrayLike, *, confidence: float = 0.95) -> Concordance:
    """Agreement of raters on the order of items, ties corrected.

    Args:
        ratings: ``(raters, items)`` ratings or ranks; equal ones share their mean rank.
        confidence: Of the interval.

    Raises:
        InputError: If ratings are missing.
    """
    values = complete_table(ratings, "Kendall's W")
    m, n = values.shape
    nan = math.nan
    if m < 2 or n < 2:
        why = ONE_RATER if m < 2 else ONE_ITEM
        none = undefined(nan, confidence, FISHER, why)
        return Concordance(none, nan, max(n - 1, 0), nan, nan, m, n)
    ranks = stats.rankdata(values, axis=1)
    middle = (n + 1) / 2
    total = float(((ranks - middle) ** 2).sum())
    between = float(((ranks.sum(axis=0) - m * middle) ** 2).sum()) / m
    if total == 0:
        none = undefined(nan, confidence, FISHER, NO_SPREAD)
        return Concordance(none, nan, n - 1, nan, nan, m, n)
    w = min(between / total, 1.0)
    chi2 = m * (n - 1) * w
    if w > 1 - DUST:
        interval = undefined(1.0, confidence, FISHER, PERFECT)
    elif w < DUST:
        interval = undefined(w, confidence, FISHER, LEVEL)
    else:
        f = (m - 1) * w / (1 - w)
        lower, upper = f_bounds(f, n - 1, (n - 1) * (m - 1), confidence)
        lo, hi = lower / (lower + m - 1), upper / (upper + m - 1)
        interval = Interval(w, min(lo, w), max(hi, w), confidence, FISHER)
    p = float(special.chdtrc(n - 1, chi2))
    return Concordance(interval, chi2, n - 1, p, (m * w - 1) / (m - 1), m, n)


@dataclass(frozen=True)
class Agreement:
    """Three measures of one table of ratings.

    Attributes:
        frame: One row a measure (``W``, ``ICC2``, ``ICC2k``, ``alpha``): ``measure, value, lo, hi,
            why``; value NaN where undefined, ``why`` in English.
        concordance: Kendall's W; None where ratings are missing.
        intraclass: The six forms; None where ratings are missing.
        alpha: Krippendorff's.
        level: Its scale.
        raters: Number of raters.
        items: Number of items.
        confidence: Of the intervals.
    """

    frame: pd.DataFrame
    concordance: Concordance | None
    intraclass: Intraclass | None
    alpha: Interval
    level: Level
    raters: int
    items: int
    confidence: float

    def table(self, lang: str = "en") -> pd.DataFrame:
        """The measures under names for readers (``lang`` en or zh)."""
        from analysis.swot.words_agreement import agreement_table

        return agreement_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """The measures with intervals, and the marks from which agreement counts as reliable."""
        from analysis.swot.plots import agreement_forest

        return agreement_forest(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """How far raters agree, judged by the lower bound."""
        from analysis.swot.words_agreement import agreement_sentence

        return agreement_sentence(self, lang)


INCOMPLETE = "ratings are missing: only Krippendorff's alpha takes them"


def agreement(
    ratings: ArrayLike,
    level: Level = "ordinal",
    *,
    confidence: float = 0.95,
) -> Agreement:
    """Agreement of raters by rank, by rating and beyond chance.

    Args:
        ratings: ``(raters, items)``, NaN where missing.
        level: Scale of the ratings, for alpha.
        confidence: Of the intervals.
    """
    values = np.atleast_2d(np.asarray(ratings, dtype=np.float64))
    complete = bool(np.isfinite(values).all())
    alpha = krippendorff_alpha(values, level, confidence=confidence)
    if len(values) < 2:
        alpha = undefined(math.nan, confidence, alpha.method, ONE_RATER)
    concordance = kendall_w(values, confidence=confidence) if complete else None
    intraclass = icc(values, confidence=confidence) if complete else None
    lost = undefined(math.nan, confidence, FISHER, INCOMPLETE)
    of: Callable[[str], Interval] = intraclass.interval if intraclass else lambda form: lost
    shown = {
        "W": concordance.w if concordance else lost,
        "ICC2": of("ICC2"),
        "ICC2k": of("ICC2k"),
        "alpha": alpha,
    }
    frame = pd.DataFrame(
        [(name, one.value, one.lo, one.hi, one.why) for name, one in shown.items()],
        columns=["measure", "value", "lo", "hi", "why"],
    )
    m, n = values.shape
    return Agreement(frame, concordance, intraclass, alpha, level, m, n, confidence)
