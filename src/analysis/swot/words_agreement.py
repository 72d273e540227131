"""Whether raters agree, in words and tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.swot.words import reason, shown

if TYPE_CHECKING:
    from analysis.swot.agreement import Agreement

RELIABLE, TENTATIVE = 0.8, 0.667
"""Krippendorff's marks: from 0.8 reliable, from 0.667 for tentative conclusions."""


def measures(say: Translator) -> dict[str, str]:
    """Names of the measures of agreement."""
    return {
        "W": say("Kendall's W (order)"),
        "ICC2": say("ICC(2,1), one rater"),
        "ICC2k": say("ICC(2,k), mean of raters"),
        "alpha": say("Krippendorff's alpha"),
    }


def agreement_table(result: Agreement, lang: str) -> pd.DataFrame:
    """The measures."""
    frame = result.frame.assign(measure=result.frame["measure"].map(measures(translator(lang))))
    return shown(frame, ["measure", "value", "lo", "hi", "why"], lang)


def agreement_brief(result: Agreement, lang: str) -> str:
    """The same in one line, for a headline that has the number below it."""
    alpha = result.alpha
    if alpha.why or math.isnan(alpha.value):
        return agreement_sentence(result, lang)
    say = translator(lang)
    if alpha.lo >= RELIABLE:
        return say("The raters agree reliably.")
    if alpha.hi < TENTATIVE:
        return say("The raters disagree.")
    return say("Agreement is not secured.")


def agreement_sentence(result: Agreement, lang: str) -> str:
    """How far raters agree, by alpha."""
    say = translator(lang)
    alpha = result.alpha
    if math.isnan(alpha.value):
        return say("Agreement is undefined: {why}.", why=reason(alpha.why, say))
    value = formats.fixed(alpha.value)
    if alpha.why:
        why = reason(alpha.why, say)
        return say("Krippendorff's alpha {value}, no interval: {why}.", value=value, why=why)
    said = {"value": value, "lo": formats.fixed(alpha.lo), "hi": formats.fixed(alpha.hi)}
    if alpha.lo >= RELIABLE:
        return say(
            "The raters agree reliably: alpha {value} ({lo} to {hi}; 1 is full agreement).", **said
        )
    if alpha.hi < TENTATIVE:
        return say(
            "The raters disagree: alpha {value} ({lo} to {hi}; 1 is full agreement), below 0.667.",
            **said,
        )
    return say(
        "Agreement is not secured: alpha {value} ({lo} to {hi}; 1 is full agreement).", **said
    )
