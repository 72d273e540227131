"""What stands over the figures and tables of a report on tests, made from their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from analysis.base import formats
from analysis.base.estimate import Estimate
from analysis.base.language import Translator, translator
from analysis.experiments.always_valid import AlwaysValid
from analysis.experiments.bayes.words import amount, prior_words
from analysis.experiments.programme.words import gains_names
from analysis.experiments.verdict.judging import Judged
from analysis.experiments.verdict.many import Judgements
from analysis.experiments.verdict.words import all_sentences, chance, rule_sentence, why_not

Caption = dict[str, Any]
Status = Literal["good", "watch", "bad"]
MOST_NUMBERS = 4
SHOWN_GAINS = ("metric", "comparisons", "winners", "winners expected to have the wrong sign")


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
    return Headline(all_sentences(made, lang), status, numbers)


def _lift(test: Judged, place: int, say: Translator) -> Estimate:
    lift = test.chosen.measured.effect.lift
    label = say("lift of {arm}, {metric}", arm=test.arm, metric=test.metric.name)
    label = say("{one}: {other}", one=test.name, other=label) if test.name else label
    name = f"lift_{place + 1}" if test.name else "lift"
    if lift.shape == "bounded":
        return Estimate(name, label, lift.value, "share", lift.lo, lift.hi, lift.confidence)
    return Estimate(name, label, lift.value, "share", no_interval=why_not(say)[lift.why])


def forest_caption(made: Judgements, lang: str = "en") -> Caption:
    """Over the figure of lifts."""
    say, count = translator(lang), made.counts()
    if made.plots_programme:
        title = say(
            "{n} tests, as measured and corrected for having been chosen", n=len(made.tests)
        )
        return {"title": title, "subtitle": say("lift against control by test and arm")}
    if len(made.tests) == 1:
        title = made.tests[0].action(lang)
    else:
        title = say(
            "{tests} tests: ship {ship}, keep control in {keep}, continue {open}, {broken} broken",
            tests=len(made.tests), ship=count["ship"], keep=count["keep"],
            open=count["continue"], broken=count["broken"],
        )  # fmt: skip
    subtitle = say(
        "lift against control; filled: the metric that decides, open: others; "
        "blue better, orange worse, grey not told apart"
    )
    rows = sum(len(test.arms) + len(test.others) for test in made.tests)
    height = min(max(1.2 + 0.42 * rows + 0.75 * len(made.tests), 2.6), 14.0)
    return {"title": title, "subtitle": subtitle, "size": (8.4, height)}


def verdicts_caption(made: Judgements, lang: str = "en") -> Caption:
    """Over :meth:`Judgements.verdicts`."""
    say = translator(lang)
    return {
        "title": say("What to do about each test"),
        "labels": {
            "test": say("Test"), "status": say("Decision"), "arm": say("Arm"),
            "metric": say("Metric"), "lift": say("Lift"), "lift_lo": say("from"),
            "lift_hi": say("to"), "p_value": say("p, adjusted"), "users": say("Users"),
            "until": say("Decide at users"),
        },
        "formats": {
            "lift": "signed", "lift_lo": "signed", "lift_hi": "signed", "p_value": "p",
            "users": "integer", "until": "integer",
        },
        "hide": (
            "decision", "verdict", *(() if made.tests[0].name else ("test",)),
            *(() if any(test.until > 0 for test in made.tests) else ("until",)),
        ),
        "note": rule_sentence(made.tests[0], lang),
        "show": 20,
    }  # fmt: skip


def effects_caption(made: Judgements, lang: str = "en") -> Caption:
    """Over :meth:`Judgements.table`."""
    say = translator(lang)
    adjusted = any(
        m.adjustment
        for test in made.tests
        for m in (*(one.measured for one in test.arms), *test.others)
    )
    hidden = ("control", "role", "n_control", "unit", "difference", "difference_lo",
              "difference_hi", "set", "raw_difference", "method", "note")  # fmt: skip
    return {
        "title": say("Every arm and metric against control"),
        "labels": {
            "test": say("Test"), "metric": say("Metric"), "arm": say("Arm"),
            "n_arm": say("Users, arm"),
            "control_value": say("Control"), "arm_value": say("Value"), "lift": say("Lift"),
            "lift_lo": say("from"), "lift_hi": say("to"), "p_value": say("p"),
            "raw_lift": say("Lift, not adjusted"), "explained": say("Variance taken away"),
        },
        "formats": {
            "n_arm": "integer", "control_value": "unit", "arm_value": "unit",
            "lift": "signed", "lift_lo": "signed", "lift_hi": "signed",
            "p_value": "p", "raw_lift": "signed", "explained": "percent",
        },
        "hide": hidden if adjusted else (*hidden, "raw_lift", "explained"),
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
    title = say("No check failed, {warned} to look at", warned=warned)
    if failed:
        title = say("{failed} checks failed: these tests have no verdict", failed=failed)
    names = sorted({c.name for test in made.tests for c in test.trust.having("not checked")})
    note = ""
    if names:
        from analysis.experiments.trust.words import check_names

        words = check_names(say)
        note = say(
            "Not checked in every test, since the table does not say: {names}.",
            names=say(", ").join(words[name] for name in names),
        )
    shown = [example for test in made.tests[:1] for flag in test.flags for example in flag.examples]
    if shown:
        told = say("For instance: {examples}.", examples=say(", ").join(shown))
        note = say("{one} {other}", one=told, other=note) if note else told
    return {"title": title, "note": note, "labels": {"test": say("Test")}, "show": 20}


def ratio_caption(test: Judged, lang: str = "en") -> Caption:
    """Over the figure of users by arm."""
    say = translator(lang)
    rows = 1.3 + 0.7 * len(test.users)
    return {
        "title": ratio_title(test, say),
        "subtitle": say("users of each arm against the planned share{of}", of=_of(test, say)),
        "size": (8.4, max(rows, 2.4)),
    }


def ratio_title(test: Judged, say: Translator) -> str:
    """Whether users arrived as planned, now and at the looks before."""
    p = chance(test.ratio.p_value)
    if test.ratio.mismatch:
        return say("Users did not arrive in the planned shares ({chance})", chance=p)
    if test.trust["sample ratio"].status == "failed":
        return say("Users did not arrive in the planned shares at an earlier look")
    return say("Users arrived in the planned shares ({chance})", chance=p)


def looks_caption(test: Judged, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of looks."""
    say, seen = translator(lang), test.watching
    title = say("{arm} is not told apart from {control} yet", arm=test.arm, control=test.control)
    if test.chosen.state in ("better", "worse"):
        title = say("{arm} is told apart from {control}", arm=test.arm, control=test.control)
    if isinstance(seen, AlwaysValid):
        drawn = say("difference to control at each look, with bounds that hold at all of them")
    else:
        drawn = say("z-value at each look against the planned bounds")
    chart = {"title": title, "subtitle": say("{one}{of}", one=drawn, of=_of(test, say))}
    note = seen.summary(lang) if seen else say("No planned look was reached yet.")
    labels = {
        "look": say("Look"), "information": say("Share of plan"), "n": say("Users"),
        "upper": say("Bound"), "futility": say("Futility bound"),
        "alpha_spent": say("Error spent"), "effect": say("Difference"), "lo": say("from"),
        "hi": say("to"), "state": say("State"),
    }  # fmt: skip
    formats_of = {"information": "percent"}
    words = {"title": say("Look by look"), "note": note, "show": 20, "labels": labels}
    return chart, {**words, "formats": {} if isinstance(seen, AlwaysValid) else formats_of}


def beliefs_caption(test: Judged, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of the Bayesian view."""
    say = translator(lang)
    beliefs = test.beliefs
    title = say("A ratio of sums has no belief of its own")
    if beliefs:
        best = max(beliefs.arms, key=lambda one: one.best)
        title = say("{arm} is the best with a probability of {chance}", arm=best.name,
                    chance=formats.percent(min(best.best, 0.999)))  # fmt: skip
    shares = beliefs is not None and beliefs.unit == "share"
    value = "percent" if shares else "number"
    formats_of = {
        say("value"): value, say("from"): value, say("to"): value, say("lift"): "signed",
        say("lift from"): "signed", say("lift to"): "signed", say("P(best)"): "percent",
        say("P(above control)"): "percent", say("expected loss"): "number",
    }  # fmt: skip
    chart = {
        "title": title,
        "subtitle": say("what is believed of each arm after the test{of}", of=_of(test, say)),
    }
    note = ""
    if beliefs:
        chosen = beliefs.arm(beliefs.choice)
        note = say(
            "Choosing {arm} loses {loss} on average against the best; prior: {prior}.",
            arm=chosen.name,
            loss=amount(chosen.loss, beliefs.unit, lang),
            prior=prior_words(beliefs, say),
        )
    words = {"title": say("Belief, chance to be best, expected loss"), "note": note}
    return chart, {**words, "formats": formats_of}


def rules_caption(frame: pd.DataFrame, lang: str = "en") -> Caption:
    """Over :func:`analysis.experiments.verdict.rules.by_rule`."""
    say = translator(lang)
    differ = int((frame.groupby("test")["decision"].nunique() > 1).sum())
    title = say("Both rules say the same of every test")
    if differ:
        title = say("In {n} of {all} tests the rule of looking decides the verdict",
                    n=differ, all=frame["test"].nunique())  # fmt: skip
    return {
        "title": title,
        "labels": {
            "test": say("Test"), "rule": say("Looked at"), "status": say("Decision"),
            "arm": say("Arm"), "lift": say("Lift"), "lift_lo": say("from"), "lift_hi": say("to"),
            "p_value": say("p, adjusted"),
        },
        "formats": {
            "lift": "signed", "lift_lo": "signed", "lift_hi": "signed", "p_value": "p",
        },
        "hide": ("decision", *(() if frame["test"].iloc[0] else ("test",))),
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
            lift=formats.percent(float(row["lift"]), 0),
            users=formats.number(float(row["users"]), lang),
        )
    return {
        "title": title,
        "labels": {"lift": say("True lift"), "users": say("Users of all arms"),
                   "ratio": say("Times this test")},
        "formats": {"lift": "percent", "users": "integer", "ratio": "fixed2"},
        "note": say("At the level of control, for as many arms{of}.", of=_of(test, say)),
    }  # fmt: skip


def programme_captions(made: Judgements, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure of the programme and the table of its gains."""
    say = translator(lang)
    programme = made.programme
    gains = gains_names(say)
    title = say("One test alone is no programme")
    if programme:
        title = say("{found} of {all} effects are discoveries, at most {false} of them by chance",
                    found=programme.discoveries, all=programme.hypotheses,
                    false=formats.fixed(programme.expected_false, 1))  # fmt: skip
    chart = {
        "title": title,
        "subtitle": say("lifts as measured (open) and corrected for having been chosen (filled)"),
        "size": (8.4, 5.2),
    }
    signed = ("sum of gains measured", "sum of gains corrected", "from", "to")
    words = {
        "title": say("What the winners are worth"),
        "formats": dict.fromkeys([gains[name] for name in signed], "signed"),
        "hide": [gains[name] for name in gains if name not in (*signed, *SHOWN_GAINS)]
        + ([] if programme and programme.metrics[0].metric else [gains["metric"]]),
        "note": programme.summary(lang) if programme else "",
    }
    return chart, words


def _of(test: Judged, say: Translator) -> str:
    return say(", {test}", test=test.name) if test.name else ""
