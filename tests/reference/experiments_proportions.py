"""Adapters of two proportions and of exact tests of a two by two table."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from analysis.experiments import Counts
from analysis.experiments.exact import barnard, boschloo, fisher
from analysis.experiments.proportions import (
    Difference,
    ProportionLift,
    Test,
    difference_interval,
    lift_interval,
    z_test,
)
from analysis.stats import wilson
from tests.reference.case_files import Adapter

DIFFERENCES: dict[str, Difference] = {
    "wald": "wald",
    "newcombe": "newcombe",
    "agresti_caffo": "agresti_caffo",
    "score_mee": "mee",
}
LIFTS: dict[str, ProportionLift] = {
    "lift_log": "katz",
    "lift_delta": "delta",
    "lift_fieller": "fieller",
}


def proportions(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    control, arm = Counts(**inputs["control"]), Counts(**inputs["treatment"])
    level = inputs.get("confidence", 0.95)
    found: dict[str, Any] = {"rate1": control.rate, "rate2": arm.rate}
    for variance in get_args(Test):
        test = z_test(control, arm, variance)
        found |= {f"z_{variance}": test.statistic, f"p_{variance}": test.p_value}
    for name, counts in (("wilson1", control), ("wilson2", arm)):
        lo, hi = wilson(counts.successes, counts.n, level)
        found |= {f"{name}_lo": float(lo), f"{name}_hi": float(hi)}
    for name, method in DIFFERENCES.items():
        interval = difference_interval(control, arm, method, level)
        found |= {"diff": interval.value, f"{name}_lo": interval.lo, f"{name}_hi": interval.hi}
    for name, lift in LIFTS.items():
        interval = lift_interval(control, arm, lift, level)
        found |= {"lift": interval.value, f"{name}_lo": interval.lo, f"{name}_hi": interval.hi}
    return found


def exact(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    (first, first_not), (second, second_not) = inputs["table"]
    arm = Counts(first, first + first_not)
    control = Counts(second, second + second_not)
    return {
        "p_two_sided": fisher(control, arm).p_value,
        "p_greater": fisher(control, arm, alternative="greater").p_value,
        "p_barnard_pooled": barnard(control, arm).p_value,
        "p_boschloo": boschloo(control, arm).p_value,
    }


ADAPTERS: dict[str, Adapter] = {
    "experiments.proportions": proportions,
    "experiments.exact": exact,
}
