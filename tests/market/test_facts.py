"""The shipped plan cites facts: they exist, and the numbers are theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from analysis.market import read_plan
from analysis.market.model import is_assumption
from tests.market.shipped import facts, multipliers, shipped

ID = re.compile(r"\b[a-z_]+\.\d{3}\b")
CITED = re.compile(r"(\b[a-z_]+\.\d{3})\s*[(（]([^)）]*)[)）]")
NUMBER = re.compile(r"\d[\d.,]*")
COLUMNS = (
    "value",
    "value_max",
    "growth",
    "baseline",
    "target",
    "actual",
    "delta",
    "sales",
    "share",
)


def sources(found: object, key: str = "") -> Iterator[str]:
    """Every text under a key that names a source, at any depth."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield from sources(value, name if key not in ("source", "population_source",
                                                          "stated_source") else key)  # fmt: skip
    elif isinstance(found, list):
        for value in found:
            yield from sources(value, key)
    elif key in ("source", "population_source", "stated_source"):
        yield str(found)


def written(fact: dict[str, str]) -> set[float]:
    found = [fact.get(column, "") for column in COLUMNS]
    found += NUMBER.findall(fact.get("scope", "") + " " + fact.get("note", ""))
    return {abs(float(text)) for text in found if re.fullmatch(r"-?\d+(\.\d+)?", text)}


SOURCES = sorted(set(sources(shipped())))


def test_every_source_cites_a_fact_or_says_that_it_is_an_assumption() -> None:
    assert len(SOURCES) > 30
    for text in SOURCES:
        assert is_assumption({"en": text}) or ID.search(text), text


@pytest.mark.parametrize("text", [text for text in SOURCES if ID.search(text)])
def test_cited_facts_exist_and_their_numbers_agree(text: str) -> None:
    for name in ID.findall(text):
        assert name in facts(), name
    for name, said in CITED.findall(text):
        # What the plan writes in tens of thousands or hundreds of millions is cited so.
        said = re.sub(r"x 1(00|0) ?[mk]|\d+% now|即当前\d+%|own data|of the|asked", "", said)
        for number in NUMBER.findall(said):
            value = float(number.strip(".,").replace(",", ""))
            cited = written(facts()[name]) | {v / 1e4 for v in written(facts()[name])}
            assert value in cited, f"{text}: {number} is not in {facts()[name]}"


def place(declared: dict[str, Any], path: str) -> Any:
    found: Any = declared
    for key in path.split("/"):
        found = found[int(key)] if key.isdigit() else found[key]
    return found


PLACES = [
    ("inputs/region_share/mode", "market.025", "value"),
    ("inputs/online_buyers/max", "market.022", "value"),
    ("target/target", "targets_actuals.082", "target"),
    ("target/drivers/0/current", "targets_actuals.083", "baseline"),
    ("target/drivers/0/planned", "targets_actuals.083", "target"),
    ("target/drivers/1/planned", "targets_actuals.084", "target"),
    ("growth/stated", "targets_actuals.092", "target"),
    ("growth/drivers/0/start", "targets_actuals.093", "actual"),
    ("growth/drivers/1/start", "targets_actuals.101", "baseline"),
    ("growth/drivers/1/end", "targets_actuals.101", "target"),
    ("adoption/values/0", "market.001", "value"),
    ("adoption/step", "market.002", "value"),
    ("competition/market", "market.020", "value"),
    ("competition/market_growth", "market.020", "growth"),
    ("competitors/0/sales", "competitors.001", "sales"),
    ("competitors/0/growth", "competitors.001", "growth"),
    ("competitors/1/sales", "competitors.002", "sales"),
    ("competitors/1/growth", "competitors.002", "growth"),
    ("competitors/2/growth", "competitors.003", "growth"),
    ("mix/0/groups/0/share", "personas.001", "share"),
    ("mix/0/groups/1/share", "personas.002", "share"),
    ("mix/0/groups/2/share", "personas.003", "share"),
    ("mix/0/groups/3/share", "personas.004", "share"),
    ("mix/1/groups/0/share", "market.025", "value"),
    ("mix/2/groups/0/share", "market.026", "value"),
    ("mix/3/groups/0/share", "market.022", "value"),
    ("mix/4/groups/0/share", "market.005", "value"),
]


@pytest.mark.parametrize(("path", "name", "column"), PLACES)
def test_declared_numbers_are_those_of_the_facts(path: str, name: str, column: str) -> None:
    fact = facts()[name]
    unit = fact.get(f"{column}_unit") or fact["unit"]
    assert place(shipped(), path) == pytest.approx(float(fact[column]) * multipliers()[unit])


def test_numbers_that_follow_from_facts() -> None:
    found, known = shipped(), facts()
    goal = float(known["targets_actuals.082"]["target"]) * 1e8
    grown = 1 + float(known["targets_actuals.081"]["target"]) / 100
    assert found["target"]["own"] == pytest.approx(goal / grown)
    users = float(known["targets_actuals.093"]["actual"])
    more = float(known["targets_actuals.099"]["target"])
    assert found["growth"]["drivers"][0]["end"] == 1e4 * (users + more)
    budget = float(known["budget_split.007"]["value"]) * 1e4
    assert found["decision"]["cost"] == pytest.approx(
        budget / (float(known["budget_split.008"]["value"]) / 100)
    )
    floor, gifts = (float(known[name]["value"]) for name in ("thresholds.026", "thresholds.027"))
    assert found["decision"]["margin"] == pytest.approx((floor - gifts) / 100)
    share = found["inputs"]["core_share"]
    people = [float(known[name]["share"]) for name in ("personas.001", "personas.002")]
    assert share["mode"] == pytest.approx(sum(people) / 100)
    period = found["inputs"]["period_retail"]
    assert period["p5"] < float(known["market.020"]["value"]) * 1e12 < period["p95"]


def test_what_is_in_no_plan_is_named_an_assumption() -> None:
    plan = read_plan(shipped(), "market_model.toml")
    assumed = {one.name for one in plan.model.inputs if one.assumed}
    assert assumed == {"fmcg_share", "own_share", "households", "online_spend", "reach", "wallet"}
    assert all(is_assumption(one.sources) for one in plan.tiers)
    assert [one.labels["en"] for one in plan.mix if is_assumption(one.population_sources)] == [
        "Region"
    ]
