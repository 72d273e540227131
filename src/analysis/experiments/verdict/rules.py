"""What the verdict hangs on: the rule of looking, and the size of the test."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from analysis.experiments.arms import Arms
from analysis.experiments.verdict.judging import Judged, judge, needed
from analysis.experiments.verdict.many import Judgements, judge_all
from analysis.experiments.verdict.settings import ALWAYS_VALID, FIXED, Settings
from analysis.experiments.verdict.tables import verdicts_table

LIFTS = (0.01, 0.02, 0.05, 0.1, 0.2)
COLUMNS = ["test", "rule", "decision", "arm", "lift", "lift_lo", "lift_hi", "set", "p_value"]


def by_rule(arms: Arms, made: Judgements, settings: Settings) -> pd.DataFrame:
    """The verdicts if the test was looked at once, and if it was watched all along.

    Args:
        arms: The tests.
        made: Their judgements under the settings.
        settings: What was planned.

    Returns:
        ``test, rule, decision, arm, lift, lift_lo, lift_hi, set, p_value``; one row a test and
        rule, the planned looks third where that was the plan.
    """
    parts = []
    for rule in dict.fromkeys((FIXED, ALWAYS_VALID, settings.rule)):
        tests = made if rule == settings.rule else judge_all(arms, replace(settings, rule=rule))
        parts.append(verdicts_table(tests.tests).assign(rule=rule))
    whole = pd.concat(parts).sort_values("test", kind="stable", ignore_index=True)
    return whole.astype({"rule": "str"})[COLUMNS]


def watched(arms: Arms, test: Judged, settings: Settings) -> Judged:
    """The test as its rule of looking sees it; under the always-valid one if it has none.

    Args:
        arms: The tests.
        test: One of them.
        settings: What was planned.
    """
    rule = ALWAYS_VALID if settings.rule == FIXED else settings.rule
    own = arms.where(test=test.name) if test.name else arms
    return judge(own, replace(settings, rule=rule), name=test.name)


def next_test(test: Judged) -> pd.DataFrame:
    """Users that the same test would need for lifts of several sizes.

    Returns:
        ``lift, users, ratio``: lifts in the good direction; users of all arms that find them with a
        power of 80 %, and over the users of this test.
    """
    users, sign = sum(test.users.values()), test.settings.sign(test.metric.name)
    rows = [(sign * lift, needed(test, lift)) for lift in LIFTS]
    return pd.DataFrame(
        [(lift, n, n / users if math.isfinite(n) else math.nan) for lift, n in rows],
        columns=["lift", "users", "ratio"],
    )
