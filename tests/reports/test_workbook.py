from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.reports import workbook
from analysis.reports.tables import write as write_table

FRAME = pd.DataFrame(
    {
        "text": ["=1+1", "https://example.org", "门店"],
        "whole": [1, -20_000, 3],
        "share": [0.5, float("nan"), float("inf")],
        "day": pd.to_datetime(["2026-01-01 00:00", "2026-01-02 13:30", ""]),
        "yes": [True, False, True],
    }
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    write_table(FRAME, tmp_path / "tables", "b")
    return tmp_path


def test_cells_keep_their_types(run: Path) -> None:
    path = workbook.write(run)
    assert path is not None
    sheet = openpyxl.load_workbook(path)["b"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("text", "whole", "share", "day", "yes")
    assert rows[1] == ("=1+1", 1, 0.5, dt.datetime(2026, 1, 1), True)
    assert rows[2][3] == dt.datetime(2026, 1, 2, 13, 30)
    assert rows[2][2] is None
    assert rows[3] == ("门店", 3, None, None, True)
    assert sheet["A2"].data_type == "s", "a formula in data stays text"
    assert sheet["A3"].hyperlink is None
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E4"
    assert sheet["A1"].font.bold
    assert sheet.column_dimensions["A"].width > 15


def test_decimals_days_zones_and_identifiers(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    table = pa.table(
        {
            "money": [Decimal("12.30")],
            "day": [dt.date(2026, 1, 2)],
            "moment": pa.array([dt.datetime(2026, 1, 2, 8)], pa.timestamp("us", "Asia/Shanghai")),
            "id": [2**60],
            "list": [[1, 2]],
        }
    )
    pq.write_table(table, tmp_path / "tables" / "t.parquet")
    path = workbook.write(tmp_path)
    assert path is not None
    row = list(openpyxl.load_workbook(path)["t"].iter_rows(values_only=True))[1]
    assert row == (
        12.3, dt.datetime(2026, 1, 2), dt.datetime(2026, 1, 2, 16), str(2**60), "[1, 2]",
    )  # fmt: skip


def test_same_tables_give_the_same_bytes(run: Path) -> None:
    path = workbook.write(run)
    assert path is not None
    first = path.read_bytes()
    workbook.write(run)
    assert path.read_bytes() == first


def test_sheets_stand_in_the_given_order(run: Path) -> None:
    write_table(FRAME, run / "tables", "a")
    for names, expected in ((None, ["a", "b"]), (["b", "a"], ["b", "a"])):
        path = workbook.write(run, names)
        assert path is not None
        assert openpyxl.load_workbook(path).sheetnames == expected


def test_no_table_no_workbook(tmp_path: Path) -> None:
    assert workbook.write(tmp_path) is None
    assert not list(tmp_path.iterdir())


def test_an_empty_table_keeps_its_heading(tmp_path: Path) -> None:
    write_table(FRAME.head(0), tmp_path / "tables", "empty")
    path = workbook.write(tmp_path)
    assert path is not None
    assert openpyxl.load_workbook(path)["empty"].max_row == 1


def test_a_table_too_long_for_a_sheet_says_where_it_is(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    path = workbook.write(run)
    assert path is not None
    assert openpyxl.load_workbook(path)["b"]["A1"].value == (
        "3 rows are more than a sheet holds; all are in tables/b.parquet"
    )


def test_sheet_names_are_short_and_unlike() -> None:
    names = ["x" * 40, "x" * 39 + "y", "X" * 31, "history", "a:b"]
    sheets = list(workbook.sheet_names(names).values())
    assert all(0 < len(name) <= 31 for name in sheets)
    assert len({name.lower() for name in sheets}) == len(names)
    assert sheets[3:] == ["history_2", "a_b"]
