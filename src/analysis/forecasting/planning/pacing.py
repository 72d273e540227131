"""Pacing: sales to date against the phase plan, and what the plan's last day will show.

The close is what is sold plus the forecast of the days left, with the interval of that *total*:
errors of days go together, so it comes from errors of such totals at past origins
(:mod:`…planning.remaining`). The chance of reaching the target is read from the same
distribution as the interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.forecasting.forecast import ForecastResult
from analysis.forecasting.panel import read_panel
from analysis.forecasting.planning.checks import check_level
from analysis.forecasting.planning.days import days_of_panel
from analysis.forecasting.planning.festival_profile import FestivalProfile
from analysis.forecasting.planning.phases import PhasePlan, phase_plan, plan_problems
from analysis.forecasting.planning.predictive import Predictive, certain
from analysis.forecasting.planning.remaining import Remaining, chosen, remaining, stopped

DAY = pd.Timedelta(days=1)
PANELS = ("daily", "business daily")


@dataclass(frozen=True)
class Pacing:
    """Where a phase plan stands and where it leads.

    Attributes:
        plan: The plan.
        as_of: Last known day.
        actual: Sales of each day of the plan up to then.
        ahead_forecast: Forecast of the days left; None if there are none.
        close: Distribution of total sales at the plan's end.
        level: Level of the intervals, in percent.
        remarks: What was odd and what was done about it.
    """

    plan: PhasePlan
    as_of: pd.Timestamp
    actual: pd.Series
    ahead_forecast: Remaining | None
    close: Predictive
    level: float
    remarks: tuple[str, ...]

    @property
    def day(self) -> int:
        """Days of the plan that have passed."""
        return min(max((self.as_of - self.plan.start).days + 1, 0), len(self.plan.daily))

    @property
    def to_date(self) -> float:
        """Sales so far."""
        return float(self.actual.sum())

    @property
    def due(self) -> float:
        """Sales planned so far."""
        return float(self.plan.daily.iloc[: self.day].sum())

    @property
    def ahead(self) -> float:
        """Sales so far minus planned, in the unit of ``y``; negative is behind."""
        return self.to_date - self.due

    @property
    def ahead_share(self) -> float:
        """The same as a share of what was planned; NaN before anything was."""
        return self.ahead / self.due if self.due > 0 else float("nan")

    @property
    def ahead_days(self) -> float:
        """Days of plan that lie between sales due and sales so far; NaN before the plan begins.

        Beyond the plan's end, the mean day's sales go on. Days without a target count for none.
        """
        curve = np.concatenate([[0.0], self.plan.daily.cumsum().to_numpy()])
        if self.day == 0:
            return float("nan")
        rising = np.concatenate([[True], np.diff(curve) > 0])
        days = np.flatnonzero(rising).astype(np.float64)
        due, sold = np.interp([self.due, self.to_date], curve[rising], days)
        beyond = max(self.to_date - float(curve[-1]), 0.0) / self.plan.target
        return float(sold) - float(due) + beyond * len(self.plan.daily)

    @property
    def chance(self) -> float:
        """Probability of reaching the target."""
        return self.close.chance(self.plan.target)

    def table(self) -> pd.DataFrame:
        """One row a phase.

        ``phase, start, end, status`` (done, running, to come), ``share, target, actual``,
        ``projected, lo, hi`` (total of the phase; without bounds once it is done) and ``chance``
        of reaching its target.
        """
        rows = [self._phase(position) for position in range(len(self.plan.phases))]
        return pd.concat([self.plan.phases, pd.DataFrame(rows)], axis=1)[
            [
                "phase", "start", "end", "status", "share", "target", "actual",
                "projected", "lo", "hi", "chance",
            ]
        ]  # fmt: skip

    def _phase(self, position: int) -> dict[str, object]:
        phase = self.plan.phases.iloc[position]
        sold = float(self.actual[phase["start"] : phase["end"]].sum())
        done = phase["end"] <= self.as_of
        total = certain(sold)
        if self.ahead_forecast is not None and not done:
            total = self.ahead_forecast.total(phase["start"], phase["end"]).plus(sold)
        lo, hi = (np.nan, np.nan) if done else total.interval(self.level)
        return {
            "status": "done" if done else "to come" if phase["start"] > self.as_of else "running",
            "actual": sold,
            "projected": total.value,
            "lo": lo,
            "hi": hi,
            "chance": total.chance(float(phase["target"])),
        }

    def curve(self) -> pd.DataFrame:
        """One row a day: ``ds, plan, actual, projected, lo, hi``, all cumulative.

        ``plan_day`` is the day's own target. A cumulative total cannot fall, so no bound of an
        earlier day lies above that of a later one (where sales cannot be negative).
        """
        days = self.plan.daily.index
        frame = pd.DataFrame({"ds": days, "plan_day": self.plan.daily.to_numpy()})
        frame["plan"] = frame["plan_day"].cumsum()
        done = np.asarray(days <= self.as_of)
        frame["actual"] = np.where(done, self.actual.reindex(days).fillna(0.0).cumsum(), np.nan)
        for name in ("projected", "lo", "hi"):
            frame[name] = np.nan
        if self.ahead_forecast is not None:
            fan = [one.plus(self.to_date) for one in self.ahead_forecast.fan()]
            bounds = np.array([one.interval(self.level) for one in fan])
            if all(one.least >= 0 for one in fan):
                bounds = np.minimum.accumulate(bounds[::-1])[::-1]
            left = np.asarray(days.isin(self.ahead_forecast.stamps))
            frame.loc[left, "projected"] = [one.value for one in fan]
            frame.loc[left, "lo"], frame.loc[left, "hi"] = bounds[:, 0], bounds[:, 1]
        return frame

    def plot(self, ax: Axes | None = None, lang: str = "en") -> Axes:
        """Planned curve, actual, projection to the close with its fan, phases marked."""
        from analysis.forecasting.planning.charts import pacing_chart

        return pacing_chart(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: ahead or behind, where it leads, and the chance of the target."""
        from analysis.forecasting.planning.words import pacing_sentence

        return pacing_sentence(self, lang)


def pacing(
    forecast: ForecastResult,
    phases: pd.DataFrame,
    *,
    target: float,
    actuals: pd.DataFrame | None = None,
    names: Sequence[str] | None = None,
    profile: FestivalProfile | None = None,
    level: float = 80,
) -> Pacing:
    """Hold sales to date against a phase plan and project the close.

    Args:
        forecast: Forecast of a daily panel that reaches the plan's end. The panel's own last day
            is the day up to which sales are known.
        phases: ``phase, start, end, share``; see :func:`…phases.phase_plan`.
        target: Target of the whole plan, in the unit of ``y``.
        actuals: ``ds, y`` (and ``unique_id``) within the plan, up to the panel's last day, if the
            books say otherwise than the panel; the panel's values when None.
        names: Series the plan is about; all when None.
        profile: Festival profile to spread phases over days by.
        level: Level of the intervals, in percent.

    Raises:
        InputProblems: With everything wrong with the plan and the actuals.
        InputError: If the panel is not daily, or the forecast ends before the plan.
    """
    check_level(level)
    frequency = forecast.panel.frequency.name
    if frequency not in PANELS:
        raise InputError(f"panel: found {frequency} data, expected daily data for pacing")
    wanted = chosen(forecast, names)
    days = days_of_panel(forecast.panel)
    known = days.table[wanted].sum(axis=1, min_count=1)
    as_of = days.last
    problems = plan_problems(phases, target)
    problems += _outside(actuals, phases, as_of) if actuals is not None else []
    if problems:
        raise InputProblems("pacing", problems)
    start = pd.to_datetime(phases["start"]).min().normalize()
    end = pd.to_datetime(phases["end"]).max().normalize()
    plan = phase_plan(
        phases,
        target=target,
        history=known[known.index < start],
        profile=profile,
        closed=_closed(forecast, wanted),
    )
    sold = known if actuals is None else _by_day(actuals)
    every = pd.date_range(start, min(as_of, end))
    sold = sold.reindex(every)
    remarks = [*plan.remarks]
    blank = sold.isna() & (plan.daily.reindex(every) > 0)
    if blank.any():
        remarks.append(f"days without a value, counted as nothing sold: {int(blank.sum())}")
    gone = stopped(forecast, names)
    if gone:
        remarks.append(
            f"series that ended before {as_of:%Y-%m-%d}, taken to have stopped: {len(gone)}"
        )
    left = None
    close = certain(float(sold.sum()))
    if end > as_of:
        left = remaining(forecast, max(start, as_of + DAY), end, names)
        close = left.total().plus(float(sold.sum()))
    return Pacing(plan, as_of, sold.fillna(0.0), left, close, level, tuple(remarks))


def _outside(actuals: pd.DataFrame, phases: pd.DataFrame, as_of: pd.Timestamp) -> list[Problem]:
    """Actuals that are outside the plan, or later than the panel."""
    if not {"ds", "y"} <= set(actuals.columns):
        names = ", ".join(map(repr, actuals.columns)) or "no columns"
        return [Problem(names, "actuals with the columns 'ds' and 'y'")]
    dates = pd.to_datetime(actuals["ds"], errors="coerce").dt.normalize()
    found = []
    if {"start", "end"} <= set(phases.columns):
        first = pd.to_datetime(phases["start"], errors="coerce").min()
        last = pd.to_datetime(phases["end"], errors="coerce").max()
        for row in np.flatnonzero(((dates < first) | (dates > last)).to_numpy()):
            text = f"sales on {dates.iloc[row]:%Y-%m-%d}"
            wanted = f"days of the plan, {first:%Y-%m-%d} to {last:%Y-%m-%d}"
            found.append(Problem(text, wanted, row=int(row) + 2, column="ds"))
    for row in np.flatnonzero((dates > as_of).to_numpy()):
        text = f"sales on {dates.iloc[row]:%Y-%m-%d}"
        wanted = f"none after the panel's last day, {as_of:%Y-%m-%d}: the forecast begins there"
        found.append(Problem(text, wanted, row=int(row) + 2, column="ds"))
    return found


def _by_day(actuals: pd.DataFrame) -> pd.Series:
    """Sum over series by day, checked like a panel."""
    frame = actuals if "unique_id" in actuals.columns else actuals.assign(unique_id="all")
    if frame["ds"].nunique() == 1:
        # One day has no frequency to infer; its values are its sum.
        day = pd.to_datetime(frame["ds"]).dt.normalize()
        return frame["y"].astype("float64").groupby(day).sum()
    return days_of_panel(read_panel(frame, regressors=[])).total


def _closed(forecast: ForecastResult, names: Sequence[str]) -> pd.DatetimeIndex | None:
    """Days on which every series is closed, past and to come; None without an open column."""
    if forecast.panel.open_column is None:
        return None
    wanted = set(names)
    marks = []
    for path in forecast.paths:
        opened = path.series.opened
        if path.series.unique_id in wanted and opened is not None:
            stamps = path.series.calendar.stamps(np.arange(len(opened)))
            marks.append(pd.Series(opened, index=pd.DatetimeIndex(stamps)))
    most = pd.concat(marks, axis=1).max(axis=1)
    return pd.DatetimeIndex(most.index[(most == 0).to_numpy()])
