"""Names and values of several places in one sentence, each value and each name once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Phrase, say, shown

STANDING = ("targets_actuals", "kpi_table", "thresholds", "claims", "member_tiers", "price_tiers")
"""Tables whose figures others repeat, the first the surest."""


@dataclass(frozen=True)
class Named(Phrase):
    """A name that stands in the plan in one or two languages; nothing is translated."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: str = "en") -> str:
        """The name in that language, in the other one if there is none."""
        return str(self.values.get(lang) or self.sentence)


def named(row: Mapping[str, str]) -> Named:
    """The name of a row."""
    english, chinese = row.get("name_en", ""), row.get("name_zh", "")
    return Named(english or chinese or row.get("fact_id", ""), {"en": english, "zh": chinese})


def names(facts: Iterable[Fact]) -> Phrase:
    """The names of figures, each once, joined by a stroke."""
    return Joined(" / ", parts=tuple(named(fact.row) for fact in facts))


@dataclass(frozen=True)
class Joined(Phrase):
    """Phrases in a row, each text once; the sentence is the mark between them."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    parts: tuple[Phrase, ...] = ()

    def text(self, lang: str = "en") -> str:
        """All parts in that language."""
        return self.sentence.join(dict.fromkeys(part.text(lang) for part in self.parts))


def in_unit(plan: Plan, value: float, unit: str, other: str) -> str:
    """A value of one unit printed in another; in its own where that gives no short number."""
    if unit == other or plan.units.dimension(unit) != plan.units.dimension(other):
        return shown(value, unit)
    told = plan.units.base(value, unit) / plan.units.base(1.0, other)
    short = abs(told - round(told, 2)) <= 1e-6 * max(abs(told), 1.0)
    return shown(round(told, 2), other) if short else shown(value, unit)


def grouped(plan: Plan, facts: Sequence[Fact]) -> list[list[Fact]]:
    """Figures that print one number together, the number with the most places first.

    With as many places each, a goal or a rule stands before what is told of it elsewhere.
    """
    groups: list[list[Fact]] = []
    for fact in facts:
        home = next((g for g in groups if _equal(plan, g[0], fact)), None)
        if home is None:
            groups.append([fact])
        else:
            home.append(fact)
    return sorted(groups, key=lambda group: (-len(group), min(map(_standing, group))))


def _standing(fact: Fact) -> int:
    return STANDING.index(fact.table) if fact.table in STANDING else len(STANDING)


def _equal(plan: Plan, one: Fact, other: Fact) -> bool:
    same = plan.dimension(one) == plan.dimension(other)
    return same and abs(plan.base(one) - plan.base(other)) <= 1e-9 * abs(plan.base(one)) + 1e-12


def values(groups: Sequence[Sequence[Fact]]) -> Phrase:
    """Each number in its units and in how many places: ``1.5 x = 15000 y (2 places) ≠ 14000 y``."""
    told: list[Phrase] = []
    for group in groups:
        printed = dict.fromkeys(shown(fact.value, fact.unit) for fact in group)
        text = " = ".join(printed)
        many = say("{value} ({count} places)", value=text, count=len(group))
        told.append(many if len(group) > 1 else Named(text))
    return Joined(" ≠ ", parts=tuple(told))
