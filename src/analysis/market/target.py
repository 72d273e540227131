"""What a sales target asks for: of the market, of our share, of each driver."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import special

from analysis.base.errors import InputError
from analysis.market.distributions import Distribution, Fixed

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TargetCheck:
    """A target against market growth.

    Attributes:
        target: Sales aimed at.
        own: Our sales a year ago.
        growth: Growth that the target asks for.
        market_growth: Median growth of the market.
        market_growth_lo: Its 5 % point.
        market_growth_hi: Its 95 % point.
        share: Our share of the market a year ago; NaN if the market is not given.
        share_needed: Share that the target asks for at the median growth; NaN likewise.
        share_needed_lo: At the market's 95 % growth.
        share_needed_hi: At its 5 % growth.
        factor: By what our share must be multiplied at the median growth.
        factor_lo: At the market's 95 % growth.
        factor_hi: At its 5 % growth.
        with_market: Probability that growing as the market does is enough.
        drivers: One row a driver: ``driver, current, needed, change``: the value at which it alone
            reaches the target, the market's growth not helping.
        reason: Why there is no interval; empty if there is one.
        unit: Of sales.
    """

    target: float
    own: float
    growth: float
    market_growth: float
    market_growth_lo: float
    market_growth_hi: float
    share: float
    share_needed: float
    share_needed_lo: float
    share_needed_hi: float
    factor: float
    factor_lo: float
    factor_hi: float
    with_market: float
    drivers: pd.DataFrame
    reason: str
    unit: str

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Drivers under names for readers (``lang`` en or zh)."""
        from analysis.market.words_shares import target_table

        return target_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """By how much each driver alone would have to rise."""
        from analysis.market.plots_shares import target_figure

        return target_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """What the target asks for (``lang`` en or zh)."""
        from analysis.market.words_shares import target_sentence

        return target_sentence(self, lang)


def check_target(
    target: float,
    own: float,
    market_growth: Distribution | float,
    *,
    market: float | None = None,
    drivers: Mapping[str, float] | None = None,
    unit: str = "",
) -> TargetCheck:
    """Hold a target against the growth of the market.

    The share needed is ``target / (market (1 + growth))``; the factor by which ours must rise
    ``(target / own) / (1 + growth)``, for which the market itself need not be known.

    Args:
        target: Sales aimed at, above 0.
        own: Our sales a year ago, above 0.
        market_growth: Belief about the market's growth (0.11 for +11 %), or one number.
        market: Sales of the market a year ago.
        drivers: Name → current value of drivers whose product sales are.
        unit: Of sales.

    Raises:
        InputError: If a number is out of range, or the market is less than what we sell.
    """
    for name, value in (("target", target), ("own sales", own)):
        if not (math.isfinite(value) and value > 0):
            raise InputError(f"{name}: found {value:g}, expected above 0")
    if market is not None and not (math.isfinite(market) and market >= own):
        raise InputError(f"market: found {market:g}, expected at least our own {own:g}")
    belief: Distribution = (
        Fixed(float(market_growth)) if isinstance(market_growth, int | float) else market_growth
    )
    lo, middle, hi = (float(v) for v in belief.quantile(np.array([0.05, 0.5, 0.95])))
    if lo <= -1:
        raise InputError(f"market growth: found {lo:g} at its 5% point, expected above -1")
    ratio = target / own
    factors = [ratio / (1 + value) for value in (hi, middle, lo)]
    share = own / market if market is not None else math.nan
    rows = [
        {"driver": name, "current": float(value), "needed": value * ratio, "change": ratio - 1}
        for name, value in (drivers or {}).items()
    ]
    fixed = isinstance(belief, Fixed)
    return TargetCheck(
        target, own, ratio - 1, middle, lo, hi, share, share * factors[1], share * factors[0],
        share * factors[2], factors[1], factors[0], factors[2],
        _above(belief, ratio - 1),
        pd.DataFrame(rows, columns=["driver", "current", "needed", "change"]),
        "market growth is given without a range" if fixed else "", unit,
    )  # fmt: skip


def _above(belief: Distribution, growth: float) -> float:
    """Probability that a number is at least ``growth``, by bisection of its quantiles."""
    if isinstance(belief, Fixed):
        return float(belief.value >= growth)
    # In normal scores, so that a chance of one in a billion is not rounded to none.
    low, high = -37.0, 8.0
    for _ in range(80):
        middle = (low + high) / 2
        below = float(belief.quantile(float(special.ndtr(middle)))) < growth
        low, high = (middle, high) if below else (low, middle)
    return float(special.ndtr(-(low + high) / 2))
