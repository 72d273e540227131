"""Phases against the festivals and promotions they are named by."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from analysis.plan.facts import Plan
from analysis.plan.findings import Finding, Phrase, say
from analysis.plan.rules.calendars import Phase, phases_in, tracks
from analysis.plan.rules.events import (
    AFTERWARDS,
    SALES,
    YEARS,
    event_day,
    event_name,
    fixed,
    like,
    named,
    text_of,
    years_in,
    years_of,
)

REACH = 60
"""Days before an event in which what prepares it can end."""
BEFORE = re.compile(
    r"before|countdown|\bpre-|warm[- ]?up|presale|pre-?sale|pre-?heat|seeding|teaser|lead[- ]?up|"
    r"prepar|stock(ing)?[- ]up|recruit|early[- ]bird|opening|first wave|\bwave 1\b|bridge|"
    r"节前|倒计时|预热|预售|种草|蓄水|备货|囤货|筹备|招商|报名|抢先|早鸟|开门红|第一波|首波"
)
AFTER = re.compile(
    r"\bafter\b|review|encore|extension|return(?!s? (rate|window))|post-|"
    r"after-?sales?|settle|clearance|wrap-?up|thank|recap|refund|fulfil|shipping|delivery|"
    r"节后|返场|复盘|延续|余热|售后|退换|退款|结算|清仓|收尾|尾声|发货|履约|总结|感恩回馈"
)
_WORKS = re.compile(
    r"\bswap|\bswitch|change-?over|replace|dismantl|take[- ]?down|set[- ]?up|\bbuild|decorat|"
    r"install|construct|print|design|transition|hand-?over|"
    r"换|撤|拆|搭建|布置|布展|装修|安装|施工|过渡|切换|交接|改版|陈列"
)
"""Work on shops and pages and what lies between two events: on the day of neither."""
_UNTIL = re.compile(r"\b(?:up to|until|till|ends? on|ending on) (?:the )?|至|截至|到")
_BRACKETS = re.compile(r"[(（][^)）]*[)）]")
_EVE = re.compile(r"\beve\b|除夕|平安夜")
_NOT_THE_DAY = re.compile(r"前|\bbefore\b|\beve\b|除夕")
_DAYS = re.compile(r"\bweek\b|\bdays?\b|holiday|假期|当日|当天|黄金周|节日期")


@dataclass(frozen=True)
class Demand:
    """What a phase's name asks of an event's day."""

    phase: Phase
    key: str
    side: str

    def away(self, day: dt.date) -> int:
        """Days by which the phase misses it, 0 if it keeps it."""
        start, end = self.phase.start, self.phase.end
        if self.side == "until":
            return (day - end).days
        if self.side == "before":
            return (day - end).days if day < end else max((day - end).days - REACH, 0)
        if self.side == "after":
            return (day - start).days if day > start else min((day - start).days + REACH, 0)
        if self.side == "peak":  # what is sold towards a festival is sold by its day
            late = (end - day).days - AFTERWARDS.get(self.key, 0)
            return -((end - day).days) if late > 0 else max((day - end).days - REACH, 0)
        return (day - end).days if day > end else min((day - start).days, 0)


def find(plan: Plan) -> Iterator[Finding]:
    """Schedules whose phases miss the event they are named by."""
    for rows in tracks(plan).values():
        given = years_in(*(row[c] for row in rows for c in ("start", "end")))
        years = given or years_of(plan, rows[0])
        by_year = {year: _unmet(phases_in(rows, year)) for year in years}
        if any(not missed for missed in by_year.values()):
            continue
        year = min(by_year, key=lambda y: (sum(abs(away) for _, away, _ in by_year[y]), y))
        missed = sorted(by_year[year], key=lambda miss: (miss[0].key, -abs(miss[1])))
        others = {p.id for p in phases_in(rows, year) if _keys(p)}
        bare = not given and len(years) > 1
        for _, group in groupby(missed, key=lambda miss: miss[0].key):
            demand, _, day = next(group)
            yield _finding(demand, day, years if bare else [year], others if bare else set())
            if bare:
                break


def _unmet(phases: list[Phase]) -> list[tuple[Demand, int, dt.date]]:
    """Demands of a schedule that no reading of its days keeps."""
    out = []
    for key in sorted({key for phase in phases for key in _keys(phase)}):
        demands = [Demand(phase, key, _side(phase, key)) for phase in phases if key in _keys(phase)]
        missed = [(demand, *_miss(demand)) for demand in demands]
        # One phase that holds the day is enough: the others are parts of the same event.
        holds = [miss for miss in missed if miss[0].side in ("in", "hold")]
        peaks = [miss for miss in holds if miss[0].side == "hold"]
        chosen = peaks or [miss for miss in holds if key in named(miss[0].phase.text)]
        kept = [miss for miss in missed if miss[0].side not in ("in", "hold")]
        for miss in kept:
            # "Before" in the name of a track is said of the festival, not of each of its phases.
            if miss[1] and (key in named(miss[0].phase.text) or miss[0].side == "peak"):
                out.append(miss)
        towards = any(m[0].side in ("peak", "until") for m in kept)
        if towards:  # what is sold up to a festival need not reach it; its holiday has to
            chosen = [miss for miss in chosen if _DAYS.search(miss[0].phase.text)]
        if chosen and not any(miss[1] == 0 for miss in (peaks or holds)):
            out.append(min(chosen, key=lambda miss: abs(miss[1])))
    return out


def _keys(phase: Phase) -> tuple[str, ...]:
    """Events a phase names, or the one its schedule is for.

    What stands in brackets is a remark: it counts where it says until when the phase runs.
    """
    own = named(text_of(phase.row) + " " + phase.row.get("definition", "").lower())
    plain = named(_BRACKETS.sub(" ", text_of(phase.row)))
    own = tuple(key for key in own if key in plain or _side(phase, key) == "until")
    if _WORKS.search(phase.text) or _between(phase, own):
        return ()
    track = named(phase.row["track"])
    return own or (track if len(track) == 1 else ())


def _between(phase: Phase, keys: tuple[str, ...]) -> bool:
    """Whether a phase of several events keeps one of them, or lies between two."""
    if len(keys) < 2:
        return False
    demands = [Demand(phase, key, _side(phase, key)) for key in keys]
    misses = [_miss(demand) for demand in demands]
    days = [day for _, day in misses]
    kept = any(away == 0 for away, _ in misses)
    return kept or min(days) <= phase.start <= phase.end <= max(days)


def _side(phase: Phase, key: str) -> str:
    text = phase.text
    for found in _UNTIL.finditer(text):
        next_words = text[found.end() : found.end() + 18]
        if key in named(next_words) and not _NOT_THE_DAY.search(next_words):
            return "until"
    if BEFORE.search(text):
        return "before"
    if AFTER.search(text):
        return "after"
    if phase.peak:
        return "hold" if key in SALES else "peak"
    return "in"


def _miss(demand: Demand) -> tuple[int, dt.date]:
    """The least days by which an occurrence is missed, and its day."""
    year = demand.phase.start.year
    days = [event_day(demand.key, y) for y in (year - 1, year, year + 1)]
    if _EVE.search(demand.phase.text):
        days += [day - dt.timedelta(1) for day in days]
    return min(((demand.away(day), day) for day in days), key=lambda miss: (abs(miss[0]), miss[1]))


def _finding(demand: Demand, day: dt.date, years: list[int], others: set[str]) -> Finding:
    phase, row = demand.phase, demand.phase.row
    first = (phase.id, *sorted(others - {phase.id}))
    name = event_name(demand.key)
    shown_day = like(day, row["end"]) if fixed(demand.key) else f"{day:%Y-%m-%d}"
    arithmetic: Phrase
    if len(years) > 1 and not fixed(demand.key):
        span = f"{years[0]}–{years[-1]}" if len(years) > 2 else f"{years[0]}, {years[-1]}"
        arithmetic = say(
            "in no year of {years} do the phases fit; nearest {year}: {festival} is on {day}, "
            "the phase runs {start} to {end}", years=span if years != list(YEARS) else
            f"{YEARS[0]}–{YEARS[-1]}", year=day.year, festival=name, day=f"{day:%m-%d}",
            start=row["start"], end=row["end"],
        )  # fmt: skip
    else:
        sentences = {
            "until": say("ends {end}, but {festival} is on {day}", end=row["end"], festival=name,
                         day=shown_day),
            "peak": say("runs {start} to {end}, past {festival} on {day}", start=row["start"],
                        end=row["end"], festival=name, day=shown_day),
            "before": say("is before {festival} on {day}, but ends {end}", festival=name,
                          day=shown_day, end=row["end"]),
            "after": say("is after {festival} on {day}, but starts {start}", festival=name,
                         day=shown_day, start=row["start"]),
        }  # fmt: skip
        misses = say("{festival} on {day} is not in {start} to {end}", festival=name,
                     day=shown_day, start=row["start"], end=row["end"])  # fmt: skip
        arithmetic = sentences.get(demand.side, misses)
        if demand.side in ("before", "peak") and day > phase.end:
            arithmetic = misses
    return Finding("calendar", "H", first, arithmetic, _change(demand, day))


def _change(demand: Demand, day: dt.date) -> Phrase:
    """Move the end (and the stated length), or the whole phase where its start is off too."""
    phase, away = demand.phase, demand.away(day)
    goal = day - dt.timedelta(demand.side == "before")
    start, end = phase.row["start"], phase.row["end"]
    if phase.start <= goal and demand.side != "after":
        days = phase.days_to((goal - phase.start).days + 1)
        change = f"{end} → {like(goal, end)}" + (f", {days}" if days else "")
    else:
        by = dt.timedelta(away)
        change = (f"{start} → {like(phase.start + by, start)}, "
                  f"{end} → {like(phase.end + by, end)}")  # fmt: skip
    return say("{fact}: {change}", fact=phase.id, change=change)
