"""The year that a panel shares: recovered, no look ahead, better than each series' own year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.forecasting import forecast
from analysis.forecasting import shared_year as sy
from analysis.forecasting.calendar import Calendar, calendar_of, infer
from tests.forecasting.panels import Floats

LAG = 52


def weekly(n: int, start: str = "2019-01-07") -> Calendar:
    stamps = pd.date_range(start, periods=n, freq="W-MON").to_numpy()
    frequency = infer(stamps)
    assert frequency is not None
    return calendar_of(stamps, frequency)


def shops(count: int, n: int, seed: int, noise: float = 0.1) -> tuple[list[Floats], Floats, Floats]:
    """Shops with one yearly profile, loadings of their own, levels that differ; no growth."""
    rng = np.random.default_rng(seed)
    profile = np.tile(0.3 * rng.standard_normal(LAG), n // LAG + 1)[:n]
    loading = rng.uniform(0.6, 1.4, count)
    made = [
        np.exp(rng.uniform(3, 6) + load * profile + noise * rng.standard_normal(n))
        for load in loading
    ]
    return made, loading, profile


def test_what_comes_again_is_the_shared_profile_by_its_loading() -> None:
    made, loading, profile = shops(40, 3 * LAG, 1)
    years = sy.shared([(weekly(3 * LAG), [y]) for y in made], LAG)
    for (year,), load in zip(years, loading, strict=True):
        assert year is not None
        assert year.log is not None
        slope = np.polyfit(profile, year.log, 1)[0]
        # Noise of 0.1 over 156 weeks of a profile with sd 0.3: 0.027, and the common mean's own.
        assert slope == pytest.approx(load, abs=0.12)
        # The rest is noise, none of which comes again.
        assert np.std(year.log - slope * profile) < 0.05


def test_it_forecasts_better_than_each_series_own_year() -> None:
    made, _, _ = shops(12, 3 * LAG, 2, noise=0.2)
    dates = pd.date_range("2019-01-07", periods=3 * LAG, freq="W-MON")
    panel = pd.concat(
        [pd.DataFrame({"unique_id": f"{i:02d}", "ds": dates, "y": y}) for i, y in enumerate(made)]
    )
    known, later = panel[panel["ds"] < dates[-8]], panel[panel["ds"] >= dates[-8]]

    def error(frame: pd.DataFrame) -> float:
        rows = forecast(frame, horizon=8).table().merge(later, on=["unique_id", "ds"])
        return float((rows["y"] - rows["mean"]).abs().sum() / rows["y"].sum())

    alone = np.mean([error(known[known["unique_id"] == name]) for name in ("00", "05", "11")])
    assert error(known) < 0.85 * alone


def test_an_origin_sees_nothing_after_it() -> None:
    made, _, _ = shops(8, 3 * LAG, 3)
    cut = 3 * LAG - 10
    calendar = weekly(3 * LAG)
    before = sy.shared([(calendar, [y, y[:cut]]) for y in made], LAG)
    changed = [np.concatenate([y[:cut], 5 * y[cut:]]) for y in made]
    after = sy.shared([(calendar, [y, y[:cut]]) for y in changed], LAG)
    for one, two in zip(before, after, strict=True):
        assert one[1] is not None
        assert two[1] is not None
        assert np.array_equal(one[1].linear, two[1].linear)
        assert one[0] is not None
        assert two[0] is not None
        assert not np.array_equal(one[0].linear, two[0].linear)


def test_few_short_and_odd_series_have_none() -> None:
    made, _, _ = shops(7, 2 * LAG, 4)
    calendar = weekly(2 * LAG)
    few = sy.shared([(calendar, [y]) for y in made[:4]], LAG)
    assert few == [[None]] * 4
    short = sy.shared([(calendar, [y]) for y in made[:6]] + [(calendar, [made[6][:-1]])], LAG)
    assert short[6] == [None]
    assert all(years[0] is not None for years in short[:6])
    # A week without a sale has no logarithm, but a year.
    closed = made[6].copy()
    closed[3] = 0.0
    mixed = sy.shared([(calendar, [y]) for y in [*made[:6], closed]], LAG)
    assert mixed[6][0] is not None
    assert mixed[6][0].log is None
    assert mixed[0][0] is not None
    assert mixed[0][0].log is not None
    nothing = sy.candidates(closed, 8, LAG, mixed[6][0], True)
    assert np.isnan(nothing).all()
    assert np.isfinite(sy.candidates(closed, 8, LAG, mixed[6][0], False)).all()


def test_series_that_end_on_other_dates_do_not_mix() -> None:
    made, _, _ = shops(10, 2 * LAG + 4, 5)
    late, early = weekly(2 * LAG + 4), weekly(2 * LAG + 4, "2018-11-05")
    apart = sy.shared([(late, [y]) for y in made[:5]] + [(early, [3 * y]) for y in made[5:]], LAG)
    alone = sy.shared([(late, [y]) for y in made[:5]], LAG)
    for (one,), (two,) in zip(apart[:5], alone, strict=True):
        assert one is not None
        assert two is not None
        assert np.array_equal(one.linear, two.linear)
