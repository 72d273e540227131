"""Figures of competitors, targets, mixes and tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, SECOND
from analysis.market.plots import axes_of, sideways, value_axis

if TYPE_CHECKING:
    from analysis.market.mix import Mix
    from analysis.market.shares import ShareTable
    from analysis.market.target import TargetCheck
    from analysis.market.tiers import Opportunity


def _percent_axis(axes: Axes) -> None:
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.percent(value, 0)))


def shares_figure(result: ShareTable, ax: Axes | None, lang: str) -> Axes:
    """Shares, largest on top; a tick marks the implied share a year ago."""
    say = translator(lang)
    rows = result.frame[result.frame["share"].notna()]
    rows = rows.sort_values("share", ascending=False, kind="stable").head(15)
    axes = axes_of(ax, len(rows) + 1)
    sideways(axes)
    for place, (_, row) in enumerate(rows.iterrows()):
        axes.barh(-place, row["share"], color=ACCENT if place == 0 else CONTEXT, height=0.6)
        end = row["share"]
        if np.isfinite(row["share_lo"]):
            axes.plot([row["share_lo"], row["share_hi"]], [-place] * 2, color=INK, linewidth=1.4)
            end = row["share_hi"]
        if np.isfinite(row["last_share"]):
            axes.plot([row["last_share"]] * 2, [-place - 0.38, -place + 0.38], color=SECOND,
                      linewidth=2.4)  # fmt: skip
            end = max(end, row["last_share"])
        axes.annotate(formats.percent(row["share"]), (end, -place), (7, 0),
                      textcoords="offset points", va="center", color=INK)  # fmt: skip
    axes.set_yticks(-np.arange(len(rows)), rows["name"])
    axes.set_ylim(-len(rows) + 0.4, 0.6)
    axes.set_xlim(0, 1.15 * float(rows[["share", "share_hi", "last_share"]].max().max()))
    _percent_axis(axes)
    if axes.get_xlim()[1] < 0.2:
        # Ticks at 2.5 % steps.
        axes.xaxis.set_major_formatter(
            FuncFormatter(
                lambda value, _: formats.percent(value, int(round(1000 * value) % 10 > 0))
            )
        )
    marked = rows["last_share"].notna().any()
    axes.set_xlabel(
        say("market share; orange: implied share a year ago") if marked else say("market share")
    )
    return axes


def target_figure(result: TargetCheck, ax: Axes | None, lang: str) -> Axes:
    """Growth that the target asks for beside what the market gives."""
    say = translator(lang)
    axes = axes_of(ax, 3)
    sideways(axes)
    axes.barh(0, result.growth, color=ACCENT, height=0.55)
    axes.barh(-1, result.market_growth, color=CONTEXT, height=0.55)
    lo, hi = result.market_growth_lo, result.market_growth_hi
    axes.plot([lo, hi], [-1, -1], color=INK, linewidth=1.4)
    ends = (max(result.growth, 0.0), max(hi, 0.0))
    values = (result.growth, result.market_growth)
    for place, (end, value) in enumerate(zip(ends, values, strict=True)):
        axes.annotate(formats.signed_percent(value), (end, -place), (7, 0),
                      textcoords="offset points", va="center", color=INK)  # fmt: skip
    axes.set_yticks([0, -1], [say("Target asks for"), say("Market grows")])
    axes.set_ylim(-1.6, 0.6)
    low, high = min(0.0, lo, result.growth), max(0.0, hi, result.growth)
    room = (high - low) or 1.0
    axes.set_xlim(low - (0.1 * room if low < 0 else 0), high + 0.18 * room)
    axes.axvline(0, color=MUTED, linewidth=1)
    _percent_axis(axes)
    axes.set_xlabel(say("growth on the year, 5–95% interval"))
    return axes


def mix_figure(result: Mix, ax: Axes | None, lang: str) -> Axes:
    """Shares with intervals; a tick marks the share of the population."""
    say = translator(lang)
    rows = result.frame.head(20)
    axes = axes_of(ax, len(rows) + 1)
    sideways(axes)
    colors = {"over": ACCENT, "under": SECOND, "like": MUTED, "": ACCENT}
    for place, (_, row) in enumerate(rows.iterrows()):
        color = colors[row["standing"]]
        axes.plot([row["lo"], row["hi"]], [-place] * 2, color=color, linewidth=2.4)
        axes.plot([row["share"]], [-place], "o", color=color, markersize=7)
        end, text = row["hi"], formats.percent(row["share"])
        if np.isfinite(row["population"]):
            axes.plot([row["population"]] * 2, [-place - 0.3, -place + 0.3], color=INK, linewidth=2)
            end = max(end, row["population"])
            text = say("{share}, index {index}", share=text, index=formats.fixed(row["index"], 0))
        axes.annotate(text, (end, -place), (8, 0), textcoords="offset points", va="center",
                      color=color)  # fmt: skip
    axes.set_yticks(-np.arange(len(rows)), rows["group"])
    axes.set_ylim(-len(rows) + 0.4, 0.6)
    axes.set_xlim(0, min(1.3 * float(rows[["hi", "population"]].max().max()), 1.3))
    _percent_axis(axes)
    level = formats.percent(result.confidence, 0)
    axes.set_xlabel(
        say("share of buyers, {level} interval; black: share of population", level=level)
        if rows["population"].notna().all()
        else say("share of buyers, {level} interval", level=level)
    )
    return axes


def tiers_figure(result: Opportunity, ax: Axes | None, lang: str) -> Axes:
    """What is open in every tier, P10 to P90, and our part of it below."""
    say, write = translator(lang), formats.amount(result.unit, lang)
    rows = result.frame
    axes = axes_of(ax, 2 * len(rows))
    sideways(axes)
    for place, (_, row) in enumerate(rows.iterrows()):
        for shift, before, color in ((0.16, "", CONTEXT), (-0.16, "ours_", ACCENT)):
            p10, p50, p90 = (row[f"{before}{key}"] for key in ("p10", "p50", "p90"))
            at = -place + shift
            axes.plot([p10, p90], [at, at], color=color, linewidth=4, solid_capstyle="butt")
            axes.plot([p50], [at], "o", color=color, markersize=7)
            value = write(p50)
            text = say("ours {value}", value=value) if before else say("open {value}", value=value)
            axes.annotate(text, (p90, at), (7, 0), textcoords="offset points", va="center",
                          color=ACCENT if before else MUTED)  # fmt: skip
    axes.set_yticks(-np.arange(len(rows)), rows["tier"])
    axes.set_ylim(-len(rows) + 0.4, 0.6)
    top, least = float(rows["p90"].max()), float(rows[["p10", "ours_p10"]].min().min())
    if least > 0 and top > 30 * least:
        # Ours is a small part of what is open: side by side only on a log scale.
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(FuncFormatter(lambda *_: ""))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
        axes.set_xlim(least / 1.5, top * (top / least) ** 0.3)
    else:
        axes.set_xlim(0, 1.25 * top)
        value_axis(axes, top, result.unit, lang)
    axes.set_xlabel(say("{unit}: median and P10 to P90", unit=formats.unit_name(result.unit, lang)))
    return axes
