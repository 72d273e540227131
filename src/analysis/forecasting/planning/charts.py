"""Figures of planning, labelled directly; what is known is dark, what is expected is blue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator, PercentFormatter

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, RULE, SECOND, label_ends
from analysis.forecasting.planning.words import signed_day
from analysis.forecasting.plots import dressed as dressed
from analysis.forecasting.plots import narrow, new_axes

if TYPE_CHECKING:
    from analysis.forecasting.planning.festival_profile import FestivalProfile
    from analysis.forecasting.planning.hours import HourProfile
    from analysis.forecasting.planning.pacing import Pacing
    from analysis.forecasting.planning.presale import PresaleForecast
    from analysis.forecasting.planning.targets import TargetPlan

ROOM, LINE, LETTER = 1.2, 0.13, 0.018
"""Height of the axes over the data for one line of phase names and for a second one; width of a
letter of them as a share of the axes."""


def pacing_chart(result: Pacing, ax: Axes | None, lang: str = "en") -> Axes:
    """Planned cumulative curve, actual, projection with its fan, phases marked."""
    say, axes = translator(lang), new_axes(ax)
    frame = result.curve()
    days = frame["ds"].to_numpy()
    done, left = frame["actual"].notna(), frame["projected"].notna()
    highest = float(np.nanmax(frame[["plan", "actual", "projected", "hi"]].to_numpy()))
    names = _phase_names(result)
    top = (ROOM + LINE * max(name.line for name in names)) * max(highest, result.plan.target)
    ends = [(days[-1], float(frame["plan"].iloc[-1]), say("plan"), MUTED)]
    if left.any():
        joined = frame[left]
        if done.any():
            last = frame[done].iloc[[-1]]
            start = last.assign(**dict.fromkeys(("projected", "lo", "hi"), last["actual"]))
            joined = pd.concat([start, joined])
        x = joined["ds"].to_numpy()
        axes.fill_between(x, joined["lo"], joined["hi"], color=ACCENT, alpha=0.2, linewidth=0)
        axes.plot(x, joined["projected"], color=ACCENT)
        close = formats.percent(result.close.value / result.plan.target, 0)
        label = say("projected: {close}", close=close)
        ends.append((days[-1], float(joined["projected"].iloc[-1]), label, ACCENT))
    if done.any():
        axes.plot(days[done], frame.loc[done, "actual"], color=INK, linewidth=2.2)
        last_day = days[done][-1]
        if not left.any():
            ends.append((last_day, result.to_date, say("actual"), INK))
        else:
            # On the side of the line that the plan is not on.
            side, up = ("right", "bottom") if result.ahead >= 0 else ("left", "top")
            offset = (-8, 6) if result.ahead >= 0 else (8, -6)
            axes.annotate(
                say("actual"), (last_day, result.to_date), offset, textcoords="offset points",
                color=INK, ha=side, va=up,
            )  # fmt: skip
    axes.plot(days, frame["plan"], color=MUTED, linewidth=1.2, linestyle=(0, (3, 2)))
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(_round())
    dressed(axes, lang)
    axes.margins(x=0)
    axes.set_xlim(days[0], days[-1])
    _phases(axes, names)
    placed = [(float(dates.date2num(x)), y, text, color) for x, y, text, color in ends]
    label_ends(axes, placed)
    return axes


@dataclass(frozen=True, slots=True)
class _PhaseName:
    """Name of a phase over the chart: first day, middle, text, and the line it stands on."""

    start: pd.Timestamp
    middle: pd.Timestamp
    text: str
    line: int


def _phase_names(result: Pacing) -> list[_PhaseName]:
    """Names and shares of the phases, every second one a line lower if one is too wide."""
    total = len(result.plan.daily)
    phases = result.plan.phases
    starts, ends = pd.DatetimeIndex(phases["start"]), pd.DatetimeIndex(phases["end"])
    names = phases["phase"].tolist()
    room = ((ends - starts).days.to_numpy() + 1) / total
    crowded = any(LETTER * _width(name) > wide for name, wide in zip(names, room, strict=True))
    share = [formats.percent(float(part), 0) for part in phases["share"]]
    return [
        _PhaseName(start, start + (end - start) / 2, f"{name}\n{part}", i % 2 if crowded else 0)
        for i, (start, end, name, part) in enumerate(zip(starts, ends, names, share, strict=True))
    ]


def _round() -> MaxNLocator:
    """Ticks at ones, twos and fives: quarters would lose a digit as they are written."""
    return MaxNLocator(nbins=7, steps=[1, 2, 5, 10])


def _phases(axes: Axes, names: Sequence[_PhaseName]) -> None:
    """Mark where phases begin, and write their names at the top."""
    for position, name in enumerate(names):
        if position:
            axes.axvline(float(dates.date2num(name.start)), color=RULE, linewidth=1.0)
        axes.annotate(
            name.text, (float(dates.date2num(name.middle)), 1.0), (0, -3 - 30 * name.line),
            xycoords=("data", "axes fraction"), textcoords="offset points", color=MUTED,
            ha="center", va="top", fontsize=9.5,
        )  # fmt: skip


def _width(text: str) -> int:
    """Width in Latin letters; a Chinese one is as wide as two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def months(result: TargetPlan, ax: Axes | None, lang: str = "en") -> Axes:
    """Monthly targets as bars with the interval of the month's share, actuals as dark marks."""
    say, axes = translator(lang), new_axes(ax)
    frame = result.table()
    x = np.arange(1, 13)
    axes.bar(x, frame["target"], width=0.7, color=CONTEXT, alpha=0.75)
    bounded = frame["lo"].notna().to_numpy()
    low, high = (frame[name].to_numpy() * result.target for name in ("lo", "hi"))
    axes.vlines(x[bounded], low[bounded], high[bounded], color=MUTED, linewidth=1.2)
    complete = frame["actual"].notna().to_numpy()
    if complete.any():
        values = frame["actual"].to_numpy()
        axes.hlines(
            values[complete], x[complete] - 0.38, x[complete] + 0.38, color=INK, linewidth=2.6
        )
    tallest = np.nanmax(
        [frame["target"].max(), np.nanmax(high, initial=0.0), *frame["actual"].dropna()]
    )
    axes.set_ylim(0, 1.2 * float(tallest))
    axes.set_xticks(x)
    axes.set_xticklabels([_month(int(month), lang) for month in x])
    axes.tick_params(axis="x", length=0)
    axes.yaxis.set_major_locator(_round())
    write = formats.scaled(axes.get_ylim()[1], lang)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
    labels = [(say("target"), MUTED)]
    if bounded.any():
        interval = say("{level}% interval of one year's share", level=f"{result.level:g}")
        labels.append((interval, MUTED))
    if complete.any():
        labels.append((say("actual"), INK))
    for i, (text, color) in enumerate(labels):
        axes.annotate(
            text, (1.0, 1.0), (0, -2 - 15 * i), xycoords="axes fraction",
            textcoords="offset points", color=color, ha="right", va="top", fontsize=10,
        )  # fmt: skip
    return axes


def _month(month: int, lang: str) -> str:
    return f"{month}月" if lang == "zh" else f"{pd.Timestamp(2001, month, 1):%b}"


def festival(result: FestivalProfile, ax: Axes | None, lang: str = "en") -> Axes:
    """Index by day relative to the festival: years in grey, their mean in blue with its band."""
    say, axes = translator(lang), new_axes(ax)
    days = result.relative
    for year in result.by_year if len(result.by_year) > 1 else ():
        axes.plot(days, year, color=CONTEXT, linewidth=0.9, alpha=0.8)
    bounded = np.isfinite(result.lo)
    if bounded.any():
        axes.fill_between(
            days, result.lo, result.hi, where=bounded, color=ACCENT, alpha=0.22, linewidth=0
        )
    axes.plot(days, result.index, color=ACCENT)
    axes.axhline(1, color=MUTED, linewidth=0.8)
    axes.axvline(0, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    shown = np.nanmax([np.nanmax(result.index), np.nanmax(result.by_year)])
    top = 1.12 * max(float(shown), float(np.nanmax(result.hi[bounded], initial=0.0)))
    axes.set_ylim(0, top)
    axes.set_xlim(days[0], days[-1])
    _at(axes, 0, say("festival"), MUTED)
    if result.start is not None:
        axes.axvline(result.start, color=SECOND, linewidth=1.0)
        _at(
            axes, result.start, say("demand rises: day {day}", day=signed_day(result.start)), SECOND
        )
    last = float(result.index[np.isfinite(result.index)][-1])
    ends = [(float(days[-1]), last, say("index"), ACCENT)]
    if abs(last - 1) > 0.035 * top:
        ends.append((float(days[-1]), 1.0, say("ordinary day"), MUTED))
    label_ends(axes, ends)
    axes.xaxis.set_major_locator(MultipleLocator(7 if len(days) <= 80 else 14))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: signed_day(int(value))))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.fixed(value, 2)))
    axes.set_xlabel(say("days before (−) and after the festival"))
    return axes


def _at(axes: Axes, x: float, text: str, color: str) -> None:
    """Write beside the top of a vertical line, on the side with room; on a phone in two lines."""
    low, high = axes.get_xlim()
    if narrow(axes):
        text = text.replace(": ", ":\n").replace("：", "：\n")
    right = x < low + 0.7 * (high - low)
    axes.annotate(
        text, (x, 1.0), (5 if right else -5, -2), xycoords=("data", "axes fraction"),
        textcoords="offset points", color=color, ha="left" if right else "right", va="top",
        fontsize=10,
    )  # fmt: skip


def hours(result: HourProfile, ax: Axes | None, lang: str = "en") -> Axes:
    """Share of orders by hour as bars, peak hours in blue; conversion over the day's as a line."""
    say, axes = translator(lang), new_axes(ax)
    frame = result.table()
    x, share = frame["hour"].to_numpy(), frame["share"].to_numpy()
    colors = [ACCENT if peak else CONTEXT for peak in frame["peak"]]
    axes.bar(x, share, width=0.8, color=colors)
    bounded = frame["lo"].notna().to_numpy()
    axes.vlines(x[bounded], frame["lo"][bounded], frame["hi"][bounded], color=INK, linewidth=1.0)
    top = 1.3 * float(np.nanmax(np.concatenate([share, frame["hi"].dropna().to_numpy()])))
    labels = [(say("peak hours of orders"), ACCENT), (say("share of orders"), MUTED)]
    if "conversion" in frame:
        overall = float(frame["orders"].sum() / frame["sessions"].sum())
        # On the bars' axis an hour at the day's conversion lies at one twenty-fourth.
        line = frame["conversion"].to_numpy() / overall / len(x)
        axes.plot(x, line, color=SECOND)
        top = max(top, 1.3 * float(np.nanmax(line)))
        labels.append((say("conversion, the day's drawn at 1/24"), SECOND))
    axes.set_ylim(0, top)
    axes.set_xlim(-0.6, len(x) - 0.4)
    axes.xaxis.set_major_locator(MultipleLocator(3))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{int(value):02d}:00"))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    for i, (text, color) in enumerate(labels):
        axes.annotate(
            text, (0.0, 1.0), (4, -2 - 15 * i), xycoords="axes fraction",
            textcoords="offset points", color=color, ha="left", va="top", fontsize=10,
        )  # fmt: skip
    return axes


def presale(result: PresaleForecast, ax: Axes | None, lang: str = "en") -> Axes:
    """Past seasons and this one: pre-sale in dark, the rest in grey or, forecast, in blue."""
    say, axes = translator(lang), new_axes(ax)
    frame = result.table()
    y = np.arange(len(frame))[::-1]
    colors = [ACCENT if made else CONTEXT for made in frame["forecast"]]
    axes.barh(y, frame["total"], height=0.6, color=colors, alpha=0.75)
    axes.barh(y, frame["presale"], height=0.6, color=INK)
    lo, hi = result.interval
    if result.close is not None:
        axes.hlines(y[-1], lo, hi, color=INK, linewidth=1.4)
    longest = float(np.nanmax([frame["total"].max(), hi]))
    axes.set_xlim(0, 1.24 * longest)
    axes.set_ylim(-0.7, len(frame) - 0.1)
    names = frame["season"].tolist()[:-1]
    axes.set_yticks(y, [*names, result.season or say("this season")])
    for place, row in zip(y, frame.itertuples(), strict=True):
        end = max(float(str(row.total)), hi) if row.forecast and np.isfinite(hi) else row.total
        value = formats.number(float(str(row.total)), lang)
        share = formats.percent(float(str(row.share)), 0)
        axes.annotate(
            say("{value}, pre-sale {share}", value=value, share=share), (float(str(end)), place),
            (6, 0), textcoords="offset points", color=MUTED, va="center", fontsize=10,
        )  # fmt: skip
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(_round())
    write = formats.scaled(longest, lang)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
    return axes
