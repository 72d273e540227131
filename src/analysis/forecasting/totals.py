"""Totals over series and periods, with intervals from errors of the same totals in the past.

Errors of a total are not sums of quantiles: they cancel, or add up where series share a shock.
So the total itself is judged at the rolling origins: its relative errors there, Student's t for
their small number, and one pseudo-origin at which series err together as far as they did step by
step, and periods fully (the sum of their bounds). It rules alone where no origin has a whole
horizon behind it; where series never met at an origin, they are taken to err together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.forecasting.arrays import Bools, Floats, Ints
from analysis.forecasting.engine import Paths

PRIOR = 1.0
TOGETHER = 0.9


@dataclass(frozen=True, slots=True)
class Record:
    """Errors of a panel by origin date.

    Attributes:
        date: ``(N, K)`` code of the origin's date; -1 where a series has no such origin.
        error: ``(N, K, horizon)``, 0 where closed or missing.
        mean: ``(N, K, horizon)`` forecasts then.
        known: ``(N, K, horizon)`` whether the period has passed.
    """

    date: Ints
    error: Floats
    mean: Floats
    known: Bools


def record_of(panel: Sequence[Paths]) -> Record:
    """Collect the rolling origins of a panel."""
    width = max(len(p.cuts) for p in panel) - 1
    horizon = panel[0].mean.shape[1]
    stamps = np.full((len(panel), width), np.datetime64("NaT"), dtype="datetime64[ns]")
    error = np.zeros((len(panel), width, horizon))
    mean = np.zeros_like(error)
    known = np.zeros(error.shape, dtype=np.bool_)
    for i, p in enumerate(panel):
        k = len(p.cuts) - 1
        stamps[i, :k] = p.series.calendar.stamps(p.cuts[1:] - 1)
        error[i, :k] = np.nan_to_num(p.error[1:])
        mean[i, :k] = p.mean[1:]
        known[i, :k] = p.cuts[1:, None] + np.arange(horizon) < len(p.series.y)
    codes, _ = pd.factorize(stamps.ravel())
    return Record(codes.reshape(stamps.shape).astype(np.int64), error, mean, known)


def _relative_errors(record: Record, members: Ints, steps: Ints, now: Floats) -> Floats:
    """Errors of a total at the origins where (nearly) all of it is known, relative to its size.

    Args:
        record: Errors of the panel.
        members: Series in the total.
        steps: Horizon steps in the total.
        now: ``(members,)`` their present forecast totals, which weigh who must be there.
    """
    date = record.date[members]
    whole = record.known[members][:, :, steps].all(axis=2) & (date >= 0)
    error = record.error[members][:, :, steps].sum(axis=2)
    mean = record.mean[members][:, :, steps].sum(axis=2)
    total = float(np.abs(now).sum())
    out = []
    for code in np.unique(date[whole]):
        there = whole & (date == code)
        weight = float((np.abs(now)[:, None] * there).sum())
        size = abs(float(mean[there].sum()))
        if total > 0 and size > 0 and weight >= TOGETHER * total:
            out.append(float(error[there].sum()) / size)
    return np.array(out)


def _togetherness(record: Record, members: Ints, steps: Ints, now: Floats) -> float:
    """Squared sum of the members' errors over the sum of their squares, step by step.

    1 for independent series, their number for equal shocks; that number where they never met.

    Args:
        record: Errors of the panel.
        members: ``(M,)`` series in the total.
        steps: Horizon steps in the total.
        now: ``(members,)`` their present forecast totals, which weigh who must be there.
    """
    date, error = record.date[members], record.error[members][:, :, steps]
    known = record.known[members][:, :, steps] & (date >= 0)[:, :, None]
    total = float(np.abs(now).sum())
    summed = squares = 0.0
    for code in np.unique(date[date >= 0]):
        there = known & (date == code)[:, :, None]
        weight = (np.abs(now)[:, None] * there.any(axis=1)).sum(axis=0)
        whole = weight >= TOGETHER * total
        each = np.where(there, error, 0.0).sum(axis=1)[:, whole]
        summed += float((each.sum(axis=0) ** 2).sum())
        squares += float((each**2).sum())
    # Without errors, or before any, nothing speaks against the worst.
    return float(np.clip(summed / squares, 1.0, len(members))) if squares > 0 else len(members)


def bounds(
    record: Record,
    members: Ints,
    steps: Ints,
    mean: Floats,
    below: Floats,
    above: Floats,
    levels: Sequence[float],
) -> tuple[float, Floats, Floats]:
    """A total and its interval.

    Args:
        record: Errors of the panel.
        members: ``(M,)`` series in the total.
        steps: Horizon steps in the total.
        mean: ``(N, horizon)`` forecasts.
        below: ``(levels, N, horizon)`` distances of single lower bounds.
        above: The same of upper bounds.
        levels: Shares to cover in percent.

    Returns:
        Total, and lower and upper bounds ``(levels,)``.
    """
    parts = mean[np.ix_(members, steps)].sum(axis=1)
    total = float(parts.sum())
    past = _relative_errors(record, members, steps, parts)
    spread = float(np.sqrt(np.mean(past**2))) * abs(total) if len(past) else 0.0
    shared = _togetherness(record, members, steps, parts)
    sides = []
    for side in (below, above):
        single = side[:, members][:, :, steps]
        across = np.sqrt(shared * (single**2).sum(axis=1))
        together = np.minimum(across, single.sum(axis=1)).sum(axis=1)
        half = [
            np.sqrt(
                (len(past) * (_student(level, len(past)) * spread) ** 2 + PRIOR * extreme**2)
                / (len(past) + PRIOR)
            )
            for level, extreme in zip(levels, together, strict=True)
        ]
        sides.append(np.maximum.accumulate(np.array(half)))
    return total, total - sides[0], total + sides[1]


def _student(level: float, origins: int) -> float:
    """Quantile of Student's t with as many degrees of freedom as origins (and the pseudo one)."""
    return float(stats.t.ppf(0.5 + level / 200, origins + PRIOR))


def grouped(names: Sequence[str], by: Mapping[str, str] | str | None) -> dict[str, Ints]:
    """Positions of the series of each group, groups sorted by name."""
    if by is None:
        return {"all": np.arange(len(names))}
    group = list(names) if by == "unique_id" else [dict(by)[name] for name in names]  # type: ignore[arg-type]
    return {
        g: np.array([i for i, other in enumerate(group) if other == g]) for g in sorted(set(group))
    }
