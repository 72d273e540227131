"""Conversion of groups that were not randomised, compared at the same mix of strata.

Direct standardisation: each group's rates by stratum, weighted by one common mix (Rothman,
Greenland & Lash 2008, Modern Epidemiology, ch. 15). It takes out what the strata record and
nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.base.language import translator
from analysis.experiments.clusters.checks import need
from analysis.experiments.clusters.words import standardised_sentence, standardised_table
from analysis.experiments.effect import Interval
from analysis.stats import wilson

ONE_SIDED = "a stratum has users of one group only"


@dataclass(frozen=True)
class Standardised:
    """Two groups' rates at the same mix of strata.

    Attributes:
        rates: Standardised rates of both groups.
        difference: Rate of the second less that of the first, standardised.
        raw: The same of all users, as they came.
        names: Names of both groups.
        frame: ``stratum, weight, n_one, rate_one, n_other, rate_other``.
    """

    rates: tuple[float, float]
    difference: Interval
    raw: Interval
    names: tuple[str, str]
    frame: pd.DataFrame

    def table(self, lang: str = "en") -> pd.DataFrame:
        """One row a stratum (``lang`` en or zh)."""
        return standardised_table(self, lang)

    def summary(self, lang: str = "en") -> str:
        """Both rates, the difference, and what it cannot claim (``lang`` en or zh)."""
        return standardised_sentence(self, translator(lang), lang)


def standardised(
    frame: pd.DataFrame,
    one: str,
    other: str,
    *,
    group: str = "group",
    stratum: str = "stratum",
    successes: str = "successes",
    n: str = "n",
    confidence: float = 0.95,
) -> Standardised:
    """Compare the rates of two channels or scenes at the mix of strata of both together.

    The interval adds up Wilson intervals of all cells (MOVER: Zou & Donner 2008, Statistics in
    Medicine 27:1693); with one stratum it is Newcombe's.

    Args:
        frame: One row a group and stratum, with successes and users.
        one: Group that is compared with.
        other: Group that is compared.
        group: Column of the group.
        stratum: Column of the stratum.
        successes: Column of users with the event.
        n: Column of users.
        confidence: Level of the intervals.

    Raises:
        InputError: If a column or group is absent, a value missing or more succeed than there are.
    """
    need(frame, [group, stratum, successes, n], "strata")
    bad = ~frame[successes].between(0, frame[n]).to_numpy()
    if bad.any():
        rows = np.flatnonzero(bad)
        found = [
            Problem(str(frame[successes].iloc[r]), "between 0 and n", int(r) + 2, successes)
            for r in rows.tolist()
        ]
        raise InputProblems("strata", found)
    known = set(frame[group])
    for name in (one, other):
        if name not in known:
            raise InputError(f"{group}: found no {name!r}, expected one of {sorted(known)}")
    sums = frame.groupby([stratum, group], sort=True)[[successes, n]].sum().unstack(fill_value=0)
    x = np.stack([sums[successes][name].to_numpy(np.float64) for name in (one, other)])
    users = np.stack([sums[n][name].to_numpy(np.float64) for name in (one, other)])
    kept = users.sum(axis=0) > 0
    x, users = x[:, kept], users[:, kept]
    weights = users.sum(axis=0) / users.sum()
    rates = np.divide(x, users, out=np.full_like(x, np.nan), where=users > 0)
    table = pd.DataFrame(
        {
            "stratum": sums.index[kept], "weight": weights, "n_one": users[0],
            "rate_one": rates[0], "n_other": users[1], "rate_other": rates[1],
        }
    )  # fmt: skip
    means = rates @ weights
    whole = np.ones(1)
    raw = _mover(x.sum(axis=1)[:, None], users.sum(axis=1)[:, None], whole, confidence)
    if np.isnan(means).any():
        difference = Interval(
            math.nan, math.nan, math.nan, confidence, "MOVER, Wilson", "undefined", ONE_SIDED
        )
    else:
        difference = _mover(x, users, weights, confidence)
    pair = (float(means[0]), float(means[1]))
    return Standardised(pair, difference, raw, (one, other), table)


def _mover(x: np.ndarray, users: np.ndarray, weights: np.ndarray, confidence: float) -> Interval:
    """Difference of weighted rates, second row less first, with its MOVER interval."""
    low, high = wilson(x, users, confidence)
    rates = x / users
    value = float((rates[1] - rates[0]) @ weights)
    squared = weights * weights
    below = float(((rates[1] - low[1]) ** 2 + (high[0] - rates[0]) ** 2) @ squared)
    above = float(((high[1] - rates[1]) ** 2 + (rates[0] - low[0]) ** 2) @ squared)
    lo, hi = value - math.sqrt(below), value + math.sqrt(above)
    return Interval(value, lo, hi, confidence, "MOVER, Wilson")
