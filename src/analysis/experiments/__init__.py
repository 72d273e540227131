"""A/B tests: did it work, can it be trusted, and what was it worth?

The whole decision is :func:`judge_all` over :class:`Arms`; its parts (estimates, exact tests,
looks, trust checks, programmes, beliefs, design, clusters) have modules of their own.
"""

from __future__ import annotations

from analysis.experiments.arms import Arms, Metric
from analysis.experiments.effect import Effect, Interval
from analysis.experiments.moments import Counts, Moments, Sample
from analysis.experiments.verdict import (
    Judged,
    Judgements,
    Settings,
    beliefs_caption,
    by_rule,
    checks_caption,
    effects_caption,
    forest_caption,
    headline,
    judge,
    judge_all,
    looks_caption,
    next_test,
    programme_captions,
    ratio_caption,
    rules_caption,
    sizes_caption,
    verdicts_caption,
    watched,
)

__all__ = [
    "Arms",
    "Counts",
    "Effect",
    "Interval",
    "Judged",
    "Judgements",
    "Metric",
    "Moments",
    "Sample",
    "Settings",
    "beliefs_caption",
    "by_rule",
    "checks_caption",
    "effects_caption",
    "forest_caption",
    "headline",
    "judge",
    "judge_all",
    "looks_caption",
    "next_test",
    "programme_captions",
    "ratio_caption",
    "rules_caption",
    "sizes_caption",
    "verdicts_caption",
    "watched",
]
