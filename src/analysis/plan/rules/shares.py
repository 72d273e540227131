"""Shares of one whole: those that are a split of it make 100 %.

Shares are of one split if they are "X share of" the same whole in one section and X is of one kind
(platforms, or products, or ages): livestreams and Tmall may both have 60 % of one whole. Above 100
a split is wrong; below only if it is evidently complete: it has a part "others", is of a budget,
its keys are numbered, or its two parts exclude each other and leave nothing (women and men).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import tagged, tokens

MEANT = (70.0, 140.0)
"""Shares that sum to this are meant as a split."""

TABLES = ("claims", "market", "survey", "extra_facts", "operations", "channels_content", "referral")
_SHARE = re.compile(
    r"^(?P<part>.+?) (?:share|proportion|percentage) (?:of|in) (?P<whole>.+)$", re.I
)
_AMONG = re.compile(r"^(?P<part>.+?) among (?P<whole>.+)$", re.I)
_SHARE_ZH = re.compile(r"^(?P<part>.+?)占(?P<whole>.{2,}?)的?(?:比例|比重|份额|比)?$")
_SHORT_ZH = re.compile(
    r"^(?P<part>.+?)(?P<whole>GMV|销售额|成交额|营收|收入|销量|订单量?|用户数?|会员数?|流量)的?"
    r"(?:占比|份额|比重|占有率)$",
    re.I,
)
_OTHERS = re.compile(
    r"\b(all )?(the )?(others?|rest|remaining|remainder)\b|其他|其它|其余|剩余", re.I
)
_PLACES = re.compile(r"([(（]\d+[)）]|[①-⑳])+$")
_PORTION = re.compile(r"\bshare\b|\bamong\b|\bproportion\b|占", re.I)
_NO_PORTION = re.compile(
    r"\brate\b|率|increase|growth|uplift|gain|提升|增长|\bmin\b|\bmax\b|[上下]限"
)
OPPOSITE = (("women", "men"), ("online", "offline"), ("new", "existing"))
"""Qualifiers that exclude each other and leave nothing."""

ROLES = ("value", "target", "actual", "baseline")
_PURE_REST = re.compile(
    r"(all |the )*(others?|rest|remaining|remainder)( of the market)?"
    r"( (brands|players|competitors|companies|vendors))?"
    r"|(其他|其它|其余|剩余)(的)?(品牌|厂商|企业|公司|商家|竞品|玩家|合计)?",
    re.I,
)
_MODES = {"livestream", "short_video", "shelf", "search", "feed", "creator"}


def find(plan: Plan) -> Iterator[Finding]:
    """Shares of one whole that do not make 100 %."""
    groups: dict[tuple[str, str, str, frozenset[str], str, str, str], list[Fact]] = {}
    for fact in plan.of(*TABLES, "targets_actuals"):
        split = parts_of(fact)
        if split is None or fact.role not in ROLES or fact.unit != "pct":
            continue
        part, whole = split
        key = (fact.document, f"{fact.table} {fact.role}", place(fact), tokens(whole),
               _scope(fact, part), fact.of("period"), kind(part))  # fmt: skip
        groups.setdefault(key, []).append(fact)
    done: set[str] = set()
    for key, group in groups.items():
        # "Others" are of the kind of the parts beside them.
        document, table, line, whole_of, scope, period, each = key
        others = groups.get((document, table, line, whole_of, scope, period, ""), [])
        rest = [fact for fact in others if each and _is_rest(fact)]
        parts = _once([*group, *rest])
        # Two platforms of one place need not be all; three that nearly make 100 are meant to be.
        # What is of no kind may be anything: the rest of platforms is no rest of it.
        pair = len(parts) == 2 and each and any(_is_rest(fact) for fact in parts)
        if len(parts) >= 3 or pair:
            found = list(hundred(plan, parts, complete(parts)))
            done |= {fact.id for fact in parts}
            yield from found
    yield from _opposites(plan, done)
    yield from _rivals(plan)


def parts_of(fact: Fact) -> tuple[str, str] | None:
    """Part and whole of a name such as "X share of Y"; None for any other name."""
    english = fact.of("name_en")
    found = _SHARE.match(english) or _AMONG.match(english)
    if found is None and not english:
        chinese = re.sub(r"^其中[：:]?", "", fact.of("name_zh"))
        found = _SHARE_ZH.match(chinese) or _SHORT_ZH.match(chinese)
    return (found["part"], found["whole"]) if found else None


def place(fact: Fact) -> str:
    """The section without the number of the line in it."""
    return _PLACES.sub("", fact.of("section")).strip()


def kind(part: str) -> str:
    """What kind of part a name is: parts of two kinds overlap."""
    found = tagged(part)[0]
    for each, word in sorted(found):
        if each == "channel":
            return "mode" if word in _MODES else "platform"
        if each == "audience":
            pair = next((pair for pair in OPPOSITE if word in pair), None)
            return "/".join(pair) if pair else ("ladder" if word != "active" else word)
        if each in ("event", "part", "phase"):
            return each
    return ""


def _scope(fact: Fact, part: str) -> str:
    """The scope of a share; "" if it only says again which part it is."""
    scope = fact.of("scope")
    words = tagged(scope.replace("_", " "))
    again = words[0] and words[0] <= tagged(part)[0] and not tokens(words[1])
    named = tokens(scope) and tokens(scope) <= tokens(part)
    rest = _OTHERS.search(part) and (_OTHERS.search(scope) or not words[0])
    return "" if scope == "all" or again or named or rest else scope


def _is_rest(fact: Fact) -> bool:
    return bool(_OTHERS.search(fact.name))


def _once(group: Sequence[Fact]) -> list[Fact]:
    """A part that is stated twice counts once; that its values agree is another rule's matter."""
    kept: dict[str, Fact] = {}
    for fact in group:
        kept.setdefault((fact.of("name_en") or fact.of("name_zh")).lower(), fact)
    return list(kept.values())


def complete(parts: Sequence[Fact]) -> bool:
    """Whether shares are evidently all of their whole."""
    keys = {re.sub(r"_?\d+$", "", fact.of("metric_key")) for fact in parts}
    numbered = len(keys) == 1 and all(re.search(r"\d$", f.of("metric_key")) for f in parts)
    return numbered or any(_is_rest(fact) for fact in parts)


def rounding(halves: Sequence[float]) -> float:
    """How far rounded shares may miss 100.

    Errors of rounding are uniform: their sum has a standard deviation of a printed place times
    sqrt(n / 12). Twice that, in whole printed places, and never more than all of them can make.
    """
    place = 2 * max(halves)
    likely = max(1, round(2 * math.sqrt(len(halves) / 12))) * place
    return min(sum(halves), likely) * (1 + 1e-9)


def makes_hundred(plan: Plan, parts: Sequence[Fact]) -> bool:
    """Whether shares make 100 within rounding."""
    total = sum(plan.base(fact) for fact in parts) * 100
    return abs(total - 100) <= max(rounding([plan.step(fact) * 100 for fact in parts]), 1e-9)


def hundred(
    plan: Plan, parts: Sequence[Fact], whole: bool, severity: str = "H"
) -> Iterator[Finding]:
    """A finding if shares miss 100 by more than rounding; below 100 only for a whole."""
    total = sum(plan.base(fact) for fact in parts) * 100
    slack = max(rounding([plan.step(fact) * 100 for fact in parts]), 1e-9)
    low, high = MEANT
    over = 100 + slack < total <= high or (total > high and whole)
    if not (over or (whole and low <= total < 100 - slack)):
        return
    largest = max(parts, key=lambda fact: fact.value)
    mended = largest.value - (total - 100)
    yield Finding(
        "sum", severity, tuple(fact.id for fact in parts),
        say("{parts} = {total}, expected 100",
            parts=" + ".join(shown(fact.value) for fact in parts), total=shown(total)),
        set_to(largest.id, shown(largest.value, largest.unit), shown(mended, largest.unit)),
    )  # fmt: skip


def _opposites(plan: Plan, done: set[str]) -> Iterator[Finding]:
    """Two shares that exclude each other and leave nothing."""
    facts = [
        fact
        for fact in plan.of(*TABLES, "targets_actuals")
        if fact.unit == "pct" and fact.role in ("value", "target", "actual", "baseline")
        and fact.id not in done and _PORTION.search(fact.name)
        and not _NO_PORTION.search(fact.name.lower())
    ]  # fmt: skip
    for one, other in combinations(facts, 2):
        same = all(one.of(c) == other.of(c) for c in ("document", "scope", "period"))
        if not same or one.role != other.role or one.table != other.table:
            continue
        if _opposed(one, other):
            yield from hundred(plan, (one, other), whole=True)


def _opposed(one: Fact, other: Fact) -> bool:
    for language in ("name_en", "name_zh"):
        a, b = one.of(language), other.of(language)
        if not (a and b):
            continue
        (tags, left), (others, right) = tagged(a), tagged(b)
        words = {word for _, word in tags ^ others}
        if left.split() == right.split() and any(words == set(pair) for pair in OPPOSITE):
            return True
    return False


def _rivals(plan: Plan) -> Iterator[Finding]:
    """Shares of one market among competitors."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in plan.of("competitors"):
        told = fact.of("share_metric").lower()
        named = re.search(r"\bshare\b|份额|占比|占有", told)
        if named and fact.role == "share" and fact.of("comparator") not in ("<", "<="):
            groups.setdefault((fact.document, told), []).append(fact)
    for (document, _), parts in groups.items():
        if len(parts) >= 2:
            total = sum(plan.base(fact) for fact in parts)
            # "Other independents" leave a rest, and so does what we sell ourselves.
            rest = any(_PURE_REST.fullmatch(fact.of(c).strip()) for fact in parts
                       for c in ("name_en", "name_zh"))  # fmt: skip
            rows = [row for row in plan.rows("competitors") if row["document"] == document]
            whole = rest and len(rows) == len(parts)
            yield from hundred(plan, parts, whole or total > 1)
