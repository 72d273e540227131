"""Figures of overrides: the plan laid over the forecast, and what past overrides added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, RULE, SECOND
from analysis.forecasting.overrides.words import group_words
from analysis.forecasting.plots import new_axes

if TYPE_CHECKING:
    from analysis.forecasting.overrides.plan import Plan
    from analysis.forecasting.overrides.value import OverrideValue

MARKS = {"helped": "o", "hurt": "s", "open": "^", "few": "d"}
INKS = {"helped": ACCENT, "hurt": SECOND, "open": INK, "few": CONTEXT}


def laid_over(plan: Plan, axes: Axes, lang: str = "en") -> Axes:
    """Draw the plan over the fan chart of the sum of all series, overridden dates marked."""
    say, result = translator(lang), plan.forecast
    current = [result.names.index(name) for name in result.current]
    stamps = result.stamps()[current[0]]
    final = plan.final[current].sum(axis=0)
    changed = (plan.final[current] != result.mean[current]).any(axis=0)
    axes.plot(stamps, final, color=SECOND, linewidth=1.3)
    axes.plot(stamps[changed], final[changed], "o", color=SECOND, markersize=4.5)
    axes.set_ylim(bottom=min(axes.get_ylim()[0], float(final.min())),
                  top=max(axes.get_ylim()[1], 1.12 * float(final.max())))  # fmt: skip
    axes.annotate(
        say("● plan with overrides"), (pd.Timestamp(result.ends.max()), 1.0), (-6, -16),
        xycoords=("data", "axes fraction"), textcoords="offset points", color=SECOND, ha="right",
        va="top", fontsize=10.5, path_effects=[withStroke(linewidth=3, foreground="white")],
    )  # fmt: skip
    return axes


def forest(result: OverrideValue, ax: Axes | None, lang: str = "en") -> Axes:
    """Value added by group, its interval as a whisker; zero is neither help nor harm."""
    say, axes = translator(lang), new_axes(ax)
    frame = result.groups.iloc[::-1].reset_index(drop=True)
    places = np.arange(len(frame))
    axes.axvline(0, color=MUTED, linewidth=1.0)
    for place, row in zip(places, frame.to_dict("records"), strict=True):
        ink = INKS[row["finding"]]
        if np.isfinite(row["lo"]):
            axes.plot([row["lo"], row["hi"]], [place, place], color=ink, linewidth=2)
        axes.plot(row["value"], place, MARKS[row["finding"]], color=ink, markersize=7)
    names = [group_words(kind, group, lang) for kind, group in
             zip(frame["kind"], frame["group"], strict=True)]  # fmt: skip
    labels = [f"{name} ({n})" for name, n in zip(names, frame["n"], strict=True)]
    axes.set_yticks(places, labels)
    axes.set_ylim(-0.6, len(frame) - 0.2)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x", color=RULE)
    write = formats.scaled(100, lang)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write(100 * value)))
    axes.margins(x=0.12)
    for text, side, away in ((say("← overrides hurt"), "right", -6), (say("helped →"), "left", 6)):
        axes.annotate(text, (0, 1.0), (away, -2), xycoords=("data", "axes fraction"),
                      textcoords="offset points", color=MUTED, ha=side, va="top")  # fmt: skip
    return axes
