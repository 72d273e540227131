"""Sales of a group = its heads × what each of them spends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.plan.context import apart, context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import say, shown
from analysis.plan.rules.identities.failure import Failure, Ledger, bounds, meets
from analysis.plan.rules.identities.measures import measured
from analysis.plan.rules.identities.plainly import bare, bare_zh
from analysis.plan.rules.identities.products import levels, one_moment, significant
from analysis.plan.rules.wording import names

_GROUPS = {
    "members": re.compile(r"(?<![a-z])members?(?:hip)?(?![a-z])|会员"),
    "users": re.compile(r"(?<![a-z])users?(?![a-z])|用户"),
    "buyers": re.compile(r"(?<![a-z])(?:buyers?|customers?|shoppers?)(?![a-z])|买家|客户|顾客"),
}
_PEOPLE = frozenset(_GROUPS)
_CLASSES = ("event", "part", "phase", "channel", "whose")
_ANY_MEMBER = frozenset({"registered", "active", "paying"})


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every amount per head of a group of one document, into the ledger."""
    known = levels(facts)
    for each in known:
        if "arpu" not in measured(each).kinds or each.unit != "cny":
            continue
        group = next((g for g, words in _GROUPS.items() if words.search(each.name.lower())), "")
        totals = [f for f in known if group and _sales_of(plan, group, each, f)]
        heads = [f for f in known if group and _heads_of(plan, group, each, f)]
        if totals and heads:
            _judge(plan, each, totals, heads, ledger)


def _place(each: Fact, fact: Fact) -> bool:
    a, b = context(each), context(fact)
    same = all(a.of(kind) == b.of(kind) for kind in _CLASSES)
    # The arpu's own name may be of a tier: then the heads and the sales must be too.
    ours, theirs = a.of("audience") - _ANY_MEMBER, b.of("audience") - _ANY_MEMBER
    return same and ours == theirs and not apart(each, fact) and each.id != fact.id


def _sales_of(plan: Plan, group: str, each: Fact, fact: Fact) -> bool:
    """Whether an amount is what a group buys, and nothing narrower."""
    is_ = measured(fact)
    amount = is_.kinds == {"sales", group} and plan.dimension(fact) == "money"
    return amount and not is_.per and not _narrow(each, fact) and _place(each, fact)


def _heads_of(plan: Plan, group: str, each: Fact, fact: Fact) -> bool:
    is_ = measured(fact)
    counted = is_.kinds == {group} and plan.dimension(fact) == "count"
    return counted and not is_.per and not _narrow(each, fact) and _place(each, fact) and \
        not context(fact).of("stat")  # fmt: skip


def _narrow(each: Fact, fact: Fact) -> bool:
    """Whether a figure is of a narrower thing than the amount per head."""
    mine, theirs = measured(each), measured(fact)
    if each.of("name_en") and fact.of("name_en"):
        return bool(bare(theirs.about) - bare(mine.about))
    return bare_zh(theirs.left_zh) not in mine.left_zh


def _judge(
    plan: Plan, each: Fact, totals: Sequence[Fact], heads: Sequence[Fact], ledger: Ledger
) -> None:
    for total in totals:
        for head in heads:
            (a, b), (c, d) = bounds(plan, each), bounds(plan, head)
            if meets(bounds(plan, total), (a * c, b * d)):
                ledger.held.append((total, each, head))
                return
    sure = [(t, h) for t in totals for h in heads if one_moment((t, h, each))]
    if not sure:
        return
    said = context(each).of("audience")
    total, head = min(
        sure, key=lambda pair: (context(pair[1]).of("audience") != said, -plan.base(pair[1]),
                                pair[1].id, pair[0].id),
    )  # fmt: skip
    unit = plan.units.base(1, total.unit)
    value = plan.base(each) * plan.base(head) / unit
    sentence = say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names((each, head)), name=names([total]),
        left=f"{shown(each.value, each.unit)} × {shown(head.value, head.unit)}",
        value=shown(significant(value), total.unit), stated=shown(total.value, total.unit),
    )  # fmt: skip
    needed = {
        total.id: value,
        each.id: each.value * total.value / value,
        head.id: head.value * total.value / value,
    }
    severity = "H" if len({plan.base(h) for h in heads}) == 1 else "M"
    ledger.failures.append(Failure((total, each, head), sentence, needed, severity))
