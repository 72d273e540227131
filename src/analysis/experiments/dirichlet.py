"""Evidence of counts against planned shares that may be looked at at any time.

Lindon & Malek (2022), Anytime-Valid Inference for Multinomial Count Data, NeurIPS 35.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

CONCENTRATION = 1000.0
"""Users after which the test begins to be sharp; good from 5,000 to a million."""


def shares_of(weights: Sequence[float] | Floats) -> Floats:
    """Planned weights as shares of 1.

    Raises:
        ValueError: If there are fewer than two or one is not above 0.
    """
    values = np.asarray(weights, np.float64)
    if len(values) < 2 or not (np.isfinite(values) & (values > 0)).all():
        raise ValueError(f"weights: found {list(weights)}, expected two or more above 0")
    shares: Floats = values / values.sum()
    return shares


def _stirling_rest(x: Floats) -> Floats:
    """``lgamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2)``, without cancellation."""
    safe = np.maximum(x, 10.0)
    inverse = 1 / (safe * safe)
    series = (
        1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))
    ) / safe
    small = np.minimum(x, 10.0)
    direct = special.gammaln(small) - ((small - 0.5) * np.log(small) - small)
    return np.where(x >= 10, series, direct - math.log(2 * math.pi) / 2)


def log_bayes_factor(
    counts: Sequence[Sequence[float] | Floats] | Floats,
    weights: Sequence[float] | Floats,
    concentration: float = CONCENTRATION,
) -> Floats:
    """Log Bayes factor of shares drawn from ``Dirichlet(c theta)`` against the planned ``theta``.

    Lindon & Malek (2022), Anytime-Valid Inference for Multinomial Count Data, NeurIPS 35. Under
    the planned shares its inverse is a p-value at whatever moment one looks.

    Args:
        counts: ``(looks, k)`` running totals of users.
        weights: ``(k,)`` planned weights.
        concentration: ``c``, above 0.

    Returns:
        ``(looks,)`` log Bayes factors.

    Raises:
        ValueError: If shapes do not fit, a count is negative or the concentration not above 0.
    """
    theta, n = shares_of(weights), np.atleast_2d(np.asarray(counts, np.float64))
    if n.shape[1] != len(theta):
        raise ValueError(f"counts: found {n.shape[1]} arms, expected {len(theta)}")
    if not 0 < concentration < math.inf or (n < 0).any():
        found = f"concentration {concentration}, least count {n.min()}"
        raise ValueError(f"found {found}, expected above 0 and not below 0")

    def beta(a: Floats) -> Floats:
        """``log B(a) - sum(a log theta)``, Stirling's leading terms gathered into a divergence.

        The gammas alone are of the order ``n log n``: their differences would lose all digits of
        the answer for millions of users.
        """
        total = a.sum(axis=1, keepdims=True)
        expected = total * theta
        gap = (a - expected) / expected
        divergence = (expected * ((1 + gap) * np.log1p(gap) - gap)).sum(axis=1)
        halves = (np.log(total[:, 0]) - np.log(a).sum(axis=1)) / 2
        rest = _stirling_rest(a).sum(axis=1) - _stirling_rest(total[:, 0])
        value: Floats = divergence + halves + rest
        return value

    prior = concentration * theta
    return beta(n + prior) - beta(prior[None, :])
