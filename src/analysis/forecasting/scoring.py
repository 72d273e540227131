"""Tables of a backtest: by series, by horizon, overall with intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.forecasting import metrics
from analysis.stats import cluster_bootstrap, percentile, wilson

if TYPE_CHECKING:
    from analysis.forecasting.backtest import BacktestResult

Floats = NDArray[np.float64]
DRAWS = 1000
NAIVE = "seasonal_naive"


def ruled(frame: pd.DataFrame, widest: int) -> pd.Series:
    """Return which rows are closed periods: zero by rule and zero it was."""
    shut = (frame[f"lo-{widest}"] == 0) & (frame[f"hi-{widest}"] == 0)
    return shut & (frame["y"] == 0)


def _coverages(frame: pd.DataFrame, levels: tuple[int, ...]) -> dict[str, float]:
    """Coverage by level; closed periods, zero by rule, would flatter it and are left out."""
    frame = frame[~ruled(frame, levels[-1])]
    return {
        f"coverage {level}": metrics.coverage(
            frame["y"], frame[f"lo-{level}"], frame[f"hi-{level}"]
        )
        for level in levels
    }


def _scaled(frame: pd.DataFrame) -> Floats:
    """Absolute errors in units of the in-sample seasonal naive; NaN where that is 0 or unknown."""
    scale = frame["scale"].to_numpy(dtype=np.float64)
    error = np.abs((frame["y"] - frame["mean"]).to_numpy(dtype=np.float64))
    out: Floats = error / np.where(scale > 0, scale, np.nan)
    return out


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def by_series(result: BacktestResult) -> pd.DataFrame:
    """One row a series; see :meth:`BacktestResult.table`."""
    own = result.frame[result.frame["model"] == result.model]
    base = result.frame[result.frame["model"] == NAIVE]
    naive = {name: metrics.wape(g["y"], g["mean"]) for name, g in base.groupby("unique_id")}
    rows = []
    for name, g in own.groupby("unique_id"):
        wape = metrics.wape(g["y"], g["mean"])
        rows.append(
            {
                "unique_id": name,
                "n": len(g),
                "WAPE": wape,
                "MASE": _mean(_scaled(g)),
                "bias": metrics.bias(g["y"], g["mean"]),
                **_coverages(g, result.levels),
                "seasonal-naive WAPE": naive[name],
                "skill": 1 - wape / naive[name] if naive[name] > 0 else float("nan"),
            }
        )
    columns = ["unique_id", "n", "WAPE", "MASE", "bias", *_names(result.levels)]
    columns += ["seasonal-naive WAPE", "skill"]
    return pd.DataFrame(rows, columns=columns).astype({"unique_id": "str"})


def by_horizon(result: BacktestResult) -> pd.DataFrame:
    """One row a model and step ahead; see :meth:`BacktestResult.by_horizon`."""
    frame = result.frame.assign(step=_steps(result.frame))
    rows = [
        {
            "model": model,
            "step": step,
            "n": len(g),
            "WAPE": metrics.wape(g["y"], g["mean"]),
            "bias": metrics.bias(g["y"], g["mean"]),
            **_coverages(g, result.levels),
        }
        for (model, step), g in frame.groupby(["model", "step"])
    ]
    columns = ["model", "step", "n", "WAPE", "bias", *_names(result.levels)]
    return pd.DataFrame(rows, columns=columns)


def _names(levels: tuple[int, ...]) -> list[str]:
    return [f"coverage {level}" for level in levels]


def _steps(frame: pd.DataFrame) -> pd.Series:
    """Rank of each date among the dates that its origin's series share: the step ahead."""
    dates = frame[["cutoff", "ds"]].drop_duplicates().sort_values(["cutoff", "ds"])
    dates["step"] = dates.groupby("cutoff").cumcount() + 1
    return frame.merge(dates, on=["cutoff", "ds"], how="left")["step"].set_axis(frame.index)


def _moments(result: BacktestResult, model: str) -> Floats:
    """Sums by series and origin: |y - f|, |y|, f - y, scaled |y - f|, count, sMAPE terms, count.

    Returns:
        ``(series, origins, 7)``, origins counted from each series' last one.
    """
    g = result.frame[result.frame["model"] == model]
    y, mean = g["y"].to_numpy(np.float64), g["mean"].to_numpy(np.float64)
    scaled, size = _scaled(g), np.abs(y) + np.abs(mean)
    symmetric = np.where(size > 0, 2 * np.abs(y - mean) / np.where(size > 0, size, 1.0), 0.0)
    columns = np.stack(
        [
            np.abs(y - mean),
            np.abs(y),
            mean - y,
            np.nan_to_num(scaled),
            (~np.isnan(scaled)).astype(float),
            symmetric,
            (size > 0).astype(float),
        ],
        axis=1,
    )
    series, _ = pd.factorize(g["unique_id"])
    rank = g.groupby("unique_id")["cutoff"].rank(method="dense", ascending=False)
    origin = rank.to_numpy().astype(int) - 1
    out = np.zeros((int(series.max()) + 1, int(origin.max()) + 1, columns.shape[1]))
    np.add.at(out, (series, origin), columns)
    return out


def _quotient(top: Floats, bottom: Floats) -> Floats:
    out: Floats = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
    return out


def overall(result: BacktestResult) -> pd.DataFrame:
    """Metrics over all series and origins; see :meth:`BacktestResult.overall`.

    Error measures carry two-way bootstrap intervals (series × origins), coverages Wilson's with a
    series at an origin counted as one trial, since errors within a path move together.
    """
    if not result.tested:
        names = ["WAPE", "bias", "MASE", "OWA", "seasonal-naive WAPE", "skill"]
        names += _names(result.levels)
        return pd.DataFrame({"metric": names}).reindex(columns=["metric", "value", "lo", "hi"])
    own, base, two = (_moments(result, m) for m in (result.model, NAIVE, "naive2"))
    table = np.concatenate([own, base, two], axis=2)
    width = own.shape[2]
    statistics: dict[str, Callable[[Floats], Floats]] = {
        "WAPE": lambda s: _quotient(s[:, 0], s[:, 1]),
        "bias": lambda s: _quotient(s[:, 2], s[:, 1]),
        "MASE": lambda s: _quotient(s[:, 3], s[:, 4]),
        "OWA": lambda s: (_relative(s, 3, 2 * width) + _relative(s, 5, 2 * width)) / 2,
        "seasonal-naive WAPE": lambda s: _quotient(s[:, width], s[:, width + 1]),
        "skill": lambda s: 1 - _quotient(s[:, 0], s[:, width]),
    }
    total = table.sum(axis=(0, 1))[None]
    rows = []
    for name, statistic in statistics.items():
        # The same draws for every metric: their differences are then paired.
        rng = np.random.default_rng(result.seed)
        lo, hi = percentile(cluster_bootstrap(table, statistic, draws=DRAWS, rng=rng))
        rows.append({"metric": name, "value": float(statistic(total)[0]), "lo": lo, "hi": hi})
    trials = float(np.count_nonzero(own[:, :, 1:2].any(axis=2) | (own[:, :, 6] > 0)))
    frame = result.frame[result.frame["model"] == result.model]
    for name, value in _coverages(frame, result.levels).items():
        low, high = wilson(value * trials, trials)
        rows.append({"metric": name, "value": value, "lo": float(low), "hi": float(high)})
    return pd.DataFrame(rows).astype({"metric": "str"})


def _relative(sums: Floats, column: int, other: int) -> Floats:
    """Mean of a term relative to the mean of the same term of a benchmark."""
    own = _quotient(sums[:, column], sums[:, column + 1])
    return _quotient(own, _quotient(sums[:, other + column], sums[:, other + column + 1]))
