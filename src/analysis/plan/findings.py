"""A finding: what contradicts what, the arithmetic, and the smallest change that reconciles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.base.language import translator

SEVERITIES = ("H", "M", "L")


@dataclass(frozen=True)
class Phrase:
    """A sentence that is put into a language when it is read."""

    sentence: str
    values: Mapping[str, object]

    def text(self, lang: str = "en") -> str:
        """The sentence in a language; phrases inside it in the same one."""
        filled = {
            key: value.text(lang) if isinstance(value, Phrase) else value
            for key, value in self.values.items()
        }
        return translator(lang)(self.sentence, **filled)


def say(sentence: str, **values: object) -> Phrase:
    """A sentence of the catalogue, filled and translated later."""
    return Phrase(sentence, values)


@dataclass(frozen=True)
class Finding:
    """One contradiction.

    Attributes:
        kind: Rule type, a key of :data:`KINDS`.
        severity: H: two statements cannot both be true, or an identity fails beyond rounding.
            M: unit, scope or label does not fit, or the statements are in strong tension.
            L: worth a look (coverage, names, ambiguous labels).
        facts: Ids of the places, the first two the ones compared.
        arithmetic: The sum written out.
        change: The smallest change that would reconcile them.
    """

    kind: str
    severity: str
    facts: tuple[str, ...]
    arithmetic: Phrase
    change: Phrase


KINDS: dict[str, Phrase] = {
    "repeated_metric": say("repeated metric"),
    "two_names": say("one metric, two names"),
    "sum": say("sum or share"),
    "identity": say("identity"),
    "row_arithmetic": say("change against levels"),
    "percent_points": say("% against percentage points"),
    "unit_type": say("unit against metric type"),
    "flow_stock": say("flow against stock"),
    "total_single": say("total against one occasion"),
    "polarity": say("happened against avoided"),
    "causes": say("one effect, several causes"),
    "subject": say("one figure, two subjects"),
    "bands": say("overlapping or gapped bands"),
    "thresholds": say("thresholds"),
    "price_steps": say("price steps"),
    "calendar": say("calendar"),
    "feasibility": say("target feasibility"),
    "smart": say("incomplete target"),
    "coverage": say("coverage"),
    "swot": say("SWOT tension"),
}
"""Rule types under names for readers."""


def shown(value: float, unit: str = "") -> str:
    """A number as printed, with its unit."""
    text = f"{round(value, 4):.10g}"
    return f"{text} {unit}".rstrip()


def set_to(fact: str, old: str, new: str) -> Phrase:
    """The change of one number."""
    return say("{fact}: {old} → {new}", fact=fact, old=old, new=new)
