"""Milestones on the way to a target: in order, between start and target, the last one on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import overlap
from analysis.plan.rules.cumulative import is_cumulative
from analysis.plan.rules.targets import Row, rows_of, same_name

_FLOW = re.compile(
    r"\bnew\b|added|share of (annual|year|the year)|\bsales\b|\bgmv\b|revenue|orders|of year|"
    r"新增|净增|占全年|销售额|成交额|营收|订单|占比全年|季度占比"
)
_FINAL = re.compile(
    r"^(q4|h2|12 months?|1 year|year[- ]?end|12-\d\d|\d{4}-12-\d\d|四季度|年末|年底)$"
)
_YEARLY = re.compile(r"year|20\d\d$|全年|年度|plan|年$", re.IGNORECASE)
_ORDINAL = "一二三四"


def due_rank(due: str) -> tuple[str, float] | None:
    """Kind of a due date and its place among those of its kind."""
    text = due.strip().lower()
    if found := re.fullmatch(r"(?:20\d\d[- ]?)?q([1-4])|第?([一二三四])季度", text):
        return "quarter", float(found[1] or _ORDINAL.index(found[2]) + 1)
    if found := re.fullmatch(r"(?:20\d\d[- ]?)?h([12])", text):
        return "quarter", 2.0 * float(found[1])
    if found := re.fullmatch(r"(\d+) ?(months?|个月)", text):
        return "months", float(found[1])
    if found := re.fullmatch(r"(?:(\d{4})-)?(\d{2})-(\d{2})", text):
        days = 400.0 * float(found[1] or 0) + 31.0 * float(found[2]) + float(found[3])
        return "day" if found[1] else "yearless", days
    return None


def find(plan: Plan) -> Iterator[Finding]:
    """Steps that leave the way from the baseline to the target."""
    targets = [row for row in rows_of(plan).values() if "target" in row]
    groups: dict[tuple[str, ...], list[tuple[float, Fact]]] = {}
    for fact in plan.of("milestones"):
        rank = due_rank(fact.of("due"))
        if fact.role == "value" and rank is not None and not _FLOW.search(fact.name.lower()):
            name = (fact.of("name_en") or fact.of("name_zh")).lower()
            key = (fact.document, fact.of("track"), name, plan.dimension(fact),
                   fact.of("scope"), rank[0])  # fmt: skip
            groups.setdefault(key, []).append((rank[1], fact))
    for steps in groups.values():
        steps.sort(key=lambda step: step[0])
        facts = [fact for _, fact in steps]
        goals = [row for row in targets if _same(plan, facts[0], row["target"])]
        # Any target of the name that the steps fit is enough.
        results = [_leaves(plan, facts, row) for row in goals]
        if results and all(results):
            yield results[0][0]


def _same(plan: Plan, step: Fact, target: Fact) -> bool:
    if step.document != target.document or plan.dimension(step) != plan.dimension(target):
        return False
    if step.of("scope") and target.of("scope") and step.of("scope") != target.of("scope"):
        return False
    if not _YEARLY.search(target.of("period")):
        return False
    names = same_name(step, target)
    return names or (overlap(step.tokens, target.tokens) >= 0.99 and step.tokens <= target.tokens)


def _leaves(plan: Plan, steps: list[Fact], row: Row) -> list[Finding]:
    """What the steps break on the way to one target; the first is the one to tell."""
    target, start = row["target"], row.get("baseline")
    if start is not None and start.unit != target.unit:
        return []
    end = plan.base(target)
    first = plan.base(start) if start is not None else plan.base(steps[0])
    rises = end > first or (end == first and target.of("comparator")[:1] == ">")
    if end == first and start is not None:
        return []
    level = plan.dimension(target) != "count" or target.says("users") or target.says("stock")
    found = []
    for fact in steps:
        value, slack = plan.base(fact), max(plan.step(fact), plan.step(target)) * 1.0001
        beyond = value > end + slack if rises else value < end - slack
        behind = start is not None and level and (
            value < first - slack if rises else value > first + slack
        )  # fmt: skip
        # A floor may be passed in the last step, but not on the way to it.
        if beyond or behind:
            limit = target if beyond else start
            assert limit is not None
            found.append(_finding(fact, target, limit, "≤" if rises == beyond else "≥", steps))
    if not found and level and not is_cumulative(steps[0]):  # a rule of its own tells of those
        for one, other in pairwise(steps):
            back = plan.base(other) - plan.base(one)
            if back < 0 if rises else back > 0:
                found.append(_order(one, other, target))
    last = steps[-1]
    final = _FINAL.match(last.of("due").strip().lower())
    if not found and final and level and not plan.agree(last, target):
        found.append(_final(last, target))
    return found


def _finding(fact: Fact, target: Fact, limit: Fact, sign: str, steps: list[Fact]) -> Finding:
    others = [f.id for f in steps if f.id != fact.id]
    return Finding(
        "feasibility", "M", (fact.id, target.id, *others),
        say("{due}: {value} is not between the start and the target {target}", due=fact.of("due"),
            value=shown(fact.value, fact.unit), target=shown(target.value, target.unit)),
        set_to(fact.id, shown(fact.value, fact.unit), f"{sign} {shown(limit.value, limit.unit)}"),
    )  # fmt: skip


def _order(one: Fact, other: Fact, target: Fact) -> Finding:
    return Finding(
        "feasibility", "M", (one.id, other.id, target.id),
        say("{first}: {one}, then {second}: {other}, on the way to {target}", first=one.of("due"),
            one=shown(one.value, one.unit), second=other.of("due"),
            other=shown(other.value, other.unit), target=shown(target.value, target.unit)),
        set_to(one.id, shown(one.value, one.unit), f"≤ {shown(other.value, other.unit)}"
               if one.value > other.value else f"≥ {shown(other.value, other.unit)}"),
    )  # fmt: skip


def _final(last: Fact, target: Fact) -> Finding:
    return Finding(
        "feasibility", "M", (last.id, target.id),
        say("the last milestone ({due}) is {value}, the target {target}", due=last.of("due"),
            value=shown(last.value, last.unit), target=shown(target.value, target.unit)),
        set_to(last.id, shown(last.value, last.unit), shown(target.value, target.unit)),
    )  # fmt: skip
