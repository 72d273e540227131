"""From the catalog's TOML to its records; whatever is wrong is found in one pass.

A key that is missing, of the wrong type, unknown or out of its choices becomes a finding that
names the entry and the key. Paths are checked here so that nothing later can leave ``data/``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from analysis.base.errors import nearest
from analysis.base.schema import KINDS, Column, TableSchema
from analysis.data.catalog.entries import (
    FORMATS,
    NATURES,
    READINGS,
    Dataset,
    DocumentEntry,
    Field,
    Package,
    RawFile,
    View,
)
from analysis.data.catalog.entry_tables import Findings, Table, is_inside


def read_entries(
    content: Mapping[str, Any], findings: Findings
) -> tuple[dict[str, Package], dict[str, Dataset], dict[str, DocumentEntry]]:
    """Read packages, datasets and documents of a parsed catalog, noting every finding."""
    top = Table(content, "catalog", findings)
    packages: dict[str, Any] = top.get("packages", dict, {})
    shared: dict[str, Any] = top.get("columns", dict, {})
    datasets: dict[str, Any] = top.get("datasets", dict, {})
    documents: dict[str, Any] = top.get("documents", dict, {})
    chinese = read_chinese(Table(top.get("chinese", dict, {}), "chinese", findings))
    top.done()
    wheels = {
        name: read_package(name, Table(entry, f"packages.{name}", findings))
        for name, entry in packages.items()
    }
    tables = {
        id: read_dataset(id, Table(entry, f'datasets."{id}"', findings), wheels, shared, chinese)
        for id, entry in datasets.items()
    }
    check_places(tables.values(), findings)
    papers = {
        id: read_document(id, Table(entry, f'documents."{id}"', findings), chinese)
        for id, entry in documents.items()
    }
    for id in papers.keys() & tables.keys():
        findings.add(f'documents."{id}"', "the id of a dataset", "an id of its own")
    entries: list[Dataset | DocumentEntry] = [*tables.values(), *papers.values()]
    used = {text for one in entries for text in texts_of(one)}
    for text in chinese.keys() - used:
        findings.add("chinese", repr(text), f"a text of an entry ({nearest(text, used)})")
    return wheels, tables, papers


def texts_of(entry: Dataset | DocumentEntry) -> tuple[str, ...]:
    """Return what a data card tells of an entry: the texts that a Chinese reader needs too."""
    texts = [entry.title, entry.source, entry.note, entry.data_licence]
    if isinstance(entry, Dataset):
        shown = {name for view in entry.views.values() for name in view.columns.values()}
        columns = [column for column in entry.schema.columns if column.name in shown]
        texts += [entry.unit, *(column.description for column in columns)]
    return tuple(text for text in texts if text)


def read_chinese(table: Table) -> Mapping[str, str]:
    """Read ``[chinese]``: English text of an entry → the same in Chinese."""
    chinese = {text: table.get(text, str) for text in table.content}
    table.done()
    return chinese


def check_places(tables: Iterable[Dataset], findings: Findings) -> None:
    """Note two datasets that would write the same typed table."""
    owner: dict[str, str] = {}
    for dataset in tables:
        other = owner.setdefault(dataset.processed, dataset.id)
        if other != dataset.id:
            where = f'datasets."{dataset.id}"'
            findings.add(where, f"processed = {dataset.processed!r}", f"not that of {other!r}")


def read_package(name: str, table: Table) -> Package:
    """Read one ``[packages.<name>]`` table."""
    package = Package(
        name=name,
        package=table.get("package", str),
        version=table.get("version", str),
        file=table.path("file"),
        sha256=table.sha256(),
        code_licence=table.get("code_licence", str),
        data_licence=table.get("data_licence", str),
        homepage=table.get("homepage", str),
    )
    if not is_inside(name) or "/" in name:
        table.wrong(f"name {name!r}", "a plain folder name")
    table.done()
    return package


def read_dataset(
    id: str,
    table: Table,
    packages: Mapping[str, Package],
    shared: Mapping[str, Any],
    chinese: Mapping[str, str],
) -> Dataset:
    """Read one ``[datasets."<id>"]`` table."""
    package = read_package_name(table, packages)
    fields = read_fields(table, shared)
    schema = read_schema(table, fields)
    order = table.names("order") or schema.key
    for name in set(order) - set(schema.names):
        table.wrong(f"order by {name!r}", f"a column ({nearest(name, schema.names)})")
    dataset = Dataset(
        id=id,
        title=table.get("title", str),
        nature=table.choice("nature", NATURES),  # type: ignore[arg-type]
        unit=table.get("unit", str),
        timezone=read_zone(table),
        source=table.get("source", str),
        note=table.get("note", str, "") if "note" in table.content else "",
        code_licence=table.get("code_licence", str, package.code_licence if package else None),
        data_licence=table.get("data_licence", str, package.data_licence if package else None),
        package=package,
        format=table.choice("format", FORMATS),  # type: ignore[arg-type]
        header=table.get("header", bool, True),
        files=read_files(table, package),
        processed=table.path("processed"),
        rows=table.get("rows", int),
        distinct=table.get("distinct", bool, False),
        order=order,
        fields=fields,
        schema=schema,
        views=read_views(table, schema),
        chinese=chinese,
    )
    table.done()
    return dataset


def read_document(id: str, table: Table, chinese: Mapping[str, str]) -> DocumentEntry:
    """Read one ``[documents."<id>"]`` table."""
    document = DocumentEntry(
        id=id,
        title=table.get("title", str),
        nature=table.choice("nature", NATURES),  # type: ignore[arg-type]
        source=table.get("source", str),
        note=table.get("note", str, "") if "note" in table.content else "",
        code_licence=table.get("code_licence", str),
        data_licence=table.get("data_licence", str),
        path=table.path("path"),
        chinese=chinese,
    )
    table.done()
    return document


def read_views(table: Table, schema: TableSchema) -> Mapping[str, View]:
    """Read ``[datasets."<id>".views.<schema>]``: the dataset as the table a question asks for."""
    views = {}
    for name, entry in table.get("views", dict, {}).items():
        one = Table(entry, f"{table.where}.views.{name}", table.findings)
        columns = one.get("columns", dict)
        for source in columns.values():
            if source not in schema.names:
                one.wrong(f"column {source!r}", f"a column ({nearest(str(source), schema.names)})")
        views[name] = View(columns, _day(one))
        one.done()
    return views


def _day(table: Table) -> str:
    """Return a view's planning day as ISO text; empty if it has none."""
    return table.get("as_of", dt.date).isoformat() if "as_of" in table.content else ""


def read_package_name(table: Table, packages: Mapping[str, Package]) -> Package | None:
    """Return the wheel a dataset names, None for files of this repository."""
    if "package" not in table.content:
        return None
    name = table.get("package", str)
    if name not in packages:
        table.wrong(f"package = {name!r}", f"a listed package ({nearest(name, packages)})")
    return packages.get(name)


def read_zone(table: Table) -> str:
    """Return an IANA zone name or ``none``."""
    zone = table.get("timezone", str)
    if zone and zone != "none":
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            table.wrong(f"timezone = {zone!r}", "an IANA zone such as 'Europe/Berlin', or 'none'")
    return zone


def read_files(table: Table, package: Package | None) -> tuple[RawFile, ...]:
    """Read the raw files; those of a wheel name their member, those of the repository do not."""
    files = []
    for number, entry in enumerate(table.get("files", list), start=1):
        one = Table(entry, f"{table.where}.files[{number}]", table.findings)
        member = one.path("member") if package else None
        path = one.path("path")
        if package and path and PurePosixPath(path).parts[0] != package.name:
            one.wrong(f"path = {path!r}", f"a path under {package.name!r}")
        files.append(RawFile(path=path, sha256=one.sha256(), member=member))
        one.done()
    if not files:
        table.wrong("files is empty", "at least one file")
    return tuple(files)


def read_fields(table: Table, shared: Mapping[str, Any]) -> tuple[Field, ...]:
    """Read the columns; a bare name stands for the shared ``[columns.<name>]``."""
    fields = []
    for number, entry in enumerate(table.get("columns", list), start=1):
        where = f"{table.where}.columns[{number}]"
        if isinstance(entry, str):
            if entry not in shared:
                known = f"a [columns] entry ({nearest(entry, shared)})"
                table.findings.add(where, f"shared column {entry!r}", known)
                continue
            entry = {"name": entry, **shared[entry]}
        fields.append(read_field(Table(entry, where, table.findings)))
    if not fields:
        table.wrong("columns is empty", "at least one column")
    return tuple(fields)


def read_field(table: Table) -> Field:
    """Read one column."""
    name = table.get("name", str)
    column = Column(
        name=name,
        kind=table.choice("kind", KINDS),  # type: ignore[arg-type]
        unit=table.get("unit", str, "") if "unit" in table.content else "",
        description=table.get("description", str),
        nullable=table.get("nullable", bool, False),
        minimum=table.limit("min"),
        maximum=table.limit("max"),
        choices=table.names("choices"),
    )
    result = Field(
        column=column,
        source=table.get("from", str, name or None),
        read=table.choice("read", READINGS, "plain"),  # type: ignore[arg-type]
        decimals=table.get("decimals", int) if "decimals" in table.content else None,
    )
    table.done()
    return result


def read_schema(table: Table, fields: tuple[Field, ...]) -> TableSchema:
    """Build the promised table; key columns must be among the columns."""
    columns = tuple(one.column for one in fields)
    names = [column.name for column in columns]
    for name in sorted({name for name in names if names.count(name) > 1}):
        table.wrong(f"column {name!r} twice", "each column once")
    key = table.names("key")
    for name in set(key) - set(names):
        table.wrong(f"key column {name!r}", f"a column ({nearest(name, names)})")
    return TableSchema(columns=columns, key=tuple(name for name in key if name in names))
