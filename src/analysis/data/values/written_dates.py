"""Dates as planners write them: one cell's text to a date or a date with time.

Year first, always: ``2026-11-11``, ``2026/11/11``, ``2026.11.11``, ``20261111``,
``2026年11月11日``, and months (``2026-11``, ``2026/11``, ``2026年11月``: their first day). What
leaves open the year or the order of day and month is refused unless a format is given.
"""

from __future__ import annotations

import datetime as dt
import re

from analysis.data.values.written_numbers import narrow

_CLOCK = (
    r"(?:[T\s]\s*(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})"
    r"(?:[.,](?P<fraction>[0-9]{1,9}))?)?\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_WEEKDAY = r"(?:\s*\(?(?:星期|周)(?P<weekday>[一二三四五六日天])\)?)?"
_DAY = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    r"|(?P<month2>[0-9]{2})(?P<day2>[0-9]{2})"
    r"|\s*年\s*(?P<month3>[0-9]{1,2})\s*月\s*(?P<day3>[0-9]{1,2})\s*[日号]?)" + _WEEKDAY + _CLOCK
)
_MONTH = re.compile(
    r"(?P<year>[0-9]{4})(?:[-/](?P<month>[0-9]{1,2})|年\s*"
    r"(?P<month2>[0-9]{1,2})月)"
)

_REASONS: tuple[tuple[str, str], ...] = (
    (r"^$", "it is empty"),
    (r"^[0-9]{1,2}月[0-9]{1,2}[日号]?$", "the year is missing"),
    (r"^[0-9]{1,2}[-/.][0-9]{1,2}$", "the year is missing"),
    (
        r"^[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})\b",
        "the order of day, month and year is open; give the column a format in the mapping",
    ),
    (r"^[0-9]{4}\.[0-9]{1,2}$", "a year and month, or a number"),
    (r"^[0-9]{4}年?$", "the month is missing"),
    (
        r"^[0-9]{5}(?:\.[0-9]+)?$",
        "it looks like a spreadsheet's serial number; format the cells as dates",
    ),
    (r"^[0-9]{6}$", "six digits may be read in several ways"),
)
SERIALS = (20_000, 73_050)
"""Spreadsheet serial numbers read as dates: 1954-10-03 to 2099-12-31."""


def parse_date(text: str, format: str | None = None) -> dt.date | dt.datetime:
    """Return the date, or the date with time when a time of day is written.

    Args:
        text: Cell text.
        format: A ``strptime`` format that decides the order; None for the year-first forms.

    Returns:
        A ``date``; a ``datetime`` when the text has a time of day (aware when it has a zone).

    Raises:
        ValueError: If the text is no date or may mean two; the reason is the message.
    """
    plain = narrow(text)
    if format:
        return _by_format(plain, format)
    match = _DAY.fullmatch(plain)
    if match:
        return _day(match)
    match = _MONTH.fullmatch(plain)
    if match:
        return _calendar(match["year"], match["month"] or match["month2"], "1")
    raise ValueError(_why_not(plain))


def serial_date(number: float) -> dt.date | dt.datetime:
    """Return the date of a spreadsheet's serial number (1900 system), or of a number 20261111.

    Raises:
        ValueError: If the number is neither.
    """
    if SERIALS[0] <= number < SERIALS[1]:
        moment = dt.datetime(1899, 12, 30) + dt.timedelta(seconds=round(number * 86_400))
        return moment if moment.time() != dt.time() else moment.date()
    if number == int(number) and 10_000_000 <= number < 100_000_000:
        return parse_date(str(int(number)))
    raise ValueError("a number that is no date")


def _by_format(text: str, format: str) -> dt.date | dt.datetime:
    try:
        moment = dt.datetime.strptime(text, format)
    except ValueError:
        raise ValueError(f"it does not follow the format {format!r}") from None
    timed = re.search(r"%[HIMSfpXcT]", format)
    return moment if timed or moment.tzinfo else moment.date()


def _day(match: re.Match[str]) -> dt.date | dt.datetime:
    parts = [match[f"{part}{form}"] for form in ("", "2", "3") for part in ("month", "day")]
    month, day = (part for part in parts if part)
    date = _calendar(match["year"], month, day)
    if match["weekday"] and "一二三四五六日".index(match["weekday"].replace("天", "日")) != (
        date.weekday()
    ):
        raise ValueError("the weekday does not fit the date")
    if match["hour"] is None:
        return date
    return dt.datetime.combine(date, _clock(match))


def _clock(match: re.Match[str]) -> dt.time:
    micro = int((match["fraction"] or "0").ljust(9, "0")[:6])
    zone = match["zone"]
    try:
        tzinfo = _zone(zone) if zone else None
        return dt.time(
            int(match["hour"]), int(match["minute"]), int(match["second"] or 0), micro, tzinfo
        )
    except ValueError:
        raise ValueError("there is no such time of day") from None


def _zone(text: str) -> dt.timezone:
    if text == "Z":
        return dt.UTC
    offset = dt.timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return dt.timezone(-offset if text[0] == "-" else offset)


def _calendar(year: str, month: str, day: str) -> dt.date:
    try:
        date = dt.date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError("there is no such day") from None
    if not 1900 <= date.year < 2200:
        raise ValueError("the year is not between 1900 and 2199")
    return date


def _why_not(text: str) -> str:
    for pattern, reason in _REASONS:
        if re.search(pattern, text):
            return reason
    return "not a date"
