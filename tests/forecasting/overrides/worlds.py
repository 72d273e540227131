"""A small panel with its forecast, and overrides written by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from analysis.forecasting import ForecastResult, forecast

HORIZON = 7


@cache
def made(lowest: float = 0.0) -> ForecastResult:
    """A week ahead for three shops; with ``lowest`` below 0 their sales may be negative."""
    rng = np.random.default_rng(11)
    dates = pd.date_range("2026-01-05", periods=70, freq="D")
    parts = []
    for name, level in (("a", 100.0), ("b", 300.0), ("c", 50.0)):
        rhythm = level * (1 + 0.3 * np.isin(dates.day_of_week, (5, 6)))
        sold = np.round(rhythm * rng.lognormal(0, 0.1, len(dates)))
        parts.append(pd.DataFrame({"unique_id": name, "ds": dates, "y": sold}))
    panel = pd.concat(parts, ignore_index=True)
    if lowest < 0:
        panel.loc[3, "y"] = lowest
    return forecast(panel, horizon=HORIZON, model="theta")


def dates() -> pd.DatetimeIndex:
    """The dates of the forecast."""
    return pd.DatetimeIndex(made().stamps()[0])


def day(name: str, step: int, amount: float, **more: Any) -> dict[str, Any]:
    """An override of a date ``step`` days ahead (0 the first); before that, one that has come."""
    stamp = dates()[0] + pd.Timedelta(days=step)
    return {"unique_id": name, "ds": stamp, "override": amount, "reason": "a reason", **more}


def total(name: str, amount: float, first: int = 0, last: int = 6, **more: Any) -> dict[str, Any]:
    """An override of a total over some days ahead."""
    ends = {
        key: dates()[0] + pd.Timedelta(days=at) for key, at in (("first", first), ("last", last))
    }
    return {"unique_id": name, **ends, "override": amount, "reason": "a reason", **more}
