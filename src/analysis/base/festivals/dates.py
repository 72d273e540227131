"""Festivals and the day each falls on in a year.

Lunar days and the solar term Qingming are taken from ``lunar_python`` (MIT), Easter from the
anonymous Gregorian algorithm (Meeus 1991, Astronomical Algorithms, ch. 8); the others follow from
a month and a day, or a weekday of a month.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Literal

from lunar_python import Lunar, LunarYear, Solar

from analysis.base.errors import InputError, nearest

Group = Literal["chinese", "western", "common"]

FIRST_YEAR, LAST_YEAR = 1901, 2100
"""Years for which the lunar tables are checked against a published calendar."""


@dataclass(frozen=True, slots=True)
class Festival:
    """A festival with one day a year.

    Attributes:
        key: Name in parameters and tables.
        name_en: English name.
        name_zh: Chinese name.
        group: ``chinese``, ``western`` or ``common`` to both.
        rule: Year → day, without a check of the range.
        moves: Whether the day moves by more than a week between years.
    """

    key: str
    name_en: str
    name_zh: str
    group: Group
    rule: Callable[[int], dt.date] = field(repr=False)
    moves: bool = False

    def date(self, year: int) -> dt.date:
        """Day of the festival in a Gregorian year.

        Raises:
            InputError: If the year is outside :data:`FIRST_YEAR` to :data:`LAST_YEAR`.
        """
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise InputError(
                f"{self.name_en}: found year {year}, expected one of {FIRST_YEAR} to {LAST_YEAR}"
            )
        return self.rule(year)

    def name(self, lang: str) -> str:
        """The name in a report's language."""
        return self.name_zh if lang == "zh" else self.name_en


def _day(julian: float) -> dt.date:
    solar = Solar.fromJulianDay(julian)
    return dt.date(solar.getYear(), solar.getMonth(), solar.getDay())


@cache
def _lunar_year(year: int) -> tuple[dict[int, dt.date], dt.date]:
    """First days of a lunar year's months, leap months left out, and its Qingming.

    Both at once, as a year's astronomy takes milliseconds and every festival needs many years.
    """
    found = LunarYear.fromYear(year)
    months = {
        month.getMonth(): _day(month.getFirstJulianDay())
        for month in found.getMonthsInYear()
        if month.getMonth() > 0
    }
    return months, _day(found.getJieQiJulianDays()[Lunar.JIE_QI_IN_USE.index("清明")])


def _lunar(month: int, day: int, year: int) -> dt.date:
    return _lunar_year(year)[0][month] + dt.timedelta(days=day - 1)


def _qingming(year: int) -> dt.date:
    return _lunar_year(year)[1]


def _solar(month: int, day: int, year: int) -> dt.date:
    return dt.date(year, month, day)


def _easter(year: int) -> dt.date:
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    late = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def _weekday(month: int, weekday: int, number: int, later: int, year: int) -> dt.date:
    """The ``number``-th weekday (0 Monday) of a month, moved ``later`` days."""
    first = dt.date(year, month, 1).weekday()
    day = 1 + (weekday - first) % 7 + 7 * (number - 1)
    return dt.date(year, month, day) + dt.timedelta(days=later)


_ALL = (
    Festival("new_year", "New Year's Day", "元旦", "common", partial(_solar, 1, 1)),
    Festival("spring_festival", "Spring Festival", "春节", "chinese", partial(_lunar, 1, 1), True),
    Festival("lantern", "Lantern Festival", "元宵节", "chinese", partial(_lunar, 1, 15), True),
    Festival("valentine", "Valentine's Day", "情人节", "western", partial(_solar, 2, 14)),
    Festival("qingming", "Qingming", "清明节", "chinese", _qingming),
    Festival("easter", "Easter", "复活节", "western", _easter, True),
    Festival("labour_day", "Labour Day", "劳动节", "common", partial(_solar, 5, 1)),
    Festival(
        "mothers_day",
        "Mother's Day",
        "母亲节",
        "western",
        partial(_weekday, 5, calendar.SUNDAY, 2, 0),
    ),
    Festival(
        "dragon_boat", "Dragon Boat Festival", "端午节", "chinese", partial(_lunar, 5, 5), True
    ),
    Festival("qixi", "Qixi", "七夕", "chinese", partial(_lunar, 7, 7), True),
    Festival(
        "mid_autumn", "Mid-Autumn Festival", "中秋节", "chinese", partial(_lunar, 8, 15), True
    ),
    Festival("national_day", "National Day", "国庆节", "chinese", partial(_solar, 10, 1)),
    Festival(
        "double_ninth", "Double Ninth Festival", "重阳节", "chinese", partial(_lunar, 9, 9), True
    ),
    Festival(
        "thanksgiving",
        "Thanksgiving",
        "感恩节",
        "western",
        partial(_weekday, 11, calendar.THURSDAY, 4, 0),
    ),
    Festival(
        "black_friday",
        "Black Friday",
        "黑色星期五",
        "western",
        partial(_weekday, 11, calendar.THURSDAY, 4, 1),
    ),
    Festival("christmas", "Christmas", "圣诞节", "western", partial(_solar, 12, 25)),
)

FESTIVALS: dict[str, Festival] = {each.key: each for each in _ALL}
"""Every festival by key, in the order of the year."""


def festival(key: str) -> Festival:
    """The festival of a key.

    Raises:
        InputError: If there is none.
    """
    if key not in FESTIVALS:
        raise InputError(
            f"festival: found {key!r}, expected a known one; {nearest(key, FESTIVALS)}"
        )
    return FESTIVALS[key]


def festivals(*groups: Group) -> tuple[Festival, ...]:
    """Festivals of groups, in the order of the year; all of them without a group."""
    return tuple(f for f in FESTIVALS.values() if not groups or f.group in groups)
