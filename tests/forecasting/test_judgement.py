"""Scores over the whole, by third of the horizon and kind of day, and against a target."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.forecasting import (
    BacktestResult,
    accuracy_table,
    backtest,
    days_caption,
    days_table,
    events_from,
    forecast,
    metrics,
    shortfall,
    target_caption,
    target_table,
    thirds_caption,
    thirds_table,
    verdict,
)
from tests.forecasting.panels import one, shop
from tests.forecasting.results import judged

mpl.use("agg")


def noise(shape: tuple[int, int, int], seed: int = 1) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {"auto": 8 * rng.standard_normal(shape), "seasonal_naive": rng.standard_normal(shape)}


def test_scores_of_intervals_are_those_of_single_metrics() -> None:
    result = judged(noise((3, 4, 7)))
    own = result.frame[result.frame["model"] == "auto"]
    table = accuracy_table(result).set_index("metric")
    value = {str(name): float(v) for name, v in table["value"].items()}
    assert value["accuracy"] == pytest.approx(1 - metrics.wape(own["y"], own["mean"]))
    loss = 0.0
    for level in (80, 95):
        lo, hi = own[f"lo-{level}"], own[f"hi-{level}"]
        expected = metrics.msis(own["y"], lo, hi, level / 100, 5.0)
        assert value[f"MSIS {level}"] == pytest.approx(expected)
        tail = (1 - level / 100) / 2
        loss += metrics.pinball(own["y"], lo, tail) + metrics.pinball(own["y"], hi, 1 - tail)
    assert value["pinball"] == pytest.approx(2 * loss / 4 / 100)
    assert (table["lo"] <= table["value"]).all()
    assert (table["value"] <= table["hi"]).all()
    lowest, highest = table["lo"].to_dict(), table["hi"].to_dict()
    assert lowest["accuracy"] == pytest.approx(1 - highest["WAPE"])
    assert set(table.loc[["MSIS 80", "MASE"], "unit"]) == {"ratio"}
    # As many rows, in the same order, where nothing could be tested.
    assert table.index.tolist() == accuracy_table(untested())["metric"].tolist()


def untested() -> BacktestResult:
    return backtest(one(np.arange(8.0)), horizon=6, origins=1)


def test_thirds_are_the_rows_of_their_steps() -> None:
    result = judged(noise((3, 4, 7)))
    frame = result.by_third()
    assert frame[["first", "last"]].to_numpy().tolist() == [[1, 3], [4, 5], [6, 7]]
    assert frame["n"].tolist() == [36, 24, 24]
    own = result.frame[result.frame["model"] == "auto"]
    late = own[(own["ds"] - own["cutoff"]).dt.days >= 6]
    last = frame.iloc[2]
    assert last["WAPE"] == pytest.approx(metrics.wape(late["y"], late["mean"]))
    expected = metrics.coverage(late["y"], late["lo-80"], late["hi-80"])
    assert last["coverage 80"] == pytest.approx(expected)
    for name in ("WAPE", "bias", "coverage 80", "coverage 95"):
        assert frame[f"{name} lo"].le(frame[name]).all()
        assert frame[name].le(frame[f"{name} hi"]).all()
    short = judged(noise((2, 3, 2))).by_third()
    assert short[["first", "last"]].to_numpy().tolist() == [[1, 1], [2, 2]]
    assert untested().by_third().empty


def test_kinds_of_day_are_told_apart_by_date_and_series() -> None:
    size = np.full((2, 2, 7), 2.0)
    size[0, :, 3] = 30.0
    result = judged({"auto": size, "seasonal_naive": 2 * size})
    days = [pd.Timestamp("2024-01-11 20:00"), pd.Timestamp("2024-01-18")]
    named = pd.DataFrame({"unique_id": "s00", "ds": days, "event": "double 11"})
    frame = result.by_day(named)
    assert frame["kind"].tolist() == ["ordinary", "event"]
    assert frame["n"].tolist() == [26, 2]
    assert frame["WAPE"].tolist() == pytest.approx([0.02, 0.30])
    assert frame["seasonal-naive WAPE"].tolist() == pytest.approx([0.04, 0.60])
    everyone = result.by_day(named.drop(columns="unique_id"))
    assert everyone["n"].tolist() == [24, 4]
    two = pd.concat([named, named.iloc[:1].assign(event="618")])
    assert result.by_day(two)["event"].tolist() == ["", "", "618", "double 11"]
    assert days_table(result, two)["day"].tolist()[:2] == ["ordinary days", "event days"]
    assert result.by_day(two)["n"].tolist() == [26, 2, 1, 2]
    none = days_table(result, named.assign(ds=pd.Timestamp("2020-01-01")))
    assert none["kind"].tolist() == ["ordinary"]
    assert "No event day" in days_caption(none, result)["title"]


def test_event_days_come_from_a_regressor_too() -> None:
    frame = shop(400)
    result = backtest(frame, horizon=14, origins=2, open_column="open")
    events = events_from(frame, "promo")
    assert len(events) == frame["promo"].sum()
    table = days_table(result, events)
    own = result.frame[result.frame["model"] == "auto"]
    assert table["n"].tolist() == [14, 14]
    assert table["n"].sum() == len(own)
    for lang in ("en", "zh"):
        caption = days_caption(days_table(result, events, lang), result, lang)
        assert set(caption["hide"]) < set(table.columns)
    with pytest.raises(InputError, match="column 'sale'"):
        events_from(frame, "sale")
    with pytest.raises(InputError, match="expected 0 or 1"):
        events_from(frame, "y")


@pytest.mark.parametrize(
    ("events", "says"),
    [
        (pd.DataFrame({"ds": ["2024-01-11"]}), "no column 'event'"),
        (pd.DataFrame({"ds": ["soon"], "event": "a"}), "'soon', expected a date"),
    ],
)
def test_events_that_cannot_be_read_are_refused(events: pd.DataFrame, says: str) -> None:
    with pytest.raises(InputError, match=says):
        judged(noise((2, 2, 3))).by_day(events)


def test_where_the_target_was_missed_is_named() -> None:
    size = np.full((3, 4, 5), 5.0)
    size[1] = 40.0
    size[:, :, 4] += 20.0
    result = judged({"auto": size, "seasonal_naive": size})
    missed = shortfall(result, 0.85)
    assert missed.series["unique_id"].tolist() == ["s01"]
    assert missed.series["accuracy"].tolist() == pytest.approx([1 - 0.44])
    assert missed.steps["step"].tolist() == [5, 1, 2, 3, 4]
    table = target_table(result, 0.85)
    assert table["where"].tolist()[:2] == ["s01", "step 5"]
    assert table["short"].tolist() == pytest.approx((0.85 - table["accuracy"]).tolist())
    title = target_caption(result, 0.85)["title"]
    assert title == (
        "85% was missed in 1 of 3 series (worst s01: 56.0%) and "
        "5 of 5 steps ahead (worst step 5: 63.3%)."
    )
    everywhere = judged({"auto": np.full((2, 3, 4), 5.0), "seasonal_naive": np.ones((2, 3, 4))})
    assert "in every series and at every step" in target_caption(everywhere, 0.85)["title"]
    assert target_table(everywhere, 0.85).empty
    assert "could not be tested" in target_caption(untested(), 0.85)["title"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_verdict_says_plainly_whether_the_target_was_reached(lang: str) -> None:
    made = forecast(one(np.arange(40.0) + 50), horizon=3)
    rng = np.random.default_rng(2)
    size = 10 * np.exp(0.5 * rng.standard_normal((6, 6, 3)))
    result = judged({"auto": size, "seasonal_naive": 2 * size})
    value, lo, hi = result.figures()["accuracy"]
    words = {
        "en": ("was reached.", "was reached, but", "was not reached, but", "was not reached."),
        "zh": ("达到了", "达到了", "未达到", "未达到"),
    }[lang]
    targets = (lo - 0.01, (value + lo) / 2, (value + hi) / 2, hi + 0.01)
    status = ("good", "watch", "watch", "bad")
    for target, says, known in zip(targets, words, status, strict=True):
        told = verdict(made, result, target=target, unit="", lang=lang)
        assert told.status == known
        assert says in told.sentence
        short = len(shortfall(result, target).series)
        fell = {"en": "fell short of it", "zh": "个未达到。"}[lang]
        assert (fell in told.sentence) == (short > 0)
        assert len(told.sentence) <= 210


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_thirds_have_words(lang: str) -> None:
    result = judged(noise((3, 4, 7)))
    table, caption = thirds_table(result, lang), thirds_caption(result, lang)
    assert table["steps"].tolist()[0] == {"en": "1 to 3", "zh": "1 至 3"}[lang]
    assert set(caption["hide"]) | set(caption["formats"]) < set(table.columns) | {
        "seasonal-naive WAPE"
    }
    assert "80%" in caption["title"]
    assert thirds_table(untested(), lang).empty
    assert thirds_caption(untested(), lang)["title"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_figure_of_errors_names_the_target_and_has_intervals(lang: str) -> None:
    result = judged(noise((3, 4, 7)))
    axes = result.plot(lang=lang, target=0.85)
    assert any("15%" in text.get_text() for text in axes.texts)
    assert len(axes.collections) == len(result.by_third()) == 3
    assert not any("15%" in text.get_text() for text in result.plot(lang=lang).texts)


def test_event_days_are_marked_along_the_time_axis() -> None:
    made = forecast(one(np.arange(40.0) + 50), horizon=3)
    stamps = pd.to_datetime(made.table()["ds"])
    name = made.names[0]
    marked = pd.DataFrame({"unique_id": name, "ds": stamps.iloc[:2]})
    axes = made.plot(events=marked)
    assert len(axes.patches) == 2
    assert "event days" in [text.get_text() for text in axes.texts]
    other = made.plot(events=marked.assign(unique_id="somebody else"))
    assert not other.patches
    assert "event days" not in [text.get_text() for text in other.texts]
