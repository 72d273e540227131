"""``analysis data inspect``: what a file looks like, and a mapping that would read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analysis.base.errors import Problem
from analysis.base.schema import Column, Kind, TableSchema
from analysis.data.convert import convert, without_missing
from analysis.data.header import guess_header, propose, split_unit
from analysis.data.reading.names import is_connection
from analysis.data.reading.raw import RawTable, with_header
from analysis.data.reading.reader import existing, kind_of, read_grid, read_raw
from analysis.data.totals import TOTALS, rows_with
from analysis.data.values.arrays import is_text

_LOOKED = 5_000
_MOSTLY, _HALF = 0.9, 0.5
_GUESSES: tuple[Kind, ...] = ("integer", "number", "date", "datetime", "boolean")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one column looks like.

    Attributes:
        name: The file's column name.
        kind: Kind that at least nine of ten cells have.
        missing: Number of missing cells.
        examples: Up to three different cells.
        unit: Unit that the header names (``"万元"``); empty if none.
        odd: Up to three cells that are not of the kind.
    """

    name: str
    kind: Kind
    missing: int
    examples: tuple[str, ...]
    unit: str
    odd: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a source looks like.

    Attributes:
        source: The source's name as given.
        format: ``csv``, ``xlsx``, ``parquet`` or ``sql``.
        encoding: Encoding of a text file.
        delimiter: Delimiter of a text file.
        sheet: Sheet looked at.
        sheets: All visible sheets.
        header_row: 1-based row that looks like the header; None where there is none.
        rows: Number of rows below it that are not blank.
        totals: Spreadsheet rows that look like totals.
        columns: What each column looks like, from the first 5,000 rows.
        problems: What is wrong with the layout.
    """

    source: str
    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    header_row: int | None
    rows: int
    totals: tuple[int, ...]
    columns: tuple[Seen, ...]
    problems: tuple[Problem, ...]

    def text(self) -> str:
        """Say what was seen, for a reader at a terminal."""
        return "\n".join([*self._file_lines(), *self._column_lines(), *self._problem_lines()])

    def mapping_toml(self, schema: TableSchema | None = None, *, keep: bool = False) -> str:
        """Suggest a mapping file.

        Args:
            schema: Table that is wanted; its column names become the targets. Without one the
                file's own names stay.
            keep: Whether columns that are not wanted stay under names of their own.
        """
        names = [column.name for column in self.columns]
        targets = propose(names, schema.names) if schema else {n: split_unit(n)[0] for n in names}
        if not schema:
            targets = _own_names(names)
        lines = [f"# Suggested for {_comment(self.source)}; check it before use."]
        lines += [*self._reading_lines(), "", "[columns]"]
        seen = {column.name: column for column in self.columns}
        promised = {column.name: column for column in schema.columns} if schema else {}
        for target, name in targets.items():
            lines.append(_column_line(target, seen[name], promised.get(target)))
        for target, column in promised.items():
            if target not in targets:
                need = "required" if column.required else "optional"
                lines.append(
                    f'# {_comment(_quoted(target))} = "?"  # {need}; no column looks like it'
                )
        left = [name for name in names if name not in targets.values()]
        if keep:
            for target, name in _own_names(left).items():
                lines.append(_column_line(target, seen[name], None))
        elif left:
            lines.append(f"# not used: {_comment(', '.join(left))}")
        return "\n".join(lines) + "\n"

    def _file_lines(self) -> Iterator[str]:
        about = [self.format]
        if self.encoding:
            about += [f"encoding {self.encoding}", f"delimiter {self.delimiter!r}"]
        yield f"{self.source}: {', '.join(about)}"
        if self.sheets:
            yield f"sheets: {', '.join(self.sheets)} (looked at: {self.sheet})"
        if self.header_row:
            yield f"header: row {self.header_row}"
        yield f"rows of data: {self.rows}"
        if self.totals:
            rows = ", ".join(map(str, self.totals[:10])) + (" …" if len(self.totals) > 10 else "")
            yield f"rows of totals: {len(self.totals)} (row {rows})"

    def _column_lines(self) -> Iterator[str]:
        yield f"columns: {len(self.columns)}"
        for column in self.columns:
            parts: list[str] = [column.kind]
            parts += [f"unit {column.unit}"] if column.unit else []
            parts += [f"{column.missing} missing"] if column.missing else []
            examples = ", ".join(map(repr, column.examples))
            yield f"  {column.name}: {', '.join(parts)}; such as {examples or 'nothing'}"

    def _problem_lines(self) -> Iterator[str]:
        findings = [str(problem) for problem in self.problems]
        findings += [
            f"column {column.name!r}: found {', '.join(map(repr, column.odd))}, "
            f"unlike its other cells ({column.kind})"
            for column in self.columns
            if column.odd
        ]
        if findings:
            yield f"problems: {len(findings)}"
            yield from (f"  - {finding}" for finding in findings)

    def _reading_lines(self) -> Iterator[str]:
        if len(self.sheets) > 1:
            yield f"sheet = {_quoted(self.sheet or '')}"
        if self.header_row:
            yield f"header_row = {self.header_row}"
        if self.encoding and not self.encoding.startswith("utf-8"):
            yield f"encoding = {_quoted(self.encoding)}"
        if self.delimiter and self.delimiter != ",":
            yield f"delimiter = {_quoted(self.delimiter)}"
        if self.totals:
            yield f"drop_where = {json.dumps(list(TOTALS), ensure_ascii=False)}"
        else:
            yield "drop_where = []"


def inspect(path: str | Path, *, sheet: str | int | None = None) -> Inspection:
    """Look at a source without promising anything about it.

    Args:
        path: File, database URL or ``name:table``.
        sheet: Sheet name or 1-based number; the first visible sheet when None.

    Raises:
        InputError: If the source is missing or unreadable.
        InputProblems: If the file is empty, or its text is broken.
    """
    source = str(path)
    if is_connection(source) or kind_of(existing(source)) == "parquet":
        raw = read_raw(source)
    else:
        grid = read_grid(source, sheet=sheet)
        raw = with_header(grid, guess_header(grid))
    total = rows_with(raw.frame, TOTALS)
    rows = tuple(raw.row_numbers[np.flatnonzero(total)].tolist())
    return Inspection(
        source=raw.source,
        format=raw.format,
        encoding=raw.encoding,
        delimiter=raw.delimiter,
        sheet=raw.sheet,
        sheets=raw.sheets,
        header_row=raw.header_row,
        rows=len(raw.frame),
        totals=rows,
        columns=tuple(_look(_head(raw, ~total), str(name)) for name in raw.frame.columns),
        problems=tuple(problem for problem in raw.problems if problem.row not in rows),
    )


def _head(raw: RawTable, kept: np.ndarray[Any, np.dtype[np.bool_]]) -> RawTable:
    chosen = np.flatnonzero(kept)[:_LOOKED]
    return RawTable(
        raw.frame.iloc[chosen].reset_index(drop=True),
        raw.row_numbers[chosen],
        raw.source,
        raw.format,
        numeric={name: mask[chosen] for name, mask in raw.numeric.items()},
        decimal=raw.decimal,
    )


def _look(raw: RawTable, name: str) -> Seen:
    cells = raw.frame[name]
    unit = split_unit(name)[1]
    kind, odd = _guess(raw, name)
    shown = without_missing(cells, None, kind) if is_text(cells) else cells
    examples = tuple(map(str, shown.dropna().drop_duplicates().head(3)))
    return Seen(name, kind, int(shown.isna().sum()), examples, unit, odd)


def _guess(raw: RawTable, name: str) -> tuple[Kind, tuple[str, ...]]:
    """Return the first kind that fits most cells, and up to three cells that it does not fit."""
    # A unit in the header says that the cells are meant as numbers, even if many are not.
    most = _HALF if split_unit(name)[1] else _MOSTLY
    there = int(without_missing(raw.frame[name].astype("str"), None, "number").notna().sum())
    digits = raw.frame[name].astype("str").str.fullmatch(r"(?:19|20)\d{6}", na=False).sum()
    order = ("date", *_GUESSES) if there and digits >= _MOSTLY * there else _GUESSES
    for kind in order:
        result = convert(raw, Column(name, kind, nullable=True))
        if there and not result.whole and len(result.refused) <= (1 - most) * there:
            odd = dict.fromkeys(str(raw.frame[name].iloc[place]) for place in result.refused)
            return kind, tuple(odd)[:3]
    return "text", ()


def _own_names(names: list[str]) -> dict[str, str]:
    """Name each column as the file does, without its unit where that stays unambiguous."""
    bare = [split_unit(name)[0] for name in names]
    return {
        short if bare.count(short) == 1 and (short == name or short not in names) else name: name
        for name, short in zip(names, bare, strict=True)
    }


def _column_line(target: str, seen: Seen, promised: Column | None) -> str:
    numeric = promised.kind in ("integer", "number") if promised else seen.kind in _GUESSES[:2]
    key, source = _quoted(target), _quoted(seen.name)
    if seen.unit and numeric:
        return f"{key} = {{ from = {source}, unit = {_quoted(seen.unit)} }}"
    return f"{key} = {source}"


def _quoted(text: str) -> str:
    # A JSON string is a TOML string but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _comment(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
