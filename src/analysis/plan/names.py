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


LEXICON: dict[str, dict[str, tuple[str, str]]] = {
    "moment": {
        "last_year": ("(versus|vs|on|than|over) last year|year on year|yoy", "同比|较上年|较去年"),
        "before": (
            "(in )?(the )?(last|previous|prior|past) (year|period|season)|year before|baseline"
            "|previous(ly)?|prior|former(ly)?|before( launch)?(?= *(,|$))|year ago",
            "上年度?|去年|上一年|往年|上期|原值|此前|之前|改前|原有|基线|前一年",
        ),
        "target": (
            "targets?|goals?|planned|forecast|expected|projected|committed|budgeted",
            "目标|计划|预计|预测|拟",
        ),
        "actual": ("actual(ly)?|achieved|reali[sz]ed", "实际|已实现"),
    },
    "event": {
        "618": (r"(?<!\d)618(?!\d)", "六一八"),
        "double_11": (r"double ?(11|eleven)|singles day|11\.11|d11", "双十一|双 ?11"),
        "double_12": (r"double ?(12|twelve)|12\.12", "双十二|双 ?12"),
        "mid_autumn": ("mid autumn|moon festival", "中秋"),
        "spring_festival": ("spring festival|(chinese|lunar) new year", "春节|年货节|年货"),
        "new_year": ("new year", "元旦|新年|跨年"),
        "lantern": ("lantern festival", "元宵"),
        "dragon_boat": ("dragon boat( festival)?", "端午"),
        "qixi": ("qixi|double seventh", "七夕"),
        "double_ninth": ("double ninth", "重阳"),
        "qingming": ("qingming|tomb sweeping", "清明"),
        "national_day": ("national day|golden week", "国庆|黄金周"),
        "labour_day": ("labou?r day|may day", "五一|劳动节"),
        "women_day": ("women s day|queen s day", "妇女节|女神节|女王节|三八节?|(?<!\\d)38节"),
        "520": (r"(?<!\d)520(?!\d)", "五二零"),
        "818": (r"(?<!\d)818(?!\d)", ""),
        "99": (r"(?<!\d)(99|9\.9) (sale|festival|promotion)", "99大促|99划算节"),
        "black_friday": ("black friday", "黑五|黑色星期五"),
        "christmas": ("christmas", "圣诞"),
        "valentine": ("valentine s?( day)?", "情人节"),
        "mother_day": ("mother s day", "母亲节"), "father_day": ("father s day", "父亲节"),
        "children_day": ("children s day", "儿童节|六一(?!八)"),
        "school": ("back to school|school season", "开学季|开学"),
        "member_day": ("members? day", "会员日"),
        "brand_day": ("(super )?brand day", "(超级)?品牌日"),
        "everyday": ("everyday|ordinary days?|ordinary|usual|regular", "日常|平日|平时|常规"),
    },
    "phase": {
        "presale": ("pre ?sale|deposit period", "预售期?"),
        "warm_up": ("warm ?up|pre ?heat|teaser", "预热期?|蓄水期?"),
        "burst": ("burst|main (phase|period|stage)", "爆发期|主场期|主销期"),
        "peak": ("peak (phase|period|stage)", "高峰期|高潮期"),
        "bridge": ("(bridge|transition)( phase| period| stage)?", "过渡期|衔接期|平销期"),
        "encore": ("encore", "返场期?"),
        "closing": ("(closing|wrap up) (phase|period|stage)", "收尾期|收官期"),
        "opening": ("opening|first day|first hour", "开门红|首日|首小时"),
    },
    "part": {
        **{f"Q{k}": (f"q{k}|{w} quarter", f"第?{z}季度")
           for k, w, z in zip("1234", ("first", "second", "third", "fourth"), "一二三四",
                              strict=True)},
        "H1": ("h1|first half( year)?", "上半年"), "H2": ("h2|second half( year)?", "下半年"),
        **{f"M{k}": (w, f"(?<!\\d){k}月(?!龄)") for k, w in enumerate(
            ("january", "february", "march", "april", "in may", "june", "july", "august",
             "september", "october", "november", "december"), start=1)},
    },
    "period": {
        "year": (
            "annual(ly)?|whole year|full year|yearly|(per|a|the|in) year|year",
            "全年|年度|每年|年均|年(?=成交|销售|营收|消费|佣金)|年末|年底",
        ),
        "month": ("monthly|(per|a) month", "每月|月均|月度|月(?=活)"),
        "week": ("weekly|(per|a) week", "每周|周均"),
        "day": ("daily|(per|a|each) day", "每日|每天|日均|日(?=活)|单日"),
    },
    "channel": {
        "livestream": (
            "live ?stream(ing|s)?|live ?rooms?|live broadcasts?|live (?=sales|gmv|roi|orders)",
            "直播间?(?!场)|直播",
        ),
        "short_video": ("short videos?", "短视频"),
        "douyin": ("douyin|tiktok", "抖音"), "tmall": ("tmall|taobao", "天猫|淘宝|淘系"),
        "jd": ("jd(\\.com)?|jingdong", "京东"), "pinduoduo": ("pinduoduo|pdd", "拼多多"),
        "xiaohongshu": ("xiaohongshu|rednote", "小红书"), "kuaishou": ("kuaishou", "快手"),
        "wechat": ("we ?chat( mini ?program)?|mini ?programs?", "微信(小程序)?|小程序"),
        "private": ("private (domain|traffic)|communit(y|ies)", "私域|社群|企微"),
        "app": ("app", ""), "offline": ("offline( stores?)?|physical stores?", "线下(门店)?|门店"),
        "online": ("online", "线上"), "shelf": ("shelf", "货架"),
        "search": ("(paid )?search|sem|seo", "搜索(竞价)?"),
        "feed": ("(in )?feeds?( ads?| advertising)?", "信息流(广告)?"),
        "creator": ("kols?|kocs?|creators?|influencers?", "(?<!触)达人|博主"),
        "referral": ("referrals?|referred", "裂变|转介绍|老带新"),
        "self": ("own site|official (site|store)", "官网|自营|旗舰店"),
        "distributor": ("distributors?|wholesale", "经销商?|分销|批发"),
        "cross_border": ("cross border", "跨境"),
    },
    "audience": {
        "new": (
            "new(ly)?|added|first time|first order",
            "新增|新注册|净增|拉新|新客?(?=用户|客|会员|访客|买家|购买)|新客",
        ),
        "existing": ("existing|old|returning|repeat", "老客?户?|存量|回头"),
        "active": ("active", "活跃|日活|月活"), "registered": ("registered", "注册"),
        "paying": (
            "paying|paid(?= (users|members|customers))", "付费|付款|支付(?=用户|客户|会员|买家)",
        ),
        "dormant": ("dormant|lapsed|churned", "沉睡|流失"),
        "core": ("core|high value|loyal|premium|heavy", "核心|高价值|忠诚"),
        "vip": ("vips?", ""), "diamond": ("diamond", "钻石卡?"), "gold": ("gold(?!en)", "金卡"),
        "silver": ("silver", "银卡"), "women": ("wom[ae]n|female", "女性"),
        "men": ("m[ae]n(?!y)|male", "男性"),
        "young": (r"under \d+|young|students?", r"\d+岁以下|年轻|学生"),
        "tier_1": ("tier 1|first tier", "一线(城市)?"),
        "tier_2": ("tier 2|second tier", "二线(城市)?"),
        "tier_3": ("tier 3|third tier", "三线(城市)?"),
        "lower": ("lower tiers?|count(y|ies)|rural", "下沉(市场)?|县域|农村"),
    },
    "whose": {
        "rival": ("rivals?|competitors?|peers?", "竞品|竞争对手|对手|同行"),
        "industry": ("industry|market average", "行业|大盘"),
    },
    "stat": {
        "max": ("max(imum)?|highest|peak|best|record", "最高|峰值|最大"),
        "min": ("min(imum)?|lowest|at least", "最低|最小|下限|至少"),
        "cap": ("caps?|limits?|ceiling", "上限|限额|限值|封顶"),
        "single": ("(one|single|a|per|each) (session|show|event|order)", "单场|单次"),
        "average": ("averages?|avg|mean", "平均|场均|单均"),
    },
}  # fmt: skip
"""Class of qualifier → its words, English and Chinese; what an earlier class took is gone."""

WHOLE = re.compile(
    r"(?<![a-z])(all|total|whole|overall|company|brand|platform|group|entire|own|our|every)"
    r"(?: (channels?|platforms?|products?|users|campaigns?|categories|sessions|stores))?(?![a-z])"
    r"|全渠道|全部|整体|全公司|全体|全网|平台|品牌|合计|总"
)
"""Words that say a figure is of the whole: no qualifier."""


def _compiled(words: tuple[str, str]) -> re.Pattern[str]:
    english, chinese = words
    # Han characters are word characters to ``\\b``: a Latin word ends where no Latin letter is.
    parts = [rf"(?<![a-z])(?:{english})(?![a-z])"] if english else []
    return re.compile("|".join([*parts, *([chinese] if chinese else [])]))


_LEXICON = {
    kind: {word: _compiled(patterns) for word, patterns in words.items()}
    for kind, words in LEXICON.items()
}


@cache
def tagged(text: str) -> tuple[frozenset[tuple[str, str]], str]:
    """Qualifiers of a text as (class, word), and the text without them."""
    rest = re.sub(r"[_\-–/']", " ", text.lower())
    found = set()
    for kind, words in _LEXICON.items():
        for word, pattern in words.items():
            rest, times = pattern.subn(" ", rest)
            if times:
                found.add((kind, word))
    return frozenset(found), rest
