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

import numpy as np

from analysis.forecasting import intermittent, kernels, naive, smoothing, yearly
from analysis.forecasting.arrays import Floats, Ints
from analysis.forecasting.combine import Family, family
from analysis.forecasting.panel import Series, is_intermittent
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


@dataclass(frozen=True, slots=True)
class Job:
    """One series to forecast from several origins.

    Attributes:
        series: The series, its regressors known over the horizon.
        cuts: ``(K,)`` lengths of history at each origin, the last origin first.
    """

    series: Series
    cuts: Ints


def fill_gaps(y: Floats, m: int) -> Floats:
    """Fill missing values: mean of the same season's neighbours, else a straight line between."""
    missing = np.flatnonzero(np.isnan(y))
    if not len(missing):
        return y
    known = np.flatnonzero(~np.isnan(y))
    out = y.copy()
    out[missing] = np.interp(missing, known, y[known])
    if m > 1:
        for t in missing:
            near = [y[s] for s in (t - m, t + m) if 0 <= s < len(y) and not np.isnan(y[s])]
            if near:
                out[t] = float(np.mean(near))
    return out


def _trimmed(y: Floats) -> Floats:
    """Carry the last value over a gap that reaches the origin, so that time is not lost."""
    known = np.flatnonzero(~np.isnan(y))
    if known[-1] == len(y) - 1:
        return y
    out = y.copy()
    out[known[-1] + 1 :] = y[known[-1]]
    return out


def histories(job: Job, m: int) -> list[Floats]:
    """Gap-free history at each origin; gaps are filled from what the origin knows."""
    return [fill_gaps(_trimmed(job.series.y[:cut]), m) for cut in job.cuts]


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
    return np.stack([run(y) for y in histories(job, m)], axis=1)


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
    y = series.y[~np.isnan(series.y)]
    if series.opened is not None:
        y = series.y[(series.opened[: len(series.y)] != 0) & ~np.isnan(series.y)]
    if series.opened is None and not series.x.shape[1] and len(y) and is_intermittent(y):
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
        known = job.series.opened is not None or job.series.x.shape[1] > 0
        explained = family(_regression(job, horizon, seasons))
        out.append(replace(explained, weight=1.0 if known else UNEXPLAINED_PRIOR))
    if kind == "intermittent":
        rare = (intermittent.croston, intermittent.tsb, smoothing.ses, smoothing.slow)
        out.append(family(_each(job, m, lambda y: _plain(y, horizon, rare))))
        if m > 1:
            out.append(family(_each(job, m, lambda y: _adjusted(y, horizon, m, smoothing.slow))))
    lag = lag_of(seasons)
    if lag and kind in ("core", "regression") and len(job.series.y) >= lag:
        paths = _each(job, m, lambda y: _yearly(y, horizon, lag))
        out.append(replace(both_scales(paths), weight=YEARLY_PRIOR))
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
