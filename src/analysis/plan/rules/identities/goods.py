"""Goods of which one table has the prices, another the pieces and the sales; deal and list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.plan.context import apart, context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import say, shown
from analysis.plan.rules.identities.failure import Failure, Ledger, bounds, meets
from analysis.plan.rules.identities.limits import above
from analysis.plan.rules.identities.measures import measured
from analysis.plan.rules.identities.products import levels, one_moment, significant
from analysis.plan.rules.wording import names

_CLASSES = ("event", "part", "phase", "channel", "audience", "whose")
_LIST_ZH = "标价|原价|吊牌价|划线价|日常价|建议零售价|指导价"
_DEAL_ZH = "到手价|活动价|促销价|秒杀价|大促价|特价|会员价|优惠价|直播价"
_LIST = re.compile(
    rf"(?<![a-z])(?:list|tag|original|regular|everyday|rrp|msrp)(?![a-z])|{_LIST_ZH}"
)
_DEAL = re.compile(
    r"(?<![a-z])(?:deal|promo(?:tion(?:al)?)?|flash|sale|discounted|special|member)(?![a-z])|"
    + _DEAL_ZH
)
_WORDS = frozenset(
    ["list", "tag", "original", "regular", "everyday", "deal", "promo", "promotion", "promotional",
     "flash", "sale", "discounted", "special", "price", "rrp", "msrp", "unit"]
)  # fmt: skip
_WORDS_ZH = re.compile(f"{_LIST_ZH}|{_DEAL_ZH}|价格|单价|售价|价")
_PRICES = frozenset({"price", "promo_price", "list_price"})


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Prices, pieces and sales of every article of one document, into the ledger."""
    known = levels(facts)
    prices = [f for f in known if f.unit == "cny" and _is_price(f)]
    for deal in (f for f in prices if _kind(f) == "deal"):
        lists = [f for f in prices if _kind(f) == "list" and not context(f).events
                 and _article(f) == _article(deal) and not apart(deal, f)]  # fmt: skip
        if lists and all(bounds(plan, deal)[0] > bounds(plan, f)[1] for f in lists):
            ledger.failures.append(above(plan, deal, max(lists, key=lambda f: (f.value, f.id))))
    pieces = [f for f in known if measured(f).kinds == {"volume"} and not measured(f).per
              and plan.dimension(f) == "count" and any(_article(f))]  # fmt: skip
    sold = [f for f in known if measured(f).kinds == {"sales"} and not measured(f).per
            and not measured(f).net and plan.dimension(f) == "money"]  # fmt: skip
    for sales in sold:
        same = [f for f in sold if f.id == sales.id or _together(sales, f)]
        for volume in (f for f in pieces if _together(sales, f)):
            mine = [f for f in prices if _price_of(f, sales)]
            _judge(plan, sales, same, volume, mine, ledger)


def _is_price(fact: Fact) -> bool:
    is_ = measured(fact)
    if is_.per or context(fact).of("stat") or not any(_article(fact)):
        return False
    if is_.kinds & _PRICES and is_.kinds <= _PRICES:
        return True
    told = fact.of("value_kind") == "price" or fact.of("mechanism").endswith("price")
    return fact.table == "price_tiers" and fact.role == "value" and told and not is_.kinds


def _kind(fact: Fact) -> str:
    """Whether a price is listed or of a deal; "" if neither is said."""
    for text in (fact.of("mechanism").replace("_", " "), fact.name.lower()):
        if _LIST.search(text):
            return "list"
        if _DEAL.search(text):
            return "deal"
    return ""


def _article(fact: Fact) -> tuple[frozenset[str], str]:
    """Which goods a figure is of, in both languages."""
    is_ = measured(fact)
    return is_.about - _WORDS, _WORDS_ZH.sub("", is_.left_zh)


def _together(sales: Fact, volume: Fact) -> bool:
    a, b = context(sales), context(volume)
    one = measured(sales).about == measured(volume).about and measured(sales).about
    one_zh = measured(sales).left_zh == measured(volume).left_zh and measured(sales).left_zh
    same = all(a.of(kind) == b.of(kind) for kind in _CLASSES) and a.scope == b.scope
    return bool(one or one_zh) and same and not apart(sales, volume) \
        and one_moment((sales, volume))  # fmt: skip


def _price_of(price: Fact, sales: Fact) -> bool:
    """Whether a price is of the goods sold: a model's number need not be said."""
    (en, zh), (goods, goods_zh) = _article(price), _article(sales)
    english = bool(en and goods) and _plain(en) == _plain(goods) and not _models(en, goods)
    chinese = bool(zh and goods_zh) and zh == goods_zh
    if not (english or chinese) or apart(price, sales):
        return False
    a, b = context(price), context(sales)
    return all(a.of(kind) <= b.of(kind) for kind in _CLASSES)


def _plain(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if not re.search(r"\d", word))


def _models(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names have two different numbers of a model."""
    a, b = one - _plain(one), other - _plain(other)
    return bool(a and b and a != b)


def _judge(
    plan: Plan, sales: Fact, same: Sequence[Fact], volume: Fact, prices: Sequence[Fact],
    ledger: Ledger,
) -> None:  # fmt: skip
    made = []
    for price in prices:
        (a, b), (c, d) = bounds(plan, price), bounds(plan, volume)
        made.append((a * c, b * d))
        for stated in same:  # two values of one metric: that is another rule's matter
            if meets(bounds(plan, stated), made[-1]):
                ledger.held.append((stated, price, volume))
                return
    if not prices:
        return
    low, high = bounds(plan, sales)
    over = low > max(b for _, b in made)
    events = context(sales).events
    dated = [f for f in prices if _kind(f) == "deal" and context(f).events == events]
    under = high < min(a for a, _ in made) and bool(events and dated)
    if not (over or under):
        return  # sold partly at the one price, partly at the other
    price = min(prices, key=lambda f: (f not in dated, _kind(f) != "deal", f.id))
    unit = plan.units.base(1, sales.unit)
    value = plan.base(price) * plan.base(volume) / unit
    sentence = say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names((price, volume)), name=names([sales]),
        left=f"{shown(price.value, price.unit)} × {shown(volume.value, volume.unit)}",
        value=shown(significant(value), sales.unit), stated=shown(sales.value, sales.unit),
    )  # fmt: skip
    needed = {
        sales.id: value,
        volume.id: volume.value * sales.value / value,
        price.id: price.value * sales.value / value,
    }
    severity = "H" if over else "M"
    ledger.failures.append(Failure((sales, price, volume), sentence, needed, severity, rank=2))
