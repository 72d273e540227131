"""Pre-sale curves: which event runs, what the past ones had by its day, what is refused."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.forecasting.planning import presale_by_event
from tests.forecasting.planning.worlds import presale_curves


def test_the_event_that_runs_is_held_against_the_same_day() -> None:
    made = presale_by_event(presale_curves())
    assert (made.season, made.day, made.orders) == ("c", -2, 16.0)
    assert made.past["season"].tolist() == ["a", "b"]
    # By day −2 of four days each: 8 of 18 and 12 of 33.
    assert made.past["presale"].tolist() == [8.0, 12.0]
    assert made.past["total"].tolist() == [18.0, 33.0]
    assert made.value == pytest.approx(16 * (1 + math.sqrt(10 / 8 * 21 / 12)))
    assert made.table()["season"].tolist() == ["a", "b", "c"]


def test_rows_may_come_in_any_order_and_days_without_orders_may_be_absent() -> None:
    curves = presale_curves()
    mixed = curves.sample(frac=1.0, random_state=4)
    pd.testing.assert_frame_equal(presale_by_event(mixed).table(), presale_by_event(curves).table())
    gone = curves[~((curves["event"] == "a") & (curves["day"] == -2))]
    assert presale_by_event(gone).past["presale"].tolist() == [6.0, 12.0]


def test_the_event_that_runs_can_be_named() -> None:
    curves = presale_curves()
    early = curves[(curves["event"] != "b") | (curves["day"] <= 1)]
    early = early[early["event"] != "c"]
    assert presale_by_event(early, "b").season == "b"
    assert presale_by_event(early).season == "b"
    tied = early[early["day"] <= 1]
    with pytest.raises(InputError, match="found 2 events that end on day 1"):
        presale_by_event(tied)
    with pytest.raises(InputError, match="found no event 'd'"):
        presale_by_event(curves, "d")


def test_past_events_that_say_nothing_are_named_together() -> None:
    curves = presale_curves()
    late = curves[(curves["event"] != "a") | (curves["day"] > -2)]
    stop = late.assign(orders=late["orders"].where(late["event"] != "b", 5.0))
    with pytest.raises(InputProblems) as told:
        presale_by_event(stop)
    text = str(told.value)
    assert "no orders of 'a' by day -2" in text
    assert "no orders of 'b' after day -2" in text
    with pytest.raises(InputProblems, match="past events that go on after day 5"):
        presale_by_event(curves, "b")
    with pytest.raises(InputProblems, match="at least one past event"):
        presale_by_event(curves[curves["event"] == "c"])


def test_everything_wrong_with_the_table_is_named() -> None:
    curves = presale_curves()
    wrong = curves.astype({"day": "object"})
    wrong.loc[2, "day"] = "soon"
    wrong.loc[5, "orders"] = -1.0
    wrong.loc[7, "orders"] = np.inf
    with pytest.raises(InputProblems) as told:
        presale_by_event(wrong)
    assert [problem.row for problem in told.value.problems] == [4, 7, 9]
    # Orders of each day instead of their sum are the likeliest mistake.
    with pytest.raises(InputProblems, match="row 4, column 'orders': found 1 after 4"):
        presale_by_event(curves.assign(orders=curves["orders"].where(curves.index != 2, 1.0)))
    with pytest.raises(InputProblems, match="one row an event and day"):
        presale_by_event(pd.concat([curves, curves.tail(1)], ignore_index=True))
    with pytest.raises(InputProblems, match="no such column"):
        presale_by_event(curves.drop(columns="event"))
    with pytest.raises(InputProblems, match="no rows"):
        presale_by_event(curves.iloc[:0])
