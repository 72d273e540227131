"""What is known, what came, and what is told: by stated rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.forecasting import backtest, forecast, outcome, position, verdict
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
    assert [number.name for number in said.numbers] == ["total", "accuracy", "skill", "coverage_80"]
    assert all(number.lo is not None for number in said.numbers)
    assert said.numbers[0].value == pytest.approx(float(result.totals()["mean"].iloc[0]))
    assert "85%" in said.sentence
