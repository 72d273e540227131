"""What adjusting did, in a sentence, and why a set is not an interval, in words."""

from __future__ import annotations

import math

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.experiments import (
    adjusted,
    bootstrap,
    contrast,
    fieller,
    quantiles,
    ranks,
    regression,
)
from analysis.experiments.effect import Interval


def reasons(say: Translator) -> dict[str, str]:
    """Return every reason of an undefined or unbounded set of this room's means, in words."""
    return {
        fieller.ZERO_CONTROL: say("the value of control is zero"),
        fieller.NOT_APART: say("the value of control is not clearly different from zero"),
        fieller.NO_CHANCE: say("the arm's value is zero without variation"),
        contrast.ONE_USER: say("an arm has a single user"),
        contrast.NO_VALUE: say("an arm has no value"),
        contrast.NO_VARIATION: say("no user differs from another in either arm"),
        contrast.SIGNS: say("only two values above zero have a logarithm of their ratio"),
        regression.TOO_FEW_FOR_SLOPES: say("too few users for so many covariates"),
        ranks.SAME_VALUE: say("every user has the same value"),
        quantiles.TOO_FEW_FOR_QUANTILE: say("too few users for this quantile"),
        quantiles.ALL_TIED: say("the values around the quantile are equal in both arms"),
        bootstrap.NOT_DEFINED: say("the statistic is not defined in every sample drawn"),
        bootstrap.ONE_SIDED: say("all samples drawn lie on one side of the estimate"),
        bootstrap.ALL_EQUAL: say("the statistic is the same in every sample drawn"),
    }


def method_words(name: str, say: Translator) -> str:
    """Return what an adjustment is called; names of methods stay as they are."""
    return say("post-stratification") if name == "post-stratification" else name


def _interval(interval: Interval, say: Translator, lang: str) -> str:
    value = formats.number(interval.value, lang)
    if interval.shape == "undefined":
        return say("{value} (no interval: {why})", value=value, why=reasons(say)[interval.why])
    lo, hi = formats.number(interval.lo, lang), formats.number(interval.hi, lang)
    return say("{value} ({lo} to {hi})", value=value, lo=lo, hi=hi)


def adjusted_sentence(result: adjusted.Adjusted, lang: str) -> str:
    """What adjusting took away, and both differences."""
    say = translator(lang)
    numbers = {
        "method": method_words(result.method, say),
        "raw": _interval(result.raw.difference, say, lang),
        "adjusted": _interval(result.adjusted.difference, say, lang),
    }
    said = say("Difference as observed {raw}, adjusted by {method} {adjusted}.", **numbers)
    saved = result.users_saved
    if math.isfinite(saved) and math.isfinite(result.explained):
        explained = formats.percent(result.explained, 0)
        words = {"one": said, "explained": explained, "share": formats.percent(abs(saved), 0)}
        if saved >= 0:
            said = say(
                "{one} Adjusting explains {explained} of the variance; the same precision needs "
                "{share} fewer users.",
                **words,
            )
        else:
            said = say(
                "{one} Adjusting explains {explained} of the variance, but the standard error "
                "grew: the same precision needs {share} more users.",
                **words,
            )
    if result.merged:
        strata = ", ".join(map(str, result.merged))
        said = say(
            "{one} Strata with fewer than two users in an arm, or merged with those: {strata}.",
            one=said, strata=strata,
        )  # fmt: skip
    return said
