"""Sentences of the decision: enter or not, by every route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.market.planned.words import joined
from analysis.market.words import route_names
from analysis.market.words_inputs import chance_words

if TYPE_CHECKING:
    from analysis.market.information import Information
    from analysis.market.planned.decision import Decided


def _payoff(found: Information, lang: str) -> str:
    return formats.by_unit(found.draws.model.unit(found.outcome), lang)(found.payoff)


def _route_says(route: str, found: Information, say: Translator, lang: str) -> str:
    values = {"route": route_names(say)[route], "payoff": _payoff(found, lang),
              "loss": chance_words(found.loss_chance)}  # fmt: skip
    if found.payoff == 0:
        return say("{route}: it breaks even.", route=values["route"])
    if found.enter:
        return say("{route}: enter (expected gain {payoff}, a loss in {loss} of draws).", **values)
    return say("{route}: do not enter (expected result {payoff}, a loss in {loss} of draws).",
               **values)  # fmt: skip


def decision_words(result: Decided, lang: str) -> str:
    """What each route implies; open where they differ."""
    say = translator(lang)
    said = [_route_says(route, one, say, lang) for route, one in result.routes.items()]
    if result.undecided:
        said.insert(0, say("The decision is open, the routes imply opposite ones."))
    return joined(said, lang)


def decision_brief(result: Decided, lang: str) -> str:
    """The decision in one short sentence; what each route expects stands in its section."""
    say = translator(lang)
    names = route_names(say)
    if result.undecided:
        enter = [names[route] for route, one in result.routes.items() if one.enter]
        leave = [names[route] for route, one in result.routes.items() if not one.enter]
        return say("The decision is open: {enter} says enter, {leave} says do not enter.",
                   enter=say(", ").join(enter), leave=say(", ").join(leave))  # fmt: skip
    one = next(iter(result.routes.values()))
    losses = sorted(each.loss_chance for each in result.routes.values())
    loss = dict.fromkeys(chance_words(each) for each in losses)
    if all(each.payoff == 0 for each in result.routes.values()):
        return say("Entering breaks even.")
    values = {"loss": "–".join(loss)}
    if one.enter:
        return say("Enter (a loss in {loss} of draws).", **values)
    return say("Do not enter (a loss in {loss} of draws).", **values)


def research_words(result: Decided, lang: str, *, worth: bool = True) -> str:
    """Which input to research before the decision, or that none is worth it."""
    say = translator(lang)
    found = result.worth
    if found is None:
        return say("No single input is worth researching before the decision.")
    route, row = found
    one = result.routes[route]
    write = formats.by_unit(one.draws.model.unit(one.outcome), lang)
    label = one.draws.model.label(row["name"], lang)
    if not worth:
        return say("Research “{input}” next.", input=label)
    if len(result.routes) == 1:
        return say("Research “{input}” next, worth up to {value}.", input=label,
                   value=write(row["value"]))  # fmt: skip
    return say("Research “{input}” next ({route}), worth up to {value}.", input=label,
               value=write(row["value"]), route=route_names(say)[route])  # fmt: skip


def decided_sentence(result: Decided, lang: str) -> str:
    """Decision by route and what to research."""
    return joined([decision_words(result, lang), research_words(result, lang)], lang)
