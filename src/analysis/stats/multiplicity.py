"""Adjusted p-values of a family of tests.

A hypothesis is rejected at level ``alpha`` when its adjusted p-value is at most ``alpha``. All
functions take p-values ``(m,)`` and return as many, in the same order. A NaN is a test that could
not be done: it stays NaN and does not count towards ``m``. So does no number outside [0, 1]: that
is a ``ValueError``.

What each one controls: the familywise error under any dependence (Bonferroni, Holm), under
independence or the positive dependence of Simes' inequality (Hochberg), for independent p-values
or two-sided normal and t statistics (Šidák, Holm–Šidák); the false discovery rate under
independence or positive regression dependence (Benjamini–Hochberg), under any
(Benjamini–Yekutieli).
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def _known(p: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    """p-values as an array, and where they are known, smallest first."""
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"p: found shape {values.shape}, expected one dimension")
    if np.any((values < 0) | (values > 1)):
        raise ValueError("p: expected between 0 and 1, or NaN")
    known = np.flatnonzero(~np.isnan(values))
    return values, known[np.argsort(values[known], kind="stable")]


def _step_down(values: Floats, order: NDArray[np.int64], steps: Floats) -> Floats:
    """Running maximum from the smallest p-value up, put back in the order of the input."""
    out = np.full(len(values), np.nan)
    out[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return out


def _step_up(values: Floats, order: NDArray[np.int64], steps: Floats) -> Floats:
    """Running minimum from the largest p-value down, put back in the order of the input."""
    out = np.full(len(values), np.nan)
    out[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return out


def _any_of(p: Floats, m: NDArray[np.int64] | int) -> Floats:
    """``1 - (1 - p)^m`` without losing small p-values."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.expm1(m * np.log1p(-p)), dtype=np.float64)


def bonferroni(p: ArrayLike) -> Floats:
    """``min(1, m p)``; Dunn (1961), JASA 56."""
    values, order = _known(p)
    return np.minimum(values * len(order), 1.0)


def sidak(p: ArrayLike) -> Floats:
    """``1 - (1 - p)^m``; Šidák (1967), JASA 62."""
    values, order = _known(p)
    return _any_of(values, len(order))


def holm(p: ArrayLike) -> Floats:
    """Bonferroni, stepping down; Holm (1979), Scandinavian Journal of Statistics 6."""
    values, order = _known(p)
    return _step_down(values, order, values[order] * np.arange(len(order), 0, -1))


def holm_sidak(p: ArrayLike) -> Floats:
    """Šidák, stepping down; Holland & Copenhaver (1987), Biometrics 43."""
    values, order = _known(p)
    return _step_down(values, order, _any_of(values[order], np.arange(len(order), 0, -1)))


def hochberg(p: ArrayLike) -> Floats:
    """Holm's levels, stepping up; Hochberg (1988), Biometrika 75."""
    values, order = _known(p)
    return _step_up(values, order, values[order] * np.arange(len(order), 0, -1))


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """``min over j ≥ i of m p(j) / j``; Benjamini & Hochberg (1995), JRSS B 57."""
    values, order = _known(p)
    m = len(order)
    return _step_up(values, order, values[order] * (m / np.arange(1, m + 1)))


def benjamini_yekutieli(p: ArrayLike) -> Floats:
    """Benjamini–Hochberg times ``1 + 1/2 + … + 1/m``; Annals of Statistics 29 (2001)."""
    values, order = _known(p)
    rank = np.arange(1, len(order) + 1)
    harmonic = float(np.sum(1 / rank))
    return _step_up(values, order, values[order] * (len(order) * harmonic / rank))


ADJUSTMENTS: MappingProxyType[str, Callable[[ArrayLike], Floats]] = MappingProxyType(
    {
        "bonferroni": bonferroni,
        "sidak": sidak,
        "holm": holm,
        "holm_sidak": holm_sidak,
        "hochberg": hochberg,
        "bh": benjamini_hochberg,
        "by": benjamini_yekutieli,
    }
)
"""Name → adjustment."""


def adjust(p: ArrayLike, method: str) -> Floats:
    """Adjusted p-values by the name of the method.

    Args:
        p: ``(m,)`` p-values; NaN stays and does not count.
        method: A key of :data:`ADJUSTMENTS`.

    Raises:
        ValueError: If the method is unknown or a p-value is outside [0, 1].
    """
    if method not in ADJUSTMENTS:
        raise ValueError(f"method: found {method!r}, expected one of {', '.join(ADJUSTMENTS)}")
    return ADJUSTMENTS[method](p)


def null_share(p: ArrayLike, cut: float = 0.5) -> float:
    """Estimated share of true null hypotheses, ``(1 + #{p > cut}) / ((1 - cut) m)``, at most 1.

    Storey (2002), JRSS B 64, with the one added that makes the estimate, and so the false
    discovery rate, conservative in finite samples (Storey, Taylor & Siegmund 2004, JRSS B 66).

    Args:
        p: ``(m,)`` p-values; NaN does not count.
        cut: p-values above it are taken to be of true nulls, in (0, 1).

    Returns:
        The share; 1 without p-values.
    """
    if not 0 < cut < 1:
        raise ValueError(f"cut: found {cut}, expected between 0 and 1")
    values, order = _known(p)
    if not len(order):
        return 1.0
    return min(1.0, (1 + int((values > cut).sum())) / ((1 - cut) * len(order)))


def storey(p: ArrayLike, cut: float = 0.5) -> Floats:
    """Benjamini–Hochberg times the estimated share of true nulls (Storey's q-values).

    Only p-values up to ``cut`` can be rejected, as the finite-sample proof needs (Storey, Taylor &
    Siegmund 2004); those above it have the value 1.
    """
    values, _ = _known(p)
    adjusted = benjamini_hochberg(values) * null_share(values, cut)
    return np.where(values > cut, 1.0, adjusted)
