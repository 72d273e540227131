"""Labels of figures on as many lines as they need, and the room that they take."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

WIDE, NARROW, CHINESE, CHINESE_NARROW = 34, 20, 18, 14
"""Letters on a line of a label, in a wide figure and on a phone."""
LINE = 0.19
"""Inches of a line of a label."""


def wrapped(text: str, *, narrow: bool) -> str:
    """A label, whole, on as many lines as it takes."""
    # A Chinese character takes nearly the room of two letters and may begin a line anywhere.
    chinese = any(character >= "\u2e80" for character in text)
    widths = (CHINESE_NARROW, CHINESE) if chinese else (NARROW, WIDE)
    return "\n".join(textwrap.wrap(text, widths[0 if narrow else 1]))


def row_height(labels: Iterable[str], least: float) -> float:
    """Inches of a row in which the longest label has room on a phone.

    Args:
        labels: Labels of all rows.
        least: Inches of a row with short labels.
    """
    lines = max((wrapped(label, narrow=True).count("\n") + 1 for label in labels), default=1)
    return max(least, LINE * lines + 0.12)
