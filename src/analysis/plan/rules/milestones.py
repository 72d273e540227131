"""Dated milestones: festivals, make-up workdays, and what must be there before selling starts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from analysis.plan.facts import Plan
from analysis.plan.findings import Finding, Phrase, say, set_to
from analysis.plan.rules.calendars import Phase, phases_in, tracks
from analysis.plan.rules.events import (
    AFTERWARDS,
    arranged,
    dated,
    day_of,
    days_of,
    event_day,
    event_name,
    fixed,
    like,
    marked,
    named,
    nearest_official,
    official,
    text_of,
    with_year,
    without_names,
    years_in,
    years_of,
)
from analysis.plan.rules.festive import AFTER, BEFORE

LEAD = 200
"""Days an event of a festival can be ahead of it: gifts are ordered half a year before."""
PREPARED_LEAD = 270
"""Days its stock and designs can be ahead of it."""
LIVE_LEAD = 45
"""Days a live show of a festival can be ahead of it."""
_MAKE_UP = re.compile(
    r"make-?\s?up (work(ing)? ?)?day|makeup workday|adjusted work(ing)? ?day|"
    r"调休(上班|补班|工作日)|补班|补休上班"
)
_MAKE_UP_BARE = re.compile(r"调休|days? off in lieu")
_OFF = re.compile(r"day off|days off|holiday|weekend|休息|放假|假期|周末")
_WORK = re.compile(r"workday|working day|工作日|上班")
_THE_DAY = re.compile(
    r"§( festival)?( 20\d\d)? ?(the )?\bday\b(?! (before|after|off))|\bday of (the )?§|"
    r"\bon the (festival|day|eve)\b|当日|当天|当晚|正日|初一"
)
"""A festival's own day; the sign stands for its name."""
_EVE = re.compile(r"\beve\b|除夕|平安夜|前夕|前一天|day before")
_LIVE = re.compile(
    r"livestream|live show|gala|party|\bfair\b|pop-?up|直播|晚会|派对|游园|市集|快闪"
)
_PREPARED = re.compile(
    r"\bstock|in(to)? (the )?warehouse|inventor|packag|material|sample|training|trained|recruit|"
    r"\bshoot|design|入仓|备货|到仓|到位|包材|物料|小样|培训|招募|打样|定稿"
)
_DURING = re.compile(
    r"replenish|top-?up|second batch|clear|stock-?taking|settle|refund|thank|summary|leftover|"
    r"补货|追加|返单|清仓|清库存|盘点|结算|总结|答谢|退换|售后"
)
"""What is done while an event sells, or after it."""
_SENT = re.compile(r"deliver|shipp|发货|配送|签收|送达")
_NOT_SELLING = re.compile(
    r"warm[- ]?up|pre-?heat|seeding|teaser|countdown|prepar|review|presale|deposit|"
    r"预热|种草|蓄水|倒计时|筹备|复盘|预售|定金"
)


def find(plan: Plan) -> Iterator[Finding]:
    """Milestones and phases on days that are not what they are called."""
    for row in plan.rows("milestones"):
        if dated(row.get("due", "")):
            text = text_of(row)
            if _MAKE_UP.search(text) or _MAKE_UP_BARE.search(text):
                found = _make_up(plan, row)
            else:
                found = late(plan, row) or _festival(plan, row)
            if found is not None:
                yield found
    for row in (*plan.rows("phases"), *plan.rows("milestones")):
        yield from _days_off(row)


def _make_up(plan: Plan, row: Mapping[str, str]) -> Finding | None:
    """A make-up workday that is not on the official list."""
    text, due = text_of(row), row["due"]
    sure = _MAKE_UP.search(text)
    days = [day for year in years_of(plan, row) if (day := day_of(due, year)) is not None]
    days = [day for day in days if arranged(day.year)]
    kinds = ("make-up workday",) if sure else ("make-up workday", "holiday")
    if not days or any(official(day) in kinds for day in days):
        return None
    meant = nearest_official(days[0], "make-up workday")
    if meant is None:
        return None
    holiday = say("a holiday") if official(days[0]) == "holiday" else say("no make-up workday")
    return Finding(
        "calendar", "M", (row["fact_id"],),
        say("{day} is officially {kind}; the nearest make-up workday is {meant}", day=due,
            kind=holiday, meant=f"{meant:%Y-%m-%d}"),
        set_to(row["fact_id"], due, like(meant, due)),
    )  # fmt: skip


def _festival(plan: Plan, row: Mapping[str, str]) -> Finding | None:
    """A day that is called a festival's, or an event of one that comes after it."""
    text, due = text_of(row), row["due"]
    keys = named(text)
    prepares = BEFORE.search(text) or _PREPARED.search(text)
    later = AFTER.search(text) or _DURING.search(text) or (_SENT.search(text) and not prepares)
    if len(keys) != 1 or later:
        return None
    key = keys[0]
    days = days_of(due, years_of(plan, row), key)
    if not days:
        return None
    exact = not prepares and (_named_only(row) or bool(_THE_DAY.search(marked(text))))
    eve = bool(_EVE.search(text))
    best: tuple[int, dt.date] | None = None
    for day in days:
        for year in (day.year - 1, day.year, day.year + 1):
            event = event_day(key, year) - dt.timedelta(eve)
            away = (day - event).days
            lead = 0 if exact or eve else LIVE_LEAD if _LIVE.search(text) else LEAD
            tail = 0 if exact or prepares or eve else AFTERWARDS.get(key, 0)
            if prepares:
                lead, tail = PREPARED_LEAD, 0
            if -lead <= away <= tail:
                return None
            if best is None or abs(away) < abs(best[0]):
                best = (away, event)
    if best is None:
        return None
    return _finding(row, key, best[1], exact=exact or eve)


def _named_only(row: Mapping[str, str]) -> bool:
    """Whether a name is no more than the festival's."""
    names = [row.get(c, "") for c in ("name_en", "name_zh") if row.get(c)]
    return any(named(name) and not without_names(name) for name in names)


def _finding(row: Mapping[str, str], key: str, day: dt.date, *, exact: bool) -> Finding:
    due = row["due"]
    shown_day = like(day, due) if fixed(key) else f"{day:%Y-%m-%d}"
    sentence: Phrase = (
        say("called the day of {festival}, which is {day}, but due {due}",
            festival=event_name(key), day=shown_day, due=due)
        if exact else
        say("an event of {festival}, which is {day}, but due {due}", festival=event_name(key),
            day=shown_day, due=due)
    )  # fmt: skip
    return Finding("calendar", "H", (row["fact_id"],), sentence,
                   set_to(row["fact_id"], due, like(day, due)))  # fmt: skip


def late(plan: Plan, row: Mapping[str, str]) -> Finding | None:
    """Stock, material or training that is due when its event already sells."""
    text, due = text_of(row), row["due"]
    keys = named(text) or named(row.get("track", ""))
    if not _PREPARED.search(text) or len(keys) != 1:
        return None
    if AFTER.search(text) or _DURING.search(text):
        return None
    years = years_of(plan, row)
    selling = _selling(plan, row["document"], keys[0], years)
    days = days_of(due, years, keys[0])
    if not selling or not days:
        return None
    first = selling[0]
    if not with_year(due) or not with_year(first.row["start"]):
        # Without years only month and day can be compared, within half a year.
        days = [day for day in (day_of(due, first.start.year),) if day is not None]
    if not days or min((day - first.start).days for day in days) > 180:
        return None
    started = [p for p in selling if all(day > p.start for day in days)]
    if not started:
        return None
    # The peak says it best, where it has begun too.
    worst = next((p for p in started if p.peak), first)
    return Finding(
        "calendar", "M", tuple(dict.fromkeys((row["fact_id"], worst.id, first.id))),
        say("due {due}, but “{phase}” starts on {day}", due=due, day=worst.row["start"],
            phase=worst.row.get("name_en") or worst.row.get("name_zh", "")),
        set_to(row["fact_id"], due, f"≤ {like(first.start, due)}"),
    )  # fmt: skip


def _selling(plan: Plan, document: str, key: str, years: list[int]) -> list[Phase]:
    """The phases of an event that sell, first one first: no warm-up, no pre-sale."""
    found: list[Phase] = []
    for (owner, track), rows in tracks(plan).items():
        if owner != document:
            continue
        given = years_in(*(row["start"] for row in rows)) or years[:1]
        about = [row for row in rows if key in named(text_of(row)) or key in named(track)]
        found += [
            phase for phase in phases_in(about, given[0])
            if not _NOT_SELLING.search(phase.text) and not AFTER.search(phase.text)
        ]  # fmt: skip
    return sorted(found, key=lambda phase: (phase.start, phase.id))


def _days_off(row: Mapping[str, str]) -> Iterator[Finding]:
    """Days off on make-up workdays, workdays on holidays."""
    text = text_of(row)
    off, work = _OFF.search(text), _WORK.search(text)
    if not (off or work) or _MAKE_UP.search(text) or _MAKE_UP_BARE.search(text):
        return
    for column in ("start", "end", "due"):
        written = row.get(column, "")
        day = day_of(written, 2024) if dated(written) and with_year(written) else None
        if day is None:
            continue
        kind = official(day)
        wrong = (kind == "make-up workday" and off) or (kind == "holiday" and work and not off)
        if wrong:
            yield Finding(
                "calendar", "M", (row["fact_id"],),
                say("{day} is officially a {kind}", day=written,
                    kind=say("make-up workday") if kind == "make-up workday" else say("holiday")),
                set_to(row["fact_id"], written, like(_next(day, kind), written)),
            )  # fmt: skip


def _next(day: dt.date, kind: str) -> dt.date:
    """The next day that is what was meant: a day off, or a workday."""
    for step in range(1, 15):
        other = day + dt.timedelta(step)
        says = official(other)
        off = says == "holiday" or (other.weekday() >= 5 and says != "make-up workday")
        if off == (kind == "make-up workday"):
            return other
    return day + dt.timedelta(15)
