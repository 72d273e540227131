"""What is known, what came, and what is told: by stated rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.forecasting import backtest, captions, forecast, outcome, position, verdict
from analysis.forecasting.backtest import BacktestResult
from tests.forecasting.panels import many, one, seasonal_walks, shop


def test_what_came_after_the_day_of_planning_is_hidden_and_kept_apart() -> None:
    frame = shop(400)
    day = frame["ds"].iloc[360].date().isoformat()
    seen = position(frame, as_of=day, open_column="open")
    assert seen.frame["y"].iloc[361:].isna().all()
    assert seen.frame["y"].iloc[:361].equals(frame["y"].iloc[:361])
    assert seen.frame["promo"].equals(frame["promo"])
    assert len(seen.later) == 39
    assert not seen.unused


def test_columns_that_cannot_help_are_left_out_with_the_reason() -> None:
    frame = shop(400).assign(region="华东", price=9.9)
    seen = position(frame, open_column="open")
    assert set(seen.unused) == {"region", "price", "promo"}
    assert seen.unused["region"] == "holds words, not numbers"
    assert "no values after 2015-02-04" in seen.unused["price"]
    assert list(seen.frame.columns) == ["unique_id", "ds", "y", "open"]
    assert np.isfinite(forecast(seen.frame, horizon=7, open_column="open").mean).all()


@pytest.mark.parametrize(
    ("as_of", "says"), [("2015-13-01", "a day such as"), ("1999-01-01", "no known value")]
)
def test_a_wrong_day_is_refused(as_of: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        position(one(np.arange(30.0)), as_of=as_of)


def test_an_outcome_is_worked_by_hand() -> None:
    result = forecast(one([5.0] * 24), horizon=2)
    dates = result.table()["ds"]
    came = pd.DataFrame({"unique_id": "a", "ds": dates, "y": [4.0, 8.0]})
    seen = outcome(result, came)
    row = seen.table().iloc[0]
    assert (row["actual"], row["forecast"]) == (12, pytest.approx(10))
    assert row["difference"] == pytest.approx(10 / 12 - 1)
    assert row["wape"] == pytest.approx((1 + 3) / 12)
    assert seen.summary("en").startswith(
        "The forecast was off by 33.3% of what came, the total by −16.7%"
    )
    assert seen.summary("zh").endswith("。")
    nothing = outcome(result, came.iloc[:0])
    assert "not known yet" in nothing.summary("en")
    assert nothing.table().empty


def told(tested: BacktestResult, target: float) -> str:
    result = forecast(many(seasonal_walks(3, 60, 9)), horizon=6)
    return verdict(result, tested, target=target, unit="EUR").status


def test_the_status_follows_from_the_interval_of_the_accuracy() -> None:
    tested = backtest(many(seasonal_walks(6, 72, 9)), horizon=6, origins=3)
    _, lo, hi = tested.figures()["WAPE"]
    lowest, highest = 1 - hi, 1 - lo
    assert lowest < highest
    assert told(tested, lowest - 0.001) == "good"
    assert told(tested, (lowest + highest) / 2) == "watch"
    assert told(tested, highest + 0.001) == "bad"


def test_every_number_of_a_verdict_has_an_interval() -> None:
    panel = many(seasonal_walks(4, 72, 9))
    result = forecast(panel, horizon=6)
    said = verdict(result, backtest(panel, horizon=6), target=0.85, unit="EUR", lang="zh")
    assert [number.name for number in said.numbers] == ["total", "wape", "skill", "coverage_80"]
    assert all(number.lo is not None for number in said.numbers)
    assert said.numbers[0].value == pytest.approx(float(result.totals()["mean"].iloc[0]))
    assert "85%" in said.sentence


def test_dates_with_a_zone_are_days_of_their_place() -> None:
    frame = one(np.arange(40.0) + 1, "D")
    aware = frame.assign(ds=frame["ds"].dt.tz_localize("Asia/Shanghai"))
    day = frame["ds"].iloc[29].date().isoformat()
    assert position(aware, as_of=day).frame.equals(position(frame, as_of=day).frame)


def test_a_table_that_ends_long_before_the_planning_day_is_refused() -> None:
    with pytest.raises(InputError, match="a table that ends on 2017-06-01"):
        position(one(np.arange(30.0)), as_of="2050-01-01")


def test_an_open_column_says_yes_or_no() -> None:
    frame = one(np.arange(30.0), "D").assign(open=99.5)
    with pytest.raises(InputError, match=r"column 'open': found '99\.5', expected 0 or 1"):
        position(frame, open_column="open")


def test_series_that_end_apart_are_not_called_one_period() -> None:
    frame = many(seasonal_walks(2, 48, 9))
    cut = frame[(frame["unique_id"] == "0001") | (frame["ds"] < "2018-01-01")]
    result = forecast(cut, horizon=6)
    assert not result.aligned
    assert result.current == ["0001"]
    assert "its last date is 2017-12-01" in result.reasons["reason"].iloc[0]
    tested = backtest(cut, horizon=6)
    words = captions(result, tested, unit="EUR")
    assert "only series known up to 1 Dec 2018" in words.fan["subtitle"]
    assert "last date" in verdict(result, tested, target=0.85, unit="EUR").sentence
    axes = result.plot()
    shown = np.asarray(axes.lines[0].get_xdata(orig=True), dtype="datetime64[ns]")
    assert shown[-1] == np.datetime64("2018-12-01")


@pytest.mark.parametrize("value", [0.0, 5.0])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_constant_panels_get_words_too(value: float, lang: str) -> None:
    panel = many([np.full(80, value)] * 2, "W-SUN")
    result, tested = forecast(panel, horizon=18), backtest(panel, horizon=18)
    assert captions(result, tested, unit="", lang=lang).error["title"]
    assert verdict(result, tested, target=0.85, unit="", lang=lang).sentence
    assert result.summary(lang)
    assert tested.summary(lang)


def test_a_gap_is_no_sale_of_nothing() -> None:
    y = np.full(40, 10.0)
    y[35] = np.nan
    axes = forecast(one(y), horizon=6).plot()
    assert np.asarray(axes.lines[0].get_ydata(), dtype=float).min() == pytest.approx(10)


def test_forecasts_that_miss_everything_are_not_called_accurate() -> None:
    rng = np.random.default_rng(5)
    panel = many([rng.binomial(1, 0.1, 200) * rng.exponential(50, 200) for _ in range(3)], "D")
    tested = backtest(panel, horizon=18)
    assert tested.figures()["WAPE"][0] > 1
    told = verdict(forecast(panel, horizon=18), tested, target=0.85, unit="")
    assert told.status == "bad"
    assert "too far for a plan" in told.sentence
    assert "accurate" not in told.sentence
    assert "–" not in captions(forecast(panel, horizon=18), tested, unit="").error["title"]
