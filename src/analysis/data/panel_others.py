"""What a panel scored beyond its own SWOT: rivals, partners, and rivals' prices day by day."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from analysis.base.errors import InputProblems, Problem
from analysis.data.opening import Opened
from analysis.data.panel_tables import Sheet
from analysis.swot.naming import Name


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """A checked table under the names a reader sees, and what its data card shows.

    Attributes:
        frame: Rows.
        opened: Where they come from.
        weights: Attribute → weight, of partners; equal ones where none are given.
        overlap: One row a partner, ``partner, users, shared``; empty where nobody was asked.
        names: Column → name in ``frame`` → all its names.
        source: Where the rows come from, for messages.
    """

    frame: pd.DataFrame
    opened: Opened
    weights: dict[str, float]
    overlap: pd.DataFrame
    names: dict[str, dict[str, Name]]
    source: str


def competitor_scores(sheet: Sheet, lang: str) -> Scores:
    """Scores of rivals.

    Raises:
        InputProblems: If a score is missing.
    """
    _refuse(sheet, list(_gaps(sheet.frame, "competitor")))
    frame, names = _named(sheet, ("competitor", "attribute"), lang)
    return Scores(frame, sheet.opened, {}, pd.DataFrame(), names, sheet.source)


def partner_scores(sheet: Sheet, lang: str) -> Scores:
    """Scores of partners, weights of the attributes, and users shared.

    Raises:
        InputProblems: If a score is missing, or a weight or a count differs between its rows.
    """
    frame = sheet.frame
    problems = [
        *_gaps(frame, "partner"),
        *_differing(sheet, "attribute", "weight"),
        *_differing(sheet, "partner", "users"),
        *_differing(sheet, "partner", "shared"),
    ]
    problems += [
        sheet.problem(place, "shared", f"{shared:g} of {users:g} users", "no more than users")
        for place, (users, shared) in enumerate(zip(frame["users"], frame["shared"], strict=True))
        if pd.notna(users) and pd.notna(shared) and shared > users
    ]
    given = frame["weight"].notna()
    if given.any() and (not given.all() or not float(frame["weight"].fillna(0.0).sum())):
        problems.append(Problem("weights of some attributes only, or all 0",
                                "a weight in every row, some above 0", None, "weight"))  # fmt: skip
    _refuse(sheet, problems)
    named, names = _named(sheet, ("partner", "attribute"), lang)
    first = named.drop_duplicates("attribute")
    weights = {
        str(name): float(weight) if given.any() else 1.0
        for name, weight in zip(first["attribute"], first["weight"], strict=True)
    }
    asked = named.drop_duplicates("partner")[["partner", "users", "shared"]].dropna()
    asked = asked[asked["users"].astype(float) > 0].reset_index(drop=True)
    return Scores(named, sheet.opened, weights, asked, names, sheet.source)


def daily_prices(sheet: Sheet, lang: str) -> Scores:
    """Prices and reviews of rivals, day by day.

    Raises:
        InputProblems: If a price is not above 0 or negative reviews exceed the reviews.
    """
    frame = sheet.frame
    problems = [
        sheet.problem(place, "price", f"{price:g}", "a number above 0")
        for place, price in enumerate(frame["price"])
        if not price > 0
    ]
    problems += [
        sheet.problem(place, "negative", f"{bad:g} of {reviews:g} reviews", "no more than reviews")
        for place, (bad, reviews) in enumerate(
            zip(frame["negative"], frame["reviews"], strict=True)
        )
        if pd.notna(bad) and pd.notna(reviews) and bad > reviews
    ]
    _refuse(sheet, problems)
    named, names = _named(sheet, ("rival",), lang)
    return Scores(named, sheet.opened, {}, pd.DataFrame(), names, sheet.source)


def _named(
    sheet: Sheet, columns: tuple[str, ...], lang: str
) -> tuple[pd.DataFrame, dict[str, dict[str, Name]]]:
    """The rows under the names of a language, and all names; no two are alike."""
    frame, known = sheet.frame, {}
    problems = []
    for column in columns:
        own = frame[f"{column}_zh"]
        # A Chinese name that stands in one row holds for all rows of its thing.
        first = own.where(own != "").groupby(frame[column], sort=False).transform("first")
        chinese = first.fillna(frame[column])
        shown = chinese if lang == "zh" else frame[column]
        names: dict[str, Name] = {}
        for place, row in enumerate(zip(shown, frame[column], chinese, strict=True)):
            label, identifier, other = map(str, row)
            name = names.setdefault(label, Name(identifier, identifier, other))
            if name.id != identifier:
                found = f"{label!r} as the name of {name.id} and {identifier}"
                problems.append(sheet.problem(place, f"{column}_zh", found, "names that differ"))
        known[column] = names
        frame = frame.assign(**{column: shown})
    _refuse(sheet, problems)
    return frame, known


def _gaps(frame: pd.DataFrame, item: str) -> Iterator[Problem]:
    """Scores that are missing: everyone scores everything."""
    columns = ["rater", item, "attribute"]
    there = set(frame[columns].itertuples(index=False, name=None))
    levels = [list(dict.fromkeys(frame[name])) for name in columns]
    for rater, name, attribute in itertools.product(*levels):
        if (rater, name, attribute) not in there:
            expected = "one of every rater for each attribute"
            yield Problem(f"no score by {rater} of {name} on {attribute}", expected)


def _differing(sheet: Sheet, by: str, column: str) -> Iterator[Problem]:
    """A value that belongs to a name and differs between its rows."""
    first: dict[str, float] = {}
    for place, (name, value) in enumerate(zip(sheet.frame[by], sheet.frame[column], strict=True)):
        if pd.notna(value) and first.setdefault(str(name), float(value)) != float(value):
            expected = f"{first[str(name)]:g}, as in a row above"
            yield sheet.problem(place, column, f"{value:g} for {name}", expected)


def _refuse(sheet: Sheet, problems: list[Problem]) -> None:
    if problems:
        raise InputProblems(sheet.source, problems)
