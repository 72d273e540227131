"""Part of a table: the rows that ``where`` asks for, and a sample of its units for a quick look.

``where`` is ``column=value``, ``column=a,b,c`` or ``column=1..20``, several of them joined by
``;`` (and). A column goes by its canonical name or by the file's own. A name or value that holds
one of ``, ; = ..`` stands in double quotes, as JSON writes them. Values are read by the column's
type; in a column of text a range is one of whole numbers or of days.

A sample takes the units (series, users) that come first in the order of a hash of their names:
the same ones in every run, whatever else is in the table, without a seed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analysis.base import formats
from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.base.language import translator

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["number", "day", "truth", "text"]
Unit = Literal["series", "users"]
SHOWN = 8
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|[,;=]|[^",;=]+')
_WHOLE = re.compile(r"[0-9]{1,36}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_TRUTHS = {"true": True, "yes": True, "1": True, "是": True,
           "false": False, "no": False, "0": False, "否": False}  # fmt: skip
EXPECTED = {
    "number": "a number, or a range such as 1..20",
    "day": "a day such as 2026-11-11, or a range of two",
    "truth": "yes or no",
    "text": "a range of whole numbers or of days; the column holds words",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A range as written, both ends inclusive."""

    lo: str
    hi: str

    def __str__(self) -> str:
        return f"{self.lo}..{self.hi}"


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: a column is one of some values or lies in one of some ranges."""

    column: str
    values: tuple[str | Span, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What a table was cut down to, for the reader.

    Attributes:
        where: The condition as written; empty for none.
        share: Share of units asked for; 1 for all.
        taken: Units that were taken.
        units: Units that there were.
        unit: What a unit is.
    """

    where: str = ""
    share: float = 1.0
    taken: int = 0
    units: int = 0
    unit: Unit = "series"

    @property
    def sampled(self) -> bool:
        """Whether numbers are those of a sample only."""
        return self.share < 1

    def facts(self, lang: str) -> list[tuple[str, str]]:
        """Return label and text of what a data card says of it."""
        say = translator(lang)
        told = [(say("Only rows with"), self.where)] if self.where else []
        if not self.sampled:
            return told
        counts = {
            "share": formats.percent(self.share, _decimals(self.share)),
            "taken": f"{self.taken:,}", "units": f"{self.units:,}",
        }  # fmt: skip
        if self.unit == "series":
            what = say("a sample of {share} of series: {taken} of {units}; numbers are a quick"
                       " look, not a result", **counts)  # fmt: skip
        else:
            what = say("a sample of {share} of users: {taken} of {units}; numbers are a quick"
                       " look, not a result", **counts)  # fmt: skip
        return [*told, (say("Quick look"), what)]

    def caveat(self, lang: str) -> str:
        """Return what must stand before every headline; empty if all units were read."""
        if not self.sampled:
            return ""
        say, counts = translator(lang), {"taken": f"{self.taken:,}", "units": f"{self.units:,}"}
        if self.unit == "series":
            return say("Quick look at {taken} of {units} series, not a result: ", **counts)
        return say("Quick look at {taken} of {units} users, not a result: ", **counts)


def _decimals(share: float) -> int:
    return 0 if share >= 0.01 and math.isclose(share * 100, round(share * 100)) else 1


def listed(text: str, where: str) -> tuple[str | Span, ...]:
    """Read ``a,b,1..20``.

    Args:
        text: What to read.
        where: What it is, for messages.

    Raises:
        InputError: If quotes are not closed, or a value or one end of a range is empty.
    """
    return tuple(_value(tokens, text, where) for tokens in _split(text, ",", where))


def parse(where: str) -> tuple[Clause, ...]:
    """Read a condition.

    Args:
        where: As in the module's docstring; empty for none.

    Raises:
        InputError: If it is no condition, saying which part is not.
    """
    if not where.strip():
        return ()
    clauses = []
    for part in _split(where, ";", "where"):
        sides = _split_tokens(part, "=")
        if len(sides) != 2 or len(sides[0]) != 1:
            found = "".join(part).strip()
            raise InputError(f"where={where!r}: found {found!r}, expected column=value")
        name = _value(sides[0], where, "where")
        values = tuple(_value(tokens, where, "where") for tokens in _split_tokens(sides[1], ","))
        clauses.append(Clause(str(name), values))
    return tuple(clauses)


def condition(column: str, value: str) -> str:
    """Return the condition that a column has one value, quoted where it must be."""
    return f"{_quoted(column)}={_quoted(value)}"


def _quoted(text: str) -> str:
    plain = not set(text) & set(',;="') and ".." not in text and text == text.strip() and text
    return text if plain else json.dumps(text, ensure_ascii=False)


def _split(text: str, sign: str, where: str) -> list[list[str]]:
    tokens = _PIECES.findall(text)
    if "".join(tokens) != text:
        raise InputError(f"{where}={text!r}: found a quote that is not closed, expected two")
    return _split_tokens(tokens, sign)


def _split_tokens(tokens: Iterable[str], sign: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == sign:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _value(tokens: Sequence[str], text: str, where: str) -> str | Span:
    solid = [token.strip() for token in tokens if token.strip()]
    if len(solid) != 1 or solid[0] in (",", ";", "="):
        found = "nothing" if not solid else repr("".join(solid))
        expected = 'a value (in "double quotes" if it holds , ; or =)'
        raise InputError(f"{where}={text!r}: found {found}, expected {expected}")
    token = solid[0]
    if token.startswith('"'):
        try:
            return str(json.loads(token))
        except ValueError:
            raise InputError(f"{where}={text!r}: {token} cannot be read as a text") from None
    if ".." not in token:
        return token
    lo, _, hi = (end.strip() for end in token.partition(".."))
    if not lo or not hi or ".." in hi:
        raise InputError(f"{where}={text!r}: found {token!r}, expected a range such as 1..20")
    return Span(lo, hi)


def read(kind: Kind, text: str) -> Any:
    """Read a written value as a column's kind.

    Raises:
        ValueError: If it is none.
    """
    if kind == "number" and _NUMBER.fullmatch(text):
        return int(text) if _WHOLE.fullmatch(text.lstrip("+-")) else float(text)
    if kind == "day":
        return dt.date.fromisoformat(text)
    if kind == "truth" and text.lower() in _TRUTHS:
        return _TRUTHS[text.lower()]
    if kind == "text":
        return text
    raise ValueError


def ends(kind: Kind, span: Span) -> tuple[Kind, Any, Any]:
    """Read the ends of a range; in a column of text they are whole numbers or days.

    Raises:
        ValueError: If they are not.
    """
    if kind == "truth":
        raise ValueError
    if kind == "text":
        kind = "number" if _WHOLE.fullmatch(span.lo) and _WHOLE.fullmatch(span.hi) else "day"
    lo, hi = read(kind, span.lo), read(kind, span.hi)
    if lo > hi:
        raise ValueError
    return kind, lo, hi


def column_of(name: str, there: Iterable[str], labels: Mapping[str, str]) -> str | None:
    """Return the column that goes by a name: its own, or the one that the file calls so.

    Args:
        name: What was asked for.
        there: Columns.
        labels: The file's own name → column.
    """
    return name if name in set(there) else labels.get(name)


def unknown(name: str, there: Iterable[str]) -> Problem:
    """Return the finding that no column goes by a name; names those that are there."""
    names = sorted(set(there))
    hint = nearest(name, names)
    more = f" There are {', '.join(names)}." if hint.startswith("did you") else ""
    return Problem(f"no column {name!r} (where)", f"one of the table's columns; {hint}{more}")


def wrong(column: str, kind: Kind, value: str | Span) -> Problem:
    """Return the finding that a value is not of its column's kind."""
    return Problem(f"{column}={value} (where)", EXPECTED[kind])


def absent(column: str, value: str | Span, some: Sequence[str], count: int) -> Problem:
    """Return the finding that no row has a value.

    Args:
        column: Where it was looked for.
        value: What was asked for.
        some: Values that are there, the first ones in order.
        count: How many different ones there are.
    """
    hint = nearest(str(value), some) if isinstance(value, str) else ""
    if not hint.startswith("did you"):
        more = f" … ({count:,} in all)" if count > SHOWN else ""
        hint = f"such as {', '.join(some[:SHOWN])}{more}" if some else "but the column is empty"
    return Problem(f"no row with {column}={value} (where)", f"a value that is there; {hint}")


def in_order(values: Iterable[str]) -> list[str]:
    """Return texts in order: as numbers if all of them are some, else by their characters."""
    found = set(values)
    if found and all(_NUMBER.fullmatch(value) for value in found):
        return sorted(found, key=lambda value: (float(value), value))
    return sorted(found)


def texts(column: pd.Series) -> pd.Series:
    """Return a column's cells as they are written in a condition; missing ones stay missing."""
    import pandas as pd

    kind = kind_of(column)
    there = column.dropna()
    if kind == "day":
        written = pd.to_datetime(there).dt.strftime("%Y-%m-%d")
    elif kind == "truth":
        written = there.map(lambda cell: "true" if cell else "false")
    elif kind == "number":
        written = there.map(_plain)
    else:
        written = there.astype("str").str.strip()
    return written.astype("str").reindex(column.index)


def _plain(cell: Any) -> str:
    """Return a number as a reader writes it: 3, not 3.0."""
    return str(int(cell)) if cell == math.floor(cell) and abs(cell) < 1e15 else repr(float(cell))


def kind_of(column: pd.Series) -> Kind:
    """Return how the values of a column are to be read."""
    from pandas.api import types

    if types.is_bool_dtype(column.dtype):
        return "truth"
    if types.is_numeric_dtype(column.dtype):
        return "number"
    if types.is_datetime64_any_dtype(column.dtype):
        return "day"
    first = column.dropna().head(1)
    is_day = len(first) == 1 and isinstance(first.iloc[0], dt.date)
    return "day" if is_day else "text"


def rows_of(
    frame: pd.DataFrame, clauses: Sequence[Clause], source: str,
    labels: Mapping[str, str], names: Iterable[str],
) -> pd.Series:  # fmt: skip
    """Return the mask, of shape (n,), of the rows that a condition asks for.

    Args:
        frame: Table of n rows.
        clauses: The condition.
        source: Name of the table, for messages.
        labels: The file's own name → column of the frame.
        names: All names that a reader may use, for messages.

    Raises:
        InputProblems: If a column is not there, a value is not of its kind, or no row has it.
    """
    import pandas as pd

    mask = pd.Series(True, index=frame.index)
    problems: list[Problem] = []
    for clause in clauses:
        column = column_of(clause.column, frame.columns, labels)
        if column is None:
            problems.append(unknown(clause.column, names))
            continue
        one, found = _held(frame[column], clause)
        problems += found
        mask &= one
    if not problems and not mask.any():
        text = "; ".join(f"{c.column}={','.join(map(str, c.values))}" for c in clauses)
        problems = [Problem(f"no row with {text} together (where)", "a combination that is there")]
    if problems:
        raise InputProblems(source, problems)
    return mask


def _held(column: pd.Series, clause: Clause) -> tuple[pd.Series, list[Problem]]:
    import pandas as pd

    kind, problems = kind_of(column), []
    mask = pd.Series(False, index=column.index)
    for value in clause.values:
        try:
            one = _in_span(column, kind, value) if isinstance(value, Span) else (
                _comparable(column, kind) == read(kind, value)
            )  # fmt: skip
        except ValueError:
            problems.append(wrong(clause.column, kind, value))
            continue
        one = one.fillna(False).astype(bool)
        if not one.any():
            some = in_order(texts(column).dropna().unique())
            problems.append(absent(clause.column, value, some, len(some)))
        mask |= one
    return mask, problems


def _comparable(column: pd.Series, kind: Kind) -> pd.Series:
    import pandas as pd

    if kind == "day":
        return pd.to_datetime(column).dt.tz_localize(None).map(lambda moment: moment.date())
    return texts(column) if kind == "text" else column


def _in_span(column: pd.Series, kind: Kind, span: Span) -> pd.Series:
    import pandas as pd

    as_kind, lo, hi = ends(kind, span)
    if kind == "text" and as_kind == "number":
        written = texts(column)
        numbers = pd.to_numeric(written.where(written.str.fullmatch(_WHOLE.pattern, na=False)))
        return numbers.between(lo, hi)
    if kind == "text":
        # Days in the year-first form sort as their texts do.
        return texts(column).between(str(lo), str(hi))
    if kind == "day":
        days = pd.to_datetime(column).dt.tz_localize(None).dt.normalize()
        return days.between(pd.Timestamp(lo), pd.Timestamp(hi))
    return column.between(lo, hi)


def check_share(share: float) -> None:
    """Refuse a share of units that is none.

    Raises:
        InputError: If it is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise InputError(f"sample={share:g}: expected a share above 0 and at most 1, such as 0.05")


def sampled(units: Iterable[str], share: float) -> frozenset[str]:
    """Return a sample of names: the given share, at least one, first in the order of a hash."""
    ordered = sorted(set(units), key=lambda name: hashlib.sha256(name.encode()).digest())
    # 0.07 of 100 is a little more than 7 to a computer.
    count = max(1, math.ceil(round(share * len(ordered), 9)))
    return frozenset(ordered[:count])
