"""Can the test be trusted? Checks that come before any verdict."""

from __future__ import annotations

from analysis.experiments.trust.arrivals import (
    event_times,
    missing_days,
    sample_ratio,
    several_arms,
    strata_balance,
)
from analysis.experiments.trust.balance import pre_period_balance
from analysis.experiments.trust.by_day import EffectByDay, effect_by_day
from analysis.experiments.trust.check import Check, Status
from analysis.experiments.trust.novelty import day_variance, novelty
from analysis.experiments.trust.outliers import outlier_influence
from analysis.experiments.trust.together import Trust, trust

__all__ = [
    "Check",
    "EffectByDay",
    "Status",
    "Trust",
    "day_variance",
    "effect_by_day",
    "event_times",
    "missing_days",
    "novelty",
    "outlier_influence",
    "pre_period_balance",
    "sample_ratio",
    "several_arms",
    "strata_balance",
    "trust",
]
