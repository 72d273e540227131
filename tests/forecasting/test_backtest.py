"""Rolling origins: no leakage, tables, and intervals that hold."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.forecasting import BacktestResult, backtest, forecast, verdict
from analysis.forecasting.metrics import wape
from analysis.forecasting.origins import cuts_of
from tests.forecasting.panels import Floats, many, one, seasonal_walks, shared, shop

mpl.use("agg")


def numbers(result: BacktestResult) -> dict[str, dict[str, float]]:
    """Value and bounds by metric."""
    rows = result.overall().to_dict("records")
    return {str(r["metric"]): {k: float(r[k]) for k in ("value", "lo", "hi")} for r in rows}


def test_origins_are_half_a_horizon_apart_and_leave_two_seasons() -> None:
    assert cuts_of(100, 18, 12).tolist() == [100, 91, 82, 73, 64, 55, 46]
    assert cuts_of(50, 18, 12).tolist() == [50, 41, 32]
    assert cuts_of(5, 2, 1).tolist() == [5, 4]
    assert cuts_of(1, 4, 12).tolist() == [1]


def test_changing_the_future_leaves_forecasts_unchanged() -> None:
    frame = shop(400)
    other = frame.copy()
    late = other["ds"] > other["ds"].max() - pd.Timedelta(days=14)
    other.loc[late, "y"] = other.loc[late, "y"] * 3 + 100
    first, second = (
        backtest(f, horizon=14, origins=2, open_column="open").frame.drop(columns="y")
        for f in (frame, other)
    )
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_backtest_equals_forecasts_of_the_cut_panel() -> None:
    series = seasonal_walks(3, 70, 4)
    rows = backtest(many(series), horizon=6, origins=2, step=3).frame
    rows = rows[(rows["model"] == "auto") & (rows["cutoff"] == rows["cutoff"].min())]
    cut = forecast(many([y[:-9] for y in series]), horizon=6).table()
    assert np.array_equal(rows["mean"], cut["mean"])
    assert np.array_equal(rows["hi-95"], cut["hi-95"])
    assert np.array_equal(rows["y"], np.concatenate([y[-9:-3] for y in series]))


def test_tables() -> None:
    series = seasonal_walks(4, 80, 6)
    result = backtest(many(series), horizon=6, origins=3)
    own = result.frame[result.frame["model"] == "auto"]
    table = result.table()
    assert table["n"].tolist() == [18] * 4
    first = own[own["unique_id"] == "0000"]
    assert table["WAPE"].iloc[0] == pytest.approx(wape(first["y"], first["mean"]))
    overall = numbers(result)
    assert overall["WAPE"]["value"] == pytest.approx(wape(own["y"], own["mean"]))
    assert overall["WAPE"]["lo"] < overall["WAPE"]["value"] < overall["WAPE"]["hi"]
    assert overall["skill"]["value"] == pytest.approx(
        1 - overall["WAPE"]["value"] / overall["seasonal-naive WAPE"]["value"]
    )
    assert {"OWA", "MASE", "bias", "coverage 80", "coverage 95"} <= set(overall)
    steps = result.by_horizon().query("model == 'auto'")
    assert steps["step"].tolist() == [1, 2, 3, 4, 5, 6]
    assert steps["n"].tolist() == [12] * 6
    pd.testing.assert_frame_equal(result.overall(), result.overall(), check_exact=True)
    assert "the seasonal naive by " in result.summary("en")
    assert result.summary("zh").endswith("。")
    assert len(result.plot().lines) == 2


def test_a_panel_too_short_to_test_says_so_and_can_still_be_forecast() -> None:
    short = one(np.arange(8.0))
    result = backtest(short, horizon=6)
    assert not result.tested
    assert "too short" in result.summary("en")
    assert result.overall()["value"].isna().all()
    assert list(result.table().columns) == list(backtest(short, horizon=2).table().columns)
    assert not result.plot().lines
    told = verdict(forecast(short, horizon=6), result, target=0.85, unit="EUR")
    assert told.status == "watch"
    assert "could not be tested" in told.sentence


def test_origins_and_step_are_checked() -> None:
    with pytest.raises(InputError, match="origins"):
        backtest(one(np.arange(30.0)), horizon=6, origins=0)


def ar1(count: int, n: int, seed: int) -> list[Floats]:
    """Stationary AR(1), coefficient 0.7, around 100."""
    noise = np.random.default_rng(seed).standard_normal((count, n + 50))
    y = np.zeros_like(noise)
    for t in range(1, noise.shape[1]):
        y[:, t] = 0.7 * y[:, t - 1] + noise[:, t]
    return list(100 + 5 * y[:, 50:])


def walks(count: int, n: int, seed: int) -> list[Floats]:
    """Random walks from 200."""
    return list(200 + np.random.default_rng(seed).standard_normal((count, n)).cumsum(axis=1))


@pytest.mark.parametrize("simulate", [ar1, walks, seasonal_walks])
def test_intervals_hold_on_simulated_panels(simulate: object) -> None:
    count, horizon = 400, 12
    series = simulate(count, 96, 21)  # type: ignore[operator]
    made = forecast(many([y[:-horizon] for y in series]), horizon=horizon)
    came = np.stack([y[-horizon:] for y in series])
    for i, level in enumerate((0.80, 0.95)):
        inside = ((came >= made.lo[i]) & (came <= made.hi[i])).mean(axis=1)
        # A series is one draw, its periods move together: standard error over series.
        error = inside.std() / np.sqrt(count)
        assert abs(inside.mean() - level) < 0.02 + 2 * error


def test_intervals_of_single_series_hold() -> None:
    held = []
    for y in seasonal_walks(40, 96, 33):
        made = forecast(one(y[:-6]), horizon=6)
        held.append(np.mean((y[-6:] >= made.lo[0, 0]) & (y[-6:] <= made.hi[0, 0])))
    # 40 series: the standard error of a coverage of 80 % is about 4 points; wider is allowed.
    assert np.mean(held) > 0.80 - 2 * 0.04


def test_australian_retail_beats_naive2() -> None:
    frame = pd.read_csv(shared("aus_retail.csv.gz")).rename(
        columns={"Series ID": "unique_id", "Month": "ds", "Turnover": "y"}
    )[["unique_id", "ds", "y"]]
    chosen = frame["unique_id"].drop_duplicates().iloc[::4]
    result = backtest(frame[frame["unique_id"].isin(chosen)], horizon=18, origins=2)
    overall = numbers(result)
    assert overall["OWA"]["value"] < 0.9
    assert overall["skill"]["lo"] > 0
    assert 0.70 < overall["coverage 80"]["value"] < 0.92
    assert overall["coverage 95"]["value"] > 0.90
