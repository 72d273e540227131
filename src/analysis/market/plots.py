"""Figures of the market's size and of its inputs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, SECOND
from analysis.market.words import level_names, route_names

if TYPE_CHECKING:
    from analysis.market.information import Information
    from analysis.market.sensitivity import Sensitivity
    from analysis.market.sizing import MarketSize

MOST_BARS = 12
"""Inputs in a figure; the rest is in the table."""


NARROW = 6.0
"""Inches below which labels are broken into lines."""

_TOKEN = re.compile(r"[（(]?(?:(?:[^\W_\u3000-\uffff]|[.,+%])+|.)[）)：，。、]*")


def narrow(axes: Axes) -> bool:
    """Whether the figure is as narrow as a phone."""
    return bool(axes.get_figure(root=True).get_figwidth() < NARROW)  # type: ignore[union-attr]


def broken(text: str, width: int) -> str:
    """A label in lines of about equal length, at most ``width`` Latin letters, Chinese ones two."""
    spaced = " " in text and _length(text) == len(text)
    parts = text.split(" ") if spaced else _TOKEN.findall(text)
    total = _length(text)
    if total <= width:
        return text
    # Lines of equal length: no single word is left over for the last one.
    aim = total / -(-total // width) + 2
    lines, line = [], ""
    for part in parts:
        tried = f"{line} {part}" if spaced and line else f"{line}{part}"
        if line and _length(tried) > aim:
            lines.append(line.rstrip())
            line = part.lstrip()
        else:
            line = tried
    return "\n".join([*lines, line])


def _length(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def axes_of(ax: Axes | None, rows: int = 6) -> Axes:
    """The given axes, or new ones as high as their rows need."""
    import matplotlib.pyplot as plt

    if ax is not None:
        return ax
    return plt.subplots(figsize=(8.4, max(2.6, 1.1 + 0.42 * rows)))[1]


def sideways(axes: Axes) -> None:
    """Grid and ticks for values along x."""
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(3 if narrow(axes) else 6))


def value_axis(axes: Axes, largest: float, unit: str, lang: str) -> None:
    """Write the ticks of x in one large unit; plainly where the axis' unit is one itself."""
    write = formats.scaled(largest, lang, unit)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))


def size_figure(result: MarketSize, ax: Axes | None, lang: str) -> Axes:
    """P10 to P90 of every level by every route, on a log scale, and the pooled one."""
    say = translator(lang)
    levels, routes = level_names(say), route_names(say)
    unit = result.frame["unit"].iloc[0]
    write = formats.amount(unit, lang)
    rows: list[tuple[str, str, float, float, float, str]] = []
    present = [level for level in levels if (result.frame["level"] == level).any()]
    colors = {"top_down": ACCENT, "bottom_up": SECOND}
    for level in present:
        for _, row in result.frame[result.frame["level"] == level].iterrows():
            rows.append((level, routes[row["route"]], row["p10"], row["p50"], row["p90"],
                         colors[row["route"]]))  # fmt: skip
        if level in result.agreement:
            one = result.agreement[level]
            rows.append((level, say("Both routes pooled"), one.p10, one.p50, one.p90, INK))
    axes = axes_of(ax, len(rows) + 2)
    sideways(axes)
    if all(row[2] > 0 for row in rows):
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(FuncFormatter(lambda *_: ""))
    places, place, seen = [], 0.0, ""
    for level, _, p10, p50, p90, color in rows:
        place -= 1.0 if level == seen or not seen else 1.7
        seen = level
        places.append(place)
        axes.plot([p10, p90], [place, place], color=color, linewidth=3, solid_capstyle="butt")
        axes.plot([p50], [place], "o", color=color, markersize=7)
        text = write(p50)
        if not narrow(axes):
            text = f"{text} ({write(p10)}–{write(p90)})"
        axes.annotate(text, (p90, place), (8, 0), textcoords="offset points", color=color,
                      va="center", annotation_clip=False)  # fmt: skip
    short = {level: name.rpartition("(")[2].rstrip(")") for level, name in levels.items()}
    short |= {level: name.rpartition("（")[2].rstrip("）") for level, name in levels.items()
              if "（" in name}  # fmt: skip
    axes.set_yticks(places, [f"{short[row[0]]} · {row[1]}" for row in rows])
    axes.set_ylim(places[-1] - 0.7, places[0] + 0.7)
    low, high = min(row[2] for row in rows), max(row[4] for row in rows)
    if axes.get_xscale() == "log":
        room = (high / low) ** 0.45
        axes.set_xlim(low / 1.3, high * max(room, 1.6))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
    else:
        axes.set_xlim(low - 0.1 * (high - low), high + 0.5 * (high - low))
        value_axis(axes, high, unit, lang)
    axes.set_xlabel(say("{unit}: median and P10 to P90", unit=formats.unit_name(unit, lang)))
    return axes


def tornado_figure(result: Sensitivity, ax: Axes | None, lang: str) -> Axes:
    """The outcome with each input at its P10 and P90, the widest on top."""
    say = translator(lang)
    rows = result.frame.sort_values("swing", ascending=False, kind="stable").head(MOST_BARS)
    unit = result.model.unit(result.outcome)
    write = formats.amount(unit, lang)
    axes = axes_of(ax, len(rows) + 1)
    sideways(axes)
    axes.axvline(result.middle, color=MUTED, linewidth=1.2)
    for place, (_, row) in enumerate(rows.iterrows()):
        # Both ends on one side: the outcome turns in between, and the range is a line.
        bent = row["swing"] > 1.05 * abs(row["high"] - row["low"])
        if bent:
            axes.plot([row["least"], row["most"]], [-place, -place], color=INK, linewidth=1.4)
        ends = (("low", CONTEXT), ("high", ACCENT))
        for end, color in ends[-1:] if bent else ends:
            axes.barh(-place, row[end] - result.middle, left=result.middle, color=color, height=0.6)
            right = row[end] >= result.middle
            axes.annotate(
                write(row[end]), (row[end], -place), (5 if right else -5, 0),
                textcoords="offset points", va="center", ha="left" if right else "right",
                color=INK if end == "high" else MUTED, annotation_clip=False,
            )  # fmt: skip
    labels = [
        say("{name} ({grade})", name=result.model.label(row["name"], lang), grade=row["grade"])
        for _, row in rows.iterrows()
    ]
    tight = narrow(axes)
    axes.set_yticks(-np.arange(len(rows)), [broken(one, 18) if tight else one for one in labels])
    span = rows[["least", "most"]].to_numpy(np.float64)
    low, high = (span.min(), span.max()) if span.size else (result.middle, result.middle)
    room = (0.5 if tight else 0.2) * (high - low) or 1.0
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(-len(rows) + 0.4, 1.2)
    axes.annotate(
        say("all at their medians: {value}", value=write(result.middle)), (result.middle, 1.0),
        xycoords=("data", "axes fraction"), color=MUTED, ha="center", va="top",
        backgroundcolor="white",
    )  # fmt: skip
    value_axis(axes, float(max(abs(low), abs(high))), unit, lang)
    text = say("{outcome}, {unit}: input at P10 (grey) and P90 (blue), the others at their medians",
               outcome=result.model.label(result.outcome, lang),
               unit=formats.unit_name(unit, lang))  # fmt: skip
    axes.set_xlabel(broken(text, 34) if tight else text)
    return axes


def information_figure(result: Information, ax: Axes | None, lang: str) -> Axes:
    """What learning each input is worth, with its Monte-Carlo error."""
    say = translator(lang)
    rows, model = result.frame.head(MOST_BARS), result.draws.model
    labels = [
        say("{name} ({grade})", name=model.label(row["name"], lang), grade=row["grade"])
        for _, row in rows.iterrows()
    ]
    axes = axes_of(ax, len(rows) + 1)
    return worth_bars(axes, rows, labels, model.unit(result.outcome), lang)


def worth_bars(axes: Axes, rows: pd.DataFrame, labels: list[str], unit: str, lang: str) -> Axes:
    """Bars of ``value`` with two of its errors to either side."""
    say, write = translator(lang), formats.amount(unit, lang)
    sideways(axes)
    for place, (_, row) in enumerate(rows.iterrows()):
        color = ACCENT if place == 0 else CONTEXT
        up = 2 * row["value_error"]
        down = min(up, row["value"])
        axes.barh(-place, row["value"], color=color, height=0.6, xerr=[[down], [up]],
                  error_kw={"ecolor": INK, "elinewidth": 1.2})  # fmt: skip
        end = row["value"] + up
        axes.annotate(
            write(row["value"]), (end, -place), (6, 0),
            textcoords="offset points", va="center", color=INK, annotation_clip=False,
        )  # fmt: skip
    tight = narrow(axes)
    # Many rows on a phone leave room for two lines each.
    small: dict[str, Any] = {"fontsize": 8.5} if tight and len(rows) > 8 else {}
    names = [broken(one, 28 if small else 18) if tight else one for one in labels]
    axes.set_yticks(-np.arange(len(rows)), names, **small)
    top = float(rows["value"].max()) if len(rows) and rows["value"].max() > 0 else 1.0
    axes.set_xlim(0, (1.4 if tight else 1.2) * top)
    axes.set_ylim(-len(rows) + 0.4, 0.6)
    value_axis(axes, top, unit, lang)
    text = say("{unit}: most that research into the input is worth, ± 2 Monte-Carlo errors",
               unit=formats.unit_name(unit, lang))  # fmt: skip
    axes.set_xlabel(broken(text, 34) if tight else text)
    return axes
