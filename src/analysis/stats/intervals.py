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
