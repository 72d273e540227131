"""Which runs a grid asks for; no kernel is started."""

from __future__ import annotations

import pytest

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.data import subset
from analysis.runs.grid import cells
from analysis.runs.grid.cells import check, from_options, plan
from analysis.runs.notebooks import Notebook


def test_a_product_of_parameters(project: Home, sales: Notebook) -> None:
    made = check(project, sales, {"lang": "zh"}, {"n": "1..2,5", "kind": "*"})
    assert [cell.name for cell in made[:3]] == ["n=1, kind=a", "n=1, kind=b", "n=2, kind=a"]
    assert len(made) == 6
    assert made[-1].given == {"lang": "zh", "n": "5", "kind": "b"}
    assert [cell.place for cell in made] == list(range(6))
    assert len(check(project, sales, {}, {"both": "*"})) == 2


def test_values_of_a_column_become_conditions(project: Home, sales: Notebook) -> None:
    made = check(project, sales, {}, {"region": "*"})
    assert [cell.given["where"] for cell in made] == [
        "region=East", "region=North", 'region="West, far"'
    ]  # fmt: skip
    given = {"where": "region=East"}
    inside = check(project, sales, given, {"unique_id": "*", "n": "4"})
    assert [cell.given for cell in inside] == [
        {"where": "region=East;unique_id=1", "n": "4"},
        {"where": "region=East;unique_id=2", "n": "4"},
    ]
    for cell in made:
        assert len(subset.parse(str(cell.given["where"]))) == 1


def test_a_range_of_a_column_is_what_is_there_in_order(project: Home, sales: Notebook) -> None:
    made = check(project, sales, {}, {"unique_id": "2..100"})
    assert [cell.values["unique_id"] for cell in made] == ["2", "3", "20"]
    days = check(project, sales, {}, {"ds": "2026-01-02..2026-12-31"})
    assert [cell.values["ds"] for cell in days] == ["2026-01-02"]
    asked = check(project, sales, {}, {"unique_id": "20,1"})
    assert [cell.values["unique_id"] for cell in asked] == ["20", "1"]


def test_combinations_without_rows_are_left_out(project: Home, sales: Notebook) -> None:
    made = plan(project, sales, {}, {"region": "*", "unique_id": "*"})
    assert [cell.name for cell in made.cells] == [
        "region=East, unique_id=1", "region=East, unique_id=2", "region=North, unique_id=20",
        "region=West, far, unique_id=3",
    ]  # fmt: skip
    assert made.empty == 8


def test_a_table_that_is_not_there_yet(project: Home, sales: Notebook) -> None:
    given = {"data": "tomorrow.csv"}
    with pytest.raises(InputError, match="tomorrow"):
        plan(project, sales, given, {"unique_id": "*"})
    assert plan(project, sales, given, {"unique_id": "*", "n": "1,2"}, later=True).axes == {
        "n": ["1", "2"]
    }
    with pytest.raises(InputError, match="n='x'"):
        plan(project, sales, given, {"unique_id": "*", "n": "x"}, later=True)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"regin": "*"}, "no column 'regin' .*did you mean 'region'.* There are ds, region"),
        ({"region": "East,Wst"}, "no row with region=Wst"),
        ({"unique_id": "50..60"}, r"no row with unique_id=50\.\.60 .*such as 1, 2, 3, 20"),
        ({"region": "a..b"}, "region=a..b"),
        ({"n": "0"}, "n='0', expected n to be a whole number from 1 to 9"),
        ({"n": "1..200"}, "n='10'"),
        ({"n": "3..1"}, "a rising range"),
        ({"n": "a..b"}, "expected whole numbers"),
        ({"n": "*"}, "not a choice"),
        ({"n": "1,1"}, "n=1 twice"),
        ({"n": "1,,2"}, "found nothing, expected a value"),
        ({"names": "a"}, "a parameter that holds one value"),
        ({"lang": "en"}, "lang in the grid and as a parameter"),
        ({"data": "a.csv,b.csv", "region": "*"}, "a grid over data and over columns"),
    ],
)
def test_what_is_wrong_is_said_before_anything_starts(
    project: Home, sales: Notebook, grid: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        check(project, sales, {"lang": "en"}, grid)


def test_a_notebook_without_where_has_no_columns(project: Home, tiny: Notebook) -> None:
    with pytest.raises(InputError, match=r"grid over 'stor'.*no `data` to take rows"):
        check(project, tiny, {}, {"stor": "1"})


def test_too_many_runs(project: Home, sales: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST", 5)
    with pytest.raises(InputError, match="more than 5 runs"):
        check(project, sales, {}, {"n": "1,2,3", "kind": "*"})


@pytest.mark.parametrize("text", ["n", "=1", "n=", "n= "])
def test_options_that_are_none(text: str) -> None:
    with pytest.raises(InputError, match="expected name=values"):
        from_options([text])


def test_a_name_twice() -> None:
    assert from_options(["n=1", "k=a=b"]) == {"n": "1", "k": "a=b"}
    with pytest.raises(InputError, match="twice"):
        from_options(["n=1", "n=2"])
