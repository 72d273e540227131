"""A mapping suggested for a file: which column is which, and what had to be guessed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.base.schema import Column, Kind, TableSchema
from analysis.data.header import propose, split_unit
from analysis.data.totals import TOTALS
from analysis.data.wanted import DATED, NUMERIC, fitting

if TYPE_CHECKING:
    from analysis.data.inspection import Inspection, Seen

_MONEY = ("额", "gmv", "收入", "营收", "成本", "费用", "利润", "sales", "revenue", "amount")


@dataclass(slots=True)
class Draft:
    """A mapping being made.

    Attributes:
        columns: The file's column by target.
        left: Columns of the file that serve as none.
        units: Unit by target, where the column does not name its own.
        constants: Value by target that the file does not have.
        combine: Way by target to put several rows of one key together.
        everything: Whether all sheets and totals stay, as in the tables of a plan.
        notes: Comments below the columns: lines that may be taken in.
        doubts: What had to be guessed, in words.
    """

    columns: dict[str, Seen]
    left: list[Seen]
    units: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    combine: dict[str, str] = field(default_factory=dict)
    everything: bool = False
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def draft(seen: Inspection, schema: TableSchema | None, *, keep: bool = False) -> Draft:
    """Choose the file's columns by their names and kinds.

    Args:
        seen: What the file looks like.
        schema: Table that is wanted; the file's own names stay when None.
        keep: Whether columns that are not wanted stay under names of their own.
    """
    by_name = {column.name: column for column in seen.columns}
    names = list(by_name)
    if schema is None:
        targets = own_names(names)
    else:
        kinds: dict[str, Kind] = {column.name: column.kind for column in seen.columns}
        targets = propose(names, schema.names, fitting(kinds, schema))
    made = Draft({target: by_name[name] for target, name in targets.items()}, [])
    rest = [name for name in names if name not in targets.values()]
    if keep:
        taken = made.columns
        made.columns = taken | {
            target if target not in taken else name: by_name[name]
            for target, name in own_names(rest).items()
        }
        rest = []
    made.left = [by_name[name] for name in rest]
    made.doubts += seen.doubts
    if schema is not None:
        made.doubts += _doubts(made, schema)
        _take_unit_above(seen, made, schema)
    return made


def own_names(names: Sequence[str]) -> dict[str, str]:
    """Name each column as the file does, without its unit where that stays unambiguous."""
    bare = [split_unit(name)[0] for name in names]
    return {
        short if bare.count(short) == 1 and (short == name or short not in names) else name: name
        for name, short in zip(names, bare, strict=True)
    }


def _doubts(made: Draft, schema: TableSchema) -> Iterator[str]:
    promised = {column.name: column for column in schema.columns}
    for target, column in made.columns.items():
        asked = promised[target].kind if target in promised else column.kind
        if asked in DATED and column.doubt:
            yield (f"{column.name}: day and month are read as {column.format}; "
                   f"{column.doubt} would fit as well")  # fmt: skip
        if asked in DATED and column.kind not in DATED:
            yield f"{column.name}: its cells are no dates{_shown(column)}"
        if asked in NUMERIC and column.kind not in NUMERIC:
            yield f"{column.name}: its cells are no numbers{_shown(column)}"
        if column.odd:
            odd = ", ".join(map(repr, column.odd))
            yield f"{column.name}: found {odd} among its {column.kind} cells; mend them in the file"


def _shown(column: Seen) -> str:
    return f", such as {column.examples[0]!r}" if column.examples else ""


def _take_unit_above(seen: Inspection, made: Draft, schema: TableSchema) -> None:
    """Give the amounts of a sheet in 万元 their unit; counts are not in it."""
    if not seen.unit_above:
        return
    promised = {column.name: column.kind for column in schema.columns}
    for target, column in made.columns.items():
        lower = column.name.lower()
        numeric = promised.get(target, column.kind) in ("integer", "number")
        if numeric and not column.unit and any(word in lower for word in _MONEY):
            made.units[target] = seen.unit_above
            made.doubts.append(
                f"{column.name}: taken to be in {seen.unit_above}, as a row above the header says"
            )


def toml(seen: Inspection, made: Draft, schema: TableSchema | None) -> str:
    """Write a suggestion down, what is not sure as comments."""
    lines = [f"# Suggested for {comment(seen.source)}; check it before use."]
    lines += [f"# check: {comment(doubt)}" for doubt in made.doubts]
    lines += [*_reading_lines(seen, made, schema), "", "[columns]"]
    promised = {column.name: column for column in schema.columns} if schema else {}
    for target, column in made.columns.items():
        lines.append(_column_line(target, column, promised.get(target), made.units.get(target)))
    for target, asked in promised.items():
        if target not in made.columns and target not in made.constants:
            need = "required" if asked.required else "optional"
            lines.append(f'# {comment(quoted(target))} = "?"  # {need}; no column looks like it')
    lines += [f"# {comment(note)}" for note in made.notes]
    if made.left:
        lines.append(f"# not used: {comment(', '.join(column.name for column in made.left))}")
    for title, table in (("constants", made.constants), ("combine", made.combine)):
        if table:
            lines += ["", f"[{title}]"]
            lines += [f"{quoted(name)} = {quoted(value)}" for name, value in table.items()]
    return "\n".join(lines) + "\n"


def _reading_lines(seen: Inspection, made: Draft, schema: TableSchema | None) -> Iterator[str]:
    if len(seen.sheets) > 1 and not made.everything:
        yield f"sheet = {quoted(seen.sheet or '')}"
    if seen.header_row:
        yield f"header_row = {seen.header_row}"
    if seen.skip_rows:
        yield f"skip_rows = {list(seen.skip_rows)}"
    if seen.skip_footer:
        yield f"skip_footer = {seen.skip_footer}"
    if seen.encoding and not seen.encoding.startswith("utf-8"):
        yield f"encoding = {quoted(seen.encoding)}"
    if seen.delimiter and seen.delimiter != ",":
        yield f"delimiter = {quoted(seen.delimiter)}"
    if seen.decimal:
        yield f"decimal = {quoted(seen.decimal)}"
    words = list(TOTALS) if seen.totals and not made.everything else []
    yield f"drop_where = {json.dumps(words, ensure_ascii=False)}"
    if filled := to_fill(seen, made, schema):
        yield f"fill_down = {json.dumps(filled, ensure_ascii=False)}"


def to_fill(seen: Inspection, made: Draft, schema: TableSchema | None) -> list[str]:
    """Columns of blocks that must say what a row is: names and dates, never values."""
    needed = [
        column.name for column in (schema.columns if schema else ())
        if column.required and not column.nullable and column.kind in ("text", *DATED)
    ]  # fmt: skip
    return [made.columns[name].name for name in needed
            if name in made.columns and made.columns[name].name in seen.fill_down]  # fmt: skip


def _column_line(target: str, seen: Seen, promised: Column | None, unit: str | None) -> str:
    kind = promised.kind if promised else seen.kind
    parts = [f"from = {quoted(seen.name)}"]
    if (seen.unit or unit) and kind in ("integer", "number"):
        parts.append(f"unit = {quoted(seen.unit or unit or '')}")
    if seen.format and kind in DATED:
        parts.append(f"format = {quoted(seen.format)}")
    value = quoted(seen.name) if len(parts) == 1 else f"{{ {', '.join(parts)} }}"
    return f"{quoted(target)} = {value}"


def quoted(text: str) -> str:
    """Write text as TOML does; a JSON string is one but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def comment(text: str) -> str:
    """Write text so that it stays on the line of a comment."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
