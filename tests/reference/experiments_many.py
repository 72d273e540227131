"""Reference cases of families of tests and of the Bayesian view."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.experiments.bayes import bayes, normal_lift
from analysis.experiments.dunnett import dunnett
from analysis.experiments.moments import Counts, Moments, Sample
from analysis.stats.many_to_one import critical_value, equal_arms
from analysis.stats.multiplicity import adjust

NAMES = {"BH": "bh", "BY": "by", "bonferroni": "bonferroni", "hochberg": "hochberg", "holm": "holm"}


def _sample(values: list[float]) -> Sample:
    return Moments.of_rows(pd.DataFrame({"y": values}), ["y"]).sample("y")


def multiplicity(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    if "p" in inputs:
        adjusted = {key: adjust(inputs["p"], name) for key, name in NAMES.items()}
        rejected = {key: int((p <= 0.05).sum()) for key, p in adjusted.items()}
        return {**adjusted, "n_rejected_05": rejected}
    if "k" in inputs:
        df = math.inf if inputs["df"] is None else inputs["df"]
        return {"c": critical_value(equal_arms(inputs["k"]), df, inputs["alpha"])}
    groups = {name: _sample(values) for name, values in inputs["groups"].items()}
    control = groups.pop("control")
    result = dunnett(control, list(groups.values()), variance="pooled", names=list(groups))
    return {"t": result.statistic, "p": result.p_value}


def _counts(arm: dict[str, Any]) -> Counts:
    return Counts(arm["successes"], arm["n"])


def bayesian(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    control, treatment = _counts(inputs["control"]), _counts(inputs["treatment"])
    prior = inputs["prior"]
    if isinstance(prior, dict):
        lift = normal_lift(control, treatment, prior_mean=prior["mean"], prior_sd=prior["sd"])
        return {
            "chance_to_win": lift.chance_to_win,
            "expected": lift.lift.value,
            "lo": lift.lift.lo,
            "hi": lift.lift.hi,
            "risk_ship_treatment": lift.loss_ship,
            "risk_keep_control": lift.loss_keep,
        }
    a, b = bayes({"a": control, "b": treatment}, prior=(prior[0], prior[1])).arms
    return {
        "p_b_gt_a": b.beats_control,
        "loss_ship_b": b.loss,
        "loss_keep_a": a.loss,
        "mean_a": a.value.value,
        "mean_b": b.value.value,
        "cri_a": [a.value.lo, a.value.hi],
        "cri_b": [b.value.lo, b.value.hi],
    }


ADAPTERS: dict[str, Callable[[dict[str, Any], Path], dict[str, Any]]] = {
    "experiments.multiplicity": multiplicity,
    "experiments.bayes": bayesian,
}
