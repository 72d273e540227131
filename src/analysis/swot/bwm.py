"""Weights from the best and the worst alone: the best–worst method.

One says how many times as much the best matters as each other item, and each other item as the
worst: 2n - 3 judgments where all pairs take n (n - 1) / 2. Linear model: Rezaei (2016), Omega
64:126–130. Consistency: of the judgments themselves, and of the best any weights can do (Liang,
Brunelli & Rezaei 2020, Omega 96:102175), with their thresholds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import optimize

from analysis.base.errors import InputError, nearest

Floats = NDArray[np.float64]

INPUT_THRESHOLDS: dict[int, tuple[float, ...]] = {
    3: (0.1667,) * 7,
    4: (0.1121, 0.1529, 0.1898, 0.2206, 0.2527, 0.2577, 0.2683),
    5: (0.1354, 0.1994, 0.2306, 0.2546, 0.2716, 0.2844, 0.2960),
    6: (0.1330, 0.1990, 0.2643, 0.3044, 0.3144, 0.3221, 0.3262),
    7: (0.1294, 0.2457, 0.2819, 0.3029, 0.3144, 0.3251, 0.3403),
    8: (0.1309, 0.2521, 0.2958, 0.3154, 0.3408, 0.3620, 0.3657),
    9: (0.1359, 0.2681, 0.3062, 0.3337, 0.3517, 0.3620, 0.3662),
}
OUTPUT_THRESHOLDS: dict[int, tuple[float, ...]] = {
    3: (0.2087,) * 7,
    4: (0.1581, 0.2352, 0.2738, 0.2928, 0.3102, 0.3154, 0.3273),
    5: (0.2111, 0.2848, 0.3019, 0.3309, 0.3479, 0.3611, 0.3741),
    6: (0.2164, 0.2922, 0.3565, 0.3924, 0.4061, 0.4168, 0.4225),
    7: (0.2090, 0.3313, 0.3734, 0.3931, 0.4035, 0.4108, 0.4298),
    8: (0.2267, 0.3409, 0.4029, 0.4230, 0.4379, 0.4543, 0.4599),
    9: (0.2122, 0.3653, 0.4055, 0.4225, 0.4445, 0.4587, 0.4747),
}
"""Best over worst → thresholds for 3 to 9 items; below 3 only full consistency passes."""


@dataclass(frozen=True)
class BestWorst:
    """Weights of the best–worst method.

    Attributes:
        frame: One row an item: ``item, weight, best_to, to_worst, ratio`` (input-based consistency
            ratio of the item). No intervals: one rater's judgments.
        best: The best item.
        worst: The worst one.
        xi: Least largest deviation of the linear model, in units of weight; 0 if consistent.
        input_ratio: Input-based consistency ratio, the largest of the items.
        input_threshold: Of it; NaN outside the published table.
        output_ratio: Least largest deviation of ratios (of the non-linear model) over the largest
            possible for this scale.
        output_threshold: Of it; NaN outside the published table.
    """

    frame: pd.DataFrame
    best: str
    worst: str
    xi: float
    input_ratio: float
    input_threshold: float
    output_ratio: float
    output_threshold: float

    @property
    def weights(self) -> dict[str, float]:
        """Item → weight."""
        return dict(zip(self.frame["item"], self.frame["weight"].tolist(), strict=True))

    @property
    def consistent(self) -> bool | None:
        """Whether the input-based ratio passes; None where no threshold is published."""
        if self.input_ratio < 1e-12:
            return True
        if math.isnan(self.input_threshold):
            return None
        return self.input_ratio <= self.input_threshold

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Weights, largest first (``lang`` en or zh)."""
        from analysis.swot.words_weights import bwm_table

        return bwm_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Weights as bars."""
        from analysis.swot.plots import weight_bars

        return weight_bars(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The heaviest item, and whether the judgments agree with each other."""
        from analysis.swot.words_weights import bwm_sentence

        return bwm_sentence(self, lang)


def bwm(best_to_others: Mapping[str, float], others_to_worst: Mapping[str, float]) -> BestWorst:
    """Weights from comparisons with the best and the worst item.

    The best item is the one to which the best is 1, the worst the one that is 1 to the worst; of
    several, the one that is farthest from the other end.

    Args:
        best_to_others: Item → how many times as much the best matters, at least 1.
        others_to_worst: Item → how many times as much it matters as the worst, at least 1.

    Raises:
        InputError: If the items differ, a value is below 1, none is 1, or best over worst differs
            between the two.
    """
    names = list(best_to_others)
    if len(names) < 2:
        raise InputError(f"best–worst: found {len(names)} items, expected at least two")
    for name in others_to_worst:
        if name not in best_to_others:
            raise InputError(f"best–worst: found {name!r} in one only; {nearest(name, names)}")
    for name in names:
        if name not in others_to_worst:
            raise InputError(f"best–worst: found no {name!r} against the worst, expected one")
    b = np.array([float(best_to_others[name]) for name in names])
    w = np.array([float(others_to_worst[name]) for name in names])
    for what, values in (("best over", b), ("over worst", w)):
        wrong = ~((values >= 1) & np.isfinite(values))
        if wrong.any():
            k = int(np.flatnonzero(wrong)[0])
            raise InputError(f"{what} {names[k]}: found {values[k]:g}, expected at least 1")
        if (values != 1).all():
            raise InputError(f"{what} …: found no 1, expected that of the item itself")
    best = int(np.argmax(np.where(b == 1, w, 0.0)))
    worst = int(np.argmax(np.where(w == 1, b, 0.0)))
    if b[worst] != w[best]:
        raise InputError(
            f"best–worst: found {names[best]} over {names[worst]} = {b[worst]:g} and {w[best]:g}, "
            "expected the same"
        )
    n, a = len(names), float(b[worst])
    weights, xi = _linear(b, w, best, worst)
    each = np.abs(b * w - a) / (a * a - a) if a > 1 else np.zeros(n)
    each[[best, worst]] = 0.0
    ceiling = ((2 * a + 1) - math.sqrt(8 * a + 1)) / 2
    deviation = _least_deviation(np.delete(b, [best, worst]), np.delete(w, [best, worst]), a)
    return BestWorst(
        frame=pd.DataFrame(
            {"item": names, "weight": weights, "best_to": b, "to_worst": w, "ratio": each}
        ),
        best=names[best],
        worst=names[worst],
        xi=xi,
        input_ratio=float(each.max()),
        input_threshold=_threshold(INPUT_THRESHOLDS, a, n),
        output_ratio=deviation / ceiling if ceiling > 0 else 0.0,
        output_threshold=_threshold(OUTPUT_THRESHOLDS, a, n),
    )


def _threshold(table: dict[int, tuple[float, ...]], scale: float, n: int) -> float:
    if n < 3 or scale < 3:
        return 0.0
    if n > 9 or scale > 9:
        return math.nan
    # Between two published scales the stricter holds.
    return min(table[math.floor(scale)][n - 3], table[math.ceil(scale)][n - 3])


def _linear(b: Floats, w: Floats, best: int, worst: int) -> tuple[Floats, float]:
    """Weights of sum 1 and least ``xi``: ``|w_B - b_j w_j|, |w_j - a_jW w_W| <= xi``."""
    n = len(b)
    one, other = np.zeros((n, n)), np.eye(n)
    one[:, best] = 1.0
    one -= np.diag(b)
    other[:, worst] -= w
    rows = np.concatenate([one, -one, other, -other])
    rows = np.concatenate([rows, -np.ones((len(rows), 1))], axis=1)
    found = optimize.linprog(
        np.append(np.zeros(n), 1.0), A_ub=rows, b_ub=np.zeros(len(rows)),
        A_eq=np.append(np.ones(n), 0.0)[None], b_eq=[1.0], bounds=(0, None), method="highs",
    )  # fmt: skip
    return np.asarray(found.x[:n], dtype=np.float64), max(float(found.x[n]), 0.0)


def _least_deviation(b: Floats, w: Floats, a: float) -> float:
    """Least ``xi`` with ``|w_B/w_j - b_j| <= xi``, ``|w_j/w_W - a_jW| <= xi`` for all items.

    Such weights exist when one ratio of best to worst lies within ``xi`` of ``a`` and, for every
    other item, between the products of its two judgments less and plus ``xi``.
    """

    def short(xi: float) -> float:
        lowest = np.maximum(b - xi, 0.0) * np.maximum(w - xi, 0.0)
        highest = (b + xi) * (w + xi)
        low = max(float(lowest.max(initial=0.0)), a - xi)
        return low - min(float(highest.min(initial=math.inf)), a + xi)

    if short(0.0) <= 0:
        return 0.0
    return float(optimize.brentq(short, 0.0, float(b.max() + w.max() + a), xtol=1e-13))
