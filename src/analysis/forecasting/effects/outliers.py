"""Outliers of a series: additive ones and level shifts, found one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy import special

from analysis.base.compiled import compiled
from analysis.forecasting import airline
from analysis.forecasting.arrays import Bools, Floats
from analysis.forecasting.effects import kernels
from analysis.forecasting.effects.view import Noise, View, noise_of, shocks

OUTLIER_LEVEL = 0.05
"""Chance that a series of normal noise has any outlier."""
MOST_OUTLIERS = 0.05
"""Outliers a series may have, as a share of its length."""
ADDITIVE, SHIFT = "additive", "level shift"


@dataclass(frozen=True, slots=True)
class Outlier:
    """An outlier on the model's scale.

    Attributes:
        kind: ``additive`` or ``level shift``.
        position: Period, from 0.
        size: Its size; of a level shift, how much higher the level is from there on.
        t: Its t value when it was found.
    """

    kind: str
    position: int
    size: float
    t: float


@compiled
def _next(
    errors: Floats, spread: float, theta: float, big: float, m: int, taken: Bools
) -> tuple[float, int, bool]:
    """Find the date at which an outlier explains most of one-step errors.

    What an outlier explains is its response, the model's filter of an impulse or a step, times the
    errors that follow. The products at all dates are the errors run through the filter backwards.

    Args:
        errors: ``(n, 1)``, those of the first ``m + 1`` periods of no account.
        spread: Their robust deviation, positive.
        theta: Coefficient at lag 1.
        big: Coefficient at the season.
        m: Season length.
        taken: ``(2, n)`` dates ruled out, for additive outliers and for level shifts.

    Returns:
        Its t value by the robust deviation of errors, the date, and whether it is a level shift.
    """
    n, pad = len(errors), m + 1
    both = theta * big
    response, back = np.zeros(n), np.zeros(n + 2 * pad)
    for t in range(n):
        value = 0.0
        if t == 0 or t == pad:
            value = 1.0
        elif t == 1 or t == m:
            value = -1.0
        if t >= 1:
            value += theta * response[t - 1]
        if t >= m:
            value += big * response[t - m]
        if t >= pad:
            value -= both * response[t - pad]
        response[t] = value
    for t in range(n - 1, -1, -1):
        known = errors[t, 0] if t >= pad else 0.0
        back[t] = known + theta * back[t + 1] + (big * back[t + m] - both * back[t + pad])
    best, place, level = 0.0, 0, False
    squares = np.zeros(n + 1)
    for kind in range(2):
        if kind == 1:
            for t in range(1, n):
                response[t] += response[t - 1]
        for t in range(n):
            squares[t + 1] = squares[t] + response[t] * response[t]
        for j in range(n):
            # The last date cannot tell one kind from the other; the first step is the level.
            if taken[kind, j] or j == n - 1 or (kind == 1 and j < 2):
                continue
            square = squares[n - j] - squares[max(pad - j, 0)]
            if square > 1e-6:
                cross = back[j] - back[j + m]
                if kind == 0:
                    cross -= back[j + 1] - back[j + pad]
                size = cross / math.sqrt(square) / spread
                if abs(size) > abs(best):
                    best, place, level = size, j, kind == 1
    return best, place, level


@cache
def outlier_limit(n: int) -> float:
    """The |t| that an outlier must exceed in a series of length ``n``: 3.6 at 60, 3.9 at 240."""
    return float(-special.ndtri(OUTLIER_LEVEL / (4 * n)))


def impulses(found: Sequence[Outlier], n: int) -> Floats:
    """Columns ``(n, k)`` of outliers; a level shift is -1 before its date."""
    out = np.zeros((n, len(found)))
    for column, one in enumerate(found):
        if one.kind == ADDITIVE:
            out[one.position, column] = 1.0
        else:
            out[: one.position, column] = -1.0
    return out


def effect_of(found: Sequence[Outlier], n: int) -> Floats:
    """Effect ``(n,)`` of outliers on the model's scale."""
    if not found:
        return np.zeros(n)
    out: Floats = impulses(found, n) @ np.array([one.size for one in found])
    return out


def search(view: View, noise: Noise, *fixed: Floats) -> tuple[Outlier, ...]:
    """Find outliers one by one, beside regressors ``(n, q)``, at given noise.

    Returns:
        By position, sizes estimated together.
    """
    n = len(view.z)
    limit, most = outlier_limit(n), max(1, int(MOST_OUTLIERS * n))
    found: list[Outlier] = []
    taken = np.zeros((2, n), dtype=np.bool_)
    if len(view.holes):
        taken[:, view.holes] = True
    rows = shocks(view, noise, *fixed, view.gaps())
    while len(found) < most:
        _, errors, spread = kernels.explain(rows, view.m + 1)
        if spread <= 0:
            break
        t, place, level = _next(errors, spread, noise.theta, noise.big, view.m, taken)
        if abs(t) <= limit:
            break
        found.append(Outlier(SHIFT if level else ADDITIVE, place, 0.0, t))
        taken[:, place] = True
        added = airline.shocks(impulses(found[-1:], n), noise.theta, noise.big, view.m)
        rows = np.concatenate([rows, added], axis=1)
    if not found:
        return ()
    beta, _, _ = kernels.explain(rows, view.m + 1)
    sizes = beta[len(beta) - len(found) :]
    sized = [replace(o, size=float(b)) for o, b in zip(found, sizes, strict=True)]
    return tuple(sorted(sized, key=lambda o: o.position))


def search_again(view: View, noise: Noise, *fixed: Floats) -> tuple[tuple[Outlier, ...], Noise]:
    """Find outliers; where there are any, estimate the noise beside them and look again."""
    found = search(view, noise, *fixed)
    if not found:
        return (), noise
    noise = noise_of(view, *fixed, view.gaps(), impulses(found, len(view.z)))
    return search(view, noise, *fixed), noise
