"""Completion of a target = what was reached / what was aimed at, whichever table says it."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan.context import context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import say, shown
from analysis.plan.rules.identities.failure import Failure, Ledger
from analysis.plan.rules.identities.measures import measured, one_thing
from analysis.plan.rules.wording import names
from analysis.plan.units import decimals

_CLASSES = ("event", "part", "phase", "channel", "whose")


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every stated completion of one document, into the ledger.

    A completion in the table of targets itself is compared with its row's neighbours elsewhere.
    """
    rows: dict[str, dict[str, Fact]] = {}
    for fact in facts:
        if fact.table == "targets_actuals":
            rows.setdefault(fact.id, {})[fact.role] = fact
    for stated in facts:
        if "completion" not in measured(stated).kinds or stated.unit != "pct":
            continue
        if stated.role != "value":
            continue
        failing = []
        held = False
        for row in rows.values():
            target, actual = row.get("target"), row.get("actual")
            if not (target and actual and target.value > 0 and _of(stated, actual)):
                continue
            made = actual.value / target.value * 100
            slack = 0.5 * 10.0 ** -decimals(stated.value) + made * (
                plan.step(actual) / max(plan.base(actual), 1e-12)
                + plan.step(target) / plan.base(target)
            )  # fmt: skip
            if abs(made - stated.value) <= max(slack, 0.5):
                ledger.held.append((stated, actual))
                held = True
            else:
                failing.append((stated, actual, target, made))
        if failing and not held:
            ledger.failures.append(_failure(*failing[0]))


def _of(stated: Fact, actual: Fact) -> bool:
    a, b = measured(stated), measured(actual)
    kinds = a.kinds - {"completion"}
    x, y = context(stated), context(actual)
    place = all(x.of(kind) == y.of(kind) for kind in _CLASSES)
    return place and kinds in (b.kinds, frozenset()) and one_thing(stated, actual)


def _failure(stated: Fact, actual: Fact, target: Fact, made: float) -> Failure:
    sentence = say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names([actual]), name=names([stated]),
        left=f"{shown(actual.value, actual.unit)} / {shown(target.value, target.unit)}",
        value=shown(round(made, 1), "pct"), stated=shown(stated.value, "pct"),
    )  # fmt: skip
    needed = {stated.id: round(made, 1), actual.id: stated.value / 100 * target.value}
    return Failure((stated, actual), sentence, needed)
