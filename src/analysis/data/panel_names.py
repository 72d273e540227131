"""A panel's answers under the names that a reader of one language sees."""

from __future__ import annotations

import pandas as pd

from analysis.base.errors import InputProblems
from analysis.data.panel_tables import Sheet
from analysis.swot.answers import Answers
from analysis.swot.naming import Name
from analysis.swot.tables import ATTRACTIVE


def named_answers(
    frame: pd.DataFrame, groups: dict[str, str], listed: Sheet | None, plans: Sheet | None,
    lang: str,
    source: str,
) -> tuple[Answers, dict[str, dict[str, Name]]]:  # fmt: skip
    """Everything under the names of a language.

    Args:
        frame: Judgments by identifier: ``rater, kind, group, left, right, value``.
        groups: Factor → group.
        listed: Table of factors; None if the judgments name them.
        plans: Table of strategies; None if there is none.
        lang: Language of the names.
        source: Where the judgments come from.

    Returns:
        The answers, and ``factor`` and ``strategy`` → name in them → all its names.

    Raises:
        InputProblems: If two factors, or two strategies, would have one name.
    """
    if listed is None:
        factors = pd.DataFrame({"factor": list(groups), "group": list(groups.values())})
        factors["kpi"] = ""
        names = {name: name for name in groups}
        known = {}
    else:
        own = _labels(listed, "factor", lang)
        names = dict(zip(listed.frame["factor"], own, strict=True))
        known = {"factor": _all_names(listed, "factor", own)}
        factors = pd.DataFrame(
            {"factor": own, "group": list(listed.frame["group"]), "kpi": _kpis(listed.frame, lang)}
        )
    strategies, links, called = _strategies(plans, names, lang)
    if plans is not None:
        known["strategy"] = _all_names(plans, "strategy", _labels(plans, "strategy", lang))
    # A strategy may have the identifier of a factor: which it is, the kind of judgment says.
    rows = zip(frame["kind"], frame["right"], strict=True)
    renamed = frame.assign(
        left=[names.get(name, name) for name in frame["left"]],
        right=[(called if kind == ATTRACTIVE else names).get(name, name) for kind, name in rows],
    )
    return Answers(renamed, factors, strategies, links, source), known


def _all_names(sheet: Sheet, column: str, shown: list[str]) -> dict[str, Name]:
    """Name that is shown → the identifier and the names of both languages."""
    both = (_spelled(sheet, column, "en"), _spelled(sheet, column, "zh"))
    rows = zip(shown, sheet.frame[column], *both, strict=True)
    return {name: Name(str(key), en, zh) for name, key, en, zh in rows}


def _strategies(
    plans: Sheet | None, factors: dict[str, str], lang: str
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """One row a strategy, one row a link, and the strategies' names."""
    if plans is None:
        return (
            pd.DataFrame(columns=["strategy", "kind", "kpi", "line"]),
            pd.DataFrame(columns=["strategy", "factor", "strength"]), {},
        )  # fmt: skip
    frame = plans.frame.assign(name=_labels(plans, "strategy", lang), own=_kpis(plans.frame, lang))
    called = {key: _first(rows["name"]) for key, rows in frame.groupby("strategy", sort=False)}
    each = [
        (called[key], _first(rows["kind"]), _first(rows["own"]), _first(rows["line"]))
        for key, rows in frame.groupby("strategy", sort=False)
    ]
    # A degree of 0 is no link; a blank one is a whole one.
    strength = frame["coverage"].astype(float).fillna(1.0)
    kept = (frame["factor"] != "") & (strength > 0)
    links = pd.DataFrame(
        {
            "strategy": [called[key] for key in frame.loc[kept, "strategy"]],
            "factor": [factors[name] for name in frame.loc[kept, "factor"]],
            "strength": strength[kept].to_numpy(),
        }
    )
    table = pd.DataFrame(each, columns=["strategy", "kind", "kpi", "line"])
    return table, links, {str(key): name for key, name in called.items()}


def _first(texts: pd.Series) -> str:
    """The first text that is there; empty if none is."""
    return next((str(text) for text in texts if text), "")


def _labels(sheet: Sheet, column: str, lang: str) -> list[str]:
    """Names of a language; no two alike."""
    labels = _spelled(sheet, column, lang)
    owner: dict[str, str] = {}
    problems = [
        sheet.problem(place, column, f"{label!r} as the name of {owner[label]} and {identifier}",
                      "names that differ")
        for place, (identifier, label) in enumerate(zip(sheet.frame[column], labels, strict=True))
        if owner.setdefault(label, identifier) != identifier
    ]  # fmt: skip
    if problems:
        raise InputProblems(sheet.source, problems)
    return labels


def _spelled(sheet: Sheet, column: str, lang: str) -> list[str]:
    """Names of a language, the identifier where there is none."""
    frame = sheet.frame
    own = frame["name_zh" if lang == "zh" else "name_en"]
    spare = frame["name_en"].where(frame["name_en"] != "", frame[column])
    labels = own.where(own != "", spare)
    # A strategy may name itself in its first row only.
    filled = pd.DataFrame({"id": frame[column], "own": own.where(own != "")})
    labels = filled.groupby("id", sort=False)["own"].transform("first").fillna(labels)
    return [str(label) for label in labels]


def _kpis(frame: pd.DataFrame, lang: str) -> list[str]:
    """KPIs in a language, else in any."""
    order = ("kpi_zh", "kpi", "kpi_en") if lang == "zh" else ("kpi_en", "kpi", "kpi_zh")
    return [_first(pd.Series(row)) for row in frame[list(order)].itertuples(index=False)]
