"""The whole decision about a test: effects, looks, trust, guardrails, verdict."""

from __future__ import annotations

from analysis.experiments.verdict.judge import ArmJudged, Judged, judge
from analysis.experiments.verdict.many import Judgements, judge_all
from analysis.experiments.verdict.settings import LOOKING, Settings

__all__ = ["LOOKING", "ArmJudged", "Judged", "Judgements", "Settings", "judge", "judge_all"]
