"""Planned looks: when a test may be stopped early, and what its effect is then."""

from __future__ import annotations

from analysis.experiments.sequential.boundaries import Boundaries, peeking_error
from analysis.experiments.sequential.design import (
    boundaries,
    information_from_errors,
    information_from_users,
    repeated_p,
)
from analysis.experiments.sequential.futility import conditional_power, predictive_power
from analysis.experiments.sequential.operating import (
    Cost,
    Operating,
    cost,
    drift_for,
    fixed_drift,
    fixed_power,
    inflation,
    operating,
)
from analysis.experiments.sequential.result import (
    Look,
    NextLook,
    Outlook,
    SequentialTest,
    sequential_test,
)
from analysis.experiments.sequential.rules import RULES, Futility, Plan, Rule, plan, rule

__all__ = [
    "RULES",
    "Boundaries",
    "Cost",
    "Futility",
    "Look",
    "NextLook",
    "Operating",
    "Outlook",
    "Plan",
    "Rule",
    "SequentialTest",
    "boundaries",
    "conditional_power",
    "cost",
    "drift_for",
    "fixed_drift",
    "fixed_power",
    "inflation",
    "information_from_errors",
    "information_from_users",
    "operating",
    "peeking_error",
    "plan",
    "predictive_power",
    "repeated_p",
    "rule",
    "sequential_test",
]
