"""Figures of growth bridges and adoption."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, SECOND
from analysis.market.plots import broken, narrow
from analysis.market.words_growth import signed

if TYPE_CHECKING:
    from analysis.market.adoption_fit import AdoptionFit
    from analysis.market.growth import Bridge


def _axes(ax: Axes | None) -> Axes:
    import matplotlib.pyplot as plt

    return plt.subplots()[1] if ax is None else ax


def bridge_figure(result: Bridge, ax: Axes | None, lang: str) -> Axes:
    """From start to end, one step a driver."""
    say, axes = translator(lang), _axes(ax)
    effects = result.frame["effect"].to_numpy(np.float64)
    levels = result.start + np.concatenate([[0.0], np.cumsum(effects)])
    bars = [(0.0, result.start, CONTEXT)]
    bars += [(levels[i], e, ACCENT if e >= 0 else SECOND) for i, e in enumerate(effects)]
    bars.append((0.0, result.end, CONTEXT))
    tops = []
    for place, (bottom, height, color) in enumerate(bars):
        axes.bar(place, height, bottom=bottom, color=color, width=0.62)
        tops.append(max(bottom, bottom + height))
        own = place in (0, len(bars) - 1)
        text = formats.amount(result.unit, lang)(height) if own else signed(height, "", lang)
        axes.annotate(text, (place, tops[-1]), (0, 5), textcoords="offset points", ha="center",
                      color=INK if own else color,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})  # fmt: skip
    for place, level in enumerate(levels):
        axes.plot([place + 0.31, place + 0.69], [level, level], color=MUTED, linewidth=1)
    names = [say("At the start"), *result.frame["driver"], say("At the end")]
    width = max(8, int((52 if narrow(axes) else 100) / len(bars)))
    axes.set_xticks(range(len(bars)), [broken(name, width) for name in names])
    bottom = min(0.0, float(levels.min()))
    axes.set_ylim(bottom, bottom + 1.12 * (max(tops) - bottom))
    write = formats.scaled(max(tops), lang, result.unit)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
    axes.set_ylabel(formats.unit_name(result.unit, lang))
    return axes


def adoption_figure(result: AdoptionFit, ax: Axes | None, lang: str) -> Axes:
    """Adopters by period with the interval that the parameters leave, and the data."""
    say, axes = translator(lang), _axes(ax)
    n = len(result.data)
    until = max(1.6 * n, min(2.0 * result.curve.peak_time, 4.0 * n))
    path = result.path(np.linspace(0, until, 200))
    seen = result.data["observed"].to_numpy(np.float64)
    levels = np.cumsum(seen) if result.observed == "new" else seen
    axes.fill_between(path["time"], path["lo"], path["hi"], color=ACCENT, alpha=0.18, linewidth=0)
    axes.plot(path["time"], path["adopters"], color=ACCENT)
    axes.plot(result.data["period"], levels, "o", color=INK, markersize=5)
    # The interval may reach far above what the fit says; the picture is of the fit.
    top = max(1.6 * path["adopters"].max(), 1.1 * levels.max())
    top = min(top, 1.08 * max(path["hi"].max(), levels.max()))
    axes.set_ylim(0, top)
    axes.set_xlim(0, until)
    peak = result.curve.peak_time
    if 0 < peak < until:
        axes.axvline(peak, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.annotate(
            say("peak of new adopters: {peak}", peak=formats.fixed(peak, 1)), (peak, 0.02 * top),
            (6, 0), textcoords="offset points", color=MUTED, va="bottom",
        )  # fmt: skip
    axes.annotate(
        say("fit, {level} interval", level=formats.percent(result.confidence, 0)),
        (until, path["adopters"].iloc[-1]), (-4, 6), textcoords="offset points", color=ACCENT,
        ha="right",
    )  # fmt: skip
    axes.annotate(say("observed"), (n, levels[-1]), (8, -10), textcoords="offset points", color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    write = formats.scaled(top, lang)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
    axes.set_ylabel(say("adopters so far"))
    axes.set_xlabel(say("period since launch"))
    return axes
