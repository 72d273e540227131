"""From pre-sale to season: by hand, calibrated, and never below what is already sold."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.base.errors import InputError, InputProblems
from analysis.forecasting.planning import presale_by_day, presale_forecast

PAST = pd.DataFrame(
    {"season": [2021, 2022, 2023], "presale": [20.0, 30.0, 25.0], "total": [80.0, 90.0, 100.0]}
)


def test_the_season_is_worked_by_hand() -> None:
    made = presale_forecast(PAST, 40.0)
    logs = np.log([3.0, 2.0, 3.0])
    assert made.value == pytest.approx(40 * (1 + math.exp(logs.mean())))
    half = stats.t.ppf(0.9, 2) * logs.std(ddof=1) * math.sqrt(4 / 3)
    assert made.interval == pytest.approx(
        tuple(40 * (1 + math.exp(logs.mean() + side * half)) for side in (-1, 1))
    )
    assert made.chance(made.value) == pytest.approx(0.5)
    assert made.chance(40.0) == 1.0
    last = made.table().iloc[-1]
    assert last["remaining"] == pytest.approx(made.value - 40)
    assert last["share"] == pytest.approx(40 / made.value)


def test_one_season_has_no_interval() -> None:
    made = presale_forecast(PAST.iloc[:1], 40.0)
    assert made.value == pytest.approx(160)
    assert all(math.isnan(bound) for bound in made.interval)
    assert math.isnan(made.chance(100))
    assert "one past season says nothing of how seasons differ" in made.summary()


@given(scale=st.floats(1e-3, 1e6), orders=st.floats(0.1, 1e5))
@settings(max_examples=50)
def test_units_do_not_matter_and_what_is_sold_is_sold(scale: float, orders: float) -> None:
    one = presale_forecast(PAST, orders)
    scaled = PAST.assign(presale=PAST["presale"] * scale, total=PAST["total"] * scale)
    other = presale_forecast(scaled, orders * scale)
    assert other.value == pytest.approx(one.value * scale, rel=1e-9)
    assert other.interval == pytest.approx(tuple(b * scale for b in one.interval), rel=1e-9)
    assert orders < one.interval[0] < one.value < one.interval[1]


def test_a_running_presale_is_held_against_the_same_day() -> None:
    days = np.arange(1, 11)
    daily = pd.concat(
        [
            pd.DataFrame({"season": "a", "day": days, "orders": 2.0}),
            pd.DataFrame({"season": "b", "day": days[days != 3], "orders": 3.0}),
            pd.DataFrame({"season": "c", "day": days[:4], "orders": 4.0}),
        ]
    )
    totals = pd.DataFrame({"season": ["a", "b"], "total": [80.0, 90.0]})
    made = presale_by_day(daily, totals, "c")
    assert made.day == 4
    assert made.past["presale"].tolist() == [8.0, 9.0]
    assert made.value == pytest.approx(16 * (1 + math.sqrt(72 / 8 * 81 / 9)))
    with pytest.raises(InputError, match="found no row of 'd'"):
        presale_by_day(daily, totals, "d")
    longer = pd.concat([daily, pd.DataFrame({"season": ["c"], "day": [12], "orders": [1.0]})])
    with pytest.raises(InputError, match="found a pre-sale of 10 days"):
        presale_by_day(longer, totals, "c")
    with pytest.raises(InputProblems, match="a day of 1 or later"):
        presale_by_day(daily.assign(day=0), totals, "c")
    with pytest.raises(InputProblems, match="no such column"):
        presale_by_day(daily, totals.rename(columns={"total": "sum"}), "c")


def test_everything_wrong_is_named_at_once() -> None:
    wrong = pd.DataFrame(
        {"season": [1, 1, 2], "presale": [5.0, 0.0, 9.0], "total": [4.0, 10.0, math.inf]}
    )
    with pytest.raises(InputProblems) as told:
        presale_forecast(wrong, 10)
    text = str(told.value)
    assert "5 of 4, expected a pre-sale below the season's total" in text
    assert "'total': found" in text
    assert "1 again" in text
    assert len(told.value.problems) == 4
    with pytest.raises(InputProblems, match="no such column"):
        presale_forecast(PAST.drop(columns="total"), 10)
    with pytest.raises(InputProblems, match="no season"):
        presale_forecast(PAST.iloc[:0], 10)
    for orders in (0.0, -1.0, math.nan):
        with pytest.raises(InputError, match="expected more than 0"):
            presale_forecast(PAST, orders)
    with pytest.raises(InputError, match="level"):
        presale_forecast(PAST, 1.0, level=0)


@pytest.mark.parametrize("seasons", [2, 3, 6])
def test_intervals_hold_with_few_seasons(seasons: int) -> None:
    # 1000 worlds: standard error 1.3 points at 80 %, 1.6 of the chances' mean error.
    rng = np.random.default_rng(seasons)
    inside, missed = [], []
    for _ in range(1000):
        share = 1 / (1 + np.exp(-rng.normal(-1.2, 0.3, seasons + 1)))
        total = rng.lognormal(8, 0.5, seasons + 1)
        past = pd.DataFrame({"season": range(seasons), "presale": (share * total)[1:]})
        made = presale_forecast(past.assign(total=total[1:]), share[0] * total[0])
        lo, hi = made.interval
        inside.append(lo <= total[0] <= hi)
        level = made.value * math.exp(0.2 * rng.standard_normal())
        missed.append(made.chance(level) - (total[0] >= level))
    assert np.mean(inside) == pytest.approx(0.80, abs=2.5 * 0.0127)
    assert np.mean(missed) == pytest.approx(0.0, abs=2.5 * 0.0158)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_words_and_pictures(lang: str) -> None:
    for past in (PAST, PAST.iloc[:1]):
        made = presale_forecast(past, 40.0)
        assert made.summary(lang)
        assert made.plot(lang=lang).patches
