"""Reading ``mapping.toml``: every key checked, all findings in one message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.base.errors import InputProblems, Problem, nearest
from analysis.data.applying import MISSING, Mapping, Source, clashes
from analysis.data.combining import SPANS, WAYS
from analysis.data.reading.toml import read_toml
from analysis.data.totals import TOTALS
from analysis.data.values.written_numbers import unit_of

__all__ = ["MISSING", "TOTALS", "Mapping", "Source", "load_mapping", "parse_mapping"]

_SOURCE_KEYS = ("from", "unit", "format")


def load_mapping(path: str | Path) -> Mapping:
    """Read and check a mapping file.

    Raises:
        InputError: If the file is missing or is not TOML (a target given twice is not).
        InputProblems: If keys are unknown or values are wrong; all findings together.
    """
    return parse_mapping(read_toml(path, "mapping file"), str(path))


def parse_mapping(content: dict[str, Any], origin: str = "mapping") -> Mapping:
    """Check a mapping's content and build it.

    Args:
        content: Keys and values as a TOML reader gives them.
        origin: Name for messages.

    Raises:
        InputProblems: If keys are unknown or values are wrong; all findings together.
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for key, value in content.items():
        if key not in _READERS:
            problems.append(Problem(f"key {key!r}", f"a key of mappings; {nearest(key, _READERS)}"))
            continue
        try:
            values[key] = _READERS[key](value)
        except _Wrong as wrong:
            problems += [_at(problem, key) for problem in wrong.problems]
    columns, constants = values.get("columns", {}), values.get("constants", {})
    problems += clashes(columns, list(constants))
    if problems:
        raise InputProblems(origin, problems)
    return Mapping(**values, origin=origin)


class _Wrong(Exception):
    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = problems


def _at(problem: Problem, key: str) -> Problem:
    return Problem(f"{problem.found} for {key}", problem.expected)


def _wrong(value: Any, expected: str) -> _Wrong:
    return _Wrong(Problem(_said(value), expected))


def _said(value: Any) -> str:
    return repr(value) if isinstance(value, str | int | float) else f"a {type(value).__name__}"


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(value, "text in quotes")
    return value


def _sheet(value: Any) -> str | int:
    if not (isinstance(value, str) or (_is_int(value) and value >= 1)):
        raise _wrong(value, "a sheet's name or its number from 1")
    return str(value) if isinstance(value, str) else int(value)


def _count(least: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not _is_int(value) or value < least:
            raise _wrong(value, f"a whole number, at least {least}")
        return int(value)

    return read


def _rows(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(_is_int(row) and row >= 1 for row in value):
        raise _wrong(value, "a list of row numbers as a spreadsheet shows them, such as [4, 5]")
    return tuple(value)


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise _wrong(value, 'a list of words, such as ["合计"]')
    return tuple(value)


def _decimal(value: Any) -> str:
    if value not in (".", ","):
        raise _wrong(value, '"." or ","')
    return str(value)


def _delimiter(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 1:
        raise _wrong(value, "one character")
    return value


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(value, "a table of target = source")
    return value


def _columns(value: Any) -> dict[str, Source]:
    columns, problems = {}, []
    for target, source in _table(value).items():
        try:
            columns[target] = _source(source)
        except _Wrong as wrong:
            problems += [_at(problem, repr(target)) for problem in wrong.problems]
    if problems:
        raise _Wrong(*problems)
    return columns


def _source(value: Any) -> Source:
    given = value if isinstance(value, dict) else {"from": value}
    unknown = [key for key in given if key not in _SOURCE_KEYS]
    if unknown:
        expected = f"from, unit or format; {nearest(unknown[0], _SOURCE_KEYS)}"
        raise _Wrong(Problem(f"key {unknown[0]!r}", expected))
    names = given.get("from")
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise _wrong(given.get("from"), "a column name of the file, or a list of such names")
    unit = _text(given.get("unit", ""))
    if unit and unit_of(unit) is None:
        raise _wrong(unit, "a unit that scales (万元, 千件, 亿, %, pp, CNY); leave others out")
    return Source(tuple(" ".join(name.split()) for name in names), unit, _format(given))


def _format(given: dict[str, Any]) -> str:
    order = _text(given.get("format", ""))
    if order and not ("%Y" in order or "%y" in order):
        raise _wrong(order, "a date format with a year, such as %d/%m/%Y")
    return order


def _constants(value: Any) -> dict[str, str]:
    return {target: _constant(constant, target) for target, constant in _table(value).items()}


def _constant(value: Any, target: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    if not isinstance(value, str | int | float | dt.date):
        raise _Wrong(Problem(f"{_said(value)} for {target!r}", "one text, number or date"))
    return str(value)


def _ways(value: Any) -> dict[str, str]:
    ways = _table(value)
    wrong = [
        Problem(f"{_said(way)} for {target!r}", f"one of {', '.join((*SPANS, *WAYS))}")
        for target, way in ways.items()
        if way not in (*SPANS, *WAYS)
    ]
    if wrong:
        raise _Wrong(*wrong)
    return ways


_READERS: dict[str, Callable[[Any], Any]] = {
    "sheet": _sheet,
    "header_row": _count(1),
    "skip_rows": _rows,
    "skip_footer": _count(0),
    "drop_where": _words,
    "encoding": _text,
    "delimiter": _delimiter,
    "decimal": _decimal,
    "missing": _words,
    "fill_down": _words,
    "columns": _columns,
    "constants": _constants,
    "combine": _ways,
}
