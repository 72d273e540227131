"""The declaration that the project ships, to be changed by a test."""

from __future__ import annotations

import copy
import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

PLAN = Path(__file__).parents[2] / "data" / "raw" / "plan"
FILE = PLAN / "market_model.toml"


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def shipped() -> dict[str, Any]:
    """A copy of the shipped declaration."""
    return copy.deepcopy(_read())


@cache
def facts() -> dict[str, dict[str, str]]:
    """Every fact of the plan by its id."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(PLAN.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found |= {row["fact_id"]: row for row in csv.DictReader(file) if row.get("fact_id")}
    return found


@cache
def multipliers() -> dict[str, float]:
    """Unit of a fact → how many base units one is."""
    with (PLAN / "units.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["unit"]: float(row["multiplier"]) for row in csv.DictReader(file)}
