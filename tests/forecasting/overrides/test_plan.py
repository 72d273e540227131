from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from analysis.base.errors import InputError
from analysis.forecasting import overrides
from analysis.forecasting.overrides.plan import spread
from tests.forecasting.overrides.worlds import HORIZON, day, made, total

Rows = list[dict[str, Any]]


def planned(days: Rows = (), totals: Rows = (), lowest: float = 0.0) -> overrides.Plan:  # type: ignore[assignment]
    tables = [pd.DataFrame(rows) if rows else None for rows in (days, totals)]
    return overrides.plan(made(lowest), overrides.given(*tables))


def test_without_overrides_the_plan_is_the_forecast() -> None:
    plan = planned()
    np.testing.assert_array_equal(plan.final, made().mean)
    assert not plan.overridden
    assert not plan.placed.any
    table = plan.table()
    assert table["final"].equals(table["mean"])
    assert set(table["level"]) == {"none"}
    assert (table["change"] == 0).all()
    assert list(table) == ["unique_id", "ds", "mean", "lo-80", "hi-80", "override", "final",
                           "change", "reason", "by", "level"]  # fmt: skip


def test_a_date_stands_as_it_was_decided() -> None:
    plan = planned([day("b", 2, 999.0, by="Li")])
    expected = made().mean.copy()
    expected[1, 2] = 999.0
    np.testing.assert_array_equal(plan.final, expected)
    row = plan.table().iloc[HORIZON + 2]
    assert (row["unique_id"], row["level"], row["override"], row["by"]) == ("b", "day", 999.0, "Li")
    assert row["change"] == pytest.approx(999 / made().mean[1, 2] - 1)
    decision = plan.decisions.iloc[0]
    assert decision["outside"]
    assert (decision["lo"], decision["hi"]) == (made().lo[1, 1, 2], made().hi[1, 1, 2])


def test_a_total_is_spread_in_the_forecasts_proportion() -> None:
    plan = planned(totals=[total("a", 1400.0)])
    np.testing.assert_allclose(plan.final[0], made().mean[0] * 1400 / made().mean[0].sum())
    np.testing.assert_array_equal(plan.final[1:], made().mean[1:])
    assert set(plan.table().loc[:6, "level"]) == {"series"}
    assert plan.table()["override"].isna().all()


def test_the_interval_of_a_total_is_the_forecasts_own() -> None:
    plan = planned(totals=[total("a", 1400.0)])
    own = made().totals("unique_id").set_index("group").loc["a"]
    decision = plan.decisions.iloc[0]
    assert [decision["mean"], decision["lo"], decision["hi"]] == pytest.approx(
        [own["mean"], own["lo-95"], own["hi-95"]]
    )


def test_a_date_and_a_total_hold_both() -> None:
    plan = planned([day("a", 0, 500.0)], [total("a", 1400.0)])
    assert plan.final[0, 0] == 500.0
    rest = made().mean[0, 1:]
    np.testing.assert_allclose(plan.final[0, 1:], rest * 900 / rest.sum())
    assert list(plan.decisions["level"]) == ["day", "series"]


@settings(max_examples=20, deadline=None)
@drawn(
    dates=st.dictionaries(st.integers(0, 6), st.floats(0, 500), max_size=6),
    more=st.floats(0, 5000),
)
def test_final_totals_are_the_override_totals(dates: dict[int, float], more: float) -> None:
    wanted = sum(dates.values()) + more
    plan = planned([day("a", s, v) for s, v in dates.items()], [total("a", wanted)])
    assert plan.final[0].sum() == pytest.approx(wanted, rel=1e-9, abs=1e-6)
    assert (plan.final >= 0).all()
    for step, amount in dates.items():
        assert plan.final[0, step] == amount
    np.testing.assert_array_equal(plan.final[1:], made().mean[1:])


@drawn(
    st.lists(st.floats(-100, 100).filter(lambda m: m == 0 or abs(m) > 1e-3), min_size=1),
    st.floats(-1000, 1000),
)
def test_spreading_reaches_a_total_of_either_sign(mean: list[float], wanted: float) -> None:
    values = np.array(mean)
    if not np.abs(values).sum():
        np.testing.assert_array_equal(spread(values, wanted), values)
    elif (values < 0).any() or wanted >= 0:
        assert spread(values, wanted).sum() == pytest.approx(wanted, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("days", "totals", "message"),
    [
        ([day("d", 0, 1.0)], [], "row 2, column 'unique_id': found 'd', expected a series of the "),
        ([day("a", 7, 1.0)], [], "row 2, column 'ds': found 2026-03-23 for series 'a', expected a "
         r"date of the forecast \(2026-03-16 to 2026-03-22\) or one with a known value"),
        ([day("a", -100, 1.0)], [], "column 'ds': found 2025-12-06"),
        ([day("a", 0, -1.0)], [], "column 'override': found -1, expected a number from 0 on"),
        ([day("a", 0, 1.0, reason=" ")], [], "column 'reason': found nothing, expected a reason"),
        ([day("a", -1, 1.0)], [], "column 'mean': found nothing, expected the statistical "),
        ([], [total("a", 5.0, 3, 9)], "column 'last': found 2026-03-25"),
        ([], [total("a", 5.0, 3, 2)], "column 'last': found 2026-03-18, expected a date not "),
        ([], [total("a", 5.0, -300, -290)], "column 'first': found 2025-05-20"),
        ([], [total("a", 5.0, 0, 3), total("a", 5.0, 3, 6)], "row 3, column 'first': found a "),
        ([day("a", 0, 90.0)], [total("a", 50.0)], "found 50 for a period whose overridden dates "
         "alone add up to 90, expected at least 90"),
        ([day("a", 0, 9.0)], [total("a", 50.0, 0, 0)], "with nothing to spread it over"),
    ],
)  # fmt: skip
def test_what_matches_nothing_is_refused(days: Rows, totals: Rows, message: str) -> None:
    with pytest.raises(InputError, match=message):
        planned(days, totals)


def test_every_finding_of_a_sheet_is_in_one_message() -> None:
    with pytest.raises(InputError) as refusal:
        planned([day("a", 0, -1.0, reason=""), day("zz", 0, 1.0)])
    assert str(refusal.value).startswith("overrides of dates: 3 problems")


def test_sales_that_were_negative_may_be_planned_so() -> None:
    assert planned([day("a", 0, -5.0)], lowest=-20.0).final[0, 0] == -5.0


def test_a_total_that_has_begun_waits() -> None:
    plan = planned(totals=[total("a", 900.0, -3, 3, mean=800.0)])
    assert not plan.overridden
    assert len(plan.placed.waiting) == 1
    np.testing.assert_array_equal(plan.final, made().mean)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_verdict_says_what_overrides_do(lang: str) -> None:
    from analysis.forecasting.verdict import Verdict

    plan = planned([day("b", 2, 999.0)], [total("a", 1400.0)])
    told = overrides.with_plan(Verdict("Before.", "good", ()), plan, unit="EUR", lang=lang)
    assert told.status == "good"
    assert "Before." in told.sentence
    assert told.numbers[0].name == "plan_total"
    assert told.numbers[0].value == pytest.approx(plan.final.sum())
    assert {"en": "Outside the 95% interval: 2", "zh": "其中 2 项超出 95% 区间"}[
        lang
    ] in told.sentence
    untouched = Verdict("Before.", "good", ())
    assert overrides.with_plan(untouched, planned(), unit="EUR", lang=lang) is untouched


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pictures_and_tables_are_told(lang: str) -> None:
    plan = planned([day("b", 2, 999.0)])
    lines = plan.plot(lang=lang).lines
    drawn_plan = [line for line in lines if np.size(line.get_xdata()) == HORIZON]
    np.testing.assert_allclose(
        np.asarray(drawn_plan[-1].get_ydata(), dtype=float), plan.final.sum(axis=0)
    )
    assert len(lines) == len(planned().plot(lang=lang).lines) + 2
    rows = pd.DataFrame({"unique_id": ["b", "a", "c"], "mean": [3.0, 2.0, 1.0]})
    assert overrides.series_table(rows, plan)["final"].tolist() == pytest.approx(
        plan.final.sum(axis=1)[[1, 0, 2]].tolist()
    )
    assert overrides.series_table(rows, planned()) is rows
    assert not overrides.section(plan, lang).reason
    assert overrides.section(planned(), lang).reason
    for made_caption in (overrides.plan_caption, overrides.decisions_caption):
        frame = plan.frame if made_caption is overrides.plan_caption else plan.decisions
        assert set(made_caption(plan, unit="EUR", lang=lang)["labels"]) == set(frame)
