"""A phase plan: which share of a target each phase is to bring, and so each day."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.forecasting.arrays import Floats, Ints
from analysis.forecasting.planning.checks import shown
from analysis.forecasting.planning.festival_profile import FestivalProfile
from analysis.forecasting.planning.rounding import split
from analysis.forecasting.planning.weekdays import weekday_factors

COLUMNS = ("phase", "start", "end")
TOLERANCE = 1e-9
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class PhasePlan:
    """Phases in order and the planned sales of each day.

    Attributes:
        phases: ``phase, start, end, share, target``, by start.
        target: Target of the whole plan.
        daily: Planned sales by day, from the first phase's start to the last one's end.
        of: ``(days,)`` position of the phase of each day; -1 between phases.
        by: What a phase is spread over its days by: ``"festival"``, ``"weekday"`` or ``"even"``.
        remarks: What the plan leaves open, and what is assumed.
    """

    phases: pd.DataFrame
    target: float
    daily: pd.Series
    of: Ints
    by: str
    remarks: tuple[str, ...]

    @property
    def start(self) -> pd.Timestamp:
        """First day."""
        return pd.Timestamp(self.daily.index[0])

    @property
    def end(self) -> pd.Timestamp:
        """Last day."""
        return pd.Timestamp(self.daily.index[-1])


def consecutive(start: object, phases: Mapping[str, tuple[int, float | None]]) -> pd.DataFrame:
    """Phases that follow one another.

    Args:
        start: First day of the first phase.
        phases: Name → its number of days, and its share of the target (None: what is left over,
            by days).

    Returns:
        ``phase, start, end, share`` as :func:`phase_plan` takes it.
    """
    first = pd.Timestamp(str(start))
    lengths = np.array([days for days, _ in phases.values()], dtype=np.int64)
    if not len(lengths) or lengths.min() < 1:
        raise InputError(f"phases: found {dict(phases)!r}, expected phases of at least one day")
    ends = first + pd.to_timedelta(lengths.cumsum() - 1, unit="D")
    starts = ends - pd.to_timedelta(lengths - 1, unit="D")
    shares = [np.nan if share is None else float(share) for _, share in phases.values()]
    return pd.DataFrame({"phase": list(phases), "start": starts, "end": ends, "share": shares})


def plan_problems(phases: pd.DataFrame, target: float) -> list[Problem]:
    """Everything that is wrong with a phase plan, rows as in a spreadsheet."""
    found = list(_about_target(target))
    absent = [name for name in COLUMNS if name not in phases.columns]
    if absent:
        names = [str(name) for name in phases.columns]
        return found + [
            Problem("no such column", f"it to be there ({nearest(n, names)})", column=n)
            for n in absent
        ]
    if not len(phases):
        return [*found, Problem("no phases", "at least one")]
    start, end = (pd.to_datetime(phases[n], errors="coerce") for n in ("start", "end"))
    for name, read in (("start", start), ("end", end)):
        for row in np.flatnonzero(read.isna().to_numpy()):
            value = phases[name].iloc[row]
            found.append(Problem(shown(value), "a date", row=int(row) + 2, column=name))
    names = phases["phase"].astype("str").tolist()
    for row in np.flatnonzero((end < start).to_numpy()):
        text = f"{names[row]!r} ends {end.iloc[row]:%Y-%m-%d} before it starts "
        text += f"{start.iloc[row]:%Y-%m-%d}"
        found.append(Problem(text, "an end on or after the start", row=int(row) + 2, column="end"))
    order = np.argsort(start.to_numpy(), kind="stable")
    for one, two in pairwise(order):
        if start.iloc[two] <= end.iloc[one]:
            found.append(
                Problem(
                    f"{names[two]!r} starts {start.iloc[two]:%Y-%m-%d}, {names[one]!r} ends "
                    f"{end.iloc[one]:%Y-%m-%d}",
                    "phases that do not overlap",
                    row=int(two) + 2,
                    column="start",
                )
            )
    return found + list(_about_shares(phases))


def _about_target(target: float) -> Iterator[Problem]:
    if not (math.isfinite(target) and target > 0):
        yield Problem(f"a target of {target:g}", "a number above 0")


def _about_shares(phases: pd.DataFrame) -> Iterator[Problem]:
    """Shares that are no shares, or more than the whole."""
    if "share" not in phases.columns:
        return
    share = pd.to_numeric(phases["share"], errors="coerce")
    wrong = (share.isna() & phases["share"].notna()) | (share < 0) | (share > 1)
    for row in np.flatnonzero(wrong.to_numpy()):
        value = phases["share"].iloc[row]
        yield Problem(shown(value), "a share between 0 and 1", row=int(row) + 2, column="share")
    total = float(share.sum())
    if total > 1 + TOLERANCE and not wrong.any():
        yield Problem(f"shares that add up to {total:g}", "1 at most", column="share")


def phase_plan(
    phases: pd.DataFrame,
    *,
    target: float,
    history: pd.Series | None = None,
    profile: FestivalProfile | None = None,
    closed: pd.DatetimeIndex | None = None,
) -> PhasePlan:
    """Spread a target over phases and days.

    A phase without a share gets of what the others leave in proportion to its days. Within a
    phase, days follow the weekday's factor in ``history`` times the festival's index, and days
    that are closed get nothing.

    Args:
        phases: ``phase, start, end`` and ``share`` of the target (missing: see above).
        target: Target of the whole plan.
        history: Daily sales before the plan, to learn the weekdays from.
        profile: Festival profile, its festivals covering the plan.
        closed: Days on which nothing is open.

    Raises:
        InputProblems: With everything that is wrong with the plan.
    """
    problems = plan_problems(phases, target)
    if problems:
        raise InputProblems("phase plan", problems)
    made = pd.DataFrame(
        {
            "phase": phases["phase"].astype("str"),
            "start": pd.to_datetime(phases["start"]).dt.normalize(),
            "end": pd.to_datetime(phases["end"]).dt.normalize(),
        }
    )
    given = phases["share"] if "share" in phases.columns else pd.Series(np.nan, phases.index)
    lengths = (made["end"] - made["start"]).dt.days.to_numpy().astype(np.float64) + 1
    made["share"], remarks = _shares(pd.to_numeric(given).to_numpy(dtype=np.float64), lengths)
    made = made.sort_values("start", ignore_index=True, kind="stable")
    days = pd.date_range(made["start"].iloc[0], made["end"].iloc[-1], name="ds")
    of = np.searchsorted(made["start"].to_numpy(), days.to_numpy(), side="right") - 1
    of = np.where(days.to_numpy() <= made["end"].to_numpy()[of], of, -1)
    if np.any(of < 0):
        remarks.append(f"days between phases, without a target: {np.count_nonzero(of < 0)}")
    factors = None if history is None else weekday_factors(history)
    weight = np.ones(len(days)) if factors is None else factors[days.day_of_week]
    by = "even" if factors is None else "weekday"
    if profile is not None:
        weight, by = weight * profile.weights(days), "festival"
    if closed is not None:
        weight = np.where(days.isin(closed), 0.0, weight)
    if by == "even":
        remarks.append(
            "fewer than four weeks of history: each phase is spread evenly over its days"
        )
    made["target"] = target * made["share"]
    amount = np.zeros(len(days))
    for position, phase_target in enumerate(made["target"].to_numpy()):
        mine = np.flatnonzero(of == position)
        share = weight[mine] if weight[mine].sum() > 0 else np.ones(len(mine))
        amount[mine] = split(float(phase_target), share / share.sum())
    return PhasePlan(
        made, float(target), pd.Series(amount, index=days), of.astype(np.int64), by, tuple(remarks)
    )


def _shares(given: Floats, lengths: Floats) -> tuple[Floats, list[str]]:
    """Shares of the phases, and what had to be assumed."""
    left = max(1.0 - float(np.nansum(given)), 0.0)
    free = np.isnan(given)
    if free.any():
        part = np.where(free, lengths, 0.0) / lengths[free].sum()
        note = f"phases without a share, which divide {left:.1%} of the target by days"
        return np.where(free, left * part, given), [f"{note}: {np.count_nonzero(free)}"]
    if left > TOLERANCE:
        return given, [f"share of the target that no phase is to bring: {left:.1%}"]
    return given / given.sum(), []
