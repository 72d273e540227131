"""Figure of a programme: every effect as measured and as it probably is."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.errors import InputError, nearest
from analysis.base.language import Translator, translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, SECOND

if TYPE_CHECKING:
    from analysis.experiments.programme.weekly import Programme

ALL, TOP = 24, 16
"""Up to ``ALL`` comparisons are all shown; of more, the ``TOP`` best and the distribution."""
LONGEST = 26
FEW = 8
"""Comparisons whose names have room for two lines."""


def caterpillar(result: Programme, ax: Axes | None, lang: str, metric: str | None) -> Axes:
    """Raw (open, orange) and corrected (blue) effects of one metric."""
    import matplotlib.pyplot as plt

    say = translator(lang)
    names = [one.metric for one in result.metrics]
    chosen = names[0] if metric is None else metric
    if chosen not in names:
        raise InputError(f"metric: found no {chosen!r}; {nearest(chosen, names)}")
    own = result.frame["metric"] == chosen
    rows = result.frame[own & result.frame["shrunk"].notna()].sort_values("shrunk", kind="stable")
    axes = ax if ax is not None else plt.subplots()[1]
    if rows.empty:
        axes.set_axis_off()
        text = say("Fewer than three comparisons have an estimate: nothing to correct by.")
        axes.annotate(text, (0.5, 0.5), xycoords="axes fraction", ha="center", color=MUTED)
        return axes
    if len(rows) <= ALL:
        _forest(axes, rows, result, say, lang)
        return axes
    axes.set_axis_off()
    top = rows.iloc[-TOP:]
    left = axes.inset_axes((0.0, 0.0, 0.56, 0.94))
    right = axes.inset_axes((0.64, 0.0, 0.36, 0.94))
    _forest(left, top, result, say, lang)
    left.set_title(say("the {count} best", count=len(top)), fontsize=11)
    _distribution(right, rows, result, say, lang)
    right.set_title(say("all {count}", count=formats.fixed(len(rows), 0)), fontsize=11)
    return axes


def _labels(rows: pd.DataFrame) -> list[str]:
    """Test and arm, of a few on a line each; cut in the middle where long."""
    between = "\n" if len(rows) <= FEW else " · "
    parts = zip(rows["test"], rows["arm"], strict=True)
    names = [between.join(part for part in pair if part) for pair in parts]
    return ["\n".join(map(_cut, name.split("\n"))) for name in names]


def _cut(name: str) -> str:
    keep = LONGEST // 2 - 1
    return name if len(name) <= LONGEST else f"{name[:keep]}…{name[-keep:]}"


def _axis(axes: Axes, result: Programme, lang: str) -> None:
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    axes.axvline(0, color=CONTEXT, linewidth=1.2, zorder=0)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    low, high = axes.get_xlim()
    write: Callable[[float], str] = formats.scaled(max(abs(low), abs(high)), lang)
    if result.lifts:
        step = float(np.diff(axes.get_xticks())[0])
        decimals = max(0, -math.floor(math.log10(step * 100) + 1e-9))
        write = partial(formats.signed_percent, decimals=decimals)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))


def _forest(axes: Axes, rows: pd.DataFrame, result: Programme, say: Translator, lang: str) -> None:
    """One line a comparison, the best at the top."""
    places = np.arange(len(rows))
    raw, shrunk = rows["effect"].to_numpy(), rows["shrunk"].to_numpy()
    lo, hi = rows["shrunk_lo"].to_numpy(), rows["shrunk_hi"].to_numpy()
    axes.hlines(places, np.minimum(raw, lo), np.maximum(raw, hi), color=CONTEXT, linewidth=0.8)
    axes.hlines(places, lo, hi, color=ACCENT, linewidth=2.4)
    axes.plot(raw, places, "o", color=SECOND, markersize=5, markerfacecolor="white")
    axes.plot(shrunk, places, "o", color=ACCENT, markersize=5)
    labels = _labels(rows)
    axes.set_yticks(places, labels, fontsize=9 if len(rows) > 12 else 10)
    for label, found in zip(axes.get_yticklabels(), rows["discovery"], strict=True):
        label.set_color(INK if found else MUTED)
    axes.set_ylim(-0.7, len(rows) + 0.6)
    axes.margins(x=0.06)
    _axis(axes, result, lang)
    head, last = len(rows) - 0.05, len(rows) - 1
    right = raw[last] >= shrunk[last]
    for x, text, color, side in (
        (raw[last], say("measured"), SECOND, right),
        (shrunk[last], say("corrected"), ACCENT, not right),
    ):
        axes.annotate(
            text, (x, head), (4 if side else -4, 0), textcoords="offset points", color=color,
            ha="left" if side else "right", va="center", fontsize=9, annotation_clip=False,
        )  # fmt: skip
    level = formats.percent(result.confidence, 0)
    name = say("lift") if result.lifts else say("effect")
    axes.set_xlabel(say("{effect}, with {level} intervals", effect=name, level=level))


def _distribution(
    axes: Axes, rows: pd.DataFrame, result: Programme, say: Translator, lang: str
) -> None:
    """Distributions of all effects, measured and corrected, on the range of most."""
    raw, shrunk = rows["effect"].to_numpy(), rows["shrunk"].to_numpy()
    low, high = np.quantile(raw, [0.005, 0.995])
    low, high = min(low, 0.0), max(high, 0.0)
    bins = np.linspace(low, high, 41)
    counts, _ = np.histogram(np.clip(raw, low, high), bins)
    axes.stairs(counts, bins, color=SECOND, linewidth=1.6)
    inside, _ = np.histogram(np.clip(shrunk, low, high), bins)
    axes.stairs(inside, bins, color=ACCENT, fill=True, alpha=0.35)
    axes.stairs(inside, bins, color=ACCENT, linewidth=1.2)
    axes.set_xlim(low, high)
    _axis(axes, result, lang)
    axes.set_yticks([])
    axes.set_ylim(0, float(max(counts.max(), inside.max())) * 1.12)
    found = formats.fixed(int(rows["winner"].sum()), 0)
    axes.set_xlabel(say("{found} winners among them", found=found))
