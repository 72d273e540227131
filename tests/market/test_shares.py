from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.base.errors import InputError, InputProblems
from analysis.market import (
    Distribution,
    Fixed,
    Normal,
    check_target,
    competitor_shares,
    concentration,
    lognormal,
    mix,
    normal,
    opportunity,
    pert,
)


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _table(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


@given(st.lists(st.floats(0.01, 1e9), min_size=1, max_size=12))
def test_listed_shares_sum_to_one(sales: list[float]) -> None:
    frame = _table(name=[f"c{i}" for i in range(len(sales))], sales=sales)
    found = competitor_shares(frame, rng=_rng())
    assert found.frame["share"].sum() == pytest.approx(1)
    assert 1e4 / len(sales) - 1e-6 <= found.hhi <= 1e4 + 1e-6
    assert found.reason


def test_the_plans_competitors() -> None:
    # competitors.csv: Tmall 2000 (+26 %), JD 1400 (+24 %), Pinduoduo without sales (+85 %).
    frame = _table(
        name=["Tmall", "JD", "PDD"], sales=[2000, 1400, math.nan], growth=[0.26, 0.24, 0.85]
    )
    found = competitor_shares(frame, rng=_rng(), unit="CNY_100m")
    assert found.frame["last_year"].iloc[:2].to_numpy() == pytest.approx([1587.301587, 1129.032258])
    assert found.frame["share"].iloc[:2].to_numpy() == pytest.approx([20 / 34, 14 / 34])
    assert found.frame["last_share"].iloc[:2].sum() == pytest.approx(1)
    assert found.frame["share_change"].iloc[:2].sum() == pytest.approx(0, abs=1e-15)
    assert found.without == ("PDD",)
    assert found.hhi == pytest.approx(1e4 * (20**2 + 14**2) / 34**2)


def test_what_is_not_listed_bounds_the_index() -> None:
    frame = _table(name=["a", "b"], sales=[30.0, 20.0], growth=[0.5, math.nan])
    found = competitor_shares(frame, rng=_rng(), market=100.0, market_growth=0.25)
    assert (found.hhi, found.hhi_lo, found.hhi_hi) == pytest.approx((1300, 1300, 3800))
    assert found.band == "moderate"
    assert found.unlisted == pytest.approx(0.5)
    assert found.frame["last_share"].iloc[0] == pytest.approx(20 / 80)
    assert found.frame["share_change"].iloc[0] == pytest.approx(0.05)


def test_ranges_of_sales_give_intervals() -> None:
    frame = _table(name=["a", "b"], sales=[40.0, 20.0], lo=[30.0, math.nan], hi=[50.0, math.nan])
    found = competitor_shares(frame, rng=_rng(), market=100.0)
    assert list(found.frame.loc[0, ["share_lo", "share_hi"]]) == pytest.approx([0.3, 0.5], 1e-2)
    assert found.frame.loc[1, ["share_lo", "share_hi"]].isna().all()
    listed = competitor_shares(frame, rng=_rng())
    assert listed.frame["share_lo"].notna().all()
    assert listed.hhi_lo < listed.hhi < listed.hhi_hi
    one = competitor_shares(frame.head(1), rng=_rng())
    assert list(one.frame.loc[0, ["share", "share_lo", "share_hi"]]) == [1, 1, 1]


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"name": ["a"]}, {}, "no column 'sales'"),
        ({"name": ["a"], "sales": [math.nan]}, {}, "found no sales"),
        ({"name": ["a"], "sales": [0.0]}, {}, "market: found 0"),
        ({"name": ["a"], "sales": [5.0]}, {"market": 4.0}, "less than the 5"),
        ({"name": ["a"], "sales": [-5.0]}, {}, "row 2, column 'sales': found -5"),
        ({"name": ["a"], "sales": [5.0], "growth": [-1.0]}, {}, "column 'growth'"),
        ({"name": ["a", "a"], "sales": [5.0, 1.0]}, {}, "'a' twice"),
        ({"name": ["a"], "sales": [5.0], "lo": [6.0], "hi": [7.0]}, {}, "sales in 6 to 7"),
        ({"name": ["a"], "sales": [5.0], "lo": [6.0], "hi": [4.0]}, {}, "0 < lo < hi"),
        ({"name": ["a"], "sales": [5.0], "lo": [4.0]}, {}, "both lo and hi"),
        ({"name": ["a"], "sales": [5.0]}, {"market_growth": 0.1}, "the market that grew"),
        ({"name": ["a"], "sales": [5.0], "growth": [0.0]}, {"market": 5.0, "market_growth": 0.5},
         "less than the 5 that the growth"),
    ],
)  # fmt: skip
def test_faulty_competitors(columns: Any, options: Any, message: str) -> None:
    with pytest.raises((InputError, InputProblems), match=message):
        competitor_shares(pd.DataFrame(columns), rng=_rng(), **options)


def test_concentration_is_that_of_textbooks() -> None:
    # Four firms of 30, 30, 20, 20 %: 2600 (US Merger Guidelines, footnote to guideline 1).
    assert float(concentration(np.array([0.3, 0.3, 0.2, 0.2]))) == pytest.approx(2600)


def test_the_plans_target() -> None:
    # +20 % to 150 m CNY in a market growing 10 to 12 % (user story 6).
    found = check_target(
        1.5e8, 1.25e8, normal(0.10, 0.12), market=1.25e10, drivers={"conversion": 0.08}
    )
    assert found.growth == pytest.approx(0.2)
    assert found.factor == pytest.approx(1.2 / 1.11)
    assert (found.factor_lo, found.factor_hi) == pytest.approx((1.2 / 1.12, 1.2 / 1.10))
    assert found.share_needed == pytest.approx(0.01 * 1.2 / 1.11)
    assert found.drivers["needed"].iloc[0] == pytest.approx(0.096)
    assert found.reason == ""


@given(st.floats(-6, 6))
def test_the_chance_of_growing_enough(score: float) -> None:
    growth = 0.1 + 0.02 * score
    found = check_target(1 + growth, 1.0, Normal(0.1, 0.02))
    assert found.with_market == pytest.approx(stats.norm.sf(score), rel=1e-6)


def test_growth_given_as_one_number_has_no_interval() -> None:
    found = check_target(120, 100, 0.11)
    assert found.reason
    assert found.with_market == 0
    assert check_target(110, 100, Fixed(0.11)).with_market == 1
    assert math.isnan(found.share)
    for arguments in ((0, 1, 0.1), (1, math.nan, 0.1), (1, 1, -1.0)):
        with pytest.raises(InputError, match="found"):
            check_target(*arguments)
    with pytest.raises(InputError, match="at least our own 100"):
        check_target(120, 100, 0.1, market=50)


def test_a_mix_with_its_index() -> None:
    frame = _table(group=["young", "old", "none"], n=[60, 40, 0], population=[30, 44, 26])
    found = mix(frame).frame.set_index("group")
    assert found["share"].sum() == pytest.approx(1)
    # Wilson interval of 60 of 100 (Newcombe 1998, method 3).
    assert list(found.loc["young", ["lo", "hi"]]) == pytest.approx([0.502, 0.691], abs=5e-4)
    assert found.loc["young", "index"] == pytest.approx(200)
    assert list(found["standing"]) == ["over", "like", "under"]
    assert list(found.loc["none", ["lo", "index"]]) == [0, 0]
    assert (mix(frame[["group", "n"]]).frame["standing"] == "").all()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"group": ["a"]}, "no column 'n'"),
        ({"group": ["a"], "n": [0]}, "no observations"),
        ({"group": ["a"], "n": [1.5]}, "row 2, column 'n': found 1.5"),
        ({"group": ["a", "a"], "n": [1, 2]}, "'a' twice"),
        ({"group": ["a"], "n": [1], "population": [0]}, "a population above 0"),
    ],
)
def test_faulty_mixes(columns: Any, message: str) -> None:
    with pytest.raises((InputError, InputProblems), match=message):
        mix(pd.DataFrame(columns))


def _tier(size: float, penetration: float = 0.2) -> dict[str, Distribution]:
    return {
        "population": lognormal(0.8 * size, 1.2 * size),
        "penetration": Fixed(penetration),
        "potential": pert(0.3, 0.4, 0.6),
        "spend": lognormal(80, 120),
        "our_share": pert(0.01, 0.02, 0.05),
    }


def test_opportunity_by_tier() -> None:
    found = opportunity(
        {"county": _tier(300), "city": _tier(100), "full": _tier(100, 0.7)}, rng=_rng()
    )
    assert found.frame["share"].sum() == pytest.approx(1)
    assert found.frame["largest"].sum() == pytest.approx(1)
    assert found.frame["share"].tolist() == pytest.approx([0.75, 0.25, 0], abs=0.01)
    assert found.frame["mean"].sum() == pytest.approx(found.total["mean"])
    gap, people, spend = 2.5 / 6 - 0.2, lognormal(240, 360).mean, lognormal(80, 120).mean
    assert found.frame["mean"].iloc[0] == pytest.approx(gap * people * spend, rel=1e-3)
    assert found.ours["mean"] < 0.05 * found.total["mean"]


def test_faulty_tiers() -> None:
    with pytest.raises(InputError, match="found none"):
        opportunity({}, rng=_rng())
    with pytest.raises(InputError, match="nothing open"):
        opportunity({"a": _tier(9, 0.9)}, rng=_rng())
    missing = _tier(9)
    del missing["spend"]
    with pytest.raises(InputProblems, match="'a': found no spend"):
        opportunity({"a": missing}, rng=_rng())
    with pytest.raises(InputProblems, match="shares between 0 and 1"):
        opportunity({"a": {**_tier(9), "potential": lognormal(0.5, 1.5)}}, rng=_rng())
    with pytest.raises(InputProblems, match="did you mean 'spend'"):
        opportunity({"a": {**_tier(9), "spending": Fixed(1.0)}}, rng=_rng())
