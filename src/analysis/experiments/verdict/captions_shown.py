"""What stands over the figures and tables of the test that is shown in detail."""

from __future__ import annotations

import math
from typing import Any

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.experiments.always_valid import AlwaysValid
from analysis.experiments.bayes import BayesResult
from analysis.experiments.bayes.words import amount, chance_words, prior_words
from analysis.experiments.sequential import SequentialTest
from analysis.experiments.sequential.words import state_names
from analysis.experiments.verdict.judging import Judged
from analysis.experiments.verdict.words import chance

Caption = dict[str, Any]
LEAST_POINTS = 0.01
"""Loss below which two decimals of a percentage point would say that there is none."""


def ratio_caption(test: Judged, lang: str = "en") -> Caption:
    """Over the figure of users by arm."""
    say = translator(lang)
    rows = 1.3 + 0.7 * len(test.users)
    return {
        "title": ratio_title(test, say),
        "subtitle": say("Users of each arm against the planned share{of}", of=of_test(test, say)),
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
        drawn = say("Difference to control at each look, with bounds that hold at all of them")
    else:
        drawn = say("z-value at each look against the planned bounds")
    chart = {"title": title, "subtitle": say("{one}{of}", one=drawn, of=of_test(test, say))}
    note = seen.summary(lang) if seen else say("No planned look was reached yet.")
    words = {"title": say("Look by look"), "note": note, "show": 20}
    points = test.metric.kind == "proportion"
    if isinstance(seen, AlwaysValid):
        return chart, {**words, **_at_any_time(test, say, points=points)}
    return chart, {**words, **_at_planned_looks(seen, say, points=points)}


def _difference(say: Translator, *, points: bool) -> tuple[str, str]:
    """Head of a column of differences, and how it is written."""
    return (say("Difference, pp"), "points") if points else (say("Difference"), "number")


def _users(test: Judged, say: Translator) -> dict[str, str]:
    """Heads of the users of both arms of a table of looks."""
    sides = {"n_control": test.control, "n_arm": test.arm}
    return {column: say("Users of {name}", name=name) for column, name in sides.items()}


def _at_any_time(test: Judged, say: Translator, *, points: bool) -> Caption:
    """Labels and formats of the table of always-valid looks; what the figure shows is left out."""
    head, style = _difference(say, points=points)
    return {
        "labels": {
            "look": say("Look"), **_users(test, say), "difference": head,
            "lo": say("Always-valid low"), "hi": say("Always-valid high"),
            "p_all": say("p of all looks so far"),
        },
        "formats": {
            "n_control": "integer", "n_arm": "integer", "p_all": "p",
            **dict.fromkeys(("difference", "lo", "hi"), style),
        },
        "hide": ("arm", "control", "p_value", "once_lo", "once_hi"),
    }  # fmt: skip


def _at_planned_looks(seen: SequentialTest | None, say: Translator, *, points: bool) -> Caption:
    """Labels and formats of the table of planned looks."""
    head, style = _difference(say, points=points)
    level = f"{100 * (1 - seen.plan.alpha):.4g}" if seen else ""
    ends = {
        name: say("{level}% {end}", level=level, end=end)
        for name, end in (("lo", say("low")), ("hi", say("high")))
    }
    return {
        "labels": {
            "look": say("Look"), "information": say("Share of plan"), "n": say("Users"),
            "upper": say("Bound"), "futility": say("Futility bound"),
            "alpha_spent": say("Error spent"), "z": "z", "effect": head, "state": say("State"),
            **ends,
        },
        "formats": {
            "information": "percent", "n": "integer", "alpha_spent": "fixed4",
            **dict.fromkeys(("upper", "futility", "z"), "fixed2"),
            **dict.fromkeys(("effect", "lo", "hi"), style),
        },
        "words": {"state": state_names(say)},
        "hide": (
            "arm", "control",
            *(() if seen and seen.plan.futility is not None else ("futility",)),
        ),
    }  # fmt: skip


def beliefs_caption(test: Judged, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of the Bayesian view."""
    say = translator(lang)
    beliefs = test.beliefs
    title = say("A ratio of sums has no belief of its own")
    if beliefs:
        best = max(beliefs.arms, key=lambda one: one.best)
        title = say("{arm} is the best with a probability of {chance}", arm=best.name,
                    chance=chance_words(best.best))  # fmt: skip
    shares = beliefs is not None and beliefs.unit == "share"
    value = "percent" if shares else "number"
    level = f"{100 * beliefs.arms[0].value.confidence:g}" if beliefs else ""
    low, high = (say("{level}% {end}", level=level, end=end) for end in (say("low"), say("high")))
    labels = {
        "arm": say("Arm"), "value": say("Value"), "value_lo": low, "value_hi": high,
        "lift": say("Lift"), "lift_lo": low, "lift_hi": high, "best": say("Chance to be best"),
        "above_control": say("Chance to be above control"),
        "expected_loss": say("Expected loss, pp") if shares else say("Expected loss"),
    }  # fmt: skip
    formats_of = {
        **dict.fromkeys(("value", "value_lo", "value_hi"), value),
        **dict.fromkeys(("lift", "lift_lo", "lift_hi"), "signed"),
        **dict.fromkeys(("best", "above_control"), "percent"),
        "expected_loss": "points" if shares else "number",
    }
    chart = {
        "title": title,
        "subtitle": say("What is believed of each arm after the test{of}", of=of_test(test, say)),
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
    texts = _belief_texts(beliefs) if beliefs else {}
    return chart, {**words, "labels": labels, "formats": formats_of, "texts": texts}


def _belief_texts(beliefs: BayesResult) -> dict[str, list[str]]:
    """Chances and losses of each arm, none of which is ever 0 or certain."""
    texts = {
        "best": [chance_words(arm.best) for arm in beliefs.arms],
        "above_control": [
            formats.MISSING if math.isnan(arm.beats_control) else chance_words(arm.beats_control)
            for arm in beliefs.arms
        ],
    }
    if beliefs.unit == "share":
        texts["expected_loss"] = [
            f"<{formats.fixed(LEAST_POINTS)}" if 0 < 100 * arm.loss < LEAST_POINTS
            else formats.fixed(100 * arm.loss)
            for arm in beliefs.arms
        ]  # fmt: skip
    return texts


def of_test(test: Judged, say: Translator) -> str:
    """The name of a test, to be put behind what is said of it."""
    return say(", {test}", test=test.name) if test.name else ""
