"""Matrices and strategies in words and tables."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.swot.words import apart, chance, joined, listed, reason, shown

LEVEL = 1e-9
"""Totals that are closer are equal: the rest is rounding."""

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
        say("Inside (IFE) {internal}, outside (EFE) {external}: cell {cell}, {advice}.",
            internal=formats.fixed(result.internal.value),
            external=formats.fixed(result.external.value), cell=result.cell,
            advice=advice(say)[result.advice])
    ]  # fmt: skip
    if result.cells:
        parts.append(say("The average opinion of such people lies there with probability {p}.",
                         p=chance(result.cells.get(result.cell, 0.0))))  # fmt: skip
    return joined(parts, lang)


def qspm_table(result: Qspm, lang: str) -> pd.DataFrame:
    """Strategies, best first."""
    return shown(result.frame, ["strategy", "total", "lo", "hi", "why"], lang)


def qspm_sentence(result: Qspm, lang: str) -> str:
    """The best and its lead."""
    say = translator(lang)
    best, total = result.frame["strategy"].iloc[0], formats.fixed(result.frame["total"].iloc[0])
    gap = formats.fixed(result.lead.value)
    if abs(result.lead.value) < LEVEL:
        names = result.frame["strategy"]
        level = names[result.frame["total"] > float(result.frame["total"].iloc[0]) - LEVEL]
        return say("{strategies} are level ({total}).", strategies=listed(level.tolist(), lang),
                   total=total)  # fmt: skip
    if result.lead.why:
        why = reason(result.lead.why, say)
        return say(
            "{strategy} is most attractive ({total}), ahead by {gap}; no interval: {why}.",
            strategy=best, total=total, gap=gap, why=why,
        )  # fmt: skip
    values = {
        "strategy": best, "second": result.frame["strategy"].iloc[1], "total": total, "gap": gap,
        "lo": formats.fixed(result.lead.lo), "hi": formats.fixed(result.lead.hi),
    }  # fmt: skip
    if result.lead.lo <= 0:
        return say("{strategy} ({total}) and {second} cannot be told apart: ahead by {gap} ({lo} "
                   "to {hi}).", **values)  # fmt: skip
    return say("{strategy} is most attractive ({total}), ahead by {gap} ({lo} to {hi}).", **values)


def tows_table(result: Tows, lang: str) -> pd.DataFrame:
    """Strategies, best first."""
    columns = ["strategy", "kind", "score", "lo", "hi", "p_first", "factors"]
    return shown(result.frame, columns, lang)


def tows_matrix(result: Tows) -> pd.DataFrame:
    """The matrix, a line for each strategy of a cell, best first.

    Returns:
        ``outside`` (``O`` or ``T``), ``use_strength, mend_weakness`` (strategies; empty where a
        cell has no more).
    """
    cells = result.matrix
    rows = [
        (outside, *pair)
        for outside in ("O", "T")
        for pair in zip_longest(cells[f"S{outside}"], cells[f"W{outside}"], fillvalue="")
    ]
    empty = [(outside, "", "") for outside in ("O", "T") if outside not in {r[0] for r in rows}]
    columns = ["outside", "use_strength", "mend_weakness"]
    frame = pd.DataFrame(rows + empty, columns=columns, dtype="str")
    return frame.sort_values("outside", kind="stable", ignore_index=True)


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


def nearest_end(row: pd.Series) -> tuple[bool, dict[str, str]]:
    """Whether the nearer end of a weight's range is the lower one, and what stands there."""
    low = bool(row["below"]) and (
        not row["above"] or row["weight"] - row["lo"] <= row["hi"] - row["weight"]
    )
    now, there = apart(row["weight"], row["lo"] if low else row["hi"])
    other = str(row["below"] if low else row["above"])
    return low, {"item": str(row["item"]), "weight": now, "there": there, "other": other}


def tows_sentence(result: Tows, lang: str) -> str:
    """The first, how sure, and the likeliest turn."""
    say = translator(lang)
    row = result.frame.iloc[0]
    if len(result.level) > 1:
        parts = [say("{strategies} are level.", strategies=listed(result.level, lang))]
    elif result.why:
        parts = [say("{strategy} comes first; how sure is unknown: {why}.",
                     strategy=row["strategy"], why=reason(result.why, say))]  # fmt: skip
    else:
        parts = [say("The average opinion of such people puts {strategy} first with probability "
                     "{p}.", strategy=row["strategy"], p=chance(row["p_first"]))]  # fmt: skip
    if len(result.turns):
        low, values = nearest_end(result.turns.iloc[0])
        said = (
            say("{other} would lead if {item} weighed less than {there} (now {weight}).", **values)
            if low
            else say("{other} would lead if {item} weighed more than {there} (now {weight}).",
                     **values)
        )  # fmt: skip
        parts.append(said)
    else:
        parts.append(say("No change of one weight turns the order."))
    if len(result.orphans):
        parts.append(say("{n} orphans are listed.", n=len(result.orphans)))
    return joined(parts, lang)
