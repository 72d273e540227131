"""Figures of rivals and partners."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, PALETTE, SECOND, label_ends
from analysis.swot.plots import dots, with_chance

if TYPE_CHECKING:
    from analysis.swot.competitors import CompetitorMap
    from analysis.swot.daily import DailyWatch
    from analysis.swot.partners import PartnerFit
    from analysis.swot.watch import Watch


def partner_dots(result: PartnerFit, ax: Axes | None, lang: str) -> Axes:
    """Scores and P(best)."""
    say = translator(lang)
    return with_chance(ax, result.frame, "partner", "p_best", lang, say("P(best)"))


def competitor_figure(result: CompetitorMap, ax: Axes | None, lang: str) -> Axes:
    """Positions with intervals and the directions of attributes."""
    import matplotlib.pyplot as plt

    say, rows = translator(lang), result.frame
    axes = ax if ax is not None else plt.subplots(figsize=(7.6, 5.4))[1]
    axes.grid(visible=True)
    axes.hlines(rows["y"], rows["x_lo"], rows["x_hi"], color=CONTEXT)
    axes.vlines(rows["x"], rows["y_lo"], rows["y_hi"], color=CONTEXT)
    axes.plot(rows["x"], rows["y"], "o", color=ACCENT)
    axes.margins(0.14)
    axes.autoscale_view()
    taken: list[Bbox] = []
    if result.axes is None:
        reach = 0.8 * float(np.abs(rows[["x", "y"]].to_numpy()).max() or 1.0)
        for name, x, y in result.arrows.itertuples(index=False):
            axes.annotate("", (x * reach, y * reach), (0, 0),
                          arrowprops={"arrowstyle": "->", "color": SECOND})  # fmt: skip
            _label(axes, name, x * reach, y * reach, SECOND, 9.0, taken, 3 if x >= 0 else -3)
    for name, x, y in zip(rows["competitor"], rows["x"], rows["y"], strict=True):
        _label(axes, name, x, y, INK, 11.0, taken, 6)
    if result.axes is None:
        first, second = (formats.percent(share, 0) for share in result.explained)
        axes.set_xlabel(say("component 1 ({share} of differences)", share=first))
        axes.set_ylabel(say("component 2 ({share} of differences)", share=second))
    else:
        axes.set_xlabel(result.axes[0])
        axes.set_ylabel(result.axes[1])
    return axes


def _label(
    axes: Axes, text: str, x: float, y: float, color: str, size: float, taken: list[Bbox], side: int
) -> None:
    """Write a name beside its point, on the side where it covers least of what is there."""
    scale = axes.figure.dpi / 72
    width = size * scale * sum(1.0 if letter >= "\u2e80" else 0.52 for letter in text)
    height = 1.3 * size * scale
    at_x, at_y = axes.transData.transform((x, y))
    choices: list[tuple[float, int, int, int, Bbox]] = []
    for dx, dy in ((side, 5), (side, -5), (-side, 5), (-side, -5), (side, 16), (side, -16)):
        left = at_x + dx * scale if dx > 0 else at_x + dx * scale - width
        low = at_y + dy * scale if dy > 0 else at_y + dy * scale - height
        box = Bbox.from_bounds(left, low, width, height)
        covered = [Bbox.intersection(box, other) for other in taken]
        lost = sum(part.width * part.height for part in covered if part is not None)
        choices.append((lost, len(choices), dx, dy, box))
    _, _, dx, dy, box = min(choices, key=lambda choice: choice[:2])
    taken.append(box)
    axes.annotate(
        text, (x, y), (dx, dy), textcoords="offset points", color=color, fontsize=size,
        ha="left" if dx > 0 else "right", va="bottom" if dy > 0 else "top",
    )  # fmt: skip


def watch_dots(result: Watch, ax: Axes | None, lang: str) -> Axes:
    """Mean price changes with intervals."""
    rows = result.prices
    colors = [SECOND if alert else MUTED for alert in rows["alert"]]
    axes = dots(ax, list(rows["rival"]), rows["change"], rows["lo"], rows["hi"], colors)
    axes.axvline(0, color=CONTEXT, linewidth=1.2, zorder=0)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.signed_percent(value, 0)))
    axes.set_xlabel(translator(lang)("mean price change"))
    return axes


def index_lines(result: DailyWatch, ax: Axes | None, lang: str) -> Axes:
    """One line a rival: prices against the usual ones, the latest days shaded."""
    import matplotlib.dates as mdates
    import matplotlib.pyplot as plt

    say = translator(lang)
    axes = ax if ax is not None else plt.subplots(figsize=(8.4, 4.2))[1]
    axes.axvspan(result.last, result.today, color="#eef2f6", zorder=0)  # type: ignore[arg-type]
    axes.axhline(0, color=CONTEXT, linewidth=1, zorder=1)
    ends = []
    for i, (rival, rows) in enumerate(result.index.groupby("rival", sort=False)):
        own = rows.sort_values("date")
        color = PALETTE[i % len(PALETTE)]
        axes.plot(own["date"], own["index"], color=color)
        last = own.iloc[-1]
        ends.append((mdates.date2num(last["date"]), float(last["index"]), str(rival), color))
    axes.annotate(say("latest days"), (result.last, 1), (3, -3), xycoords=("data", "axes fraction"),
                  textcoords="offset points", va="top", color=MUTED, fontsize=9)  # fmt: skip
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: formats.signed_percent(v, 0)))
    axes.xaxis.set_major_locator(mdates.AutoDateLocator(maxticks=5))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda day, _: formats.month_day(mdates.num2date(day), lang))
    )
    axes.margins(y=0.12)
    label_ends(axes, ends)
    return axes
