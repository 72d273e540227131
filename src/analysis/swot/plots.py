"""Figures of SWOT scoring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, PALETTE, RULE, SECOND
from analysis.swot import words
from analysis.swot.panel import Panel

if TYPE_CHECKING:
    from analysis.swot.agreement import Agreement
    from analysis.swot.ahp import Priorities
    from analysis.swot.bwm import BestWorst
    from analysis.swot.competitors import CompetitorMap
    from analysis.swot.matrices import InternalExternal, Qspm
    from analysis.swot.partners import PartnerFit
    from analysis.swot.tows import Tows
    from analysis.swot.watch import Watch

GROUPS = {"S": PALETTE[2], "W": PALETTE[1], "O": PALETTE[0], "T": PALETTE[3]}
LONGEST = 34


def _axes(ax: Axes | None, rows: int = 8) -> Axes:
    import matplotlib.pyplot as plt

    return ax if ax is not None else plt.subplots(figsize=(8.4, max(2.6, 0.9 + 0.34 * rows)))[1]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _dots(
    ax: Axes | None, labels: list[str], value: Any, lo: Any, hi: Any, colors: list[str]
) -> Axes:
    """One line an item, the first at the top."""
    axes = _axes(ax, len(labels))
    places = -np.arange(len(labels), dtype=np.float64)
    axes.hlines(places, lo, hi, color=colors, linewidth=2.2, alpha=0.75)
    axes.scatter(value, places, color=colors, s=34, zorder=3)
    axes.set_yticks(places, [_short(label) for label in labels])
    axes.set_ylim(-len(labels) + 0.4, 0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    axes.margins(x=0.06)
    return axes


def _percents(axes: Axes) -> None:
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.percent(value, 0)))


def weight_bars(result: Priorities | BestWorst, ax: Axes | None, lang: str) -> Axes:
    """Weights as bars, with their numbers."""
    rows = result.frame.sort_values("weight", ascending=False, kind="stable")
    axes = _axes(ax, len(rows))
    places = -np.arange(len(rows), dtype=np.float64)
    axes.barh(places, rows["weight"], color=ACCENT, height=0.62)
    for place, weight in zip(places, rows["weight"], strict=True):
        axes.annotate(
            formats.percent(weight), (weight, place), (4, 0), textcoords="offset points",
            va="center", color=MUTED, fontsize=9.5,
        )  # fmt: skip
    axes.set_yticks(places, [_short(name) for name in rows["item"]])
    axes.grid(visible=False)
    axes.margins(x=0.1)
    _percents(axes)
    axes.set_xlabel(translator(lang)("weight"))
    return axes


def panel_dots(panel: Panel, frame: pd.DataFrame, ax: Axes | None, lang: str) -> Axes:
    """Weights with intervals, and each rater's own in grey."""
    order = np.argsort(-panel.weights, kind="stable")
    rows = frame.iloc[order]
    colors = [GROUPS.get(g, ACCENT) for g in rows.get("group", rows["item"])]
    labels = list(rows["item"])
    if "group" in rows:
        labels = [f"{group} · {item}" for group, item in zip(rows["group"], labels, strict=True)]
    axes = _dots(ax, labels, rows["weight"], rows["lo"], rows["hi"], colors)
    for own in panel.by_rater:
        axes.plot(own[order], -np.arange(len(order)) - 0.22, "|", color=CONTEXT, markersize=5)
    _percents(axes)
    axes.set_xlim(left=0)
    say = translator(lang)
    axes.set_xlabel(say("weight; grey: each rater"))
    return axes


def agreement_forest(result: Agreement, ax: Axes | None, lang: str) -> Axes:
    """Measures with intervals; reasons where there is none."""
    say = translator(lang)
    rows, named = result.frame, words.measures(say)
    labels = [named[name] for name in rows["measure"]]
    axes = _dots(ax, labels, rows["value"], rows["lo"], rows["hi"], [ACCENT] * len(rows))
    for place, row in enumerate(rows.to_dict("records")):
        if row["why"]:
            axes.annotate(
                words.reason(row["why"], say), (0.0, -place), (4, 9), fontsize=9, color=MUTED,
                textcoords="offset points",
            )  # fmt: skip
    for mark, text in ((words.TENTATIVE, say("tentative")), (words.RELIABLE, say("reliable"))):
        axes.axvline(mark, color=CONTEXT, linewidth=1, zorder=0)
        axes.annotate(text, (mark, 0.6), (2, 2), textcoords="offset points", color=MUTED,
                      fontsize=9, annotation_clip=False)  # fmt: skip
    axes.set_xlim(min(-0.05, float(np.nanmin([0.0, *rows["lo"]]))), 1.06)
    return axes


def ie_map(result: InternalExternal, ax: Axes | None, lang: str) -> Axes:
    """Nine cells, the scores with intervals, each rater."""
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    from analysis.swot.matrices import ADVICE, CELLS

    say = translator(lang)
    axes = ax if ax is not None else plt.subplots(figsize=(6.6, 5.6))[1]
    tint = {"grow": "#e3f1ec", "hold": "#eef2f6", "harvest": "#f8ebe2"}
    named = words.advice(say)
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
    axes = _dots(ax, list(rows["strategy"]), rows["total"], rows["lo"], rows["hi"], colors)
    axes.set_xlabel(translator(lang)("total attractiveness"))
    return axes


def _with_chance(
    ax: Axes | None, rows: pd.DataFrame, name: str, chance: str, lang: str, text: str
) -> Axes:
    """Scores with intervals, the chance of being first at the right."""
    colors = [ACCENT] + [MUTED] * (len(rows) - 1)
    axes = _dots(ax, list(rows[name]), rows["score"], rows["lo"], rows["hi"], colors)
    for place, p in enumerate(rows[chance]):
        axes.annotate(
            formats.percent(p, 0), (1, -place), (6, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", color=INK, annotation_clip=False,
        )  # fmt: skip
    axes.annotate(text, (1, 0.6), (6, 2), xycoords=("axes fraction", "data"), color=MUTED,
                  textcoords="offset points", fontsize=9, annotation_clip=False)  # fmt: skip
    axes.set_xlabel(translator(lang)("score"))
    return axes


def tows_figure(result: Tows, ax: Axes | None, lang: str) -> Axes:
    """Share of factor weight covered and P(first)."""
    say = translator(lang)
    axes = _with_chance(ax, result.frame, "strategy", "p_first", lang, say("P(ranks first)"))
    _percents(axes)
    axes.set_xlabel(say("share of factor weight covered"))
    return axes


def partner_dots(result: PartnerFit, ax: Axes | None, lang: str) -> Axes:
    """Scores and P(best)."""
    say = translator(lang)
    return _with_chance(ax, result.frame, "partner", "p_best", lang, say("P(best)"))


def competitor_figure(result: CompetitorMap, ax: Axes | None, lang: str) -> Axes:
    """Positions with intervals and the directions of attributes."""
    import matplotlib.pyplot as plt

    say, rows = translator(lang), result.frame
    axes = ax if ax is not None else plt.subplots(figsize=(7.6, 5.4))[1]
    axes.grid(visible=True)
    axes.hlines(rows["y"], rows["x_lo"], rows["x_hi"], color=CONTEXT)
    axes.vlines(rows["x"], rows["y_lo"], rows["y_hi"], color=CONTEXT)
    axes.plot(rows["x"], rows["y"], "o", color=ACCENT)
    for name, x, y in zip(rows["competitor"], rows["x"], rows["y"], strict=True):
        axes.annotate(name, (x, y), (6, 6), textcoords="offset points", color=INK)
    if result.axes is None:
        reach = 0.8 * float(np.abs(rows[["x", "y"]].to_numpy()).max() or 1.0)
        for name, x, y in result.arrows.itertuples(index=False):
            axes.annotate("", (x * reach, y * reach), (0, 0),
                          arrowprops={"arrowstyle": "->", "color": SECOND})  # fmt: skip
            axes.annotate(name, (x * reach, y * reach), (3 if x >= 0 else -3, -11 if y < 0 else 3),
                          textcoords="offset points", color=SECOND, fontsize=9,
                          ha="left" if x >= 0 else "right")  # fmt: skip
        first, second = (formats.percent(share, 0) for share in result.explained)
        axes.set_xlabel(say("component 1 ({share} of differences)", share=first))
        axes.set_ylabel(say("component 2 ({share} of differences)", share=second))
    else:
        axes.set_xlabel(result.axes[0])
        axes.set_ylabel(result.axes[1])
    axes.margins(0.12)
    return axes


def watch_dots(result: Watch, ax: Axes | None, lang: str) -> Axes:
    """Mean price changes with intervals."""
    rows = result.prices
    colors = [SECOND if alert else MUTED for alert in rows["alert"]]
    axes = _dots(ax, list(rows["rival"]), rows["change"], rows["lo"], rows["hi"], colors)
    axes.axvline(0, color=CONTEXT, linewidth=1.2, zorder=0)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.signed_percent(value, 0)))
    axes.set_xlabel(translator(lang)("mean price change"))
    return axes
