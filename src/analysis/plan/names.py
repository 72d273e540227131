"""What a figure's name says of its type: change, rate, price, volume, stock, flow.

Word lists are of the field, in English and Chinese; none belongs to a particular plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "by",
        "and",
        "or",
        "with",
        "per",
        "from",
        "than",
        "versus",
        "vs",
        "is",
        "are",
        "its",
        "level",
        "target",
        "actual",
        "rate",
        "value",
        "now",
        "current",
        "metric",
    ]
)
WORDS: dict[str, str] = {
    "change": r"increase|improv|uplift|growth|\bgain|reduc|change|\brise|drop|declin|saving|"
    r"upli|grew|提升|增长|降低|减少|缩短|提高|下降|增速|上升",
    "decrease": r"reduc|drop|declin|saving|\bcut|shorten|bounce|降低|减少|缩短|下降|节省",
    "rate": r"\brate\b|\bshare\b|conversion|penetration|click-through|\bctr\b|bounce|awareness|"
    r"率|占比|渗透|认知度",
    "strict_rate": r"\brate\b|率(?!先)",
    "portion": r"\bshare of\b|\bshare\b(?!-)|"
    r"(conversion|repurchase|retention|penetration|churn|open) rate|"
    r"占比|转化率|渗透率|留存率|复购率",
    "money": r"cost|loss|spend|price|\bvalue|budget|revenue|sales|\bgmv\b|arpu|fee|saving|premium|"
    r"费|成本|价|额|预算|损失",
    "growth": r"growth|grew|增长|增速|increase",
    "grows": r"growth|grew|增长|增速",
    "not_rate": r"efficien|cost|expens|capabilit|效率|频率|成本",
    "moment": r"last year|previous|planned|\btarget\b|\bgoal\b|before|目标|上年|计划",
    "price": r"\bprice\b|unit price|定价|单价(?<!客单价)|售价|价格",
    "volume": r"\bvolume\b|units sold|quantity sold|units shipped|销量|销售量",
    "sales": r"\bsales\b|\brevenue\b|\bgmv\b|销售额|营收|成交额|销售收入",
    "gmv": r"\bgmv\b|\brevenue\b|\bsales\b|销售额|营收|成交额",
    "not_total": r"share|contribution|order|lead|volume|forecast|industry|conversion|"
    r"占比|贡献|平均",
    "users": r"\busers?\b|\bcustomers?\b|\bmembers?\b|\bregistr|\bbuyers?\b|用户|客户|会员",
    "new": r"\bnew\b|\badded\b|\bnewly\b|\bnet add|新增|新注册|净增",
    "stock": r"\bbase\b|\btotal\b|cumulative|\bstock\b|\bexisting\b|规模|总量|存量|累计|总数",
    "arpu": r"\barpu\b|per user|per customer|per buyer|单客|人均消费|客均",
    "roi": r"\broi\b|\broas\b|return on|投入产出|投产比|投资回报",
    "spend": r"\bbudget\b|\bspend(ing)?\b|\binvestment\b|\bexpens|\boutlay|预算|投入|花费|费用",
    "nps": r"\bnps\b|net promoter|净推荐",
    "single": r"\bmax(imum)?\b|\bpeak\b|(one|single|per|a) (session|day|event|show|order)|最高|"
    r"单场|"
    r"单日|峰值|单次",
    "before": r"\bbefore\b|\bprevious(ly)?\b|\bprior\b|\bbaseline\b|\bformer|原值|之前|原来|上年",
    "avoided": r"\bavoid|prevent|averted|避免|防止|规避",
    "per_order": r"per order|each order|every order|每单|每笔",
    "order_value": r"average order|order value|\baov\b|basket|客单价|笔单价",
    "each": r"\beach\b|per (design|style|model|kind|item|sku)|每款|每种|单款",
    "conversion": r"conversion|转化",
    "content": r"\bugc\b|user content|user-generated|reviews? (written|posted)|晒单|用户内容",
    "complete": r"completion|achievement rate|完成率|达成率",
    "total": r"^(grand )?total\b|\btotal$|合计|总计",
    "weak": r"fall|declin|weak|poor|\blow\b|lack|loss of|drop|erod|"
    r"下降|下滑|减弱|不足|薄弱|疲劳|流失",
    "strong": r"above|strong|high|good|complete|lead|loyal|rich|高于|优势|完善|领先|强|高|好",
    "population": r"\b(all|core|new|existing|premium|loyal|young|active|high-value|potential)\b|"
    r"全体|核心|新|老|活跃|高价值",
    "exception": r"overrun|exceed|excess|breach|slip|超支|超标|超出|延误",
}
_PATTERNS = {kind: re.compile(pattern) for kind, pattern in WORDS.items()}
_ROLE = re.compile(
    r"\b(before|after|now|current|previous|prior|baseline|former|reduction|reduced|increase|growth|"
    r"change|gain|uplift|improvement|saving|cut|pct|days|hours|10k|sales|price|volume|revenue|"
    r"budget|roi|presale|target|goal|spend)\b"
)


@cache
def says(text: str, kind: str) -> bool:
    """Whether a name has a word of this kind."""
    return bool(_PATTERNS[kind].search(text.lower()))


@cache
def found_in(text: str, kind: str) -> tuple[str, ...]:
    """The words of this kind in a name, each once, sorted."""
    return tuple(sorted({found[0] for found in _PATTERNS[kind].finditer(text.lower())}))


@cache
def tokens(name: str) -> frozenset[str]:
    """Words that tell a name from others: brackets, stop words and plurals left out.

    A Chinese name is cut into pairs of characters, as no dictionary is needed for that.
    """
    text = re.sub(r"[(（][^)）]*[)）]", " ", name.lower())
    words = {_singular(word) for word in re.findall(r"[a-z0-9.]+", text)}
    han = re.sub(r"[^\u4e00-\u9fff]", "", text)
    pairs = {han[i : i + 2] for i in range(len(han) - 1)}
    return frozenset((words - STOP - {"."}) | pairs)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "su" else word


@cache
def stem(name: str) -> frozenset[str]:
    """Words of what a figure is about, without those of its role (before, reduction, price, …)."""
    return tokens(_ROLE.sub(" ", name.lower().replace("_", " ").replace("-", " ")))


def overlap(one: Iterable[str], other: Iterable[str]) -> float:
    """Shared words over those of the shorter name; 0 for an empty name."""
    a, b = frozenset(one), frozenset(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def alike(one: Iterable[str], other: Iterable[str]) -> float:
    """Shared words over all words (Jaccard); 0 for an empty name."""
    a, b = frozenset(one), frozenset(other)
    return len(a & b) / len(a | b) if a and b else 0.0
