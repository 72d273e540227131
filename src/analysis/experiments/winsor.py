"""Winsorising: a few very large baskets pulled in to a threshold that is the same for every arm.

Thresholds of each arm's own would take away part of the effect: an arm with more large baskets
would be cut higher. The threshold is read from all arms together, or fixed by the planner before
the test; the answer is then about the capped metric.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.base.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Bounds that values are pulled in to: ``greatest(lower, least(upper, value))``.

    Attributes:
        lower: Smallest value kept; ``-inf`` for none.
        upper: Largest value kept; ``inf`` for none.

    Raises:
        ValueError: If the bounds are not in order.
    """

    lower: float = -math.inf
    upper: float = math.inf

    def __post_init__(self) -> None:
        if not self.lower <= self.upper:
            raise ValueError(f"found {self.lower} above {self.upper}")

    def apply(self, values: ArrayLike) -> Floats:
        """Return the values with those outside moved to the bounds; missing ones stay missing."""
        return np.clip(np.asarray(values, dtype=np.float64), self.lower, self.upper)

    def share(self, values: ArrayLike) -> float:
        """Share of the values that are moved; NaN without values."""
        given = np.asarray(values, dtype=np.float64)
        moved = (given < self.lower) | (given > self.upper)
        return float(moved.mean()) if given.size else math.nan


def pooled_thresholds(
    arms: Sequence[ArrayLike],
    *,
    lower: float = 0.0,
    upper: float = 0.99,
    among: Literal["all", "nonzero"] = "all",
) -> Thresholds:
    """Thresholds at quantiles of all arms together (type 7, which is SQL's ``quantile_cont``).

    Args:
        arms: Values of each arm, one a user; missing ones do not count.
        lower: Share of users below the lower threshold; 0 for none.
        upper: Share of users below the upper threshold; 1 for none.
        among: ``"nonzero"`` counts buyers only: where few buy, quantiles over all users are 0.

    Raises:
        ValueError: If the shares are not ``0 <= lower < upper <= 1``.
        InputError: If there are no values, or the threshold would cap every buyer at 0.
    """
    if not 0 <= lower < upper <= 1:
        raise ValueError(f"found lower = {lower}, upper = {upper}, expected 0 ≤ lower < upper ≤ 1")
    values = np.concatenate([np.asarray(arm, dtype=np.float64).ravel() for arm in arms])
    values = values[~np.isnan(values)]
    counted = values[values != 0] if among == "nonzero" else values
    if not counted.size:
        raise InputError("winsorising: found no values, expected at least one to read a quantile")
    at = np.quantile(counted, [lower, upper])
    found = Thresholds(
        float(at[0]) if lower > 0 else -math.inf, float(at[1]) if upper < 1 else math.inf
    )
    if found.upper == 0 and values.max() > 0:
        share = float(np.mean(values > 0))
        raise InputError(
            f"winsorising: found 0 at quantile {upper:g}, since {share:.2%} of users are above 0; "
            'expected a higher quantile, or quantiles among="nonzero"'
        )
    return found
