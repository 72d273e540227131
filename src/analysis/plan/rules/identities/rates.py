"""A figure per something × the number of it = the total; cost per new customer; days of cover."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.plan.context import apart, context, extra
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import say, shown
from analysis.plan.rules.identities.failure import Failure, Ledger, bounds, meets
from analysis.plan.rules.identities.measures import measured, one_thing
from analysis.plan.rules.identities.products import beside, levels, one_moment, significant
from analysis.plan.rules.wording import names

_NARROW = ("event", "part", "phase", "channel", "audience", "whose")
_TIMES = {"day": "days", "week": "weeks", "month": "months"}
_NUMBERED = {"session": r"\bsessions?\b|场次|场数|直播场", "store": r"\bstores?\b|门店|店铺|店数",
             "person": r"\bheadcount\b|\bstaff\b|\bemployees?\b|人数|员工|编制"}  # fmt: skip
SET = 100.0
"""CNY up to which a whole amount apiece is set, not measured."""
_ACQUIRE = re.compile(r"acquisition|获客|拉新")
_COVER = re.compile(
    r"cover|days of (stock|inventory|supply)|turnover days|可售天|周转天|库存天|覆盖天"
)


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every rate of one document times what it is per, into the ledger."""
    known = levels(facts)
    for rate in known:
        if measured(rate).per:
            numbers = [f for f in known if _number_of(plan, rate, f)]
            totals = [f for f in known if _total_of(plan, rate, f)]
            _judge(plan, rate, numbers, totals, ledger)
        elif measured(rate).kinds == {"cac"} and plan.dimension(rate) == "money":
            numbers = [f for f in known if _new_people(plan, f)]
            totals = [f for f in known if measured(f).kinds == {"spend"} and _ACQUIRE.search(
                f.name.lower()) and plan.dimension(f) == "money"]  # fmt: skip
            _judge(plan, rate, numbers, totals, ledger)
    for rate in [f for f in known if _daily(plan, f)]:
        numbers = [f for f in known if f.unit == "days" and _COVER.search(f.name.lower())]
        totals = [f for f in known if measured(f).kinds == {"stock"} and one_thing(f, rate)
                  and plan.dimension(f) == "count"]  # fmt: skip
        _judge(plan, rate, [f for f in numbers if _cover_of(rate, f)], totals, ledger)


def _number_of(plan: Plan, rate: Fact, fact: Fact) -> bool:
    """Whether a figure is the number of what the rate is per."""
    noun, is_ = measured(rate).per, measured(fact)
    if fact.id == rate.id or is_.per or context(fact).of("stat"):
        return False
    if noun in _TIMES:
        spare = is_.about - {"day", "week", "month"} - measured(rate).about
        return fact.unit == _TIMES[noun] and not is_.kinds and not spare
    if noun == "order":
        return is_.kinds == {"orders"} and plan.dimension(fact) == "count" and not is_.about
    if plan.dimension(fact) not in ("count", "persons"):
        return False
    if noun in _NUMBERED:
        return bool(re.search(_NUMBERED[noun], fact.name.lower()))
    return is_.about == {noun} and not is_.kinds


def _total_of(plan: Plan, rate: Fact, fact: Fact) -> bool:
    """Whether a figure is what the rate sums to: its measure and thing, per nothing."""
    return (
        fact.id != rate.id
        and not measured(fact).per
        and measured(fact).kinds == measured(rate).kinds
        and plan.dimension(fact) in (plan.dimension(rate), "count")
        and (plan.dimension(fact) == plan.dimension(rate) or rate.unit == "persons")
        and (one_thing(fact, rate) or _raised(rate, fact))
        and bool(measured(rate).kinds or measured(rate).about or measured(rate).left_zh)
        and not context(fact).of("stat")
    )


def _raised(rate: Fact, fact: Fact) -> bool:
    """Whether a sum is raised by so much an order: its name says what the rate is for."""
    mine, theirs = measured(rate), measured(fact)
    raised = mine.per == "order" and rate.unit == "cny" and not theirs.kinds
    return raised and bool(mine.about) and mine.about <= theirs.about


def _new_people(plan: Plan, fact: Fact) -> bool:
    people = measured(fact).kinds & {"buyers", "users", "members"}
    new = context(fact).of("audience") >= {"new"}
    return bool(people) and new and plan.dimension(fact) == "count" and not measured(fact).about


def _daily(plan: Plan, fact: Fact) -> bool:
    is_ = measured(fact)
    daily = is_.per == "day" or "day" in context(fact).of("period")
    return daily and plan.dimension(fact) == "count" and is_.kinds == {"volume"}


def _cover_of(rate: Fact, fact: Fact) -> bool:
    words = measured(fact).about - {"cover", "day", "supply"}
    return words == measured(rate).about and context(rate).of("event") == context(fact).of("event")


def _inside(rate: Fact, fact: Fact, total: Fact) -> bool:
    """Whether rate and number say no more of event, channel and people than the total does."""
    if apart(rate, total) or apart(fact, total) or apart(rate, fact):
        return False
    for kind in _NARROW:
        if kind == "audience" and measured(rate).kinds == {"cac"}:
            continue  # whoever is acquired is new
        whole = context(total).of(kind)
        ours, theirs = context(rate).of(kind), context(fact).of(kind)
        if ours - whole or (theirs - whole and theirs - ours):
            return False
        if ours == theirs == whole:
            continue
        near = beside(rate, total) and beside(fact, total)
        # A total of an event is made of the event's number; what each gives may be said once.
        unsaid = ours != whole and not (measured(rate).per == "order" and rate.unit == "cny")
        if not near and (theirs != whole or kind != "event" or unsaid):
            return False
    return True


def _judge(
    plan: Plan, rate: Fact, numbers: Sequence[Fact], totals: Sequence[Fact], ledger: Ledger
) -> None:
    failing: list[tuple[int, tuple[Fact, Fact]]] = []
    for total in totals:
        for number in numbers:
            if total.id in (number.id, rate.id) or apart(rate, total) or apart(number, total):
                continue
            each = bounds(plan, rate)
            if rate.unit == "cny" and rate.value < SET and rate.value == round(rate.value):
                each = (plan.base(rate),) * 2  # so many whole CNY apiece are a rule, not rounded
            made = tuple(
                a * b / plan.units.base(1, number.unit) if number.unit in _TIMES.values() else a * b
                for a, b in zip(each, bounds(plan, number), strict=True)
            )
            if meets(bounds(plan, total), (made[0], made[1])):
                ledger.held.append((total, rate, number))
                return
            if _inside(rate, number, total) and one_moment((total, number)):
                failing.append((extra(total, rate) + extra(total, number), (total, number)))
    if not failing:
        return
    _, (total, number) = min(failing, key=lambda each: (each[0], each[1][0].id, each[1][1].id))
    times = number.value if number.unit in _TIMES.values() else plan.base(number)
    unit = plan.units.base(1, total.unit)
    value = plan.base(rate) * times / unit
    needed = {
        total.id: value,
        number.id: number.value * total.value / value,
        rate.id: rate.value * total.value / value,
    }
    sentence = say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names((rate, number)), name=names([total]),
        left=f"{shown(rate.value, rate.unit)} × {shown(number.value, number.unit)}",
        value=shown(significant(value), total.unit), stated=shown(total.value, total.unit),
    )  # fmt: skip
    ledger.failures.append(Failure((total, rate, number), sentence, needed))
