"""Reference cases of design and of cities: names and shapes only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.experiments.clusters import did
from analysis.experiments.design import Means, Proportions, Rule, miller_size, solve
from analysis.experiments.exact import exact_power

Adapter = Callable[[dict[str, Any], Path], dict[str, Any]]


def _rule(inputs: dict[str, Any]) -> Rule:
    return Rule(alpha=inputs["alpha"])


def _two_rates(inputs: dict[str, Any]) -> dict[str, Any]:
    power, effect = inputs["power"], inputs["p2"] - inputs["p1"]
    sizes = {
        name: solve(Proportions(inputs["p1"], _rule(inputs), name), effect=effect, power=power)
        for name in ("pooled", "unpooled", "arcsine", "baseline")
    }  # fmt: skip
    return {
        "n_per_arm": sizes["pooled"].n,
        "n_per_arm_ceil": sizes["pooled"].n_control,
        "n_unpooled": sizes["unpooled"].n,
        "n_arcsine": sizes["arcsine"].n,
        "n_baseline_var": sizes["baseline"].n,
    }


def _miller(inputs: dict[str, Any]) -> dict[str, Any]:
    rule, power = _rule(inputs), inputs["power"]
    return {"n_per_arm": miller_size(inputs["p"], inputs["dmin"], power=power, rule=rule)}


def _mean(inputs: dict[str, Any]) -> dict[str, Any]:
    rule, wanted = _rule(inputs), {"effect": inputs["delta"], "power": inputs["power"]}
    exact = solve(Means(float("nan"), inputs["sd"], rule), **wanted)
    normal = solve(Means(float("nan"), inputs["sd"], rule, normal=True), **wanted)
    return {"n_per_arm": exact.n, "n_ceil": exact.n_control, "n_normal_approx": normal.n}


def _mean_power(inputs: dict[str, Any]) -> dict[str, Any]:
    rule = Rule(alpha=inputs["alpha"], ratio=inputs["n2"] / inputs["n1"])
    return {"power": Means(float("nan"), 1.0, rule).rejection(inputs["n1"], inputs["d"])}


def _smallest(inputs: dict[str, Any]) -> dict[str, Any]:
    setting = Proportions(inputs["p1"], _rule(inputs))
    design = solve(setting, n=inputs["n_per_arm"], power=inputs["power"])
    return {"mde_abs": design.effect, "mde_rel": design.lift}


def _exact(inputs: dict[str, Any]) -> dict[str, Any]:
    n = inputs["n_per_arm"]
    return {"power": float(exact_power(n, n, inputs["p1"], inputs["p2"], alpha=inputs["alpha"]))}


def power(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    if "dmin" in inputs:
        return _miller(inputs)
    if "delta" in inputs:
        return _mean(inputs)
    if "d" in inputs:
        return _mean_power(inputs)
    if "n_per_arm" in inputs:
        return _exact(inputs) if "p2" in inputs else _smallest(inputs)
    return _two_rates(inputs)


def geo(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    result = did(pd.DataFrame(inputs["data"]), rng=np.random.default_rng(0))
    cr1 = result.robust["CR1"]
    return {
        "did": cr1.estimate,
        "se_cr1": cr1.se,
        "p_cr1_tG1": cr1.p_value,
        "lo": cr1.interval.lo,
        "hi": cr1.interval.hi,
        "p_naive_ols": result.naive.p_value,
        "collapsed_t": result.collapsed.statistic,
        "collapsed_p": result.collapsed.p_value,
        "perm_p_two_sided": result.permutation.p_value,
    }


ADAPTERS: dict[str, Adapter] = {"experiments.power": power, "experiments.geo": geo}
