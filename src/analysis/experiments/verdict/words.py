"""The decision in words, generated from its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.experiments import proportions, reasons_many, words_means
from analysis.experiments.effect import Interval
from analysis.experiments.sequential.rules import rule
from analysis.experiments.sequential.words import rule_words
from analysis.experiments.verdict.effects import NEGATIVE
from analysis.experiments.verdict.settings import ALWAYS_VALID, FIXED, NOT_BEGUN

if TYPE_CHECKING:
    from analysis.experiments.verdict.judged_arms import ArmJudged
    from analysis.experiments.verdict.judging import Judged
    from analysis.experiments.verdict.many import Judgements

FEW = 6
LONGEST = 210
"""Letters of a headline: about three lines."""
UNNAMED = ("not complete", "no bound crossed")
"""Reasons whose words name no arm."""


def decision_names(say: Translator) -> dict[str, str]:
    """The four decisions."""
    return {
        "ship": say("ship"),
        "keep": say("keep control"),
        "continue": say("continue"),
        "broken": say("broken"),
    }


DECISION_STATUS: dict[str, Literal["good", "watch", "bad", "info"]] = {
    "ship": "good", "keep": "info", "continue": "watch", "broken": "bad",
}  # fmt: skip
"""How a report marks each decision, by shape and colour beside its word."""


def why_not(say: Translator) -> dict[str, str]:
    """Every reason of an undefined or unbounded set, in words."""
    return {
        **words_means.reasons(say),
        **proportions.reasons(say),
        **reasons_many.reasons(say),
        NOT_BEGUN: say("the rule of looking has no bounds yet"),
        NEGATIVE: say("the value of control is below zero"),
    }


def chance(p: float) -> str:
    """A p-value as the report writes it."""
    text = formats.p_value(p)
    return f"p {text[0]} {text[1:]}" if text.startswith("<") else f"p = {text}"


def value_writer(kind: str, lang: str) -> Callable[[float], str]:
    """How values of a metric of this kind are written."""
    if kind == "proportion":
        return lambda value: formats.percent(value, 2)
    return lambda value: formats.number(value, lang)


def interval_words(interval: Interval, say: Translator) -> str:
    """A lift with its set: bounds, what the data leave open, or why there is none."""
    value = formats.signed_percent(interval.value)
    level = formats.percent(interval.confidence, 0 if interval.confidence <= 0.99 else 1)
    lo, hi = formats.signed_percent(interval.lo), formats.signed_percent(interval.hi)
    if interval.shape == "bounded":
        return say("{value}, {level} interval {lo} to {hi}", value=value, level=level, lo=lo, hi=hi)
    why = why_not(say)[interval.why]
    if interval.shape == "undefined":
        return say("{value}, no interval: {why}", value=value, why=why)
    if interval.shape == "outside":
        return say(
            "{value}, {level} set: below {lo} or above {hi}: {why}",
            value=value, level=level, lo=lo, hi=hi, why=why,
        )  # fmt: skip
    if math.isfinite(interval.lo):
        return say("{value}, at least {lo} ({level}): {why}",
                   value=value, lo=lo, level=level, why=why)  # fmt: skip
    if math.isfinite(interval.hi):
        return say("{value}, at most {hi} ({level}): {why}",
                   value=value, hi=hi, level=level, why=why)  # fmt: skip
    return say("{value}, not bounded by the data: {why}", value=value, why=why)


def _effect(test: Judged, one: ArmJudged, say: Translator, lang: str) -> str:
    effect = one.measured.effect
    write = value_writer(test.metric.kind, lang)
    return say(
        "{metric} {arm_value} against {control_value}, lift {lift}, {chance}",
        metric=test.metric.name, arm_value=write(effect.arm_value),
        control_value=write(effect.control_value),
        lift=interval_words(effect.lift, say), chance=chance(one.p_value),
    )  # fmt: skip


def action(test: Judged, say: Translator, lang: str) -> str:
    """What to do, and the reason."""
    arm, control = test.arm, test.control
    until = formats.number(test.until, lang)
    sign = test.settings.sign(test.metric.name)
    relevant = formats.signed_percent(sign * test.settings.relevant_lift)
    texts = {
        "better": say("Ship {arm}: it is better than {control}", arm=arm, control=control),
        "worse": say("Keep {control}: {arm} is worse", arm=arm, control=control)
        if len(test.arms) == 1
        else say("Keep {control}: every other arm is worse", control=control),
        "futile": say(
            "Keep {control}: {arm} is unlikely to win any more", arm=arm, control=control
        ),
        "no difference shown": say(
            "Keep {control}: no difference to {arm} was shown", arm=arm, control=control
        ),
        "too small to matter": say(
            "Keep {control}: a lift of {relevant} by {arm} is ruled out",
            arm=arm, control=control, relevant=relevant,
        ),
        "guardrail harmed": say(
            "Keep {control}: {arm} wins, but harms a guardrail", arm=arm, control=control
        ),
        "guardrail in doubt": say(
            "Continue: {arm} is better than {control}, but harm to a guardrail is not ruled out",
            arm=arm, control=control,
        ),
        "guardrail not measured": say(
            "Continue: {arm} is better than {control}, but a guardrail was not measured",
            arm=arm, control=control,
        ),
        "cannot be judged": say("Continue: too few users, or none that differ, to judge {arm}",
                                arm=arm),
        "not complete": say(
            "Continue until {until} users: only then does the plan allow a decision", until=until
        ),
        "no bound crossed": say(
            "Continue until {until} users: no bound is crossed yet", until=until
        )
        if math.isfinite(test.until)
        else say("Continue: the always-valid rule shows no difference yet"),
        "may still matter": say(
            "Continue until {until} users: a lift of {relevant} by {arm} is still possible",
            until=until, relevant=relevant, arm=arm,
        )
        if math.isfinite(test.until)
        else say("Continue: a lift of {relevant} by {arm} is still possible",
                 relevant=relevant, arm=arm),
        "not to be trusted": say("Broken: do not use the result"),
    }  # fmt: skip
    return texts[test.why]


def sentence(test: Judged, lang: str) -> str:
    """The decision, the effect behind it, harmed guardrails and failed checks."""
    say = translator(lang)
    said = action(test, say, lang)
    if test.name:
        said = say("{one}: {other}", one=test.name, other=said)
    if test.decision == "broken":
        said = say("{said}.", said=said)
        for check in test.trust.having("failed"):
            said = say("{one} {other}", one=said, other=check.summary(lang))
        return said
    one = test.chosen
    effect = _effect(test, one, say, lang)
    if test.why in UNNAMED:
        said = say("{action}; so far {arm}: {effect}.", action=said, arm=one.arm, effect=effect)
    else:
        said = say("{action}; {effect}.", action=said, effect=effect)
    for rail in one.guardrails:
        if rail is not None and rail.verdict != "within" and test.why.startswith("guardrail"):
            said = say("{one} {other}", one=said, other=rail.summary(lang))
    return said


def rule_sentence(test: Judged, lang: str) -> str:
    """By which rule the test was looked at, and what that allows."""
    say = translator(lang)
    plan = test.settings
    if plan.rule == ALWAYS_VALID:
        return say("Always-valid rule: the test may be looked at every day and stopped at any.")
    if plan.rule != FIXED:
        return say("Planned looks, {rule}.", rule=rule_words(rule(plan.rule), say))
    if plan.planned_users:
        users = formats.number(plan.planned_users, lang)
        return say("Fixed plan: one look, at {users} users.", users=users)
    return say(
        "Fixed plan of a size nobody stated: the p-values hold only if the test was not stopped "
        "because of its result."
    )


def all_sentences(made: Judgements, lang: str) -> str:
    """The decision about each of a few tests, or how many of many came out how."""
    say = translator(lang)
    if len(made.tests) <= FEW:
        said = made.tests[0].summary(lang)
        for test in made.tests[1:]:
            said = say("{one} {other}", one=said, other=test.summary(lang))
        return said
    if made.programme is None:
        return counted(made, say)
    return say("{one} {other}", one=counted(made, say), other=made.programme.summary(lang))


def counted(made: Judgements, say: Translator) -> str:
    """How many tests came out how."""
    count = made.counts()
    parts = (
        (count["broken"], say("{n} broken", n=count["broken"])),
        (count["ship"], say("ship {n}", n=count["ship"])),
        (count["keep"], say("keep control in {n}", n=count["keep"])),
        (count["continue"], say("continue {n}", n=count["continue"])),
    )
    said = say(", ").join(text for n, text in parts if n)
    return say("{tests} tests: {said}.", tests=len(made.tests), said=said)


def brief(made: Judgements, lang: str) -> str:
    """All decisions in a sentence that is read at a glance, with lifts where there is room."""
    say = translator(lang)
    if len(made.tests) == 1:
        return made.tests[0].summary(lang)
    if len(made.tests) > FEW:
        return counted(made, say)
    full = _by_decision(made, say, with_lift=True)
    return full if len(full) <= LONGEST else _by_decision(made, say, with_lift=False)


def _by_decision(made: Judgements, say: Translator, *, with_lift: bool) -> str:
    """Tests under what to do about them: to ship, to keep, to continue, broken ones first."""
    said = []
    for decision in ("broken", "ship", "keep", "continue"):
        mine = [test for test in made.tests if test.decision == decision]
        if not mine:
            continue
        names = say(", ").join(_short(test, say, with_lift=with_lift) for test in mine)
        said.append(
            {
                "broken": say("do not use {names}: broken", names=names),
                "ship": say("ship {names}", names=names),
                "keep": say("keep control in {names}", names=names),
                "continue": say("continue {names}", names=names),
            }[decision]
        )
    text = say("; ").join(said)
    return say("{text}.", text=text[:1].upper() + text[1:])


def _short(test: Judged, say: Translator, *, with_lift: bool) -> str:
    """A test by its name, with the arm to ship and its lift."""
    ship = test.decision == "ship"
    name = say("{arm} in {test}", arm=test.arm, test=test.name) if ship else test.name
    if not with_lift or test.decision == "broken":
        return name
    lift = test.chosen.measured.effect.lift
    value = formats.signed_percent(lift.value)
    if not ship:
        value = say("{arm} {value}", arm=test.arm, value=value)
    if lift.shape != "bounded":
        return say("{name} ({value}, not bounded)", name=name, value=value)
    return say(
        "{name} ({value}, {lo} to {hi})", name=name, value=value,
        lo=formats.signed_percent(lift.lo), hi=formats.signed_percent(lift.hi),
    )  # fmt: skip
