"""A raw table against a schema: converted and checked, or refused with all findings at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from analysis.base.errors import InputProblems, Problem, nearest
from analysis.base.schema import Column, Kind, TableSchema
from analysis.data.convert import Converted, convert, without_missing
from analysis.data.reading.raw import RawTable
from analysis.data.values.arrays import is_text
from analysis.data.values.parsing import parse_number, to_booleans

_KINDS: tuple[Kind, ...] = get_args(Kind)
_KEY = "one row for each key"
DISTINCT = 1000  # cells looked at to tell a column of words from one of numbers


def conform(raw: RawTable, schema: TableSchema) -> pd.DataFrame:
    """Convert and check a table.

    Args:
        raw: The table as found, its columns renamed by a mapping if there was one.
        schema: What the table must be.

    Returns:
        Frame of shape (n, columns): the promised columns in the schema's order, then extra ones.
        Dtypes are those of :class:`~analysis.data.convert.Converted`.

    Raises:
        InputProblems: If anything is wrong; all findings, by row and then by column.
    """
    problems = [*raw.problems, *_layout(raw, schema)]
    columns = _promised(raw, schema)
    converted = {column.name: convert(raw, column) for column in columns}
    findings = list(_refusals(raw, columns, converted))
    findings += _violations(raw, schema, columns, converted)
    known = {problem.row for problem in raw.problems if problem.row is not None}
    problems += [problem for problem in findings if problem.row not in known]
    if problems:
        order = {raw.origin(column.name).label: place for place, column in enumerate(columns)}
        problems.sort(key=lambda p: (p.row or 0, order.get(p.column or "", -1)))
        raise InputProblems(raw.source, problems)
    return pd.DataFrame({name: column.values for name, column in converted.items()})


def describe(column: Column) -> str:
    """Say in words what a column's cells must be: kind, unit, limits, choices."""
    kind = {
        "text": "text",
        "integer": "a whole number",
        "number": "a number",
        "date": "a date such as 2026-11-11",
        "datetime": "a date and time such as 2026-11-11 10:30",
        "boolean": "yes or no (是/否, true/false, 1/0)",
    }[column.kind]
    if column.choices:
        kind = "one of " + ", ".join(repr(choice) for choice in column.choices)
    unit = f" in {column.unit}" if column.unit else ""
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"{kind}{unit} from {low:g} to {high:g}"
    limit = f", at least {low:g}" if low is not None else ""
    return f"{kind}{unit}{limit}" + (f", at most {high:g}" if high is not None else "")


def _layout(raw: RawTable, schema: TableSchema) -> Iterator[Problem]:
    """Find what concerns no single cell: missing and unexpected columns, an empty table."""
    there = [str(name) for name in raw.frame.columns]
    place = f"row {raw.header_row} has" if raw.header_row else "columns there"
    listed = f"{place}: {', '.join(there) or 'none'}"
    for column in schema.columns:
        if column.required and column.name not in there:
            yield Problem(
                f"no such column ({listed}){_near(column.name, there)}",
                f"{describe(column)}; mapping= can rename a column",
                column=column.name,
            )
    if schema.extra == "refuse":
        for name in there:
            if name not in schema.names:
                expected = f"only {', '.join(schema.names)}{_near(name, schema.names)}"
                found = "a column nobody asked for"
                yield Problem(found, expected, column=raw.origin(name).label)
    if raw.frame.empty:
        what = "no rows of data" + (" below the header" if raw.header_row else "")
        yield Problem(what, "at least one row")


def _near(name: str, names: Sequence[str]) -> str:
    hint = nearest(name, names)
    return f"; {hint}" if hint.startswith("did") else ""


def _promised(raw: RawTable, schema: TableSchema) -> list[Column]:
    """Return the columns to convert: the promised ones that are there, then the extra ones."""
    columns = [column for column in schema.columns if column.name in raw.frame.columns]
    others = [name for name in raw.frame.columns if name not in schema.names]
    if any(column.required and column not in columns for column in schema.columns):
        return columns  # some of the others are the missing ones under another name
    if schema.extra == "any":
        return columns + [_as_found(raw, name) for name in others]
    if schema.extra == "number":
        return columns + [_number_if_any(raw, name) for name in others]
    kind = next((kind for kind in _KINDS if kind == schema.extra), None)
    return columns + [Column(name, kind, nullable=True) for name in others if kind]


def _number_if_any(raw: RawTable, name: str) -> Column:
    """Promise an extra column numbers, unless not one of its cells is one: then as it is.

    A column of words (a region) may stand beside the numbers; a word among numbers is a finding.
    """
    column = Column(name, "number", nullable=True)
    if not is_text(raw.frame[name]):
        found = _as_found(raw, name)
        return column if found.kind in ("integer", "number") else found
    text = without_missing(raw.frame[name], raw.missing, "number")
    distinct = text.dropna().unique()[:DISTINCT]
    if len(distinct) == 0 or any(_is_number(str(cell)) for cell in distinct):
        return column
    kind: Kind = "text" if to_booleans(pd.Series(distinct, dtype="str")).refused else "boolean"
    return Column(name, kind, nullable=True)


def _is_number(cell: str) -> bool:
    try:
        parse_number(cell)
    except ValueError:
        return False
    return True


def _as_found(raw: RawTable, name: str) -> Column:
    """Promise an extra column just what it is."""
    types, dtype = pd.api.types, raw.frame[name].dtype
    if types.is_bool_dtype(dtype):
        return Column(name, "boolean", nullable=True)
    if types.is_datetime64_any_dtype(dtype):
        return Column(name, "datetime", nullable=True)
    if types.is_integer_dtype(dtype):
        return Column(name, "integer", nullable=True)
    return Column(name, "number" if types.is_numeric_dtype(dtype) else "text", nullable=True)


def _refusals(
    raw: RawTable, columns: list[Column], converted: Mapping[str, Converted]
) -> Iterator[Problem]:
    for column in columns:
        expected = describe(column)
        result = converted[column.name]
        label = raw.origin(column.name).label
        if result.whole:
            yield Problem(
                "a column that cannot be read", f"{expected} ({result.whole})", None, label
            )
        places = np.fromiter(result.refused, dtype=np.int64)
        shown = _found(raw, column.name, places)
        for place, cell in zip(places.tolist(), shown, strict=True):
            reason = result.refused[place]
            yield _cell(raw, column.name, place, cell, f"{expected} ({reason})")
            if raw.origin(column.name).constant:
                break


def _cell(raw: RawTable, name: str, place: int, found: str, expected: str) -> Problem:
    origin = raw.origin(name)
    if origin.constant:
        return Problem(f"the constant {found}", expected, None, origin.label)
    return Problem(found, expected, int(raw.row_numbers[place]), origin.label)


def _found(raw: RawTable, name: str, places: np.ndarray[Any, np.dtype[np.int64]]) -> list[str]:
    cells = raw.frame[name].iloc[places]
    return [
        "nothing" if pd.isna(cell) or str(cell).strip() == "" else repr(str(cell))
        for cell in cells.tolist()
    ]


def _violations(
    raw: RawTable, schema: TableSchema, columns: list[Column], converted: Mapping[str, Converted]
) -> list[Problem]:
    frame = pd.DataFrame({c.name: converted[c.name].values for c in columns})
    key = [name for name in schema.key if name in converted]
    whole = len(key) == len(schema.key) and bool(key)
    compiled = compile_schema(columns, frame, key if whole else [])
    try:
        compiled.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return []
    by_name = {column.name: column for column in columns}
    problems: list[Problem] = []
    for (name, check), group in cases.groupby(["column", "check"], sort=False):
        places = group["index"].dropna().to_numpy(dtype=np.int64)
        refused = converted[name].refused
        places = np.array([p for p in places.tolist() if p not in refused], dtype=np.int64)
        if converted[name].whole:
            continue
        if check == _KEY:
            problems += _duplicates(raw, frame, list(schema.key), places)
        else:
            problems += _outside(raw, by_name[name], places)
    return list(dict.fromkeys(problems))


def compile_schema(
    columns: list[Column], frame: pd.DataFrame, key: list[str]
) -> pa.DataFrameSchema:
    """Compile promised columns to pandera.

    Args:
        columns: Promised columns that are in the frame.
        frame: The converted table; the key is looked up in it.
        key: Columns whose values together may occur once only; empty if no key.
    """
    checks = {column.name: _checks(column) for column in columns}
    if key:
        # A check over the whole frame would report each column of a row apart.
        unique = ~frame.duplicated(key, keep="first") | frame[key].isna().any(axis=1)
        check = pa.Check(lambda _: unique, name=_KEY, error=_KEY, ignore_na=False)
        checks[key[0]].append(check)
    return pa.DataFrameSchema(
        {c.name: pa.Column(None, checks[c.name], nullable=c.nullable) for c in columns}
    )


def _checks(column: Column) -> list[pa.Check]:
    checks = []
    if column.kind in ("number", "integer"):
        if column.minimum is not None:
            checks.append(pa.Check.ge(column.minimum))
        if column.maximum is not None:
            checks.append(pa.Check.le(column.maximum))
    if column.choices:
        choices = column.choices
        checks.append(pa.Check(lambda values: values.astype("str").isin(choices), name="choices"))
    return checks


def _outside(raw: RawTable, column: Column, places: np.ndarray[Any, Any]) -> Iterator[Problem]:
    expected = describe(column)
    cells = _found(raw, column.name, places)
    for place, cell in zip(places.tolist(), cells, strict=True):
        yield _cell(raw, column.name, place, cell, expected)
        if raw.origin(column.name).constant:
            break


def _duplicates(
    raw: RawTable, frame: pd.DataFrame, key: list[str], places: np.ndarray[Any, Any]
) -> Iterator[Problem]:
    codes = frame.groupby(key, sort=False, dropna=False).ngroup().to_numpy()
    _, first = np.unique(codes, return_index=True)
    origins = first[codes[places]]
    labels = [raw.origin(name).label for name in key]
    cells = [_found(raw, name, places) for name in key]
    for place, origin, *shown in zip(places.tolist(), origins.tolist(), *cells, strict=True):
        values = ", ".join(f"{a} {b}" for a, b in zip(labels, shown, strict=True))
        yield Problem(
            f"{values} again, as in row {raw.row_numbers[origin]}",
            f"one row for each {' and '.join(labels)}",
            int(raw.row_numbers[place]),
        )
