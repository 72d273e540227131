"""Several raters and two floors: group judgments and the SWOT hierarchy (A'WOT).

A group's judgments are the geometric means of its raters' (AIJ), the only mean that keeps them
reciprocal (Aczél & Saaty 1983); or each rater's weights are combined by geometric means (AIP;
Forman & Peniwati 1998, EJOR 108:165–169). A'WOT weighs the groups S, W, O, T against each other and
the factors inside each group: Kurttila, Pesonen, Kangas & Kajanus (2000), Forest Policy and
Economics 1:41–52.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.base.errors import InputError, nearest
from analysis.swot.ahp import LIMIT, Method, Priorities, ahp
from analysis.swot.judgments import Judgments, from_pairs
from analysis.swot.panel import Panel
from analysis.swot.random_index import Table

Floats = NDArray[np.float64]
Combine = Literal["judgments", "priorities"]
TOP = "SWOT"


def combined(raters: Sequence[Judgments]) -> Judgments:
    """Geometric means of the judgments of several raters, of those who gave each.

    Raises:
        InputError: If raters judged different items.
    """
    names = raters[0].names
    logs = np.stack([np.log(one.ordered(names).matrix) for one in raters])
    given = ~np.isnan(logs)
    # Sorted, so that not even the last digit depends on the order of raters.
    total = np.sort(np.where(given, logs, 0.0), axis=0).sum(axis=0)
    count = given.sum(axis=0)
    mean = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    upper = np.triu(mean, 1)
    return Judgments(names, np.exp(upper - upper.T))


@dataclass(frozen=True)
class GroupPriorities:
    """Weights of a group of raters.

    Attributes:
        frame: One row an item: ``item, weight, lo, hi, why`` (bounds NaN and a reason with one
            rater).
        group: Priorities of the combined judgments; its consistency is that of the group.
        raters: Rater → own priorities.
        panel: Weights of group and raters, from which intervals and draws come.
        combine: ``"judgments"`` or ``"priorities"``.
        confidence: Of the intervals.
    """

    frame: pd.DataFrame
    group: Priorities
    raters: dict[str, Priorities]
    panel: Panel
    combine: Combine
    confidence: float

    @property
    def inconsistent(self) -> list[str]:
        """Raters whose own judgments contradict each other beyond the limit."""
        return [name for name, one in self.raters.items() if not one.consistent]

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Weights with intervals, largest first (``lang`` en or zh)."""
        from analysis.swot.words_weights import group_table

        return group_table(self.frame, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Weights with intervals, and each rater's own."""
        from analysis.swot.plots import panel_dots

        return panel_dots(self.panel, self.frame, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The heaviest item, and whether raters contradict themselves."""
        from analysis.swot.words_weights import group_sentence

        return group_sentence(self, lang)


def group_ahp(
    raters: Mapping[str, Judgments | Mapping[str, float]],
    *,
    names: Sequence[str] | None = None,
    combine: Combine = "judgments",
    method: Method = "eigenvector",
    index_table: Table = "Alonso & Lamata 2006",
    limit: float = LIMIT,
    confidence: float = 0.95,
) -> GroupPriorities:
    """Weights of a group from the judgments of its raters.

    Args:
        raters: Rater → judgments of the same items.
        names: Items in their order; the first rater's when None.
        combine: Whether judgments or weights are averaged, geometrically.
        method: How weights come from a matrix.
        index_table: Random-index table.
        limit: Consistency ratio above which there is a warning.
        confidence: Of the intervals over raters.

    Raises:
        InputError: If there is no rater, or raters judged different items.
    """
    if not raters:
        raise InputError("raters: found none, expected at least one")
    # A rater is reported with whatever is wrong in the judgments.
    read: dict[str, Judgments] = {}
    for rater, given in raters.items():
        try:
            one = given if isinstance(given, Judgments) else from_pairs(given, names)
            items = names if names is not None else next(iter(read.values()), one).names
            read[rater] = one.ordered(items)
        except InputError as error:
            raise InputError(f"rater {rater}: {error}") from error

    def weigh(one: Judgments) -> Priorities:
        return ahp(one, method=method, index_table=index_table, limit=limit)

    own = {rater: weigh(one) for rater, one in read.items()}
    group = weigh(combined(list(read.values())))
    by_rater = np.stack([one.frame["weight"].to_numpy() for one in own.values()])
    weights = group.frame["weight"].to_numpy()
    if combine == "priorities":
        mean = np.exp(np.sort(np.log(by_rater), axis=0).mean(axis=0))
        weights = mean / mean.sum()
    panel = Panel(tuple(group.frame["item"]), weights, by_rater, tuple(own))
    return GroupPriorities(weight_frame(panel, confidence), group, own, panel, combine, confidence)


def weight_frame(panel: Panel, confidence: float) -> pd.DataFrame:
    """``item, weight, lo, hi, why`` of a panel."""
    each = panel.intervals(confidence)
    return pd.DataFrame(
        {
            "item": list(panel.names),
            "weight": panel.weights,
            "lo": [one.lo for one in each],
            "hi": [one.hi for one in each],
            "why": pd.Series([one.why for one in each], dtype="str"),
        }
    )


def hierarchy(
    criteria: Mapping[str, float], parts: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    """Global weights of two floors: weight of the criterion times the weight under it.

    Args:
        criteria: Criterion → weight.
        parts: Criterion → item → weight. Items may stand under one criterion (factors of a SWOT) or
            under all (alternatives): sum the global weights of an item for its score.

    Returns:
        ``criterion, item, criterion_weight, local, weight``; ``weight`` sums to 1.

    Raises:
        InputError: If the criteria of the two floors differ.
    """
    for name in parts:
        if name not in criteria:
            raise InputError(f"hierarchy: found weights under {name!r}; {nearest(name, criteria)}")
    for name in criteria:
        if name not in parts:
            raise InputError(f"hierarchy: found nothing under {name!r}, expected its items")
    rows = [
        (name, item, weight, local, weight * local)
        for name, weight in criteria.items()
        for item, local in parts[name].items()
    ]
    return pd.DataFrame(rows, columns=["criterion", "item", "criterion_weight", "local", "weight"])


@dataclass(frozen=True)
class Awot:
    """A SWOT whose factors are weighed.

    Attributes:
        frame: One row a factor, in the order of groups: ``item`` (the factor), ``group``,
            ``group_weight, local, weight`` (global, summing to 1), ``lo, hi, why``.
        top: Weights of the groups.
        groups: Group → weights of its factors.
        panel: Global weights of group and raters.
        confidence: Of the intervals.
    """

    frame: pd.DataFrame
    top: GroupPriorities
    groups: dict[str, GroupPriorities]
    panel: Panel
    confidence: float

    @property
    def contradictions(self) -> pd.DataFrame:
        """Sets of judgments beyond the limit: ``rater, group, cr, pair, value, mended``."""
        rows = [
            (rater, group, one.cr, *_worst(one))
            for group, result in {TOP: self.top, **self.groups}.items()
            for rater, one in result.raters.items()
            if not one.consistent
        ]
        names = ["rater", "group", "cr", "pair", "value", "mended", "tied"]
        return pd.DataFrame(rows, columns=names)

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Factors with global weights, largest first (``lang`` en or zh)."""
        from analysis.swot.words_weights import group_table

        return group_table(self.frame, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Global weights with intervals, coloured by group."""
        from analysis.swot.plots import panel_dots

        return panel_dots(self.panel, self.frame, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The heaviest group and factor, and the judgments that contradict each other."""
        from analysis.swot.words_weights import awot_sentence

        return awot_sentence(self, lang)


def _worst(one: Priorities) -> tuple[str, float, float, bool]:
    worst = one.worst
    return (
        ("", np.nan, np.nan, False)
        if worst is None
        else (worst.pair, worst.value, worst.mended, worst.tied)
    )


def awot(
    judgments: pd.DataFrame,
    *,
    top: str = TOP,
    combine: Combine = "judgments",
    method: Method = "eigenvector",
    index_table: Table = "Alonso & Lamata 2006",
    limit: float = LIMIT,
    confidence: float = 0.95,
) -> Awot:
    """Weigh the groups of a SWOT and the factors in them.

    Args:
        judgments: One row a judgment: ``rater, group, left, right, value``; rows of group ``top``
            compare the groups, rows of a group its factors. A group with one factor has no rows
            of its own and is that factor.
        top: Name of the set that compares the groups.
        combine: See :func:`group_ahp`, as the rest.
        method: How weights come from a matrix.
        index_table: Random-index table.
        limit: Consistency ratio above which there is a warning.
        confidence: Of the intervals.

    Raises:
        InputError: If columns are missing, nobody compared the groups, a rater left out a set, or
            judgments of a set are wrong.
    """
    for name in ("rater", "group", "left", "right", "value"):
        if name not in judgments.columns:
            hint = nearest(name, [str(column) for column in judgments.columns])
            raise InputError(f"judgments: found no column {name!r}; {hint}")
    sets: dict[str, dict[str, dict[str, float]]] = {}
    columns = (judgments[name] for name in ("group", "rater", "left", "right", "value"))
    for group, rater, left, right, value in zip(*columns, strict=True):
        pairs = sets.setdefault(str(group), {}).setdefault(str(rater), {})
        if f"{left}|{right}" in pairs:
            raise InputError(f"rater {rater}: found {left}|{right} twice, expected once")
        pairs[f"{left}|{right}"] = value
    if top not in sets:
        raise InputError(f"judgments: found no rows of group {top!r}; {nearest(top, sets)}")
    raters = list(sets[top])
    for group, by_rater in sets.items():
        if set(by_rater) != set(raters):
            odd = sorted(set(by_rater) ^ set(raters))
            raise InputError(f"group {group}: found other raters than {top} ({', '.join(odd)})")

    def weigh(group: str) -> GroupPriorities:
        try:
            return group_ahp(
                {rater: sets[group][rater] for rater in raters}, combine=combine, method=method,
                index_table=index_table, limit=limit, confidence=confidence,
            )  # fmt: skip
        except InputError as error:
            raise InputError(f"group {group}: {error}") from error

    over = weigh(top)
    for group in sets:
        if group != top and group not in over.panel.names:
            raise InputError(f"group {group!r} is not compared: {nearest(group, over.panel.names)}")
    groups = {group: weigh(group) for group in over.panel.names if group in sets}
    names: list[str] = []
    owners: list[str] = []
    local, rated, share = [], [], []
    for i, group in enumerate(over.panel.names):
        inner = groups[group].panel if group in groups else None
        items = inner.names if inner else (group,)
        names += items
        owners += [group] * len(items)
        local.append(inner.weights if inner else np.ones(1))
        share.append(np.full(len(items), over.panel.weights[i]))
        own = inner.by_rater if inner else np.ones((len(raters), 1))
        rated.append(over.panel.by_rater[:, [i]] * own)
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InputError(f"factors: found {twice[0]!r} in two groups, expected in one")
    inside, outside = np.concatenate(local), np.concatenate(share)
    panel = Panel(tuple(names), inside * outside, np.concatenate(rated, axis=1), tuple(raters))
    frame = weight_frame(panel, confidence)
    frame.insert(1, "group", pd.Series(owners, dtype="str"))
    frame.insert(2, "group_weight", outside)
    frame.insert(3, "local", inside)
    return Awot(frame, over, groups, panel, confidence)
