"""Figures of targets: attainment, completeness, required growth, and systems against each other."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, PALETTE, SECOND, label_ends
from analysis.plan.smartness import FLAGS

if TYPE_CHECKING:
    from analysis.plan.attained import Attainment
    from analysis.plan.feasible import Feasibility
    from analysis.plan.reconciled import Systems
    from analysis.plan.smartness import Smart

MOST = 12
"""Rows that stay readable on a figure."""
SLIM = 6.0
"""Inches below which a figure is narrow."""
LATIN, CHINESE = (34, 20), (16, 10)
"""Letters on a line of a name, in a wide figure and in a narrow one."""
MARKS = {True: ("o", ACCENT), False: ("s", SECOND), None: ("^", MUTED)}
"""Whether a target was reached → shape and colour."""


def _axes(ax: Axes | None, rows: int) -> Axes:
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(7.2, max(2.2, 0.42 * rows + 1.2)))[1] if ax is None else ax


def _names(axes: Axes, names: list[str]) -> None:
    """Names of rows, on as many lines as they need; only a very long one is cut."""
    slim = bool(axes.figure.bbox.width / axes.figure.dpi < SLIM)
    cut = []
    for name in names:
        # A Chinese character takes the room of two letters and may begin a line anywhere.
        chinese = any(letter >= "\u2e80" for letter in name)
        most = (CHINESE if chinese else LATIN)[slim]
        cut.append("\n".join(textwrap.wrap(name, most, max_lines=3, placeholder="…")))
    axes.set_yticks(range(len(cut)), cut)
    axes.tick_params(axis="y", labelsize=9)
    axes.set_ylim(-0.6, max(len(cut), 1) - 0.4)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")


def attainment_dots(result: Attainment, ax: Axes | None, lang: str) -> Axes:
    """Outcome over target; the line is the target, shape and colour say whether it was reached."""
    say, rows = translator(lang), result.frame
    known = rows[rows["ratio"].notna() & (rows["ratio"] >= 0)]
    order = (known["ratio"] - 1).abs().sort_values().index[::-1][:MOST]
    known = known.loc[order].sort_values("ratio")
    axes = _axes(ax, len(known))
    axes.axvline(1, color=MUTED, lw=1)
    for place, row in enumerate(known.to_dict("records")):
        shape, colour = MARKS[row["reached"]]
        axes.plot([1, row["ratio"]], [place, place], color=colour, lw=2)
        axes.plot(row["ratio"], place, shape, color=colour)
        side = 1 if row["ratio"] >= 1 else -1
        axes.annotate(
            formats.percent(row["ratio"], 0) + (" (≤)" if row["sign"] == "≤" else ""),
            (row["ratio"], place),
            (6 * side, 0), textcoords="offset points", va="center",
            ha="left" if side > 0 else "right", fontsize=8.5, color=colour,
        )  # fmt: skip
    _names(axes, list(known["name_zh" if lang == "zh" else "name_en"]))
    axes.annotate(say("target"), (1, 1), (3, 2), xycoords=("data", "axes fraction"),
                  textcoords="offset points", color=MUTED, fontsize=9)  # fmt: skip
    low, high = (float(f(known["ratio"])) if len(known) else 1.0 for f in (np.min, np.max))
    room = 0.22 * max(1 - min(low, 1), max(high, 1) - 1, 0.1) + 0.04
    axes.set_xlim(min(low, 1) - room * 1.6, max(high, 1) + room * 1.6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: formats.percent(x, 0)))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.set_xlabel(say("outcome / target; (≤): at most"))
    return axes


def smart_bars(result: Smart, ax: Axes | None, lang: str) -> Axes:
    """Share of targets that state each flag, with the counts."""
    say, count = translator(lang), len(result.frame)
    axes = _axes(ax, len(result.flags))
    for place, flag in enumerate(reversed(result.flags)):
        stated = int(result.frame[flag].sum())
        share = stated / count if count else 0.0
        axes.barh(place, 1, height=0.62, color=CONTEXT, alpha=0.35)
        axes.barh(place, share, height=0.62, color=ACCENT if stated == count else SECOND)
        axes.text(1.02, place, f"{stated} / {count}", va="center", fontsize=9, color=INK)
    _names(axes, [FLAGS[flag].text(lang) for flag in reversed(result.flags)])
    axes.set_xlim(0, 1.18)
    axes.set_xticks([0, 0.5, 1])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: formats.percent(x, 0)))
    axes.set_xlabel(say("targets that state it"))
    return axes


def feasibility_dots(result: Feasibility, ax: Axes | None, lang: str) -> Axes:
    """Needed growth beside the known growth, the least likely on top."""
    say = translator(lang)
    rows = result.frame
    known = rows[rows["chance"].notna() & (rows["kind"] == "growth")]
    known = known.sort_values(["chance", "fact_id"], ascending=[True, True])[:MOST][::-1]
    axes = _axes(ax, len(known))
    for place, row in enumerate(known.to_dict("records")):
        figures = row["known"]
        axes.plot([min(figures), max(figures)], [place, place], color=CONTEXT, lw=5, alpha=0.7)
        axes.plot(figures, [place] * len(figures), "|", color=MUTED, ms=9)
        axes.plot(row["required"], place, "o", color=SECOND)
        axes.annotate(formats.percent(row["chance"], 0), (row["required"], place), (0, 6),
                      textcoords="offset points", ha="center", fontsize=8.5,
                      color=SECOND)  # fmt: skip
    _names(axes, list(known["name_zh" if lang == "zh" else "name_en"]))
    axes.set_ylim(-0.6, max(len(known), 1) - 0.2)
    axes.axvline(0, color=CONTEXT, lw=1, zorder=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: formats.percent(x, 0)))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.margins(x=0.08)
    axes.set_xlabel(say("growth a year: needed (dot), known (grey)"))
    return axes


def systems_lines(result: Systems, ax: Axes | None, lang: str) -> Axes:
    """Relative differences by day; breaches are marked."""
    import matplotlib.pyplot as plt

    say, rows = translator(lang), result.frame
    axes = plt.subplots(figsize=(7.2, 3.6))[1] if ax is None else ax
    axes.axhspan(-result.tolerance, result.tolerance, color=CONTEXT, alpha=0.3, lw=0)
    ends = []
    several = rows["metric"].nunique() > 1
    for place, ((metric, system), days) in enumerate(
        rows.groupby(["metric", "system"], sort=False)
    ):
        known = days[days["relative"].notna()].sort_values("date")
        if known.empty:
            continue
        colour = PALETTE[place % len(PALETTE)]
        at = known["date"].to_numpy()
        axes.plot(at, known["relative"], color=colour, marker=".", ms=4)
        beyond = known[known["breach"]]
        axes.plot(beyond["date"].to_numpy(), beyond["relative"], "o", mfc="none", mec=colour, ms=9)
        name = say("{one}: {other}", one=system, other=metric) if several else str(system)
        when = float(axes.convert_xunits(at[-1]))
        ends.append((when, float(known["relative"].iloc[-1]), name, colour))
    label_ends(axes, ends)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: formats.percent(y, 1)))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _day(x, lang)))
    axes.set_ylabel(say("difference to {reference}", reference=result.reference))
    return axes


def _day(value: float, lang: str) -> str:
    from matplotlib.dates import num2date

    return formats.month_day(num2date(value), lang) if math.isfinite(value) else ""
