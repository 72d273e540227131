"""Weights of groups and factors by either route: all pairs, or the best and the worst alone.

All pairs: group AHP over the SWOT hierarchy (A'WOT: Kurttila, Pesonen, Kangas & Kajanus 2000,
Forest Policy and Economics 1:41–52). Best and worst: :mod:`analysis.swot.bwm` of each rater,
weights averaged geometrically.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.base.errors import InputError
from analysis.swot.ahp import LIMIT, Priorities
from analysis.swot.answers import Answers
from analysis.swot.bwm import BestWorst, bwm
from analysis.swot.group import TOP, Awot, awot, weight_frame
from analysis.swot.judgments import RECIPROCAL
from analysis.swot.panel import Panel
from analysis.swot.random_index import TABLES, Table
from analysis.swot.tables import BEST, GROUPS

Floats = NDArray[np.float64]
Route = Literal["ahp", "bwm"]
PANEL = ""
"""Rater of a row of checks that is about the panel's combined judgments."""


@dataclass(frozen=True)
class Weighed:
    """Weights of a SWOT, and whether the judgments fit each other.

    Attributes:
        frame: One row a factor: ``item, group, group_weight, local, weight, lo, hi, why``.
        groups: Weights of S, W, O, T: ``item, weight, lo, hi, why``.
        panel: Global weights of the factors, of the panel and of each rater.
        over: Weights of the groups likewise.
        checks: One row a set of judgments: ``rater`` (empty: the panel's combined judgments),
            ``group`` (``SWOT``: the groups), ``items, missing`` (judgments not given), ``ratio``,
            ``limit`` (NaN where none is published), ``passes`` (never where no limit is
            published), ``pair, value, mended, after, tied`` (see
            :class:`analysis.swot.Inconsistency`, on Saaty's scale; of best and worst ``pair`` is
            the item) and the ratio by each random-index table. Largest ratio over its limit first.
        route: ``"ahp"`` or ``"bwm"``.
        index_table: Random-index table of ``ratio``; empty for ``"bwm"``.
        confidence: Of the intervals.
    """

    frame: pd.DataFrame
    groups: pd.DataFrame
    panel: Panel
    over: Panel
    checks: pd.DataFrame
    route: Route
    index_table: str
    confidence: float

    @property
    def weights(self) -> dict[str, float]:
        """Factor → weight."""
        return dict(zip(self.panel.names, self.panel.weights.tolist(), strict=True))

    @property
    def own(self) -> dict[str, dict[str, float]]:
        """Rater → factor → the rater's own weight."""
        return {
            rater: dict(zip(self.panel.names, row.tolist(), strict=True))
            for rater, row in zip(self.panel.raters, self.panel.by_rater, strict=True)
        }

    @property
    def failing(self) -> pd.DataFrame:
        """Sets of single raters that contradict themselves beyond the limit."""
        own = self.tested
        return own[~own["passes"] & own["limit"].notna()]

    @property
    def tested(self) -> pd.DataFrame:
        """Sets of single raters that could contradict themselves: three items and more."""
        return self.checks[(self.checks["rater"] != PANEL) & (self.checks["items"] > 2)]

    @property
    def unlimited(self) -> pd.DataFrame:
        """Sets of single raters with contradictions for which no limit is published."""
        own = self.tested
        return own[~own["passes"] & own["limit"].isna()]

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Factors with global weights, largest first (``lang`` en or zh)."""
        from analysis.swot.words_weights import group_table

        return group_table(self.frame, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Global weights with intervals, coloured by group."""
        from analysis.swot.plots import panel_dots

        return panel_dots(self.panel, self.frame, ax, lang)

    def plot_groups(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Weights of the four groups with intervals."""
        from analysis.swot.plots import panel_dots
        from analysis.swot.words_weights import group_words

        named = self.groups.assign(group=self.groups["item"])
        named["item"] = named["item"].map(group_words(lang))
        return panel_dots(self.over, named, ax, lang, marked=False)

    def summary(self, lang: str = "en") -> str:
        """The heaviest group and factor, and which judgments contradict themselves."""
        from analysis.swot.words_weights import weighed_sentence

        return weighed_sentence(self, lang)


def weigh(
    answers: Answers,
    route: Route = "ahp",
    *,
    index_table: Table = "Alonso & Lamata 2006",
    limit: float = LIMIT,
    confidence: float = 0.95,
) -> Weighed:
    """Weigh groups and factors.

    Args:
        answers: What the panel said.
        route: ``"ahp"`` reads comparisons of pairs, ``"bwm"`` those with the best and the worst.
        index_table: Random-index table of the consistency ratio.
        limit: Consistency ratio above which a set is named.
        confidence: Of the intervals over raters.

    Raises:
        InputError: If there are no judgments of that shape, or they do not fit together.
    """
    if route == "ahp":
        return _by_pairs(answers, index_table, limit, confidence)
    return _by_best_and_worst(answers, confidence)


def _by_pairs(answers: Answers, table: Table, limit: float, confidence: float) -> Weighed:
    if answers.pairwise.empty:
        raise InputError(
            "judgments: found no comparisons of pairs, expected rows of kind pairwise; "
            "method=bwm reads comparisons with the best and the worst"
        )
    made = awot(answers.pairwise, index_table=table, limit=limit, confidence=confidence)
    rows = []
    for group, result in {TOP: made.top, **made.groups}.items():
        # The combined judgments of one rater are that rater's own.
        both = {PANEL: result.group} if len(result.raters) > 1 else {}
        for rater, one in {**both, **result.raters}.items():
            rows.append(_pairs_row(rater, group, one))
    return _weighed(answers, made.panel, made.top.panel, _local(made), rows, "ahp", table,
                    confidence)  # fmt: skip


def _local(made: Awot) -> dict[str, Panel]:
    return {group: result.panel for group, result in made.groups.items()}


def _pairs_row(rater: str, group: str, one: Priorities) -> dict[str, object]:
    worst = one.worst
    # Where the scale has nothing nearer than what was said, the value between stands.
    on_scale = worst is not None and abs(worst.on_scale / worst.value - 1) > RECIPROCAL
    return {
        "rater": rater, "group": group, "items": len(one.frame), "missing": len(one.missing),
        "ratio": one.cr, "limit": one.limit, "passes": one.consistent,
        "pair": worst.pair if worst else "",
        "value": worst.value if worst else np.nan,
        "mended": (worst.on_scale if on_scale else worst.mended) if worst else np.nan,
        "after": (worst.ratio_on_scale if on_scale else worst.ratio_after) if worst else np.nan,
        "tied": bool(worst and worst.tied),
        **{name: one.ratios[name] for name in TABLES},
    }  # fmt: skip


def _by_best_and_worst(answers: Answers, confidence: float) -> Weighed:
    rows = answers.best_worst
    if rows.empty:
        raise InputError(
            "judgments: found no comparisons with the best and the worst, expected rows of kind "
            "best and worst; method=ahp reads comparisons of pairs"
        )
    raters = list(dict.fromkeys(rows["rater"]))
    checks: list[dict[str, object]] = []
    panels: dict[str, Panel] = {}
    for group in (TOP, *GROUPS):
        own = rows[rows["group"] == group]
        if own.empty:
            continue
        each = {rater: _one(own[own["rater"] == rater], rater, group) for rater in raters}
        names = tuple(each[raters[0]].weights)
        for rater, one in each.items():
            if set(one.weights) != set(names):
                odd = ", ".join(sorted(set(one.weights) ^ set(names)))
                raise InputError(
                    f"rater {rater}, group {group}: found other items than {raters[0]} ({odd})"
                )
            checks.append(_best_row(rater, group, one))
        by_rater = np.array([[one.weights[name] for name in names] for one in each.values()])
        panels[group] = Panel(names, _mean(by_rater), by_rater, tuple(raters))
    if TOP not in panels:
        raise InputError("judgments: found no comparison of the groups, expected rows of SWOT")
    over = panels.pop(TOP)
    return _weighed(answers, _global(over, panels), over, panels, checks, "bwm", "", confidence)


def _one(rows: pd.DataFrame, rater: str, group: str) -> BestWorst:
    """Weights of one rater; the best over the worst may be given in either half."""
    where = f"rater {rater}, group {group}"
    if rows.empty:
        raise InputError(f"{where}: found no judgments, expected the best and the worst")
    best, worst = rows[rows["kind"] == BEST], rows[rows["kind"] != BEST]
    tops, lows = list(dict.fromkeys(best["left"])), list(dict.fromkeys(worst["right"]))
    if len(tops) != 1 or len(lows) > 1:
        raise InputError(
            f"{where}: found {', '.join(tops) or 'nothing'} as the best and "
            f"{', '.join(lows) or 'nothing'} as the worst, expected one of each"
        )
    over = {tops[0]: 1.0, **dict(zip(best["right"], best["value"].astype(float), strict=True))}
    low = lows[0] if lows else max(over, key=lambda name: over[name])
    under = {low: 1.0, **dict(zip(worst["left"], worst["value"].astype(float), strict=True))}
    if low in over:
        under.setdefault(tops[0], over[low])
    elif tops[0] in under:
        over[low] = under[tops[0]]
    try:
        return bwm(over, under)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error


def _best_row(rater: str, group: str, one: BestWorst) -> dict[str, object]:
    worst = one.frame.iloc[int(one.frame["ratio"].argmax())]
    return {
        "rater": rater, "group": group, "items": len(one.frame), "missing": 0,
        "ratio": one.input_ratio, "limit": one.input_threshold,
        "passes": one.consistent is True,
        "pair": str(worst["item"]) if one.input_ratio > 1e-12 else "",
        "value": np.nan, "mended": np.nan, "after": np.nan, "tied": False,
    }  # fmt: skip


def _mean(by_rater: Floats) -> Floats:
    # Sorted, so that not even the last digit depends on the order of raters.
    mean = np.exp(np.sort(np.log(by_rater), axis=0).mean(axis=0))
    return np.asarray(mean / mean.sum(), dtype=np.float64)


def _global(over: Panel, inner: Mapping[str, Panel]) -> Panel:
    """Weights of all factors; a group without panel is one factor under its own name."""
    names: list[str] = []
    weights, by_rater = [], []
    for i, group in enumerate(over.names):
        own = inner.get(group)
        names += own.names if own else (group,)
        weights.append(over.weights[i] * (own.weights if own else np.ones(1)))
        by_rater.append(over.by_rater[:, [i]] * (own.by_rater if own else 1.0))
    return Panel(tuple(names), np.concatenate(weights), np.concatenate(by_rater, axis=1),
                 over.raters)  # fmt: skip


def _weighed(
    answers: Answers, panel: Panel, over: Panel, inner: Mapping[str, Panel],
    rows: list[dict[str, object]], route: Route, table: str, confidence: float,
) -> Weighed:  # fmt: skip
    """Put the factor's name where a group of one stands, and the tables together."""
    alone = {group: name for name, group in answers.groups.items() if group not in inner}
    panel = Panel(tuple(alone.get(name, name) for name in panel.names), panel.weights,
                  panel.by_rater, panel.raters)  # fmt: skip
    frame = weight_frame(panel, confidence)
    groups = answers.groups
    owners = [groups[name] for name in panel.names]
    share = dict(zip(over.names, over.weights.tolist(), strict=True))
    frame.insert(1, "group", pd.Series(owners, dtype="str"))
    frame.insert(2, "group_weight", [share[group] for group in owners])
    frame.insert(3, "local", panel.weights / frame["group_weight"].to_numpy())
    checks = pd.DataFrame(rows)
    # A ratio without published limit, or of a limit of 0, ranks by itself.
    limit = checks["limit"].where(checks["limit"] > 0, LIMIT)
    order = np.lexsort((np.arange(len(checks)), -checks["ratio"] / limit))
    return Weighed(frame, weight_frame(over, confidence), panel, over,
                   checks.iloc[order].reset_index(drop=True), route, table, confidence)  # fmt: skip
