"""What stands over the figures and tables of a plan check, made from its findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from analysis.base.estimate import Estimate
from analysis.base.language import translator
from analysis.plan.check import PlanCheck
from analysis.plan.findings import KINDS

Caption = dict[str, Any]
Status = Literal["good", "watch", "bad"]


@dataclass(frozen=True)
class Headline:
    """The answer of the report.

    Attributes:
        sentence: How many contradictions, and the first of them.
        status: ``bad`` with a severe finding, ``watch`` with any, else ``good``.
        numbers: Findings by severity, and the share of rows that none names.
    """

    sentence: str
    status: Status
    numbers: tuple[Estimate, ...]


def severities() -> dict[str, str]:
    """Severities as a reader sees them: a letter and a shape, never colour alone."""
    return {"H": "▲ H", "M": "◆ M", "L": "○ L"}


def headline(made: PlanCheck, lang: str = "en") -> Headline:
    """What to tell the planner about the plan (``lang`` en or zh)."""
    say = translator(lang)
    status: Status = "bad" if made.count("H") else "watch" if made.findings else "good"
    labels = {
        "H": say("severe findings"), "M": say("findings of medium weight"),
        "L": say("minor findings"),
    }  # fmt: skip
    reason = say("a count, known exactly")
    numbers = [
        Estimate(f"findings_{key}", label, float(made.count(key)), "count", no_interval=reason)
        for key, label in labels.items()
    ]
    rows = sum(len(rows) for rows in made.plan.tables.values())
    if rows:
        free = 1 - len(made.touched) / rows
        label = say("rows that no finding names")
        numbers.append(Estimate("rows_free", label, free, "share", no_interval=reason))
    return Headline(made.summary(lang), status, tuple(numbers))


def figure_caption(made: PlanCheck, lang: str = "en") -> Caption:
    """Over the figure of findings by rule."""
    say = translator(lang)
    title = say("No contradiction found")
    if made.findings:
        title = say("{high} of {count} findings are severe", high=made.count("H"),
                    count=len(made.findings))  # fmt: skip
    return {"title": title, "subtitle": say("findings by kind: H severe, M medium, L minor")}


def findings_caption(made: PlanCheck, lang: str = "en") -> Caption:
    """Over the table of findings, all of which are shown."""
    say = translator(lang)
    return {
        "title": say("Every finding, the worst first"),
        "labels": {
            "kind": say("kind"), "severity": say("severity"), "fact_ids": say("places"),
            "arithmetic": say("arithmetic"), "smallest_change": say("smallest change"),
        },
        "words": {
            "kind": {key: phrase.text(lang) for key, phrase in KINDS.items()},
            "severity": severities(),
        },
        "note": say(
            "The smallest change makes the places agree; whether it or another is right, only "
            "the plan's authors know."
        ),
        "show": max(len(made.findings), 1),
    }  # fmt: skip


def places_caption(made: PlanCheck, lang: str = "en") -> Caption:
    """Over the table of places."""
    say = translator(lang)
    return {
        "title": say("Where the figures stand"),
        "labels": {
            "fact_id": say("place"), "name": say("figure"), "figures": say("as printed"),
            "document": say("document"), "place": say("section"), "findings": say("finding no."),
        },
        "show": 20,
    }  # fmt: skip
