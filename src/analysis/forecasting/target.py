"""Where the target accuracy was not reached in the test: which series, how far ahead."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator
from analysis.forecasting.backtest import BacktestResult


@dataclass(frozen=True)
class Shortfall:
    """Where a target was not reached.

    Attributes:
        series: ``unique_id, n, accuracy, short`` of every series below it, the worst first;
            ``short`` is what is missing, as a share.
        steps: ``step, n, accuracy, short`` of every step ahead below it, likewise.
        judged: Series and steps that have an accuracy at all.
        target: Accuracy asked for, as a share.
    """

    series: pd.DataFrame
    steps: pd.DataFrame
    judged: tuple[int, int]
    target: float

    def sentence(self, say: Translator) -> str:
        """Say where it was not reached, with the worst, or that it was everywhere."""
        target = formats.percent(self.target, 0)
        if not sum(self.judged):
            return ""
        if not len(self.series) and not len(self.steps):
            return say("{target} was reached in every series and at every step.", target=target)
        return say(
            "{target} was missed in {series} and {steps}.",
            target=target,
            series=self._series(say),
            steps=self._steps(say),
        )

    def _series(self, say: Translator) -> str:
        if not len(self.series):
            return say("none of {judged} series", judged=self.judged[0])
        worst = self.series.iloc[0]
        return say(
            "{count} of {judged} series (worst {name}: {accuracy})",
            count=len(self.series), judged=self.judged[0], name=worst["unique_id"],
            accuracy=formats.percent(worst["accuracy"]),
        )  # fmt: skip

    def _steps(self, say: Translator) -> str:
        if not len(self.steps):
            return say("none of {judged} steps ahead", judged=self.judged[1])
        worst = self.steps.iloc[0]
        return say(
            "{count} of {judged} steps ahead (worst step {step}: {accuracy})",
            count=len(self.steps), judged=self.judged[1], step=int(worst["step"]),
            accuracy=formats.percent(worst["accuracy"]),
        )  # fmt: skip


def shortfall(tested: BacktestResult, target: float) -> Shortfall:
    """Find where a target accuracy (1 − WAPE) was not reached in the test.

    Series and steps stand with what was seen in the test, without intervals: a series has as few
    errors as it has past dates; the verdict over all of them has its interval.

    Args:
        tested: The backtest.
        target: Accuracy, as a share of 1.
    """
    steps = tested.by_horizon()
    series, judged = _below(tested.table(), "unique_id", target)
    ahead, known = _below(steps[steps["model"] == tested.model], "step", target)
    return Shortfall(series, ahead, (judged, known), target)


def _below(frame: pd.DataFrame, name: str, target: float) -> tuple[pd.DataFrame, int]:
    """Rows below the target, the worst first, and how many have an accuracy."""
    rows = frame[[name, "n"]].assign(accuracy=1 - frame["WAPE"].astype("float64"))
    rows = rows[rows["accuracy"].notna()]
    short = rows[rows["accuracy"] < target].assign(short=lambda f: target - f["accuracy"])
    order = short.sort_values(["accuracy", name], kind="stable", ignore_index=True)
    return order, len(rows)
