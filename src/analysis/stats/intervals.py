"""Intervals in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]


def wilson(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Score interval of a proportion.

    ``(p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)``; Wilson (1927), JASA 22; recommended
    by Newcombe (1998), Statistics in Medicine 17:857–872 (method 3).

    Args:
        successes: Counts, any shape; fractions of counts are allowed.
        n: Numbers of trials, broadcast against ``successes``.
        confidence: Share covered, in (0, 1).

    Returns:
        Lower and upper bounds, in [0, 1]; NaN where ``n`` is 0.

    Raises:
        ValueError: If a count is negative or above its number of trials.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: found {confidence}, expected between 0 and 1")
    x, trials = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    )
    if np.any((x < 0) | (x > trials)):
        raise ValueError("successes: expected between 0 and n")
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    safe = np.where(trials > 0, trials, np.nan)
    share = x / safe
    middle = share + z * z / (2 * safe)
    half = z * np.sqrt(share * (1 - share) / safe + z * z / (4 * safe * safe))
    scale = 1 + z * z / safe
    # Rounding must not leave a bound a hair outside what it is at 0 and n successes.
    low = np.where(x == 0, 0.0 * safe, (middle - half) / scale)
    high = np.where(x == trials, safe / safe, (middle + half) / scale)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def newcombe(
    control: ArrayLike,
    n_control: ArrayLike,
    arm: ArrayLike,
    n_arm: ArrayLike,
    confidence: float = 0.95,
) -> tuple[Floats, Floats]:
    """Hybrid score interval of the difference of two proportions, ``arm - control``.

    From the Wilson bounds of each: ``d - sqrt((p1 - l1)² + (u0 - p0)²)`` and
    ``d + sqrt((u1 - p1)² + (p0 - l0)²)``; Newcombe (1998), Statistics in Medicine 17:873–890,
    method 10.

    Args:
        control: Successes of control, any shape; all four broadcast.
        n_control: Trials of control.
        arm: Successes of the arm.
        n_arm: Trials of the arm.
        confidence: Share covered, in (0, 1).

    Returns:
        Lower and upper bounds, in [-1, 1]; NaN where there are no trials.

    Raises:
        ValueError: If a count is negative or above its number of trials.
    """
    l0, u0 = wilson(control, n_control, confidence)
    l1, u1 = wilson(arm, n_arm, confidence)
    p0, p1 = _share(control, n_control), _share(arm, n_arm)
    gap = p1 - p0
    return gap - np.hypot(p1 - l1, u0 - p0), gap + np.hypot(u1 - p1, p0 - l0)


def agresti_caffo(
    control: ArrayLike,
    n_control: ArrayLike,
    arm: ArrayLike,
    n_arm: ArrayLike,
    confidence: float = 0.95,
) -> tuple[Floats, Floats]:
    """Wald interval of ``arm - control`` after one success and one failure more in each.

    Agresti & Caffo (2000), The American Statistician 54:280–288. It is not cut off at -1 and 1.

    Args:
        control: Successes of control, any shape; all four broadcast.
        n_control: Trials of control.
        arm: Successes of the arm.
        n_arm: Trials of the arm.
        confidence: Share covered, in (0, 1).

    Returns:
        Lower and upper bounds.
    """
    x0, n0, x1, n1 = (np.asarray(c, dtype=np.float64) for c in (control, n_control, arm, n_arm))
    p0, p1 = (x0 + 1) / (n0 + 2), (x1 + 1) / (n1 + 2)
    se = np.sqrt(p0 * (1 - p0) / (n0 + 2) + p1 * (1 - p1) / (n1 + 2))
    half = float(stats.norm.ppf(0.5 + confidence / 2)) * se
    return p1 - p0 - half, p1 - p0 + half


def _share(successes: ArrayLike, n: ArrayLike) -> Floats:
    trials = np.asarray(n, dtype=np.float64)
    return np.asarray(successes, dtype=np.float64) / np.where(trials > 0, trials, np.nan)
