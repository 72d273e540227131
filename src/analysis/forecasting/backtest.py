"""Rolling-origin evaluation: the whole procedure repeated on what was known at past origins.

Everything, intervals and choice of weights included, is made again from the history cut at each
origin; only regressors and closures, which are known ahead, are seen over the horizon.

Reference: Tashman (2000), Out-of-sample tests of forecasting accuracy, IJF 16.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError
from analysis.forecasting import engine, parts, scoring
from analysis.forecasting.forecast import LEVELS, ForecastResult, check_levels, from_panel
from analysis.forecasting.metrics import seasonal_scale
from analysis.forecasting.panel import Panel, Series, read_panel
from analysis.forecasting.words import backtest_sentence

BENCHMARKS = ("seasonal_naive", "naive2")
LEAST = 4


@dataclass(frozen=True)
class BacktestResult:
    """Forecasts at past origins beside what came.

    Attributes:
        frame: ``unique_id, cutoff, ds, y, model, mean, lo-80, hi-80, …, scale``, one row a
            series, origin, model and date; ``scale`` is the seasonal naive's MAE up to the cutoff.
        model: The model judged; the others are benchmarks.
        levels: Shares the intervals are to cover, in percent.
        season: Season length in steps.
        seed: Of the bootstrap.
    """

    frame: pd.DataFrame
    model: str
    levels: tuple[int, ...]
    season: int
    seed: int

    @property
    def origins(self) -> int:
        """Past dates that were tested: the most that any series has."""
        counts = self.frame.groupby("unique_id")["cutoff"].nunique()
        return int(counts.max()) if len(counts) else 0

    @property
    def tested(self) -> bool:
        """Whether there was anything to test on."""
        return len(self.frame) > 0

    def table(self) -> pd.DataFrame:
        """Per series: n, WAPE, MASE, bias, coverages, seasonal-naive WAPE, skill."""
        return scoring.by_series(self)

    def overall(self) -> pd.DataFrame:
        """``metric, value, lo, hi`` with 95 % intervals, over all series and origins."""
        return scoring.overall(self)

    def figures(self) -> dict[str, tuple[float, float, float]]:
        """Metric → value, lower and upper bound, of those that are defined."""
        frame = self.overall().dropna()
        rows = frame[["value", "lo", "hi"]].to_numpy(dtype=float).tolist()
        names = frame["metric"].astype("str").tolist()
        return {name: (v, lo, hi) for name, (v, lo, hi) in zip(names, rows, strict=True)}

    def by_horizon(self) -> pd.DataFrame:
        """Per model and step ahead: n, WAPE, bias, coverages."""
        return scoring.by_horizon(self)

    def by_third(self) -> pd.DataFrame:
        """Per third of the horizon: its first and last step, n, WAPE, bias, coverages.

        Each measure with its 95 % interval, ``… lo`` and ``… hi``.
        """
        return parts.by_third(self)

    def by_day(self, events: pd.DataFrame) -> pd.DataFrame:
        """Per kind of day: ordinary days, event days, and each event where there are several.

        Columns: ``kind`` (``ordinary`` or ``event``), ``event`` (its name; empty for all), n, WAPE,
        bias and coverages, each with ``… lo`` and ``… hi`` (95 %), and the seasonal naive's WAPE on
        the same days. A kind without a day in the test has no row.

        Args:
            events: ``ds, event`` and optionally ``unique_id`` for events of some series only;
                days are matched, hours are not looked at. :func:`analysis.forecasting.events_from`
                makes it from a 0/1 regressor.

        Raises:
            InputError: If a column is missing or a date cannot be read.
        """
        return parts.by_day(self, events)

    def plot(
        self, ax: Axes | None = None, *, lang: str = "en", target: float | None = None
    ) -> Axes:
        """WAPE by step ahead, the model against the seasonal naive and the accuracy needed."""
        from analysis.forecasting.plots import error_by_horizon

        return error_by_horizon(self, ax, lang, target)

    def summary(self, lang: str = "en") -> str:
        """One sentence: which model to use, and how sure that is (``lang`` en or zh)."""
        return backtest_sentence(self, lang)


def cut_series(series: Series, cut: int, horizon: int) -> Series | None:
    """What an origin knows of a series; None if it cannot be forecast or judged from there."""
    if cut < LEAST:
        return None
    y = series.y[:cut]
    x = series.x[: cut + horizon]
    ahead = series.y[cut : cut + horizon]
    unknown = len(x) < cut + horizon or np.isnan(x[cut:]).any()
    if np.isnan(ahead).all() or np.isnan(y).all() or (series.x.shape[1] and unknown):
        return None
    opened = None if series.opened is None else series.opened[: cut + horizon]
    return replace(series, y=y, x=x, opened=opened)


def _at(panel: Panel, back: int, horizon: int) -> tuple[Panel, dict[str, Series]]:
    """The panel as known ``back`` periods before each series' end, and the full series."""
    pairs = [(s, cut_series(s, len(s.y) - back, horizon)) for s in panel.series]
    kept = {s.unique_id: s for s, cut in pairs if cut is not None}
    return replace(panel, series=tuple(c for _, c in pairs if c is not None)), kept


def _rows(made: ForecastResult, full: dict[str, Series], season: int) -> pd.DataFrame:
    """Forecasts from one origin beside what came."""
    frame = made.table()
    steps = np.arange(made.horizon)
    known, cutoff, scale = [], [], []
    for path in made.paths:
        series, cut = full[path.series.unique_id], len(path.series.y)
        after = series.y[cut : cut + made.horizon]
        known.append(np.pad(after, (0, len(steps) - len(after)), constant_values=np.nan))
        cutoff.append(series.calendar.stamps(np.array([cut - 1]))[0])
        scale.append(seasonal_scale(series.y[:cut], season))
    frame.insert(1, "cutoff", np.repeat(np.array(cutoff), made.horizon))
    frame.insert(3, "y", np.concatenate(known))
    frame["scale"] = np.repeat(scale, made.horizon)
    return frame[frame["y"].notna()]


def _origins(
    panel: Panel,
    horizon: int,
    origins: int,
    step: int,
    models: Sequence[str],
    levels: tuple[int, ...],
    min_value: float | None,
) -> Iterator[pd.DataFrame]:
    for number in reversed(range(origins)):
        known, full = _at(panel, horizon + number * step, horizon)
        if known.series:
            for model in models:
                made = from_panel(known, horizon, model, levels, min_value)
                yield _rows(made, full, panel.season)


def backtest(
    frame: pd.DataFrame,
    *,
    horizon: int,
    model: str = "auto",
    origins: int = 5,
    step: int | None = None,
    season_length: int | None = None,
    levels: Sequence[int] = LEVELS,
    open_column: str | None = None,
    regressors: Sequence[str] | None = None,
    seed: int = 0,
    min_value: float | None = None,
) -> BacktestResult:
    """Judge a model on past origins, beside the seasonal naive and Naive2.

    Args:
        frame: As for :func:`analysis.forecasting.forecast`.
        horizon: Steps ahead, at least 1.
        model: The model to judge.
        origins: Number of origins, the last one a horizon before each series' end.
        step: Periods between origins; the horizon when None.
        season_length: Season in steps; by frequency when None.
        levels: Shares the intervals are to cover, in percent.
        open_column: As for ``forecast``; closures over the horizon count as known.
        regressors: As for ``forecast``.
        seed: Of the bootstrap behind the intervals of :meth:`BacktestResult.overall`.
        min_value: As for ``forecast``.

    Returns:
        The test; without rows (``tested`` is False) if no series is longer than the horizon and
        four periods more: a forecast may still be wanted where it cannot be judged.

    Raises:
        InputError: If the panel or the call is wrong.
    """
    engine.check_call(horizon, model)
    kept = check_levels(levels)
    if origins < 1 or (step is not None and step < 1):
        raise InputError(f"origins, step: found {origins}, {step}, expected at least 1")
    panel = read_panel(
        frame, season_length=season_length, open_column=open_column, regressors=regressors
    )
    models = [model, *(b for b in BENCHMARKS if b != model)]
    made = list(_origins(panel, horizon, origins, step or horizon, models, kept, min_value))
    columns = ["unique_id", "cutoff", "ds", "y", "model", "mean"]
    bounds = [f"{end}-{level}" for level in kept for end in ("lo", "hi")]
    rows = pd.concat(made or [pd.DataFrame(columns=[*columns, *bounds, "scale"])])
    rows = rows.sort_values(
        ["unique_id", "cutoff", "model", "ds"], kind="stable", ignore_index=True
    )
    return BacktestResult(rows[[*columns, *bounds, "scale"]], model, kept, panel.season, seed)
