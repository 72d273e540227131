"""Planning uses as sections of a report: results, illustrations, reasons."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.forecasting import ForecastResult, forecast
from analysis.forecasting.planning import (
    festival_section,
    hours_section,
    left_out,
    pacing_section,
    presale_section,
    year_section,
)
from tests.forecasting.panels import many
from tests.forecasting.planning.worlds import presale_curves


@pytest.fixture(scope="module")
def daily() -> ForecastResult:
    days = np.arange(900)
    level = 100 + 20 * np.sin(2 * np.pi * days / 7)
    shops = [level + np.random.default_rng(seed).normal(0, 5, 900) for seed in range(3)]
    return forecast(many(shops, "D"), horizon=34)


@pytest.fixture(scope="module")
def monthly() -> ForecastResult:
    shops = [100 + np.random.default_rng(seed).normal(0, 5, 48) for seed in range(2)]
    return forecast(many(shops, "MS"), horizon=12)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_illustration_says_that_it_is_one(daily: ForecastResult, lang: str) -> None:
    word = {"en": "illustrative", "zh": "示意"}[lang]
    paced = pacing_section(daily, lang=lang)
    assert word in paced.chart["subtitle"]
    assert len(paced.rows) == 4
    assert word in year_section(daily, lang=lang).chart["subtitle"]
    assert paced.plot(lang=lang).lines


def test_a_target_of_ones_own_is_no_illustration(daily: ForecastResult) -> None:
    start = pd.Timestamp(daily.ends.max()) - pd.Timedelta(days=4)
    end = start + pd.Timedelta(days=30)
    phases = pd.DataFrame({"phase": ["all"], "start": [start], "end": [end], "share": [1.0]})
    paced = pacing_section(daily, phases=phases, target=9000.0)
    assert "illustrative" not in paced.chart["subtitle"]
    assert paced.rows["target"].sum() == pytest.approx(9000.0)
    assert "illustrative" not in year_section(daily, target=1e5).chart["subtitle"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_data_that_carries_no_section_gives_the_reason(monthly: ForecastResult, lang: str) -> None:
    reason = {"en": "needs daily data", "zh": "需要日度数据"}[lang]
    for section in (
        pacing_section(monthly, lang=lang),
        festival_section(monthly, key="christmas", lang=lang),
    ):
        assert section.result is None
        assert reason in section.reason
        assert reason in section.rows["reason"].iloc[0]
        assert section.plot(lang=lang).texts[0].get_text() == section.reason


def test_the_year_of_a_target_is_that_of_the_first_period_ahead(monthly: ForecastResult) -> None:
    first = pd.Timestamp(monthly.stamps()[0, 0]).year
    assert str(first) in year_section(monthly).chart["title"]


def test_an_error_in_what_was_given_is_an_error(
    daily: ForecastResult, monthly: ForecastResult
) -> None:
    with pytest.raises(InputError, match="target"):
        pacing_section(daily, target=-5.0)
    with pytest.raises(InputError, match="expected daily data"):
        pacing_section(monthly, target=5.0)
    with pytest.raises(InputError, match="chrismas"):
        festival_section(daily, key="chrismas")


def flat(days: int, level: float = 100.0, start: str = "2015-01-01") -> ForecastResult:
    """Forecast of two quiet series."""
    stamps = pd.date_range(start, periods=days)
    noise = np.random.default_rng(1).normal(0, 1, (2, days)) if level else np.zeros((2, days))
    frame = pd.concat(
        pd.DataFrame({"unique_id": name, "ds": stamps, "y": level + y})
        for name, y in zip(("1", "2"), noise, strict=True)
    )
    return forecast(frame, horizon=10)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_reason_is_in_the_language_of_the_report(lang: str) -> None:
    brief, nothing = flat(70), flat(800, 0.0)
    old, tall = flat(400, start="1850-06-01"), flat(60, start="2015-12-10")
    five = forecast(brief_frame(), horizon=5)
    sections = [
        (pacing_section(brief, lang=lang), "sales of the year before"),
        (pacing_section(nothing, lang=lang), "above 0"),
        (pacing_section(five, lang=lang), "six periods"),
        (year_section(brief, lang=lang), "above 0"),
        (year_section(tall, lang=lang), "full calendar year"),
        (year_section(forecast(many([np.arange(9.0) + 5], "YS"), horizon=2), lang=lang), "hourly"),
        (festival_section(brief, key="christmas", lang=lang), "ordinary days"),
        (festival_section(flat(200), key="christmas", lang=lang), "45 days before it"),
        (festival_section(old, key="spring_festival", lang=lang), "Dates of festivals"),
    ]
    for section, said in sections:
        assert section.result is None
        if lang == "en":
            assert said in section.reason
        else:
            assert not re.search("[A-Za-z]{2,}", section.reason), section.reason


def brief_frame() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    return many([100 + rng.normal(0, 3, 500)], "D")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_its_table_a_section_says_what_to_give(lang: str) -> None:
    for section, name in (
        (hours_section(None, lang=lang), "orders_data="),
        (presale_section(None, lang=lang), "presale_data="),
    ):
        assert section.result is None
        assert name in section.rows["reason"].iloc[0]
        assert section.plot(lang=lang).texts[0].get_text() == section.reason


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_left_out_stands_in_one_table(daily: ForecastResult, lang: str) -> None:
    shown, absent = pacing_section(daily, lang=lang), hours_section(None, lang=lang)
    rows, words = left_out(shown, absent, presale_section(None, lang=lang), lang=lang)
    assert rows["part"].tolist()[0] == absent.chart["title"]
    assert rows["reason"].tolist()[0] == absent.reason
    assert len(rows) == 2
    assert set(words["labels"]) == set(rows.columns)
    assert left_out(shown, lang=lang)[0].empty


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_hours_of_the_day_name_the_slot_and_list_the_busiest_first(lang: str) -> None:
    hour = np.arange(24)
    counts = 10 + 90 * np.isin(hour, [20, 21]) + 40 * (hour == 12)
    stamps = pd.date_range("2026-01-01", periods=24 * 28, freq="h")
    frame = pd.DataFrame({"ds": stamps, "orders": np.tile(counts, 28)})
    made = hours_section(frame, length=2, lang=lang)
    assert "20:00–22:00" in made.chart["title"]
    assert made.rows["clock"].tolist()[:3] == ["20:00–21:00", "21:00–22:00", "12:00–13:00"]
    assert made.rows["mark"].ne("").sum() == 2
    # 100 + 100 + 50 of 470 are more than half; 100 + 100 are not.
    assert made.words["title"].startswith("3" if lang == "en" else "24 小时中的 3")
    assert set(made.words["hide"]) <= set(made.rows.columns)
    assert made.plot(lang=lang).patches
    seen = hours_section(frame.assign(sessions=frame["orders"] * 20), lang=lang)
    assert {"conversion", "conversion_lo", "conversion_hi"} <= set(seen.rows.columns)
    few = hours_section(frame.iloc[:48], lang=lang)
    assert few.rows["lo"].isna().all()
    assert "95%" not in few.chart["subtitle"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_presale_names_its_event_and_its_day(lang: str) -> None:
    made = presale_section(presale_curves(), lang=lang)
    assert made.chart["subtitle"].startswith("c")
    assert "−2" in made.chart["subtitle"]
    assert made.rows["season"].tolist()[:2] == ["a", "b"]
    assert made.rows["season"].iloc[2].startswith("c")
    assert set(made.rows.columns) - set(made.words["labels"]) == {"forecast"}
    assert made.plot(lang=lang).patches
    two = presale_curves()
    alone = presale_section(two[two["event"] != "a"], lang=lang)
    assert np.isnan(alone.rows["lo"].iloc[-1])
    assert "%" not in alone.chart["subtitle"]
