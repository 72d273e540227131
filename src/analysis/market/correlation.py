"""Dependence between inputs: rank correlations, and the nearest matrix that is one.

A rank correlation ``s`` between two inputs is that of a Gaussian copula whose normal scores have
correlation ``r``: ``s = (6 / pi) asin(r / 2)`` (Pearson 1907; Kruskal 1958, JASA 53).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]

LEAST = 1e-8
"""Least eigenvalue for which a Cholesky factor is taken."""


def spearman_of(normal: float) -> float:
    """Rank correlation of two normal numbers of correlation ``normal``.

    Raises:
        ValueError: If it is not between -1 and 1.
    """
    if not -1 <= normal <= 1:
        raise ValueError(f"correlation: found {normal}, expected between -1 and 1")
    return 6 / math.pi * math.asin(normal / 2)


def normal_of(spearman: float) -> float:
    """Correlation of the normal scores that gives a rank correlation: ``2 sin(pi s / 6)``.

    Raises:
        ValueError: If it is not between -1 and 1.
    """
    if not -1 <= spearman <= 1:
        raise ValueError(f"rank correlation: found {spearman}, expected between -1 and 1")
    return 2 * math.sin(math.pi * spearman / 6)


def positive_definite(matrix: Floats) -> bool:
    """Whether every eigenvalue is above 0 by more than rounding."""
    return bool(np.linalg.eigvalsh(matrix).min() > LEAST)


def nearest_correlation(matrix: Floats, least: float = 1e-6, steps: int = 2000) -> Floats:
    """The correlation matrix nearest to a symmetric one, in the sum of squared differences.

    Alternating projections with Dykstra's correction (Higham 2002, IMA Journal of Numerical
    Analysis 22:329–343, algorithm 3.3) onto the matrices with eigenvalues of at least ``least``
    and onto those with unit diagonal.

    Args:
        matrix: Symmetric, shape (k, k).
        least: Least eigenvalue of the answer, so that it can be factored.
        steps: Most projections; the answer is exact in its diagonal and eigenvalues after any.

    Returns:
        Shape (k, k).
    """
    wanted = np.array(matrix, dtype=np.float64)
    correction = np.zeros_like(wanted)
    for _ in range(steps):
        before = wanted
        reduced = wanted - correction
        values, vectors = np.linalg.eigh(reduced)
        projected = (vectors * np.maximum(values, least)) @ vectors.T
        correction = projected - reduced
        wanted = projected.copy()
        np.fill_diagonal(wanted, 1.0)
        if np.abs(wanted - before).max() < 1e-10:
            break
    # Stopping short of convergence leaves a diagonal of 1 and an eigenvalue a hair too low:
    # a step towards the identity mends it.
    lowest = float(np.linalg.eigvalsh(wanted).min())
    if lowest < least:
        share = (least - lowest) / (1 - lowest)
        wanted = (1 - share) * wanted + share * np.eye(len(wanted))
    return (wanted + wanted.T) / 2


def gaussian_copula(uniforms: Floats, correlation: Floats) -> Floats:
    """Give independent uniform points the dependence of a Gaussian copula.

    Args:
        uniforms: Inside (0, 1), shape (n, k).
        correlation: Of the normal scores, positive definite, shape (k, k).

    Returns:
        Uniform points, shape (n, k); the quasi-random structure is kept.
    """
    factor = np.linalg.cholesky(correlation)
    return np.asarray(special.ndtr(special.ndtri(uniforms) @ factor.T), dtype=np.float64)


def iman_conover(values: Floats, correlation: Floats, rng: np.random.Generator) -> Floats:
    """Reorder each column so that the ranks are correlated; no value changes.

    Iman & Conover (1982), Communications in Statistics 11:311–334, with van der Waerden scores
    whose chance correlation is taken out first.

    Args:
        values: Independent columns, shape (n, k).
        correlation: Of the normal scores, positive definite, shape (k, k).
        rng: Shuffles the scores.

    Returns:
        The same columns, reordered, shape (n, k).

    Raises:
        ValueError: If there are not more rows than columns.
    """
    n, k = values.shape
    if n <= k:
        raise ValueError(f"found {n} rows of {k} columns, expected more rows than columns")
    scores = special.ndtri(np.arange(1, n + 1) / (n + 1))
    start = rng.permuted(np.repeat(scores[:, None], k, axis=1), axis=0)
    chance = np.linalg.cholesky(np.corrcoef(start, rowvar=False).reshape(k, k))
    mixed = np.linalg.solve(chance, start.T).T @ np.linalg.cholesky(correlation).T
    order = np.argsort(np.argsort(mixed, axis=0), axis=0)
    return np.take_along_axis(np.sort(values, axis=0), order, axis=0)


def rank_correlation(values: Floats) -> Floats:
    """Spearman's correlation between columns, shape (k, k)."""
    ranks = stats.rankdata(values, axis=0)
    return np.asarray(np.corrcoef(ranks, rowvar=False), dtype=np.float64)
