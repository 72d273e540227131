"""A forecast beside what came: the judgment that no backtest replaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base import formats
from analysis.base.language import translator
from analysis.forecasting import metrics, scoring
from analysis.forecasting.forecast import ForecastResult


@dataclass(frozen=True)
class Outcome:
    """A forecast beside what came.

    Attributes:
        frame: ``unique_id, ds, y, mean, lo-…, hi-…`` where both are known.
        levels: Shares the intervals were to cover, in percent.
    """

    frame: pd.DataFrame
    levels: tuple[int, ...]

    def _inside(self) -> pd.Series:
        """Whether each value fell inside the narrower interval; missing for closed periods."""
        lo, hi = (self.frame[f"{end}-{self.levels[0]}"] for end in ("lo", "hi"))
        held = self.frame["y"].between(lo, hi).astype("float64")
        return held.mask(scoring.ruled(self.frame, self.levels[-1]))

    def table(self) -> pd.DataFrame:
        """Per series: actual and forecast totals, difference, WAPE, share inside; by size."""
        miss = (self.frame["y"] - self.frame["mean"]).abs()
        groups = self.frame.assign(miss=miss, inside=self._inside()).groupby("unique_id")
        rows = groups.agg(
            actual=("y", "sum"),
            forecast=("mean", "sum"),
            miss=("miss", "sum"),
            inside=("inside", "mean"),
        )
        size = rows["actual"].abs().replace(0, np.nan)
        rows["difference"] = (rows["forecast"] - rows["actual"]) / size
        rows["wape"] = rows["miss"] / size
        largest = rows.sort_values("actual", ascending=False, kind="stable").reset_index()
        return largest[["unique_id", "actual", "forecast", "difference", "wape", "inside"]]

    def summary(self, lang: str = "en") -> str:
        """One sentence: how far off the forecast was, and whether its intervals held."""
        say = translator(lang)
        came = float(self.frame["y"].sum())
        if self.frame.empty or came == 0:
            return say("What came is not known yet.")
        return say(
            "The forecast was off by {wape} of what came, the total by {total}; {held} of values "
            "fell inside the {level}% intervals.",
            wape=formats.percent(metrics.wape(self.frame["y"], self.frame["mean"])),
            total=formats.signed_percent((float(self.frame["mean"].sum()) - came) / abs(came)),
            held=formats.percent(float(self._inside().mean()), 0),
            level=self.levels[0],
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
