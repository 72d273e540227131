"""Forest plot: lifts of arms and metrics with their intervals, grouped by test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, SECOND

if TYPE_CHECKING:
    from analysis.experiments.verdict.effects import Measured
    from analysis.experiments.verdict.judging import Judged

MOST_ROWS = 30
ROOM = 4.0
"""Widest bound drawn, in times the typical half width around the estimates; arrows beyond it."""
ROW_HEIGHT = 0.4
GAP = 2.4
"""Rows that the title and the axis of one test take."""


def rows_of(tests: Sequence[Judged]) -> list[tuple[str, Measured, bool]]:
    """Label, effect and whether it decides, in reading order; headings have no effect."""
    rows = []
    for test in tests:
        several = len({m.effect.metric for m in test.others}) > 0
        for one in test.arms:
            label = f"{one.arm} · {test.metric.name}" if several else one.arm
            rows.append((label, one.measured, True))
        rows += [(f"{m.effect.arm} · {m.effect.metric}", m, False) for m in test.others]
    return rows


def _reach(measured: Sequence[Measured]) -> tuple[float, float]:
    """Limits of the axis: every estimate, zero, and the bounds within reach."""
    lifts = [m.effect.lift for m in measured if math.isfinite(m.effect.lift.value)]
    if not lifts:
        return -0.1, 0.1
    halves = [w / 2 for w in (lift.width for lift in lifts) if math.isfinite(w)]
    reach = ROOM * float(np.median(halves)) if halves else 0.5
    values = [lift.value for lift in lifts]
    ends = [b for lift in lifts for b in (lift.lo, lift.hi) if math.isfinite(b)]
    low = min(0.0, min(values), max(min(ends, default=0.0), min(values) - reach))
    high = max(0.0, max(values), min(max(ends, default=0.0), max(values) + reach))
    room = 0.08 * max(high - low, 1e-6)
    return low - room, high + room


def forest(tests: Sequence[Judged], ax: Axes | None, lang: str) -> Axes:
    """Draw the lifts; blue is better than control, orange worse, grey not told apart.

    Each of several tests has a scale of its own: a lift of one test says nothing of another's.
    """
    import matplotlib.pyplot as plt

    counts = [len(rows_of([test])) for test in tests]
    if ax is None:
        height = 0.8 + sum(ROW_HEIGHT * count + 0.9 for count in counts)
        ax = plt.subplots(figsize=(8.4, max(height, 2.2)))[1]
    if len(tests) == 1:
        _one(ax, tests[0], lang)
        return ax
    ax.set_axis_off()
    units = [count + GAP for count in counts]
    top = 1.0
    for test, count, unit in zip(tests, counts, units, strict=True):
        share = unit / sum(units)
        body = share * count / unit
        head = 0.35 * (share - body)
        inner = ax.inset_axes((0.0, top - head - body, 1.0, body))
        _one(inner, test, lang, labelled=test is tests[-1])
        inner.set_title(test.name, fontsize=11.5, pad=4)
        top -= share
    return ax


def _one(ax: Axes, test: Judged, lang: str, *, labelled: bool = True) -> None:
    say = translator(lang)
    rows = rows_of([test])[::-1]
    low, high = _reach([measured for _, measured, _ in rows])
    ax.grid(visible=False, axis="y")
    ax.grid(axis="x")
    ax.axvline(0, color=CONTEXT, linewidth=1.2, zorder=0)
    ax.set_xlim(low, high)
    for place, (_, measured, decides) in enumerate(rows):
        sign = test.settings.sign(measured.effect.metric)
        _row(ax, place, measured, decides, sign, (low, high))
    ax.set_yticks(range(len(rows)), [label for label, *_ in rows])
    for text, (_, _, decides) in zip(ax.get_yticklabels(), rows, strict=True):
        text.set_color(INK if decides else MUTED)
    ax.set_ylim(-0.6, len(rows) - 0.3)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    step = float(np.diff(ax.get_xticks())[0])
    decimals = max(0, -math.floor(math.log10(step * 100) + 1e-9))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: formats.signed_percent(value, decimals))
    )
    if labelled:
        level = formats.percent(test.settings.confidence, 0)
        ax.set_xlabel(say("lift against control, with {level} intervals", level=level))


def _row(
    ax: Axes, place: int, measured: Measured, decides: bool, sign: int,
    limits: tuple[float, float],
) -> None:  # fmt: skip
    lift = measured.effect.lift
    if not math.isfinite(lift.value):
        return
    low, high = limits
    color = MUTED
    if lift.shape == "bounded" and 0 not in lift:
        color = ACCENT if sign * lift.value > 0 else SECOND
    width = 2.6 if decides else 1.5
    spans = {
        "bounded": [(lift.lo, lift.hi)], "unbounded": [(lift.lo, lift.hi)],
        "outside": [(low, lift.lo), (lift.hi, high)], "undefined": [],
    }[lift.shape]  # fmt: skip
    for start, end in spans:
        a, b = max(start, low), min(end, high)
        if a < b:
            ax.plot([a, b], [place, place], color=color, linewidth=width, solid_capstyle="butt")
        # Shape, not only length, says that a set goes on beyond the edge.
        if end > high:
            ax.plot([b], [place], ">", color=color, markersize=6, clip_on=False)
        if start < low:
            ax.plot([a], [place], "<", color=color, markersize=6, clip_on=False)
    inside = min(max(lift.value, low), high)
    face = color if decides else "white"
    ax.plot([inside], [place], "o", color=color, markerfacecolor=face, markersize=6.5)
    ax.annotate(
        formats.signed_percent(lift.value), (inside, place), (0, 6), textcoords="offset points",
        color=color, ha="center", fontsize=9,
    )  # fmt: skip
