"""One benefit told as a price in tenths and as per cent off: nine tenths are 10 % off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analysis.plan.context import context
from analysis.plan.facts import Fact
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import tagged, tokens
from analysis.plan.rules.wording import names

_OFF = re.compile(
    r"(?<![a-z])(?:off|discount|reduction|saving|cheaper|markdown)s?(?![a-z])"
    r"|优惠|减免|立减|让利|降价|折扣|折让"
)
_NOT = re.compile(
    r"(?<![a-z])(?:share|rate|up to|at most|limit|cap|floor|minimum|average|cost|use)(?![a-z])"
    r"|率|占比|封顶|上限|最高|最低|平均|成本|使用|人数|券"
)
_WORDS = frozenset(
    ["price", "discount", "fold", "off", "percent", "cent", "reduction", "saving", "tenth",
     "benefit", "offer", "cheaper", "markdown", "extra"]
)  # fmt: skip
_WORDS_ZH = re.compile(
    r"优惠幅度|优惠力度|优惠|折扣幅度|折扣力度|折扣|减免|立减|让利|降价|折让|幅度|力度|价格|价|折|的"
)
_TABLES = ("member_rules", "member_tiers", "price_tiers", "claims", "operations", "referral",
           "extra_facts", "coupons")  # fmt: skip


def find(facts: Sequence[Fact]) -> Iterator[Finding]:
    """Benefits of one name, in any document, whose tenths and per cents disagree."""
    known = [f for f in facts if f.role == "value" and f.table in _TABLES and f.value > 0]
    folds = [f for f in known if f.unit == "fold" and f.value < 10]
    offs = [f for f in known if f.unit == "pct" and _OFF.search(f.name.lower())
            and not _NOT.search(f.name.lower())]  # fmt: skip
    for fold in folds:
        same = [off for off in offs if _one(fold, off)]
        if not same or any(_agree(fold, off) for off in same):
            continue
        off = min(same, key=lambda f: (f.document != fold.document, f.id))
        made = round(100 - 10 * fold.value, 4)
        yield Finding(
            "identity", "H", (fold.id, off.id),
            say("{names}: {fold} are {made} off, stated {stated}", names=names((fold, off)),
                fold=shown(fold.value, "fold"), made=shown(made, "pct"),
                stated=shown(off.value, "pct")),
            set_to(off.id, shown(off.value, "pct"), shown(made, "pct")),
        )  # fmt: skip


def _agree(fold: Fact, off: Fact) -> bool:
    """As per cent off; or as the per cent that is to be paid."""
    made = 10 * fold.value
    return min(abs(100 - made - off.value), abs(made - off.value)) <= 0.5


def _one(fold: Fact, off: Fact) -> bool:
    """Whether two rows are of one benefit: one name, one event, one group, one place."""
    a, b = context(fold), context(off)
    if a.words != b.words or a.scope != b.scope or (a.years and b.years and a.years != b.years):
        return False
    if any(fold.of(c) != off.of(c) and fold.of(c) and off.of(c) for c in ("period", "subject")):
        return False
    english = fold.of("name_en"), off.of("name_en")
    chinese = fold.of("name_zh"), off.of("name_zh")
    told = bool(a.words)
    if all(english):
        x, y = (tokens(tagged(re.sub(r"[_-]", " ", n))[1]) - _WORDS for n in english)
        return x == y and bool(x or told)
    if all(chinese):
        left = [re.sub(r"[^\u4e00-\u9fff]", "", _WORDS_ZH.sub("", tagged(n)[1])) for n in chinese]
        return left[0] == left[1] and bool(left[0] or told)
    return False
