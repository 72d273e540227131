"""Quantity of each × kinds = quantity of all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.plan.context import apart
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import say, shown
from analysis.plan.names import overlap, stem, tokens
from analysis.plan.rules.identities.failure import Failure, Ledger
from analysis.plan.rules.wording import names

FEW = 50
"""More kinds than this are no kinds but a quantity."""
_KIND = frozenset(["design", "model", "style", "kind", "sku"])
_KIND_ZH = re.compile(r"款数|种类|款式|品类数|sku数")
_EACH_ZH = re.compile(r"每款|每种|单款|限量|数量|每个")


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every quantity of each kind in one document, into the ledger."""
    counts = [f for f in facts if plan.dimension(f) == "count" and f.role == "value" and f.value > 0
              and f.table not in ("thresholds", "risk_register")]  # fmt: skip
    for each in (f for f in counts if f.says("each")):
        kinds = [f for f in counts if f.id != each.id and _kinds_of(each, f)]
        wholes = [f for f in counts if f.id != each.id and _all_of(each, f)
                  and f.value >= each.value]  # fmt: skip
        pairs = [(k, w) for k in kinds for w in wholes if k.id != w.id]
        held = [(w, each, k) for k, w in pairs if _holds(plan, each, k, w)]
        if held or not pairs:
            ledger.held.extend(held)
            continue
        kind, whole = min(pairs, key=lambda pair: (pair[1].id, pair[0].id))
        made = plan.base(each) * kind.value / plan.units.base(1, whole.unit)
        sentence = say(
            "{names}: {left} = {value}; {name} is stated as {stated}",
            names=names((kind, each)), name=names([whole]),
            left=f"{shown(kind.value)} × {shown(each.value)}", value=shown(made, whole.unit),
            stated=shown(whole.value, whole.unit),
        )  # fmt: skip
        needed = {whole.id: made, each.id: whole.value / kind.value}
        ledger.failures.append(Failure((each, whole, kind), sentence, needed, "M"))


def _holds(plan: Plan, each: Fact, kind: Fact, whole: Fact) -> bool:
    return abs(plan.base(whole) - plan.base(each) * kind.value) <= plan.step(whole)


def _topic(fact: Fact) -> frozenset[str]:
    if fact.of("name_en"):
        return stem(fact.of("name_en")) - {"each", "quantity", "per", *_KIND}
    return tokens(_KIND_ZH.sub("", _EACH_ZH.sub("", fact.of("name_zh"))))


def _kinds_of(each: Fact, fact: Fact) -> bool:
    words = stem(fact.of("name_en")) | stem(fact.of("metric_key"))
    told = bool(words & _KIND or _KIND_ZH.search(fact.of("name_zh")))
    few = told or fact.table != each.table
    near = overlap(_topic(each), words if fact.of("name_en") else _topic(fact)) >= 0.6
    return few and near and fact.value <= FEW and not apart(each, fact)


def _all_of(each: Fact, fact: Fact) -> bool:
    """Whether a quantity is of all kinds: it says so much of the thing, and nothing of each."""
    if fact.says("each") or apart(each, fact):
        return False
    mine, theirs = _topic(each), _topic(fact)
    least = 2 if fact.of("name_en") else 1
    return len(mine & theirs) >= least and overlap(mine, theirs) >= 0.5
