"""Answers that were once wrong: each test fails on the mistake that it is about."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import market
from analysis.base.errors import InputError, InputProblems
from analysis.market import SizedPlan, captions, fit_adoption, headline, read_plan, reconcile
from analysis.market.planned.identity import rounding
from tests.market.declared import two_routes
from tests.market.shipped import shipped


def put(unit: str, kind: str, source: str = "assumption", **numbers: float) -> dict[str, Any]:
    return {"unit": unit, "distribution": kind, "source": source, "base_year": 2025, "grade": "D",
            **numbers}  # fmt: skip


def plan(
    inputs: dict[str, Any], formulas: dict[str, str], routes: dict[str, str], **parts: Any
) -> dict[str, Any]:
    return {
        "model": {"year": 2025}, "inputs": inputs,
        "formulas": {name: {"is": text, "unit": "USD"} for name, text in formulas.items()},
        "routes": {route: {"som": name} for route, name in routes.items()}, **parts,
    }  # fmt: skip


def sized(declared: dict[str, Any], draws: int = 512, **options: Any) -> SizedPlan:
    return market.size_plan(read_plan(declared, "x.toml"), seed=1, draws=draws, **options)


BOTH = {"top_down": "t", "bottom_up": "u"}
WIDE = put("USD", "lognormal", p5=30e6, p95=333.3e6)
PARTS: dict[str, Any] = {
    "target": {"own": 2e6, "target": 3e6, "unit": "USD", "market_growth": 0.1, "source": "x"},
    "decision": {"cost": 1000, "margin": 0.3, "source": "x"},
}


def one_route(**parts: Any) -> dict[str, Any]:
    inputs = {"a": put("USD", "lognormal", p5=60e6, p95=140e6),
              "s": put("share", "pert", min=0.01, mode=0.02, max=0.05)}  # fmt: skip
    return plan(inputs, {"t": "a * s"}, {"top_down": "t"}, **parts)


def test_the_order_of_the_routes_in_the_file_changes_nothing() -> None:
    declared = shipped()
    there = headline(sized(declared, 128))
    declared["routes"] = dict(reversed(declared["routes"].items()))
    assert headline(sized(declared, 128)) == there
    assert "Top-down says enter, Bottom-up says do not enter" in there.sentence


def test_opposite_decisions_are_watched() -> None:
    inputs = {"a": put("USD", "lognormal", "panel", p5=1.5e6, p95=2.6e6),
              "b": put("USD", "lognormal", "panel", p5=1.4e6, p95=2.4e6)}  # fmt: skip
    decision = {"cost": 1.95e6, "margin": 1.0, "source": "x"}
    found = sized(plan(inputs, {"t": "a * 1", "u": "b * 1"}, BOTH, decision=decision))
    assert found.information is not None
    assert found.information.undecided
    assert not found.size.agreement["som"].apart
    assert headline(found).status == "watch"
    decision["cost"] = 1e5
    assert headline(sized(plan(inputs, {"t": "a * 1", "u": "b * 1"}, BOTH,
                               decision=decision))).status == "good"  # fmt: skip


def test_a_shared_wide_input_does_not_hide_a_contradiction() -> None:
    inputs = {"hh": WIDE, "x": put("share", "pert", min=0.19, mode=0.2, max=0.21),
              "y": put("share", "pert", min=0.37, mode=0.4, max=0.43)}  # fmt: skip
    found = sized(plan(inputs, {"t": "hh * x", "u": "hh * y"}, BOTH))
    one = found.size.agreement["som"]
    assert one.overlap > 0.5
    assert one.apart
    assert "The two routes differ (bottom-up 2.00 times top-down" in headline(found).sentence
    assert list(market.agreement_rows(found)["verdict"]) == ["differ"]


def test_a_narrow_route_within_a_wide_one_agrees() -> None:
    inputs = {"a": put("USD", "lognormal", p5=99e6, p95=101.01e6), "b": WIDE}
    found = sized(plan(inputs, {"t": "a * 1", "u": "b * 1"}, BOTH))
    assert found.size.agreement["som"].overlap < 0.1
    assert "The two routes agree within their ranges" in headline(found).remarks


def test_a_pool_lies_between_and_one_route_twice_is_itself() -> None:
    rng = np.random.default_rng(0)
    skew = np.maximum(rng.normal(10, 30, 4000), 0)
    other = rng.lognormal(2.3, 0.4, 4000)
    for one in (skew, np.exp(rng.normal(2, 1.5, 4000)), -other):
        found = reconcile(one, other)
        low, high = sorted((float(np.median(one)), float(np.median(other))))
        assert low - 1e-9 <= found.p50 <= high + 1e-9
        assert found.p10 <= found.p50 <= found.p90
    same = reconcile(skew, skew)
    wanted = np.quantile(skew, (0.1, 0.5, 0.9))
    assert (same.p10, same.p50, same.p90) == pytest.approx(tuple(wanted), abs=1e-9)
    assert not same.apart


def test_one_draw_below_zero_does_not_change_the_scale() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.lognormal(0, 0.5, 4000), rng.lognormal(0.2, 0.7, 4000)
    plain = reconcile(one, other)
    one[0] = -1e-6
    moved = reconcile(one, other)
    assert moved.scale == "log"
    assert moved.p50 == pytest.approx(plain.p50, rel=0.01)


def test_assumptions_alone_carry_all_of_the_variance() -> None:
    inputs = {"a": put("USD", "lognormal", p5=1e6, p95=1e9),
              "b": put("ratio", "lognormal", p5=0.1, p95=10)}  # fmt: skip
    found = sized(plan(inputs, {"t": "a * b"}, {"top_down": "t"}))
    assert (found.footing.variance_lo, found.footing.variance_hi) == (1, 1)
    assert "rests on assumptions: 100%." in headline(found).remarks
    assert headline(found).status == "watch"
    inputs["b"]["source"] = "measured"
    found = sized(plan(inputs, {"t": "a + 0 * a * b"}, {"top_down": "t"}))
    assert found.footing.variance_hi == 1


def test_worthless_research_is_not_recommended() -> None:
    found = sized(one_route(decision=PARTS["decision"]))
    assert found.information is not None
    assert found.information.worth is None
    assert "No single input is worth researching before the decision." in headline(found).remarks
    assert "Research" not in headline(found).remarks
    info = found.information.routes["top_down"]
    noisy = pd.DataFrame({"name": ["s"], "value": [13.5], "value_error": [30.4]})
    object.__setattr__(info, "frame", noisy)
    assert info.worth is None


def adoption(**changes: Any) -> dict[str, Any]:
    said = {"unit": "share", "curve": "logistic", "observed": "level", "until": 2030, "market": 1.0,
            "years": [2020, 2021, 2022, 2023, 2024], "values": [0.2, 0.25, 0.3, 0.36, 0.42],
            "source": "x", **changes}  # fmt: skip
    return one_route(adoption={key: value for key, value in said.items() if value is not None})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": [0.6, 0.5, 0.42, 0.35, 0.3]}, "levels that fall from 0.6 to 0.3"),
        ({"unit": "user", "market": 200, "values": [100, 150, 200, 250, 300]},
         "200, less than the 300 observed"),
        ({"values": [0.0] * 5}, "adoption.values: found only 0"),
    ],
)  # fmt: skip
def test_years_that_no_curve_describes(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputProblems, match=message):
        read_plan(adoption(**changes), "x.toml")


def test_levels_that_fall_are_not_fitted() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="an adoption curve cannot fall"):
        fit_adoption([0.6, 0.5, 0.4], rng=rng, curve="logistic", observed="level", market=1.0)
    with pytest.raises(InputError, match="market: found 2, expected at least the 3"):
        fit_adoption([1, 2, 3], rng=rng, curve="logistic", observed="level", market=2.0)


def test_a_share_never_exceeds_the_whole() -> None:
    found = sized(adoption(market=None, values=[0.1, 0.16, 0.24, 0.36, 0.5])).path
    assert found is not None
    assert found.frame[["level", "hi"]].max().max() <= 1 + 1e-9
    assert found.fit is not None
    assert found.fit.row("m")["hi"] <= 1


def test_new_adopters_are_compared_with_the_curve_so_far() -> None:
    declared = adoption(unit="user", observed="new", curve="bass", market=None,
                        values=[10.0, 14.0, 19.0, 25.0, 30.0])  # fmt: skip
    found = sized(declared).path
    assert found is not None
    seen = found.frame["observed"].dropna()
    assert list(seen) == [10, 24, 43, 68, 98]
    assert found.frame["level"].iloc[4] == pytest.approx(98, rel=0.1)


def test_a_model_below_our_own_sales_is_said_to_contradict_them() -> None:
    found = sized(one_route(target=PARTS["target"] | {"own": 8e6, "target": 9e6}))
    assert "The model contradicts our own sales" in headline(found).sentence
    assert headline(found).status == "bad"
    target = PARTS["target"] | {"own": 1e6, "target": 2e8, "market": "a"}
    found = sized(one_route(target=target))
    assert "more than the whole market" in headline(found).sentence


def driven(**driver: Any) -> SizedPlan:
    drivers = [{"label": "Conversion", "unit": "share", "current": 0.2, "source": "x", **driver}]
    return sized(one_route(target=PARTS["target"] | {"target": 16e6, "drivers": drivers}))


def test_a_driver_cannot_leave_its_range() -> None:
    found = driven(planned=0.3)
    assert found.aim is not None
    assert math.isnan(found.aim.frame["needed"].iloc[0])
    assert list(market.aim_rows(found)["verdict"]) == ["cannot alone"]
    assert "No possible value of these alone reaches it: Conversion." in found.aim.summary()
    assert captions(found).aim_rows["title"] == "No driver alone reaches the target as planned"
    bare = driven()
    assert captions(bare).aim_rows["title"] == "What each driver must reach if it alone moves"


def test_an_unchanged_share_may_stay() -> None:
    target = PARTS["target"] | {"target": 2e6, "market_growth": 0.0}
    assert "our share may stay as it is" in captions(sized(one_route(target=target))).aim["title"]


def growing(stated: float, *ends: Any, unit: str = "share") -> dict[str, Any]:
    drivers = [
        {"label": f"d{i}", "start": start, "end": end, "unit": unit, "source": "x"}
        for i, (start, end) in enumerate(ends)
    ]
    return one_route(growth={"unit": "USD", "stated": stated, "stated_source": "x",
                             "drivers": [*drivers, {"label": "price", "start": 10, "end": 10,
                                                    "source": "x"}]})  # fmt: skip


def test_growth_is_one_number_everywhere() -> None:
    wide = {"distribution": "lognormal", "p5": 50.0, "p95": 500.0}
    found = sized(growing(0.3, (100, wide), unit="")).identity
    assert found is not None
    assert found.frame["growth"].iloc[-1] == pytest.approx(found.implied)
    assert found.agrees
    assert "is within that range" in found.summary()


def test_the_tolerance_is_that_of_the_digits() -> None:
    assert (rounding(0.3), rounding(0.005), rounding(0.467)) == (0.005, 0.0005, 0.0005)
    found = sized(growing(0.005, (100, 99.6), unit="")).identity
    assert found is not None
    assert not found.agrees
    retained = sized(growing(0.3, (0.8, 0.9))).identity
    assert retained is not None
    assert math.isnan(retained.frame["fits"].iloc[0])
    assert "d0 alone cannot make it fit." in retained.summary()


RIVALS: dict[str, Any] = {
    "competition": {"unit": "USD", "market": 1e9, "source": "x"},
    "competitors": [
        {"name": "Alpha", "sales": 1.2e8, "lo": 0.9e8, "hi": 1.8e8, "growth": 0.1, "source": "x"},
        {"name": "Beta", "sales": 1.0e8, "lo": 0.8e8, "hi": 1.3e8, "growth": 0.05, "source": "x"},
        {"name": "Secret", "growth": 0.85, "source": "x"},
    ],
}


def test_who_leads_is_said_of_those_known() -> None:
    found = sized(one_route(**RIVALS))
    assert found.rivals is not None
    assert 0.7 < found.rivals.lead < 0.9
    title = captions(found).rivals["title"]
    assert "the largest of those known with chance 8" in title
    assert "leads" not in title
    assert "Of those whose sales are known, Alpha" in found.rivals.summary()


def test_who_stands_out_is_judged_by_intervals() -> None:
    groups = [{"group": "Rare hobby", "share": 0.02, "population": 0.01},
              {"group": "Urban", "share": 0.60, "population": 0.40}]  # fmt: skip
    mix = [{"dimension": "D", "source": "x", "population_source": "c", "sample": 100,
            "groups": groups}]  # fmt: skip
    found = sized(one_route(mix=mix))
    assert found.mixes is not None
    assert found.mixes.apart is not None
    assert found.mixes.apart["group"] == "Urban"
    assert captions(found).mix["title"].startswith("Urban")
    groups[1]["population"] = 0.58
    none = sized(one_route(mix=mix)).mixes
    assert none is not None
    assert "No group differs" in none.summary()


def test_the_largest_tier_is_the_likeliest() -> None:
    wide = {"label": "L", "unit": "USD", "source": "x", "population": 1e6, "penetration": 0.2,
            "potential": 0.3, "our_share": 0.1,
            "spend": {"distribution": "lognormal", "p5": 1.0, "p95": 200.0}}  # fmt: skip
    small = wide | {"label": "S", "spend": 25}
    found = sized(one_route(tiers=[wide, small]))
    assert found.tiers is not None
    assert found.tiers.frame["share"].iloc[0] > 0.5
    assert "S is the likeliest largest" in found.tiers.summary()
    assert captions(found).tiers["title"].startswith("S: ")


def test_a_market_below_zero_is_a_fault_of_the_model() -> None:
    inputs = {"rev": put("USD", "normal", p5=80e6, p95=120e6),
              "cost": put("USD", "normal", p5=80e6, p95=120e6)}  # fmt: skip
    found = sized(plan(inputs, {"t": "rev - cost"}, {"bottom_up": "t"}))
    assert headline(found).status == "bad"
    assert "is below 0 in 50% of draws: mend the model." in headline(found).sentence
    assert found.size.error < 0.05
    assert "log scale" not in captions(found).size["subtitle"]
    assert "log scale" in captions(sized(shipped(), 128)).size["subtitle"]


def test_indices_stay_shares_and_may_be_undetermined() -> None:
    inputs = {name: put("USD" if name == "a" else "ratio", "lognormal", p5=1e-3, p95=1e3)
              for name in "abc"}  # fmt: skip
    found = sized(plan(inputs, {"t": "a * b * c"}, {"top_down": "t"})).sensitivity
    assert found.frame[["first", "total", "total_hi"]].to_numpy().max() <= 1
    assert not found.determined
    assert "not determined" in found.summary()


def test_an_input_with_its_best_value_in_the_middle_has_a_swing() -> None:
    inputs = {"x": put("share", "pert", min=0.1, mode=0.5, max=0.9),
              "p": put("USD", "lognormal", p5=1e8, p95=1.02e8)}  # fmt: skip
    found = sized(plan(inputs, {"t": "p * x * (1 - x)"}, {"top_down": "t"}))
    bars = found.sensitivity.frame.set_index("name")
    assert bars["swing"].idxmax() == "x"
    assert "the outcome turns in between: x." in found.sensitivity.summary()
    assert "“x” alone moves" in captions(found).tornado["title"]


def test_growth_carries_an_input_by_one_year_only() -> None:
    declared = two_routes()
    declared["inputs"]["served"]["brings_forward"] = ["homes"]
    assert "homes" not in [one.name for one in read_plan(declared).model.older()]
    declared["inputs"]["homes"]["base_year"] = 2015
    assert "homes" in [one.name for one in read_plan(declared).model.older()]
    declared["inputs"]["homes"]["base_year"] = 20255
    with pytest.raises(InputProblems, match=r"inputs\.homes: found base_year 20255"):
        read_plan(declared)


def with_input(**changes: Any) -> dict[str, Any]:
    declared = one_route()
    declared["inputs"]["a"] |= changes
    return declared


TIER = {"label": "T", "unit": "USD", "source": "x", "population": 1e6, "penetration": 0.3,
        "potential": 0.6, "spend": 10, "our_share": 0.1}  # fmt: skip


def mixed(*groups: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"dimension": "D", "source": "x", "groups": [*groups], **more}


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (one_route(correlations=[{"between": [["a"], "s"], "rank": 0.3}]), "correlations.1: found"),
        (one_route(target=PARTS["target"] | {"market": ["a"]}), "target.market: found"),
        (with_input(distribution=["lognormal"]), "inputs.a: found distribution"),
        (with_input(grade=["A"]), "inputs.a: found grade"),
        (growing(0.1, (1, 2), (1, 2)) | {"growth": {
            "unit": "USD", "drivers": [{"label": "d", "start": 1, "end": 2, "source": "x"}] * 2}},
         "growth.drivers: found 'd' twice"),
        (one_route(tiers=[TIER, TIER]), "tiers: found 'T' twice"),
        (growing(0.1, (0, 2), unit=""), "growth.drivers.1.start: found 0, expected above 0"),
        (growing(0.1, (-1, 2), unit=""), "growth.drivers.1.start: found -1"),
        (one_route(growth={"unit": "USD", "drivers": []}), "growth.drivers: found none"),
        (one_route(growth={"unit": "USD", "drivers": [
            {"label": one, "start": 1, "end": 2, "unit": "seat", "source": "x"} for one in "ab"]}),
         "growth.drivers: found units whose product is seat.2, expected USD"),
        (one_route(tiers=[TIER | {"penetration": 0.7}]), "tiers: found nothing open in any"),
        (one_route(mix=[mixed({"group": "A", "n": 1.5})]), "mix.1.groups.1.n: found 1.5"),
        (one_route(mix=[mixed({"group": "A", "n": 0})]), "mix.1.groups: found no observations"),
        (one_route(mix=[mixed({"group": "A", "n": 4}, {"group": "A", "n": 5})]), "'A' twice"),
        (one_route(mix=[mixed({"group": "A", "share": 0.4}, {"group": "A", "share": 0.5})]),
         "'A' twice"),
        (one_route(mix=[mixed({"group": "A", "share": 0.4})] * 2), "mix: found 'D' twice"),
        (one_route(mix=[mixed({"group": "A", "n": 4}, sample=100)]), "sample beside counts"),
        (one_route(target=PARTS["target"] | {"market_growth": 10}), "market_growth: found 10"),
        (one_route(target=PARTS["target"] | {"unit": "EUR"}), "target.unit: found 'EUR'"),
        (one_route(competitors=[{"name": "A", "sales": 0, "source": "x"}],
                   competition={"unit": "USD"}), "competitors.1.sales: found 0"),
        (one_route(competitors=[{"name": "A", "sales": 3, "growth": 26, "source": "x"}],
                   competition={"unit": "USD"}), "competitors.1.growth: found 26"),
        (one_route(competitors=[{"name": "A", "lo": 3, "hi": 4, "growth": 0.1, "source": "x"}],
                   competition={"unit": "USD"}), "a range without sales"),
        (one_route() | {"model": [1]}, r"model: found \[1\], expected a table"),
        (with_input(unit="%"), "inputs.a: found unit '%', expected names such as"),
    ],
)  # fmt: skip
def test_a_faulty_part_is_told_with_file_and_place(declared: dict[str, Any], message: str) -> None:
    with pytest.raises(InputProblems, match=message) as caught:
        read_plan(declared, "x.toml")
    assert str(caught.value).startswith("x.toml: ")


def test_a_market_may_shrink() -> None:
    falling = put("ratio", "pert", min=-0.1, mode=-0.05, max=0.02)
    declared = one_route(target=PARTS["target"] | {"market_growth": "g"})
    declared["inputs"]["g"] = falling
    declared["formulas"]["t"]["is"] = "a * s * (1 + g)"
    found = sized(declared)
    assert found.aim is not None
    assert found.aim.check.market_growth < 0
    falling["unit"] = "share"
    with pytest.raises(InputProblems, match='unit = "ratio" for a growth rate'):
        read_plan(declared)


def test_a_target_in_the_same_unit_written_otherwise_keeps_its_chance() -> None:
    found = sized(one_route(target=PARTS["target"] | {"unit": "USD*1"}))
    assert found.aim is not None
    assert [*found.aim.chances] == ["top_down"]


def test_a_market_of_nothing_is_refused() -> None:
    declared = one_route()
    declared["formulas"]["t"]["is"] = "a * 0 * s"
    with pytest.raises(InputError, match="'t' is 0 or less in all draws"):
        sized(declared)


def test_a_missing_population_is_named() -> None:
    buyers = pd.DataFrame({"dimension": ["R"] * 3, "group": ["N", "S", "W"], "n": [40, 30, 30],
                           "population": [0.4, math.nan, 0.3]})  # fmt: skip
    with pytest.raises(InputProblems, match=r"(?s)x\.csv.*row 3, column 'population'"):
        market.counted_mix(buyers, "x.csv")


def test_breaking_even_is_no_reason_to_stay_out() -> None:
    declared = plan({"rev": put("USD", "fixed", value=5e6)}, {"t": "rev * 1"}, {"bottom_up": "t"},
                    decision={"cost": 5e6, "margin": 1, "source": "x"})  # fmt: skip
    assert "Entering breaks even." in headline(sized(declared, 64)).sentence


def test_drivers_against_each_other_have_no_parts() -> None:
    rows = market.identity_rows(sized(growing(0.01, (100, 120), (1.0, 0.85), unit="")))
    assert rows["of_change"].isna().all()
    assert rows["effect"].notna().all()
