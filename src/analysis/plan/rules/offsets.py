"""Days between festivals, and days counted to one: 20 days after, T-45, a countdown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, Phrase, say, set_to, shown
from analysis.plan.rules.events import (
    PROMOTIONS,
    YEARS,
    dated,
    day_of,
    event_day,
    event_name,
    like,
    marked,
    named,
    nearest_day,
    text_of,
    with_year,
    years_in,
    years_of,
)

_TOLD_DAYS: dict[str, tuple[re.Pattern[str], frozenset[int], Phrase]] = {
    "eve": (re.compile(r"new year'?s eve|spring festival eve|除夕|年三十"), frozenset({-1}),
            say("New Year's Eve")),
    "little_year": (re.compile(r"little new year|xiao ?nian|小年(?!轻)"), frozenset({-8, -7, -6}),
                    say("Little New Year")),
    "laba": (re.compile(r"\blaba\b|腊八"), frozenset({-23, -22}), say("Laba Festival")),
    "fifth": (re.compile(r"god of wealth|破五|迎财神|(?:正月|大年)?初五"), frozenset({4, 5}),
              say("the fifth day of the year")),
}  # fmt: skip
"""Days that hang on the Spring Festival: words, days from it (a lunar month has 29 or 30)."""
_UNIT = re.compile(
    r"^(?:calendar_)?days?_(?P<way>before|after|from|since|to)_(?P<what>.+)$|^(?:节)(?P<zh>前|后)天数?$"
)
_BETWEEN = re.compile(
    r"\b(days?|between|and|from|to|after|before|the|of|gap|interval|calendar|number|distance|is|"
    r"falls?|day)\b|相隔|间隔|相差|距离?|天数?|日数?|到|至|与|和|之间|[前后]|第|多少|为|节"
)
_ON_THE_DAY = re.compile(r"\bon (the )?(lantern|festival|eve|§)[^)]{0,10}\bday\b|\bon the day\b|"
                         r"\(on § day\)|\bthe day of\b|当[天日晚]|正日子?")  # fmt: skip
_CODE = re.compile(r"(?<![a-z0-9])[td] ?([-+－−–＋]) ?(\d{1,3})(?!\d)", re.IGNORECASE)
_COUNTDOWN = re.compile(
    r"(\d{1,3}) days? (before|after|to|until) (?:the )?§|"
    r"§(?:节|festival)?[ (（]*(前|后)(?:第)?(\d{1,3})[天日]|"
    r"距(?:离)?§(?:节)?(?:还有|仅剩|剩)?(\d{1,3})[天日]|§(?:节)?倒计时(\d{1,3})[天日]"
)


def find(plan: Plan) -> Iterator[Finding]:
    """Offsets no year has, and days that are not as far off as their name says."""
    for fact in plan.facts:
        if fact.role == "value" and (found := _between(plan, fact)) is not None:
            yield found
    yield from _codes(plan)
    for table in ("milestones", "phases"):
        for row in plan.rows(table):
            found = _counted(plan, row)
            if found is not None:
                yield found


@dataclass(frozen=True)
class Day:
    """A festival, or a day that hangs on the Spring Festival."""

    key: str

    @property
    def name(self) -> Phrase:
        """Name for readers."""
        return _TOLD_DAYS[self.key][2] if self.key in _TOLD_DAYS else event_name(self.key)

    def after(self, base: str, years: list[int]) -> set[int]:
        """Days from a base event to it, over the years."""
        if self.key in _TOLD_DAYS:
            away = {0} if base == "spring_festival" else Day(base).after("spring_festival", years)
            return {n - m for n in _TOLD_DAYS[self.key][1] for m in away if abs(m) <= 60}
        start = [event_day(base, year) for year in years]
        return {(nearest_day(self.key, day) - day).days for day in start} if base else set()


def _own_days(text: str) -> list[Day]:
    own = [Day(key) for key, (pattern, *_) in _TOLD_DAYS.items() if pattern.search(text)]
    rest = text
    for key in (day.key for day in own):
        rest = _TOLD_DAYS[key][0].sub(" ", rest)
    return own + [Day(key) for key in named(rest)]


def _between(plan: Plan, fact: Fact) -> Finding | None:
    """The days from one festival to another that a row states."""
    unit = fact.unit.lower()
    counted = _UNIT.match(unit)
    if fact.of("value_max") or not (counted or unit == "days"):
        return None
    text = text_of(fact.row)
    days = _own_days(text)
    way = _way(counted, text)
    if way == 0:
        return None
    if counted and len(days) == 1:
        return _from_base(plan, fact, days[0], way, counted["what"] or "")
    if len(days) != 2 or _BETWEEN.sub("", _blank(text)).strip(" \t,，()（）?'’+-:：/、"):
        return None
    one, other = days
    bases = [(a, b) for a, b in ((one, other), (other, one)) if b.key not in _TOLD_DAYS]
    allowed = {abs(n) for a, b in bases for n in a.after(b.key, _years(plan, fact))}
    allowed |= {n + 1 for n in allowed} | {n - 1 for n in allowed}
    if not allowed or abs(fact.value) in allowed:
        return None
    exact = sorted(abs(n) for a, b in bases[:1] for n in a.after(b.key, _years(plan, fact)))
    return _wrong(fact, bases[0][0], bases[0][1].key, exact)


def _blank(text: str) -> str:
    for pattern, *_ in _TOLD_DAYS.values():
        text = pattern.sub(" ", text)
    return re.sub(r"(?<!\d)20\d\d年?(?!\d)|festival", " ", marked(text).replace("§", " "))


def _way(counted: re.Match[str] | None, text: str) -> int:
    if counted:
        before = counted["way"] in ("before", "to") or counted["zh"] == "前"
        return -1 if before else 1
    return 1


def _from_base(plan: Plan, fact: Fact, day: Day, way: int, what: str) -> Finding | None:
    """A row of one festival, counted from another: the unit's, or its document's."""
    base = list(named(what.replace("_", " ")))
    generic = not base
    text = text_of(fact.row)
    exact = bool(_ON_THE_DAY.search(text) or _ON_THE_DAY.search(marked(text))) or not re.sub(
        r"\b(day|festival|the)\b|[\s()（）,，节日天]+", "", _blank(text))  # fmt: skip
    if not exact or day.key in base:
        return None
    years = _years(plan, fact)
    if generic:
        # "The festival" is any the document names, this row's own among them.
        rows = [row for table in plan.tables.values() for row in table
                if row["document"] == fact.document]  # fmt: skip
        base = sorted(
            {
                key
                for row in rows
                for key in named(
                    f"{text_of(row)} {row.get('scope', '')} {row.get('period', '')} {row['track']}"
                )
            }
        )
        if "spring_festival" not in base and day.key in (*_TOLD_DAYS, "lantern"):
            base.append("spring_festival")
    stated = way * fact.value
    allowed = {key: day.after(key, years) for key in base if key != day.key}
    allowed = {key: days for key, days in allowed.items() if days}
    if not allowed or (generic and fact.value == 0):
        return None
    # Some count the festival itself as the first day.
    if any(stated in (n, n + (1 if n > 0 else -1)) for days in allowed.values() for n in days):
        return None
    sure = "spring_festival" if "spring_festival" in allowed else ""
    nearest = sure if day.key in (*_TOLD_DAYS, "lantern") and sure else min(
        allowed, key=lambda key: (min(abs(stated - n) for n in allowed[key]), key))  # fmt: skip
    # A festival of another season is not what the days are counted from.
    right = sorted(n for n in allowed[nearest] if n * way > 0)
    if not right or min(abs(n) for n in right) > 60:
        return None
    return _wrong(fact, day, nearest, [abs(n) for n in right])


def _years(plan: Plan, fact: Fact) -> list[int]:
    own = years_in(fact.name, fact.of("period"), fact.of("scope"))
    return own or list(YEARS)


def _wrong(fact: Fact, day: Day, base: str, days: list[int]) -> Finding:
    span = shown(days[0]) if days[0] == days[-1] else f"{shown(days[0])}–{shown(days[-1])}"
    near = min(days, key=lambda n: abs(n - fact.value))
    return Finding(
        "calendar", "H", (fact.id,),
        say("between {base} and {festival} are {days} days, stated {stated}",
            base=event_name(base), festival=day.name, days=span, stated=shown(fact.value)),
        set_to(fact.id, shown(fact.value), shown(near)),
    )  # fmt: skip


def _codes(plan: Plan) -> Iterator[Finding]:
    """T-45 and the like: each code and its day give the day T, one for the whole schedule."""
    groups: dict[tuple[str, str], list[tuple[Mapping[str, str], str, int, dt.date]]] = {}
    for table, columns in (("milestones", ("due",)), ("phases", ("start", "end"))):
        for row in plan.rows(table):
            codes = list(dict.fromkeys(
                int(hit[2]) * (1 if hit[1] in "+＋" else -1)
                for hit in _CODE.finditer(text_of(row))))  # fmt: skip
            if len(codes) != len(columns):
                continue
            for column, code in zip(columns, codes, strict=True):
                written = row.get(column, "")
                day = day_of(written, 2025) if dated(written) else None
                if day is not None:
                    key = (row["document"], row["track"])
                    groups.setdefault(key, []).append((row, column, code,
                                                       day - dt.timedelta(code)))  # fmt: skip
    for (_, track), coded in groups.items():
        days = [day for *_, day in coded]
        known = [key for key in named(track) if key in PROMOTIONS]
        votes = {day: sum(abs((day - other).days) <= 1 for other in days) for day in days}
        best = max(votes, key=lambda day: (votes[day], day.toordinal() * -1))
        sure = len(coded) >= 3 and votes[best] * 2 > len(coded)
        if not sure and len(coded) >= 2 and len(known) == 1:
            event = event_day(known[0], best.year)
            sure = any(abs((day - event).days) <= 1 for day in days)
            best = event
        if not sure:
            continue
        for row, column, code, day in coded:
            if abs((day - best).days) > 1:
                meant = like(best + dt.timedelta(code), row[column])
                yield Finding(
                    "calendar", "M", (row["fact_id"], *(r["fact_id"] for r, *_, d in coded
                                                        if abs((d - best).days) <= 1)),
                    say("{code} is {meant} as the other steps count, but the row says {day}",
                        code=f"T{code:+d}", meant=meant, day=row[column]),
                    set_to(row["fact_id"], row[column], meant),
                )  # fmt: skip


def _counted(plan: Plan, row: Mapping[str, str]) -> Finding | None:
    """A day named as so many days before or after an event."""
    text = text_of(row)
    hits = list(_COUNTDOWN.finditer(marked(text)))
    keys = named(text)
    written = row.get("due", "") or row.get("start", "")
    if not hits or len(keys) != 1 or not dated(written):
        return None
    steps = set()
    for hit in hits:
        n = int(next(hit[k] for k in (1, 4, 5, 6) if hit[k]))
        steps.add(n if "after" in (hit[2] or "") or hit[3] == "后" else -n)
    if len(steps) != 1:
        return None
    step = steps.pop()
    best: tuple[int, dt.date] | None = None
    written_days = [written, *([row["end"]] if not row.get("due") and dated(row["end"]) else [])]
    for year in years_of(plan, row):
        for cell in written_days:
            day = day_of(cell, year)
            if day is None:
                continue
            meant = nearest_day(keys[0], day - dt.timedelta(step)) + dt.timedelta(step)
            away = abs((day - meant).days)
            if away <= 1:
                return None
            if best is None or away < best[0]:
                best = (away, meant)
    if best is None:
        return None
    return Finding(
        "calendar", "M", (row["fact_id"],),
        say("{days} days {side} {festival} is {meant}, but the row says {day}", days=abs(step),
            side=say("before") if step < 0 else say("after"), festival=event_name(keys[0]),
            meant=f"{best[1]:%Y-%m-%d}" if with_year(written) or keys[0] not in PROMOTIONS
            else f"{best[1]:%m-%d}", day=written),
        set_to(row["fact_id"], written, like(best[1], written)),
    )  # fmt: skip
