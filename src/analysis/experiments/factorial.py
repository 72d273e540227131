"""Several promotion mechanics tested at once: what each brings, and what only together.

Users are spread over all combinations of levels (coupon or not × gift or not × …). Every effect is
a contrast of cell means: of a factor, a level against its first, averaged evenly over the levels of
the others; of an interaction, the difference of such differences (for two mechanics, what both
bring beyond the sum of each). Effects in two-level designs so follow Box, Hunter & Hunter (2005),
but for their halving of interactions. Means: Welch–Satterthwaite degrees of freedom; shares:
Price & Bonett (2004), Computational Statistics & Data Analysis 45. Simultaneous intervals and
p-values by Šidák's inequality (1967), which holds for contrasts however they correlate.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import special

from analysis.base.errors import InputError, nearest

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Factorial:
    """Effects of the factors and of their combinations.

    Attributes:
        frame: One row an effect: ``effect`` (factors joined by ×), ``level`` (against the first
            levels), ``order`` (1 main effect, 2 interaction of two, …), ``estimate, se, df, lo,
            hi`` (simultaneous), ``p_value`` (alone), ``p_adjusted`` (all effects together). NaN
            bounds where users of the cells do not differ.
        factors: Their names.
        share: Whether the metric is a share.
        confidence: Of all intervals together.
    """

    frame: pd.DataFrame
    factors: tuple[str, ...]
    share: bool
    confidence: float

    def table(self) -> pd.DataFrame:
        """``effect, level, estimate, lo, hi, p_value, p_adjusted`` of the frame."""
        return self.frame[["effect", "level", "estimate", "lo", "hi", "p_value", "p_adjusted"]]

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Effects with their simultaneous intervals."""
        from analysis.experiments.plots_factorial import effects

        return effects(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Which mechanics work, and whether they help or spoil each other."""
        from analysis.experiments.plots_factorial import factorial_sentence

        return factorial_sentence(self, lang)


def factorial(
    cells: pd.DataFrame,
    factors: Sequence[str],
    *,
    order: int = 2,
    confidence: float = 0.95,
) -> Factorial:
    """Estimate main effects and interactions from the moments of all combinations.

    Args:
        cells: One row a combination of levels: a column a factor, and ``n, successes`` (a share) or
            ``n, mean, variance``. The first level met of a factor is what others are compared with.
        factors: Names of the factor columns.
        order: Most factors in an interaction.
        confidence: Of all intervals together.

    Raises:
        InputError: If a column or a combination is missing, a combination is there twice, a factor
            has one level, or a count or variance cannot be.
    """
    names = list(factors)
    value, n = _checked(cells, names)
    levels = [list(dict.fromkeys(cells[name].astype("str"))) for name in names]
    single = [name for name, own in zip(names, levels, strict=True) if len(own) < 2]
    if single:
        raise InputError(f"factor {single[0]!r}: found one level, expected at least two")
    at = _places(cells, names, levels)
    share = "successes" in cells.columns
    variance = value * (1 - value) if share else cells["variance"].to_numpy(np.float64)
    labels, matrix = _contrasts(names, levels, order)
    successes = cells["successes"].to_numpy(np.float64)[at] if share else None
    estimate = matrix @ value[at]
    lo, hi, se, df, p = _judge(matrix, estimate, variance[at], n[at], successes, confidence)
    with np.errstate(divide="ignore"):
        adjusted = -np.expm1(len(p) * np.log1p(-p))
    frame = pd.DataFrame(labels, columns=["effect", "level", "order"]).assign(
        estimate=estimate, se=se, df=df, lo=lo, hi=hi, p_value=p, p_adjusted=adjusted
    )
    return Factorial(
        frame.astype({"effect": "str", "level": "str"}), tuple(names), share, confidence
    )


def _checked(cells: pd.DataFrame, names: list[str]) -> tuple[Floats, Floats]:
    """Rate or mean and users of each cell."""
    columns = [str(name) for name in cells.columns]
    moments = ["n", "successes"] if "successes" in columns else ["n", "mean", "variance"]
    for name in [*names, *moments]:
        if name not in columns:
            raise InputError(f"cells: found no column {name!r}; {nearest(name, columns)}")
    n = cells["n"].to_numpy(np.float64)
    if not (n >= 1).all():
        raise InputError(f"cells: column 'n': found {n.min():g}, expected at least 1")
    if moments[1] == "successes":
        x = cells["successes"].to_numpy(np.float64)
        if not ((x >= 0) & (x <= n)).all():
            raise InputError("cells: column 'successes': expected between 0 and n")
        return x / n, n
    if (cells["variance"] < 0).any():
        found = f"{cells['variance'].min():g}"
        raise InputError(f"cells: column 'variance': found {found}, expected at least 0")
    return cells["mean"].to_numpy(np.float64), n


def _places(cells: pd.DataFrame, names: list[str], levels: list[list[str]]) -> NDArray[np.int64]:
    """Row of each combination, the last factor changing fastest."""
    found: dict[tuple[str, ...], int] = {}
    for row, key in enumerate(zip(*(cells[name].astype("str") for name in names), strict=True)):
        if key in found:
            raise InputError(
                f"cells: found {' / '.join(key)} twice, expected each combination once"
            )
        found[key] = row
    wanted = list(itertools.product(*levels))
    absent = [" / ".join(key) for key in wanted if key not in found]
    if absent:
        listed = ", ".join(absent[:5])
        raise InputError(
            f"cells: found {len(found)} of {len(wanted)} combinations, missing {listed}"
        )
    return np.array([found[key] for key in wanted])


def _contrasts(
    names: list[str], levels: list[list[str]], order: int
) -> tuple[list[tuple[str, str, int]], Floats]:
    """Label and weights of each effect: averages over a factor, or a level minus its first."""
    labels, rows = [], []
    for size in range(1, min(order, len(names)) + 1):
        for chosen in itertools.combinations(range(len(names)), size):
            for picked in itertools.product(*(range(1, len(levels[f])) for f in chosen)):
                level = dict(zip(chosen, picked, strict=True))
                row = np.ones(1)
                for f, own in enumerate(levels):
                    piece = np.full(len(own), 1 / len(own))
                    if f in level:
                        piece = np.zeros(len(own))
                        piece[[0, level[f]]] = -1.0, 1.0
                    row = np.kron(row, piece)
                effect = " × ".join(names[f] for f in chosen)
                labels.append((effect, " × ".join(levels[f][level[f]] for f in chosen), size))
                rows.append(row)
    return labels, np.array(rows)


def _judge(
    matrix: Floats, estimate: Floats, variance: Floats, n: Floats, successes: Floats | None,
    confidence: float,
) -> tuple[Floats, Floats, Floats, Floats, Floats]:  # fmt: skip
    """Simultaneous bounds, standard error, degrees of freedom and p-value of each contrast."""
    centre, weights = estimate, matrix**2
    df = np.full(len(matrix), math.inf)
    if successes is not None:
        # Four trials, half of them successes, spread evenly over the cells of a contrast.
        added = 2 / (matrix != 0).sum(axis=1)[:, None]
        p = (successes + added) / (n + 2 * added)
        centre = (matrix * p).sum(axis=1)
        se = np.sqrt((weights * p * (1 - p) / (n + 2 * added)).sum(axis=1))
    else:
        parts = weights * (variance / n)
        total = parts.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            df = total**2 / (parts**2 / (n - 1)).sum(axis=1)
        se = np.where(total > 0, np.sqrt(total), np.nan)
    level = confidence ** (1 / len(matrix))
    half = -special.stdtrit(df, (1 - level) / 2) * se
    p_value = 2 * special.stdtr(df, -np.abs(centre) / se)
    return centre - half, centre + half, se, df, p_value
