"""Bands that overlap or leave a gap: ages, windows of days, tiers of members and suppliers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from analysis.plan.facts import Plan
from analysis.plan.findings import Finding, Phrase, say, set_to, shown
from analysis.plan.names import says, tokens
from analysis.plan.tables import number


@dataclass(frozen=True)
class Band:
    """A closed range of whole numbers; infinite where it is open."""

    id: str
    low: float
    high: float


def find(plan: Plan) -> Iterator[Finding]:
    """Every pair of bands that overlap and every gap between two."""
    for ages in _ages(plan).values():
        yield from _check(ages, "years")
    for windows in _windows(plan).values():
        yield from _check(windows, "days", until=0.0)
    yield from _member_tiers(plan)
    yield from _goals(plan)
    yield from _schemes(plan)


def _ages(plan: Plan) -> dict[tuple[str, str], list[Band]]:
    out: dict[tuple[str, str], list[Band]] = {}
    for row in plan.rows("personas"):
        low, high = number(row.get("age_min", "")), number(row.get("age_max", ""))
        if low is None and high is None:
            continue
        # "Under 35" ends before 35; a printed lower end belongs to the band.
        top = float("inf") if high is None else high if low is not None else high - 1
        band = Band(row["fact_id"], -1.0 if low is None else low, top)
        if band.low <= band.high:  # an inverted range has its own finding
            out.setdefault((row["document"], row.get("section", "")), []).append(band)
    return out


def _windows(plan: Plan) -> dict[tuple[str, ...], list[Band]]:
    out: dict[tuple[str, ...], list[Band]] = {}
    for row in plan.rows("phases"):
        ends = number(row.get("value", "")), number(row.get("value_max", ""))
        unit = row.get("unit", "").replace(" ", "_")
        if ends[0] is None or ends[1] is None or not unit.startswith(("days_before", "days_after")):
            continue
        key = (row["document"], row["track"], unit)
        out.setdefault(key, []).append(Band(row["fact_id"], min(ends[0], ends[1]),
                                            max(ends[0], ends[1])))  # fmt: skip
    return out


def _check(bands: Sequence[Band], unit: str, until: float | None = None) -> Iterator[Finding]:
    order = sorted(bands, key=lambda band: (band.low, band.high))
    if len(order) < 2:
        return
    # Bands that all touch are half-open by convention: 18–25, 25–35, 35–45 is a partition.
    half_open = all(a.high == b.low for a, b in pairwise(order))
    if half_open and len(order) > 2:
        return
    for one, other in combinations(order, 2):
        shared = min(one.high, other.high) - max(one.low, other.low)
        if shared >= 0:
            first, last = max(one.low, other.low), min(one.high, other.high)
            # Personas need not part all ages between them; windows of one schedule must.
            yield Finding(
                "bands", "L" if shared == 0 or unit == "years" else "M", (one.id, other.id),
                say("{range}: in two bands", range=_range(first, last, unit)),
                set_to(other.id, shown(other.low, unit), shown(last + 1, unit)),
            )  # fmt: skip
    reach = order[0].high
    for one, other in pairwise(order):
        reach = max(reach, one.high)
        if other.low > reach + 1 and len(order) > 2:
            yield Finding(
                "bands", "L", (one.id, other.id),
                say("{range}: in no band", range=_range(reach + 1, other.low - 1, unit)),
                set_to(one.id, shown(one.high, unit), shown(other.low - 1, unit)),
            )  # fmt: skip
    if until is not None and len(order) > 2 and order[0].low > until + 1:
        low = order[0]
        yield Finding(
            "bands", "L", (low.id,),
            say("{range}: in no band", range=_range(until, low.low - 1, unit)),
            set_to(low.id, shown(low.low, unit), shown(until, unit)),
        )  # fmt: skip


def _range(low: float, high: float, unit: str) -> Phrase:
    """A range as read: one number where both ends are one, no end where it is open."""
    ages = unit == "years"
    if low == high:
        return (say("age {age}", age=shown(low)) if ages
                else say("day {day}", day=shown(low)))  # fmt: skip
    if high == float("inf"):
        return say("ages from {low}", low=shown(low))
    if low < 0:
        return say("ages up to {high}", high=shown(high))
    return (say("ages {low} to {high}", low=shown(low), high=shown(high)) if ages
            else say("days {low} to {high}", low=shown(low), high=shown(high)))  # fmt: skip


def _member_tiers(plan: Plan) -> Iterator[Finding]:
    """A higher tier must not pay more."""
    groups: dict[tuple[str, ...], list[tuple[float, float, Mapping[str, str]]]] = {}
    for row in plan.rows("member_tiers"):
        order, value = number(row.get("tier_order", "")), number(row.get("value", ""))
        if order is not None and value is not None:
            key = (row["document"], row.get("section", ""), row.get("unit", ""))
            groups.setdefault(key, []).append((order, value, row))
    for (*_, unit), tiers in groups.items():
        falls = unit == "fold"
        tiers.sort(key=lambda tier: tier[0])
        for (_, low, one), (_, high, other) in pairwise(tiers):
            if (high >= low) if falls else (high <= low):
                yield Finding(
                    "price_steps", "M", (one["fact_id"], other["fact_id"]),
                    say("the higher tier has {high}, the lower {low}: no better",
                        high=shown(high, unit), low=shown(low, unit)),
                    set_to(other["fact_id"], shown(high, unit),
                           f"{'<' if falls else '>'} {shown(low, unit)}"),
                )  # fmt: skip


def _goals(plan: Plan) -> Iterator[Finding]:
    """Goals of tiers that go up and down, where those before and after go one way."""
    groups: dict[tuple[str, ...], list[tuple[float, float, Mapping[str, str]]]] = {}
    for row in plan.rows("member_tiers"):
        order, goal = number(row.get("tier_order", "")), number(row.get("target", ""))
        metric = row.get("goal_metric_en") or row.get("goal_metric_zh", "")
        if order is not None and goal is not None and metric:
            key = (row["document"], row.get("section", ""), metric)
            groups.setdefault(key, []).append((order, goal, row))
    for (*_, metric), tiers in groups.items():
        tiers.sort(key=lambda tier: tier[0])
        falls = says(metric, "decrease") or re.search(
            r"churn|return|complaint|流失|退货|投诉", metric
        )
        for (_, low, one), (_, high, other) in pairwise(tiers):
            if (high > low) if falls else (high < low):
                yield Finding(
                    "price_steps", "M", (one["fact_id"], other["fact_id"]),
                    say("{metric}: the higher tier aims at {high}, the lower at {low}",
                        metric=metric, high=shown(high), low=shown(low)),
                    set_to(other["fact_id"], shown(high),
                           f"{'≤' if falls else '≥'} {shown(low)}"),
                )  # fmt: skip


def _schemes(plan: Plan) -> Iterator[Finding]:
    """Two schemes of one document that share levels but count them differently."""
    schemes: dict[tuple[str, str], dict[str, str]] = {}
    for row in plan.rows("supplier_tiers"):
        level = " ".join(sorted(tokens(row.get("name_en", "") or row.get("name_zh", ""))))
        schemes.setdefault((row["document"], row.get("scheme", "")), {})[level] = row["fact_id"]
    for (key, one), (other_key, other) in combinations(schemes.items(), 2):
        shared = sorted(set(one) & set(other))
        if key[0] == other_key[0] and len(shared) >= 2 and len(one) != len(other):
            extra = sorted(set(one) ^ set(other))
            ids = [one[shared[0]], other[shared[0]]]
            ids += [(one | other)[level] for level in extra]
            yield Finding(
                "bands", "M", tuple(ids),
                say("{one} levels in “{a}”, {other} in “{b}”, of the same names", one=len(one),
                    a=key[1], other=len(other), b=other_key[1]),
                set_to(ids[1], shown(float(len(other))), shown(float(len(one)))),
            )  # fmt: skip
