"""Market share = sales / size of the market, of rivals and of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analysis.plan.context import context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Phrase, say, shown
from analysis.plan.names import tokens
from analysis.plan.rules.identities.failure import Failure, Ledger, bounds, meets
from analysis.plan.rules.identities.products import levels, significant
from analysis.plan.rules.wording import names

_SHARE = re.compile(
    r"(?<![a-z])(?:market )?share(?! of (?:voice|shelf|wallet))(?![a-z])|份额|占有率|市占率"
)
_OWN = re.compile(
    r"(?<![a-z])(?:own|our|company|brand)(?![a-z])"
    r"|本公司|本品牌|我司|我们|自身|自有品牌|公司|品牌"
)
_SALES = re.compile(
    r"(?<![a-z])(?:sales|revenue|gmv|turnover)(?![a-z])|销售额|营收|成交额|销售收入|gmv"
)
_PLAIN = frozenset(
    ["share", "market", "size", "sale", "sales", "own", "our", "company", "brand", "yearly",
     "annual", "plan", "forecast", "revenue", "gmv", "estimate", "total", "scale", "volume"]
)  # fmt: skip
_PLAIN_ZH = re.compile(
    r"市场份额|份额|占有率|市占率|市场规模|规模|市场|销售额|本公司|本品牌|我司|全年|年度"
    r"|计划|预测|预计|目标|总|的|占"
)
_SIZE = re.compile(r"(?<![a-z])(?:market|size|retail|industry|sales)(?![a-z])|规模|市场|大盘|行业")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d年?")


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every share of a market of one document, into the ledger."""
    sizes = [f for f in facts if f.table == "market" and f.role == "value" and f.value > 0
             and plan.dimension(f) == "money"]  # fmt: skip
    _rivals(plan, facts, sizes, ledger)
    known = levels(facts)
    own = [f for f in known if plan.dimension(f) == "money" and _own_sales(f)]
    for share in known:
        if plan.dimension(share) != "fraction" or share.unit == "pp" or not _own_share(share):
            continue
        pairs = [(f, size) for f in own for size in sizes if f.id != size.id
                 and _of_market(share, size) and _timely(share, f, size)]  # fmt: skip
        held = [(f, share, size) for f, size in pairs if _holds(plan, f, share, size)]
        ledger.held.extend(held)
        if pairs and not held:
            ledger.failures.append(_failure(plan, *pairs[0], share))


def _own_sales(fact: Fact) -> bool:
    text = fact.name.lower()
    left = tokens(_YEAR.sub(" ", fact.of("name_en"))) - _PLAIN
    plain = not left if fact.of("name_en") else not _bare_zh(fact)
    told = bool(_OWN.search(text)) or fact.of("scope") == "own" or fact.of("subject") == "own"
    narrow = any(kind in ("event", "part", "phase", "channel", "audience")
                 for kind, _ in context(fact).words)  # fmt: skip
    return told and bool(_SALES.search(text)) and plain and not narrow


def _own_share(fact: Fact) -> bool:
    text = fact.name.lower()
    named = _SHARE.search(text) and _OWN.search(text)
    return bool(named) and not re.search(r"growth|gain|increase|提升|增长|增加", text)


def _bare_zh(fact: Fact) -> str:
    text = re.sub(r"[(（][^)）]*[)）]", "", fact.of("name_zh"))
    return re.sub(r"[^\u4e00-\u9fff]", "", _PLAIN_ZH.sub("", _YEAR.sub("", text)))


def _words(english: str) -> frozenset[str]:
    return tokens(_YEAR.sub(" ", english)) - _PLAIN


def _of_market(share: Fact, size: Fact) -> bool:
    """Whether a share names the market that a row gives the size of."""
    if not (_SIZE.search(size.name.lower()) or context(size).scope):
        return False
    en, market = _words(share.of("name_en")), _words(size.of("name_en"))
    if share.of("name_en") and size.of("name_en"):
        return bool(market) and market == en
    zh = re.sub(r"[()（），,]", "", _PLAIN_ZH.sub("", share.of("name_zh")))
    return bool(_bare_zh(size)) and _bare_zh(size) in zh


def _timely(share: Fact, sales: Fact, size: Fact) -> bool:
    a, b, c = (context(f).years for f in (share, sales, size))
    return bool(a and a == b == c) or not (a or b or c)


def _holds(plan: Plan, sales: Fact, share: Fact, size: Fact) -> bool:
    a, b = bounds(plan, share), bounds(plan, size)
    return meets(bounds(plan, sales), (a[0] * b[0], a[1] * b[1]))


def _failure(plan: Plan, sales: Fact, size: Fact, share: Fact) -> Failure:
    value = plan.base(sales) / plan.base(size) / plan.units.base(1, share.unit)
    sentence = _told(sales, size, names([share]), value, share)
    needed = {share.id: value, sales.id: sales.value * share.value / value,
              size.id: size.value * value / share.value}  # fmt: skip
    return Failure((share, sales, size), sentence, needed)


def _told(sales: Fact, size: Fact, name: Phrase, value: float, share: Fact) -> Phrase:
    return say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names((sales, size)), name=name,
        left=f"{shown(sales.value, sales.unit)} / {shown(size.value, size.unit)}",
        value=shown(significant(value), share.unit), stated=shown(share.value, share.unit),
    )  # fmt: skip


def _groups(facts: Sequence[Fact]) -> Iterator[list[tuple[Fact, Fact]]]:
    """Rivals with sales and a share of one market, as (share, sales)."""
    rows: dict[str, dict[str, Fact]] = {}
    for fact in facts:
        if fact.table == "competitors":
            rows.setdefault(fact.id, {})[fact.role] = fact
    groups: dict[str, list[tuple[Fact, Fact]]] = {}
    for row in rows.values():
        share, sales = row.get("share"), row.get("sales")
        if share and sales and share.value > 0 and sales.value > 0:
            groups.setdefault(share.of("share_metric").lower(), []).append((share, sales))
    yield from groups.values()


def _rivals(plan: Plan, facts: Sequence[Fact], sizes: Sequence[Fact], ledger: Ledger) -> None:
    """A rival whose sales and share mean another market than those of the others.

    What the others mean is known where two of them agree, or one and a row of the market's size.
    """
    shares = [f for f in facts if f.table == "competitors" and f.role == "share"]
    for group in _groups(facts):
        metric = group[0][0].of("share_metric").lower()
        if sum(plan.base(f) for f in shares if f.of("share_metric").lower() == metric) > 1:
            continue  # shares above 100 % are wrong themselves, whatever the sales
        ranges = {share.id: _implied(plan, share, sales) for share, sales in group}
        for share, sales in group:
            own = ranges[share.id]
            others = [r for id, r in ranges.items() if id != share.id]
            if any(_overlap(own, r) for r in others):
                continue
            named = sizes
            if any(_overlap(own, bounds(plan, f)) for f in named):
                continue
            means = [f for f in named if sum(_overlap(bounds(plan, f), r) for r in others) >= 1]
            agreed = any(_overlap(r, q) for k, r in enumerate(others) for q in others[k + 1 :])
            if means and others:
                ledger.failures.append(_rival(plan, share, sales, means[0]))
            elif agreed:
                pair = next((a, b) for a, b in group if a.id != share.id and any(
                    _overlap(ranges[a.id], r) for id, r in ranges.items()
                    if id not in (a.id, share.id)))  # fmt: skip
                ledger.failures.append(_odd(plan, share, sales, *pair))


def _implied(plan: Plan, share: Fact, sales: Fact) -> tuple[float, float]:
    (a, b), (c, d) = bounds(plan, sales), bounds(plan, share)
    return a / d, b / max(c, 1e-9)


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return meets(one, other)


def _rival(plan: Plan, share: Fact, sales: Fact, size: Fact) -> Failure:
    value = plan.base(sales) / plan.base(size) / plan.units.base(1, share.unit)
    sentence = _told(sales, size, names([share]), value, share)
    return Failure((share, size), sentence, {share.id: value})


def _odd(plan: Plan, share: Fact, sales: Fact, peer: Fact, peers_sales: Fact) -> Failure:
    whole = plan.base(peers_sales) / plan.base(peer)
    value = plan.base(sales) / whole / plan.units.base(1, share.unit)
    sentence = say(
        "{name}: {sales} are {share} of the market, {other}: {more} are {part}; at that size "
        "{sales} are {value}",
        name=names([share]), sales=shown(sales.value, sales.unit),
        share=shown(share.value, share.unit), other=names([peer]),
        more=shown(peers_sales.value, peers_sales.unit), part=shown(peer.value, peer.unit),
        value=shown(significant(value), share.unit),
    )  # fmt: skip
    return Failure((share, peer), sentence, {share.id: value})
