from __future__ import annotations

import tomllib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputError
from analysis.base.schema import Column, TableSchema
from analysis.data.header import propose, split_unit
from analysis.data.inspection import inspect
from analysis.data.loading import load_table
from analysis.data.mapping import load_mapping, parse_mapping
from tests.data.files import EXPORT, GOOD, SALES, put


def test_what_is_seen(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", EXPORT, "gb18030")
    assert inspect(path).text().splitlines() == [
        f"{path}: csv, encoding gb18030, delimiter ','",
        "header: row 3",
        "rows of data: 3",
        "rows of totals: 1 (row 7)",
        "columns: 4",
        "  日期: date; such as '2026年11月11日', '2026-11-12'",
        "  门店: text; such as '华东'",
        "  销售额(万元): number, unit 万元; such as '1,299.5', '0.07'",
        "  转化率: number; such as '85%', '80%'",
    ]


def test_the_suggestion_reads_the_file(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", EXPORT, "gb18030")
    mapping = put(tmp_path, "m.toml", inspect(path).mapping_toml(SALES))
    assert load_table(path, SALES, mapping=mapping).frame["y"].tolist() == [12_995_000, 700]


def test_without_a_schema_the_names_stay(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", EXPORT)
    mapping = load_mapping(put(tmp_path, "m.toml", inspect(path).mapping_toml()))
    assert {target: source.names[0] for target, source in mapping.columns.items()} == {
        "日期": "日期",
        "门店": "门店",
        "销售额": "销售额(万元)",
        "转化率": "转化率",
    }
    assert mapping.columns["销售额"].unit == "万元"


def test_what_no_column_fits_is_said(tmp_path: Path) -> None:
    schema = TableSchema((*SALES.columns, Column("churn", "number")))
    text = inspect(put(tmp_path, "a.csv", EXPORT)).mapping_toml(schema)
    assert '# "churn" = "?"  # required; no column looks like it' in text
    assert "# not used: 转化率" in text


def test_odd_cells_are_shown(tmp_path: Path) -> None:
    rows = "".join(f"2026-11-{day:02d},{day}\n" for day in range(1, 30))
    seen = inspect(put(tmp_path, "a.csv", f"日期,销量\n{rows}2026-11-30,约3万\n"))
    assert seen.columns[1].kind == "integer"
    assert "column '销量': found '约3万', unlike its other cells (integer)" in seen.text()


def test_kinds(tmp_path: Path) -> None:
    text = (
        "d,i,n,b,t,m,e\n"
        "20261111,1,1.5,是,x,2026-11-11 10:30,\n"
        "20261112,2,2,否,1x,2026-11-12 9:00,\n"
    )
    seen = inspect(put(tmp_path, "a.csv", text)).columns
    assert [column.kind for column in seen] == [
        "date", "integer", "number", "boolean", "text", "datetime", "text",
    ]  # fmt: skip
    assert seen[-1].missing == 2


def test_workbooks_and_sheets(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("说明").write(0, 0, "见下页")
    sheet = book.add_worksheet("数据")
    sheet.merge_range(0, 0, 0, 1, "标题")
    sheet.write_row(1, 0, ["日期", "销量"])
    sheet.write_row(2, 0, ["2026-11-11", 5])
    book.close()
    seen = inspect(path, sheet="数据")
    assert "sheets: 说明, 数据 (looked at: 数据)" in seen.text()
    assert 'sheet = "数据"\nheader_row = 2\n' in seen.mapping_toml()


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"day": ["2026-11-11"], "sales": [1.5], "on": [True]}), path)
    seen = inspect(path)
    assert seen.header_row is None
    assert [column.kind for column in seen.columns] == ["date", "number", "boolean"]
    mapping = parse_mapping(tomllib.loads(seen.mapping_toml(SALES)))
    assert mapping.columns["ds"].names == ("day",)
    assert mapping.columns["y"].names == ("sales",)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for name, text in (("a.csv", ""), ("b.parquet", GOOD), ("c.xlsx", GOOD)):
        with pytest.raises(InputError):
            inspect(put(tmp_path, name, text))


headers = st.lists(
    st.text(min_size=1, max_size=8).map(lambda text: " ".join(text.split())).filter(bool),
    min_size=1,
    max_size=4,
    unique=True,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(headers)
def test_every_suggestion_is_a_mapping(tmp_path: Path, names: list[str]) -> None:
    safe = [name.replace("\x00", "0").replace("\ufeff", "0") for name in names]
    safe = list(dict.fromkeys(safe))
    header = ",".join('"' + name.replace('"', '""') + '"' for name in safe)
    path = put(tmp_path, "a.csv", f"{header}\n{','.join('x' for _ in safe)}\n")
    seen = inspect(path)
    for text in (seen.mapping_toml(), seen.mapping_toml(SALES)):
        parse_mapping(tomllib.loads(text))


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        ("销售额(万元)", ("销售额", "万元")),
        ("销售额（单位：万元）", ("销售额", "万元")),
        ("转化率[%]", ("转化率", "%")),
        ("价格/元", ("价格", "元")),
        ("门店(旧)", ("门店(旧)", "")),
        ("y", ("y", "")),
    ],
)
def test_units_in_headers(header: str, parts: tuple[str, str]) -> None:
    assert split_unit(header) == parts


def test_each_column_is_proposed_once() -> None:
    names = ["统计日期", "渠道", "门店", "订单量", "销售额(元)"]
    assert propose(names, ("ds", "unique_id", "y", "channel")) == {
        "ds": "统计日期",
        "unique_id": "门店",
        "y": "销售额(元)",
        "channel": "渠道",
    }


ABOUT = "销售日报,,,,\n导出时间：2026-06-01 08:00,制表人：王五,,,\n"
HEADER = "店铺,统计日期,销售额,环比,备注\n"
ROWS = "北店,2026-01-01,5,1%,\n,2026-01-02,6,2%,\n,2026-01-03,7,2%,\n"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (ABOUT + HEADER + ROWS, 3),
        (ABOUT + "统计周期,2026-01-01,,,\n" + HEADER + ROWS, 4),
        (",,销售,,\n" + HEADER + ROWS, 2),
        ("店铺,,销售,环比,\n" + HEADER + ROWS, 2),
        (HEADER + ROWS + "合计,共三日,含税,未扣,退款\n", 1),
        ("因素,分组,\n甲,优势,好\n乙,劣势,差\n", 1),
        ("日期,销量\n2026-01-01,5\n2026-01-02,6\n店铺,城市,面积\n甲,沪,大\n", 1),
    ],
)
def test_the_header_is_the_widest_line_of_names_above_the_data(
    tmp_path: Path, text: str, row: int
) -> None:
    assert inspect(put(tmp_path, "a.csv", text)).header_row == row


def test_of_many_problems_the_first_are_shown(tmp_path: Path) -> None:
    rows = "".join(f"2026-11-{day:02d},{day},x\n" for day in range(1, 30))
    seen = inspect(put(tmp_path, "a.csv", f"日期,销量\n{rows}"))
    assert len(seen.problems) == 29
    lines = seen.text().splitlines()
    assert "problems: 29" in lines
    assert lines[-1] == "  … and 9 more"
