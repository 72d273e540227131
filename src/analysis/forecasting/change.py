"""Did the error really fall, or was demand easier to forecast?

Two periods (or processes) are compared relative to what the seasonal naive missed by on the same
dates: ``log(WAPE / naive WAPE)`` after, minus the same before. What the naive's own error did is
how much easier demand became; what is left is the process.

Intervals: two-way cluster bootstrap (series × origins, in each period apart) of the log ratios,
its standard error corrected for few clusters and used with Student's t (Cameron & Miller 2015,
Journal of Human Resources 50).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import stats

from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.forecasting import scoring
from analysis.forecasting.backtest import BacktestResult
from analysis.forecasting.comparison import KEY, earlier_rows
from analysis.forecasting.paired import overlap_of
from analysis.stats import moving_block_indices

Floats = NDArray[np.float64]
DRAWS = 1000
FEW = 5
MEASURES = ("error", "demand", "relative")


@dataclass(frozen=True)
class ErrorChange:
    """How an error changed, and how much of it is the process.

    Attributes:
        frame: ``measure, before, after, change, lo, hi``: the error itself (WAPE), ``demand`` (the
            seasonal naive's WAPE), ``relative`` (their quotient); ``change`` is after over before,
            minus 1, with a 95 % interval.
        series: Number of series.
        origins: Past dates before and after.
        reason: Why there is no interval; empty if there is one.
    """

    frame: pd.DataFrame
    series: int
    origins: tuple[int, int]
    reason: str

    def table(self, lang: str = "en") -> pd.DataFrame:
        """The frame, each measure with its ``meaning`` (``lang`` en or zh)."""
        say = translator(lang)
        meanings = {
            "error": say("Error of the forecasts (WAPE)"),
            "demand": say("Error of the seasonal naive on the same dates: how hard demand was"),
            "relative": say("Error relative to the seasonal naive: what the process did"),
        }
        frame = self.frame.copy()
        frame.insert(1, "meaning", [meanings[name] for name in frame["measure"]])
        return frame

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Changes with their intervals."""
        from analysis.forecasting.plots_comparison import changes

        return changes(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: what changed, and whether it was the process (``lang`` en or zh)."""
        from analysis.forecasting.words_comparison import change_sentence

        return change_sentence(self, lang)


def beside_naive(result: BacktestResult, earlier: pd.DataFrame | None = None) -> pd.DataFrame:
    """Forecasts of a backtest, or earlier ones, beside the seasonal naive's.

    Args:
        result: The backtest.
        earlier: Forecasts of the last process, as for :func:`analysis.forecasting.compare`; the
            backtest's own model when None.

    Returns:
        ``unique_id, cutoff, ds, y, mean, base``, ready for :func:`error_change`.
    """
    own = result.frame[result.frame["model"] == result.model]
    if earlier is not None:
        own = own.drop(columns="mean").merge(earlier_rows(result, earlier), on=KEY)
    base = result.frame.loc[result.frame["model"] == scoring.NAIVE, [*KEY, "mean"]]
    rows = own[[*KEY, "y", "mean"]].merge(base.rename(columns={"mean": "base"}), on=KEY)
    return rows[[*KEY, "y", "mean", "base"]]


def _moments(frame: pd.DataFrame, names: Sequence[str]) -> tuple[Floats, int]:
    """Sums of both errors and of sizes, ``(series, periods, 3)``, and the length of a block.

    Periods are origins where they are known, else dates; blocks keep together origins whose paths
    overlap, or ``n^(1/3)`` dates (Hall, Horowitz & Jing 1995, Biometrika 82).
    """
    unit = "cutoff" if "cutoff" in frame.columns else "ds"
    last = frame.groupby(unit)["ds"].max().sort_index()
    overlap = overlap_of(last.index.to_numpy(), last.to_numpy())
    block = overlap if unit == "cutoff" else round(len(last) ** (1 / 3))
    at = (
        pd.Index(names).get_indexer(pd.Index(frame["unique_id"].astype("str"))),
        last.index.get_indexer(pd.Index(frame[unit])),
    )
    table = np.zeros((len(names), len(last), 3))
    errors = frame[["mean", "base"]].sub(frame["y"], axis=0).assign(size=frame["y"]).abs()
    np.add.at(table, at, errors.to_numpy(np.float64))
    return table, block


def _logs(sums: Floats) -> Floats:
    """Logs of the WAPE, the naive's and their quotient from sums ``(draws, 3)``; NaN for none."""
    logs = np.log(np.where(sums > 0, sums, np.nan))
    error, base = logs[:, 0] - logs[:, 2], logs[:, 1] - logs[:, 2]
    return np.column_stack([error, base, error - base])


def _half_width(tables: Sequence[Floats], blocks: Sequence[int], seed: int) -> tuple[Floats, str]:
    """Half widths of the 95 % intervals of the changes of the logs, ``(3,)``, or why none."""
    series = len(tables[0])
    units = [table.shape[1] // block for table, block in zip(tables, blocks, strict=True)]
    if min(units) < 2:
        return np.full(3, np.nan), "too few origins"
    rng = np.random.default_rng(seed)
    # The same series in both periods: what is theirs cancels, as it does in the change. Fewer than
    # five are taken as they are: the answer then holds for them, not for others like them.
    every = np.ones((DRAWS, series))
    drawn = _counts(rng.integers(0, series, size=(DRAWS, series)), series)
    rows = drawn if series >= FEW else every
    logs = []
    for table, block in zip(tables, blocks, strict=True):
        n = table.shape[1]
        columns = _counts(moving_block_indices(n, block, DRAWS, rng), n)
        by_period = (rows @ table.reshape(series, -1)).reshape(DRAWS, n, -1)
        logs.append(_logs(np.einsum("dn,dnm->dm", columns, by_period)))
    groups = min(*units, series) if series >= FEW else min(units)
    spread = np.nanstd(logs[1] - logs[0], axis=0, ddof=1) * np.sqrt(groups / (groups - 1))
    df = min(sum(units) - 2, series - 1) if series >= FEW else sum(units) - 2
    half: Floats = stats.t.ppf(0.975, df) * spread
    return half, ""


def _counts(drawn: NDArray[np.int64], n: int) -> Floats:
    """How often each unit was drawn, ``(draws, n)``."""
    draws = len(drawn)
    flat = (drawn + n * np.arange(draws)[:, None]).ravel()
    return np.bincount(flat, minlength=draws * n).reshape(draws, n).astype(np.float64)


def _checked(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    wanted = ("unique_id", "ds", "y", "mean", "base")
    absent = [column for column in wanted if column not in frame.columns]
    if absent:
        raise InputError(f"{name}: found no column {absent[0]!r}, expected {', '.join(wanted)}")
    kept = frame.dropna(subset=["y", "mean", "base"])
    if kept.empty or not (kept["y"] != 0).any():
        raise InputError(f"{name}: found no forecast of a value other than 0")
    return kept


def error_change(before: pd.DataFrame, after: pd.DataFrame, *, seed: int = 0) -> ErrorChange:
    """Compare the errors of two periods or processes, relative to the seasonal naive's.

    Args:
        before: ``unique_id, ds, y, mean, base[, cutoff]``; ``base`` is the seasonal naive's
            forecast. :func:`beside_naive` makes it.
        after: The same of the later period or the new process.
        seed: Of the bootstrap.

    Raises:
        InputError: If a column is missing or there is nothing to compare.
    """
    frames = (_checked(before, "before"), _checked(after, "after"))
    names = sorted(set().union(*(set(frame["unique_id"].astype("str")) for frame in frames)))
    tables, blocks = zip(*(_moments(frame, names) for frame in frames), strict=True)
    sums = [table.sum(axis=(0, 1)) for table in tables]
    points = [_logs(s[None])[0] for s in sums]
    change = points[1] - points[0]
    half, reason = _half_width(tables, blocks, seed)
    rows = pd.DataFrame(
        {
            "measure": MEASURES,
            "before": np.exp(points[0]),
            "after": np.exp(points[1]),
            "change": np.expm1(change),
            "lo": np.expm1(change - half),
            "hi": np.expm1(change + half),
        }
    ).astype({"measure": "str"})
    return ErrorChange(rows, len(names), (tables[0].shape[1], tables[1].shape[1]), reason)
