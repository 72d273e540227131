"""What a parameter that names a table or a mapping may be given: datasets and own files."""

from __future__ import annotations

from pathlib import Path

from analysis.base.paths import Home
from analysis.data.catalog.listing import read_catalog
from analysis.runs.parameters import Parameter

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".parquet", ".toml")
MAPPINGS = (".toml",)
MOST = 300


def of(home: Home, parameter: Parameter) -> list[str]:
    """Return what a form offers for a parameter; empty if it names no table or mapping.

    Datasets come first, in the order of the catalog; then files under ``data/`` that the catalog
    does not list. A path is written from the working folder, or in full from elsewhere.

    Raises:
        InputError: If the catalog cannot be read.
    """
    if parameter.is_table:
        catalog = read_catalog(home)
        groups = dict.fromkeys(name.partition(".")[0] for name in catalog if "." in name)
        return [*groups, *catalog, *catalog.documents, *_files(home, TABLES)]
    return _files(home, MAPPINGS) if parameter.is_file else []


def _files(home: Home, endings: tuple[str, ...]) -> list[str]:
    catalog = read_catalog(home)
    raw = [file.path for each in catalog.values() for file in each.files]
    raw += [each.path for each in catalog.documents.values()]
    listed = {home.catalog, *(home.raw / path for path in raw)}
    data = home.root / "data"
    found = [
        path
        for path in sorted(data.rglob("*"))
        if path.suffix.lower() in endings
        and home.processed not in path.parents
        and path not in listed
        and not any(part.startswith((".", "~")) for part in path.relative_to(data).parts)
    ]
    here = Path.cwd().resolve() == home.root.resolve()
    return [
        (path.relative_to(home.root).as_posix() if here else str(path)) for path in found[:MOST]
    ]
