"""Why a section about rivals or partners cannot be shown: nothing was given, or too little."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from analysis.base.language import translator

Part = Literal["competitors", "prices", "partners"]


def why_missing(
    part: Part, frame: pd.DataFrame | None, lang: str = "en", *, latest: int = 0
) -> str:
    """Say why a part is not shown; empty if it can be.

    Args:
        part: Which one.
        frame: Its rows; None if none were given.
        lang: Language of the sentence.
        latest: Of prices, days that are compared with those before.
    """
    say = translator(lang)
    if frame is None:
        return say("None were given: name a table in {parameter}=, or add a sheet {sheet}.",
                   parameter=f"{part}_data", sheet=part)  # fmt: skip
    if part == "competitors" and min(frame[["competitor", "attribute"]].nunique()) < 2:
        return say("A map needs at least two competitors and two attributes.")
    if part == "partners" and frame["partner"].nunique() < 2:
        return say("A comparison needs at least two partners.")
    if part == "prices" and (frame["date"].max() - frame["date"].min()).days < latest:
        return say("The prices span no more than the latest {days} days: nothing came before.",
                   days=latest)  # fmt: skip
    return ""


def missing(
    part: Part, frame: pd.DataFrame | None, lang: str = "en", *, latest: int = 0
) -> dict[str, Any]:
    """The table that says why a part is not shown, as ``report.table`` takes it.

    Args:
        part: Which one.
        frame: Its rows; None if none were given.
        lang: Language of the page; the files say it in English.
        latest: Of prices, days that are compared with those before.
    """
    say = translator(lang)
    return {
        "frame": pd.DataFrame({"why": [why_missing(part, frame, latest=latest)]}),
        "title": say("Not shown"),
        "labels": {"why": say("Why")},
        "texts": {"why": [why_missing(part, frame, lang, latest=latest)]},
    }
