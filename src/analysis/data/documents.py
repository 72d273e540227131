"""``data.load_document``: a declaration in TOML (a sizing model), and its data card.

The content is checked by the question that reads it; here only that it is TOML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.base.errors import InputError, nearest
from analysis.base.language import translator
from analysis.base.nature import natures
from analysis.base.paths import home
from analysis.data.catalog.checksums import sha256_file
from analysis.data.catalog.listing import DocumentEntry, read_catalog
from analysis.data.reading.toml import read_toml

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed declaration and where it came from.

    Attributes:
        content: Keys and tables of the TOML file.
        source: Its name as given, for messages.
        sha256: Checksum of the file.
        entry: The catalog's entry; None for the caller's own file.
    """

    content: Mapping[str, Any]
    source: str
    sha256: str
    entry: DocumentEntry | None

    def describe(self, lang: str) -> tuple[str, str, str, Sequence[tuple[str, str]]]:
        """Return title, nature, nature in words, and pairs of label and text for a data card."""
        say = translator(lang)
        one = self.entry
        nature = one.nature if one else "own"
        title = one.told(one.title, lang) if one else Path(self.source).name
        facts = [(say("Source"), one.told(one.source, lang) if one else self.source)]
        if one:
            facts.append((say("Licence of the data"), one.told(one.data_licence, lang)))
            facts += [(say("Note"), one.told(one.note, lang))] if one.note else []
        facts.append((say("Checksum (SHA-256)"), self.sha256[:SHOWN] + "…"))
        return title, nature, natures(lang)[nature], facts


def load_document(source: str | Path) -> Document:
    """Read a TOML file by path or by its id in the catalog.

    Args:
        source: A ``.toml`` file, or an id of the catalog's documents.

    Raises:
        InputError: If there is no such file or document, or it is not TOML in UTF-8; the text
            names the line.
    """
    name = str(source)
    documents = {} if Path(source).exists() else read_catalog(home()).documents
    entry = documents.get(name)
    if entry is None and documents and Path(name).suffix.lower() != ".toml":
        raise InputError(
            f"{name}: found neither such a file nor such a document in the catalog, expected a "
            f"TOML file; {nearest(name, documents)}"
        )
    path = home().raw / entry.path if entry else Path(name).expanduser()
    content = read_toml(path, "declaration in TOML", name)
    if not content:
        raise InputError(f"{name}: found an empty file, expected a declaration in TOML")
    return Document(content, name, sha256_file(path), entry)
