"""Years that events give away: the zodiac's, and quarters that hold two festivals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, Phrase, say, set_to, shown
from analysis.plan.rules.events import YEARS, event_day, event_name, named, text_of
from analysis.plan.rules.festive import AFTER
from analysis.plan.rules.moments import moments

ZODIAC = ("rat", "ox", "tiger", "rabbit", "dragon", "snake", "horse", "goat", "monkey", "rooster",
          "dog", "pig")  # fmt: skip
_AGAINST = re.compile(
    r"\b(vs|versus|over|than|from|since|against|compared|after|before|for|forecast|plan|review)\b|"
    r"较|比(?!重|例)|环比|同比|自|起|后|前|预测|复盘|备货|预算|计划"
)
"""Words by which a name tells of two parts of a year, or of work for another one."""
_STEP = frozenset(["lead", "start", "begin", "phase", "day", "festival"])
_QUARTER = re.compile(r"(?:20\d\d ?)?Q([1-4])", re.IGNORECASE)
_HALF = re.compile(r"(?<![a-z0-9])h[12](?![a-z0-9])|[上下]半年")
ZODIAC_ZH = "鼠牛虎兔龙蛇马羊猴鸡狗猪"


def find(plan: Plan) -> Iterator[Finding]:
    """Zodiac years that are not the document's, quarters no year has."""
    yield from _zodiac(plan)
    yield from _quarter(plan)
    yield from _other_quarter(plan)
    yield from _leads(plan)
    yield from _own_part(plan)


def _zodiac(plan: Plan) -> Iterator[Finding]:
    """A zodiac year and a calendar year of one document that are never within a year."""
    for facts in plan.documents.values():
        years = [f for f in facts if f.unit == "year" and 1950 <= f.value <= 2100]
        for row in {f.id: f for f in facts}.values():
            for place, (animal, sign) in enumerate(zip(ZODIAC, ZODIAC_ZH, strict=True)):
                said = re.search(rf"year of the {animal}\b|\b{animal}[- ]year\b",
                                 row.of("name_en").lower())  # fmt: skip
                if not said and f"{sign}年" not in row.of("name_zh"):
                    continue
                for year in years:
                    start = int(year.value)
                    # What is told as past or present: the plan is for that year or the next.
                    if any((y - 4) % 12 == place for y in (start, start + 1)):
                        continue
                    last = start - (start - 4 - place) % 12
                    yield Finding(
                        "calendar", "H", (row.id, year.id),
                        say("the {animal} years are {last} and {next}, the document is of {year} "
                            "or later (Spring Festival {day})",
                            animal=_Animal(animal, {"sign": sign}), last=last, next=last + 12,
                            year=start, day=f"{event_day('spring_festival', last):%Y-%m-%d}"),
                        set_to(year.id, shown(start), f"≤ {last}"),
                    )  # fmt: skip


class _Animal(Phrase):
    """A sign of the zodiac in the reader's language."""

    def text(self, lang: str = "en") -> str:
        """English or Chinese name."""
        return str(self.values["sign"]) if lang == "zh" else self.sentence


def _other_quarter(plan: Plan) -> Iterator[Finding]:
    """A festival's result or step in a quarter after it, or long before it."""
    for table, column in (("targets_actuals", "period"), ("milestones", "due")):
        for row in plan.rows(table):
            keys = named(text_of(row))
            period = _QUARTER.fullmatch(row.get(column, "").strip())
            if period is None or len(keys) != 1 or AFTER.search(text_of(row)):
                continue
            quarters = {(event_day(keys[0], year).month + 2) // 3 for year in YEARS}
            given = int(period[1])
            # Preparing and selling ahead can be in the quarter before.
            if given in quarters or given % 4 + 1 in quarters:
                continue
            yield Finding(
                "calendar", "M", (row["fact_id"],),
                say("{festival} is in quarter {quarters}, never in {given}",
                    festival=event_name(keys[0]), given=f"Q{given}",
                    quarters="/".join(map(str, sorted(quarters)))),
                set_to(row["fact_id"], row[column].strip(), f"Q{min(quarters)}"),
            )  # fmt: skip


def _quarter(plan: Plan) -> Iterator[Finding]:
    """Results of one quarter that hold events no quarter holds together."""
    for facts in plan.documents.values():
        rows = [f for f in facts if f.table == "targets_actuals" and f.says("sales")
                and plan.dimension(f) == "money" and f.role == "actual"
                and not f.says("not_total")]  # fmt: skip
        wholes = [f for f in rows if f.of("period").lower() in ("quarter", "the quarter", "季度")]
        parts: dict[str, Fact] = {}
        for fact in rows:
            for key in named(f"{fact.of('scope')} {fact.of('period')} {fact.name}"):
                parts.setdefault(key, fact)
        months = {key: {event_day(key, year).month for year in YEARS} for key in parts}
        for whole in wholes:
            for one, other in pairwise(sorted(parts, key=lambda key: (min(months[key]), key))):
                quarters = [{(m + 2) // 3 for m in months[key]} for key in (one, other)]
                if quarters[0] & quarters[1]:
                    continue
                a, b = parts[one], parts[other]
                total = plan.base(a) + plan.base(b)
                yield Finding(
                    "calendar", "M", (whole.id, a.id, b.id),
                    say("one quarter holds {one} (quarter {q1}) and {other} (quarter {q2}); "
                        "together {share} of {whole}", one=event_name(one),
                        other=event_name(other), q1="/".join(map(str, sorted(quarters[0]))),
                        q2="/".join(map(str, sorted(quarters[1]))),
                        share=shown(round(100 * total / plan.base(whole), 1), "pct"),
                        whole=shown(whole.value, whole.unit)),
                    say("{fact}: state {quarters} quarters", fact=whole.id,
                        quarters=min(quarters[1]) - max(quarters[0]) + 1),
                )  # fmt: skip


def _leads(plan: Plan) -> Iterator[Finding]:
    """One step, so many days before any festival and another number of days before one."""
    rows = [f for f in plan.of("phases") if f.role == "value" and f.of("value_kind") == "lead"]
    for one, other in combinations(rows, 2):
        about = [set(named(f"{text_of(f.row)} {f.of('track')}")) for f in (one, other)]
        # Two festivals may differ; what is said of all of them binds each.
        general = not about[0] or not about[1]
        same = one.document == other.document and one.unit == other.unit
        shared = (one.tokens & other.tokens) - _STEP
        if same and general and len(shared) >= 2 and one.value != other.value:
            names = [f.of("name_en") or f.of("name_zh") for f in (one, other)]
            yield Finding(
                "calendar", "M", (one.id, other.id),
                say("“{one}” is {first} before, “{other}” {second}", one=names[0],
                    first=shown(one.value, "days"), other=names[1],
                    second=shown(other.value, "days")),
                set_to(other.id, shown(other.value, "days"), shown(one.value, "days")),
            )  # fmt: skip


def _own_part(plan: Plan) -> Iterator[Finding]:
    """A result named by one quarter or month whose period is another."""
    for row in plan.rows("targets_actuals"):
        text, period = text_of(row), row.get("period", "").lower()
        own, given = _months(text), _months(period)
        if not own or not given or own & given or _AGAINST.search(text):
            continue
        yield Finding(
            "calendar", "M", (row["fact_id"],),
            say("“{name}” has the period {period}", name=row.get("name_en") or row["name_zh"],
                period=row["period"]),
            say("{fact}: {period} → the one of its name", fact=row["fact_id"],
                period=row["period"]),
        )  # fmt: skip


def _months(text: str) -> set[int]:
    """Months of the one quarter or month a text names; none if it names no or several parts."""
    found = set(moments(text))
    # English and Chinese name say the same twice; a half year is no single quarter.
    if len(found) != 1 or _HALF.search(text.lower()):
        return set()
    kind, place = found.pop()
    if kind == "quarter":
        return {int(3 * place) - 2, int(3 * place) - 1, int(3 * place)}
    if kind in ("month", "year-month") and not re.search(r"\d ?个月", text):
        return {(int(place) - 1) % 12 + 1}
    return set()
