"""An identity that fails, what its figures may be at most and at least, and the guilty cell.

One wrong number makes every identity fail that it is part of: the cell that most failures share,
and that no identity that holds and no equal copy vouches for, is blamed; one finding is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.plan.context import apart
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, Phrase, set_to, shown
from analysis.plan.rules.identities.measures import measured, one_thing

NEAR = 0.02
"""Relative error of a product that rounding of published figures explains."""
FAR = 1.5
"""How far above a bound ("more than 5 000") the figure behind it may be."""


@dataclass(frozen=True)
class Failure:
    """One identity that no combination of its candidates satisfies.

    Attributes:
        facts: The figures of the best-named combination, the result first.
        sentence: The sum written out.
        needed: Fact id → what it had to be, in its own unit, for the identity to hold.
        severity: H where every name is explicit, M otherwise.
        rank: Fewer is better named: of failures of one cause the best named is told.
    """

    facts: tuple[Fact, ...]
    sentence: Phrase
    needed: Mapping[str, float] = field(repr=False)
    severity: str = "H"
    rank: int = 0


@dataclass
class Ledger:
    """Failures of one document, and the figures of identities that hold."""

    failures: list[Failure] = field(default_factory=list)
    held: list[tuple[Fact, ...]] = field(default_factory=list)


def bounds(plan: Plan, fact: Fact) -> tuple[float, float]:
    """Least and most a printed figure can be, in the base of its dimension."""
    value, half = plan.base(fact), plan.step(fact)
    low, high = value - half, value + half
    of_target = fact.role != "value" and bool(fact.of("target"))
    if not of_target:  # a floor that is to be reached is still one number
        if fact.of("comparator") in (">", ">="):
            high = max(high, FAR * value)
        if fact.of("comparator") in ("<", "<="):
            low = min(low, value / FAR)
    if fact.of("value_max") and fact.role == "value":
        try:
            high = max(high, plan.units.base(float(fact.of("value_max")), fact.unit))
        except ValueError:
            return low, high
    return low, high


def meets(stated: tuple[float, float], made: tuple[float, float]) -> bool:
    """Whether two ranges meet, two per cent allowed."""
    slack = NEAR * max(abs(made[0]), abs(made[1]))
    return stated[0] <= made[1] + slack and made[0] - slack <= stated[1]


def _same_cell(plan: Plan, one: Fact, other: Fact) -> bool:
    """Whether two places say one number of one metric: a wrong one is wrong in both."""
    return (
        plan.dimension(other) == plan.dimension(one)
        and plan.base(other) == plan.base(one)
        and measured(other).kinds == measured(one).kinds
        and one_thing(other, one)
        and not apart(other, one)
    )


def _vouched(plan: Plan, cell: Fact, facts: Iterable[Fact], ledger: Ledger) -> int:
    """Identities that hold with a figure, and rows that say it again, an outcome or a plan."""
    held = sum(any(_same_cell(plan, cell, f) for f in each) for each in ledger.held)
    return held + len({f.id for f in facts if f.id != cell.id and _same_cell(plan, cell, f)})


def findings(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> Iterator[Finding]:
    """One finding a cause.

    Args:
        plan: The plan.
        facts: Figures of the document.
        ledger: What fails and what holds in it.
    """
    left = sorted(ledger.failures, key=lambda f: (f.severity, f.rank, len(f.facts)))
    while left:
        cells = [f for failure in left for f in failure.facts if f.id in failure.needed]

        def shared(cell: Fact, left: Sequence[Failure] = tuple(left)) -> list[Failure]:
            return [e for e in left if any(_same_cell(plan, cell, f) for f in e.facts)]

        guilty = min(
            cells,
            key=lambda f: (
                _vouched(plan, f, facts, ledger) - len(shared(f)),
                _order(left, f),
                f.id,
            ),
        )
        same = shared(guilty)
        again = [e for e in left if e not in same and _copy(plan, e, same[0])]
        yield _finding(same[0], guilty, again)
        left = [e for e in left if e not in same and e not in again]


def _order(failures: Sequence[Failure], cell: Fact) -> int:
    """Results before their factors: the sum is what a planner checks."""
    return min(k for e in failures for k, fact in enumerate(e.facts) if fact.id == cell.id)


def _copy(plan: Plan, one: Failure, other: Failure) -> bool:
    """Whether a failure says of other rows what another says: the same sum, number by number."""

    def sums(failure: Failure) -> list[float]:
        return sorted(plan.base(fact) for fact in failure.facts)

    kinds = [sorted(map(sorted, (measured(f).kinds for f in e.facts))) for e in (one, other)]
    return kinds[0] == kinds[1] and sums(one) == sums(other)


def _finding(failure: Failure, guilty: Fact, again: Sequence[Failure]) -> Finding:
    known = [f for f in failure.facts if f.id in failure.needed]
    cell = next((f for f in known if f.id == guilty.id), None)
    cell = cell or next((f for f in known if measured(f).kinds == measured(guilty).kinds), known[0])
    needed = failure.needed[cell.id]
    ids = tuple(dict.fromkeys(fact.id for each in (failure, *again) for fact in each.facts))
    return Finding(
        "identity", failure.severity, ids, failure.sentence,
        set_to(cell.id, shown(cell.value, cell.unit), shown(rounded(needed), cell.unit)),
    )  # fmt: skip


def rounded(value: float) -> float:
    """Four telling digits: a change that is applied must reconcile."""
    return float(f"{value:.4g}") if abs(value) < 1e4 else round(value)
