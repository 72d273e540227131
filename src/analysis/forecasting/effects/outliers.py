"""Outliers of a series: additive ones and level shifts, found one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy import special

from analysis.forecasting import airline
from analysis.forecasting.arrays import Floats
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
    taken[:, view.holes] = True
    rows = shocks(view, noise, *fixed, view.gaps())
    while len(found) < most:
        t, place, level = kernels.next_outlier(rows, noise.theta, noise.big, view.m, taken)
        if abs(t) <= limit:
            break
        found.append(Outlier(SHIFT if level else ADDITIVE, place, 0.0, t))
        taken[:, place] = True
        added = airline.shocks(impulses(found[-1:], n), noise.theta, noise.big, view.m)
        rows = np.concatenate([rows, added], axis=1)
    if not found:
        return ()
    beta, _ = kernels.explain(rows)
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
