"""Targets: their direction, and whether history, the market and their drivers allow them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, Phrase, say, set_to, shown

FAR = 2.0
"""Times the best known growth a growth target may ask for before a driver must be named."""
FAR_LEVEL = 3.0
"""Times the growth of the last period a level may ask for in the next."""
LEAST_POINTS, LEAST_GROWTH = 5.0, 0.3
"""Smaller asks than these are no matter of feasibility."""
SLACK = 1.001
"""What is printed is rounded."""
DRIVER = 1.5
"""A driver's factor over the outcome's: beyond it, the other drivers would have to shrink."""
LOWER = re.compile(
    r"\bcosts?\b|complaint|\breturns?(ed)? (rate|share)|refund|churn|bounce|\bloss|delay|\berror|"
    r"defect|overrun|stock-?out|backlog|"
    r"(?<!dwell )(?<!stay )(?<!viewing )(?<!watch )\btime\b(?! rate)|"
    r"\bcycle\b|成本|投诉|退货|退款|流失|跳失|跳出|损失|延误|差错|缺货|积压|超支|"
    r"(?<!停留)(?<!观看)(?<!使用)时长|周期(?!购)"
)
"""Names of what is better when it is less."""
REACHED = re.compile(
    r"\b(reached|met|achieved|fulfilled|attained)\b|(?<!未)(?<!率)(达成|达标)(?!率)"
)
_NOT_REACHED = re.compile(r"\bnot (reached|met|achieved)\b|未达|没有达")
_WAYS = {"higher": say("higher"), "lower": say("lower")}
Row = dict[str, Fact]


def rows_of(plan: Plan) -> dict[str, Row]:
    """Target rows: id → column → figure."""
    rows: dict[str, Row] = {}
    for fact in plan.of("targets_actuals"):
        rows.setdefault(fact.id, {})[fact.role] = fact
    return rows


def direction(kpi: Fact) -> str:
    """Whether the KPI table wants a metric higher or lower; "" if it says neither."""
    told = (kpi.of("direction_inferred") or kpi.of("direction")).lower()
    return next((way for way in ("higher", "lower") if told.startswith(way[:4])), "")


def same_name(one: Fact, other: Fact) -> bool:
    """Whether two figures have one name in a language both have."""
    for column in ("name_en", "name_zh"):
        a, b = one.of(column).strip().lower(), other.of(column).strip().lower()
        if a and b:
            return a == b
    return False


def find(plan: Plan) -> Iterator[Finding]:
    """Targets that ask for nothing or for more than is known to happen."""
    rows = rows_of(plan)
    yield from _history(plan, rows)
    yield from _next_period(plan, rows)
    yield from _direction(plan, rows)
    yield from _outcome(plan, rows)
    yield from _drivers(plan, rows)


def market_growth(plan: Plan, document: str) -> list[Fact]:
    """Growth figures of the market, of the document where it has some."""
    found = []
    for fact in plan.of("market"):
        grows = fact.role == "growth" or (fact.role == "value" and fact.says("growth"))
        if fact.unit == "pct" and grows:
            found.append(fact)
    return [fact for fact in found if fact.document == document] or found


def _history(plan: Plan, rows: dict[str, Row]) -> Iterator[Finding]:
    """Required growth against the growth there was and the market's."""
    for row in rows.values():
        target, actual = row.get("target"), row.get("actual")
        if target is None or actual is None or target.unit != "pct" or not target.says("growth"):
            continue
        market = [f for f in plan.of("market") if f.document == target.document
                  and f.unit == "pct" and f.says("growth")]  # fmt: skip
        best = max([actual.value, *(f.value for f in market)])
        if actual.value > 0 and target.value > FAR * best:
            yield Finding(
                "feasibility", "M", (target.id, *(f.id for f in market[:1])),
                say("required growth {target}, history {history}, best of history and market "
                    "{best}", target=shown(target.value, "pct"),
                    history=shown(actual.value, "pct"), best=shown(best, "pct")),
                set_to(target.id, shown(target.value, "pct"), f"≤ {shown(FAR * best, 'pct')}"),
            )  # fmt: skip


def _next_period(plan: Plan, rows: dict[str, Row]) -> Iterator[Finding]:
    """A level's target against what the same metric did in the period before it."""
    for row in rows.values():
        target, start = row.get("target"), row.get("baseline")
        if target is None or start is None or target.unit != start.unit or start.value <= 0:
            continue
        past = [
            (then["baseline"], then["actual"]) for then in rows.values()
            if "baseline" in then and "actual" in then and then is not row
            and same_name(then["actual"], target)
            and then["actual"].of("scope") == target.of("scope")
            and then["actual"].of("period") != target.of("period")
            and plan.agree(then["actual"], start) and then["baseline"].unit == start.unit
            and then["baseline"].value > 0
        ]  # fmt: skip
        if not past:
            continue
        before, after = past[0]
        if target.unit in ("pct", "score", "points", "score_5", "score_10"):
            unit = "pp" if target.unit == "pct" else target.unit
            did, asked = after.value - before.value, target.value - start.value
            # What cannot pass a ceiling slows down towards it; here it would speed up.
            far = did * asked > 0 and abs(asked) > max(FAR_LEVEL * abs(did), LEAST_POINTS) * SLACK
            most = start.value + FAR_LEVEL * did
        else:
            unit = "pct"
            did, asked = after.value / before.value - 1, target.value / start.value - 1
            known = [did, *(f.value / 100 for f in market_growth(plan, target.document))]
            best = max(known)
            far = best > 0 and asked > max(FAR_LEVEL * best, LEAST_GROWTH) * SLACK
            most = start.value * (1 + FAR_LEVEL * best)
            did, asked = 100 * did, 100 * asked
        if far:
            yield Finding(
                "feasibility", "M", (target.id, after.id),
                say("{start} → {target} asks for {asked}; the period before brought {did} "
                    "({before} → {after})", start=shown(start.value),
                    target=shown(target.value, target.unit), asked=f"{asked:+.3g} {unit}",
                    did=f"{did:+.3g} {unit}", before=shown(before.value),
                    after=shown(after.value, after.unit)),
                _lower(plan, row, round(most, 1)),
            )  # fmt: skip


def _lower(plan: Plan, row: Row, most: float) -> Phrase:
    """The target, the change it states and its KPI, all at most at one level."""
    target, start = row["target"], row["baseline"]
    cells = [f"{target.id}: {shown(target.value, target.unit)} → ≤ {shown(most, target.unit)}"]
    delta = row.get("delta")
    if delta is not None:
        relative = plan.dimension(delta) == "fraction" and delta.unit != "pp"
        new = 100 * (most / start.value - 1) if relative else most - start.value
        new_delta = shown(round(new, 1), delta.unit)
        cells.append(f"{shown(delta.value, delta.unit)} → ≤ {new_delta}")
    for kpi in plan.of("kpi_table"):
        if kpi.document == target.document and same_name(kpi, target) and plan.agree(kpi, target):
            cells.append(f"{kpi.id}: {shown(kpi.value, kpi.unit)} → ≤ {shown(most, kpi.unit)}")
    return say("{cells}", cells="; ".join(cells))


def _direction(plan: Plan, rows: dict[str, Row]) -> Iterator[Finding]:
    """A comparator that points away from the change, or a target behind its start."""
    kpis = plan.of("kpi_table")
    for row in rows.values():
        target, start, delta = row.get("target"), row.get("baseline"), row.get("delta")
        if target is None or start is None or target.unit != start.unit:
            continue
        kpi = next((k for k in kpis if k.document == target.document and same_name(k, target)
                    and direction(k)), None)  # fmt: skip
        told = "" if kpi is None else direction(kpi)
        lower = told == "lower" or (not told and bool(LOWER.search(target.name.lower())))
        higher = told == "higher"
        change = target.value - start.value
        meant = delta is not None and delta.value * change > 0
        sign = target.of("comparator")
        ids = (target.id, *((kpi.id,) if kpi is not None else ()))
        back = {">": "<", "<": ">"}.get(sign[:1], "")
        if change == 0 or (plan.dimension(target) == "money" and target.says("spend")):
            continue
        against = (back == "<" and change < 0) or (back == ">" and change > 0)
        wanted = meant or (change < 0 and lower) or (change > 0 and higher)
        falls = change < 0
        sure = meant or sign[:1] == ("<" if falls else ">")
        if kpi is not None and not against and sure and higher == falls:
            way = "lower" if falls else "higher"
            yield Finding(
                "feasibility", "H", ids,
                say("from {start} to {target}, but the KPI table says {way} is better",
                    start=shown(start.value), target=shown(target.value, target.unit),
                    way=_WAYS[told]),
                say("{fact}: {old} → {new}", fact=kpi.id, old=_WAYS[told], new=_WAYS[way]),
            )  # fmt: skip
        elif against and wanted:
            yield Finding(
                "feasibility", "M", ids,
                say("from {start} to {target}, but the comparator is {sign}: it points the wrong "
                    "way", start=shown(start.value), target=shown(target.value, target.unit),
                    sign=sign),
                set_to(target.id, f"{sign} {shown(target.value, target.unit)}",
                       f"{sign.replace(sign[:1], back)} {shown(target.value, target.unit)}"),
            )  # fmt: skip
        elif against or (not back and told and not meant and ((change < 0) == higher)):
            aim = sign if back else ("≥" if higher else "≤")
            yield Finding(
                "feasibility", "H", ids,
                say("the target {target} is met by the start, {start}",
                    target=f"{aim} {shown(target.value, target.unit)}",
                    start=shown(start.value, start.unit)),
                set_to(target.id, shown(target.value, target.unit),
                       f"{aim} {shown(start.value, start.unit)}"),
            )  # fmt: skip


def _outcome(plan: Plan, rows: dict[str, Row]) -> Iterator[Finding]:
    """A target called reached whose outcome is on the wrong side of it."""
    for row in rows.values():
        target, actual = row.get("target"), row.get("actual")
        if target is None or actual is None or target.unit != actual.unit:
            continue
        words = " ".join(target.of(c) for c in ("name_en", "name_zh", "definition", "status"))
        sign = target.of("comparator")[:1]
        missed = (sign == ">" and actual.value < target.value) or (
            sign == "<" and actual.value > target.value
        )
        if missed and REACHED.search(words.lower()) and not _NOT_REACHED.search(words.lower()):
            yield Finding(
                "feasibility", "H", (target.id,),
                say("called reached, but {actual} is not {target}",
                    actual=shown(actual.value, actual.unit),
                    target=f"{target.of('comparator')} {shown(target.value, target.unit)}"),
                say("{fact}: say that {target} was missed", fact=target.id,
                    target=shown(target.value, target.unit)),
            )  # fmt: skip


def _drivers(plan: Plan, rows: dict[str, Row]) -> Iterator[Finding]:
    """Sales = traffic × conversion × order value: a driver must not outgrow the outcome."""
    for drive in rows.values():
        after, before = drive.get("target"), drive.get("baseline")
        if after is None or before is None or before.value <= 0 or after.unit != "pct":
            continue
        if not after.says("conversion") or after.says("change"):
            continue
        factor = after.value / before.value
        for row in rows.values():
            goal = row.get("target")
            grows = goal is not None and goal.unit == "pct" and goal.says("growth")
            if goal is None or not grows or not goal.says("gmv") or goal.says("not_total"):
                continue
            same = goal.document == after.document and goal.of("period") == after.of("period")
            wanted = 1 + goal.value / 100
            if same and wanted > 0 and factor > DRIVER * wanted:
                yield Finding(
                    "feasibility", "M", (after.id, goal.id),
                    say("conversion {before} → {after} is × {factor}, sales × {wanted}: traffic × "
                        "order value would be × {rest}", before=shown(before.value),
                        after=shown(after.value, "pct"), factor=shown(round(factor, 3)),
                        wanted=shown(wanted), rest=shown(round(wanted / factor, 2))),
                    set_to(after.id, shown(after.value, "pct"),
                           shown(round(before.value * wanted, 1), "pct")),
                )  # fmt: skip
                break
