"""A figure's numbers as a few rounded lines of text: what a regression check compares.

Pictures differ from machine to machine in their bytes; the data drawn does not. Each artist that
carries data gives one line: what it is, how many points, range and mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.reports.described import all_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DIGITS = 4
NOISE = 1e-10


def of_figure(figure: Figure) -> tuple[str, ...]:
    """Return one line per artist that carries data, in drawing order."""
    return tuple(line for axes in all_axes(figure) for line in _of_axes(axes))


def _of_axes(axes: Axes) -> list[str]:
    from matplotlib.patches import Rectangle

    found = [_line("line", each.get_xdata(orig=False), each.get_ydata()) for each in axes.lines]
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    if bars:
        boxes = np.array([bar.get_bbox().get_points() for bar in bars], dtype=float)
        found.append(_line("bars", boxes[:, 1, 0], boxes[:, 1, 1]))
    for each in axes.collections:
        offsets = np.ma.filled(np.asarray(each.get_offsets(), dtype=float), np.nan)
        paths = each.get_paths()
        if len(offsets) > 1:
            found.append(_line("points", offsets[:, 0], offsets[:, 1]))
        elif paths:
            vertices = np.concatenate([np.asarray(path.vertices) for path in paths])
            found.append(_line("area", vertices[:, 0], vertices[:, 1]))
    return found


def _line(what: str, x: object, y: object) -> str:
    values = np.asarray(y, dtype=float)
    across = _range(np.asarray(x, dtype=float))
    return f"{what}: {values.size} points, x {across}, y {_range(values)}"


def _range(values: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return "none"
    size = float(np.abs(finite).max())
    low, high, mean = (_round(float(v), size) for v in (finite.min(), finite.max(), finite.mean()))
    return f"{low} to {high}, mean {mean}"


def _round(value: float, size: float) -> str:
    """Write a value; what is left of a sum that cancels is noise of the machine, so nothing.

    >>> _round(6.7e-17, 0.5), _round(6.7e-17, 1e-16)
    ('0', '6.7e-17')
    """
    return "0" if abs(value) <= NOISE * size else f"{value:.{DIGITS}g}"
