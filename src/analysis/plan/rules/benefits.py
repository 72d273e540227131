"""What a tier is promised in words, against the figures that its members meet elsewhere.

Free shipping that costs a fee, a discount in the text that is not the one in the column, double
points that are one and a half. A promise with a condition (over an amount, a coupon, a number of
times) is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.rules.wording import named

_FREE: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(benefit), re.compile(fee))
    for benefit, fee in (
        (r"free (returns?|exchanges?)|returns? (are )?free|退(货|换货?)(包|免)运费|免费退换?货?",
         r"\breturn (shipping|postage|fee|cost)|\bfee for returns?|退(货|换货?)(运费|费)"),
        (r"free (shipping|delivery|postage)|\bships? free|运费全免|"
         r"(?<!退货)(?<!退)(包邮|免运费|免邮|免配送费|免费配送)",
         r"^(?!.*(\breturn|退货|退换)).*(\b(shipping|delivery|postage|courier)( \w+)? "
         r"(fee|charge|cost|price)|\bpostage\b|运费|邮费|配送费|快递费)"),
        (r"free gift ?wrap\w*|免费(礼品)?包装", r"\bwrap\w* (fee|charge|price)|包装费"),
        (r"free install\w*|免费安装|免安装费", r"\binstall\w* (fee|charge|price|cost)|安装费"),
        (r"free (entry|admission|tickets?)|免门票|免费入场",
         r"\b(ticket|entry|admission) (fee|charge|price)|门票|入场费"),
        (r"no (annual|membership|yearly) fee|free membership|免年费|免会员费",
         r"\b(annual|membership|yearly) fee|年费|会员费|入会费"),
        (r"free (parking|storage|alterations?|repairs?|cleaning)|免费(停车|寄存|改衣|维修|清洗)",
         r"\b(parking|storage|alteration|repair|cleaning) (fee|charge|price)|"
         r"(停车|寄存|改衣|维修|清洗)费"),
    )
)  # fmt: skip
"""What may be free → the name of a row that charges for it."""

_CONDITION = re.compile(
    r"\d|\b(over|above|coupons?|vouchers?|times|first|birthday|half|selected|some)\b|满|券|次|首|生日|"
    r"部分|指定|限"
)
_SAVED = re.compile(r"\b(saved|waived|covered|budget|insurance|total|threshold|per cent)\b|"
                    r"补贴|预算|承担|总|险|减免|门槛")  # fmt: skip
_FROM = re.compile(
    r"(free (shipping|delivery)|包邮|免邮|免运费).*(threshold|\bfrom\b|\bover\b|门槛|满|起)"
)
_EVERY = re.compile(
    r"\b(all|every|any) (members?|tiers?|customers?|orders?)\b|(全体|所有|每位|全部)会员"
)
_FOLD = re.compile(
    r"(?:全场|全店|正价(?:商品)?|商品|购物|购书|专享|会员|享受?|消费)*(\d+(?:\.\d+)?)折(?:优惠)?"
)
_OFF = re.compile(
    r"(\d+(?:\.\d+)?) ?% off(?: (?:everything|all|all year|list price|storewide|every order))?"
)
_POINTS = re.compile(
    r"(?:(?P<n>\d+(?:\.\d+)?)[x×]?|(?P<w>double|triple)) (?:times )?points"
    r"|(?P<m>\d+(?:\.\d+)?)倍积分|(?P<z>[双三])倍积分"
)
_MULTIPLE = re.compile(
    r"\bpoints?\b.*\b(multiple|multiplier|times|factor)\b|\bpoints? rate|积分.*倍|倍.*积分"
)
_TIMES = {"double": 2.0, "triple": 3.0, "双": 2.0, "三": 3.0}


def find(plan: Plan) -> Iterator[Finding]:
    """Promises to members that a figure breaks."""
    tiers = plan.rows("member_tiers")
    for tier in tiers:
        for column in ("benefit_en", "benefit_zh"):
            for clause in re.split(r"[,;，；、+/。]", tier.get(column, "").lower()):
                yield from _clause(plan, tier, clause.strip())


def _clause(plan: Plan, tier: Mapping[str, str], clause: str) -> Iterator[Finding]:
    if not _CONDITION.search(clause):
        for benefit, fee in _FREE:
            if benefit.search(clause):
                yield from _charged(plan, tier, clause, fee)
                return
    stated = _discount(clause)
    for fact in plan.of("member_tiers"):
        if stated is not None and fact.id == tier["fact_id"] and fact.role == "value":
            paid = _paid(fact)
            if paid is not None and abs(paid - stated) > 1e-6:
                right = stated * 10 if fact.unit == "fold" else round((1 - stated) * 100, 4)
                yield _broken(tier, clause, fact, shown(round(right, 4), fact.unit))
    points = _POINTS.fullmatch(clause)
    if points is None:
        return
    word = points["w"] or points["z"]
    times = _TIMES[word] if word else float(points["n"] or points["m"])
    for fact in _rows(plan, tier):
        multiple = _MULTIPLE.search(fact.name.lower()) and fact.unit in ("times", "ratio", "count")
        if multiple and _is_of(plan, fact, tier) and fact.value != times:
            yield _broken(tier, clause, fact, shown(times, fact.unit))


def _charged(
    plan: Plan, tier: Mapping[str, str], clause: str, fee: re.Pattern[str]
) -> Iterator[Finding]:
    for fact in _rows(plan, tier):
        text = fact.name.lower()
        asks = (fee.search(text) and not _SAVED.search(text)) or _FROM.search(text)
        if asks and plan.dimension(fact) == "money" and fact.value > 0 and (
            _is_of(plan, fact, tier) or _EVERY.search(text)
        ):  # fmt: skip
            yield _broken(tier, clause, fact, shown(0.0, fact.unit))
            return


def _broken(tier: Mapping[str, str], clause: str, fact: Fact, right: str) -> Finding:
    ids = dict.fromkeys((fact.id, tier["fact_id"]))
    return Finding(
        "repeated_metric", "H", tuple(ids),
        say("{tier} is promised “{benefit}”, but {name} is {value}", tier=named(tier),
            benefit=clause, name=named(fact.row), value=shown(fact.value, fact.unit)),
        set_to(fact.id, shown(fact.value, fact.unit), right),
    )  # fmt: skip


def _rows(plan: Plan, tier: Mapping[str, str]) -> list[Fact]:
    return [
        fact
        for fact in plan.documents.get(tier["document"], ())
        if fact.role == "value" and fact.table not in ("member_tiers", "coupons", "budget_split")
    ]  # fmt: skip


def _is_of(plan: Plan, fact: Fact, tier: Mapping[str, str]) -> bool:
    """Whether a row names this tier, and no tier of a longer name such as "black gold"."""
    mine, best = 0, 0
    for row in plan.rows("member_tiers"):
        if row["document"] != tier["document"]:
            continue
        size = max((_named_in(fact, row.get(c, ""), c) for c in ("name_en", "name_zh")), default=0)
        best = max(best, size)
        if row["fact_id"] == tier["fact_id"]:
            mine = size
    return mine > 0 and mine == best


def _named_in(fact: Fact, name: str, column: str) -> int:
    """Length of a tier's name if a row has it; 0 if it has not."""
    text = f"{fact.of(column)} {fact.of('scope')} {fact.of('subject')}".lower()
    short = re.sub(r"\b(members?|tier|card|level)\b|会员|等级|级$", "", name.lower()).strip()
    if len(short) < (3 if column == "name_en" else 2):
        return 0
    hit = rf"\b{re.escape(short)}\b" if column == "name_en" else re.escape(short)
    return len(short) if re.search(hit, text) else 0


def _discount(clause: str) -> float | None:
    """The part of the price that a clause leaves to pay."""
    fold, off = _FOLD.fullmatch(clause), _OFF.fullmatch(clause)
    if fold:
        value = float(fold[1])
        return value / (100 if value >= 10 else 10)
    return 1 - float(off[1]) / 100 if off else None


def _paid(fact: Fact) -> float | None:
    """The part of the price that a row leaves to pay."""
    if fact.unit == "fold":
        return fact.value / 10
    off = re.search(r"\boff\b|discount|优惠|折扣", fact.name.lower())
    return 1 - fact.value / 100 if fact.unit == "pct" and off else None
