"""The driver of a sales target that must move, where the plan gives users, conversion, order value.

Sales = users × ARPU = visitors × conversion × order value = orders × order value.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from analysis.base import formats
from analysis.base.language import translator
from analysis.plan.facts import Fact
from analysis.plan.target_rows import Target, name_of, printed

_VISITORS = re.compile(r"visitor|\btraffic\b|\buv\b|访客|流量|进店")
_ORDERS = re.compile(r"\borders?\b(?! value)|订单")
_SETS = (("users", "arpu"), ("visitors", "conversion", "order_value"), ("orders", "order_value"))
_CLOSE = 0.03
"""Share by which printed factors may miss the printed outcome."""


@dataclass(frozen=True)
class Driver:
    """One driver of a sales target.

    Attributes:
        fact: The driver's target.
        baseline: Where it stands.
        planned: Where the plan wants it; NaN if it says nothing.
        alone: Where it must get if the others stay.
        together: Factor of sales that all drivers' targets make; NaN if one has none.
        needed: Factor of sales that the target asks for.
    """

    fact: Fact
    baseline: float
    planned: float
    alone: float
    together: float
    needed: float

    def text(self, lang: str = "en") -> str:
        """The driver, where it must get alone, and whether the plan's drivers suffice."""
        say = translator(lang)
        alone = say("{driver}: {start} → {alone} if the others stay",
                    driver=name_of(self.fact, lang),
                    start=printed(self.baseline, self.fact.unit, lang),
                    alone=printed(float(f"{self.alone:.4g}"), self.fact.unit, lang))  # fmt: skip
        if math.isnan(self.together):
            return alone
        short = self.together < self.needed * (1 - _CLOSE)
        made, asked = (f"{'+' if x > 1 else ''}{formats.percent(x - 1)}"
                       for x in (self.together, self.needed))  # fmt: skip
        plan = (
            say("the planned drivers make {made}, short of the {asked} needed", made=made,
                asked=asked)
            if short else
            say("the planned drivers make {made}, {asked} are needed", made=made, asked=asked)
        )  # fmt: skip
        return say("{one}; {other}", one=alone, other=plan)


def driver_of(target: Target, targets: list[Target]) -> Driver | None:
    """The driver of a sales target that moves most in the plan.

    Args:
        target: A target; only one of total sales with a baseline has drivers.
        targets: All targets; drivers have the same document, period and scope.
    """
    goal, start = target.goal, target.of("baseline")
    if start is None or start.value <= 0 or not goal.says("gmv") or goal.says("not_total"):
        return None
    if goal.unit == "pct" or goal.value <= 0:
        return None
    near = [
        each for each in targets
        if each.id != target.id and each.goal.place == goal.place
        and each.goal.document == goal.document and each.of("baseline") is not None
    ]  # fmt: skip
    needed = goal.value / start.value
    for names in _SETS:
        parts = [_best(near, name) for name in names]
        if any(part is None for part in parts):
            continue
        factors = []
        for part in parts:
            assert part is not None
            base = part.of("baseline")
            assert base is not None
            factors.append((part, base.value, part.goal.value / base.value))
        together = math.prod(factor for *_, factor in factors)
        part, base_value, _ = max(factors, key=lambda each: each[2])
        return Driver(part.goal, base_value, part.goal.value, base_value * needed, together, needed)
    return None


def _best(targets: list[Target], kind: str) -> Target | None:
    """The plainest target that can be a driver of a kind."""
    fits = []
    for target in targets:
        goal, base = target.goal, target.of("baseline")
        if base is None or base.value <= 0 or goal.says("growth") or not _is(goal, kind):
            continue
        fits.append(target)
    return min(fits, key=lambda each: len(each.goal.tokens), default=None)


def _is(fact: Fact, kind: str) -> bool:
    name, counted = fact.name.lower(), fact.unit not in ("pct", "pp") and "cny" not in fact.unit
    if kind == "users":
        return counted and fact.says("users") and not fact.says("new")
    if kind == "visitors":
        return counted and bool(_VISITORS.search(name))
    if kind == "orders":
        return counted and bool(_ORDERS.search(name))
    if kind == "conversion":
        return fact.unit == "pct" and fact.says("conversion")
    return "cny" in fact.unit and fact.says(kind)
