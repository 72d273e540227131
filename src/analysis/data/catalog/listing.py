"""The catalog of datasets: what there is, where it comes from, what its columns promise.

``data/raw/catalog.toml`` is the one list. Reading it opens no data file and imports nothing
heavy, so that every command may read the catalog at no cost.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.base.errors import InputError, nearest
from analysis.base.paths import Home
from analysis.data.catalog.entries import Dataset, DocumentEntry, Field, Package, RawFile
from analysis.data.catalog.entry_checks import read_entries
from analysis.data.catalog.entry_tables import Findings

__all__ = ["Catalog", "Dataset", "DocumentEntry", "Field", "Package", "RawFile", "read_catalog"]


@dataclass(frozen=True, slots=True)
class Catalog(Mapping[str, Dataset]):
    """All datasets by id, in the order of the catalog file, and what else it lists.

    Attributes:
        packages: Wheels that carry data files, by name.
        datasets: Tables, by id.
        documents: Declarations that are no tables, by id.
    """

    packages: Mapping[str, Package]
    datasets: Mapping[str, Dataset]
    documents: Mapping[str, DocumentEntry]

    def __getitem__(self, id: str) -> Dataset:
        """Return a dataset.

        Raises:
            InputError: If there is no such dataset; the text names the nearest one.
        """
        try:
            return self.datasets[id]
        except KeyError:
            raise InputError(
                f"dataset {id!r} is not in the catalog; {nearest(id, self.datasets)}"
            ) from None

    def group(self, name: str) -> tuple[Dataset, ...]:
        """Return the datasets named ``<name>.…``, in the order of the catalog; maybe none."""
        return tuple(each for id, each in self.datasets.items() if id.startswith(f"{name}."))

    def __contains__(self, id: object) -> bool:
        return id in self.datasets

    def __iter__(self) -> Iterator[str]:
        return iter(self.datasets)

    def __len__(self) -> int:
        return len(self.datasets)


def read_catalog(home: Home) -> Catalog:
    """Read and check ``data/raw/catalog.toml``.

    Raises:
        InputError: If the file is missing or is not TOML.
        InputProblems: If entries are wrong; all findings together, each naming dataset and key.
    """
    try:
        content = tomllib.loads(home.catalog.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{home.catalog}: the catalog is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{home.catalog}: found text that is not TOML: {error}") from None
    findings = Findings()
    packages, datasets, documents = read_entries(content, findings)
    findings.raise_if_any(str(home.catalog))
    return Catalog(packages, datasets, documents)
