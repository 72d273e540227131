"""Figures of a planned test: power over its size, smallest effect by week."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, label_ends
from analysis.experiments.design.words import change, units

if TYPE_CHECKING:
    from analysis.experiments.design.duration import Duration
    from analysis.experiments.design.result import Design


def new_axes(ax: Axes | None) -> Axes:
    """Return the given axes, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


def power_curve(design: Design, ax: Axes | None, lang: str = "en") -> Axes:
    """Power over units of control for the planned effect, and for a smaller and a larger one."""
    say, axes = translator(lang), new_axes(ax)
    setting, curve = design.setting, design.curve()
    sizes = curve["n"].to_numpy(dtype=float)
    gap = design.effect - setting.rule.margin
    ends = []
    for factor, color in ((0.75, CONTEXT), (1.25, CONTEXT), (1.0, ACCENT)):
        effect = setting.rule.margin + factor * gap
        if setting.is_rate and not 0 <= setting.baseline + effect <= 1:
            continue
        power = np.array([setting.power(size, effect) for size in sizes])
        axes.plot(sizes, power, color=color)
        text = change(effect, setting, lang, say)
        ends.append((sizes[-1], float(power[-1]), text, ACCENT if factor == 1 else MUTED))
    axes.plot([design.n], [design.power], "o", color=INK, markersize=7, zorder=4)
    axes.annotate(
        say(
            "{who}: {power}",
            who=units(design.n_control, setting, say), power=formats.percent(design.power),
        ),
        (design.n, design.power), (9, -15), textcoords="offset points", color=INK,
        path_effects=[withStroke(linewidth=3, foreground="white")],
    )  # fmt: skip
    axes.set_ylim(0, 1.02)
    axes.set_xlim(0, sizes[-1])
    label_ends(axes, ends)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: formats.scaled(sizes[-1], lang)(x)))
    axes.set_ylabel(say("chance of finding the effect"))
    one = setting.users_per_unit == 1
    axes.set_xlabel(say("users of control") if one else say("clusters of control"))
    return axes


def smallest_by_week(result: Duration, ax: Axes | None, lang: str = "en") -> Axes:
    """Smallest effect that can be found at the end of each week, and the planned one."""
    say, axes, design = translator(lang), new_axes(ax), result.design
    setting = design.setting
    frame = result.weekly
    weeks = frame["week"].to_numpy(dtype=int)
    values = np.abs(frame["effect"].to_numpy(dtype=float))
    planned = abs(design.effect)
    axes.plot(weeks, values, color=ACCENT, marker="o", markersize=5)
    top = float(np.nanmax([*values, planned])) if np.isfinite(values).any() else planned
    axes.set_ylim(0, 1.12 * top if top > 0 else 1.0)
    axes.set_xlim(0.5, weeks[-1] + 0.5)
    if math.isfinite(planned):
        axes.axhline(planned, color=CONTEXT, linewidth=1.2, zorder=1)
        text = say("planned: {effect}", effect=change(design.effect, setting, lang, say))
        axes.annotate(
            text, (weeks[-1] + 0.5, planned), (-2, 5), textcoords="offset points", color=MUTED,
            ha="right",
        )  # fmt: skip
    if result.weeks is not None and result.weeks <= weeks[-1]:
        at = values[result.weeks - 1]
        axes.plot([result.weeks], [at], "o", color=INK, markersize=8, zorder=4)
        axes.annotate(
            say(
                "week {week}: {effect}",
                week=result.weeks,
                effect=change(float(frame["effect"][result.weeks - 1]), setting, lang, say),
            ),
            (result.weeks, at), (-4, -16), textcoords="offset points", color=INK, ha="right",
        )  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if setting.is_rate:
        write = FuncFormatter(lambda y, _: f"{100 * y:.3g}")
        axes.set_ylabel(say("smallest effect found, points"))
    else:
        write = FuncFormatter(lambda y, _: formats.number(y, lang))
        axes.set_ylabel(say("smallest effect found"))
    axes.yaxis.set_major_formatter(write)
    axes.set_xlabel(say("weeks since the start"))
    return axes
