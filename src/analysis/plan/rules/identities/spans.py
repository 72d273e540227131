"""So much a day, a week or a month × its number in the longer span, where both are stated."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan.context import apart, context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import say, shown
from analysis.plan.names import tagged
from analysis.plan.rules.identities.failure import Failure, Ledger, bounds, meets
from analysis.plan.rules.identities.measures import measured
from analysis.plan.rules.identities.plainly import plainly_one
from analysis.plan.rules.identities.products import levels, significant
from analysis.plan.rules.wording import names

_TIMES: dict[tuple[str, str], tuple[float, float]] = {
    ("day", "week"): (5, 7), ("day", "month"): (28, 31), ("day", "year"): (360, 366),
    ("week", "month"): (4, 4.5), ("week", "year"): (50, 53), ("month", "year"): (12, 12),
}  # fmt: skip
"""Short and long span → how many of the one the other has: working weeks, months of 30 days."""
_USUAL = {("day", "week"): 7, ("day", "month"): 30, ("day", "year"): 365, ("week", "month"): 4,
          ("week", "year"): 52, ("month", "year"): 12}  # fmt: skip
_UNITS = {"per_week": "week", "times_per_month": "month", "per_month": "month", "per_day": "day",
          "times_per_week": "week", "times_per_day": "day", "per_year": "year"}  # fmt: skip
_CLASSES = ("event", "part", "phase", "channel", "audience", "whose")
_UNIQUE = frozenset({"users", "buyers", "members", "mau", "dau", "stock", "headcount", "reach",
                     "visitors", "viewers", "price", "promo_price", "list_price", "unit_cost",
                     "aov", "arpu", "cac", "cpc", "cpm", "share", "growth", "fall"})  # fmt: skip
"""Measures that do not add up over time: people who come back count once."""


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every figure of a short span of one document against that of a longer one."""
    known = [f for f in levels(facts) if _span(f) and _adds(plan, f)]
    for long in known:
        shorts = [f for f in known if (_span(f), _span(long)) in _TIMES and _one(f, long)]
        kin = [f for f in known if _span(f) == _span(long) and _one(f, long)]
        held = [(a, s) for a in (long, *kin) for s in shorts if _holds(plan, s, a)]
        if held or not shorts:
            ledger.held.extend(held)
            continue
        ledger.failures.append(_failure(plan, min(shorts, key=lambda f: f.id), long))


def _span(fact: Fact) -> str:
    """Which span a figure is of: by its unit, else by its name; "" if none or two."""
    if fact.unit in _UNITS:
        return _UNITS[fact.unit]
    words = {word for column in ("name_en", "name_zh") for kind, word in tagged(fact.of(column))[0]
             if kind == "period"}  # fmt: skip
    return words.pop() if len(words) == 1 else ""


def _adds(plan: Plan, fact: Fact) -> bool:
    is_ = measured(fact)
    counted = plan.dimension(fact) in ("money", "count") or fact.unit in _UNITS
    return counted and not is_.kinds & _UNIQUE and is_.per in ("", "day", "week", "month") \
        and not context(fact).of("stat") - {"average"}  # fmt: skip


def _one(one: Fact, other: Fact) -> bool:
    a, b = context(one), context(other)
    x, y = measured(one), measured(other)
    if one.id == other.id or apart(one, other) or x.kinds != y.kinds or x.net != y.net:
        return False
    told = bool(x.about or x.left_zh or x.kinds)
    same = all(a.of(kind) == b.of(kind) for kind in _CLASSES) and a.details == b.details
    timed = (a.moment == "target") == (b.moment == "target") and a.scope == b.scope
    return told and same and timed and plainly_one(one, other)


def _holds(plan: Plan, short: Fact, long: Fact) -> bool:
    few, many = _TIMES[_span(short), _span(long)]
    low, high = bounds(plan, short)
    return meets(bounds(plan, long), (low * few, high * many))


def _failure(plan: Plan, short: Fact, long: Fact) -> Failure:
    times = _USUAL[_span(short), _span(long)]
    unit = plan.units.base(1, long.unit)
    value = plan.base(short) * times / unit
    sentence = say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names([short]), name=names([long]),
        left=f"{shown(short.value, short.unit)} × {shown(times)}",
        value=shown(significant(value), long.unit), stated=shown(long.value, long.unit),
    )  # fmt: skip
    needed = {long.id: value, short.id: short.value * long.value / value}
    return Failure((long, short), sentence, needed)
