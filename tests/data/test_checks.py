from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from analysis.base.errors import InputProblems
from analysis.base.schema import Column, Kind, TableSchema
from analysis.data.checks import conform, describe
from analysis.data.mapping import parse_mapping
from analysis.data.reading.raw import RawTable
from analysis.data.reading.reader import read_raw
from tests.data.files import SALES, put


def findings(path: Path, schema: TableSchema) -> list[str]:
    with pytest.raises(InputProblems) as caught:
        conform(read_raw(path), schema)
    return [str(problem) for problem in caught.value.problems]


def one(kind: Kind, **promise: object) -> TableSchema:
    return TableSchema((Column("a", kind, **promise),))  # type: ignore[arg-type]


def test_all_findings_by_row_and_column(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        "a.csv",
        "y,ds,unique_id\n"
        "1,2026-11-11,a\n"
        "-5,2026-11-11,a\n"
        "x,2026-13-11,\n"
        "1,2026-11-12,b,c\n"
        "inf,2026-11-13,b\n",
    )
    assert findings(path, SALES) == [
        "row 3: found ds '2026-11-11', unique_id 'a' again, as in row 2, "
        "expected one row for each ds and unique_id",
        "row 3, column 'y': found '-5', expected a number in CNY, at least 0",
        "row 4, column 'ds': found '2026-13-11', expected a date such as 2026-11-11 "
        "(there is no such day)",
        "row 4, column 'unique_id': found nothing, expected text",
        "row 4, column 'y': found 'x', expected a number in CNY, at least 0 (no digits in it)",
        "row 5: found 4 cells, expected 3, as many as the header has "
        "(a cell with a comma in it needs quotes)",
        "row 6, column 'y': found 'inf', expected a number in CNY, at least 0 (infinite)",
    ]


def test_missing_and_unexpected_columns(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "date,unique_ids,y\n2026-11-11,a,1\n")
    assert findings(path, SALES) == [
        "column 'ds': found no such column (row 1 has: date, unique_ids, y), "
        "expected a date such as 2026-11-11; mapping= can rename a column",
        "column 'unique_id': found no such column (row 1 has: date, unique_ids, y); "
        "did you mean 'unique_ids'?, expected text; mapping= can rename a column",
        "column 'date': found a column nobody asked for, expected only ds, unique_id, y",
        "column 'unique_ids': found a column nobody asked for, "
        "expected only ds, unique_id, y; did you mean 'unique_id'?",
    ]


def test_an_empty_table_is_a_finding(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "ds,unique_id,y\n\n")
    assert findings(path, SALES) == [
        "found no rows of data below the header, expected at least one row"
    ]


def test_duplicate_headers_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "a,a\n1,2\n")
    assert findings(path, one("integer")) == [
        "row 1, column 'a': found the name in columns 1 and 2, expected column names that differ"
    ]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (
            Column("a", "number", unit="EUR", minimum=0, maximum=1.5),
            "a number in EUR from 0 to 1.5",
        ),
        (Column("a", "integer", maximum=9), "a whole number, at most 9"),
        (Column("a", "text", choices=("x", "y")), "one of 'x', 'y'"),
        (Column("a", "datetime"), "a date and time such as 2026-11-11 10:30"),
        (Column("a", "boolean"), "yes or no (是/否, true/false, 1/0)"),
    ],
)
def test_columns_in_words(column: Column, words: str) -> None:
    assert describe(column) == words


@pytest.mark.parametrize(
    ("schema", "cell", "finding"),
    [
        (one("integer"), "1.5", "found '1.5', expected a whole number (not a whole number)"),
        (one("integer", maximum=9), "10", "found '10', expected a whole number, at most 9"),
        (one("number", unit="CNY"), "$5", "expected a number in CNY (another currency)"),
        (one("number", unit="EUR"), "85%", "(a share, not an amount of money)"),
        (one("number", maximum=1), "101%", "found '101%', expected a number, at most 1"),
        (one("text", choices=("A", "B")), "C", "found 'C', expected one of 'A', 'B'"),
        (one("boolean"), "maybe", "found 'maybe', expected yes or no"),
        (one("date"), "11月11日", "(the year is missing)"),
        (one("datetime"), "2026-11-11 25:61", "(there is no such time of day)"),
        (one("number"), "无", "found '无', expected a number"),
    ],
)
def test_single_cells(tmp_path: Path, schema: TableSchema, cell: str, finding: str) -> None:
    (found,) = findings(put(tmp_path, "a.csv", f"a\n{cell}\n"), schema)
    assert found.startswith("row 2, column 'a': ")
    assert finding in found


def test_missing_words_depend_on_the_kind(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "t,n\n无,无\n-,-\nNA,3\n")
    schema = TableSchema(
        (Column("t", "text", nullable=True), Column("n", "integer", nullable=True))
    )
    frame = conform(read_raw(path), schema)
    assert frame["t"].isna().tolist() == [False, True, False]
    assert frame["n"].isna().tolist() == [True, True, False]
    assert frame["n"].dtype == "Int64"


def test_missing_key_cells_are_no_duplicates(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "a,b\n,1\n,2\n")
    schema = TableSchema((Column("a", "text", nullable=True), Column("b", "integer")), key=("a",))
    assert len(conform(read_raw(path), schema)) == 2


@pytest.mark.parametrize(
    ("extra", "columns"),
    [("any", ["a", "b", "c"]), ("drop", ["a"]), ("text", ["a", "b", "c"])],
)
def test_extra_columns(tmp_path: Path, extra: str, columns: list[str]) -> None:
    path = put(tmp_path, "a.csv", "b,a,c\n1,2,x\n")
    schema = TableSchema((Column("a", "integer"),), extra=extra)  # type: ignore[arg-type]
    assert list(conform(read_raw(path), schema).columns) == columns


def test_extra_columns_of_one_kind_are_converted(tmp_path: Path) -> None:
    schema = TableSchema((Column("a", "integer"),), extra="number")
    path = put(tmp_path, "a.csv", "a,b,region,promo\n2,85%,华东,False\n3,7%,华北,True\n")
    frame = conform(read_raw(path), schema)
    assert frame["b"].tolist() == [0.85, 0.07]
    assert frame["region"].tolist() == ["华东", "华北"]
    assert frame["promo"].tolist() == [False, True]
    path = put(tmp_path, "b.csv", "a,b\n2,85%\n3,x\n")
    assert findings(path, schema) == [
        "row 3, column 'b': found 'x', expected a number (no digits in it)"
    ]


def test_a_missing_column_is_not_drowned_in_findings_of_extra_ones(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "门店,b\nx,1\ny,z\n")
    schema = TableSchema((Column("a", "text"),), extra="number")
    found = findings(path, schema)
    assert len(found) == 1
    assert "no such column" in found[0]


def test_dtypes(tmp_path: Path) -> None:
    kinds: tuple[Kind, ...] = ("text", "integer", "number", "date", "datetime", "boolean")
    schema = TableSchema(tuple(Column(kind, kind) for kind in kinds))
    path = put(tmp_path, "a.csv", f"{','.join(kinds)}\n007,7,7,2026-11-11,2026-11-11 10:30,是\n")
    frame = conform(read_raw(path), schema)
    assert [str(dtype) for dtype in frame.dtypes] == [
        "str", "int64", "float64", "datetime64[us]", "datetime64[us]", "bool",
    ]  # fmt: skip
    assert frame["text"].tolist() == ["007"]


def test_typed_columns_meet_the_same_promises(tmp_path: Path) -> None:
    table = pa.table(
        {
            "a": pa.array([1.0, 2.5, float("inf"), None]),
            "d": pa.array([dt.datetime(2026, 11, 11), dt.datetime(2026, 11, 11, 10), None, None]),
            "e": pa.array([20261111, 20261112, 45000, 1]),
            "t": pa.array([1001, 1002, 1003, None]),
            "l": pa.array([[1], [2], [3], [4]]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    schema = TableSchema(
        (
            Column("a", "integer"),
            Column("d", "date", nullable=True),
            Column("e", "date"),
            Column("t", "text", nullable=True),
            Column("l", "text"),
        )
    )
    assert findings(tmp_path / "a.parquet", schema) == [
        "column 'l': found a column that cannot be read, "
        "expected text (it holds values that are no text, number or date)",
        "row 3, column 'a': found '2.5', expected a whole number (not a whole number)",
        "row 3, column 'd': found '2026-11-11 10:00:00', expected a date such as 2026-11-11 "
        "(it has a time of day)",
        "row 4, column 'a': found 'inf', expected a whole number (infinite)",
        "row 4, column 'e': found '45000', expected a date such as 2026-11-11 "
        "(it looks like a spreadsheet's serial number; format the cells as dates)",
        "row 5, column 'a': found nothing, expected a whole number",
        "row 5, column 'e': found '1', expected a date such as 2026-11-11 (not a date)",
    ]


def test_typed_numbers_take_the_mapping_unit_exactly(tmp_path: Path) -> None:
    pq.write_table(pa.table({"v": [0.07, 32.15]}), tmp_path / "a.parquet")
    mapping = parse_mapping({"columns": {"a": {"from": "v", "unit": "万元"}}})
    frame = conform(mapping.apply(read_raw(tmp_path / "a.parquet")), one("number", unit="CNY"))
    assert frame["a"].tolist() == [700.0, 321500.0]


def test_workbook_serials_and_ids(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["ds", "id"])
    sheet.write_row(1, 0, [46337, 1001])
    sheet.write_row(2, 0, ["2026-11-12", "1002"])
    book.close()
    schema = TableSchema((Column("ds", "date"), Column("id", "text")))
    frame = conform(read_raw(tmp_path / "a.xlsx"), schema)
    assert frame["ds"].tolist() == [pd.Timestamp("2026-11-11"), pd.Timestamp("2026-11-12")]
    assert frame["id"].tolist() == ["1001", "1002"]


def test_a_wrong_constant_is_one_finding(tmp_path: Path) -> None:
    mapping = parse_mapping({"columns": {"b": "b"}, "constants": {"a": "x"}})
    raw = mapping.apply(read_raw(put(tmp_path, "a.csv", "b\n1\n2\n")))
    schema = TableSchema((Column("a", "integer"), Column("b", "integer")))
    with pytest.raises(InputProblems, match="found the constant 'x', expected a whole number") as e:
        conform(raw, schema)
    assert len(e.value.problems) == 1


def test_a_unit_in_the_header_is_not_overlooked(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "销售额(万元)\n5\n")
    mapping = parse_mapping({"columns": {"a": "销售额(万元)"}})
    with pytest.raises(
        InputProblems, match=r"its header is in 万元; say unit = '万元' in the mapping"
    ):
        conform(mapping.apply(read_raw(path)), one("number", unit="CNY"))
    assert conform(mapping.apply(read_raw(path)), one("number", unit="万元"))["a"].tolist() == [5]


def test_many_rows_and_many_findings_stay_fast() -> None:
    rows = 200_000
    raw = RawTable(
        pd.DataFrame({"a": pd.Series(np.arange(rows)).astype("str")}),
        np.arange(rows) + 2,
        "a.csv",
        "csv",
    )
    start = time.process_time()
    conform(raw, TableSchema((Column("a", "integer"),), key=("a",)))
    assert time.process_time() - start < 5
    with pytest.raises(InputProblems) as caught:
        conform(raw, one("integer", maximum=-1))
    assert len(caught.value.problems) == rows
    assert "… and 199980 more" in str(caught.value)
    assert time.process_time() - start < 20


def test_typed_extra_columns_keep_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame = pd.DataFrame({"a": [1, 2], "n": [3, 4], "promo": [True, False], "region": ["x", "y"]})
    frame.to_parquet(path)
    schema = TableSchema((Column("a", "integer"),), extra="number")
    kinds = [str(dtype) for dtype in conform(read_raw(path), schema).dtypes]
    assert kinds == ["int64", "float64", "bool", "str"]
