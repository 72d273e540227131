"""The weekly programme: many tests judged together."""

from __future__ import annotations

from analysis.experiments.programme.arms import against_control, against_rest
from analysis.experiments.programme.gains import MetricProgramme
from analysis.experiments.programme.meta import MetaAnalysis, random_effects
from analysis.experiments.programme.retrodesign import retrodesign
from analysis.experiments.programme.shrinkage import Shrunk, shrink
from analysis.experiments.programme.weekly import Programme, programme

__all__ = [
    "MetaAnalysis",
    "MetricProgramme",
    "Programme",
    "Shrunk",
    "against_control",
    "against_rest",
    "programme",
    "random_effects",
    "retrodesign",
    "shrink",
]
