"""Figure and sentence of a factorial test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, MUTED

if TYPE_CHECKING:
    from analysis.experiments.factorial import Factorial


def _write(result: Factorial, value: float, lang: str) -> str:
    say = translator(lang)
    points = say("{n} pp", n=formats.fixed(100 * value, 2))
    text = points if result.share else formats.number(value, lang)
    return f"+{text}" if value > 0 else text


def effects(result: Factorial, ax: Axes | None, lang: str = "en") -> Axes:
    """Effects with simultaneous intervals, in order; what excludes 0 in blue."""
    import matplotlib.pyplot as plt

    say = translator(lang)
    axes = ax if ax is not None else plt.subplots()[1]
    rows = result.frame.iloc[::-1].reset_index(drop=True)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.axvline(0, color=CONTEXT, linewidth=1.2)
    for place, (_, row) in enumerate(rows.iterrows()):
        clear = row["p_adjusted"] <= 1 - result.confidence
        color = ACCENT if clear else MUTED
        axes.plot([row["lo"], row["hi"]], [place, place], color=color, linewidth=2.2)
        axes.plot([row["estimate"]], [place], "o", color=color, markersize=6)
        axes.annotate(
            _write(result, row["estimate"], lang), (row["estimate"], place), (0, 7),
            textcoords="offset points", color=color, ha="center",
        )  # fmt: skip
    labels = [
        f"{effect}: {level}" for effect, level in zip(rows["effect"], rows["level"], strict=True)
    ]
    axes.set_yticks(np.arange(len(rows)), labels)
    axes.set_ylim(-0.5, len(rows) - 0.3)
    ticks = FuncFormatter(lambda value, _: _write(result, value, lang) if value else "0")
    axes.xaxis.set_major_formatter(ticks)
    level = formats.percent(result.confidence, 0)
    axes.set_xlabel(say("effect, with intervals that hold together at {level}", level=level))
    return axes


def factorial_sentence(result: Factorial, lang: str) -> str:
    """Which effects are clear, and the clearest interaction."""
    say = translator(lang)
    rows = result.frame[result.frame["p_adjusted"] <= 1 - result.confidence]
    level = formats.percent(result.confidence, 0)
    if rows.empty:
        return say(
            "None of the {count} effects is clear at {level} for all together.",
            count=len(result.frame), level=level,
        )  # fmt: skip
    said = [
        say(
            "{effect} ({which}) {value} ({lo} to {hi})",
            effect=row["effect"], which=row["level"],
            value=_write(result, row["estimate"], lang), lo=_write(result, row["lo"], lang),
            hi=_write(result, row["hi"], lang),
        )
        for _, row in rows.iterrows()
    ]  # fmt: skip
    clear = say(
        "Clear at {level} for all {count} effects together: {effects}.",
        level=level, count=len(result.frame), effects=("；" if lang == "zh" else "; ").join(said),
    )  # fmt: skip
    if (rows["order"] > 1).any():
        end = say("The mechanics do not simply add up: judge the combinations, not each alone.")
    else:
        end = say("No interaction is clear: the mechanics may be taken to add up.")
    return clear + ("" if lang == "zh" else " ") + end
