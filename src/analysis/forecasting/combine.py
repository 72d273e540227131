"""Weights of candidates from their rolling-origin errors, series by series.

``w ∝ (relative MAE)^-p`` with ``p`` growing with the length of history: a short record says
little, and equal weights are hard to beat then (Smith & Wallis 2009, OBES 71). A candidate's
error is taken relative to the mean of all candidates at the same origin.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.forecasting.arrays import Floats

RECORD = 50.0
SHARPEST = 4.0
PRIOR_ORIGINS = 1.0


def relative_errors(forecasts: Floats, actual: Floats) -> tuple[Floats, Floats]:
    """MAE of each candidate at each origin relative to the candidates' mean.

    Args:
        forecasts: ``(C, K, H)``, NaN where a candidate cannot forecast.
        actual: ``(K, H)``, NaN where unknown.

    Returns:
        Relative errors ``(C, K)`` (1 where unknown) and the evidence in each, the share of the
        horizon observed, ``(C, K)``.
    """
    error = np.abs(forecasts - actual)
    seen = ~np.isnan(error)
    count = seen.sum(axis=2)
    mae = np.where(seen, error, 0.0).sum(axis=2) / np.maximum(count, 1)
    have = count > 0
    mean = np.where(have, mae, 0.0).sum(axis=0) / np.maximum(have.sum(axis=0), 1)
    relative = np.where(have & (mean > 0), mae / np.where(mean > 0, mean, 1.0), 1.0)
    return relative, np.where(have, count / error.shape[2], 0.0)


def weights(
    forecasts: Floats, actual: Floats, n: int, prior: Floats, free: Floats | None = None
) -> Floats:
    """Weights at each origin, from the records at the other origins.

    Args:
        forecasts: ``(C, K, H)``; origin 0 is the real forecast, of which nothing is known yet.
        actual: ``(K, H)``.
        n: Length of history.
        prior: ``(C,)`` weights without a record.
        free: ``(K, K)`` share of each origin's horizon outside each other's
            (:func:`analysis.forecasting.origins.apart`); when None origins have none in common.

    Returns:
        ``(C, K)``, summing to 1 over the candidates that can forecast from that origin.
    """
    relative, evidence = relative_errors(forecasts, actual)
    logs = evidence * np.log(np.maximum(relative, 1e-3))
    # An origin must not vouch for itself: intervals built on its errors would be too narrow.
    outside = 1.0 - np.eye(actual.shape[0]) if free is None else free
    others, record = logs @ outside, evidence @ outside
    score = others / (record + PRIOR_ORIGINS / 4)
    power = min(SHARPEST, n / RECORD)
    able = ~np.isnan(forecasts).any(axis=2)
    raw = np.where(able, prior[:, None] * np.exp(-power * score), 0.0)
    total = raw.sum(axis=0)
    out: Floats = raw / np.where(total > 0, total, 1.0)
    return out


def combine(
    families: Sequence[Floats], actual: Floats, n: int, free: Floats | None = None
) -> Floats:
    """Weighted mean of the candidates at each origin.

    Args:
        families: Candidates ``(C, K, H)`` of each family; families start with equal weights, so
            that a large one does not outvote a small one.
        actual: ``(K, H)``.
        n: Length of history.
        free: As for :func:`weights`.

    Returns:
        ``(K, H)``; NaN where no candidate can forecast.
    """
    forecasts = np.concatenate(families)
    prior = np.concatenate([np.full(len(f), 1 / max(len(f), 1)) for f in families])
    share = weights(forecasts, actual, n, prior, free)
    mixed = np.where(np.isnan(forecasts), 0.0, forecasts) * share[:, :, None]
    total = share.sum(axis=0)[:, None]
    out: Floats = np.where(total > 0, mixed.sum(axis=0), np.nan)
    return out
