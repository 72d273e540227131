"""From the catalog's TOML to its records; whatever is wrong is found in one pass.

A key that is missing, of the wrong type, unknown or out of its choices becomes a finding that
names the entry and the key. Paths are checked here so that nothing later can leave ``data/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from analysis.base.errors import InputProblems, Problem, nearest
from analysis.base.schema import KINDS, Column, TableSchema
from analysis.data.entries import (
    FORMATS,
    NATURES,
    READINGS,
    Dataset,
    Field,
    Package,
    RawFile,
)

T = TypeVar("T")
SHA256 = re.compile(r"[0-9a-f]{64}")


class Findings:
    """Problems collected while reading, raised together."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, where: str, found: str, expected: str) -> None:
        """Note one finding at an entry (``datasets.x``) and key."""
        self.problems.append(Problem(found=f"{where}: {found}", expected=expected))

    def raise_if_any(self, source: str) -> None:
        """Raise InputProblems if anything was found."""
        if self.problems:
            raise InputProblems(source, self.problems)


class Table:
    """One TOML table, read key by key; keys nobody asked for are findings."""

    def __init__(self, content: object, where: str, findings: Findings) -> None:
        self.where = where
        self.findings = findings
        self.content: Mapping[str, Any] = content if isinstance(content, dict) else {}
        self.asked: set[str] = set()
        if not isinstance(content, dict):
            self.wrong(repr(content), "a table of keys")

    def wrong(self, found: str, expected: str) -> None:
        """Note a finding in this table."""
        self.findings.add(self.where, found, expected)

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        """Return the value of a key; a default stands for optional keys and after findings."""
        self.asked.add(key)
        value = self.content.get(key)
        if isinstance(value, kind) and value != "" and type(value) is kind:
            return value
        if value is None and default is not None:
            return default
        found = f"no {key}" if value is None else f"{key} = {value!r}"
        self.wrong(found, f"{key} as {kind.__name__}" + (", not empty" if value == "" else ""))
        return default if default is not None else kind()

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """Return one of some words."""
        options = tuple(choices)
        value = self.get(key, str, default)
        if value and value not in options:
            self.wrong(f"{key} = {value!r}", f"one of {', '.join(options)}")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        """Return a list of words; empty if the key is absent."""
        values = self.get(key, list, [])
        if not all(isinstance(value, str) for value in values):
            self.wrong(f"{key} = {values!r}", "a list of strings")
            return ()
        return tuple(values)

    def limit(self, key: str) -> float | None:
        """Return a number, or None if the key is absent."""
        if key not in self.content:
            return None
        value = self.content[key]
        self.asked.add(key)
        return float(value) if type(value) is int else self.get(key, float)

    def sha256(self, key: str = "sha256") -> str:
        """Return a checksum."""
        value = self.get(key, str)
        if value and not SHA256.fullmatch(value):
            self.wrong(f"{key} = {value!r}", "64 lower-case hexadecimal digits")
        return value

    def path(self, key: str, default: str | None = None) -> str:
        """Return a relative path that stays inside its folder."""
        value = self.get(key, str, default)
        if value and not is_inside(value):
            self.wrong(f"{key} = {value!r}", "a relative path that stays inside the folder")
        return value

    def done(self) -> None:
        """Report keys that nobody asked for."""
        for key in self.content.keys() - self.asked:
            self.wrong(f"unknown key {key!r}", f"a known key ({nearest(key, self.asked)})")


def is_inside(path: str) -> bool:
    """Whether a path with forward slashes is relative and never climbs."""
    parts = PurePosixPath(path)
    return not (parts.is_absolute() or ".." in parts.parts or "\\" in path or ":" in path)


def read_entries(
    content: Mapping[str, Any], findings: Findings
) -> tuple[dict[str, Package], dict[str, Dataset]]:
    """Read packages and datasets of a parsed catalog, noting every finding."""
    top = Table(content, "catalog", findings)
    packages: dict[str, Any] = top.get("packages", dict, {})
    shared: dict[str, Any] = top.get("columns", dict, {})
    datasets: dict[str, Any] = top.get("datasets", dict)
    top.done()
    wheels = {
        name: read_package(name, Table(entry, f"packages.{name}", findings))
        for name, entry in packages.items()
    }
    tables = {
        id: read_dataset(id, Table(entry, f'datasets."{id}"', findings), wheels, shared)
        for id, entry in datasets.items()
    }
    check_places(tables.values(), findings)
    return wheels, tables


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
    id: str, table: Table, packages: Mapping[str, Package], shared: Mapping[str, Any]
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
    )
    table.done()
    return dataset


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
