"""ROI = the numerator it names / spend; where it names none, any return that fits will do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.plan.context import apart, context, extra
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import say, shown
from analysis.plan.rules.identities.failure import Failure, Ledger, bounds, meets
from analysis.plan.rules.identities.measures import measured, stage, stage_of
from analysis.plan.rules.identities.products import (
    levels,
    linked,
    one_moment,
    possible,
    significant,
)
from analysis.plan.rules.identities.table import MONEY, Slot
from analysis.plan.rules.wording import names

_PROFIT = re.compile(r"(?<![a-z])(?:profit|margin|contribution)|利润|毛利")
_GROSS = re.compile(
    r"(?<![a-z])(?:gmv|sales|revenue|turnover)(?![a-z])|成交额|销售额|营收|gmv|收入"
)
_NET = re.compile(r"(?<![a-z])net(?![a-z])|净|after returns?|less refunds?")
_BUDGET = re.compile(r"(?<![a-z])budget|预算")
_OTHER = re.compile(r"incremental|lifetime|(?<![a-z])ltv|增量|生命周期|industry|行业")
_RETURN = Slot(("sales", "profit"), MONEY, whole=True)
_SPEND = Slot(("spend",), MONEY, whole=True)


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every ROI of one document against the returns and the spend it names, into the ledger."""
    known = levels(facts)
    spends = [f for f in known if measured(f).kinds == {"spend"} and plan.dimension(f) == "money"
              and not f.says("exception")]  # fmt: skip
    returns = [f for f in known if measured(f).kinds in ({"sales"}, {"profit"})
               and plan.dimension(f) == "money" and not measured(f).per]  # fmt: skip
    for roi in known:
        is_ = measured(roi).kinds == {"roi"} or (
            not measured(roi).kinds and roi.of("metric_type") == "roi"
        )
        if is_ and plan.dimension(roi) in ("ratio", "times") and not _OTHER.search(_text(roi)):
            named = [f for f in returns if _named(roi, f)]
            _judge(plan, roi, named, _best(roi, spends), ledger)


def _text(roi: Fact) -> str:
    return f"{roi.name} {roi.of('definition')}".lower()


def _named(roi: Fact, fact: Fact) -> bool:
    """Whether a return is of the kind the ROI names; any, where it names none."""
    text, is_ = _text(roi), measured(fact)
    if _PROFIT.search(text):
        return is_.kinds == {"profit"}
    if measured(roi).net or _NET.search(text):
        return is_.net and is_.kinds == {"sales"}
    named = stage_of(text)
    if named and stage(fact) and named != stage(fact):
        return False
    return not _GROSS.search(text) or (not is_.net and is_.kinds == {"sales"})


def _best(roi: Fact, spends: Sequence[Fact]) -> list[Fact]:
    """Budgets are planned: where an outcome's spend is stated too, they are no divisor of it."""
    spent = [f for f in spends if not _BUDGET.search(f.name.lower()) and possible(roi, f, _SPEND)
             and not apart(roi, f)]  # fmt: skip
    planned = context(roi).moment == "target" or _BUDGET.search(_text(roi))
    return list(spends) if planned or not spent else spent


def _one_plan(roi: Fact, total: Fact, spend: Fact) -> bool:
    """Whether an ROI that says neither plan nor outcome is of the period of a planned return."""
    unsaid = context(roi).moment == "" and roi.role == "value"
    return unsaid and all(roi.place == f.place and any(roi.place[:2]) for f in (total, spend))


def _strict(roi: Fact, figures: Sequence[Fact], slot: Slot) -> bool:
    return any(linked(roi, f, slot) for f in figures)


def _told(roi: Fact, total: Fact) -> bool:
    outcome = context(total).moment != "target" and not apart(roi, total)
    return outcome and possible(roi, total, _RETURN)


def _judge(
    plan: Plan, roi: Fact, returns: Sequence[Fact], spends: Sequence[Fact], ledger: Ledger
) -> None:
    failing: list[tuple[tuple[bool, bool, int], str, str, Fact, Fact]] = []
    for total in returns:
        for spend in spends:
            if apart(total, roi) or apart(spend, roi) or apart(total, spend):
                continue
            if not (possible(roi, total, _RETURN) and possible(roi, spend, _SPEND)):
                continue
            made = tuple(a * b for a, b in zip(bounds(plan, roi), bounds(plan, spend), strict=True))
            if meets(bounds(plan, total), (made[0], made[1])):
                ledger.held.append((roi, total, spend))
                return
            loose = not (linked(roi, total, _RETURN) and linked(roi, spend, _SPEND))
            if loose and not (linked(roi, total, _RETURN, plainly=True)
                              and linked(roi, spend, _SPEND, plainly=True)):  # fmt: skip
                continue
            budgeted = context(roi).moment == "target" and _BUDGET.search(spend.name.lower())
            planned = not one_moment((total, roi)) or not (budgeted or one_moment((spend, roi)))
            if planned and not _one_plan(roi, total, spend):
                continue
            if measured(total).kinds == {"sales"}:
                gross = measured(total).net and not measured(roi).net
                rank = 10 * gross + 5 * (stage(total) not in ("", stage_of(_text(roi))))
                rank += extra(roi, total) + extra(roi, spend)
                failing.append(((loose, planned, rank), total.id, spend.id, total, spend))
    if not failing:
        return
    (loose, planned, rank), _, _, total, spend = min(failing, key=lambda each: each[:3])
    if loose and (_strict(roi, returns, _RETURN) or _strict(roi, spends, _SPEND)):
        return  # the whole's own figure is stated too: a campaign's is not meant
    if planned and any(_told(roi, f) for f in returns):
        return  # outcomes are stated: a plan is not measured by them
    value = plan.base(total) / plan.base(spend)
    needed = {
        roi.id: value,
        total.id: total.value * roi.value / value,
        spend.id: spend.value * value / roi.value,
    }
    sentence = say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names((total, spend)), name=names([roi]),
        left=f"{shown(total.value, total.unit)} / {shown(spend.value, spend.unit)}",
        value=shown(significant(value)), stated=shown(roi.value),
    )  # fmt: skip
    ledger.failures.append(Failure((roi, total, spend), sentence, needed, rank=rank))
