"""Simulated sales for the tests of planning, with known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
WEEK = np.array([1.1, 1.0, 0.9, 0.95, 1.1, 1.3, 0.65])


def daily(start: str, end: str, level: float = 100.0) -> pd.DataFrame:
    """The same sales on every day."""
    return pd.DataFrame({"ds": pd.date_range(start, end), "y": level})


def seasonal(years: range, noise: float, rng: np.random.Generator) -> tuple[pd.DataFrame, Floats]:
    """Months of several years: sales by month, and the true shares of equally long months."""
    season = np.exp(0.4 * np.sin(np.arange(12) / 12 * 2 * np.pi))
    ds = pd.date_range(f"{years[0]}-01-01", f"{years[-1]}-12-01", freq="MS")
    drawn = np.exp(noise * rng.standard_normal(len(ds)))
    y = np.tile(season, len(years)) * drawn * ds.days_in_month.to_numpy()
    return pd.DataFrame({"ds": ds, "y": 1000 * y}), season / season.sum()


def shops(count: int, days: int, seed: int, shared: float = 0.0) -> tuple[pd.DatetimeIndex, Floats]:
    """Daily sales ``(count, days)``: a week, autocorrelated noise, a slowly wandering level."""
    rng = np.random.default_rng(seed)
    ds = pd.date_range("2023-01-02", periods=days)
    own = rng.standard_normal((count, days))
    noise = np.sqrt(shared) * rng.standard_normal((1, days)) + np.sqrt(1 - shared) * own
    for t in range(1, days):
        noise[:, t] = 0.5 * noise[:, t - 1] + np.sqrt(0.75) * noise[:, t]
    level = np.cumsum(0.01 * rng.standard_normal((count, days)), axis=1)
    return ds, 1000 * WEEK[ds.day_of_week] * np.exp(0.12 * noise + level)


def panel(ds: pd.DatetimeIndex, y: Floats) -> pd.DataFrame:
    """Rows of ``y`` as series named by number."""
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"{i:03d}" for i in range(len(y))], y.shape[1]),
            "ds": np.tile(ds, len(y)),
            "y": y.ravel(),
        }
    )


def festive(
    dates: list[str], lift: Floats, noise: float, rng: np.random.Generator, series: int = 1
) -> pd.DataFrame:
    """Daily sales of three to five years with ``lift`` on the days that lead to each festival."""
    ds = pd.date_range(
        pd.Timestamp(dates[0]) - pd.Timedelta(days=150),
        pd.Timestamp(dates[-1]) + pd.Timedelta(days=120),
    )
    index = np.ones(len(ds))
    for date in dates:
        at = int(ds.get_indexer(pd.DatetimeIndex([date]))[0])
        index[at - len(lift) + 1 : at + 1] = lift
    y = 500 * WEEK[ds.day_of_week] * index * np.exp(noise * rng.standard_normal((series, len(ds))))
    return panel(ds, y)


def presale_curves() -> pd.DataFrame:
    """Three events by day from the opening, orders added up; ``c`` still runs, on day −2."""
    curves = {"a": (2.0, range(-5, 4)), "b": (3.0, range(-5, 6)), "c": (4.0, range(-5, -1))}
    return pd.concat(
        pd.DataFrame({"event": name, "day": days, "orders": step * np.arange(1, len(days) + 1)})
        for name, (step, days) in curves.items()
    ).reset_index(drop=True)
