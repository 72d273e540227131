"""How a figure is drawn for the comparison with its baseline picture.

The same on every machine: fonts travel with the project, letters are drawn without hinting, the
picture has a fixed size in pixels. What may still differ is the last bit of an edge's grey, so
pictures are compared by the root mean square of their difference, on the scale of 0 to 255.
``TOLERANCE`` = 0.5: other ticks on one axis make about 2 in pictures so small (measured), a redrawn
one on the same machine 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.base.theme import style

TOLERANCE = 0.5
SIZE = (8.4, 4.2)  # inches, as in a report
DPI = 50

Draw = Callable[..., Axes]
Pictures = Mapping[str, Callable[[str], Draw]]
"""``Class.method`` → given the language, the bound method that draws."""

compared = pytest.mark.mpl_image_compare(
    tolerance=TOLERANCE,
    style={**style(), "text.hinting": "no_hinting"},
    savefig_kwargs={"dpi": DPI, "metadata": {"Software": None}, "pil_kwargs": {"optimize": True}},
    deterministic=True,
)


def cases(pictures: Pictures) -> list[tuple[str, str]]:
    """Every picture in English, every third in Chinese as well."""
    names = sorted(pictures)
    return [(name, "en") for name in names] + [(name, "zh") for name in names[::3]]


def drawn(pictures: Pictures, name: str, lang: str) -> Figure:
    """Draw one picture as a report does."""
    draw: Any = pictures[name](lang)
    assert f"{type(draw.__self__).__name__}.{draw.__name__}" == name
    figure = Figure(figsize=SIZE)
    draw(ax=figure.subplots(), lang=lang)
    return figure
