"""Labels: % against percentage points, units against metric types, figures out of range."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown

SCALES = {"score_5": (0.0, 5.0), "score_10": (0.0, 10.0), "hour_of_day": (0.0, 24.0),
          "day_of_month": (1.0, 31.0)}  # fmt: skip
LEVELS = ("value", "target", "actual", "baseline", "share")
RATES = ("rate", "share", "percentage", "conversion_rate", "ratio_pct")


def find(plan: Plan) -> Iterator[Finding]:
    """Figures whose unit cannot be that of what they are said to be."""
    with_points = {f.id: f for f in plan.facts if f.role == "delta" and f.unit == "pp"}
    for fact in plan.facts:
        yield from _percent_points(plan, fact, with_points.get(fact.id))
        yield from _units(plan, fact)
        yield from _range(plan, fact)


def _percent_points(plan: Plan, fact: Fact, delta: Fact | None) -> Iterator[Finding]:
    changes = fact.says("change") and not fact.says("grows") and not fact.says("not_rate")
    if fact.role == "delta" and fact.unit == "pp":
        level = fact.of("unit")
        if level and level != "pp" and plan.units.dimension(level) not in ("fraction",):
            yield Finding(
                "percent_points", "M", (fact.id,),
                say("a change of {change} of a level in {unit}", change=shown(fact.value, "pp"),
                    unit=level),
                set_to(fact.id, shown(fact.value, "pp"), shown(fact.value, "pct")),
            )  # fmt: skip
    if fact.table != "targets_actuals" or fact.role != "target" or fact.unit != "pct":
        return
    if not changes or not fact.says("rate") or fact.of("definition"):
        return
    if delta is not None:
        yield Finding(
            "percent_points", "M", (fact.id,),
            say("target {target}, outcome {outcome}: a relative change against points",
                target=shown(fact.value, "pct"), outcome=shown(delta.value, "pp")),
            set_to(fact.id, shown(fact.value, "pct"), shown(fact.value, "pp")),
        )  # fmt: skip
    elif not fact.of("delta_unit") and not fact.of("baseline"):
        yield Finding(
            "percent_points", "L", (fact.id,),
            say("a change of a rate by {value}, as % or as points is not said",
                value=shown(fact.value, "pct")),
            set_to(fact.id, shown(fact.value, "pct"), shown(fact.value, "pp")),
        )  # fmt: skip


def _units(plan: Plan, fact: Fact) -> Iterator[Finding]:
    dimension, given = plan.dimension(fact), fact.of("metric_type")
    wrong = ""
    if fact.role in LEVELS:
        rate = given in RATES or (
            not given
            and fact.says("strict_rate")
            and not fact.says("money")
            and not _is_count(fact)
        )
        if rate and dimension in ("money", "count", "time", "workdays", "score"):
            wrong = "pct"
        elif (given == "nps" or (not given and fact.says("nps"))) and dimension == "fraction":
            wrong = "points"
        elif (given in ("volume", "count") or (not given and fact.says("volume"))) and (
            dimension == "money" and not fact.says("sales")
        ):
            wrong = "count"
        elif given in ("price", "value", "money", "cost") and dimension in ("count", "time"):
            wrong = "cny"
        elif given == "duration" and dimension in ("money", "count", "fraction"):
            wrong = "days"
        elif (given == "roi" or (not given and fact.says("roi"))) and dimension in (
            "money", "count", "time"
        ):  # fmt: skip
            wrong = "ratio"
    if wrong:
        yield Finding(
            "unit_type", "M", (fact.id,),
            say("{name}: {value}, a unit that its metric type cannot have",
                name=fact.of("name_en") or fact.of("name_zh"), value=shown(fact.value, fact.unit)),
            set_to(fact.id, shown(fact.value, fact.unit), shown(fact.value, wrong)),
        )  # fmt: skip


def _is_count(fact: Fact) -> bool:
    """Frequencies, growth values and leads are called rates without being shares."""
    words = {"frequency", "multiple", "index", "score", "response", "exchange", "time", "period"}
    return bool(fact.tokens & words) or "频" in fact.name


def _range(plan: Plan, fact: Fact) -> Iterator[Finding]:
    low, high = SCALES.get(fact.unit, (float("-inf"), float("inf")))
    if fact.role not in (*LEVELS, "before", "after"):
        return
    bounded = fact.says("portion") and not fact.says("change") and not fact.says("complete")
    if fact.unit == "pct" and bounded and "more than" not in fact.name.lower():
        low, high = 0.0, 100.0
        if fact.of("baseline") and float(fact.of("baseline")) > 100:
            return
    if fact.says("nps") and plan.dimension(fact) in ("score", "points"):
        low, high = -100.0, 100.0
    if not low <= fact.value <= high:
        bound = high if fact.value > high else low
        yield Finding(
            "unit_type", "H", (fact.id,),
            say("{value} lies outside {low} to {high}", value=shown(fact.value, fact.unit),
                low=shown(low), high=shown(high)),
            set_to(fact.id, shown(fact.value, fact.unit), shown(bound, fact.unit)),
        )  # fmt: skip
