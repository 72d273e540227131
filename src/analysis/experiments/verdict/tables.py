"""Tables of judged tests for programs; readers get labels and words from the captions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.experiments.verdict.words import sentence

if TYPE_CHECKING:
    from analysis.experiments.trust.check import Check
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


def effects_table(tests: Sequence[Judged]) -> pd.DataFrame:
    """One row a test, arm and metric.

    ``test, metric, role, arm, control, n_control, n_arm, unit, control_value, arm_value,
    difference, difference_lo, difference_hi, lift, lift_lo, lift_hi, set, p_value,
    raw_difference, raw_lift, explained, method, note``: shares and values as numbers; ``role`` is
    ``primary``, ``guardrail`` or ``other``; ``set`` is the shape of the lift's set and ``note`` the
    reason of one that is not bounded; raw numbers are those before adjusting.
    """
    rows = []
    for test in tests:
        for measured, p, role in _measured(test):
            effect, lift = measured.effect, measured.effect.lift
            rows.append(
                {
                    "test": test.name, "metric": effect.metric, "role": role,
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
                    "note": lift.why,
                }
            )  # fmt: skip
    frame = pd.DataFrame(rows)
    words = ["test", "metric", "role", "arm", "control", "unit", "set", "method", "note"]
    frame = frame.astype(dict.fromkeys(words, "str"))
    return frame if any(test.name for test in tests) else frame.drop(columns="test")


def verdicts_table(tests: Sequence[Judged]) -> pd.DataFrame:
    """One row a test.

    ``test, decision, arm, metric, lift, lift_lo, lift_hi, set, p_value, users, until, why,
    verdict``: of the arm that the decision is about; ``why`` is the reason as a code, ``verdict``
    the decision in an English sentence. Of many tests those to act on come first: broken, to ship,
    to keep, to continue.
    """
    tests = sorted(tests, key=lambda test: ORDER.index(test.decision))
    frame = pd.DataFrame(
        [
            {
                "test": test.name, "decision": test.decision, "arm": test.arm,
                "metric": test.metric.name,
                "lift": lift.value, "lift_lo": lift.lo, "lift_hi": lift.hi,
                "set": lift.shape, "p_value": test.chosen.p_value,
                "users": sum(test.users.values()), "until": test.until, "why": test.why,
                "verdict": sentence(test, "en"),
            }
            for test in tests
            for lift in [test.chosen.measured.effect.lift]
        ]
    )  # fmt: skip
    words = ["test", "decision", "arm", "metric", "set", "why", "verdict"]
    return frame.astype(dict.fromkeys(words, "str"))


def checks_done(tests: Sequence[Judged]) -> list[tuple[str, Check]]:
    """Tests and their trust checks that could be done, in the order of the table."""
    done = [(test.name, c) for test in tests for c in test.trust.checks if c.status in STATUSES]
    return sorted(done, key=lambda pair: STATUSES.index(pair[1].status))


def checks_table(tests: Sequence[Judged]) -> pd.DataFrame:
    """One row a test and trust check that could be done; failed ones first.

    ``test, check, status, why, found``: the first three and the reason as codes of
    :class:`analysis.experiments.trust.Check`, and what was found in an English sentence.
    """
    rows = [
        (test, check.name, check.status, check.why, check.summary("en"))
        for test, check in checks_done(tests)
    ]
    frame = pd.DataFrame(rows, columns=["test", "check", "status", "why", "found"]).astype("str")
    return frame if any(test.name for test in tests) else frame.drop(columns="test")


def looks_table(test: Judged) -> pd.DataFrame | None:
    """Look by look of the arm that a decision is about; None without a rule of looking.

    ``arm, control``, then the columns of the rule:
    :meth:`analysis.experiments.always_valid.AlwaysValid.table` or
    :meth:`analysis.experiments.sequential.SequentialTest.table`.
    """
    if test.watching is None:
        return None
    frame = test.watching.table()
    frame.insert(0, "arm", pd.Series(test.arm, index=frame.index, dtype="str"))
    frame.insert(1, "control", pd.Series(test.control, index=frame.index, dtype="str"))
    return frame
