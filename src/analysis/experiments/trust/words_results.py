"""Tables and sentences of what the trust checks are made of, and of all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import translator
from analysis.experiments.trust.words import small_chance

if TYPE_CHECKING:
    from analysis.experiments.srm import SampleRatio
    from analysis.experiments.trust.by_day import EffectByDay
    from analysis.experiments.trust.together import Trust


def trust_sentence(result: Trust, lang: str) -> str:
    """Whether a verdict is allowed, and what stands against it."""
    say = translator(lang)
    failed, warned = result.having("failed"), result.having("warning")
    done = len(result.checks) - len(result.having("not checked"))
    values = {"failed": len(failed), "warned": len(warned), "done": done, "all": len(result.checks)}
    if failed:
        said = say("No verdict: {failed} of {done} checks failed.", **values)
    elif warned:
        said = say("{done} of {all} checks done, none failed, {warned} to look at.", **values)
    else:
        said = say("{done} of {all} checks done, all passed.", **values)
    for check in (*failed, *warned):
        said = say("{one} {other}", one=said, other=check.summary(lang))
    return said


def ratio_table(result: SampleRatio, lang: str) -> pd.DataFrame:
    """Users of the arms under names for readers."""
    say = translator(lang)
    names = {
        "arm": say("Arm"),
        "n": say("Users"),
        "share": say("Share"),
        "planned": say("Planned share"),
        "expected": say("Expected users"),
        "deviation": say("Deviation"),
        "residual": say("Standardised residual"),
    }
    return result.frame[list(names)].rename(columns=names)


def ratio_sentence(result: SampleRatio, lang: str) -> str:
    """Whether the shares are as planned, with the tests."""
    from analysis.experiments.trust.arrivals import sample_ratio

    say = translator(lang)
    said = sample_ratio(result).summary(lang)
    tests = say(
        "Chi-square {chi2} with {df} df, {chance}",
        chi2=formats.number(result.chi2, lang), df=result.df, chance=small_chance(result.p),
    )  # fmt: skip
    if result.p_exact is not None:
        exact = say("exact binomial {chance}", chance=small_chance(result.p_exact))
        tests = say("{one}; {other}", one=tests, other=exact)
    if result.running is not None:
        anytime = say(
            "anytime-valid over {looks} looks {chance}",
            looks=len(result.running.frame), chance=small_chance(result.running.p),
        )  # fmt: skip
        tests = say("{one}; {other}", one=tests, other=anytime)
    return say("{one} {other}", one=said, other=say("{tests}.", tests=tests))


def days_table(result: EffectByDay, lang: str) -> pd.DataFrame:
    """Effects of the days under names for readers."""
    say = translator(lang)
    names = {
        "day": say("Day"),
        "n_control": say("Users of {name}", name=result.control),
        "n_arm": say("Users of {name}", name=result.arm),
        "effect": say("Lift") if result.scale == "lift" else say("Difference"),
        "lo": say("95% low"),
        "hi": say("95% high"),
    }
    return result.frame.rename(columns=names)


def days_sentence(result: EffectByDay, lang: str) -> str:
    """Whether the effect of one arm on one metric changes."""
    from analysis.experiments.trust.novelty import novelty

    return novelty([result]).summary(lang)
