"""Cells of a workbook: typed values, the look of a column, and nothing that a spreadsheet runs.

A text that begins with ``=``, ``+``, ``-`` or ``@`` is written as text, never as a formula, and an
address never as a link. What a spreadsheet cannot hold exactly (identifiers of more than 15
digits, days before 1900) is written as text rather than changed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32_767
# Past this, a spreadsheet's numbers are no longer exact: such integers are identifiers.
EXACT = 2**53
EXACT_DIGITS = 15
_FIRST_DAY = dt.date(1900, 1, 1)
_WIDEST = 48
# XML 1.0 has no place for these; a spreadsheet refuses a file that has one.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SHARE = "0.0%"
CHANGE = "+0.0%;-0.0%;0.0%"
WHOLE = "#,##0"
DAY = "yyyy-mm-dd"
MOMENT = "yyyy-mm-dd hh:mm:ss"
_STYLES = {"percent": SHARE, "signed": CHANGE, "integer": WHOLE, "p": "0.0000"}
# Thousands are set apart in amounts, not in names that happen to be digits.
_NAMES = re.compile(r"(^|_)(year|id)$")


@dataclass(slots=True)
class Looks:
    """The formats of one workbook, each made once.

    Attributes:
        book: The workbook.
    """

    book: Workbook
    _made: dict[str, Format] = field(default_factory=dict)

    def number(self, code: str) -> Format | None:
        """Return the format that writes numbers by a spreadsheet's code; None for ``""``."""
        return self._get(code, {"num_format": code}) if code else None

    def head(self) -> Format:
        """Return the format of headings."""
        return self._get("head", {"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})

    def prose(self) -> Format:
        """Return the format of sentences, which go over several lines."""
        return self._get("prose", {"text_wrap": True, "valign": "top"})

    def _get(self, name: str, properties: dict[str, Any]) -> Format:
        if name not in self._made:
            self._made[name] = self.book.add_format(properties)
        return self._made[name]


def number_code(style: str, name: str, values: Iterable[Any]) -> str:
    """Return a spreadsheet's number format for a column.

    Args:
        style: How the report writes it; see ``formats`` of ``report.table``.
        name: Its name.
        values: Its first values, from which a common count of decimals is taken.

    >>> number_code("percent", "share", []), number_code("", "year", [2026])
    ('0.0%', '0')
    >>> number_code("", "sales", [1200.5, 90000.25]), number_code("fixed2", "x", [])
    ('#,##0', '#,##0.00')
    """
    if style in _STYLES and not (style == "integer" and _NAMES.search(name)):
        return _STYLES[style]
    if style.startswith("fixed"):
        return _with_decimals(int(style.removeprefix("fixed")))
    numbers = [v for v in values if isinstance(v, int | float | Decimal) and not is_empty(v)]
    if all(isinstance(number, int) for number in numbers):
        return "0" if _NAMES.search(name) else WHOLE
    sizes = sorted(abs(float(number)) for number in numbers if number)
    # As on the page: about three significant digits in the column's typical value.
    typical = sizes[len(sizes) // 2] if sizes else 1.0
    return _with_decimals(min(max(2 - math.floor(math.log10(typical)), 0), 6))


def unit_code(unit: str, value: float) -> str:
    """Return a spreadsheet's number format for a number of a unit.

    >>> unit_code("share", 0.1), unit_code("EUR", 43731267.7), unit_code("ratio", 1.5)
    ('0.0%', '#,##0', '#,##0.00')
    """
    if unit in ("share", "pp"):
        return SHARE
    if unit == "lift":
        return CHANGE
    return "#,##0.00" if unit == "ratio" else number_code("", "", [value])


def _with_decimals(places: int) -> str:
    return f"{WHOLE}.{'0' * places}" if places else WHOLE


def write(sheet: Worksheet, row: int, place: int, value: Any, looks: Looks, code: str) -> None:
    """Write one value by its type; missing values, NaN and infinity leave the cell empty.

    Args:
        sheet: Sheet to write to.
        row: Row from 0.
        place: Column from 0.
        value: The value.
        looks: Formats of the workbook.
        code: Number format of the column; for numbers only.
    """
    if is_empty(value):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int) and abs(value) <= EXACT:
        sheet.write_number(row, place, value, looks.number(code))
    elif isinstance(value, float) or (isinstance(value, Decimal) and _is_exact(value)):
        sheet.write_number(row, place, float(value), looks.number(code))
    elif isinstance(value, dt.datetime) and value.date() >= _FIRST_DAY:
        # A spreadsheet has no zones: the wall clock of the column's own zone is kept.
        sheet.write_datetime(row, place, value.replace(tzinfo=None), looks.number(MOMENT))
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime) and value >= _FIRST_DAY:
        sheet.write_datetime(row, place, value, looks.number(DAY))
    else:
        put_text(sheet, row, place, str(value))


def put_text(sheet: Worksheet, row: int, place: int, text: str, look: Format | None = None) -> None:
    """Write a text as text, cut to what a cell holds, without characters that XML has no place for.

    The writer takes ``<r>…</r>`` for markup of its own: a blank at the end keeps it a text.
    """
    clean = _NOT_IN_XML.sub("\ufffd", text)[:LONGEST_TEXT]
    if clean.startswith("<r>") and clean.endswith("</r>"):
        clean = clean[: LONGEST_TEXT - 1] + " "
    sheet.write_string(row, place, clean, look)


def is_empty(value: Any) -> bool:
    """Whether a value leaves its cell empty: missing, NaN or infinite."""
    if value is None:
        return True
    return isinstance(value, float | Decimal) and not math.isfinite(value)


def _is_exact(value: Decimal) -> bool:
    return len(value.as_tuple().digits) <= EXACT_DIGITS


def width_of(texts: Iterable[str], least: int = 9) -> int:
    """Return the width of a column of texts, in characters; Chinese ones take two."""
    longest = max((_width(text) for text in texts), default=0)
    return min(max(longest + 1, least), _WIDEST)


def shown(value: Any, code: str) -> str:
    """Return about what a spreadsheet shows of a value, to size its column."""
    if is_empty(value):
        return ""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int | float | Decimal):
        if code.endswith("%") or "%;" in code:
            return f"{float(value):+.1%}"
        decimals = len(code.partition(".")[2])
        return f"{value:,.{decimals}f}"
    return str(value)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
