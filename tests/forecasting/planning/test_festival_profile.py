"""Festival profiles: the lift put in is found, its interval holds, and one year is one year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.forecasting.planning import FestivalProfile, festival_profile
from tests.forecasting.planning.worlds import Floats, daily, festive

DATES = ["2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22"]
LIFT = np.array([1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.5, 1.4, 1.2, 0.5])


def made(
    dates: list[str], noise: float = 0.03, seed: int = 1, series: int = 1, **options: object
) -> FestivalProfile:
    rng = np.random.default_rng(seed)
    frame = festive(dates, LIFT, noise, rng, series)
    return festival_profile(frame, dates, rng=rng, before=20, after=10, **options)  # type: ignore[arg-type]


def truth() -> Floats:
    index = np.ones(31)
    index[11:21] = LIFT
    return index


def test_the_lift_is_found_by_day_and_by_window() -> None:
    seen = made(DATES, windows={"early": (-20, -10), "rush": (-9, -1), "day": (0, 0)})
    assert seen.index == pytest.approx(truth(), rel=0.06)
    uplift = seen.windows().set_index("window")["uplift"]
    assert uplift["early"] == pytest.approx(0, abs=0.03)
    assert uplift["rush"] == pytest.approx(LIFT[:-1].mean() - 1, abs=0.05)
    assert uplift["day"] == pytest.approx(-0.5, abs=0.03)
    assert seen.start is not None
    assert abs(seen.start + 9) <= 1
    assert seen.over == "years"


def test_the_unit_of_sales_does_not_matter() -> None:
    frame = festive(DATES, LIFT, 0.05, np.random.default_rng(3))
    one, other = (
        festival_profile(frame.assign(y=frame["y"] * k), DATES, rng=np.random.default_rng(0))
        for k in (1.0, 1e5)
    )
    assert other.index == pytest.approx(one.index)
    assert other.lo == pytest.approx(one.lo)


def test_intervals_over_years_hold_and_are_wider_with_few_of_them() -> None:
    # 31 days × 60 worlds, days nearly independent: standard error about 1.2 points; with few
    # years variances lent between days make intervals wider, not narrower (84–88 %).
    for count, most in ((2, 0.92), (4, 0.88)):
        seen = [made(DATES[:count], 0.08, 100 + seed) for seed in range(60)]
        inside = np.mean([(s.lo <= truth()) & (truth() <= s.hi) for s in seen])
        assert 0.80 - 0.03 <= inside <= most


def test_no_rise_is_seldom_seen_where_there_is_none() -> None:
    # 60 worlds without a lift: a rise of three days in a row is rare (standard error 3 points).
    flat = np.ones(3)
    found = []
    for seed in range(60):
        rng = np.random.default_rng(500 + seed)
        frame = festive(DATES, flat, 0.08, rng)
        found.append(festival_profile(frame, DATES, rng=rng, before=30, after=5).start is not None)
    assert np.mean(found) <= 0.05 + 2 * 0.03


def test_one_festival_has_no_interval_over_years() -> None:
    alone = made(DATES[:1])
    assert alone.over == ""
    assert np.isnan(alone.lo).all()
    assert alone.start is None
    assert "one festival only: no interval over years" in alone.summary()
    shops = made(DATES[:1], 0.1, 2, 12)
    assert shops.over == "series"
    assert np.isfinite(shops.lo).all()
    assert "interval over series" in shops.summary()
    again = made(DATES[:1], 0.1, 2, 12)
    assert np.array_equal(shops.lo, again.lo)


def test_the_same_date_is_another_day_of_the_festival() -> None:
    rng = np.random.default_rng(1)
    frame = festive(DATES, LIFT, 0.02, rng)
    seen = festival_profile(frame, [*DATES, "2024-02-10"], rng=rng, before=20, after=10)
    shift = seen.shift().set_index("year")
    assert shift.loc[2021, "shift"] == 18
    assert shift.loc[2023, "relative_day"] == 0
    assert shift.loc[2022, "relative_day"] == -10
    assert shift.loc[2021, "relative_day"] == -21
    assert shift.loc[2021, "index"] == 1.0
    assert seen.following == pd.Timestamp("2024-02-10")
    assert list(seen.unused) == [pd.Timestamp("2024-02-10")]
    assert "(next: 1 Feb 2024)" in seen.summary() or "(next: 2 Feb 2024)" in seen.summary()
    assert seen.weights(pd.DatetimeIndex(["2024-02-10", "2024-06-01"]))[1] == 1.0
    leap = festival_profile(
        festive(["2023-02-20", "2024-02-29"], LIFT, 0.02, rng),
        ["2023-02-20", "2024-02-29"], rng=rng, before=20, after=10,
    )  # fmt: skip
    assert leap.shift()["same_date"].iloc[0] == pd.Timestamp("2023-02-28")


def test_a_day_without_sales_has_no_interval_and_missing_days_are_no_sale_of_nothing() -> None:
    rng = np.random.default_rng(1)
    frame = festive(DATES, LIFT, 0.02, rng)
    closed = frame.assign(y=frame["y"].where(frame["ds"] != "2021-02-12", 0.0))
    seen = festival_profile(closed, DATES, rng=rng, before=20, after=10)
    assert np.isnan(seen.lo[20])
    assert seen.index[20] == pytest.approx(0.375, abs=0.03)
    missing = frame[frame["ds"] != "2021-02-12"]
    seen = festival_profile(missing, DATES, rng=rng, before=20, after=10)
    assert seen.index[20] == pytest.approx(0.5, abs=0.03)
    assert seen.table()["years"].iloc[20] == 3


@pytest.mark.parametrize(
    ("dates", "options", "says"),
    [
        (["soon"], {}, "found 'soon', expected dates"),
        ([], {}, "found none, expected dates"),
        (["2021-02-12", "2021-03-01"], {}, "expected one a year"),
        (["2030-02-12"], {}, "none with its window in the data"),
        (DATES, {"before": 0}, "before, after"),
        (DATES, {"windows": {"x": (-90, 0)}}, "windows: found 'x'"),
    ],
)
def test_wrong_calls_are_refused(dates: list[str], options: dict[str, int], says: str) -> None:
    frame = festive(DATES, LIFT, 0.02, np.random.default_rng(1))
    with pytest.raises(InputError, match=says):
        festival_profile(frame, dates, rng=np.random.default_rng(1), **options)  # type: ignore[arg-type]


def test_panels_without_days_or_sales_are_refused() -> None:
    rng = np.random.default_rng(1)
    monthly = pd.DataFrame({"ds": pd.date_range("2020-01-01", periods=40, freq="MS"), "y": 1.0})
    with pytest.raises(InputError, match="found monthly data, expected daily"):
        festival_profile(monthly, ["2021-02-12"], rng=rng)
    with pytest.raises(InputError, match="nothing sold"):
        festival_profile(daily("2020-06-01", "2021-06-01", 0.0), ["2021-02-12"], rng=rng)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_words_and_pictures(lang: str) -> None:
    for seen in (made(DATES), made(DATES[:1]), made(DATES[:1], 0.1, 2, 12)):
        assert seen.summary(lang)
        assert seen.plot(lang=lang).lines
