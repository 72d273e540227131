"""The tables and mappings a run reads, found and checksummed before a kernel starts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.base.errors import InputError, nearest
from analysis.base.paths import Home
from analysis.data.catalog.checksums import Checksums
from analysis.data.catalog.listing import read_catalog
from analysis.data.catalog.prepare import prepare
from analysis.runs.parameters import Parameter
from analysis.runs.progress import bar


@dataclass(frozen=True, slots=True)
class Input:
    """One table or mapping file that a run reads.

    Attributes:
        parameter: The parameter that names it.
        name: What the parameter says: a dataset's id, a path, or a connection and table.
        nature: ``real``, ``simulated`` or ``illustrative`` from the catalog; ``own`` otherwise.
        sha256: Checksum of the content; None for a database, which may change at any time.
    """

    parameter: str
    name: str
    nature: str
    sha256: str | None


def resolve(home: Home, parameters: Sequence[Parameter], values: Mapping[str, Any]) -> list[Input]:
    """Find every input that the parameters name; prepare datasets that are not prepared yet.

    Raises:
        InputError: If one names no file, dataset or connection, or a dataset cannot be prepared.
    """
    found = []
    checksums = Checksums(home)
    for parameter in parameters:
        value = values[parameter.name]
        if parameter.is_table and parameter.default and not value:
            expected = "a path, a dataset of the catalog, or connection:table"
            raise InputError(f"{parameter.name}=: found nothing, expected {expected}")
        if not value or not (parameter.is_table or parameter.is_file):
            continue
        find = _table if parameter.is_table else _file
        found.append(find(home, checksums, parameter.name, str(value)))
    checksums.save()
    return found


def _file(home: Home, checksums: Checksums, parameter: str, value: str) -> Input:
    path = Path(value)
    if not path.is_file():
        raise InputError(f"{parameter}={value}: no such file")
    return Input(parameter, value, "own", checksums.of(path))


def _table(home: Home, checksums: Checksums, parameter: str, value: str) -> Input:
    from analysis.data.reading.names import is_connection

    path = Path(value)
    if path.is_file():
        return Input(parameter, value, "own", checksums.of(path))
    if path.is_dir():
        return Input(parameter, value, "own", _folder(checksums, path))
    catalog = read_catalog(home)
    if value in catalog:
        made = prepare(home, [value], progress=bar)[0]
        return Input(parameter, value, catalog[value].nature, made.sha256)
    if value in catalog.documents:
        entry = catalog.documents[value]
        return Input(parameter, value, entry.nature, checksums.of(home.raw / entry.path))
    group = [dataset.id for dataset in catalog.group(value)]
    if group:
        return _group(home, parameter, value, group)
    if is_connection(value):
        return Input(parameter, value, "own", None)
    raise InputError(
        f"{parameter}={value}: found neither such a file nor such a dataset in the catalog; "
        f"{nearest(value, [*catalog, *catalog.documents])}"
    )


def _group(home: Home, parameter: str, value: str, ids: list[str]) -> Input:
    """All datasets of a name, such as ``plan``; what most of them are, it is."""
    catalog = read_catalog(home)
    digest = hashlib.sha256()
    for made in prepare(home, ids, progress=bar):
        digest.update(f"{made.id} {made.sha256}\n".encode())
    nature = Counter(catalog[id].nature for id in ids).most_common(1)[0][0]
    return Input(parameter, value, nature, digest.hexdigest())


def _folder(checksums: Checksums, path: Path) -> str:
    digest = hashlib.sha256()
    for each in sorted(path.rglob("*")):
        if each.is_file():
            digest.update(f"{each.relative_to(path).as_posix()} {checksums.of(each)}\n".encode())
    return digest.hexdigest()
