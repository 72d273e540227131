"""What may be wrong with a panel's answers, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.data.panel_tables import Sheet
from analysis.swot import tables
from analysis.swot.group import TOP
from analysis.swot.judgments import RECIPROCAL, from_pairs
from analysis.swot.tables import ATTRACTIVE, BEST, PAIRWISE, RATING, WORST

COMPARED = (PAIRWISE, BEST, WORST)
MOST, ROUNDING = 9, 1.011
"""End of Saaty's scale, and how far beyond it a rounded value may be: a ninth is written 0.11."""


def check_names(sheet: Sheet, column: str) -> None:
    """Refuse names that cannot stand in a pair.

    Raises:
        InputProblems: If a name holds a bar or is that of a group.
    """
    problems = [
        sheet.problem(place, own, repr(name), "a name without | that is not S, W, O, T or SWOT")
        for own in (column, "name_en", "name_zh")
        for place, name in enumerate(sheet.frame[own])
        if "|" in name or name in (TOP, *tables.GROUPS)
    ]
    _refuse(sheet, problems)


def check_judgments(sheet: Sheet, groups: dict[str, str], strategies: list[str]) -> None:
    """Refuse judgments that name nothing, are out of range, stand twice or contradict their twin.

    Args:
        sheet: Rows of ``rater, kind, group, left, right, value``.
        groups: Factor → group.
        strategies: Strategies; empty if none were given: then any name is one.

    Raises:
        InputProblems: With all findings.
    """
    problems: list[Problem] = []
    seen: dict[tuple[str, ...], tuple[int, float]] = {}
    rows = sheet.frame[["rater", "kind", "group", "left", "right", "value"]]
    for place, row in enumerate(rows.itertuples(index=False)):
        record = dict(zip(rows.columns, map(_plain, row), strict=True))
        found = list(_of_row(sheet, place, record, groups, strategies))
        blank = math.isnan(float(str(record["value"])))
        problems += found or ([] if blank else _twins(sheet, place, record, seen))
    _refuse(sheet, problems)


def check_judged(source: str, frame: pd.DataFrame, groups: dict[str, str]) -> None:
    """Refuse judgments that leave a factor out or do not tie a set together.

    Args:
        source: Name for messages.
        frame: Rows with a value.
        groups: Factor → group.

    Raises:
        InputProblems: With all findings.
    """
    twice = frame[frame.duplicated(["rater", "kind", "left", "right"])]
    problems = [
        Problem(f"{row['left']} {row['right']}".strip() + f" by rater {row['rater']} in two sheets",
                "each judgment of a rater once")
        for row in twice.to_dict("records")
    ]  # fmt: skip
    for check in (_unjudged, _untied):
        problems = problems or list(check(frame, groups))
    if problems:
        raise InputProblems(source, problems)


def check_attractive(sheet: Sheet) -> None:
    """Refuse attractiveness under a factor, by one rater, of some strategies only.

    Raises:
        InputProblems: With all findings; the row is the empty one, or else the rater's first.
    """
    rows = sheet.frame.assign(place=range(len(sheet.frame)))
    rows = rows[rows["kind"] == ATTRACTIVE]
    strategies = list(dict.fromkeys(rows.loc[rows["value"].notna(), "right"]))
    problems = []
    for (rater, factor), own in rows.groupby(["rater", "left"], sort=False):
        there = own[own["value"].notna()]
        for strategy in strategies if len(there) else ():
            if strategy not in set(there["right"]):
                empty = own.loc[own["right"] == strategy, "place"]
                place = int(empty.iloc[0] if len(empty) else own["place"].iloc[0])
                found = f"no attractiveness of {strategy} under {factor} by rater {rater}"
                expected = "one of every strategy under a factor, or of none"
                problems.append(sheet.problem(place, "value", found, expected))
    _refuse(sheet, problems)


def _untied(frame: pd.DataFrame, groups: dict[str, str]) -> Iterator[Problem]:
    """Sets that a rater left out, or in which nothing ties two parts together."""
    rows = frame[frame["kind"] == PAIRWISE]
    raters = list(dict.fromkeys(rows["rater"]))
    letters = list(dict.fromkeys(groups.values()))
    sets = {TOP: letters} if len(letters) > 1 else {}
    sets |= {one: [name for name, own in groups.items() if own == one] for one in letters}
    for where, items in sets.items():
        for rater in raters if len(items) > 1 else ():
            own = rows[(rows["rater"] == rater) & rows["left"].isin(items)]
            pairs = {
                f"{left}|{right}": value
                for left, right, value in zip(own["left"], own["right"], own["value"], strict=True)
            }
            if not pairs:
                expected = "at least one, of every rater in every set"
                yield Problem(f"no judgments by rater {rater} in {where}", expected)
                continue
            try:
                from_pairs(pairs, items)
            except InputError as error:
                found = str(error).removeprefix("judgments: found ").split(", expected ")[0]
                yield Problem(f"{found} (rater {rater}, {where})", "a judgment that ties them")


def _plain(value: object) -> object:
    return float(value) if isinstance(value, int | float) else str(value)


def _of_row(
    sheet: Sheet, place: int, row: dict[str, object], groups: dict[str, str], strategies: list[str]
) -> Iterator[Problem]:
    """Names and numbers of one row."""
    kind, left, right, value = (row[name] for name in ("kind", "left", "right", "value"))
    compared = kind in COMPARED
    for column, name in (("left", left), ("right", right)):
        if column == "right" and not compared:
            continue
        if "|" in str(name):
            yield sheet.problem(place, column, repr(name), "a name without |")
            return
        known = (*groups, *(tables.GROUPS if compared else ()))
        if name not in known:
            shown = "nothing" if not name else repr(name)
            hint = nearest(str(name), [*groups] if compared else known)
            yield sheet.problem(place, column, shown, f"a factor or S, W, O, T; {hint}"
                                if compared else f"a factor; {hint}")  # fmt: skip
            return
    if kind == ATTRACTIVE and (right not in strategies if strategies else not right):
        hint = nearest(str(right), strategies)
        yield sheet.problem(place, "right", repr(right) if right else "nothing",
                            f"a strategy; {hint}")  # fmt: skip
    if kind == RATING and right:
        yield sheet.problem(place, "right", repr(right), "nothing, since a rating has one factor")
    yield from _group_of_row(sheet, place, row, groups)
    yield from _value_of_row(sheet, place, str(kind), float(str(value)))
    if compared and left == right:
        yield sheet.problem(place, "right", f"{right!r} against itself", "another factor or group")


def _value_of_row(sheet: Sheet, place: int, kind: str, value: float) -> Iterator[Problem]:
    """A number of its kind; a blank one is a judgment not given."""
    if kind == PAIRWISE:
        fits = 1 / (MOST * ROUNDING) <= value <= MOST * ROUNDING
        words = "a number above 0 on Saaty's scale, 1/9 to 9"
    elif kind in COMPARED:
        fits, words = 1 <= value <= MOST * ROUNDING, "a number of at least 1, at most 9"
    else:
        fits, words = 1 <= value <= 4, "a number from 1 to 4"
    if not (fits or math.isnan(value)):
        yield sheet.problem(place, "value", f"{value:g}", words)


def _group_of_row(
    sheet: Sheet, place: int, row: dict[str, object], groups: dict[str, str]
) -> Iterator[Problem]:
    """Both sides of one set, and the set that the row names."""
    left, right = str(row["left"]), str(row["right"])
    own = groups.get(left, TOP)
    if row["kind"] in COMPARED:
        other = groups.get(right, TOP)
        if own != other:
            expected = f"two groups, or two factors of one group ({left} is in {own})"
            yield sheet.problem(place, "right", f"{right!r} of {other}", expected)
            return
    if row["group"] and row["group"] != own:
        yield sheet.problem(place, "group", repr(row["group"]), f"{own!r}, the group of {left}")


def _twins(
    sheet: Sheet, place: int, row: dict[str, object],
    seen: dict[tuple[str, ...], tuple[int, float]],
) -> list[Problem]:  # fmt: skip
    """The same judgment again, or the opposite one that is not its reciprocal."""
    rater, kind, left, right = (str(row[name]) for name in ("rater", "kind", "left", "right"))
    value = float(str(row["value"]))
    first = seen.setdefault((rater, kind, left, right), (place, value))
    if first[0] != place:
        what = f"{left} : {right} again" if right else f"{left} again"
        found = f"{what} by rater {rater}, as in row {sheet.rows[first[0]]}"
        return [sheet.problem(place, "left", found, "each judgment of a rater once")]
    back = seen.get((rater, kind, right, left)) if kind == PAIRWISE and left != right else None
    if back is not None and abs(back[1] * value - 1) > RECIPROCAL:
        found = (
            f"{left} : {right} = {value:g} beside {right} : {left} = {back[1]:g} in row "
            f"{sheet.rows[back[0]]} by rater {rater}"
        )
        return [sheet.problem(place, "value", found, f"{1 / back[1]:.4g}, its reciprocal")]
    return []


def _unjudged(frame: pd.DataFrame, groups: dict[str, str]) -> Iterator[Problem]:
    """Factors and groups that no judgment ties to the others."""
    rows = frame[frame["kind"].isin(COMPARED)]
    named = set(rows["left"]) | set(rows["right"])
    letters = list(dict.fromkeys(groups.values()))
    for letter in letters:
        own = [name for name, group in groups.items() if group == letter]
        if letter not in named and len(letters) > 1:
            yield Problem(f"no judgment of the group {letter}", "one that compares it with another")
        for name in own if len(own) > 1 else ():
            if name not in named:
                expected = f"one that compares it with another factor of {letter}"
                yield Problem(f"no judgment of the factor {name!r}", expected)


def check_links(sheet: Sheet, groups: dict[str, str]) -> None:
    """Refuse strategies that name unknown factors, one factor twice, or two kinds.

    Raises:
        InputProblems: With all findings.
    """
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    said: dict[tuple[str, str], str] = {}
    frame = sheet.frame
    if (frame["factor"] == "").all():
        found = "no factor that any strategy takes up"
        problems.append(Problem(found, "at least one", None, sheet.labels.get("factor", "factor")))
    for place, (strategy, factor) in enumerate(
        zip(frame["strategy"], frame["factor"], strict=True)
    ):
        if factor and factor not in groups:
            found = nearest(factor, groups)
            problems.append(sheet.problem(place, "factor", repr(factor), f"a factor; {found}"))
        elif factor and (strategy, factor) in seen:
            again = f"{strategy} on {factor} again, as in row {sheet.rows[seen[strategy, factor]]}"
            problems.append(sheet.problem(place, "factor", again, "each factor once"))
        seen.setdefault((strategy, factor), place)
        for column in ("kind", "name_en", "name_zh", "line"):
            value = str(frame[column].iloc[place])
            first = said.setdefault((strategy, column), value) if value else ""
            if value and first != value:
                found = f"{value!r} of {strategy}"
                problems.append(
                    sheet.problem(place, column, found, f"{first!r}, as in a row above")
                )
    _refuse(sheet, problems)


def _refuse(sheet: Sheet, problems: list[Problem]) -> None:
    if problems:
        raise InputProblems(sheet.source, problems)
