"""Adapters of the planned looks: names and shapes only.

One method has three shapes, and which classical rule a case is about stands in its ``definition``
alone, which the runner hands over among the inputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.experiments import sequential

Answer = dict[str, Any]

# Words of a definition or of a spending name → rule.
CLASSICAL = {
    "pocock": "pocock",
    "obrien_fleming": "obrien_fleming",
    "wang_tsiatis": "wang_tsiatis",
    "haybittle_peto": "haybittle_peto",
}
SPENDING = {
    "obf": ("spending_obrien_fleming", None),
    "pocock": ("spending_pocock", None),
    "power": ("spending_kim_demets", 2.0),
    "kim_demets": ("spending_kim_demets", 2.0),
    "hsd": ("spending_hwang_shih_decani", -4.0),
    "hwang": ("spending_hwang_shih_decani", -4.0),
}


def classical(inputs: dict[str, Any]) -> Answer:
    """Constant, bounds, error used and inflation of a rule at evenly spread looks."""
    name = re.match(r"\w+", inputs["definition"])
    assert name is not None
    plan = sequential.plan(
        inputs["K"], CLASSICAL[name[0]], alpha=inputs["alpha"], sided=inputs["sided"]
    )
    bounds = sequential.boundaries(plan)
    return {
        "constant": bounds.constant,
        "z": bounds.upper.tolist(),
        "cum_alpha": bounds.alpha_spent.tolist(),
        "inflation_power80": sequential.inflation(bounds, plan.alpha, 0.8),
    }


def spending(inputs: dict[str, Any]) -> Answer:
    """Bounds and error used at any looks."""
    rule, parameter = next(found for word, found in SPENDING.items() if word in inputs["spending"])
    plan = sequential.plan(1, rule, parameter=parameter, alpha=inputs["alpha"], sided=2)
    looks = inputs["information"]
    bounds = sequential.boundaries(plan, looks)
    count = len(looks)
    return {
        "z": bounds.upper[:count].tolist(),
        "alpha_spent": bounds.alpha_spent[:count].tolist(),
    }


def peeking(inputs: dict[str, Any]) -> Answer:
    """False findings when every look is tested by itself."""
    return {"type1": [sequential.peeking_error(k, inputs["alpha"]) for k in inputs["K"]]}


def group_sequential(inputs: dict[str, Any], folder: Path) -> Answer:
    if "spending" in inputs:
        return spending(inputs)
    return peeking(inputs) if isinstance(inputs["K"], list) else classical(inputs)


ADAPTERS: dict[str, Callable[[dict[str, Any], Path], Answer]] = {
    "experiments.group_sequential": group_sequential,
}
