"""Compiled loops of the search: cross products once, then every subset by sweeping them.

Sweeping a matrix of cross products on a column regresses all others on it; what is swept stays
out of the way of what follows (Goodnight 1979, The American Statistician 33). Matrices have one
row a period and one column a variable, C-contiguous float64 throughout: each other layout would
be compiled anew.
"""

from __future__ import annotations

import math

import numpy as np

from analysis.base.compiled import compiled
from analysis.forecasting.arrays import Bools, Floats, Ints

RIDGE = 1e-10
"""Share of a column's squares that must be left of it, or it does not vary."""
DEVIATION = 1.4826
"""Standard deviation of normal values in terms of their median absolute one."""
HELD_TURNS = 2
"""Turns between coefficients and the weights of errors."""


@compiled
def _crosses(rows: Floats, weight: Floats) -> Floats:
    """Cross products ``(c, c)`` of weighted rows ``(N, c)``."""
    count, c = rows.shape
    out = np.zeros((c, c))
    for t in range(count):
        for i in range(c):
            one = weight[t] * rows[t, i]
            if one != 0:
                for j in range(c):
                    out[i, j] += one * rows[t, j]
    return out


@compiled
def _sweep(a: Floats, p: int) -> None:
    """Sweep a matrix on its column ``p``, in place."""
    c = len(a)
    pivot = a[p, p]
    for j in range(c):
        a[p, j] /= pivot
    for i in range(c):
        if i == p:
            continue
        share = a[i, p]
        if share != 0:
            for j in range(c):
                a[i, j] -= share * a[p, j]
            a[i, p] = -share / pivot
    a[p, p] = 1 / pivot


@compiled
def _squares(gram: Floats) -> Floats:
    """Squares of each column, from their cross products."""
    out = np.empty(len(gram))
    for p in range(len(gram)):
        out[p] = gram[p, p]
    return out


@compiled
def _sweep_all(a: Floats, scale: Floats, first: int) -> Bools:
    """Sweep on all columns from ``first`` on that vary, and tell which do ``(c,)``.

    Args:
        a: ``(c, c)``.
        scale: ``(c,)`` squares of each column, against which it is judged.
        first: First column.
    """
    alive = np.zeros(len(a), dtype=np.bool_)
    for p in range(first, len(a)):
        if a[p, p] > RIDGE * scale[p] and scale[p] > 0:
            _sweep(a, p)
            alive[p] = True
    return alive


@compiled
def _smallest(values: Floats, k: int) -> float:
    """The ``k``-th smallest value, from 0, by selection (Hoare 1961), which orders ``values``."""
    low, high = 0, len(values) - 1
    while low < high:
        pivot, i, j = values[k], low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while pivot < values[j]:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i, j = i + 1, j - 1
        if j < k:
            low = i
        if k < i:
            high = j
    return float(values[k])


@compiled
def _spread(rows: Floats, first: int) -> float:
    """Robust deviation of the first column's values from row ``first`` on."""
    count = len(rows) - first
    sizes = np.empty(count)
    for t in range(count):
        sizes[t] = abs(rows[first + t, 0])
    upper = _smallest(sizes, count // 2)
    lower = upper if count % 2 else _smallest(sizes, count // 2 - 1)
    return DEVIATION * (lower + upper) / 2


@compiled
def explain(rows: Floats, lost: int) -> tuple[Floats, Floats, float]:
    """Regress the first column of ``(N, 1 + p)`` on the others.

    Args:
        rows: Data and columns.
        lost: Rows before the first shock of the data.

    Returns:
        Coefficients ``(p,)``, 0 of a column that does not vary; errors ``(N, 1)`` and their robust
        deviation, that of the first ``lost`` left out.
    """
    count, c = rows.shape
    beta, left = np.zeros(c - 1), np.empty((count, 1))
    if c > 1:
        a = _crosses(rows, np.ones(count))
        alive = _sweep_all(a, _squares(a), 1)
        for p in range(1, c):
            if alive[p]:
                beta[p - 1] = a[p, 0]
    for t in range(count):
        left[t, 0] = rows[t, 0]
        for p in range(1, c):
            left[t, 0] -= beta[p - 1] * rows[t, p]
    return beta, left, _spread(left, lost)


@compiled
def screen_series(
    rows: Floats, gaps: int, lost: int, hold: float, tests: Ints
) -> tuple[Floats, Ints, Ints, Floats]:
    """F statistics of sets of columns for one series.

    Args:
        rows: ``(N, 1 + c + gaps)``: data, columns, gaps.
        gaps: Columns at the end that are no one's effect.
        lost: Rows before the first shock of the data.
        hold: Robust deviations to which residuals are held.
        tests: ``(T, k)`` sets of columns, filled up with -1.

    Returns:
        By test the statistic (0 without one), columns that vary, degrees of freedom left; held
        residuals ``(N - lost,)`` in robust deviations, empty where these are 0.
    """
    count, c = rows.shape[0], rows.shape[1] - gaps
    kept = np.empty((count, c))
    for t in range(count):
        for p in range(c):
            kept[t, p] = rows[t, p]
    if gaps:
        a = _crosses(rows, np.ones(count))
        alive = _sweep_all(a, _squares(a), c)
        for t in range(count):
            for p in range(c, c + gaps):
                if alive[p]:
                    for j in range(c):
                        kept[t, j] -= a[p, j] * rows[t, p]
    statistic = np.zeros(len(tests))
    vary, freedom = np.zeros(len(tests), dtype=np.int64), np.zeros(len(tests), dtype=np.int64)
    spread = _spread(kept, lost)
    if spread <= 0:
        return statistic, vary, freedom, np.zeros(0)
    for t in range(count):
        kept[t, 0] = min(max(kept[t, 0], -hold * spread), hold * spread)
    gram = _crosses(kept, np.ones(count))
    for row in range(len(tests)):
        part, alive = _subset(gram, gram, tests[row])
        k = 0
        for p in range(1, len(alive)):
            k += alive[p]
        left = count - lost - gaps - k - 2
        if k and left > 0 and part[0, 0] > 0:
            statistic[row] = (gram[0, 0] - part[0, 0]) / k / (part[0, 0] / left)
            vary[row], freedom[row] = k, left
    held = np.empty(count - lost)
    for t in range(count - lost):
        held[t] = kept[lost + t, 0] / spread
    return statistic, vary, freedom, held


@compiled
def _subset(swept: Floats, gram: Floats, columns: Ints) -> tuple[Floats, Bools]:
    """Regress column 0 on a set of columns by their cross products.

    Args:
        swept: ``(c, c)`` cross products, after sweeping what is beside them.
        gram: ``(c, c)`` before it.
        columns: Columns after the first, filled up with -1.

    Returns:
        Swept ``(1 + k, 1 + k)``: squares left at (0, 0), coefficients in column 0; which columns
        vary ``(1 + k,)``.
    """
    size = 1
    for c in columns:
        size += c >= 0
    place = np.zeros(size, dtype=np.int64)
    for i in range(1, size):
        place[i] = 1 + columns[i - 1]
    part, scale = np.empty((size, size)), np.empty(size)
    for i in range(size):
        scale[i] = gram[place[i], place[i]]
        for j in range(size):
            part[i, j] = swept[place[i], place[j]]
    alive = _sweep_all(part, scale, 1)
    return part, alive


@compiled
def fit_subsets(
    rows: Floats, mine: int, lost: int, subsets: Ints, huber: float
) -> tuple[Floats, Floats, Floats]:
    """Fit every candidate of a family beside what is not its own, errors weighed by their size.

    Weights are those of the best candidate (Huber 1964, Annals of Mathematical Statistics 35).

    Args:
        rows: ``(N, 1 + mine + q)``: data, the family's columns, others.
        mine: Columns of the family.
        lost: Rows before the first shock of the data.
        subsets: ``(C, k)`` sets of its columns, filled up with -1.
        huber: Robust deviations from which an error counts less.

    Returns:
        Coefficients and standard errors ``(C, k)``, 0 and infinite where a column does not vary or
        there is none; minus half the BIC ``(C,)``, up to a constant.
    """
    count, c = rows.shape
    size, beside = count - lost, c - 1 - mine
    beta, error = np.zeros(subsets.shape), np.empty(subsets.shape)
    fit = np.zeros(len(subsets))
    errors, weight, inflated = np.empty((count, 1)), np.ones(count), 1.0
    for turn in range(1 + HELD_TURNS):
        gram = _crosses(rows, weight)
        swept = gram.copy()
        dull = _sweep_all(swept, _squares(gram), 1 + mine)
        floor, best = 1e-12 * swept[0, 0] + 1e-300, 0
        for row in range(len(subsets)):
            part, alive = _subset(swept, gram, subsets[row])
            k = 0
            for p in range(1, len(alive)):
                k += alive[p]
            left = max(part[0, 0], floor)
            freedom = max(size - k - beside - 2, 1)
            for p in range(1, 1 + subsets.shape[1]):
                beta[row, p - 1], error[row, p - 1] = 0.0, np.inf
                if p < len(alive) and alive[p]:
                    beta[row, p - 1] = part[p, 0]
                    error[row, p - 1] = math.sqrt(inflated * left / freedom * part[p, p])
            fit[row] = -0.5 * (size * math.log(left) + k * math.log(size))
            if fit[row] > fit[best]:
                best = row
        if turn == HELD_TURNS:
            break
        every = np.zeros(c)
        for p in range(subsets.shape[1]):
            if subsets[best, p] >= 0:
                every[1 + subsets[best, p]] = beta[best, p]
        for q in range(1 + mine, c):
            if dull[q]:
                every[q] = swept[q, 0]
                for p in range(1, 1 + mine):
                    every[q] -= every[p] * swept[q, p]
        for t in range(count):
            errors[t, 0] = rows[t, 0]
            for p in range(1, c):
                errors[t, 0] -= every[p] * rows[t, p]
        spread = _spread(errors, lost)
        if spread <= 0:
            break
        # Variance of an M estimate: squares of held errors over the squared share that is not
        # held, where weighted least squares would say weighted squares over mean weight.
        held, mean, whole, squares = 0.0, 0.0, 0.0, 0.0
        for t in range(count):
            error_here = errors[t, 0]
            weight[t] = min(1.0, huber * spread / max(abs(error_here), 1e-300))
            held += (weight[t] * error_here) ** 2
            mean += weight[t] / count
            whole += (weight[t] == 1.0) / count
            squares += weight[t] * error_here**2
        inflated = held * mean / (squares * whole**2)
    return beta, error, fit
