from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.runs.cells import compare_tables, key
from analysis.runs.changes import Changes, NumberChange, compare, same
from tests.runs.made import manifest, number, results


def changes(
    old: dict[str, Any], new: dict[str, Any], **sides: tuple[dict[str, Any], dict[str, Any]]
) -> Changes:
    first, second = ({name: side[i] for name, side in sides.items()} for i in (0, 1))
    return compare(old, results(old, **first), new, results(new, **second))


def one(old: dict[str, Any], new: dict[str, Any]) -> NumberChange:
    found = changes(manifest("r1", old), manifest("r2", new)).numbers
    assert len(found) == 1
    return found[0]


def test_a_number_that_rose_says_by_how_much_and_that_it_left_its_interval() -> None:
    found = one(number("total", 40.0, 38.0, 42.0), number("total", 43.0, 41.0, 45.0))
    assert (found.difference, found.relative) == (3.0, 0.075)
    assert (found.direction, found.beyond, found.outside) == ("up", True, True)


def test_a_fall_from_a_negative_value_is_relative_to_its_size() -> None:
    found = one(number("lift", -2.0), number("lift", -3.0))
    assert (found.difference, found.relative, found.direction) == (-1.0, -0.5, "down")
    assert not found.outside


@pytest.mark.parametrize(
    ("factor", "beyond"),
    [(1 + 0.9e-6, False), (1 + 1.2e-6, True), (1 - 0.9e-6, False), (1 - 1.2e-6, True)],
)
def test_the_tolerance_of_a_rerun_is_a_millionth(factor: float, beyond: bool) -> None:
    assert one(number("total", 40.0), number("total", 40.0 * factor)).beyond is beyond


def test_a_moved_interval_around_the_same_value_is_a_change() -> None:
    found = one(number("total", 40.0, 38.0, 42.0), number("total", 40.0, 39.0, 42.0))
    assert (found.direction, found.beyond, found.outside) == ("same", True, False)
    text = changes(
        manifest("r1", number("t", 40.0, 38.0, 42.0)), manifest("r2", number("t", 40.0, 39.0, 42.0))
    )
    assert text.summary().startswith("1 of 1 numbers changed, 0 to outside")


def test_from_zero_there_is_a_difference_but_no_percentage() -> None:
    found = one(number("total", 0.0), number("total", 3.0))
    assert (found.difference, found.relative, found.direction) == (3.0, None, "up")


def test_numbers_of_one_run_only_are_new_and_gone() -> None:
    found = changes(manifest("r1", number("a", 1.0)), manifest("r2", number("b", 2.0)))
    assert [(n.name, n.direction, n.beyond) for n in found.numbers] == [
        ("b", "new", True), ("a", "gone", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [(number("a", None), number("a", 2.0)), (number("a", 1.0), number("a", 1.0, unit="USD"))],
)
def test_what_cannot_be_subtracted_is_said_to_be_unlike(old: Any, new: Any) -> None:
    found = one(old, new)
    assert (found.direction, found.difference, found.beyond) == ("unlike", None, True)


def test_two_values_that_were_not_estimable_are_the_same() -> None:
    assert one(number("a", None), number("a", None)).direction == "same"
    assert same(None, None)
    assert not same(None, 0.0)


def test_status_sentence_tables_and_figures() -> None:
    found = changes(
        manifest("r1", status="watch", sentence="Wait."),
        manifest("r2", status="good", sentence="Go."),
        tables=({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}),
        figures=({"f": ["x"], "g": ["y"]}, {"f": ["x"], "g": ["z"]}),
    )
    assert found.status == ("watch", "good")
    assert found.sentence == ("Wait.", "Go.")
    assert [(t.name, t.old, t.new) for t in found.tables] == [("b", 2, 3), ("c", None, 4)]
    assert found.figures == ("g",)
    said = found.summary()
    for part in ("status ▲ Watch → ● On track", "rows in b, c", "drawn in g", "No number changed"):
        assert part in said


def test_every_cause_is_named_with_both_values() -> None:
    found = changes(
        manifest("r1", n=5),
        manifest("r2", data="d1", package="p1", lock="l1"),
    )
    assert [(c.cause, c.name, c.old, c.new) for c in found.causes] == [
        ("parameter", "n", 5, 3),
        ("data", "panel.csv", "d0", "d1"),
        ("code", "", "cccccccccc+p0", "cccccccccc+p1"),
        ("lock", "", "l0", "l1"),
    ]
    assert found.none
    assert "No change: 0 numbers" in found.summary()
    assert "n 5 → 3, data panel.csv d0 → d1" in found.summary()
    assert "参数" not in found.summary("zh")
    assert "锁定的依赖包 l0 → l1" in found.summary("zh")


def test_a_key_that_nothing_else_explains_is_the_notebook() -> None:
    old, new = manifest("r1"), manifest("r2") | {"key": "other"}
    assert [c.cause for c in changes(old, new).causes] == ["notebook"]
    assert changes(manifest("r1"), manifest("r2")).causes == ()


def test_a_database_has_no_checksum_and_may_have_changed() -> None:
    old, new = manifest("r1"), manifest("r2")
    for side in (old, new):
        side["data"] = [{"parameter": "data", "name": "warehouse:t", "sha256": None}]
    assert "data warehouse:t, which has no checksum" in changes(old, new).summary()


def test_sentences_of_two_languages_are_not_compared() -> None:
    found = changes(manifest("r1", sentence="Go."), manifest("r2", sentence="上线。", lang="zh"))
    assert found.sentence is None
    assert found.none


def test_runs_of_two_notebooks_are_refused() -> None:
    with pytest.raises(InputError, match="nb/r1 and other/r2: found runs of different notebooks"):
        changes(manifest("r1"), manifest("r2", notebook="other"))


def test_the_table_is_tidy() -> None:
    old = manifest("r1", number("a", 1.0, 0.5, 1.5), number("b", 0.2, unit="share"))
    new = manifest("r2", number("a", 2.0, 1.5, 2.5), number("c", 7.0))
    frame = changes(old, new).table()
    assert list(frame["name"]) == ["a", "c", "b"]
    assert list(frame["direction"]) == ["up", "only in the later run", "only in the earlier run"]
    assert frame["outside"].tolist() == [True, False, False]
    assert frame["difference"].isna().tolist() == [False, True, True]
    assert changes(old, new).table("zh")["direction"][0] == "上升"


def folders(tmp_path: Path, old: pd.DataFrame, new: pd.DataFrame) -> tuple[Path, Path]:
    sides = tmp_path / "old", tmp_path / "new"
    for side, frame in zip(sides, (old, new), strict=True):
        (side / "tables").mkdir(parents=True)
        frame.to_parquet(side / "tables" / "t.parquet", index=False)
    return sides


def test_cells_are_matched_by_the_leading_columns_that_name_a_row(tmp_path: Path) -> None:
    old = pd.DataFrame({"id": ["a", "b", "c"], "step": [1, 1, 1], "y": [1.0, 2.0, 3.0]})
    new = pd.DataFrame({"id": ["c", "a", "d"], "step": [1, 2, 1], "y": [3.0, 1.1, 9.0]})
    (found,) = compare_tables(*folders(tmp_path, old, new))
    assert found.by == ("id",)
    assert (found.added, found.removed, found.cells, found.changed) == (1, 1, 4, 2)
    assert found.largest == pytest.approx(0.5)


def test_a_difference_in_the_last_digits_is_none(tmp_path: Path) -> None:
    old = pd.DataFrame({"y": [1.0, np.nan, 0.0, np.inf], "z": ["u", None, "u", "v"]})
    new = old.assign(y=[1.0 + 5e-10, np.nan, 0.0, np.inf])
    (found,) = compare_tables(*folders(tmp_path, old, new))
    assert found.same
    assert (found.cells, found.largest) == (8, None)


@pytest.mark.parametrize(
    ("values", "changed", "largest"),
    [
        ([1.0 + 2e-9, 2.0, 0.0], 1, 2e-9),
        ([1.0, np.nan, 0.0], 1, None),
        ([1.0, np.inf, 0.0], 1, 1.0),
        ([1.0, 2.0, 4.0], 1, 1.0),
    ],
)
def test_changed_cells_and_the_largest_change(
    tmp_path: Path, values: list[float], changed: int, largest: float | None
) -> None:
    old = pd.DataFrame({"y": [1.0, 2.0, 0.0]})
    (found,) = compare_tables(*folders(tmp_path, old, old.assign(y=values)))
    assert found.changed == changed
    assert found.largest == (None if largest is None else pytest.approx(largest, rel=1e-6))


def test_without_a_key_rows_are_matched_by_place(tmp_path: Path) -> None:
    old = pd.DataFrame({"kind": ["a", "a"], "y": [1.0, 2.0]})
    assert key(old, old) == []
    (found,) = compare_tables(*folders(tmp_path, old, pd.concat([old, old])))
    assert (found.added, found.changed) == (2, 0)


def test_tables_and_columns_of_one_run_only(tmp_path: Path) -> None:
    old = pd.DataFrame({"id": ["a"], "x": [1]})
    sides = folders(tmp_path, old, old.rename(columns={"x": "y"}))
    old.to_parquet(sides[1] / "tables" / "u.parquet")
    first, second = compare_tables(*sides)
    assert first.columns == ("x", "y")
    assert (second.old_rows, second.new_rows, second.same) == (None, 1, False)


def test_in_two_languages_numbers_alone_are_compared(tmp_path: Path) -> None:
    old = pd.DataFrame({"Rival": ["Shop"], "Price": [2.0]})
    new = pd.DataFrame({"竞品": ["商店"], "价格": [2.0]})
    sides = folders(tmp_path, old, new)
    assert compare_tables(*sides, words=False)[0].same
    assert not compare_tables(*sides)[0].same


def test_a_broken_table_is_named(tmp_path: Path) -> None:
    frame = pd.DataFrame({"y": [1.0]})
    sides = folders(tmp_path, frame, frame)
    (sides[1] / "tables" / "t.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match=r"new/tables/t\.parquet: cannot be read"):
        compare_tables(*sides)
