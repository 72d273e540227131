"""Daily prices and reviews of rivals, brought to what was usual and what is now.

The usual price of an article is the median of the days before the latest ones, so that a promotion
of a day does not move it; the price of now is that of its last day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError
from analysis.swot.watch import CHANGE, WORSE, Watch, watch


@dataclass(frozen=True)
class DailyWatch:
    """What rivals changed lately.

    Attributes:
        watch: Prices and reviews against those before; ``exposed`` has one column more, ``since``,
            the first day of the run of days beyond the mark that lasts until now.
        index: One row a rival and day: ``rival, date, index`` (mean over its SKUs of the price over
            the usual one, less 1).
        last: First of the latest days.
        today: The last day.
        left_out: SKUs without a price before or after.
    """

    watch: Watch
    index: pd.DataFrame
    last: pd.Timestamp
    today: pd.Timestamp
    left_out: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """SKUs beyond the mark."""
        from analysis.swot.words_market import exposed_table

        return exposed_table(self)

    def reviews_table(self) -> pd.DataFrame:
        """Shares of negative reviews before and after."""
        from analysis.swot.words_market import reviews_table

        return reviews_table(self.watch)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Prices of each rival against the usual ones, day by day."""
        from analysis.swot.plots_market import index_lines

        return index_lines(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Who changed prices, and whose reviews turned."""
        return self.watch.summary(lang)


def daily_watch(
    prices: pd.DataFrame,
    *,
    before: int = 28,
    latest: int = 7,
    price_mark: float = CHANGE,
    review_mark: float = WORSE,
    confidence: float = 0.95,
    source: str = "prices",
) -> DailyWatch:
    """Compare the latest days with those before.

    Args:
        prices: One row a day and SKU: ``date, rival, sku, price`` and optionally ``reviews,
            negative``.
        before: Days before the latest ones that are usual.
        latest: Latest days.
        price_mark: Relative price change, up or down, that counts.
        review_mark: Relative rise of the share of negative reviews that counts.
        confidence: Of the intervals.
        source: Where the prices come from, for messages.

    Raises:
        InputError: If no SKU has a price in both parts, or :func:`watch` refuses the figures.
    """
    today = prices["date"].max()
    last = today - pd.Timedelta(days=latest - 1)
    first = last - pd.Timedelta(days=before)
    usual_rows = prices[(prices["date"] >= first) & (prices["date"] < last)]
    key = ["rival", "sku"]
    usual = usual_rows.groupby(key, sort=False)["price"].median().rename("before")
    now = prices[prices["date"] >= last].sort_values("date", kind="stable")
    after = now.groupby(key, sort=False)["price"].last().rename("after")
    both = pd.concat([usual, after], axis=1, join="inner").reset_index()
    if both.empty:
        raise InputError(
            f"{source}: found no SKU with a price both in the last {latest} days and in the "
            f"{before} days before, expected at least one"
        )
    every = prices[key].drop_duplicates().apply(tuple, axis=1)
    kept = set(both[key].apply(tuple, axis=1))
    left_out = tuple(f"{rival} {sku}" for rival, sku in every if (rival, sku) not in kept)
    made = watch(both, _reviews(usual_rows, now), price_mark=price_mark, review_mark=review_mark,
                 confidence=confidence)  # fmt: skip
    seen = prices[prices["date"] >= first].merge(both[[*key, "before"]], on=key)
    seen["index"] = seen["price"] / seen["before"] - 1
    index = seen.groupby(["rival", "date"], sort=False)["index"].mean().reset_index()
    since = [
        _since(seen[(seen["rival"] == row.rival) & (seen["sku"] == row.sku)], price_mark)
        for row in made.exposed.itertuples()
    ]
    made.exposed["since"] = pd.Series(since, dtype="datetime64[us]")
    return DailyWatch(made, index, last, today, left_out)


def _since(days: pd.DataFrame, mark: float) -> pd.Timestamp:
    """First day of the run of days beyond the mark, on one side, that lasts until the last day."""
    rows = days.sort_values("date", kind="stable")
    change = rows["index"].to_numpy()
    there = np.sign(change) * (np.abs(change) > mark * (1 + 1e-9)) == np.sign(change[-1])
    start = len(there) - int(np.argmin(there[::-1])) if not there.all() else 0
    return pd.Timestamp(rows["date"].iloc[start])


def _reviews(usual: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame | None:
    """Counts before and after; None where there are none."""
    if not {"reviews", "negative"} <= set(usual.columns) or usual["reviews"].isna().all():
        return None
    parts = []
    for rows, name in ((usual, "before"), (now, "after")):
        known = rows[rows["reviews"].notna() & rows["negative"].notna()]
        sums = known.groupby("rival", sort=False)[["negative", "reviews"]].sum().astype(float)
        parts.append(sums.set_axis([f"negative_{name}", f"n_{name}"], axis=1))
    return pd.concat(parts, axis=1).fillna(0.0).rename_axis("rival").reset_index()


def worth(change: float, elasticity: float) -> float:
    """Relative change of our volume when a rival's price changes, ``(1 + change) ** e - 1``.

    Args:
        change: Relative change of the rival's price.
        elasticity: Cross-price elasticity of our demand.
    """
    return math.expm1(elasticity * math.log1p(change))
