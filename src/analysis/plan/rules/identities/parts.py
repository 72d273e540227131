"""Prices that add up: deposit + balance, and cost + profit of a piece."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan.context import apart, context, extra
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import say, shown
from analysis.plan.rules.identities.failure import Failure, Ledger, bounds
from analysis.plan.rules.identities.measures import measured, one_thing
from analysis.plan.rules.identities.products import levels
from analysis.plan.rules.wording import names

_SUMS = (("deposit", "balance"), ("unit_cost", "profit"))
_WHOLE = ("price", "promo_price")


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every price of one document that two amounts make up, into the ledger."""
    known = [f for f in levels(facts) if f.unit == "cny" and not measured(f).per]
    prices = [f for f in known if _only(f, _WHOLE)]
    for one, other in _SUMS:
        for first in (f for f in known if _only(f, (one,))):
            seconds = [f for f in known if _only(f, (other,)) and _together(first, f)]
            failing = []
            held = False
            for second in seconds:
                for price in prices:
                    if not (_together(first, price) and _together(second, price)):
                        continue
                    made = plan.base(first) + plan.base(second)
                    low, high = bounds(plan, price)
                    slack = plan.step(first) + plan.step(second)
                    if low - slack <= made <= high + slack:
                        ledger.held.append((price, first, second))
                        held = True
                    else:
                        rank = extra(first, price) + extra(second, price)
                        failing.append((rank, price.id, second.id, price, second))
            if failing and not held:
                *_, price, second = min(failing, key=lambda each: each[:3])
                ledger.failures.append(_failure(price, first, second))


def _only(fact: Fact, kinds: Sequence[str]) -> bool:
    found = measured(fact).kinds
    return bool(found) and found <= set(kinds)


def _together(one: Fact, other: Fact) -> bool:
    same = context(one).of("event") == context(other).of("event")
    return same and one_thing(one, other) and not apart(one, other) and one.id != other.id


def _failure(price: Fact, first: Fact, second: Fact) -> Failure:
    made = first.value + second.value
    sentence = say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names((first, second)), name=names([price]),
        left=f"{shown(first.value, 'cny')} + {shown(second.value, 'cny')}",
        value=shown(made, "cny"), stated=shown(price.value, "cny"),
    )  # fmt: skip
    needed = {price.id: made, second.id: price.value - first.value,
              first.id: price.value - second.value}  # fmt: skip
    return Failure((price, first, second), sentence,
                   {id: value for id, value in needed.items() if value > 0})  # fmt: skip
