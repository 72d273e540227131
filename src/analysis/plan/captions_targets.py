"""What stands over the figures and tables about targets and systems, made from their numbers."""

from __future__ import annotations

from analysis.base import formats
from analysis.base.language import translator
from analysis.plan.attained import Attainment
from analysis.plan.captions import Caption
from analysis.plan.feasible import Feasibility
from analysis.plan.reconciled import Systems
from analysis.plan.smartness import Smart


def attainment_captions(made: Attainment, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of targets that have an outcome."""
    say = translator(lang)
    flags = [flag for flag in made.frame["reached"] if flag is not None]
    title = say("No target has an outcome that can be judged")
    if flags:
        title = say("{reached} of {judged} targets were reached", reached=sum(flags),
                    judged=len(flags))  # fmt: skip
    chart = {"title": title, "subtitle": say("outcome over target; blue: reached, orange: missed")}
    table = {"title": say("Targets and outcomes"), "note": made.summary(lang), "show": 20}
    return chart, table


def smart_captions(made: Smart, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of what targets state."""
    say = translator(lang)
    title = say("{complete} of {all} targets are complete", complete=made.complete,
                all=len(made.frame))  # fmt: skip
    chart = {"title": title, "subtitle": say("targets that state each part; grey: left out")}
    table = {"title": say("Targets that leave something out"), "note": made.summary(lang)}
    return chart, table


def feasibility_captions(made: Feasibility, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of growth that targets ask for."""
    say = translator(lang)
    title = say("No target has two known growth figures")
    if made.known:
        title = say("{count} targets against known growth", count=made.known)
    chart = {"title": title, "subtitle": say("growth a year: needed (dot), known (grey); chance")}
    table = {"title": say("What targets ask for"), "note": made.summary(lang), "show": 20}
    return chart, table


def systems_captions(made: Systems | None, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of one metric from several systems; empty if there is none."""
    if made is None:
        return {}, {}
    say = translator(lang)
    title = say("{count} of {days} comparisons are beyond {allowed}",
                count=int(made.frame["breach"].sum()), days=len(made.frame),
                allowed=formats.percent(made.tolerance, 1))  # fmt: skip
    subtitle = say("relative difference to {reference} by day; circled: beyond tolerance",
                   reference=made.reference)  # fmt: skip
    table = {"title": say("Systems against each other"), "note": made.summary(lang)}
    return {"title": title, "subtitle": subtitle}, table
