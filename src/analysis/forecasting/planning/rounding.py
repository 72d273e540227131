"""Splitting an amount into parts that add up to it."""

from __future__ import annotations

import math

import numpy as np

from analysis.forecasting.arrays import Floats


def split(amount: float, shares: Floats, *, whole: bool = False) -> Floats:
    """Split an amount by shares; the parts add up to it exactly.

    Whole parts are rounded by the method of largest remainders (Hamilton's): each is rounded
    down, and the units left go to the largest fractions, the earlier part first on a tie.

    Args:
        amount: What is split; a whole number if ``whole``.
        shares: ``(n,)`` not negative, summing to 1.
        whole: Whether the parts must be whole numbers.
    """
    parts: Floats = amount * shares
    if whole:
        down = np.floor(parts)
        order = np.argsort(-(parts - down), kind="stable")
        down[order[: round(amount - float(down.sum()))]] += 1
        return down
    largest = int(np.argmax(parts))
    others = np.delete(parts, largest)
    parts[largest] = math.fsum([amount, *(-others)])
    return parts
