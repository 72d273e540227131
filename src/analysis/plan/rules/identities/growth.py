"""Growth = now / before − 1 of one metric, and (1 + users) × (1 + ARPU) = 1 + sales."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from analysis.plan.context import apart, context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import say, shown
from analysis.plan.rules.identities.failure import Failure, Ledger
from analysis.plan.rules.identities.measures import measured, one_thing
from analysis.plan.rules.wording import names
from analysis.plan.units import decimals

_CLASSES = ("event", "part", "phase", "channel", "audience", "whose", "stat")
_CHANGE = frozenset({"growth", "fall"})
_RELATIVE = re.compile(r"relative|相对")
HALF = 0.5
"""Points a growth rate may be off: planners print whole per cents."""


@dataclass(frozen=True)
class Pair:
    """One metric at two times."""

    before: Fact
    now: Fact


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every growth rate of one document against its levels, into the ledger."""
    pairs = list(_pairs(plan, facts))
    for rate in _rates(facts):
        _judge(plan, rate, pairs, ledger)
    _drivers(facts, ledger)


def _rates(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Rates of growth in per cent that no levels of their own row explain."""
    with_levels = {f.id for f in facts if f.role in ("baseline", "before")}
    for fact in facts:
        if fact.unit != "pct" or context(fact).moment == "before":
            continue
        named = fact.role in ("value", "target", "actual") and measured(fact).kinds & _CHANGE
        stated = fact.role == "growth" or (fact.role == "delta" and fact.id not in with_levels)
        if named or stated:
            yield fact


def _pairs(plan: Plan, facts: Sequence[Fact]) -> Iterator[Pair]:
    rows: dict[str, dict[str, Fact]] = {}
    for fact in facts:
        rows.setdefault(fact.id, {})[fact.role] = fact
    for row in rows.values():
        for first, last in (("baseline", "target"), ("baseline", "actual"), ("before", "after")):
            if (
                first in row
                and last in row
                and row[first].value > 0
                and not (measured(row[first]).kinds & _CHANGE and row[first].unit == "pct")
            ):
                yield Pair(row[first], row[last])
    named = [f for f in facts if f.role == "value" and f.value > 0
             and not measured(f).kinds & _CHANGE
             and f.table not in ("thresholds", "risk_register")]  # fmt: skip
    for before in named:
        if context(before).moment != "before":
            continue
        for now in named:
            alike = plan.dimension(now) == plan.dimension(before) and _same_metric(before, now)
            years = context(now).years, context(before).years
            later = not (all(years) and max(years[0]) <= max(years[1]))
            if alike and later and context(now).moment == "":
                yield Pair(before, now)


def _same_metric(one: Fact, other: Fact) -> bool:
    """Whether two figures are of one metric, its moment and its change aside."""
    a, b = measured(one), measured(other)
    if a.kinds - _CHANGE != b.kinds - _CHANGE or a.net != b.net or a.per != b.per:
        return False
    x, y = context(one), context(other)
    if any(x.of(kind) != y.of(kind) for kind in _CLASSES) or x.scope != y.scope:
        return False
    yearly = ("year" in x.of("period")) != ("year" in y.of("period")) and one.table == other.table
    told = one.of("period") and other.of("period") and "last" not in one.of("period")
    if yearly and told:
        return False
    return one_thing(one, other)


def _of_rate(rate: Fact, pair: Pair) -> bool:
    if rate.table == "effects" or pair.now.table == "effects":
        same = all(rate.of(c) == pair.now.of(c) for c in ("table", "intervention_en",
                                                          "intervention_zh", "scope"))  # fmt: skip
        near = measured(rate).about & measured(pair.now).about or not rate.of("name_en")
        return same and rate.table == pair.now.table and bool(near) and rate.id != pair.now.id
    if rate.role == "growth":
        return rate.id == pair.now.id
    if rate.role == "delta" or rate.id == pair.now.id or apart(rate, pair.now):
        return False
    return _same_metric(rate, pair.now)


def _one_moment(rate: Fact, now: Fact) -> bool:
    """Whether growth and level are both planned or both not, as far as the rows say."""
    planned = context(rate).moment == "target", context(now).moment == "target"
    if planned[0] == planned[1]:
        return True
    same = bool(rate.of("period")) and rate.of("period") == now.of("period")
    return same and not planned[0] and rate.role == "value" and not now.of("actual")


def _judge(plan: Plan, rate: Fact, pairs: Sequence[Pair], ledger: Ledger) -> None:
    failing: list[tuple[Fact, Pair, float]] = []
    for pair in (each for each in pairs if _of_rate(rate, each)):
        before, now = plan.base(pair.before), plan.base(pair.now)
        low = (now - plan.step(pair.now)) / (before + plan.step(pair.before)) - 1
        high = (now + plan.step(pair.now)) / max(before - plan.step(pair.before), 1e-12) - 1
        half = max(HALF * 10.0 ** -decimals(rate.value), 0.05)
        sizes = [(100 * low, 100 * high)]
        if "fall" in measured(rate).kinds or rate.table == "effects":
            sizes.append((-100 * high, -100 * low))
        if pair.now.unit == "pct" and not _RELATIVE.search(rate.name.lower()):
            sizes.append((pair.now.value - pair.before.value,) * 2)
            sizes.append((pair.before.value - pair.now.value,) * 2)
        size = rate.value
        if any(a - half <= size <= b + half for a, b in sizes):
            ledger.held.append((rate, pair.now, pair.before))
            return
        if _one_moment(rate, pair.now):
            failing.append((rate, pair, 100 * (now / before - 1)))
    if not failing:
        return
    rate, pair, made = min(failing, key=lambda each: (each[1].now.table != each[0].table,
                                                      each[1].now.id))  # fmt: skip
    shown_rate = -made if rate.value > 0 > made and "fall" in measured(rate).kinds else made
    factor = 1 + (-rate.value if shown_rate != made else rate.value) / 100
    needed = {rate.id: round(shown_rate, 1)}
    if pair.now.id != rate.id and factor > 0:
        needed[pair.now.id] = pair.before.value * factor
    if pair.before.id not in (pair.now.id, rate.id) and factor > 0:
        needed[pair.before.id] = pair.now.value / factor
    sentence = say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names((pair.now, pair.before)), name=names([rate]),
        left=f"{shown(pair.now.value, pair.now.unit)} / "
             f"{shown(pair.before.value, pair.before.unit)} − 1",
        value=shown(round(made, 1), "pct"), stated=shown(rate.value, "pct"),
    )  # fmt: skip
    ledger.failures.append(Failure((rate, pair.now, pair.before), sentence, needed))


_PEOPLE = frozenset({"buyers", "users"})


def _drivers(facts: Sequence[Fact], ledger: Ledger) -> None:
    """Growth of users and of ARPU against that of sales, as targets of one document."""
    rows: dict[str, dict[str, Fact]] = {}
    for fact in facts:
        if fact.table in ("targets_actuals", "kpi_table", "claims"):
            rows.setdefault(fact.id, {})[fact.role] = fact
    found: dict[str, list[tuple[Fact, float]]] = {"total": [], "users": [], "arpu": []}
    for row in rows.values():
        stated = _growth_of(row)
        if stated is not None and (part := _driver(stated[0])):
            found[part].append(stated)
    failing: list[tuple[Fact, Fact, Fact, float]] = []
    rates = {fact.id: rate for each in found.values() for fact, rate in each}
    for total, g in found["total"]:
        missed = []
        for (users, u), (arpu, a) in product(found["users"], found["arpu"]):
            if any(_other(x, y) for x, y in ((total, users), (total, arpu), (users, arpu))):
                continue
            made = (1 + u) * (1 + a) - 1
            if abs(made - g) <= 0.005 * (3 + u + a) + 1e-9:  # each to about half a point
                ledger.held.append((total, users, arpu))
                break
            missed.append((total, users, arpu, made))
        else:
            failing += missed
    if not failing:
        return
    total, users, arpu, made = min(
        failing, key=lambda each: (each[0].unit != "pct", *(f.id for f in each[:3]))
    )
    g, u, a = (rates[fact.id] for fact in (total, users, arpu))
    also = [f for f, rate in found["total"] if abs(rate - g) <= 0.005 and f.id != total.id]
    needed = {total.id: _stated_as(total, made), users.id: _stated_as(users, (1 + g) / (1 + a) - 1),
              arpu.id: _stated_as(arpu, (1 + g) / (1 + u) - 1)}  # fmt: skip
    sentence = say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names((users, arpu)), name=names([total]), left=f"{1 + u:.4g} × {1 + a:.4g} − 1",
        value=shown(round(made * 100, 1), "pct"), stated=shown(round(g * 100, 1), "pct"),
    )  # fmt: skip
    ledger.failures.append(Failure((total, users, arpu, *also), sentence, needed))


def _stated_as(fact: Fact, rate: float) -> float:
    """A growth rate as the cell states it: in per cent, or as the level it leads to."""
    if fact.unit == "pct":
        return round(100 * rate, 1)
    before = float(fact.of("baseline") or "nan")
    return before * (1 + rate)


def _growth_of(row: dict[str, Fact]) -> tuple[Fact, float] | None:
    """The growth a row plans: of its levels where there are two, else as stated."""
    before, after = row.get("baseline"), row.get("target")
    if before and after and before.value > 0 and before.unit != "pct":
        return after, after.value / before.value - 1
    if after is None and "value" not in row:
        return None
    delta = row.get("delta")
    if after is not None and delta is not None and delta.unit == "pct" and after.unit != "pct":
        return delta, delta.value / 100
    level = after or row["value"]
    if level.unit == "pct" and "growth" in measured(level).kinds:
        return level, level.value / 100
    return None


def _driver(fact: Fact) -> str:
    """Which factor a growth is of; "" if of none, of a part, or of new users only."""
    is_, where = measured(fact), context(fact)
    kinds = is_.kinds - {"growth"}
    thing = is_.about if fact.of("name_en") else is_.about_zh
    if thing or is_.per or where.of("channel") or where.moment == "before":
        return ""
    if kinds == {"sales"} and not where.of("audience") and not is_.net:
        return "total"
    if kinds == {"arpu"} or kinds == {"arpu"} | (kinds & _PEOPLE):
        return "arpu"
    return "users" if kinds and kinds <= _PEOPLE and "new" not in where.of("audience") else ""


def _other(one: Fact, other: Fact) -> bool:
    return apart(one, other) or (
        one.of("scope") != other.of("scope") and bool(one.of("scope") and other.of("scope"))
    )
