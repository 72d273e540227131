"""Rows that say "of which": none is greater than the row that it is of.

The whole is the row before it, of the same table, section, column, unit's dimension and key, that
does not say "of which" itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from analysis.plan.context import apart
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import tokens
from analysis.plan.rules.wording import named

_OF_WHICH = re.compile(r"^\s*(of which|of these|of them|including|thereof|其中|当中|内含)", re.I)
_PLACES = re.compile(r"[(（][^)）]*[)）]|[①-⑳\d.]+$")


def find(plan: Plan, told: Collection[str] = ()) -> Iterator[Finding]:
    """Parts above the whole that they follow; parts that are ``told`` already are passed over."""
    rows: dict[tuple[str, str, str], list[Fact]] = {}
    for fact in plan.facts:
        if fact.role in ("value", "actual", "target", "baseline", "headcount"):
            rows.setdefault((fact.document, fact.table, fact.role), []).append(fact)
    for facts in rows.values():
        for k, part in enumerate(facts):
            if not _is_of_which(part) or part.id in told or part.unit in ("pct", "pp", "fold"):
                continue
            whole = _whole(plan, part, facts[:k])
            if whole is None or whole.of("comparator") in (">", ">="):
                continue
            if plan.base(part) > plan.base(whole) + plan.step(part) + plan.step(whole):
                most = plan.base(whole) / plan.units.base(1.0, part.unit)
                yield Finding(
                    "sum", "H", (part.id, whole.id),
                    say("part {part} ({name}) > whole {whole} ({all})",
                        part=shown(part.value, part.unit), name=named(part.row),
                        whole=shown(whole.value, whole.unit), all=named(whole.row)),
                    set_to(part.id, shown(part.value, part.unit),
                           f"≤ {shown(round(most, 4), part.unit)}"),
                )  # fmt: skip


def _is_of_which(fact: Fact) -> bool:
    return any(_OF_WHICH.match(fact.of(column)) for column in ("name_en", "name_zh"))


def _whole(plan: Plan, part: Fact, before: Sequence[Fact]) -> Fact | None:
    """The row that a part follows; None if it is not sure which one that is."""
    wholes = [
        fact
        for fact in before
        if not _is_of_which(fact) and plan.dimension(fact) == plan.dimension(part)
        and fact.of("metric_key") == part.of("metric_key")
        and _PLACES.sub("", fact.of("section")) == _PLACES.sub("", part.of("section"))
    ]  # fmt: skip
    if not wholes:
        return None
    last = wholes[-1]
    between = before[before.index(last) + 1 :]
    sure = all(_is_of_which(fact) for fact in between) or bool(_nouns(last) & _nouns(part))
    # Another row of that noun may be the whole: silent if one is great enough.
    great = any(
        _nouns(fact) & _nouns(part) and plan.base(fact) >= plan.base(part) for fact in wholes
    )
    return last if sure and not great and not _moved(part, last) else None


def _moved(part: Fact, whole: Fact) -> bool:
    """Whether the part is of another event, moment or year than the row before it."""
    periods = part.of("period"), whole.of("period")
    return (all(periods) and periods[0] != periods[1]) or (
        apart(part, whole) and part.of("scope") == whole.of("scope")
    )


def _nouns(fact: Fact) -> frozenset[str]:
    return tokens(_OF_WHICH.sub("", fact.of("name_en"))) | tokens(
        re.sub(r"其中[：:]?", "", fact.of("name_zh"))
    )
