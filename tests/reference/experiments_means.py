"""Adapters of means, ratios, adjusted and stratified effects and rank tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.experiments import adjusted, means, ranks, ratio, regression, strata
from analysis.experiments.contrast import Lift
from analysis.experiments.moments import Moments, Sample

Adapter = Callable[[dict[str, Any], Path], dict[str, Any]]


def _sample(values: Any) -> Sample:
    return Moments.of_rows(pd.DataFrame({"y": values}), ["y"]).sample("y")


def _means(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    arms, level = (_sample(inputs["control"]), _sample(inputs["treatment"])), inputs["confidence"]
    welch = means.compare(*arms, confidence=level)
    student = means.compare(*arms, confidence=level, equal_variance=True)
    answer = {
        "mean1": welch.control_value,
        "mean2": welch.arm_value,
        "diff": welch.difference.value,
        "t_welch": welch.statistic,
        "df_welch": welch.df,
        "p_welch": welch.p_value,
        "welch_lo": welch.difference.lo,
        "welch_hi": welch.difference.hi,
        "t_student": student.statistic,
        "p_student": student.p_value,
        "student_lo": student.difference.lo,
        "student_hi": student.difference.hi,
        "lift": welch.lift.value,
    }
    names: tuple[tuple[str, Lift], ...] = (
        ("delta", "delta"),
        ("logdelta", "log_delta"),
        ("fieller_z", "fieller_z"),
        ("fieller_t", "fieller"),
    )
    for name, method in names:
        lift = means.compare(*arms, confidence=level, lift=method).lift
        answer |= {f"lift_{name}_lo": lift.lo, f"lift_{name}_hi": lift.hi}
        if method == "fieller_z":
            answer["fieller_bounded_95_z"] = lift.shape == "bounded"
    return answer


def _ratio(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    columns = list(inputs["control"])
    arms = [
        Moments.of_rows(pd.DataFrame(inputs[name]), columns) for name in ("control", "treatment")
    ]
    effect = ratio.compare(arms[0], arms[1], "revenue", "orders", lift="delta")
    return {
        "ratio1": effect.control_value,
        "ratio2": effect.arm_value,
        "diff": effect.difference.value,
        "se": effect.se,
        "df": effect.df,
        "t": effect.statistic,
        "p": effect.p_value,
        "lo": effect.difference.lo,
        "hi": effect.difference.hi,
        "lift": effect.lift.value,
        "lift_delta_lo": effect.lift.lo,
        "lift_delta_hi": effect.lift.hi,
    }


def _cuped(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    rows = [pd.DataFrame(inputs[name]) for name in ("control", "treatment")]
    arms = [Moments.of_rows(frame, ["y", "x"]) for frame in rows]
    cuped = adjusted.cuped(arms[0], arms[1], "y", ["x"])
    ancova = regression.ancova(arms[0], arms[1], "y", ["x"])
    lin = regression.lin_hc2(rows[0], rows[1], "y", ["x"])
    return {
        "theta": cuped.terms["slope"].iloc[0],
        "diff_unadjusted": cuped.raw.difference.value,
        "p_unadjusted": cuped.raw.p_value,
        "diff_cuped": cuped.adjusted.difference.value,
        "se_cuped": cuped.adjusted.se,
        "p_cuped": cuped.adjusted.p_value,
        "cuped_lo": cuped.adjusted.difference.lo,
        "cuped_hi": cuped.adjusted.difference.hi,
        "var_reduction": cuped.explained,
        "rho2": cuped.explained,
        "ancova_diff": ancova.adjusted.difference.value,
        "ancova_p": ancova.adjusted.p_value,
        "lin_diff": lin.adjusted.difference.value,
        "lin_se_hc2": lin.adjusted.se,
    }


def _strata(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    frame = pd.DataFrame(inputs["data"])
    control, arm = (
        {str(name): _sample(rows["y"]) for name, rows in frame[frame["t"] == side].groupby("s")}
        for side in (0, 1)
    )
    result = strata.compare(control, arm)
    return {
        "diff": result.adjusted.difference.value,
        "se": result.adjusted.se,
        "diff_naive": result.raw.difference.value,
    }


def _ranks(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    """With ties the cases ask for the normal approximation, without them for the exact test."""
    values = [*inputs["control"], *inputs["treatment"]]
    ties = len(set(values)) < len(values)
    test = ranks.mann_whitney(
        inputs["control"], inputs["treatment"], method="normal" if ties else "auto"
    )
    return {"U": test.u, "p": test.p_value, "prob_superiority": test.superiority.value}


ADAPTERS: dict[str, Adapter] = {
    "experiments.means": _means,
    "experiments.ratio": _ratio,
    "experiments.cuped": _cuped,
    "experiments.variance_reduction": _strata,
    "experiments.nonparametric": _ranks,
}
