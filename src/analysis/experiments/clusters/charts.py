"""Figures of comparisons of stores, cities and periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, MUTED, SECOND, label_ends
from analysis.experiments.clusters.words import chance, signed, span

if TYPE_CHECKING:
    from analysis.experiments.clusters.arms import ClusterComparison
    from analysis.experiments.clusters.did import DidResult
    from analysis.experiments.clusters.interrupted import BeforeAfter
    from analysis.experiments.clusters.permutation import Permutation

_ZH = {
    "formats": ["%Y年", "%m月", "%d日", "%H:%M", "%H:%M", "%S.%f"],
    "zero_formats": ["", "%Y年", "%m月", "%m月%d日", "%H:%M", "%H:%M"],
    "offset_formats": ["", "%Y年", "%Y年%m月", "%Y年%m月%d日", "%Y年%m月%d日", "%Y年%m月%d日"],
}


def new_axes(ax: Axes | None) -> Axes:
    """Return the given axes, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


def _time(axes: Axes, times: pd.Series, lang: str) -> list[float]:
    """Put dates, or numbered periods, on the time axis; return their places."""
    if pd.api.types.is_datetime64_any_dtype(times):
        locator = AutoDateLocator(minticks=3, maxticks=9)
        axes.xaxis.set_major_locator(locator)
        words = _ZH if lang == "zh" else {}
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, **words))
        from matplotlib.dates import date2num

        return [float(value) for value in date2num(times.to_numpy())]
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if pd.api.types.is_numeric_dtype(times):
        return [float(value) for value in times]
    return [float(place) for place in range(len(times))]


def _values(axes: Axes, largest: float, lang: str) -> None:
    write = formats.scaled(largest, lang)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))


def assignments(result: Permutation, ax: Axes | None, lang: str = "en") -> Axes:
    """Differences under other assignments as a histogram, the actual one marked."""
    say, axes = translator(lang), new_axes(ax)
    value = result.interval.value
    axes.hist(result.differences, bins=41, color=CONTEXT)
    axes.axvline(value, color=ACCENT, linewidth=2.2)
    top = axes.get_ylim()[1]
    axes.set_ylim(0, 1.15 * top)
    middle = float(np.median(result.differences))
    left = value > middle
    axes.annotate(
        say(
            "actual: {difference}, {chance}",
            difference=signed(value, lang), chance=chance(result.p_value),
        ),
        (value, 1.08 * top), (-6 if left else 6, 0), textcoords="offset points", color=ACCENT,
        ha="right" if left else "left", va="center",
    )  # fmt: skip
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: formats.number(x, lang)))
    axes.set_xlabel(say("difference under other assignments of the clusters"))
    axes.set_ylabel(say("assignments"))
    return axes


def cluster_means(result: ClusterComparison, ax: Axes | None, lang: str = "en") -> Axes:
    """Mean of every cluster by arm; the area of a point follows its users."""
    say, axes = translator(lang), new_axes(ax)
    frame = result.frame
    names = [say("control"), say("treated")]
    arms = (result.effect.control_value, result.effect.arm_value)
    largest = float(frame["n"].max())
    for place, color in ((0, MUTED), (1, ACCENT)):
        mine = frame[frame["treated"] == place].sort_values("mean")
        spread = 0.24 * np.cos(np.pi * np.arange(len(mine)))  # left and right in turn
        axes.scatter(
            mine["mean"], place + spread * (len(mine) > 1), s=20 + 160 * mine["n"] / largest,
            color=color, alpha=0.45, linewidths=0,
        )  # fmt: skip
        axes.plot([arms[place]] * 2, [place - 0.38, place + 0.38], color=color, linewidth=2.4)
        axes.annotate(
            formats.number(arms[place], lang), (arms[place], place + 0.38), (0, 3),
            textcoords="offset points", color=color, ha="center", va="bottom",
        )  # fmt: skip
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    axes.set_yticks([0, 1], names)
    axes.set_ylim(-0.55, 1.65)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: formats.number(x, lang)))
    axes.set_xlabel(
        say("mean of each cluster; {effect}", effect=span(result.effect.difference, lang, say))
    )
    return axes


def treated_over_time(result: DidResult, ax: Axes | None, lang: str = "en") -> Axes:
    """Treated units and what they would have had; the effect is the area between."""
    say, axes = translator(lang), new_axes(ax)
    frame = result.frame
    places = np.asarray(_time(axes, frame["time"], lang))
    own, expected = frame["treated"].to_numpy(float), frame["expected"].to_numpy(float)
    after = frame["post"].to_numpy() == 1
    axes.plot(places, expected, color=MUTED, linewidth=1.6, linestyle=(0, (4, 2)))
    axes.plot(places, own, color=ACCENT)
    axes.fill_between(
        places[after], own[after], expected[after], color=ACCENT, alpha=0.16, linewidth=0
    )
    _start(axes, places, after, say("start"))
    _values(axes, float(np.nanmax(np.abs([own, expected]))), lang)
    ends = [
        (float(places[-1]), float(own[-1]), say("treated"), ACCENT),
        (float(places[-1]), float(expected[-1]), say("expected by control"), MUTED),
    ]
    label_ends(axes, ends)
    axes.set_xlabel(say("effect {effect}", effect=span(result.effect, lang, say)))
    axes.set_ylabel(say("mean per unit"))
    return axes


def _start(axes: Axes, places: np.ndarray, after: np.ndarray, word: str) -> None:
    """A line between the last period before and the first after, named on top."""
    at = float((places[~after][-1] + places[after][0]) / 2)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.12 * (high - low))
    axes.axvline(at, color=SECOND, linewidth=1.2, linestyle=(0, (2, 2)))
    axes.annotate(
        word, (at, high + 0.12 * (high - low)), (4, -3), textcoords="offset points",
        color=SECOND, va="top",
    )  # fmt: skip


def level_change(result: BeforeAfter, ax: Axes | None, lang: str = "en") -> Axes:
    """The series, its fit, and the fit carried on as if nothing had changed."""
    say, axes = translator(lang), new_axes(ax)
    frame = result.frame
    places = np.asarray(_time(axes, frame["time"], lang))
    after = frame["post"].to_numpy() == 1
    y = frame["y"].to_numpy(float)
    fitted, without = frame["fitted"].to_numpy(float), frame["without"].to_numpy(float)
    axes.plot(places, y, "o", color=CONTEXT, markersize=3.5)
    axes.plot(places[~after], fitted[~after], color=MUTED)
    axes.plot(places[after], fitted[after], color=ACCENT)
    axes.plot(places[after], without[after], color=MUTED, linestyle=(0, (4, 2)))
    _start(axes, places, after, say("the change"))
    _values(axes, float(np.nanmax(np.abs(y))), lang)
    ends = [
        (float(places[-1]), float(fitted[-1]), say("after"), ACCENT),
        (float(places[-1]), float(without[-1]), say("carried on"), MUTED),
    ]
    label_ends(axes, ends)
    axes.set_xlabel(say("level {effect}, not randomised", effect=span(result.effect, lang, say)))
    return axes
