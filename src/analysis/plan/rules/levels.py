"""Levels of alert: what colours, words and numbers call them, and names without them."""

from __future__ import annotations

import re
from functools import cache

from analysis.plan.facts import Fact

RANKS = {"green": 0, "blue": 0.5, "yellow": 1, "amber": 1, "orange": 2, "red": 3}
"""Level → how bad it is."""
_CELLS = {
    "green": "green|normal|safe|ok|绿色?|正常|安全",
    "blue": "blue|蓝色?",
    "yellow": "yellow|amber|warn|warning|caution|attention|watch|minor|mild|low|light|"
    "黄色?|警告|关注|提醒|注意|预警|一般|轻度|轻微|低",
    "orange": "orange|major|moderate|medium|橙色?|较重|中度|较大|中",
    "red": "red|critical|severe|serious|emergency|urgent|danger|high|stop|halt|"
    "红色?|严重|紧急|危险|重度|重大|高|停止|熔断|止损",
}
_COLOUR = r"[- ]?(?:alert|alarm|warning|line|light|level|zone|flag|status|threshold|trigger)"
_ZH = r"(?:色预警|色告警|色警戒|色警报|色等级|色阈值|灯|线|牌|色区|色(?=$|[（(，,]))"
_NAMES = {
    "green": re.compile(rf"\bgreen{_COLOUR}|绿{_ZH}"),
    "blue": re.compile(rf"\bblue{_COLOUR}|蓝{_ZH}"),
    "yellow": re.compile(rf"\b(?:yellow|amber){_COLOUR}|黄{_ZH}"),
    "orange": re.compile(rf"\borange{_COLOUR}|橙{_ZH}"),
    "red": re.compile(rf"\bred{_COLOUR}|红{_ZH}"),
}
_END = r"(?:线|值|阈值|级|(?=$|[（(）),，]))"
_KINDS = {
    "yellow": re.compile(
        r"\bwarning (?:level|line|threshold|value)|\bwarning\b(?=$|[,;)（(])|"
        rf"(?:预警|警告|提醒|关注){_END}"
    ),
    "red": re.compile(
        r"\b(?:critical|emergency|severe|stop(?:-loss)?|danger|halt) "
        r"(?:level|line|threshold|value|alert)|\bcritical\b(?=$|[,;)（(])|"
        rf"(?:严重|紧急|危险|熔断|停止|止损|停投|停售)(?:预警|警戒)?{_END}"
    ),
}
"""Words of a level where no colour tells it."""
_NUMBER = re.compile(
    r"\b(?:level|grade|tier|severity|alert|l|p) ?(\d)\b|([一二三四五])级|"
    r"(?<![a-z])(iv|i{1,3}|v)[- ]?级"
)
_HAN, _ROMAN = "一二三四五", ("i", "ii", "iii", "iv", "v")
_GENERIC = re.compile(
    r"\b(?:alert|alarm|warning|threshold|trigger|level|line|status)s?\b|"
    r"预警线?|告警|警戒线?|警报|阈值|响应(?=$|[（(，,])"
)
_BELOW = re.compile(
    r"\b(?:below|under|less than|fewer than|falls? to|drops? to)\b|低于|少于|小于|不足|跌破"
)
_ABOVE = re.compile(
    r"\b(?:above|over|more than|exceed(?:s|ing)?|greater than)\b|高于|超过|大于|超出|突破"
)
_SIGNS = {"≥": ">=", "≧": ">=", "⩾": ">=", "＞": ">", "=>": ">=", "at least": ">=", "above": ">",
          "over": ">", "more than": ">", "min": ">=", "不低于": ">=", "不少于": ">=", "高于": ">",
          "超过": ">", "大于": ">", "≤": "<=", "≦": "<=", "⩽": "<=", "＜": "<", "=<": "<=",
          "at most": "<=", "below": "<", "under": "<", "less than": "<", "max": "<=",
          "不高于": "<=", "不超过": "<=", "低于": "<", "少于": "<", "小于": "<"}  # fmt: skip


@cache
def _of(cell: str, name: str) -> str:
    for level, words in _CELLS.items():
        if re.fullmatch(rf"(?:{words})(?:{_COLOUR}|色?预警|级|级别)?", cell):
            return "amber" if cell.startswith("amber") else level
    found = [level for level, pattern in _NAMES.items() if pattern.search(name)]
    found = found or [level for level, pattern in _KINDS.items() if pattern.search(name)]
    return found[0] if len(found) == 1 and not cell else cell


def level_of(fact: Fact) -> str:
    """The level a row's column or name gives its limit, by its colour; "" where it gives none."""
    return _of(fact.of("level").strip().lower(), fact.name.lower())


def number_of(fact: Fact) -> int | None:
    """The number of a numbered level (level 2, 二级, II级); None if it has none."""
    for text in (fact.of("level"), fact.of("name_en"), fact.of("name_zh")):
        found = _NUMBER.search(text.lower())
        if found:
            if found[1]:
                return int(found[1])
            return (_HAN.index(found[2]) if found[2] else _ROMAN.index(found[3])) + 1
    return None


def sign_of(fact: Fact) -> str:
    """The comparator as ``>``, ``>=``, ``<``, ``<=`` or ``=``; by the name where there is none."""
    cell = fact.of("comparator").strip().lower()
    if cell:
        return _SIGNS.get(cell, cell)
    name = fact.name.lower()
    below, above = _BELOW.search(name), _ABOVE.search(name)
    return "" if bool(below) == bool(above) else "<" if below else ">"


@cache
def bare(name: str) -> str:
    """A name without its level, its side and its brackets."""
    low = re.sub(r"[(（][^)）]*[)）]", " ", name.lower())
    for pattern in (*_NAMES.values(), *_KINDS.values(), _NUMBER, _GENERIC, _BELOW, _ABOVE):
        low = pattern.sub(" ", low)
    return re.sub(r"[\s,，、:：;\-–_/]+", " ", low).strip()


def same_but_level(one: Fact, other: Fact) -> bool:
    """Whether two names are the same without their levels, in a language both have."""
    for column in ("name_en", "name_zh"):
        a, b = bare(one.of(column)), bare(other.of(column))
        if a and b:
            return a == b
    return False
