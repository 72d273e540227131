"""What a plan's tables must hold before any rule looks at them.

Few columns are asked for: a plan written by others has some tables, some columns and gaps. What
is asked is what a figure needs to be one: an id that stands once, a number that is a number, and
the unit it is counted in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.base.errors import Problem

NO_FACTS = ("derived_checks", "units")
"""Tables of the format that hold no figures: answers, which are never read, and units."""

_VALUED = ("unit", "value")
NEEDED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("budget_split", "channels_content", "coupons", "extra_facts", "market", "member_rules",
         "operations", "price_tiers", "referral", "survey", "thresholds"),
        _VALUED,
    ),
    "claims": ("metric_key", *_VALUED),
    **dict.fromkeys(("competitors", "member_tiers", "milestones", "phases", "risk_register",
                     "supplier_tiers"), ()),
    "effects": ("unit",), "kpi_table": ("unit", "target"),
    "personas": ("share",),
    "swot_factors": ("category",), "targets_actuals": ("unit",), "team": ("headcount",),
}  # fmt: skip
"""Table of the format → columns it cannot do without, beside ``fact_id`` and a name."""

NAMES = ("name_en", "name_zh")
ROLES: Mapping[str, tuple[str, ...]] = {
    "value": ("unit",), "baseline": ("unit",), "target": ("goal_unit", "unit"),
    "actual": ("unit",), "delta": ("delta_unit", "unit"), "before": ("unit",), "after": ("unit",),
    "sales": ("sales_unit",), "growth": ("growth_unit",), "share": ("share_unit", "unit"),
    "impact_value": ("impact_unit",), "limit_value": ("limit_unit",),
    "response_value": ("response_unit",), "headcount": ("unit",), "min_spend": (),
}  # fmt: skip
"""Column of numbers → columns that may hold its unit."""


_NUMBERS = (*ROLES, "value_max", "delta_max", "age_min", "age_max")


PLACEHOLDER = re.compile(
    r"\b20\dX\b|\b20XX\b|\bX+\b|\bTBD\b|\bTBC\b|待定|not given|\?\?", re.IGNORECASE
)
"""What stands for a number or a date that nobody has yet: a finding, not a mistake in the file."""


def number(text: str) -> float | None:
    """A cell as a number; None if it is none."""
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def cell(value: object) -> str:
    """A cell as it was printed; "" if it is missing."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def holds_facts(name: str, frame: pd.DataFrame) -> bool:
    """Whether a table is one of figures: one of the format, or any other with a ``fact_id``."""
    return name not in NO_FACTS and (name in NEEDED or "fact_id" in frame.columns)


def problems_of(name: str, frame: pd.DataFrame, rows: Sequence[int] | None = None) -> list[Problem]:
    """What is wrong with a table of figures.

    Args:
        name: Its name, without suffix.
        frame: Its cells, as text or as numbers.
        rows: Row number of each, as a spreadsheet shows it; from 2 on if None.
    """
    columns = [str(each) for each in frame.columns]
    missing = [each for each in ("fact_id", *NEEDED.get(name, ())) if each not in columns]
    problems = [
        Problem(f"no column {each!r}", f"one of that name; the table has {', '.join(columns)}")
        for each in missing
    ]
    if not any(each in columns for each in NAMES):
        problems.append(Problem("no column of names", "name_en or name_zh"))
    if missing:
        return problems
    places = list(range(2, len(frame) + 2)) if rows is None else list(rows)
    return [*problems, *_cells(name, frame, places)]


def _cells(name: str, frame: pd.DataFrame, places: Sequence[int]) -> Iterator[Problem]:
    text = {column: [cell(value) for value in frame[column]] for column in frame.columns}
    for place, id in zip(places, text["fact_id"], strict=True):
        if not id:
            yield Problem("an empty cell", "an id for every figure", place, "fact_id")
    for column in _NUMBERS:
        for place, value in zip(places, text.get(column, ()), strict=False):
            if value and number(value) is None and not PLACEHOLDER.search(value):
                yield Problem(repr(value), "a number; its unit has a column", place, column)
    # A claim without a unit cannot be compared with any other; elsewhere it is a finding.
    if name != "claims":
        return
    units = text.get("unit", [""] * len(places))
    for place, value, unit in zip(places, text.get("value", ()), units, strict=False):
        if value and not unit:
            found = f"no unit beside the value {value}"
            yield Problem(found, "a unit such as pct, pp, cny, count or days", place, "unit")


def repeated(
    tables: Mapping[str, pd.DataFrame], rows: Mapping[str, Sequence[int]] | None = None
) -> list[tuple[str, Problem]]:
    """Ids that stand more than once in all tables together: the later table, and the finding.

    Args:
        tables: Tables of figures by name, each with a ``fact_id``.
        rows: Row numbers of each table; from 2 on if None.
    """
    seen: dict[str, str] = {}
    found = []
    for name in sorted(tables):
        ids = [cell(value) for value in tables[name]["fact_id"]]
        places = range(2, len(ids) + 2) if rows is None else rows[name]
        for place, id in zip(places, ids, strict=True):
            if id and id in seen:
                what = f"{id!r} again, first in row {seen[id]}"
                found.append((name, Problem(what, "every fact_id once", place, "fact_id")))
            seen.setdefault(id, f"{place} of {name}")
    return found
