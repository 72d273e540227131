"""What cannot be above what: net and gross, redeemed and issued, clicks and impressions."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan.context import apart, context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Phrase, say, shown
from analysis.plan.rules.identities.failure import Failure, Ledger, bounds
from analysis.plan.rules.identities.measures import measured, stage
from analysis.plan.rules.identities.plainly import plainly_one
from analysis.plan.rules.identities.products import levels
from analysis.plan.rules.wording import names

_CLASSES = ("event", "part", "phase", "channel", "audience", "whose")
_STAGES = frozenset(["net", "gross", "paid", "ordered", "after", "refund", "return", "gmv"])
LAST = 999
"""Rank of a bound: a sum that says what the figure had to be is told instead."""
_PAIRS: tuple[tuple[str, str, str], ...] = (
    ("redeemed", "issued", "H"), ("clicks", "impressions", "H"), ("reach", "impressions", "H"),
    ("dau", "mau", "H"), ("refund", "sales", "H"), ("commission", "sales", "H"),
    ("profit", "sales", "H"), ("buyers", "visitors", "H"), ("sell_through", "sell_in", "M"),
)  # fmt: skip
"""Measure, what it is at most, severity: a channel may also sell what it had in stock."""


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every figure of one document above what bounds it, into the ledger."""
    known = [f for f in levels(facts) if plan.dimension(f) in ("money", "count")
             and not measured(f).per and not context(f).of("stat")]  # fmt: skip
    for low, high, severity in _PAIRS:
        uppers = [f for f in known if measured(f).kinds == {high} and not measured(f).net]
        for lower in (f for f in known if measured(f).kinds == {low}):
            _judge(plan, lower, uppers, severity, ledger)
    sales = [f for f in known if measured(f).kinds == {"sales"}]
    for lower in sales:
        if measured(lower).net:
            uppers = [f for f in sales if not measured(f).net]
        elif stage(lower) == "paid":
            uppers = [f for f in sales if stage(f) == "gmv" and not measured(f).net]
        else:
            continue
        _judge(plan, lower, uppers, "H", ledger)


def _judge(plan: Plan, lower: Fact, uppers: Sequence[Fact], severity: str, ledger: Ledger) -> None:
    near = [f for f in uppers if f.id != lower.id and not apart(lower, f)
            and plainly_one(lower, f) and plan.dimension(f) == plan.dimension(lower)
            and context(f).of("event") == context(lower).of("event")
            and _no_wider(lower, f)]  # fmt: skip
    strict = [f for f in near if _one(lower, f)]
    if not strict or bounds(plan, lower)[0] <= max(bounds(plan, f)[1] for f in near):
        return
    upper = max(strict, key=lambda f: (plan.base(f), f.id))
    ledger.failures.append(above(plan, lower, upper, severity))


def _no_wider(lower: Fact, upper: Fact) -> bool:
    """Whether a bound is of no more channels and people than what it bounds."""
    a, b = context(lower), context(upper)
    return all(b.of(kind) <= a.of(kind) for kind in ("part", "phase", "channel", "audience"))


def _one(lower: Fact, upper: Fact) -> bool:
    a, b = context(lower), context(upper)
    same = (
        all(a.of(kind) == b.of(kind) for kind in _CLASSES)
        and a.scope - _STAGES == b.scope - _STAGES
    )
    return same and (a.moment == "target") == (b.moment == "target") and plainly_one(lower, upper)


def above(plan: Plan, lower: Fact, upper: Fact, severity: str = "H") -> Failure:
    """The failure of a figure that is above its bound."""
    unit = plan.units.base(1, lower.unit)
    needed = {lower.id: plan.base(upper) / unit,
              upper.id: plan.base(lower) / plan.units.base(1, upper.unit)}  # fmt: skip
    return Failure((lower, upper), _told(lower, upper), needed, severity, rank=LAST)


def _told(lower: Fact, upper: Fact) -> Phrase:
    return say(
        "{name} {value} is above {other} {limit}, which bounds it",
        name=names([lower]), value=shown(lower.value, lower.unit), other=names([upper]),
        limit=shown(upper.value, upper.unit),
    )  # fmt: skip
