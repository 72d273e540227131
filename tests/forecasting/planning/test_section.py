"""Planning uses as sections of a report: results, illustrations, reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.forecasting import ForecastResult, forecast
from analysis.forecasting.planning import festival_section, pacing_section, year_section
from tests.forecasting.panels import many


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
    word = {"en": "illustrative", "zh": "示例"}[lang]
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
