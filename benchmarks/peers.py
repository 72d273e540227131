"""Forecasts of the peers; run by the environment of ``peers.txt``, not by the project's.

usage: python benchmarks/peers.py FOLDER

``FOLDER/train.parquet`` holds ``window, unique_id, ds, y`` and columns known ahead,
``FOLDER/future.parquet`` the same dates ahead without ``y``, ``FOLDER/task.json`` the season, the
pandas frequency and the methods. Written are ``FOLDER/peers.parquet`` (``window, unique_id, ds,
method, mean, lo-80, …``) and ``FOLDER/peers.json`` (CPU seconds and failures by method). Each
method is first run on a tiny panel, so that compilation is not counted.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

os.environ.setdefault("NIXTLA_NUMBA_CACHE", "1")  # compiled once, not once a panel
LEVELS = (80, 95)
KEY = ["unique_id", "ds"]
BOUNDS = [f"{end}-{level}" for level in LEVELS for end in ("lo", "hi")]
Method = Callable[[pd.DataFrame, pd.DataFrame, int, str], pd.DataFrame]


def cpu() -> float:
    """CPU seconds of this process and its children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def statsforecast(name: str) -> Method:
    """Return a method of statsforecast; where it fails on a series, it is its seasonal naive."""

    def run(train: pd.DataFrame, future: pd.DataFrame, season: int, freq: str) -> pd.DataFrame:
        from statsforecast import StatsForecast  # type: ignore[import-not-found]
        from statsforecast import models as known

        del freq
        # Whole numbers for dates: its models see none, and gaps do not shift the horizon.
        counted = train[["unique_id", "y"]].assign(ds=train.groupby("unique_id").cumcount())
        horizon = int(future.groupby("unique_id").size().max())
        engine = StatsForecast(
            models=[getattr(known, name)(season_length=season)],
            freq=1,
            n_jobs=1,
            fallback_model=known.SeasonalNaive(season_length=season),
        )
        made = engine.forecast(df=counted, h=horizon, level=list(LEVELS)).reset_index(drop=True)
        columns = [c for c in made.columns if c not in KEY]
        plain = next(c for c in columns if "-lo-" not in c and "-hi-" not in c)
        made = made.rename(columns={f"{plain}-{b}": b for b in BOUNDS} | {plain: "mean"})
        return by_step(made, future)

    return run


def by_step(made: pd.DataFrame, future: pd.DataFrame) -> pd.DataFrame:
    """Put the dates of the future on forecasts, step by step."""
    order = future[KEY].sort_values(KEY)
    order = order.assign(step=order.groupby("unique_id").cumcount())
    made = made.assign(step=made.groupby("unique_id").cumcount()).drop(columns="ds")
    return order.merge(made, on=["unique_id", "step"])[[*KEY, "mean", *BOUNDS]]


def lightgbm(known_ahead: bool) -> Method:
    """Return LightGBM over all series: a season of lags, date features, conformal intervals."""

    def run(train: pd.DataFrame, future: pd.DataFrame, season: int, freq: str) -> pd.DataFrame:
        from lightgbm import LGBMRegressor  # type: ignore[import-not-found]
        from mlforecast import MLForecast  # type: ignore[import-not-found]
        from mlforecast import target_transforms as transforms
        from mlforecast.utils import PredictionIntervals  # type: ignore[import-not-found]

        extra = [c for c in future.columns if c not in KEY] if known_ahead else []
        horizon = int(future.groupby("unique_id").size().max())
        dates = {"D": ["dayofweek", "dayofyear"], "W": ["week"], "M": ["month"], "Q": ["quarter"]}
        kept = train[[*KEY, "y", *extra]]
        shortest = int(kept.groupby("unique_id").size().min())
        most = min(max(season, 4), shortest // 3)
        # Trees do not go beyond what they saw; differences help trends, and harm weekly rhythms.
        trend = [transforms.Differences([1])] if freq[0] in "MQY" else []
        engine = MLForecast(
            models={"mean": LGBMRegressor(n_estimators=200, num_threads=1, verbosity=-1)},
            freq=freq,
            lags=list(range(1, most + 1)),
            date_features=dates.get(freq[0], []),
            target_transforms=[*trend, transforms.LocalStandardScaler()],
            num_threads=1,
        )
        windows = 2 if shortest > 2 * horizon + most + 4 else 0
        conformal = PredictionIntervals(n_windows=windows, h=horizon) if windows else None
        engine.fit(kept, static_features=[], prediction_intervals=conformal)
        made = engine.predict(
            horizon,
            X_df=future[[*KEY, *extra]] if extra else None,
            level=list(LEVELS) if windows else None,
        )
        made = made.rename(columns={f"mean-{bound}": bound for bound in BOUNDS})
        return by_step(made.reindex(columns=[*KEY, "mean", *BOUNDS]), future)

    return run


def prophet(train: pd.DataFrame, future: pd.DataFrame, season: int, freq: str) -> pd.DataFrame:
    """Prophet with its defaults, quantiles of its predictive samples."""
    from prophet import Prophet  # type: ignore[import-not-found]

    del season, freq
    parts = []
    for name, history in train.groupby("unique_id"):
        np.random.seed(0)
        model = Prophet().fit(history[["ds", "y"]])
        ahead = future.loc[future["unique_id"] == name, ["ds"]]
        draws = model.predictive_samples(ahead)["yhat"]
        part = ahead.assign(unique_id=name, mean=model.predict(ahead)["yhat"].to_numpy())
        for level in LEVELS:
            part[f"lo-{level}"] = np.quantile(draws, 0.5 - level / 200, axis=1)
            part[f"hi-{level}"] = np.quantile(draws, 0.5 + level / 200, axis=1)
        parts.append(part)
    return pd.concat(parts)[[*KEY, "mean", *BOUNDS]]


METHODS: dict[str, Method] = {
    "SeasonalNaive": statsforecast("SeasonalNaive"),
    "Theta": statsforecast("Theta"),
    "DynamicOptimizedTheta": statsforecast("DynamicOptimizedTheta"),
    "AutoETS": statsforecast("AutoETS"),
    "AutoCES": statsforecast("AutoCES"),
    "AutoARIMA": statsforecast("AutoARIMA"),
    "LightGBM": lightgbm(False),
    "LightGBM known ahead": lightgbm(True),
    "Prophet": prophet,
}


def tiny(train: pd.DataFrame, future: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two shortest series: what a method is warmed up on."""
    names = train["unique_id"].value_counts(ascending=True).index[:2]
    return tuple(f[f["unique_id"].isin(names)] for f in (train, future))  # type: ignore[return-value]


def main(folder: Path) -> None:
    """Run the task of a folder."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)  # Prophet reports every series
    task: dict[str, Any] = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    train, future = (pd.read_parquet(folder / f"{n}.parquet") for n in ("train", "future"))
    spent: dict[str, float] = {}
    failed: dict[str, str] = {}
    parts = []
    for name in task["methods"]:
        sampled = set(task["limited"].get(name, []))
        windows = train["window"].unique() if not sampled else [train["window"].max()]
        made, seconds = [], 0.0
        try:
            for number, window in enumerate(windows):
                known, ahead = (
                    f[f["window"] == window].drop(columns="window") for f in (train, future)
                )
                if sampled:
                    known, ahead = (f[f["unique_id"].isin(sampled)] for f in (known, ahead))
                if number == 0:
                    METHODS[name](*tiny(known, ahead), task["season"], task["freq"])
                start = cpu()
                part = METHODS[name](known, ahead, task["season"], task["freq"])
                seconds += cpu() - start
                made.append(part.assign(window=window, method=name))
        except Exception as error:  # a peer that fails is reported, the others still run
            failed[name] = f"{type(error).__name__}: {error}"[:200]
            continue
        spent[name] = seconds
        parts += made
        print(f"  {name}: {seconds:.1f} CPU s ({time.strftime('%H:%M:%S')})", flush=True)
    columns = ["window", *KEY, "method", "mean", *BOUNDS]
    frame = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    frame[columns].to_parquet(folder / "peers.parquet", index=False)
    done = json.dumps({"seconds": spent, "failed": failed})
    (folder / "peers.json").write_text(done, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
