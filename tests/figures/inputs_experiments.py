"""Small fixed inputs for every figure of ``analysis.experiments``."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd

from analysis.experiments.always_valid import AlwaysValid, always_valid
from analysis.experiments.bayes import bayes
from analysis.experiments.clusters import before_after, compare_clusters, did
from analysis.experiments.clusters.arms import ClusterComparison
from analysis.experiments.design import Proportions, Traffic, duration, solve
from analysis.experiments.design.result import Design
from analysis.experiments.factorial import factorial
from analysis.experiments.moments import Counts
from analysis.experiments.programme import programme
from analysis.experiments.srm import srm
from analysis.experiments.targeting import Targeting, targeting
from analysis.experiments.trust import effect_by_day
from analysis.experiments.verdict import Settings, judge, judge_all
from analysis.experiments.verdict.many import Judgements
from tests.experiments.arms_made import counts, of_table
from tests.experiments.sequential.test_result import judged
from tests.experiments.test_always_valid import looks_of
from tests.experiments.test_clusters import panel
from tests.experiments.test_dunnett import CELLS
from tests.experiments.test_programme import weeks
from tests.experiments.test_targeting import segmented
from tests.experiments.test_trust import day_frame
from tests.figures.drawing import Pictures

ARMS = {"control": (20_000, 1000), "b": (20_000, 1100), "c": (20_000, 1150)}


def _watched() -> AlwaysValid:
    rng = np.random.default_rng(3)
    control, arm = (rng.binomial(500, p, 20).cumsum() for p in (0.05, 0.065))
    return always_valid(looks_of(control, arm, 500), control="A", planned=20_000, unit="share")


def _clusters() -> ClusterComparison:
    frame = pd.DataFrame({"cluster": range(8), "treated": [0, 1] * 4, "n": 10})
    frame["total"] = np.random.default_rng(16).normal(30, 3, 8)
    return compare_clusters(frame)


def _series() -> pd.DataFrame:
    y = np.random.default_rng(16).normal(size=40) + np.repeat([10.0, 12.0], 20)
    return pd.DataFrame({"ds": range(40), "y": y, "post": [0] * 20 + [1] * 20})


def _design() -> Design:
    return solve(Proportions(0.05), lift=0.1, power=0.8, arms=2)


def _programme() -> pd.DataFrame:
    _, y, se = weeks(20, 3, tau=0.2)
    return pd.DataFrame({"test": [f"test {i + 1}" for i in range(20)], "lift": y, "se": se})


def _targeting() -> Targeting:
    rates = {"new": (0.1, 0.14, 0.1), "loyal": (0.1, 0.1, 0.15), "vip": (0.1, 0.07, 0.07)}
    return targeting(segmented(rates, 2_000, np.random.default_rng(1)), "conversions")


@cache
def _several() -> Judgements:
    parts = [(f"week {i}", "control", 20_000, 1000) for i in range(1, 7)]
    lifted = (1210, 1060, 1000, 930, 1090, 1150)
    parts += [(f"week {i}", "b", 20_000, x) for i, x in enumerate(lifted, 1)]
    return judge_all(
        of_table(pd.DataFrame(parts, columns=["test", "variant", "users", "conversions"])),
        Settings(relevant_lift=0.1),
    )


PICTURES: Pictures = {
    "AlwaysValid.plot": lambda _: _watched().plot,
    "BayesResult.plot": lambda _: bayes({n: Counts(x, m) for n, (m, x) in ARMS.items()}).plot,
    "BeforeAfter.plot": lambda _: before_after(_series()).plot,
    "ClusterComparison.plot": lambda _: _clusters().plot,
    "Design.plot": lambda _: _design().plot,
    "DidResult.plot": lambda _: did(panel(17)).plot,
    "Duration.plot": lambda _: duration(_design(), Traffic(5_000), dt.date(2024, 5, 6)).plot,
    "EffectByDay.plot": lambda _: effect_by_day(day_frame(np.linspace(0.6, 0.0, 20)), "A").plot,
    "Factorial.plot": lambda _: factorial(CELLS, ["coupon", "gift"]).plot,
    "Judged.plot": lambda _: judge(counts(ARMS), Settings(relevant_lift=0.1)).plot,
    "Judgements.plot": lambda _: _several().plot,
    "Permutation.plot": lambda _: _clusters().permutation.plot,
    "Programme.plot": lambda _: programme(_programme()).plot,
    "SampleRatio.plot": lambda _: srm({"A": 821_588, "B": 815_482}).plot,
    "SequentialTest.plot": lambda _: judged([0.5, 1.0, 2.2]).plot,
    "Targeting.plot": lambda _: _targeting().plot,
}
