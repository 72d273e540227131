"""Steps of prices, discounts and coupons: who buys or spends more must not get less."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from analysis.plan.facts import Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.rules.events import text_of
from analysis.plan.tables import number

WIDE = 5.0
"""Points by which a discount on the whole basket must jump for its zone to be worth a remark."""
_MARGINAL = (
    "marginal",
    "excess",
    "per_item",
    "above the step",
    "part above",
    "超出部分",
    "以上部分",
    "每件",
    "累进",
)
_SIZES = re.compile(
    r"\b(extra )?(small|medium|middle|large|big|mini|step|tier|level|grade|no\.?)\b|\d+(\.\d+)?|"
    r"[一二三四五六七八九十小中大低高][额档级]|第[一二三四五六七八九十]|(?<=[券包])[一二三四五]$"
)
_PLACE = re.compile(r"(?:step|tier|level|grade)\s*(\d+)|第?([一二三四五六七八九十])[档级]")
_PLACES = "一二三四五六七八九十"
_AMOUNT = re.compile(
    r"(\d+(?:\.\d+)?)\s*(kg|g|ml|l|pcs|pieces|packs?|bottles?|boxes|sheets|tablets|capsules|"
    r"公斤|千克|克|毫升|升|片|支|瓶|袋|包|粒|盒|抽)(?![a-z])"
)
_SCALE = {"kg": ("g", 1000.0), "公斤": ("g", 1000.0), "千克": ("g", 1000.0), "克": ("g", 1.0),
          "g": ("g", 1.0), "l": ("ml", 1000.0), "升": ("ml", 1000.0), "毫升": ("ml", 1.0),
          "ml": ("ml", 1.0)}  # fmt: skip
Row = Mapping[str, str]


def find(plan: Plan) -> Iterator[Finding]:
    """Ladders, coupons and packs whose next step is worse, and coupons above their own spend."""
    ladders = _ladders(plan)
    for (*_, kind), steps in ladders.items():
        broken = list(_worse(steps, percent=kind.startswith("percent_off")))
        yield from broken
        if kind == "percent_off" and not broken:
            yield from _zones(steps)
    for steps in _coupons(plan).values():
        yield from _worse(steps, percent=False)
    yield from _above_spend(plan)
    yield from _places(plan)
    yield from _packs(plan)


def series(row: Row) -> str:
    """What a row's name is without its size or step: rows of one series share it."""
    name = (row.get("name_en") or row.get("name_zh", "")).lower()
    return re.sub(r"[\s:：,，()（）-]+", " ", _SIZES.sub(" ", name)).strip()


def _ladders(plan: Plan) -> dict[tuple[str, ...], list[Row]]:
    out: dict[tuple[str, ...], list[Row]] = {}
    for row in plan.rows("price_tiers"):
        kind = row.get("value_kind", "")
        if kind.startswith(("percent_off", "amount_off")) and _known(row, "min_spend", "value"):
            name = row.get("mechanism") or series(row)
            key = (row["document"], name, row.get("period", ""), row.get("scope", ""), kind)
            out.setdefault(key, []).append(row)
    return out


def _coupons(plan: Plan) -> dict[tuple[str, ...], list[Row]]:
    """Coupons of one series: same names but for the size, same audience and validity."""
    out: dict[tuple[str, ...], list[Row]] = {}
    for row in plan.rows("coupons"):
        money = plan.units.dimension(row.get("unit", "")) == "money"
        if money and _known(row, "min_spend", "value") and series(row):
            cells = (row.get(c, "") for c in ("audience", "validity_rule", "period", "scope"))
            out.setdefault((row["document"], series(row), *cells), []).append(row)
    return out


def _known(row: Row, *columns: str) -> bool:
    return all(number(row.get(column, "")) is not None for column in columns)


def _at(row: Row, column: str) -> float:
    return number(row.get(column, "")) or 0.0


def _worse(rows: Sequence[Row], percent: bool) -> Iterator[Finding]:
    """A higher spend that gets no more off than a lower one."""
    steps = sorted(rows, key=lambda row: (_at(row, "min_spend"), _at(row, "value")))
    for one, other in pairwise(steps):
        low, high = _at(one, "min_spend"), _at(other, "min_spend")
        if high > low and _at(other, "value") > _at(one, "value"):
            continue
        if high == low and not percent and _at(other, "value") == _at(one, "value"):
            continue
        unit = one.get("unit", "")
        yield Finding(
            "price_steps", "H", (one["fact_id"], other["fact_id"]),
            say("from {low}: {one} off, from {high}: {other} off, no better", low=shown(low),
                high=shown(high), one=shown(_at(one, "value"), unit),
                other=shown(_at(other, "value"), unit)),
            set_to(other["fact_id"], shown(_at(other, "value"), unit),
                   f"> {shown(_at(one, 'value'), unit)}"),
        )  # fmt: skip


def _zones(rows: Sequence[Row]) -> Iterator[Finding]:
    """A discount on the whole basket makes baskets just below a step dearer than the step."""
    steps = sorted(rows, key=lambda row: _at(row, "min_spend"))
    texts = [f"{row.get('definition', '')} {text_of(row)}".lower() for row in steps]
    told = any(word in text for text in texts for word in _MARGINAL)
    offs = [0.0, *(_at(row, "value") for row in steps)]
    if told or len(steps) < 2 or max(b - a for a, b in pairwise(offs)) <= WIDE:
        return
    zones = []
    for row, (before, after) in zip(steps, pairwise(offs), strict=True):
        spend = _at(row, "min_spend")
        least = spend * (1 - after / 100) / (1 - before / 100)
        zones.append(f"{shown(round(least, 2))}–{shown(spend)}")
    yield Finding(
        "price_steps", "L", tuple(row["fact_id"] for row in steps),
        say("if the percentage is taken off the whole basket, baskets of {zones} cost more than "
            "the next step", zones=", ".join(zones)),
        say("{fact}: say whether the {value} apply to the whole basket or to what exceeds the step",
            fact=steps[0]["fact_id"], value=shown(offs[1], steps[0].get("unit", ""))),
    )  # fmt: skip


def _above_spend(plan: Plan) -> Iterator[Finding]:
    """An amount off that is no less than the spend it is for."""
    for table in ("coupons", "price_tiers"):
        for row in plan.rows(table):
            off = table == "coupons" or row.get("value_kind") == "amount_off"
            money = plan.units.dimension(row.get("unit", "")) == "money"
            if not (off and money and _known(row, "min_spend", "value")):
                continue
            spend = _at(row, "min_spend")
            value = plan.units.base(_at(row, "value"), row.get("unit", ""))
            if 0 < spend <= value:
                yield Finding(
                    "price_steps", "H" if value > spend else "M", (row["fact_id"],),
                    say("{off} off from a spend of {spend}: nothing is left to pay",
                        off=shown(_at(row, "value"), row.get("unit", "")), spend=shown(spend)),
                    set_to(row["fact_id"], shown(spend), f"> {shown(value)}"),
                )  # fmt: skip


def _place(row: Row) -> int | None:
    """Number of the step in a name."""
    found = _PLACE.search(f"{row.get('name_en', '')} {row.get('name_zh', '')}".lower())
    if not found:
        return None
    return int(found[1]) if found[1] else _PLACES.index(found[2]) + 1


def _places(plan: Plan) -> Iterator[Finding]:
    """Numbered steps whose prices or spends go up and down."""
    groups: dict[tuple[str, ...], list[tuple[int, Row]]] = {}
    for row in plan.rows("price_tiers"):
        kind, place = row.get("value_kind", ""), _place(row)
        column = {"price": "value", "gift": "min_spend"}.get(kind)
        if column and place is not None and _known(row, column):
            name = row.get("mechanism") or series(row)
            key = (row["document"], name, row.get("period", ""), row.get("unit", ""), column)
            groups.setdefault(key, []).append((place, row))
    for (*_, unit, column), numbered in groups.items():
        numbered.sort(key=lambda each: each[0])
        places = [place for place, _ in numbered]
        if len(set(places)) < max(3, len(places)):
            continue
        rows = [row for _, row in numbered]
        steps = [(one, other) for one, other in pairwise(rows)]
        falls = [pair for pair in steps if _at(pair[1], column) < _at(pair[0], column)]
        if not falls or len(falls) == len(steps):
            continue
        odd = falls if len(falls) * 2 <= len(steps) else [p for p in steps if p not in falls]
        for one, other in odd:
            old, low = shown(_at(other, column), unit), shown(_at(one, column), unit)
            yield Finding(
                "price_steps", "M", (one["fact_id"], other["fact_id"]),
                say("the steps go {low}, then {high}: out of order", low=low, high=old),
                set_to(other["fact_id"], old, f"{'>' if odd is falls else '<'} {low}"),
            )  # fmt: skip


def _amount(row: Row) -> tuple[str, float] | None:
    """How much a pack holds, by its name."""
    for column in ("name_en", "name_zh"):
        found = _AMOUNT.findall(row.get(column, "").lower())
        if len(found) == 1:
            unit, scale = _SCALE.get(found[0][1], (found[0][1].rstrip("s"), 1.0))
            return unit, float(found[0][0]) * scale
    return None


def _packs(plan: Plan) -> Iterator[Finding]:
    """A larger pack that costs more a unit than a smaller one of the same thing."""
    groups: dict[tuple[str, ...], list[tuple[float, Row]]] = {}
    for row in plan.rows("price_tiers"):
        held = _amount(row)
        if row.get("value_kind") == "price" and held and held[1] > 0 and _known(row, "value"):
            thing = re.sub(r"\s+", " ", _AMOUNT.sub(" ", (row.get("name_en") or row["name_zh"])
                                                    .lower())).strip()  # fmt: skip
            key = (row["document"], row.get("mechanism", ""), thing, row.get("period", ""),
                   row.get("scope", ""), held[0])  # fmt: skip
            groups.setdefault(key, []).append((held[1], row))
    for (*_, unit), packs in groups.items():
        packs.sort(key=lambda pack: pack[0])
        for (small, one), (large, other) in pairwise(packs):
            a, b = _at(one, "value") / small, _at(other, "value") / large
            if large > small and b > a * (1 + 1e-9):
                most = shown(round(a * large, 2), other.get("unit", ""))
                yield Finding(
                    "price_steps", "M", (one["fact_id"], other["fact_id"]),
                    say("{small} {unit} cost {one}, {large} {unit} cost {other}: the larger pack "
                        "is dearer a unit", small=shown(small), large=shown(large), unit=unit,
                        one=shown(_at(one, "value"), one.get("unit", "")),
                        other=shown(_at(other, "value"), other.get("unit", ""))),
                    set_to(other["fact_id"], shown(_at(other, "value"), other.get("unit", "")),
                           f"≤ {most}"),
                )  # fmt: skip
