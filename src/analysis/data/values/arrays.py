"""Columns of text as Arrow arrays, and their distinct cells read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """A converted column.

    Attributes:
        values: Converted values in the order of the cells; missing where missing or refused.
        refused: Reason for each refused cell, by its position.
    """

    values: pd.Series[Any]
    refused: dict[int, str]


class Distinct:
    """Distinct cells under a mask, each read once.

    ``found`` pairs a read value with the positions that hold it, ``refused`` is by position.
    """

    def __init__(
        self, text: pa.Array, mask: npt.NDArray[np.bool_], read: Callable[[str], Any]
    ) -> None:
        places = np.flatnonzero(mask & ~nulls(text))
        self.found: list[tuple[Any, npt.NDArray[np.int64]]] = []
        self.refused: dict[int, str] = {}
        for cell, chosen in groups(text.take(pa.array(places))):
            group = places[chosen]
            try:
                self.found.append((read(cell), group))
            except ValueError as error:
                self.refused.update(dict.fromkeys(group.tolist(), str(error)))


def groups(text: pa.Array) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
    """Yield each distinct cell of ``text`` (without nulls) and the positions that hold it."""
    coded = text.dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(1, len(coded.dictionary)))
    yield from zip(coded.dictionary.to_pylist(), np.split(order, starts), strict=False)


def arrow(cells: pd.Series[Any]) -> pa.Array:
    """Return cells of text as one Arrow array of shape (n,), null where missing."""
    array = pa.array(cells, type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def is_text(cells: pd.Series[Any]) -> bool:
    """Return whether a column holds text (object columns of lists and the like do not)."""
    return isinstance(cells.dtype, pd.StringDtype)


def nulls(text: pa.Array) -> npt.NDArray[np.bool_]:
    """Return a writable mask of the missing cells."""
    return np.array(text.is_null().to_numpy(zero_copy_only=False), dtype=bool)


def matches(text: pa.Array, pattern: str) -> npt.NDArray[np.bool_]:
    """Return a writable mask of the cells that match an RE2 pattern; missing ones do not."""
    mask = pc.fill_null(pc.match_substring_regex(text, pattern), False)
    return np.array(mask.to_numpy(zero_copy_only=False), dtype=bool)
