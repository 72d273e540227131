"""Tables for the planner: what to plan per series, how accurate the past was, what was odd."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.base.language import translator
from analysis.forecasting.backtest import BacktestResult
from analysis.forecasting.forecast import ForecastResult
from analysis.forecasting.parts import EVENT, ORDINARY
from analysis.forecasting.position import Position
from analysis.forecasting.target import shortfall
from analysis.forecasting.words_remarks import said


def options(
    now: Position, *, model: str, season_length: int | None, open_column: str
) -> dict[str, Any]:
    """Return the options that forecast and backtest share.

    ``open_column`` holds only if the panel has it: it is a default, not a promise.
    """
    return {
        "model": model,
        "season_length": season_length,
        "open_column": open_column if open_column in now.frame.columns else None,
    }


def plan_table(result: ForecastResult, tested: BacktestResult) -> pd.DataFrame:
    """Return what to plan per series over the horizon, the largest first.

    Columns: ``unique_id, mean, lo-…, hi-…, share`` (of the total of all), ``WAPE`` and
    ``seasonal-naive WAPE`` in the backtest; NaN where a series could not be tested.
    """
    totals = result.totals("unique_id").rename(columns={"group": "unique_id"})
    total = float(totals["mean"].sum())
    totals["share"] = totals["mean"] / total if total else np.nan
    past = tested.table()[["unique_id", "WAPE", "seasonal-naive WAPE"]]
    frame = totals.merge(past, on="unique_id", how="left")
    return frame.sort_values(
        ["mean", "unique_id"], ascending=[False, True], kind="stable", ignore_index=True
    )


_RATIOS = ("MASE", "OWA", "MSIS")


def accuracy_table(tested: BacktestResult, lang: str = "en") -> pd.DataFrame:
    """Return the backtest's metrics: ``metric, meaning, value, lo, hi`` (95 %), ``unit``."""
    say = translator(lang)
    meanings = {
        "accuracy": say("Accuracy: 1 − WAPE"),
        "WAPE": say("WAPE: absolute error as a share of what came; accuracy is 1 − WAPE"),
        "bias": say("Bias: forecast minus what came, as a share of it"),
        "MASE": say("MASE: error in units of the in-sample seasonal naive"),
        "OWA": say("OWA: error relative to Naive2, 1 is equal"),
        "seasonal-naive WAPE": say("WAPE of the seasonal naive"),
        "skill": say("Skill: error saved against the seasonal naive"),
        "pinball": say("Pinball loss of all bounds, as a share of what came"),
    }
    for level in tested.levels:
        meanings[f"coverage {level}"] = say("Outcomes inside the {level}% intervals", level=level)
        meanings[f"MSIS {level}"] = say(
            "MSIS of the {level}% intervals: width and misses, scaled as MASE", level=level
        )
    frame = tested.overall()
    names = frame["metric"].astype("str").tolist()
    frame.insert(1, "meaning", [meanings[name] for name in names])
    units = ["ratio" if name.split()[0] in _RATIOS else "share" for name in names]
    return frame.assign(unit=units)


def thirds_table(tested: BacktestResult, lang: str = "en") -> pd.DataFrame:
    """Return :meth:`BacktestResult.by_third` with ``steps`` in words in front."""
    say, frame = translator(lang), tested.by_third()
    bounds = frame[["first", "last"]].to_numpy(dtype=int).tolist()
    words = [say("{first} to {last}", first=a, last=b) if a < b else str(a) for a, b in bounds]
    frame.insert(1, "steps", pd.Series(words, dtype="str"))
    return frame


def days_table(tested: BacktestResult, events: pd.DataFrame, lang: str = "en") -> pd.DataFrame:
    """Return :meth:`BacktestResult.by_day` with the kind of day in words, ``day``, in front."""
    say, frame = translator(lang), tested.by_day(events)
    words = {ORDINARY: say("ordinary days"), EVENT: say("event days")}
    day = [name or words[kind] for kind, name in frame[["kind", "event"]].to_numpy().tolist()]
    frame.insert(0, "day", pd.Series(day, dtype="str"))
    return frame


def target_table(tested: BacktestResult, target: float, lang: str = "en") -> pd.DataFrame:
    """Return where the target accuracy was not reached: ``where, n, accuracy, short``.

    Series first, then steps ahead, the worst first.
    """
    say, missed = translator(lang), shortfall(tested, target)
    steps = missed.steps.assign(where=[say("step {step}", step=s) for s in missed.steps["step"]])
    series = missed.series.rename(columns={"unique_id": "where"})
    columns = ["where", "n", "accuracy", "short"]
    rows = pd.concat([series[columns], steps[columns]], ignore_index=True)
    return rows.astype({"where": "str"})


def remarks(result: ForecastResult, now: Position, lang: str = "en") -> pd.DataFrame:
    """Return what was found, what was odd and what was done about it: ``series, remark``.

    Remarks on the table as a whole come first, under the name of their column.
    """
    say, found = translator(lang), result.findings.remarks(lang)
    whole = [
        (say("column {name}", name=name), say("not used: {why}", why=said(why, lang)))
        for name, why in now.unused.items()
    ]
    rows = result.reasons_in(lang).to_numpy().tolist()
    return pd.DataFrame([*whole, *found, *rows], columns=["series", "remark"], dtype="str")
