"""A register of risks against what the rest of the document says of the same risk.

A limit of the register is the promise or the alert of that risk; an impact in the name of a loss,
an overrun or a delay is the figure that claims, budgets and outcomes give of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from analysis.plan.context import context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import tagged, tokens
from analysis.plan.rules.opposed import opposed
from analysis.plan.rules.wording import named

_KINDS: Mapping[str, re.Pattern[str]] = {
    "response": re.compile(r"\brespon\w+|\brepl(?:y|ies)\b|\breact\w*|响应|回应|回复|首响"),
    "recovery": re.compile(r"\brecover\w*|\brestor\w*|\brepair\w*|恢复|修复|复原"),
    "replenishment": re.compile(r"\breplenish\w*|\brestock\w*|补货"),
    "replacement": re.compile(r"\breplac\w+|\bsubstitut\w*|更换|替换|替补|顶替"),
    "handling": re.compile(r"\bhandl\w+|\bresol\w+|\bclos(?:e|ed|ing)\b|处理|处置|解决|结案|办结"),
    "delay": re.compile(r"\bdelay\w*|\blate\b|延迟|延误|滞后"),
    "buffer": re.compile(r"\bbuffer\b|缓冲|预留"),
}  # fmt: skip
"""Kind of limit, as the register's column names it → words of other tables for it."""

_LIMIT = re.compile(
    r"\b(limit|time|within|sla|maximum|max|at most|deadline|promise|standard|target|first)\b|"
    r"时限|时效|时长|时间|限时|上限|以内|承诺|标准|目标|首次"
)
_LOSS = re.compile(
    r"\b(loss(es)?|lost|cost|damage|impact|rate|size|days?|hours?|from|due|caused|review|account|"
    r"actual|total)\b|损失|影响|金额|率|幅度|天数|造成|导致|实际|复盘|会|（|）|\(|\)"
)
_NO_IMPACT = re.compile(r"\b(avoid|prevent|alert|trigger|threshold|target|limit|plan|estimate)|"
                        r"避免|防止|预警|触发|阈值|目标|上限|预案|预计|估计")  # fmt: skip
_STATED = ("claims", "operations", "extra_facts", "member_rules", "channels_content", "market")


def find(plan: Plan) -> Iterator[tuple[Fact, Fact, bool]]:
    """Pairs of a risk's figure and of another place that states it otherwise."""
    for risk in plan.of("risk_register"):
        if risk.role == "limit_value":
            yield from _limits(plan, risk)
        elif risk.role == "impact_value":
            yield from _impacts(plan, risk)


def _limits(plan: Plan, risk: Fact) -> Iterator[tuple[Fact, Fact, bool]]:
    """The time to respond, recover or restock against rows of that risk and that verb."""
    kind = next((k for k in _KINDS if k in risk.of("limit_kind").lower()), "")
    if not kind or plan.dimension(risk) not in ("time", "workdays"):
        return
    word = _KINDS[kind]
    rows = [
        f
        for f in plan.documents[risk.document]
        if f.table in (*_STATED, "thresholds") and f.role == "value"
        and plan.dimension(f) == plan.dimension(risk) and word.search(f.name.lower())
        and _same_risk(risk, f, word, _LIMIT)
    ]  # fmt: skip
    if rows and not any(plan.agree(risk, f) for f in rows):
        yield risk, rows[0], True


def _impacts(plan: Plan, risk: Fact) -> Iterator[tuple[Fact, Fact, bool]]:
    """What a risk costs against the loss, overrun or delay of that name elsewhere."""
    rows = [
        f
        for f in plan.documents[risk.document]
        if f.table in (*_STATED, "budget_split", "targets_actuals")
        and f.role == ("actual" if f.table == "targets_actuals" else "value")
        and plan.dimension(f) == plan.dimension(risk) and (f.unit == "pp") == (risk.unit == "pp")
        and not _NO_IMPACT.search(f.name.lower()) and f.of("polarity") != "avoided"
        and _same_risk(risk, f, None, _LOSS)
    ]  # fmt: skip
    if rows and not any(plan.agree(risk, f) for f in rows):
        yield risk, rows[0], False


def _same_risk(
    risk: Fact, fact: Fact, verb: re.Pattern[str] | None, other: re.Pattern[str]
) -> bool:
    """Whether a name is that of the risk, the verb and words of the kind of figure aside."""
    if opposed(risk.name, fact.name) or context(risk).events - context(fact).events:
        return False
    for language in ("name_en", "name_zh"):
        names = risk.of(language).lower(), fact.of(language).lower()
        if not all(names):
            continue
        mine, theirs = (
            tokens(other.sub(" ", verb.sub(" ", name) if verb else name)) for name in names
        )
        # A name of one word or two characters is of too many things.
        least = 2 if language == "name_en" else 1
        if len(theirs) >= least and theirs <= mine and 2 * len(theirs) >= len(mine):
            return True
        if len(mine) >= least and mine == theirs - tokens(tagged(fact.of("scope"))[1]):
            return True
    return False


def incidents(plan: Plan) -> Iterator[Finding]:
    """Two accounts of one incident: one category and telling word, other losses or limits."""
    rows = [row for row in plan.rows("risk_register") if row.get("impact_value")]
    counts: dict[str, int] = {}
    for row in plan.rows("risk_register"):
        for word in tokens(row.get("name_en") or row.get("name_zh", "")):
            counts[word] = counts.get(word, 0) + 1
    for one, other in combinations(rows, 2):
        same = ("document", "category", "impact_unit")
        a, b = (tokens(row.get("name_en") or row.get("name_zh", "")) for row in (one, other))
        if any(one.get(c) != other.get(c) for c in same) or not any(counts[w] == 2 for w in a & b):
            continue
        figures = [
            f"{shown(float(row['impact_value']))} {row.get('impact_unit', '')}"
            + (f" / {row['limit_value']} {row.get('limit_unit', '')}" if row.get("limit_value")
               else "")
            for row in (one, other)
        ]  # fmt: skip
        kinds = one.get("limit_kind", ""), other.get("limit_kind", "")
        if figures[0] == figures[1] or not all(kinds):
            continue
        yield Finding(
            "repeated_metric", "H" if kinds[0] == kinds[1] else "L",
            (one["fact_id"], other["fact_id"]),
            say("{values} for one metric: {name}", values=" ≠ ".join(figures),
                name=say("{one} / {other}", one=named(one), other=named(other))),
            set_to(other["fact_id"], figures[1], figures[0]),
        )  # fmt: skip
