"""A whole plan in one declaration: what is read, and how a fault is named."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.market import counted_mix, read_plan
from tests.market.declared import two_routes
from tests.market.shipped import shipped

REMOVE = object()


def changed(path: str, value: Any) -> dict[str, Any]:
    declared = shipped()
    found: Any = declared
    *way, last = path.split("/")
    for step in way:
        found = found[int(step)] if step.isdigit() else found[step]
    key: int | str = int(last) if last.isdigit() else last
    if value is REMOVE:
        del found[key]
    else:
        found[key] = value
    return declared


def test_the_shipped_plan_has_every_part() -> None:
    plan = read_plan(shipped(), "market_model.toml")
    assert plan.target is not None
    assert plan.target.growth_from == "retail_growth"
    assert [one.planned for one in plan.target.drivers] == [0.15, 0.30, 150.0]
    assert plan.growth is not None
    assert plan.adoption is not None
    assert not plan.adoption.fits
    assert plan.competition is not None
    assert [one.comparator for one in plan.competition.rivals] == [">", "=", "="]
    assert len(plan.tiers) == 3
    assert len(plan.mix) == 5
    assert plan.decision is not None


def test_parts_may_be_left_out() -> None:
    plan = read_plan(two_routes())
    assert (plan.target, plan.growth, plan.adoption, plan.competition, plan.decision) == (None,) * 5
    assert (plan.tiers, plan.mix) == ((), ())


def test_old_inputs_are_those_that_no_growth_carries() -> None:
    model = read_plan(shipped()).model
    assert [one.name for one in model.older()] == ["fmcg_share", "region_share", "core_share"]
    declared = changed("inputs/retail_growth/brings_forward", ["period_retail", "fmcg_share"])
    assert [one.name for one in read_plan(declared).model.older()] == ["region_share", "core_share"]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("adaption", {}, "adaption: found the key 'adaption'.*did you mean 'adoption'"),
        ("target/tagret", 5, "target.tagret: .*did you mean 'target'"),
        ("target/own", 0, "target.own: found 0, expected a number above 0"),
        ("target/own", REMOVE, "target.own: found nothing"),
        ("target/target", "1.5亿", "target.target: found '1.5亿', expected a number above 0"),
        ("target/market", "sam", "target.market: found 'sam'"),
        ("target/market", "households", "'households' in household, expected one in CNY"),
        ("target/market_growth", "retail_grwth", "did you mean 'retail_growth'"),
        ("target/market_growth", -1.5, "-1.5 at its 5% point, expected above -1"),
        ("target/market_growth", {"distribution": "prt"}, "did you mean 'pert'"),
        ("target/source", REMOVE, "target: found no source"),
        ("target/drivers/0/planned", 15, "target.drivers.1.planned: found 15, expected a share"),
        ("target/drivers/0/factor", 2, "planned and factor, expected one of them"),
        ("target/drivers/0/part", 1.5, "target.drivers.1.part: found 1.5"),
        ("target/drivers/0/label", REMOVE, "no label"),
        ("target/drivers/0", 5, "target.drivers.1: found 5, expected a table"),
        ("growth", 5, r"growth: found 5, expected a table: \[growth\]"),
        ("growth/label", 5, "growth: found 5, expected a name for readers"),
        ("growth/drivers", REMOVE, "growth.drivers: found none"),
        ("growth/drivers/0/start", "many", "growth.drivers.1.start: found 'many'"),
        ("growth/stated_source", REMOVE, "no stated_source"),
        ("growth/stated", -2, "growth.stated: found -2, expected a number above -1"),
        ("adoption/step", REMOVE, "1 observed year, expected at least 3 for a curve, or step"),
        ("adoption/curve", "logistc", "did you mean 'logistic'"),
        ("adoption/values", [35], "adoption.values: found 35 in 2024"),
        ("adoption/values", [0.3, 0.4], "adoption.values: .*expected a list of 1"),
        ("adoption/years", [2020, 2024], "consecutive years"),
        ("adoption/until", 2024, "a year after 2024"),
        ("adoption/until", REMOVE, "adoption.until: found nothing, expected whole number"),
        ("adoption/observed", "new", "'new' with too few years"),
        ("adoption/market", 1.2, "adoption.market: found 1.2, expected a number above 0 and at mo"),
        ("competition/market", 1e9, "less than the 3.4e\\+11 that the listed competitors sell"),
        ("competition/market", REMOVE, "a growth without a market"),
        ("competition/market_growth", 4.0, "less than the 2.7.*e\\+11 that the growth of the list"),
        ("competition/unit", REMOVE, "competition: found no unit"),
        ("competitors/2/growth", REMOVE, "competitors.3: found neither sales nor growth"),
        ("competitors/0/sales", -1, "competitors.1.sales: found -1, expected a number above 0"),
        ("competitors/0/comparator", "more", "competitors.1.comparator: found 'more'"),
        ("competitors/0/lo", 1e11, "one end of a range"),
        ("competitors/1/name", {"en": "Tmall", "zh": "京东"}, "'Tmall' twice"),
        ("competitors", [], r"competitors: found none"),
        ("tiers/0/population", -5, "tiers.1.population: found -5, expected at least 0"),
        ("tiers/0/potential", 1.2, "tiers.1.potential: found 1.2, expected a share between"),
        ("tiers/0/spend", REMOVE, "tiers.1.spend: found nothing"),
        ("tiers/0/unit", "user", "units CNY, user, expected one unit"),
        ("mix/0/groups/0/share", 0.62, "mix.1.groups: found shares that sum to 1.3"),
        ("mix/0/groups/0/share", -0.1, "mix.1.groups.1.share: found -0.1"),
        ("mix/0/groups/0/n", 5, "both share and n"),
        ("mix/0/groups/0/population", 0.3, "population for some groups"),
        ("mix/1/groups/0/population", 1.0, "population shares that sum to 1 beside"),
        ("mix/1/population_source", REMOVE, "no population_source"),
        ("mix/4/sample", 0, "mix.5.sample: found 0"),
        ("mix/0/groups", REMOVE, "mix.1.groups: found none"),
        ("decision/margin", 7, "decision.margin: found 7, expected a number above 0 and at most 1"),
        ("model", 5, "model.year"),
        ("inputs/wallet/brings_forward", ["fmcg_share"], "'fmcg_share', in no formula with it"),
        ("inputs/wallet/brings_forward", "reach", "names of inputs"),
        ("inputs/wallet/mode", "3%", "inputs.wallet: found mode = '3%'"),
        ("inputs/wallet/mode", REMOVE, "inputs.wallet: found no mode"),
        ("inputs/wallet/min", -0.2, "inputs.wallet: found a share from"),
        ("formulas/som_top/units", "x", "formulas.som_top.units: .*did you mean 'unit'"),
    ],
)
def test_a_faulty_part_names_its_key(path: str, value: Any, message: str) -> None:
    with pytest.raises(InputProblems, match=message) as caught:
        read_plan(changed(path, value), "plan.toml")
    assert str(caught.value).startswith("plan.toml: ")


def test_a_target_may_be_changed_only_where_there_is_one() -> None:
    plan = read_plan(shipped())
    assert plan.with_target() is plan
    other = plan.with_target(target=2e8).target
    assert other is not None
    assert (other.target, other.own) == (2e8, 1.25e8)
    with pytest.raises(InputError, match="target: found -1"):
        plan.with_target(target=-1.0)
    with pytest.raises(InputError, match=r"found no \[target\]"):
        read_plan(two_routes()).with_target(target=2e8)


def test_counts_of_buyers_replace_stated_shares() -> None:
    plan = read_plan(shipped())
    assert plan.with_mix(counted_mix(None, "")) is plan
    buyers = pd.DataFrame({"dimension": ["a", "a", "b"], "group": ["x", "y", "z"], "n": [1, 2, 3]})
    mix = plan.with_mix(counted_mix(buyers, "buyers.csv")).mix
    assert [len(one.groups) for one in mix] == [2, 1]
    assert mix[0].sources["zh"] == "buyers.csv"
