"""Figures of weights and agreement, and what all figures of SWOT scoring share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, PALETTE
from analysis.swot import words_agreement
from analysis.swot.labels import wrapped
from analysis.swot.panel import Panel
from analysis.swot.words import chance as written
from analysis.swot.words import reason

if TYPE_CHECKING:
    from analysis.swot.agreement import Agreement
    from analysis.swot.ahp import Priorities
    from analysis.swot.bwm import BestWorst

GROUPS = {"S": PALETTE[2], "W": PALETTE[1], "O": PALETTE[0], "T": PALETTE[3]}
SLIM = 6.0
"""Inches below which a figure is narrow."""


def axes_of(ax: Axes | None, rows: int = 8) -> Axes:
    """The axes given, or new ones for so many rows."""
    import matplotlib.pyplot as plt

    return ax if ax is not None else plt.subplots(figsize=(8.4, max(2.6, 0.9 + 0.34 * rows)))[1]


def lined(text: str, axes: Axes) -> str:
    """A label on as many lines as it takes beside its row."""
    return wrapped(text, narrow=axes.figure.bbox.width / axes.figure.dpi < SLIM)


def dots(
    ax: Axes | None, labels: list[str], value: Any, lo: Any, hi: Any, colors: list[str]
) -> Axes:
    """One line an item, the first at the top."""
    axes = axes_of(ax, len(labels))
    places = -np.arange(len(labels), dtype=np.float64)
    axes.hlines(places, lo, hi, color=colors, linewidth=2.2, alpha=0.75)
    axes.scatter(value, places, color=colors, s=34, zorder=3)
    axes.set_yticks(places, [lined(label, axes) for label in labels])
    axes.set_ylim(-len(labels) + 0.4, 0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    axes.margins(x=0.06)
    return axes


def percents(axes: Axes) -> None:
    """Write the ticks of the x axis as whole percentages."""
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.percent(value, 0)))


def weight_bars(result: Priorities | BestWorst, ax: Axes | None, lang: str) -> Axes:
    """Weights as bars, with their numbers."""
    rows = result.frame.sort_values("weight", ascending=False, kind="stable")
    axes = axes_of(ax, len(rows))
    places = -np.arange(len(rows), dtype=np.float64)
    axes.barh(places, rows["weight"], color=ACCENT, height=0.62)
    for place, weight in zip(places, rows["weight"], strict=True):
        axes.annotate(
            formats.percent(weight), (weight, place), (4, 0), textcoords="offset points",
            va="center", color=MUTED, fontsize=9.5,
        )  # fmt: skip
    axes.set_yticks(places, [lined(name, axes) for name in rows["item"]])
    axes.grid(visible=False)
    axes.margins(x=0.1)
    percents(axes)
    axes.set_xlabel(translator(lang)("weight"))
    return axes


def panel_dots(
    panel: Panel, frame: pd.DataFrame, ax: Axes | None, lang: str, *, marked: bool = True
) -> Axes:
    """Weights with intervals, and each rater's own in grey; ``marked`` names the group."""
    order = np.argsort(-panel.weights, kind="stable")
    rows = frame.iloc[order]
    colors = [GROUPS.get(g, ACCENT) for g in rows.get("group", rows["item"])]
    labels = list(rows["item"])
    if marked and "group" in rows:
        labels = [
            f"{group}\u00a0·\u00a0{item}" for group, item in zip(rows["group"], labels, strict=True)
        ]
    axes = dots(ax, labels, rows["weight"], rows["lo"], rows["hi"], colors)
    for own in panel.by_rater:
        axes.plot(own[order], -np.arange(len(order)) - 0.22, "|", color=CONTEXT, markersize=5)
    percents(axes)
    # Bounds of few raters reach far: they are drawn as far as the weights can be compared.
    reach = 1.9 * float(max(panel.weights.max(), panel.by_rater.max()))
    shown = float(np.nanmax([reach / 1.75, *rows["hi"]]))
    axes.set_xlim(0, min(shown * 1.05, reach, 1.0))
    say = translator(lang)
    axes.set_xlabel(say("weight; grey: each rater"))
    return axes


def agreement_forest(result: Agreement, ax: Axes | None, lang: str) -> Axes:
    """Measures with intervals; reasons where there is none."""
    say = translator(lang)
    rows, named = result.frame, words_agreement.measures(say)
    labels = [named[name] for name in rows["measure"]]
    axes = dots(ax, labels, rows["value"], rows["lo"], rows["hi"], [ACCENT] * len(rows))
    for place, row in enumerate(rows.to_dict("records")):
        if row["why"]:
            axes.annotate(
                reason(row["why"], say), (0.0, -place), (4, 9), fontsize=9, color=MUTED,
                textcoords="offset points",
            )  # fmt: skip
    marks = {words_agreement.TENTATIVE: say("tentative"), words_agreement.RELIABLE: say("reliable")}
    for (mark, text), side in zip(marks.items(), (-1, 1), strict=True):
        axes.axvline(mark, color=CONTEXT, linewidth=1, zorder=0)
        axes.annotate(
            text, (mark, 0.6), (2 * side, 2), textcoords="offset points", color=MUTED, fontsize=9,
            ha="right" if side < 0 else "left", annotation_clip=False,
        )  # fmt: skip
    axes.set_xlim(min(-0.05, float(np.nanmin([0.0, *rows["lo"]]))), 1.06)
    return axes


def with_chance(
    ax: Axes | None, rows: pd.DataFrame, name: str, chance: str, lang: str, text: str
) -> Axes:
    """Scores with intervals, the chance of being first at the right."""
    colors = [ACCENT] + [MUTED] * (len(rows) - 1)
    axes = dots(ax, list(rows[name]), rows["score"], rows["lo"], rows["hi"], colors)
    for place, p in enumerate(rows[chance]):
        axes.annotate(
            written(p), (1, -place), (6, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", color=INK, annotation_clip=False,
        )  # fmt: skip
    axes.annotate(text, (1, 0.6), (6, 2), xycoords=("axes fraction", "data"), color=MUTED,
                  textcoords="offset points", fontsize=9, annotation_clip=False)  # fmt: skip
    axes.set_xlabel(translator(lang)("score"))
    return axes
