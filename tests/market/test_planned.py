"""A plan computed: what each part says of the shipped facts, and what must hold of any plan."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from analysis.base.errors import InputError
from analysis.market import SizedPlan, SizingPlan, read_plan, size_plan
from analysis.market.adoption import Logistic
from tests.market.declared import three_normal, two_routes
from tests.market.shipped import shipped


@cache
def made() -> SizedPlan:
    return size_plan(read_plan(shipped()), seed=1, draws=512)


def sized(declared: dict[str, Any], **options: Any) -> SizedPlan:
    return size_plan(read_plan(declared), seed=1, **{"draws": 128, **options})


def test_conversion_alone_would_be_enough() -> None:
    """User story 6: +20 % in a market of about +11 %; 8 to 15 % alone would give +87.5 %."""
    aim = made().aim
    assert aim is not None
    assert aim.check.growth == pytest.approx(0.2)
    first = aim.frame.iloc[0]
    assert first["alone"] == pytest.approx(0.875)
    assert first["needed"] == pytest.approx(0.096)
    assert aim.frame["enough"].all()
    assert aim.serves
    assert aim.needed is not None
    assert aim.needed[0] < 1.5e8 / made().size.row("top_down", "sam")["p50"] < aim.needed[2]


def test_a_driver_of_a_part_must_rise_more() -> None:
    declared = shipped()
    declared["target"]["drivers"][0]["part"] = 0.2
    aim = sized(declared).aim
    assert aim is not None
    row = aim.frame.iloc[0]
    assert row["alone"] == pytest.approx(0.2 * 0.875)
    assert row["needed"] == pytest.approx(0.08 * 2)
    assert not row["enough"]


def test_users_spend_and_gmv_do_not_fit() -> None:
    """User story 7: +24 % and +18 % imply +46 %, not +30 %; net users of about 4.9 million fit."""
    identity = made().identity
    assert identity is not None
    assert identity.implied == pytest.approx(1.24 * 142 / 120 - 1)
    assert not identity.agrees
    users = identity.frame.iloc[0]
    assert users["fits"] - users["start"] == pytest.approx(4.93e6, rel=1e-3)
    for i in range(2):
        rest = identity.frame["end"].iloc[1 - i]
        product = identity.frame["fits"].iloc[i] * rest
        assert product == pytest.approx(identity.bridge.start * 1.3)


def test_uncertain_drivers_may_hold_the_stated_growth() -> None:
    declared = shipped()
    declared["growth"]["drivers"][0]["end"] = {"distribution": "normal", "p5": 5e7, "p95": 6.2e7}
    identity = sized(declared).identity
    assert identity is not None
    assert identity.implied_lo < 0.3 < identity.implied_hi
    assert identity.agrees


def test_one_observed_year_is_a_scenario() -> None:
    path = made().path
    assert path is not None
    assert path.fit is None
    assert path.frame["scenario"].tolist() == pytest.approx([0.35 + 0.05 * i for i in range(7)])
    assert path.frame["lo"].isna().all()
    declared = shipped()
    declared["adoption"]["until"] = 2040
    capped = sized(declared).path
    assert capped is not None
    assert (capped.capped, float(capped.last["scenario"])) == (2038, 1.0)


def test_enough_years_are_fitted() -> None:
    curve, years = Logistic(0.4, 6.0), list(range(2015, 2023))
    declared = shipped()
    declared["adoption"] |= {
        "years": years, "values": [float(v) for v in curve.share(np.arange(1, 9))], "until": 2028,
    }  # fmt: skip
    path = sized(declared).path
    assert path is not None
    assert path.fit is not None
    assert path.last["level"] == pytest.approx(float(curve.share(14)), rel=1e-3)
    assert path.frame["scenario"].notna().sum() == 7


def test_shares_have_an_interval_only_where_a_sample_is_stated() -> None:
    mixes = made().mixes
    assert mixes is not None
    frame = mixes.frame
    assert frame.groupby("dimension")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert mixes.without == ("Segment", "Region", "Income", "Channel")
    asked = frame[frame["dimension"] == "Learns of products"].iloc[0]
    assert (asked["n"], asked["share"]) == (1860, pytest.approx(0.62))
    assert asked["lo"] == pytest.approx(0.6025, abs=1e-4)
    region = frame[frame["dimension"] == "Region"]
    assert region["index"].tolist() == pytest.approx([100 * 0.65 / 0.43, 100 * 0.35 / 0.57])


def test_what_rests_on_assumptions_lies_between_bounds() -> None:
    found = made().footing
    # Of both routes: six of thirteen, two of them top-down.
    assert (found.assumed, found.used) == (6, 13)
    assert 0.9 < found.variance_lo <= found.variance_hi <= 1
    assert found.older == ("fmcg_share", "region_share", "core_share")
    additive = three_normal((1.0, 2.0, 2.0), (1.0, 1.0, 1.0))
    additive["inputs"]["x1"]["source"] = "assumption"
    rests = sized(additive, draws=4096).footing
    assert rests.variance_lo == pytest.approx(4 / 9, abs=0.02)
    assert rests.variance_hi == pytest.approx(4 / 9, abs=0.02)


def test_first_order_indices_of_an_additive_model_sum_to_one() -> None:
    found = sized(three_normal((1.0, 3.0, 0.5), (2.0, 1.0, 1.0)), draws=4096).sensitivity
    assert found.frame["first"].sum() == pytest.approx(1.0, abs=0.01)


def test_parts_draw_their_own_chance() -> None:
    """Leaving a part out leaves the numbers of the others as they were."""
    whole, declared = made(), shipped()
    for name in ("tiers", "mix", "adoption", "competition", "competitors", "growth"):
        del declared[name]
    less = size_plan(read_plan(declared), seed=1, draws=512)
    assert less.size.frame.equals(whole.size.frame)
    assert less.sensitivity.frame.equals(whole.sensitivity.frame)
    assert (less.tiers, less.mixes, less.path, less.rivals, less.identity) == (None,) * 5
    again = size_plan(read_plan(shipped()), seed=1, draws=512)
    assert whole.tiers is not None
    assert again.tiers is not None
    assert again.tiers.frame.equals(whole.tiers.frame)


def test_scaling_every_price_scales_the_market() -> None:
    declared = two_routes()
    once = sized(declared).size.frame
    for key in ("p5", "p95"):
        declared["inputs"]["spend"][key] *= 7
    for key in ("mean", "sd"):
        declared["inputs"]["turnover"][key] *= 7
    twice = sized(declared).size.frame
    assert twice[["p10", "p50", "p90"]].to_numpy() == pytest.approx(
        7 * once[["p10", "p50", "p90"]].to_numpy()
    )


def test_the_decision_is_about_what_we_can_win() -> None:
    found = size_plan(read_plan(shipped()), seed=1, draws=128, outcome="tam_bottom")
    assert found.information is not None
    assert found.outcome == "tam_bottom"
    outcomes = {route: one.outcome for route, one in found.information.routes.items()}
    assert outcomes == {"top_down": "som_top", "bottom_up": "som_bottom"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"outcome": "som_tpo"}, "outcome: found 'som_tpo'.*did you mean 'som_top'"),
        ({"draws": 1000}, "draws: found 1000, expected a power of 2"),
        ({"draws": 32}, "draws: found 32"),
        ({"confidence": 1.0}, "confidence: found 1"),
        ({"lang": "fr"}, "lang='fr'"),
    ],
)
def test_options_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sized(shipped(), **options)


def test_a_fixed_model_has_nothing_to_rank() -> None:
    declared = two_routes()
    for one in declared["inputs"].values():
        for key in ("p5", "p95", "min", "mode", "max", "mean", "sd", "value"):
            one.pop(key, None)
        one |= {"distribution": "fixed", "value": 0.5, "source": "assumption"}
    found = sized(declared)
    assert math.isnan(found.footing.variance_lo)
    assert found.footing.assumed == 6
    assert found.footing.weak


def test_plans_are_frozen() -> None:
    plan = read_plan(shipped())
    with pytest.raises(AttributeError):
        plan.mix = ()  # type: ignore[misc]
    assert isinstance(plan, SizingPlan)
