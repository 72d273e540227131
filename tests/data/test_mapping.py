from __future__ import annotations

from pathlib import Path

import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.data.mapping import TOTALS, Mapping, Source, load_mapping, parse_mapping
from analysis.data.reading.reader import read_raw
from tests.data.files import EXPORT, EXPORT_MAPPING, put


def test_every_key(tmp_path: Path) -> None:
    text = """
    sheet = "销售"
    header_row = 3
    skip_rows = [4]
    skip_footer = 1
    drop_where = ["合计"]
    encoding = "gb18030"
    delimiter = ";"
    decimal = ","
    missing = ["-"]
    [columns]
    ds = "日期"
    y = ["销售额", "GMV"]
    z = { from = "成本", unit = "万元" }
    d = { from = ["到店 "], format = "%d/%m/%Y" }
    [constants]
    unique_id = "华东"
    n = 5
    day = 2026-11-11
    on = true
    """
    path = put(tmp_path, "m.toml", text, "utf-8-sig")
    assert load_mapping(path) == Mapping(
        columns={
            "ds": Source(("日期",)),
            "y": Source(("销售额", "GMV")),
            "z": Source(("成本",), unit="万元"),
            "d": Source(("到店",), format="%d/%m/%Y"),
        },
        constants={"unique_id": "华东", "n": "5", "day": "2026-11-11", "on": "true"},
        sheet="销售",
        header_row=3,
        skip_rows=(4,),
        skip_footer=1,
        drop_where=("合计",),
        encoding="gb18030",
        delimiter=";",
        decimal=",",
        missing=("-",),
        origin=str(path),
    )


def test_an_empty_mapping_has_the_defaults() -> None:
    mapping = parse_mapping({})
    assert mapping.drop_where == TOTALS
    assert mapping.missing is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("heder_row = 3", "found key 'heder_row', expected a key of mappings; did you mean"),
        ("header_row = 0", "found 0 for header_row, expected a whole number, at least 1"),
        ("header_row = true", "found True for header_row"),
        ('skip_rows = 2', "expected a list of row numbers"),
        ("drop_where = 合计", "not TOML"),
        ('delimiter = ";;"', "expected one character"),
        ("columns = 3", "expected a table of target = source"),
        ('[columns]\ny = 5', "found 5 for 'y' for columns, expected a column name of the file"),
        ('[columns]\ny = {uint = "a"}', "found key 'uint' for 'y' for columns, expected from, unit "
                                        "or format; did you mean 'unit'"),
        ('[columns]\ny = {from = "a", unit = "kg"}', "found 'kg' for 'y' for columns, expected a "
                                                     "unit that scales"),
        ('[columns]\ny = {from = "a", format = "%d/%m"}', "expected a date format with a year"),
        ('[columns]\ny = "a"\ny = "b"', r"not TOML \(a name given twice\)"),
        ('[columns]\ny = "a"\nx = "a"', "found 'a' as the source of 'y' and of 'x'"),
        ('[columns]\ny = "a"\n[constants]\ny = 1', r"'y' in \[columns\] and in \[constants\]"),
        ("[constants]\ny = [1]", "found a list for 'y' for constants, expected one text"),
    ],
)  # fmt: skip
def test_wrong_mappings(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_mapping(put(tmp_path, "m.toml", text))


def test_all_findings_come_together(tmp_path: Path) -> None:
    path = put(tmp_path, "m.toml", 'sheat = "a"\nheader_row = "b"\n[columns]\ny = 1\nz = 2\n')
    with pytest.raises(InputProblems) as caught:
        load_mapping(path)
    assert len(caught.value.problems) == 4


def test_files_that_are_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such mapping file"):
        load_mapping(tmp_path / "none.toml")
    with pytest.raises(InputError, match="found a folder"):
        load_mapping(tmp_path)
    with pytest.raises(InputError, match="not UTF-8 at offset 10"):
        load_mapping(put(tmp_path, "m.toml", "[columns]\n日 = 1", "gb18030"))


def test_rows_and_columns_are_chosen(tmp_path: Path) -> None:
    mapping = load_mapping(put(tmp_path, "m.toml", EXPORT_MAPPING))
    raw = read_raw(put(tmp_path, "a.csv", EXPORT), header_row=3)
    mapped = mapping.apply(raw, ("转化率",))
    assert list(mapped.frame.columns) == ["ds", "unique_id", "y", "转化率"]
    assert mapped.row_numbers.tolist() == [4, 5]
    assert mapped.dropped == (("blank rows", 1), ("total rows", 1))
    assert mapped.origin("y").label == "销售额(万元)"
    assert list(mapping.apply(raw).frame.columns) == ["ds", "unique_id", "y"]


@pytest.mark.parametrize(
    "word", ["合计", "华东小计", "合 计", "总计：", "合计（元）", "TOTAL", "Grand Total:"]
)
def test_words_of_total_rows(tmp_path: Path, word: str) -> None:
    raw = read_raw(put(tmp_path, "a.csv", f"a,b\nx,1\n{word},1\n总计划,2\nTotal Care,3\n"))
    assert Mapping().apply(raw).frame["a"].tolist() == ["x", "总计划", "Total Care"]


def test_skipped_rows_and_footer(tmp_path: Path) -> None:
    raw = read_raw(put(tmp_path, "a.csv", "a\n单位\n1\n2\n\n注：某\n"))
    mapped = Mapping(skip_rows=(2,), skip_footer=1).apply(raw)
    assert mapped.frame["a"].tolist() == ["1", "2"]
    assert mapped.dropped == (("blank rows", 1), ("skip_rows", 1), ("skip_footer", 1))


def test_sources_that_are_not_there(tmp_path: Path) -> None:
    raw = read_raw(put(tmp_path, "a.csv", "日期,销售额,GMV\n1,2,3\n"))
    mapping = parse_mapping(
        {"columns": {"ds": "日其", "y": ["销售额", "GMV"], "x": ["e", "f"]}}, "m"
    )
    with pytest.raises(InputProblems) as caught:
        mapping.apply(raw)
    text = str(caught.value)
    assert "a.csv (m): 3 problems" in text
    assert "found no column '日其', expected the source of 'ds'" in text
    assert "found both '销售额' and 'GMV', expected one column for 'y', not several" in text
    assert "found no column 'e' or 'f', expected the source of 'x'; valid: " in text
