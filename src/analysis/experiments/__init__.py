"""A/B tests: did it work, can it be trusted, and what was it worth?

The whole decision is :func:`judge_all` over :class:`Arms`; its parts (estimates, exact tests,
looks, trust checks, programmes, beliefs, design, clusters) have modules of their own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
        combinations,
        combinations_captions,
        effects_caption,
        forest_caption,
        headline,
        judge,
        judge_all,
        looks_caption,
        next_test,
        offers,
        offers_captions,
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
    "combinations",
    "combinations_captions",
    "effects_caption",
    "forest_caption",
    "headline",
    "judge",
    "judge_all",
    "looks_caption",
    "next_test",
    "offers",
    "offers_captions",
    "programme_captions",
    "ratio_caption",
    "rules_caption",
    "sizes_caption",
    "verdicts_caption",
    "watched",
]

# The moments pass needs four small modules of this room: it must not pay for its figures.
_MODULES = {
    "Arms": "arms",
    "Counts": "moments",
    "Effect": "effect",
    "Interval": "effect",
    "Judged": "verdict",
    "Judgements": "verdict",
    "Metric": "arms",
    "Moments": "moments",
    "Sample": "moments",
    "Settings": "verdict",
    "beliefs_caption": "verdict",
    "by_rule": "verdict",
    "checks_caption": "verdict",
    "combinations": "verdict",
    "combinations_captions": "verdict",
    "effects_caption": "verdict",
    "forest_caption": "verdict",
    "headline": "verdict",
    "judge": "verdict",
    "judge_all": "verdict",
    "looks_caption": "verdict",
    "next_test": "verdict",
    "offers": "verdict",
    "offers_captions": "verdict",
    "programme_captions": "verdict",
    "ratio_caption": "verdict",
    "rules_caption": "verdict",
    "sizes_caption": "verdict",
    "verdicts_caption": "verdict",
    "watched": "verdict",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
