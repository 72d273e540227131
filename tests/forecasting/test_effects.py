from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.base.festivals import festival
from analysis.base.festivals.windows import day_columns, weekday_columns, window_column
from analysis.forecasting import airline, effects
from analysis.forecasting.arrays import Floats, Ints
from analysis.forecasting.calendar import Frequency, calendar_of
from analysis.forecasting.panel import Series
from tests.forecasting.panels import shared
from tests.forecasting.test_airline import simulate

START = np.datetime64("1995-03", "M")


def monthly(y: Floats, start: str = "1995-03", name: str = "a", step: int = 1) -> Series:
    first = np.datetime64(start, "M")
    stamps = (first + step * np.arange(len(y))).astype("datetime64[ns]")
    calendar = calendar_of(stamps, Frequency("month", step))
    x = np.zeros((len(y), 0))
    return Series(unique_id=name, y=y, calendar=calendar, x=x, opened=None)


def daily(y: Floats, start: str, name: str = "a", step: int = 1) -> Series:
    stamps = (np.datetime64(start, "D") + step * np.arange(len(y))).astype("datetime64[ns]")
    calendar = calendar_of(stamps, Frequency("day", step))
    x = np.zeros((len(y), 0))
    return Series(unique_id=name, y=y, calendar=calendar, x=x, opened=None)


def positive(n: int, rng: np.random.Generator, sd: float = 0.05) -> Floats:
    """Positive airline noise around 100."""
    z = sd * simulate(n, 0.4, 0.6, rng)
    return np.asarray(100 * np.exp(np.clip(z, -50, 50)), dtype=np.float64)


def spring(n: int, first: int = 0, last: int = 6, start: str = "1995-03") -> Floats:
    months = int((np.datetime64(start, "M") - np.datetime64("1901-01", "M")).astype(int))
    return window_column("spring_festival", first, last)[months : months + n]


def cuts(*lengths: int, count: int = 1) -> list[Ints]:
    return [np.array(lengths)] * count


def test_a_windows_shares_add_up_and_leave_the_season_alone() -> None:
    column = window_column("spring_festival", -7, 6)
    assert np.allclose(column.reshape(-1, 12).mean(axis=0), 0)
    assert np.allclose(column.reshape(-1, 12).sum(axis=1), 0)
    # 2004: 22 January, window 15 to 28 January; 2005: 9 February, window 2 to 15 February.
    mean = 1 - column[12 * (2005 - 1901) + 1]
    january, february = column[12 * (2004 - 1901) :][:2]
    assert february == pytest.approx(-mean)
    assert january - column[12 * (2005 - 1901)] == pytest.approx(1.0)


def test_quarters_keep_what_does_not_move() -> None:
    assert np.ptp(window_column("spring_festival", 0, 6, 3)) < 1e-9
    assert np.ptp(window_column("easter", 0, 1, 3)) > 0.9


def test_weekdays_are_counted() -> None:
    columns = weekday_columns()
    month = 12 * (2024 - 1901) + 1
    february = columns[month] - columns[month - 12]
    # February 2024 had five Thursdays; 2023 had four of each day.
    assert np.allclose(february, [1, 0, 0, 0, 1, 0, 0, 1])


def test_ramps_rise_to_the_festival_and_fall_after_it() -> None:
    day = np.datetime64(festival("spring_festival").date(2024))
    around = day_columns("spring_festival", day + np.arange(-15, 15), 7)
    assert np.allclose(around[0], 0)
    assert np.allclose(np.diff(around[1:15, 0]), 1 / 14)
    assert around[15:22, 1].tolist() == [1.0] * 7
    assert around[22, 2] == 1
    week = day_columns("spring_festival", np.array([day - 3]), 7, 7)
    assert week[0, 1] == pytest.approx(4 / 7)


def test_noise_gets_no_effect() -> None:
    """At most 5 % of series by design; 250 runs, Monte-Carlo error 1.4 points."""
    rng = np.random.default_rng(1)
    found = 0
    for _ in range(250):
        n = int(rng.choice([84, 120, 200]))
        series = monthly(positive(n, rng))
        made = effects.find([series], cuts(n), 6, 12)
        found += bool(made.terms)
        if not made.terms:
            assert not made.effects[0][0].calendar
            assert made.table.empty
    assert found / 250 <= 0.05


def test_correlated_panels_of_noise_get_no_effect() -> None:
    """Half of each series' variance is shared; 40 panels, Monte-Carlo error 3.4 points."""
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(40):
        common = simulate(100, 0.4, 0.6, rng)
        panel = [
            monthly(100 * np.exp(0.02 * (common + simulate(100, 0.4, 0.6, rng))), name=str(i))
            for i in range(8)
        ]
        found += bool(effects.find(panel, cuts(100, count=8), 6, 12, outliers=False).terms)
    assert found / 40 <= 0.05 + 2 * 0.034


def test_a_small_panel_of_noise_gets_no_effect_beside_a_strong_series() -> None:
    """At most 5 % of series by design; 60 panels, 120 series, Monte-Carlo error 2.0 points."""
    rng = np.random.default_rng(20)
    strong = monthly(positive(120, rng, 0.02) * np.exp(-0.3 * spring(120)), name="strong")
    found = 0
    for _ in range(60):
        noise = [monthly(positive(120, rng), name=name) for name in ("a", "b")]
        made = effects.find([*noise, strong], cuts(120, count=3), 6, 12, outliers=False)
        assert made.effects[2][0].calendar
        found += sum(made.effects[i][0].calendar for i in (0, 1))
    assert found / 120 <= 0.05 + 2 * 0.02


def test_series_of_a_small_panel_are_as_they_are_alone() -> None:
    rng = np.random.default_rng(21)
    lone = [
        monthly(positive(150, rng, 0.03) * np.exp(-0.3 * spring(150, first)), name=str(first))
        for first in (-15, 0)
    ]
    lone.append(monthly(positive(150, rng, 0.03), name="none"))
    origins = cuts(150, 130, 120, count=3)
    together = effects.find(lone, origins, 12, 12)
    for series, each in zip(lone, together.effects, strict=True):
        alone = effects.find([series], origins[:1], 12, 12).effects[0]
        for one, two in zip(each, alone, strict=True):
            assert np.array_equal(one.past, two.past)
            assert np.array_equal(one.ahead, two.ahead)
            assert one.outliers == two.outliers
    assert [note.split(":")[0] for note in together.notes()] == [
        "-15, Spring Festival",
        "0, Spring Festival",
    ]
    assert together.notes("zh")[0].startswith("-15，春节：")
    assert set(together.table["unique_id"]) == {"-15", "0"}


@pytest.mark.parametrize(("first", "last"), [(0, 6), (-15, -1), (-20, 21)])
def test_a_known_window_is_recovered(first: int, last: int) -> None:
    rng = np.random.default_rng(3)
    n = 200
    column = spring(n + 12, first, last)
    y = positive(n, rng, 0.03) * np.exp(-0.3 * column[:n])
    made = effects.find([monthly(y)], cuts(n), 12, 12)
    assert [term.family.name for term in made.terms] == ["spring_festival"]
    effect = made.effects[0][0]
    true = -0.3 * column
    assert np.corrcoef(effect.past, true[:n])[0, 1] > 0.97
    assert np.sqrt(np.mean((effect.ahead - true[n:]) ** 2)) < 0.35 * np.sqrt(np.mean(true**2))


def test_intervals_of_a_coefficient_cover() -> None:
    """1.96 standard errors hold -0.3 in 95 %; 60 runs, error 2.8 points; windows are searched."""
    rng = np.random.default_rng(4)
    column, held = spring(150), []
    for _ in range(60):
        y = positive(150, rng, 0.03) * np.exp(-0.3 * column)
        row = effects.find([monthly(y)], cuts(150), 1, 12, families=["spring_festival"]).table
        exact = row[row["column"] == "+0 to +6 days"]
        if len(exact):
            held.append(bool(abs(exact["coefficient"].iloc[0] + 0.3) < 1.96 * exact["se"].iloc[0]))
    assert len(held) > 20
    assert np.mean(held) > 0.95 - 3 * 0.028


def test_weekdays_and_leap_years_of_a_flow() -> None:
    rng = np.random.default_rng(5)
    months = int((START - np.datetime64("1901-01", "M")).astype(int))
    days = weekday_columns()[months : months + 132]
    true = 0.01 * days[:, 0] + days[:, -1] / 28.25
    y = positive(120, rng, 0.02) * np.exp(true[:120])
    made = effects.find([monthly(y)], cuts(120), 12, 12)
    assert [term.family.name for term in made.terms] == ["trading_days"]
    assert np.abs(made.effects[0][0].ahead - true[120:]).max() < 0.02


def test_a_panel_lends_strength_to_weak_series() -> None:
    """Twelve series whose own effect is weak: shrunken coefficients err less than their own."""
    rng = np.random.default_rng(6)
    column = spring(120)
    panel = [
        monthly(positive(120, rng, 0.1) * np.exp(-0.2 * column), name=f"{i:02d}") for i in range(12)
    ]
    together = effects.find(panel, cuts(120, count=12), 12, 12, families=["spring_festival"])
    alone = [effects.find([s], cuts(120), 12, 12, families=["spring_festival"]) for s in panel]
    assert together.terms

    def error(made: effects.Effects) -> float:
        return float(np.mean((made.past + 0.2 * column) ** 2))

    both = np.mean([error(each[0]) for each in together.effects])
    own = np.mean([error(made.effects[0][0]) for made in alone])
    assert both < 0.5 * own


def test_outliers_are_named_and_cleaned() -> None:
    rng = np.random.default_rng(7)
    plain = positive(120, rng, 0.02)
    y = plain.copy()
    y[50] *= 1.5
    y[80:] *= 0.7
    made = effects.find([monthly(y)], cuts(120), 6, 12)
    found = {(o.kind, o.position) for o in made.effects[0][0].outliers}
    assert {("additive", 50), ("level shift", 80)} <= found
    notes = made.outlier_notes()["a"]
    assert any(note.startswith("outlier 1999-05: +4") or "1999-05: +5" in note for note in notes)
    assert any("水平位移 2001-11" in note for note in made.outlier_notes("zh")["a"])
    clean = made.effects[0][0].clean(y)
    # The level after the shift is kept, the one before is moved to it.
    assert np.allclose(clean[82:], y[82:], rtol=0.03)
    assert np.allclose(clean[60:80], 0.7 * plain[60:80], rtol=0.06)
    assert clean[50] == pytest.approx(0.7 * plain[50], rel=0.1)


def test_the_share_of_noise_with_outliers_is_small() -> None:
    """5 % by design, plus what a robust spread of 100 values adds; 200 runs, error 2 points."""
    rng = np.random.default_rng(8)
    found = [
        bool(effects.find([monthly(positive(120, rng))], cuts(120), 1, 12).effects[0][0].outliers)
        for _ in range(200)
    ]
    assert np.mean(found) < 0.13


def test_the_limit_grows_with_length() -> None:
    limits = [effects.outlier_limit(n) for n in (60, 120, 240, 480)]
    assert limits == sorted(limits)
    assert 3.5 < limits[0] < limits[-1] < 4.2


def test_gaps_are_bridged() -> None:
    rng = np.random.default_rng(9)
    column = spring(200)
    y = positive(200, rng, 0.03) * np.exp(-0.3 * column)
    holed = y.copy()
    holed[[20, 77, 78, 150]] = np.nan
    full = effects.find([monthly(y)], cuts(200), 12, 12).effects[0][0]
    made = effects.find([monthly(holed)], cuts(200), 12, 12).effects[0][0]
    assert np.abs(made.past - full.past).max() < 0.05
    assert not any(o.position in (20, 77, 78, 150) for o in made.outliers)
    assert np.isnan(made.clean(holed)[77])


def test_nothing_is_said_where_nothing_can_be() -> None:
    rng = np.random.default_rng(10)
    y = positive(120, rng)
    short = monthly(y[:40], name="short")
    gaps = monthly(np.where(np.arange(120) % 3 == 0, np.nan, y), name="gaps")
    constant = monthly(np.full(120, 5.0), name="constant")
    holed = monthly(np.where(np.arange(120) == 60, np.nan, 5.0), name="holed")
    yearly = monthly(y, name="yearly", step=12)
    panel = [short, gaps, constant, holed, yearly]
    made = effects.find(panel, [np.array([len(s.y)]) for s in panel], 6, 12)
    for series, (effect,) in zip(made.series, made.effects, strict=True):
        assert not effect.calendar
        assert not effect.outliers
        assert np.array_equal(effect.clean(series.y), series.y, equal_nan=True)
        assert np.array_equal(effect.restore(np.ones(6)), np.ones(6))
    assert made.notes() == ()


def test_negative_values_are_treated_on_their_own_scale() -> None:
    rng = np.random.default_rng(11)
    column = spring(200)
    y = simulate(200, 0.4, 0.6, rng) - 8 * column
    made = effects.find([monthly(y)], cuts(200), 6, 12, families=["spring_festival"])
    effect = made.effects[0][0]
    assert not effect.log
    assert np.corrcoef(effect.past, -8 * column)[0, 1] > 0.95
    assert np.allclose(effect.restore(np.zeros(6)), effect.ahead)


def test_rolling_origins_see_only_their_past() -> None:
    """Changing what comes after the earliest origin changes nothing there."""
    rng = np.random.default_rng(12)
    y = positive(200, rng, 0.03) * np.exp(-0.3 * spring(200))
    other = y.copy()
    other[150:] *= np.exp(rng.standard_normal(50))
    origins = cuts(200, 170, 150)
    first = effects.find([monthly(y)], origins, 12, 12).effects[0]
    second = effects.find([monthly(other)], origins, 12, 12).effects[0]
    assert first[2].calendar
    assert np.array_equal(first[2].past, second[2].past)
    assert np.array_equal(first[2].ahead, second[2].ahead)
    assert first[2].outliers == second[2].outliers
    assert len(first[1].past) == 170


def test_the_order_of_series_does_not_matter() -> None:
    rng = np.random.default_rng(13)
    panel = [
        monthly(positive(120, rng, 0.05) * np.exp(-0.3 * spring(120)), name=str(i))
        for i in range(5)
    ]
    ahead = effects.find(panel, cuts(120, count=5), 12, 12).effects
    back = effects.find(panel[::-1], cuts(120, count=5), 12, 12).effects[::-1]
    for (one,), (two,) in zip(ahead, back, strict=True):
        assert np.allclose(one.past, two.past, atol=1e-9)


def test_words_in_both_languages() -> None:
    rng = np.random.default_rng(14)
    y = positive(200, rng, 0.02) * np.exp(-0.3 * spring(200))
    made = effects.find([monthly(y)], cuts(200), 6, 12)
    assert made.notes()[0].startswith("Spring Festival: day ")
    assert made.notes("zh")[0].startswith("春节：第")


def test_festivals_of_daily_sales_are_found_and_noise_is_not() -> None:
    rng = np.random.default_rng(15)
    found = 0
    for run in range(12):
        y = 100 * np.exp(0.1 * rng.standard_normal(1100) + 0.2 * (np.arange(1100) % 7 == 5))
        series = daily(y, "2016-01-01")
        found += bool(effects.festival_columns([series], [1100], 14).names)
        if run == 0:
            stamps = series.calendar.stamps(np.arange(1100)).astype("datetime64[D]")
            lift = day_columns("mid_autumn", stamps, 3) @ [0.8, 0.4, 0.0]
            lifted = daily(y * np.exp(lift), "2016-01-01")
            made = effects.festival_columns([lifted], [1100], 14)
            assert {"mid_autumn before", "mid_autumn during"} <= set(made.names)
            assert made.columns[0].shape == (1114, len(made.names))
    assert found <= 2


def test_one_occurrence_is_not_enough() -> None:
    rng = np.random.default_rng(16)
    y = 100 * np.exp(0.05 * rng.standard_normal(400))
    series = daily(y, "2016-03-01")
    stamps = series.calendar.stamps(np.arange(400)).astype("datetime64[D]")
    lifted = daily(y * np.exp(day_columns("christmas", stamps, 2)[:, 1]), "2016-03-01")
    assert effects.festival_columns([lifted], [400], 7).names == ()


@pytest.mark.parametrize("ends", [False, True])
def test_weeks_may_be_stamped_at_either_end(ends: bool) -> None:
    rng = np.random.default_rng(17)
    first = np.datetime64("2014-01-06") + 7 * np.arange(260)
    lift = day_columns("spring_festival", first, 7, 7)[:, 1]
    y = 100 * np.exp(0.04 * rng.standard_normal(260) + 0.8 * lift)
    start = "2014-01-12" if ends else "2014-01-06"
    made = effects.festival_columns([daily(y, start, step=7)], [260], 8)
    assert "spring_festival during" in made.names
    assert made.ends == ends
    assert (
        np.corrcoef(made.columns[0][:260, made.names.index("spring_festival during")], lift)[0, 1]
        > 0.99
    )


def china(name: str) -> tuple[str, Floats]:
    frame = pd.read_csv(shared(f"{name}.csv"))
    return str(frame["date"].iloc[0])[:7], frame["value"].to_numpy(dtype=np.float64)


def test_chinese_imports_and_exports_in_january_and_february() -> None:
    """One month ahead, everything found anew each month, both series in one panel.

    X-13 with its holiday regressor and outliers stands at 8.9 % over both; without a calendar the
    airline model has 14.2 % and 9.6 %. Screened together, imports lend their weekdays to exports,
    and both stand at 9.0 %.
    """
    errors: dict[str, list[float]] = {"china_imp": [], "china_exp": []}
    data = {name: china(name) for name in errors}
    for year in range(2004, 2014):
        for month in (1, 2):
            target = np.datetime64(f"{year}-{month:02d}", "M")
            panel, came = [], []
            for name, (start, value) in data.items():
                n = int((target - np.datetime64(start, "M")).astype(int))
                panel.append(monthly(value[:n], start, name))
                came.append(value[n])
            known = [np.array([len(series.y)]) for series in panel]
            found = effects.find(panel, known, 1, 12).effects
            for series, (effect,), value in zip(panel, found, came, strict=True):
                level = airline.fit(np.log(effect.clean(series.y)), m=12, horizon=1).forecast
                forecast = float(effect.restore(np.exp(level))[0])
                errors[series.unique_id].append(abs(forecast / value - 1))
    means = {name: float(np.mean(missed)) for name, missed in errors.items()}
    assert np.mean(list(means.values())) <= 0.089
    assert means["china_imp"] <= 0.086
    assert means["china_exp"] <= 0.1
