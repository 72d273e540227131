"""What stands over the figures and tables of a report on tests, made from their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from analysis.base import formats
from analysis.base.estimate import Estimate
from analysis.base.language import Translator, translator
from analysis.experiments.sequential import RULES
from analysis.experiments.trust.words import check_names, status_names
from analysis.experiments.verdict.captions_shown import of_test
from analysis.experiments.verdict.judging import Judged
from analysis.experiments.verdict.many import Judgements
from analysis.experiments.verdict.settings import ALWAYS_VALID, FIXED
from analysis.experiments.verdict.tables import checks_done
from analysis.experiments.verdict.words import (
    DECISION_STATUS,
    brief,
    counted,
    decision_names,
    rule_sentence,
    why_not,
)

Caption = dict[str, Any]
Status = Literal["good", "watch", "bad"]
MOST_NUMBERS = 4
CHECK_STATUS: dict[str, Status] = {"failed": "bad", "warning": "watch", "passed": "good"}


@dataclass(frozen=True)
class Headline:
    """The answer of a report.

    Attributes:
        sentence: The decisions.
        status: ``bad`` if a test is broken, ``watch`` if one goes on, else ``good``.
        numbers: Lift of each of a few tests, or how many of many came out how.
    """

    sentence: str
    status: Status
    numbers: tuple[Estimate, ...]


def headline(made: Judgements, lang: str = "en") -> Headline:
    """What to tell the planner about the tests (``lang`` en or zh)."""
    say, count = translator(lang), made.counts()
    status: Status = "bad" if count["broken"] else "watch" if count["continue"] else "good"
    if len(made.tests) <= MOST_NUMBERS:
        numbers = tuple(_lift(test, i, say) for i, test in enumerate(made.tests))
    else:
        words = {
            "ship": say("tests to ship"), "keep": say("tests that keep control"),
            "continue": say("tests to continue"), "broken": say("broken tests"),
        }  # fmt: skip
        reason = say("a count, known exactly")
        numbers = tuple(
            Estimate(f"tests_{name}", words[name], float(n), "count", no_interval=reason)
            for name, n in count.items()
        )
    return Headline(brief(made, lang), status, numbers)


def _lift(test: Judged, place: int, say: Translator) -> Estimate:
    lift = test.chosen.measured.effect.lift
    label = say("lift of {arm}, {metric}", arm=test.arm, metric=test.metric.name)
    label = say("{one}: {other}", one=test.name, other=label) if test.name else label
    name = f"lift_{place + 1}" if test.name else "lift"
    if lift.shape == "bounded":
        return Estimate(name, label, lift.value, "lift", lift.lo, lift.hi, lift.confidence)
    return Estimate(name, label, lift.value, "lift", no_interval=why_not(say)[lift.why])


def forest_caption(made: Judgements, lang: str = "en") -> Caption:
    """Over the figure of lifts."""
    say = translator(lang)
    if made.plots_programme:
        title = say(
            "{n} tests, as measured and corrected for having been chosen", n=len(made.tests)
        )
        return {"title": title, "subtitle": say("Lift against control by test and arm")}
    one = len(made.tests) == 1
    title = made.tests[0].action(lang) if one else counted(made, say).rstrip(".。")
    subtitle = say(
        "Lift against control; filled decides, open informs; blue better, orange worse, "
        "grey unclear"
    )
    rows = sum(len(test.arms) + len(test.others) for test in made.tests)
    height = min(max(1.2 + 0.42 * rows + 0.75 * len(made.tests), 2.6), 14.0)
    return {"title": title, "subtitle": subtitle, "size": (8.4, height)}


def verdicts_caption(made: Judgements, lang: str = "en") -> Caption:
    """Over :meth:`Judgements.verdicts`; each arm with the metric that decides."""
    say, frame = translator(lang), made.verdicts()
    return {
        "title": say("The decision in numbers") if len(made.tests) == 1
        else say("What to do about each test"),
        "labels": {
            "test": say("Test"), "decision": say("Decision"), "arm": say("Arm, metric"),
            "lift": say("Lift"), **_bounds(made, say),
            "p_value": say("p, adjusted"), "users": say("Users"), "until": say("Decide at users"),
        },
        "formats": {
            "lift": "signed", "lift_lo": "signed", "lift_hi": "signed", "p_value": "p",
            "users": "integer", "until": "integer",
        },
        "status": {"decision": DECISION_STATUS},
        "words": {"decision": decision_names(say)},
        "texts": {"arm": _joined(frame, "arm", "metric", say)},
        "hide": (
            "metric", "set", "why", "verdict", *(() if made.tests[0].name else ("test",)),
            *(() if any(test.until > 0 for test in made.tests) else ("until",)),
        ),
        "note": rule_sentence(made.tests[0], lang),
        "show": 20,
    }  # fmt: skip


def effects_caption(made: Judgements, lang: str = "en") -> Caption:
    """Over :meth:`Judgements.table`; each metric with the arm."""
    say, frame = translator(lang), made.table()
    adjusted = any(
        m.adjustment
        for test in made.tests
        for m in (*(one.measured for one in test.arms), *test.others)
    )
    hidden = ("arm", "control", "role", "n_control", "unit", "difference", "difference_lo",
              "difference_hi", "set", "raw_difference", "method", "note")  # fmt: skip
    return {
        "title": say("Every arm and metric against control"),
        "labels": {
            "test": say("Test"), "metric": say("Metric, arm"),
            "n_arm": say("Users, arm"),
            "control_value": say("Control"), "arm_value": say("Value"), "lift": say("Lift"),
            **_bounds(made, say), "p_value": say("p"),
            "raw_lift": say("Lift, not adjusted"), "explained": say("Variance taken away"),
        },
        "formats": {
            "n_arm": "integer", "control_value": "unit", "arm_value": "unit",
            "lift": "signed", "lift_lo": "signed", "lift_hi": "signed",
            "p_value": "p", "raw_lift": "signed", "explained": "percent",
        },
        "texts": {"metric": _joined(frame, "metric", "arm", say)},
        # What was adjusted has two columns more; then the users of an arm are in the files alone.
        "hide": (*hidden, *(("n_arm",) if adjusted else ("raw_lift", "explained"))),
        "note": say(
            "p and interval of the metric that decides hold for all arms and looks of a test "
            "together; those of other metrics stand alone."
        ),
        "show": 20,
    }  # fmt: skip


def checks_caption(made: Judgements, lang: str = "en") -> Caption:
    """Over :meth:`Judgements.checks`."""
    say = translator(lang)
    failed = sum(len(test.trust.having("failed")) for test in made.tests)
    warned = sum(len(test.trust.having("warning")) for test in made.tests)
    title = say("No check failed")
    if warned:
        title = say("No check failed, {warned} to look at", warned=warned)
    if failed:
        title = say("{failed} checks failed: these tests have no verdict", failed=failed)
    words = check_names(say)
    names = sorted({c.name for test in made.tests for c in test.trust.having("not checked")})
    note = ""
    if names:
        note = say(
            "Not checked in every test, since the table does not say: {names}.",
            names=say(", ").join(words[name] for name in names),
        )
    shown = [example for test in made.tests[:1] for flag in test.flags for example in flag.examples]
    if shown:
        told = say("For instance: {examples}.", examples=say(", ").join(shown))
        note = say("{one} {other}", one=told, other=note) if note else told
    return {
        "title": title,
        "labels": {"test": say("Test"), "check": say("Check"), "status": say("Status"),
                   "found": say("What was found")},
        "words": {"check": words, "status": status_names(say)},
        "status": {"status": CHECK_STATUS},
        "texts": {"found": [check.summary(lang) for _, check in checks_done(made.tests)]},
        "hide": ("why",),
        "note": note,
        "show": 20,
    }  # fmt: skip


def rules_caption(made: Judgements, frame: pd.DataFrame, lang: str = "en") -> Caption:
    """Over :func:`analysis.experiments.verdict.rules.by_rule`."""
    say = translator(lang)
    differ = int((frame.groupby("test")["decision"].nunique() > 1).sum())
    title = say("Both rules say the same of every test")
    if differ and len(made.tests) == 1:
        title = say("The rule of looking decides the verdict")
    elif differ:
        title = say("In {n} of {all} tests the rule of looking decides the verdict",
                    n=differ, all=frame["test"].nunique())  # fmt: skip
    rules = dict.fromkeys(RULES, say("at planned looks"))
    rules |= {FIXED: say("once, at the end"), ALWAYS_VALID: say("at any time")}
    return {
        "title": title,
        "labels": {
            "test": say("Test"), "rule": say("Looked at"), "decision": say("Decision"),
            "arm": say("Arm"), "lift": say("Lift"), **_bounds(made, say),
            "p_value": say("p, adjusted"),
        },
        "formats": {
            "lift": "signed", "lift_lo": "signed", "lift_hi": "signed", "p_value": "p",
        },
        "status": {"decision": DECISION_STATUS},
        "words": {"decision": decision_names(say), "rule": rules},
        "hide": ("set",) if frame["test"].iloc[0] else ("test", "set"),
        "show": 20,
    }  # fmt: skip


def sizes_caption(test: Judged, frame: pd.DataFrame, lang: str = "en") -> Caption:
    """Over :func:`analysis.experiments.verdict.rules.next_test`."""
    say = translator(lang)
    known = frame.dropna(subset=["users"])
    title = say("No size can be computed for this metric")
    if len(known):
        row = known.iloc[len(known) // 2]
        title = say(
            "To find a lift of {lift} with 80% power takes {users} users",
            lift=formats.signed_percent(float(row["lift"]), 0),
            users=formats.number(float(row["users"]), lang),
        )
    return {
        "title": title,
        "labels": {"lift": say("True lift"), "users": say("Users of all arms"),
                   "ratio": say("Times this test")},
        "formats": {"lift": "signed", "users": "integer", "ratio": "fixed1"},
        "note": say("At the level of control, for as many arms{of}.", of=of_test(test, say)),
    }  # fmt: skip


def _bounds(made: Judgements, say: Translator) -> dict[str, str]:
    """Heads of the bounds of lifts."""
    level = f"{100 * made.tests[0].settings.confidence:g}"
    return {
        f"lift_{name}": say("{level}% {end}", level=level, end=end)
        for name, end in (("lo", say("low")), ("hi", say("high")))
    }


def _joined(frame: pd.DataFrame, one: str, other: str, say: Translator) -> list[str]:
    """Two columns of names as one, which leaves room for the numbers beside them."""
    return [
        say("{one}, {other}", one=first, other=second)
        for first, second in zip(frame[one], frame[other], strict=True)
    ]
