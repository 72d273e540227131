"""Figures of the trust checks: users by arm, effect by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, SECOND, label_ends
from analysis.experiments.trust.words import fine_percent

if TYPE_CHECKING:
    from analysis.experiments.srm import SampleRatio
    from analysis.experiments.trust.by_day import EffectByDay


def _axes(ax: Axes | None) -> Axes:
    import matplotlib.pyplot as plt

    return plt.subplots()[1] if ax is None else ax


def ratio_figure(result: SampleRatio, ax: Axes | None, lang: str) -> Axes:
    """How far each arm is from its planned number of users, with intervals at the threshold."""
    say, axes = translator(lang), _axes(ax)
    rows = result.frame.iloc[::-1]
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.axvline(0, color=CONTEXT, linewidth=1.2)
    columns = ("deviation", "lo", "hi", "n")
    values = zip(*(rows[name].to_numpy(np.float64) for name in columns), strict=True)
    for place, (deviation, lo, hi, n) in enumerate(values):
        color = ACCENT if lo <= 0 <= hi else SECOND
        axes.plot([lo, hi], [place, place], color=color, linewidth=2.2, solid_capstyle="butt")
        axes.plot([deviation], [place], "o", color=color, markersize=7)
        label = say("{deviation}, {users} users", deviation=fine_percent(deviation),
                    users=formats.number(n, lang))  # fmt: skip
        axes.annotate(
            label, (deviation, place), (0, 9), textcoords="offset points", color=color, ha="center"
        )
    names = [
        say("{arm} ({planned})", arm=arm, planned=formats.percent(planned))
        for arm, planned in zip(rows["arm"], rows["planned"], strict=True)
    ]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(-0.5, len(rows) - 0.4)
    reach = 1.15 * max(float(np.abs(rows[["lo", "hi"]].to_numpy(np.float64)).max()), 1e-9)
    axes.set_xlim(-reach, reach)
    axes.xaxis.set_major_locator(MaxNLocator(7))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: fine_percent(value)))
    axes.set_xlabel(
        say(
            "users against plan, with {level} intervals",
            level=formats.percent(1 - result.threshold).replace(".0%", "%"),
        )
    )
    return axes


def days_figure(result: EffectByDay, ax: Axes | None, lang: str) -> Axes:
    """The effect of every day with its interval, the overall effect, and the trend."""
    say, axes = translator(lang), _axes(ax)
    rows = result.frame
    axes.axhline(0, color=CONTEXT, linewidth=1.2)
    lift = result.scale == "lift"
    write = formats.scaled(float(rows[["lo", "hi"]].abs().max().max()) if len(rows) else 1.0, lang)
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: formats.signed_percent(value, 0) if lift else write(value))
    )
    values = {"arm": result.arm, "metric": result.metric}
    axes.set_ylabel(
        say("{metric}: {arm}, lift of the day", **values)
        if lift
        else say("{metric}: {arm}, difference of the day", **values)
    )
    axes.set_xlabel(say("day the users joined"))
    if rows.empty:
        return axes
    effect, lo, hi = (rows[name].to_numpy(np.float64) for name in ("effect", "lo", "hi"))
    places = (rows["day"] - rows["day"].iloc[0]).dt.days.to_numpy(np.float64)
    axes.vlines(places, lo, hi, color=ACCENT, alpha=0.35, linewidth=2)
    axes.plot(places, effect, "o", color=ACCENT, markersize=5)
    step = max(1, -(-int(places[-1] + 1) // 6))
    shown = np.arange(0, places[-1] + 1, step)
    first = rows["day"].iloc[0]
    days = [formats.date((first + np.timedelta64(int(at), "D")).date(), lang) for at in shown]
    axes.set_xticks(shown, days)
    axes.set_xlim(-0.7, places[-1] + 0.7)
    axes.axhline(result.overall, color=MUTED, linewidth=1.1, linestyle=(0, (4, 3)))
    label_ends(axes, [(places[-1] + 0.7, result.overall, say("all days"), MUTED)])
    if result.reason:
        return axes
    n = rows["n_control"] * rows["n_arm"] / (rows["n_control"] + rows["n_arm"])
    centre = float(np.average(places, weights=n.to_numpy(np.float64)))
    line = result.overall + result.trend.value * (places[[0, -1]] - centre)
    axes.plot(places[[0, -1]], line, color=INK, linewidth=1.8)
    per = (
        formats.fixed(100 * result.trend.value)
        if lift
        else formats.number(result.trend.value, lang)
    )
    sign = "+" if result.trend.value > 0 else ""
    text = (
        say("trend {change} points a day", change=f"{sign}{per}")
        if lift
        else say("trend {change} a day", change=f"{sign}{per}")
    )
    axes.annotate(
        text, (1, 1), (0, 2), xycoords="axes fraction", textcoords="offset points", color=INK,
        ha="right", va="bottom",
    )  # fmt: skip
    return axes
