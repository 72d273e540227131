"""What stands over the figures and tables of a plan check, made from its findings."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from analysis.base import formats
from analysis.base.estimate import Estimate
from analysis.base.language import translator
from analysis.plan.check import PlanCheck
from analysis.plan.findings import KINDS
from analysis.plan.findings import say as _say
from analysis.plan.target_rows import printed

Caption = dict[str, Any]
Status = Literal["good", "watch", "bad"]
FEW, MANY = 12, 25
"""Findings shown in the report at least and at most; the files have all."""
ROLES = {
    "value": _say("value"), "baseline": _say("baseline"), "target": _say("target"),
    "actual": _say("actual"), "delta": _say("change"), "before": _say("before"),
    "after": _say("after"), "sales": _say("sales"), "growth": _say("growth"),
    "share": _say("share"), "impact_value": _say("impact"), "limit_value": _say("limit"),
    "response_value": _say("response"), "headcount": _say("headcount"),
    "min_spend": _say("least spend"),
}  # fmt: skip
"""Columns of figures under names for readers."""


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
        kinds = Counter(found.kind for found in made.findings if found.severity == "H")
        if kinds and kinds.most_common(1)[0][1] > 1:
            kind, count = kinds.most_common(1)[0]
            title = say("{one}; {part} of these are of one kind: {kind}", one=title, part=count,
                        kind=KINDS[kind].text(lang))  # fmt: skip
    return {"title": title, "subtitle": say("findings by kind: H severe, M medium, L minor")}


def findings_caption(made: PlanCheck, lang: str = "en") -> Caption:
    """Over the table of findings: all severe ones, and a dozen rows at least."""
    say = translator(lang)
    rows = made.table(lang)
    return {
        "title": say("Every finding, the worst first"),
        "labels": {
            "kind": say("Kind"), "severity": say("Severity"), "fact_ids": say("Places"),
            "arithmetic": say("Arithmetic"), "smallest_change": say("Smallest change"),
        },
        "words": {
            "kind": {key: phrase.text(lang) for key, phrase in KINDS.items()},
            "severity": {"H": say("severe"), "M": say("medium"), "L": say("minor")},
        },
        "texts": {name: list(rows[name]) for name in ("arithmetic", "smallest_change")},
        "status": {"severity": {"H": "bad", "M": "watch", "L": "info"}},
        "note": say(
            "The smallest change makes the places agree; whether it or another is right, only "
            "the plan's authors know."
        ),
        "show": min(max(made.count("H"), FEW), MANY),
    }  # fmt: skip


def places_caption(made: PlanCheck, lang: str = "en") -> Caption:
    """Over the table of places."""
    say = translator(lang)
    rows = made.places()
    named = {role: phrase.text(lang) for role, phrase in ROLES.items()}
    return {
        "title": say("Where the figures stand"),
        "labels": {
            "fact_id": say("Place"), **named_columns(lang, say("Figure")),
            "role": say("What it is"),
            "value": say("As printed"), "document": say("Document"), "place": say("Section"),
            "findings": say("Finding no."),
        },
        "words": {"role": named},
        "texts": {"value": values(rows, "value", "unit", lang)},
        "hide": ("unit", other_name(lang)),
    }  # fmt: skip


def named_columns(lang: str, label: str) -> dict[str, str]:
    """The column of names in the reader's language under its label."""
    return {"name_zh" if lang == "zh" else "name_en": label}


def other_name(lang: str) -> str:
    """The column of names in the other language, which only files have."""
    return "name_en" if lang == "zh" else "name_zh"


def values(rows: pd.DataFrame, column: str, unit: str, lang: str, sign: str = "") -> list[str]:
    """Numbers of a column in the units of another as a planner writes them; – for none.

    Args:
        rows: The table.
        column: Its numbers.
        unit: Ids of their units.
        lang: Language.
        sign: Column of a sign that stands before each; empty for none.
    """
    signs = [f"{each} " for each in rows[sign]] if sign else [""] * len(rows)
    return [
        formats.MISSING if math.isnan(value) else f"{before}{printed(value, name, lang)}"
        for before, value, name in zip(signs, rows[column], rows[unit], strict=True)
    ]
