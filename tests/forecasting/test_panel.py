"""The panel: calendars, checks, rules for what is odd."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.forecasting import forecast, position, read_panel, remarks
from analysis.forecasting.calendar import Frequency, Unit
from analysis.forecasting.words_remarks import frequency_word
from tests.forecasting.panels import many, one, shop


@pytest.mark.parametrize(
    ("freq", "name", "season"),
    [
        ("ME", "monthly", 12),
        ("MS", "monthly", 12),
        ("QE", "quarterly", 4),
        ("QS", "quarterly", 4),
        ("YE", "yearly", 1),
        ("YS", "yearly", 1),
        ("W-SUN", "weekly", 52),
        ("W-WED", "weekly", 52),
        ("D", "daily", 7),
        ("B", "business daily", 5),
        ("h", "hourly", 24),
    ],
)
def test_frequency_and_the_stamps_that_follow(freq: str, name: str, season: int) -> None:
    stamps = pd.date_range("2015-01-01", periods=90, freq=freq)
    frame = pd.DataFrame({"unique_id": "a", "ds": stamps[:60], "y": np.arange(60.0)})
    panel = read_panel(frame)
    assert (panel.frequency.name, panel.season) == (name, season)
    made = panel.series[0].calendar.stamps(np.arange(90))
    assert list(pd.DatetimeIndex(made)) == list(stamps)


def test_leap_day_and_month_ends() -> None:
    frame = one(np.arange(37.0), "ME").iloc[:-1]
    ahead = forecast(frame, horizon=26).table()["ds"]
    assert pd.Timestamp("2020-02-29") in set(ahead)
    assert (ahead.dt.is_month_end).all()


def test_all_problems_are_listed_together() -> None:
    frame = pd.DataFrame(
        {
            "unique_id": ["a", "a", "a", "a"],
            "ds": ["2020-01-01", "not a date", "2020-01-03", "2020-01-03"],
            "y": ["1", "2", "x", "4"],
        }
    )
    with pytest.raises(InputProblems) as caught:
        read_panel(frame)
    text = str(caught.value)
    assert "row 3, column 'ds': found 'not a date'" in text
    assert "row 4, column 'y': found 'x'" in text
    assert "row 5, column 'ds'" in text
    assert len(caught.value.problems) == 3


def test_missing_column_is_named() -> None:
    with pytest.raises(InputProblems, match="column 'y'"):
        read_panel(pd.DataFrame({"unique_id": ["a"], "ds": ["2020-01-01"]}))


def test_infinite_values_are_refused() -> None:
    with pytest.raises(InputProblems, match="finite"):
        read_panel(one([1.0, np.inf, 3.0]))


def test_irregular_dates_alone_are_refused() -> None:
    frame = pd.DataFrame(
        {"unique_id": "a", "ds": ["2020-01-01", "2020-03-09", "2020-03-29"], "y": [1.0, 2, 3]}
    )
    with pytest.raises(InputError, match=r"irregular dates \(series 'a'"):
        read_panel(frame)


def test_a_series_off_the_calendar_is_left_out_with_its_reason() -> None:
    frame = pd.concat([many([np.arange(30.0) + 1] * 3), one(np.arange(40.0), "D", "odd")])
    made = forecast(frame, horizon=2)
    assert made.names == ["0000", "0001", "0002"]
    reason = made.reasons.set_index("unique_id").loc["odd", "reason"]
    assert reason == "left out: 2015-01-02 is off the panel's monthly calendar"
    assert "1 series could not be forecast" in made.summary()


def test_remarks() -> None:
    rng = np.random.default_rng(0)
    y = np.append(np.arange(1.0, 30.0), 5)
    y[[4, 9]] = np.nan
    parts: list[pd.DataFrame] = [
        one(y, name="gaps"),
        one(np.full(30, 7.0), name="flat"),
        one(rng.poisson(0.2, 60), name="rare"),
        one([1.0, 2, 4], name="short"),
    ]
    frame = pd.concat(parts)
    reasons = read_panel(frame).reasons.groupby("unique_id")["reason"].agg(list).to_dict()
    assert reasons["gaps"] == ["gaps filled: 2"]
    assert reasons["flat"] == ["constant"]
    assert reasons["rare"][0].startswith("intermittent: 8")
    assert reasons["short"] == ["too short for seasonality"]


def test_missing_future_regressors_are_named() -> None:
    frame = shop().drop(columns="open")
    with pytest.raises(InputProblems) as caught:
        forecast(frame, horizon=14)
    assert "column 'promo': found series 'shop': no value at 2015-05-16" in str(caught.value)
    assert len(forecast(frame, horizon=14, regressors=[]).table()) == 14


@pytest.mark.parametrize("horizon", [0, -3, True, 2.5])
def test_horizon_is_checked(horizon: int) -> None:
    with pytest.raises(InputError, match="horizon"):
        forecast(one(np.arange(30.0)), horizon=horizon)


def test_unknown_model_and_levels() -> None:
    with pytest.raises(InputError, match="did you mean 'theta'"):
        forecast(one(np.arange(30.0)), horizon=2, model="thta")
    with pytest.raises(InputError, match="levels"):
        forecast(one(np.arange(30.0)), horizon=2, levels=(80, 120))


def test_a_mistyped_year_does_not_end_the_other_series() -> None:
    months = pd.date_range("2018-01-01", periods=60, freq="MS")
    late = pd.DataFrame({"unique_id": "late", "ds": [*months, pd.Timestamp("2105-01-01")]})
    frame = pd.concat([many([np.arange(60.0), np.arange(60.0)], "MS"), late.assign(y=1.0)])
    frame = frame[["unique_id", "ds", "y"]]
    frame.loc[frame["unique_id"] != "late", "ds"] = [*months, *months]
    panel = read_panel(frame)
    assert [len(s.y) for s in panel.series] == [60, 60, 60]
    notes = panel.reasons.set_index("unique_id")["reason"]
    assert "values in the future (after 2022-12-01) left out: 1" in notes["late"].tolist()


def test_a_series_without_the_future_of_a_regressor_is_left_out_and_named() -> None:
    frame = many([np.arange(40.0), np.arange(40.0) + 3], "MS").assign(promo=0.0)
    frame.loc[::3, "promo"] = 1.0
    ahead = pd.date_range(frame["ds"].max() + pd.DateOffset(months=1), periods=3, freq="MS")
    names = frame["unique_id"].unique()
    future = pd.concat(
        [
            pd.DataFrame({"unique_id": name, "ds": ahead, "y": np.nan, "promo": value})
            for name, value in zip(names, (0.0, np.nan), strict=True)
        ]
    )
    made = forecast(pd.concat([frame, future]), horizon=3)
    assert made.names == [names[0]]
    assert "no value at" in made.reasons.set_index("unique_id").loc[names[1], "reason"]
    with pytest.raises(InputError, match="known values for the 3 periods ahead"):
        forecast(frame, horizon=3)


def dirty() -> pd.DataFrame:
    """A panel with a fault in every series."""
    rng = np.random.default_rng(5)
    holes = np.arange(40.0)
    holes[[7, 8]] = np.nan
    far = pd.DataFrame({"unique_id": "future", "ds": [pd.Timestamp("2031-01-01")], "y": 5.0})
    future = pd.concat([one(np.arange(40.0), "D", "future"), far])
    odd = pd.to_datetime(["2015-01-03 00:00", "2015-01-03 03:00", "2015-01-03 10:00"])
    parts: list[pd.DataFrame] = [
        *(one(50 + rng.normal(0, 1, 40), "D", f"good{i}") for i in range(6)),
        one(holes, "D", "holes"),
        one(np.arange(9.0), "D", "short"),
        one(np.full(40, 3.0), "D", "constant"),
        one(np.arange(40.0) - 20, "D", "negative"),
        one(rng.poisson(0.2, 40), "D", "rare"),
        one(np.full(40, np.nan), "D", "nothing"),
        pd.DataFrame({"unique_id": "hours", "ds": odd, "y": 1.0}),
        future,
    ]
    return pd.concat(parts, ignore_index=True)


def test_every_remark_is_said_in_the_language_of_the_report() -> None:
    now = position(dirty().assign(region="East", price=1.0))
    made = forecast(now.frame, horizon=3)
    english, chinese = (remarks(made, now, lang) for lang in ("en", "zh"))
    assert len(english) == len(chinese) >= 11
    for said in chinese["remark"]:
        assert not re.search("[A-Za-z]{2,}", said), said
    told = dict(zip(chinese["series"], chinese["remark"], strict=True))
    assert told["列 region"] == "未使用：内容为文字而非数值"
    assert told["future"] == "已剔除的未来日期（2015-02-09 之后）取值：1"
    assert told["holes"] == "已填补的缺口：2"
    assert told["nothing"] == "未预测：y 无任何取值"
    assert told["hours"].endswith("不在本表的日度日历上")


def test_unknown_futures_and_openings_are_said_in_the_language_of_the_report() -> None:
    frame = many([np.arange(40.0), np.arange(40.0) + 3, np.arange(30.0)], "D").assign(promo=0.0)
    frame["open"] = 1
    ends = frame.groupby("unique_id")["ds"].max()
    ahead = [
        pd.DataFrame({"unique_id": name, "ds": pd.date_range(end, periods=4)[1:], "promo": 0.0})
        for name, end in ends.items()
        if name != "0001"
    ]
    made = forecast(pd.concat([frame, *ahead]), horizon=3, open_column="open")
    said = made.reasons_in("zh").groupby("unique_id")["reason"].agg("；".join)
    assert "列 'promo'：2015-02-10 及之后 2 个日期缺值" in said["0001"]
    assert "自其末日起预测" in said["0002"]
    assert "按同一星期几的惯例推定" in said["0000"]
    assert made.reasons["reason"].str.contains("and 2 later dates").any()


@pytest.mark.parametrize(
    ("unit", "step", "english"),
    [("month", 2, "every 2 months"), ("day", 14, "every 14 days"), ("hour", 1, "hourly"),
     ("hour", 6, "every 6 hours"), ("business day", 2, "every 2 business days")],
)  # fmt: skip
def test_any_frequency_has_a_word(unit: Unit, step: int, english: str) -> None:
    word = frequency_word(Frequency(unit, step))
    assert word == english
    assert not re.search("[A-Za-z]", word.said("zh"))
