"""Groups of users: what one must spend for the group's share, and whose growth a change is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import overlap, stem
from analysis.plan.rules.wording import named

FAR = 3.0
"""Times the mean spend a group must reach before it is unthinkable without a reason given."""


def find(plan: Plan) -> Iterator[Finding]:
    """Group share × total against heads × conversion × ARPU; flow's growth against stock's."""
    for facts in plan.documents.values():
        rows = [f for table in ("targets_actuals", "claims", "kpi_table") for f in facts
                if f.table == table]  # fmt: skip
        yield from _spend(plan, rows)
        yield from _stocks(plan, rows)
        yield from _content(plan, rows)


def _one(facts: Sequence[Fact], *roles: str) -> Fact | None:
    return next((fact for role in roles for fact in facts if fact.role == role), None)


def _spend(plan: Plan, facts: Sequence[Fact]) -> Iterator[Finding]:
    new = [f for f in facts if f.says("new") and f.says("users")]
    share = _one([f for f in new if f.unit == "pct" and f.says("gmv") and f.says("portion")],
                 "target", "actual", "value")  # fmt: skip
    heads = _one([f for f in new if plan.dimension(f) == "count"], "target", "actual", "value")
    rate = _one([f for f in new if f.unit == "pct" and f.says("conversion") and not f.says("gmv")],
                "target", "actual", "value")  # fmt: skip
    arpus = [f for f in facts if f.says("arpu") and plan.dimension(f) == "money"]
    arpu, before = _one(arpus, "target", "actual", "value"), _one(arpus, "baseline")
    stocks = [f for f in facts if plan.dimension(f) == "count" and f.says("users")
              and f.says("stock")]  # fmt: skip
    stock = _one(stocks, "actual", "baseline", "value")
    if not (share and heads and arpu and stock) or not plan.base(heads):
        return
    growth = _one([f for f in facts if f.unit == "pct" and f.says("gmv") and f.says("growth")
                   and not f.says("not_total")], "target", "value")  # fmt: skip
    total = plan.base(stock) * plan.base(before or arpu) * (
        1 + (growth.value / 100 if growth and before else 0.0)
    )  # fmt: skip
    buyers = plan.base(heads) * (rate.value / 100 if rate else 1.0)
    if not buyers:
        return
    each = total * share.value / 100 / buyers
    if each > FAR * plan.base(arpu):
        most = plan.base(arpu) * FAR * buyers / total * 100
        ids = (share.id, heads.id, arpu.id, *((rate.id,) if rate else ()))
        yield Finding(
            "identity", "M", ids,
            say("{share} of {total} from {buyers} buyers is {each} a head, ARPU {arpu}",
                share=shown(share.value, "pct"), total=shown(total / 1e8, "cny_100m"),
                buyers=shown(buyers), each=shown(round(each, 1)), arpu=shown(arpu.value)),
            set_to(share.id, shown(share.value, "pct"), f"≤ {shown(round(most, 1), 'pct')}"),
        )  # fmt: skip


def _stocks(plan: Plan, facts: Sequence[Fact]) -> Iterator[Finding]:
    """A flow with the stock's number, and a flow's change that is its share of the stock."""
    flows = [f for f in facts if f.says("new") and plan.dimension(f) == "count"
             and f.role in ("actual", "target", "value")]  # fmt: skip
    # A stock's own change is what was added: that a flow has its number is as it should be.
    stocks = [f for f in facts if f.says("stock") and not f.says("new")
              and plan.dimension(f) == "count" and f.role != "delta"]  # fmt: skip
    deltas = {f.id: f for f in facts if f.role == "delta" and f.unit == "pct"}
    for flow in flows:
        near = [
            stock
            for stock in stocks
            if stock.id != flow.id and plan.base(stock)
            and overlap(_words(flow), _words(stock)) >= 0.5
        ]  # fmt: skip
        equal = [stock for stock in near if plan.base(flow) == plan.base(stock)]
        if equal:
            yield Finding(
                "flow_stock", "L", (flow.id, *dict.fromkeys(stock.id for stock in equal)),
                say("{value} is both what is added ({one}) and what there is ({other})",
                    value=shown(flow.value, flow.unit), one=named(flow.row),
                    other=named(equal[0].row)),
                say("{fact}: state the stock before the flow, at least {least} more",
                    fact=equal[0].id, least=shown(0.0, flow.unit)),
            )  # fmt: skip
        delta = deltas.get(flow.id)
        if delta is None:
            continue
        ratios = [(plan.base(flow) / plan.base(stock) * 100, stock) for stock in near]
        made = [(r, s) for r, s in ratios if abs(r - delta.value) <= 0.005 * max(r, 1)]
        if made:
            ratio, stock = made[0]
            before = flow.value / (1 + delta.value / 100)
            yield Finding(
                "flow_stock", "H", (flow.id, *dict.fromkeys(stock.id for _, stock in made)),
                say("{left} = {value}: the change stated for the flow is the stock's",
                    left=f"{shown(flow.value, flow.unit)} / {shown(stock.value, stock.unit)}",
                    value=shown(round(ratio, 2), "pct")),
                say("state {value} as growth of the stock; as the flow's it needs {before} "
                    "before", value=shown(delta.value, "pct"),
                    before=shown(round(before, 1), flow.unit)),
            )  # fmt: skip


def _words(fact: Fact) -> frozenset[str]:
    return stem(fact.of("name_en") or fact.of("name_zh")) - {"new", "base"}


def _content(plan: Plan, facts: Sequence[Fact]) -> Iterator[Finding]:
    """Items that buyers make, against the units sold in that scope and period."""
    for made in facts:
        if not made.says("content") or plan.dimension(made) != "count" or made.role != "actual":
            continue
        for sold in facts:
            same = all(made.of(c) == sold.of(c) for c in ("scope", "period"))
            if not same or not sold.says("volume") or plan.dimension(sold) != "count":
                continue
            if sold.role == "actual" and plan.base(made) > plan.base(sold) > 0:
                ratio = plan.base(made) / plan.base(sold)
                yield Finding(
                    "total_single", "L", (made.id, sold.id),
                    say("{left} = {value} a unit sold", value=shown(round(ratio, 2)),
                        left=f"{shown(made.value, made.unit)} / {shown(sold.value, sold.unit)}"),
                    set_to(sold.id, shown(sold.value, sold.unit), f"≥ {shown(made.value)}"),
                )  # fmt: skip
