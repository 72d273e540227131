"""Before the test: how many users, how long, and what it could find."""

from __future__ import annotations

from analysis.experiments.design.clusters import Clusters
from analysis.experiments.design.duration import Duration, Traffic, duration
from analysis.experiments.design.means import Means
from analysis.experiments.design.proportions import Proportions, miller_size
from analysis.experiments.design.result import Design, sizes, solve
from analysis.experiments.design.rule import Rule, Setting

__all__ = [
    "Clusters",
    "Design",
    "Duration",
    "Means",
    "Proportions",
    "Rule",
    "Setting",
    "Traffic",
    "duration",
    "miller_size",
    "sizes",
    "solve",
]
