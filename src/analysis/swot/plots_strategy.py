"""Figures of matrices and strategies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from analysis.base.language import translator
from analysis.base.theme import ACCENT, MUTED, RULE, SECOND
from analysis.swot import words_strategy
from analysis.swot.plots import GROUPS, axes_of, dots, lined, percents, with_chance

if TYPE_CHECKING:
    from analysis.swot.matrices import InternalExternal, Qspm
    from analysis.swot.tows import Tows


def ie_map(result: InternalExternal, ax: Axes | None, lang: str) -> Axes:
    """Nine cells, the scores with intervals, each rater."""
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    from analysis.swot.matrices import ADVICE, CELLS

    say = translator(lang)
    axes = ax if ax is not None else plt.subplots(figsize=(6.6, 5.6))[1]
    tint = {"grow": "#e3f1ec", "hold": "#eef2f6", "harvest": "#f8ebe2"}
    named = words_strategy.advice(say)
    for i, cell in enumerate(CELLS):
        x, y = 3 - i % 3, 3 - i // 3
        axes.add_patch(Rectangle((x, y), 1, 1, facecolor=tint[ADVICE[cell]], edgecolor=RULE))
        axes.text(x + 0.95, y + 0.93, cell, va="top", color=MUTED, fontsize=11)
        axes.text(x + 0.95, y + 0.07, named[ADVICE[cell]], va="bottom", color=MUTED, fontsize=9)
    axes.plot(result.by_rater["internal"], result.by_rater["external"], "o", color=MUTED,
              markersize=4, alpha=0.6)  # fmt: skip
    inner, outer = result.internal, result.external
    if not inner.why:
        axes.hlines(outer.value, inner.lo, inner.hi, color=SECOND, linewidth=2)
    if not outer.why:
        axes.vlines(inner.value, outer.lo, outer.hi, color=SECOND, linewidth=2)
    axes.plot([inner.value], [outer.value], "o", color=SECOND, markersize=8)
    axes.set_xlim(4, 1)
    axes.set_ylim(1, 4)
    axes.set_xticks([1, 2, 3, 4])
    axes.set_yticks([1, 2, 3, 4])
    axes.grid(visible=False)
    axes.set_xlabel(say("IFE score (strong on the left)"))
    axes.set_ylabel(say("EFE score"))
    return axes


def qspm_dots(result: Qspm, ax: Axes | None, lang: str) -> Axes:
    """Totals with intervals."""
    rows = result.frame
    colors = [ACCENT] + [MUTED] * (len(rows) - 1)
    axes = dots(ax, list(rows["strategy"]), rows["total"], rows["lo"], rows["hi"], colors)
    axes.set_xlabel(translator(lang)("total attractiveness"))
    return axes


def tows_figure(result: Tows, ax: Axes | None, lang: str) -> Axes:
    """Share of factor weight covered and P(first)."""
    say = translator(lang)
    axes = with_chance(ax, result.frame, "strategy", "p_first", lang, say("P(ranks first)"))
    percents(axes)
    axes.set_xlabel(say("share of factor weight covered"))
    return axes


def turns_figure(result: Tows, ax: Axes | None, lang: str) -> Axes:
    """Range of each weight in which the first stays first, and who leads beyond it."""
    from analysis.swot.captions_strategy import MOST_TURNS
    from analysis.swot.words_weights import group_words

    say, rows, named = translator(lang), result.turns.head(MOST_TURNS), group_words(lang)
    groups = dict(result.coverage.index.to_list())
    axes = axes_of(ax, len(rows))
    places = -np.arange(len(rows), dtype=np.float64)
    labels = []
    for place, row in zip(places, rows.to_dict("records"), strict=True):
        whole = row["what"] == "group"
        color = GROUPS[row["item"] if whole else groups[row["item"]]]
        labels.append(named[row["item"]] if whole else row["item"])
        axes.plot([row["lo"], row["hi"]], [place, place], color=color, linewidth=2.2, alpha=0.75,
                  solid_capstyle="butt")  # fmt: skip
        axes.plot([row["weight"]], [place], "o", color=color, markersize=6)
        for end, who, side in (("lo", "below", 5), ("hi", "above", -5)):
            if row[who]:
                axes.plot([row[end]], [place], "|", color=color, markersize=11, markeredgewidth=2)
                axes.annotate(
                    lined(row[who], axes), (row[end], place), (0, side),
                    textcoords="offset points", ha="left" if row[end] < 0.5 else "right",
                    va="bottom" if side > 0 else "top", color=MUTED, fontsize=8.5,
                )  # fmt: skip
    axes.set_yticks(places, [lined(label, axes) for label in labels])
    axes.set_ylim(-len(rows) + 0.4, 0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    axes.set_xlim(-0.02, 1.02)
    percents(axes)
    axes.set_xlabel(say("weight; point: weight now"))
    return axes
