"""Words that make two figures of two names: first and repeat orders, list and deal price.

The lists are of the field, in both languages; each class names qualifiers that exclude each other,
so that two names with different ones cannot be of one figure. What only one of two names says
tells nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

CLASSES: tuple[tuple[str, ...], ...] = (
    (r"\bfirst\b|首单|首购|首次|首笔|首复", r"\brepeat\b|\brepurchase\b|复购|回购|返单|二次"),
    (r"\blist\b|\boriginal\b|原价|标价|划线价|吊牌价|挂牌价|日常价",
     r"\bdeal\b|promo\w*|\bfinal price|\bsale price|到手价|活动价|促销价|券后价|秒杀价|成交价",
     r"\bcost price|进价|成本价", r"\bwholesale\b|\bsupply price|供货价|批发价"),
    (r"\bgross\b|毛(?=利|增|销|额|收)", r"\bnet\b|净"),
    (r"\bincl\w*|(?<!不)含", r"\bexcl\w*|不含|剔除|扣除"),
    (r"\bplaced\b|\bbooked\b|下单", r"\bpaid\b|支付|付款", r"\bshipped\b|发货",
     r"\bdelivered\b|送达|签收"),
    (r"\bsell[- ]?in\b|进货|压货", r"\bsell[- ]?(through|out)\b|动销|售罄"),
    (r"\bweekdays?\b|工作日(?!内)", r"\bweekends?\b|周末|节假日"),
    (r"\bmobile\b|移动端|手机端|无线端", r"\bdesktop\b|\bpc\b|电脑端"),
    (r"\bvalue\b|销售额|零售额|金额", r"\bvolume\b|\bunits\b|销量|销售量|件数"),
    (r"\bdomestic\b|国内|境内", r"\boverseas\b|\babroad\b|海外|境外|国外"),
    (r"\baverage\b|\bmean\b|平均|均值", r"\bmedian\b|中位"),
    (r"\binbound\b|入库|入仓", r"\boutbound\b|出库"),
    (r"\bopening\b|\bstart\b|开门|开始|期初|年初", r"\bclosing\b|\bend\b|闭店|结束|期末|年末|年底"),
    (r"\bbefore\b|(?:退款|退货|税|折扣?|优惠|活动|大促|促销|改版|上线)前",
     r"\bafter\b|(?:退款|退货|税|折扣?|优惠|活动|大促|促销|改版|上线)后"),
    (r"\binviters?\b|邀请人|邀请方|老带新奖励", r"\binvitees?\b|\binvited\b|被邀请"),
    (r"\bcurrent\b|本期|本年", r"\brestated\b|重述|追溯"),
)  # fmt: skip
"""Classes of words of which two names of one figure never have two."""

_COMPILED = tuple(tuple(re.compile(word) for word in each) for each in CLASSES)
_NUMBERED = (
    re.compile(r"第([一二三四五六七八九十\d]+)(?:批|期|轮|阶段|波|场|次|档|组)"),
    re.compile(r"(?:^|[^\d.])(\d+) ?[-–]?(?:天|日|days?\b)(?!\d)"),
    re.compile(
        r"\b(?:phase|wave|batch|round|group|version|option|scheme|model|line) ([a-z]?\d+|[a-z])\b"
    ),
    re.compile(r"\b([a-z]\d+)\b(?<!q\d)(?<!h\d)(?<!d11)(?<!d12)"),
)
_SCALES = (
    r"cny|rmb|yuan|pct|per ?cent|%|million|billion|thousand|\d+(?:\.\d+)?[km]?|days?|hours?|"
    r"minutes?|"
    r"seconds?|weeks?|months?|in|to|of|a|the|about|approx\w*|around|roughly|rounded|total|in all|"
    r"figure|confirmed|final|计|约|大约|左右|四舍五入|取整|亿元?|千?万元?|百万元?|元|人民币|小时|"
    r"分钟|秒|天|百分比|个百分点|合计|总计"
)
_COUNTED = (
    r"number|count|share|orders?|pieces|persons|people|heads|boxes|units|"
    r"单|件|人|个|盒|订单|数量|占比"
)
_BOUNDS = (
    r"max(?:imum)?|limit|at most|at the latest|no more than|within|up to|promise|standard|sla|"
    r"最长|最多|至多|不超过|上限|以内|内|承诺|标准|时限"
)
_PLAIN = re.compile(rf"(?:(?:{_SCALES})[ ,，./-]*)+", re.IGNORECASE)
_COUNT = re.compile(rf"(?:(?:{_SCALES}|{_COUNTED})[ ,，./-]*)+", re.IGNORECASE)
_BOUND = re.compile(rf"(?:(?:{_SCALES}|{_BOUNDS})[ ,，./-]*)+", re.IGNORECASE)


def plain(part: str) -> bool:
    """Whether a bracket or a tail only says a unit, or that a number is rounded."""
    return bool(_PLAIN.fullmatch(part.strip())) or not part.strip()


def counted(part: str) -> bool:
    """Whether a bracket or a tail only says what is counted."""
    return bool(_COUNT.fullmatch(part.strip()))


def unbounded(part: str) -> bool:
    """Whether a bracket or a tail only says that a time is one to keep."""
    return bool(_BOUND.fullmatch(part.strip()))


@lru_cache(maxsize=20_000)
def _found(name: str) -> tuple[frozenset[object], ...]:
    text = re.sub(r"[_]", " ", name.lower())
    sides = [frozenset(k for k, word in enumerate(each) if word.search(text)) for each in _COMPILED]
    numbers = [frozenset(pattern.findall(text)) for pattern in _NUMBERED]
    return (*sides, *numbers)


def opposed(one: str, other: str) -> bool:
    """Whether two names have different words of one class, or are numbered differently."""
    pairs = zip(_found(one), _found(other), strict=True)
    return any(here and there and not here & there for here, there in pairs)
