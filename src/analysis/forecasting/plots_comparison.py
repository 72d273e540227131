"""Figures of comparisons: differences by past date, changes between two periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED
from analysis.forecasting.plots import narrow, new_axes
from analysis.forecasting.words_comparison import model_words, points

if TYPE_CHECKING:
    from analysis.forecasting.change import ErrorChange
    from analysis.forecasting.comparison import Comparison


def differences(result: Comparison, ax: Axes | None, lang: str = "en") -> Axes:
    """Difference of the errors at each past date, their mean and its 95 % interval."""
    say, axes = translator(lang), new_axes(ax)
    values = result.losses["difference"].to_numpy(dtype=float)
    places = np.arange(len(values))
    axes.axhline(0, color=CONTEXT, linewidth=1.2)
    if not result.panel.reason:
        axes.axhspan(result.panel.lo, result.panel.hi, color=ACCENT, alpha=0.14, linewidth=0)
        axes.axhline(result.panel.difference, color=ACCENT)
    axes.plot(places, values, "o", color=INK, markersize=5)
    days = [formats.date(day, lang) for day in result.losses["cutoff"]]
    shown = places[:: max(1, -(-len(places) // (3 if narrow(axes) else 6)))]
    axes.set_xticks(shown, [days[i] for i in shown])
    axes.set_xlim(-0.5, max(len(values) - 0.5, 0.5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: points(value)))
    rival = model_words(result.rival, say)
    axes.set_ylabel(say("points against {rival}; below 0 is better", rival=rival))
    axes.set_xlabel(say("planned on"))
    return axes


def changes(result: ErrorChange, ax: Axes | None, lang: str = "en") -> Axes:
    """Change of the error, of demand and of what is left to the process, with intervals."""
    say, axes = translator(lang), new_axes(ax)
    names = {
        "error": say("error"),
        "demand": say("the seasonal naive's error"),
        "relative": say("error relative to it"),
    }
    rows = result.frame.iloc[::-1].reset_index(drop=True)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.axvline(0, color=CONTEXT, linewidth=1.2)
    for place, (name, change, lo, hi) in enumerate(
        rows[["measure", "change", "lo", "hi"]].itertuples(index=False)
    ):
        color = ACCENT if name == "relative" else MUTED
        axes.plot([lo, hi], [place, place], color=color, linewidth=2.2, solid_capstyle="butt")
        axes.plot([change], [place], "o", color=color, markersize=7)
        axes.annotate(
            formats.signed_percent(change), (change, place), (0, 9), textcoords="offset points",
            color=color, ha="center",
        )  # fmt: skip
    axes.set_yticks(range(len(rows)), [names[name] for name in rows["measure"]])
    axes.set_ylim(-0.5, len(rows) - 0.4)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.signed_percent(value, 0)))
    axes.set_xlabel(say("change from before to after, with 95% intervals"))
    return axes
