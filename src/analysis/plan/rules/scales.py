"""A unit that stands in a name, against the unit of the row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.rules.wording import named

_UNITS = {
    "亿元": "cny_100m", "万元": "cny_10k", "元": "cny", "百万元": "cny_1m",
    "小时": "hours", "分钟": "minutes",
    "秒": "seconds", "天": "days", "周": "weeks", "个月": "months",
    "%": "pct", "百分点": "pp", "折": "fold",
    "万人": "count_10k", "万单": "count_10k", "万件": "count_10k",
    "100m cny": "cny_100m", "cny 100m": "cny_100m", "10k cny": "cny_10k", "cny 10k": "cny_10k",
    "1m cny": "cny_1m", "million cny": "cny_1m", "cny m": "cny_1m", "cny": "cny", "yuan": "cny",
    "rmb": "cny", "hours": "hours", "minutes": "minutes", "seconds": "seconds", "days": "days",
    "weeks": "weeks", "months": "months", "pct": "pct", "pp": "pp", "percentage points": "pp",
}  # fmt: skip
"""What stands in the last bracket of a name, as a whole → the unit it says."""

_BRACKET = re.compile(r"[(（](?:单位[：:]?|in )?([^()（）]+)[)）]\s*$")
_LEVELS = ("value", "baseline", "target", "actual")


def find(plan: Plan) -> Iterator[Finding]:
    """Rows whose name ends with a unit that the row has not: one of another size or kind.

    Where another row of the same key stands beside it, the two tell the slip by their values.
    """
    keys: dict[str, int] = {}
    for fact in plan.facts:
        if fact.of("metric_key") and fact.role == "value":
            keys[fact.of("metric_key")] = keys.get(fact.of("metric_key"), 0) + 1
    done: set[str] = set()
    for fact in plan.facts:
        told = _told(fact)
        if fact.role not in _LEVELS or not told or fact.id in done:
            continue
        if keys.get(fact.of("metric_key"), 0) > 1 or fact.unit not in plan.units.known:
            continue
        mine, named_as = plan.units.known[fact.unit], plan.units.known[told]
        kinds = {mine[0], named_as[0]}
        counted = kinds == {"count"} or {fact.unit, told} == {"pct", "pp"}
        if mine == named_as or counted or "workdays" in kinds:
            continue
        done.add(fact.id)
        yield Finding(
            "unit_type", "M", (fact.id,),
            say("{name}: {told} by its name, {value} by its unit", name=named(fact.row),
                told=shown(fact.value, told), value=shown(fact.value, fact.unit)),
            set_to(fact.id, shown(fact.value, fact.unit), shown(fact.value, told)),
        )  # fmt: skip


def _told(fact: Fact) -> str:
    for column in ("name_en", "name_zh"):
        found = _BRACKET.search(fact.of(column).lower())
        if found and found[1].strip() in _UNITS:
            return _UNITS[found[1].strip()]
    return ""
