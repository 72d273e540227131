"""A suggestion tried on the file itself: rows of one key, the known future, what still fails."""

from __future__ import annotations

import dataclasses
import tomllib
from typing import TYPE_CHECKING

import pandas as pd

from analysis.base.errors import InputError
from analysis.base.schema import Column, TableSchema
from analysis.data.combining import combine_rows
from analysis.data.convert import convert
from analysis.data.header import propose
from analysis.data.loading import load_table, read_mapped
from analysis.data.mapping import Mapping, parse_mapping
from analysis.data.reading.raw import RawTable
from analysis.data.suggestion import Draft, draft, quoted, toml
from analysis.data.wanted import DATED, NUMERIC, Wanted, choose
from analysis.forecasting import PANEL

if TYPE_CHECKING:
    from analysis.data.inspection import Inspection, Seen

_AHEAD = ("promo", "open")
"""Columns of a panel that a forecast may know ahead; a 0/1 each."""
_FIRST_LINES = 6


@dataclasses.dataclass(frozen=True, slots=True)
class Suggestion:
    """A mapping for a notebook.

    Attributes:
        wanted: The table that the file is read as.
        toml: The mapping file.
        doubts: What had to be guessed or does not fit yet, in words.
        reads: Whether the file can be read with it.
    """

    wanted: Wanted
    toml: str
    doubts: tuple[str, ...]
    reads: bool


def suggest(seen: Inspection, notebook: str = "") -> Suggestion:
    """Suggest a mapping and try it.

    Args:
        seen: What the file looks like.
        notebook: Notebook that is to read it, or ``notebook.parameter``; guessed if empty.

    Raises:
        InputError: If no notebook of that name reads a table.
    """
    wanted = choose({column.name: column.kind for column in seen.columns}, notebook)
    made = draft(seen, wanted.schema, keep=wanted.keep)
    # A total of a plan is a figure to be checked, not a row too many.
    made.everything = wanted.schema.name == "plan"
    if wanted.schema.name == "panel":
        _complete(seen, made)
    reads = True
    if wanted.checked:
        _combine(seen, made, wanted)
        reads = _tried(seen, made, wanted)
    return Suggestion(wanted, toml(seen, made, wanted.schema), tuple(made.doubts), reads)


def _complete(seen: Inspection, made: Draft) -> None:
    """Give a panel without a date, a value or a name of its series what comes nearest."""
    free = {column.name: column for column in made.left}
    for target, kinds, told in (("ds", DATED, "date"), ("y", NUMERIC[:2], "value to forecast")):
        fit = next((name for name, column in free.items() if column.kind in kinds), None)
        if target not in made.columns and fit is not None:
            made.columns[target] = free.pop(fit)
            made.doubts.append(f"{fit}: taken for the {told}, since no name says which one is")
    words = [name for name, column in free.items() if column.kind == "text"]
    numbers = [name for name, column in free.items() if column.kind in NUMERIC[:2]]
    if "unique_id" not in made.columns:
        made.constants["unique_id"] = "all"
        another = f"; for a series of each {words[0]}, name it instead" if words else ""
        made.doubts.append(f"no column names a series: all rows are one series{another}")
    elif words:
        one = made.columns["unique_id"].name
        made.notes.append(f"unique_id may also be {' or '.join(words)} instead of {one}")
    if numbers and "y" in made.columns:
        one = made.columns["y"].name
        made.notes.append(f"y may also be {' or '.join(numbers)} instead of {one}")
    ahead = propose([*free], _AHEAD)
    made.left = [column for name, column in free.items() if name not in ahead.values()]
    for target, name in ahead.items():
        _known_ahead(seen, made, target, free[name])


def _known_ahead(seen: Inspection, made: Draft, target: str, column: Seen) -> None:
    """Take a promotion in if it is a 0/1 and the coming days are in the file, too."""
    line = f"{target} = {quoted(column.name)}"
    if column.kind != "boolean" and not set(column.examples) <= {"0", "1"}:
        made.left.append(column)
        made.notes.append(
            f"{column.name} may serve as {target} once its cells are 0 and 1 (or 否, 是)"
        )
        return
    if _has_future(seen, made):
        made.columns[target] = column
        return
    made.notes.append(line)
    made.notes.append(f"  (take this in once the rows of the coming days are there, too, with "
                      f"{column.name} and without a value: what drives a forecast must be known "
                      "ahead)")  # fmt: skip


def _has_future(seen: Inspection, made: Draft) -> bool:
    """Whether the file goes on after the last value."""
    if not {"ds", "y"} <= set(made.columns):
        return False
    try:
        raw = _read(seen, made, PANEL)
    except InputError:
        return False
    days = convert(raw, Column("ds", "datetime", nullable=True)).values
    values = convert(raw, Column("y", "number", nullable=True)).values
    if days.isna().all() or values.isna().all():
        return False
    return bool(days.max() > days[values.notna()].max())


def _combine(seen: Inspection, made: Draft, wanted: Wanted) -> None:
    """Say how several rows of one key are put together, where there are such."""
    schema, key = wanted.schema, wanted.schema.key
    there = [name for name in key if name in made.columns]
    if not key or not there or len(there) + len(made.constants) < len(key):
        return
    try:
        raw = _read(seen, made, schema)
    except InputError:
        return
    frame = pd.DataFrame({
        name: convert(raw, dataclasses.replace(schema[name], nullable=True)).values for name in key
    })  # fmt: skip
    dated = next((name for name in there if schema[name].kind in DATED), "")
    moments = frame[dated] if dated else None
    odd_times = moments is not None and bool(
        (moments.dropna() != moments.dropna().dt.floor("h")).any()
    )
    ways = {dated: "day"} if odd_times else {}
    trial = combine_rows(frame, schema, ways)
    again = len(frame) - len(trial)
    if not again:
        return
    values = {name: _way(made.columns[name], name) for name in made.columns if name not in key}
    if not values:
        return  # nothing to put together: what is missing is said where the file is tried
    if schema.name != "panel":
        labels = " and ".join(made.columns[name].name for name in there)
        made.doubts.append(
            f"{again:,} rows repeat the {labels} of another row; mend them in the file"
        )
        return
    made.combine = ways | values
    labels = " and ".join(made.columns[name].name for name in there)
    said = ", ".join(f"{made.columns[name].name}: {way}" for name, way in values.items())
    made.doubts.append(f"{len(frame):,} rows are {len(trial):,} of one {labels} each"
                       f"{' (times cut to days)' if odd_times else ''}; they are put together "
                       f"({said}), as [combine] says")  # fmt: skip


def _way(column: Seen, target: str) -> str:
    return "sum" if target == "y" and "%" not in column.unit else "max"


def _read(seen: Inspection, made: Draft, schema: TableSchema) -> RawTable:
    return read_mapped(seen.source, _mapping(toml(seen, made, schema)), schema.names)


def _mapping(text: str) -> Mapping:
    return parse_mapping(tomllib.loads(text), "the suggested mapping")


def _tried(seen: Inspection, made: Draft, wanted: Wanted) -> bool:
    """Read the whole file with the suggestion; what is refused becomes a doubt."""
    mapping = _mapping(toml(seen, made, wanted.schema))
    try:
        load_table(seen.source, wanted.schema, mapping=mapping)
    except InputError as error:
        lines = [line.strip().removeprefix("- ") for line in str(error).splitlines()[:_FIRST_LINES]]
        made.doubts.append(f"cannot be read yet: {' | '.join(lines)}")
        return False
    return True
