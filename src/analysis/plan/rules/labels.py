"""Labels: % against percentage points, units against metric types, figures out of range."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.rules import gains, scales
from analysis.plan.rules.gains import RELATIVE

SCALES = {"score_5": (0.0, 5.0), "score_10": (0.0, 10.0), "hour_of_day": (0.0, 24.0),
          "day_of_month": (1.0, 31.0)}  # fmt: skip
LEVELS = ("value", "target", "actual", "baseline", "share")
ORDER = ("actual", "target", "after", "value", "baseline", "before")
RATES = ("rate", "share", "percentage", "conversion_rate", "ratio_pct")


def find(plan: Plan) -> Iterator[Finding]:
    """Figures whose unit cannot be that of what they are said to be."""
    told: set[str] = set()
    with_points = {f.id: f for f in plan.facts if f.role == "delta" and f.unit == "pp"}
    # A row is named once, by its outcome before its goal and its start.
    for fact in sorted(plan.facts, key=lambda f: ORDER.index(f.role) if f.role in ORDER else 9):
        yield from _percent_points(plan, fact, with_points.get(fact.id))
        for finding in _units(plan, fact):
            told.add(fact.id)
            yield finding
        yield from _range(plan, fact)
    yield from gains.find(plan)
    yield from (each for each in scales.find(plan) if each.facts[0] not in told)


def _percent_points(plan: Plan, fact: Fact, delta: Fact | None) -> Iterator[Finding]:
    changes = fact.says("change") and not fact.says("grows") and not fact.says("not_rate")
    if fact.role == "delta" and fact.unit == "pp":
        level = fact.of("unit")
        if level and level != "pp" and plan.units.dimension(level) not in ("fraction",):
            yield Finding(
                "percent_points", "M", (fact.id,),
                say("a change of {change} of a level in {unit}", change=shown(fact.value, "pp"),
                    unit=level),
                set_to(fact.id, shown(fact.value, "pp"), shown(fact.value, "pct")),
            )  # fmt: skip
    if fact.table != "targets_actuals" or fact.role != "target" or fact.unit != "pct":
        return
    if not changes or fact.of("definition") or not (fact.says("rate") or delta is not None):
        return
    if RELATIVE.search(fact.name.lower()):
        return
    if delta is not None:
        yield Finding(
            "percent_points", "M", (fact.id,),
            say("target {target}, outcome {outcome}: a relative change against points",
                target=shown(fact.value, "pct"), outcome=shown(delta.value, "pp")),
            set_to(fact.id, shown(fact.value, "pct"), shown(fact.value, "pp")),
        )  # fmt: skip
    elif not fact.of("delta_unit") and not fact.of("baseline"):
        yield Finding(
            "percent_points", "L", (fact.id,),
            say("a change of a rate by {value}, as % or as points is not said",
                value=shown(fact.value, "pct")),
            set_to(fact.id, shown(fact.value, "pct"), shown(fact.value, "pp")),
        )  # fmt: skip


def _units(plan: Plan, fact: Fact) -> Iterator[Finding]:
    dimension, given = plan.dimension(fact), fact.of("metric_type")
    wrong = ""
    if fact.role in LEVELS:
        rate = given in RATES or (
            not given
            and fact.says("strict_rate")
            and not fact.says("money")
            and not _is_count(fact)
        )
        spends = fact.says("spend") or _COST.search(fact.name.lower())
        rate = rate or (not given and not spends and _SHARES.search(fact.name.lower()) is not None)
        rate = rate and dimension in ("money", "count", "time", "workdays", "score")
        if rate or (not given and _is_rate(fact, dimension)):
            wrong = "pct"
        elif not given and _is_price(fact) and dimension in ("count", "time"):
            wrong = "cny"
        elif not given and _is_time(fact) and dimension == "money":
            wrong = "days"
        elif (given == "nps" or _is_nps(fact)) and dimension in ("fraction", "money", "time"):
            wrong = "points"
        elif given == "score" or (not given and _SCORE.search(fact.name.lower())):
            wrong = "score" if fact.unit == "pct" and not _is_portion(fact) else ""
        elif (given in ("volume", "count") or (not given and fact.says("volume"))) and (
            dimension == "money" and not fact.says("sales")
        ):
            wrong = "count"
        elif given in ("price", "value", "money", "cost") and dimension in ("count", "time"):
            wrong = "cny"
        elif given == "duration" and dimension in ("money", "count", "fraction"):
            wrong = "days"
        elif (given == "roi" or (not given and fact.says("roi"))) and dimension in (
            "money", "count", "time"
        ):  # fmt: skip
            wrong = "ratio"
    if fact.role in ("limit_value", "response_value") and _TIMES.search(fact.of("limit_kind")):
        wrong = "" if dimension in ("time", "workdays") else "hours"
    if wrong:
        yield Finding(
            "unit_type", "M", (fact.id,),
            say("{name}: {value}, a unit that its metric type cannot have",
                name=fact.of("name_en") or fact.of("name_zh"), value=shown(fact.value, fact.unit)),
            set_to(fact.id, shown(fact.value, fact.unit), shown(fact.value, wrong)),
        )  # fmt: skip


_RATIOS = re.compile(
    r"\b(conversion|penetration|bounce|click-?through|ctr|cvr|retention|repurchase|churn|redemption"
    r"|awareness|sell-?through|fulfil?lment|satisfaction)\b"
    r"|(转化|渗透|跳失|点击|留存|复购|流失|核销|认知|售罄|动销|好评|满意|毛利|退货|退款)(率|度|占比)"
    r"|占比|(market|wallet|sales) share\b"
)
_NO_RATIO = re.compile(
    r"\b(time|period|window|cycle|days?|hours?|campaign|programme?|from|through|of|at|for|after|on|"
    r"by|orders?|count|number|lost|gained|team|plan)\b|时间|时长|周期|天数|人数|订单|数量|客数"
)
_PRICE = re.compile(
    r"(?:\b(?:(?:unit|deal|list|average|retail|selling|sale|supply|cost) price|aov|"
    r"average order value|price per \w+)|单价|售价|定价|到手价|活动价|标价|原价|客单价|供货价)$"
)
_TIME = re.compile(
    r"(?:\b(?:delivery|response|reply|handling|recovery|restock(?:ing)?|waiting|lead|cycle) time|"
    r"duration|时长|时限|时效|工期|交期)$"
)


def _head(name: str) -> str:
    """A name without brackets and without what follows a comma."""
    return re.sub(r"[(（][^)）]*[)）]", " ", re.split(r"[,，、:：]", name)[0]).strip().lower()


def _heads(fact: Fact) -> list[str]:
    return [_head(fact.of(c)) for c in ("name_en", "name_zh") if fact.of(c)]


def _is_rate(fact: Fact, dimension: str) -> bool:
    """A conversion, a penetration, a share of the market: none is money or time, in any name."""
    if dimension not in ("money", "time") or fact.says("spend"):
        return False
    return all(
        _RATIOS.search(head) and not _COST.search(re.sub("占比", "", head))
        and not (_NO_RATIO.search(head) and not re.search("率|占比", head))
        for head in _heads(fact)
    )  # fmt: skip


def _is_price(fact: Fact) -> bool:
    return all(_PRICE.search(head) for head in _heads(fact))


def _is_time(fact: Fact) -> bool:
    return all(_TIME.search(head) for head in _heads(fact))


_COST = re.compile(r"\b(costs?|price|value|fees?|gmv|sales|revenue)\b|成本|费|价|额|金")
_SHARES = re.compile(
    r"\b(conversion|repurchase|retention|churn|click|open|bounce|penetration|redemption) rate\b|"
    r"转化率|复购率|留存率|流失率|点击率|打开率|跳失率|核销率|渗透率"
)
_TIMES = re.compile(r"_time$|时间|时限|时长")
_NPS_PARTS = re.compile(r"promoters|passives|detractors|推荐者|中立者|被动者|贬损者")


def _is_nps(fact: Fact) -> bool:
    """The score itself, not the shares of answers that it is made of."""
    return (
        not fact.of("metric_type") and fact.says("nps") and not fact.says("portion")
        and not _NPS_PARTS.search(fact.name.lower())
    ) or (fact.of("metric_type") == "score" and fact.says("nps"))  # fmt: skip


_SCORE = re.compile(r"\bscores?\b|\brating\b|评分|得分|[0-9五十百]分[)）制]")


def _is_portion(fact: Fact) -> bool:
    """Shares, changes and completions of scores are in per cent by right."""
    return any(fact.says(kind) for kind in ("rate", "portion", "change", "complete"))


def _is_count(fact: Fact) -> bool:
    """Frequencies, growth values and leads are called rates without being shares."""
    words = {"frequency", "multiple", "index", "score", "response", "exchange", "time", "period"}
    return bool(fact.tokens & words) or "频" in fact.name


def _range(plan: Plan, fact: Fact) -> Iterator[Finding]:
    low, high = SCALES.get(fact.unit, (float("-inf"), float("inf")))
    if fact.role not in (*LEVELS, "before", "after"):
        return
    bounded = fact.says("portion") and not fact.says("change") and not fact.says("complete")
    if fact.unit == "pct" and bounded and "more than" not in fact.name.lower():
        low, high = 0.0, 100.0
        if fact.of("baseline") and float(fact.of("baseline")) > 100:
            return
    if fact.says("nps") and plan.dimension(fact) in ("score", "points"):
        low, high = -100.0, 100.0
    if not low <= fact.value <= high:
        bound = high if fact.value > high else low
        yield Finding(
            "unit_type", "H", (fact.id,),
            say("{value} lies outside {low} to {high}", value=shown(fact.value, fact.unit),
                low=shown(low), high=shown(high)),
            set_to(fact.id, shown(fact.value, fact.unit), shown(bound, fact.unit)),
        )  # fmt: skip
