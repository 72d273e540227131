"""``load_panel``: a team's SWOT from its workbook or its tables, checked, for the room of SWOT.

A workbook with a sheet ``judgments`` is read sheet by sheet (``factors, judgments, ratings,
strategies``, and ``competitors, partners, prices`` where there are such). Otherwise every table is
named by its own parameter; what is not named is the shipped plan's if the judgments are, and left
out if they are not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.base.language import translator
from analysis.base.schema import TableSchema
from analysis.data.mapping import Mapping, load_mapping
from analysis.data.opening import Opened
from analysis.data.panel_checks import (
    check_attractive,
    check_judged,
    check_judgments,
    check_links,
    check_names,
)
from analysis.data.panel_names import named_answers
from analysis.data.panel_others import Scores, competitor_scores, daily_prices, partner_scores
from analysis.data.panel_tables import Sheet, is_filled, read_sheet, sheet_names
from analysis.swot import tables
from analysis.swot.answers import Answers
from analysis.swot.group import TOP
from analysis.swot.naming import Names
from analysis.swot.tables import ATTRACTIVE, BEST, PAIRWISE, RATING, WORST

SHIPPED = "plan.swot_judgments"
GUIDE = "read me"
"""Sheet of the template that explains the others."""
OTHERS = {
    "factors": "plan.swot_kpis", "strategies": "plan.swot_strategies",
    "competitors": "plan.swot_competitors", "partners": "plan.swot_partners",
    "prices": "plan.swot_prices",
}  # fmt: skip
SCHEMAS: dict[str, TableSchema] = {
    "factors": tables.FACTORS, "judgments": tables.JUDGMENTS, "ratings": tables.RATINGS,
    "strategies": tables.STRATEGIES, "competitors": tables.COMPETITORS,
    "partners": tables.PARTNERS, "prices": tables.PRICES,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class TeamPanel:
    """A team's SWOT, ready to be scored.

    Attributes:
        answers: Judgments, factors and strategies under the names a reader sees.
        competitors: Scores of rivals; None if there are none.
        partners: Scores of partners; None if there are none.
        prices: Rivals' prices day by day; None if there are none.
        opened: The judgments' table.
        parts: Name → other tables that the answers came from.
        empty: Judgments that were left blank.
        unread: Visible sheets of the workbook that are no table of a panel.
        names: Identifiers and names of everything, in both languages.
    """

    answers: Answers
    competitors: Scores | None
    partners: Scores | None
    prices: Scores | None
    opened: Opened
    parts: dict[str, Opened]
    empty: int
    unread: tuple[str, ...]
    names: Names

    def describe(self, lang: str) -> tuple[str, str, str, Sequence[tuple[str, str]]]:
        """Return title, nature, nature in words, and pairs of label and text for a data card."""
        say = translator(lang)
        title, nature, words, facts = self.opened.describe(lang)
        raters = list(dict.fromkeys(self.answers.judgments["rater"]))
        counts = [
            (say("Raters"), str(len(raters))),
            (say("Factors"), str(len(self.answers.factors))),
            (say("Strategies"), str(len(self.answers.strategies))),
        ]
        if self.empty:
            counts.append((say("Judgments left blank"), str(self.empty)))
        comma = "、" if lang == "zh" else ", "
        compared = self.answers.judgments["kind"].isin((PAIRWISE, BEST, WORST))
        own = set(self.answers.judgments.loc[compared, "rater"])
        if others := [rater for rater in raters if rater not in own]:
            counts.append((say("Raters without comparisons"), comma.join(others)))
        if self.unread:
            counts.append((say("Sheets not read"), comma.join(self.unread)))
        named = {"factors": say("Factors"), "strategies": say("Strategies"),
                 "ratings": say("Ratings")}  # fmt: skip
        parts = [
            (say("Table of {what}", what=named[part].lower()), f"{one[0]} — {one[2]}")
            for part, opened in self.parts.items()
            for one in [opened.describe(lang)]
        ]
        return title, nature, words, [*facts, *counts, *parts]


def load_panel(
    data: str | Path,
    *,
    mapping: str | Path = "",
    factors: str | Path = "",
    strategies: str | Path = "",
    competitors: str | Path = "",
    partners: str | Path = "",
    prices: str | Path = "",
    lang: str = "en",
) -> TeamPanel:
    """Read and check everything that a panel said.

    Args:
        data: Judgments, or a workbook with all tables; see the module's text.
        mapping: Path of a ``mapping.toml`` that names the columns of the judgments; empty for none.
        factors: Factors; without such a table they are those of the judgments' column ``group``.
        strategies: Candidate strategies.
        competitors: Scores of rivals.
        partners: Scores of partners.
        prices: Rivals' prices day by day.
        lang: Language of the names.

    Raises:
        InputError: If a table cannot be read.
        InputProblems: If anything in one is wrong, with rows.
    """
    found = _Tables(str(data), load_mapping(mapping).row_by_row() if mapping else None, {
        "factors": str(factors), "strategies": str(strategies), "competitors": str(competitors),
        "partners": str(partners), "prices": str(prices),
    })  # fmt: skip
    judged = _of_pairs(found.read("judgments"))
    listed = found.optional("factors")
    plans = found.optional("strategies")
    rated = found.optional("ratings")
    if listed is not None:
        check_names(listed, "factor")
    groups = _groups(judged, listed)
    names = list(dict.fromkeys(plans.frame["strategy"])) if plans is not None else []
    if plans is not None:
        check_names(plans, "strategy")
        check_links(plans, groups)
    check_judgments(judged, groups, names)
    check_attractive(judged)
    frame, blank = _filled(judged.frame)
    if rated is not None:
        ratings = _as_judgments(rated)
        check_judgments(ratings, groups, names)
        check_attractive(ratings)
        more, left = _filled(ratings.frame)
        frame, blank = pd.concat([frame, more], ignore_index=True), blank + left
    check_judged(judged.source, frame, groups)
    frame["group"] = [groups.get(left, TOP) for left in frame["left"]]
    answers, names_of = named_answers(frame, groups, listed, plans, lang, judged.source)
    scored = {name: found.optional(name) for name in ("competitors", "partners", "prices")}
    rivals, friends, days = scored.values()
    others = (
        competitor_scores(rivals, lang) if rivals is not None else None,
        partner_scores(friends, lang) if friends is not None else None,
        daily_prices(days, lang) if days is not None else None,
    )
    for scores in others:
        for kind, names_there in (scores.names if scores else {}).items():
            names_of[kind] = {**names_there, **names_of.get(kind, {})}
    parts = {"factors": listed, "strategies": plans, "ratings": rated}
    return TeamPanel(
        answers=answers,
        competitors=others[0],
        partners=others[1],
        prices=others[2],
        opened=judged.opened,
        parts={name: sheet.opened for name, sheet in parts.items() if sheet is not None},
        empty=blank,
        unread=found.unread(),
        names=Names(names_of),
    )


@dataclass(frozen=True, slots=True)
class _Tables:
    """Where each table is: named by a parameter, a sheet of the workbook, or shipped."""

    data: str
    mapping: Mapping | None
    named: dict[str, str]

    def read(self, table: str) -> Sheet:
        sheets = self._tables()
        if not (self.mapping and self.mapping.sheet) and table not in sheets:
            # One sheet alone is the judgments, whatever its name.
            visible = sheet_names(self.data)
            if len(visible) > 1:
                shown = ", ".join(map(repr, visible))
                raise InputError(f"{self.data}: found no visible sheet {table!r} among {shown}, "
                                 f"expected one, or mapping= that names it")  # fmt: skip
        sheet = sheets.get(table, "")
        return read_sheet(self.data, SCHEMAS[table], mapping=self.mapping, sheet=sheet)

    def optional(self, table: str) -> Sheet | None:
        """A table that may be missing."""
        if self.named.get(table):
            return read_sheet(self.named[table], SCHEMAS[table])
        if self.data == SHIPPED and table in OTHERS:
            return read_sheet(OTHERS[table], SCHEMAS[table])
        own = self._tables()
        sheet = own.get(table, "")
        if "judgments" in own and sheet and (table == "factors" or is_filled(self.data, sheet)):
            return read_sheet(self.data, SCHEMAS[table], sheet=sheet)
        return None

    def unread(self) -> tuple[str, ...]:
        """Visible sheets beside the judgments that are no table; the form's guide is none."""
        own = self._tables()
        if "judgments" not in own:
            return ()
        known = {*own.values(), GUIDE}
        return tuple(name for name in sheet_names(self.data) if name not in known)

    def _tables(self) -> dict[str, str]:
        """Table → sheet of that name; capitals and spaces around it do not matter."""
        named = {name.strip().lower(): name for name in reversed(sheet_names(self.data))}
        return {table: named[table] for table in SCHEMAS if table in named}


def _of_pairs(sheet: Sheet) -> Sheet:
    """Rows without a kind compare two."""
    kind = sheet.frame["kind"]
    return dataclasses.replace(
        sheet, frame=sheet.frame.assign(kind=kind.mask(kind == "", PAIRWISE))
    )


def _filled(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Rows with a value, and how many had none."""
    given = frame["value"].notna()
    columns = ["rater", "kind", "group", "left", "right", "value"]
    return frame.loc[given, columns].reset_index(drop=True), int((~given).sum())


def _as_judgments(sheet: Sheet) -> Sheet:
    """Ratings of factors, and of strategies under factors, as rows of judgments."""
    given = sheet.frame
    frame = pd.DataFrame(
        {
            "rater": given["rater"],
            "kind": [ATTRACTIVE if strategy else RATING for strategy in given["strategy"]],
            "group": "",
            "left": given["factor"],
            "right": given["strategy"],
            "value": given["value"],
        }
    )
    labels = {**sheet.labels, "left": "factor", "right": "strategy"}
    return dataclasses.replace(sheet, frame=frame, labels=labels)


def _groups(judged: Sheet, listed: Sheet | None) -> dict[str, str]:
    """Factor → group, by the table of factors or by the judgments themselves."""
    if listed is not None:
        return dict(zip(listed.frame["factor"], listed.frame["group"], strict=True))
    if (judged.frame["group"] == "").all():
        expected = "S, W, O or T, or a table of factors (factors_data=)"
        raise InputProblems(judged.source, [Problem("nothing", expected, None, "group")])
    groups: dict[str, str] = {}
    problems = []
    for place, row in enumerate(judged.frame.to_dict("records")):
        if row["group"] == TOP or {row["left"], row["right"]} & set(tables.GROUPS):
            continue
        names = (
            (row["left"],) if row["kind"] in (RATING, ATTRACTIVE) else (row["left"], row["right"])
        )
        for name in filter(None, names):
            if not row["group"]:
                expected = "S, W, O or T, since no table of factors is given (factors_data=)"
                problems.append(judged.problem(place, "group", "nothing", expected))
                break
            elif groups.setdefault(name, row["group"]) != row["group"]:
                found = f"{row['group']!r} for {name}"
                expected = f"{groups[name]!r}, as in a row above"
                problems.append(judged.problem(place, "group", found, expected))
    if not problems and len(set(groups.values())) < 2:
        found = f"factors of {', '.join(set(groups.values())) or 'no group'} alone"
        expected = "factors of two or more of S, W, O and T, and rows of SWOT that compare these"
        problems.append(Problem(found, expected, None, "group"))
    if problems:
        raise InputProblems(judged.source, problems)
    return groups
