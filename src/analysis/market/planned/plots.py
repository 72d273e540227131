"""Figures of the parts of a plan."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, SECOND, label_ends
from analysis.market.plots import MOST_BARS, axes_of, broken, narrow, sideways, worth_bars
from analysis.market.words import route_names

if TYPE_CHECKING:
    from analysis.market.planned.aim import Aim
    from analysis.market.planned.decision import Decided
    from analysis.market.planned.identity import GrowthIdentity
    from analysis.market.planned.mixes import Mixes
    from analysis.market.planned.path import PenetrationPath


def _percents(axes: Axes) -> None:
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.percent(value, 0)))


def aim_figure(result: Aim, ax: Axes | None, lang: str) -> Axes:
    """Growth that the target asks for as a line; the market and each planned driver as bars."""
    say, check = translator(lang), result.check
    planned = result.planned
    axes = axes_of(ax, len(planned) + 2)
    sideways(axes)
    width = 18 if narrow(axes) else 40
    labels = [say("Market grows")]
    labels += [say("{driver} alone, as planned", driver=name) for name in planned["driver"]]
    values = [check.market_growth, *planned["alone"]]
    ends = [max(check.market_growth_hi, 0.0), *(max(value, 0.0) for value in planned["alone"])]
    for place, (value, end) in enumerate(zip(values, ends, strict=True)):
        fits = place > 0 and value >= check.growth * (1 - 1e-12)
        axes.barh(-place, value, color=ACCENT if fits else CONTEXT, height=0.55)
        axes.annotate(formats.signed_percent(value), (end, -place), (7, 0), va="center", color=INK,
                      textcoords="offset points", annotation_clip=False,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0})  # fmt: skip
    axes.plot([check.market_growth_lo, check.market_growth_hi], [0, 0], color=INK, linewidth=1.4)
    axes.axvline(check.growth, color=SECOND, linewidth=1.8)
    axes.annotate(
        say("target asks for {growth}", growth=formats.signed_percent(check.growth)),
        (check.growth, 0.55), (5, 2), textcoords="offset points", color=SECOND, va="bottom",
    )  # fmt: skip
    axes.set_yticks(-np.arange(len(labels)), [broken(label, width) for label in labels])
    axes.set_ylim(-len(labels) + 0.4, 1.1)
    low = min(0.0, check.market_growth_lo, check.growth, *values)
    high = max(0.0, check.growth, *ends)
    room = (high - low) or 1.0
    axes.set_xlim(
        low - (0.1 * room if low < 0 else 0), high + (0.35 if narrow(axes) else 0.2) * room
    )
    axes.axvline(0, color=MUTED, linewidth=1)
    axes.xaxis.set_major_locator(MaxNLocator(4 if narrow(axes) else 6))
    _percents(axes)
    axes.set_xlabel(say("growth of sales on the year"))
    return axes


def identity_figure(result: GrowthIdentity, ax: Axes | None, lang: str) -> Axes:
    """The waterfall of the drivers, and the end that the stated growth would give."""
    from analysis.market.plots_growth import bridge_figure

    say = translator(lang)
    axes = bridge_figure(result.bridge, ax, lang)
    if not math.isnan(result.stated):
        level = result.bridge.start * (1 + result.stated)
        axes.axhline(level, color=SECOND, linewidth=1.6, linestyle=(0, (4, 3)), zorder=0.9)
        text = say("stated {growth}: {value}", growth=formats.signed_percent(result.stated),
                   value=formats.by_unit(result.plan.unit, lang)(level))  # fmt: skip
        # At the top: beside the line it would lie on a bar's own label.
        axes.annotate(f"- - {text}", (0, 1), (6, -4), xycoords="axes fraction", va="top",
                      textcoords="offset points", color=SECOND)  # fmt: skip
        low, high = axes.get_ylim()
        axes.set_ylim(low, low + 1.12 * (max(high, 1.05 * level) - low))
    return axes


def decided_figure(result: Decided, ax: Axes | None, lang: str) -> Axes:
    """What learning each input is worth, by route where there are two."""
    say = translator(lang)
    rows, routes = result.frame.head(MOST_BARS), route_names(say)
    one = next(iter(result.routes.values()))
    model, both = one.draws.model, len(result.routes) > 1
    axes = axes_of(ax, len(rows) + 1)
    labels = [
        say("{name} ({grade}), {route}", name=model.label(row["name"], lang), grade=row["grade"],
            route=routes[row["route"]]) if both
        else say("{name} ({grade})", name=model.label(row["name"], lang), grade=row["grade"])
        for _, row in rows.iterrows()
    ]  # fmt: skip
    return worth_bars(axes, rows, labels, model.unit(one.outcome), lang)


def path_figure(result: PenetrationPath, ax: Axes | None, lang: str) -> Axes:
    """Years observed, the fitted curve with its interval, the declared path dashed."""
    import matplotlib.pyplot as plt

    say, frame = translator(lang), result.frame
    axes = plt.subplots()[1] if ax is None else ax
    years = frame["year"].to_numpy(np.float64)
    tops = [float(frame[["observed", "level", "scenario"]].max().max())]
    ends: list[tuple[str, str, str]] = []
    if result.fit is not None:
        axes.fill_between(years, frame["lo"], frame["hi"], color=ACCENT, alpha=0.18, linewidth=0)
        axes.plot(years, frame["level"], color=ACCENT)
        ends.append(("level", say("fitted curve"), ACCENT))
        tops.append(min(float(frame["hi"].max()), 1.5 * tops[0]))
    if frame["scenario"].notna().any():
        axes.plot(years, frame["scenario"], color=SECOND, linestyle=(0, (5, 3)))
        ends.append(("scenario", say("declared path"), SECOND))
    axes.plot(years, frame["observed"], "o", color=INK, markersize=7)
    write = formats.by_unit(result.plan.unit, lang)
    seen = frame[frame["observed"].notna()].iloc[-1]
    axes.annotate(say("observed {value}", value=write(seen["observed"])),
                  (seen["year"], seen["observed"]), (6, -14), textcoords="offset points",
                  color=INK)  # fmt: skip
    axes.set_ylim(0, 1.15 * max(tops))
    reach = years[-1] - years[0]
    axes.set_xlim(years[0] - 0.06 * reach, years[-1] + 0.02 * reach)
    label_ends(axes, [(years[-1], float(frame[column].iloc[-1]),
                       f"{text} {write(frame[column].iloc[-1])}", color)
                      for column, text, color in ends])  # fmt: skip
    each = max(1, -(-len(years) // (4 if narrow(axes) else 10)))
    axes.set_xticks(years[::each], [f"{year:.0f}" for year in years[::each]])
    share = result.plan.unit.strip() == "share"
    ticks = formats.scaled(max(tops), lang, result.plan.unit)
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: formats.percent(value, 0) if share else ticks(value))
    )
    axes.set_ylabel("" if share else formats.unit_name(result.plan.unit, lang))
    return axes


def mixes_figure(result: Mixes, ax: Axes | None, lang: str) -> Axes:
    """Shares by dimension; an interval where a sample is stated, open where there is none."""
    say = translator(lang)
    frame = result.frame[~result.frame["rest"]].head(30)
    axes = axes_of(ax, len(frame) + 2)
    sideways(axes)
    colors = {"over": ACCENT, "under": SECOND, "like": MUTED, "": INK}
    places, place, seen = [], 0.0, ""
    for _, row in frame.iterrows():
        place -= 1.0 if row["dimension"] == seen or not seen else 1.5
        seen = row["dimension"]
        places.append(place)
        measured = math.isfinite(row["lo"])
        color = colors[row["standing"]]
        end, text = row["share"], formats.percent(row["share"])
        if measured:
            axes.plot([row["lo"], row["hi"]], [place, place], color=color, linewidth=2.4)
            end = row["hi"]
        axes.plot([row["share"]], [place], "o", color=color, markersize=7,
                  markerfacecolor=color if measured else "white")  # fmt: skip
        if math.isfinite(row["population"]):
            axes.plot([row["population"]] * 2, [place - 0.3, place + 0.3], color=MUTED, linewidth=2)
            end = max(end, row["population"])
            text = say("{share}, index {index}", share=text, index=formats.fixed(row["index"], 0))
        axes.annotate(text, (end, place), (9, 0), textcoords="offset points", va="center",
                      color=color, annotation_clip=False)  # fmt: skip
    width = 20 if narrow(axes) else 44
    labels = [
        row["group"] if (frame["dimension"] == row["dimension"]).sum() > 1
        else say("{one}: {other}", one=row["dimension"], other=row["group"])
        for _, row in frame.iterrows()
    ]  # fmt: skip
    axes.set_yticks(places, [broken(label, width) for label in labels])
    axes.set_ylim(places[-1] - 0.7, places[0] + 0.7)
    axes.set_xlim(0, 1.45 if narrow(axes) else 1.2)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    _percents(axes)
    axes.set_xlabel(
        say("share of buyers; grey: population") if frame["population"].notna().any()
        else say("share of buyers")
    )  # fmt: skip
    return axes
