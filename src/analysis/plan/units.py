"""Units of a plan's figures: what each measures, and how precisely a number was printed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

DAY = 24.0
MONTH = 365.25 / 12 * DAY
"""Hours of a mean month: months and days are compared, never added."""

ROUNDED_FROM = 1000.0
"""From here on trailing zeros of an amount or a count may be rounding."""

KNOWN: Mapping[str, tuple[str, float]] = {
    "pct": ("fraction", 0.01), "pp": ("fraction", 0.01), "fold": ("fraction", 0.1),
    "share": ("fraction", 1.0), "ratio": ("ratio", 1.0), "times": ("times", 1.0),
    "points": ("points", 1.0), "index": ("index", 1.0), "score": ("score", 1.0),
    "score_5": ("score_5", 1.0), "score_10": ("score_10", 1.0),
    "cny": ("money", 1.0), "cny_10k": ("money", 1e4), "cny_1m": ("money", 1e6),
    "cny_100m": ("money", 1e8), "cny_1t": ("money", 1e12),
    "count": ("count", 1.0), "count_10k": ("count", 1e4), "boxes_10k": ("count", 1e4),
    "sets": ("count", 1.0), "pieces": ("count", 1.0), "persons": ("count", 1.0),
    "boxes": ("count", 1.0), "orders": ("count", 1.0), "orders_10k": ("count", 1e4),
    "units": ("count", 1.0), "units_10k": ("count", 1e4), "steps": ("count", 1.0),
    "users": ("count", 1.0), "users_10k": ("count", 1e4),
    "seconds": ("time", 1 / 3600), "minutes": ("time", 1 / 60), "hours": ("time", 1.0),
    "days": ("time", DAY), "weeks": ("time", 7 * DAY), "months": ("time", MONTH),
    "years": ("time", 12 * MONTH), "workdays": ("workdays", 1.0),
}  # fmt: skip
"""Unit → dimension and multiplier to the dimension's base (hours for time)."""

BASES = {"cny": "money", "hours": "time", "months": "time"}


@dataclass(frozen=True)
class Units:
    """Unit → dimension and multiplier."""

    known: Mapping[str, tuple[str, float]]

    def dimension(self, unit: str) -> str:
        """What a unit measures; an unknown unit measures only itself."""
        return self.known.get(unit, (unit, 1.0))[0]

    def base(self, value: float, unit: str) -> float:
        """Value in the base of its dimension."""
        return value * self.known.get(unit, (unit, 1.0))[1]

    def step(self, value: float, unit: str, comparator: str = "") -> float:
        """Half the last printed place, in the base of the dimension.

        Amounts and counts from 1,000 on may be rounded to their trailing zeros, but never to fewer
        than two digits; "about" (``~``) stands for 2.5 % on either side.
        """
        half = 0.5 * 10.0 ** -decimals(value)
        if unit == "fold":
            half = min(half, 0.05)  # nine tenths of a price are not eight and a half
        if self.dimension(unit) in ("money", "count") and abs(value) >= ROUNDED_FROM:
            whole, places = round(abs(value)), math.floor(math.log10(abs(value)))
            zeros = 0
            while whole == abs(value) and zeros < places - 1 and whole % 10 ** (zeros + 1) == 0:
                zeros += 1
            half = max(half, 0.5 * 10.0**zeros)
        if comparator == "~":
            half = max(half, 0.025 * abs(value))
        return self.base(half, unit)


def decimals(value: float) -> int:
    """Decimals a number was printed with, as far as a float remembers (at most 6)."""
    text = f"{value:.6f}".rstrip("0")
    return len(text) - text.index(".") - 1


def units_of(table: pd.DataFrame | None) -> Units:
    """The known units and those of a plan's own table (``unit, base_unit, multiplier``)."""
    known = dict(KNOWN)
    if table is not None and {"unit", "base_unit", "multiplier"} <= set(table.columns):
        for row in table.to_dict("records"):
            unit, base = spelled(row["unit"]), str(row["base_unit"])
            scale = pd.to_numeric(row["multiplier"], errors="coerce")
            if unit and unit not in known and pd.notna(scale):
                factor = MONTH if base == "months" else 1.0
                known[unit] = (BASES.get(base, base), float(scale) * factor)
    return Units(known)


def spelled(unit: object) -> str:
    """A unit's id, whether its words are joined by blanks or underscores."""
    text = "" if unit is None or unit is pd.NA or unit != unit else str(unit).strip()
    return text.replace(" ", "_")
