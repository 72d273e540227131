"""The sentences and the table of the Bayesian view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator

if TYPE_CHECKING:
    from analysis.experiments.bayes.analysis import BayesResult

UNIT = "normal, unit information"


def chance_words(p: float) -> str:
    """Write a probability without ever saying 0% or 100%."""
    if p > 0.9995:
        return ">99.9%"
    return "<0.1%" if p < 0.0005 else formats.percent(p)


def amount(value: float, unit: str, lang: str) -> str:
    """Write a value, a difference or a loss; shares in percentage points as far as they matter."""
    if unit != "share":
        return formats.by_unit(unit, lang)(value)
    points = abs(value) * 100
    decimals = 1 if points >= 1 else 3
    say = translator(lang)
    number = "<0.001" if 0 < points < 0.0005 else formats.fixed(value * 100, decimals)
    return say("{n} pp", n=number)


def bayes_table(result: BayesResult) -> pd.DataFrame:
    """Arm, value, lift, chance to be the best and above control, expected loss."""
    rows = [
        {
            "arm": arm.name,
            "value": arm.value.value, "value_lo": arm.value.lo, "value_hi": arm.value.hi,
            "lift": arm.lift.value, "lift_lo": arm.lift.lo, "lift_hi": arm.lift.hi,
            "best": arm.best, "above_control": arm.beats_control, "expected_loss": arm.loss,
        }
        for arm in result.arms
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"arm": "str"})


def prior_words(result: BayesResult, say: Translator) -> str:
    """What was believed before."""
    return say("normal, worth one user") if result.prior == UNIT else result.prior


def bayes_sentence(result: BayesResult, lang: str) -> str:
    """What to do, how likely it is right, and what it costs if not."""
    say, arm = translator(lang), result.arm(result.choice)
    prior = prior_words(result, say)
    values = {
        "arm": arm.name,
        "best": chance_words(arm.best),
        "loss": amount(arm.loss, result.unit, lang),
        "limit": amount(result.threshold, result.unit, lang),
        "prior": prior,
    }
    if result.verdict == "continue":
        return say(
            "Continue: {arm} is ahead (best with probability {best}), but choosing it now costs "
            "{loss} on average, more than the {limit} one is ready to lose (prior {prior}).",
            **values,
        )
    facts = say(
        "best with probability {best}; being wrong costs {loss} on average, below the {limit} one "
        "is ready to lose (prior {prior}).",
        **values,
    )
    if result.verdict == "keep":
        return say("Keep {arm}: {facts}", arm=arm.name, facts=facts)
    if arm.lift.shape == "undefined":
        return say("Ship {arm}: {facts}", arm=arm.name, facts=facts)
    lift = say(
        "lift {lift} ({lo} to {hi})",
        lift=formats.signed_percent(arm.lift.value),
        lo=formats.signed_percent(arm.lift.lo),
        hi=formats.signed_percent(arm.lift.hi),
    )
    return say("Ship {arm}, {lift}: {facts}", arm=arm.name, lift=lift, facts=facts)
