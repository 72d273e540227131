"""Competitors' shares of a market, how concentrated it is, and what a year ago must have been."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.market import distributions
from analysis.market.distributions import Distribution, Fixed
from analysis.market.sampling import points

Floats = NDArray[np.float64]

BANDS = ((1000.0, "low"), (1800.0, "moderate"), (math.inf, "high"))
"""Upper ends of concentration by HHI (US Merger Guidelines 2023, guideline 1)."""

_POINTS = 2**13


@dataclass(frozen=True)
class ShareTable:
    """Competitors of one market.

    Attributes:
        frame: One row a competitor in the given order: ``name, sales, share, share_lo, share_hi``
            (5–95 %; NaN where sales are known without a range), ``growth, last_year`` (sales a
            year ago that growth implies), ``last_share`` (share a year ago) and ``share_change``.
            NaN where a figure is not given.
        market: Total sales that the shares are of.
        listed: Whether that is the sum of the listed competitors, no total being given.
        hhi: Herfindahl–Hirschman index of the listed ones, 0 to 10,000.
        hhi_lo: Lower end: sales at their ranges, the unlisted sellers countless.
        hhi_hi: Upper end: the unlisted sellers one firm.
        reason: Why the index has no interval; empty if it has one.
        band: ``low``, ``moderate`` or ``high`` concentration at the index.
        unlisted: Share of the market that is not listed.
        lead: Chance that the one of largest sales is the largest of those with sales; 1 where
            none has a range.
        without: Names whose sales are not given: they are in no share.
        unit: Of sales.
    """

    frame: pd.DataFrame
    market: float
    listed: bool
    hhi: float
    hhi_lo: float
    hhi_hi: float
    reason: str
    band: str
    unlisted: float
    lead: float
    without: tuple[str, ...]
    unit: str

    @property
    def certain(self) -> bool:
        """Whether no seller without known sales can be larger than the largest of the others."""
        return self.unlisted <= float(self.frame["share"].max()) and not self.without

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Competitors under names for readers (``lang`` en or zh)."""
        from analysis.market.words_shares import shares_table

        return shares_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Shares with their intervals, and a year ago where growth says so."""
        from analysis.market.plots_shares import shares_figure

        return shares_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Who leads and how concentrated the market is (``lang`` en or zh)."""
        from analysis.market.words_shares import shares_sentence

        return shares_sentence(self, lang)


def concentration(shares: Floats) -> Floats:
    """Herfindahl–Hirschman index ``10,000 Σ share²`` over the first axis (Hirschman 1964)."""
    return np.asarray(1e4 * (np.asarray(shares) ** 2).sum(axis=0), dtype=np.float64)


def competitor_shares(
    competitors: pd.DataFrame,
    *,
    rng: np.random.Generator,
    market: float | None = None,
    market_growth: float | None = None,
    unit: str = "",
) -> ShareTable:
    """Shares, concentration and implied last-year values.

    Args:
        competitors: One row a competitor: ``name``, ``sales`` (NaN if not given); optional
            ``growth`` (0.26 for +26 %) and ``lo, hi``, the 5–95 % interval of sales, taken as
            lognormal.
        rng: Of the intervals.
        market: Total sales; the sum of the listed ones when None.
        market_growth: Growth of the total, for shares a year ago; without it, and with no total,
            they are of the listed ones whose growth is given.
        unit: Of sales.

    Raises:
        InputError: If a column is missing, no sales are given, or they exceed the market, this
            year or by their growth a year ago.
        InputProblems: If rows are wrong: all of them in one message.
    """
    frame = _checked(competitors)
    sales = frame["sales"].to_numpy(np.float64)
    known = np.isfinite(sales)
    total = float(sales[known].sum()) if market is None else float(market)
    if not (math.isfinite(total) and total > 0):
        raise InputError(f"market: found {total:g}, expected above 0")
    listed = float(sales[known].sum()) / total
    if listed > 1 + 1e-9:
        raise InputError(
            f"market: found {total:g}, less than the {listed * total:g} that the listed "
            f"competitors sell, expected a total of at least that"
        )
    shares = sales / total
    drawn = _drawn(frame[known], total, market is None, rng)
    ranged = frame["lo"].notna().to_numpy() & known
    ends = np.full((2, len(frame)), np.nan)
    if drawn is not None:
        ends[:, known] = np.quantile(drawn, (0.05, 0.95), axis=1)
        # The point is as given, not the median of its range: it stays inside its interval.
        ends[0, known] = np.minimum(ends[0, known], shares[known])
        ends[1, known] = np.maximum(ends[1, known], shares[known])
        if market is not None:
            ends[:, ~ranged] = np.nan
    unlisted = max(1.0 - listed, 0.0) if market is not None else 0.0
    unlisted = unlisted if unlisted > 1e-12 else 0.0
    hhi = float(concentration(shares[known]))
    lo, hi, reason = _index_interval(drawn, hhi, unlisted)
    growth = frame["growth"].to_numpy(np.float64)
    last = sales / (1 + growth)
    last_total = _last_total(last, market, market_growth)
    last_share = last / last_total
    out = frame[["name", "sales"]].assign(
        share=shares, share_lo=ends[0], share_hi=ends[1], growth=growth, last_year=last,
        last_share=last_share, share_change=_base(shares, last, market) - last_share,
    )  # fmt: skip
    return ShareTable(
        out, total, market is None, hhi, lo, hi, reason,
        next(band for top, band in BANDS if hhi <= top), unlisted, _lead(drawn, shares[known]),
        tuple(frame.loc[~known, "name"]), unit,
    )  # fmt: skip


def _checked(competitors: pd.DataFrame) -> pd.DataFrame:
    missing = {"name", "sales"} - {*competitors.columns}
    if missing:
        raise InputError(
            f"competitors: found no column {sorted(missing)[0]!r}, expected name, sales"
        )
    frame = competitors.reindex(columns=["name", "sales", "growth", "lo", "hi"])
    frame = frame.reset_index(drop=True).astype(
        dict.fromkeys(["sales", "growth", "lo", "hi"], float)
    )
    problems = []
    numbers = frame[["sales", "growth", "lo", "hi"]].to_numpy(np.float64)
    for row, (sales, growth, lo, hi) in enumerate(numbers.tolist(), start=2):
        if math.isinf(sales) or sales < 0:
            problems.append(Problem(f"{sales:g}", "sales of at least 0", row, "sales"))
        if math.isinf(growth) or growth <= -1:
            problems.append(Problem(f"{growth:g}", "a growth above -1 (-100%)", row, "growth"))
        if math.isnan(lo) != math.isnan(hi):
            problems.append(Problem("one end of a range", "both lo and hi", row, "lo"))
        elif not math.isnan(lo) and not 0 < lo < hi:
            problems.append(Problem(f"{lo:g} to {hi:g}", "0 < lo < hi", row, "lo"))
        elif not math.isnan(lo) and not lo <= sales <= hi:
            problems.append(Problem(f"{sales:g}", f"sales in {lo:g} to {hi:g}", row, "sales"))
    for name in frame["name"][frame["name"].duplicated()].unique():
        problems.append(Problem(f"{name!r} twice", "every competitor once", None, "name"))
    if problems:
        raise InputProblems("competitors", problems)
    if not frame["sales"].notna().any():
        raise InputError("competitors: found no sales, expected at least one competitor's")
    return frame


def _drawn(
    frame: pd.DataFrame, total: float, relative: bool, rng: np.random.Generator
) -> Floats | None:
    """Shares in draws of the ranged sales, shape (k, n); None if no sales have a range."""
    if frame["lo"].isna().all():
        return None
    beliefs: list[Distribution] = [
        Fixed(sales) if math.isnan(lo) else distributions.lognormal(lo, hi, name=str(name))
        for name, sales, lo, hi in frame[["name", "sales", "lo", "hi"]].itertuples(index=False)
    ]
    uniforms = points(_POINTS, len(beliefs), rng)
    sales = np.array([one.quantile(uniforms[:, i]) for i, one in enumerate(beliefs)])
    # Sellers cannot sell more than there is: the market is then as large as what they sell.
    whole = sales.sum(axis=0) if relative else np.maximum(sales.sum(axis=0), total)
    return np.asarray(sales / whole, dtype=np.float64)


def _lead(drawn: Floats | None, shares: Floats) -> float:
    if drawn is None:
        return 1.0
    return float((drawn.argmax(axis=0) == shares.argmax()).mean())


def _index_interval(drawn: Floats | None, hhi: float, unlisted: float) -> tuple[float, float, str]:
    if drawn is None:
        if not unlisted:
            return math.nan, math.nan, "sales are given without a range"
        return hhi, hhi + 1e4 * unlisted**2, ""
    index = concentration(drawn)
    rest = np.maximum(1 - drawn.sum(axis=0), 0.0)
    lo = float(np.quantile(index, 0.05))
    hi = float(np.quantile(index + 1e4 * rest**2, 0.95))
    return min(lo, hhi), max(hi, hhi), ""


def _last_total(last: Floats, market: float | None, market_growth: float | None) -> float:
    """Market a year ago: from its growth, or the listed ones whose growth is given."""
    listed = float(np.nansum(last)) if np.isfinite(last).any() else math.nan
    if market_growth is None:
        return math.nan if market is not None else listed
    if market is None or not (math.isfinite(market_growth) and market_growth > -1):
        raise InputError(
            f"market growth: found {market_growth:g} with market {market}, "
            f"expected a growth above -1 and the market that grew"
        )
    before = market / (1 + market_growth)
    if listed > before * (1 + 1e-9):
        raise InputError(
            f"market growth: found a market of {before:g} a year ago, less than the {listed:g} "
            f"that the growth of the listed competitors implies, expected at least that"
        )
    return before


def _base(shares: Floats, last: Floats, market: float | None) -> Floats:
    """Shares this year of the same competitors as a year ago, so that their change means change."""
    if market is not None:
        return shares
    comparable = np.where(np.isfinite(last), shares, np.nan)
    total = np.nansum(comparable)
    return comparable / total if total > 0 else comparable
