"""Panels for the tests: simulated ones, and real ones where they are on this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def one(y: Sequence[float] | NDArray[Any], freq: str = "MS", name: str = "a") -> pd.DataFrame:
    """A panel of one series from 2015-01 on."""
    ds = pd.date_range("2015-01-01", periods=len(y), freq=freq)
    return pd.DataFrame({"unique_id": name, "ds": ds, "y": np.asarray(y, dtype=float)})


def many(series: Sequence[Floats], freq: str = "MS") -> pd.DataFrame:
    """A panel of several series named by number."""
    return pd.concat([one(y, freq, f"{i:04d}") for i, y in enumerate(series)], ignore_index=True)


def seasonal_walks(count: int, n: int, seed: int, m: int = 12) -> list[Floats]:
    """Random walks with noise and a fixed season, positive."""
    rng = np.random.default_rng(seed)
    return [
        100
        + 1.5 * rng.standard_normal(n).cumsum()
        + 5 * rng.standard_normal(n)
        + 20 * np.tile(rng.standard_normal(m), n // m + 1)[:n]
        + 60
        for _ in range(count)
    ]


def shop(days: int = 500, seed: int = 3) -> pd.DataFrame:
    """A daily shop: closed on Sundays, promotion in every second week lifts sales by 40 %."""
    rng = np.random.default_rng(seed)
    ds = pd.date_range("2014-01-01", periods=days, freq="D")
    promo = (np.arange(days) // 7 % 2).astype(float)
    opened = (ds.day_of_week != 6).astype(float)
    weekday = np.array([1.2, 1.0, 0.9, 0.9, 1.1, 1.4, 0.0])[ds.day_of_week]
    y = 1000 * weekday * np.exp(np.log(1.4) * promo + 0.05 * rng.standard_normal(days)) * opened
    return pd.DataFrame(
        {"unique_id": "shop", "ds": ds, "y": np.round(y), "open": opened, "promo": promo}
    )


def shared(name: str) -> Path:
    """A file of the shared data folder; the test is skipped, visibly, where it is not there."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    path = Path(os.environ.get("ANALYSIS_SHARED_DATA", beside)) / name
    if not path.is_file():
        pytest.skip(f"shared data {name} is not on this machine (ANALYSIS_SHARED_DATA)")
    return path
