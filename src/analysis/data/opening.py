"""``data.load``: any table a notebook is given, checked, with what a reader must know about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.base import formats
from analysis.base.days import as_of_day
from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.base.nature import natures
from analysis.base.paths import home
from analysis.base.schema import TableSchema
from analysis.data import subset
from analysis.data.catalog.listing import Dataset, read_catalog
from analysis.data.catalog.prepare import verify
from analysis.data.combining import COMBINED
from analysis.data.loading import Facts, Loaded, load_table
from analysis.data.mapping import Mapping, load_mapping, parse_mapping
from analysis.data.values.written_numbers import unit_of

if TYPE_CHECKING:
    import pandas as pd

SHORT = 12
WHOLE = subset.Part()


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
        part: What the table was cut down to; the whole if nothing was asked for.
    """

    frame: pd.DataFrame
    schema: TableSchema
    facts: Facts
    dataset: Dataset | None
    as_of: str
    units: dict[str, str]
    part: subset.Part = WHOLE

    def caveat(self, lang: str) -> str:
        """Return what must stand before every headline; empty if nothing need be said."""
        return self.part.caveat(lang)

    def unit(self, column: str) -> str:
        """Return the unit of a column; empty if none is known."""
        return self.units.get(column, "")

    def meaning(self, column: str, lang: str = "en") -> str:
        """Return the catalog's description of a column and its unit; empty if there is none."""
        if self.dataset is None:
            return ""
        view = self.dataset.views.get(self.schema.name)
        own = view.columns.get(column, column) if view else column
        if own not in self.dataset.schema.names:
            return ""
        what = self.dataset.told(self.dataset.schema[own].description, lang)
        if not (unit := formats.unit_name(self.unit(column), lang)):
            return what
        say = translator(lang)
        return say("{what} ({unit})", what=what, unit=unit)

    def describe(self, lang: str) -> tuple[str, str, str, Sequence[tuple[str, str]]]:
        """Return title, nature, nature in words, and pairs of label and text for a data card."""
        say = translator(lang)
        nature = self.dataset.nature if self.dataset else "own"
        one = self.dataset
        title = one.told(one.title, lang) if one else Path(self.facts.source).name
        facts = [*self.part.facts(lang), (say("Rows"), formats.fixed(self.facts.rows_kept, 0))]
        facts += self._period(lang)
        if self.as_of:
            facts.append((say("Known up to"), formats.date(self._known(), lang)))
        reasons = _reasons(lang)
        facts += [
            (say("Left out: {why}", why=reasons.get(why, why)), f"{n:,}")
            for why, n in self.facts.dropped
            if n
        ]
        if one:
            facts += [
                (say("One row is"), one.told(one.unit, lang)),
                (say("Source"), one.told(one.source, lang)),
                (say("Licence of the data"), one.told(one.data_licence, lang)),
                *([(say("Note"), one.told(one.note, lang))] if one.note else []),
            ]
        else:
            facts.append((say("Source"), self.facts.source))
        if self.facts.sha256:
            facts.append((say("Checksum (SHA-256)"), self.facts.sha256[:SHORT] + "…"))
        told = natures(lang)[nature]
        if self.part.sampled:
            told = say("{nature}, a sample", nature=told)
        return title, nature, told, facts

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
    source: str | Path,
    schema: TableSchema,
    *,
    mapping: str | Path = "",
    as_of: str = "",
    where: str = "",
    sample: float = 1.0,
) -> Opened:
    """Open a table by path, dataset id or connection, and check it against a schema.

    Args:
        source: A file (CSV, XLSX, Parquet), an id of the catalog, a database URL, or
            ``connection:table`` with the URL in the environment.
        schema: What the table must be.
        mapping: Path of a ``mapping.toml``; empty for none. A dataset of the catalog brings its
            own view when there is none.
        as_of: Last day that counts as known, ISO; empty for the dataset's own, if it has one.
        where: Rows to keep; see :mod:`analysis.data.subset`. Empty for all.
        sample: Share of the units to keep; units are the values of the key's first column.

    Raises:
        InputError: If there is no such table, dataset or mapping, ``as_of`` is no day, or
            ``where`` or ``sample`` is none.
        InputProblems: If the table is not as promised; all findings in one message.
    """
    clauses = subset.parse(where)
    subset.check_share(sample)
    asked = [clause.column for clause in clauses]
    if as_of:
        as_of_day(as_of)
    given = load_mapping(mapping) if mapping else None
    dataset = _dataset(source)
    if dataset is None:
        whole = load_table(source, schema, mapping=given, beside=asked)
        loaded, part = _part(whole, schema, clauses, where, sample, str(source))
        units = _units(schema, None, {}, given)
        return Opened(loaded.frame, schema, loaded.facts, None, as_of, units, part)
    path = verify(home(), [dataset.id])[0].path
    view = dataset.views.get(schema.name)
    columns = dict(view.columns) if view else {}
    if given is None and columns:
        given = parse_mapping({"columns": columns}, f"view of {dataset.id}")
    whole = load_table(path, schema, mapping=given, beside=asked)
    loaded, part = _part(whole, schema, clauses, where, sample, str(source))
    known = as_of or (view.as_of if view else "")
    units = _units(schema, dataset, columns, given)
    return Opened(loaded.frame, schema, loaded.facts, dataset, known, units, part)


def _part(
    whole: Loaded, schema: TableSchema, clauses: Sequence[subset.Clause], where: str, share: float,
    source: str,
) -> tuple[Loaded, subset.Part]:  # fmt: skip
    """Cut a table down to the rows asked for, then to a sample of their units."""
    frame, dropped, part = whole.frame, list(whole.facts.dropped), WHOLE
    if clauses:
        mask = subset.rows_of(frame, clauses, source, whole.labels, whole.names)
        dropped.append(("where", int((~mask).sum())))
        frame, part = frame[mask], replace(part, where=where)
    if share < 1:
        if not schema.key:
            raise InputError(f"sample={share:g}: this table has no series to take a share of")
        units = subset.texts(frame[schema.key[0]])
        taken = subset.sampled(units.dropna(), share)
        mask = units.isin(taken)
        dropped.append(("sample", int((~mask).sum())))
        part = replace(part, share=share, taken=len(taken), units=units.nunique())
        frame = frame[mask]
    if not clauses and share >= 1:
        return whole, part
    frame = frame.drop(columns=list(whole.beside)).reset_index(drop=True)
    facts = replace(whole.facts, rows_kept=len(frame), dropped=tuple(dropped))
    return replace(whole, frame=frame, facts=facts), part


def _dataset(source: str | Path) -> Dataset | None:
    """Return the catalog's entry if the source is an id and not a file of that name."""
    if Path(source).exists():
        return None
    return read_catalog(home()).datasets.get(str(source))


def _units(
    schema: TableSchema, dataset: Dataset | None, columns: dict[str, str], mapping: Mapping | None
) -> dict[str, str]:
    """Return the unit of each column as it is after reading: 万元 have become yuan by then."""
    units = {column.name: column.unit for column in schema.columns}
    if dataset is not None:
        own = {column.name: column.unit for column in dataset.schema.columns}
        seen_as = {name: columns.get(name, name) for name in units}
        units |= {name: own[source] for name, source in seen_as.items() if source in own}
    for name, source in mapping.columns.items() if mapping else ():
        said = unit_of(source.unit) if source.unit else None
        if name in units and not units[name] and said and len(said.currency) == 1:
            units[name] = next(iter(said.currency))
    return {name: unit for name, unit in units.items() if unit}


def _reasons(lang: str) -> dict[str, str]:
    """Return what a data card calls the reasons for which rows were left out."""
    say = translator(lang)
    return {
        "blank rows": say("blank rows"),
        "skip_rows": say("rows that the mapping leaves out"),
        "skip_footer": say("notes at the end"),
        "total rows": say("rows of totals"),
        "where": say("rows not asked for"),
        "sample": say("rows outside the sample"),
        COMBINED: say("added to another row of the same key"),
    }
