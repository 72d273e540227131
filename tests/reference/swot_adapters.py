"""Reference cases of SWOT scoring: names and shapes only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from analysis.swot import (
    ahp,
    bwm,
    from_pairs,
    hierarchy,
    icc,
    kendall_w,
    simulated_random_index,
)
from analysis.swot.random_index import TABLES
from tests.reference.case_files import Adapter

OTHER_NAMES = {"Saaty": "Saaty 1980"}
DRAWS = 20_000


def _pairs(inputs: dict[str, Any]) -> dict[str, float]:
    return {key: value for key, value in inputs.items() if "|" in key}


def weights(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    name = OTHER_NAMES.get(inputs["RI"], inputs["RI"])
    result = ahp(inputs["pairwise"], index_table=name if name in TABLES else "Saaty 1980")
    return {"w": result.weights, "CR": result.cr, "lambda_max": result.lambda_max}


def two_floors(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    criteria = ahp(inputs["criteria"]).weights
    parts = {name: ahp(inputs[name]).weights for name in criteria}
    return {
        str(item): float(weight)
        for item, weight in hierarchy(criteria, parts).groupby("item")["weight"].sum().items()
    }


def six_forms(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    table = next(value for key, value in inputs.items() if key.startswith("ratings"))
    frame = icc(np.transpose(table)).frame
    return dict(zip(frame["form"], frame["value"].tolist(), strict=True))


def best_worst(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    both = [
        {str(i): value for i, value in enumerate(inputs[key])}
        for key in ("best_to_others", "others_to_worst")
    ]
    result = bwm(*both)
    return {"w": list(result.weights.values()), "xi": result.xi}


def concordance(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    table = next(value for key, value in inputs.items() if key.startswith("ranks"))
    result = kendall_w(table)
    return {"W": result.w.value, "friedman_chi2": result.chi2, "p_value": result.p_value}


def random_judgments(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {"RI": [simulated_random_index(n, DRAWS, rng)[0] for n in inputs["n"]]}


def incomplete(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    result = ahp(from_pairs(_pairs(inputs)))
    names = list(result.weights)
    filled = {
        f"{one}|{other}": float(result.matrix[i, j])
        for i, one in enumerate(names)
        for j, other in enumerate(names)
        if i != j
    }
    return {**filled, "w": result.weights, "lambda_max": result.lambda_max, "CR": result.cr}


ADAPTERS: dict[str, Adapter] = {
    "swot.saaty_drinks": weights,
    "swot.ahp_hierarchy_cities": two_floors,
    "swot.icc_shrout_fleiss": six_forms,
    "swot.bwm_consistent": best_worst,
    "swot.kendall_W": concordance,
    "swot.random_index_simulated": random_judgments,
    "swot.ahp_incomplete": incomplete,
}
