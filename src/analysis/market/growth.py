"""Growth: compound rates, and a bridge that says which driver a change is from.

The bridge takes a change of a product of drivers apart by Shapley values: every driver's effect is
its average over all orders in which the drivers could have changed (Shapley 1953; Shorrocks 2013,
Journal of Economic Inequality 11). The parts sum to the change exactly, do not depend on the order
of the drivers, and exist where a driver is 0 or negative.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from analysis.base.errors import InputError

Floats = NDArray[np.float64]


def cagr(first: float, last: float, years: float) -> float:
    """Compound annual growth rate ``(last / first) ** (1 / years) - 1``.

    Args:
        first: Level at the start, above 0.
        last: Level at the end, at least 0.
        years: Between the two, above 0.

    Raises:
        InputError: If a level or the time does not allow a rate.
    """
    good = all(map(math.isfinite, (first, last, years))) and first > 0 and last >= 0 and years > 0
    if not good:
        raise InputError(
            f"found {first:g} to {last:g} in {years:g} years, "
            f"expected a start above 0, an end of at least 0 and a time above 0"
        )
    # expm1 and log1p keep the digits of a small rate.
    return math.expm1(math.log1p((last - first) / first) / years) if last > 0 else -1.0


def compound(level: float, rates: ArrayLike) -> Floats:
    """Levels after each of consecutive growth rates, shape (n + 1,), beginning with ``level``."""
    steps = 1 + np.asarray(rates, dtype=np.float64)
    return level * np.concatenate([[1.0], np.cumprod(steps)])


@dataclass(frozen=True)
class Bridge:
    """A change of a product, taken apart by driver.

    Attributes:
        frame: One row a driver: ``driver, start, end, effect`` and, where the drivers are
            uncertain, ``p10, p90`` of the effect (NaN where all are known).
        start: Product at the start.
        end: Product at the end.
        unit: Of the product.
        reason: Why there is no interval; empty if there is one.
    """

    frame: pd.DataFrame
    start: float
    end: float
    unit: str
    reason: str

    @property
    def change(self) -> float:
        """``end - start``: the sum of the effects."""
        return self.end - self.start

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Drivers under names for readers (``lang`` en or zh)."""
        from analysis.market.words_growth import bridge_table

        return bridge_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """The waterfall from start to end."""
        from analysis.market.plots_growth import bridge_figure

        return bridge_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Which driver carries the change (``lang`` en or zh)."""
        from analysis.market.words_growth import bridge_sentence

        return bridge_sentence(self, lang)


def shapley_product(start: Floats, end: Floats) -> Floats:
    """Shapley effects of the drivers of a product.

    Args:
        start: Drivers at the start, shape (k, n): k drivers, n draws.
        end: Drivers at the end, same shape.

    Returns:
        Effects, shape (k, n); their sum over drivers is ``prod(end) - prod(start)``.
    """
    k = len(start)
    effects = np.zeros(start.shape)
    # No need to go through 2^k subsets: only how many of the others have changed sets the weight,
    # and the sum over those of equal size is a coefficient of prod(start + end x).
    for i in range(k):
        polynomial = np.zeros((k, *start.shape[1:]))
        polynomial[0] = 1.0
        for size, j in enumerate(other for other in range(k) if other != i):
            for degree in range(size + 1, 0, -1):
                polynomial[degree] = polynomial[degree] * start[j] + polynomial[degree - 1] * end[j]
            polynomial[0] = polynomial[0] * start[j]
        weights = np.array([1 / (k * math.comb(k - 1, size)) for size in range(k)])
        effects[i] = (end[i] - start[i]) * np.tensordot(weights, polynomial, axes=1)
    return effects


def bridge(drivers: Mapping[str, tuple[ArrayLike, ArrayLike]], *, unit: str = "") -> Bridge:
    """Take the change of a product of drivers apart.

    Args:
        drivers: Name → value at the start and at the end: numbers, or paired draws of equal
            length for uncertain ones.
        unit: Of the product.

    Raises:
        InputError: If there are no drivers, one is not finite, or numbers of draws differ.
    """
    if not drivers:
        raise InputError("drivers: found none, expected at least one")
    flat = [np.asarray(value, dtype=np.float64) for pair in drivers.values() for value in pair]
    sizes = {value.size for value in flat if value.ndim}
    if len(sizes) > 1 or any(value.ndim > 1 for value in flat) or 0 in sizes:
        raise InputError(f"drivers: found {sorted(sizes)} draws, expected one number of draws")
    for name, pair in drivers.items():
        if not all(np.isfinite(value).all() for value in pair):
            raise InputError(f"drivers: found {name!r} not finite, expected numbers")
    n = sizes.pop() if sizes else 1
    values = np.array([np.broadcast_to(value, (n,)) for value in flat])
    start, end = values[::2], values[1::2]
    effects = shapley_product(start, end)
    known = n == 1
    ends = np.full((2, len(drivers)), np.nan) if known else np.quantile(effects, (0.1, 0.9), axis=1)
    frame = pd.DataFrame(
        {
            "driver": list(drivers), "start": start.mean(axis=1), "end": end.mean(axis=1),
            "effect": effects.mean(axis=1), "p10": ends[0], "p90": ends[1],
        }
    )  # fmt: skip
    totals = start.prod(axis=0).mean(), end.prod(axis=0).mean()
    reason = "the drivers are given without error" if known else ""
    return Bridge(frame, float(totals[0]), float(totals[1]), unit, reason)
