"""The sentences of overrides, every number computed; Chinese stands in the message catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.base import formats
from analysis.base.language import Translator, translator

if TYPE_CHECKING:
    from analysis.forecasting.overrides.plan import Plan
    from analysis.forecasting.overrides.value import OverrideValue


def effect_sentence(plan: Plan, unit: str, lang: str) -> str:
    """What all overrides together do to the total."""
    say, write = translator(lang), formats.by_unit(unit, lang)
    count, total = len(plan.decisions), float(plan.forecast.mean.sum())
    if not count:
        return say("No override is applied: the plan is the statistical forecast.")
    one = say(
        "Overrides ({count}) change the total from {mean} to {final} ({change}).",
        count=count, mean=write(total), final=write(float(plan.final.sum())),
        change=formats.signed_percent(plan.change),
    )  # fmt: skip
    outside = int(plan.decisions["outside"].sum())
    if not outside:
        return one
    return say("{one} {other}", one=one, other=outside_sentence(plan, say))


def outside_sentence(plan: Plan, say: Translator) -> str:
    """How many overrides leave the wider interval; empty if none does."""
    outside = int(plan.decisions["outside"].sum())
    if not outside:
        return ""
    level = plan.forecast.levels[-1]
    return say(
        "Outside the {level}% interval: {count}; check the reasons.",
        count=outside, level=level,
    )  # fmt: skip


def value_sentence(result: OverrideValue, lang: str) -> str:
    """Whether past overrides helped, and how sure that is."""
    say, whole = translator(lang), result.whole
    if not result.rated:
        return say("No override can be judged yet: none of their dates has come.")
    pp = formats.by_unit("pp", lang)
    one = say(
        "Past overrides ({count}) missed by {override} of what came, the statistical forecast by "
        "{forecast}.",
        count=whole.n, override=formats.percent(whole.override_wape),
        forecast=formats.percent(whole.forecast_wape),
    )  # fmt: skip
    if whole.finding == "few":
        other = say("They come from too few series and dates to tell whether overriding helps.")
        return say("{one} {other}", one=one, other=other)
    size = {"value": pp(abs(whole.value)), "lo": pp(whole.lo), "hi": pp(whole.hi)}
    other = {
        "helped": say("Overrides helped: {value} less error (95% interval {lo} to {hi}).", **size),
        "hurt": say("Overrides hurt: {value} more error (95% interval of the gain {lo} to {hi}).",
                    **size),
        "open": say("No clear gain or harm (95% interval of the gain {lo} to {hi}).", **size),
    }[whole.finding]  # fmt: skip
    return say("{one} {other}", one=one, other=other)


def group_words(kind: str, group: str, lang: str) -> str:
    """Return what a group of overrides is called."""
    say = translator(lang)
    known = {
        "all": say("all overrides"), "up": say("upward"), "down": say("downward"),
        "large": say("large: 10% and more"), "small": say("small: below 10%"),
    }  # fmt: skip
    if kind == "by":
        return group or say("nobody named")
    return known[group]
