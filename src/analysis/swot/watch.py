"""What rivals changed: prices of their SKUs and their reviews, against those before.

Interval of a difference of shares: Newcombe (1998), Statistics in Medicine 17:873–890, method 10.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.base.errors import InputError, nearest
from analysis.stats.intervals import newcombe
from analysis.swot.interval import ONE_RATER, PERFECT, of_raters

Floats = NDArray[np.float64]
CHANGE = 0.05
"""Price change above which the plan wants to be told."""
WORSE = 0.10
"""Rise of negative reviews above which the plan wants to be told."""
NO_REVIEWS = "no reviews before or after"
ALIKE = "all SKUs changed alike: there is no spread for an interval"
ONE_SKU = "one SKU: how far changes differ cannot be seen"


@dataclass(frozen=True)
class Watch:
    """What rivals changed.

    Attributes:
        prices: One row a rival: ``rival, skus, changed`` (SKUs beyond the mark), ``change`` (mean
            over SKUs, of log prices), ``lo, hi, why, alert``.
        exposed: SKUs beyond the mark: ``rival, sku, before, after, change``. List prices are read,
            not sampled: a single change has no interval.
        reviews: One row a rival: ``rival, before, after`` (shares of negative reviews), ``change,
            lo, hi`` (Newcombe, of the difference of shares), ``why``, ``alert`` (the whole
            interval is above 0 and the relative rise above the mark).
        price_mark: Relative price change that counts.
        review_mark: Relative rise of negative reviews that counts.
        confidence: Of the intervals.
    """

    prices: pd.DataFrame
    exposed: pd.DataFrame
    reviews: pd.DataFrame
    price_mark: float
    review_mark: float
    confidence: float

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Price changes of rivals (``lang`` en or zh)."""
        from analysis.swot.words_market import watch_table

        return watch_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Mean price changes with intervals."""
        from analysis.swot.plots_market import watch_dots

        return watch_dots(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Who changed prices, and whose reviews turned."""
        from analysis.swot.words_market import watch_sentence

        return watch_sentence(self, lang)


def watch(
    prices: pd.DataFrame,
    reviews: pd.DataFrame | None = None,
    *,
    price_mark: float = CHANGE,
    review_mark: float = WORSE,
    confidence: float = 0.95,
) -> Watch:
    """Compare rivals' prices and reviews with those before.

    Args:
        prices: One row a SKU: ``rival, sku, before, after``, prices above 0.
        reviews: One row a rival: ``rival, negative_before, n_before, negative_after, n_after``.
        price_mark: Relative price change, up or down, that counts.
        review_mark: Relative rise of the share of negative reviews that counts.
        confidence: Of the intervals.

    Raises:
        InputError: If a column is missing, a price is not above 0, or counts are impossible.
    """
    _need(prices, ("rival", "sku", "before", "after"), "prices")
    before, after = (prices[name].to_numpy(np.float64) for name in ("before", "after"))
    wrong = ~((before > 0) & (after > 0) & np.isfinite(before) & np.isfinite(after))
    if wrong.any():
        row = prices.iloc[int(np.flatnonzero(wrong)[0])]
        found = f"{row['before']} and {row['after']}"
        raise InputError(f"{row['rival']} {row['sku']}: found prices {found}, expected above 0")
    change = after / before - 1
    # 5 % up and 5 % down are the mark itself; rounding of the division must not decide.
    beyond = np.abs(change) > price_mark * (1 + 1e-9)
    exposed = prices.loc[beyond, ["rival", "sku", "before", "after"]]
    exposed = exposed.assign(change=change[beyond]).reset_index(drop=True)
    rows = []
    owner = prices["rival"].astype("str").to_numpy()
    for rival in dict.fromkeys(owner):
        own = owner == rival
        mean = of_raters(np.log1p(change[own]), confidence)
        why = {ONE_RATER: ONE_SKU, PERFECT: ALIKE}.get(mean.why, "")
        values = (math.expm1(value) for value in (mean.value, mean.lo, mean.hi))
        count = int(beyond[own].sum())
        rows.append((rival, int(own.sum()), count, *values, why, count > 0))
    names = ["rival", "skus", "changed", "change", "lo", "hi", "why", "alert"]
    turned = _turned(reviews, review_mark, confidence)
    frame = pd.DataFrame(rows, columns=names)
    return Watch(frame, exposed, turned, price_mark, review_mark, confidence)


def _need(frame: pd.DataFrame, names: tuple[str, ...], what: str) -> None:
    for name in names:
        if name not in frame.columns:
            hint = nearest(name, [str(column) for column in frame.columns])
            raise InputError(f"{what}: found no column {name!r}; {hint}")


def _turned(reviews: pd.DataFrame | None, mark: float, confidence: float) -> pd.DataFrame:
    names = ["rival", "before", "after", "change", "lo", "hi", "why", "alert"]
    if reviews is None or reviews.empty:
        return pd.DataFrame(columns=names)
    counts = ("negative_before", "n_before", "negative_after", "n_after")
    _need(reviews, ("rival", *counts), "reviews")
    x0, n0, x1, n1 = (reviews[name].to_numpy(np.float64) for name in counts)
    if not ((x0 >= 0) & (x0 <= n0) & (x1 >= 0) & (x1 <= n1)).all():
        raise InputError("reviews: found a count that is not between 0 and its reviews")
    lo, hi = newcombe(x0, n0, x1, n1, confidence)
    known = (n0 > 0) & (n1 > 0)
    before = np.divide(x0, n0, out=np.full_like(x0, np.nan), where=n0 > 0)
    after = np.divide(x1, n1, out=np.full_like(x1, np.nan), where=n1 > 0)
    alert = known & (lo > 0) & (after > before * (1 + mark))
    return pd.DataFrame(
        {
            "rival": reviews["rival"].astype("str").to_numpy(),
            "before": before,
            "after": after,
            "change": after - before,
            "lo": lo,
            "hi": hi,
            "why": pd.Series(np.where(known, "", NO_REVIEWS), dtype="str"),
            "alert": alert,
        }
    )
