"""At which weight another strategy takes the lead."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.swot.panel import Panel

Floats = NDArray[np.float64]


def turning_points(
    panel: Panel, drawn: Floats, owners: list[str], cover: Floats, strategies: list[str], first: int
) -> pd.DataFrame:
    """Range of each weight in which the first stays first.

    Exact: with the others scaled to fill the rest, every lead is a line in the one weight.

    Args:
        panel: Factor weights.
        drawn: ``(draws, factors)`` weights that other raters might have given; NaN if unknown.
        owners: Group of each factor.
        cover: ``(factors, strategies)``, 0 to 1.
        strategies: Their names.
        first: Position of the one that leads.

    Returns:
        ``what, item, weight, lo, hi, below, above, p_out``; see :class:`analysis.swot.Tows`.
    """
    sets = [("factor", name, np.arange(len(owners)) == i) for i, name in enumerate(panel.names)]
    sets += [("group", group, np.array(owners) == group) for group in "SWOT" if group in owners]
    rows = []
    for what, item, member in sets:
        own, rest = panel.weights * member, panel.weights * ~member
        weight = float(own.sum())
        if not rest.sum():
            continue
        inside, beside = own @ cover / weight, rest @ cover / rest.sum()
        level = beside[first] - beside
        slope = (inside[first] - beside[first]) - (inside - beside)
        lo, hi, below, above = 0.0, 1.0, "", ""
        for other in range(len(strategies)):
            # A rival that starts level and stays level is never ahead.
            if other == first or not slope[other]:
                continue
            cross = float(-level[other] / slope[other])
            if slope[other] > 0 and cross > lo:
                lo, below = min(cross, weight), strategies[other]
            elif slope[other] < 0 and cross < hi:
                hi, above = max(cross, weight), strategies[other]
        there = drawn[:, member].sum(axis=1)
        outside = ((there < lo) & bool(below)) | ((there > hi) & bool(above))
        chance = float(outside.mean()) if np.isfinite(there).all() else math.nan
        rows.append((what, item, weight, lo, hi, below, above, chance))
    names = ["what", "item", "weight", "lo", "hi", "below", "above", "p_out"]
    return pd.DataFrame(rows, columns=names)
