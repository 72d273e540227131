"""Opportunity by city tier: how much of a market is still open, and how much of that is ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.market.distributions import Distribution
from analysis.market.sampling import points, quantile_row

Floats = NDArray[np.float64]

PARTS = ("population", "penetration", "potential", "spend", "our_share")

_SHARES = ("penetration", "potential", "our_share")


@dataclass(frozen=True)
class Opportunity:
    """What is open in every tier.

    Attributes:
        frame: One row a tier in the given order: ``tier, p10, p50, p90, mean`` of what is
            addressable, ``p50_error`` (Monte-Carlo standard error), ``share`` (of the mean of all
            tiers: they sum to one), ``ours_p10, ours_p50, ours_p90`` and ``largest`` (probability
            that the tier is the largest).
        total: ``p10, p50, p90, mean`` and errors of all tiers together.
        ours: The same of our part.
        unit: Of spend times population.
    """

    frame: pd.DataFrame
    total: pd.Series
    ours: pd.Series
    unit: str

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Tiers under names for readers (``lang`` en or zh)."""
        from analysis.market.words_shares import tiers_table

        return tiers_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """What is open in every tier, P10 to P90, and our part of it."""
        from analysis.market.plots_shares import tiers_figure

        return tiers_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Where most is open (``lang`` en or zh)."""
        from analysis.market.words_shares import tiers_sentence

        return tiers_sentence(self, lang)


def opportunity(
    tiers: Mapping[str, Mapping[str, Distribution]],
    *,
    rng: np.random.Generator,
    unit: str = "",
    n: int = 4096,
    randomisations: int = 8,
) -> Opportunity:
    """Size what is open by tier: ``population * max(potential - penetration, 0) * spend``.

    Args:
        tiers: Tier → ``population`` (households, or people), ``penetration`` (share that buys
            already), ``potential`` (share that could), ``spend`` (of one buyer in the period) and
            ``our_share`` (of the new buyers).
        rng: Source of chance.
        unit: Of the outcome.
        n: Points of each randomisation, a power of 2.
        randomisations: Independent ones, at least 2.

    Raises:
        InputProblems: If a part is missing or unknown, or a share leaves 0 to 1.
        InputError: If there are no tiers, nothing is open in any, or the points are too few.
    """
    if not tiers:
        raise InputError("tiers: found none, expected at least one")
    if randomisations < 2:
        raise InputError(f"randomisations: found {randomisations}, expected at least 2")
    _check(tiers)
    k = len(PARTS)
    drawn = np.stack([points(n, k * len(tiers), rng) for _ in range(randomisations)])
    open_, ours = [], []
    for i, parts in enumerate(tiers.values()):
        values = {part: parts[part].quantile(drawn[..., k * i + j]) for j, part in enumerate(PARTS)}
        gap = np.maximum(values["potential"] - values["penetration"], 0)
        open_.append(values["population"] * gap * values["spend"])
        ours.append(open_[-1] * values["our_share"])
    whole = np.sum(open_, axis=0)
    if not whole.any():
        raise InputError("tiers: found nothing open in any, expected potential above penetration")
    first = np.argmax(np.stack(open_), axis=0)
    rows = []
    for i, tier in enumerate(tiers):
        one, mine = quantile_row(open_[i]), quantile_row(ours[i])
        rows.append(
            {
                "tier": tier, **one[["p10", "p50", "p90", "mean", "p50_error"]],
                "share": one["mean"] / whole.mean(),
                **{f"ours_{key}": mine[key] for key in ("p10", "p50", "p90")},
                "largest": float((first == i).mean()),
            }
        )  # fmt: skip
    return Opportunity(
        pd.DataFrame(rows), quantile_row(whole), quantile_row(np.sum(ours, axis=0)), unit
    )


def _check(tiers: Mapping[str, Mapping[str, Distribution]]) -> None:
    problems = []
    for tier, parts in tiers.items():
        for part in PARTS:
            if part not in parts:
                problems.append(Problem(f"no {part}", f"all of {', '.join(PARTS)}", column=tier))
        for part, belief in parts.items():
            if part not in PARTS:
                problems.append(Problem(f"{part!r}", nearest(part, PARTS), column=tier))
                continue
            low, high = belief.quantile(np.array([0.001, 0.999]))
            if low < 0 or (part in _SHARES and high > 1):
                problems.append(
                    Problem(
                        f"{part} from {low:.3g} to {high:.3g}",
                        "shares between 0 and 1" if part in _SHARES else "at least 0", column=tier,
                    )
                )  # fmt: skip
    if problems:
        raise InputProblems("tiers", problems)
