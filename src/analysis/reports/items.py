"""What a notebook hands to its report: headline, data card, tables and figures, as plain records.

They travel as JSON lines from the kernel to the publisher, so everything in them is text and
numbers; the publisher escapes the text, the notebook never writes HTML of its own.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["good", "watch", "bad", "info"]
STATUSES: tuple[Status, ...] = ("good", "watch", "bad", "info")
Mark = Status | Literal[""]
SHAPES: dict[str, str] = {"good": "●", "watch": "▲", "bad": "■", "info": "◆"}
Align = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Number:
    """A headline number: as a reader sees it, and as ``results.json`` keeps it.

    Attributes:
        name: Name in ``results.json``.
        label: What the reader calls it.
        text: The value, written out.
        interval: The interval written out, or the reason why there is none.
        value: The value itself.
        lo: Lower bound or None.
        hi: Upper bound or None.
        confidence: Level of the interval as a share of 1, None without one.
        unit: Unit of value and bounds.
    """

    name: str
    label: str
    text: str
    interval: str
    value: float
    lo: float | None
    hi: float | None
    confidence: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The answer, first on the page."""

    cell: int
    sentence: str
    status: Status
    numbers: tuple[Number, ...]
    kind: Literal["headline"] = "headline"


@dataclass(frozen=True, slots=True)
class Card:
    """What the data behind the report is.

    Attributes:
        cell: Execution count of the cell that made it.
        title: Name of the dataset.
        nature: ``real``, ``simulated``, ``illustrative`` or ``own`` (the caller's file).
        nature_text: The same for the reader.
        facts: Pairs of label and text: rows, period, source, checksum, licence …
    """

    cell: int
    title: str
    nature: str
    nature_text: str
    facts: tuple[tuple[str, str], ...]
    kind: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a shown table.

    Attributes:
        name: Name in the files.
        label: Heading for the reader, with its unit.
        align: Numbers stand right, text left.
        bars: Length of a bar before each shown cell, 0 to 1; empty for no bars.
        words: Whether the cells are words, which may be broken over lines.
        status: Status of each shown cell, which the page colours (its text has the shape and
            the word); "" for none; empty for a column without.
        style: How the cells are written, as ``formats`` of ``report.table`` names it.
    """

    name: str
    label: str
    align: Align
    bars: tuple[float, ...] = ()
    words: bool = False
    status: tuple[Mark, ...] = ()
    style: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the rows shown as text, and where all rows are.

    Attributes:
        cell: Execution count of the cell that made it.
        name: File name without suffix.
        title: Heading for the reader.
        note: One line under it.
        columns: Its shown columns.
        cells: Texts of the shown rows.
        rows: How many rows the files have.
        totals: How many of the last shown rows add up others, and are set off.
    """

    cell: int
    name: str
    title: str
    note: str
    columns: tuple[TableColumn, ...]
    cells: tuple[tuple[str, ...], ...]
    rows: int
    totals: int = 0
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure: its finding, what is drawn, and a digest of the numbers drawn.

    Attributes:
        cell: Execution count of the cell that made it.
        name: File name without suffix.
        title: The finding.
        subtitle: What is drawn and in which unit.
        alt: What a reader who does not see it needs first.
        digest: One rounded line per artist with data, for regression checks.
        words: Its numbers in sentences, for a reader who does not see it.
    """

    cell: int
    name: str
    title: str
    subtitle: str
    alt: str
    digest: tuple[str, ...]
    words: tuple[str, ...] = ()
    kind: Literal["figure"] = "figure"


Item = Headline | Card | Table | Picture


def to_record(item: Item) -> dict[str, Any]:
    """Return an item as plain JSON values."""
    return asdict(item)


def from_record(record: dict[str, Any]) -> Item:
    """Rebuild an item from what :func:`to_record` gave, after a trip through JSON."""
    fields = dict(record)
    kind = fields.pop("kind")
    if kind == "headline":
        fields["numbers"] = tuple(Number(**number) for number in fields["numbers"])
        return Headline(**fields)
    if kind == "card":
        fields["facts"] = tuple((label, text) for label, text in fields["facts"])
        return Card(**fields)
    if kind == "table":
        fields["columns"] = tuple(
            TableColumn(
                **{**column, "bars": tuple(column["bars"]), "status": tuple(column["status"])}
            )
            for column in fields["columns"]
        )
        fields["cells"] = tuple(tuple(row) for row in fields["cells"])
        return Table(**fields)
    if kind == "figure":
        fields["digest"] = tuple(fields["digest"])
        fields["words"] = tuple(fields["words"])
        return Picture(**fields)
    raise ValueError(f"unknown kind of item: {kind!r}")
