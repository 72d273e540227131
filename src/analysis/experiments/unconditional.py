"""All tables of two arms at once: orders of tables, and the largest probability of a region.

A table is (successes of the arm, successes of control); arrays over tables have the shape
``(n_arm + 1, n_control + 1)``. An order gives each table a number, smaller for one that speaks
more against equal rates. A region's size is its largest probability over the common rate, which
nobody knows (Barnard 1947, Biometrika 34:123–138).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Alternative = Literal["two-sided", "greater", "less"]

# Masses are good to about 1e-12: what is closer than this is one mass, computed twice.
TIE = 1e-10
MOST_TABLES = 4_000_000
POINTS, ROUNDS = 17, 8


def check_size(n_control: int, n_arm: int) -> None:
    """Refuse what cannot be enumerated.

    Raises:
        ValueError: If an arm has no users, or the tables are too many.
    """
    if min(n_control, n_arm) < 1:
        raise ValueError(f"found {n_control} and {n_arm} users, expected at least 1")
    tables = (n_control + 1) * (n_arm + 1)
    if tables > MOST_TABLES:
        raise ValueError(f"found {tables} tables to enumerate, expected at most {MOST_TABLES}")


def binomial(n: int, rates: ArrayLike, complements: ArrayLike) -> Floats:
    """Probabilities ``(..., n + 1)`` of 0 to n successes at rates and one minus them."""
    p = np.asarray(rates, dtype=np.float64)[..., None]
    q = np.asarray(complements, dtype=np.float64)[..., None]
    k = np.arange(n + 1.0)
    masses = np.exp(_log_choose(n) + special.xlogy(k, p) + special.xlogy(n - k, q))
    # What the rounding of log-gamma took from all alike is given back.
    found: Floats = masses / masses.sum(axis=-1, keepdims=True)
    return found


def pooled_order(n_control: int, n_arm: int, alternative: Alternative) -> Floats:
    """Order by the pooled Wald statistic.

    Its square, up to a constant, is a quotient of whole numbers below 2^53 that one division
    rounds: equal statistics are equal numbers here, so no tie is lost.
    """
    i, j = np.arange(n_arm + 1.0)[:, None], np.arange(n_control + 1.0)
    gap, both = i * n_control - j * n_arm, i + j
    spread = both * (n_control + n_arm - both)
    square: Floats = np.divide(gap * gap, spread, out=np.zeros_like(spread), where=spread > 0)
    signed: Floats = np.copysign(square, gap)
    return (
        -square if alternative == "two-sided" else -signed if alternative == "greater" else signed
    )


def fisher_order(n_control: int, n_arm: int, alternative: Alternative) -> Floats:
    """Fisher's conditional p-value of every table."""
    total, i = np.arange(n_control + n_arm + 1)[:, None], np.arange(n_arm + 1)
    j = total - i
    possible = (j >= 0) & (j <= n_control)
    logs = _log_choose(n_arm)[i] + _log_choose(n_control)[np.clip(j, 0, n_control)]
    logs = np.where(possible, logs, -np.inf)
    masses = np.exp(logs - logs.max(axis=1, keepdims=True))
    masses /= masses.sum(axis=1, keepdims=True)
    if alternative == "greater":
        p = np.cumsum(masses[:, ::-1], axis=1)[:, ::-1]
    elif alternative == "less":
        p = np.cumsum(masses, axis=1)
    else:
        p = _no_more_probable(masses)
    of_arm, of_control = np.arange(n_arm + 1)[:, None], np.arange(n_control + 1)
    found: Floats = np.minimum(p, 1.0)[of_arm + of_control, of_arm]
    return found


def largest_probability(region: Bools) -> tuple[float, float]:
    """Size of a region of tables, and the common rate at which it has it.

    The rate is an angle here (``sin²``): on that scale the probability bends alike everywhere, in
    stretches of ``1 / (2 sqrt(N))``. A grid eight times finer finds every peak, and each one
    that could be the highest is enlarged until rounding remains.
    """
    inside = region.astype(np.float64)
    users = sum(region.shape) - 2
    angles = np.linspace(0, np.pi / 2, 2 + int(np.ceil(4 * np.pi * np.sqrt(users))))
    reach = angles[1]
    heights = _probability(inside, angles)
    wall = np.concatenate([[-1.0], heights, [-1.0]])
    peak = (heights >= wall[:-2]) & (heights >= wall[2:]) & (heights >= 0.97 * heights.max())
    centres = angles[peak]
    for _ in range(ROUNDS):
        near = centres[:, None] + reach * np.linspace(-1, 1, POINTS)
        near = np.clip(near, 0, np.pi / 2)
        heights = _probability(inside, near.ravel()).reshape(near.shape)
        centres = np.take_along_axis(near, heights.argmax(axis=1)[:, None], axis=1)[:, 0]
        reach = 2 * reach / (POINTS - 1)
    best = int(heights.max(axis=1).argmax())
    return min(float(heights[best].max()), 1.0), float(np.sin(centres[best]) ** 2)


def largest_region(order: Floats, alpha: float) -> Bools:
    """The largest region of an order whose size is at most ``alpha``; ties go in together."""
    values = np.sort(order, axis=None)
    # The last of each run of ties.
    ends = np.append(values[1:] - values[:-1] > TIE * np.abs(values[:-1]), True)
    levels = values[ends]
    low, high = -1, len(levels) - 1
    while low < high:
        middle = (low + high + 1) // 2
        size, _ = largest_probability(order <= levels[middle])
        if size <= alpha * (1 + TIE):
            low = middle
        else:
            high = middle - 1
    return order <= levels[low] if low >= 0 else np.zeros_like(order, dtype=np.bool_)


def _probability(inside: Floats, angles: Floats) -> Floats:
    rates, complements = np.sin(angles) ** 2, np.cos(angles) ** 2
    of_arm = binomial(inside.shape[0] - 1, rates, complements)
    of_control = binomial(inside.shape[1] - 1, rates, complements)
    found: Floats = ((of_arm @ inside) * of_control).sum(axis=1)
    return found


def _no_more_probable(masses: Floats) -> Floats:
    """Of each mass, the sum over its row of masses that are not larger."""
    at = np.argsort(masses, axis=1)
    ordered = np.take_along_axis(masses, at, axis=1)
    sums = np.cumsum(ordered, axis=1)
    ends = np.ones_like(ordered, dtype=np.bool_)
    ends[:, :-1] = ordered[:, 1:] > ordered[:, :-1] * (1 + TIE)
    # Each takes the sum at the end of its run of ties.
    of_run = np.minimum.accumulate(np.where(ends, sums, np.inf)[:, ::-1], axis=1)[:, ::-1]
    found = np.empty_like(masses)
    np.put_along_axis(found, at, of_run, axis=1)
    return found


def _log_choose(n: int) -> Floats:
    k = np.arange(n + 1.0)
    found: Floats = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return found
