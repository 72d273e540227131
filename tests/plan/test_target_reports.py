"""Attainment, completeness, feasibility of targets, and systems against each other."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.base.errors import InputError, InputProblems
from analysis.plan import (
    attainment,
    attainment_captions,
    feasibility,
    feasibility_captions,
    smart,
    smart_captions,
    systems,
)
from tests.plan.test_targets import Cells, row

Tables = dict[str, pd.DataFrame]


def tables(*rows: Cells, **more: list[Cells]) -> Tables:
    frames = {"targets_actuals": list(rows), **more}
    return {name: pd.DataFrame(cells).fillna("") for name, cells in frames.items()}


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.mark.parametrize(
    ("cells", "ratio", "gap", "reached"),
    [
        ({"target": 10, "actual": 12}, 1.2, 2, True),
        ({"target": 10, "actual": 9}, 0.9, -1, False),
        ({"target": 90, "actual": 88, "unit": "pct", "comparator": "<="}, 88 / 90, -2, True),
        ({"target": 90, "actual": 92, "unit": "pct", "comparator": "<="}, 92 / 90, 2, False),
        ({"target": 10, "actual": 10, "comparator": ">"}, 1, 0, False),
        ({"target": 10, "actual": 10.2, "comparator": "~"}, 1.02, 0.2, True),
        ({"target": 10, "actual": 11, "comparator": "~"}, 1.1, 1, False),
        ({"target": 10, "actual": 9, "comparator": "", "name_en": "Complaint cost"}, 0.9, -1, True),
        ({"target": 10, "actual": 9, "comparator": "", "baseline": 14}, 0.9, -1, True),
        ({"target": -20, "actual": -25, "comparator": "="}, math.nan, -5, True),
    ],
)
def test_attainment(cells: Cells, ratio: float, gap: float, reached: bool) -> None:
    (found,) = attainment(tables(row("t1", **cells))).frame.to_dict("records")
    assert found["ratio"] == pytest.approx(ratio, nan_ok=True)
    assert found["gap"] == pytest.approx(gap)
    assert found["reached"] is reached


@pytest.mark.parametrize(
    ("period", "reached"),
    [("quarter; next plan", None), ("2025；2026", None), ("quarter", False), ("Q1;", False)],
)
def test_an_outcome_of_an_earlier_period_is_not_yet_a_miss(
    period: str, reached: bool | None
) -> None:
    (found,) = attainment(tables(row("t1", target=10, actual=9, period=period))).frame.to_dict(
        "records"
    )
    assert found["reached"] is reached
    assert found["gap"] == -1
    assert ("periods" in found["why"]) == (reached is None)


def test_a_target_in_percent_and_an_outcome_in_points_cannot_be_judged() -> None:
    result = attainment(tables(row("t1", name_en="Renewal improvement", unit="pct", target=10,
                                   delta=6, delta_unit="pp")))  # fmt: skip
    (found,) = result.frame.to_dict("records")
    assert found["reached"] is None
    assert found["why"] == ("points",)
    assert list(result.table()["why"]) == ["points"]
    assert "percentage points" in attainment_captions(result)[1]["texts"]["why"][0]
    assert "mend them first" in result.summary()


def test_targets_without_outcomes_are_counted() -> None:
    result = attainment(tables(row("t1", target=10), row("t2", actual=3)))
    assert result.frame.empty
    assert result.summary() == "None of the 1 targets has an outcome yet."
    assert attainment({}).targets == 0


def test_the_direction_of_the_kpi_table_decides() -> None:
    kpi = {"fact_id": "k1", "seed": "A", "name_en": "Members", "unit": "count_10k", "target": 10,
           "direction_inferred": "lower"}  # fmt: skip
    cells = row("t1", target=10, actual=9, comparator="=")
    assert attainment(tables(cells, kpi_table=[kpi])).frame["reached"][0] is True
    assert attainment(tables(cells)).frame["reached"][0] is False


def test_smart_counts_what_is_left_out() -> None:
    whole = row("t1", target=10, baseline=8)
    result = smart(tables(
        whole, row("t2", target=10), row("t3", target=10, baseline=8, period="202X"),
        row("t4", name_en="A closer bond", unit="", comparator="", period=""),
        row("t5", actual=4), row("t6", name_en="Sales growth", unit="pct", target=9),
    ))  # fmt: skip
    assert result.flags == ("metric", "number", "unit", "baseline", "date", "comparator")
    assert len(result.frame) == 5
    assert result.complete == 2
    left = smart_captions(result)[1]["texts"]["missing"]
    lacks = dict(zip(result.table()["fact_id"], left, strict=True))
    assert lacks == {"t2": "baseline", "t3": "date",
                     "t4": "number, unit, baseline, date, comparator"}  # fmt: skip
    assert "no interval" in result.summary()
    assert smart({}).summary() == "The plan has no targets."


def test_an_owner_is_asked_for_only_where_the_table_has_owners() -> None:
    one = {**row("t1", target=10, baseline=8), "owner": "Ann"}
    other = {**row("t2", target=10, baseline=8), "owner": ""}
    result = smart(tables(one, other))
    assert "owner" in result.flags
    assert smart_captions(result)[1]["texts"]["missing"] == ["owner"]


def grown(*market: float, **cells: object) -> Tables:
    goal = row("t1", **{"baseline": 100, "target": 120, **cells})
    rows = [{"fact_id": f"m{k}", "seed": "A", "name_en": f"Market growth {k}", "unit": "pct",
             "value": value} for k, value in enumerate(market)]  # fmt: skip
    return tables(goal, market=rows) if rows else tables(goal)


def test_the_chance_is_the_tail_of_students_t() -> None:
    known = np.array([0.10, 0.14, 0.18])
    (found,) = feasibility(grown(*(100 * known)), rng()).frame.to_dict("records")
    spread = known.std(ddof=1) * math.sqrt(1 + 1 / 3)
    exact = stats.t(2, loc=known.mean(), scale=spread).sf(0.2)
    assert found["required"] == pytest.approx(0.2)
    assert found["chance"] == pytest.approx(exact, abs=4 * found["error"])
    assert 0 < found["error"] < 0.005


def test_longer_horizons_are_compounded() -> None:
    (found,) = feasibility(grown(10, 14, target=144, period="24 months"), rng()).frame.to_dict(
        "records"
    )
    assert found["years"] == 2
    assert found["required"] == pytest.approx(0.2)
    (half,) = feasibility(grown(10, 14, period="6 months"), rng()).frame.to_dict("records")
    assert half["required"] == pytest.approx(0.44)
    (span,) = feasibility(grown(10, 14, period="2025-2027"), rng()).frame.to_dict("records")
    assert span["years"] == 2


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (grown(), "few"), (grown(14), "few"), (grown(14, 14), "equal"),
        (grown(10, 14, baseline=0), "start"),
        (grown(10, 14, unit="pct", baseline=20, target=30), "few"),  # a rate is no market
        (grown(10, 14, name_en="Average order value", unit="cny"), "few"),
        (grown(10, 14, name_en="Acquisition cost", unit="cny", comparator="<="), "few"),
    ],
)  # fmt: skip
def test_where_there_is_no_chance_the_reason_is_said(given: Tables, why: str) -> None:
    result = feasibility(given, rng())
    (found,) = result.frame.to_dict("records")
    assert found["why"] == why
    assert math.isnan(found["chance"])
    assert feasibility_captions(result)[1]["texts"]["chance"] == ["–"]
    assert "No chance is given for 1 of 1" in result.summary()


def test_the_metrics_own_history_counts() -> None:
    past = row("t0", baseline=80, actual=100, period="2024")
    both = tables(past, row("t1", baseline=100, target=120), market=[
        {"fact_id": "m1", "seed": "A", "name_en": "Market size", "unit": "cny_100m", "value": 9,
         "growth": 14}])  # fmt: skip
    result = feasibility(both, rng())
    (found,) = result.frame.to_dict("records")
    assert found["history"] == pytest.approx(0.25)
    assert found["known"] == pytest.approx((0.25, 0.14))
    assert 0.3 < found["chance"] < 0.7


def test_the_same_seed_gives_the_same_chance_and_few_draws_are_refused() -> None:
    given = grown(10, 14, 18)
    one, other = (feasibility(given, rng()).frame["chance"][0] for _ in range(2))
    assert one == other
    with pytest.raises(InputError, match="draws: found 10, expected 1000 or more"):
        feasibility(given, rng(), draws=10)


@settings(max_examples=15, deadline=None)
@given(st.floats(101, 400), st.floats(1.01, 3))
def test_a_higher_target_is_never_more_likely(target: float, factor: float) -> None:
    low, high = (feasibility(grown(5, 9, 20, target=goal), rng(), draws=2000).frame["chance"][0]
                 for goal in (target, target * factor))  # fmt: skip
    assert high <= low


def drivers(arpu: float = 268, gmv: float = 7.44) -> Tables:
    return tables(
        row("g", name_en="GMV", unit="cny_100m", baseline=6, target=gmv),
        row("u", name_en="Active buyers", baseline=250, target=300),
        row("n", name_en="New buyers", baseline=95, target=190),
        row("a", name_en="ARPU", unit="cny", baseline=240, target=arpu),
    )


def test_the_driver_that_must_move() -> None:
    result = feasibility(drivers(), rng())
    assert set(result.drivers) == {"g"}
    driver = result.drivers["g"]
    assert driver.fact.id == "u"  # the total, not what is new in it
    assert driver.alone == pytest.approx(310)
    assert driver.together == pytest.approx(1.2 * 268 / 240)
    assert "if the others stay" in driver.text()
    assert "short of the +50.0%" in feasibility(drivers(gmv=9), rng()).drivers["g"].text()


def test_visitors_conversion_and_order_value_are_drivers_too() -> None:
    result = feasibility(tables(
        row("g", name_en="618 sales", unit="cny_10k", baseline=9600, target=12000),
        row("v", name_en="618 visitors", baseline=1000, target=1100),
        row("c", name_en="618 conversion rate", unit="pct", baseline=4, target=5),
        row("o", name_en="618 average order value", unit="cny", baseline=240, target=240),
    ), rng())  # fmt: skip
    assert result.drivers["g"].fact.id == "c"
    assert result.drivers["g"].alone == pytest.approx(5)


def daily(**cells: object) -> pd.DataFrame:
    rows = [
        {"date": f"2025-06-0{day}", "metric": "sales", "system": system, "value": value}
        for day, values in enumerate([(100, 101, 99), (200, 210, 200), (0, 0, 5)], start=1)
        for system, value in zip(("shop", "books", "panel"), values, strict=True)
    ]
    frame = pd.DataFrame(rows).astype(object)
    for column, value in cells.items():
        frame[column] = [value, *frame[column].iloc[1:]]
    return frame


def test_systems_against_the_reference() -> None:
    result = systems(daily(), 0.02)
    assert result.reference == "shop"
    assert len(result.frame) == 6
    beyond = result.frame[result.frame["breach"]]
    assert sorted(zip(beyond["system"], beyond["date"].dt.day, strict=True)) == [
        ("books", 2), ("panel", 3),
    ]  # fmt: skip
    books = result.systems.set_index("system").loc["books"]
    assert books["mean"] == pytest.approx((0.01 + 0.05) / 2)
    assert books["worst"] == pytest.approx(0.05)
    assert len(systems(daily(), 0.06).frame.query("breach")) == 1
    assert systems(daily(), 0.02, reference="books").reference == "books"


def test_missing_days_are_named() -> None:
    frame = daily().drop(index=[1, 3])
    result = systems(frame, 0.02)
    assert sorted(zip(result.missing["system"], result.missing["date"].dt.day, strict=True)) == [
        ("books", 1), ("shop", 2),
    ]  # fmt: skip
    assert dict(zip(result.systems["system"], result.systems["missing"], strict=True)) == {
        "shop": 1, "books": 1, "panel": 0,
    }  # fmt: skip
    assert "Days missing in a system: 2" in result.summary()


def test_the_sign_of_a_difference_turns_with_the_reference() -> None:
    one = systems(daily(), 0.5).frame.query("system == 'books'")["difference"].sum()
    other = systems(daily(), 0.5, reference="books").frame.query("system == 'shop'")
    assert one == -other["difference"].sum() == 11


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: systems(daily(), -0.1), "tolerance: found -0.1"),
        (lambda: systems(daily(), 1.0), "tolerance: found 1"),
        (lambda: systems(daily(), 0.1, reference="shops"), "reference: found 'shops'"),
        (lambda: systems(daily().query("system == 'shop'"), 0.1), "found only 'shop'"),
        (lambda: systems(daily().drop(columns="value"), 0.1), "no column 'value'"),
        (lambda: systems(daily().iloc[:0], 0.1), "no rows"),
        (lambda: systems(daily(date="soon"), 0.1), "row 2, column 'date': found 'soon'"),
        (lambda: systems(daily(value="much"), 0.1), "row 2, column 'value': found 'much'"),
        (lambda: systems(daily(value=math.inf), 0.1), "row 2, column 'value'"),
        (lambda: systems(daily(system=""), 0.1), "row 2, column 'system': found an empty cell"),
        (lambda: systems(daily(system="books"), 0.1), "again, first in row 2"),
        (lambda: systems(daily(system="books", date="2025-06-01 08:00"), 0.1), "again, first in"),
        (lambda: systems(daily().iloc[[0, 4]], 0.1), "found no day that 'shop'"),
    ],
)  # fmt: skip
def test_bad_figures_of_systems_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises((InputError, InputProblems), match=message):
        call()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_result_speaks_and_draws(lang: str) -> None:
    import matplotlib.pyplot as plt

    given = drivers() | {"market": grown(10, 14)["market"]}
    results = (attainment(tables(row("t1", target=10, actual=12))), smart(given),
               feasibility(given, rng()), systems(daily(), 0.02))  # fmt: skip
    for result in results:
        axes = result.plot(lang=lang)
        assert axes.get_xlabel() or axes.get_ylabel()
        assert not axes.get_title()  # the report writes it above
        assert result.summary(lang)
        assert len(result.table().columns) >= 3
        plt.close("all")
    for empty in (attainment({}), smart({}), feasibility({}, rng())):
        assert empty.summary(lang)
        assert empty.table().empty
        empty.plot(lang=lang)
        plt.close("all")
