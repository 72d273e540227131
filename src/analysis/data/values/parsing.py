"""Planner-written text to numbers, dates and booleans: single cells and whole columns.

The column functions take a pandas Series of text (missing cells NA) and return a
:class:`Parsed` of the same length, which names a reason for each refused cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.data.values.arrays import Distinct, Parsed, arrow, nulls
from analysis.data.values.date_values import to_dates
from analysis.data.values.number_columns import to_integers, to_numbers
from analysis.data.values.number_rule import NumberRule
from analysis.data.values.written_dates import parse_date
from analysis.data.values.written_numbers import narrow, parse_number

__all__ = [
    "NumberRule",
    "Parsed",
    "parse_boolean",
    "parse_date",
    "parse_number",
    "to_booleans",
    "to_dates",
    "to_integers",
    "to_numbers",
]

_YES = frozenset(["true", "yes", "y", "1", "是", "真", "有", "√", "✓"])
_NO = frozenset(["false", "no", "n", "0", "否", "假", "无", "✗"])


def parse_boolean(text: str) -> bool:
    """Return the truth value of 是/否, yes/no, true/false, 1/0 and the like.

    Raises:
        ValueError: If the text is none of them.
    """
    word = narrow(text).lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError("neither yes nor no")


def to_booleans(cells: pd.Series[Any]) -> Parsed:
    """Read a column of yes and no (text of shape (n,), NA where missing) as nullable boolean."""
    text = arrow(cells)
    values = np.zeros(len(text), dtype=bool)
    rest = Distinct(text, np.ones(len(text), dtype=bool), parse_boolean)
    for value, places in rest.found:
        values[places] = value
    missing = nulls(text)
    missing[list(rest.refused)] = True
    array = pd.arrays.BooleanArray(values, missing)
    return Parsed(pd.Series(array, index=cells.index, name=cells.name), rest.refused)
