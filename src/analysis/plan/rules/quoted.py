"""Numbers that rows state in words: how many coupons stack, after how long a buyer is dormant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.plan.facts import Fact, Plan
from analysis.plan.names import tokens
from analysis.plan.tables import number

_UNITS = {
    "hour": "hours", "day": "days", "week": "weeks", "month": "months", "year": "years",
    "小时": "hours", "天": "days", "日": "days", "周": "weeks", "个月": "months", "月": "months",
    "年": "years",
}  # fmt: skip
_QUANTITY = re.compile(
    r"(\d+(?:\.\d+)?)[ -]*(hours?|days?|weeks?|months?|years?|小时|天|周|个月|月|年)", re.IGNORECASE
)
_STACK = re.compile(r"\bstack|叠加|同享|叠用")


def stacks(plan: Plan) -> Iterator[tuple[Fact, Fact]]:
    """A column of how many coupons stack, against the figures that name it."""
    named = [
        fact
        for fact in plan.facts
        if fact.role == "value" and _STACK.search(fact.name.lower())
        and plan.dimension(fact) == "count"
    ]  # fmt: skip
    for row in plan.rows("coupons"):
        most = number(row.get("stack_max", ""))
        if most is not None:
            told = Fact(row["fact_id"], "coupons", "value", most, "count", row)
            for fact in named:
                if fact.document == told.document and fact.id != told.id:
                    yield told, fact


def conditions(plan: Plan) -> Iterator[tuple[Fact, Fact]]:
    """A time in the words of a coupon's audience or rule, against the threshold of those words."""
    limits = [f for f in plan.of("thresholds") if f.role == "value"]
    limits = [f for f in limits if plan.dimension(f) == "time"]
    for row in plan.rows("coupons"):
        for column in ("audience", "validity_rule"):
            text = row.get(column, "").lower()
            found = _QUANTITY.search(text)
            words = _words(_QUANTITY.sub(" ", text))
            if found is None or not words:
                continue
            unit = _UNITS[found[2] if found[2] in _UNITS else found[2].rstrip("s")]
            told = Fact(row["fact_id"], "coupons", "value", float(found[1]), unit, row)
            for limit in limits:
                if limit.document == told.document and words <= _words(limit.name):
                    yield told, limit


def _words(text: str) -> frozenset[str]:
    """Telling words; "no" is one: a threshold of no order is another than one of no login."""
    return tokens(text) - {"month", "day", "year", "week", "hour"}
