"""Words such as "campaign" and "period", which say no more of a figure than where it stands."""

from __future__ import annotations

import re

from analysis.plan.facts import Fact
from analysis.plan.rules.identities.measures import measured

_PLAIN = frozenset(
    ["campaign", "cumulative", "promotion", "period", "store", "shop", "activity", "plan"]
)
_PLAIN_ZH = re.compile(r"大促期?|活动期?|累计|促销期?|店铺|本店|季度|期间")
_CAMPAIGN = re.compile(r"(?<![a-z])(?:campaign|promotion)(?![a-z])|大促|活动|促销")


def plainly_one(one: Fact, other: Fact) -> bool:
    """Whether two figures are of one thing, words such as "campaign" and "period" aside."""
    a, b = measured(one), measured(other)
    if one.of("name_en") and other.of("name_en") and bare(a.about) == bare(b.about):
        return True
    chinese = one.of("name_zh") and other.of("name_zh")
    return bool(chinese) and bare_zh(a.left_zh) == bare_zh(b.left_zh)


def of_campaign(fact: Fact) -> bool:
    """Whether a figure is of "the campaign": of that of its document."""
    return bool(_CAMPAIGN.search(fact.name.lower()))


def bare(words: frozenset[str]) -> frozenset[str]:
    """Words of a thing without those that say no more than that it is of the campaign."""
    return words - _PLAIN


def bare_zh(text: str) -> str:
    """The same of a Chinese name."""
    return _PLAIN_ZH.sub("", text)
