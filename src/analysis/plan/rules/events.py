"""Festivals and promotions a plan names, and the years its rows can be for."""

from __future__ import annotations

import calendar as months
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from analysis.base.festivals import FESTIVALS, known_through, official_days
from analysis.plan.facts import Plan
from analysis.plan.findings import Phrase

YEARS = range(2015, 2041)
"""Years a plan may be for when it names none."""
PROMOTIONS: Mapping[str, tuple[int, int, str, str]] = {
    "38": (3, 8, "Women's Day sale", "三八节"), "55": (5, 5, "5.5 sale", "55大促"),
    "618": (6, 18, "618", "618"), "88": (8, 8, "8.8 sale", "88大促"),
    "99": (9, 9, "9.9 sale", "99大促"), "double_11": (11, 11, "Double 11", "双11"),
    "double_12": (12, 12, "Double 12", "双12"),
}  # fmt: skip
"""Sales of a fixed day: month, day, names."""
_WORDS = {
    "spring_festival": r"spring festival|chinese new year|lunar new year|春节|除夕|大年初|正月初一",
    "lantern": r"lantern (?:festival|day|night|riddle)|元宵|上元节",
    "dragon_boat": r"dragon[- _]?boat|端午",
    "qixi": r"qixi|七夕", "mid_autumn": r"mid[- _]?autumn|中秋",
    "qingming": r"qingming|tomb[- ]sweeping|清明", "national_day": r"national day|国庆|十一黄金周",
    "double_ninth": r"double ninth|chongyang|重阳", "new_year": r"new year'?s day|元旦",
    "labour_day": r"labou?r day|may day|(?<![0-9五])五一(?!五)|劳动节",
    "christmas": r"christmas|\bxmas\b|圣诞|平安夜",
    "valentine": r"valentine|(?<!七夕)情人节", "mothers_day": r"mother'?s'? day|母亲节",
    "thanksgiving": r"thanksgiving|感恩节", "black_friday": r"black friday|黑色星期五|黑五",
    "easter": r"\beaster\b|复活节",
    "618": r"(?<!\d)618(?!\d)", "double_11": r"double[- _]?(11|eleven)|双\s?11|双十一",
    "double_12": r"double[- _]?(12|twelve)|双\s?12|双十二",
    "38": r"women'?s day|(?<!\d)38节|三八节|三八妇女节|女神节|女王节",
    "55": r"(?<!\d)5[.·]5 (sale|shopping)|五五购物节|(?<!\d)55大促",
    "88": r"(?<!\d)8[.·]8 (sale|shopping)|(?<!\d)88(大促|会员节)",
    "99": r"(?<!\d)9[.·]9 (sale|shopping)|(?<!\d)99(大促|划算节)|九九大促",
}  # fmt: skip
_NAMED = {key: re.compile(pattern) for key, pattern in _WORDS.items()}
AFTERWARDS = {"spring_festival": 15, "national_day": 7, "labour_day": 4, "mid_autumn": 2,
              "dragon_boat": 2, "qingming": 2, "new_year": 2, "christmas": 2, "thanksgiving": 1,
              "black_friday": 3, "easter": 1, "618": 2, "double_11": 4,
              "double_12": 2}  # fmt: skip
"""Days after the day on which an event still is one of the festival: its days off, its sale."""
SALES = ("black_friday", *PROMOTIONS)
"""Events that are days of selling themselves; a festival is what people sell towards."""


@dataclass(frozen=True)
class EventName(Phrase):
    """Name of a festival or promotion in the reader's language."""

    def text(self, lang: str = "en") -> str:
        """English or Chinese name."""
        key = self.sentence
        if key in PROMOTIONS:
            _, _, name_en, name_zh = PROMOTIONS[key]
            return name_zh if lang == "zh" else name_en
        return FESTIVALS[key].name(lang)


def event_name(key: str) -> EventName:
    """A key as readers know it."""
    return EventName(key, {})


@cache
def named(text: str) -> tuple[str, ...]:
    """Festivals and promotions a text names."""
    low = text.lower()
    return tuple(key for key, pattern in _NAMED.items() if pattern.search(low))


@cache
def marked(text: str) -> str:
    """A text in small letters with a sign in place of each festival it names."""
    low = text.lower()
    for pattern in _NAMED.values():
        low = pattern.sub("§", low)
    return low


@cache
def without_names(text: str) -> str:
    """A text without the festivals it names, their generic words and years."""
    low = marked(text).replace("§", " ")
    low = re.sub(r"\b(19|20)\d\d\b|\bfestival\b|年|节(?!日)", " ", low)
    return re.sub(r"[\s()（）:：,，、'’\-_/]+", " ", low).strip()


@cache
def event_day(key: str, year: int) -> dt.date:
    """Day of a festival or promotion."""
    if key in PROMOTIONS:
        return dt.date(year, PROMOTIONS[key][0], PROMOTIONS[key][1])
    return FESTIVALS[key].date(year)


def fixed(key: str) -> bool:
    """Whether the event is on one day of every year."""
    return key in PROMOTIONS or event_day(key, 2023) == event_day(key, 2024).replace(year=2023)


def nearest_day(key: str, day: dt.date) -> dt.date:
    """The occurrence of an event nearest to a day."""
    around = [event_day(key, year) for year in (day.year - 1, day.year, day.year + 1)]
    return min(around, key=lambda each: abs(each - day))


def text_of(row: Mapping[str, str]) -> str:
    """English and Chinese name in small letters."""
    return f"{row.get('name_en', '')} {row.get('name_zh', '')}".lower()


_DAY = re.compile(r"(?:(\d{4})[-/.])?(\d{1,2})[-/](\d{1,2})(?:[ T].*)?")


def dated(text: str) -> bool:
    """Whether a cell is written as a day, with or without a year."""
    return bool(_DAY.fullmatch(text.strip()))


def with_year(text: str) -> bool:
    """Whether a day is written with its year."""
    found = _DAY.fullmatch(text.strip())
    return bool(found and found[1])


def day_of(text: str, year: int) -> dt.date | None:
    """A day written ``MM-DD`` or ``YYYY-MM-DD``; None if there is none."""
    found = _DAY.fullmatch(text.strip())
    if not found:
        return None
    try:
        return dt.date(int(found[1] or year), int(found[2]), int(found[3]))
    except ValueError:
        return None


def nearest_valid(text: str, year: int) -> str:
    """The day that exists nearest to one that does not, written the same way."""
    found = _DAY.fullmatch(text.strip())
    if not found:
        return text
    month = min(max(int(found[2]), 1), 12)
    last = months.monthrange(int(found[1] or year), month)[1]
    day = f"{month:02d}-{min(max(int(found[3]), 1), last):02d}"
    return f"{found[1]}-{day}" if found[1] else day


def like(day: dt.date, written: str) -> str:
    """A day written as another cell is: with or without its year."""
    return f"{day:%Y-%m-%d}" if with_year(written) else f"{day:%m-%d}"


_YEAR = re.compile(r"(?<!\d)(20[1-4]\d)(?!\d)")


def years_in(*texts: str) -> list[int]:
    """Years a text names."""
    return sorted({int(found) for text in texts for found in _YEAR.findall(text)})


def years_of_document(plan: Plan, document: str) -> list[int]:
    """Years a document's dates and periods name, and the one after: plans reach into it."""
    found: set[int] = set()
    for rows in plan.tables.values():
        for row in rows:
            if row["document"] == document:
                cells = (row.get(c, "") for c in ("start", "end", "due", "period", "track"))
                found |= set(years_in(*cells))
    return sorted(found | {max(found) + 1}) if found else []


def years_of(plan: Plan, row: Mapping[str, str]) -> list[int]:
    """Years a day without one can be in: of its plan, else of its document, else any."""
    own = years_in(row.get("track", ""), row.get("name_en", ""), row.get("name_zh", ""),
                   row.get("period", ""), row.get("scope", ""))  # fmt: skip
    return own or years_of_document(plan, row["document"]) or list(YEARS)


def days_of(written: str, years: Iterable[int], key: str) -> list[dt.date]:
    """The days a cell can mean: a plan for an event early in the year starts the year before."""
    if with_year(written):
        day = day_of(written, 2024)
        return [] if day is None else [day]
    out = set()
    for year in years:
        for shift in (-1, 0, 1):
            day = day_of(written, year + shift)
            event = event_day(key, year).month
            early = shift == -1 and event <= 3 and day is not None and day.month >= 9
            late = shift == 1 and event >= 10 and day is not None and day.month <= 2
            if day is not None and (shift == 0 or early or late):
                out.add(day)
    return sorted(out)


@cache
def _arranged(year: int) -> dict[dt.date, str]:
    if not 2007 <= year <= known_through("CN"):
        return {}
    frame = official_days([year], "CN").frame
    return {stamp.date(): kind for stamp, kind in zip(frame["day"], frame["kind"], strict=True)}


def arranged(year: int) -> bool:
    """Whether the official days of a year are known."""
    return bool(_arranged(year))


def official(day: dt.date) -> str:
    """``holiday``, ``make-up workday`` or nothing."""
    return _arranged(day.year).get(day, "")


def nearest_official(day: dt.date, kind: str) -> dt.date | None:
    """The day of a kind nearest to a day, in its year."""
    days = [each for each, named in _arranged(day.year).items() if named == kind]
    return min(days, key=lambda each: (abs(each - day), each)) if days else None
