"""Products and ratios that hold by definition: price × volume, users × ARPU, return / spend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import overlap, says, stem, tokens

FAR = 1.5
"""Where both sides are bounds or scopes are loose, a factor below this may still be right."""
NEAR = 0.02
"""Relative error of a product that rounding of published figures explains."""


def find(plan: Plan) -> Iterator[Finding]:
    """Every identity that fails in one document."""
    for facts in plan.documents.values():
        yield from _price_volume(plan, facts)
        yield from _growth(plan, facts)
        yield from _returns(plan, facts)
        yield from _per_order(plan, facts)
        yield from _each(plan, facts)


def _kind(plan: Plan, fact: Fact, kind: str) -> bool:
    """Whether a figure is a level of this kind, by its metric type or its name."""
    given = fact.of("metric_type")
    dimension = plan.dimension(fact)
    label = fact.name + " " + fact.of("metric_key").replace("_", " ")
    if kind == "price":
        named = given == "price" or says(label, "price")
        return dimension == "money" and fact.unit == "cny" and named and not says(label, "change")
    if kind == "volume":
        named = given == "volume" or says(label, "volume")
        return dimension == "count" and named and not says(label, "content")
    named = given in ("value", "sales", "revenue") or says(label, "sales")
    return (
        dimension == "money"
        and named
        and not says(label, "not_total")
        and (not says(label, "price") and not says(label, "change"))
    )


def _moment(fact: Fact) -> str:
    """Plan or outcome: a target is compared with targets."""
    return {"target": "target", "baseline": "baseline"}.get(fact.role, "actual")


def _about(fact: Fact) -> frozenset[str]:
    return stem(fact.of("name_en")) | stem(fact.of("metric_key"))


def _levels(plan: Plan, facts: Sequence[Fact], kind: str) -> list[Fact]:
    roles = ("value", "actual", "target", "baseline")
    return [f for f in facts if f.role in roles and _kind(plan, f, kind)]


def _price_volume(plan: Plan, facts: Sequence[Fact]) -> Iterator[Finding]:
    """Value = price × volume (about one thing, at one moment)."""
    prices, volumes = _levels(plan, facts, "price"), _levels(plan, facts, "volume")
    done: set[tuple[float, float, float]] = set()
    for value in _levels(plan, facts, "value"):
        topic = _about(value)
        for price in prices:
            for volume in volumes:
                linked = all(
                    overlap(topic, _about(f)) >= 0.6 and not _apart(value, f)
                    for f in (price, volume)
                )
                if not topic or not linked or _moment(value) != _moment(volume):
                    continue
                if price.role == "baseline" and value.role != "baseline":
                    continue
                if price.table == value.table and _moment(price) != _moment(value):
                    continue
                made = plan.base(price) * plan.base(volume)
                stated = plan.base(value)
                bounded = {f.of("comparator") for f in (value, volume)} & {">", ">=", "<", "<="}
                slack = made * (
                    plan.step(price) / plan.base(price) + plan.step(volume) / plan.base(volume)
                ) + plan.step(value) if made else 0.0  # fmt: skip
                allowed = max(slack, NEAR * made, (FAR - 1) * made if bounded else 0.0)
                key = (stated, plan.base(price), plan.base(volume))
                if not made or abs(stated - made) <= allowed or key in done:
                    continue
                done.add(key)
                unit = plan.units.base(1, value.unit)
                needed = stated / plan.base(price) / plan.units.base(1, volume.unit)
                yield Finding(
                    "identity", "H", (value.id, volume.id, price.id),
                    say("{left} = {value}, stated {stated}",
                        left=f"{shown(price.value, price.unit)} × "
                             f"{shown(volume.value, volume.unit)}",
                        value=shown(made / unit, value.unit),
                        stated=shown(value.value, value.unit)),
                    set_to(volume.id, shown(volume.value, volume.unit),
                           shown(round(needed, 2), volume.unit)),
                )  # fmt: skip


def _apart(one: Fact, other: Fact) -> bool:
    scopes = one.of("scope"), other.of("scope")
    return bool(scopes[0] and scopes[1] and scopes[0] != scopes[1])


def _percent(row: dict[str, Fact], role: str = "target") -> Fact | None:
    """The growth a row states: its change in per cent, or a growth metric's target or value."""
    delta = row.get("delta")
    if delta is not None and delta.unit == "pct":
        return delta
    level = row.get(role) or row.get("value")
    if level is not None and level.unit == "pct" and level.says("growth"):
        return level
    return None


def _growth(plan: Plan, facts: Sequence[Fact]) -> Iterator[Finding]:
    """(1 + users) × (1 + ARPU) = 1 + GMV: growth rates and levels of one document."""
    rows: dict[str, dict[str, Fact]] = {}
    for fact in facts:
        if fact.table in ("targets_actuals", "kpi_table", "claims"):
            rows.setdefault(fact.id, {})[fact.role] = fact
    found: dict[str, list[tuple[Fact, float]]] = {"total": [], "users": [], "arpu": []}
    for row in rows.values():
        any_fact = next(iter(row.values()))
        growth = _percent(row)
        before, after = row.get("baseline"), row.get("target")
        rate = growth.value / 100 if growth else None
        exact = before is not None and after is not None and before.value and before.unit != "pct"
        if exact and before and after:
            rate = after.value / before.value - 1
        stated = growth or after
        if stated is None or rate is None:
            continue
        if any_fact.says("arpu") and not any_fact.says("roi"):
            found["arpu"].append((stated, rate))
        elif (
            any_fact.says("users")
            and not _part_of_users(any_fact)
            and (plan.dimension(any_fact) == "count" or any_fact.says("growth"))
        ):
            found["users"].append((stated, rate))
        elif (
            any_fact.says("gmv")
            and not any_fact.says("not_total")
            and (plan.dimension(any_fact) == "money" or any_fact.says("growth"))
        ):
            found["total"].append((stated, rate))
    seen: set[tuple[float, ...]] = set()
    for total, g in found["total"]:
        for users, u in found["users"]:
            for arpu, a in found["arpu"]:
                made = (1 + u) * (1 + a) - 1
                key = (round(g, 3), round(u, 2), round(a, 2))
                apart = any(
                    _other_scope(x, y) for x, y in ((total, users), (total, arpu), (users, arpu))
                )
                # Each rate is printed to about half a point.
                if key in seen or apart or abs(made - g) <= 0.005 * (3 + u + a) + 1e-9:
                    continue
                seen.add(key)
                need = (1 + g) / (1 + a) - 1
                also = [
                    f.id
                    for kind, near in (("total", g), ("users", u), ("arpu", a))
                    for f, rate in found[kind]
                    if abs(rate - near) <= 0.005
                ]
                yield Finding(
                    "identity", "H", tuple(dict.fromkeys((total.id, users.id, arpu.id, *also))),
                    say("users × ARPU: {left} = {value}, stated {stated}",
                        left=f"{1 + u:.4g} × {1 + a:.4g}", value=shown(round(made * 100, 1), "pct"),
                        stated=shown(round(g * 100, 1), "pct")),
                    set_to(users.id, shown(round(u * 100, 1), "pct"),
                           shown(round(need * 100, 1), "pct")),
                )  # fmt: skip


_NOT_BASE = ("conversion", "portion", "single", "content")


def _part_of_users(fact: Fact) -> bool:
    """A rate among users, users by one channel or a cost per user are not the users as such."""
    words = fact.tokens
    parts = {"active", "referral", "sharing", "core", "member", "dormant", "quarter", "cost",
             "conversion", "share", "frequency", "activity", "private", "daily", "shopping",
             "satisfaction", "churn", "retention", "repurchase", "visitor"}  # fmt: skip
    return bool(words & parts) or any(fact.says(kind) for kind in _NOT_BASE)


def _other_scope(one: Fact, other: Fact) -> bool:
    a, b = one.of("scope"), other.of("scope")
    same_period = one.of("period") == other.of("period") or not (
        one.of("period") and other.of("period")
    )
    return bool(a and b and a != b) or not (same_period or other.of("period") in one.of("period"))


def _returns(plan: Plan, facts: Sequence[Fact]) -> Iterator[Finding]:
    """ROI = return / spend; of a whole, or of the part it leaves to the rest."""
    levels = [f for f in facts if f.role in ("value", "actual", "target")]
    money = [f for f in levels if plan.dimension(f) == "money"]
    returns = [f for f in money if _kind(plan, f, "value") and not f.says("spend")]
    spends = [f for f in money if f.says("spend") and not f.says("change") and not f.says("arpu")]
    spends = [f for f in spends if not f.says("exception") and f.of("level") == ""]
    done: set[tuple[float, ...]] = set()
    for roi in sorted(levels, key=lambda f: not f.of("scope")):
        if not (roi.says("roi") or roi.of("metric_type") == "roi") or roi.value <= 0:
            continue
        if plan.dimension(roi) not in ("ratio", "times"):
            continue
        for total in returns:
            if _moment(total) != _moment(roi) or _apart(total, roi):
                continue
            for spend in spends:
                matched = _matches(total, spend) and _matches(roi, spend)
                key = (roi.value, plan.base(total), plan.base(spend))
                if not plan.base(spend) or key in done:
                    continue
                made = plan.base(total) / plan.base(spend)
                if matched and _moment(spend) in (_moment(roi), "actual"):
                    slack = plan.step(roi) + made * (
                        plan.step(total) / max(plan.base(total), 1e-9)
                        + plan.step(spend) / plan.base(spend)
                    )  # fmt: skip
                    if abs(made - roi.value) > max(slack, NEAR * made):
                        done.add(key)
                        yield Finding(
                            "identity", "H", (roi.id, total.id, spend.id),
                            say("{left} = {value}, stated {stated}",
                                left=f"{shown(total.value, total.unit)} / "
                                     f"{shown(spend.value, spend.unit)}",
                                value=shown(round(made, 2)), stated=shown(roi.value)),
                            set_to(roi.id, shown(roi.value), shown(round(made, 2))),
                        )  # fmt: skip
                elif rest := next(_rest(plan, roi, total, spend, returns), None):
                    done.add(key)
                    yield rest


def _rest(
    plan: Plan, roi: Fact, total: Fact, spend: Fact, returns: Sequence[Fact]
) -> Iterator[Finding]:
    """What a part's spend and return leave of the whole's: its ratio must be thinkable."""
    if total.of("scope") not in ("all", "platform", "total"):
        return
    for part in returns:
        scope = part.of("scope")
        named = bool(scope) and (scope == spend.of("scope") or tokens(scope) <= spend.tokens)
        inside = named and scope != total.of("scope")
        if not inside or plan.base(part) >= plan.base(total) or _moment(part) != _moment(total):
            continue
        implied = plan.base(total) / roi.value
        left_spend, left = implied - plan.base(spend), plan.base(total) - plan.base(part)
        if left_spend > 0 and left / left_spend <= 3 * roi.value:
            continue
        unit = plan.units.base(1, spend.unit)
        own = plan.base(part) / plan.base(spend)
        yield Finding(
            "identity", "H", (roi.id, part.id, spend.id, total.id),
            say("part: {own}; whole {roi} means a spend of {implied}, which leaves {left} for the "
                "other {rest}", own=shown(round(own, 2)), roi=shown(roi.value),
                implied=shown(round(implied / unit, 1), spend.unit),
                left=shown(round(left_spend / unit, 1), spend.unit),
                rest=shown(round(left / unit, 1), spend.unit)),
            set_to(roi.id, shown(roi.value), f"≤ {shown(round(_ceiling(plan, total, spend), 2))}"),
        )  # fmt: skip
        return


def _ceiling(plan: Plan, total: Fact, spend: Fact) -> float:
    """The whole's ratio if nothing but the part was spent."""
    return plan.base(total) / plan.base(spend)


_RATIO_WORDS = frozenset(
    [
        "roi",
        "roas",
        "input",
        "output",
        "return",
        "investment",
        "1",
        "x",
        "overall",
    ]
)
_ANY_SPEND = frozenset(
    [
        "marketing",
        "total",
        "campaign",
        "promotion",
        "media",
        "advertising",
        "ad",
        "overall",
    ]
)


def _matches(one: Fact, other: Fact) -> bool:
    """One scope: the same label, or the same telling words where a table has no scopes."""
    a, b = one.of("scope"), other.of("scope")
    if a and b:
        return a == b and (
            not one.of("period") or not other.of("period") or one.of("period") == other.of("period")
        )
    topic, told = stem(one.of("name_en")), stem(other.of("name_en"))
    bare = one.says("roi") and not topic - _RATIO_WORDS and not told - _ANY_SPEND
    if a or b:
        named = other.tokens if a else one.tokens
        whole = (a or b) in ("all", "platform", "total", "company")
        return tokens(a or b) <= named or (whole and not _events(named))
    return bare or overlap(topic, told) >= 0.5


def _events(words: frozenset[str]) -> set[str]:
    return {w for w in words if w.isdigit() or w in ("warm", "livestream", "autumn", "festival")}


def _per_order(plan: Plan, facts: Sequence[Fact]) -> Iterator[Finding]:
    """So much an order, a total of it and sales: the order value this means."""
    steps = [f for f in facts if f.table == "price_tiers" and f.role == "min_spend" and f.value > 0]
    totals = [f for f in facts if f.role == "target" and plan.dimension(f) == "money"]
    for each in facts:
        if not each.says("per_order") or plan.dimension(each) != "money" or each.value <= 0:
            continue
        for goal in totals:
            shared = stem(each.of("name_en")) & stem(goal.of("name_en"))
            if not shared - {"order", "per"} or goal.says("sales"):
                continue
            orders = plan.base(goal) / plan.base(each)
            for sales in totals:
                if not _kind(plan, sales, "value") or sales.of("period") != goal.of("period"):
                    continue
                value = plan.base(sales) / orders
                low = min((step.value for step in steps), default=0.0)
                if value < low:
                    enough = plan.base(sales) / low * plan.base(each)
                    unit = plan.units.base(1, goal.unit)
                    yield Finding(
                        "identity", "H", (each.id, goal.id, sales.id, *(s.id for s in steps[:1])),
                        say("{goal} at {each} an order are {orders} orders: {value} cny an order, "
                            "below the lowest step of {low}",
                            goal=shown(goal.value, goal.unit), each=shown(each.value, each.unit),
                            orders=shown(orders), value=shown(round(value, 1)), low=shown(low)),
                        set_to(goal.id, shown(goal.value, goal.unit),
                               f"≤ {shown(round(enough / unit, 1), goal.unit)}"),
                    )  # fmt: skip
                    return


def _each(plan: Plan, facts: Sequence[Fact]) -> Iterator[Finding]:
    """Quantity of each × kinds = quantity of all."""
    counts = [f for f in facts if plan.dimension(f) == "count" and f.role == "value"]
    done: set[tuple[str, str]] = set()
    for each in counts:
        if not each.says("each"):
            continue
        topic = stem(each.of("name_en")) - {"each", "quantity", "per", "design"}
        for kinds in counts:
            kind_words = stem(kinds.of("name_en")) | stem(kinds.of("metric_key"))
            designs = kind_words & {"design", "model", "style", "kind", "sku"} or (
                kinds.table != each.table and kinds.value <= 50
            )
            if kinds.id == each.id or not designs or not overlap(topic, kind_words) >= 0.6:
                continue
            for whole in counts:
                words = stem(whole.of("name_en"))
                if whole.id in (each.id, kinds.id) or whole.value < each.value:
                    continue
                made = each.value * kinds.value
                if (
                    len(topic & words) < 2
                    or overlap(topic, words) < 0.5
                    or abs(plan.base(whole) - made) <= plan.step(whole)
                ):
                    continue
                if (each.id, whole.id) in done:
                    continue
                done.add((each.id, whole.id))
                yield Finding(
                    "identity", "M", (each.id, whole.id, kinds.id),
                    say("{left} = {value}, stated {stated}",
                        left=f"{shown(kinds.value)} × {shown(each.value)}", value=shown(made),
                        stated=shown(whole.value, whole.unit)),
                    set_to(whole.id, shown(whole.value, whole.unit),
                           shown(made / plan.units.base(1, whole.unit), whole.unit)),
                )  # fmt: skip
