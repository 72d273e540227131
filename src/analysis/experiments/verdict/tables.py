"""Tables of judged tests, for readers and for programs alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from analysis.base.language import translator
from analysis.experiments.verdict.words import sentence, why_not

if TYPE_CHECKING:
    from analysis.experiments.verdict.effects import Measured
    from analysis.experiments.verdict.judging import Judged

ORDER = ("broken", "ship", "keep", "continue")
STATUSES = ("failed", "warning", "passed")


def _measured(test: Judged) -> Iterator[tuple[Measured, float, str]]:
    """Effects of a test with their p-values and roles; the deciding metric first."""
    for one in test.arms:
        yield one.measured, one.p_value, "primary"
    rails = set(test.settings.guardrails)
    for other in test.others:
        role = "guardrail" if other.effect.metric in rails else "other"
        yield other, other.effect.p_value, role


def effects_table(tests: Sequence[Judged], lang: str) -> pd.DataFrame:
    """One row a test, arm and metric.

    ``test, metric, role, arm, control, n_control, n_arm, unit, control_value, arm_value,
    difference, difference_lo, difference_hi, lift, lift_lo, lift_hi, set, p_value,
    raw_difference, raw_lift, explained, method, note``: shares and values as numbers; ``set`` is
    the shape of the lift's set; raw numbers are those before adjusting.
    """
    say = translator(lang)
    reasons = why_not(say)
    roles = {"primary": say("primary"), "guardrail": say("guardrail"), "other": say("other")}
    rows = []
    for test in tests:
        for measured, p, role in _measured(test):
            effect, lift = measured.effect, measured.effect.lift
            rows.append(
                {
                    "test": test.name, "metric": effect.metric, "role": roles[role],
                    "arm": effect.arm, "control": effect.control,
                    "n_control": effect.n_control, "n_arm": effect.n_arm,
                    "unit": "share" if measured.kind == "proportion" else "",
                    "control_value": effect.control_value, "arm_value": effect.arm_value,
                    "difference": effect.difference.value,
                    "difference_lo": effect.difference.lo, "difference_hi": effect.difference.hi,
                    "lift": lift.value, "lift_lo": lift.lo, "lift_hi": lift.hi,
                    "set": lift.shape, "p_value": p,
                    "raw_difference": measured.raw.difference.value,
                    "raw_lift": measured.raw.lift.value, "explained": measured.explained,
                    "method": f"{effect.test}; {lift.method}",
                    "note": reasons[lift.why] if lift.why else "",
                }
            )  # fmt: skip
    frame = pd.DataFrame(rows)
    words = ["test", "metric", "role", "arm", "control", "unit", "set", "method", "note"]
    frame = frame.astype(dict.fromkeys(words, "str"))
    return frame if any(test.name for test in tests) else frame.drop(columns="test")


def verdicts_table(tests: Sequence[Judged], lang: str) -> pd.DataFrame:
    """One row a test: decision, the arm it is about, its lift, users and the sentence.

    Of many tests those to act on come first: broken, to ship, to keep, to continue.
    """
    tests = sorted(tests, key=lambda test: ORDER.index(test.decision))
    frame = pd.DataFrame(
        [
            {
                "test": test.name, "decision": test.decision, "arm": test.arm,
                "metric": test.metric.name,
                "lift": lift.value, "lift_lo": lift.lo, "lift_hi": lift.hi,
                "p_value": test.chosen.p_value, "users": sum(test.users.values()),
                "until": test.until, "verdict": sentence(test, lang),
            }
            for test in tests
            for lift in [test.chosen.measured.effect.lift]
        ]
    )  # fmt: skip
    words = ["test", "decision", "arm", "metric", "verdict"]
    return frame.astype(dict.fromkeys(words, "str"))


def checks_table(tests: Sequence[Judged], lang: str) -> pd.DataFrame:
    """One row a test and trust check that could be done; failed ones first."""
    parts = []
    for test in tests:
        done = tuple(check for check in test.trust.checks if check.status != "not checked")
        part = replace(test.trust, checks=done).table(lang)
        if test.name:
            part.insert(0, "test", test.name)
        parts.append(part.assign(place=[STATUSES.index(check.status) for check in done]))
    whole = pd.concat(parts).sort_values("place", kind="stable", ignore_index=True)
    return whole.drop(columns="place")
