"""The Bayesian view of a test: P(best), expected loss, and the decision by it."""

from __future__ import annotations

from analysis.experiments.bayes.analysis import BayesArm, BayesResult, bayes
from analysis.experiments.bayes.contest import best_and_loss
from analysis.experiments.bayes.lift import NormalLift, normal_lift
from analysis.experiments.bayes.posteriors import Beta, Normal

__all__ = [
    "BayesArm",
    "BayesResult",
    "Beta",
    "Normal",
    "NormalLift",
    "bayes",
    "best_and_loss",
    "normal_lift",
]
