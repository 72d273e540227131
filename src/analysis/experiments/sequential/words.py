"""The sentences and the table of a test with planned looks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator

if TYPE_CHECKING:
    from analysis.experiments.sequential.result import SequentialTest
    from analysis.experiments.sequential.rules import Rule


def rule_words(rule: Rule, say: Translator) -> str:
    """Return what a rule is called in a sentence."""
    spends = {
        "obrien_fleming": say("error spending of the O'Brien–Fleming type (Lan–DeMets)"),
        "pocock": say("error spending of the Pocock type (Lan–DeMets)"),
        "hwang_shih_decani": say(
            "error spending of Hwang, Shih & DeCani with γ = {value}",
            value=formats.fixed(rule.parameter, 1),
        ),
        "kim_demets": say(
            "error spending of Kim & DeMets with power {value}",
            value=formats.fixed(rule.parameter, 1),
        ),
    }
    if rule.spends:
        return spends[rule.spending]
    return {
        "pocock": say("the Pocock rule"),
        "obrien_fleming": say("the O'Brien–Fleming rule"),
        "wang_tsiatis": say(
            "the Wang–Tsiatis rule with Δ = {value}", value=formats.fixed(rule.parameter)
        ),
        "haybittle_peto": say(
            "the Haybittle–Peto rule with z = {value}", value=formats.fixed(rule.parameter, 1)
        ),
    }[rule.name]


def reasons(say: Translator) -> dict[str, str]:
    """Return why an interval has no bounds, in words."""
    return {"": "", "no error may be used at this look yet": say("no error may be used yet")}


def chance(p: float) -> str:
    """Write a p-value."""
    return "p < 0.001" if p < 0.001 else f"p = {formats.fixed(p, 3)}"


def place(share: float, n_max: float, lang: str) -> str:
    """Write where a look is: users, or a share of the maximum where no users are planned."""
    if math.isnan(n_max):
        return formats.percent(share, 0)
    return formats.number(round(share * n_max), lang)


def look_table(test: SequentialTest) -> pd.DataFrame:
    """One row a look, taken or to come.

    Columns: ``look, information, n`` (NaN where no users are planned)``, upper, futility`` (NaN
    where none)``, alpha_spent, z, effect, lo, hi`` (the repeated interval)``, state``, a key
    of :func:`state_names`.
    """
    bounds = test.bounds
    count, taken = len(bounds.information), len(test.looks)
    rest = [math.nan] * (count - taken)
    with_futility = test.plan.futility is not None
    stops = test.stopped
    return pd.DataFrame(
        {
            "look": range(1, count + 1),
            "information": bounds.information,
            "n": bounds.information * test.plan.n_max,
            "upper": bounds.upper,
            "futility": bounds.futility if with_futility else math.nan,
            "alpha_spent": bounds.alpha_spent,
            "z": [*(look.z for look in test.looks), *rest],
            "effect": [*(look.effect for look in test.looks), *rest],
            "lo": [*(look.repeated.lo for look in test.looks), *rest],
            "hi": [*(look.repeated.hi for look in test.looks), *rest],
            "state": [
                *(
                    "after" if stops and look.number > test.decided else look.state
                    for look in test.looks
                ),
                *("not_needed" if stops else "to_come" for _ in rest),
            ],
        }
    ).astype({"state": "str"})


def state_names(say: Translator) -> dict[str, str]:
    """How a look stands: taken, after the decision, or not taken."""
    return {
        "effect": say("effect shown"),
        "futility": say("futile"),
        "inside": say("between the bounds"),
        "after": say("after the decision"),
        "not_needed": say("not needed"),
        "to_come": say("not yet taken"),
    }


def _decision(test: SequentialTest, say: Translator, lang: str) -> str:
    """What to do, and the z-value against its bound."""
    look = test.looks[test.decided - 1]
    values = {
        "look": look.number,
        "looks": len(test.bounds.information),
        "z": formats.fixed(look.z),
        "bound": formats.fixed(float(test.bounds.upper[look.number - 1])),
    }
    if test.decision == "effect" and look.z > 0:
        return say(
            "Stop: at look {look} of {looks} the arm is better (z = {z}, bound {bound}).", **values
        )
    if test.decision == "effect":
        return say(
            "Stop: at look {look} of {looks} the arm is worse (z = {z}, bound −{bound}).", **values
        )
    if test.decision == "futility":
        values["bound"] = formats.fixed(float(test.bounds.futility[look.number - 1]))
        return say(
            "Stop for futility: at look {look} of {looks} z = {z}, short of {bound}.", **values
        )
    if test.decision == "no decision":
        return say("Ended at look {look} without a decision: z = {z}, bound {bound}.", **values)
    assert test.following is not None
    then = test.following
    n_max = test.plan.n_max
    where = place(then.information, n_max, lang)
    until = (
        say("{share} of the information", share=where)
        if math.isnan(n_max)
        else say("{n} users", n=where)
    )
    return say(
        "Continue until look {next} of {looks} ({until}): z = {z} now, bound {bound}; then the "
        "bound is {later}, an effect of {effect} at the precision so far.",
        next=then.number, until=until, later=formats.fixed(then.bound),
        effect=formats.by_unit(test.unit, lang)(then.effect), **values,
    )  # fmt: skip


def _estimate(test: SequentialTest, say: Translator, lang: str) -> str:
    """The effect with its interval, and the p-value."""
    write, found = formats.by_unit(test.unit, lang), test.estimate
    values = {
        "value": write(found.value), "lo": write(found.lo), "hi": write(found.hi),
        "level": formats.percent(found.confidence, 0), "chance": chance(test.p_value),
    }  # fmt: skip
    if test.stopped:
        return say(
            "Effect adjusted for looking early: {value} ({level} interval {lo} to {hi}, {chance}, "
            "stagewise ordering).",
            **values,
        )
    if found.shape == "unbounded":
        return say(
            "Effect so far: {value}; no interval: {why}.",
            value=values["value"], why=reasons(say)[found.why],
        )  # fmt: skip
    if math.isnan(test.p_value):
        return say("Effect so far: {value} ({level} repeated interval {lo} to {hi}).", **values)
    return say(
        "Effect so far: {value} ({level} repeated interval {lo} to {hi}, {chance}).", **values
    )


def _rule(test: SequentialTest, say: Translator) -> str:
    """Which rule holds, and what it costs and saves."""
    cost = test.cost
    sides = say("two-sided") if test.plan.sided == 2 else say("one-sided")
    return say(
        "Rule: {rule}, {looks} planned looks, error {alpha} {sides}. With the same maximum its "
        "power is {power} where a fixed test has {fixed}; if the effect is as planned it ends on "
        "average after {expected} of the maximum.",
        rule=rule_words(test.plan.rule, say), looks=len(test.plan.looks),
        alpha=formats.percent(test.plan.alpha), sides=sides, power=formats.percent(cost.power),
        fixed=formats.percent(cost.fixed), expected=formats.percent(cost.expected, 0),
    )  # fmt: skip


def _outlook(test: SequentialTest, say: Translator) -> str:
    """What going on would bring."""
    assert test.outlook is not None
    return say(
        "Going on to the end would show an effect with a chance of {planned} if it is as planned, "
        "{trend} if it is as seen so far, {predictive} by what is known of it.",
        planned=formats.percent(test.outlook.planned, 0),
        trend=formats.percent(test.outlook.trend, 0),
        predictive=formats.percent(test.outlook.predictive, 0),
    )


def sequential_sentence(test: SequentialTest, lang: str) -> str:
    """What to do, how large the effect is, what going on would bring, the rule and its cost."""
    say = translator(lang)
    parts = [_decision(test, say, lang), _estimate(test, say, lang)]
    if test.outlook is not None:
        parts.append(_outlook(test, say))
    parts.append(_rule(test, say))
    return ("" if lang == "zh" else " ").join(parts)
