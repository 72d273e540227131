from __future__ import annotations

import datetime as dt
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.reports import dictionary, workbook
from analysis.reports.dictionary import Called, Described
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
MANIFEST: dict[str, Any] = {
    "notebook": "small",
    "title": "What sells?",
    "key": "c0ffee",
    "parameters": {"lang": "en", "rows": 12, "formula": "=1+1", "none": None},
    "data": [{"name": "shop", "sha256": "abc123", "nature": "real"}],
    "code": {"commit": "f00", "dirty": True},
}
RESULTS: dict[str, Any] = {
    "headline": {"sentence": "=Sell more.", "status": "good"},
    "numbers": {
        "lift": {
            "label": "Lift", "value": 0.12, "lo": 0.1, "hi": 0.14, "confidence": 0.95,
            "unit": "share",
        },
        "total": {
            "label": "Total", "value": 1_234_567.8, "lo": None, "hi": None, "confidence": None,
            "unit": "EUR", "no_interval": "a count",
        },
    },
}  # fmt: skip


def a_run(folder: Path, results: dict[str, Any] = RESULTS) -> Path:
    (folder / "tables").mkdir(exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    write_table(FRAME, tmp_path / "tables", "b")
    return a_run(tmp_path)


def opened(run: Path, **changed: Any) -> openpyxl.Workbook:
    path = workbook.write(run, {**MANIFEST, **changed})
    assert path is not None
    return openpyxl.load_workbook(path)


def arrow_run(folder: Path, columns: dict[str, Any]) -> Path:
    a_run(folder)
    pq.write_table(pa.table(columns), folder / "tables" / "t.parquet")
    return folder


def values(book: openpyxl.Workbook, name: str) -> list[tuple[Any, ...]]:
    return list(book[name].iter_rows(values_only=True))


def test_cells_keep_their_types(run: Path) -> None:
    sheet = opened(run)["b"]
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
    columns = {
        "money": [Decimal("12.30")],
        "exact": [Decimal("12345678901234567.89")],
        "day": [dt.date(2026, 1, 2)],
        "moment": pa.array([dt.datetime(2026, 1, 2, 8)], pa.timestamp("us", "Asia/Shanghai")),
        "id": [2**60],
        "list": [[1, 2]],
        "early": [dt.date(1899, 12, 31)],
    }
    assert values(opened(arrow_run(tmp_path, columns)), "t")[1] == (
        12.3, "12345678901234567.89", dt.datetime(2026, 1, 2), dt.datetime(2026, 1, 2, 16),
        str(2**60), "[1, 2]", "1899-12-31",
    )  # fmt: skip


def test_no_text_becomes_a_formula_a_link_or_markup(tmp_path: Path) -> None:
    texts = [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "https://a.example",
        "mailto:a@b.example", "internal:b!A1", "<r><t>x</t></r>", "<c><f>1+1</f></c>", "a\x01b\x0b",
        "\ufffe", "_x0041_", "x" * 40_000, "{=1}",
    ]  # fmt: skip
    name = '=HYPERLINK("https://a.example")'
    book = opened(arrow_run(tmp_path, {name: texts, "": texts, "<r>": texts}))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)
    rows = values(book, "t")
    assert rows[0][0] == name
    shown = [row[0] for row in rows[1:]]
    assert shown[:4] == texts[:4]
    assert shown[10:12] == ["<r><t>x</t></r> ", "<c><f>1+1</f></c>"]
    assert shown[12] == "a\ufffdb\ufffd"
    assert len(shown[15]) == 32_767
    with zipfile.ZipFile(tmp_path / "tables.xlsx") as file:
        sheets = [each for each in file.namelist() if each.startswith("xl/worksheets/")]
        assert all(b"<f" not in file.read(each) for each in sheets)
        assert all(b"hyperlink" not in file.read(each) for each in sheets)


def test_numbers_are_written_as_the_report_writes_them(tmp_path: Path) -> None:
    a_run(tmp_path)
    frame = pd.DataFrame(
        {"year": [2026], "n": [12_000], "rate": [0.25], "lift": [0.1], "p": [0.03], "kr": [1.5],
         "sales": [8_123.25], "value": [0.5], "unit": ["share"]}
    )  # fmt: skip
    write_table(frame, tmp_path / "tables", "t")
    styles = {"rate": "percent", "lift": "signed", "p": "p", "kr": "fixed2", "value": "unit"}
    columns = tuple(Called(name, name.upper(), style) for name, style in styles.items())
    dictionary.write(tmp_path / "tables", [Described("t", "A table", "", columns)])
    sheet = opened(tmp_path)["t"]
    formats = {
        head.value: cell.number_format for head, cell in zip(sheet[1], sheet[2], strict=True)
    }
    assert formats == {
        "year": "0", "n": "#,##0", "rate": "0.0%", "lift": "+0.0%;-0.0%;0.0%", "p": "0.0000",
        "kr": "#,##0.00", "sales": "#,##0", "value": "0.0%", "unit": "General",
    }  # fmt: skip


def test_the_first_sheet_says_what_the_report_says(run: Path) -> None:
    rows = values(opened(run), "about")
    assert rows[0][:2] == ("Report", "What sells?")
    assert rows[1][:2] == ("The answer", "=Sell more.")
    assert ("Content key", "c0ffee") in [row[:2] for row in rows]
    lift = next(row for row in rows if row[0] == "Lift")
    assert lift[2:7] == (0.12, 0.1, 0.14, 0.95, "share of 1")
    total = next(row for row in rows if row[0] == "Total")
    assert total[1:7] == ("a count", 1_234_567.8, None, None, None, "EUR")
    assert ("shop", "abc123", "Real data") in [row[:3] for row in rows]
    assert {("rows", 12), ("formula", "=1+1"), ("none", None)} <= {row[:2] for row in rows}
    assert next(row for row in rows if row[0] == "Code")[1] == (
        "f00 with changes not in this commit"
    )


def test_the_last_sheet_explains_every_column(run: Path) -> None:
    columns = (Called("share", "Share of sales", "percent"), Called("text", "Where", "text"))
    dictionary.write(run / "tables", [Described("b", "Sales by place", "", columns)])
    book = opened(run)
    assert book.sheetnames == ["about", "b", "dictionary"]
    rows = values(book, "dictionary")
    assert rows[1] == ("b", "Sales by place", "text", "Where", "text", None, "text", 3, 0)
    assert rows[3][:8] == (
        "b", "Sales by place", "share", "Share of sales", "number", "share of 1", "percent", 3,
    )  # fmt: skip
    assert rows[3][8] == pytest.approx(2 / 3), "NaN and infinity leave a cell empty"
    assert rows[5][3:7] == (None, "yes or no", None, "only in the files")
    assert book["dictionary"].freeze_panes == "A2"


def test_both_sheets_speak_the_language_of_the_run(run: Path) -> None:
    book = opened(run, parameters={"lang": "zh"})
    assert values(book, "about")[0][0] == "报告"
    assert values(book, "dictionary")[0][:3] == ("表", "标题", "列名")


def test_same_run_gives_the_same_bytes_also_under_another_id(run: Path) -> None:
    path = workbook.write(run, {**MANIFEST, "run": "a", "finished": "2026-01-01T00:00:00+00:00"})
    assert path is not None
    first = path.read_bytes()
    workbook.write(run, {**MANIFEST, "run": "b", "finished": "2026-02-02T00:00:00+00:00"})
    assert path.read_bytes() == first


def test_sheets_stand_in_the_order_of_the_report(run: Path) -> None:
    write_table(FRAME, run / "tables", "a")
    assert opened(run).sheetnames == ["about", "a", "b", "dictionary"]
    dictionary.write(run / "tables", [Described("b", "", "", ()), Described("a", "", "", ())])
    assert opened(run).sheetnames == ["about", "b", "a", "dictionary"]


def test_no_table_no_workbook(tmp_path: Path) -> None:
    assert workbook.write(a_run(tmp_path), MANIFEST) is None
    assert not (tmp_path / "tables.xlsx").exists()


def test_an_empty_table_keeps_its_heading(tmp_path: Path) -> None:
    write_table(FRAME.head(0), tmp_path / "tables", "empty")
    book = opened(a_run(tmp_path))
    assert book["empty"].max_row == 1
    assert values(book, "dictionary")[1][7:] == (0, None)


@pytest.mark.parametrize("limit", ["MOST_ROWS", "MOST_COLUMNS"])
def test_a_table_too_big_for_a_sheet_says_where_it_is(
    run: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(workbook, limit, 2)
    assert opened(run)["b"]["A1"].value == (
        "3 rows and 5 columns are more than a sheet holds; all are in tables/b.parquet"
    )


def test_sheet_names_are_short_and_unlike() -> None:
    names = ["x" * 40, "x" * 39 + "y", "X" * 31, "history", "a:b", "About", "dictionary"]
    sheets = list(workbook.sheet_names(names).values())
    assert all(0 < len(name) <= 31 for name in sheets)
    assert len({name.lower() for name in sheets}) == len(names)
    assert sheets[3:] == ["history_2", "a_b", "About_2", "dictionary_2"]
