"""``data.load``: any table a notebook is given, checked, with what a reader must know about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.base import formats
from analysis.base.days import as_of_day
from analysis.base.language import translator
from analysis.base.nature import natures
from analysis.base.paths import home
from analysis.base.schema import TableSchema
from analysis.data.catalog.listing import Dataset, read_catalog
from analysis.data.catalog.prepare import verify
from analysis.data.loading import Facts, load_table
from analysis.data.mapping import load_mapping, parse_mapping

if TYPE_CHECKING:
    import pandas as pd

SHORT = 12


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A checked table and where it came from.

    Attributes:
        frame: The rows, columns as the schema promises them.
        schema: What was promised.
        facts: What the reader found.
        dataset: The catalog's entry; None for the caller's own table.
        as_of: Last day that counts as known, ISO; empty if all rows do.
        units: Column → unit, where one is known.
    """

    frame: pd.DataFrame
    schema: TableSchema
    facts: Facts
    dataset: Dataset | None
    as_of: str
    units: dict[str, str]

    def unit(self, column: str) -> str:
        """Return the unit of a column; empty if none is known."""
        return self.units.get(column, "")

    def meaning(self, column: str) -> str:
        """Return the catalog's description of a column and its unit; empty if there is none."""
        if self.dataset is None:
            return ""
        view = self.dataset.views.get(self.schema.name)
        own = view.columns.get(column, column) if view else column
        if own not in self.dataset.schema.names:
            return ""
        unit = self.unit(column)
        return self.dataset.schema[own].description + (f" ({unit})" if unit else "")

    def describe(self, lang: str) -> tuple[str, str, str, Sequence[tuple[str, str]]]:
        """Return title, nature, nature in words, and pairs of label and text for a data card."""
        say = translator(lang)
        nature = self.dataset.nature if self.dataset else "own"
        title = self.dataset.title if self.dataset else Path(self.facts.source).name
        facts = [(say("Rows"), formats.fixed(self.facts.rows_kept, 0))]
        facts += self._period(lang)
        if self.as_of:
            facts.append((say("Known up to"), formats.date(self._known(), lang)))
        facts += [(say("Left out: {why}", why=why), f"{n:,}") for why, n in self.facts.dropped if n]
        if self.dataset:
            facts += [
                (say("One row is"), self.dataset.unit),
                (say("Source"), self.dataset.source),
                (say("Licence of the data"), self.dataset.data_licence),
                *([(say("Note"), self.dataset.note)] if self.dataset.note else []),
            ]
        else:
            facts.append((say("Source"), self.facts.source))
        if self.facts.sha256:
            facts.append((say("Checksum (SHA-256)"), self.facts.sha256[:SHORT] + "…"))
        return title, nature, natures(lang)[nature], facts

    def _dates(self) -> pd.Series | None:
        """The first column of dates; None if there is none."""
        names = [c.name for c in self.schema.columns if c.kind in ("date", "datetime")]
        return self.frame[names[0]] if names and len(self.frame) else None

    def _known(self) -> dt.date:
        """The last day that counts as known: ``as_of``, or where the table ends before it."""
        day, dates = as_of_day(self.as_of), self._dates()
        return day if dates is None else min(day, dates.max().date())

    def _period(self, lang: str) -> list[tuple[str, str]]:
        dates = self._dates()
        if dates is None:
            return []
        first, last = dates.min(), dates.max()
        period = f"{formats.date(first, lang)} – {formats.date(last, lang)}"
        say = translator(lang)
        return [(say("Period"), period)]


def load(
    source: str | Path, schema: TableSchema, *, mapping: str | Path = "", as_of: str = ""
) -> Opened:
    """Open a table by path, dataset id or connection, and check it against a schema.

    Args:
        source: A file (CSV, XLSX, Parquet), an id of the catalog, a database URL, or
            ``connection:table`` with the URL in the environment.
        schema: What the table must be.
        mapping: Path of a ``mapping.toml``; empty for none. A dataset of the catalog brings its
            own view when there is none.
        as_of: Last day that counts as known, ISO; empty for the dataset's own, if it has one.

    Raises:
        InputError: If there is no such table, dataset or mapping, or ``as_of`` is no day.
        InputProblems: If the table is not as promised; all findings in one message.
    """
    if as_of:
        as_of_day(as_of)
    given = load_mapping(mapping) if mapping else None
    dataset = _dataset(source)
    if dataset is None:
        loaded = load_table(source, schema, mapping=given)
        return Opened(loaded.frame, schema, loaded.facts, None, as_of, _units(schema, None, {}))
    path = verify(home(), [dataset.id])[0].path
    view = dataset.views.get(schema.name)
    columns = dict(view.columns) if view else {}
    if given is None and columns:
        given = parse_mapping({"columns": columns}, f"view of {dataset.id}")
    loaded = load_table(path, schema, mapping=given)
    known = as_of or (view.as_of if view else "")
    units = _units(schema, dataset, columns)
    return Opened(loaded.frame, schema, loaded.facts, dataset, known, units)


def _dataset(source: str | Path) -> Dataset | None:
    """Return the catalog's entry if the source is an id and not a file of that name."""
    if Path(source).exists():
        return None
    return read_catalog(home()).datasets.get(str(source))


def _units(schema: TableSchema, dataset: Dataset | None, columns: dict[str, str]) -> dict[str, str]:
    units = {column.name: column.unit for column in schema.columns}
    if dataset is not None:
        own = {column.name: column.unit for column in dataset.schema.columns}
        seen_as = {name: columns.get(name, name) for name in units}
        units |= {name: own[source] for name, source in seen_as.items() if source in own}
    return {name: unit for name, unit in units.items() if unit}
