"""One number of one key under two names, or defined in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, shown
from analysis.plan.names import tokens
from analysis.plan.rules.naming import defined_apart, placed_apart, qualified_apart, same_topic
from analysis.plan.rules.wording import named

_OUTCOME = re.compile(r"\b(happened|occurred|incurred|avoided)\b|发生|避免")


def apart(one: Fact, other: Fact) -> bool:
    """Whether columns or names tell two figures of one key apart."""
    return placed_apart(one, other) or qualified_apart(one, other)


def definitions(plan: Plan, group: list[Fact]) -> Iterator[Finding]:
    """One number of one key and name, defined in two ways: it can be right for one of them."""
    for one, other in combinations(group, 2):
        same = one.place == other.place and one.tokens == other.tokens
        if defined_apart(one, other) and same and plan.agree(one, other):
            yield Finding(
                "two_names", "M", (one.id, other.id),
                say("{value} ({name}) is defined as “{one}” and as “{other}”",
                    value=shown(one.value, one.unit), name=named(one.row),
                    one=one.of("definition"), other=other.of("definition")),
                say("{one} and {other}: one definition, or two numbers", one=one.id,
                    other=other.id),
            )  # fmt: skip
            return


def find(plan: Plan, group: list[Fact]) -> Iterator[Finding]:
    """One key and value, but each name has a word the other lacks, and nothing tells them apart."""
    for one, other in combinations(group, 2):
        other_thing = not _renamed(one, other) or one.says("avoided") != other.says("avoided")
        if not other_thing and plan.agree(one, other) and not apart(one, other):
            yield Finding(
                "two_names", "L", (one.id, other.id),
                say("{value} is called “{one}” and “{other}”", value=shown(one.value, one.unit),
                    one=named(one.row), other=named(other.row)),
                say("name both alike, or give each its scope: 1 name"),
            )  # fmt: skip
            return


_MEASURE = re.compile(
    r"\b(market|sales|value|retail|stated|number|total|goal|achieved|reached|won)\b"
    r"|市场|销售额|销售|零售额?|金额|定义|口径|总量|总数|数量|目标|达成"
)
"""Words of a name that say how a figure is counted: two wordings of one thing differ in them."""


def _renamed(one: Fact, other: Fact) -> bool:
    """Whether two like names of one document each have a telling word that the other lacks.

    In each language that both names have: a name and its translation, or one that stands in two
    documents, is one name.
    """
    if one.document != other.document:
        return False
    told = False
    for language in ("name_en", "name_zh"):
        names = one.of(language), other.of(language)
        if all(names):
            a, b = (tokens(_OUTCOME.sub(" ", _MEASURE.sub(" ", name.lower()))) for name in names)
            if not (a - b and b - a and a & b) or (language == "name_zh" and _one_han(*names)):
                return False
            told = True
    return told


def _one_han(one: str, other: str) -> bool:
    """Whether Chinese names have the same characters, in any order, but for words of measure."""
    a, b = (
        set(re.sub(r"[^\u4e00-\u9fff]|的", "", _MEASURE.sub("", name))) for name in (one, other)
    )
    return not a - b or not b - a


def named_alike(one: Fact, other: Fact) -> bool:
    """Whether one name has all words of the other; Chinese names where there is no English."""
    a, b = (
        tokens(_OUTCOME.sub(" ", (fact.of("name_en") or fact.of("name_zh")).lower()))
        for fact in (one, other)
    )
    return not a - b or not b - a or (not one.of("name_en") and same_topic(one, other))
