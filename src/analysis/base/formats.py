"""Numbers and dates as a reader of the report writes them.

Pure text: no rounding here ever flows back into a result.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from itertools import pairwise

from analysis.base.language import translator

MISSING = "–"
_ENGLISH = ((1e9, " bn"), (1e6, " m"))
_CHINESE = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))
_HAN = re.compile("[\u4e00-\u9fff]")
# A declared unit that carries a large unit itself, such as 万元; 千克 is one of its own.
_SCALED = re.compile("(万亿|千万|百万|十万|亿|万|千(?![克米瓦卡帕赫伏焦字]))(?=[\u4e00-\u9fff])")
_SCALES = {"万亿": 1e12, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5, "万": 1e4, "千": 1e3}
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
    sizes = ((1.0, ""), *reversed(_CHINESE if lang == "zh" else _ENGLISH))
    for (size, name), (next_size, _) in pairwise((*sizes, (math.inf, ""))):
        part = value / size
        # What is written decides, so that 9,999.6 becomes 1.00万 and never 10,000.
        if abs(round(part, _decimals(part, digits))) * size < next_size:
            return f"{_significant(part, digits, exact=lang == 'zh' and size > 1)}{name}"
    raise AssertionError("the last size has no end")


def scaled(largest: float, lang: str = "en", unit: str = "") -> Callable[[float], str]:
    """Return how the ticks of one axis are written: one large unit, no digits but those needed.

    Where the axis' own ``unit`` already is a large one (万元), ticks are plain numbers.

    >>> [scaled(2e6)(value) for value in (0, 5e5, 2e6)], scaled(2e6, "zh")(5e5), scaled(40)(20.0)
    (['0', '0.5 m', '2 m'], '50万', '20')
    >>> scaled(50_000, "zh", "万元")(50_000)
    '50,000'
    >>> [scaled(18e4, "zh")(value) for value in (25e3, 5e4, 75e3)]
    ['2.5万', '5万', '7.5万']
    """
    size, name = 1.0, ""
    own = _SCALED.match(unit) is not None
    for large, word in reversed(() if own else _CHINESE if lang == "zh" else _ENGLISH):
        if abs(largest) >= large:
            size, name = large, word
    top = abs(largest) / size
    # Ticks stand at multiples of 1, 2, 2.5 or 5: two digits below the largest one say them all.
    decimals = 2 - min(math.floor(math.log10(top)), 0) if top > 0 else 0

    def write(value: float) -> str:
        digits = fixed(value / size, decimals)
        return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits}{name}"

    return lambda value: "0" if value == 0 else write(value)


def _decimals(value: float, digits: int) -> int:
    """Decimals that leave about ``digits`` significant ones; none for a whole number."""
    if value == 0 or float(value).is_integer():
        return 0
    written = float(f"{value:.{digits - 1}e}")  # 9.996 is written as 10.0, not 10.00
    return max(digits - 1 - math.floor(math.log10(abs(written))), 0)


def _significant(value: float, digits: int, *, exact: bool = False) -> str:
    """Write a number; ``exact`` says 1.2 where nothing was rounded away, not 1.20."""
    text = f"{value:,.{_decimals(value, digits)}f}"
    if exact and "." in text and float(text.replace(",", "")) == value:
        text = text.rstrip("0")
    return _minus(text)


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


def month_day(day: dt.date, lang: str = "en") -> str:
    """Write a day of a year that is named elsewhere, such as a tick of a time axis.

    >>> month_day(dt.date(2015, 7, 31)), month_day(dt.date(2015, 7, 31), "zh")
    ('31 Jul', '7月31日')
    """
    return f"{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {_MONTHS[day.month - 1]}"


def _minus(text: str) -> str:
    """A true minus sign, and no minus before a zero."""
    if text.startswith("-") and not text.strip("-0.,%"):
        return text[1:]
    return text.replace("-", "−")


def by_unit(unit: str, lang: str = "en") -> Callable[[float], str]:
    """Return how a number of this unit is written.

    ``share`` as a percentage, ``lift`` as one with its sign, ``pp`` as percentage points, ``ratio``
    with two decimals, ``count`` plain; any other unit (a currency, ``days``) follows the number,
    under the reader's name.

    >>> by_unit("share")(0.117), by_unit("EUR")(9_434_120), by_unit("ratio")(0.5614)
    ('11.7%', '9.43 m EUR', '0.56')
    >>> by_unit("lift")(0.0317), by_unit("lift", "zh")(-0.0142)
    ('+3.2%', '−1.4%')
    >>> by_unit("CNY", "zh")(217e6), by_unit("XAU", "zh")(217e6), by_unit("pp", "zh")(0.012)
    ('2.17亿元', '2.17亿 XAU', '1.2 个百分点')

    A unit that is a large one itself is multiplied out, so that no reader meets 万万元:

    >>> by_unit("万元", "zh")(21_700), by_unit("万元")(21_700)
    ('2.17亿元', '217 m CNY')
    """
    if unit == "share":
        return percent
    if unit == "lift":
        return signed_percent
    if unit == "pp":
        say = translator(lang)
        return lambda value: say("{n} pp", n=fixed(value * 100, 1))
    if unit == "ratio":
        return fixed
    if unit in ("", "count"):
        return lambda value: number(value, lang)
    found = _SCALED.match(unit)
    times = _SCALES[found[1]] if found else 1.0
    name = unit_name(unit[found.end() :] if found else unit, lang)
    space = "" if _HAN.match(name) else " "
    return lambda value: f"{number(value * times, lang)}{space}{name}"


def amount(unit: str, lang: str = "en") -> Callable[[float], str]:
    """Return how a number is written where the unit stands elsewhere, on an axis or in a header.

    >>> amount("CNY", "zh")(21_700), amount("万元", "zh")(21_700)
    ('2.17万', '21,700')
    """
    if _SCALED.match(unit):
        return lambda value: _significant(value, 3) if math.isfinite(value) else MISSING
    return lambda value: number(value, lang)


def unit_name(unit: str, lang: str = "en") -> str:
    """Return a unit as a reader writes it; names that nobody translated stay as declared.

    >>> unit_name("CNY/household", "zh"), unit_name("XAU", "zh")
    ('元/户', 'XAU')
    """
    say = translator(lang)
    known = {
        "CNY": say("CNY"), "元": say("CNY"), "EUR": say("EUR"), "USD": say("USD"),
        "GBP": say("GBP"), "JPY": say("JPY"), "days": say("days"), "year": say("year"),
        "household": say("household"), "user": say("user"), "person": say("person"),
        "order": say("order"), "share": say("share of 1"), "index": say("index"),
        "ratio": say("ratio"), "count": say("count"),
    }  # fmt: skip
    return re.sub(r"[^\W\d]\w*", lambda found: known.get(found[0], found[0]), unit)


def signed_percent(share: float, decimals: int = 1) -> str:
    """Write a change as a percentage with its sign.

    >>> signed_percent(0.0234), signed_percent(-0.05), signed_percent(0.0)
    ('+2.3%', '−5.0%', '0.0%')
    """
    text = percent(share, decimals)
    return text if share <= 0 or not math.isfinite(share) else f"+{text}"
