"""What a figure measures by its name: price, orders, conversion, …, per what, and of what thing.

Word lists are of the field, English and Chinese. Composite measures (order value, sales per buyer)
stand before their words, so that "average order value" is no count of orders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from analysis.plan.facts import Fact
from analysis.plan.names import LEXICON, WHOLE, tagged, tokens

_WHO = (
    "(?:active |paying |registered |new )?(?:users?|customers?|buyers?|members?|shoppers?|heads?)"
)
_MONEY = "(?:gmv|sales|revenue|spend(?:ing)?|value|consumption|turnover)"
MEASURES: dict[str, tuple[str, str]] = {
    "roi": (r"roi|roas|return on (?:ad |marketing )?(?:spend|investment)|input output(?: ratio)?",
            "净?投入产出比|投产比|投资回报率?"),
    "completion": ("completion(?: rate)?|achievement rate|attainment", "完成率|达成率|完成度"),
    "aov": (rf"(?:average )?(?:order|basket|transaction) value|{_MONEY} per order|aov|atv"
            "|basket size|average basket|average ticket",
            "客单价|笔单价|单均(?:金额|消费|成交额)|订单均价|平均订单金额"),
    "arpu": (rf"(?:average )?{_MONEY} per {_WHO}|arppu|arpu",
             "单客(?:年|月)?(?:价值|消费额?|贡献|成交额)|客均(?:年|月)?(?:消费额?|贡献|成交额)?"
             "|人均年?(?:消费|成交|销售|gmv)(?:额|金额)?"
             "|(?:(?:付费|活跃|购买)?(?:买家|客户|用户|会员))年均(?:成交额|消费额?|销售额|贡献)"),
    "cac": (rf"{_WHO} acquisition cost|acquisition cost|cac|cost per (?:acquisition|{_WHO}|lead)",
            "获客成本|拉新成本|获取成本|新客成本"),
    "cost_ratio": ("(?:marketing |promotion |advertising |ad |media )?"
                   "(?:cost|expenses?|spend(?:ing)?)"
                   "(?: to (?:sales|gmv|revenue))? (?:ratio|rate)|a ?cos",
                   "(?:营销|推广|市场|广告|投放)*(?:费用率|费率|费比)"),
    "coupon_cost": (
        "(?<=coupon )(?:costs?|spend(?:ing)?|subsid(?:y|ies)|expenses?)",
        "(?<=券)(?:核销)?(?:成本|费用|补贴(?:金?额)?|总?金额)",
    ),
    "face": ("face value", "面额|面值"),
    "sell_rate": ("sell ?(?:through|out) rate", "售罄率|(?<!活)动销率|售清率"),
    "sell_through": ("(?:sell|sold) ?(?:through|out)",
                     "(?<!活)动销(?:量|数|额)?|实销(?:量|数|额)?|终端销量"),
    "sell_in": ("sell ?in", "进货(?:量|数|额)?|铺货(?:量|数|额)?|提货(?:量|数|额)?"),
    "depth": ("discount (?:depth|rate)|markdown(?: rate)?|(?:percent|per cent) off",
              "折扣力度|折扣深度|优惠幅度|优惠力度|降价幅度|让利幅度|折让率"),
    "cpc": ("cost per click|cpc", "点击成本|单次点击(?:成本|费用)"),
    "cpm": ("cost per (?:mille|thousand(?: impressions)?)|cpm", "千次(?:曝光|展示)(?:成本|费用)"),
    "return_rate": ("(?:return|refund) rate(?! of)", "退货退款率|退货率|退款率|退换率"),
    "refund": ("refunds?(?: amount| value)?|returns? (?:amount|value)|value of returns?",
               "退货?退?款(?:总额|金额|额)|退货(?:总额|金额|额)"),
    "redemption": ("redemption(?: rate)?|use rate|usage rate", "核销率|使用率|兑换率"),
    "response": ("response rate", "回收率|有效率|回复率"),
    "ctr": ("click through(?: rate)?|ctr", "点击率"),
    "conversion": ("conversions?(?: rate)?|purchase rate|cvr", "转化率|成交率|下单率|购买率"),
    "take": ("(?:take|commission) rate", "佣金率|抽佣率|抽成率?|佣金比例|扣点"),
    "stickiness": ("stickiness|dau ?mau", "粘性|黏性"),
    "margin": ("(?:gross |net )?(?:profit )?margin(?: rate)?", "毛利率|净利率|利润率"),
    "profit": ("(?:gross |net )?profit", "毛利额?|净利润?|利润额?"),
    "growth": ("(?:relative )?(?:growth|uplift|increase|gain|rise)(?: rate)?|year on year",
               "相对提升|同比(?:增长率?|增速|增幅)?|增长率?|增速|增幅|涨幅|环比|提升"),
    "fall": ("reductions?|reduced|decreased?|declined?|drop|shortened|shorter|saved",
             "降低|减少|下降|降幅|缩短"),
    "share": ("as (?:a )?share of|share of|share|proportion(?: of)?|percentage of",
              "占比|份额|比重|占"),
    "fold": ("discount|price fold|tenths?", "折扣|折"),
    "deposit": ("deposit", "定金|订金"), "balance": ("balance(?: payment)?|final payment", "尾款"),
    "list_price": ("(?:list|everyday|original|regular|ordinary|tag) price",
                   "标价|原价|日常价|吊牌价|划线价"),
    "promo_price": ("(?:promo(?:tion)?(?:al)?|deal|flash|sale|event|activity) price",
                    "到手价|活动价|促销价|秒杀价|大促价"),
    "price": ("(?:unit |selling )?price|asp", "单价|售价|定价|价格|均价|价(?!值)"),
    "unit_cost": ("unit cost|cost price|cost per (?:unit|piece|item)", "单位成本|成本价|单件成本"),
    "volume": ("(?:sales |planned )?volume|quantity sold|(?:units?|pieces|sets|boxes)"
               "(?: sold| shipped| sales)?",
               "销售量|(?<!核)销量|销售件数|售出件数|件数|台数|套数|盒数|箱数"),
    "stock": ("stock|inventory", "库存量?|备货量?"),
    "spend": ("(?:(?:marketing|media|ad|ads|advertising|promotion) )*(?:budget|spend(?:ing)?"
              "|investment|outlay|expenses?|expenditure|cost)s?",
              "(?:营销|推广|媒体|广告|投放|市场)*(?:预算|投入|花费|费用|支出|成本)"),
    "commission": ("commissions?(?: revenue| income)?", "佣金(?:收入)?"),
    "sales": ("gross merchandise (?:value|volume)|(?:sales|gmv|revenue|turnover)"
              "(?: value| amount)?",
              "总?销售额|成交(?:总额|额|金额)|支付(?:总额|金额|额)|付款金额|交易额|流水|营业额|营收"
              "|销售收入|gmv|收入|销售"),
    "orders": ("orders?(?: count| number| volume)?", "订单(?:数量|量|数)?|单量|下单(?:数|量)?"),
    "visitors": ("visitors?|visits|traffic|uv", "访客(?:数|量)?|访问(?:人数|量)|流量|进店人数"),
    "impressions": ("impressions?|exposures?", "曝光(?:量|次数)?|展示(?:量|次数)|展现量"),
    "reach": ("reach(?:ed)?", "触达(?:人数|人次|量)?|覆盖人数"),
    "frequency": ("frequency", "频次|频率"),
    "clicks": ("clicks?", "点击(?:量|数|次数)?"),
    "mau": ("(?:monthly active users|mau)", "月活(?:跃用户)?"),
    "dau": ("(?:daily active users|dau)", "日活(?:跃用户)?"),
    "issued": ("issued|sent|distributed|handed out", "发放(?:数量|量|数|张数)?|发出(?:量|数)?"),
    "redeemed": ("redeemed|used", "核销(?:量|数|张数)?|已使用"),
    "buyers": ("(?:buyers?|customers?|purchasers?|shoppers?)(?: base| count| number)?",
               "购买用户数?|买家数?|(?<=[新老])客(?:户|人)?(?:人?数)?|客户数?|顾客数?|购买人数|支付人数|付费用户数?"),
    "members": ("members?(?:hip)?(?: count| number)?", "会员(?:数量|数|人数)?"),
    "users": ("users?(?: base| count| number)?", "用户(?:规模|数量|数)?"),
    "viewers": ("viewers?|views", "观看(?:人次|人数|量)?"),
    "sample": ("(?:questionnaire|sample|respondent|interviewee)s?|responses",
               "问卷|样本(?:量|数)?|受访者|答卷"),
    "headcount": ("headcount|head count|staff|employees?|persons?", "人数|员工数?|编制"),
    "rate": (r"[a-z]+ rate", "率"),
}  # fmt: skip
"""Measure → its words; what an earlier one took is gone."""

_PER = re.compile(
    r"(?<![a-z])(?:per|each|every) (?:one |single )?(?:[a-z]+ ){0,2}?(?P<noun>orders?|days?|weeks?"
    r"|months?|sessions?|stores?|shops?|inviters?|hosts?|persons?|heads?|employees?)(?![a-z])"
)
_PER_ANY = re.compile(r"(?<![a-z])per (?:one |single )?(?P<noun>[a-z]+)(?![a-z])")
_PER_ZH = re.compile(
    r"每(?:一|个|位|名)?(单|笔订单|笔|天|日|周|月|场|店|家|人|员工)|(单|场|店|日|人)均|(日|单)产"
)
_NOUN_ZH = {"单": "order", "笔": "order", "笔订单": "order", "天": "day", "日": "day",
            "周": "week", "月": "month", "场": "session", "店": "store", "家": "store",
            "人": "person", "员工": "person"}  # fmt: skip
_YEARLY = ("year", "annum")
"""A figure per year is a total of the year."""
_SAME = {"head": "person", "employee": "person", "staff": "person", "shop": "store",
         "show": "session", "broadcast": "session"}  # fmt: skip
_NET = re.compile(r"(?<![a-z])net(?! promoter| add| new)(?![a-z])|after returns?|less returns?"
                  r"|净(?!推|增|新)|退货后|扣除退|剔除退")  # fmt: skip
_EMPTY = re.compile(r"(?<![a-z])(?:(?:after|less) returns?|of which|including|number"
                    r"|count|amount|average|stated|to|visitor|channels?|per|in total|sum"
                    r"|gross|after|net|of|relative|on|value)(?![a-z])"
                    r"|(?:扣除|剔除)?退货退?款?后|净|数量|金额|总数|次数|数$|量$|渠道|年|新$"
                    r"|平均|的|合计|及|和|与|其中|[:：]")  # fmt: skip


_STAGES = {
    "attributed": re.compile(r"(?<![a-z])attributed(?![a-z])|归因"),
    "paid": re.compile(r"(?<![a-z])(?:paid|payment)(?![a-z])|支付|付款"),
    "gmv": re.compile(r"(?<![a-z])gmv(?![a-z])|成交总额"),
}
_STAGE = re.compile(r"(?<![a-z])(?:attributed|paid)(?![a-z])|归因|已?支付|已?付款")


def stage_of(text: str) -> str:
    """Which amount of sales a text is of: gmv, paid or attributed; "" if it does not say."""
    low = text.lower()
    return next((stage for stage, words in _STAGES.items() if words.search(low)), "")


def _pattern(english: str, chinese: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{english})(?![a-z])|{chinese}")


_MEASURES = {name: _pattern(*words) for name, words in MEASURES.items()}
_EVENTS = [_pattern(*words) if all(words) else re.compile(words[0] or words[1])
           for words in LEXICON["event"].values()]  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """A name taken apart.

    Attributes:
        kinds: Measures named, keys of :data:`MEASURES`.
        per: What it is per, singular: order, day, session, person, inviter, …; "" for a total.
        net: Whether it is after returns.
        stage: Which amount it is where there are several: gmv, paid, attributed; "" if not said.
        about: What is left of the English name: the thing measured.
        about_zh: What is left of the Chinese name, in pairs of characters.
        left_zh: The same as text: one character has no pair.
    """

    kinds: frozenset[str]
    per: str
    net: bool
    stage: str
    about: frozenset[str]
    about_zh: frozenset[str]
    left_zh: str


def clean(name: str) -> str:
    """A name in small letters without hyphens and brackets."""
    text = re.sub(r"[(（][^)）]*[)）]", " ", name.lower())
    return re.sub(r"\s+", " ", re.sub(r"[_\-–/']", " ", text))


@lru_cache(maxsize=20_000)
def taken_apart(english: str, chinese: str) -> Measured:
    """Take measures, "per" and qualifiers out of a name in two languages."""
    kinds: set[str] = set()
    per = ""
    left = []
    for text in (clean(english), clean(chinese)):
        for pattern in _EVENTS:
            text = pattern.sub(" ", text)
        text = re.sub(r" +", " ", text)
        for name in ("aov", "arpu", "cac", "cpc", "cpm", "unit_cost"):
            text, times = _MEASURES[name].subn(" ", text)
            kinds |= {name} if times else set()
        found = _PER.search(text) or _PER_ANY.search(text) or _PER_ZH.search(text)
        if found:
            noun = found.groupdict().get("noun") or next((g for g in found.groups() if g), "")
            noun = _NOUN_ZH.get(noun, noun)
            noun = noun[:-1] if noun.endswith("s") and len(noun) > 3 else noun
            per = per or ("" if noun in _YEARLY else _SAME.get(noun, noun))
            text = text[: found.start()] + " " + text[found.end() :]
        for name, pattern in _MEASURES.items():
            text, times = pattern.subn(" ", text)
            kinds |= {name} if times else set()
        text = _STAGE.sub(" ", text)
        text = _EMPTY.sub(" ", WHOLE.sub(" ", tagged(text)[1]))
        left.append(re.sub(r"(?<!\d)(19|20)\d\d年?(?!\d)", " ", text))
    han = re.sub(r"[^\u4e00-\u9fff]", "", left[1])
    net = bool(_NET.search(english.lower()) or _NET.search(chinese))
    stage = stage_of(f"{english} {chinese}")
    return Measured(frozenset(kinds), per, net, stage, tokens(left[0]), tokens(han), han)


def measured(fact: Fact) -> Measured:
    """What a figure measures."""
    return taken_apart(fact.of("name_en"), fact.of("name_zh"))


def stage(fact: Fact) -> str:
    """Which amount of sales a figure is of, by its name, else by its definition."""
    return measured(fact).stage or stage_of(fact.of("definition"))


def one_thing(one: Fact, other: Fact) -> bool:
    """Whether two figures are of one thing, measures and qualifiers aside."""
    a, b = measured(one), measured(other)
    if one.of("name_en") and other.of("name_en") and a.about == b.about:
        return True
    return bool(one.of("name_zh") and other.of("name_zh") and a.left_zh == b.left_zh)


def near_thing(one: Fact, other: Fact) -> bool:
    """Whether two figures may be of one thing: one name's words are among the other's."""
    a, b = measured(one), measured(other)
    pairs = []
    if one.of("name_en") and other.of("name_en"):
        pairs.append((a.about, b.about))
    if one.of("name_zh") and other.of("name_zh"):
        pairs.append((a.about_zh, b.about_zh))
    return any(x <= y or y <= x for x, y in pairs)
