"""What a forecast says of a stretch of days as a whole: the distribution of its total.

Errors of days and series are correlated, so quantiles of days are never added up: the total of
the stretch is judged at the rolling origins (:mod:`analysis.forecasting.totals`), for the whole
stretch and for each shorter one that begins with it (the fan).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.errors import InputError, nearest
from analysis.forecasting import totals
from analysis.forecasting.arrays import Floats, Ints
from analysis.forecasting.forecast import ForecastResult
from analysis.forecasting.planning.predictive import Predictive, certain, through

DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Remaining:
    """A forecast between two days.

    Attributes:
        result: The forecast.
        record: Its errors at the rolling origins.
        members: Series in the total: those wanted that are known up to the panel's last day.
        steps: Steps of the horizon within the stretch.
        stamps: Date of each of them.
    """

    result: ForecastResult
    record: totals.Record
    members: Ints
    steps: Ints
    stamps: pd.DatetimeIndex

    def total(
        self, since: pd.Timestamp | None = None, upto: pd.Timestamp | None = None
    ) -> Predictive:
        """Distribution of the total of the stretch, or of its days between two dates."""
        inside = np.ones(len(self.steps), dtype=np.bool_)
        if since is not None:
            inside &= np.asarray(self.stamps >= since)
        if upto is not None:
            inside &= np.asarray(self.stamps <= upto)
        return self._total(self.steps[inside])

    def fan(self) -> list[Predictive]:
        """Distribution of the total of the first 1, 2, … days."""
        return [self._total(self.steps[: k + 1]) for k in range(len(self.steps))]

    def _total(self, steps: Ints) -> Predictive:
        if not len(steps) or not len(self.members):
            return certain(0.0)
        made = self.result
        below, above = made.mean - made.lo, made.hi - made.mean
        value, lo, hi = totals.bounds(
            self.record, self.members, steps, made.mean, below, above, made.levels
        )
        least = float(made.minimum[self.members].sum()) * len(steps)
        freedom = self.record.error.shape[1] + totals.PRIOR
        return through(value, lo, hi, made.levels, freedom, least)

    def means(self) -> Floats:
        """Forecast of each day of the stretch."""
        means: Floats = self.result.mean[np.ix_(self.members, self.steps)].sum(axis=0)
        return means


def chosen(result: ForecastResult, names: Sequence[str] | None) -> list[str]:
    """Series asked for, all of the panel when None, or a refusal of unknown ones."""
    every = [series.unique_id for series in result.panel.series]
    for name in names or ():
        if name not in every:
            raise InputError(f"names: found series {name!r} ({nearest(name, every)})")
    return every if names is None else [name for name in every if name in set(names)]


def remaining(
    result: ForecastResult,
    start: pd.Timestamp,
    end: pd.Timestamp,
    names: Sequence[str] | None = None,
) -> Remaining:
    """Cut the stretch from ``start`` to ``end`` (both included) out of a forecast.

    Series that ended before the panel did have no forecast from there: they are taken to have
    stopped, and :func:`stopped` names them.

    Raises:
        InputError: If the forecast ends before the stretch does.
    """
    wanted = set(chosen(result, names)) & set(result.current)
    members = np.flatnonzero([name in wanted for name in result.names])
    row = result.names.index(result.current[0])
    stamps = pd.DatetimeIndex(result.stamps()[row]).normalize()
    reach = reach_of(result)
    if reach < end:
        raise InputError(
            f"forecast: found one up to {reach:%Y-%m-%d}, expected one that reaches "
            f"{end:%Y-%m-%d}: {int((end - reach) / DAY)} days further"
        )
    steps = np.flatnonzero((stamps >= start) & (stamps <= end))
    return Remaining(result, totals.record_of(result.paths), members, steps, stamps[steps])


def reach_of(result: ForecastResult) -> pd.Timestamp:
    """Last day forecast; a week is taken to begin with its stamp."""
    row = result.names.index(result.current[0])
    stamp = pd.Timestamp(result.stamps()[row][-1]).normalize()
    frequency = result.panel.frequency.name
    if frequency == "monthly":
        return stamp + pd.offsets.MonthEnd(0)
    return stamp + 6 * DAY if frequency == "weekly" else stamp


def stopped(result: ForecastResult, names: Sequence[str] | None = None) -> list[str]:
    """Series that ended before the panel did."""
    return [name for name in chosen(result, names) if name not in result.current]
