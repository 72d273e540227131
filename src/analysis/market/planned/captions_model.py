"""What stands over the figures and tables of a sizing report, made from the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.market.planned.captions_others import PartCaptions
from analysis.market.planned.sized import SizedPlan
from analysis.market.planned.tables import (
    agreement_rows,
    driver_rows,
    input_texts,
    research_rows,
    size_rows,
    texts,
)
from analysis.market.planned.verdict import (
    agreement_words,
    footing_share,
    level_range,
    remarks,
)
from analysis.market.planned.words import listed
from analysis.market.words import level_names, route_names
from analysis.market.words_inputs import chance_words

Caption = dict[str, Any]


@dataclass(frozen=True)
class Captions(PartCaptions):
    """Captions of one report, each made when it is asked for.

    Attributes:
        made: The sized plan.
        lang: Language of the report.
    """

    @property
    def size(self) -> Caption:
        """Over the figure of TAM, SAM and SOM."""
        say, made = translator(self.lang), self.made
        won = level_range(made, "som")
        assert won is not None
        write = formats.by_unit(self.unit, self.lang)
        title = say("We can win {won}", won=write(won[1]))
        words = agreement_words(made, say)
        if words:
            title = say("{one}; {other}", one=title, other=words)
        rows = len(made.size.frame) + len(made.size.agreement)
        return {
            "title": title,
            "subtitle": say("market by level and route, P10 to P90, in {unit}, log scale",
                            unit=formats.unit_name(self.unit, self.lang))
            if made.size.positive
            else say("market by level and route, P10 to P90, in {unit}",
                     unit=formats.unit_name(self.unit, self.lang)),
            "size": (8.4, 1.6 + 0.42 * rows),
        }  # fmt: skip

    @property
    def sizes(self) -> Caption:
        """Over the table of levels and routes."""
        say, made = translator(self.lang), self.made
        r, n = made.size.draws.shape
        error = made.size.error
        note = say(
            "{r} randomisations of {n} points; Monte-Carlo error of a median at most {error}, "
            "as one standard error.", r=r, n=formats.fixed(n, 0), error=formats.percent(error, 2),
        )  # fmt: skip
        levels, routes = level_names(say), route_names(say)
        for route, level, share in made.size.order:
            note = say("{one} {other}", one=note, other=say(
                "{level} ({route}) exceeds the level above it in {share} of draws: mend the model.",
                level=levels[level], route=routes[route],
                share=formats.percent(share)))  # fmt: skip
        for route, level, share in made.size.below:
            note = say("{one} {other}", one=note, other=say(
                "{level} ({route}) is below 0 in {share} of draws: mend the model.",
                level=levels[level], route=routes[route],
                share=chance_words(share)))  # fmt: skip
        return {
            "title": say("Market by level and route"),
            "labels": {
                "level": say("Market level"), "route": say("Route"), "p10": "P10", "p50": "P50",
                "p90": "P90", "mean": say("Mean"), "p50_error": say("Monte-Carlo error of P50"),
            },
            "formats": dict.fromkeys(("p10", "p50", "p90", "mean", "p50_error"), "unit"),
            "texts": texts(size_rows, made, self.lang), "hide": ("unit", "error"),
            "note": say("{one} {other}", one=remarks(made, self.lang), other=note),
        }  # fmt: skip

    @property
    def agreement(self) -> Caption:
        """Over the table of reconciliation."""
        say = translator(self.lang)
        words = agreement_words(self.made, say)
        return {
            "title": words[:1].upper() + words[1:] if words else say("One route only"),
            "texts": texts(agreement_rows, self.made, self.lang),
            "labels": {
                "level": say("Market level"), "ratio": say("Bottom-up / top-down"),
                "ratio_lo": "5%", "ratio_hi": "95%", "overlap": say("Overlap"),
                "weight": say("Weight of top-down"), "verdict": say("The routes"),
            },
            "formats": {"ratio": "fixed2", "ratio_lo": "fixed2", "ratio_hi": "fixed2",
                        "overlap": "percent", "weight": "percent"},
            "note": say("The routes differ where the paired ratio leaves 1 outside its 5% to 95%. "
                        "Overlap is the common area of the two distributions. The pooled estimate "
                        "weights by inverse variance, and widens where the routes disagree.")
            if words
            else say("Nothing to compare: the plan declares one route."),
        }  # fmt: skip

    @property
    def tornado(self) -> Caption:
        """Over the tornado."""
        say, model = translator(self.lang), self.made.plan.model
        outcome = model.label(self.made.outcome, self.lang)
        frame = self.made.sensitivity.frame
        rows = min(len(frame), 12)
        caption = {
            "subtitle": say("{outcome}: each input at its P10 and P90, grade in brackets",
                            outcome=outcome),
            "size": (8.4, max(2.6, 1.3 + 0.42 * rows)),
        }  # fmt: skip
        if frame.empty or self.made.sensitivity.indices.reason:
            return {"title": say("{outcome} does not vary", outcome=outcome), **caption}
        top = frame.iloc[int(frame["swing"].to_numpy().argmax())]
        write = formats.by_unit(model.unit(self.made.outcome), self.lang)
        title = say("“{input}” alone moves the outcome from {low} to {high}",
                    input=model.label(top["name"], self.lang),
                    low=write(top["least"]), high=write(top["most"]))  # fmt: skip
        return {"title": title, **caption}

    @property
    def drivers(self) -> Caption:
        """Over the table of tornado and Sobol indices."""
        say = translator(self.lang)
        found = self.made.sensitivity
        evaluations = formats.fixed(found.indices.evaluations, 0)
        note = say("{summary} {n} evaluations of the model.", summary=found.summary(self.lang),
                   n=evaluations)  # fmt: skip
        return {
            "title": say("What drives the outcome: variance by input"),
            "texts": texts(driver_rows, self.made, self.lang),
            "labels": {
                "input": say("Input"), "grade": say("Grade"), "low": say("Outcome at its P10"),
                "high": say("Outcome at its P90"), "first": say("Alone"),
                "total": say("With others"), "total_lo": say("from"), "total_hi": say("to"),
                "source": say("Source"),
            },
            "formats": {"low": "unit", "high": "unit", **dict.fromkeys(
                ("first", "first_lo", "first_hi", "total", "total_lo", "total_hi"), "percent")},
            "hide": ("name", "unit", "least", "most", "swing", "first_lo", "first_hi"),
            "note": note,
        }  # fmt: skip

    @property
    def research(self) -> Caption:
        """Over the figure of what research is worth."""
        say, info = translator(self.lang), self.made.information
        assert info is not None
        return {
            "title": self._research_title(say),
            "subtitle": say(
                "most that learning an input is worth before deciding on: {decision}",
                decision=self._decision(),
            ),
            "size": (8.4, max(2.6, 1.3 + 0.42 * min(len(info.frame), 12))),
        }  # fmt: skip

    def _decision(self) -> str:
        decision = self.made.plan.decision
        assert decision is not None
        return decision.labels.get(self.lang, next(iter(decision.labels.values())))

    def _research_title(self, say: Translator) -> str:
        info, model = self.made.information, self.made.plan.model
        assert info is not None
        if info.worth is None:
            return say("Learning one input alone would hardly change the decision")
        top = info.worth[1]
        write = formats.by_unit(model.unit(info.outcome), self.lang)
        return say("Research “{input}” first: worth up to {value}",
                   input=model.label(top["name"], self.lang),
                   value=write(top["value"]))  # fmt: skip

    @property
    def research_rows(self) -> Caption:
        """Over the table of what research is worth."""
        say, info, decision = translator(self.lang), self.made.information, self.made.plan.decision
        assert info is not None
        assert decision is not None
        write = formats.by_unit(self.made.plan.model.unit(info.outcome), self.lang)
        terms = say("Payoff: {margin} of what we can win less {cost}, by route.",
                    margin=formats.percent(decision.margin, 0),
                    cost=write(decision.cost))  # fmt: skip
        return {
            "title": say("Which input to research next"),
            "texts": texts(research_rows, self.made, self.lang),
            "labels": {
                "input": say("Input"), "route": say("Route"), "grade": say("Grade"),
                "value": say("Worth at most"),
                "value_error": say("Monte-Carlo error"),
                "variance": say("Variance it takes away"), "source": say("Source"),
            },
            "formats": {"value": "unit", "value_error": "unit", "variance": "percent"},
            "hide": ("name", "unit", "variance_error"),
            "note": say("{one} {other}", one=info.summary(self.lang), other=terms),
        }  # fmt: skip

    @property
    def inputs(self) -> Caption:
        """Over the list of inputs."""
        say, found = translator(self.lang), self.made.footing
        title = say("No input is an assumption")
        if found.assumed and not math.isnan(found.variance_lo):
            title = say("{n} of {all} inputs behind what we can win are assumptions; they carry of "
                        "the variance: {share}", n=found.assumed, all=found.used,
                        share=footing_share(self.made, say))  # fmt: skip
        elif found.assumed:
            title = say("{n} of {all} inputs behind what we can win are assumptions",
                        n=found.assumed, all=found.used)  # fmt: skip
        note = say("Grades: A counted, B measured on a sample, C reported by others, D judged.")
        if found.older:
            model = self.made.plan.model
            names = listed([model.label(name, self.lang) for name in found.older], self.lang)
            older = say(
                "* Older than the model year {year}, and no growth brings them all the way "
                "forward: {names}.",
                year=model.year,
                names=names,
            )
            note = say("{one} {other}", one=older, other=note)
        return {
            "title": title,
            "labels": {
                "input": say("Input"), "p5": "P5", "p50": "P50", "p95": "P95",
                "grade": say("Grade"), "source": say("Source"), "base_year": say("Base year"),
                "total": say("Part in the variance"),
            },
            "formats": {"total": "percent"}, "texts": input_texts(self.made, self.lang),
            "hide": ("name", "unit", "age", "older", "assumed", "used", "first"),
            "note": note, "show": 40,
        }  # fmt: skip


def captions(made: SizedPlan, lang: str = "en") -> Captions:
    """Captions of a report on a sized plan (``lang`` en or zh)."""
    return Captions(made, lang)
