"""Floor, committed and stretch targets; conservative, base and optimistic cases: in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from analysis.plan.context import apart
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, Phrase, say, set_to, shown
from analysis.plan.names import tokens
from analysis.plan.rules.targets import LOWER, direction, same_name

_GOAL = r"(?:目标|值|线|版|档|方案|情景|情形|口径|$|(?=[,，)）\s]))"
_CASE = r"[- ]?(?:case|scenario|forecast|estimate)"
LEVELS: dict[str, tuple[int, re.Pattern[str], Phrase]] = {
    "floor": (0, re.compile(
        r"\b(floor|bottom[- ]line|guaranteed)\b|(?:保底|兜底|底线|必保)" + _GOAL), say("floor")),
    "conservative": (0, re.compile(
        r"\b(conservative|pessimistic|cautious|downside)\b|\b(low|worst|bear)" + _CASE
        + r"|保守|悲观|低方案|低情景"), say("conservative")),
    "committed": (1, re.compile(
        r"\b(committed|commitment)\b|(?:承诺|必达)" + _GOAL), say("committed")),
    "base": (1, re.compile(
        r"\bbase(line)?" + _CASE + r"|\bbase (target|goal|level|plan)\b|(?<=, )base(?= *(?:$|;))"
        r"|\b(neutral|central|most likely|mid)" + _CASE
        + r"|基础" + _GOAL + r"|基准|中性|中方案|中情景"), say("base case")),
    "stretch": (2, re.compile(
        r"\bstretch(ed)?\b|\b(aspirational|ambitious)\b|\b(challenge|challenging|sprint) "
        r"(target|goal|level|value|plan)\b|(?:冲刺|挑战|力争|争取|卓越)" + _GOAL), say("stretch")),
    "optimistic": (2, re.compile(
        r"\b(optimistic|upside)\b|\b(high|best|bull)" + _CASE
        + r"|乐观|高方案|高情景"), say("optimistic")),
}  # fmt: skip
"""Level of a goal or case: its rank, its words, its name."""
_PLAIN = say("plain target")
_WORDS = re.compile(
    r"\b(target|goal|planned|plan|case|scenario|forecast|estimate|expected|level|only|with)s?\b|"
    r"目标|计划|方案|情景|情形|预测|预计|值|版"
)
_RISES = re.compile(
    r"(?<![a-z])gmv(?![a-z])|gross merchandise|\bsales\b|revenue|turnover|"
    r"\borders?\b|members?|customers?|users?|"
    r"buyers?|profit|growth|market size|traffic|visitors?|downloads?|conversion|repurchase|"
    r"retention|market share|(?<![a-z])roi(?![a-z])|(?<![a-z])roas(?![a-z])|units sold|"
    r"销售|成交|营收|收入|订单|会员|用户|客户|买家|利润|增长|增速|市场规模|流量|访客|转化|复购|留存|"
    r"市占|市场份额|投入产出|销量"
)
_SCOPE = re.compile(r"[\s,，、;；()（）_-]+")


def find(plan: Plan) -> Iterator[Finding]:
    """Goals of one metric whose order is not that of their names: one finding a metric."""
    rows = [f for f in plan.facts if f.role in ("target", "value", "actual")]
    marked = [fact for fact in rows if level_of(fact)]
    told: set[str] = set()
    for high in sorted(marked, key=lambda fact: -_rank(fact)):
        same = [fact for fact in rows if _one_metric(plan, high, fact)]
        wrong = [
            (one, other) for one, other in combinations(sorted([high, *same], key=_rank), 2)
            if _rank(one) < _rank(other) and _disordered(plan, one, other)
        ]  # fmt: skip
        # Two plain targets can both be meant: one that fits is enough.
        right = [f for f in same if not level_of(f) and (high, f) not in wrong
                 and (f, high) not in wrong]  # fmt: skip
        wrong = [pair for pair in wrong if not right or all(level_of(f) for f in pair)]
        if not wrong or {f.id for pair in wrong for f in pair} & told:
            continue
        told |= {f.id for pair in wrong for f in pair}
        yield _finding(plan, *_worst(wrong))


def level_of(fact: Fact) -> str:
    """Level a row's name, scope or definition gives its goal; "" for none or for two."""
    text = f"{fact.of('name_en')} ; {fact.of('name_zh')} ; {fact.of('scope')}".lower()
    for column in ("scenario", "case", "level"):
        cell = fact.of(column).lower()
        text += f" ; {cell} case ; {cell}目标" if cell else ""
    found = [key for key, (_, pattern, _) in LEVELS.items() if pattern.search(text)]
    return found[0] if len({LEVELS[key][0] for key in found}) == 1 else ""


def _rank(fact: Fact) -> int:
    level = level_of(fact)
    return LEVELS[level][0] if level else 1


def _bare(text: str) -> str:
    low = re.sub(r"[(（][^)）]*[)）]", " ", text.lower())
    for _, pattern, _ in LEVELS.values():
        low = pattern.sub(" ", low)
    return _SCOPE.sub(" ", _WORDS.sub(" ", low)).strip()


def _one_metric(plan: Plan, one: Fact, other: Fact) -> bool:
    """Whether two rows are goals of one metric that differ in their level alone."""
    if one is other or one.document != other.document or one.role != other.role:
        return False
    if one.table != other.table or plan.dimension(one) != plan.dimension(other):
        return False
    if one.of("period") != other.of("period") or one.of("due") != other.of("due"):
        return False
    # A figure without a level is a goal only among goals.
    if not (level_of(one) and level_of(other)) and one.role != "target":
        return False
    if _bare(one.of("scope")) != _bare(other.of("scope")) or apart(_plain(one), _plain(other)):
        return False
    pairs = [(_bare(one.of(c)), _bare(other.of(c))) for c in ("name_en", "name_zh")]
    known = [(a, b) for a, b in pairs if a and b]
    if any(a == b for a, b in known):
        return True
    wide = [(tokens(a), tokens(b)) for a, b in known]
    unnamed = not (level_of(one) and level_of(other)) and bool(one.of("scope"))
    return unnamed and any(a < b if level_of(one) else b < a for a, b in wide)


def _plain(fact: Fact) -> Fact:
    """The figure with a scope that no longer names its level, as the level sets nothing apart."""
    cells = {**fact.row, "scope": _bare(fact.of("scope"))}
    return Fact(fact.id, fact.table, fact.role, fact.value, fact.unit, cells)


def _way(plan: Plan, facts: tuple[Fact, Fact]) -> int:
    """1 if more is better, −1 if less is, 0 if nothing says so."""
    signs = {fact.of("comparator")[:1] for fact in facts} & {"<", ">"}
    name = " ".join(fact.name.lower() for fact in facts)
    if signs:
        return (1 if signs == {">"} else -1) if len(signs) == 1 else 0
    for kpi in plan.of("kpi_table"):
        if kpi.document == facts[0].document and direction(kpi) and (
            any(same_name(kpi, fact) for fact in facts)
        ):  # fmt: skip
            return 1 if direction(kpi) == "higher" else -1
    if LOWER.search(name):
        return -1
    return 1 if _RISES.search(name) else 0


def _disordered(plan: Plan, low: Fact, high: Fact) -> bool:
    """Whether the higher level asks for less than the lower one."""
    way = _way(plan, (low, high))
    ahead = way * (plan.base(high) - plan.base(low))
    return way != 0 and ahead < -(plan.step(low) + plan.step(high))


def _worst(wrong: list[tuple[Fact, Fact]]) -> tuple[Fact, Fact, Fact]:
    """The pair to tell, and the one of it that most pairs have in common."""
    counts = {fact.id: sum(fact in pair for pair in wrong) for pair in wrong for fact in pair}
    low, high = wrong[0]
    return low, high, low if counts[low.id] > counts[high.id] else high


def _finding(plan: Plan, low: Fact, high: Fact, odd: Fact) -> Finding:
    more = _way(plan, (low, high)) > 0
    kept = low if odd is high else high
    sign = (">" if more else "<") if odd is high else ("<" if more else ">")
    return Finding(
        "feasibility", "H", (high.id, low.id),
        say("{high}: {one}, {low}: {other}: the more ambitious one asks for less",
            high=_name(high), one=shown(high.value, high.unit), low=_name(low),
            other=shown(low.value, low.unit)),
        set_to(odd.id, shown(odd.value, odd.unit), f"{sign} {shown(kept.value, kept.unit)}"),
    )  # fmt: skip


def _name(fact: Fact) -> Phrase:
    level = level_of(fact)
    return LEVELS[level][2] if level else _PLAIN
