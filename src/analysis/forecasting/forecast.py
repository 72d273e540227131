"""The public entry: a panel in, a forecast with intervals out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError
from analysis.forecasting import engine, intervals, totals
from analysis.forecasting.arrays import Floats
from analysis.forecasting.engine import Paths
from analysis.forecasting.findings import Findings
from analysis.forecasting.panel import Panel, read_panel
from analysis.forecasting.panel_ahead import covered
from analysis.forecasting.words import forecast_sentence
from analysis.forecasting.words_remarks import Remark, said

LEVELS = (80, 95)


@dataclass(frozen=True)
class ForecastResult:
    """Forecasts of a panel.

    Attributes:
        panel: What was forecast.
        model: Name of the model.
        levels: Shares the intervals are to cover, in percent, rising.
        paths: Forecasts and past errors by series, sorted by name.
        mean: ``(N, horizon)`` forecasts in the unit of ``y``.
        lo: ``(levels, N, horizon)`` lower bounds.
        hi: ``(levels, N, horizon)`` upper bounds.
        minimum: ``(N,)`` smallest possible value of each series; -inf if none.
        findings: What the calendar was found to do.
    """

    panel: Panel
    model: str
    levels: tuple[int, ...]
    paths: tuple[Paths, ...]
    mean: Floats
    lo: Floats
    hi: Floats
    minimum: Floats
    findings: Findings

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        return int(self.mean.shape[1])

    @property
    def names(self) -> list[str]:
        """Series forecast, sorted."""
        return [path.series.unique_id for path in self.paths]

    @property
    def ends(self) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
        """Last known date of each series, ``(N,)``."""
        last = [p.series.calendar.stamps(np.array([len(p.series.y) - 1]))[0] for p in self.paths]
        return np.array(last)

    @property
    def aligned(self) -> bool:
        """Whether all series are known up to the same date."""
        return len(np.unique(self.ends)) == 1

    @property
    def current(self) -> list[str]:
        """Series known up to the panel's last date: those that one calendar can show together."""
        latest = self.ends.max()
        return [name for name, end in zip(self.names, self.ends, strict=True) if end == latest]

    @property
    def reasons(self) -> pd.DataFrame:
        """Remarks by series, ``unique_id, reason``: what was odd and what was done about it."""
        return self.reasons_in("en")

    def reasons_in(self, lang: str) -> pd.DataFrame:
        """The same in a language."""
        rows: list[tuple[str, str]] = [
            (p.series.unique_id, note) for p in self.paths for note in p.series.notes
        ]
        latest = self.ends.max()
        rows += [
            (
                name,
                Remark.say(
                    "its last date is {end}, the panel's {latest}: forecast from there",
                    end=_day(end),
                    latest=_day(latest),
                ),
            )
            for name, end in zip(self.names, self.ends, strict=True)
            if end != latest
        ]
        left = self.panel.skipped.items()
        rows += [(name, Remark.say("left out: {why}", why=why)) for name, why in left]
        told = [(name, said(remark, lang)) for name, remark in rows]
        frame = pd.DataFrame(told, columns=["unique_id", "reason"], dtype="str")
        return frame.sort_values("unique_id", kind="stable", ignore_index=True)

    def stamps(self) -> np.ndarray[tuple[int, int], np.dtype[np.datetime64]]:
        """Dates of the forecasts, ``(N, horizon)``."""
        ahead = np.arange(self.horizon)
        return np.stack([p.series.calendar.stamps(len(p.series.y) + ahead) for p in self.paths])

    def table(self) -> pd.DataFrame:
        """One row a series and date: ``unique_id, ds, mean, lo-80, hi-80, …, model``."""
        columns: dict[str, object] = {
            "unique_id": np.repeat(np.array(self.names, dtype=object), self.horizon),
            "ds": self.stamps().ravel(),
            "mean": self.mean.ravel(),
        }
        for i, level in enumerate(self.levels):
            columns[f"lo-{level}"] = self.lo[i].ravel()
            columns[f"hi-{level}"] = self.hi[i].ravel()
        frame = pd.DataFrame({**columns, "model": self.model})
        return frame.astype({"unique_id": "str", "model": "str"})

    def totals(
        self, by: Mapping[str, str] | str | None = None, names: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Totals over the horizon with intervals of the total itself.

        Args:
            by: None for one total over all series, ``"unique_id"`` for one a series, ``"ds"`` for
                one a period ahead over all series, or the group of each series by name.
            names: With ``by="ds"``, the series to sum; all when None.

        Returns:
            ``group, mean, lo-80, hi-80, …``; with ``by="ds"`` the group is the step ahead, 1 first.
        """
        if isinstance(by, str) and by not in ("unique_id", "ds"):
            raise InputError(f"by: found {by!r}, expected 'unique_id', 'ds' or a mapping")
        if isinstance(by, Mapping):
            unknown = [name for name in self.names if name not in by]
            if unknown:
                raise InputError(f"by: found no group for series {unknown[0]!r}, expected one each")
        steps = np.arange(self.horizon)
        wanted = set(self.names if names is None else names)
        everyone = np.flatnonzero([name in wanted for name in self.names])
        parts = (
            [(str(step + 1), everyone, steps[[step]]) for step in steps]
            if by == "ds"
            else [(g, who, steps) for g, who in totals.grouped(self.names, by).items()]
        )
        record = totals.record_of(self.paths)
        rows = []
        for group, who, when in parts:
            total, lo, hi = totals.bounds(
                record, who, when, self.mean, self.mean - self.lo, self.hi - self.mean, self.levels
            )
            lo = np.maximum(lo, self.minimum[who].sum() * len(when))
            pairs = {f"{e}-{v}": b[i] for i, v in enumerate(self.levels) for e, b in _ends(lo, hi)}
            rows.append({"group": group, "mean": total, **pairs})
        return pd.DataFrame(rows).astype({"group": "str"})

    def plot(
        self,
        unique_id: str | None = None,
        ax: Axes | None = None,
        *,
        later: pd.DataFrame | None = None,
        lang: str = "en",
        festivals: str = "",
        events: pd.DataFrame | None = None,
    ) -> Axes:
        """Fan chart of one series, or of the sum of all when ``unique_id`` is None.

        ``later`` (``unique_id, ds, y``) adds what came, where it is known; ``festivals`` marks
        those of a group (``chinese`` or ``western``) on the time axis, ``events``
        (``unique_id, ds``) the days of promotions.
        """
        from analysis.forecasting.plots import fan

        return fan(self, unique_id, ax, later, lang, festivals, events)

    def summary(self, lang: str = "en") -> str:
        """One sentence: the total to plan for and its uncertainty (``lang`` en or zh)."""
        return forecast_sentence(self, lang)


def _day(stamp: np.datetime64) -> str:
    return f"{pd.Timestamp(stamp):%Y-%m-%d}"


def _ends(lo: Floats, hi: Floats) -> tuple[tuple[str, Floats], tuple[str, Floats]]:
    return (("lo", lo), ("hi", hi))


def check_levels(levels: Sequence[int]) -> tuple[int, ...]:
    """Levels in rising order, or a refusal."""
    kept = tuple(sorted(set(levels)))
    if not kept or not all(0 < level < 100 for level in kept):
        raise InputError(f"levels: found {tuple(levels)!r}, expected percentages between 0 and 100")
    return kept


def _minimum(paths: Sequence[Paths], min_value: float | None) -> Floats:
    """Smallest possible value by series: the caller's, or 0 where history never fell below."""
    if min_value is not None:
        return np.full(len(paths), float(min_value))
    never = [bool(np.nanmin(path.series.y) >= 0) for path in paths]
    return np.where(never, 0.0, -np.inf)


def from_panel(
    panel: Panel,
    horizon: int,
    model: str = "auto",
    levels: Sequence[int] = LEVELS,
    min_value: float | None = None,
) -> ForecastResult:
    """Forecast a panel already read; see :func:`forecast`."""
    kept = check_levels(levels)
    engine.check_call(horizon, model)
    panel = covered(panel, horizon)
    paths, findings = engine.run(panel, horizon, model)
    below, above = intervals.widths(intervals.scores(paths, panel.season), kept)
    closed = np.stack([path.closed for path in paths])
    floor = _minimum(paths, min_value)
    raw = np.stack([path.mean[0] for path in paths])
    mean = np.where(closed, 0.0, np.maximum(raw, floor[:, None]))
    lo = np.where(closed, 0.0, np.maximum(mean - below, floor[:, None]))
    hi = np.where(closed, 0.0, mean + above)
    return ForecastResult(panel, model, kept, tuple(paths), mean, lo, hi, floor, findings)


def forecast(
    frame: pd.DataFrame,
    *,
    horizon: int,
    model: str = "auto",
    season_length: int | None = None,
    levels: Sequence[int] = LEVELS,
    open_column: str | None = None,
    regressors: Sequence[str] | None = None,
    seed: int = 0,
    min_value: float | None = None,
) -> ForecastResult:
    """Forecast a panel.

    Args:
        frame: ``unique_id, ds, y`` and regressors known ahead; rows with ``y`` missing after a
            series' last value give their future.
        horizon: Steps ahead, at least 1.
        model: One of :data:`analysis.forecasting.MODELS`.
        season_length: Season in steps; by frequency when None.
        levels: Shares the intervals are to cover, in percent.
        open_column: Column that is 0 where a series is closed: closed periods are left out of
            estimation and forecast as exactly 0; where it is unknown ahead, the same weekday's
            habit stands in, and a remark says so.
        regressors: Columns to use; all further columns when None.
        seed: For models that draw random numbers; none of the present ones does.
        min_value: Smallest possible value; 0 when None and history never fell below 0.

    Returns:
        The forecast; series that could not be read are named in its ``reasons``.

    Raises:
        InputError: If the panel or the call is wrong; the message lists every problem.
    """
    del seed
    engine.check_call(horizon, model)
    check_levels(levels)
    panel = read_panel(
        frame, season_length=season_length, open_column=open_column, regressors=regressors
    )
    return from_panel(panel, horizon, model, levels, min_value)
