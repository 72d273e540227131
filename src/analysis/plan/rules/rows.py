"""Change against levels: within one row, and between rows about one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, Phrase, say, set_to, shown
from analysis.plan.names import WHOLE, overlap, says, stem, tagged, tokens


def find(plan: Plan) -> Iterator[Finding]:
    """Stated changes that the levels do not make."""
    for table in ("targets_actuals", "effects"):
        rows: dict[str, dict[str, Fact]] = {}
        for fact in plan.of(table):
            rows.setdefault(fact.id, {})[fact.role] = fact
        for row in rows.values():
            yield from _row(plan, row)
    yield from _implied(plan)
    yield from _claims(plan)
    yield from _completion(plan)


def relative(before: float, after: float, half: float, half_after: float) -> tuple[float, float]:
    """Range of the relative change of two printed levels, in per cent."""
    corners = [
        (a / b - 1) * 100
        for b in (before - half, before + half) if b
        for a in (after - half_after, after + half_after)
    ]  # fmt: skip
    return min(corners), max(corners)


def _row(plan: Plan, row: dict[str, Fact]) -> Iterator[Finding]:
    delta = row.get("delta")
    before = row.get("baseline") or row.get("before")
    levels = [row[role] for role in ("actual", "target", "after") if role in row]
    if delta is None or before is None or not levels or before.value == 0:
        return
    size, half = delta.value, 0.5 * 10.0 ** -_places(delta.value)
    lowers = delta.says("decrease")
    made, swapped = [], False
    for level in levels:
        halves = 0.5 * 10.0 ** -_places(before.value), 0.5 * 10.0 ** -_places(level.value)
        absolute = level.value - before.value
        low, high = relative(before.value, level.value, *halves)
        as_level = abs(_like(absolute, size, lowers) - size) <= half + max(halves) - 1e-9 or (
            abs(_like(absolute, size, lowers) - size) <= 1e-9
        )
        ends = sorted((_like(low, size, lowers), _like(high, size, lowers)))
        as_relative = ends[0] - half <= size <= ends[1] + half
        if delta.unit == "pct":
            exact = before.unit == "pct" and abs(_like(absolute, size, lowers) - size) <= 1e-9
            point = _like((level.value / before.value - 1) * 100, size, lowers)
            # Equal to the points and to the per cent only by rounding: the points were meant.
            fits = as_relative and not (exact and abs(point - size) > half)
            other = as_level and before.unit == "pct"
            if delta.table == "effects" and not delta.of("delta_unit") and other:
                return  # without a unit of its own the change is counted as its levels are
        else:
            scale = plan.units.base(1, delta.unit) / max(plan.units.base(1, before.unit), 1e-300)
            if plan.dimension(delta) == plan.dimension(before):
                scaled = _like(absolute / scale, size, lowers)
                as_level = abs(scaled - size) <= half + max(halves) / scale - 1e-9 or (
                    abs(scaled - size) <= 1e-9
                )
            fits, other = as_level, as_relative and delta.unit == "pp"
        if fits:
            return
        swapped = swapped or other
        made.append((level, absolute, (level.value / before.value - 1) * 100))
    level, absolute, percent = made[0]
    sum_of = say(
        "{before} → {after} is {absolute} {unit} or {percent} %, stated {stated}",
        before=shown(before.value), after=shown(level.value), absolute=shown(absolute),
        unit="pp" if before.unit == "pct" else before.unit, percent=shown(round(percent, 2)),
        stated=shown(size, delta.unit),
    )  # fmt: skip
    right = round(percent, 1) if delta.unit == "pct" else absolute
    change: Phrase = set_to(delta.id, shown(size, delta.unit), shown(right, delta.unit))
    if swapped:
        unit = "pp" if delta.unit == "pct" else "pct"
        change = set_to(delta.id, shown(size, delta.unit), shown(size, unit))
    kind = "percent_points" if swapped else "row_arithmetic"
    yield Finding(kind, "M" if swapped else "H", (delta.id,), sum_of, change)


def _places(value: float) -> int:
    text = f"{value:.6f}".rstrip("0")
    return len(text) - text.index(".") - 1


def _like(change: float, stated: float, lowers: bool) -> float:
    """A fall may be printed without its sign where the name says that it is one."""
    return -change if lowers and change < 0 < stated else change


def _implied(plan: Plan) -> Iterator[Finding]:
    """Rows about one thing with one actual: the level before that each states or implies."""
    found: list[tuple[Fact, float, Fact]] = []
    by_row: dict[str, dict[str, Fact]] = {}
    for fact in plan.of("targets_actuals"):
        by_row.setdefault(fact.id, {})[fact.role] = fact
    for row in by_row.values():
        actual, delta, before = row.get("actual"), row.get("delta"), row.get("baseline")
        if actual is None:
            continue
        if before is not None:
            found.append((actual, before.value, before))
        elif delta is not None and delta.unit == actual.unit and delta.unit != "pct":
            found.append((actual, actual.value - delta.value, delta))
    for (one, b1, f1), (other, b2, f2) in combinations(found, 2):
        same = all(one.of(c) == other.of(c) for c in ("document", "scope", "unit")) and (
            one.of("period").split(";")[0] == other.of("period").split(";")[0]
        )
        near = overlap(stem(one.of("name_en")), stem(other.of("name_en"))) >= 0.6
        if same and near and one.value == other.value and abs(b1 - b2) > 0.5:
            yield Finding(
                "row_arithmetic", "M", (f1.id, f2.id),
                say("level before: {one} by one row, {other} by the other, both now {now}",
                    one=shown(b1), other=shown(b2), now=shown(one.value, one.unit)),
                set_to(f2.id, shown(f2.value), shown(f2.value + (b1 - b2) *
                       (1 if f2.role == "baseline" else -1), f2.unit)),
            )  # fmt: skip


_PARTS = {
    "cut": re.compile(r"reduc|cut|shorten|saving|increase|growth|gain|change|uplift"),
    "before": re.compile(r"before|previous|prior|baseline|former"),
}


def _claims(plan: Plan) -> Iterator[Finding]:
    """Keys of one stem: now, before, change as a level, change in per cent."""
    keys = sorted({fact.of("metric_key") for fact in plan.of("claims")} - {""})
    by_key = {key: [f for f in plan.of("claims") if f.of("metric_key") == key] for key in keys}
    groups: dict[tuple[str, frozenset[str]], dict[str, Fact]] = {}
    for key in keys:
        for fact in by_key[key]:
            text = key.replace("_", " ")
            part = next((p for p, pattern in _PARTS.items() if pattern.search(text)), "now")
            if part == "cut":
                part = "percent" if fact.unit == "pct" else "change"
            elif fact.unit == "pct":
                continue
            groups.setdefault((fact.document, stem(text)), {}).setdefault(part, fact)
    for parts in groups.values():
        now, before = parts.get("now"), parts.get("before")
        change, percent = parts.get("change"), parts.get("percent")
        if now is None or (change is not None and change.unit != now.unit):
            continue
        sign = -1 if says((change or percent or now).of("metric_key"), "decrease") else 1
        start = before.value if before else now.value - sign * change.value if change else None
        if not start:
            continue
        facts = tuple(f.id for f in (now, before, change, percent) if f)
        if before and change and abs(now.value - start - sign * abs(change.value)) > 0.5:
            yield Finding(
                "row_arithmetic", "H", facts,
                say("{before} → {after} is {absolute} {unit} or {percent} %, stated {stated}",
                    before=shown(start), after=shown(now.value), absolute=shown(now.value - start),
                    unit=now.unit, percent=shown(round((now.value / start - 1) * 100, 2)),
                    stated=shown(sign * abs(change.value), change.unit)),
                set_to(change.id, shown(change.value), shown(abs(now.value - start), change.unit)),
            )  # fmt: skip
        if percent:
            low, high = relative(start, now.value, 0.5 * 10.0 ** -_places(start),
                                 0.5 * 10.0 ** -_places(now.value))  # fmt: skip
            stated = sign * abs(percent.value)
            made = (now.value / start - 1) * 100
            if abs(made - stated) > 0.5 and not low <= stated <= high:
                yield Finding(
                    "row_arithmetic", "H", facts,
                    say("{before} → {after} is {absolute} {unit} or {percent} %, stated {stated}",
                        before=shown(start), after=shown(now.value),
                        absolute=shown(now.value - start), unit=now.unit,
                        percent=shown(round(made, 2)), stated=shown(stated, "pct")),
                    set_to(percent.id, shown(percent.value), shown(round(abs(made), 1), "pct")),
                )  # fmt: skip


def _completion(plan: Plan) -> Iterator[Finding]:
    """A rate of completion against the target and actual of its scope."""
    rows: dict[str, dict[str, Fact]] = {}
    for fact in plan.of("targets_actuals"):
        rows.setdefault(fact.id, {})[fact.role] = fact
    for row in rows.values():
        rate = row.get("actual")
        if rate is None or rate.unit != "pct" or not rate.says("complete"):
            continue
        made = [
            (other["actual"], other["target"], other["actual"].value / other["target"].value * 100)
            for other in rows.values()
            if _completes(rate, other)
        ]
        if not made or any(
            abs(share - rate.value) <= 0.5 + 50 * 10.0 ** -_places(actual.value) / target.value
            for actual, target, share in made
        ):
            continue
        actual, target, share = made[0]
        yield Finding(
            "identity", "H", (rate.id, actual.id),
            say("{left} = {value}, stated {stated}",
                left=f"{shown(actual.value)} / {shown(target.value)}",
                value=shown(round(share, 1), "pct"), stated=shown(rate.value, "pct")),
            set_to(rate.id, shown(rate.value, "pct"), shown(round(share, 1), "pct")),
        )  # fmt: skip


_COMPLETION = re.compile(r"completion|achievement|attainment|goals?|targets?|完成率?|达成率?|目标")


def _completes(rate: Fact, row: dict[str, Fact]) -> bool:
    """Whether a row is what a rate of completion is of: the thing it names, else the sales."""
    target, actual = row.get("target"), row.get("actual")
    if target is None or actual is None or target.unit == "pct" or target.value <= 0:
        return False
    if any(rate.of(c) != actual.of(c) for c in ("document", "scope", "period")):
        return False
    things = []
    for column in ("name_en", "name_zh"):
        left = WHOLE.sub(" ", tagged(_COMPLETION.sub(" ", rate.of(column).lower()))[1])
        things.append((tokens(left), tokens(actual.of(column))))
    if any(thing for thing, _ in things):
        return any(thing and overlap(thing, words) >= 0.5 for thing, words in things)
    return actual.says("sales") and not actual.says("not_total")
