"""``analysis data inspect``: what a file looks like, and a mapping that would read it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.base.errors import InputProblems, Problem
from analysis.base.schema import Kind, TableSchema
from analysis.data.convert import without_missing
from analysis.data.guessing import decimal_sign, guess_column
from analysis.data.header import guess_header, split_unit
from analysis.data.leaving import Leaving, columns_to_fill, rows_to_leave, unit_above
from analysis.data.reading.names import is_connection
from analysis.data.reading.raw import Grid, RawTable, with_header
from analysis.data.reading.reader import existing, kind_of, read_grid, read_raw
from analysis.data.suggestion import draft, toml
from analysis.data.values.arrays import is_text

_LOOKED = 5_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What one column looks like.

    Attributes:
        name: The file's column name.
        kind: Kind that at least nine of ten cells have.
        missing: Number of missing cells.
        examples: Up to three different cells.
        unit: Unit that the header, or the row below it, names (``"万元"``); empty if none.
        odd: Up to three cells that are not of the kind.
        format: ``strptime`` format of its dates; empty for year-first ones.
        doubt: Another format that fits as well; empty if there is none.
    """

    name: str
    kind: Kind
    missing: int
    examples: tuple[str, ...]
    unit: str
    odd: tuple[str, ...]
    format: str = ""
    doubt: str = ""


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
        decimal: Decimal sign that must be named; empty if none must.
        skip_rows: Spreadsheet rows that repeat the header or name units.
        skip_footer: Number of last rows that are notes.
        fill_down: Columns in which a blank cell means the one above.
        unit_above: Unit that a title row names for the whole sheet; empty if none.
        doubts: What had to be guessed, in words.
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
    decimal: str = ""
    skip_rows: tuple[int, ...] = ()
    skip_footer: int = 0
    fill_down: tuple[str, ...] = ()
    unit_above: str = ""
    doubts: tuple[str, ...] = ()

    def text(self) -> str:
        """Say what was seen, for a reader at a terminal."""
        return "\n".join([*self._file_lines(), *self._column_lines(), *self._problem_lines()])

    def mapping_toml(self, schema: TableSchema | None = None, *, keep: bool = False) -> str:
        """Suggest a mapping file by the names and kinds of the columns alone.

        Args:
            schema: Table that is wanted; its column names become the targets. Without one the
                file's own names stay.
            keep: Whether columns that are not wanted stay under names of their own.
        """
        return toml(self, draft(self, schema, keep=keep), schema)

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
        if self.skip_rows:
            yield f"rows that are no data: {', '.join(map(str, self.skip_rows))}"
        if self.skip_footer:
            yield f"notes at the end: the last {self.skip_footer} rows"
        if self.decimal:
            yield f"decimal sign: {self.decimal!r}"

    def _column_lines(self) -> Iterator[str]:
        yield f"columns: {len(self.columns)}"
        for column in self.columns:
            parts: list[str] = [column.kind]
            parts += [f"unit {column.unit}"] if column.unit else []
            parts += [f"format {column.format}"] if column.format else []
            parts += [f"{column.missing} missing"] if column.missing else []
            examples = ", ".join(map(repr, column.examples))
            yield f"  {column.name}: {', '.join(parts)}; such as {examples or 'nothing'}"

    def _problem_lines(self) -> Iterator[str]:
        odd = [
            f"  - column {column.name!r}: found {', '.join(map(repr, column.odd))}, "
            f"unlike its other cells ({column.kind})"
            for column in self.columns
            if column.odd
        ]
        if self.problems or odd:
            yield f"problems: {len(self.problems) + len(odd)}"
            # As many as an error would name: a file that is wrong throughout has thousands.
            if self.problems:
                yield from str(InputProblems(self.source, self.problems)).splitlines()[1:]
            yield from odd


def inspect(path: str | Path, *, sheet: str | int | None = None) -> Inspection:
    """Look at a source without promising anything about it.

    Args:
        path: File, database URL or ``name:table``.
        sheet: Sheet name or 1-based number; when None the first visible one that holds a table.

    Raises:
        InputError: If the source is missing or unreadable.
        InputProblems: If the file is empty or has no row of data, or its text is broken.
    """
    source = str(path)
    above, doubts = "", list[str]()
    if is_connection(source) or kind_of(existing(source)) == "parquet":
        raw = read_raw(source)
    else:
        grid, others = _grid(source, sheet)
        raw = with_header(grid, guess_header(grid))
        above = unit_above(grid, raw.header_row or 1)
        if others:
            same = ", ".join(others)
            doubts.append(
                f"other sheets have the same columns: {same}; a mapping reads one sheet, so save "
                "each as a file of one folder and give the folder"
            )
    if not len(raw.frame):
        where = f" below the header (row {raw.header_row})" if raw.header_row else ""
        raise InputProblems(source, [Problem(f"no rows of data{where}", "at least one row")])
    leaving = rows_to_leave(raw)
    head = _head(raw, leaving)
    sign, doubt = decimal_sign(head)
    head = dataclasses.replace(head, decimal=sign or head.decimal)
    rows = tuple(raw.row_numbers[np.flatnonzero(leaving.totals)].tolist())
    gone = {*raw.row_numbers[~leaving.kept].tolist()}
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
        columns=tuple(_look(head, str(name), leaving.units) for name in raw.frame.columns),
        problems=tuple(problem for problem in raw.problems if problem.row not in gone),
        decimal=sign,
        skip_rows=leaving.skip_rows,
        skip_footer=leaving.skip_footer,
        fill_down=columns_to_fill(head),
        unit_above=above,
        doubts=(*doubts, *([doubt] if doubt else [])),
    )


def _grid(source: str, sheet: str | int | None) -> tuple[Grid, list[str]]:
    """The sheet to look at, and the other sheets that have the same header."""
    grid = read_grid(source, sheet=sheet)
    if sheet is not None or len(grid.sheets) < 2:
        return grid, []
    grids = [_sheet(source, name) for name in grid.sheets]
    tables = [each for each in grids if each is not None and _is_table(each)]
    if not tables:
        return grid, []
    chosen = tables[0]
    names = _names(chosen)
    return chosen, [str(each.sheet) for each in tables[1:] if _names(each) == names]


def _sheet(source: str, name: str) -> Grid | None:
    """Return a sheet's cells; None if it is empty."""
    try:
        return read_grid(source, sheet=name)
    except InputProblems:
        return None


def _names(grid: Grid) -> list[str]:
    return list(map(str, with_header(grid, guess_header(grid)).frame.columns))


def _is_table(grid: Grid) -> bool:
    raw = with_header(grid, guess_header(grid))
    return raw.frame.shape[1] >= 2 and len(raw.frame) >= 1


def _head(raw: RawTable, leaving: Leaving) -> RawTable:
    chosen = np.flatnonzero(leaving.kept)[:_LOOKED]
    return RawTable(
        raw.frame.iloc[chosen].reset_index(drop=True),
        raw.row_numbers[chosen],
        raw.source,
        raw.format,
        numeric={name: mask[chosen] for name, mask in raw.numeric.items()},
        decimal=raw.decimal,
    )


def _look(raw: RawTable, name: str, units: dict[str, str]) -> Seen:
    cells = raw.frame[name]
    guess = guess_column(raw, name)
    shown = without_missing(cells, None, guess.kind) if is_text(cells) else cells
    examples = tuple(map(str, shown.dropna().drop_duplicates().head(3)))
    unit = split_unit(name)[1] or units.get(name, "")
    return Seen(name, guess.kind, int(shown.isna().sum()), examples, unit, guess.odd,
                guess.format, guess.doubt)  # fmt: skip
