"""The engine of the table: candidates of each slot, any combination that fits silences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from analysis.plan.context import apart, context, extra
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Phrase, say, shown
from analysis.plan.names import WHOLE, tagged
from analysis.plan.rules.identities.failure import Failure, Ledger, bounds, meets
from analysis.plan.rules.identities.measures import measured, near_thing, one_thing, stage
from analysis.plan.rules.identities.plainly import bare, bare_zh, of_campaign, plainly_one
from analysis.plan.rules.identities.table import IDENTITIES, Identity, Slot
from analysis.plan.rules.wording import names

ROLES = ("value", "baseline", "target", "actual")
_CLASSES = ("event", "part", "phase", "channel", "audience", "whose")
_OF_ONE = {"price", "promo_price", "aov", "arpu", "list_price", "unit_cost"}
_PARTS = ("part", "channel", "audience")
NEXT = 4
"""Rows apart within which an unsaid event or channel is that of the rows around."""
MANY = 20_000
"""Combinations beyond which a document is too large to try them all; the first are tried."""


def levels(facts: Sequence[Fact]) -> list[Fact]:
    """Figures that are levels: no changes, limits or reactions."""
    return [
        fact
        for fact in facts
        if fact.role in ROLES
        and fact.value > 0
        and fact.table not in ("thresholds", "risk_register", "coupons")
    ]


def fits(plan: Plan, fact: Fact, slot: Slot) -> bool:
    """Whether a figure is of the slot's measure, and of no other."""
    is_ = measured(fact)
    kinds = is_.kinds & set(slot.kinds)
    given = fact.of("metric_type")
    if not kinds and not is_.kinds and given in slot.kinds:
        kinds = frozenset({given})
    if not kinds or is_.kinds - kinds - set(slot.also) or is_.per:
        return False
    if plan.dimension(fact) not in slot.dimensions or context(fact).of("stat") - {"average"}:
        return False
    if slot.who and kinds == {"users"} and not context(fact).of("audience") & set(slot.who):
        return False
    if set(slot.kinds) & _OF_ONE and fact.unit != "cny":
        return False
    if slot.units and fact.unit not in slot.units:
        return False
    return slot.net is None or is_.net == slot.net


def beside(one: Fact, other: Fact) -> bool:
    """Whether two figures stand in neighbouring rows of one table."""
    if one.table != other.table:
        return False
    a, b = one.id.rpartition(".")[2], other.id.rpartition(".")[2]
    return a.isdigit() and b.isdigit() and abs(int(a) - int(b)) <= NEXT


def linked(result: Fact, factor: Fact, slot: Slot, *, plainly: bool = False) -> bool:
    """Whether two figures are surely of one thing, one event, one channel, one group of people.

    Args:
        result: What is made.
        factor: What makes it.
        slot: The factor's place in the identity.
        plainly: Whether words such as "campaign" do not matter.
    """
    if apart(result, factor) or _scoped_apart(result, factor):
        return False
    near = not slot.whole and beside(result, factor)
    one = plainly_one(result, factor) if plainly else one_thing(result, factor)
    if not (one or (near and _no_more(result, factor))):
        return False
    a, b = context(result), context(factor)
    if not slot.whole and b.moment == "target" != a.moment:
        return False
    for kind in _CLASSES:
        ours, theirs = a.of(kind) - set(slot.loose), b.of(kind) - set(slot.loose)
        if ours == theirs or (kind in ("part", "phase") and _column_only(result, factor, kind)):
            continue
        if plainly and not theirs and of_campaign(factor) and (
            kind == "event" or (kind == "channel" and ours == {"online"})
        ):  # fmt: skip
            continue
        if not near or theirs - ours:
            return False
    if slot.whole and bool(a.scope) != bool(b.scope) and a.scope | b.scope:
        return not (a.scope - measured(factor).about or b.scope - measured(result).about)
    return True


def _no_more(one: Fact, other: Fact) -> bool:
    """Whether a neighbouring row names its thing in fewer words, and none of its own."""
    a, b = measured(one), measured(other)
    english = bool(one.of("name_en") and other.of("name_en"))
    return b.about <= a.about if english else b.left_zh in a.left_zh


def _column_only(one: Fact, other: Fact, kind: str) -> bool:
    """Whether only a column of periods tells two rows apart, and one of them has none.

    Two rows of one named campaign may be of one month although only one says so.
    """
    named = [
        {each for text in (f.of("name_en"), f.of("name_zh")) for each in tagged(text)[0]
         if each[0] == kind}
        for f in (one, other)
    ]  # fmt: skip
    unsaid = not (one.of("period") and other.of("period"))
    return unsaid and named[0] == named[1] and bool(measured(one).about or measured(one).left_zh)


def possible(result: Fact, factor: Fact, slot: Slot) -> bool:
    """Whether a figure may be the factor: a part's total is never one of the whole's."""
    stages = stage(result), stage(factor)
    if not near_thing(result, factor) or (all(stages) and stages[0] != stages[1]):
        return False
    if not slot.whole:
        return True
    here, there = measured(result), measured(factor)
    more = bare(there.about - here.about), bare_zh(there.left_zh) not in here.left_zh
    english = bool(result.of("name_en") and factor.of("name_en"))
    chinese = bool(result.of("name_zh") and factor.of("name_zh"))
    if not ((english and not more[0]) or (chinese and not more[1])):
        return False  # another product's
    a, b = context(result), context(factor)
    return not any(b.of(k) - a.of(k) - set(slot.loose) for k in _PARTS)


def _staged(one: Fact, other: Fact) -> int:
    """1 where only one of two figures says which amount of sales it is of."""
    a, b = stage(one), stage(other)
    return int(bool(a and b) != bool(a or b) or a != b)


def exact(result: Fact, factor: Fact, slot: Slot) -> bool:
    """Whether two names say the same of event, channel, people and thing."""
    a, b = context(result), context(factor)
    same = all(a.of(k) - set(slot.loose) == b.of(k) - set(slot.loose) for k in _CLASSES)
    return same and one_thing(result, factor)


def _scoped_apart(one: Fact, other: Fact) -> bool:
    """Whether the columns of scope give two figures different places, the whole being one."""
    a, b = one.of("scope").lower(), other.of("scope").lower()
    whole = [not WHOLE.sub("", text).strip() for text in (a, b)]
    return bool(a and b and a != b) and not all(whole)


def one_moment(facts: Sequence[Fact]) -> bool:
    """Whether all are of the plan, or none is."""
    return len({context(fact).moment == "target" for fact in facts}) == 1


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every identity of the table in one document, into the ledger."""
    known = levels(facts)
    for identity in IDENTITIES:
        results = [fact for fact in known if fits(plan, fact, identity.result)]
        slots = [[fact for fact in known if fits(plan, fact, slot)] for slot in identity.factors]
        if not results or not all(slots):
            continue
        shortcut = [f for f in known if measured(f).kinds & set(identity.unless) and not
                    measured(f).kinds - set(identity.unless)]  # fmt: skip
        for group in _groups(results):
            if identity.any_stage and _other_stage(plan, identity, group[0], results, slots):
                continue
            if any(not apart(group[0], f) and one_thing(group[0], f) for f in shortcut):
                continue
            _judge(plan, identity, group, slots, ledger)


def _other_stage(
    plan: Plan, identity: Identity, result: Fact, results: Sequence[Fact],
    slots: Sequence[Sequence[Fact]],
) -> bool:  # fmt: skip
    """Whether the factors make another stage of the result's sales: ordered, paid, net.

    Which of them an order value belongs to is seldom said: any that fits will do.
    """
    if stage(result) == "attributed":
        return False
    kin = [f for f in results if f.id != result.id and _kin(result, f)
           and (stage(f), measured(f).net) != (stage(result), measured(result).net)]  # fmt: skip
    for combination in _combinations(slots, result):
        told = list(zip(combination, identity.factors, strict=True))
        if not all(linked(result, fact, slot) for fact, slot in told):
            continue
        if any(meets(bounds(plan, f), made(plan, identity, combination)) for f in kin):
            return True
    return False


def _kin(one: Fact, other: Fact) -> bool:
    """Whether two figures are of one thing, event, channel and people, campaign words aside."""
    a, b = context(one), context(other)
    same = all(a.of(kind) == b.of(kind) for kind in _CLASSES)
    return same and not apart(one, other) and plainly_one(one, other)


def _groups(results: Sequence[Fact]) -> list[list[Fact]]:
    """Results that one metric's rows repeat: one that fits speaks for all."""
    groups: list[list[Fact]] = []
    for fact in results:
        for group in groups:
            same = all(context(group[0]).of(k) == context(fact).of(k) for k in _CLASSES)
            if same and not apart(group[0], fact) and one_thing(group[0], fact):
                group.append(fact)
                break
        else:
            groups.append([fact])
    return groups


def _combinations(slots: Sequence[Sequence[Fact]], result: Fact) -> Iterator[tuple[Fact, ...]]:
    near = [[f for f in slot if f.id != result.id and not apart(result, f)] for slot in slots]
    for tried, combination in enumerate(product(*near)):
        if tried > MANY:
            return
        clash = any(
            apart(a, b) for k, a in enumerate(combination) for b in combination[k + 1 :]
        ) or len({f.id for f in combination}) < len(combination)
        if not clash:
            yield combination


def _judge(
    plan: Plan, identity: Identity, group: Sequence[Fact], slots: Sequence[Sequence[Fact]],
    ledger: Ledger,
) -> None:  # fmt: skip
    failing: list[tuple[int, tuple[Fact, ...]]] = []
    for result in group:
        for combination in _combinations(slots, result):
            told = list(zip(combination, identity.factors, strict=True))
            if not all(possible(result, fact, slot) for fact, slot in told):
                continue
            if meets(bounds(plan, result), made(plan, identity, combination)):
                ledger.held.append((result, *combination))
                return
            sure = all(linked(result, fact, slot) for fact, slot in told) and (
                measured(result).net == bool(identity.result.net)
            )  # net sales may be what the factors make, but need not be
            if sure and one_moment([result, *(fact for fact, slot in told if slot.whole)]):
                words = sum(extra(result, fact) + _staged(result, fact) for fact in combination)
                tables = len({f.table for f in (result, *combination)})
                failing.append((10 * words + tables, (result, *combination)))
    if failing:
        rank, best = min(failing, key=lambda each: (each[0], [f.id for f in each[1]]))
        told = list(zip(best[1:], identity.factors, strict=True))
        plain = all(exact(best[0], fact, slot) for fact, slot in told)
        severity = identity.severity if plain else "M"
        ledger.failures.append(_failure(plan, identity, best, severity, rank))


def made(plan: Plan, identity: Identity, facts: Sequence[Fact]) -> tuple[float, float]:
    """Least and most the product can be."""
    low = high = identity.scale
    for fact, slot in zip(facts, identity.factors, strict=True):
        a, b = bounds(plan, fact)
        if slot.less:
            a, b = 1 - b, 1 - a
        low, high = low * a, high * b
    return low, high


def _failure(
    plan: Plan, identity: Identity, facts: Sequence[Fact], severity: str, rank: int
) -> Failure:
    result, factors = facts[0], facts[1:]
    parts = [1 - plan.base(f) if slot.less else plan.base(f)
             for f, slot in zip(factors, identity.factors, strict=True)]  # fmt: skip
    value = identity.scale
    for part in parts:
        value *= part
    needed = {result.id: value / plan.units.base(1, result.unit)}
    for fact, slot, part in zip(factors, identity.factors, parts, strict=True):
        if value and part:
            other = plan.base(result) / (value / part)
            needed[fact.id] = (1 - other if slot.less else other) / plan.units.base(1, fact.unit)
    needed = {id: amount for id, amount in needed.items() if amount > 0}
    return Failure(tuple(facts), _told(plan, identity, facts, value), needed, severity, rank)


def _told(plan: Plan, identity: Identity, facts: Sequence[Fact], value: float) -> Phrase:
    result = facts[0]
    unit = plan.units.base(1, result.unit)
    signs = [
        f"(1 − {shown(f.value, f.unit)})" if slot.less else shown(f.value, f.unit)
        for f, slot in zip(facts[1:], identity.factors, strict=True)
    ]
    if identity.scale != 1.0:
        signs.append(shown(identity.scale))
    return say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names(facts[1:]), left=" × ".join(signs),
        value=shown(significant(value / unit), result.unit),
        stated=shown(result.value, result.unit), name=names([result]),
    )  # fmt: skip


def significant(value: float) -> float:
    """Four telling digits, as a sum is shown."""
    return float(f"{value:.4g}")
