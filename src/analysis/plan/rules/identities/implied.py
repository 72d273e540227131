"""What an identity implies must be thinkable: the rest of a budget, the value of an order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.plan.context import apart, context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import overlap, stem
from analysis.plan.rules.identities.measures import measured
from analysis.plan.rules.identities.products import levels
from analysis.plan.rules.wording import names

_NARROW = ("event", "part", "phase", "channel", "audience", "whose")
THINKABLE = 3.0
"""Times the whole's return that what a part leaves may return at most."""


def find(plan: Plan, facts: Sequence[Fact]) -> Iterator[Finding]:
    """Identities whose missing figure cannot be right, in one document."""
    yield from _rest(plan, levels(facts))
    yield from _order_value(plan, facts)


def _rest(plan: Plan, known: Sequence[Fact]) -> Iterator[Finding]:
    """What an event's spend and sales leave of the whole's return."""
    sales = [f for f in known if measured(f).kinds == {"sales"} and not measured(f).net
             and plan.dimension(f) == "money"]  # fmt: skip
    spends = [f for f in known if measured(f).kinds == {"spend"} and plan.dimension(f) == "money"
              and not f.says("exception")]  # fmt: skip
    for roi in known:
        if measured(roi).kinds != {"roi"} or plan.dimension(roi) not in ("ratio", "times"):
            continue
        if any(kind in _NARROW for kind, _ in context(roi).words):
            continue  # a part's own return
        for total in sales:
            if context(total).events or not _whole(total, roi):
                continue
            found = next(_left(plan, roi, total, sales, spends), None)
            if found is not None:
                yield found
                return


def _whole(total: Fact, roi: Fact) -> bool:
    plain = not context(total).of("channel") and not context(total).of("part")
    whole = bool(total.of("scope")) and not context(total).scope
    return plain and whole and not apart(total, roi) and total.place == roi.place


def _left(
    plan: Plan, roi: Fact, total: Fact, sales: Sequence[Fact], spends: Sequence[Fact]
) -> Iterator[Finding]:
    for spend in spends:
        event = context(spend).events
        if not event or context(spend).of("channel") or measured(spend).about:
            continue
        for part in sales:
            same = context(part).events == event and not context(part).of("channel")
            if not same or measured(part).about or plan.base(part) >= plan.base(total):
                continue
            if context(part).moment == "before" or context(part).moment != context(roi).moment:
                continue
            implied = plan.base(total) / roi.value
            left_spend = implied - plan.base(spend)
            left = plan.base(total) - plan.base(part)
            if left_spend > 0 and left / left_spend <= THINKABLE * roi.value:
                continue
            unit = plan.units.base(1, spend.unit)
            most = plan.base(total) / plan.base(spend)
            yield Finding(
                "identity", "H", (roi.id, part.id, spend.id, total.id),
                say("part: {own}; whole {roi} means a spend of {implied}, which leaves {left} for "
                    "the other {rest}", own=shown(round(plan.base(part) / plan.base(spend), 2)),
                    roi=shown(roi.value), implied=shown(round(implied / unit, 1), spend.unit),
                    left=shown(round(left_spend / unit, 1), spend.unit),
                    rest=shown(round(left / unit, 1), spend.unit)),
                set_to(roi.id, shown(roi.value), f"≤ {shown(round(most, 2))}"),
            )  # fmt: skip
            return


def _order_value(plan: Plan, facts: Sequence[Fact]) -> Iterator[Finding]:
    """So much an order and a total of it mean a number of orders: what is one of them worth?"""
    steps = [f for f in facts if f.table == "price_tiers" and f.role == "min_spend" and f.value > 0]
    amounts = [f for f in facts if f.role == "target" and plan.dimension(f) == "money"]
    counted = [f for f in levels(facts) if measured(f).kinds == {"orders"} and not measured(f).per
               and plan.dimension(f) == "count" and not measured(f).about]  # fmt: skip
    for each in levels(facts):
        if measured(each).per != "order" or plan.dimension(each) != "money" or not steps:
            continue
        if any(not apart(each, f) for f in counted):
            continue  # the orders themselves are stated: rates.py multiplies
        for goal in amounts:
            shared = stem(each.of("name_en")) & stem(goal.of("name_en")) - {"order", "per"}
            # A cap, a price and sales are no sum of such amounts.
            if measured(goal).kinds or measured(each).kinds or apart(each, goal):
                continue
            if not shared & measured(each).about or goal.of("comparator") in ("<", "<="):
                continue
            if overlap(measured(each).about, measured(goal).about) < 1:
                continue
            yield from _worth(plan, each, goal, amounts, steps)
            return


def _worth(
    plan: Plan, each: Fact, goal: Fact, amounts: Sequence[Fact], steps: Sequence[Fact]
) -> Iterator[Finding]:
    orders = plan.base(goal) / plan.base(each)
    low = min(steps, key=lambda step: step.value)
    for sales in amounts:
        total = measured(sales).kinds == {"sales"} and not measured(sales).about_zh
        if sales.of("period") != goal.of("period") or apart(sales, goal):
            continue
        if (
            measured(sales).kinds != {"sales"}
            or context(sales).of("channel")
            or (not total and measured(sales).about - {"promotion", "total"})
        ):
            continue
        value = plan.base(sales) / orders
        if value < low.value:
            enough = plan.base(sales) / low.value * plan.base(each) / plan.units.base(1, goal.unit)
            yield Finding(
                "identity", "H", (each.id, goal.id, sales.id, low.id),
                say("{name}: {goal} at {each} an order are {orders} orders: {value} CNY an order, "
                    "below the lowest step of {low} CNY", name=names([goal]),
                    goal=shown(goal.value, goal.unit), each=shown(each.value, each.unit),
                    orders=f"{orders:,.0f}", value=shown(round(value, 1)), low=shown(low.value)),
                set_to(goal.id, shown(goal.value, goal.unit),
                       f"≤ {shown(round(enough, 1), goal.unit)}"),
            )  # fmt: skip
            return
