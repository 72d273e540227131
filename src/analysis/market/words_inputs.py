"""Tables and sentences of what the inputs do, and which to research."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import translator

if TYPE_CHECKING:
    from analysis.market.information import Information
    from analysis.market.sensitivity import Sensitivity


def chance_words(chance: float) -> str:
    """A chance in whole percent; a bound where it would read as none or as certain."""
    # No draw of some thousands does not make it impossible.
    if chance < 0.005:
        return "<1%"
    return ">99%" if chance > 0.995 else formats.percent(chance, 0)


def sensitivity_table(result: Sensitivity, lang: str) -> pd.DataFrame:
    """Inputs with tornado and Sobol indices."""
    say = translator(lang)
    frame = result.frame
    return pd.DataFrame(
        {
            say("Input"): [result.model.label(name, lang) for name in frame["name"]],
            say("Grade"): frame["grade"],
            say("Outcome at its P10"): frame["low"],
            say("Outcome at its P90"): frame["high"],
            say("First-order index"): frame["first"],
            say("First-order low"): frame["first_lo"],
            say("First-order high"): frame["first_hi"],
            say("Total index"): frame["total"],
            say("Total low"): frame["total_lo"],
            say("Total high"): frame["total_hi"],
        }
    )


def sensitivity_sentence(result: Sensitivity, lang: str) -> str:
    """Which input drives the spread, and what inputs do only together."""
    say = translator(lang)
    outcome = result.model.label(result.outcome, lang)
    if result.indices.reason:
        return say("{outcome} does not vary: there is nothing to rank.", outcome=outcome)
    top = result.frame.iloc[0]
    if not result.determined:
        return say("A few extreme draws carry the variance of {outcome}: which input drives it is "
                   "not determined. Narrow the widest inputs, or take more draws.",
                   outcome=outcome)  # fmt: skip
    said = [
        say(
            "{input} drives {outcome} most: {share} of its variance (95% interval {lo} to {hi}) "
            "involves it.",
            input=result.model.label(top["name"], lang), outcome=outcome,
            share=formats.percent(top["total"], 0), lo=formats.percent(top["total_lo"], 0),
            hi=formats.percent(top["total_hi"], 0),
        )
    ]  # fmt: skip
    bent = [result.model.label(row["name"], lang) for _, row in result.frame.iterrows()
            if row["swing"] > 1.05 * abs(row["high"] - row["low"])]  # fmt: skip
    if bent:
        said.append(
            say("Neither end of these is their extreme, the outcome turns in between: {names}.",
                names=("、" if lang == "zh" else ", ").join(bent))
        )  # fmt: skip
    if result.interactions > 0.02:
        share = formats.percent(result.interactions, 0)
        said.append(say("{share} comes from inputs acting together.", share=share))
    if result.correlated:
        said.append(say("The declared correlations are set aside in these indices."))
    return ("" if lang == "zh" else " ").join(said)


def information_table(result: Information, lang: str) -> pd.DataFrame:
    """Inputs with what learning them is worth."""
    say = translator(lang)
    frame = result.frame
    return pd.DataFrame(
        {
            say("Input"): [result.draws.model.label(name, lang) for name in frame["name"]],
            say("Grade"): frame["grade"],
            say("Source of the input"): frame["source"],
            say("Worth at most"): frame["value"],
            say("Monte-Carlo error"): frame["value_error"],
            say("Variance it takes away"): frame["variance"],
        }
    )


def information_sentence(result: Information, lang: str) -> str:
    """Whether to enter as things are known, and what to research first."""
    say = translator(lang)
    model = result.draws.model
    unit = formats.by_unit(model.unit(result.outcome), lang)
    values = {"payoff": unit(result.payoff), "loss": chance_words(result.loss_chance)}
    said = [
        say("As things are known, entering breaks even: neither gain nor loss is expected.")
        if result.payoff == 0
        else say("As things are known: enter (expected gain {payoff}; it loses in {loss} of "
                 "draws).", **values)
        if result.enter
        else say(
            "As things are known: do not enter (expected gain {payoff}; it would lose in {loss} "
            "of draws).", **values)
    ]  # fmt: skip
    top = result.worth
    if top is None:
        said.append(say("Learning one input alone would hardly change that."))
    else:
        said.append(
            say("Research {input} next: knowing it is worth up to {value}, of {all} for "
                "everything.",
                input=model.label(top["name"], lang), value=unit(top["value"]),
                all=unit(result.perfect))
        )  # fmt: skip
    return ("" if lang == "zh" else " ").join(said)
