"""A forecast beside what came: the judgment that no backtest replaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base import formats
from analysis.base.language import translator
from analysis.forecasting import metrics
from analysis.forecasting.forecast import ForecastResult
from analysis.stats import wilson


@dataclass(frozen=True)
class Outcome:
    """A forecast beside what came.

    Attributes:
        frame: ``unique_id, ds, y, mean, lo-…, hi-…`` where both are known.
        levels: Shares the intervals were to cover, in percent.
    """

    frame: pd.DataFrame
    levels: tuple[int, ...]

    def table(self) -> pd.DataFrame:
        """Per series: actual and forecast totals, their difference, WAPE, days inside; by size."""
        level = self.levels[0]
        frame = self.frame.assign(
            miss=(self.frame["y"] - self.frame["mean"]).abs(),
            inside=self.frame["y"].between(self.frame[f"lo-{level}"], self.frame[f"hi-{level}"]),
        )
        totals = frame.groupby("unique_id", sort=True).agg(
            actual=("y", "sum"), forecast=("mean", "sum"), miss=("miss", "sum"),
            inside=("inside", "mean"),
        )  # fmt: skip
        rows = totals.assign(
            difference=totals["forecast"] / totals["actual"].replace(0, np.nan) - 1,
            wape=totals["miss"] / totals["actual"].abs().replace(0, np.nan),
        )
        columns = ["actual", "forecast", "difference", "wape", "inside"]
        largest = rows.sort_values("actual", ascending=False, kind="stable")
        return largest[columns].reset_index()

    def summary(self, lang: str = "en") -> str:
        """One sentence: how far off the forecast was, and whether its intervals held."""
        say = translator(lang)
        if self.frame.empty:
            return say("What came is not known yet.")
        level = self.levels[0]
        inside = self.frame["y"].between(self.frame[f"lo-{level}"], self.frame[f"hi-{level}"])
        lo, hi = map(float, wilson(int(inside.sum()), len(inside)))
        total = self.frame["mean"].sum() / self.frame["y"].sum() - 1
        return say(
            "What came: the forecast was off by {wape} of sales (total {total}); {held} of values "
            "fell inside the {level}% intervals ({lo} to {hi} if they were independent).",
            wape=formats.percent(metrics.wape(self.frame["y"], self.frame["mean"])),
            total=formats.signed_percent(total),
            held=formats.percent(float(inside.mean()), 0),
            level=level,
            lo=formats.percent(lo, 0),
            hi=formats.percent(hi, 0),
        )


def outcome(result: ForecastResult, later: pd.DataFrame) -> Outcome:
    """Put a forecast beside what came.

    Args:
        result: The forecast.
        later: ``unique_id, ds, y``; dates outside the horizon are ignored.
    """
    made = result.table().drop(columns="model")
    came = later[["unique_id", "ds", "y"]].dropna()
    came = came.astype({"unique_id": "str", "ds": made["ds"].dtype})
    return Outcome(came.merge(made, on=["unique_id", "ds"], how="inner"), result.levels)
