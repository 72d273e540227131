"""Largest eigenvalue of reciprocal matrices, and the missing judgments that make it least.

The largest eigenvalue is convex in the logarithms of the missing judgments, with one minimum when
the given ones tie all items together (Bozóki, Fülöp & Rónyai 2010, Mathematical and Computer
Modelling 52:318–333); Newton's method on the exact gradient finds it, many problems at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STEP = 1e-4
"""Step of the differences of gradients: the second derivative only steers, so this is enough."""


def perron(logs: Floats) -> tuple[Floats, Floats]:
    """Largest eigenvalue and its right eigenvector, of positive matrices given as logarithms.

    The matrix is scaled by its geometric means first, which makes it nearly constant: judgments of
    any size are then as well conditioned as consistent ones.

    Args:
        logs: ``(..., n, n)`` logarithms of the entries.

    Returns:
        ``(...,)`` eigenvalues and ``(..., n)`` eigenvectors that sum to 1.
    """
    middle = logs.mean(axis=-1)
    middle = middle - middle.max(axis=-1, keepdims=True)
    values, vectors = np.linalg.eig(np.exp(logs - middle[..., :, None] + middle[..., None, :]))
    top = values.real.argmax(axis=-1)[..., None]
    value = np.take_along_axis(values.real, top, axis=-1)[..., 0]
    # The Perron vector is real and of one sign; rounding may leave an imaginary dust.
    vector = np.abs(np.take_along_axis(vectors.real, top[..., None], axis=-1)[..., 0])
    weights = np.exp(middle) * vector
    return value, weights / weights.sum(axis=-1, keepdims=True)


def logarithmic_least_squares(logs: Floats) -> Floats:
    """Weights whose ratios are nearest the given judgments in logarithms.

    Geometric means of the rows where no judgment is missing (Crawford & Williams 1985); else the
    solution of the graph's Laplacian (Bozóki, Fülöp & Rónyai 2010).

    Args:
        logs: ``(n, n)`` antisymmetric logarithms, NaN where missing; connected.

    Returns:
        ``(n,)`` weights that sum to 1.
    """
    n = len(logs)
    given = ~np.isnan(logs) & ~np.eye(n, dtype=bool)
    laplacian = np.diag(given.sum(axis=1)) - given.astype(np.float64)
    sums = np.where(given, logs, 0.0).sum(axis=1)
    # Adding 1 to every entry fixes the sum of the solution at 0 and makes the system regular.
    levels = np.linalg.solve(laplacian + 1.0, sums)
    weights = np.exp(levels - levels.max())
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def complete(logs: Floats, rows: Ints, columns: Ints) -> tuple[Floats, Floats]:
    """Fill free entries so that the largest eigenvalue is least.

    Args:
        logs: ``(k, n, n)`` logarithms of ``k`` matrices; free entries hold a start.
        rows: ``(k, m)`` rows of the free entries, one of each pair.
        columns: ``(k, m)`` columns of the free entries.

    Returns:
        ``(k, n, n)`` completed logarithms and ``(k,)`` eigenvalues.
    """
    k, m = rows.shape
    case = np.arange(k)[:, None]
    x = logs[case, rows, columns]

    def filled(values: Floats) -> Floats:
        out = logs.copy()
        out[case, rows, columns] = values
        out[case, columns, rows] = -values
        return out

    if not m:
        return logs, perron(logs)[0]
    shifts = np.concatenate([np.eye(m), -np.eye(m)]) * STEP
    value = perron(filled(x))[0]
    for _ in range(60):
        gradient = _gradient(filled(x), rows, columns)
        around = np.stack([_gradient(filled(x + d), rows, columns) for d in shifts])
        hessian = np.moveaxis((around[:m] - around[m:]) / (2 * STEP), 0, -1)
        hessian = (hessian + np.swapaxes(hessian, -1, -2)) / 2
        step = -np.linalg.solve(hessian, gradient[..., None])[..., 0]
        # Far from the minimum Newton may overshoot: halve the step where the eigenvalue rose.
        size = np.minimum(1.0, 3.0 / np.maximum(np.abs(step).max(axis=1), 1e-300))
        for _ in range(40):
            there = perron(filled(x + size[:, None] * step))[0]
            worse = there > value * (1 + 1e-14)
            if not worse.any():
                break
            size = np.where(worse, size / 2, size)
        moved = size[:, None] * step
        x, value = x + moved, perron(filled(x + moved))[0]
        if np.abs(moved).max() < 1e-12:
            break
    return filled(x), value


def _gradient(logs: Floats, rows: Ints, columns: Ints) -> Floats:
    """Derivatives of the largest eigenvalue by the logarithms of free pairs.

    ``(v_i a_ij w_j - v_j a_ji w_i) / v'w`` with right and left eigenvectors w and v (Harker 1987,
    Mathematical Modelling 9:837–848).
    """
    case = np.arange(len(logs))[:, None]
    right = perron(logs)[1]
    left = perron(np.swapaxes(logs, -1, -2))[1]
    both = (left * right).sum(axis=1, keepdims=True)
    entry = np.exp(logs[case, rows, columns])
    one = left[case, rows] * entry * right[case, columns]
    other = left[case, columns] / entry * right[case, rows]
    return np.asarray((one - other) / both, dtype=np.float64)
