"""Scores of forecasts beside each other: one row a method, the table in Markdown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.forecasting import metrics

LEVELS = (80, 95)
SERIES = ["window", "unique_id"]


def scales(train: pd.DataFrame, season: int) -> pd.Series:
    """In-sample MAE of the seasonal naive by window and series: the unit of MASE and MSIS."""
    groups = train.sort_values("ds").groupby(SERIES)["y"]
    # A series no longer than a season is measured on one lag.
    return groups.apply(lambda y: metrics.seasonal_scale(y, season if len(y) > season else 1))


def joined(made: pd.DataFrame, held: pd.DataFrame, scale: pd.Series) -> pd.DataFrame:
    """Forecasts beside what came, with the step ahead and the scale."""
    came = held.sort_values([*SERIES, "ds"])[[*SERIES, "ds", "y"]]
    came = came.assign(
        step=came.groupby(SERIES).cumcount() + 1, scale=came[SERIES].apply(tuple, axis=1)
    )
    came["scale"] = came["scale"].map(scale.to_dict())
    return came.merge(made, on=[*SERIES, "ds"], how="inner")


def _by_series(rows: pd.DataFrame) -> tuple[float, float]:
    """Return sMAPE and MASE, means over series."""
    groups = [g for _, g in rows.groupby(SERIES)]
    smape = [metrics.smape(g["y"], g["mean"]) for g in groups]
    mase = [metrics.mase(g["y"], g["mean"], float(g["scale"].iloc[0])) for g in groups]
    return float(np.nanmean(smape)), float(np.nanmean(mase))


def _msis(rows: pd.DataFrame, level: int) -> float:
    lo, hi = rows[f"lo-{level}"], rows[f"hi-{level}"]
    beyond = (lo - rows["y"]).clip(lower=0) + (rows["y"] - hi).clip(lower=0)
    score = (hi - lo + 2 / (1 - level / 100) * beyond) / rows["scale"].where(rows["scale"] > 0)
    return float(score.mean())


def _covered(rows: pd.DataFrame, level: int) -> str:
    """Coverage, overall and by third of the horizon."""
    thirds = np.array_split(np.arange(1, int(rows["step"].max()) + 1), 3)
    parts = [rows, *(rows[rows["step"].isin(steps)] for steps in thirds if len(steps))]
    shares = [metrics.coverage(p["y"], p[f"lo-{level}"], p[f"hi-{level}"]) for p in parts]
    if np.isnan(shares[0]):
        return "–"
    return f"{shares[0]:.1%} ({' '.join(f'{100 * share:.0f}' for share in shares[1:])})"


def score(rows: pd.DataFrame, base: pd.DataFrame, seconds: float) -> dict[str, object]:
    """One row of the table.

    Args:
        rows: Of one method, as from :func:`joined`.
        base: Of Naive2, on the same series and dates.
        seconds: CPU seconds the forecasts took; NaN if not measured.
    """
    smape, mase = _by_series(rows)
    base_smape, base_mase = _by_series(base)
    count = len(rows[SERIES].drop_duplicates())
    known = rows["mean"].notna().mean()
    return {
        "series": count if known == 1 else f"{count} ({known:.0%} of dates)",
        "OWA": metrics.owa(smape, mase, base_smape, base_mase),
        "WAPE": metrics.wape(rows["y"], rows["mean"]),
        "bias": metrics.bias(rows["y"], rows["mean"]),
        **{f"coverage {level}": _covered(rows, level) for level in LEVELS},
        **{f"MSIS {level}": _msis(rows, level) for level in LEVELS},
        "series/CPU-s": count / seconds if seconds > 0 else float("nan"),
    }


FORMATS = {"OWA": "{:.3f}", "WAPE": "{:.1%}", "bias": "{:+.1%}"}


def markdown(rows: list[dict[str, object]]) -> str:
    """Return rows as a Markdown table."""

    def cell(name: str, value: object) -> str:
        if not isinstance(value, float):
            return str(value)
        if not np.isfinite(value):
            return "–"
        if name == "series/CPU-s":
            return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
        return FORMATS.get(name, "{:.2f}").format(value)

    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads)]
    lines += [[cell(name, row[name]) for name in heads] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
