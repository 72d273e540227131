"""What the cells of a column are: kind, order of its dates, decimal sign; guessed, and said so."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

import pandas as pd

from analysis.base.schema import Column, Kind
from analysis.data.convert import convert, without_missing
from analysis.data.header import split_unit
from analysis.data.reading.raw import Origin, RawTable
from analysis.data.values.arrays import is_text
from analysis.data.values.written_dates import parse_date
from analysis.data.values.written_numbers import narrow

_MOSTLY, _HALF = 0.9, 0.5
_KINDS: tuple[Kind, ...] = ("integer", "number", "date", "datetime", "boolean")
_TRIED = 2_000
_ORDERS = ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y", "%d{0}%m{0}%y", "%m{0}%d{0}%y", "%y{0}%m{0}%d")
_NAMED = ("%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
FORMATS = tuple(
    day + clock
    for day in (*(order.format(mark) for mark in "./-" for order in _ORDERS), *_NAMED)
    for clock in _CLOCKS
)
"""Orders of day, month and year that a mapping must name, in the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column seems to be.

    Attributes:
        kind: Kind that at least nine of ten cells have (half of them below a unit in the header).
        odd: Up to three cells that are not of the kind.
        format: ``strptime`` format of its dates; empty for year-first ones.
        doubt: Another reading that fits as well; empty if there is none.
    """

    kind: Kind
    odd: tuple[str, ...] = ()
    format: str = ""
    doubt: str = ""


def guess_column(raw: RawTable, name: str) -> Guess:
    """Return the first kind that fits most cells of a column."""
    # A unit in the header says that the cells are meant as numbers, even if many are not.
    most = _HALF if split_unit(name)[1] else _MOSTLY
    text = raw.frame[name].astype("str")
    there = int(without_missing(text, None, "number").notna().sum())
    if not there:
        return Guess("text")
    digits = int(text.str.fullmatch(r"(?:19|20)\d{6}", na=False).sum())
    order = ("date", *_KINDS) if digits >= _MOSTLY * there else _KINDS
    for kind in order:
        if (guess := _fits(raw, name, kind, (1 - most) * there)) is not None:
            return guess
    format, doubt = date_format(raw.frame[name]) if is_text(raw.frame[name]) else ("", "")
    if format:
        origins = {**raw.origins, name: Origin(name, format=format)}
        ordered = dataclasses.replace(raw, origins=origins)
        kind = "datetime" if "%H" in format or "%I" in format else "date"
        guess = _fits(ordered, name, kind, (1 - most) * there)
        if guess is not None:
            return dataclasses.replace(guess, format=format, doubt=doubt)
    return Guess("text")


def _fits(raw: RawTable, name: str, kind: Kind, allowed: float) -> Guess | None:
    result = convert(raw, Column(name, kind, nullable=True))
    if result.whole or len(result.refused) > allowed:
        return None
    odd = dict.fromkeys(str(raw.frame[name].iloc[place]) for place in result.refused)
    return Guess(kind, tuple(odd)[:3])


def date_format(cells: pd.Series) -> tuple[str, str]:
    """Find the order of day, month and year of dates that do not begin with the year.

    Where two orders fit every cell, that with the narrower span of days is taken (days in a row
    are likelier than the same day of many months), and the day-first one among equal spans.

    Args:
        cells: Text of shape (n,), NA where missing.

    Returns:
        A ``strptime`` format and another one that fits as well; empty if there is none.
    """
    texts = without_missing(cells, None, "date").dropna()
    distinct = [narrow(str(cell)) for cell in texts.drop_duplicates().head(_TRIED)]
    fitting: list[tuple[dt.timedelta, str]] = []
    for format in FORMATS:
        if (span := _span(distinct, format)) is not None:
            fitting.append((span, format))
    if not fitting:
        return "", ""
    best = min(fitting, key=lambda found: found[0])
    others = [format for _, format in fitting if format != best[1]]
    return best[1], others[0] if others else ""


def _span(texts: list[str], format: str) -> dt.timedelta | None:
    """Days between the first and the last of the dates; None if too many do not fit."""
    days, wrong = [], 0
    for text in texts:
        try:
            day = parse_date(text, format)
        except ValueError:
            wrong += 1
            if wrong > (1 - _MOSTLY) * len(texts):
                return None
            continue
        days.append(day.date() if isinstance(day, dt.datetime) else day)
    if not days or not 1950 <= min(days).year <= max(days).year < 2100:
        return None
    return max(days) - min(days)


def decimal_sign(raw: RawTable) -> tuple[str, str]:
    """Find whether commas are decimal signs.

    Args:
        raw: The table; its text columns are looked at.

    Returns:
        ``","``, ``"."`` or empty where nothing needs to be said; and a doubt in words, empty if
        there is none.
    """
    cells = pd.concat([raw.frame[name] for name in raw.frame.columns if is_text(raw.frame[name])]
                      or [pd.Series([], dtype="str")])  # fmt: skip
    texts = cells.dropna().map(lambda cell: narrow(str(cell)))
    bare = texts.str.replace(r"^[^\d,.+-]+|[^\d]+$", "", regex=True)
    after = bare[bare.str.fullmatch(r"[+-]?[\d.]*,\d+")]
    points = bare[bare.str.fullmatch(r"[+-]?\d*\.\d+|[+-]?\d{1,3}(?:,\d{3})+\.\d+")]
    sure = after[~after.str.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}")]
    if len(sure) and len(sure) >= len(points[~points.str.fullmatch(r"[+-]?\d{1,3}\.\d{3}")]):
        return ",", ""
    if len(after) and raw.decimal == "?":
        return ".", f"the comma of {after.iloc[0]!r} is read as a separator of thousands"
    return "", ""
