"""Always-valid inference: a test that may be looked at every day and stopped at any of them."""

from __future__ import annotations

from analysis.experiments.always_valid.cost import Cost, power_kept
from analysis.experiments.always_valid.looks import AlwaysValid, always_valid
from analysis.experiments.always_valid.mixture import (
    DEFAULT_TUNING,
    critical_value,
    log_evalue,
    mixing_sd,
    tuned_rho2,
)
from analysis.experiments.always_valid.one_look import (
    AnytimeTest,
    confidence_sequence,
    mean_sequence,
    msprt,
    sequential_lift,
)

__all__ = [
    "DEFAULT_TUNING",
    "AlwaysValid",
    "AnytimeTest",
    "Cost",
    "always_valid",
    "confidence_sequence",
    "critical_value",
    "log_evalue",
    "mean_sequence",
    "mixing_sd",
    "msprt",
    "power_kept",
    "sequential_lift",
    "tuned_rho2",
]
