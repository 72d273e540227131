"""Everything that multiplies, divides or adds up by definition, one module an idea.

Candidates of each role are collected in one document, event, moment and scope. Any combination
that fits within print rounding silences an identity; if none does, the best-named one fails, and
the failures of a document are reported by their cause.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.plan.facts import Plan
from analysis.plan.findings import Finding
from analysis.plan.rules.identities import (
    benefits,
    completion,
    each,
    failure,
    goods,
    growth,
    heads,
    implied,
    limits,
    market,
    parts,
    points,
    products,
    rates,
    returns,
    shares,
    spans,
)

_CHECKS = (
    products, returns, rates, shares, growth, completion, parts, each, goods, limits, heads,
    market, spans, points,
)  # fmt: skip


def find(plan: Plan) -> Iterator[Finding]:
    """Every identity that fails in one document, one finding a cause."""
    for facts in plan.documents.values():
        ledger = failure.Ledger()
        for idea in _CHECKS:
            idea.check(plan, facts, ledger)
        yield from failure.findings(plan, facts, ledger)
        yield from implied.find(plan, facts)
    yield from benefits.find(plan.facts)


__all__ = ["find"]
