"""Which strategy first? Strategies scored by the weight of the factors they take up.

TOWS matrix: Weihrich (1982), Long Range Planning 15:54–66: strategies use strengths (S) or mend
weaknesses (W) to seize opportunities (O) or meet threats (T). A score is the weight of the factors
covered; how often a strategy ranks first is counted over the weights that other raters might have
given, as in stochastic multicriteria acceptability analysis (Lahdelma, Hokkanen & Salminen 1998,
EJOR 106:137–143).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.base.errors import InputError, nearest
from analysis.swot.panel import Panel

Floats = NDArray[np.float64]
DRAWS = 20_000


@dataclass(frozen=True)
class Tows:
    """Strategies, how sure their order is, and what is tied to nothing.

    Attributes:
        frame: One row a strategy, best first: ``strategy, kind`` (SO, WO, ST, WT), ``score`` (share
            of all factor weight covered), ``lo, hi`` (over what other raters might have said),
            ``p_first``, ``mc_error`` of it, ``factors`` (number covered).
        coverage: ``(factors, strategies)``, 0 to 1, factors with ``group`` as the index' second
            level.
        sensitivity: One row a factor and a group (``what``: ``"factor"`` or ``"group"``): ``item,
            weight, lo, hi`` (range of the weight, the others scaled to fill the rest, in which the
            first stays first), ``below, above`` (who takes its place at either end; empty if
            nobody does).
        orphans: ``kind`` (``"factor without strategy"``, ``"strategy without factor"``, ``"factor
            without KPI"``, ``"strategy without plan line"``), ``name``, ``weight`` (NaN of a
            strategy).
        noise: Standard deviation of log weights assumed; None where it came from the raters.
        raters: Number of raters.
        draws: Number of draws.
        confidence: Of the intervals.
    """

    frame: pd.DataFrame
    coverage: pd.DataFrame
    sensitivity: pd.DataFrame
    orphans: pd.DataFrame
    noise: float | None
    raters: int
    draws: int
    confidence: float

    @property
    def first(self) -> str:
        """The strategy of the highest score."""
        return str(self.frame["strategy"].iloc[0])

    @property
    def matrix(self) -> dict[str, list[str]]:
        """TOWS matrix: kind → strategies, best first."""
        kinds = ("SO", "WO", "ST", "WT")
        return {
            kind: self.frame.loc[self.frame["kind"] == kind, "strategy"].tolist() for kind in kinds
        }

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Strategies, best first (``lang`` en or zh)."""
        from analysis.swot.words import tows_table

        return tows_table(self, lang)

    def matrix_table(self, lang: str = "en") -> pd.DataFrame:
        """The TOWS matrix: two rows by two columns of strategies."""
        from analysis.swot.words import tows_matrix

        return tows_matrix(self, lang)

    def orphans_table(self, lang: str = "en") -> pd.DataFrame:
        """What is tied to nothing."""
        from analysis.swot.words import orphans_table

        return orphans_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Scores with intervals and how often each ranks first."""
        from analysis.swot.plots import tows_figure

        return tows_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The first strategy, how sure, and which weight would turn the order."""
        from analysis.swot.words import tows_sentence

        return tows_sentence(self, lang)


def tows(
    panel: Panel,
    groups: Mapping[str, str],
    coverage: pd.DataFrame,
    *,
    kinds: Mapping[str, str] | None = None,
    kpis: Mapping[str, str] | None = None,
    lines: Mapping[str, str] | None = None,
    noise: float | None = None,
    draws: int = DRAWS,
    confidence: float = 0.95,
    rng: np.random.Generator,
) -> Tows:
    """Score and rank candidate strategies.

    Args:
        panel: Factor weights, of the group and of each rater.
        groups: Factor → ``"S"``, ``"W"``, ``"O"`` or ``"T"``.
        coverage: One row a link: ``strategy, factor`` and optionally ``strength``, above 0 to 1 (1
            when there is no such column): how far the strategy takes the factor up.
        kinds: Strategy → SO, WO, ST or WT, of all candidates, those without links too; from the
            weight covered when None or where empty.
        kpis: Factor → KPI that watches it; factors without one are orphans. Not checked when None.
        lines: Strategy → line of the plan; strategies without one are orphans. Not checked when
            None.
        noise: Standard deviation of the logarithm of a weight, instead of the raters' own spread;
            needed with one rater.
        draws: Number of draws.
        confidence: Of the intervals of scores.
        rng: Seeded generator.

    Raises:
        InputError: If a factor is unknown or of no group, a link is given twice, a strength is not
            above 0 to 1, there are fewer than two strategies, or one rater and no ``noise``.
    """
    names = panel.names
    for name in names:
        if groups.get(name) not in ("S", "W", "O", "T"):
            raise InputError(
                f"factor {name}: found group {groups.get(name)!r}, expected S, W, O, T"
            )
    table = _coverage(coverage, names, list(kinds or ()))
    for what, given, known in (("kinds", kinds, table), ("lines", lines, table)):
        for name in given or ():
            if name not in known.columns:
                hint = nearest(name, list(known.columns))
                raise InputError(f"{what}: found unknown strategy {name!r}; {hint}")
    for name in kpis or ():
        if name not in names:
            raise InputError(f"kpis: found unknown factor {name!r}; {nearest(name, names)}")
    strategies = list(table.columns)
    cover = table.to_numpy()
    score = panel.weights @ cover
    drawn = panel.draws(draws, rng, noise) @ cover
    # Equal best scores share the first place, so that the chances sum to 1.
    top = drawn >= drawn.max(axis=1, keepdims=True) * (1 - 1e-12)
    p_first = (top / top.sum(axis=1, keepdims=True)).mean(axis=0)
    tail = (1 - confidence) / 2
    lo, hi = np.quantile(drawn, [tail, 1 - tail], axis=0)
    order = np.argsort(-score, kind="stable")
    kind = [_kind(name, kinds, groups, panel, cover[:, i]) for i, name in enumerate(strategies)]
    frame = pd.DataFrame(
        {
            "strategy": strategies,
            "kind": kind,
            "score": score,
            "lo": np.minimum(lo, score),
            "hi": np.maximum(hi, score),
            "p_first": p_first,
            "mc_error": np.sqrt(p_first * (1 - p_first) / draws),
            "factors": (cover > 0).sum(axis=0),
        }
    ).iloc[order]
    owners = [groups[name] for name in names]
    table.index = pd.MultiIndex.from_arrays([list(names), owners], names=["factor", "group"])
    return Tows(
        frame=frame.reset_index(drop=True),
        coverage=table.iloc[:, order],
        sensitivity=_sensitivity(panel, owners, cover, strategies, int(order[0])),
        orphans=_orphans(panel, cover, strategies, kpis, lines),
        noise=noise,
        raters=len(panel.raters),
        draws=draws,
        confidence=confidence,
    )


def _coverage(links: pd.DataFrame, names: Sequence[str], declared: list[str]) -> pd.DataFrame:
    """Factors by strategies."""
    for name in ("strategy", "factor"):
        if name not in links.columns:
            hint = nearest(name, [str(column) for column in links.columns])
            raise InputError(f"coverage: found no column {name!r}; {hint}")
    for factor in links["factor"]:
        if factor not in names:
            raise InputError(f"coverage: found unknown factor {factor!r}; {nearest(factor, names)}")
    twice = links.duplicated(["strategy", "factor"]).to_numpy()
    if twice.any():
        row = links.iloc[int(np.flatnonzero(twice)[0])]
        raise InputError(f"coverage: found {row['strategy']} on {row['factor']} twice")
    strength = (
        links["strength"].to_numpy(np.float64) if "strength" in links else np.ones(len(links))
    )
    wrong = ~((strength > 0) & (strength <= 1))
    if wrong.any():
        row = links.iloc[int(np.flatnonzero(wrong)[0])]
        raise InputError(
            f"coverage: found {row['strategy']} on {row['factor']} of strength "
            f"{strength[wrong][0]:g}, expected above 0 to 1"
        )
    strategies = list(dict.fromkeys([*declared, *links["strategy"].astype("str")]))
    if len(strategies) < 2:
        raise InputError(f"strategies: found {len(strategies)}, expected at least two")
    table = pd.DataFrame(0.0, index=list(names), columns=strategies)
    values = table.to_numpy(copy=True)
    rows = [list(names).index(factor) for factor in links["factor"]]
    values[rows, [strategies.index(str(name)) for name in links["strategy"]]] = strength
    return pd.DataFrame(values, index=list(names), columns=strategies)


def _kind(
    name: str, kinds: Mapping[str, str] | None, groups: Mapping[str, str], panel: Panel,
    cover: Floats,
) -> str:  # fmt: skip
    """Declared kind, else the inner and the outer group of which most weight is covered."""
    declared = (kinds or {}).get(name, "")
    if declared:
        if declared not in ("SO", "WO", "ST", "WT"):
            raise InputError(f"strategy {name}: found kind {declared!r}, expected SO, WO, ST or WT")
        return declared
    parts = {
        group: sum(
            w * c
            for w, c, factor in zip(panel.weights, cover, panel.names, strict=True)
            if groups[factor] == group
        )
        for group in "SWOT"
    }
    inner = max("SW", key=lambda group: parts[group])
    outer = max("OT", key=lambda group: parts[group])
    return inner + outer if parts[inner] and parts[outer] else ""


def _sensitivity(
    panel: Panel, owners: list[str], cover: Floats, strategies: list[str], first: int
) -> pd.DataFrame:
    """Exact: with the others scaled to fill the rest, every lead is a line in the one weight."""
    sets = [("factor", name, np.arange(len(owners)) == i) for i, name in enumerate(panel.names)]
    sets += [("group", group, np.array(owners) == group) for group in "SWOT" if group in owners]
    rows = []
    for what, item, member in sets:
        own, rest = panel.weights * member, panel.weights * ~member
        weight = float(own.sum())
        if not rest.sum():
            continue
        inside, outside = own @ cover / weight, rest @ cover / rest.sum()
        level = outside[first] - outside
        slope = (inside[first] - outside[first]) - (inside - outside)
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
        rows.append((what, item, weight, lo, hi, below, above))
    names = ["what", "item", "weight", "lo", "hi", "below", "above"]
    return pd.DataFrame(rows, columns=names)


def _orphans(
    panel: Panel,
    cover: Floats,
    strategies: list[str],
    kpis: Mapping[str, str] | None,
    lines: Mapping[str, str] | None,
) -> pd.DataFrame:
    weights = dict(zip(panel.names, panel.weights.tolist(), strict=True))
    bare = [name for name, row in zip(panel.names, cover, strict=True) if not row.any()]
    idle = [name for name, column in zip(strategies, cover.T, strict=True) if not column.any()]
    rows = [("factor without strategy", name, weights[name]) for name in bare]
    rows += [("strategy without factor", name, math.nan) for name in idle]
    if kpis is not None:
        unseen = [name for name in panel.names if not kpis.get(name)]
        rows += [("factor without KPI", name, weights[name]) for name in unseen]
    if lines is not None:
        loose = [name for name in strategies if not lines.get(name)]
        rows += [("strategy without plan line", name, math.nan) for name in loose]
    return pd.DataFrame(rows, columns=["kind", "name", "weight"])
