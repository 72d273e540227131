"""Simulations state their Monte-Carlo error; 2.6 of it bounds what chance alone would show."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.forecasting import overrides
from analysis.forecasting.overrides import value as values
from analysis.forecasting.overrides.value import interval, override_value, value_of
from tests.forecasting.overrides.worlds import day, made, total


def world(
    rng: np.random.Generator, series: int, dates: int, *, worse: float = 1.0, noise: float = 0.0
) -> pd.DataFrame:
    """Overrides with independent errors: as large as the forecast's times ``worse``, or the
    forecast with noise of a share ``noise`` of it on top."""
    n = series * dates
    came = 100 * np.exp(0.3 * rng.standard_normal(n))
    mean = came * (1 + 0.2 * rng.standard_normal(n))
    own = came * (1 + 0.2 * worse * rng.standard_normal(n))
    changed = mean * (1 + noise * rng.standard_normal(n)) if noise else own
    return pd.DataFrame(
        {
            "unique_id": [f"s{i:03d}" for i in np.repeat(np.arange(series), dates)],
            "first": pd.Timestamp("2026-01-01")
            + pd.to_timedelta(np.tile(np.arange(dates), series), "D"),
            "actual": came,
            "forecast error": np.abs(mean - came),
            "override error": np.abs(changed - came),
        }
    )


def test_value_is_the_difference_of_both_errors() -> None:
    """By hand: errors 10 + 30 against 20 + 0 of 300 that came."""
    rows = pd.DataFrame(
        {"unique_id": ["a", "b"], "first": pd.Timestamp("2026-01-01"), "actual": [100.0, 200.0],
         "forecast error": [10.0, 30.0], "override error": [20.0, 0.0]}
    )  # fmt: skip
    found = value_of(rows, 0)
    assert (found.forecast_wape, found.override_wape) == pytest.approx((40 / 300, 20 / 300))
    assert found.value == pytest.approx(20 / 300)
    assert np.isnan(found.lo)
    assert found.finding == "few"


def test_the_interval_beside_the_linearised_one() -> None:
    """An independent way for many series: Student's t of the linearised ratio."""
    rng = np.random.default_rng(8)
    rows = world(rng, 60, 1, worse=0.7)
    found = value_of(rows, 3)
    gain = (rows["forecast error"] - rows["override error"]).to_numpy()
    size = rows["actual"].to_numpy()
    left = gain - gain.sum() / size.sum() * size
    error = np.sqrt(60 / 59 * (left**2).sum()) / size.sum()
    assert found.hi - found.lo == pytest.approx(2 * 2.001 * error, rel=0.12)
    assert (found.hi + found.lo) / 2 == pytest.approx(found.value, abs=0.3 * error)


@pytest.mark.parametrize(("series", "dates"), [(12, 1), (1, 27), (8, 4)])
def test_coverage_and_false_alarms(
    monkeypatch: pytest.MonkeyPatch, series: int, dates: int
) -> None:
    """Equal errors: the true value is 0. Monte-Carlo error of 5% in 200 worlds: 1.5 points."""
    monkeypatch.setattr(values, "DRAWS", 500)
    worlds = 200
    rng = np.random.default_rng(series)
    found = [value_of(world(rng, series, dates), seed).finding for seed in range(worlds)]
    wrong = sum(one != "open" for one in found) / worlds
    assert wrong <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / worlds)


def test_coverage_of_a_true_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "DRAWS", 500)
    large = world(np.random.default_rng(0), 400, 100, worse=0.7)
    truth = float((large["forecast error"] - large["override error"]).sum() / large["actual"].sum())
    rng, worlds = np.random.default_rng(1), 200
    held = 0
    for seed in range(worlds):
        found = value_of(world(rng, 20, 2, worse=0.7), seed)
        held += found.lo <= truth <= found.hi
    assert held / worlds >= 0.95 - 2.6 * np.sqrt(0.05 * 0.95 / worlds)


def test_noise_is_not_called_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noise on a forecast makes it worse; at most 2.5% of worlds may say that it helped."""
    monkeypatch.setattr(values, "DRAWS", 500)
    rng = np.random.default_rng(4)
    found = [value_of(world(rng, 12, 3, noise=0.1), seed).finding for seed in range(120)]
    assert found.count("helped") / 120 <= 0.025
    assert found.count("hurt") > found.count("helped")


def test_errors_shared_on_a_date_widen_the_interval() -> None:
    rng = np.random.default_rng(2)
    rows = world(rng, 30, 24)
    shared = rows.copy()
    shock = 10 * np.tile(rng.standard_normal(24), 30)
    shared["override error"] = shared["forecast error"] + shock
    by_date, alone = value_of(shared, 0), value_of(rows, 0)
    series = np.repeat(np.arange(30), 24)
    gain = (shared["forecast error"] - shared["override error"]).to_numpy()
    lo, hi = interval(gain, shared["actual"].to_numpy(), series, 30, 1, 0)
    assert by_date.hi - by_date.lo > 3 * (hi - lo)
    assert np.isfinite(alone.lo)


def test_the_same_seed_gives_the_same_interval() -> None:
    rows = world(np.random.default_rng(6), 10, 3)
    assert value_of(rows, 5) == value_of(rows, 5)
    assert value_of(rows, 5) != value_of(rows, 6)


def past(rows: list[dict[str, object]], totals: list[dict[str, object]]) -> overrides.Placed:
    tables = [pd.DataFrame(each) if each else None for each in (rows, totals)]
    return overrides.plan(made(), overrides.given(*tables)).placed


def test_groups_of_overrides_that_have_come() -> None:
    """Against a computation of its own, from the panel itself."""
    known = {one.unique_id: one.y for one in made().panel.series}
    days = [
        day("a", -1 - step, 100 + 30.0 * (step % 3 - 1) + 0.5, mean=100.0, by="Li" if step else "")
        for step in range(12)
    ]
    placed = past(days, [total("b", 2500.0, -14, -8, mean=2000.0, by="Wang")])
    judged = override_value(placed, seed=1)
    came = [known["a"][-1 - step] for step in range(12)]
    week = known["b"][-14:-7].sum()
    forecast = sum(abs(100.0 - y) for y in came) + abs(2000 - week)
    override = sum(abs(one["override"] - y) for one, y in zip(days, came, strict=True))
    override += abs(2500 - week)
    size = sum(came) + week
    assert judged.whole.forecast_wape == pytest.approx(forecast / size)
    assert judged.whole.override_wape == pytest.approx(override / size)
    groups = judged.groups.set_index("group")
    assert groups["n"].to_dict() == {
        "all": 13, "up": 9, "down": 4, "large": 9, "small": 4, "Li": 11, "": 1, "Wang": 1,
    }  # fmt: skip
    assert groups.loc["Wang", "finding"] == "few"
    assert judged.rows["gain"].sum() == pytest.approx(forecast - override)


def test_nothing_to_judge_yet() -> None:
    judged = override_value(past([day("a", 0, 5.0)], []), seed=0)
    assert not judged.rated
    assert judged.groups.empty
    assert judged.summary() == "No override can be judged yet: none of their dates has come."
    assert judged.summary("zh")
    overrides.value_captions(judged, unit="", lang="zh")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("worse", [0.3, 1.0, 3.0])
def test_findings_are_said_and_drawn(lang: str, worse: float) -> None:
    rows = world(np.random.default_rng(9), 20, 3, worse=worse).assign(
        level="day", mean=100.0, override=120.0, change=0.2, gain=0.0, reason="r", by="Li"
    )
    rows["last"] = rows["first"]
    one = value_of(rows, 0)
    groups = pd.DataFrame(
        [{"kind": "all", "group": "all", **{f: getattr(one, f) for f in one.__slots__},
          "finding": one.finding}]
    )  # fmt: skip
    judged = overrides.OverrideValue(rows[values.ROWS], one, groups, 1)
    assert one.finding == {0.3: "helped", 1.0: "open", 3.0: "hurt"}[worse]
    axes = judged.plot(lang=lang)
    assert np.asarray(axes.lines[1].get_xdata()).tolist() == [one.lo, one.hi]
    figure, table, each = overrides.value_captions(judged, unit="EUR", lang=lang)
    assert figure["title"] == judged.summary(lang)
    assert set(table["labels"]) == set(groups)
    assert set(each["labels"]) == set(values.ROWS)
