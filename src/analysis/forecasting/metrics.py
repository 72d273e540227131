"""Measures of forecast error: one function a metric.

Conventions. ``y`` are outcomes, ``mean``, ``lo``, ``hi`` forecasts of them, arrays of one shape in
the unit of ``y``; pairs with a missing member are left out. A measure that is undefined (nothing
to compare, a zero denominator) is NaN, never 0 or infinity.

References: Hyndman & Koehler (2006), Another look at measures of forecast accuracy, IJF 22;
Makridakis, Spiliotis & Assimakopoulos (2020), The M4 competition, IJF 36; Gneiting & Raftery
(2007), Strictly proper scoring rules, JASA 102; Kolassa & Schütz (2007), Foresight 6 (WAPE).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def _paired(*columns: ArrayLike) -> list[Floats]:
    """Columns as flat arrays without the places where any is missing."""
    arrays = np.broadcast_arrays(*[np.asarray(c, dtype=np.float64) for c in columns])
    keep = ~np.any(np.isnan(np.stack(arrays)), axis=0)
    return [a[keep] for a in arrays]


def _ratio(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom > 0 else float("nan")


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else float("nan")


def mae(y: ArrayLike, mean: ArrayLike) -> float:
    """Mean absolute error ``mean |y - f|``, unit of ``y``."""
    a, f = _paired(y, mean)
    return _mean(np.abs(a - f))


def rmse(y: ArrayLike, mean: ArrayLike) -> float:
    """Root mean squared error ``sqrt(mean (y - f)²)``, unit of ``y``."""
    a, f = _paired(y, mean)
    return float(np.sqrt(_mean((a - f) ** 2)))


def wape(y: ArrayLike, mean: ArrayLike) -> float:
    """Weighted absolute percentage error ``Σ|y - f| / Σ|y|``, a share; NaN if all ``y`` are 0."""
    a, f = _paired(y, mean)
    return _ratio(float(np.abs(a - f).sum()), float(np.abs(a).sum()))


def bias(y: ArrayLike, mean: ArrayLike) -> float:
    """Relative bias ``Σ(f - y) / Σ|y|``, a share; above 0 means forecasts too high."""
    a, f = _paired(y, mean)
    return _ratio(float((f - a).sum()), float(np.abs(a).sum()))


def mape(y: ArrayLike, mean: ArrayLike) -> float:
    """Mean absolute percentage error ``mean |y - f| / |y|``, a share, over ``y`` other than 0."""
    a, f = _paired(y, mean)
    some = a != 0
    return _mean(np.abs(a - f)[some] / np.abs(a)[some])


def smape(y: ArrayLike, mean: ArrayLike) -> float:
    """Symmetric MAPE of M4, ``mean 2|y - f| / (|y| + |f|)``, 0–2; pairs of zeros are left out."""
    a, f = _paired(y, mean)
    size = np.abs(a) + np.abs(f)
    some = size > 0
    return _mean(2 * np.abs(a - f)[some] / size[some])


def seasonal_scale(history: ArrayLike, m: int) -> float:
    """In-sample MAE of the seasonal naive ``mean |y_t - y_(t-m)|``: the scale of MASE and MSIS.

    Hyndman & Koehler (2006). NaN for a history no longer than a season; 0 for a constant one.
    """
    y = np.asarray(history, dtype=np.float64)
    change = np.abs(y[m:] - y[:-m]) if len(y) > m else np.zeros(0)
    return _mean(change[~np.isnan(change)])


def mase(y: ArrayLike, mean: ArrayLike, scale: float) -> float:
    """Mean absolute scaled error ``MAE / scale``; NaN if the scale is 0."""
    return _ratio(mae(y, mean), scale)


def owa(smape_: float, mase_: float, smape_naive2: float, mase_naive2: float) -> float:
    """Overall weighted average of M4: mean of sMAPE and MASE, each relative to Naive2's.

    All four are means over the series of the panel.
    """
    return (_ratio(smape_, smape_naive2) + _ratio(mase_, mase_naive2)) / 2


def pinball(y: ArrayLike, quantile: ArrayLike, level: float) -> float:
    """Pinball loss of a quantile forecast, unit of ``y``: ``mean max(p (y-q), (p-1)(y-q))``.

    Args:
        y: Outcomes.
        quantile: Forecast quantile.
        level: Its probability p, 0–1.
    """
    a, q = _paired(y, quantile)
    return _mean(np.maximum(level * (a - q), (level - 1) * (a - q)))


def coverage(y: ArrayLike, lo: ArrayLike, hi: ArrayLike) -> float:
    """Share of outcomes inside the interval, bounds included."""
    a, low, high = _paired(y, lo, hi)
    return _mean(((a >= low) & (a <= high)).astype(np.float64))


def msis(y: ArrayLike, lo: ArrayLike, hi: ArrayLike, level: float, scale: float) -> float:
    """Mean scaled interval score of M4: width plus ``2/(1 - level)`` times the misses, / scale.

    Args:
        y: Outcomes.
        lo: Lower bounds.
        hi: Upper bounds.
        level: Share the interval is to cover, 0–1.
        scale: In-sample MAE of the seasonal naive.
    """
    a, low, high = _paired(y, lo, hi)
    miss = np.maximum(low - a, 0) + np.maximum(a - high, 0)
    return _ratio(_mean(high - low + 2 / (1 - level) * miss), scale)
