from __future__ import annotations

import datetime as dt
import gzip
import sqlite3
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputError, InputProblems
from analysis.data.reading.delimited import _even, _uneven, read_delimited, sniff
from analysis.data.reading.reader import checksum, read_raw
from tests.data.files import GOOD, put

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("encoding", "used"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_encodings_are_found(tmp_path: Path, encoding: str, used: str) -> None:
    raw = read_raw(put(tmp_path, "a.csv", GOOD, encoding))
    assert raw.encoding == used
    assert list(raw.frame.columns) == ["ds", "unique_id", "y"]
    assert raw.frame["unique_id"].tolist() == ["华东", "华东"]


@pytest.mark.parametrize(
    "text", ["名,值\n万users,1\n", "品类,价\n𠮷野家,¥5\n", "欄,銷售額\n門店,1\n", "a,b\n联通,1\n"]
)
def test_short_gb18030_texts_just_work(tmp_path: Path, text: str) -> None:
    raw = read_raw(put(tmp_path, "a.csv", text, "gb18030"))
    assert [list(raw.frame.columns), *raw.frame.to_numpy().tolist()] == [
        line.split(",") for line in text.splitlines()
    ]


def test_a_broken_byte_in_utf8_is_not_taken_for_gb18030(tmp_path: Path) -> None:
    data = GOOD.encode()
    path = tmp_path / "a.csv"
    for cut in (data[:26] + data[27:], data.replace("华".encode(), b"\xff", 1)):
        path.write_bytes(cut)
        with pytest.raises(InputProblems, match=r"row 2: found no UTF-8: byte 0x\w\w at offset 2"):
            read_raw(path)


def test_western_text_is_refused_until_named(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "name,y\nMüller,1\nCafés,2\n", "latin-1")
    with pytest.raises(InputProblems, match="neither UTF-8 nor Chinese in GB18030: byte 0xFC"):
        read_raw(path)
    assert read_raw(path, encoding="latin-1").frame["name"].tolist() == ["Müller", "Cafés"]


def test_encodings_that_do_not_fit(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="encoding 'utf-9' is not known"):
        read_raw(put(tmp_path, "a.csv", GOOD), encoding="utf-9")
    with pytest.raises(InputProblems, match="found no UTF-8: byte 0x"):
        read_raw(put(tmp_path, "b.csv", GOOD, "gb18030"), encoding="utf-8")
    with pytest.raises(InputProblems, match="a NUL byte at offset 1"):
        read_raw(put(tmp_path, "c.csv", "a,b\n", "utf-16-le"))
    path = tmp_path / "d.csv"
    path.write_bytes(b"a,b\n\xff\xff,1\n")
    with pytest.raises(InputProblems, match="neither UTF-8 nor GB18030: byte 0xFF at offset 4"):
        read_raw(path)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_delimiters_are_found(tmp_path: Path, mark: str) -> None:
    text = f"a{mark}b\n1{mark}2,5\n" if mark != "," else 'a,b\n1,"2;5"\n'
    raw = read_raw(put(tmp_path, "a.txt", text))
    assert raw.delimiter == mark
    assert raw.frame.shape == (1, 2)
    assert raw.decimal == ("?" if mark == ";" else ".")


def test_a_title_does_not_mislead_the_delimiter() -> None:
    assert sniff("Sales; November; all\na,b,c\n1,2,3\n4,5,6\n") == ","


def test_gzip(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(GOOD.encode("gb18030")))
    assert len(read_raw(path).frame) == 2
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(InputError, match="not a gzip archive, or cut short"):
        read_raw(path)


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    raw = read_raw(put(tmp_path, "a.csv", '\n\na,b\n1,"x\ny"\n\n2,z\n,\n3,w\n'))
    assert raw.header_row == 3
    assert raw.row_numbers.tolist() == [4, 6, 8]
    assert raw.frame["b"].tolist() == ["x\ny", "z", "w"]
    assert raw.dropped == (("blank rows", 2),)


cells = st.text(st.sampled_from('ab1,"\n é华'), max_size=4)


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
def test_even_and_uneven_files_are_read_alike(rows: list[tuple[str, str]]) -> None:
    text = pd.DataFrame([("h", "i"), *rows]).to_csv(index=False, header=False, quoting=1)
    fast = _even(text.rstrip("\n"), ",")
    assert fast is not None
    assert fast.equals(_uneven(text.rstrip("\n"), ",", "x"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a,b\n1,"x\n2,y\n', "a quote that is never closed"),
        ('a,b\n"x"y,"z\n', "text after a closing quote"),
    ],
)
def test_quotes_that_do_not_close(text: str, message: str) -> None:
    with pytest.raises(InputProblems, match=message):
        read_delimited(text.encode(), "a.csv")


def test_short_rows_are_missing_cells_and_long_rows_are_found(tmp_path: Path) -> None:
    raw = read_raw(put(tmp_path, "a.csv", "a,b\n1\n2,3\n4,1,299\n"))
    assert raw.frame["b"].isna().tolist() == [True, False, False]
    (problem,) = raw.problems
    assert str(problem) == (
        "row 4: found 3 cells, expected 2, as many as the header has "
        "(a cell with a comma in it needs quotes)"
    )


def test_an_unnamed_column_inside_the_table_is_left_out(tmp_path: Path) -> None:
    raw = read_raw(put(tmp_path, "a.csv", ",a,b\n0,1,2\n1,3,4\n"))
    assert list(raw.frame.columns) == ["a", "b"]
    assert raw.problems == ()


def test_duplicate_headers_are_found(tmp_path: Path) -> None:
    (problem,) = read_raw(put(tmp_path, "a.csv", "a,b,a\n1,2,3\n")).problems
    assert str(problem).startswith("row 1, column 'a': found the name in columns 1 and 3")


def test_a_header_row_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"row 9 does not exist \(the file has 3 rows\)"):
        read_raw(put(tmp_path, "a.csv", GOOD), header_row=9)


def workbook(path: Path) -> Path:
    book = xlsxwriter.Workbook(path)
    hidden = book.add_worksheet("旧")
    sheet = book.add_worksheet("销售")
    book.add_worksheet("空")
    sheet.activate()
    sheet.set_first_sheet()
    hidden.hide()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.merge_range(0, 0, 1, 3, "销售报表")
    sheet.write_row(2, 0, ["日期", "门店", "销售额", "占比"])
    sheet.merge_range(3, 1, 4, 1, "华东")
    for row, number in ((3, 1299.5), (4, 0.1), (6, 1001.0)):
        sheet.write_datetime(row, 0, dt.datetime(2026, 11, row), day)
        sheet.write_number(row, 2, number)
        sheet.write_number(row, 3, 0.85, book.add_format({"num_format": "0%"}))
    sheet.write(6, 1, 1001)
    sheet.write(6, 6, "a remark beside the table")
    book.close()
    return path


def test_workbooks(tmp_path: Path) -> None:
    raw = read_raw(workbook(tmp_path / "a.xlsx"), header_row=3)
    assert (raw.sheet, raw.sheets) == ("销售", ("销售", "空"))
    assert raw.frame.to_numpy().tolist() == [
        ["2026-11-03", "华东", "1299.5", "0.85"],
        ["2026-11-04", "华东", "0.1", "0.85"],
        ["2026-11-06", "1001", "1001", "0.85"],
    ]
    assert raw.row_numbers.tolist() == [4, 5, 7]
    assert raw.numeric["门店"].tolist() == [False, False, True]
    assert raw.problems == ()


def test_sheets_by_name_and_number(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    assert read_raw(path, sheet=2, header_row=3).sheet == "销售"
    with pytest.raises(InputError, match="there is no sheet '销量'; valid: 旧, 空, 销售"):
        read_raw(path, sheet="销量")
    with pytest.raises(InputProblems, match="found an empty sheet '空'"):
        read_raw(path, sheet="空")


def test_a_number_merged_over_rows_would_be_counted_twice(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["a", "b"])
    sheet.write_column(1, 0, ["x", "y"])
    sheet.merge_range(1, 1, 2, 1, 300)
    book.close()
    (problem,) = read_raw(tmp_path / "a.xlsx").problems
    assert str(problem) == (
        "row 2: found the number 300 merged over rows 2 to 3, expected one number for each row"
    )


def test_files_that_are_not_what_their_name_says(tmp_path: Path) -> None:
    book = workbook(tmp_path / "a.xlsx").read_bytes()
    for name, data, message in (
        ("b.xlsx", book[:2000], "not an Excel workbook, or cut short"),
        ("c.xlsx", b"a,b\n1,2\n", "not an Excel workbook, but text; name it .csv"),
        ("h.xlsx", b"", "found an empty file, expected a workbook"),
        ("i.xls", b"\n<html><table></table></html>", "found a web page or XML, no workbook"),
        ("j.xlsx", b"\xd0\xcf\x11\xe0" + bytes(3000), "locked by a password, or an old workbook"),
        ("d.csv", book, "found an XLSX workbook or another ZIP archive, expected text"),
        ("e.parquet", b"a,b\n1,2\n", "found no Parquet file, expected a whole one"),
        ("f.docx", b"", "found a name ending in .docx, expected .csv"),
        ("g.duckdb", b"", "for a DuckDB file use duckdb:///"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=message):
            read_raw(tmp_path / name)


def test_missing_files_name_their_neighbours(tmp_path: Path) -> None:
    put(tmp_path, "sales.csv", GOOD)
    with pytest.raises(InputError, match=r"there is no such file; the folder has sales\.csv"):
        read_raw(tmp_path / "sales.xlsx")
    with pytest.raises(InputError, match="found a folder, expected a file"):
        read_raw(tmp_path)


def parquet(path: Path) -> Path:
    table = pa.table(
        {
            "id": pa.array([2**60 + 1, None], pa.int64()),
            "money": pa.array([Decimal("1.10"), Decimal("2.20")], pa.decimal128(10, 2)),
            "day": pa.array([dt.date(2026, 11, 11)] * 2),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
        }
    )
    pq.write_table(table, path)
    return path


def test_parquet_without_loss(tmp_path: Path) -> None:
    raw = read_raw(parquet(tmp_path / "a.parquet"))
    assert raw.frame["id"][0] == 2**60 + 1
    assert raw.frame["money"].tolist() == ["1.10", "2.20"]
    assert raw.frame["kind"].tolist() == ["a", "b"]
    assert raw.frame["day"][0] == pd.Timestamp("2026-11-11")
    assert raw.row_numbers.tolist() == [2, 3]


def test_truncated_parquet(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="found a Parquet file that is cut short or damaged"):
        read_raw(path)


def warehouse(path: Path) -> Path:
    with duckdb.connect(path) as con:
        con.execute("create table orders as select 1 id, 1.50::decimal(9,2) y, date '2026-11-11' d")
    return path


def test_duckdb_is_read_and_not_written(tmp_path: Path) -> None:
    path = warehouse(tmp_path / "w.duckdb")
    raw = read_raw(f"duckdb:///{path}?table=orders")
    assert (raw.format, raw.frame["y"].tolist()) == ("sql", ["1.50"])
    asked = read_raw(f"duckdb:///{path}?query=select%20id%20from%20orders%20where%20id>0")
    assert asked.frame["id"].tolist() == [1]
    with pytest.raises(InputError, match="did you mean 'orders'"):
        read_raw(f"duckdb:///{path}?table=order")
    with pytest.raises(InputError, match="the query does not read"):
        read_raw(f"duckdb:///{path}?query=drop%20table%20orders")
    with pytest.raises(InputError, match="expected either"):
        read_raw(f"duckdb:///{path}")
    with pytest.raises(InputError, match="there is no duckdb file"):
        read_raw(f"duckdb:///{tmp_path}/none.duckdb?table=orders")


def test_named_connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="variable ANALYSIS_CONNECTION_WAREHOUSE is not set"):
        read_raw("warehouse:orders")
    path = warehouse(tmp_path / "w.duckdb")
    monkeypatch.setenv("ANALYSIS_CONNECTION_WAREHOUSE", f"duckdb:///{path}")
    raw = read_raw("warehouse:orders")
    assert raw.source == "warehouse:orders"
    assert len(raw.frame) == 1
    assert checksum("warehouse:orders") is None


def test_sqlite_is_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    con = sqlite3.connect(path)
    con.executescript(
        "create table t (a integer, b text); insert into t values (1, 'x'), ('y', '')"
    )
    con.close()
    raw = read_raw(f"sqlite:///{path}?table=t")
    assert raw.frame["a"].tolist() == ["1", "y"]
    with pytest.raises(InputError, match=r"failed \(OperationalError\)"):
        read_raw(f"sqlite:///{path}?query=with x as (select 1) insert into t select 1, 'z'")
    with pytest.raises(InputError, match="there is no sqlite file"):
        read_raw(f"sqlite:///{tmp_path}/none.db?table=t")
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://planner:{SECRET}@db.internal/x",
        f"nonsense://planner:{SECRET}@db.internal/x",
        f"duckdb:////{SECRET}/w.duckdb",
        f"not a url {SECRET}",
        f"mysql://planner@db/x?password={SECRET}",
    ],
)
def test_secrets_never_show(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_CONNECTION_WAREHOUSE", url)
    with pytest.raises(InputError) as caught:
        read_raw("warehouse:orders")
    chain: BaseException | None = caught.value
    while chain is not None:
        assert SECRET not in f"{chain}{chain!r}"
        chain = chain.__context__ if not chain.__suppress_context__ else None


def test_secrets_in_a_url_are_refused(tmp_path: Path) -> None:
    for url in (f"postgresql://a:{SECRET}@h/d?table=t", f"mysql://h/d?table=t&token={SECRET}"):
        with pytest.raises(InputError, match="found a password or key in it") as caught:
            read_raw(url)
        assert SECRET not in str(caught.value)
