"""Numbers and dates as a reader of the report writes them.

Pure text: no rounding here ever flows back into a result.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable

from analysis.base.language import translator

MISSING = "–"
_ENGLISH = ((1e9, " bn"), (1e6, " m"))
_CHINESE = ((1e8, "亿"), (1e4, "万"))
_HAN = re.compile("[\u4e00-\u9fff]")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float, lang: str = "en", digits: int = 3) -> str:
    """Write a quantity with about ``digits`` significant digits, in the reader's large units.

    English groups thousands and goes to millions (``m``) and billions (``bn``); Chinese counts
    in 万 and 亿. Whole numbers below the first large unit keep all their digits.

    >>> number(9_434_120), number(9_434_120, "zh"), number(0.012345), number(1299)
    ('9.43 m', '943万', '0.0123', '1,299')
    """
    if not math.isfinite(value):
        return MISSING
    for size, name in _CHINESE if lang == "zh" else _ENGLISH:
        if abs(value) >= size:
            return f"{_significant(value / size, digits)}{name}"
    return _significant(value, digits)


def scaled(largest: float, lang: str = "en") -> Callable[[float], str]:
    """Return how the ticks of one axis are written: one large unit, no digits but those needed.

    >>> [scaled(2e6)(value) for value in (0, 5e5, 2e6)], scaled(2e6, "zh")(5e5), scaled(40)(20.0)
    (['0', '0.5 m', '2 m'], '50万', '20')
    >>> [scaled(18e4, "zh")(value) for value in (25e3, 5e4, 75e3)]
    ['2.5万', '5万', '7.5万']
    """
    size, name = 1.0, ""
    for unit, word in reversed(_CHINESE if lang == "zh" else _ENGLISH):
        if abs(largest) >= unit:
            size, name = unit, word
    top = abs(largest) / size
    # Ticks stand at multiples of 1, 2, 2.5 or 5: two digits below the largest one say them all.
    decimals = 2 - min(math.floor(math.log10(top)), 0) if top > 0 else 0

    def write(value: float) -> str:
        digits = fixed(value / size, decimals)
        return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits}{name}"

    return lambda value: "0" if value == 0 else write(value)


def _significant(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    decimals = max(digits - 1 - magnitude, 0)
    if float(value).is_integer():
        decimals = 0
    return _minus(f"{value:,.{decimals}f}")


def percent(share: float, decimals: int = 1) -> str:
    """Write a share of 1 as a percentage.

    >>> percent(0.1174), percent(-0.05, 0)
    ('11.7%', '−5%')
    """
    return _minus(f"{share * 100:.{decimals}f}%") if math.isfinite(share) else MISSING


def fixed(value: float, decimals: int = 2) -> str:
    """Write a number with a fixed count of decimals and grouped thousands."""
    return _minus(f"{value:,.{decimals}f}") if math.isfinite(value) else MISSING


def p_value(p: float) -> str:
    """Write a p-value: three decimals, four where it is small, a bound where it is tiny.

    >>> p_value(0.0744), p_value(0.00162), p_value(3e-13)
    ('0.074', '0.0016', '<0.0001')
    """
    if not math.isfinite(p):
        return MISSING
    return "<0.0001" if p < 1e-4 else fixed(p, 4 if p < 0.01 else 3)


def date(day: dt.date, lang: str = "en") -> str:
    """Write a day.

    >>> date(dt.date(2015, 7, 31)), date(dt.date(2015, 7, 31), "zh")
    ('31 Jul 2015', '2015年7月31日')
    """
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _minus(text: str) -> str:
    """A true minus sign, and no minus before a zero."""
    if text.startswith("-") and not text.strip("-0.,%"):
        return text[1:]
    return text.replace("-", "−")


def by_unit(unit: str, lang: str = "en") -> Callable[[float], str]:
    """Return how a number of this unit is written.

    ``share`` as a percentage, ``pp`` as percentage points, ``ratio`` with two decimals, ``count``
    plain; any other unit (a currency, ``days``) follows the number, under the reader's name.

    >>> by_unit("share")(0.117), by_unit("EUR")(9_434_120), by_unit("ratio")(0.5614)
    ('11.7%', '9.43 m EUR', '0.56')
    >>> by_unit("CNY", "zh")(217e6), by_unit("EUR", "zh")(217e6)
    ('2.17亿元', '2.17亿 EUR')
    """
    if unit == "share":
        return percent
    if unit == "pp":
        return lambda value: f"{fixed(value * 100, 1)} pp"
    if unit == "ratio":
        return fixed
    if unit in ("", "count"):
        return lambda value: number(value, lang)
    name = unit_name(unit, lang)
    space = "" if _HAN.match(name) else " "
    return lambda value: f"{number(value, lang)}{space}{name}"


def unit_name(unit: str, lang: str = "en") -> str:
    """Return a unit as a reader writes it; names that nobody translated stay as declared.

    >>> unit_name("CNY/household", "zh"), unit_name("EUR", "zh")
    ('元/户', 'EUR')
    """
    say = translator(lang)
    known = {
        "CNY": say("CNY"), "household": say("household"), "user": say("user"),
        "person": say("person"), "order": say("order"), "year": say("year"),
        "share": say("share of 1"), "index": say("index"),
    }  # fmt: skip
    return re.sub(r"[^\W\d]\w*", lambda found: known.get(found[0], found[0]), unit)


def signed_percent(share: float, decimals: int = 1) -> str:
    """Write a change as a percentage with its sign.

    >>> signed_percent(0.0234), signed_percent(-0.05), signed_percent(0.0)
    ('+2.3%', '−5.0%', '0.0%')
    """
    text = percent(share, decimals)
    return text if share <= 0 or not math.isfinite(share) else f"+{text}"
