"""Parts that name their whole first: weights of a score, answers to one question.

"Weight: sales", "Visits (single answer): weekly" and their kind are one group by what stands before
the colon, dash or comma. Weights are all of their score; answers make 100 % if one may be given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding
from analysis.plan.rules.shares import hundred, place
from analysis.plan.tables import number

_WEIGHT = re.compile(r"\bweight(s|ing|age)?\b(?! ?loss)|权重|(考核|评分|指标)占比")
_NO_WEIGHT = re.compile(r"net weight|gross weight|weighted|body weight|体重|净重|毛重|加权")
_SINGLE = re.compile(
    r"\b(single|one)[- ](answer|choice|select(ion)?|response|option)s?\b"
    r"|\b(choose|pick|select) one\b"
    r"|单选|单项选择|只选一项|限选一项"
)
_MULTI = re.compile(
    r"\bmulti\w*|\bmultiple\b|\ball that apply\b|\b(up to|choose|pick|select) (two|three|\d)\b"
    r"|\btop \d|多选|不定项|可选多项|最多选|限选[两二三四五\d]"
)
_BANDS = re.compile(
    r"\d|\b(daily|weekly|monthly|quarterly|yearly|never|rarely|sometimes|often|always|less|more|yes|"
    r"no|male|female|men|women)\b|每[天日周月季年]|从不|很少|偶尔|经常|更少|更多|以上|以下|以内|男|女|不?是$"
)
"""Answers that exclude each other by themselves: numbers, frequencies, yes and no."""

_SPLIT = re.compile(r"\s*[:：]\s*|\s+[-–—]+\s+|——|—|(?<=[\u4e00-\u9fff）)])-")
_OPEN = re.compile(r"其中|of which", re.IGNORECASE)


def find(plan: Plan) -> Iterator[Finding]:
    """Weights and answers that do not make 100 %."""
    yield from _weights(plan)
    yield from _columns(plan)
    yield from _answers(plan)


def split(name: str) -> tuple[str, str]:
    """What stands before the first colon or dash of a name, and behind it; ("", name) if none."""
    found = _SPLIT.search(name)
    if found is None:
        return "", name.strip()
    return name[: found.start()].strip().lower(), name[found.end() :].strip()


def _names(fact: Fact) -> list[str]:
    return [fact.of(c) for c in ("name_en", "name_zh") if fact.of(c)]


def _weights(plan: Plan) -> Iterator[Finding]:
    """Weights of one score: by what stands before the colon, else by table and section."""
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in plan.facts:
        text = fact.name.lower()
        if fact.unit not in ("pct", "share") or fact.role not in ("value", "target", "share"):
            continue
        if not _WEIGHT.search(text) or _NO_WEIGHT.search(text) or fact.says("change"):
            continue
        if fact.table == "swot_factors":
            continue
        name = _names(fact)[0]
        head, _ = split(name)
        if not _WEIGHT.search(head):
            head = ""
        scope = fact.of("scope") or fact.of("area")
        groups.setdefault((fact.document, fact.table, head or place(fact), scope), []).append(fact)
    for parts in groups.values():
        if len(parts) >= 3:
            yield from hundred(plan, _once(parts), whole=True)


def _columns(plan: Plan) -> Iterator[Finding]:
    """A column of weights beside other figures, in any table."""
    for table, rows in plan.tables.items():
        if table == "swot_factors":
            continue
        groups: dict[tuple[str, str], list[Fact]] = {}
        for row in rows:
            for column in ("weight", "weight_pct", "权重"):
                weight = number(row.get(column, "").rstrip("%"))
                if weight is not None:
                    fact = Fact(row["fact_id"], table, "weight", weight, "pct", row)
                    groups.setdefault((row["document"], place(fact)), []).append(fact)
        for parts in groups.values():
            if len(parts) < 3:
                continue
            if sum(part.value for part in parts) <= 2:  # 0.3 stands for 30 %
                parts = [replace(p, value=round(p.value * 100, 6)) for p in parts]
            yield from hundred(plan, parts, whole=True)


def _answers(plan: Plan) -> Iterator[Finding]:
    """Answers to one question of a survey of which each person gives one."""
    groups: dict[tuple[str, ...], list[tuple[Fact, str]]] = {}
    for fact in plan.of("survey", "market", "extra_facts"):
        if fact.role != "value" or fact.unit != "pct" or fact.of("value_max"):
            continue
        question, answer = _asked(fact)
        if question and not _OPEN.search(question):
            key = (fact.document, fact.table, place(fact), question)
            groups.setdefault(key, []).append((fact, answer))
    for (*_, question), told in groups.items():
        parts = _once([fact for fact, _ in told])
        if len(parts) < 3 or any(_MULTI.search(fact.name.lower()) for fact in parts):
            continue
        if _SINGLE.search(question):
            yield from hundred(plan, parts, whole=True)
        elif parts[0].table == "survey" and all(_BANDS.search(a.lower()) for _, a in told):
            yield from hundred(plan, parts, whole=False)


def _asked(fact: Fact) -> tuple[str, str]:
    """Question and answer of a name; the mark "single answer" ends a question without a colon."""
    for name in _names(fact):
        head, answer = split(name)
        if head:
            return head, answer
        found = re.match(r"(?P<q>[^(（]+[(（](?P<how>[^)）]*)[)）])[ ,，]*(?P<a>.+)$", name)
        if found and _SINGLE.search(found["how"].lower()):
            return found["q"].strip().lower(), found["a"]
    return "", ""


def _once(parts: Sequence[Fact]) -> list[Fact]:
    """An answer or weight that is stated twice counts once."""
    kept: dict[str, Fact] = {}
    for fact in parts:
        kept.setdefault(_names(fact)[0].lower(), fact)
    return list(kept.values())
