"""What adds up over time: parts of a year against the year, and a stock with what is added."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from analysis.plan.context import context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import tokens
from analysis.plan.rules.totals import against, bare
from analysis.plan.rules.wording import named

_HALVES = ("H1", "H2")
_QUARTERS = ("Q1", "Q2", "Q3", "Q4")
_ADDED = re.compile(r"\borders?\b|volume|sessions?|订单|销量|场次")


def find(plan: Plan) -> Iterator[Finding]:
    """Years and stocks that their parts do not make."""
    yield from _periods(plan)
    yield from _growing(plan)


def _periods(plan: Plan) -> Iterator[Finding]:
    """Halves and quarters against the year, for what adds up over time."""
    groups: dict[tuple[object, ...], dict[str, list[Fact]]] = {}
    for fact in plan.of("targets_actuals", "claims", "milestones"):
        money = plan.dimension(fact) == "money" and fact.says("sales")
        adds = money or (plan.dimension(fact) == "count" and _ADDED.search(fact.name.lower()))
        if not adds or fact.role == "delta" or fact.says("change") or fact.says("users"):
            continue
        told = context(fact)
        more = told.qualifiers - told.of("part")
        scope = re.sub(r"^(all|total|platform|company|brand)$", "", fact.of("scope").lower())
        year = re.findall(r"20\d\d", fact.of("period") + fact.name)
        key = (fact.document, fact.table, fact.role, told.moment, bare(fact), frozenset(more),
               scope, plan.dimension(fact), year[0] if year else "")  # fmt: skip
        part = next(iter(told.of("part")), "year") if len(told.of("part")) <= 1 else ""
        groups.setdefault(key, {}).setdefault(part, []).append(fact)
    for parts in groups.values():
        years = [f for f in parts.get("year", []) if not f.of("period") or _whole_year(f)]
        for names in (_HALVES, _QUARTERS):
            if years and all(len(parts.get(name, ())) == 1 for name in names):
                group = [parts[name][0] for name in names]
                one = plan.units.base(1.0, group[0].unit)
                slack = sum(plan.step(fact) for fact in group)
                sizes = [plan.base(each) for each in years]
                made = sum(plan.base(fact) for fact in group)
                if not any(abs(made - s) <= slack + plan.step(years[0]) for s in sizes):
                    yield from against(plan, group, (years[0].id,), sizes[0] / one,
                                        plan.step(years[0]))  # fmt: skip


def _whole_year(fact: Fact) -> bool:
    return bool(re.search(r"^20\d\d$|year|annual|年", fact.of("period"))) and not re.search(
        r"Q[1-4]|H[12]|last", fact.of("period")
    )


def _growing(plan: Plan) -> Iterator[Finding]:
    """A stock before and after, and what was added: it cannot grow by more than that."""
    rows: dict[str, dict[str, Fact]] = {}
    for fact in plan.of("targets_actuals"):
        rows.setdefault(fact.id, {})[fact.role] = fact
    for one, other in combinations(rows.values(), 2):
        for stock, flow in ((one, other), (other, one)):
            for role in ("actual", "target"):
                yield from _grown(plan, stock.get("baseline"), stock.get(role), flow.get(role))


def _grown(
    plan: Plan, before: Fact | None, after: Fact | None, flow: Fact | None
) -> Iterator[Finding]:
    if before is None or after is None or flow is None or plan.dimension(after) != "count":
        return
    if plan.dimension(flow) != "count" or not flow.says("new") or after.says("new"):
        return
    if not (after.says("users") or after.says("stock")) or flow.says("change"):
        return
    same = all(flow.of(c) == after.of(c) for c in ("document", "scope", "period"))
    words = {"new", "net", "year", "end", "base", "added"}
    if not same or _thing_of(flow) - words != _thing_of(after) - words:
        return
    grown = plan.base(after) - plan.base(before)
    slack = plan.step(before) + plan.step(after) + plan.step(flow)
    net = bool(re.search(r"\bnet\b|净", flow.name.lower()))
    if plan.base(flow) < grown - slack or (net and abs(plan.base(flow) - grown) > slack):
        right = shown(round(grown / plan.units.base(1.0, flow.unit), 4), flow.unit)
        yield Finding(
            "sum", "H", (flow.id, after.id),
            say("{name}: {before} + {added} added is not {after}", name=named(after.row),
                before=shown(before.value), added=shown(flow.value, flow.unit),
                after=shown(after.value, after.unit)),
            set_to(flow.id, shown(flow.value, flow.unit), right if net else f"≥ {right}"),
        )  # fmt: skip


def _thing_of(fact: Fact) -> frozenset[str]:
    found = tokens(fact.of("name_en"))
    return found or tokens(re.sub("新增|净增|净|新", "", fact.of("name_zh")))
