"""What the comparison sees and what it passes over, on a small run made by hand."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from analysis.base.errors import InputError
from tests.regression.compare import Difference, differences, told
from tests.regression.snapshot import (
    Baseline,
    Run,
    described,
    read_baseline,
    read_run,
    write_baseline,
)

NUMBER = {"value": 0.25, "lo": 0.2, "hi": 0.3, "confidence": 0.8, "unit": "share",
          "label": "Lift"}  # fmt: skip
RESULTS: dict[str, Any] = {
    "notebook": "shop",
    "headline": {"sentence": "Ship B.", "status": "good"},
    "numbers": {"lift": NUMBER},
    "tables": {"arms": 3},
    "figures": {"lifts": ["line: 2 points, x 0 to 1, mean 0.5, y 1.234 to 5.678, mean 1.1e-17"]},
}
ARMS = pd.DataFrame(
    {
        "arm": ["A", "B", "C"],
        "users": [100, 200, 300],
        "rate": [0.1, math.nan, 1e-18],
        "day": [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-02"), pd.NaT],
    }
)


def run(frame: pd.DataFrame = ARMS, **changed: Any) -> Run:
    tables = {"arms": pa.Table.from_pandas(frame, preserve_index=False)}
    return Run("shop", {**copy.deepcopy(RESULTS), **changed}, tables)


def kept(folder: Path, one: Run) -> Baseline:
    write_baseline(one, folder / "shop")
    return read_baseline(folder / "shop")


def against(folder: Path, other: Run, one: Run | None = None) -> list[str]:
    return [str(each) for each in differences(kept(folder, one or run()), other)]


def number(**changed: Any) -> Run:
    return run(numbers={"lift": {**NUMBER, **changed}})


def long(rows: int = 4000) -> pd.DataFrame:
    text = [f"store {i % 50:03d} of the region in the north" for i in range(rows)]
    value = [math.sin(i) * 100 for i in range(rows)]
    return pd.DataFrame({"unique_id": text, "mean": value, "step": range(rows)})


def test_a_run_is_what_its_baseline_says(tmp_path: Path) -> None:
    assert against(tmp_path, run()) == []
    assert against(tmp_path, run(long()), run(long())) == []
    # Rounding in the last digits is no difference, also where a number is zero but for rounding.
    near = ARMS.assign(rate=[0.1 * (1 + 1e-8), math.nan, -3e-18])
    assert against(tmp_path, run(near)) == []
    assert against(tmp_path, number(value=0.25 * (1 + 5e-7))) == []
    digest = ["line: 2 points, x 0 to 1, mean 0.5, y 1.235 to 5.678, mean -2.2e-17"]
    assert against(tmp_path, run(figures={"lifts": digest})) == []


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (number(value=0.26), ["shop, number lift, value: found 0.26, expected 0.25, relative "
                              "difference 0.038"]),
        (number(lo=None), ["shop, number lift, lo: found None, expected 0.2"]),
        (number(unit="pp"), ["shop, number lift, unit: found 'pp', expected 'share'"]),
        (number(no_interval="none"), ["number lift, no_interval: found 'none', expected None"]),
        (run(numbers={}), ["shop, number lift: found 'nothing', expected 'there'"]),
        (run(headline={"sentence": "Keep A.", "status": "bad"}),
         ["headline, status: found 'bad', expected 'good'", "sentence: found 'Keep A.'"]),
        (run(figures={"lifts": ["line: 3 points, x 0 to 1"]}), ["figure lifts, line 1: found"]),
        (run(figures={"lifts": []}), ["found '0 lines of data', expected '1 lines of data'"]),
        (run(figures={}), ["shop, figure lifts: found 'nothing', expected 'there'"]),
        (run(ARMS.assign(rate=[0.2, math.nan, 1e-18])),
         ["shop, table arms, row 2, column 'rate': found 0.2, expected 0.1, relative difference "
          "0.5"]),
        (run(ARMS.assign(rate=[0.1, 0.3, 1e-18])),
         ["row 3, column 'rate': found 0.3, expected None"]),
        (run(ARMS.assign(rate=[math.nan, math.nan, 1e-18])),
         ["row 2, column 'rate': found None, expected 0.1"]),
        (run(ARMS.assign(arm=["A", "b", "C"])), ["row 3, column 'arm': found 'b', expected 'B'"]),
        (run(ARMS.assign(day=pd.Timestamp("2026-01-01"))), ["row 3, column 'day'", "row 4"]),
        (run(ARMS.assign(users=[100.0, 200.0, 300.0])),
         ["table arms, column 'users', type: found 'double', expected 'int64'"]),
        (run(ARMS.assign(more=1)), ["table arms, columns: found ['arm', 'users', 'rate', 'day', "]),
        (run(ARMS[["users", "arm", "rate", "day"]]), ["table arms, columns: found ['users', "]),
        (run(ARMS.iloc[:2]), ["table arms, rows: found 2, expected 3"]),
        (Run("shop", RESULTS, {}), ["shop, table arms: found 'nothing', expected 'there'"]),
    ],
)  # fmt: skip
def test_every_kind_of_change_is_named(tmp_path: Path, other: Run, says: list[str]) -> None:
    found = against(tmp_path, other)
    assert len(found) == len(says), found
    for line, words in zip(found, says, strict=True):
        assert words in line


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: f.assign(mean=f["mean"].where(f.index != 2000, f["mean"] + 0.01)), "block 21"),
        (lambda f: f.assign(mean=f["mean"] * (1 + 1e-5)), "median"),
        (lambda f: f.assign(mean=f["mean"].where(f.index != 7)), "missing"),
        (lambda f: f.assign(unique_id=f["unique_id"].replace("store 007", "x", regex=True)),
         "'unique_id', sha256"),
        (lambda f: f.iloc[:-1], "rows: found 3999, expected 4000"),
        (lambda f: f.assign(mean=f["mean"].to_numpy()[[*range(1000), 1001, 1000,
                                                       *range(1002, 4000)]]), "block 11"),
        (lambda f: f.assign(step=f["step"].where(f.index != 3999, 0)), "row 4001, column 'step'"),
        (lambda f: f.drop(columns="step"), "columns"),
    ],
)  # fmt: skip
def test_a_large_table_is_compared_by_its_summary(tmp_path: Path, change: Any, says: str) -> None:
    baseline = kept(tmp_path, run(long()))
    assert "summary" in baseline.tables["arms"]
    size = (tmp_path / "shop" / "tables" / "arms.json").stat().st_size
    assert size < 20_000
    found = [str(each) for each in differences(baseline, run(change(long())))]
    assert any(says in line for line in found), found


def test_a_table_that_has_grown_large_is_compared_as_it_was_kept(tmp_path: Path) -> None:
    small, large = run(long(5)), run(long())
    assert against(tmp_path, large, small) == ["shop, table arms, rows: found 4000, expected 5"]
    assert "shop, table arms, rows: found 5, expected 4000" in against(tmp_path, small, large)


def test_the_message_is_short_and_says_what_to_do() -> None:
    many = [Difference("shop", "table", "arms", 1, 2, f"row {i}") for i in range(30)]
    text = told(many)
    assert text.startswith("shop: 30 differences from the accepted baseline")
    assert "… and 20 more in table arms" in text
    assert "make accept" in text
    assert len(text.splitlines()) == 13


def test_one_more_cell_decides_about_whole_or_summary(tmp_path: Path) -> None:
    table = pa.Table.from_pandas(long(3))
    assert len(described(table, whole=True)["rows"]) == 3
    assert described(table.slice(0, 0), whole=False)["summary"]["count"] == 0


def test_infinite_numbers_and_empty_texts_are_kept_apart_from_missing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [math.inf, 1.0], "t": ["", None]})
    assert against(tmp_path, run(frame), run(frame)) == []
    changed = pd.DataFrame({"x": [-math.inf, 1.0], "t": [None, None]}).astype({"t": "str"})
    assert len(against(tmp_path, run(changed), run(frame))) == 2


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("results.json", "{", "JSONDecodeError"),
        ("results.json", "{}", "KeyError: 'headline'"),
        ("results.json", None, "FileNotFoundError"),
        ("tables/arms.json", "{", "JSONDecodeError"),
        ("tables/arms.json", "{}", "arms.json: is not a baseline"),
    ],
)
def test_a_broken_baseline_says_how_to_mend_it(
    tmp_path: Path, name: str, text: str | None, says: str
) -> None:
    kept(tmp_path, run())
    path = tmp_path / "shop" / name
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="make accept") as told_:
        read_baseline(tmp_path / "shop")
    assert says in str(told_.value)


def test_a_deleted_or_edited_file_of_a_baseline_is_a_difference(tmp_path: Path) -> None:
    kept(tmp_path, run())
    path = tmp_path / "shop" / "tables" / "arms.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("200", "201"), encoding="utf-8")
    (edited,) = differences(read_baseline(tmp_path / "shop"), run())
    assert str(edited).startswith("shop, table arms, row 3, column 'users': found 200, expected 20")
    path.unlink()
    (gone,) = differences(read_baseline(tmp_path / "shop"), run())
    assert str(gone) == "shop, table arms: found 'there', expected 'nothing'"


def test_a_run_folder_is_read_as_it_is_published(tmp_path: Path) -> None:
    from analysis.reports import tables

    (tmp_path / "results.json").write_text(json.dumps(RESULTS), encoding="utf-8")
    tables.write(ARMS, tmp_path / "tables", "arms")
    assert differences(kept(tmp_path, run()), read_run("shop", tmp_path)) == []
