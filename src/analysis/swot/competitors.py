"""Where competitors stand, as several people rate them.

Principal components of the attributes (biplot, Gabriel 1971, Biometrika 58:453–467), or two
attributes that the planner chooses; a position's interval comes from the raters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.base.errors import InputError, nearest
from analysis.swot.interval import of_raters

Floats = NDArray[np.float64]


def cube_of(ratings: pd.DataFrame, item: str) -> tuple[Floats, list[str], list[str], list[str]]:
    """``(raters, items, attributes)`` from long ratings, complete, and their names."""
    for name in ("rater", item, "attribute", "score"):
        if name not in ratings.columns:
            hint = nearest(name, [str(column) for column in ratings.columns])
            raise InputError(f"ratings: found no column {name!r}; {hint}")
    keys = [ratings[name].astype("str") for name in ("rater", item, "attribute")]
    levels = [list(dict.fromkeys(key)) for key in keys]
    codes = [
        key.map({value: i for i, value in enumerate(level)}).to_numpy()
        for key, level in zip(keys, levels, strict=True)
    ]
    shape = tuple(len(level) for level in levels)
    flat = np.ravel_multi_index(codes, shape)
    values = ratings["score"].to_numpy(np.float64)
    if len(set(flat.tolist())) < len(flat) or len(flat) < math.prod(shape):
        raise InputError(
            f"ratings: found {len(flat)} of {math.prod(shape)} expected, one of each rater for "
            f"each {item} and attribute"
        )
    if not np.isfinite(values).all():
        raise InputError("ratings: found a missing score, expected all")
    cube = np.empty(math.prod(shape))
    cube[flat] = values
    # Raters in an order of their own: nothing below may depend on who came first.
    cube = cube.reshape(shape)
    cube = cube[np.lexsort(cube.reshape(len(cube), -1).T[::-1])]
    return cube, levels[0], levels[1], levels[2]


@dataclass(frozen=True)
class CompetitorMap:
    """Where competitors stand.

    Attributes:
        frame: One row a competitor: ``competitor, x, y`` (mean over raters), ``x_lo, x_hi, y_lo,
            y_hi, why``, ``nearest`` (the closest other one on all attributes, standardised) and
            ``distance`` to it.
        matrix: ``(competitors, attributes)`` mean ratings.
        arrows: ``attribute, x, y``: loadings; empty for chosen axes.
        axes: Names of the two axes; empty for principal components.
        explained: Share of variance of the two components; NaN for chosen axes.
        confidence: Of the intervals.
    """

    frame: pd.DataFrame
    matrix: pd.DataFrame
    arrows: pd.DataFrame
    axes: tuple[str, str] | None
    explained: tuple[float, float]
    confidence: float

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Positions and nearest rivals (``lang`` en or zh)."""
        from analysis.swot.words_market import competitor_table

        return competitor_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """The map."""
        from analysis.swot.plots_market import competitor_figure

        return competitor_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Who is nearest to whom, and how much of the differences the map shows."""
        from analysis.swot.words_market import competitor_sentence

        return competitor_sentence(self, lang)


def competitor_map(
    ratings: pd.DataFrame,
    *,
    axes: tuple[str, str] | None = None,
    confidence: float = 0.95,
) -> CompetitorMap:
    """Place competitors by rated attributes.

    Args:
        ratings: One row a rating: ``rater, competitor, attribute, score``, complete.
        axes: Two attributes to draw; principal components of the standardised means when None.
        confidence: Of the intervals over raters, for each coordinate.

    Raises:
        InputError: If columns or ratings are missing, an axis is unknown, or there are fewer than
            two competitors or attributes.
    """
    cube, _, names, attributes = cube_of(ratings, "competitor")
    if len(names) < 2 or len(attributes) < 2:
        raise InputError(
            f"ratings: found {len(names)} competitors and {len(attributes)} attributes, expected "
            "at least two of each"
        )
    mean = cube.mean(axis=0)
    spread = mean.std(axis=0, ddof=1)
    # An attribute on which all are equal separates nobody: it keeps its place with weight 0.
    scale = np.where(spread > 0, spread, np.inf)
    standard = (mean - mean.mean(axis=0)) / scale
    arrows = pd.DataFrame(columns=["attribute", "x", "y"])
    explained = (math.nan, math.nan)
    if axes is None:
        _, singular, right = np.linalg.svd(standard, full_matrices=False)
        loading = right[:2].T
        # A component has no sign of its own: its largest loading points to the right or up.
        loading = loading * np.sign(loading[np.abs(loading).argmax(axis=0), [0, 1]])
        each = ((cube - mean.mean(axis=0)) / scale) @ loading
        total = float((singular**2).sum())
        part = singular[:2] ** 2 / total if total else np.full(2, math.nan)
        explained = (float(part[0]), float(part[1]))
        arrows = pd.DataFrame({"attribute": attributes, "x": loading[:, 0], "y": loading[:, 1]})
    else:
        if len(axes) != 2:
            raise InputError(f"axes: found {len(axes)}, expected two attributes")
        for axis in axes:
            if axis not in attributes:
                raise InputError(f"axes: found unknown {axis!r}; {nearest(axis, attributes)}")
        each = cube[:, :, [attributes.index(axis) for axis in axes]]
    points = [[of_raters(each[:, i, j], confidence) for j in (0, 1)] for i in range(len(names))]
    gaps = np.sqrt(((standard[:, None] - standard[None]) ** 2).sum(axis=2))
    np.fill_diagonal(gaps, np.inf)
    closest = gaps.argmin(axis=1)
    frame = pd.DataFrame(
        {
            "competitor": names,
            "x": [x.value for x, _ in points],
            "y": [y.value for _, y in points],
            "x_lo": [x.lo for x, _ in points],
            "x_hi": [x.hi for x, _ in points],
            "y_lo": [y.lo for _, y in points],
            "y_hi": [y.hi for _, y in points],
            "why": pd.Series([x.why for x, _ in points], dtype="str"),
            "nearest": [names[i] for i in closest],
            "distance": gaps.min(axis=1),
        }
    )
    matrix = pd.DataFrame(mean, names, attributes)
    return CompetitorMap(frame, matrix, arrows, axes, explained, confidence)
