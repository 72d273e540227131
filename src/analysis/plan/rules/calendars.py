"""Calendars: phases, festivals of sun and moon, zodiac years, make-up workdays."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from analysis.base.festivals import FESTIVALS, known_through, official_days
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown

YEARS = range(2015, 2041)
"""Years a plan may be for when it names none."""
ZODIAC = ("rat", "ox", "tiger", "rabbit", "dragon", "snake", "horse", "goat", "monkey", "rooster",
          "dog", "pig")  # fmt: skip
ZODIAC_ZH = "鼠牛虎兔龙蛇马羊猴鸡狗猪"
PROMOTIONS = {"618": (6, 18), "double_11": (11, 11), "double_12": (12, 12), "838": (3, 8)}
_WORDS = {
    "spring_festival": r"spring festival|春节|除夕", "lantern": r"lantern|元宵",
    "dragon_boat": r"dragon boat|端午", "qixi": r"qixi|七夕",
    "mid_autumn": r"mid[- _]autumn|中秋", "qingming": r"qingming|清明",
    "national_day": r"national day|国庆", "double_ninth": r"double ninth|重阳",
    "new_year": r"new year'?s day|元旦", "labour_day": r"labou?r day|五一|劳动节",
    "christmas": r"christmas|圣诞", "valentine": r"valentine", "618": r"\b618\b",
    "double_11": r"double[- _]?11|双11|双十一", "double_12": r"double[- _]?12|双12|双十二",
}  # fmt: skip
_BEFORE = re.compile(r"before|countdown|pre-|warm|presale|preheat|节前|倒计时|预热|预售")
_AFTER = re.compile(r"after|review|return|post-|节后|返场|复盘|延续")
_OFF = re.compile(r"day off|days off|holiday|weekend|休息|放假|假期|周末")
_WORK = re.compile(r"workday|working day|工作日|上班")


def find(plan: Plan) -> Iterator[Finding]:
    """Days that do not exist, phases out of order, festivals that fall elsewhere."""
    for rows in _tracks(plan).values():
        yield from _order(rows)
        yield from _festivals(rows)
    for row in (*plan.rows("phases"), *plan.rows("milestones")):
        yield from _days(row)
    yield from _zodiac(plan)
    yield from _quarter(plan)


def _tracks(plan: Plan) -> dict[tuple[str, str], list[Mapping[str, str]]]:
    out: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in plan.rows("phases"):
        if row["start"] and row["end"]:
            out.setdefault((row["document"], row["track"]), []).append(row)
    return out


def day_of(text: str, year: int) -> dt.date | None:
    """A day written ``MM-DD`` or ``YYYY-MM-DD``; None if there is none."""
    found = re.fullmatch(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})(?:[ T].*)?", text.strip())
    if not found:
        return None
    try:
        return dt.date(int(found[1] or year), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _span(row: Mapping[str, str], year: int) -> tuple[dt.date, dt.date] | None:
    """A phase's days; it may cross the year's end in winter."""
    start, end = day_of(row["start"], year), day_of(row["end"], year)
    if start is None or end is None:
        return None
    bare = not re.match(r"\d{4}-", row["end"])
    if end < start and bare and start.month >= 10 and end.month <= 3:
        end = end.replace(year=end.year + 1)
    return start, end


def _order(rows: list[Mapping[str, str]]) -> Iterator[Finding]:
    year = 2024  # a leap year: every day of any year exists in it
    known = [(row, span) for row in rows if (span := _span(row, year)) is not None]
    for row, (start, end) in known:
        if end < start:
            yield Finding(
                "calendar", "H", (row["fact_id"],),
                say("ends {end} before it starts {start}", end=row["end"], start=row["start"]),
                set_to(row["fact_id"], row["end"], f"≥ {row['start']}"),
            )  # fmt: skip
        long = (end - start).days + 1
        stated = row.get("value", "")
        days = re.fullmatch(r"\d+(\.0)?", stated) and row.get("unit") == "days"
        single = row.get("value_kind") == "duration" and not row.get("value_max")
        # Some count the nights between two days, most the days themselves.
        if days and single and end >= start and float(stated) not in (long, long - 1):
            yield Finding(
                "calendar", "H", (row["fact_id"],),
                say("{start} to {end} are {days} days, stated {stated}", start=row["start"],
                    end=row["end"], days=long, stated=stated),
                set_to(row["fact_id"], shown(float(stated), "days"), shown(long, "days")),
            )  # fmt: skip
    joints = [(b[0] - a[1]).days for (_, a), (_, b) in pairwise(known)]
    # A gap is one only in a schedule whose phases otherwise follow each other.
    follows = sum(joint == 1 for joint in joints) * 2 >= len(joints) and len(joints) >= 2
    for (one, a), (other, b) in pairwise(known):
        if a[1] < a[0] or b[1] < b[0]:
            continue
        if b[0] <= a[1]:
            yield Finding(
                "calendar", "M", (one["fact_id"], other["fact_id"]),
                say("{low} to {high} {unit} lie in both", low=other["start"], high=one["end"],
                    unit=""),
                set_to(other["fact_id"], other["start"], f"{a[1] + dt.timedelta(1):%m-%d}"),
            )  # fmt: skip
        elif follows and (b[0] - a[1]).days > 1:
            first, last = a[1] + dt.timedelta(1), b[0] - dt.timedelta(1)
            yield Finding(
                "calendar", "L", (one["fact_id"], other["fact_id"]),
                say("{low} to {high} {unit} lie in none", low=f"{first:%m-%d}",
                    high=f"{last:%m-%d}", unit=""),
                set_to(one["fact_id"], one["end"], f"{last:%m-%d}"),
            )  # fmt: skip


def _named(text: str) -> list[str]:
    return [key for key, pattern in _WORDS.items() if re.search(pattern, text.lower())]


@cache
def festival_day(key: str, year: int) -> dt.date:
    """Day of a festival or a fixed promotion."""
    if key in PROMOTIONS:
        month, day = PROMOTIONS[key]
        return dt.date(year, month, day)
    return FESTIVALS[key].date(year)


def _festivals(rows: list[Mapping[str, str]]) -> Iterator[Finding]:
    """Phases named by a festival: the year (or any year) in which all of them hold it."""
    demands = []
    for row in rows:
        text = f"{row.get('name_en', '')} {row.get('name_zh', '')} {row.get('definition', '')}"
        for key in _named(text):
            side = "before" if _BEFORE.search(text.lower()) else "in"
            side = "after" if side == "in" and _AFTER.search(text.lower()) else side
            demands.append((row, key, side))
    if not demands:
        return
    given = {int(m[1]) for row in rows if (m := re.match(r"(\d{4})-", row["start"]))}
    years = sorted(given) or list(YEARS)
    misses: dict[int, list[tuple[Mapping[str, str], str, int]]] = {}
    for year in years:
        misses[year] = [
            (row, key, away)
            for row, key, side in demands
            if (away := _away(row, key, side, year)) != 0
        ]
    if any(not missed for missed in misses.values()):
        return
    year = min(misses, key=lambda y: (sum(abs(m[2]) for m in misses[y]), y))
    ids = tuple(dict.fromkeys(row["fact_id"] for row, _, _ in demands))
    row, key, away = max(misses[year], key=lambda miss: abs(miss[2]))
    yield Finding(
        "calendar", "H", (row["fact_id"], *(id for id in ids if id != row["fact_id"])),
        say("no year of {first} to {last} fits; in {year}, {festival} is on {day}, the phase runs "
            "{start} to {end}", first=years[0], last=years[-1], year=year, festival=key,
            day=f"{festival_day(key, year):%m-%d}", start=row["start"], end=row["end"]),
        say("{fact}: move by {days} days", fact=row["fact_id"], days=f"{away:+d}"),
    )  # fmt: skip


def _away(row: Mapping[str, str], key: str, side: str, year: int) -> int:
    """Days by which a phase misses its festival, 0 if it holds (or precedes, follows) it."""
    best = None
    for shift in (year - 1, year) if not re.match(r"\d{4}-", row["start"]) else (year,):
        span = _span(row, shift)
        if span is None:
            return 0
        start, end = span
        for when in (year, year + 1):
            day = festival_day(key, when)
            if side == "before":
                away = (day - end).days if day < end else max((day - end).days - 60, 0)
            elif side == "after":
                away = (day - start).days if day > start else min((day - start).days + 60, 0)
            else:
                away = (day - end).days if day > end else min((day - start).days, 0)
            best = away if best is None or abs(away) < abs(best) else best
    return best or 0


def _days(row: Mapping[str, str]) -> Iterator[Finding]:
    """Days that do not exist; days off on make-up workdays, workdays on holidays."""
    text = f"{row.get('name_en', '')} {row.get('name_zh', '')}".lower()
    for column in ("start", "end", "due"):
        written = row.get(column, "")
        if not re.fullmatch(r"(?:\d{4}-)?\d{1,2}-\d{1,2}", written):
            continue
        day = day_of(written, 2024)
        if day is None:
            yield Finding(
                "calendar", "H", (row["fact_id"],),
                say("{day} does not exist", day=written),
                set_to(row["fact_id"], written, written[:-2] + "28"),
            )  # fmt: skip
            continue
        if not re.match(r"\d{4}-", written) or not (_OFF.search(text) or _WORK.search(text)):
            continue
        kind = _official(day)
        wrong = (kind == "make-up workday" and _OFF.search(text)) or (
            kind == "holiday" and _WORK.search(text) and not _OFF.search(text)
        )
        if wrong:
            yield Finding(
                "calendar", "M", (row["fact_id"],),
                say("{day} is officially a {kind}", day=written,
                    kind=say("make-up workday") if kind == "make-up workday" else say("holiday")),
                say("{fact}: move by {days} days", fact=row["fact_id"],
                    days=f"{_shift(day, kind):+d}"),
            )  # fmt: skip


@cache
def _year_of_days(year: int) -> dict[dt.date, str]:
    if not 2007 <= year <= known_through("CN"):
        return {}
    frame = official_days([year], "CN").frame
    return {stamp.date(): kind for stamp, kind in zip(frame["day"], frame["kind"], strict=True)}


def _official(day: dt.date) -> str:
    return _year_of_days(day.year).get(day, "")


def _shift(day: dt.date, kind: str) -> int:
    """Days to the next day that is what was meant: a day off, or a workday."""
    for step in range(1, 15):
        other = day + dt.timedelta(step)
        named = _official(other)
        off = named == "holiday" or (other.weekday() >= 5 and named != "make-up workday")
        if off == (kind == "make-up workday"):
            return step
    return 15


def _zodiac(plan: Plan) -> Iterator[Finding]:
    """A zodiac year and a calendar year of one document that are never within a year."""
    for facts in plan.documents.values():
        years = [f for f in facts if f.unit == "year" and 1950 <= f.value <= 2100]
        for row in {f.id: f for f in facts}.values():
            for place, (animal, sign) in enumerate(zip(ZODIAC, ZODIAC_ZH, strict=True)):
                named = re.search(rf"year of the {animal}\b|\b{animal}[- ]year\b",
                                  row.of("name_en").lower())  # fmt: skip
                if not named and f"{sign}年" not in row.of("name_zh"):
                    continue
                for year in years:
                    start = int(year.value)
                    # What is told as past or present: the plan is for that year or the next.
                    fits = [y for y in (start, start + 1) if (y - 4) % 12 == place]
                    if fits:
                        continue
                    last = start - (start - 4 - place) % 12
                    yield Finding(
                        "calendar", "H", (row.id, year.id),
                        say("the {animal} years are {last} and {next}, the document is of {year} "
                            "or later (Spring Festival {day})", animal=animal, last=last,
                            next=last + 12, year=start,
                            day=f"{festival_day('spring_festival', last):%Y-%m-%d}"),
                        set_to(year.id, shown(start), f"≤ {last}"),
                    )  # fmt: skip


def _quarter(plan: Plan) -> Iterator[Finding]:
    """Results of one quarter that hold events no quarter holds together."""
    for facts in plan.documents.values():
        rows = [f for f in facts if f.table == "targets_actuals" and f.says("sales")
                and plan.dimension(f) == "money" and f.role == "actual"
                and not f.says("not_total")]  # fmt: skip
        wholes = [f for f in rows if f.of("period").lower() in ("quarter", "the quarter", "季度")]
        parts: dict[str, Fact] = {}
        for fact in rows:
            for key in _named(f"{fact.of('scope')} {fact.of('period')} {fact.name}"):
                parts.setdefault(key, fact)
        months = {key: {festival_day(key, year).month for year in YEARS} for key in parts}
        for whole in wholes:
            for one, other in pairwise(sorted(parts, key=lambda key: (min(months[key]), key))):
                quarters = [{(m + 2) // 3 for m in months[key]} for key in (one, other)]
                if quarters[0] & quarters[1]:
                    continue
                a, b = parts[one], parts[other]
                total = plan.base(a) + plan.base(b)
                yield Finding(
                    "calendar", "M", (whole.id, a.id, b.id),
                    say("one quarter holds {one} (quarter {q1}) and {other} (quarter {q2}); "
                        "together {share} of {whole}", one=one, other=other,
                        q1="/".join(map(str, sorted(quarters[0]))),
                        q2="/".join(map(str, sorted(quarters[1]))),
                        share=shown(round(100 * total / plan.base(whole), 1), "pct"),
                        whole=shown(whole.value, whole.unit)),
                    say("{fact}: state {quarters} quarters", fact=whole.id,
                        quarters=min(quarters[1]) - max(quarters[0]) + 1),
                )  # fmt: skip
