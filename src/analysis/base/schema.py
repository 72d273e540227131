"""The vocabulary in which a table's columns are promised: name, kind, unit, limits.

A question declares the table it needs (:class:`TableSchema`), the catalog declares the tables
there are; the ``data`` floor compiles either into checks. Nothing here reads a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal["text", "integer", "number", "date", "datetime", "boolean"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Column:
    """One promised column.

    Attributes:
        name: Column name in the checked table.
        kind: What its values are; ``date`` has no time of day, ``datetime`` may carry a zone.
        unit: Unit of the values as a reader would name it (``"EUR"``, ``"share"``); empty if none.
        description: One line for the codebook.
        required: Whether the column must be there.
        nullable: Whether single values may be missing.
        minimum: Smallest allowed number, inclusive.
        maximum: Largest allowed number, inclusive.
        choices: Allowed values; empty if open.
    """

    name: str
    kind: Kind
    unit: str = ""
    description: str = ""
    required: bool = True
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A promised table.

    Attributes:
        columns: Promised columns in their order.
        key: Names of the columns whose values together may occur once only; empty if no key.
        name: What the catalog's views call it; empty if no dataset serves as one.
        extra: Kind that columns beyond the promised ones must have (they are kept and converted;
            ``"number"`` also lets through columns of yes/no, and of words without any number),
            ``"any"`` to keep them as they are, ``"drop"`` or ``"refuse"``.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    name: str = ""
    extra: Kind | Literal["any", "drop", "refuse"] = "refuse"
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name.update({column.name: column for column in self.columns})
        unknown = [name for name in self.key if name not in self._by_name]
        if unknown:
            raise ValueError(f"key columns not among the columns: {unknown}")

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Promised column names in order."""
        return tuple(column.name for column in self.columns)
