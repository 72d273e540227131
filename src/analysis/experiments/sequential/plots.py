"""Figure of a test with planned looks: z-values against the bounds, over information."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, SECOND, label_ends
from analysis.experiments.sequential.integration import Floats

if TYPE_CHECKING:
    from analysis.experiments.sequential.result import SequentialTest

LEAST_TOP = 4.0
"""z-value that is always shown, so that the corridor is seen to close."""


def corridor(test: SequentialTest, ax: Axes | None, lang: str = "en") -> Axes:
    """z-values of the looks against the bounds; the region in which to go on is shaded."""
    import matplotlib.pyplot as plt

    say = translator(lang)
    axes = plt.subplots()[1] if ax is None else ax
    bounds, plan = test.bounds, test.plan
    unit = 1.0 if math.isnan(plan.n_max) else plan.n_max
    places = bounds.information * unit
    z = np.array([look.z for look in test.looks])
    top = max(LEAST_TOP, 1.15 * float(np.abs(z).max()), 1.15 * float(bounds.upper[-1]))
    upper = np.minimum(bounds.upper, 2 * top)
    bottom = -top if plan.sided == 2 else min(-1.5, 1.15 * float(z.min()))
    lower = -upper if plan.sided == 2 else np.full(len(places), 2 * bottom)
    for low, high in _open(test, lower, upper):
        axes.fill_between(places, low, high, color=CONTEXT, alpha=0.22, linewidth=0)
    axes.axhline(0, color=CONTEXT, linewidth=1.2)
    axes.plot(places, upper, "-o", color=INK, markersize=4, linewidth=1.4)
    if plan.sided == 2:
        axes.plot(places, lower, "-o", color=INK, markersize=4, linewidth=1.4)
    _futility(axes, test, places)
    seen = places[: len(z)]
    decided = test.decided
    axes.plot(seen[:decided], z[:decided], "-o", color=ACCENT, markersize=7)
    axes.plot(
        seen[decided - 1 :], z[decided - 1 :], ":o", color=ACCENT, markersize=6,
        markerfacecolor="white", zorder=1.9,
    )  # fmt: skip
    axes.set_ylim(bottom, top)
    width = float(places[-1])
    axes.set_xlim(0, width * 1.02)
    _labels(axes, test, places, say)
    if unit == 1:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: formats.percent(v, 0)))
        axes.set_xlabel(say("information, share of the planned maximum"))
    else:
        write = formats.scaled(width, lang)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: write(v)))
        axes.set_xlabel(say("users so far"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: formats.fixed(v, 0)))
    axes.set_ylabel(say("z: effect / standard error"))
    return axes


def _open(test: SequentialTest, lower: Floats, upper: Floats) -> list[tuple[Floats, Floats]]:
    """Lower and upper edges of the region in which to go on: one band, or two beside a wedge."""
    if test.plan.futility is None:
        return [(lower, upper)]
    futile = test.bounds.futility
    if test.plan.sided == 2:
        return [(futile, upper), (lower, -futile)]
    return [(np.maximum(futile, lower), upper)]


def _futility(axes: Axes, test: SequentialTest, places: Floats) -> None:
    """Bounds of futility: from below, or a wedge around 0."""
    if test.plan.futility is None:
        return
    low = np.where(np.isneginf(test.bounds.futility), np.nan, test.bounds.futility)
    for bound in (low, -low) if test.plan.sided == 2 else (low,):
        axes.plot(places, bound, "--o", color=SECOND, markersize=4, linewidth=1.4)


def _labels(axes: Axes, test: SequentialTest, places: Floats, say: Translator) -> None:
    """Name the regions at their ends, and the z-value that decides."""
    end, bound, sided = float(places[-1]), float(test.bounds.upper[-1]), test.plan.sided
    bottom, top = axes.get_ylim()
    futile = test.plan.futility is not None
    middle = 0.0 if sided == 2 else (bottom + bound) / 2
    inside = say("stop: futile") if futile else say("no decision")
    ends = [
        (end, (bound + top) / 2, say("stop: arm better"), INK),
        (end, middle, inside, SECOND if futile else MUTED),
    ]
    if sided == 2:
        ends.append((end, (bottom - bound) / 2, say("stop: arm worse"), INK))
    label_ends(axes, ends)
    first, z = float(test.bounds.upper[0]), [look.z for look in test.looks]
    side = -1 if z[0] > 0 and sided == 2 else 1
    height = 0.8 * min(first, top)
    axes.annotate(
        say("go on"), (float(places[0]), side * height), (8, 0), textcoords="offset points",
        color=MUTED, va="center",
    )  # fmt: skip
    at = test.decided - 1
    # After the point, on the side of zero, there is no line; at the end there is no room.
    last = float(places[at]) > 0.85 * end
    above = (z[at] >= 0) == last
    text = axes.annotate(
        f"z = {formats.fixed(z[at])}", (float(places[at]), z[at]),
        (0 if last else 9, 11 if above else -5), textcoords="offset points", color=ACCENT,
        ha="right" if last else "left", va="bottom" if above else "top",
    )  # fmt: skip
    text.set_path_effects([withStroke(linewidth=3, foreground="white")])
