"""Which strategy first? Strategies scored by the weight of the factors they take up.

TOWS matrix: Weihrich (1982), Long Range Planning 15:54–66: strategies use strengths (S) or mend
weaknesses (W) to seize opportunities (O) or meet threats (T). A score is the weight of the factors
covered; how often a strategy ranks first is counted over the weights that the average opinion of
such raters may have, as in stochastic multicriteria acceptability analysis (Lahdelma, Hokkanen &
Salminen 1998, EJOR 106:137–143).
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
from analysis.swot.turning import turning_points

Floats = NDArray[np.float64]
DRAWS = 20_000
LEVEL = 1e-9
"""Scores that are closer are equal: the rest is rounding."""


@dataclass(frozen=True)
class Tows:
    """Strategies, how sure their order is, and what is tied to nothing.

    Attributes:
        frame: One row a strategy, best first: ``strategy, kind`` (SO, WO, ST, WT), ``score`` (share
            of all factor weight covered), ``lo, hi`` (over where the average opinion of such raters
            may lie), ``p_first``, ``mc_error`` of it, ``p_flip`` (chance of scoring above the
            first; NaN of the first itself), ``factors`` (number covered). Where ``why`` says so,
            bounds and chances are NaN.
        coverage: ``(factors, strategies)``, 0 to 1, factors with ``group`` as the index' second
            level.
        sensitivity: One row a factor and a group (``what``: ``"factor"`` or ``"group"``): ``item,
            weight, lo, hi`` (range of the weight, the others scaled to fill the rest, in which the
            first stays first), ``below, above`` (who takes its place at either end; empty if
            nobody does), ``p_out`` (chance that this one weight lies beyond either end).
        orphans: ``kind`` (``"factor without strategy"``, ``"strategy without factor"``, ``"factor
            without KPI"``, ``"strategy without plan line"``), ``name``, ``weight`` (NaN of a
            strategy).
        noise: Standard deviation of log weights assumed; None where it came from the raters.
        raters: Number of raters.
        draws: Number of draws.
        confidence: Of the intervals.
        why: Why nothing is known about chances, English message id; empty if they are known.
    """

    frame: pd.DataFrame
    coverage: pd.DataFrame
    sensitivity: pd.DataFrame
    orphans: pd.DataFrame
    noise: float | None
    raters: int
    draws: int
    confidence: float
    why: str

    @property
    def level(self) -> list[str]:
        """All strategies of the highest score: more than one where nothing tells them apart."""
        score = self.frame["score"]
        return self.frame.loc[score > float(score.iloc[0]) - LEVEL, "strategy"].tolist()

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
        from analysis.swot.words_strategy import tows_table

        return tows_table(self, lang)

    def matrix_table(self) -> pd.DataFrame:
        """The TOWS matrix: rows of opportunities and threats, columns of the inside."""
        from analysis.swot.words_strategy import tows_matrix

        return tows_matrix(self)

    def orphans_table(self, lang: str = "en") -> pd.DataFrame:
        """What is tied to nothing."""
        from analysis.swot.words_strategy import orphans_table

        return orphans_table(self, lang)

    @property
    def turns(self) -> pd.DataFrame:
        """The rows of :attr:`sensitivity` where somebody takes the lead, the likeliest first.

        The nearest first where the chances are unknown: a heavy factor may have to move far, and
        be likelier to do so than a light one by a little.
        """
        rows = self.sensitivity
        move = np.minimum(
            np.where(rows["below"] != "", rows["weight"] - rows["lo"], np.inf),
            np.where(rows["above"] != "", rows["hi"] - rows["weight"], np.inf),
        )
        kept = rows.assign(move=move)[np.isfinite(move)]
        order = np.lexsort((kept["move"], -kept["p_out"].fillna(0.0)))
        return kept.iloc[order].reset_index(drop=True)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Scores with intervals and how often each ranks first."""
        from analysis.swot.plots_strategy import tows_figure

        return tows_figure(self, ax, lang)

    def plot_turns(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """How far single weights may move before another strategy leads."""
        from analysis.swot.plots_strategy import turns_figure

        return turns_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The first strategy, how sure, and which weight would turn the order."""
        from analysis.swot.words_strategy import tows_sentence

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
        noise: Standard deviation of the logarithm of a weight, instead of the raters' own spread.
            With fewer than three raters and none, how sure the order is stays unknown.
        draws: Number of draws.
        confidence: Of the intervals of scores.
        rng: Seeded generator.

    Raises:
        InputError: If a factor is unknown or of no group, a link is given twice, a strength is not
            above 0 to 1, no strategy takes up anything, or there are fewer than two strategies.
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
    if not score.any():
        raise InputError("strategies: found none that takes up a factor, expected at least one")
    order = np.argsort(-np.round(score, 12), kind="stable")
    why = panel.unsure if noise is None else ""
    sure = not why
    unknown = np.full((1, len(names)), math.nan)
    weights: Floats = panel.draws(draws, rng, noise) if sure else unknown
    drawn = weights @ cover
    # Equal best scores share the first place, so that the chances sum to 1.
    top = drawn >= drawn.max(axis=1, keepdims=True) * (1 - 1e-12)
    p_first = (top / np.maximum(top.sum(axis=1, keepdims=True), 1)).mean(axis=0)
    ahead = drawn - drawn[:, [order[0]]]
    level = np.abs(ahead) <= 1e-12
    p_flip = ((ahead > 0) & ~level).mean(axis=0) + level.mean(axis=0) / 2
    p_flip[order[0]] = math.nan
    if not sure:
        p_first, p_flip = np.full(len(strategies), math.nan), np.full(len(strategies), math.nan)
    tail = (1 - confidence) / 2
    lo, hi = np.quantile(drawn, [tail, 1 - tail], axis=0)
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
            "p_flip": p_flip,
            "factors": (cover > 0).sum(axis=0),
        }
    ).iloc[order]
    owners = [groups[name] for name in names]
    table.index = pd.MultiIndex.from_arrays([list(names), owners], names=["factor", "group"])
    return Tows(
        frame=frame.reset_index(drop=True),
        coverage=table.iloc[:, order],
        sensitivity=turning_points(panel, weights, owners, cover, strategies, int(order[0])),
        orphans=_orphans(panel, cover, strategies, kpis, lines),
        noise=noise,
        raters=len(panel.raters),
        draws=draws,
        confidence=confidence,
        why=why,
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
