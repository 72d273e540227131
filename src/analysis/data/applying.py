"""A mapping: what turns a planner's export into the columns a question asks for.

```toml
sheet = "销售"            # name or 1-based number
header_row = 3            # as a spreadsheet shows it
skip_rows = [4]           # rows to leave out, as a spreadsheet shows them
skip_footer = 1           # last rows that are not blank
drop_where = ["合计"]     # rows in which a cell is one of these words
missing = ["-", "无"]     # words for a missing value
fill_down = ["门店"]      # columns of the file in which a blank cell means the one above it

[columns]
ds = "日期"
y = { from = ["销售额", "GMV"], unit = "万元" }

[constants]
unique_id = "华东"

[combine]                 # rows of one key are added up; see data/combining.py
ds = "day"
y = "sum"
```
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.data.reading.raw import Mask, Origin, RawTable
from analysis.data.totals import TOTALS, rows_with
from analysis.data.values.arrays import is_text

MISSING = ("-", "—", "--", "/", "N/A", "NA", "无", "")
"""Words for a missing value when a mapping names none."""
MISSING_TEXT = ("-", "—", "--", "N/A", "")
"""The same in a column of text, where 无 and NA may be values."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where one target column comes from.

    Attributes:
        names: Names it may have in the file; exactly one of them must be there.
        unit: Unit of its plain numbers (``"万元"``, ``"%"``); empty if none.
        format: ``strptime`` format of its dates; empty for the year-first forms.
    """

    names: tuple[str, ...]
    unit: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a file is to be read; see the module's docstring.

    Attributes:
        columns: Source of each target column.
        constants: Value of each target column that the file does not have.
        sheet: Sheet name or 1-based number.
        header_row: 1-based row of the header.
        skip_rows: 1-based rows to leave out.
        skip_footer: Number of last rows, not counting blank ones, to leave out.
        drop_where: Words that mark a row to leave out.
        encoding: Encoding of a text file.
        delimiter: Delimiter of a text file.
        decimal: Decimal sign of numbers, ``"."`` or ``","``; empty to decide by the file.
        missing: Words for a missing value; None for the defaults.
        fill_down: The file's columns in which a blank cell means the one above it.
        combine: Way in which the values of a target are put together where several rows have one
            key; none are where it is empty.
        origin: File the mapping came from, for messages.
    """

    columns: Dict[str, Source] = field(default_factory=dict)
    constants: Dict[str, str] = field(default_factory=dict)
    sheet: str | int | None = None
    header_row: int | None = None
    skip_rows: tuple[int, ...] = ()
    skip_footer: int = 0
    drop_where: tuple[str, ...] = TOTALS
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str = ""
    missing: tuple[str, ...] | None = None
    fill_down: tuple[str, ...] = ()
    combine: Dict[str, str] = field(default_factory=dict)
    origin: str = "mapping"

    def row_by_row(self) -> Mapping:
        """Return itself, if every row can be read without the others.

        Raises:
            InputError: If ``fill_down`` or ``[combine]`` are in it.
        """
        given = {"fill_down": self.fill_down, "[combine]": self.combine}
        found = [name for name, value in given.items() if value]
        if found:
            raise InputError(
                f"{self.origin}: found {' and '.join(found)}, which this table cannot have: its "
                "rows are read one by one; write it anew with `analysis data convert`"
            )
        return self

    def apply(self, raw: RawTable, wanted: Iterable[str] = ()) -> RawTable:
        """Leave out rows and rename columns; no cell is converted.

        Args:
            raw: The table as found, read with this mapping's sheet, header row and encoding.
            wanted: Names of columns to keep though the mapping does not name them. Without
                ``[columns]`` all are kept.

        Raises:
            InputProblems: If sources are not in the file, or two columns fit one target.
        """
        raw = self._fill(self._select_rows(raw))
        names = self._resolve(raw)
        taken = {*names, *names.values(), *self.constants}
        kept = set(wanted) if self.columns else set(raw.frame.columns)
        others = [name for name in raw.frame.columns if name in kept - taken]
        frame = raw.frame[[*names.values(), *others]].set_axis([*names, *others], axis=1)
        frame = frame.assign(**{
            target: pd.Series([value] * len(frame), index=frame.index, dtype="str")
            for target, value in self.constants.items()
        })  # fmt: skip
        origins = {
            target: Origin(label, self.columns[target].unit, self.columns[target].format)
            for target, label in names.items()
        }
        origins |= {target: Origin(target, constant=True) for target in self.constants}
        numeric = {
            **{name: raw.numeric[name] for name in others if name in raw.numeric},
            **{name: raw.numeric[old] for name, old in names.items() if old in raw.numeric},
        }
        return dataclasses.replace(
            raw, frame=frame, origins=origins, numeric=numeric, missing=self.missing,
            decimal=self.decimal or raw.decimal,
        )  # fmt: skip

    def _select_rows(self, raw: RawTable) -> RawTable:
        rows = raw.row_numbers
        footer = np.zeros(len(rows), dtype=bool)
        if self.skip_footer:
            footer[-self.skip_footer :] = True
        return drop_rows(
            raw,
            {
                "skip_rows": np.isin(rows, self.skip_rows),
                "skip_footer": footer,
                "total rows": rows_with(raw.frame, self.drop_where),
            },
        )

    def _fill(self, raw: RawTable) -> RawTable:
        """Write the cell above into blank ones; rows that are left out fill nothing."""
        there = list(map(str, raw.frame.columns))
        lost = [name for name in self.fill_down if name not in there]
        if lost:
            problems = [
                Problem(f"no column {name!r}", f"a column of fill_down; {nearest(name, there)}")
                for name in lost
            ]
            raise InputProblems(f"{raw.source} ({self.origin})", problems)
        filled = {name: _filled(raw.frame[name]) for name in self.fill_down}
        return dataclasses.replace(raw, frame=raw.frame.assign(**filled)) if filled else raw

    def _resolve(self, raw: RawTable) -> dict[str, str]:
        """Return the file's column for each target whose source is there."""
        there = list(map(str, raw.frame.columns))
        problems: list[Problem] = []
        names: dict[str, str] = {}
        for target, source in self.columns.items():
            found = [name for name in source.names if name in there]
            if len(found) == 1:
                names[target] = found[0]
                continue
            asked = " or ".join(repr(name) for name in source.names)
            if found:
                seen = "both " + " and ".join(repr(name) for name in found)
                problems.append(Problem(seen, f"one column for {target!r}, not several"))
            else:
                hint = nearest(source.names[0], there)
                place = f"row {raw.header_row} has" if raw.header_row else "the columns are"
                listed = f" ({place} {', '.join(there)})" if hint.startswith("did") else ""
                expected = f"the source of {target!r}{listed}; {hint}"
                problems.append(Problem(f"no column {asked}", expected))
        if problems:
            raise InputProblems(f"{raw.source} ({self.origin})", problems)
        return names


def _filled(cells: pd.Series) -> pd.Series:
    if not is_text(cells):
        return cells.ffill()
    return cells.mask(cells.str.strip() == "").ffill()


def drop_rows(raw: RawTable, reasons: Dict[str, Mask]) -> RawTable:
    """Leave rows out and count them under the first reason that holds.

    Args:
        raw: Table of n rows.
        reasons: Masks of shape (n,) by the name of the reason.
    """
    gone = np.zeros(len(raw.frame), dtype=bool)
    counts = list(raw.dropped)
    for reason, mask in reasons.items():
        new = mask & ~gone
        if new.any():
            counts.append((reason, int(new.sum())))
        gone |= new
    if not gone.any():
        return raw
    lost = set(raw.row_numbers[gone].tolist())
    return dataclasses.replace(
        raw,
        frame=raw.frame[~gone].reset_index(drop=True),
        row_numbers=raw.row_numbers[~gone],
        numeric={name: mask[~gone] for name, mask in raw.numeric.items()},
        problems=tuple(problem for problem in raw.problems if problem.row not in lost),
        dropped=tuple(counts),
    )


def clashes(columns: Dict[str, Source], constants: Sequence[str]) -> list[Problem]:
    """Find sources claimed by two targets, and targets given twice."""
    owners: dict[str, str] = {}
    problems = []
    for target, source in columns.items():
        for name in source.names:
            if owners.setdefault(name, target) != target:
                problems.append(
                    Problem(
                        f"{name!r} as the source of {owners[name]!r} and of {target!r}",
                        "one target for each source",
                    )
                )
    problems += [
        Problem(f"{name!r} in [columns] and in [constants]", "each target once")
        for name in constants
        if name in columns
    ]
    return problems
