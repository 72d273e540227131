"""One metric in two tables, or under one name in two rows, with values that cannot be one.

A row of a table is matched with the rows that state the same metric of the same place and moment.
Whatever its candidates are, it is silent as soon as one of them agrees with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from analysis.plan.context import context
from analysis.plan.facts import Fact, Plan
from analysis.plan.names import overlap, says, tagged, tokens
from analysis.plan.rules import quoted
from analysis.plan.rules.naming import loosely, same_metric, same_topic
from analysis.plan.tables import number

PROMISES = ("sla", "cap", "floor", "minimum", "maximum", "limit", "mix")
"""Levels of thresholds that are kept at all times; the others only start an action."""

STATED = ("claims", "operations", "channels_content", "referral", "member_rules", "member_tiers",
          "survey", "market", "extra_facts", "team", "budget_split", "price_tiers",
          "coupons")  # fmt: skip
_TRIGGER = re.compile(r"trigger|threshold|alert|触发|预警|阈值|警戒")
REVIEW = 0.25
"""From this share of target rows with an outcome on, claims of a document tell what happened."""


@dataclass(frozen=True)
class Clash:
    """Two places that state one metric with two values.

    Attributes:
        one: A place.
        other: The other.
        firm: Whether both cannot be true; else their scope or kind may differ.
    """

    one: Fact
    other: Fact
    firm: bool


def kind_of(fact: Fact) -> str:
    """What a figure states: a value, target, actual, base, promise, trigger; "" for the rest."""
    if fact.table == "thresholds":
        if fact.role != "value":
            return ""
        return "promise" if fact.of("level") in PROMISES else "trigger"
    if fact.table == "risk_register":
        alert = fact.role == "limit_value" and fact.of("limit_kind") == "alert_threshold"
        return "trigger" if alert else ""
    if fact.table == "targets_actuals":
        return {"target": "target", "actual": "actual", "baseline": "base"}.get(fact.role, "")
    if fact.table not in STATED or fact.role not in ("value", "headcount"):
        return ""
    bound = fact.of("value_kind") in ("margin_floor", "cost_cap")
    if (fact.of("min_spend") and fact.table != "coupons") or (
        fact.table == "price_tiers" and fact.unit == "pct" and not bound
    ):
        return ""  # a step of a ladder: its name is of the ladder
    if _TRIGGER.search(fact.name.lower()):
        return "trigger"
    moment = context(fact).moment
    return {"before": "base", "target": "target"}.get(moment, "value")


PAIRS = frozenset(
    frozenset(pair)
    for pair in (
        ("value", "value"), ("value", "promise"), ("promise", "target"), ("promise", "promise"),
        ("value", "actual"), ("target", "target"), ("value", "target"), ("base", "base"),
    )
)  # fmt: skip
"""Kinds that state one number; a target and an outcome are two."""


def clashes(plan: Plan) -> Iterator[Clash]:
    """Every pair of rows of one metric that no candidate reconciles."""
    for facts in plan.documents.values():
        ahead = _plans_ahead(facts)
        told = [(fact, kind_of(fact)) for fact in facts]
        by_unit: dict[tuple[str, bool, bool], list[tuple[Fact, str]]] = {}
        for fact, kind in told:
            if kind and fact.unit:
                key = (plan.dimension(fact), fact.unit == "pp", fact.unit == "fold")
                by_unit.setdefault(key, []).append((fact, kind))
        for group in by_unit.values():
            yield from _among(plan, group, ahead)
    for one, other in (*quoted.stacks(plan), *quoted.conditions(plan)):
        if abs(plan.base(one) - plan.base(other)) > max(plan.step(one), plan.step(other)):
            yield Clash(one, other, firm=False)
    yield from _finals(plan)
    yield from _alerts(plan)


def _plans_ahead(facts: list[Fact]) -> bool:
    """Whether a document is a plan rather than a review: few of its targets have an outcome."""
    rows = {fact.id for fact in facts if fact.table == "targets_actuals"}
    told = {f.id for f in facts if f.table == "targets_actuals" and f.role == "actual"}
    return bool(rows) and len(told) <= REVIEW * len(rows)


def _among(plan: Plan, group: list[tuple[Fact, str]], ahead: bool) -> Iterator[Clash]:
    starts: dict[str, list[Fact]] = {}
    for fact, kind in group:
        if kind == "base":
            starts.setdefault(fact.id, []).append(fact)
    outcomes = {fact.id for fact, kind in group if kind == "actual"}
    same: dict[str, list[tuple[Fact, bool]]] = {}
    pairs = []
    for (one, a), (other, b) in combinations(group, 2):
        both = frozenset((a, b))
        if both not in PAIRS or _one_table(one, other) or not same_metric(one, other):
            continue
        if both == {"value", "target"}:
            goal = one if a == "target" else other
            told = other if goal is one else one
            if goal.id in outcomes or not ahead or goal.table != "targets_actuals":
                continue
            if any(_fits(plan, told, base) for base in starts.get(goal.id, ())):
                continue  # it is the level that the target starts from
        fits = _fits(plan, one, other)
        same.setdefault(one.id, []).append((other, fits))
        same.setdefault(other.id, []).append((one, fits))
        if not fits:
            pairs.append((one, other, both))
    for one, other, both in pairs:
        loose = loosely(one, other)
        # Without its scope a row may be any of several: silent if one of them agrees.
        if loose and any(fits for fact in (one, other) for _, fits in same[fact.id]):
            continue
        exact = one.tokens == other.tokens and not loose
        yield Clash(
            one, other, firm=exact and "promise" not in both and both != {"value", "target"}
        )


def _one_table(one: Fact, other: Fact) -> bool:
    """Rows that other rules compare: keys of claims, limits of one level, rows of one table."""
    if one.of("metric_key") and one.of("metric_key") == other.of("metric_key"):
        return True
    return one.table == other.table and one.table in ("thresholds", "targets_actuals", "coupons")


def _fits(plan: Plan, one: Fact, other: Fact) -> bool:
    if plan.agree(one, other):
        return True
    for here, there in ((one, other), (other, one)):
        try:
            high = plan.units.base(float(here.of("value_max")), here.unit)
        except ValueError:
            continue
        if here.role == "value" and plan.base(here) <= plan.base(there) <= high:
            return True
    return False


_LAST = {"Q4": "year", "12 months": "12 months"}
_YEAR = re.compile(r"year|annual|^20\d\d$|年")


def _finals(plan: Plan) -> Iterator[Clash]:
    """A milestone at the end of the year against the year's target of that name.

    Only levels: the sales of a fourth quarter are not those of the year.
    """
    goals = [f for f in plan.of("targets_actuals") if f.role == "target"]
    for step in plan.of("milestones"):
        due = step.of("due").strip()
        level = plan.dimension(step) in (
            "fraction",
            "score",
            "score_5",
            "score_10",
            "points",
            "time",
        )
        stock = plan.dimension(step) == "count" and (step.says("users") or step.says("stock"))
        if step.role != "value" or due not in _LAST or not (level or stock) or step.says("new"):
            continue
        if step.unit == "pct" and ("year" in tagged(step.name.lower())[1] or _of_year(step)):
            continue
        named = [
            goal
            for goal in goals
            if goal.document == step.document and plan.dimension(goal) == plan.dimension(step)
            and (_YEAR.search(goal.of("period")) or goal.of("period") == due)
            and not re.search(r"Q[1-4]|H[12]", goal.of("period"))
            and same_topic(step, goal) and _tags_fit(step, goal)
        ]  # fmt: skip
        if named and not any(_fits(plan, step, g) or _beyond(plan, step, g) for g in named):
            yield Clash(step, named[0], firm=True)


def _beyond(plan: Plan, step: Fact, goal: Fact) -> bool:
    """Whether a step overshoots its target as seen from the start: the path of steps tells that."""
    start = number(goal.of("baseline"))
    if start is None:
        return False
    way = goal.value - start
    return (plan.base(step) - plan.base(goal)) * way > 0


def _of_year(fact: Fact) -> bool:
    """Whether a share is of a year's total: that of a quarter is none of the year."""
    return bool({"annual", "year"} & set(fact.name.lower().split())) or "全年" in fact.name


def _tags_fit(one: Fact, other: Fact) -> bool:
    a, b = context(one), context(other)
    kinds = ("event", "channel", "audience", "whose", "stat")
    same = all(a.of(kind) == b.of(kind) or kind == "audience" for kind in kinds)
    return same and a.of("audience") <= b.of("audience") and one.says("new") == other.says("new")


def _alerts(plan: Plan) -> Iterator[Clash]:
    """The alert of a risk against the thresholds that its name contains."""
    limits = [f for f in plan.of("thresholds") if f.role == "value"]
    for risk in plan.of("risk_register"):
        if kind_of(risk) != "trigger":
            continue
        named = [
            limit
            for limit in limits
            if limit.document == risk.document and plan.dimension(limit) == plan.dimension(risk)
            and kind_of(limit) == "trigger" and _inside(limit, risk)
        ]  # fmt: skip
        if named and not any(_fits(plan, risk, limit) for limit in named):
            yield Clash(risk, named[0], firm=False)


def _inside(limit: Fact, risk: Fact) -> bool:
    words = tokens(limit.of("name_en"))
    if words:
        return len(words) >= 2 and words <= tokens(risk.of("name_en"))
    pairs = tokens(limit.of("name_zh"))
    return (
        len(pairs) >= 3
        and overlap(pairs, tokens(risk.of("name_zh"))) == 1.0
        and says(limit.name, "exception")
    )
