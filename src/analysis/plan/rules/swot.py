"""SWOT factors that say the opposite of one thing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from analysis.plan.facts import Plan
from analysis.plan.findings import Finding, say
from analysis.plan.names import says, tokens

COMMON = frozenset(
    [
        "brand",
        "market",
        "product",
        "user",
        "customer",
        "competitor",
        "sale",
        "promotion",
        "new",
        "more",
        "strong",
        "weak",
        "slow",
        "high",
        "low",
        "slower",
        "stronger",
        "business",
        "online",
        "growth",
        "price",
        "cost",
        "demand",
        "year",
    ]
)


def find(plan: Plan) -> Iterator[Finding]:
    """A strength that praises what a weakness or threat of the document finds failing."""
    rows = plan.rows("swot_factors")
    strengths = [row for row in rows if row.get("category") == "S"]
    others = [row for row in rows if row.get("category") in ("W", "T")]
    for one, other in product(strengths, others):
        if one["document"] != other["document"]:
            continue
        clause = _clauses(one["name_en"]), _clauses(other["name_en"])
        for praise, blame in product(*clause):
            shared = (tokens(praise) & tokens(blame)) - COMMON
            if shared and says(praise, "strong") and says(blame, "weak"):
                yield Finding(
                    "swot", "L", (one["fact_id"], other["fact_id"]),
                    say("“{one}” against “{other}”", one=praise.strip(), other=blame.strip()),
                    say("keep 1 of the 2, or date both"),
                )  # fmt: skip
                break


def _clauses(text: str) -> list[str]:
    return [part for part in text.replace(";", ",").split(",") if part.strip()]
