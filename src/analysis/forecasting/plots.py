"""Figures: fan chart of a forecast, error by horizon of a backtest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, PercentFormatter

from analysis.base import formats
from analysis.base.errors import InputError, nearest
from analysis.base.festivals import FESTIVALS, FIRST_YEAR, LAST_YEAR
from analysis.base.language import Translator, translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, SECOND, label_ends
from analysis.forecasting.arrays import Floats

if TYPE_CHECKING:
    from analysis.forecasting.backtest import BacktestResult
    from analysis.forecasting.forecast import ForecastResult

# Year, month, day, hour, minute, second; what stands at the first of each; what heads the axis.
_DATES: dict[str, dict[str, list[str]]] = {
    "zh": {
        "formats": ["%Y年", "%m月", "%d日", "%H:%M", "%H:%M", "%S.%f"],
        "zero_formats": ["", "%Y年", "%m月", "%m月%d日", "%H:%M", "%H:%M"],
        "offset_formats": ["", "%Y年", "%Y年%m月", "%Y年%m月%d日", "%Y年%m月%d日", "%Y年%m月%d日"],
    }
}
_PADDED = re.compile(r"(?<!\d)0(?=\d[月日])")

NARROW = 6.0


class _Dates(dates.ConciseDateFormatter):
    """Dates of an axis, Chinese months and days without leading zeros."""

    def format_ticks(self, values: list[float]) -> list[str]:
        texts = super().format_ticks(values)  # type: ignore[no-untyped-call]
        return [_PADDED.sub("", text) for text in texts]

    def get_offset(self) -> str:
        text = super().get_offset()  # type: ignore[no-untyped-call]
        return _PADDED.sub("", str(text))


APART = 0.03
"""Share of the time axis that two festivals' names keep apart."""
SHOWN = 3  # horizons of history before the forecast


def narrow(axes: Axes) -> bool:
    """Whether the figure is as narrow as a phone."""
    figure = axes.get_figure(root=True)
    return figure is not None and bool(figure.get_figwidth() < NARROW)


def new_axes(ax: Axes | None) -> Axes:
    """Return the given axes, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


def _history(result: ForecastResult, names: list[str]) -> pd.Series:
    """Recent history of the sum of series, three horizons or two seasons."""
    total: pd.Series = pd.Series(dtype="float64")
    for path in result.paths:
        if path.series.unique_id in names:
            y = filled(path.series.y)
            stamps = path.series.calendar.stamps(np.arange(len(y)))
            total = total.add(pd.Series(y, index=pd.DatetimeIndex(stamps)), fill_value=0.0)
    return total.sort_index().iloc[-max(SHOWN * result.horizon, 2 * result.panel.season) :]


def filled(y: Floats) -> Floats:
    """Bridge gaps by a straight line: a missing value is not a sale of nothing."""
    known = np.flatnonzero(~np.isnan(y))
    return np.interp(np.arange(len(y)), known, y[known])


def _bounds(result: ForecastResult, unique_id: str | None) -> tuple[Floats, Floats, Floats]:
    """Mean ``(horizon,)`` and bounds ``(levels, horizon)`` of one series or of the sum of all."""
    if unique_id is None:
        frame = result.totals(by="ds", names=result.current)
        lo = np.stack([frame[f"lo-{level}"].to_numpy() for level in result.levels])
        hi = np.stack([frame[f"hi-{level}"].to_numpy() for level in result.levels])
        return frame["mean"].to_numpy(), lo, hi
    row = result.names.index(unique_id)
    return result.mean[row], result.lo[:, row], result.hi[:, row]


def fan(
    result: ForecastResult,
    unique_id: str | None,
    ax: Axes | None,
    later: pd.DataFrame | None = None,
    lang: str = "en",
    festivals: str = "",
    events: pd.DataFrame | None = None,
) -> Axes:
    """History in grey, forecast in blue, intervals as bands, what came as a dark line.

    Args:
        result: The forecast.
        unique_id: One series; the sum of all when None.
        ax: Axes to draw on; new ones when None.
        later: ``unique_id, ds, y`` of what came, if it is known.
        lang: Language of the labels.
        festivals: Group of festivals to mark on the time axis, ``chinese`` or ``western``.
        events: ``unique_id, ds`` of event days, such as promotions, marked along the axis.
    """
    if unique_id is not None and unique_id not in result.names:
        raise InputError(f"unique_id: found {unique_id!r} ({nearest(unique_id, result.names)})")
    say, axes = translator(lang), new_axes(ax)
    names = result.current if unique_id is None else [unique_id]
    past = _history(result, names)
    stamps = result.stamps()[result.names.index(names[0])]
    mean, lo, hi = _bounds(result, unique_id)
    axes.plot(past.index.to_numpy(), past.to_numpy(), color=CONTEXT, linewidth=1.3)
    for i in reversed(range(len(result.levels))):
        shade = 0.14 + 0.12 * (len(result.levels) - 1 - i)
        axes.fill_between(stamps, lo[i], hi[i], color=ACCENT, alpha=shade, linewidth=0)
    axes.plot(stamps, mean, color=ACCENT)
    came = _came(names, later, stamps)
    axes.plot(came.index.to_numpy(), came.to_numpy(), color=INK, linewidth=1.1)
    axes.axvline(past.index[-1], color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    _label(axes, past.index[-1], say("forecast"), ACCENT, "left")
    _label(axes, past.index[-1], say("known so far"), MUTED, "right")
    if len(came):
        _label(axes, stamps[-1], say("what came"), INK, "right", line=1)
    bottom, top = min(0.0, float(np.nanmin(past)), float(lo.min())), axes.get_ylim()[1]
    # The words at the top have rows of their own.
    axes.set_ylim(bottom, top + (0.12 if len(came) else 0.06) * (top - bottom))
    dressed(axes, lang)
    if festivals:
        mark_festivals(axes, festivals, lang)
    if events is not None and "unique_id" in events.columns:
        _mark_events(axes, events[events["unique_id"].isin(names)], (past.index[0], stamps), say)
    return axes


def _mark_events(
    axes: Axes, events: pd.DataFrame, shown: tuple[pd.Timestamp, np.ndarray], say: Translator
) -> None:
    """Mark along the axis the periods on which most series with events have one."""
    first, stamps = shown
    days = events["ds"][events["ds"].between(first, stamps[-1])].value_counts().sort_index()
    days = days[days > 0.5 * days.max()] if len(days) else days
    if days.empty:
        return
    half = np.diff(stamps).min() / 2 if len(stamps) > 1 else np.timedelta64(12, "h")
    for day in days.index.to_numpy():
        axes.axvspan(day - half, day + half, ymax=0.016, color=SECOND, linewidth=0)
    axes.annotate(
        say("event days"), (1.0, 0.03), (6, 0), xycoords="axes fraction",
        textcoords="offset points", color=SECOND, fontsize=9.5, va="center",
        annotation_clip=False,
    )  # fmt: skip


def mark_festivals(axes: Axes, group: str, lang: str) -> None:
    """Mark a group's festivals on the time axis: a tick upwards and a name, none over another.

    Where there is no room for all, those whose day moves come first: the others are where they
    always are.

    Args:
        axes: Axes with dates.
        group: ``chinese`` or ``western``; days common to both belong to each.
        lang: Language of the names.
    """
    left, right = (pd.Timestamp(day) for day in dates.num2date(axes.get_xlim()))
    left, right = left.tz_localize(None), right.tz_localize(None)
    falls = [
        (pd.Timestamp(one.date(year)), one)
        for year in range(left.year, right.year + 1)
        for one in FESTIVALS.values()
        if one.group in (group, "common") and FIRST_YEAR <= year <= LAST_YEAR
    ]
    room = (right - left) * APART
    taken: list[pd.Timestamp] = []
    for day, one in sorted(falls, key=lambda each: (not each[1].moves, each[0])):
        if left <= day <= right and all(abs(day - other) >= room for other in taken):
            taken.append(day)
            axes.axvline(dates.date2num(day), ymax=0.025, color=MUTED, linewidth=1.0)
            axes.annotate(
                one.name(lang), (day, 0.035), xycoords=("data", "axes fraction"), rotation=90,
                color=MUTED, fontsize=8.5, ha="center", va="bottom",
                path_effects=[withStroke(linewidth=3, foreground="white")],
            )  # fmt: skip


def _came(names: list[str], later: pd.DataFrame | None, stamps: np.ndarray) -> pd.Series:
    """Sum of what came by date, within the horizon."""
    if later is None or later.empty:
        return pd.Series(dtype="float64")
    mine = later[later["unique_id"].isin(names) & later["ds"].between(stamps[0], stamps[-1])]
    total: pd.Series = mine.groupby("ds")["y"].sum()
    return total


def _label(axes: Axes, x: object, text: str, color: str, side: str, line: int = 0) -> None:
    """Write a direct label at the top of the picture, left or right of a date."""
    axes.annotate(
        text,
        (x, 1.0),
        (6 if side == "left" else -6, -2 - 14 * line),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        color=color,
        ha=side,
        va="top",
        fontsize=10.5,
    )


def dressed(axes: Axes, lang: str) -> Axes:
    """Give dates and quantities the reader's form."""
    locator = dates.AutoDateLocator(minticks=3, maxticks=7)
    axes.xaxis.set_major_locator(locator)
    written = _Dates(locator, **_DATES.get(lang, {}))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(written)
    quantities(axes, lang)
    axes.margins(x=0.01)
    return axes


def quantities(axes: Axes, lang: str) -> None:
    """Give the vertical axis' quantities the reader's form."""
    write = formats.scaled(max(map(abs, axes.get_ylim())), lang)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))


def error_by_horizon(
    result: BacktestResult, ax: Axes | None, lang: str = "en", target: float | None = None
) -> Axes:
    """WAPE by step ahead: the model in blue, the seasonal naive in grey, directly labelled.

    Bands are the 95 % intervals of the thirds of the horizon, one step having too few errors for
    its own; ``target`` is the accuracy (1 − WAPE) that was asked for.
    """
    say, axes = translator(lang), new_axes(ax)
    if not result.tested:
        axes.set_axis_off()
        note = say("How accurate it is could not be tested: the history is too short.")
        axes.text(0, 0.5, note, transform=axes.transAxes, color=MUTED)
        return axes
    frame = result.by_horizon()
    labels = {"seasonal_naive": say("seasonal naive"), result.model: say("our forecast")}
    ends = []
    for (model, label), color in zip(labels.items(), (CONTEXT, ACCENT), strict=False):
        mine = frame[frame["model"] == model]
        axes.plot(mine["step"].to_numpy(), mine["WAPE"].to_numpy(), color=color)
        # Right of the bands, which end half a step after the last one.
        last = (float(mine["step"].iloc[-1]) + 0.5, float(mine["WAPE"].iloc[-1]))
        ends.append((*last, label, MUTED if color == CONTEXT else color))
    for third in result.by_third()[["first", "last", "WAPE lo", "WAPE hi"]].to_numpy(float):
        first, last_step, lo, hi = third
        axes.fill_between(
            [first - 0.5, last_step + 0.5], lo, hi, color=ACCENT, alpha=0.14, linewidth=0
        )
    axes.set_ylim(bottom=0)
    axes.margins(x=0.01)
    if target is not None:
        axes.set_ylim(top=max(axes.get_ylim()[1], 1.15 * (1 - target)))
        axes.axhline(1 - target, color=SECOND, linewidth=1.0, linestyle=(0, (4, 3)))
        allowed = say("target: at most {error}", error=formats.percent(1 - target, 0))
        ends.append((ends[0][0], 1 - target, allowed, SECOND))
    label_ends(axes, ends)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel(say("periods ahead"))
    return axes
