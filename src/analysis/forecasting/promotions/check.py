"""A plan's phases laid on the calendar of a year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from analysis.base import formats
from analysis.base.errors import InputError
from analysis.base.festivals import festival as festival_of
from analysis.base.language import translator
from analysis.base.theme import PALETTE, SECOND
from analysis.forecasting.plots import new_axes
from analysis.forecasting.promotions.rules import (
    about_festival,
    about_lengths,
    about_order,
    about_windows,
    resolved_phases,
)


@dataclass(frozen=True)
class PhaseCheck:
    """A plan's phases laid on the calendar of a year, and what is odd about them.

    Attributes:
        year: Year.
        festival: Name of the festival the plan is for, and its day.
        resolved: ``track, phase, phase_zh, start, end, basis``; basis is ``dates`` or ``festival``.
        findings: ``finding, track, phase, other, start, end, days``, one row a finding; findings
            are ``festival outside the plan``, ``festival outside its phase``, ``gap``,
            ``overlap``, ``other length``, ``uncovered before the festival`` and ``before the
            plan`` (a window that begins before the first dated phase).
    """

    year: int
    festival: tuple[str, dt.date]
    resolved: pd.DataFrame
    findings: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """One row a finding."""
        return self.findings

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Phases as bars over the days of the year, the festival as a line."""
        axes = new_axes(ax)
        tracks = list(dict.fromkeys(self.resolved["track"]))
        first = self.resolved["start"].min()
        middle = first + (pd.Timestamp(self.festival[1]) - first) / 2
        for place, row in enumerate(self.resolved.to_dict("records")):
            color = PALETTE[tracks.index(row["track"]) % len(PALETTE)]
            start, end = _place(row["start"]), _place(row["end"])
            axes.barh(place, end - start + 1, left=start, color=color, alpha=0.45, height=0.6)
            late = row["start"] > middle
            axes.annotate(
                str(row["phase_zh" if lang == "zh" else "phase"]), (start, place),
                (-4 if late else 4, 0), textcoords="offset points", va="center", fontsize=9.5,
                ha="right" if late else "left",
            )  # fmt: skip
        axes.set_ylim(len(self.resolved) - 0.5, -0.9)
        axes.set_yticks([])
        day = _place(pd.Timestamp(self.festival[1])) + 0.5
        axes.axvline(day, color=SECOND, linewidth=1.4)
        words = f"{festival_of(self.festival[0]).name(lang)} {formats.date(self.festival[1], lang)}"
        axes.annotate(
            words, (day, 1.0), (0, 3), xycoords=("data", "axes fraction"),
            textcoords="offset points", color=SECOND, ha="center", va="bottom",
        )  # fmt: skip
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _month_day(x, lang)))
        axes.grid(visible=False)
        axes.margins(x=0.08)
        return axes

    def summary(self, lang: str = "en") -> str:
        """One sentence: how many findings, and the gravest."""
        say = translator(lang)
        name = festival_of(self.festival[0]).name(lang)
        day = formats.date(self.festival[1], lang)
        if self.findings.empty:
            return say("{festival} is on {day}; the phases fit it.", festival=name, day=day)
        grave = self.findings["finding"].str.startswith("festival outside").any()
        sentence = (
            say("{festival} is on {day}, outside the phase meant for it.", festival=name, day=day)
            if grave
            else say("{festival} is on {day}, inside the plan.", festival=name, day=day)
        )
        other = say("Findings: {count}.", count=len(self.findings))
        return say("{one} {other}", one=sentence, other=other)


def _place(day: pd.Timestamp) -> float:
    """Where a day begins on a date axis."""
    from matplotlib.dates import date2num

    return float(date2num(day.to_pydatetime()))


def _month_day(value: float, lang: str) -> str:
    from matplotlib.dates import num2date

    return formats.month_day(num2date(value), lang)


def check_phases(
    frame: pd.DataFrame,
    year: int,
    *,
    festival: str = "spring_festival",
    peak: str | None = None,
) -> PhaseCheck:
    """Check a plan's phases against the calendar of a year.

    Args:
        frame: ``track, name_en`` (``name_zh``) and ``starts, ends`` (MM-DD; ends before starts
            runs into the next year) or ``value, value_max, unit``: a window of
            ``days_before_festival`` from the larger to the smaller number of days, a lead (one
            number) up to the festival, a lag ``days_after_festival`` from the day after it. Rows
            of other units carry no date.
        year: Year the plan is for.
        festival: Festival it is for.
        peak: Dated phase that is meant for the festival; None if any dated phase may hold it.

    Raises:
        InputError: If the table lacks a column or ``peak`` is no dated phase.
        InputProblems: If dates are no days of the year, all of them listed.
    """
    needed = ("track", "name_en", "starts", "ends", "value", "value_max", "unit")
    absent = [name for name in needed if name not in frame.columns]
    if absent:
        raise InputError(f"phases: found no column {', '.join(absent)}, expected {needed}")
    day = pd.Timestamp(festival_of(festival).date(year))
    resolved = resolved_phases(frame, year, day)
    dated = resolved[resolved["basis"] == "dates"]
    if peak is not None and peak not in set(dated["phase"]):
        have = ", ".join(dated["phase"]) or "none"
        raise InputError(f"peak: found {peak!r}, expected a dated phase of the plan ({have})")
    rows = [
        *about_festival(dated, day, peak),
        *(row for _, one in resolved.groupby("track", sort=False) for row in about_order(one)),
        *about_windows(resolved, dated, day),
        *about_lengths(frame, resolved),
    ]
    columns = ["finding", "track", "phase", "other", "start", "end", "days"]
    findings = pd.DataFrame(rows, columns=columns)
    shown = resolved.drop(columns="row").reset_index(drop=True)
    return PhaseCheck(year, (festival, day.date()), shown, findings)
