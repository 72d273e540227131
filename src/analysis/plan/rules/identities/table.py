"""The identities themselves: a result is the product of its factors."""

from __future__ import annotations

from dataclasses import dataclass

MONEY, COUNT, RATE, TIMES = ("money",), ("count",), ("fraction",), ("times", "ratio", "count")


@dataclass(frozen=True)
class Slot:
    """One figure of an identity.

    Attributes:
        kinds: Measures any of which it must be, keys of the measures' list.
        dimensions: What its unit may measure.
        also: Measures its name may have beside (a conversion of visitors names visitors).
        less: Whether one minus the figure is the factor (kept after returns).
        whole: Whether it is a total: it must be of the result's own event, channel and people.
        net: Whether it is after returns; None where that does not matter.
        units: Units one of which it must have; any where none is given.
        who: One of these people a mere user must be (registered users need not buy).
        loose: People its name may name although the others do not.
    """

    kinds: tuple[str, ...]
    dimensions: tuple[str, ...]
    also: tuple[str, ...] = ()
    less: bool = False
    whole: bool = False
    net: bool | None = None
    loose: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Identity:
    """Result = product of factors × scale.

    Attributes:
        scale: Factor of units (a cost per thousand).
        unless: Measures of another factor whose presence makes this a shortcut.
        severity: H, or M where the result may hold other things too.
        any_stage: Whether another stage of the result (ordered, paid, net) may be meant.
    """

    result: Slot
    factors: tuple[Slot, ...]
    scale: float = 1.0
    unless: tuple[str, ...] = ()
    severity: str = "H"
    any_stage: bool = False


_USERS = ("buyers", "users", "members")
_KNOWN = ("paying", "active", "registered")
_AMOUNT = Slot(("sales",), MONEY, whole=True, net=False)
_ANY = Slot(("sales",), MONEY, whole=True)
_CONVERSION = Slot(("conversion",), RATE, also=("orders", "visitors", *_USERS, "rate"))
_BUYERS = Slot(("buyers", "users"), COUNT, whole=True, loose=_KNOWN, who=("paying", "active"))
_VISITORS = Slot(("visitors",), COUNT, whole=True)

IDENTITIES: tuple[Identity, ...] = (
    Identity(_ANY, (Slot(("price", "promo_price"), MONEY), Slot(("volume",), COUNT, whole=True))),
    Identity(_ANY, (Slot(("aov",), MONEY), Slot(("orders",), COUNT, whole=True)),
             any_stage=True),
    Identity(_ANY, (Slot(("arpu",), MONEY, also=_USERS, loose=_KNOWN),
                       _BUYERS), any_stage=True),
    Identity(Slot(("orders",), COUNT, whole=True), (_CONVERSION, _VISITORS)),
    Identity(Slot(("buyers",), COUNT, whole=True), (_CONVERSION, _VISITORS), unless=("orders",),
             severity="M"),
    Identity(_ANY, (_CONVERSION, _VISITORS, Slot(("aov",), MONEY)), unless=("orders",),
             any_stage=True),
    Identity(Slot(("clicks",), COUNT, whole=True),
             (Slot(("ctr",), RATE, also=("clicks", "rate")),
              Slot(("impressions",), COUNT, whole=True))),
    Identity(Slot(("impressions",), COUNT, whole=True),
             (Slot(("frequency",), TIMES), Slot(("reach",), COUNT, whole=True))),
    Identity(Slot(("redeemed",), COUNT, whole=True),
             (Slot(("redemption",), RATE), Slot(("issued",), COUNT, whole=True))),
    Identity(Slot(("sales",), MONEY, whole=True, net=True),
             (Slot(("return_rate",), RATE, less=True), _AMOUNT)),
    Identity(Slot(("commission",), MONEY, also=("sales",), whole=True),
             (Slot(("take",), RATE), _AMOUNT)),
    Identity(Slot(("profit",), MONEY, whole=True), (Slot(("margin",), RATE), _AMOUNT)),
    Identity(Slot(("spend",), MONEY, whole=True),
             (Slot(("cpc",), MONEY), Slot(("clicks",), COUNT, whole=True))),
    Identity(Slot(("spend",), MONEY, whole=True),
             (Slot(("cpm",), MONEY), Slot(("impressions",), COUNT, whole=True)), scale=1e-3),
    Identity(Slot(("dau",), COUNT, whole=True),
             (Slot(("stickiness",), RATE), Slot(("mau",), COUNT, whole=True))),
    Identity(Slot(("unit_cost",), MONEY),
             (Slot(("margin",), RATE, less=True), Slot(("price", "list_price"), MONEY))),
    Identity(Slot(("promo_price",), MONEY),
             (Slot(("fold",), RATE, units=("fold",)), Slot(("list_price",), MONEY))),
    Identity(Slot(("promo_price",), MONEY),
             (Slot(("depth",), RATE, less=True, units=("pct",)), Slot(("list_price",), MONEY))),
    Identity(Slot(("coupon_cost",), MONEY, whole=True),
             (Slot(("face",), MONEY, units=("cny",)), Slot(("redeemed",), COUNT, whole=True))),
    Identity(Slot(("refund",), MONEY, whole=True), (Slot(("return_rate",), RATE), _AMOUNT)),
    Identity(Slot(("sell_through",), COUNT, whole=True),
             (Slot(("sell_rate", "sell_through"), RATE), Slot(("sell_in",), COUNT, whole=True))),
    Identity(Slot(("spend",), MONEY, whole=True),
             (Slot(("cost_ratio",), RATE), _AMOUNT)),
)  # fmt: skip
"""All of the table; returns, shares, growth and figures per something have modules of their own."""
