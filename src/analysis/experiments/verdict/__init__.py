"""The whole decision about a test: effects, looks, trust, guardrails, verdict."""

from __future__ import annotations

from analysis.experiments.verdict.captions import (
    Headline,
    checks_caption,
    effects_caption,
    forest_caption,
    headline,
    rules_caption,
    sizes_caption,
    verdicts_caption,
)
from analysis.experiments.verdict.captions_programme import programme_captions
from analysis.experiments.verdict.captions_shown import (
    beliefs_caption,
    looks_caption,
    ratio_caption,
)
from analysis.experiments.verdict.factors import combinations, combinations_captions
from analysis.experiments.verdict.judged_arms import ArmJudged
from analysis.experiments.verdict.judging import Judged, judge
from analysis.experiments.verdict.many import Judgements, judge_all
from analysis.experiments.verdict.rules import by_rule, next_test, watched
from analysis.experiments.verdict.segments import offers, offers_captions
from analysis.experiments.verdict.settings import LOOKING, Settings

__all__ = [
    "LOOKING",
    "ArmJudged",
    "Headline",
    "Judged",
    "Judgements",
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
