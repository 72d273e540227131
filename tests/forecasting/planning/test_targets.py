"""Annual targets: the parts make the whole, the shares hold, the run rate is calibrated."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputError
from analysis.forecasting import forecast
from analysis.forecasting.planning import annual_plan
from analysis.forecasting.planning.days import days_of
from analysis.forecasting.planning.rounding import split
from analysis.forecasting.planning.shares import month_shares
from tests.forecasting.planning.worlds import daily, panel, seasonal


@given(
    amount=st.integers(1, 10**9),
    parts=st.lists(st.floats(0.001, 1e3), min_size=2, max_size=40),
    whole=st.booleans(),
)
@settings(max_examples=200)
def test_parts_add_up_exactly(amount: int, parts: list[float], whole: bool) -> None:
    shares = np.array(parts) / np.sum(parts)
    made = split(float(amount), shares, whole=whole)
    assert math.fsum(made) == pytest.approx(amount, rel=1e-15)
    if whole:
        assert made.sum() == amount
        assert np.all(made == np.round(made))
        assert np.abs(made - amount * shares).max() < 1 + 1e-6


def test_largest_remainder_is_worked_by_hand() -> None:
    assert split(10.0, np.array([0.26, 0.26, 0.48]), whole=True).tolist() == [3, 2, 5]


@given(scale=st.floats(1e-3, 1e6), seed=st.integers(0, 50))
@settings(max_examples=20)
def test_shares_sum_to_one_and_do_not_depend_on_the_unit(scale: float, seed: int) -> None:
    frame, _ = seasonal(range(2019, 2022), 0.1, np.random.default_rng(seed))
    one = annual_plan(frame, target=1000, year=2022)
    other = annual_plan(frame.assign(y=frame["y"] * scale), target=1000, year=2022)
    assert one.table()["share"].sum() == pytest.approx(1, abs=1e-12)
    assert one.quarters()["target"].sum() == pytest.approx(1000, rel=1e-12)
    assert other.months == pytest.approx(one.months, rel=1e-9)
    assert np.all(one.table()["lo"] < one.table()["share"])
    assert np.all(one.table()["share"] < one.table()["hi"])


def test_equal_days_make_shares_of_month_lengths_and_leap_years_know_theirs() -> None:
    frame = daily("2021-01-01", "2023-12-31")
    leap = annual_plan(frame, target=366, year=2024, whole=True)
    assert leap.months.tolist() == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    common = annual_plan(frame, target=365, year=2025, whole=True)
    assert common.months[1] == 28
    assert leap.close is None
    assert "The largest quarter is 2024-Q" in leap.summary()


def test_daily_weekly_and_monthly_panels_agree() -> None:
    rng = np.random.default_rng(3)
    ds = pd.date_range("2020-01-06", "2024-01-07")
    y = np.exp(0.3 * np.sin(ds.day_of_year / 58.1) + 0.02 * rng.standard_normal(len(ds)))
    by_day = pd.DataFrame({"ds": ds, "y": y})
    weeks = by_day.groupby(np.arange(len(ds)) // 7).agg(ds=("ds", "first"), y=("y", "sum"))
    months = by_day[by_day["ds"].between("2021-01-01", "2023-12-31")]
    months = months.groupby(months["ds"].dt.to_period("M").dt.start_time)["y"].sum().reset_index()
    plans = [annual_plan(f, target=1.0, year=2024).months for f in (by_day, weeks, months)]
    # Weeks are spread evenly over their days: months differ by a fraction of a week.
    assert plans[0] == pytest.approx(plans[2], rel=1e-9)
    assert plans[0] == pytest.approx(plans[1], rel=0.01)
    ending = weeks.assign(ds=weeks["ds"] + pd.Timedelta(days=6))
    again = annual_plan(ending, target=1.0, year=2024, stamped="end")
    assert again.months == pytest.approx(plans[1], rel=1e-12)


def test_one_full_year_has_no_interval_and_says_so() -> None:
    frame, _ = seasonal(range(2021, 2023), 0.1, np.random.default_rng(1))
    plan = annual_plan(frame[frame["ds"] < "2022-05-01"], target=100, year=2022)
    assert plan.table()[["lo", "hi"]].isna().all().all()
    assert plan.close is None
    assert plan.method == "one year"
    assert "one full year only (2021): shares have no interval" in plan.remarks
    assert "one full year says nothing of how years differ" in plan.summary()


def test_where_the_year_stands_is_worked_by_hand() -> None:
    past = daily("2021-01-01", "2022-12-31")
    now = daily("2023-01-01", "2023-04-10", 120.0)
    plan = annual_plan(pd.concat([past, now]), target=50_000, year=2023)
    assert plan.to_date == pytest.approx(100 * 120)
    assert plan.gone == pytest.approx(100 / 365)
    assert plan.ahead == pytest.approx(12_000 / (50_000 * 100 / 365) - 1)
    assert plan.to_go == pytest.approx(38_000)
    assert plan.required_growth == pytest.approx(38_000 / 26_500 - 1)
    assert plan.close is not None
    assert plan.close.value == pytest.approx(120 * 365)
    # Past years went on alike to the last digit: the run rate is sure of itself, and says why.
    assert plan.chance == 0.0
    assert any("two years" in note for note in plan.remarks)
    table = plan.table()
    assert table["actual"].notna().sum() == 4
    assert table["growth"].iloc[0] == pytest.approx(50_000 * 31 / 365 / 3100 - 1)


def test_29_february_is_held_against_28_february() -> None:
    past = daily("2021-01-01", "2023-12-31")
    plan = annual_plan(
        pd.concat([past, daily("2024-01-01", "2024-02-29")]), target=36_600, year=2024
    )
    assert plan.gone == pytest.approx(60 / 366)
    assert plan.rest_before == pytest.approx(100 * (365 - 59))


def test_a_forecast_that_reaches_the_end_of_the_year_is_used() -> None:
    frame, _ = seasonal(range(2014, 2020), 0.05, np.random.default_rng(2))
    known = frame[frame["ds"] < "2019-08-01"]
    made = forecast(known.assign(unique_id="a"), horizon=5)
    plan = annual_plan(made, target=float(frame["y"].iloc[-12:].sum()), year=2019)
    assert plan.method == "forecast"
    assert plan.close is not None
    total = made.totals()
    lo, hi = plan.close.interval(80)
    assert lo == pytest.approx(plan.to_date + total["lo-80"].iloc[0])
    assert hi == pytest.approx(plan.to_date + total["hi-80"].iloc[0])
    short = annual_plan(forecast(known.assign(unique_id="a"), horizon=3), target=1e5, year=2019)
    assert short.method == "run rate"
    assert "forecast not used: it ends on 2019-10-31" in short.remarks


def test_series_that_came_or_went_do_not_look_like_season() -> None:
    steady = daily("2021-01-01", "2022-12-31").assign(unique_id="steady")
    opened = daily("2021-07-01", "2022-12-31", 60.0).assign(unique_id="opened")
    plan = annual_plan(pd.concat([steady, opened]), target=365, year=2023)
    assert plan.months[0] == pytest.approx(31)
    assert any("left out of the shares" in note for note in plan.remarks)
    # Where such series are most of the sales, leaving them out would say nothing.
    small = pd.concat([steady.assign(y=1.0), opened])
    assert month_shares(days_of(small), 2023).left_out == ()


def test_months_without_sales_get_what_they_had() -> None:
    frame, _ = seasonal(range(2019, 2022), 0.1, np.random.default_rng(4))
    closed = frame.assign(y=frame["y"].where(frame["ds"].dt.month != 2, 0.0))
    plan = annual_plan(closed, target=100, year=2022)
    assert plan.months[1] == 0
    assert math.isnan(plan.table()["lo"].iloc[1])
    assert plan.months.sum() == pytest.approx(100)
    once = frame.assign(y=frame["y"].where(frame["ds"] != "2020-02-01", 0.0))
    assert 0 < annual_plan(once, target=100, year=2022).months[1] < 10


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ({"target": 0}, "target: found 0, expected a number above 0"),
        ({"target": 10.5, "whole": True}, "expected a whole number"),
        ({"target": 10, "level": 100}, "level: found 100"),
        ({"target": 10, "year": 2021}, "at least one full calendar year before 2021"),
    ],
)
def test_wrong_calls_are_refused(call: dict[str, float], says: str) -> None:
    with pytest.raises(InputError, match=says):
        annual_plan(daily("2021-01-01", "2022-12-31"), **{"year": 2023, **call})  # type: ignore[arg-type]


def test_histories_that_cannot_be_planned_from_are_refused() -> None:
    with pytest.raises(InputError, match="expected months of at least 0 and a year above 0"):
        annual_plan(daily("2021-01-01", "2022-12-31", 0.0), target=1, year=2023)
    late = pd.concat([daily("2021-01-01", "2021-12-31"), daily("2022-03-01", "2022-04-01")])
    with pytest.raises(InputError, match="found sales of 2022 from 2022-03-01 on"):
        annual_plan(late, target=1, year=2022)
    with pytest.raises(InputError, match="found quarterly data"):
        annual_plan(
            pd.DataFrame({"ds": pd.date_range("2015-01-01", periods=20, freq="QS"), "y": 1.0}),
            target=1,
            year=2020,
        )


def test_missing_days_are_named() -> None:
    frame = daily("2020-01-01", "2023-06-30")
    gap = frame["ds"].between("2023-02-01", "2023-02-10")
    plan = annual_plan(frame[~gap], target=36_500, year=2023)
    assert "days of 2023 without a value, counted as nothing sold: 10" in plan.remarks


@pytest.mark.parametrize("years", [2, 4])
def test_shares_and_run_rate_hold_their_intervals(years: int) -> None:
    # 120 worlds × 12 months, errors of months nearly independent: the 80 % intervals of shares
    # may be wider with few years (measured 81–88 %), not narrower. Monte-Carlo error of the run
    # rate's coverage and of its Brier score: 3.7 and 2 points.
    inside, closed, brier, expected = [], [], [], []
    for seed in range(120):
        rng = np.random.default_rng(1000 * years + seed)
        frame, _ = seasonal(range(2010, 2011 + years), 0.08, rng)
        frame["y"] *= np.exp(0.2 * rng.standard_normal(years + 1)).repeat(12)
        year = 2010 + years
        table = annual_plan(frame[frame["ds"] < f"{year}-01-01"], target=1.0, year=year).table()
        came = frame["y"].iloc[-12:].to_numpy()
        share = came / came.sum()
        inside.append(np.mean((table["lo"] <= share) & (share <= table["hi"])))
        target = float(came.sum() * np.exp(0.05 * rng.standard_normal()))
        now = annual_plan(frame[frame["ds"] < f"{year}-06-01"], target=target, year=year)
        assert now.close is not None
        lo, hi = now.close.interval(80)
        closed.append(lo <= came.sum() <= hi)
        brier.append((now.chance - (came.sum() >= target)) ** 2)
        expected.append(now.chance * (1 - now.chance))
    assert 0.80 - 0.02 <= np.mean(inside) <= 0.90
    assert np.mean(closed) == pytest.approx(0.80, abs=2.5 * 0.037)
    assert np.mean(brier) < 0.25 - 2 * 0.02


def test_series_of_different_lengths_are_added_up() -> None:
    ds = pd.date_range("2021-01-01", "2022-12-31")
    frame = panel(ds, np.ones((3, len(ds))))
    assert annual_plan(frame, target=12, year=2023).previous.sum() == pytest.approx(3 * 365)
