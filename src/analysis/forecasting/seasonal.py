"""Seasonal indices and differences: shrunken classical decomposition, the test of Naive2, units.

References: Miller & Williams (2003), Shrinkage estimators of time series seasonal factors,
IJF 19; Makridakis, Spiliotis & Assimakopoulos (2020), The M4 competition, IJF 36 (the test).
"""

from __future__ import annotations

import numpy as np

from analysis.forecasting.arrays import Bools, Floats, Ints, Rows

CRITICAL = 1.645
"""Two-sided 90 % normal quantile of the seasonality test."""
LAG_NEEDS = 6
"""Seasonal differences that make a unit."""


def is_seasonal(rows: Rows, m: int) -> Bools:
    """The M4 test: is the autocorrelation at lag ``m`` beyond its 90 % limit?

    ``|r_m| > 1.645 sqrt((1 + 2 Σ_{i<m} r_i²) / n)``; false below three seasons.

    Returns:
        ``(R,)``.
    """
    if m <= 1 or len(rows.values) <= m:
        return np.zeros(len(rows.n), dtype=np.bool_)
    centred = rows.with_values(rows.values - np.sum(rows.values, axis=0) / rows.n).values
    total = np.sum(centred * centred, axis=0)
    safe = np.where(total > 0, total, 1.0)
    lags = [np.sum(centred[k:] * centred[:-k], axis=0) / safe for k in range(1, m + 1)]
    limit = CRITICAL * np.sqrt((1 + 2 * sum(r * r for r in lags[:-1])) / rows.n)
    verdict: Bools = (np.abs(lags[-1]) > limit) & (rows.n >= 3 * m) & (total > 0)
    return verdict


def centred_average(rows: Rows, m: int) -> tuple[Floats, Bools]:
    """Centred moving average over one season (2 × m when m is even).

    Returns:
        ``(T, R)`` averages and where they exist.
    """
    length, count = rows.values.shape
    half = m // 2
    average = np.zeros((length, count))
    if length > 2 * half:
        for lag in range(-half, half + 1):
            weight = (0.5 if m % 2 == 0 and abs(lag) == half else 1.0) / m
            average[half : length - half] += weight * rows.values[half + lag : length - half + lag]
    time = np.arange(length)[:, None]
    exists: Bools = (time >= half) & (time < rows.n - half)
    return np.where(exists, average, 0.0), exists


def season_means(
    values: Floats, exists: Bools, m: int, weight: Floats | None = None
) -> tuple[Floats, Floats]:
    """Weighted means of values by season.

    Returns:
        Means ``(m, R)``, zero without weight, and sums of weights ``(m, R)``.
    """
    length, count = values.shape
    years = -(-length // m)
    pad = ((0, years * m - length), (0, 0))
    shape = (years, m, count)
    given = exists.astype(float) if weight is None else np.where(exists, weight, 0.0)
    w = np.pad(given, pad).reshape(shape)
    v = np.pad(values, pad).reshape(shape)
    total = np.sum(w, axis=0)
    return np.sum(w * v, axis=0) / np.where(total > 0, total, 1.0), total


def indices(rows: Rows, m: int, decay: float = 1.0, shrink: bool = True) -> Floats:
    """Additive seasonal indices (of logs: multiplicative).

    Deviations from the centred moving average are averaged by season, older years weighing
    ``decay`` to the power of their age, centred on zero, and shrunk by the positive-part
    James–Stein factor ``1 - (m - 3)/(m - 1) · noise / V``, ``V`` the variance of the indices and
    ``noise`` that of an index as an average of noisy deviations.

    Args:
        rows: Histories.
        m: Season length.
        decay: Weight of a year relative to the next.
        shrink: Whether to shrink.

    Returns:
        ``(m, R)``, index of time ``t`` at ``t % m``; zeros for rows shorter than two seasons.
    """
    trend, exists = centred_average(rows, m)
    deviation = np.where(exists, rows.values - trend, 0.0)
    age = (rows.n - 1 - np.arange(len(deviation))[:, None]) // m
    weight = decay ** np.maximum(age, 0).astype(float)
    mean, total = season_means(deviation, exists, m, weight)
    mean -= np.sum(mean, axis=0) / m
    if shrink:
        time = np.arange(len(deviation)) % m
        rest = np.where(exists, deviation - mean[time], 0.0)
        freedom = np.maximum(np.count_nonzero(exists, axis=0) - m, 1)
        noise = np.sum(rest * rest, axis=0) / freedom
        average, _ = season_means(weight, exists, m, weight)
        share = np.sum(average / np.where(total > 0, total, 1.0), axis=0) / m
        strength = np.sum(mean * mean, axis=0) / max(m - 1, 1)
        ratio = noise * share / np.where(strength > 0, strength, 1.0)
        factor = (m - 3) / (m - 1) if m > 3 else 0.5
        mean *= np.where(strength > 0, np.clip(1 - factor * ratio, 0.0, 1.0), 0.0)
    out: Floats = np.where(rows.n >= 2 * m, mean, 0.0)
    return out


def spread(index: Floats, rows: Rows, horizon: int) -> tuple[Floats, Floats]:
    """Lay indices over history ``(T, R)`` and horizon ``(horizon, R)``."""
    m = len(index)
    past = index[np.arange(len(rows.values)) % m]
    ahead = (rows.n + np.arange(horizon)[:, None]) % m
    return past, index[ahead, np.arange(index.shape[1])]


def unit_of(values: Floats, m: int, lag: int | None = None) -> float:
    """Mean absolute seasonal difference of the last three seasons (24 values at least).

    Args:
        values: History.
        m: Season length.
        lag: Steps between the values compared; when None the season, or one step where a season
            has no difference.

    Returns:
        The mean, 0 where there is none.
    """
    recent = values[-max(3 * m, 24) - m :]
    for step in (m, 1) if lag is None else (lag,):
        change = np.abs(recent[step:] - recent[:-step])
        change = change[~np.isnan(change)]
        if len(change) and change.mean() > 0:
            return float(change.mean())
    return 0.0


def units_at(y: Floats, cuts: Ints, m: int) -> Floats:
    """Unit of a series at each origin, ``(K,)``.

    One lag for all origins: the seasonal difference of a walk is some ``sqrt(m)`` times its step,
    so that origins on different lags could not be compared.
    """
    for lag in (m, 1):
        found = np.array([unit_of(y[:cut], m, lag) for cut in cuts])
        if np.all(found > 0) and cuts.min() >= lag + min(lag, LAG_NEEDS):
            return found
    return np.array([unit_of(y[:cut], m) for cut in cuts])
