"""Numbers with the ids of their units (``300 cny_10k``) as a planner writes them."""

from __future__ import annotations

import re

from analysis.plan.findings import Phrase, say

FORMS: dict[str, Phrase] = {
    "pct": say("{n}%"),
    "pp": say("{n} pp"),
    "fold": say("{n} tenths of the price"),
    "cny": say("{n} CNY"),
    "cny_10k": say("{n} ×10k CNY"),
    "cny_1m": say("{n} m CNY"),
    "cny_100m": say("{n} ×100m CNY"),
    "cny_1t": say("{n} tn CNY"),
    "count": say("{n}"),
    "count_10k": say("{n} ×10k"),
    "boxes_10k": say("{n} ×10k boxes"),
    "orders_10k": say("{n} ×10k orders"),
    "units_10k": say("{n} ×10k units"),
    "users_10k": say("{n} ×10k users"),
    "score": say("{n} points of the score"),
    "score_5": say("{n} of 5"),
    "score_10": say("{n} of 10"),
    "points": say("{n} points"),
    "ratio": say("1 to {n}"),
    "times": say("{n} times"),
    "times_per_month": say("{n} times a month"),
    "per_week": say("{n} a week"),
    "persons": say("{n} persons"),
    "sets": say("{n} sets"),
    "pieces": say("{n} pieces"),
    "boxes": say("{n} boxes"),
    "orders": say("{n} orders"),
    "units": say("{n} units"),
    "users": say("{n} users"),
    "steps": say("{n} steps"),
    "seconds": say("{n} seconds"),
    "minutes": say("{n} minutes"),
    "hours": say("{n} hours"),
    "days": say("{n} days"),
    "workdays": say("{n} workdays"),
    "weeks": say("{n} weeks"),
    "months": say("{n} months"),
    "years": say("{n} years"),
    "hour_of_day": say("{n} o'clock"),
}
"""Id of a unit → a number in it; an id that is not here stays as it is."""

_NUMBER = r"(?<![A-Za-z0-9_.])(?P<n>[-−]?\d[\d,]*(?:\.\d+)?)"
_UNITS = "|".join(sorted(FORMS, key=len, reverse=True))
_WITH_UNIT = re.compile(rf"{_NUMBER} (?P<unit>{_UNITS})(?![A-Za-z0-9_])")


def spoken(text: str, lang: str = "en") -> str:
    """Write the units of a sentence out; ids of places (``claims.012``) are left alone."""

    def write(found: re.Match[str]) -> str:
        form = FORMS[found["unit"]]
        return Phrase(form.sentence, {"n": found["n"].replace("-", "−")}).text(lang)

    return _WITH_UNIT.sub(write, text)
