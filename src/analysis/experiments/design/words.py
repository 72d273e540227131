"""Sentences and tables of a planned test."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator

if TYPE_CHECKING:
    from analysis.experiments.design.duration import Duration
    from analysis.experiments.design.result import Design
    from analysis.experiments.design.rule import Setting


def level(value: float, setting: Setting, lang: str) -> str:
    """Write a rate, or a mean."""
    if not setting.is_rate:
        return formats.number(value, lang, 4)
    return formats.percent(value, 2 if abs(value) < 0.1 else 1)


def change(value: float, setting: Setting, lang: str, say: Translator) -> str:
    """Write a difference: of rates in points, of means in their own unit."""
    sign = "+" if value > 0 else ""
    if not setting.is_rate:
        return sign + formats.number(value, lang)
    points = 100 * value
    decimals = min(max(1 - math.floor(math.log10(abs(points))), 1), 4) if points else 1
    return say("{sign}{points} points", sign=sign, points=formats.fixed(points, decimals))


def whole(value: float) -> str:
    """Write a number of users in full."""
    return formats.fixed(value, 0)


def reasons(say: Translator) -> dict[str, str]:
    """Return why a test has no answer, in words."""
    return {
        "no effect to find": say("an effect of nothing, or beyond the margin, is never found"),
        "no effect is large enough": say("no effect is large enough to be found"),
        "too few for a variance": say("too few units to estimate a variance from"),
    }


def units(count: float, setting: Setting, say: Translator) -> str:
    """Write how many users, or clusters."""
    if setting.users_per_unit == 1:
        return say("{count} users", count=whole(count))
    return say(
        "{count} clusters of {users} users",
        count=whole(count), users=whole(setting.users_per_unit),
    )  # fmt: skip


def methods(say: Translator) -> dict[str, str]:
    """Return the names of the formulas, in words."""
    return {
        "pooled z": say("z test, pooled variance"),
        "unpooled z": say("z test, unpooled variance"),
        "arcsine z": say("z test of arcsines"),
        "baseline z": say("z test, variance of control"),
        "Student t": say("Student's t"),
        "Welch t": say("Welch's t"),
        "normal": say("normal approximation"),
        "Student t of clusters": say("Student's t of cluster means"),
        "normal of clusters": say("normal approximation for cluster means"),
    }


def _rule(design: Design, say: Translator) -> str:
    rule = design.setting.rule
    values = {
        "alpha": f"{rule.alpha:.4g}",
        "method": methods(say)[design.setting.method],
        "sides": say("two-sided") if rule.sided == 2 else say("one-sided"),
    }
    return say("alpha {alpha} {sides}, {method}", **values)


def _sought(design: Design, say: Translator, lang: str) -> str:
    setting, margin = design.setting, design.setting.rule.margin
    moved = change(design.effect, setting, lang, say)
    if margin:
        return say(
            "that the arm is not worse by the margin of {margin} (true effect {effect})",
            margin=change(margin, setting, lang, say), effect=moved,
        )  # fmt: skip
    if not math.isfinite(design.lift):
        return say("an effect of {effect}", effect=moved)
    return say(
        "an effect of {effect} ({lift} on {base})",
        effect=moved, lift=formats.signed_percent(design.lift),
        base=level(setting.baseline, setting, lang),
    )  # fmt: skip


def design_sentence(design: Design, say: Translator, lang: str) -> str:
    """What is needed, or what can be found."""
    how = _rule(design, say)
    if design.why:
        return say(
            "There is no answer: {reason} ({how}).", reason=reasons(say)[design.why], how=how
        )
    one = units(design.n_control, design.setting, say)
    if design.setting.rule.ratio != 1:
        one = say(
            "{one} in control and {other} in each other arm",
            one=one, other=units(design.n_arm, design.setting, say),
        )  # fmt: skip
    else:
        one = say("{one} per arm", one=one)
    values = {
        "who": one,
        "sought": _sought(design, say, lang),
        "power": formats.percent(design.power),
        "how": how,
        "total": whole(design.users),
    }
    if design.solved == "size":
        return say(
            "{who}, {total} users in all, show {sought} with a chance of {power} ({how}).", **values
        )
    if design.solved == "effect":
        return say(
            "With {who}, the smallest thing shown with a chance of {power} is {sought} ({how}).",
            **values,
        )
    return say("{who} show {sought} with a chance of {power} ({how}).", **values)


def design_table(design: Design, lang: str) -> pd.DataFrame:
    """One row a quantity of the plan."""
    say, setting, rule = translator(lang), design.setting, design.setting.rule
    rows = [
        (say("Expected in control"), setting.baseline),
        (say("Effect"), design.effect),
        (say("Effect, relative"), design.lift),
        (say("Power"), design.power),
        (say("Alpha"), rule.alpha),
        (say("Sides"), float(rule.sided)),
        (say("Margin"), rule.margin),
        (say("Units of control"), design.n_control),
        (say("Units of each other arm"), design.n_arm),
        (say("Users in all"), design.users),
        (say("Correlation with the past"), rule.rho),
        (say("Inflation for looks"), rule.inflation),
    ]
    return pd.DataFrame(rows, columns=[say("Quantity"), say("Value")])


def duration_sentence(result: Duration, say: Translator, lang: str) -> str:
    """How long the test takes and until when."""
    users = whole(result.design.users)
    if result.days is None or result.weeks is None or result.last_day is None:
        if result.design.why:
            return say("No duration: {reason}.", reason=reasons(say)[result.design.why])
        return say(
            "With this traffic the test does not have its {users} users within {days} days.",
            users=users, days=whole(result.longest),
        )  # fmt: skip
    return say(
        "The test has its {users} users after {days} days; run {weeks} whole weeks, from {start} "
        "to {end}.",
        users=users, days=result.days, weeks=result.weeks,
        start=formats.date(result.start, lang), end=formats.date(result.last_day, lang),
    )  # fmt: skip


def duration_table(result: Duration, lang: str) -> pd.DataFrame:
    """Users and smallest effect by week."""
    say = translator(lang)
    names = {
        "week": say("Week"),
        "last_day": say("Last day"),
        "users": say("Users in all"),
        "effect": say("Smallest effect"),
        "lift": say("Smallest effect, relative"),
    }
    return result.weekly.rename(columns=names)
