"""Order of figures: least before most, averages between, parts below wholes, stock in time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from analysis.plan.context import apart, context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import LEXICON, WHOLE, tagged, tokens
from analysis.plan.rules import means
from analysis.plan.rules.wording import named
from analysis.plan.tables import number

BACKWARDS = ("hour_of_day", "day_of_month")
"""Units that go round: from 20 to 2 o'clock is a span."""

_NOT_PART = re.compile(
    r"\b(per|of|from|cost|potential|target|market|expected|planned|forecast|cumulative|lifetime|"
    r"gross|exposed|reached|more|less|than|plus|and|before|after|peak|additional)\b|"
    r"潜在|市场|预计|计划|累计|每|和|与|及|前|后|触达|曝光"
)
_AFTER = re.compile(r"^\s*(,|\(|（|，|in\b|from\b|via\b|on\b|by\b|at\b|among\b|through\b)")
_EVENTS = re.compile(
    "|".join(
        pattern
        for english, chinese in LEXICON["event"].values()
        for pattern in (f"(?<![a-z])(?:{english})(?![a-z])", chinese)
        if pattern
    )
)
_STOCK = re.compile(r"\bstock(ed|ing)?\b|inventory|in warehouse|备货|库存|入仓|现货")
_NO_STOCK = re.compile(
    r"over ?stock|safety|cover|turnover|stock-?out|days|积压|滞|安全|周转|缺货|断货|天数"
)
_READY = re.compile(r"\b(before|for|in place|ready|laid in)\b|前|期间|到位|完成|用")
_VOLUME = re.compile(r"\bvolume\b|units sold|销量|销售量|\bunits\b")


_FLOW = re.compile(r"\b(buyers?|purchasers?|orders?|shoppers?|visitors?|visits)\b|"
                   r"买家|购买人数|购买用户|购买者|订单|访客|支付人数|下单人数")  # fmt: skip
"""What is counted over a time: the new ones are some of all, unlike those of a stock."""
_FROM = re.compile(
    r"\bthreshold\b|\bfrom$|\bfrom (?=[(（])|\bat (least|most)\b|\b(min|max)(imum)?\b|"
    r"\b(cap|limit)\b|"
    r"\bper (order|head|person|member|user|buyer|customer|session|day|month|store|unit|item)\b|"
    r"门槛|起点|起步|上限|下限|限额|[每单][人单场日店件]|[人单场日店件客户]均"
)
"""A floor, a cap or an average is no part of a whole."""
_NO_PARTS = ("risk_register", "thresholds", "coupons", "member_tiers", "supplier_tiers",
             "price_tiers")  # fmt: skip


def find(plan: Plan) -> Iterator[Finding]:
    """Figures in an order they cannot have."""
    yield from _ranges(plan)
    yield from means.find(plan)
    yield from _parts(plan)
    yield from _stocks(plan)


def _ranges(plan: Plan) -> Iterator[Finding]:
    columns = (("value", "value_max"), ("delta", "delta_max"), ("age_min", "age_max"))
    for rows in plan.tables.values():
        for row in rows:
            for low, high in columns:
                yield from _range(row, low, high)


def _range(row: Mapping[str, str], low: str, high: str) -> Iterator[Finding]:
    least, most = number(row.get(low, "")), number(row.get(high, ""))
    if least is None or most is None or (low == "delta" and least < 0):
        return
    countdown = "before" in row.get("unit", "") or row.get("value_kind") in ("window", "lead")
    if least <= most or row.get("unit", "") in BACKWARDS or (low == "value" and countdown):
        return
    unit = "" if low == "age_min" else row.get("unit", "").replace(" ", "_")
    yield Finding(
        "bands", "H" if low == "age_min" else "M", (row["fact_id"],),
        say("{name}: from {low} to {high}", name=named(row), low=shown(least, unit),
            high=shown(most, unit)),
        say("{fact}: {low} → {high} and {high} → {low}", fact=row["fact_id"], low=shown(least),
            high=shown(most)),
    )  # fmt: skip


def _parts(plan: Plan) -> Iterator[Finding]:
    """A qualified part above the whole of its name, for amounts and counts."""
    facts = [
        fact
        for fact in plan.facts
        if fact.role in ("value", "actual", "target") and plan.dimension(fact) in ("money", "count")
        and not fact.says("change") and not fact.says("price")
        and (not fact.says("new") or _FLOW.search(fact.name.lower()))
        and not fact.of("min_spend") and not _FROM.search(fact.name.lower())
        and fact.table not in _NO_PARTS
    ]  # fmt: skip
    wholes: dict[str, list[Fact]] = {}
    for part, whole in combinations(facts, 2):
        for a, b in ((part, whole), (whole, part)):
            if plan.dimension(a) == plan.dimension(b) and _within(a, b):
                wholes.setdefault(a.id, []).append(b)
    by_id = {fact.id: fact for fact in facts}
    for id, found in wholes.items():
        part = by_id[id]
        largest = max(found, key=plan.base)
        slack = plan.step(part) + plan.step(largest)
        if largest.of("comparator") in (">", ">=") or plan.base(part) <= plan.base(largest) + slack:
            continue
        amount = plan.base(largest) / plan.units.base(1.0, part.unit)
        same = [whole.id for whole in found if plan.agree(whole, largest)]
        yield Finding(
            "sum", "H", (id, largest.id, *(each for each in same if each != largest.id)),
            say("part {part} ({name}) > whole {whole} ({all})", part=shown(part.value, part.unit),
                name=named(part.row), whole=shown(largest.value, largest.unit),
                all=named(largest.row)),
            set_to(id, shown(part.value, part.unit), f"≤ {shown(round(amount, 4), part.unit)}"),
        )  # fmt: skip


def _within(part: Fact, whole: Fact) -> bool:
    """Whether a name is that of the whole with a qualifier before it or behind it."""
    if part.id == whole.id or part.document != whole.document or part.role != whole.role:
        return False
    if part.of("metric_key") and part.of("metric_key") == whole.of("metric_key"):
        return False
    a, b = context(part), context(whole)
    kinds = ("event", "part", "phase", "whose", "stat", "period")
    if a.moment != b.moment or any(a.of(k) != b.of(k) for k in kinds) or apart(part, whole):
        return False
    if not (b.of("channel") <= a.of("channel") and b.of("audience") <= a.of("audience")):
        return False
    if b.details or (b.scope and b.scope != a.scope) or (b.subject and b.subject != a.subject):
        return False
    for language in ("name_en", "name_zh"):
        long, short = (_core(fact.of(language)) for fact in (part, whole))
        if part.of(language) and whole.of(language):
            return _holds(long, short, language)
    return False


def _core(name: str) -> str:
    """A name without events and words of the whole: what is left is qualifier and noun."""
    text = re.sub(r"[_\-–]", " ", name.lower())
    text = re.sub(r"^\s*of which |^其中[：:]?", "", text)
    for event in sorted(tagged(name)[0]):
        if event[0] == "event":
            text = _event(text)
    return re.sub(r"\s+", " ", WHOLE.sub(" ", text)).strip(" ,，")


def _event(text: str) -> str:
    return re.sub(r"\s+", " ", _EVENTS.sub(" ", text)).strip(" ,，")


def _holds(long: str, short: str, language: str) -> bool:
    least = 3 if language == "name_en" else 2
    if long == short or len(short) < least or short not in long:
        return False
    if long.endswith(short) and (language == "name_zh" or long[-len(short) - 1] == " "):
        return not _NOT_PART.search(long[: -len(short)])
    if language == "name_en" and long.startswith(short):
        return bool(_AFTER.match(long[len(short) :]))
    return False


def _stocks(plan: Plan) -> Iterator[Finding]:
    """Stock laid in for an event below the volume planned for it."""
    facts = [f for f in plan.facts if f.role in ("value", "target", "actual")
             and plan.dimension(f) == "count"]  # fmt: skip
    stocks = [f for f in facts if _STOCK.search(f.name.lower())
              and not _NO_STOCK.search(f.name.lower())]  # fmt: skip
    volumes = [f for f in facts if _VOLUME.search(f.name.lower()) and f not in stocks
               and not f.says("change")]  # fmt: skip
    for volume in volumes:
        mine = [stock for stock in stocks if _for(stock, volume)]
        if not mine:
            continue
        stock = max(mine, key=plan.base)
        if plan.base(stock) < plan.base(volume) - plan.step(stock) - plan.step(volume):
            needed = plan.base(volume) / plan.units.base(1.0, stock.unit)
            yield Finding(
                "feasibility", "M", (stock.id, volume.id),
                say("stock {stock} ({name}) < planned volume {volume}",
                    stock=shown(stock.value, stock.unit), name=named(stock.row),
                    volume=shown(volume.value, volume.unit)),
                set_to(stock.id, shown(stock.value, stock.unit),
                       f"≥ {shown(round(needed, 4), stock.unit)}"),
            )  # fmt: skip


def _for(stock: Fact, volume: Fact) -> bool:
    """Whether stock is of the product and event of a volume."""
    if stock.document != volume.document:
        return False
    a, b = context(stock), context(volume)
    if a.events != b.events or not a.events:
        return False
    for language in ("name_en", "name_zh"):
        names = stock.of(language), volume.of(language)
        if all(names):
            here, there = (
                tokens(_READY.sub("", _VOLUME.sub("", _STOCK.sub("", tagged(name)[1]))))
                for name in names
            )
            return bool(here) and (here == there)
    return False
