"""Where a figure stands: its event, moment, period, scope, subject, qualifiers and topic.

A sum or a product can only be taken of figures of one context. Last year's figure, a part's,
another product's or another event's is never a factor of this one's: :func:`apart` says which
pairs cannot be of one context, :func:`extra` by how many words two that may be differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from analysis.plan.facts import Fact
from analysis.plan.names import WHOLE, tagged, tokens

_PAST = frozenset({"before", "last_year"})
_ROLES = {"baseline": "before", "before": "before", "target": "target", "actual": "actual"}
_ONE_OF = ("event", "part", "phase", "channel", "audience", "stat")
"""Classes of which two figures of one context have the same words, if both have some."""


@dataclass(frozen=True)
class Context:
    """What a figure's row says of where it stands.

    Attributes:
        document: The document it is from.
        words: Qualifiers found in name, scope, period and subject, as (class, word): events,
            parts of a year, phases, channels, audiences, maxima and averages.
        years: Calendar years named.
        moment: "before" (last year, baseline), "target", "actual", or "" where nothing is said.
        scope: What is left of the scope without qualifiers; "" for the whole.
        subject: The subject column.
        details: Telling words after a comma or in brackets that are no qualifiers of a class.
        topic: Telling words left of the English name, in order of the alphabet.
        topic_zh: Pairs of characters left of the Chinese name.
    """

    document: str
    words: frozenset[tuple[str, str]]
    years: frozenset[str]
    moment: str
    scope: frozenset[str]
    subject: str
    details: frozenset[str]
    topic: frozenset[str] = field(repr=False)
    topic_zh: frozenset[str] = field(repr=False)

    def of(self, kind: str) -> frozenset[str]:
        """Qualifiers of a class: ``event``, ``part``, ``channel``, ``audience`` and so on."""
        return frozenset(word for each, word in self.words if each == kind)

    @property
    def events(self) -> frozenset[str]:
        """Events named: 618, double_11, mid_autumn and the like."""
        return self.of("event")

    @property
    def qualifiers(self) -> frozenset[str]:
        """All words that narrow a figure down, whatever their class."""
        kept = {word for kind, word in self.words if kind not in ("period", "moment")}
        return frozenset(kept) | self.scope | self.details


@lru_cache(maxsize=20_000)
def _of(
    document: str, english: str, chinese: str, scope: str, period: str, subject: str, role: str
) -> Context:
    words, _ = tagged(english)
    words_zh, _ = tagged(chinese)
    found = set(words | words_zh)
    if ("moment", "last_year") in found and not _bare_past(found):
        found.discard(("moment", "last_year"))  # "growth on last year" is a figure of this year
    in_scope, scope_left = tagged(scope)
    found |= in_scope
    in_period, _ = tagged(period)
    found |= {each for each in in_period if each[0] != "moment" or each[1] in _PAST}
    if any(kind in ("event", "part") for kind, _ in found):
        found.discard(("period", "year"))
    told = {word for kind, word in found if kind == "moment"}
    moment = _ROLES.get(role, "")
    if told & _PAST and role != "target":
        moment = "before"
    elif not moment:
        moment = next((each for each in ("target", "actual") if each in told), "")
    tail, tail_zh = _tail(english), _tail(chinese)
    years = frozenset(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", f"{english} {chinese} {period}"))
    return Context(
        document, frozenset(each for each in found if each[0] != "moment"), years, moment,
        tokens(WHOLE.sub(" ", scope_left)), subject.lower(),
        _left(tail) or _left(tail_zh), _left(_unbracketed(english)),
        _left(_unbracketed(chinese)),
    )  # fmt: skip


def _bare_past(found: set[tuple[str, str]]) -> bool:
    return any(word == ("moment", "before") for word in found)


def _unbracketed(name: str) -> str:
    return re.sub(r"[(（][^)）]*[)）]", " ", name)


def _tail(name: str) -> str:
    """What follows the first comma, and what stands in brackets."""
    inside = " ".join(re.findall(r"[(（]([^)）]*)[)）]", name))
    _, _, after = re.sub(r"[，、]", ",", _unbracketed(name)).partition(",")
    return f"{after} {inside}"


def _left(text: str) -> frozenset[str]:
    """Telling words of a text without qualifiers, words of the whole and years."""
    rest = WHOLE.sub(" ", tagged(text)[1])
    return tokens(re.sub(r"(?<!\d)(19|20)\d\d年?(?!\d)", " ", rest))


def context(fact: Fact) -> Context:
    """The context of a figure."""
    return _of(
        fact.document, fact.of("name_en"), fact.of("name_zh"), fact.of("scope"),
        fact.of("period"), fact.of("subject"), fact.role,
    )  # fmt: skip


def apart(one: Fact, other: Fact) -> bool:
    """Whether two figures cannot be of one context: another event, moment, period or part.

    What only one of them says does not set them apart, save that it is of last year, of rivals
    or the industry, or of a whole year beside a part of one.
    """
    a, b = context(one), context(other)
    if a.document != b.document or (a.years and b.years and not a.years & b.years):
        return True
    if (a.moment == "before") != (b.moment == "before"):
        return True
    if {a.moment, b.moment} == {"target", "actual"}:
        return True
    if a.of("whose") != b.of("whose"):
        return True
    for kind in _ONE_OF:
        here, there = a.of(kind), b.of(kind)
        if here and there and not (here <= there or there <= here):
            return True
    for narrow, wide in ((a, b), (b, a)):
        named = narrow.events or narrow.of("part")
        if named and "year" in wide.of("period") and not (wide.events or wide.of("part")):
            return True
    if a.scope and b.scope and a.scope != b.scope:
        return True
    return bool(a.subject and b.subject and a.subject != b.subject)


def extra(one: Fact, other: Fact) -> int:
    """How many qualifier words one of two figures has and the other lacks."""
    a, b = context(one), context(other)
    return len(a.qualifiers ^ b.qualifiers)
