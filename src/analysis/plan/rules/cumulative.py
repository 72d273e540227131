"""Cumulative figures that fall: what is counted up to a later day cannot be less."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.rules.moments import moments, without_moments

CUMULATIVE = re.compile(
    r"\bcumulative(ly)?\b|\baccumulated\b|\b(ytd|mtd|qtd)\b|\b(year|month|quarter|season|campaign)?"
    r"[- ]?to[- ]date\b|running total|\bso far\b|累计|累积"
)
"""Words of what is counted from a start up to a day."""
_CAN_FALL = re.compile(
    r"\bnet\b|profit|margin|balance|inventor|on hand|\bstock\b|average|\bmean\b|\bper\b|cash flow|"
    r"净|利润|毛利|余额|结余|库存|均|每|人均"
)
_PROGRESS = re.compile(
    r"complet|progress|achiev|of (the )?(annual|year|full[- ]year|target|plan|goal|budget)|"
    r"完成|达成|进度|占全年|占年度"
)
_LINK = re.compile(
    r"\b(up|to|until|till|by|as|of|at|the|end|through|in|from)\b|截至|截止|[至到末底止]"
)
_LAST, _FIRST = 31.0 * 10, 31.0 * 4
"""Places of yearless days: from October on, and before April."""


def find(plan: Plan) -> Iterator[Finding]:
    """Cumulative figures of one metric that go down with time."""
    groups: dict[tuple[object, ...], list[tuple[float, Fact]]] = {}
    for fact in plan.facts:
        placed = _placed(plan, fact)
        if placed is not None:
            groups.setdefault(placed[0], []).append((placed[1], fact))
    for steps in groups.values():
        broken = [_fall(plan, order) for order in _orders(steps)]
        if all(found is not None for found in broken) and broken[0] is not None:
            yield broken[0]


def is_cumulative(fact: Fact) -> bool:
    """Whether a row calls its figure cumulative."""
    return bool(CUMULATIVE.search(_told(fact)))


def _told(fact: Fact) -> str:
    return f"{fact.name} {fact.of('period')} {fact.of('scope')} {fact.of('definition')}".lower()


def _placed(plan: Plan, fact: Fact) -> tuple[tuple[object, ...], float] | None:
    """What a cumulative figure counts, and up to when."""
    if not is_cumulative(fact) or fact.of("comparator")[:1] == "<" or fact.role == "delta":
        return None
    dimension, name = plan.dimension(fact), fact.name.lower()
    if _CAN_FALL.search(name) or dimension not in ("money", "count", "fraction"):
        return None
    if dimension == "fraction" and not _PROGRESS.search(name):
        return None
    texts = [fact.of(c) for c in ("due", "period", "name_en", "name_zh", "scope")]
    when = next((found for text in texts if (found := moments(text))), ())
    # Two moments are a start and an end: only figures of one start are counted together.
    if not when or len(when) > 2 or len({kind for kind, _ in when}) > 1:
        return None
    kind, place = when[-1]
    bare = _bare(fact.of("name_en")) or _bare(fact.of("name_zh"))
    years = re.findall(r"(?<!\d)20\d\d(?!\d)", " ".join(texts)) if kind != "day" else []
    key = (fact.document, fact.table, fact.role, bare, dimension, fact.of("track"),
           _bare(fact.of("scope")), kind, when[:-1], tuple(years),
           fact.of("subject"))  # fmt: skip
    return key, place


def _bare(text: str) -> str:
    """A name without its moment and what says that it is cumulative."""
    rest = _LINK.sub(" ", CUMULATIVE.sub(" ", without_moments(text)))
    return re.sub(r"[\s,，、.:：;()（）\-–]+", " ", rest).strip()


def _orders(steps: Sequence[tuple[float, Fact]]) -> list[list[Fact]]:
    """The orders in time: days without a year may run over a year's end."""
    plain = [fact for _, fact in sorted(steps, key=lambda step: step[0])]
    days = [place for place, _ in steps]
    if not (max(days) > _LAST and min(days) < _FIRST):
        return [plain]
    turned = sorted(steps, key=lambda step: step[0] + 400.0 * (step[0] < _FIRST))
    return [plain, [fact for _, fact in turned]]


def _fall(plan: Plan, facts: Sequence[Fact]) -> Finding | None:
    """The first figure below the one before it, and which of the two is the odd one."""
    falls = [pair for pair in pairwise(facts) if _less(plan, *pair)]
    if not falls:
        return None
    one, other = falls[0]
    rest = [fact for fact in facts if fact is not one]
    # Where the figures rise without the earlier one, that one is too high.
    first = len(facts) > 2 and not any(_less(plan, *pair) for pair in pairwise(rest))
    second = not any(_less(plan, *p) for p in pairwise([f for f in facts if f is not other]))
    odd, kept, sign = (one, other, "≤") if first and not second else (other, one, "≥")
    return Finding(
        "sum", "H", (one.id, other.id),
        say("cumulative: {first}: {one}, later {second}: {other}, which is less",
            first=_when(one), one=shown(one.value, one.unit), second=_when(other),
            other=shown(other.value, other.unit)),
        set_to(odd.id, shown(odd.value, odd.unit), f"{sign} {shown(kept.value, kept.unit)}"),
    )  # fmt: skip


def _less(plan: Plan, one: Fact, other: Fact) -> bool:
    slack = plan.step(one) + plan.step(other)
    return plan.base(other) < plan.base(one) - slack * 0.9999


def _when(fact: Fact) -> str:
    """The day as the row writes it."""
    for column in ("due", "period", "name_en", "name_zh"):
        if moments(fact.of(column)):
            return fact.of(column)
    return fact.of("scope")
