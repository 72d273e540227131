"""SWOT factors that say the opposite of one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from analysis.plan.facts import Plan
from analysis.plan.findings import Finding, say
from analysis.plan.names import alike, says, tokens
from analysis.plan.rules.wording import named

COMMON = frozenset((
    "brand", "market", "product", "user", "customer", "competitor", "sale", "promotion",
    "new", "more", "strong", "weak", "slow", "high", "low", "slower", "stronger", "business",
    "online", "growth", "price", "cost", "demand", "year", "good", "poor", "lead", "above",
    "behind", "below", "industry", "peer", "average", "rising", "falling", "growing", "team",
))  # fmt: skip
"""Words that two factors may share without being about one thing."""
COMMON_ZH = frozenset((
    "品牌", "市场", "产品", "用户", "客户", "竞品", "促销", "行业", "高于", "低于", "同行",
    "平均", "优势", "不足", "较强", "较弱", "增长", "下降", "提升", "能力", "水平", "业务",
    "成本", "价格", "需求", "团队", "我们", "持续", "快速", "明显",
))  # fmt: skip
_PEERS = re.compile(r"industry|peers?\b|competitors?|average|行业|同行|竞品|均值|平均")
_AHEAD = re.compile(r"above|ahead|higher|faster|better|lead|outperform|高于|领先|优于|快于|超过")
_BEHIND = re.compile(r"below|behind|lower|slower|worse|lag|trail|低于|落后|不及|慢于|弱于")
_UP = re.compile(r"grow|ris(e|ing)|increas|expand|warming|增长|上升|扩大|升温|回暖")
_DOWN = re.compile(r"shrink|fall|declin|decreas|contract|cooling|萎缩|下降|下滑|收缩|降温|减少")
_NOT = re.compile(r"\b(not?|lack\w*|weak\w*|poor|low|few|slow\w*|strong\w*|good|high|rich|fast)\b"
                  r"|[不无没缺弱低少慢差强高多快好]")  # fmt: skip
_PUNCTUATION = re.compile(r"[\s,.;:，。；：、（）()\-]|的")
Row = Mapping[str, str]


def find(plan: Plan) -> Iterator[Finding]:
    """A factor that praises or hopes for what another of the document finds failing."""
    rows = plan.rows("swot_factors")
    twice = list(_twice(rows))
    yield from twice
    known = {frozenset(finding.facts) for finding in twice}
    for one, other in product(rows, rows):
        if frozenset((one["fact_id"], other["fact_id"])) in known:
            continue
        sides = one.get("category"), other.get("category")
        if one["document"] != other["document"]:
            continue
        if sides in (("S", "W"), ("S", "T")):
            hit = _tension(one, other)
        elif sides in (("O", "T"), ("O", "W")):
            hit = _opposite(one, other, _UP, _DOWN)
        else:
            continue
        if hit is not None:
            praise, blame, severity = hit
            yield Finding(
                "swot", severity, (one["fact_id"], other["fact_id"]),
                say("“{one}” against “{other}”", one=praise.strip(), other=blame.strip()),
                say("keep 1 of the 2, or date both"),
            )  # fmt: skip


def _twice(rows: Sequence[Row]) -> Iterator[Finding]:
    """One factor in two quadrants: it cannot be ours and of the market, or help and hurt."""
    for one, other in combinations(rows, 2):
        sides = (one.get("category", "")[:1].upper(), other.get("category", "")[:1].upper())
        if one["document"] == other["document"] and sides[0] != sides[1] and _one(one, other):
            yield Finding(
                "swot", "M", (one["fact_id"], other["fact_id"]),
                say("“{name}” stands under {one} and under {other}", name=named(one),
                    one=sides[0], other=sides[1]),
                say("keep 1 of the 2 places"),
            )  # fmt: skip


def _one(one: Row, other: Row) -> bool:
    """Whether two factors are worded alike, in each language that both have."""
    told = False
    for column in ("name_en", "name_zh"):
        names = one.get(column, ""), other.get(column, "")
        if not all(names):
            continue
        a, b = (_PUNCTUATION.sub("", name.lower()) for name in names)
        signs = [[bool(p.search(x)) for p in (_AHEAD, _BEHIND, _UP, _DOWN, _NOT)] for x in (a, b)]
        words = tokens(names[0]), tokens(names[1])
        near = words[0] == words[1] and len(words[0]) >= 2
        if column == "name_zh":
            near = alike(*words) >= 0.8
        if a != b and not (near and signs[0] == signs[1]):
            return False
        told = True
    return told


def _tension(one: Row, other: Row) -> tuple[str, str, str] | None:
    against = _opposite(one, other, _AHEAD, _BEHIND)
    if against is not None:
        return against
    for praise, blame in _pairs(one, other):
        if _shared(praise, blame) and says(praise, "strong") and says(blame, "weak"):
            return praise, blame, "L"
    return None


def _opposite(
    one: Row, other: Row, up: re.Pattern[str], down: re.Pattern[str]
) -> tuple[str, str, str] | None:
    """Clauses that say opposite things of one subject, and of one standard if they compare."""
    for praise, blame in _pairs(one, other):
        a, b = praise.lower(), blame.lower()
        if not (up.search(a) and down.search(b)) or up.search(b) or down.search(a):
            continue
        if bool(_PEERS.search(a)) != bool(_PEERS.search(b)):
            continue
        left, right = _subject(praise, up, down), _subject(blame, up, down)
        if left and left == right:
            return praise, blame, "M"
    return None


def _subject(clause: str, *said: re.Pattern[str]) -> frozenset[str]:
    text = clause.lower()
    for pattern in (*said, _UP, _DOWN, _AHEAD, _BEHIND, _PEERS):
        text = pattern.sub(" ", text)
    return tokens(re.sub(r"\b(than|far|well|still|fast|ing|s)\b", " ", text))


def _shared(one: str, other: str) -> frozenset[str]:
    return frozenset((tokens(one) & tokens(other)) - COMMON - COMMON_ZH)


def _pairs(one: Row, other: Row) -> Iterator[tuple[str, str]]:
    for column in ("name_en", "name_zh"):
        if one.get(column) and other.get(column):
            yield from product(_clauses(one[column]), _clauses(other[column]))
            return


def _clauses(text: str) -> list[str]:
    return [part for part in re.split(r"[,;，；、。]", text) if part.strip()]
