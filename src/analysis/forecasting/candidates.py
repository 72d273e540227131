"""The candidates: every model that may forecast a series, at every origin.

A named model is a menu of one. ``auto`` takes, for seasonally adjusted data, Theta, optimised
Theta and the damped trend, on the log and the linear scale, with seasonal indices that forget
slowly or fast; ridge regressions where there are regressors, closures or a second season; Croston
(SBA), TSB and simple smoothing where demand is intermittent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np

from analysis.forecasting import intermittent, kernels, naive, shared_year, smoothing, yearly
from analysis.forecasting.arrays import Floats, Ints
from analysis.forecasting.combine import Family, family
from analysis.forecasting.gaps import carried, fill_gaps
from analysis.forecasting.panel import Series, is_intermittent, known
from analysis.forecasting.regression import adjust

Model = Callable[[Floats, int], Floats]
"""From a history ``(n,)`` and a horizon to forecasts ``(horizon,)``."""

ADJUSTED: dict[str, Model] = {
    "ses": smoothing.ses,
    "theta": smoothing.theta,
    "optimised_theta": smoothing.optimised_theta,
    "damped": smoothing.damped,
}
LEVELS: tuple[Model, ...] = (smoothing.ses, smoothing.slow, smoothing.theta)
DECAYS = (0.95, 0.75)
LONG_SEASON = 12
"""Above it (weeks of a year) seasons are compared with seasons, not averaged into indices only."""
LINEAR_PRIOR = 1 / 3
"""Weight of the linear scale beside the logarithmic one before there is a record: sales grow and
vary by the season in proportion to their level (on M1, Tourism and Australian retail alike)."""
DAYS_OF_WEEK = 7
FORTNIGHT_PRIOR = 0.5
"""Weight of two-week patterns (pay days, alternating promotions) beside the weekly ones."""
UNEXPLAINED_PRIOR = 0.5
"""Weight of regressions that know nothing but the calendar."""
YEARLY_PRIOR = 2.0
"""Weight of the year before, in families: the last months' record says little of how the same
weeks went a year ago, and trade has a year."""
SHARED_PRIOR = 2.0
"""Weight of the year that the panel shares, in families."""
LOG_REACH = 2.0
"""Ranges of history that percentage growth may add: steady doubling needs more than a line does."""
LOG_LEAST = 8
"""Values below which growth in percent is not told from growth in units."""
MODELS = (
    "auto",
    "naive",
    "seasonal_naive",
    "naive2",
    "ses",
    "theta",
    "optimised_theta",
    "damped",
    "croston",
    "tsb",
    "regression",
)


class Adjustment(Protocol):
    """What is taken off a history before models see it, and put on their forecasts."""

    def clean(self, y: Floats) -> Floats:
        """History ``(n,)`` without it."""

    def restore(self, forecast: Floats) -> Floats:
        """Forecasts ``(..., horizon)`` with it."""


@dataclass(frozen=True, slots=True)
class Job:
    """One series to forecast from several origins.

    Attributes:
        series: The series, its regressors known over the horizon.
        cuts: ``(K,)`` lengths of history at each origin, the last origin first.
        effects: What the calendar and outliers did to it, by origin; None if nothing.
        years: What of it is thought to come again after a year, by origin; None if unknown.
    """

    series: Series
    cuts: Ints
    effects: Sequence[Adjustment] | None = None
    years: Sequence[shared_year.Year | None] | None = None


def histories(job: Job, m: int) -> list[Floats]:
    """Gap-free history at each origin; gaps are filled from what the origin knows."""
    return [fill_gaps(carried(job.series.y[:cut]), m) for cut in job.cuts]


def _decays(m: int) -> Floats:
    return np.array(DECAYS if m > 1 else DECAYS[:1])


def _has_logs(y: Floats) -> bool:
    return len(y) >= LOG_LEAST and bool(np.all(y > 0))


def _core(y: Floats, horizon: int, m: int) -> Floats:
    """Core and airline model on the linear, then the logarithmic scale; NaN where too short."""
    linear = _on_scale(y, horizon, m, False)
    if not _has_logs(y):
        return np.concatenate([linear, np.full_like(linear, np.nan)])
    return np.concatenate([linear, _on_scale(y, horizon, m, True)])


def _on_scale(y: Floats, horizon: int, m: int, log: bool) -> Floats:
    level = smoothing.points(smoothing.LEVEL, len(y))
    trend = smoothing.points(smoothing.DAMPED, len(y))
    decays = _decays(m)
    return kernels.core(y, m, horizon, decays, log, LOG_REACH, level, trend, smoothing.SHOCKS)


def _yearly(y: Floats, horizon: int, lag: int) -> Floats:
    """Models on changes from season to season, linear and log scale; NaN where too short."""
    linear = yearly.candidates(y, horizon, lag, False)
    if not _has_logs(y):
        return np.concatenate([linear, np.full_like(linear, np.nan)])
    return np.concatenate([linear, yearly.candidates(y, horizon, lag, True)])


def _shared(job: Job, horizon: int, m: int, lag: int) -> Floats:
    """The panel's year, linear then log scale, at every origin; NaN where it is not known."""
    pairs = list(zip(histories(job, m), job.years or [None] * len(job.cuts), strict=True))
    by_scale = [
        np.stack([shared_year.candidates(y, horizon, lag, year, log) for y, year in pairs], axis=1)
        for log in (False, True)
    ]
    return np.concatenate(by_scale)


def both_scales(paths: Floats) -> Family:
    """A family whose first half is on the linear scale, the second on the logarithmic one."""
    half = np.ones(len(paths) // 2)
    return Family(paths, np.concatenate([LINEAR_PRIOR * half, half]))


def _adjusted(y: Floats, horizon: int, m: int, model: Model) -> Floats:
    """One model on seasonally adjusted data, linear and log scale, as in the core."""
    out = []
    for log in (False, True):
        if log and not _has_logs(y):
            out += [np.full(horizon, np.nan)] * len(_decays(m))
            continue
        scaled = np.log(y) if log else y
        for decay in _decays(m):
            index = kernels.indices(scaled, m, decay, True)
            time = np.arange(len(y) + horizon) % m
            made = model(scaled - index[time[: len(y)]], horizon) + index[time[len(y) :]]
            made = kernels.bounded(made, scaled, 1.0)
            out.append(kernels.restored(made, y, LOG_REACH) if log else made)
    return np.stack(out)


def _plain(y: Floats, horizon: int, models: Sequence[Model]) -> Floats:
    """Models on a history as it is."""
    return np.stack([model(y, horizon) for model in models])


def _each(job: Job, m: int, run: Callable[[Floats], Floats]) -> Floats:
    """Run candidates at every origin, ``(C, K, horizon)``."""
    past = histories(job, m)
    if job.effects is None:
        return np.stack([run(y) for y in past], axis=1)
    pairs = zip(past, job.effects, strict=True)
    return np.stack([effect.restore(run(effect.clean(y))) for y, effect in pairs], axis=1)


def _regression(job: Job, horizon: int, seasons: tuple[float, ...]) -> Floats:
    """Ridge candidates × level models, ``(C, K, horizon)``; NaN at origins they cannot do."""
    explained = adjust(job.series, job.cuts, horizon, seasons)
    count = max(len(at) for at in explained)
    out = np.full((count, len(LEVELS), len(job.cuts), horizon), np.nan)
    for k, at in enumerate(explained):
        for c, adjusted in enumerate(at):
            for i, model in enumerate(LEVELS):
                level = kernels.bounded(model(adjusted.level, horizon), adjusted.level, 1.0)
                out[c, i, k] = adjusted.restore(level)
    return out.reshape(-1, len(job.cuts), horizon)


def _kind(job: Job, seasons: tuple[float, ...]) -> str:
    """Which part of the automatic menu a series gets."""
    series = job.series
    y = known(series)
    if series.opened is None and not series.x.shape[1] and is_intermittent(y):
        return "intermittent"
    if series.opened is not None:
        return "closures"
    return "regression" if series.x.shape[1] or max(seasons) > m_of(seasons) else "core"


def m_of(seasons: tuple[float, ...]) -> int:
    """Season length in whole steps."""
    return max(1, int(seasons[0]))


def lag_of(seasons: tuple[float, ...]) -> int:
    """Long season in whole steps and whole short seasons (weeks, 364 days); 0 without one."""
    m = m_of(seasons)
    if len(seasons) > 1:
        return m * int(seasons[-1] / m)
    return m if m > LONG_SEASON else 0


def automatic(job: Job, horizon: int, seasons: tuple[float, ...]) -> list[Family]:
    """The automatic menu: families of candidates."""
    m = m_of(seasons)
    kind = _kind(job, seasons)
    out: list[Family] = []
    if kind in ("core", "regression"):
        out.append(both_scales(_each(job, m, lambda y: _core(y, horizon, m))))
        if m == DAYS_OF_WEEK:
            paths = _each(job, m, lambda y: _core(y, horizon, 2 * m))
            out.append(replace(both_scales(paths), weight=FORTNIGHT_PRIOR))
    if kind in ("closures", "regression"):
        told = job.series.opened is not None or job.series.x.shape[1] > 0
        explained = family(_regression(job, horizon, seasons))
        out.append(replace(explained, weight=1.0 if told else UNEXPLAINED_PRIOR))
    if kind == "intermittent":
        rare = (intermittent.croston, intermittent.tsb, smoothing.ses, smoothing.slow)
        out.append(family(_each(job, m, lambda y: _plain(y, horizon, rare))))
        if m > 1:
            out.append(family(_each(job, m, lambda y: _adjusted(y, horizon, m, smoothing.slow))))
    lag = lag_of(seasons)
    if lag and kind in ("core", "regression") and len(job.series.y) >= lag:
        paths = _each(job, m, lambda y: _yearly(y, horizon, lag))
        out.append(replace(both_scales(paths), weight=YEARLY_PRIOR))
        if job.years is not None:
            carried = both_scales(_shared(job, horizon, m, lag))
            out.append(replace(carried, weight=SHARED_PRIOR))
    return out


def named(model: str, job: Job, horizon: int, seasons: tuple[float, ...]) -> list[Family]:
    """Families of candidates of a model by name (one of :data:`MODELS`)."""
    m = m_of(seasons)
    if model == "auto":
        return automatic(job, horizon, seasons)
    if model == "regression":
        return [family(_regression(job, horizon, seasons))]
    if model in ADJUSTED:
        return [family(_each(job, m, lambda y: _adjusted(y, horizon, m, ADJUSTED[model])))]
    plain: dict[str, Model] = {
        "naive": naive.naive,
        "seasonal_naive": partial(naive.seasonal_naive, m=m),
        "naive2": partial(naive.naive2, m=m),
        "croston": intermittent.croston,
        "tsb": intermittent.tsb,
    }
    return [family(_each(job, m, lambda y: _plain(y, horizon, [plain[model]])))]
