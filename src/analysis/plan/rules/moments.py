"""The moment a figure's row gives, by its due date, its period or its name, and texts without."""

from __future__ import annotations

import re
from functools import cache

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?"
_ORDINALS = "一二三四五六七八九十"
_DAY = re.compile(
    r"(?<![\d.])(?:(?P<year>20\d\d)[-/.年])?(?P<month>0?[1-9]|1[0-2])(?:[-/]|月)"
    r"(?P<day>0?[1-9]|[12]\d|3[01])(?:日|号)?(?![\d.%])"
    rf"|(?<![a-z])(?P<name>{_MONTH}) (?P<after>[12]?\d|3[01])(?:st|nd|rd|th)?(?!\d)"
    rf"|(?<!\d)(?P<before>[12]?\d|3[01])(?:st|nd|rd|th)? (?P<named>{_MONTH})(?![a-z])"
)
_QUARTER = re.compile(
    r"(?<![a-z0-9])(?:20\d\d ?-?)?q(?P<q>[1-4])(?![a-z0-9])|第?(?P<z>[一二三四])季度"
    r"|(?P<w>first|second|third|fourth) quarter"
)
_HALF = re.compile(r"(?<![a-z0-9])(?:20\d\d ?-?)?h(?P<h>[12])(?![a-z0-9])|(?P<z>[上下])半年")
_YEAR_MONTH = re.compile(
    r"(?<!\d)(?:(?P<year>20\d\d)(?:[-/.年]))?(?P<month>0[1-9]|1[0-2]|[1-9])(?:月(?!\d|龄)|$)"
)
_COUNTED = re.compile(
    r"(?:week|wk|day|month|year) ?(?P<n>\d+)(?!\d)"
    r"|第(?P<k>\d+|[一二三四五六七八九十])(?:周|天|日|个?月|年)"
    r"|(?P<m>\d+) ?(?:months?|weeks?|个月|周)(?![a-z内期])"
)
_WORDS = ("first", "second", "third", "fourth")
_YEAR = re.compile(r"(?<!\d)20\d\d年?(?!\d)")


@cache
def moments(text: str) -> tuple[tuple[str, float], ...]:
    """Moments a text names, in its order: kind (day, yearless, quarter, …) and place in time.

    Only moments of one kind can be compared.
    """
    low = text.lower().strip()
    found: list[tuple[str, float]] = []
    for hit in _DAY.finditer(low):
        word = hit["name"] or hit["named"]
        month = int(hit["month"]) if hit["month"] else _MONTHS.index(word[:3]) + 1
        day = int(hit["day"] or hit["after"] or hit["before"])
        year = int(hit["year"] or 0)
        found.append(("day" if year else "yearless", 400.0 * year + 31.0 * month + day))
    if found:
        return tuple(found)
    for hit in _QUARTER.finditer(low):
        place = hit["q"] or hit["z"] or hit["w"]
        ends = "1234" if hit["q"] else _ORDINALS if hit["z"] else _WORDS
        found.append(("quarter", float(ends.index(place) + 1)))
    for hit in _HALF.finditer(low):
        found.append(("quarter", 2.0 if hit[0][-1] == "1" or hit["z"] == "上" else 4.0))
    if found:
        return tuple(found)
    for hit in _COUNTED.finditer(low):
        text_n = hit["n"] or hit["k"] or hit["m"]
        n = _ORDINALS.index(text_n) + 1 if text_n in _ORDINALS else int(text_n)
        kind = re.sub(r"[\d\s]|第|[一二三四五六七八九十]", "", hit[0]).rstrip("s")
        found.append((f"counted {kind}", float(n)))
    if found:
        return tuple(found)
    for hit in _YEAR_MONTH.finditer(low):
        year = int(hit["year"] or 0)
        if year or "月" in hit[0]:
            found.append(("year-month" if year else "month", 12.0 * year + int(hit["month"])))
    return tuple(found)


@cache
def without_moments(text: str) -> str:
    """A text in small letters without the moments and years it names."""
    low = text.lower()
    for pattern in (_DAY, _QUARTER, _HALF, _COUNTED, _YEAR, _YEAR_MONTH):
        low = pattern.sub(" ", low)
    return low
