"""What a member's points give back: points earned per CNY × what a point is worth."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.plan.context import apart, context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import say, shown
from analysis.plan.rules.identities.failure import Failure, Ledger
from analysis.plan.rules.wording import names
from analysis.plan.units import decimals

_POINTS = re.compile(r"(?<![a-z])points?(?![a-z])|积分")
_CNY = re.compile(r"(?<![a-z])(?:cny|yuan|rmb)(?![a-z])|元")
_BURN = re.compile(
    r"redeem|redemption|deduct|offset|exchange|discount|(?<![a-z])(?:off|needed|required|worth)"
    r"(?![a-z])|抵|兑|所需"
)
_BACK = re.compile(
    r"(?<![a-z])(?:rebate|reward|return|cash ?back|back|value)(?![a-z])|返|回馈|回报|奖励|价值"
)
_SPECIAL = re.compile(
    r"multipl|double|triple|birthday|sign|bonus|extra|review|倍|生日|签到|额外|评价|会员日|首单"
)
_WORTH = re.compile(r"(?:value of|worth of) (?:a|one|1) point|point value|每积分|1积分|单个积分")
_LOT = re.compile(r"(\d+) ?(?:points|积分)|每(\d+)积?分")


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every rate of return of points of one document, into the ledger."""
    told = [f for f in facts if f.role == "value" and f.value > 0 and f.table != "thresholds"
            and _POINTS.search(f.name.lower()) and not _SPECIAL.search(f.name.lower())]  # fmt: skip
    earned = [f for f in told if _CNY.search(f.name.lower()) and f.unit == "points"
              and not _BURN.search(f.name.lower())]  # fmt: skip
    worth = [(f, w) for f in told for w in [_worth(f)] if w]
    for rate in told:
        if rate.unit != "pct" or not _BACK.search(rate.name.lower()):
            continue
        made = [(e, w, 100 * e.value * each) for e in earned for w, each in worth
                if _one(rate, e) and _one(rate, w)]  # fmt: skip
        slack = 0.5 * 10.0 ** -decimals(rate.value)
        held = [(rate, e, w) for e, w, each in made if abs(each - rate.value) <= slack]
        if held or not made:
            ledger.held.extend(held)
            continue
        ledger.failures.append(_failure(rate, *made[0]))


def _worth(fact: Fact) -> float:
    """CNY that a point is worth; 0 if a figure does not say."""
    text = fact.name.lower()
    if fact.unit == "points" and _BURN.search(text) and _CNY.search(text):
        return 1 / fact.value
    if fact.unit == "cny" and _WORTH.search(text):
        return fact.value
    lot = _LOT.search(text)
    if fact.unit == "cny" and lot and _BURN.search(text):
        return fact.value / float(lot[1] or lot[2])
    return 0.0


def _one(rate: Fact, fact: Fact) -> bool:
    a, b = context(rate), context(fact)
    return not apart(rate, fact) and all(
        a.of(kind) == b.of(kind) for kind in ("event", "audience", "channel")
    )


def _failure(rate: Fact, earned: Fact, worth: Fact, made: float) -> Failure:
    sentence = say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names((earned, worth)), name=names([rate]),
        left=f"{shown(earned.value)} {'/' if worth.unit == 'points' else '×'} {shown(worth.value)}",
        value=shown(made, "pct"), stated=shown(rate.value, "pct"),
    )  # fmt: skip
    factor = rate.value / made
    back = worth.value / factor if worth.unit == "points" else worth.value * factor
    needed = {rate.id: made, earned.id: earned.value * factor, worth.id: back}
    return Failure((rate, earned, worth), sentence, needed)
