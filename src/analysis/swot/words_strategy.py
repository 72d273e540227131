"""Matrices and strategies in words and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.swot.words import joined, reason, shown

if TYPE_CHECKING:
    from analysis.swot.matrices import InternalExternal, Qspm
    from analysis.swot.tows import Tows


def factors_table(result: InternalExternal, lang: str) -> pd.DataFrame:
    """Factors with weight, rating and score."""
    return shown(result.frame, ["factor", "group", "weight", "rating", "score"], lang)


def advice(say: Translator) -> dict[str, str]:
    """Advice of the cells."""
    return {
        "grow": say("grow and build"),
        "hold": say("hold and maintain"),
        "harvest": say("harvest or divest"),
    }


def ie_sentence(result: InternalExternal, lang: str) -> str:
    """Scores, cell, advice."""
    say = translator(lang)
    parts = [
        say("IFE {internal}, EFE {external}: cell {cell}, {advice}.",
            internal=formats.fixed(result.internal.value),
            external=formats.fixed(result.external.value), cell=result.cell,
            advice=advice(say)[result.advice])
    ]  # fmt: skip
    if result.cells:
        chance = formats.percent(result.cells.get(result.cell, 0.0))
        parts.append(say("Other raters would place it there with probability {p}.", p=chance))
    return joined(parts, lang)


def qspm_table(result: Qspm, lang: str) -> pd.DataFrame:
    """Strategies, best first."""
    return shown(result.frame, ["strategy", "total", "lo", "hi", "why"], lang)


def qspm_sentence(result: Qspm, lang: str) -> str:
    """The best and its lead."""
    say = translator(lang)
    best, total = result.frame["strategy"].iloc[0], formats.fixed(result.frame["total"].iloc[0])
    gap = formats.fixed(result.lead.value)
    if result.lead.why:
        why = reason(result.lead.why, say)
        return say(
            "{strategy} is most attractive ({total}), ahead by {gap}; no interval: {why}.",
            strategy=best, total=total, gap=gap, why=why,
        )  # fmt: skip
    return say(
        "{strategy} is most attractive ({total}), ahead by {gap} ({lo} to {hi}).",
        strategy=best, total=total, gap=gap, lo=formats.fixed(result.lead.lo),
        hi=formats.fixed(result.lead.hi),
    )  # fmt: skip


def tows_table(result: Tows, lang: str) -> pd.DataFrame:
    """Strategies, best first."""
    columns = ["strategy", "kind", "score", "lo", "hi", "p_first", "factors"]
    return shown(result.frame, columns, lang)


def tows_matrix(result: Tows, lang: str) -> pd.DataFrame:
    """Two rows by two columns."""
    say = translator(lang)
    cell = {kind: say("; ").join(found) or formats.MISSING for kind, found in result.matrix.items()}
    return pd.DataFrame(
        {
            "": [say("Opportunities (O)"), say("Threats (T)")],
            say("Strengths (S)"): [cell["SO"], cell["ST"]],
            say("Weaknesses (W)"): [cell["WO"], cell["WT"]],
        }
    )


def orphan_words(lang: str) -> dict[str, str]:
    """What may be missing."""
    say = translator(lang)
    return {
        "factor without strategy": say("factor without strategy"),
        "strategy without factor": say("strategy without factor"),
        "factor without KPI": say("factor without KPI"),
        "strategy without plan line": say("strategy without plan line"),
    }


def orphans_table(result: Tows, lang: str) -> pd.DataFrame:
    """What is tied to nothing."""
    frame = result.orphans.assign(kind=result.orphans["kind"].map(orphan_words(lang)))
    return shown(frame, ["kind", "name", "weight"], lang)


def tows_sentence(result: Tows, lang: str) -> str:
    """The first, how sure, and the nearest turn."""
    say = translator(lang)
    row = result.frame.iloc[0]
    parts = [
        say("{strategy} ranks first with probability {p}.", strategy=row["strategy"],
            p=formats.percent(row["p_first"]))
    ]  # fmt: skip
    turns = [
        (abs(one[end] - one["weight"]), one, end, who)
        for one in result.sensitivity.to_dict("records")
        for end, who in (("lo", "below"), ("hi", "above"))
        if one[who]
    ]
    if turns:
        _, one, end, who = min(turns, key=lambda turn: turn[0])
        parts.append(
            say("The nearest turn: if {item} weighed {there} instead of {weight}, {other} would "
                "lead.", item=one["item"], there=formats.percent(one[end]),
                weight=formats.percent(one["weight"]), other=one[who])
        )  # fmt: skip
    else:
        parts.append(say("No change of one weight turns the order."))
    if len(result.orphans):
        parts.append(say("{n} orphans are listed.", n=len(result.orphans)))
    return joined(parts, lang)
