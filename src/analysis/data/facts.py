"""``data.load_facts``: the tables of a plan, from a folder, a workbook or the catalog, checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.base import formats
from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.base.language import translator
from analysis.base.nature import natures
from analysis.base.paths import home
from analysis.data.applying import Mapping as ColumnMapping
from analysis.data.catalog.entries import Dataset
from analysis.data.catalog.listing import read_catalog
from analysis.data.catalog.prepare import verify
from analysis.data.folders import SUFFIXES
from analysis.data.loading import read_mapped
from analysis.data.mapping import load_mapping
from analysis.data.reading.raw import RawTable
from analysis.data.reading.reader import WORKBOOKS, checksum, existing
from analysis.plan.tables import NEEDED, holds_facts, problems_of, repeated
from analysis.plan.units import spelled, units_of

SHOWN = 12


@dataclass(frozen=True, slots=True, eq=False)
class PlanTables:
    """The tables of a plan and where they came from.

    Attributes:
        tables: Name → cells as printed; tables without figures included.
        source: Folder, workbook or name in the catalog, as given.
        passed: Tables that hold no figures, by name; they are not checked.
        sha256: Checksum over all files.
        datasets: Entries of the catalog; none for the caller's own plan.
    """

    tables: Mapping[str, pd.DataFrame]
    source: str
    passed: tuple[str, ...]
    sha256: str
    datasets: tuple[Dataset, ...] = ()

    def describe(self, lang: str) -> tuple[str, str, str, Sequence[tuple[str, str]]]:
        """Return title, nature, nature in words, and pairs of label and text for a data card."""
        say = translator(lang)
        nature = self.datasets[0].nature if self.datasets else "own"
        read = {name: len(frame) for name, frame in self.tables.items() if name not in self.passed}
        lacking = sorted(set(NEEDED) - set(read))
        facts = [
            (say("Rows"), formats.fixed(sum(read.values()), 0)),
            (say("Tables"), ", ".join(f"{name} ({rows:,})" for name, rows in read.items())),
        ]
        if lacking:
            facts.append((say("Tables that are not there"), ", ".join(lacking)))
        if strange := self._strange_units():
            facts.append((say("Units that are not known"), ", ".join(strange)))
        if self.passed:
            facts.append((say("Tables without figures, not checked"), ", ".join(self.passed)))
        if self.datasets:
            one = self.datasets[0]
            facts += [
                (say("Source"), one.told(one.source, lang)),
                (say("Licence of the data"), one.told(one.data_licence, lang)),
            ]
        else:
            facts.append((say("Source"), self.source))
        facts.append((say("Checksum (SHA-256)"), self.sha256[:SHOWN] + "…"))
        title = say("Figures of the plan") if self.datasets else Path(self.source).name
        return title, nature, natures(lang)[nature], facts

    def _strange_units(self) -> list[str]:
        """Units that measure only themselves: no other figure can be compared with theirs."""
        known = units_of(self.tables.get("units")).known
        columns = [
            frame[column]
            for name, frame in self.tables.items()
            if name not in self.passed
            for column in frame.columns
            if column == "unit" or str(column).endswith("_unit")
        ]
        found = {spelled(value) for column in columns for value in column}
        return sorted(found - set(known) - {""})


def load_facts(source: str | Path, *, mapping: str | Path = "") -> PlanTables:
    """Open the tables of a plan.

    Args:
        source: A folder of files (CSV, XLSX, Parquet), each a table of its name; a workbook, each
            sheet a table; a single file; or a name in the catalog, such as ``plan``. Any table
            may be missing.
        mapping: Path of a ``mapping.toml`` whose ``[columns]`` rename those columns wherever they
            stand; empty for none.

    Raises:
        InputError: If there is no such plan, or no table in it.
        InputProblems: If a table lacks what its figures need: a column, an id that stands once
            in all tables, a number that is one, a unit. All findings of the first wrong table.
    """
    name = str(source)
    if not Path(name).expanduser().exists():
        return _catalogued(name)
    path = Path(name).expanduser()
    files = _files(path) if path.is_dir() else [existing(name)]
    given = load_mapping(mapping).row_by_row() if mapping else None
    found = [table for file in files for table in _tables(file, given)]
    kept = _renamed(found, given, name)
    _check(kept)
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name} {checksum(file)}\n".encode())
    return _made({table: raw.frame for table, raw in kept.items()}, name, digest.hexdigest())


def _made(
    tables: Mapping[str, pd.DataFrame], source: str, sha256: str, entries: Sequence[Dataset] = ()
) -> PlanTables:
    passed = [table for table, frame in tables.items() if not holds_facts(table, frame)]
    if len(passed) == len(tables):
        raise InputError(
            f"{source}: found no table of figures, expected tables such as claims.csv with "
            "columns fact_id, metric_key, name_en, unit, value"
        )
    return PlanTables(dict(sorted(tables.items())), source, tuple(sorted(passed)), sha256,
                      tuple(entries))  # fmt: skip


def _catalogued(name: str) -> PlanTables:
    catalog = read_catalog(home())
    entries = catalog.group(name) or ((catalog.datasets[name],) if name in catalog else ())
    if not entries:
        groups = {id.split(".")[0] for id in catalog if "." in id}
        raise InputError(
            f"{name}: found neither such a folder nor such tables in the catalog; "
            f"{nearest(name, groups)}"
        )
    made = verify(home(), [entry.id for entry in entries])
    tables = {one.id.split(".")[-1]: pd.read_parquet(one.path) for one in made}
    facts = [e for e in entries if holds_facts(e.id.split(".")[-1], tables[e.id.split(".")[-1]])]
    digest = hashlib.sha256("".join(one.sha256 for one in made).encode())
    return _made(tables, name, digest.hexdigest(), facts)


def _files(folder: Path) -> list[Path]:
    paths = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and path.suffix.lower() in SUFFIXES
        and not path.name.startswith((".", "~"))
    ]
    if not paths:
        raise InputError(
            f"{folder}: found no table in this folder, expected files such as claims.csv"
        )
    return paths


def _tables(file: Path, mapping: ColumnMapping | None) -> list[tuple[str, RawTable]]:
    """The tables of a file: one of its name, or the sheets of a workbook that has several."""
    first = _read(file, mapping, mapping.sheet if mapping else None)
    several = file.suffix.lower() in WORKBOOKS and len(first.sheets) > 1
    if not several or (mapping and mapping.sheet):
        return [(file.name.split(".")[0], first)]
    sheets = [(sheet, _read(file, mapping, sheet)) for sheet in first.sheets]
    return [(sheet.strip(), raw) for sheet, raw in sheets if len(raw.frame)]


def _read(file: Path, mapping: ColumnMapping | None, sheet: str | int | None) -> RawTable:
    """Read as a mapping says, all columns kept; totals too, which are figures to be checked."""
    given = replace(mapping or ColumnMapping(), columns={}, constants={}, drop_where=())
    return read_mapped(file, replace(given, sheet=sheet))


def _renamed(
    found: Sequence[tuple[str, RawTable]], mapping: ColumnMapping | None, source: str
) -> dict[str, RawTable]:
    tables: dict[str, RawTable] = {}
    used = set()
    for name, raw in found:
        if name in tables:
            raise InputError(
                f"{source}: found two tables {name!r} ({tables[name].source}, {raw.source}), "
                "expected each once"
            )
        if mapping is not None:
            names = {
                given: target
                for target, each in mapping.columns.items()
                for given in each.names
                if given in raw.frame.columns
            }
            used |= set(names.values())
            raw = replace(raw, frame=raw.frame.rename(columns=names))
        tables[name] = raw
    wanted = {} if mapping is None else mapping.columns
    lost = [
        f"{' or '.join(each.names)} ({target})"
        for target, each in wanted.items()
        if target not in used
    ]
    if lost:
        raise InputError(f"{source}: found no table with the mapped columns {', '.join(lost)}")
    return tables


def _check(tables: Mapping[str, RawTable]) -> None:
    facts = {name: raw for name, raw in tables.items() if holds_facts(name, raw.frame)}
    for name, raw in facts.items():
        problems = [*raw.problems, *problems_of(name, raw.frame, raw.row_numbers.tolist())]
        if problems:
            raise InputProblems(raw.source, problems)
    again: dict[str, list[Problem]] = {}
    frames = {name: raw.frame for name, raw in facts.items()}
    rows = {name: raw.row_numbers.tolist() for name, raw in facts.items()}
    for name, problem in repeated(frames, rows):
        again.setdefault(name, []).append(problem)
    for name, problems in again.items():
        raise InputProblems(facts[name].source, problems)
