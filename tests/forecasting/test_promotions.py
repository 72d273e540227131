from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputError, InputProblems
from analysis.base.theme import house_style
from analysis.forecasting.promotions import (
    PROMO_CALENDAR,
    check_phases,
    phase_aligned,
    phase_days,
    phases,
    years_known,
)

PLAN = Path(__file__).parents[2] / "data" / "raw" / "plan"


@pytest.fixture(scope="module")
def calendar() -> pd.DataFrame:
    return pd.read_csv(PLAN / "promo_calendar.csv", dtype={"event": str})


@pytest.fixture(scope="module")
def plan() -> pd.DataFrame:
    frame = pd.read_csv(PLAN / "phases.csv")
    return frame[frame["plan"] == "new_year"]


def sales(start: str, end: str, lift: dict[str, float], seed: int = 0) -> pd.DataFrame:
    ds = pd.date_range(start, end)
    rng = np.random.default_rng(seed)
    y = pd.Series(100 * np.exp(0.05 * rng.standard_normal(len(ds))), index=ds)
    for day, factor in lift.items():
        y.loc[day] *= factor
    return pd.DataFrame({"ds": ds, "y": y.to_numpy()})


def test_the_shipped_calendar_is_sound(calendar: pd.DataFrame) -> None:
    assert tuple(calendar) == PROMO_CALENDAR.names
    assert not calendar.duplicated(list(PROMO_CALENDAR.key)).any()
    assert (calendar["start"] <= calendar["end"]).all()
    assert (calendar["start"].str[:4].astype(int) == calendar["year"]).all()
    assert calendar["source"].str.contains(r"20\d\d").all()
    events = calendar[["platform", "event", "year"]].drop_duplicates()
    for row in events.to_dict("records"):
        found = phases(calendar, str(row["event"]), int(row["year"]), str(row["platform"]))
        assert (found["start"].diff().dropna() > pd.Timedelta(0)).all()


def test_phases_of_a_year(calendar: pd.DataFrame) -> None:
    found = phases(calendar, "double_11", 2022, "tmall")
    assert found["phase"].tolist() == ["presale", "first wave", "second wave"]
    assert f"{found['start'].iloc[0]:%m-%d}" == "10-24"


@pytest.mark.parametrize("year", [2010, 2031])
def test_unknown_years_are_refused_by_naming_the_known(calendar: pd.DataFrame, year: int) -> None:
    known = years_known(calendar, "double_11", "tmall")
    assert known == (2018, 2019, 2020, 2021, 2022)
    with pytest.raises(InputError, match=f"found year {year}, expected one of 2018, 2019, 2020"):
        phases(calendar, "double_11", year, "tmall")
    with pytest.raises(InputError, match="not guessed"):
        phases(calendar, "double_12", 2022, "tmall")


def test_a_shared_day_belongs_to_the_phase_that_begins_later(calendar: pd.DataFrame) -> None:
    days = phase_days(phases(calendar, "double_11", 2022, "tmall"))
    assert f"{days['presale'][-1]:%m-%d}" == "10-30"
    assert f"{days['first wave'][0]:%m-%d}" == "10-31"
    every = [day for one in days.values() for day in one]
    assert len(set(every)) == len(every)


def test_alignment_finds_growth_that_dates_hide(calendar: pd.DataFrame) -> None:
    """The first wave began a day earlier in 2022; sales of every phase day grew by 20 %."""
    frame = []
    for year, level in ((2021, 100.0), (2022, 120.0)):
        for name, days in phase_days(phases(calendar, "double_11", year, "tmall")).items():
            for number, day in enumerate(days):
                boost = {"presale": 1.0, "first wave": 5.0, "second wave": 9.0}[name]
                frame.append((day, level * boost * (1 + 0.1 * number)))
    result = phase_aligned(
        pd.DataFrame(frame, columns=["ds", "y"]), calendar, "double_11", (2021, 2022), "tmall"
    )
    assert np.allclose(result.days["change"].dropna(), 0.2)
    row = result.table().iloc[-1]
    assert row["phase"] == "all"
    assert row["change"] == pytest.approx(0.2)
    # Presale: 12 days and 7; wave: 3 and 4; second wave: 1 and 2; the shorter year is compared.
    assert row["days"] == 7 + 3 + 1
    assert "+20.0% (+20.0% to +20.0%) on 11 days" in result.summary()
    assert "按阶段对齐" in result.summary("zh")


def test_the_interval_of_a_known_change_holds() -> None:
    """Independent days, 20 % growth: the 95 % interval covers in 120 runs (MC error 2 points)."""
    calendar = pd.DataFrame(
        [("jd", "x", year, "main", f"{year}-06-01", f"{year}-06-30") for year in (2020, 2021)],
        columns=["platform", "event", "year", "phase", "start", "end"],
    )
    held = 0
    for seed in range(120):
        frame = pd.concat(
            [
                sales("2020-06-01", "2020-06-30", {}, seed),
                sales("2021-06-01", "2021-06-30", {}, seed + 1000).assign(y=lambda f: f["y"] * 1.2),
            ]
        )
        row = phase_aligned(frame, calendar, "x", (2020, 2021), "jd", seed=seed, draws=300).table()
        held += bool(row["lo"].iloc[-1] <= 0.2 <= row["hi"].iloc[-1])
    # A block bootstrap of 30 days is known to run a few points short of 95 %.
    assert 0.86 <= held / 120 <= 0.98


def test_few_days_get_a_reason_instead_of_an_interval(calendar: pd.DataFrame) -> None:
    frame = sales("2020-10-01", "2021-11-30", {"2021-11-11": 3.0})
    result = phase_aligned(frame, calendar, "double_11", (2020, 2021), "tmall")
    table = result.table().set_index("phase")
    assert table.loc["second wave", "no_interval"] == "fewer than 5 days in both years"
    assert table["change"]["second wave"] > 1
    assert table.loc["presale", "no_interval"] == ""
    assert result.alone == ("second presale",)
    assert "only one year has it: second presale" in result.summary()
    assert "第二轮预售" in result.summary("zh")


def test_what_cannot_be_compared_is_refused(calendar: pd.DataFrame) -> None:
    frame = sales("2020-10-01", "2020-11-30", {})
    with pytest.raises(InputError, match="found none in the phases of double_11 2021 on tmall"):
        phase_aligned(frame, calendar, "double_11", (2020, 2021), "tmall")
    with pytest.raises(InputError, match="expected one in common"):
        phase_aligned(frame, calendar, "double_11", (2022, 2023), "jd")
    with pytest.raises(InputError, match="found no column y"):
        phase_aligned(frame[["ds"]], calendar, "double_11", (2020, 2021), "tmall")


def findings(plan: pd.DataFrame, year: int, **more: Any) -> set[tuple[str, str, str, int]]:
    rows = check_phases(plan, year, **more).table().to_dict("records")
    return {(r["finding"], r["phase"], r["other"], r["days"]) for r in rows}


def test_the_new_year_plan_fits_2025_and_not_2026(plan: pd.DataFrame) -> None:
    """Spring Festival: 29 January 2025, 17 February 2026; the plan runs to 15 February."""
    in_2025 = findings(plan, 2025, peak="Peak")
    assert not {f for f in in_2025 if f[0].startswith("festival outside")}
    in_2026 = findings(plan, 2026, peak="Peak")
    assert ("festival outside the plan", "Peak", "", 2) in in_2026
    in_2023 = findings(plan, 2023, peak="Peak")
    assert ("festival outside its phase", "Peak", "Burst", 7) in in_2023
    assert not {f for f in findings(plan, 2023) if f[0].startswith("festival outside")}


def test_windows_are_laid_on_the_festival(plan: pd.DataFrame) -> None:
    result = check_phases(plan, 2025)
    windows = result.resolved[result.resolved["basis"] == "festival"]
    assert [f"{day:%m-%d}" for day in windows["start"]] == ["01-09", "01-15", "01-22"]
    assert [f"{day:%m-%d}" for day in windows["end"]] == ["01-14", "01-22", "01-26"]
    found = findings(plan, 2025)
    food, gift = "Concentrated purchase: food, daily goods", "Gift selection"
    assert ("overlap", food, gift, 1) in found
    assert ("uncovered before the festival", gift, "", 2) in found
    assert {kind for kind, *_ in found} == {"overlap", "uncovered before the festival"}


def test_an_early_festival_pushes_windows_before_the_plan(plan: pd.DataFrame) -> None:
    """2023, 22 January: 20 days before it is 2 January, inside; 2020, 25 January, too."""
    assert not {f for f in findings(plan, 2023) if f[0] == "before the plan"}
    late = plan.assign(starts=plan["starts"].replace("01-01", "01-05"))
    found = findings(late, 2023)
    big = "Early purchase: large appliances, furniture"
    assert ("before the plan", big, "", 3) in found
    assert ("other length", "Warm-up", "15.0", 11) in found


def test_gaps_between_dates(plan: pd.DataFrame) -> None:
    holed = plan.assign(ends=plan["ends"].replace("01-28", "01-25"))
    assert ("gap", "Burst", "Peak", 3) in findings(holed, 2025)


def test_a_lead_runs_up_to_the_festival_and_leads_nest() -> None:
    frame = pd.read_csv(PLAN / "phases.csv")
    rhythm = frame[frame["track"] == "Festival rhythm"]
    result = check_phases(rhythm, 2025)
    assert [f"{d:%m-%d}" for d in result.resolved["start"]] == ["12-15", "01-14", "01-30"]
    assert result.table()["finding"].tolist() == ["gap"]
    assert result.table()["days"].tolist() == [1]  # the festival's own day


def test_dates_that_are_none_are_all_listed(plan: pd.DataFrame) -> None:
    wrong = plan.assign(ends=plan["ends"].replace({"01-15": "02-30", "01-28": "Monday"}))
    with pytest.raises(InputProblems, match="2 problems"):
        check_phases(wrong, 2025)
    with pytest.raises(InputError, match="found 'Top', expected a dated phase"):
        check_phases(plan, 2025, peak="Top")
    with pytest.raises(InputError, match="found no column unit"):
        check_phases(plan.drop(columns="unit"), 2025)


@settings(max_examples=20, deadline=None)
@given(st.integers(1950, 2090))
def test_every_year_can_be_checked(year: int) -> None:
    frame = pd.read_csv(PLAN / "phases.csv")
    result = check_phases(frame[frame["plan"] == "new_year"], year)
    assert set(result.table()["days"] >= 0) <= {True}
    assert str(year) in result.summary()
    assert str(year) in result.summary("zh")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_figures_are_drawn(calendar: pd.DataFrame, plan: pd.DataFrame, lang: str) -> None:
    import matplotlib.pyplot as plt

    frame = sales("2020-10-01", "2021-11-30", {"2021-11-11": 3.0, "2020-11-11": 2.5})
    with house_style():
        axes = phase_aligned(frame, calendar, "double_11", (2020, 2021), "tmall").plot(lang=lang)
        assert len(axes.lines) >= 2
        checked = check_phases(plan, 2026).plot(lang=lang)
        assert len(checked.patches) == 7
        plt.close("all")
