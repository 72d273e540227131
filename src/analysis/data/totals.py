"""Rows that add up other rows: found by the words planners put into them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.data.values.arrays import arrow, is_text, matches

CHINESE = ("合计", "总计", "小计", "共计", "总和")
TOTALS = (*CHINESE, "Total", "Grand total", "Subtotal", "Sub-total")
"""Words of ``drop_where`` when a mapping names none."""


def rows_with(frame: pd.DataFrame, words: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return a mask of shape (n,) of the rows in which a text cell is one of the words.

    Letter case, spaces between Chinese characters and a colon or bracket after the word do not
    matter. The Chinese words for totals also count at the end of a cell (华东小计); any other
    word must be the whole cell.
    """
    mask = np.zeros(len(frame), dtype=bool)
    if not words:
        return mask
    pattern = "|".join(_pattern(word) for word in words)
    whole = rf"(?i)^\s*(?:{pattern})\s*(?:[:：]|[(（].*[)）])?\s*$"
    for name in frame.columns:
        column = frame[name]
        if is_text(column):
            mask |= matches(arrow(column), whole)
    return mask


def _pattern(word: str) -> str:
    spaced = r"[\s\x{3000}]*".join(re.escape(letter) for letter in word.strip())
    return f".*{spaced}" if word in CHINESE else spaced if not word.isascii() else re.escape(word)
