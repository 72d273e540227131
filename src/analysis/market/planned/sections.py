"""Reading the parts about us: target, growth, adoption, decision."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

from analysis.base.errors import nearest
from analysis.market.adoption_fit import CURVES, OBSERVED, falls
from analysis.market.distributions import Distribution, Fixed
from analysis.market.model import SizingModel
from analysis.market.planned.parts import (
    AdoptionPlan,
    DecisionPlan,
    GrowthPlan,
    Moved,
    PlannedDriver,
    TargetPlan,
)
from analysis.market.reading import (
    Found,
    Reader,
    is_number,
    is_whole,
    read_belief,
    read_unit,
)
from analysis.market.units import Unit, parse_unit

MOST_GROWTH = 1.0
"""Market growth above which a percentage was written where a share is meant."""

FARTHEST = 50
"""Years that a penetration path may be carried on."""


def tables_of(reader: Reader, place: str, found: object) -> list[tuple[str, Found]]:
    """The tables of a list, each with its place; what is none is noted."""
    rows = found if isinstance(found, list) else [found]
    good: list[tuple[str, Found]] = []
    for i, row in enumerate(rows, start=1):
        if isinstance(row, Mapping):
            good.append((f"{place}.{i}", row))
        else:
            reader.note(f"{place}.{i}", repr(row), f"a table: [[{place}]]")
    return good


def read_target(reader: Reader, found: Found, model: SizingModel) -> TargetPlan:
    """Section ``[target]``: own sales a year ago, the target, market growth, drivers."""
    reader.keys("target", found, ("label", "own", "target", "unit", "market_growth", "market",
                                  "drivers", "source", "note"))  # fmt: skip
    own = reader.number("target", found, "own", above=0)
    target = reader.number("target", found, "target", above=0)
    growth, growth_from = _market_growth(reader, found, model)
    market = found.get("market", "")
    names = {one.name for one in model.inputs} | {one.name for one in model.formulas}
    if market and (not isinstance(market, str) or market not in names):
        reader.note("target.market", repr(market),
                    f"the name of an input or formula; {nearest(str(market), names)}")  # fmt: skip
    elif market and not _same_unit(model.unit(market), found.get("unit")):
        reader.note("target.market", f"{market!r} in {model.unit(market)}",
                    f"one in {found.get('unit')}, the unit of the target")  # fmt: skip
    won = model.unit(next(iter(model.routes.values()))["som"])
    if isinstance(found.get("unit"), str) and not _same_unit(won, found["unit"]):
        reader.note("target.unit", f"{found['unit']!r}", f"{won}, as what we can win (som) is in")
    drivers = tuple(
        _driver(reader, place, row)
        for place, row in tables_of(reader, "target.drivers", found.get("drivers", []))
    )
    reader.once("target.drivers", [one.labels["en"] for one in drivers])
    return TargetPlan(
        reader.labels("target", found, "target"), own, target,
        read_unit(reader, "target", found), growth, growth_from, str(market), drivers,
        reader.sources("target", found),
    )  # fmt: skip


def _same_unit(one: str, other: object) -> bool:
    try:
        return isinstance(other, str) and parse_unit(one) == parse_unit(other)
    except ValueError:
        return False


def _market_growth(reader: Reader, found: Found, model: SizingModel) -> tuple[Distribution, str]:
    place, value = "target.market_growth", found.get("market_growth")
    known = {one.name: one for one in model.inputs}
    if isinstance(value, str):
        if value in known and parse_unit(model.unit(value)).plain:
            belief = known[value].distribution
        else:
            reader.note(place, repr(value),
                        "the name of an input in share or ratio; "
                        f"{nearest(value, known)}")  # fmt: skip
            return Fixed(math.nan), ""
    else:
        read = read_belief(reader, "target", found, "market_growth")
        if read is None:
            return Fixed(math.nan), ""
        belief = read
    if float(belief.quantile(0.05)) <= -1:
        reader.note(place, f"{float(belief.quantile(0.05)):g} at its 5% point", "above -1 (-100%)")
    if float(belief.quantile(0.5)) > MOST_GROWTH:
        reader.note(place, f"{float(belief.quantile(0.5)):g}",
                    "a share such as 0.1 for +10%, at most 1")  # fmt: skip
    return belief, value if isinstance(value, str) else ""


def _driver(reader: Reader, place: str, found: Found) -> PlannedDriver:
    reader.keys(place, found, ("label", "current", "planned", "factor", "unit", "part", "source",
                               "note"))  # fmt: skip
    current = reader.number(place, found, "current", above=0)
    planned = reader.number(place, found, "planned", above=0, needed=False)
    factor = reader.number(place, found, "factor", above=0, needed=False)
    if "planned" in found and "factor" in found:
        reader.note(place, "planned and factor", "one of them")
    part = reader.number(place, found, "part", above=0, most=1, needed=False)
    unit = str(found.get("unit", "ratio"))
    for key, value in (("current", current), ("planned", planned)):
        if unit == "share" and value > 1:
            reader.note(f"{place}.{key}", f"{value:g}", "a share between 0 and 1")
    return PlannedDriver(
        reader.texts(place, found, "label", "a name for readers"), current,
        planned if math.isnan(factor) else current * factor, unit,
        1.0 if math.isnan(part) else part, reader.sources(place, found),
    )  # fmt: skip


def read_growth(reader: Reader, found: Found) -> GrowthPlan:
    """Section ``[growth]``: drivers from start to end, and the growth stated for their product."""
    reader.keys("growth", found, ("label", "unit", "drivers", "stated", "stated_source", "note"))
    rows = tables_of(reader, "growth.drivers", found.get("drivers", []))
    if not rows:
        reader.note("growth.drivers", "none", "at least one [[growth.drivers]]")
    drivers = []
    for place, row in rows:
        reader.keys(place, row, ("label", "start", "end", "unit", "source", "note"))
        start, end = (read_belief(reader, place, row, key) for key in ("start", "end"))
        drivers.append(
            Moved(reader.texts(place, row, "label", "a name for readers"), start or Fixed(math.nan),
                  end or Fixed(math.nan), str(row.get("unit", "")), reader.sources(place, row))
        )  # fmt: skip
        _check_moved(reader, place, drivers[-1])
    reader.once("growth.drivers", [one.labels["en"] for one in drivers])
    _check_product(reader, found.get("unit"), drivers)
    stated = reader.number("growth", found, "stated", above=-1, needed=False)
    sources = (
        reader.texts("growth", found, "stated_source", "where that growth is stated")
        if "stated" in found
        else {}
    )
    return GrowthPlan(reader.labels("growth", found, "growth"), read_unit(reader, "growth", found),
                      tuple(drivers), stated, sources)  # fmt: skip


def _check_moved(reader: Reader, place: str, one: Moved) -> None:
    for key, belief, limit in (("start", one.start, "above 0"), ("end", one.end, "at least 0")):
        low, high = (float(value) for value in belief.quantile([0.001, 0.999]))
        if low < 0 or (low == 0 and key == "start"):
            reader.note(f"{place}.{key}", f"{low:g}", f"{limit}: a factor of sales")
        elif one.unit == "share" and high > 1:
            reader.note(f"{place}.{key}", f"{high:g}", "a share between 0 and 1")


def _check_product(reader: Reader, unit: object, drivers: list[Moved]) -> None:
    """Units multiply out, where every driver states its own."""
    if not drivers or not isinstance(unit, str) or not all(one.unit for one in drivers):
        return
    try:
        product = Unit()
        for one in drivers:
            product = product.times(parse_unit(one.unit))
        if product != parse_unit(unit):
            reader.note("growth.drivers", f"units whose product is {product}",
                        f"{unit}, the unit of [growth]")  # fmt: skip
    except ValueError as error:
        reader.note("growth.drivers", str(error).removeprefix("found "), "a unit")


def read_adoption(reader: Reader, found: Found) -> AdoptionPlan:
    """Section ``[adoption]``: observed years, the curve, a declared step a year."""
    place = "adoption"
    reader.keys(place, found, ("label", "unit", "curve", "observed", "market", "years", "values",
                               "step", "until", "source", "note"))  # fmt: skip
    unit = read_unit(reader, place, found)
    most = 1.0 if unit.strip() == "share" else None
    market = reader.number(place, found, "market", above=0, most=most, needed=False)
    years, values = _series(reader, found, most)
    plan = AdoptionPlan(
        reader.labels(place, found, place), unit,
        reader.choice(place, found, "curve", CURVES, "logistic"),
        reader.choice(place, found, "observed", OBSERVED, "level"), market, years, values,
        reader.number(place, found, "step", needed=False),
        reader.whole(place, found, "until") or 0, reader.sources(place, found),
    )  # fmt: skip
    if values and plan.fits:
        _check_curve(reader, plan)
    if values and not plan.fits and math.isnan(plan.step):
        least = 4 if math.isnan(market) else 3
        reader.note(
            "adoption.values",
            f"{len(values)} observed year{'s' if len(values) > 1 else ''}",
            f"at least {least} for a curve, or step, the change a year",
        )
    if values and plan.observed == "new" and not plan.fits:
        reader.note("adoption.observed", "'new' with too few years for a curve", "'level'")
    if years and plan.until and not years[-1] < plan.until <= years[-1] + FARTHEST:
        reader.note("adoption.until", str(plan.until), f"a year after {years[-1]}, "
                    f"at most {years[-1] + FARTHEST}")  # fmt: skip
    return plan


def _check_curve(reader: Reader, plan: AdoptionPlan) -> None:
    """What no adoption curve can say is told with its key, not fitted."""
    if not any(plan.values):
        reader.note("adoption.values", "only 0", "at least one year above 0")
    elif plan.observed == "level" and falls(plan.values):
        reader.note("adoption.values", f"levels that fall from {plan.values[0]:g} to "
                    f"{plan.values[-1]:g}", "levels that rise: an adoption curve cannot fall; "
                    "give the last year alone with step, the change a year")  # fmt: skip
    reached = max(plan.values) if plan.observed == "level" else sum(plan.values)
    if reached > plan.most * (1 + 1e-9):
        reader.note("adoption.market", f"{plan.most:g}, less than the {reached:g} observed",
                    "an eventual market of at least that")  # fmt: skip


def _series(
    reader: Reader, found: Found, most: float | None
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    years, values = found.get("years"), found.get("values")
    if not isinstance(years, list) or not years or not all(is_whole(year) for year in years):
        reader.note("adoption.years", repr(years), "a list of years: [2023, 2024]")
        return (), ()
    if any(later != year + 1 for year, later in pairwise(years)):
        reader.note("adoption.years", repr(years), "consecutive years, the earliest first")
    if not isinstance(values, list) or len(values) != len(years):
        reader.note("adoption.values", repr(values), f"a list of {len(years)}, one a year")
        return (), ()
    good = [is_number(v) and v >= 0 and (most is None or v <= most) for v in values]
    for year, value, fine in zip(years, values, good, strict=True):
        if not fine:
            limit = "a number of at least 0" + ("" if most is None else " and at most 1")
            reader.note("adoption.values", f"{value!r} in {year}", limit)
    if not all(good):
        return (), ()
    return tuple(int(year) for year in years), tuple(float(value) for value in values)


def read_decision(reader: Reader, found: Found) -> DecisionPlan:
    """Section ``[decision]``: cost of entering and margin of the outcome."""
    reader.keys("decision", found, ("label", "cost", "margin", "source", "note"))
    return DecisionPlan(
        reader.labels("decision", found, "decision"),
        reader.number("decision", found, "cost", least=0),
        reader.number("decision", found, "margin", above=0, most=1),
        reader.sources("decision", found),
    )  # fmt: skip
