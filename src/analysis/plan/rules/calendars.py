"""Days that do not exist, phases out of order or of another length, hours beyond the clock."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from analysis.plan.facts import Plan
from analysis.plan.findings import Finding, Phrase, say, set_to, shown
from analysis.plan.rules.events import (
    dated,
    day_of,
    like,
    nearest_valid,
    text_of,
    with_year,
    years_in,
    years_of,
)
from analysis.plan.tables import number

_PEAK = re.compile(r"burst|peak|climax|爆发|高峰|高潮|冲刺")
_WHOLE = re.compile(r"whole|overall|entire|total|full[- ]|campaign period|整体|全程|全周期|总周期")
_CLOCK = ("hour_of_day", "o'clock", "clock", "hour_of_the_day")


@dataclass(frozen=True)
class Phase:
    """A row of a schedule and its days."""

    row: Mapping[str, str]
    start: dt.date
    end: dt.date

    @property
    def id(self) -> str:
        """Its fact id."""
        return self.row["fact_id"]

    @property
    def text(self) -> str:
        """Its names."""
        return text_of(self.row)

    @property
    def peak(self) -> bool:
        """Whether its name calls it the peak."""
        return bool(_PEAK.search(self.text))

    @property
    def stated(self) -> float | None:
        """Days it says it takes; None if it gives none, or a range."""
        value, unit = number(self.row.get("value", "")), self.row.get("unit", "")
        if self.row.get("value_kind") != "duration" or self.row.get("value_max"):
            return None
        return None if value is None or unit not in ("days", "weeks") else value

    @property
    def long(self) -> int:
        """Days from start to end, both counted."""
        return (self.end - self.start).days + 1

    def days_to(self, days: int) -> str:
        """The stated length after a change to so many days; "" if none is stated."""
        unit = self.row.get("unit", "")
        if self.stated is None:
            return ""
        new = days if unit == "days" else round(days / 7, 1)
        return f"{shown(self.stated, unit)} → {shown(new, unit)}"


def tracks(plan: Plan) -> dict[tuple[str, str], list[Mapping[str, str]]]:
    """Rows with two days, by document and schedule."""
    out: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in plan.rows("phases"):
        if dated(row["start"]) and dated(row["end"]):
            out.setdefault((row["document"], row["track"]), []).append(row)
    return out


def phases_in(rows: list[Mapping[str, str]], year: int) -> list[Phase]:
    """The phases in a year: a schedule may cross a year's end where its days have no year."""
    out: list[Phase] = []
    for row in rows:
        start, end = day_of(row["start"], year), day_of(row["end"], year)
        if start is None or end is None:
            continue
        if end < start and not with_year(row["end"]) and start.month >= 10 and end.month <= 3:
            end = end.replace(year=end.year + 1)
        far = out and (out[-1].start - start).days > 180
        if far and not with_year(row["start"]) and not with_year(row["end"]):
            start, end = (day.replace(year=day.year + 1) for day in (start, end))
        out.append(Phase(row, start, end))
    return out


def a_year(plan: Plan, rows: list[Mapping[str, str]]) -> int:
    """A year to count a schedule in; a leap year where none is known, as it has every day."""
    given = years_in(*(row[c] for row in rows for c in ("start", "end")))
    known = given or years_of(plan, rows[0])
    return known[0] if len(known) <= 2 else 2024


def find(plan: Plan) -> Iterator[Finding]:
    """Rows whose days cannot be, and schedules whose phases overlap or leave days out."""
    for rows in tracks(plan).values():
        yield from _order(phases_in(rows, a_year(plan, rows)))
    for table in ("phases", "milestones"):
        for row in plan.rows(table):
            yield from _existing(plan, row)
    yield from _hours(plan)


def _existing(plan: Plan, row: Mapping[str, str]) -> Iterator[Finding]:
    for column in ("start", "end", "due"):
        written = row.get(column, "")
        if not dated(written):
            continue
        years = years_of(plan, row)
        year = years[0] if len(years) == 1 else 2024
        if day_of(written, year) is None:
            yield Finding(
                "calendar", "H", (row["fact_id"],), say("{day} does not exist", day=written),
                set_to(row["fact_id"], written, nearest_valid(written, year)),
            )  # fmt: skip


def _length(phase: Phase) -> Iterator[Finding]:
    if phase.end < phase.start:
        start, end = phase.row["start"], phase.row["end"]
        yield Finding(
            "calendar", "H", (phase.id,),
            say("ends {end} before it starts {start}", end=end, start=start),
            set_to(phase.id, end, f"≥ {start}"),
        )  # fmt: skip
        return
    stated, weeks = phase.stated, phase.row.get("unit") == "weeks"
    if stated is None:
        return
    # Some count the nights between two days, most the days themselves; weeks are printed roughly.
    off = abs(phase.long - stated * 7) > 4 if weeks else stated not in (phase.long, phase.long - 1)
    if off:
        yield Finding(
            "calendar", "M", (phase.id,),
            say("{start} to {end} are {days} days, stated {stated}", start=phase.row["start"],
                end=phase.row["end"], days=phase.long,
                stated=shown(stated, phase.row.get("unit", ""))),
            say("{fact}: {change}", fact=phase.id, change=phase.days_to(phase.long)),
        )  # fmt: skip


def _order(phases: list[Phase]) -> Iterator[Finding]:
    told: set[str] = set()
    known = sorted((p for p in phases if p.start <= p.end), key=lambda p: (p.start, p.end))
    joints = [(b.start - a.end).days for a, b in pairwise(known)]
    close = sum(joint == 1 for joint in joints)
    # Work may run side by side or with pauses: only a schedule whose phases otherwise follow each
    # other says that they should.
    for place, (one, other) in enumerate(pairwise(known)):
        joint = joints[place]
        if joint <= 0 and (len(joints) == 1 or close * 2 >= len(joints) - 1):
            inside = other.end <= one.end or one.start == other.start
            if inside and (_WHOLE.search(one.text) or _WHOLE.search(other.text)):
                continue
        elif not (joint > 1 and len(joints) >= 2 and close * 2 >= len(joints)):
            continue
        move = _mend(one, other)
        # A stated length that the mended days keep is right: the wrong day is told already.
        if move.keeps:
            told.add(move.phase.id)
        yield _joint(one, other, move)
    for phase in phases:
        if phase.id not in told:
            yield from _length(phase)


@dataclass(frozen=True)
class Move:
    """One day of a phase set to another."""

    phase: Phase
    column: str
    day: dt.date

    @property
    def long(self) -> int:
        """Days the phase then takes."""
        if self.column == "start":
            return (self.phase.end - self.day).days + 1
        return (self.day - self.phase.start).days + 1

    @property
    def keeps(self) -> bool:
        """Whether it then takes as long as it says."""
        stated, weeks = self.phase.stated, self.phase.row.get("unit") == "weeks"
        return stated is not None and self.long == stated * (7 if weeks else 1)

    def phrase(self) -> Phrase:
        """The change of the day, and of the length the phase states."""
        old = self.phase.row[self.column]
        days = "" if self.keeps else self.phase.days_to(self.long)
        change = f"{old} → {like(self.day, old)}" + (f", {days}" if days else "")
        return say("{fact}: {change}", fact=self.phase.id, change=change)


def _mend(one: Phase, other: Phase) -> Move:
    """The one day to move so that the next phase starts the day after the one before."""
    day = dt.timedelta(1)
    moves = [Move(other, "start", one.end + day), Move(one, "end", other.start - day)]
    moves = [move for move in moves if move.long > 0] or moves
    kept = [move for move in moves if move.keeps]
    # A peak ends on its day: what comes later moves up to it. In an overlap the later one waits.
    late = one.end >= other.start or one.peak
    return (kept or (moves if late else moves[::-1]))[0]


def _joint(one: Phase, other: Phase, move: Move) -> Finding:
    """The days two phases share, or leave between them."""
    if other.start <= one.end:
        days = _span(other.start, min(one.end, other.end), other.row["start"])
        return Finding("calendar", "M", (one.id, other.id),
                       say("{days}: in two phases", days=days), move.phrase())  # fmt: skip
    first, last = one.end + dt.timedelta(1), other.start - dt.timedelta(1)
    days = _span(first, last, one.row["end"])
    return Finding("calendar", "L", (one.id, other.id), say("{days}: in no phase", days=days),
                   move.phrase())  # fmt: skip


def _span(first: dt.date, last: dt.date, written: str) -> Phrase:
    if first == last:
        return say("{day}", day=like(first, written))
    return say("{low} to {high}", low=like(first, written), high=like(last, written))


def _hours(plan: Plan) -> Iterator[Finding]:
    for table, rows in plan.tables.items():
        for row in rows:
            unit = row.get("unit", "").replace(" ", "_").lower()
            if unit not in _CLOCK or table == "units":
                continue
            for column in ("value", "value_max", "target", "actual"):
                hour = number(row.get(column, ""))
                if hour is not None and not 0 <= hour <= 24:
                    yield Finding(
                        "calendar", "M", (row["fact_id"],),
                        say("hour {hour} is beyond the 24 hours of a day", hour=shown(hour)),
                        set_to(row["fact_id"], shown(hour), shown(hour % 24)),
                    )  # fmt: skip
