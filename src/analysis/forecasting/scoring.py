"""Tables of a backtest: by series, by horizon, overall with intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.forecasting import metrics
from analysis.stats import cluster_bootstrap, percentile, wilson

if TYPE_CHECKING:
    from analysis.forecasting.backtest import BacktestResult

Floats = NDArray[np.float64]
Sums = dict[str, Floats]
"""Additive terms by name, one value a bootstrap draw."""
Measure = Callable[[Sums], Floats]
DRAWS = 1000
NAIVE = "seasonal_naive"


def ruled(frame: pd.DataFrame, widest: int) -> pd.Series:
    """Return which rows are closed periods: zero by rule and zero it was."""
    shut = (frame[f"lo-{widest}"] == 0) & (frame[f"hi-{widest}"] == 0)
    return shut & (frame["y"] == 0)


def _coverages(frame: pd.DataFrame, levels: tuple[int, ...]) -> dict[str, float]:
    """Coverage by level; closed periods, zero by rule, would flatter it and are left out."""
    frame = frame[~ruled(frame, levels[-1])]
    return {
        f"coverage {level}": metrics.coverage(
            frame["y"], frame[f"lo-{level}"], frame[f"hi-{level}"]
        )
        for level in levels
    }


def _scaled(frame: pd.DataFrame) -> Floats:
    """Absolute errors in units of the in-sample seasonal naive; NaN where that is 0 or unknown."""
    scale = frame["scale"].to_numpy(dtype=np.float64)
    error = np.abs((frame["y"] - frame["mean"]).to_numpy(dtype=np.float64))
    out: Floats = error / np.where(scale > 0, scale, np.nan)
    return out


def by_series(result: BacktestResult) -> pd.DataFrame:
    """One row a series; see :meth:`BacktestResult.table`."""
    own = result.frame[result.frame["model"] == result.model]
    base = result.frame[result.frame["model"] == NAIVE]
    parts = terms(own, result.levels)
    counted = ~ruled(own, result.levels[-1])
    for level in result.levels:
        held = own["y"].between(own[f"lo-{level}"], own[f"hi-{level}"]) & counted
        parts[f"held {level}"] = np.asarray(held, dtype=np.float64)
    parts |= {"n": np.ones(len(own)), "counted": np.asarray(counted, dtype=np.float64)}
    groups = pd.DataFrame(parts).groupby(own["unique_id"].to_numpy())
    sums = {str(name): column.to_numpy(np.float64) for name, column in groups.sum().items()}
    naive = pd.DataFrame({"miss": (base["y"] - base["mean"]).abs(), "size": base["y"].abs()})
    theirs = naive.groupby(base["unique_id"].to_numpy()).sum().to_numpy(np.float64)
    wape, other = wape_of(sums), ratio(theirs[:, 0], theirs[:, 1])
    frame = {
        "unique_id": list(groups.groups),
        "n": sums["n"].astype(np.int64),
        "WAPE": wape,
        "MASE": mean_of("scaled")(sums),
        "bias": bias_of(sums),
        **{
            name: ratio(sums[f"held {level}"], sums["counted"])
            for name, level in zip(_names(result.levels), result.levels, strict=True)
        },
        "seasonal-naive WAPE": other,
        "skill": 1 - ratio(wape, other),
    }
    return pd.DataFrame(frame).astype({"unique_id": "str"})


def by_horizon(result: BacktestResult) -> pd.DataFrame:
    """One row a model and step ahead; see :meth:`BacktestResult.by_horizon`."""
    frame = result.frame.assign(step=steps_ahead(result.frame))
    rows = [
        {
            "model": model,
            "step": step,
            "n": len(g),
            "WAPE": metrics.wape(g["y"], g["mean"]),
            "bias": metrics.bias(g["y"], g["mean"]),
            **_coverages(g, result.levels),
        }
        for (model, step), g in frame.groupby(["model", "step"])
    ]
    columns = ["model", "step", "n", "WAPE", "bias", *_names(result.levels)]
    return pd.DataFrame(rows, columns=columns)


def _names(levels: tuple[int, ...], what: str = "coverage") -> list[str]:
    return [f"{what} {level}" for level in levels]


def steps_ahead(frame: pd.DataFrame) -> pd.Series:
    """Rank of each date among the dates that its origin's series share: the step ahead."""
    dates = frame[["cutoff", "ds"]].drop_duplicates().sort_values(["cutoff", "ds"])
    dates["step"] = dates.groupby("cutoff").cumcount() + 1
    return frame.merge(dates, on=["cutoff", "ds"], how="left")["step"].set_axis(frame.index)


def terms(frame: pd.DataFrame, levels: tuple[int, ...]) -> Sums:
    """What the measures add up, by name, ``(rows,)`` each; ``… n`` counts what enters a mean.

    Closed periods do not enter the interval score: zero by rule, they would flatter it.
    """
    y, mean = frame["y"].to_numpy(np.float64), frame["mean"].to_numpy(np.float64)
    scaled, size = _scaled(frame), np.abs(y) + np.abs(mean)
    out = {
        "miss": np.abs(y - mean),
        "size": np.abs(y),
        "excess": mean - y,
        "scaled": np.nan_to_num(scaled),
        "scaled n": (~np.isnan(scaled)).astype(np.float64),
        "symmetric": np.where(size > 0, 2 * np.abs(y - mean) / np.where(size > 0, size, 1.0), 0.0),
        "symmetric n": (size > 0).astype(np.float64),
        "pinball": np.zeros(len(y)),
    }
    scale = frame["scale"].to_numpy(np.float64)
    counts = (scale > 0) & ~ruled(frame, levels[-1]).to_numpy()
    for level in levels:
        lo = frame[f"lo-{level}"].to_numpy(np.float64)
        hi = frame[f"hi-{level}"].to_numpy(np.float64)
        tail = (1 - level / 100) / 2
        beyond = np.maximum(lo - y, 0) + np.maximum(y - hi, 0)
        score = hi - lo + beyond / tail
        out[f"score {level}"] = np.where(counts, score / np.where(counts, scale, 1.0), 0.0)
        out[f"score {level} n"] = counts.astype(np.float64)
        # The pinball losses of both bounds add up to the interval score times the tail.
        out["pinball"] += score * tail / len(levels)
    return out


def moments(frame: pd.DataFrame, levels: tuple[int, ...]) -> tuple[Floats, list[str]]:
    """Sums of the terms by series and origin.

    Returns:
        ``(series, origins, terms)``, origins counted from each series' last one, and the names
        of the terms.
    """
    parts = terms(frame, levels)
    series, _ = pd.factorize(frame["unique_id"])
    rank = frame.groupby("unique_id")["cutoff"].rank(method="dense", ascending=False)
    origin = rank.to_numpy().astype(int) - 1
    out = np.zeros((int(series.max()) + 1, int(origin.max()) + 1, len(parts)))
    np.add.at(out, (series, origin), np.stack(list(parts.values()), axis=1))
    return out, list(parts)


def ratio(top: Floats, bottom: Floats) -> Floats:
    """Quotient; NaN where the bottom is not above 0."""
    out: Floats = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
    return out


def wape_of(s: Sums) -> Floats:
    """WAPE of summed terms."""
    return ratio(s["miss"], s["size"])


def bias_of(s: Sums) -> Floats:
    """Bias of summed terms."""
    return ratio(s["excess"], s["size"])


def mean_of(name: str, whose: str = "") -> Measure:
    """Mean of a term that is counted, optionally of another model's (its prefix)."""
    return lambda s: ratio(s[f"{whose}{name}"], s[f"{whose}{name} n"])


def _owa(s: Sums) -> Floats:
    scaled, symmetric = (
        ratio(mean_of(name)(s), mean_of(name, "naive2 ")(s)) for name in ("scaled", "symmetric")
    )
    out: Floats = (scaled + symmetric) / 2
    return out


def _naive_wape(s: Sums) -> Floats:
    return ratio(s[f"{NAIVE} miss"], s[f"{NAIVE} size"])


def _measures(levels: tuple[int, ...]) -> dict[str, Measure]:
    """Measure by name, in the order of the table; benchmarks' terms carry their name before."""
    return {
        "accuracy": lambda s: 1 - wape_of(s),
        "WAPE": wape_of,
        "bias": bias_of,
        "MASE": mean_of("scaled"),
        "OWA": _owa,
        "seasonal-naive WAPE": _naive_wape,
        "skill": lambda s: 1 - ratio(wape_of(s), _naive_wape(s)),
        **{f"MSIS {level}": mean_of(f"score {level}") for level in levels},
        # Both sides of each level, doubled: the weighted quantile loss, averaged over quantiles.
        "pinball": lambda s: ratio(s["pinball"], s["size"]),
    }


def intervals(
    table: Floats, names: list[str], measures: dict[str, Measure], seed: int
) -> pd.DataFrame:
    """Return ``metric, value, lo, hi``: values of the whole table, 95 % two-way bootstrap.

    Args:
        table: ``(series, origins, terms)``.
        names: Of the terms.
        measures: By name.
        seed: Of the draws, which are the same for every measure: their differences are paired.
    """
    drawn = cluster_bootstrap(table, lambda s: s, draws=DRAWS, rng=np.random.default_rng(seed))
    total = dict(zip(names, table.sum(axis=(0, 1))[:, None], strict=True))
    sample = dict(zip(names, drawn.T, strict=True))
    rows = []
    for name, measure in measures.items():
        lo, hi = percentile(measure(sample))
        rows.append({"metric": name, "value": float(measure(total)[0]), "lo": lo, "hi": hi})
    return pd.DataFrame(rows, columns=["metric", "value", "lo", "hi"])


def coverage_rows(frame: pd.DataFrame, levels: tuple[int, ...]) -> pd.DataFrame:
    """Return ``metric, value, lo, hi`` of the coverages.

    Wilson's interval with a series at an origin counted as one trial, since errors within a path
    move together.
    """
    counted = frame[~ruled(frame, levels[-1])]
    trials = float(len(counted[["unique_id", "cutoff"]].drop_duplicates()))
    rows = []
    for name, value in _coverages(counted, levels).items():
        low, high = wilson(value * trials, trials) if trials else (np.nan, np.nan)
        rows.append({"metric": name, "value": value, "lo": float(low), "hi": float(high)})
    return pd.DataFrame(rows, columns=["metric", "value", "lo", "hi"])


def overall(result: BacktestResult) -> pd.DataFrame:
    """Metrics over all series and origins; see :meth:`BacktestResult.overall`.

    Error measures carry two-way bootstrap intervals (series × origins), coverages Wilson's.
    """
    measures = _measures(result.levels)
    if not result.tested:
        names = [*measures, *_names(result.levels)]
        return pd.DataFrame({"metric": names}).reindex(columns=["metric", "value", "lo", "hi"])
    tables, columns = [], []
    for model, prefix in ((result.model, ""), (NAIVE, f"{NAIVE} "), ("naive2", "naive2 ")):
        part, names = moments(result.frame[result.frame["model"] == model], result.levels)
        tables.append(part)
        columns += [f"{prefix}{name}" for name in names]
    own = result.frame[result.frame["model"] == result.model]
    rows = [
        intervals(np.concatenate(tables, axis=2), columns, measures, result.seed),
        coverage_rows(own, result.levels),
    ]
    return pd.concat(rows, ignore_index=True).astype({"metric": "str"})
