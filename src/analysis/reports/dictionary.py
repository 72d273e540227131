"""``tables/dictionary.json``: what the tables of a run are called, in the order of the report.

The files of a table have names for machines; the labels and formats that a reader saw are kept
here, so that a workbook made from the run folder later says the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from analysis.reports.items import Item, Table

FILE = "dictionary.json"


@dataclass(frozen=True, slots=True)
class Called:
    """How the report shows one column.

    Attributes:
        name: Name in the files.
        label: Heading that the reader saw.
        style: How its cells are written; see ``formats`` of ``report.table``.
    """

    name: str
    label: str
    style: str


@dataclass(frozen=True, slots=True)
class Described:
    """One table of a report: its name in the files, its title, and the columns it shows."""

    name: str
    title: str
    note: str
    columns: tuple[Called, ...]

    def column(self, name: str) -> Called:
        """Return a column; one that the report does not show has no label and no style."""
        return next((each for each in self.columns if each.name == name), Called(name, "", ""))


def collect(items: Iterable[Item]) -> list[Described]:
    """Return the tables that a notebook handed over, in order."""
    return [
        Described(
            item.name, item.title, item.note,
            tuple(Called(each.name, each.label, each.style) for each in item.columns),
        )
        for item in items
        if isinstance(item, Table)
    ]  # fmt: skip


def write(tables: Path, described: Iterable[Described]) -> None:
    """Write the dictionary into the folder of a run's tables."""
    content = [asdict(each) for each in described]
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (tables / FILE).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def read(tables: Path) -> list[Described]:
    """Return the tables of a run in the order of the report.

    A run made before there was a dictionary gives its tables by name, without labels.
    """
    path = tables / FILE
    if not path.is_file():
        return [Described(file.stem, "", "", ()) for file in sorted(tables.glob("*.parquet"))]
    return [
        Described(
            each["name"], each["title"], each["note"],
            tuple(Called(**column) for column in each["columns"]),
        )
        for each in json.loads(path.read_text(encoding="utf-8"))
    ]  # fmt: skip
