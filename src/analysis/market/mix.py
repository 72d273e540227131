"""Who buys: a mix with intervals, and its index against the population."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.stats import wilson


@dataclass(frozen=True)
class Mix:
    """Shares of groups.

    Attributes:
        frame: One row a group: ``group, n, share, lo, hi`` (Wilson), ``population`` (its share
            of the population; NaN if not given), ``index`` (100 for as in the population),
            ``index_lo, index_hi`` and ``standing``: ``over``, ``under`` or ``like`` (the interval
            holds 100), empty without a population.
        total: Observations.
        confidence: Level of the intervals, each group by itself.
    """

    frame: pd.DataFrame
    total: int
    confidence: float

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Groups under names for readers (``lang`` en or zh)."""
        from analysis.market.words_shares import mix_table

        return mix_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Shares with intervals, and the population beside them."""
        from analysis.market.plots_shares import mix_figure

        return mix_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Which group stands out (``lang`` en or zh)."""
        from analysis.market.words_shares import mix_sentence

        return mix_sentence(self, lang)


def mix(groups: pd.DataFrame, *, confidence: float = 0.95) -> Mix:
    """Shares of groups of buyers, or of orders, with intervals.

    The population shares are taken as known (a census), so that the index is the share's interval
    scaled.

    Args:
        groups: One row a group: ``group, n`` (independent observations: buyers, not order lines)
            and optional ``population`` (counts or shares, above 0; made to sum to one).
        confidence: Level of the intervals.

    Raises:
        InputError: If a column is missing, there are no observations, or a group is there twice.
        InputProblems: If rows are wrong.
    """
    missing = {"group", "n"} - {*groups.columns}
    if missing:
        raise InputError(f"mix: found no column {sorted(missing)[0]!r}, expected group, n")
    counts = groups["n"].to_numpy(np.float64)
    bad = ~np.isfinite(counts) | (counts < 0) | (counts != np.floor(counts))
    problems = [
        Problem(f"{counts[i]:g}", "a count of at least 0", int(i) + 2, "n")
        for i in np.flatnonzero(bad)
    ]
    problems += [
        Problem(f"{name!r} twice", "every group once", None, "group")
        for name in groups["group"][groups["group"].duplicated()].unique()
    ]
    people = np.full(len(groups), math.nan)
    if "population" in groups:
        people = groups["population"].to_numpy(np.float64)
        wrong = ~np.isfinite(people) | (people <= 0)
        problems += [
            Problem(f"{people[i]:g}", "a population above 0", int(i) + 2, "population")
            for i in np.flatnonzero(wrong)
        ]
    if problems:
        raise InputProblems("mix", problems)
    total = counts.sum()
    if not total:
        raise InputError("mix: found no observations, expected at least one")
    population = people / people.sum()
    share = counts / total
    lo, hi = wilson(counts, np.full(len(counts), total), confidence)
    index, index_lo, index_hi = (100 * part / population for part in (share, lo, hi))
    like = np.where(index_lo > 100, "over", np.where(index_hi < 100, "under", "like"))
    frame = pd.DataFrame(
        {
            "group": groups["group"].astype(str).to_numpy(), "n": counts.astype(np.int64),
            "share": share, "lo": lo, "hi": hi, "population": population, "index": index,
            "index_lo": index_lo, "index_hi": index_hi,
            "standing": np.where(np.isnan(population), "", like),
        }
    )  # fmt: skip
    return Mix(frame, int(total), confidence)
