"""Promotions as data: phases of an event, years compared phase by phase, a plan's phases checked.

The phases of these events last weeks and move from year to year, so that a comparison of the
same dates compares a presale with a wave. Years that the calendar does not have are unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.errors import InputError, InputProblems, Problem
from analysis.base.festivals import festival as festival_of
from analysis.base.language import translator
from analysis.base.schema import Column, TableSchema
from analysis.base.theme import ACCENT, CONTEXT, MUTED, PALETTE, SECOND, label_ends
from analysis.stats import moving_block_indices, percentile

PROMO_CALENDAR = TableSchema(
    (
        Column("platform", "text", description="Platform"),
        Column("event", "text", description="Promotion event, such as 618 or double_11"),
        Column("year", "integer", description="Year of the event"),
        Column("phase", "text", description="Phase as the platform divides its event"),
        Column("start", "date", description="First day"),
        Column("end", "date", description="Last day, inclusive"),
        Column("source", "text", description="Who reported it, and when", required=False),
    ),
    key=("platform", "event", "year", "phase"),
    extra="any",
)
LEAST_DAYS = 5
"""Days in both years below which a ratio of sums gets no interval."""
DAY = pd.Timedelta(days=1)


def years_known(calendar: pd.DataFrame, event: str, platform: str) -> tuple[int, ...]:
    """Years of an event that the calendar has for a platform, ascending."""
    chosen = (calendar["event"].astype("str") == event) & (calendar["platform"] == platform)
    return tuple(sorted({int(year) for year in calendar.loc[chosen, "year"]}))


def phases(calendar: pd.DataFrame, event: str, year: int, platform: str) -> pd.DataFrame:
    """Phases of an event in a year on a platform.

    Args:
        calendar: As :data:`PROMO_CALENDAR` promises.
        event: Event.
        year: Year.
        platform: Platform.

    Returns:
        ``phase, start, end`` (datetime64), by start.

    Raises:
        InputError: If the calendar does not have that year; the text names those it has.
    """
    known = years_known(calendar, event, platform)
    if year not in known:
        have = f"one of {', '.join(map(str, known))}" if known else "an event that it has"
        raise InputError(
            f"promotion calendar, {event} on {platform}: found year {year}, expected {have}; dates "
            "that are not published are not guessed"
        )
    chosen = calendar[
        (calendar["event"].astype("str") == event)
        & (calendar["platform"] == platform)
        & (calendar["year"] == year)
    ]
    out = chosen[["phase"]].assign(
        start=pd.to_datetime(chosen["start"]), end=pd.to_datetime(chosen["end"])
    )
    wrong = out[out["start"] > out["end"]]
    if len(wrong):
        raise InputError(
            f"promotion calendar, {event} {year} on {platform}: found phase "
            f"{wrong['phase'].iloc[0]!r} that ends before it starts, expected start up to end"
        )
    return out.sort_values(["start", "end"], ignore_index=True)


def phase_days(found: pd.DataFrame) -> dict[str, pd.DatetimeIndex]:
    """Days of each phase; a day that two share belongs to the one that begins later."""
    taken: set[pd.Timestamp] = set()
    out: dict[str, pd.DatetimeIndex] = {}
    for row in found.iloc[::-1].to_dict("records"):
        days = pd.date_range(row["start"], row["end"])
        out[str(row["phase"])] = days[[day not in taken for day in days]]
        taken |= set(days)
    return {name: out[name] for name in found["phase"].astype("str")}


@dataclass(frozen=True)
class PhaseAligned:
    """Sales of two years of an event, day of phase beside day of phase.

    Attributes:
        event: Event.
        platform: Platform.
        years: Last year and this year.
        days: ``phase, day`` (1-based), dates and sales of both years, ``change`` as a share; NaN
            where a year has no such day or no value.
        changes: Per phase and for all of them (``phase`` is ``all``): ``days`` compared, sales of
            both years on those days, ``change, lo, hi`` (95 % moving-block bootstrap over days,
            blocks of ``n^(1/3)``), ``no_interval`` the reason where there is none.
        alone: Phases that only one of the years has, and so not compared.
    """

    event: str
    platform: str
    years: tuple[int, int]
    days: pd.DataFrame
    changes: pd.DataFrame
    alone: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Changes by phase, the whole event last."""
        return self.changes

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Both years on one axis of phase days, phases named above it."""
        axes = _axes(ax)
        last, this = self.years
        place = np.arange(1, len(self.days) + 1)
        ends = []
        for column, year, color in (("last_year", last, CONTEXT), ("this_year", this, ACCENT)):
            values = self.days[column].to_numpy(dtype=float)
            for _, rows in self.days.groupby("phase", sort=False):
                axes.plot(
                    place[rows.index], values[rows.index], color=color, marker="o", markersize=3
                )
            known = np.flatnonzero(~np.isnan(values))
            ink = MUTED if color == CONTEXT else color
            ends.append((float(place[-1]), float(values[known[-1]]), str(year), ink))
        axes.set_ylim(bottom=0)
        say = translator(lang)
        words = _phase_words(lang)
        for name, rows in self.days.groupby("phase", sort=False):
            first = float(rows.index[0]) + 0.5
            axes.axvline(first, color=CONTEXT, linewidth=0.7, linestyle=(0, (4, 3)))
            axes.annotate(
                words.get(str(name), str(name)), (first, 1.0), (3, 3),
                xycoords=("data", "axes fraction"), textcoords="offset points",
                color=MUTED, fontsize=9.5, rotation=20 if len(rows) < 4 else 0,
                va="bottom", annotation_clip=False,
            )  # fmt: skip
        axes.set_xlabel(say("day of the event, phases aligned"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        _quantities(axes, lang)
        label_ends(axes, ends)
        return axes

    def summary(self, lang: str = "en") -> str:
        """One sentence: change on the days that both years have."""
        say = translator(lang)
        row = self.changes.iloc[-1]
        last, this = self.years
        if row["no_interval"]:
            sentence = say(
                "{this} against {last}, phases aligned: {change} on {days} days; too few for an "
                "interval.",
                this=this, last=last, change=formats.signed_percent(row["change"]),
                days=int(row["days"]),
            )  # fmt: skip
        else:
            sentence = say(
                "{this} against {last}, phases aligned: {change} ({lo} to {hi}) on {days} days.",
                this=this, last=last, change=formats.signed_percent(row["change"]),
                lo=formats.signed_percent(row["lo"]), hi=formats.signed_percent(row["hi"]),
                days=int(row["days"]),
            )  # fmt: skip
        if not self.alone:
            return sentence
        words = _phase_words(lang)
        names = ("、" if lang == "zh" else ", ").join(words.get(a, a) for a in self.alone)
        other = say("Not compared, as only one year has it: {names}.", names=names)
        return say("{one} {other}", one=sentence, other=other)


def _phase_words(lang: str) -> dict[str, str]:
    """Phases in the reader's words."""
    say = translator(lang)
    return {
        "presale": say("presale"),
        "first wave": say("first wave"),
        "second presale": say("second presale"),
        "second wave": say("second wave"),
        "main": say("main sale"),
        "special": say("special sales"),
        "peak": say("peak"),
        "extension": say("extension"),
    }


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


def _quantities(axes: Axes, lang: str) -> None:
    """Give quantities the reader's form."""
    write = formats.scaled(max(map(abs, axes.get_ylim())), lang)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))


def phase_aligned(
    frame: pd.DataFrame,
    calendar: pd.DataFrame,
    event: str,
    years: tuple[int, int],
    platform: str,
    *,
    seed: int = 0,
    draws: int = 2000,
) -> PhaseAligned:
    """Compare daily sales of two years by day of phase instead of by date.

    Days that one year's phase has and the other's has not are shown but not compared.

    Args:
        frame: ``ds, y`` daily; several series (``unique_id``) are added up.
        calendar: As :data:`PROMO_CALENDAR` promises.
        event: Event.
        years: Last year and this year.
        platform: Platform.
        seed: Of the bootstrap.
        draws: Bootstrap samples.

    Raises:
        InputError: If a year is unknown, the frame has no sales in one of the years' phases, or
            the years have no phase in common.
    """
    absent = [name for name in ("ds", "y") if name not in frame.columns]
    if absent:
        raise InputError(f"sales: found no column {', '.join(absent)}, expected ds and y")
    last, this = (phase_days(phases(calendar, event, year, platform)) for year in years)
    common = [name for name in this if name in last]
    if not common:
        raise InputError(
            f"{event} on {platform}: found phases {', '.join(last)} in {years[0]} and "
            f"{', '.join(this)} in {years[1]}, expected one in common"
        )
    by_day = frame.assign(ds=pd.to_datetime(frame["ds"]).dt.normalize())
    sales = by_day.groupby("ds")["y"].sum(min_count=1).astype("float64")
    parts = []
    for name in common:
        length = max(len(last[name]), len(this[name]))
        both = [days[name].to_series().reset_index(drop=True) for days in (last, this)]
        stamps = [one.reindex(range(length)) for one in both]
        values = [one.map(sales).astype("float64") for one in stamps]
        parts.append(
            pd.DataFrame(
                {
                    "phase": name, "day": range(1, length + 1),
                    "last_date": stamps[0], "this_date": stamps[1],
                    "last_year": values[0], "this_year": values[1],
                }
            )
        )  # fmt: skip
    days = pd.concat(parts, ignore_index=True)
    for column, year in (("last_year", years[0]), ("this_year", years[1])):
        if days[column].isna().all():
            raise InputError(
                f"sales: found none in the phases of {event} {year} on {platform}, expected days "
                f"between {days['last_date'].min():%Y-%m-%d} and {days['this_date'].max():%Y-%m-%d}"
            )
    days["change"] = days["this_year"] / days["last_year"].where(days["last_year"] > 0) - 1
    rng = np.random.default_rng(seed)
    groups = [(name, days[days["phase"] == name]) for name in common]
    changes = pd.DataFrame([_change(name, rows, rng, draws) for name, rows in groups])
    whole = pd.DataFrame([_change("all", days, rng, draws)])
    alone = tuple(dict.fromkeys(n for n in (*last, *this) if n not in common))
    table = pd.concat([changes, whole], ignore_index=True)
    return PhaseAligned(event, platform, years, days, table, alone)


def _change(
    name: str, rows: pd.DataFrame, rng: np.random.Generator, draws: int
) -> dict[str, object]:
    """Ratio of sums less 1, over days known in both years, with a moving-block interval."""
    pairs = rows[["last_year", "this_year"]].dropna().to_numpy(dtype=np.float64)
    total = pairs.sum(axis=0)
    change = total[1] / total[0] - 1 if len(pairs) and total[0] > 0 else np.nan
    out: dict[str, object] = {
        "phase": name,
        "days": len(pairs),
        "last_year": total[0],
        "this_year": total[1],
    }
    if len(pairs) < LEAST_DAYS or np.isnan(change):
        reason = f"fewer than {LEAST_DAYS} days in both years"
        return {**out, "change": change, "lo": np.nan, "hi": np.nan, "no_interval": reason}
    drawn = moving_block_indices(len(pairs), round(len(pairs) ** (1 / 3)), draws, rng)
    sums = pairs[drawn].sum(axis=1)
    lo, hi = percentile(sums[:, 1] / np.where(sums[:, 0] > 0, sums[:, 0], np.nan) - 1)
    return {**out, "change": change, "lo": lo, "hi": hi, "no_interval": ""}


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
        axes = _axes(ax)
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
        axes.xaxis.set_major_formatter(_month_day)
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


def _month_day(value: float, _: object = None) -> str:
    from matplotlib.dates import num2date

    return f"{num2date(value):%m-%d}"


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
    resolved = _resolved(frame, year, day)
    dated = resolved[resolved["basis"] == "dates"]
    if peak is not None and peak not in set(dated["phase"]):
        have = ", ".join(dated["phase"]) or "none"
        raise InputError(f"peak: found {peak!r}, expected a dated phase of the plan ({have})")
    rows = [
        *_about_festival(dated, day, peak),
        *(row for _, one in resolved.groupby("track", sort=False) for row in _about_order(one)),
        *_about_windows(resolved, dated, day),
        *_about_lengths(frame, resolved),
    ]
    columns = ["finding", "track", "phase", "other", "start", "end", "days"]
    findings = pd.DataFrame(rows, columns=columns)
    shown = resolved.drop(columns="row").reset_index(drop=True)
    return PhaseCheck(year, (festival, day.date()), shown, findings)


def _resolved(frame: pd.DataFrame, year: int, day: pd.Timestamp) -> pd.DataFrame:
    """Phases with dates, and the row of the plan that each is from."""
    rows, problems = [], []
    for number, row in enumerate(frame.to_dict("records")):
        ends: tuple[pd.Timestamp, pd.Timestamp] | None = None
        basis = "dates"
        if not _absent(row["starts"]) or not _absent(row["ends"]):
            try:
                start = pd.Timestamp(dt.date.fromisoformat(f"{year}-{row['starts']}"))
                later = str(row["ends"]) < str(row["starts"])
                end = pd.Timestamp(dt.date.fromisoformat(f"{year + later}-{row['ends']}"))
            except ValueError:
                found = f"{row['starts']!r} to {row['ends']!r}"
                problems.append(Problem(found, f"days of {year} as MM-DD", number + 2, "starts"))
                continue
            ends = start, end
        elif not _absent(row["value"]):
            basis = "festival"
            ends = _window(float(row["value"]), row["value_max"], str(row["unit"]), day)
        if ends is not None:
            names = str(row["name_en"]), str(row.get("name_zh", row["name_en"]))
            rows.append((number, str(row["track"]), *names, *ends, basis))
    if problems:
        raise InputProblems("phases", problems)
    columns = ["row", "track", "phase", "phase_zh", "start", "end", "basis"]
    return pd.DataFrame(rows, columns=columns)


def _absent(value: object) -> bool:
    return value is None or value == "" or bool(pd.isna(value))  # type: ignore[call-overload]


def _window(
    value: float, other: object, unit: str, day: pd.Timestamp
) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """Days of a window relative to the festival; None for a unit that names no days."""
    second = value if _absent(other) else float(str(other))
    if unit == "days_before_festival":
        near = min(value, second) if not _absent(other) else 1.0
        return day - max(value, second) * DAY, day - near * DAY
    if unit == "days_after_festival":
        return day + DAY, day + max(value, second) * DAY
    return None


Row = tuple[str, str, str, str, pd.Timestamp, pd.Timestamp, int]


def _about_festival(dated: pd.DataFrame, day: pd.Timestamp, peak: str | None) -> Iterator[Row]:
    """Whether the festival falls into a dated phase, and into the one meant for it."""
    if dated.empty:
        return
    inside = dated[(dated["start"] <= day) & (day <= dated["end"])]
    first, last = dated["start"].min(), dated["end"].max()
    if inside.empty:
        track = str(dated["track"].iloc[0])
        away = int(max((first - day).days, (day - last).days, 0))
        yield "festival outside the plan", track, peak or "", "", day, day, away
    elif peak is not None and peak not in set(inside["phase"]):
        meant = dated[dated["phase"] == peak].iloc[0]
        away = int(max((meant["start"] - day).days, (day - meant["end"]).days))
        where = str(inside["phase"].iloc[0])
        yield "festival outside its phase", str(meant["track"]), peak, where, day, day, away


def _about_order(one: pd.DataFrame) -> Iterator[Row]:
    """Gaps and overlaps between successive phases of a track; leads up to one day may nest."""
    ordered = one.sort_values(["start", "end"], kind="stable").to_dict("records")
    for before, after in pairwise(ordered):
        apart = (after["start"] - before["end"]).days - 1
        nested = before["basis"] == after["basis"] == "festival" and before["end"] == after["end"]
        if nested or apart == 0:
            continue
        names = str(before["track"]), str(before["phase"]), str(after["phase"])
        if apart > 0:
            yield "gap", *names, before["end"] + DAY, after["start"] - DAY, apart
        else:
            end = min(before["end"], after["end"])
            yield "overlap", *names, after["start"], end, (end - after["start"]).days + 1


def _about_windows(resolved: pd.DataFrame, dated: pd.DataFrame, day: pd.Timestamp) -> Iterator[Row]:
    """Days left over before the festival, and windows that begin before the plan does."""
    windows = resolved[(resolved["basis"] == "festival") & (resolved["end"] < day)]
    for track, rows in windows.groupby("track", sort=False):
        last = rows.sort_values("end").iloc[-1]
        left = (day - last["end"]).days - 1
        if left > 0:
            start, end = last["end"] + DAY, day - DAY
            yield (
                "uncovered before the festival", str(track), str(last["phase"]), "",
                start, end, left,
            )  # fmt: skip
    if dated.empty:
        return
    opens = dated["start"].min()
    for row in windows[windows["start"] < opens].to_dict("records"):
        until = min(row["end"], opens - DAY)
        days = (until - row["start"]).days + 1
        yield "before the plan", str(row["track"]), str(row["phase"]), "", row["start"], until, days


def _about_lengths(frame: pd.DataFrame, resolved: pd.DataFrame) -> Iterator[Row]:
    """Dated phases whose stated number of days is not that of their dates."""
    for row in resolved[resolved["basis"] == "dates"].to_dict("records"):
        value, unit = frame["value"].iloc[row["row"]], frame["unit"].iloc[row["row"]]
        days = (row["end"] - row["start"]).days + 1
        if unit == "days" and not _absent(value) and float(str(value)) != days:
            yield (
                "other length", str(row["track"]), str(row["phase"]), str(value),
                row["start"], row["end"], days,
            )  # fmt: skip
