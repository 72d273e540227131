from __future__ import annotations

import datetime as dt

import holidays
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.base.errors import InputError
from analysis.base.festivals import (
    FESTIVALS,
    FIRST_YEAR,
    LAST_YEAR,
    festival,
    festivals,
    known_through,
    official_days,
)
from tests.forecasting.panels import shared

PUBLISHED = {
    ("spring_festival", 2024): "2024-02-10",
    ("spring_festival", 2025): "2025-01-29",
    ("lantern", 2024): "2024-02-24",
    ("qingming", 2023): "2023-04-05",
    ("qingming", 2024): "2024-04-04",
    ("dragon_boat", 2023): "2023-06-22",
    ("qixi", 2023): "2023-08-22",
    ("mid_autumn", 2020): "2020-10-01",
    ("mid_autumn", 2023): "2023-09-29",
    ("double_ninth", 2023): "2023-10-23",
    ("easter", 2008): "2008-03-23",
    ("easter", 2024): "2024-03-31",
    ("mothers_day", 2024): "2024-05-12",
    ("thanksgiving", 2024): "2024-11-28",
    ("black_friday", 2019): "2019-11-29",
}


@pytest.mark.parametrize(("where", "day"), PUBLISHED.items(), ids=str)
def test_festivals_fall_on_published_days(where: tuple[str, int], day: str) -> None:
    key, year = where
    assert festival(key).date(year).isoformat() == day


def test_spring_festival_of_a_century() -> None:
    days = pd.read_csv(shared("cny_dates.csv"))["cny"]
    spring = festival("spring_festival")
    assert len(days) == 101
    ours = [spring.date(int(day[:4])).isoformat() for day in days]
    # Three new moons close to midnight: the list has the day before the Observatory's.
    assert set(ours) - set(days) == {"1930-01-30", "1943-02-05", "1946-02-02"}


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("spring_festival", "Chinese New Year (Spring Festival)"),
        ("dragon_boat", "Dragon Boat Festival"),
        ("mid_autumn", "Mid-Autumn Festival"),
        ("qingming", "Tomb-Sweeping Day"),
    ],
)
def test_an_independent_calendar_agrees(key: str, name: str) -> None:
    """The other library keeps its own lunar tables; Qingming came to it in 2008."""
    theirs = holidays.country_holidays("CN", years=range(2008, LAST_YEAR), language="en_US")
    first: dict[int, dt.date] = {}
    for day in sorted(theirs):
        if name in theirs[day].split("; "):
            first.setdefault(day.year, day)
    assert len(first) == LAST_YEAR - 2008
    assert {year: festival(key).date(year) for year in first} == first


@given(st.integers(FIRST_YEAR, LAST_YEAR))
def test_days_keep_to_their_season(year: int) -> None:
    last_year = pd.Timestamp(f"{year - 1}-12-31")
    assert pd.Timestamp(festival("easter").date(year)) == last_year + pd.offsets.Easter()
    assert (1, 20) <= (day := festival("spring_festival").date(year)).timetuple()[1:3] <= (2, 21)
    assert festival("lantern").date(year) - day == dt.timedelta(days=14)
    assert festival("black_friday").date(year).weekday() == 4
    for each in FESTIVALS.values():
        assert each.date(year).year == year


def test_years_outside_the_range_are_refused() -> None:
    with pytest.raises(InputError, match="found year 2101, expected one of 1901 to 2100"):
        festival("qixi").date(2101)
    with pytest.raises(InputError, match="did you mean 'mid_autumn'"):
        festival("midautumn")


def test_groups_and_names() -> None:
    assert {f.key for f in festivals("western")} == {
        "valentine", "easter", "mothers_day", "thanksgiving", "black_friday", "christmas",
    }  # fmt: skip
    assert festivals() == tuple(FESTIVALS.values())
    assert festival("qixi").name("zh") == "七夕"
    assert festival("qixi").name("en") == "Qixi"


def test_the_notice_for_2024() -> None:
    days = official_days([2024]).require().set_index("day")
    off = days.index[days["kind"] == "holiday"]
    spring = pd.date_range("2024-02-10", "2024-02-16")
    assert set(spring) <= set(off)
    worked = days.index[days["kind"] == "make-up workday"]
    assert [f"{day:%m-%d}" for day in worked] == [
        "02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12",
    ]  # fmt: skip
    assert not set(off) & set(worked)


def test_workdays_named_by_the_next_years_notice_belong_to_their_own_year() -> None:
    days = official_days([2011]).require()
    assert pd.Timestamp("2011-12-31") in set(days.loc[days["kind"] == "make-up workday", "day"])


def test_unpublished_years_are_unknown_not_guessed() -> None:
    last = known_through("CN")
    days = official_days([last, last + 1, last + 2])
    assert set(days.frame["day"].dt.year) == {last}
    assert days.unknown == (last + 1, last + 2)
    assert f"Holidays of {last + 1}, {last + 2} are not published yet" in days.summary()
    assert "尚未公布" in days.summary("zh")
    with pytest.raises(InputError, match=f"expected years up to {last}"):
        days.require()


def test_holidays_fixed_by_law_are_known_ahead() -> None:
    days = official_days([2060], "DE")
    assert not days.unknown
    assert set(days.frame["kind"]) == {"holiday"}
    assert "make-up" in days.summary()


def test_names_in_chinese() -> None:
    names = official_days([2025], lang="zh").frame["name"]
    assert {"春节", "中秋节; 国庆节"} & set(names)
    assert "调休上班日" in set(names)


def test_odd_requests_are_refused() -> None:
    with pytest.raises(InputError, match="found 'XX', expected a two-letter code"):
        official_days([2024], "XX")
    with pytest.raises(InputError, match="found year 1900"):
        official_days([1900])
