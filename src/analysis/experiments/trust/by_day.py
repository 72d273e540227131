"""The effect by the day users joined, and whether it changes from day to day."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import special

from analysis.base.errors import InputError, nearest
from analysis.experiments.contrast import quantile
from analysis.experiments.effect import Interval
from analysis.experiments.trust.check import DAY_COLUMNS, checked_frame
from analysis.experiments.trust.trend import Change, Days, Scale, change_of


@dataclass(frozen=True)
class EffectByDay:
    """Effect of one arm on one metric by the day users joined.

    Attributes:
        frame: One row a day: ``day, n_control, n_arm, effect, lo, hi``; the effect is the
            difference, as a share of control's mean of all days if ``scale`` is ``"lift"``.
        metric: Name of the metric.
        arm: Name of the arm.
        control: Name of control.
        scale: ``"lift"``, or ``"difference"`` for a metric that can be negative.
        overall: Effect over all days, weighted by their users.
        trend: Change of the effect a day, with its interval.
        trend_p: p-value of no trend.
        early: Effect in the first third of the days.
        late: Effect in the last third.
        thirds_p: p-value of the same effect in both.
        scatter: Chi-square of the residuals around the trend.
        scatter_df: Its degrees of freedom.
        daily: Events (buyers, if all spent the same) of a mean day in the arm with fewer.
        reason: Why the trend is not tested; empty if it is.
    """

    frame: pd.DataFrame
    metric: str
    arm: str
    control: str
    scale: Scale
    overall: float
    trend: Interval
    trend_p: float
    early: float
    late: float
    thirds_p: float
    scatter: float
    scatter_df: int
    daily: float
    reason: str

    @property
    def scatter_p(self) -> float:
        """p-value of residuals no larger than the variances of users explain."""
        return float(special.chdtrc(self.scatter_df, self.scatter)) if not self.reason else math.nan

    def table(self, lang: str = "en") -> pd.DataFrame:
        """The days under names for readers (``lang`` en or zh)."""
        from analysis.experiments.trust.words_results import days_table

        return days_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """The effect of every day with its interval, and the trend."""
        from analysis.experiments.trust.plots import days_figure

        return days_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: whether the effect changes (``lang`` en or zh)."""
        from analysis.experiments.trust.words_results import days_sentence

        return days_sentence(self, lang)


def _both(frame: pd.DataFrame, control: str, arm: str, metric: str) -> tuple[Days, pd.DataFrame]:
    """Days on which both arms have at least two users."""
    mine = frame[frame["metric"] == metric]
    mine = mine.assign(day=pd.to_datetime(mine["day"]).dt.normalize())
    one, other = (
        mine.loc[mine["variant"] == name, ["day", "n", "mean", "variance"]]
        for name in (control, arm)
    )
    both = one.merge(other, on="day", suffixes=("_c", "_a")).sort_values("day")
    enough = (both["n_c"] >= 2) & (both["n_a"] >= 2)
    both = both[enough].dropna().reset_index(drop=True)
    since = (both["day"] - mine["day"].min()).dt.days.to_numpy(np.float64)
    n_c, n_a, c, a, var_c, var_a = (
        both[name].to_numpy(np.float64)
        for name in ("n_c", "n_a", "mean_c", "mean_a", "variance_c", "variance_a")
    )
    return Days(since, n_c, n_a, c, a, var_c / n_c, var_a / n_a), both


def _chosen(rows: pd.DataFrame, column: str, name: str | None, beside: str = "") -> str:
    names = sorted(set(rows[column]) - {beside})
    if name is None and len(names) == 1:
        return str(names[0])
    if name is None or name not in names:
        hint = nearest(name, names) if name is not None else f"one of {', '.join(names)}"
        raise InputError(f"{column}: found {name!r}; {hint}")
    return name


def effect_by_day(
    frame: pd.DataFrame,
    control: str,
    *,
    arm: str | None = None,
    metric: str | None = None,
    confidence: float = 0.95,
) -> EffectByDay:
    """Effect of an arm by the day its users joined, tested for a trend.

    An effect that fades is novelty, one that grows is learning (primacy): either says that the
    mean of the test is not what will last (Kohavi, Tang & Xu 2020, chapters 3 and 23).

    Args:
        frame: ``day, variant, metric, n, mean, variance``: the users who joined on each day
            (every user on one day only, else the days are not independent).
        control: Name of control.
        arm: Name of the arm; may be None if there is only one.
        metric: Name of the metric; may be None if there is only one.
        confidence: Level of the intervals.

    Raises:
        InputError: If a column or a name is missing.
    """
    rows = checked_frame(frame, "days", DAY_COLUMNS, ("day", "variant", "metric"), control)
    metric = _chosen(rows, "metric", metric)
    arm = _chosen(rows[rows["metric"] == metric], "variant", arm, control)
    days, kept = _both(rows, control, arm, metric)
    change = change_of(days, confidence)
    w = days.weight
    per = float(w @ days.c / w.sum()) if change.scale == "lift" and (days.c > 0).any() else 1.0
    effect = (days.a - days.c) / per
    half = quantile(confidence) * np.sqrt(days.var_a + days.var_c) / per
    shown = pd.DataFrame(
        {
            "day": kept["day"],
            "n_control": days.n_c.astype(np.int64),
            "n_arm": days.n_a.astype(np.int64),
            "effect": effect,
            "lo": effect - half,
            "hi": effect + half,
        }
    )
    return EffectByDay(frame=shown, metric=metric, arm=arm, control=control, **_fields(change))


def _fields(change: Change) -> dict[str, Any]:
    return {field.name: getattr(change, field.name) for field in fields(change)}
