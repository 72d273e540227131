"""Rows of an export that are no data: totals, notes, repeated headers, a row of units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.data.header import is_value, split_unit
from analysis.data.reading.raw import Grid, RawTable, blank
from analysis.data.totals import TOTALS, rows_with
from analysis.data.values.arrays import is_text
from analysis.data.values.written_numbers import narrow, unit_of

Mask = npt.NDArray[np.bool_]
_MOST_SKIPPED = 40
_UNIT_WORDS = ("单位:", "单位")


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a mapping should leave out.

    Attributes:
        totals: Mask of shape (n,) of the rows of totals.
        odd: Mask of shape (n,) of the other rows that are no data.
        skip_rows: Their numbers as a spreadsheet shows them, but for those at the end.
        skip_footer: Number of last rows to leave out.
        units: Unit by column, from a row of units below the header.
    """

    totals: Mask
    odd: Mask
    skip_rows: tuple[int, ...]
    skip_footer: int
    units: dict[str, str]

    @property
    def kept(self) -> Mask:
        """Mask of shape (n,) of the rows of data."""
        kept: Mask = ~(self.totals | self.odd)
        return kept


def rows_to_leave(raw: RawTable) -> Leaving:
    """Find the rows of a table that are no data; none in a typed table."""
    count = len(raw.frame)
    totals = rows_with(raw.frame, TOTALS)
    if raw.format not in ("csv", "xlsx") or not count:
        return Leaving(totals, np.zeros(count, dtype=bool), (), 0, {})
    units = _units_below(raw)
    odd = _repeated(raw) | (_notes(raw) & ~totals)
    if units:
        odd[0] = True
    data = np.flatnonzero(~(odd | totals))
    last = int(data[-1]) if len(data) else -1
    tail = np.flatnonzero(odd[last + 1 :])
    footer = count - (last + 1 + int(tail[0])) if len(tail) else 0
    inside = np.flatnonzero(odd[: count - footer])
    rows = tuple(raw.row_numbers[inside][:_MOST_SKIPPED].tolist())
    return Leaving(totals, odd, rows, footer, units)


def _repeated(raw: RawTable) -> Mask:
    """Rows that say the header again: exports put below each other."""
    names = list(map(str, raw.frame.columns))
    same = np.ones(len(raw.frame), dtype=bool)
    for name in names:
        cells = raw.frame[name].fillna("").map(lambda cell: " ".join(str(cell).split()))
        same &= (cells == name).to_numpy()
    return same


def _notes(raw: RawTable) -> Mask:
    """Rows that hold words in a single cell, in a table of three and more columns."""
    there = (~blank(raw.frame)).to_numpy()
    notes = np.zeros(len(raw.frame), dtype=bool)
    if raw.frame.shape[1] < 3 or there.sum(axis=1).max() < 3:
        return notes
    for row in np.flatnonzero(there.sum(axis=1) == 1):
        cell = str(raw.frame.iloc[int(row), int(np.argmax(there[row]))])
        notes[row] = not is_value(cell)
    return notes


def _units_below(raw: RawTable) -> dict[str, str]:
    """Units in the row below the header, where all that stands there are units."""
    found = {}
    for name in map(str, raw.frame.columns):
        cell = "" if pd.isna(raw.frame[name].iloc[0]) else narrow(str(raw.frame[name].iloc[0]))
        bare = cell.strip("()[] ").removeprefix("单位:")
        if bare and unit_of(bare) is None:
            return {}
        if bare:
            found[name] = bare
    return found


def unit_above(grid: Grid, header_row: int) -> str:
    """Return the unit of a title row for the whole sheet (``单位：万元``); empty if none."""
    for row in range(header_row - 1):
        for cell in grid.cells.iloc[row].dropna():
            for part in narrow(str(cell)).replace("(", " ").replace(")", " ").split():
                for word in _UNIT_WORDS:
                    unit = part.removeprefix(word)
                    if unit != part and unit_of(unit) is not None:
                        return unit
    return ""


def columns_to_fill(raw: RawTable) -> tuple[str, ...]:
    """Find columns in which only the first row of each block says what holds for all of it.

    Such are columns of text that are full at the top, blank in at least a third of the rows, and
    stand left of a column that is never blank.
    """
    empty = blank(raw.frame.loc[:, [is_text(raw.frame[name]) for name in raw.frame.columns]])
    names = list(map(str, empty.columns))
    found = []
    for place, name in enumerate(names):
        mask = empty[name].to_numpy()
        beside = any(not empty[other].any() for other in names[place + 1 :])
        blocks = len(mask) > 2 and not mask[0] and mask.mean() >= 1 / 3
        if blocks and beside and not split_unit(name)[1]:
            found.append(name)
    return tuple(found)
