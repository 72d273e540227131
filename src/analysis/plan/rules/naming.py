"""When two rows name one metric: equal topics in either language, and nothing that sets them apart.

The words of event, channel, audience, … of each name must stand in the other row (name, scope or
period); a qualifier after a comma or in brackets that the other lacks makes a part of a whole.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from analysis.plan.context import apart, context
from analysis.plan.facts import Fact
from analysis.plan.names import WHOLE, found_in, overlap, tagged, tokens
from analysis.plan.rules.opposed import counted, opposed, plain, unbounded
from analysis.plan.units import KNOWN

EMPTY = frozenset(
    ["within", "promise", "sla", "time", "duration", "number", "count", "quantity", "amount",
     "stated", "standard", "requirement", "region", "area", "total"]
)  # fmt: skip
"""Words of a name that say what kind of figure it is, not of what."""

FOLD = frozenset(["member", "card", "discount", "price", "tier", "level"])
"""Words that a price in tenths of the list price needs no saying."""

_EMPTY_ZH = re.compile(
    r"时限|时效|时长|时间|用时|承诺|数量|总数|总量|张数|次数|区域|地区|个数|人数"
)
_FOLD_ZH = re.compile(r"会员|专享|折扣|折|价格?|等级")
_AGAIN = re.compile(
    r"second (claim|account)|again|another|later account"
    r"|\brepeat(ed)?\b(?! (orders?|purchases?|buyers?|customers?|users?|visits?|sales))"
    r"|restated|elsewhere|另一|再次|后文|又一处|重复(?!购|下单|消费)"
)
_PRICE_ZH = re.compile(r"售价|到手价|单价|定价|价格")
_EVERY = re.compile(r"\b(all|overall|total|whole)\b|全部|全体|整体|总体")
_ALL_HEADS = re.compile(r"\b(total|all|whole)\b|总|合计|全体")
_TIMES = frozenset([("period", "day"), ("period", "week"), ("period", "month")])
_LEVEL = {
    "floor": frozenset([("stat", "min")]), "minimum": frozenset([("stat", "min")]),
    "cap": frozenset([("stat", "cap"), ("stat", "max")]),
    "limit": frozenset([("stat", "cap"), ("stat", "max")]),
}  # fmt: skip
_FREE = ("moment", "period")


@lru_cache(maxsize=20_000)
def _tail(name: str, lone: bool = False, time: bool = False) -> frozenset[str]:
    """Words after the first comma and in brackets, but those of the whole and of "again".

    A unit or "rounded" is no qualifier; if it is the ``lone`` tail of two, what is counted is none
    either, and of a time neither is "at most".
    """
    inside = re.findall(r"[(（]([^)）]*)[)）]", name)
    rest = re.sub(r"[(（][^)）]*[)）]", " ", name)
    _, _, after = re.sub(r"[，、]", ",", rest).partition(",")
    kept = [
        part
        for part in (after, *inside)
        if not (plain(part) or (lone and counted(part)) or (time and unbounded(part)))
    ]  # fmt: skip
    text = WHOLE.sub(" ", _AGAIN.sub(" ", " ".join(kept).lower()))
    # "By value" tells a basis, though "value" alone tells nothing.
    return tokens(text) | frozenset(re.findall(r"\bby (\w+)", text))


@lru_cache(maxsize=20_000)
def _words(name: str) -> frozenset[str]:
    return tokens(re.sub(r"[()（）]", " ", name))


@lru_cache(maxsize=20_000)
def _topic(name: str, fold: bool) -> frozenset[str]:
    left = WHOLE.sub(" ", tagged(re.sub(r"[(（][^)）]*[)）]", " ", name))[1])
    left = re.sub(r"\bvalid\w*", "valid", left)
    return tokens(left) - EMPTY - (FOLD if fold else frozenset())


@lru_cache(maxsize=20_000)
def _topic_zh(name: str, fold: bool) -> str:
    left = WHOLE.sub(" ", tagged(re.sub(r"[(（][^)）]*[)）]", " ", name))[1])
    left = _EMPTY_ZH.sub("", _PRICE_ZH.sub("价", left))
    return re.sub(r"[^\u4e00-\u9fffa-z0-9]|的", "", _FOLD_ZH.sub("", left) if fold else left)


@lru_cache(maxsize=20_000)
def _tags(*texts: str) -> frozenset[tuple[str, str]]:
    found = frozenset(each for text in texts for each in tagged(text)[0])
    return frozenset(each for each in found if each[0] not in _FREE or each in _TIMES)


def _of_name(fact: Fact) -> frozenset[tuple[str, str]]:
    return _tags(fact.of("name_en"), fact.of("name_zh"))


def _of_columns(fact: Fact) -> frozenset[tuple[str, str]]:
    said = _tags(fact.of("scope"), fact.of("period"), fact.of("subject"))
    return said | _LEVEL.get(fact.of("level"), frozenset())


def in_one(one: Fact, other: Fact) -> Fact:
    """The second figure as if it stood in the document of the first."""
    if one.document == other.document:
        return other
    return replace(other, row={**other.row, "document": one.document})


def defined_apart(one: Fact, other: Fact) -> bool:
    """Whether two figures are defined differently."""
    said = one.of("definition"), other.of("definition")
    return all(said) and said[0] != said[1]


def placed_apart(one: Fact, other: Fact) -> bool:
    """Whether the columns of scope, period, subject, type or definition tell figures apart."""
    told = defined_apart(one, other) or any(
        a and b and a != b for a, b in zip(one.place, other.place, strict=True)
    )
    kinds = one.of("metric_type"), other.of("metric_type")
    return told or (all(kinds) and kinds[0] != kinds[1])


def qualified_apart(one: Fact, other: Fact, moments: bool = True) -> bool:
    """Whether names tell two figures of one key apart: by event, moment, or a qualifier.

    A qualifier stands after a comma or in brackets; that of one name tells nothing if the other
    name has a word of it. Without ``moments`` a target and a statement may be one.
    """
    second = in_one(one, other)
    if apart(one, second):
        return True
    if moments and (context(one).moment == "target") != (context(second).moment == "target"):
        return True
    for all_of, some in ((one, second), (second, one)):
        if _EVERY.search(all_of.name.lower()) and not _EVERY.search(some.name.lower()):
            more = {kind for kind, _ in context(some).words - context(all_of).words}
            told, said = (set(found_in(f.name, "population")) for f in (some, all_of))
            if more & {"audience", "channel"} or told - said:
                return True
    if opposed(one.name, other.name):
        return True
    time = _is_time(one) and _is_time(other)
    for language in ("name_en", "name_zh"):
        a, b = one.of(language), other.of(language)
        if a and b:
            here, there = _tail(a, time=time), _tail(b, time=time)
            if not (here and there):
                here, there = _tail(a, True, time), _tail(b, True, time)
            if here and there and not (here <= there or there <= here):
                return True
            if here != there and not (here & _words(b)) and not (there & _words(a)):
                return True
            if _whole_and_part(a, b, language) or _whole_and_part(b, a, language):
                return True
    return False


def _is_time(fact: Fact) -> bool:
    return KNOWN.get(fact.unit, ("", 1.0))[0] in ("time", "workdays")


def _whole_and_part(whole: str, part: str, language: str) -> bool:
    """Whether one name says that it is of the whole, and the other has one more word."""
    if not WHOLE.search(whole.lower()) or WHOLE.search(part.lower()):
        return False
    if language == "name_en":
        return _topic(part, False) > _topic(whole, False)
    long, short = _topic_zh(part, False), _topic_zh(whole, False)
    return len(short) > 1 and long != short and long.endswith(short)


def same_topic(one: Fact, other: Fact) -> bool:
    """Whether two names are of one thing, in English or in Chinese, words of place aside."""
    fold = one.unit == other.unit == "fold"
    a, b = (_topic(fact.of("name_en"), fold) for fact in (one, other))
    c, d = (_topic_zh(fact.of("name_zh"), fold) for fact in (one, other))
    english = bool(one.of("name_en") and other.of("name_en"))
    chinese = bool(one.of("name_zh") and other.of("name_zh"))
    if english and chinese:
        near = overlap(tokens(c), tokens(d)) > 0.3 or c == d or not (c and d)
        if a == b and (a or _of_name(one) == _of_name(other)):
            return near
        return bool(c) and c == d and overlap(a, b) > 0
    if english:
        return a == b and bool(a or fold)
    return chinese and c == d and bool(c or fold)


def contained_topic(one: Fact, other: Fact) -> bool:
    """Whether the longer name only adds words of the scope that the rows already say."""
    a, b = _topic(one.of("name_en"), False), _topic(other.of("name_en"), False)
    if a > b:
        one, other, a, b = other, one, b, a
    if not (len(a) >= 2 and a < b):
        return False
    said = [tokens(row.of(c)) for row in (one, other) for c in ("scope", "area", "section")]
    return bool((b - a) & frozenset().union(*said))


def same_metric(one: Fact, other: Fact) -> bool:
    """Whether two rows of one document state one metric of one place and moment."""
    if one.document != other.document or one.id == other.id or _elsewhere(one, other):
        return False
    for kind in ("change", "avoided", "complete", "new", "exception", "each"):
        if one.says(kind) != other.says(kind):
            return False
    whole = [bool(_ALL_HEADS.search(fact.name.lower())) for fact in (one, other)]
    if "team" in (one.table, other.table) and whole[0] != whole[1]:
        return False  # all heads and one team's
    ours, theirs = _of_name(one), _of_name(other)
    if not (ours <= theirs | _of_columns(other) and theirs <= ours | _of_columns(one)):
        return False
    if not (same_topic(one, other) or contained_topic(one, other)):
        return False
    return not qualified_apart(one, other, moments=False)


def _elsewhere(one: Fact, other: Fact) -> bool:
    """Whether columns tell two rows of different tables apart: "2024" and "618 2024" do not."""
    if not placed_apart(one, other):
        return False
    kinds = one.of("metric_type"), other.of("metric_type")
    a, b = context(one), context(other)
    cells = (one.of("scope"), other.of("scope")), (one.of("subject"), other.of("subject"))
    if (all(kinds) and kinds[0] != kinds[1]) or any(x and y and x != y for x, y in cells):
        return True
    if a.events != b.events or a.of("part") != b.of("part") or a.years != b.years:
        return True
    rest = [tokens(re.sub(r"20\d\d", " ", tagged(f.of("period"))[1])) for f in (one, other)]
    return rest[0] != rest[1] or not a.events


def loosely(one: Fact, other: Fact) -> bool:
    """Whether scope or period of only one of two figures narrows it down."""
    return _of_name(one) | _of_columns(one) != _of_name(other) | _of_columns(other)
