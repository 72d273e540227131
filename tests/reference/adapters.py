"""From the method names of the reference cases to calls of the public API.

An adapter translates names and shapes; it computes nothing. It takes the case's inputs and the
folder of its data files and returns the named outputs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analysis.stats import wilson
from tests.reference import (
    experiments_design,
    experiments_many,
    experiments_means,
    experiments_proportions,
    experiments_sequential,
    experiments_valid,
    market_adapters,
    swot_adapters,
)
from tests.reference.case_files import Adapter


def wilson_intervals(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    return {"ci": [wilson(successes, n) for successes, n in inputs["x_n"]]}


ADAPTERS: dict[str, Adapter] = {
    "funnel.wilson_newcombe": wilson_intervals,
    **experiments_proportions.ADAPTERS,
    **experiments_means.ADAPTERS,
    **experiments_sequential.ADAPTERS,
    **experiments_valid.ADAPTERS,
    **experiments_many.ADAPTERS,
    **experiments_design.ADAPTERS,
    **market_adapters.ADAPTERS,
    **swot_adapters.ADAPTERS,
}
