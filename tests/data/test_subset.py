"""Rows asked for and samples of units: the same in frames and in SQL, and refused well."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.base.schema import Column, TableSchema
from analysis.data import load, load_experiment, subset
from analysis.data.distinct import combinations
from analysis.data.opening import Opened
from analysis.reports.notebook import Report

PANEL = TableSchema(
    (Column("unique_id", "text"), Column("ds", "date"), Column("y", "number")),
    key=("unique_id", "ds"),
    name="panel",
    extra="number",
)


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    rows = [
        (store, f"2026-01-{day:02d}", store * 10 + day, region)
        for store, region in ((1, "East"), (2, "East"), (3, "West, far"), (20, "North"))
        for day in range(1, 6)
    ]
    path = tmp_path / "panel.csv"
    pd.DataFrame(rows, columns=["unique_id", "ds", "y", "region"]).to_csv(path, index=False)
    return path


@pytest.fixture
def mapped(tmp_path: Path) -> tuple[Path, Path]:
    table, mapping = tmp_path / "sales.csv", tmp_path / "mapping.toml"
    table.write_text("门店,日期,销售额,大区\nA,2026-01-01,1,华东\nB,2026-01-01,2,华北\n", "utf-8")
    mapping.write_text('[columns]\nunique_id = "门店"\nds = "日期"\ny = "销售额"\n', "utf-8")
    return table, mapping


def ids(opened: Opened) -> list[str]:
    return sorted(opened.frame["unique_id"].unique())


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ("unique_id=1", ["1"]),
        ("unique_id=1,3", ["1", "3"]),
        # Series have names, but names that are whole numbers have an order: 20 is beyond 3.
        ("unique_id=1..3", ["1", "2", "3"]),
        ("unique_id=1..2,20", ["1", "2", "20"]),
        ("region=East", ["1", "2"]),
        ('region="West, far"', ["3"]),
        ("region=East;unique_id=2..20", ["2"]),
        ("y=14", ["1"]),
        ("y=..", None),
        ("", ["1", "2", "20", "3"]),
    ],
)
def test_rows_that_are_asked_for(panel: Path, where: str, left: list[str] | None) -> None:
    if left is None:
        with pytest.raises(InputError, match="a range such as"):
            load(panel, PANEL, where=where)
        return
    opened = load(panel, PANEL, where=where)
    assert ids(opened) == left
    kept = opened.facts.rows_kept + sum(count for _, count in opened.facts.dropped)
    assert kept == opened.facts.rows_read == 20


def test_days_are_a_range(panel: Path) -> None:
    opened = load(panel, PANEL, where="ds=2026-01-02..2026-01-03")
    assert len(opened.frame) == 8
    assert ("Only rows with", "ds=2026-01-02..2026-01-03") in opened.describe("en")[3]


def test_a_column_that_the_mapping_leaves_out_can_be_asked_for(mapped: tuple[Path, Path]) -> None:
    table, mapping = mapped
    by_region = load(table, PANEL, mapping=mapping, where="大区=华东")
    assert ids(by_region) == ["A"]
    assert list(by_region.frame.columns) == ["unique_id", "ds", "y"]
    assert ids(load(table, PANEL, mapping=mapping, where="门店=B")) == ["B"]
    assert ids(load(table, PANEL, mapping=mapping, where="unique_id=B")) == ["B"]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("regin=East", "no column 'regin' .*did you mean 'region'.*There are ds, region"),
        ("region=Eat", "no row with region=Eat .*did you mean 'East'"),
        ("unique_id=7", "no row with unique_id=7 .*such as 1, 2, 3, 20"),
        ("region=a..b", "a range of whole numbers or of days"),
        ("y=many", "y=many .*expected a number"),
        ("ds=May", "ds=May .*a day such as"),
        ("ds=2026-01-03..2026-01-02", "a day such as 2026-11-11, or a range of two"),
        ("region=East;unique_id=20", "region=East; unique_id=20 together"),
        ("region", "found 'region', expected column=value"),
        ("region=", "found nothing, expected a value"),
        ("region=East;", "found '', expected column=value"),
        ('region="East', "a quote that is not closed"),
        ("region=a=b", "expected column=value"),
        ("a,b=1", "expected column=value"),
    ],
)
def test_what_is_no_condition_is_refused(panel: Path, where: str, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        load(panel, PANEL, where=where)


def test_a_sample_is_the_same_every_time_and_grows_with_its_share(panel: Path) -> None:
    half, again = (load(panel, PANEL, sample=0.5) for _ in range(2))
    assert ids(half) == ids(again)
    assert len(ids(half)) == 2
    assert set(ids(load(panel, PANEL, sample=0.001))) < set(ids(half))
    assert len(ids(load(panel, PANEL, sample=0.001))) == 1
    assert subset.sampled(map(str, range(100)), 0.07) < subset.sampled(map(str, range(100)), 0.08)
    assert len(subset.sampled(map(str, range(100)), 0.07)) == 7


def test_a_sample_cannot_be_taken_for_a_result(panel: Path) -> None:
    opened = load(panel, PANEL, sample=0.5)
    _, nature, words, facts = opened.describe("en")
    assert (nature, words) == ("own", "Your data, a sample")
    quick = dict(facts)["Quick look"]
    assert quick == ("a sample of 50% of series: 2 of 4; numbers are a quick look, not a result")
    report = Report("en", None)
    report.data_card(opened)
    told = repr(report.headline("Plan for 7.", numbers=[], status="good"))
    assert told == "◆ Quick look at 2 of 4 series, not a result: Plan for 7."
    whole = Report("en", None)
    whole.data_card(load(panel, PANEL, where="unique_id=1"))
    assert repr(whole.headline("Plan for 7.", numbers=[], status="good")) == "● Plan for 7."


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5])
def test_what_is_no_share_is_refused(panel: Path, share: float) -> None:
    with pytest.raises(InputError, match="above 0 and at most 1"):
        load(panel, PANEL, sample=share)


def test_a_table_without_a_key_has_no_units(panel: Path) -> None:
    with pytest.raises(InputError, match="no series"):
        load(panel, TableSchema((Column("y", "number"),), extra="drop"), sample=0.5)


@pytest.fixture(params=["parquet", "csv"])
def users(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    count = 2000
    place = np.arange(count)
    frame = pd.DataFrame({
        "user_id": place + 2**60, "variant": np.where(place % 2, "A", "B"),
        "bought": place % 3 == 0, "revenue": place % 7 + 0.5,
        "region": np.where(place % 5 < 2, "East", "West, far"), "age": 18 + place // 2 % 40,
        "day": pd.Timestamp("2026-01-01") + pd.to_timedelta(place % 10, "D"),
    })  # fmt: skip
    path = tmp_path / f"users.{request.param}"
    if request.param == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    return path


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("region=East", 800),
        ('region="West, far"', 1200),
        ("age=18..19", 100),
        ("age=18,57", 100),
        ("day=2026-01-01..2026-01-02", 400),
        ("bought=yes", 667),
        # Beyond 2^53 neighbours are one number to a double.
        (f"user_id={2**60 + 1},{2**60 + 2},{2**60 + 3},{2**60 + 4}", 4),
        ("region=East;age=18", 50),
    ],
)
def test_rows_of_an_experiment(users: Path, where: str, count: int) -> None:
    test = load_experiment(users, where=where, metrics=["revenue"])
    assert int(test.arms.parts["users"].sum()) == count
    assert test.opened.facts.rows_read == 2000


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("regin=East", "did you mean 'region'"),
        ("region=Eats", "did you mean 'East'"),
        ("age=old", "a number"),
        ("age=100", "such as 18, 19"),
        ("day=2027-01-01", "no row with day=2027-01-01"),
        # No value becomes a part of a query.
        ("region=' OR 1", "no row with region=' OR 1"),
        ('region="\'; DROP TABLE users; --"', "no row with region="),
    ],
)
def test_an_experiment_refuses_what_is_no_condition(users: Path, where: str, message: str) -> None:
    with pytest.raises(InputProblems, match=message):
        load_experiment(users, where=where)


def test_a_sample_of_users(users: Path) -> None:
    one, other = (load_experiment(users, sample=0.2, metrics=["revenue"]) for _ in range(2))
    taken = int(one.arms.parts["users"].sum())
    # The share of 2,000 users is off by less than five standard deviations (1.8 each percent).
    assert abs(taken - 400) < 90
    assert one.arms.parts.equals(other.arms.parts)
    assert one.caveat("en").startswith(f"Quick look at {taken} of 2,000 users")
    with pytest.raises(InputError, match="expected at least 100"):
        load_experiment(users, sample=0.01)


def test_counts_take_rows_and_no_sample(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("test,variant,users,conversions\n1,A,90,9\n1,B,80,9\n2,A,70,7\n2,B,60,9\n")
    test = load_experiment(path, where="test=2")
    assert test.arms.parts["users"].tolist() == [70, 60]
    assert test.opened.facts.dropped == (("where", 2),)
    with pytest.raises(InputProblems, match="one a user"):
        load_experiment(path, sample=0.5)


def test_combinations_of_values(panel: Path, users: Path, mapped: tuple[Path, Path]) -> None:
    assert combinations(panel, ["unique_id"], where="region=East") == [("1",), ("2",)]
    both = combinations(panel, ["region", "unique_id"])
    assert both == [("East", "1"), ("East", "2"), ("North", "20"), ("West, far", "3")]
    assert combinations(users, ["day"])[0] == ("2026-01-01",)
    assert combinations(users, ["age"], where="age=20..21") == [("20",), ("21",)]
    table, mapping = mapped
    assert combinations(table, ["unique_id"], mapping=mapping) == [("A",), ("B",)]
    assert set(combinations(table, ["大区"], mapping=mapping)) == {("华东",), ("华北",)}
    with pytest.raises(InputProblems, match=r"There are ds, region, unique_id, y"):
        combinations(panel, ["unique"])


def test_a_condition_is_written_so_that_it_reads_back() -> None:
    for value in ("East", "West, far", "a;b", 'say "x"', "a..b", " ", "x=y", "华东"):
        (clause,) = subset.parse(subset.condition("the; column", value))
        assert clause == subset.Clause("the; column", (value,))
