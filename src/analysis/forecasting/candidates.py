"""The candidates: every model that may forecast a series, at every origin.

A named model is a menu of one. ``auto`` takes, for seasonally adjusted data, Theta, optimised
Theta and the damped trend, on the log and the linear scale, with seasonal indices that forget
slowly or fast; ridge regressions where there are regressors, closures or a second season; Croston
(SBA), TSB and simple smoothing where demand is intermittent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from analysis.forecasting import intermittent, naive, smoothing, theta
from analysis.forecasting.arrays import Floats, Ints, Rows, by_chunk
from analysis.forecasting.panel import Series, is_intermittent
from analysis.forecasting.regression import Adjusted, adjust
from analysis.forecasting.seasonal import indices, spread

Model = Callable[[Rows, int], Floats]

CORE: tuple[Model, ...] = (theta.both, smoothing.damped)
ADJUSTED: dict[str, Model] = {
    "ses": smoothing.ses,
    "theta": theta.theta,
    "optimised_theta": theta.optimised_theta,
    "damped": smoothing.damped,
}
LEVELS: tuple[Model, ...] = (smoothing.ses, smoothing.slow, theta.theta)
DECAYS = (0.95, 0.75)
LONG_SEASON = 12
"""Above it (weeks of a year, hours of a day) last season's value is a candidate of its own."""
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


def _bounded(forecast: Floats, rows: Rows, horizon: int, reach: float = 1.0) -> Floats:
    """Hold forecasts within ``reach`` times what history's range, repeated at its pace, allows."""
    inside = rows.mask
    low = np.where(inside, rows.values, np.inf).min(axis=0)
    high = np.where(inside, rows.values, -np.inf).max(axis=0)
    room = reach * (high - low) * (1 + np.minimum(np.arange(1, horizon + 1)[:, None] / rows.n, 1.0))
    return np.clip(forecast, low - room, high + room)


def _adjusted(
    rows: Rows, horizon: int, m: int, models: Sequence[Model], log: bool, decays: Sequence[float]
) -> Floats:
    """Models on seasonally adjusted rows, ``(decays × models, horizon, R)``."""
    scaled = rows.with_values(np.log(np.where(rows.mask, rows.values, 1.0))) if log else rows
    out = []
    for decay in decays:
        index = indices(scaled, m, decay) if m > 1 else np.zeros((1, len(rows.n)))
        past, ahead = spread(index, scaled, horizon)
        plain = scaled.with_values(scaled.values - past)
        for model in models:
            made = model(plain, horizon).reshape(-1, horizon, len(rows.n))
            out.append(_bounded(made + ahead, scaled, horizon))
    stacked = np.concatenate(out)
    if not log:
        return stacked
    # Growth in percent, held on the log scale, still squares a jump by ten: hold it in units too.
    return _bounded(np.exp(np.clip(stacked, -600, 600)), rows, horizon, reach=LOG_REACH)


def _over(
    jobs: Sequence[Job],
    histories: Sequence[Sequence[Floats | None]],
    horizon: int,
    model: Callable[[Rows], Floats],
) -> list[Floats]:
    """Run a model over every origin that has a history.

    Returns:
        By job ``(C, K, horizon)``, NaN at origins without a history.
    """
    flat = [h for each in histories for h in each if h is not None]
    if not flat:
        return [np.full((0, len(job.cuts), horizon), np.nan) for job in jobs]
    made = iter(np.moveaxis(by_chunk(flat, horizon, model), -1, 0))
    out = []
    for job, each in zip(jobs, histories, strict=True):
        parts = [None if h is None else next(made) for h in each]
        some = next((p for p in parts if p is not None), np.zeros((0, horizon)))
        block = np.full((len(some), len(job.cuts), horizon), np.nan)
        for k, part in enumerate(parts):
            if part is not None:
                block[:, k] = part
        out.append(block)
    return out


def _histories(jobs: Sequence[Job], m: int) -> list[list[Floats]]:
    """Gap-free history at each origin; gaps are filled from what the origin knows."""
    return [[fill_gaps(_trimmed(job.series.y[:cut]), m) for cut in job.cuts] for job in jobs]


def _trimmed(y: Floats) -> Floats:
    """Carry the last value over a gap that reaches the origin, so that time is not lost."""
    known = np.flatnonzero(~np.isnan(y))
    if known[-1] == len(y) - 1:
        return y
    out = y.copy()
    out[known[-1] + 1 :] = y[known[-1]]
    return out


def _core(jobs: Sequence[Job], horizon: int, m: int, models: tuple[Model, ...]) -> list[Floats]:
    """Models on seasonally adjusted data, linear and (positive histories) log scale."""
    histories = _histories(jobs, m)
    decays = DECAYS if m > 1 else (1.0,)
    positive = [
        [h if len(h) >= LOG_LEAST and np.all(h > 0) else None for h in each] for each in histories
    ]
    linear = partial(_adjusted, horizon=horizon, m=m, models=models, log=False, decays=decays)
    log = partial(_adjusted, horizon=horizon, m=m, models=models, log=True, decays=decays)
    parts = zip(
        _over(jobs, histories, horizon, linear), _over(jobs, positive, horizon, log), strict=True
    )
    return [np.concatenate(pair) for pair in parts]


def _plain(jobs: Sequence[Job], horizon: int, m: int, models: Sequence[Model]) -> list[Floats]:
    """Models on the histories as they are."""

    def run(rows: Rows) -> Floats:
        return np.stack([model(rows, horizon) for model in models])

    return _over(jobs, _histories(jobs, m), horizon, run)


def _regression(jobs: Sequence[Job], horizon: int, seasons: tuple[float, ...]) -> list[Floats]:
    """Ridge candidates × level models."""
    explained = [adjust(job.series, job.cuts, horizon, seasons) for job in jobs]
    flat: list[Adjusted] = [a for each in explained for at in each for a in at]

    def run(rows: Rows) -> Floats:
        return np.stack([_bounded(f(rows, horizon), rows, horizon) for f in LEVELS])

    levels: Iterable[Floats] = (
        np.moveaxis(by_chunk([a.level for a in flat], horizon, run), -1, 0) if flat else []
    )
    made = iter(zip(flat, levels, strict=True))
    out = []
    for each in explained:
        count = max(len(at) for at in each)
        block = np.full((count, len(LEVELS), len(each), horizon), np.nan)
        for k, at in enumerate(each):
            for c in range(len(at)):
                adjusted, level = next(made)
                block[c, :, k] = adjusted.restore(level)
        out.append(block.reshape(-1, len(each), horizon))
    return out


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


def automatic(jobs: Sequence[Job], horizon: int, seasons: tuple[float, ...]) -> list[list[Floats]]:
    """The automatic menu: families of candidates, each ``(C, K, horizon)``, by job."""
    m = m_of(seasons)
    kinds = [_kind(job, seasons) for job in jobs]
    out: list[list[Floats]] = [[] for _ in jobs]

    def add(wanted: tuple[str, ...], run: Callable[[list[Job]], list[Floats]]) -> None:
        places = [i for i, kind in enumerate(kinds) if kind in wanted]
        for i, block in zip(places, run([jobs[i] for i in places]), strict=True):
            out[i].append(block)

    add(("core", "regression"), lambda some: _core(some, horizon, m, CORE))
    add(("closures", "regression"), lambda some: _regression(some, horizon, seasons))
    rare: list[Model] = [intermittent.croston, intermittent.tsb, smoothing.ses, smoothing.slow]
    add(("intermittent",), lambda some: _plain(some, horizon, m, rare))
    if m > 1:
        add(("intermittent",), lambda some: _core(some, horizon, m, (smoothing.slow,)))
    if m > LONG_SEASON:
        again: list[Model] = [partial(naive.seasonal_naive, m=m)]
        add(("core", "regression"), lambda some: _plain(some, horizon, m, again))
    return out


def named(
    model: str, jobs: Sequence[Job], horizon: int, seasons: tuple[float, ...]
) -> list[list[Floats]]:
    """Families of candidates of a model by name (one of :data:`MODELS`), by job."""
    m = m_of(seasons)
    if model == "auto":
        return automatic(jobs, horizon, seasons)
    if model == "regression":
        return [[block] for block in _regression(jobs, horizon, seasons)]
    if model in ADJUSTED:
        return [[block] for block in _core(jobs, horizon, m, (ADJUSTED[model],))]
    plain: dict[str, Model] = {
        "naive": naive.naive,
        "seasonal_naive": partial(naive.seasonal_naive, m=m),
        "naive2": partial(naive.naive2, m=m),
        "croston": intermittent.croston,
        "tsb": intermittent.tsb,
    }
    return [[block] for block in _plain(jobs, horizon, m, [plain[model]])]
