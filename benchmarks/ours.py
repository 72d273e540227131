"""This project's forecasts, in a process of its own: the same task as ``peers.py``.

usage: python benchmarks/ours.py FOLDER

The public ``analysis.forecasting.forecast`` is called, after one call on two series that brings
compiled code into the process; what that call took is given as the cold start.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from peers import BOUNDS, KEY, cpu, tiny

from analysis.forecasting import forecast

NAME, AHEAD = "analysis", "analysis known ahead"


def run(train: pd.DataFrame, future: pd.DataFrame, season: int, model: str) -> pd.DataFrame:
    """Forecast one window; columns besides ``unique_id, ds, y`` are known ahead."""
    horizon = int(future.groupby("unique_id").size().max())
    extra = [c for c in train.columns if c not in (*KEY, "y")]
    panel = pd.concat([train, future], ignore_index=True) if extra else train
    options = {"open_column": "open"} if "open" in extra else {}
    made = forecast(panel, horizon=horizon, season_length=season, model=model, **options).table()  # type: ignore[arg-type]
    return made[[*KEY, "mean", *BOUNDS]]


def main(folder: Path) -> None:
    """Run the task of a folder."""
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    train, future = (pd.read_parquet(folder / f"{n}.parquet") for n in ("train", "future"))
    core = [*KEY, "y"]
    extra = [c for c in future.columns if c not in ("window", *KEY)]
    spent: dict[str, float] = {}
    parts = []
    cold = 0.0
    methods = {NAME: "auto", **({AHEAD: "auto"} if extra else {}), "Naive2": "naive2"}
    for name, model in methods.items():
        seconds = 0.0
        for number, window in enumerate(train["window"].unique()):
            known, ahead = (
                f[f["window"] == window].drop(columns="window") for f in (train, future)
            )
            if name != AHEAD:
                known, ahead = known[core], ahead[KEY]
            if number == 0:
                start = cpu()
                run(*tiny(known, ahead), task["season"], model)
                cold = cold or cpu() - start
            start = cpu()
            made = run(known, ahead, task["season"], model)
            seconds += cpu() - start
            parts.append(made.assign(window=window, method=name))
        spent[name] = seconds
    pd.concat(parts).to_parquet(folder / "ours.parquet", index=False)
    done = json.dumps({"seconds": spent, "cold": cold})
    (folder / "ours.json").write_text(done, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
