"""Does the effect rest on a few users?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.errors import InputError
from analysis.experiments.contrast import quantile
from analysis.experiments.trust.check import (
    METRIC_COLUMNS,
    Check,
    Status,
    checked_frame,
    not_checked,
)

NAME = "outliers"
RAW = "none"
UNCHANGED: Status = "passed"
COLUMNS = ("cut", *METRIC_COLUMNS)


def _effects(rows: pd.DataFrame, control: str, confidence: float) -> pd.DataFrame:
    """One row a metric, arm and cut: difference, interval, its sign, and what was cut off."""
    key = ["metric", "cut"]
    base = rows[rows["variant"] == control].drop(columns="variant")
    both = rows[rows["variant"] != control].merge(base, on=key, suffixes=("", "_control"))
    gap = (both["mean"] - both["mean_control"]).to_numpy(np.float64)
    spread = both["variance"] / both["n"] + both["variance_control"] / both["n_control"]
    se = np.sqrt(spread.to_numpy(np.float64))
    half = quantile(confidence) * se
    lo, hi = gap - half, gap + half
    frame = pd.DataFrame(
        {
            "metric": both["metric"],
            "arm": both["variant"],
            "cut": both["cut"],
            "difference": gap,
            "lo": lo,
            "hi": hi,
            "sign": np.where(lo > 0, 1, np.where(hi < 0, -1, 0)),
            "mean": both["mean"],
            "mean_control": both["mean_control"],
        }
    )
    whole = frame[frame["cut"] == RAW].set_index(["metric", "arm"])
    at = pd.MultiIndex.from_frame(frame[["metric", "arm"]])
    raw = whole.reindex(at).reset_index(drop=True)
    frame["raw_difference"], frame["raw_sign"] = raw["difference"], raw["sign"]
    with np.errstate(divide="ignore", invalid="ignore"):
        frame["cut_off"] = 1 - frame["mean"] / raw["mean"]
        frame["cut_off_control"] = 1 - frame["mean_control"] / raw["mean_control"]
    frame["width"] = (hi - lo) / (raw["hi"] - raw["lo"]).to_numpy(np.float64)
    return frame


def outlier_influence(cuts: pd.DataFrame, control: str, *, confidence: float = 0.95) -> Check:
    """Whether the effect changes when the largest values are removed or capped.

    A few users can make or hide a difference of means (Kohavi, Tang & Xu 2020, chapter 18; capping
    as in Kohavi, Deng, Longbotham & Xu 2014, KDD, rule 7). Failed if an interval above 0 turns
    into one below 0 or the other way round; a warning if an effect is there only with, or only
    without, the largest values.

    Args:
        cuts: ``cut, variant, metric, n, mean, variance``: once with cut ``"none"`` and again for
            each cut, such as ``"top 0.1% capped"``. A cut takes one threshold for all arms; one
            for each would remove an effect among the largest.
        control: Name of control.
        confidence: Level of the intervals.

    Raises:
        InputError: If a column, the control or the cut ``"none"`` is missing.
    """
    rows = checked_frame(cuts, "cuts", COLUMNS, ("cut", "variant", "metric"), control)
    if RAW not in set(rows["cut"]):
        raise InputError(f"cuts: found no cut {RAW!r}, expected the moments of all values too")
    detail = _effects(rows, control, confidence)
    known = np.isfinite(detail[["lo", "raw_difference"]].to_numpy(np.float64)).all(axis=1)
    changed = detail[(detail["cut"] != RAW) & known]
    if changed.empty:
        return not_checked(NAME, "no cut", detail)
    sign, raw = changed["sign"].to_numpy(), changed["raw_sign"].to_numpy()
    kinds: tuple[tuple[str, Status, np.ndarray[tuple[int], np.dtype[np.bool_]]], ...] = (
        ("reversed", "failed", sign * raw < 0),
        ("rests on few", "warning", (raw != 0) & (sign == 0)),
        ("hidden by few", "warning", (raw == 0) & (sign != 0)),
    )
    why, status = "unchanged", UNCHANGED
    at = int(np.argmax(np.nan_to_num(changed["cut_off"].abs().to_numpy(np.float64))))
    for name, kind, found in kinds:
        if found.any():
            why, status, at = name, kind, int(np.argmax(found))
            break
    row = changed.iloc[at]
    facts: dict[str, str | float] = {
        "metric": str(row["metric"]),
        "arm": str(row["arm"]),
        "cut": str(row["cut"]),
        "raw": float(row["raw_difference"]),
        "difference": float(row["difference"]),
        "cut_off": float(row["cut_off"]),
        "cut_off_control": float(row["cut_off_control"]),
    }
    return Check(NAME, status, why, detail, facts)
