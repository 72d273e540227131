"""Backtests made by hand: errors are given, nothing is forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.forecasting import BacktestResult
from tests.forecasting.panels import Floats


def judged(
    errors: dict[str, Floats], y: float | Floats = 100.0, step: int | None = None
) -> BacktestResult:
    """A daily backtest from errors (forecast minus what came).

    Args:
        errors: By model, ``(series, origins, horizon)``; ``auto`` is judged, models that are not
            there have the seasonal naive's.
        y: What came, broadcast against the errors.
        step: Days between origins; the horizon when None.
    """
    shape = np.shape(errors["auto"])
    series, origins, horizon = np.indices(shape).reshape(3, -1)
    start = pd.Timestamp("2024-01-07")
    cutoff = start + pd.to_timedelta(origins * (step or shape[2]), "D")
    came = np.broadcast_to(y, shape).ravel()
    naive = errors["seasonal_naive"]
    parts = []
    for model in ("auto", "seasonal_naive", "naive2"):
        mean = came + errors.get(model, naive).ravel()
        parts.append(
            pd.DataFrame(
                {
                    "unique_id": [f"s{i:02d}" for i in series],
                    "cutoff": cutoff,
                    "ds": cutoff + pd.to_timedelta(horizon + 1, "D"),
                    "y": came,
                    "model": model,
                    "mean": mean,
                    "lo-80": mean - 10,
                    "hi-80": mean + 10,
                    "lo-95": mean - 20,
                    "hi-95": mean + 20,
                    "scale": 5.0,
                }
            )
        )
    return BacktestResult(pd.concat(parts, ignore_index=True), "auto", (80, 95), 7, 0)
