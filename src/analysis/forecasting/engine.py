"""From a panel to forecasts at the last origin and at the rolling ones.

Candidates are of one series each. A panel shares what one series cannot tell: calendar effects of
months and quarters, festivals, the year and the records of weeks and days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.base.errors import InputError, nearest
from analysis.forecasting import effects, shared_year
from analysis.forecasting.arrays import Bools, Floats, Ints
from analysis.forecasting.candidates import MODELS, Job, automatic, histories, lag_of, named
from analysis.forecasting.combine import Common, Family, combine, common_record
from analysis.forecasting.findings import Findings
from analysis.forecasting.origins import actuals, apart, cuts_of
from analysis.forecasting.panel import Panel, Series, is_intermittent, known
from analysis.forecasting.words_remarks import OPEN_UNKNOWN

HABIT = 8
SPEAKERS = 200
"""Series whose records speak for all that are like them."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Forecasts of one series at its last origin (row 0) and at rolling origins.

    Attributes:
        series: The series, regressors and closures extended over the horizon.
        cuts: ``(K,)`` lengths of history known at each origin.
        mean: ``(K, horizon)`` forecasts; 0 in closed periods.
        error: ``(K, horizon)`` what came minus forecast; NaN where unknown or closed.
        closed: ``(horizon,)`` closed periods after the last origin.
    """

    series: Series
    cuts: Ints
    mean: Floats
    error: Floats
    closed: Bools


def check_call(horizon: int, model: str) -> None:
    """Refuse a horizon below 1 and unknown models."""
    if isinstance(horizon, bool) or not isinstance(horizon, int | np.integer) or horizon < 1:
        raise InputError(f"horizon: found {horizon!r}, expected a whole number of at least 1")
    if model not in MODELS:
        raise InputError(
            f"model: found {model!r}, expected a known model ({nearest(model, MODELS)})"
        )


def extended(series: Series, horizon: int, season: int) -> Series:
    """Extend regressors and closures over the horizon.

    Unknown closures follow the season's habit: open if it was mostly open in the same season's
    (the same weekday's) last eight periods.
    """
    length = len(series.y) + horizon
    x = np.full((length, series.x.shape[1]), np.nan)
    x[: min(length, len(series.x))] = series.x[:length]
    if series.opened is None:
        return replace(series, x=x)
    opened = np.full(length, np.nan)
    opened[: min(length, len(series.opened))] = series.opened[:length]
    # A period that sold something was open, whatever the missing flag would have said.
    past = opened[: len(series.y)]
    past[np.isnan(past) & (series.y > 0)] = 1.0
    unknown = np.flatnonzero(np.isnan(opened))
    for t in unknown:
        same = opened[t % season : t : season]
        habit = same[~np.isnan(same)][-HABIT:]
        opened[t] = float(np.mean(habit) > 0.5) if len(habit) else 1.0
    notes = series.notes
    if np.any(unknown >= len(series.y)):
        notes = (*notes, OPEN_UNKNOWN)
    return replace(series, x=x, opened=opened, notes=notes)


def seasons_of(panel: Panel) -> tuple[float, ...]:
    """Season lengths: those of the frequency, the first replaced by the caller's."""
    known = panel.frequency.seasons
    if panel.season == panel.frequency.season_length:
        return known
    return (float(panel.season), *(s for s in known if s > 2 * panel.season))


def _came(job: Job, horizon: int) -> tuple[Floats, Bools]:
    """What came after each origin, NaN where closed or unknown, and what was closed."""
    series, cuts = job.series, job.cuts
    came = actuals(series.y, cuts, horizon, len(cuts))
    closed = np.zeros((len(cuts), horizon), dtype=np.bool_)
    if series.opened is not None:
        closed = np.stack([series.opened[c : c + horizon] == 0 for c in cuts])
    came[closed] = np.nan
    return came, closed


def _paths(job: Job, families: Sequence[Family], horizon: int, common: Common | None) -> Paths:
    """Combine the candidates of one series."""
    series, cuts = job.series, job.cuts
    came, closed = _came(job, horizon)
    mean = combine(families, came, len(series.y), apart(cuts, horizon), common)
    # A history too odd for every candidate still gets its last value.
    last = series.y[~np.isnan(series.y)][-1]
    mean = np.where(closed, 0.0, np.where(np.isnan(mean), last, mean))
    if np.all(series.y[~np.isnan(series.y)] >= 0):
        mean = np.maximum(mean, 0.0)
    return Paths(series, cuts, mean, came - mean, closed[0])


def run(panel: Panel, horizon: int, model: str = "auto") -> tuple[list[Paths], Findings]:
    """Forecast every series at every origin; regressors are known ahead (``panel_ahead.covered``).

    Returns:
        Paths by series, and what the calendar was found to do to them.

    """
    check_call(horizon, model)
    seasons = seasons_of(panel)
    lag = lag_of(seasons)
    series = [extended(s, horizon, panel.season) for s in panel.series]
    findings = Findings()
    if model in ("auto", "regression") and panel.frequency.unit == "day":
        series, days = _with_festivals(series, horizon)
        findings = Findings(days=days)
    jobs = [Job(s, cuts_of(len(s.y), horizon, panel.season, lag)) for s in series]
    if model == "auto" and panel.frequency.unit == "month":
        jobs, calendar = _adjusted(jobs, horizon, panel.season)
        findings = Findings(calendar=calendar)
    if model == "auto" and lag:
        past = [(job.series.calendar, histories(job, panel.season)) for job in jobs]
        years = shared_year.shared(past, lag)
        jobs = [replace(job, years=each) for job, each in zip(jobs, years, strict=True)]
        return _together(jobs, horizon, seasons), findings
    made = [_paths(job, named(model, job, horizon, seasons), horizon, None) for job in jobs]
    return made, findings


def _together(jobs: Sequence[Job], horizon: int, seasons: tuple[float, ...]) -> list[Paths]:
    """Combine candidates where a year is too long for many origins of one series to tell of it.

    Series with the same candidates and origins share their records. In a large panel the first
    ones by name speak for all, so that their candidates need not all be kept.
    """
    out: dict[int, Paths] = {}
    waiting: dict[object, list[tuple[int, list[Family]]]] = {}
    found: dict[object, Common | None] = {}

    def settle(kind: object) -> None:
        members = waiting.pop(kind)
        records = [(families, _came(jobs[i], horizon)[0]) for i, families in members]
        found[kind] = common_record(records)
        for i, families in members:
            out[i] = _paths(jobs[i], families, horizon, found[kind])

    for i, job in enumerate(jobs):
        families = automatic(job, horizon, seasons)
        kind = (tuple(len(f.paths) for f in families), tuple(len(job.series.y) - job.cuts))
        if kind in found:
            out[i] = _paths(job, families, horizon, found[kind])
            continue
        waiting.setdefault(kind, []).append((i, families))
        if len(waiting[kind]) == SPEAKERS:
            settle(kind)
    for rest in list(waiting):
        settle(rest)
    return [out[i] for i in range(len(jobs))]


def _with_festivals(series: list[Series], horizon: int) -> tuple[list[Series], effects.DayColumns]:
    """Daily and weekly series with the festivals that move their panel beside their regressors.

    Which festivals these are is found on all of the known history; how much they move a series is
    estimated anew at every origin.
    """
    found = effects.festival_columns(series, [len(s.y) for s in series], horizon)
    pairs = zip(series, found.columns, strict=True)
    return [replace(s, x=np.concatenate([s.x, columns], axis=1)) for s, columns in pairs], found


def _adjusted(jobs: list[Job], horizon: int, season: int) -> tuple[list[Job], effects.PanelEffects]:
    """Jobs with the calendar effects and outliers that the panel's histories show.

    In intermittent demand every sale would be an outlier: it is left as it is.
    """
    steady = [i for i, job in enumerate(jobs) if not is_intermittent(known(job.series))]
    found = effects.find(
        [jobs[i].series for i in steady], [jobs[i].cuts for i in steady], horizon, season
    )
    out = list(jobs)
    for i, each in zip(steady, found.effects, strict=True):
        if any(effect.calendar or effect.outliers for effect in each):
            out[i] = replace(jobs[i], effects=each)
    return out, found
