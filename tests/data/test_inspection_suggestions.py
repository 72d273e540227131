"""Exports as teams have them: the suggestion reads each one as it is meant."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from analysis.base.errors import InputError
from analysis.data.inspection import inspect
from analysis.data.loading import load_table
from analysis.data.trial import Suggestion, suggest
from analysis.data.wanted import NOTEBOOKS, choose, named
from tests.data.files import put

DAYS = pd.date_range("2026-01-05", periods=14, freq="D")


def suggested(path: Path, notebook: str = "") -> Suggestion:
    return suggest(inspect(path), notebook)


def read(path: Path, notebook: str = "") -> pd.DataFrame:
    found = suggested(path, notebook)
    assert found.reads, found.doubts
    mapping = put(path.parent, "m.toml", found.toml)
    return load_table(path, found.wanted.schema, mapping=mapping).frame


def test_a_chinese_export(tmp_path: Path) -> None:
    rows = ["销售日报,,,,", "单位：万元,,,,", "店铺,日期,销售额,件数,促销"]
    for shop in ("甲店", "乙店"):
        for place, day in enumerate(DAYS):
            written = [f"{day.year}年{day.month}月{day.day}日", f"{day:%Y/%m/%d}"][place % 2]
            rows.append(f'{shop},{written},"1,234.5",１２,{"是" if place < 3 else "否"}')
        rows.append(f"{shop}小计,,17283,,")
    rows += ["合计,,34566,,", "注：含税,,,,"]
    path = put(tmp_path, "销售.csv", "\r\n".join(rows), "gb18030")
    found = suggested(path)
    assert found.wanted.name == "sales_forecast"
    assert "# y may also be 件数 instead of 销售额" in found.toml
    assert '# promo = "促销"' in found.toml
    assert found.doubts == ("销售额: taken to be in 万元, as a row above the header says",)
    frame = read(path)
    assert len(frame) == 28
    assert set(frame["y"]) == {12_345_000}
    assert list(frame.columns) == ["unique_id", "ds", "y"]


def test_a_promotion_known_ahead_is_taken_in(tmp_path: Path) -> None:
    rows = [f"甲,{day:%F},{'' if day > DAYS[10] else 5},是" for day in DAYS]
    path = put(tmp_path, "a.csv", "\n".join(["店铺,日期,销售额,促销", *rows]))
    assert list(read(path).columns) == ["unique_id", "ds", "y", "promo"]


def test_a_german_export(tmp_path: Path) -> None:
    rows = [f"Nord;{day:%d.%m.%Y};1.234,50" for day in DAYS]
    path = put(tmp_path, "a.csv", "\n".join(["store;Datum;sales", *rows]))
    found = suggested(path)
    assert 'decimal = ","' in found.toml
    assert '"ds" = { from = "Datum", format = "%d.%m.%Y" }' in found.toml
    frame = read(path)
    assert frame["ds"].tolist() == DAYS.tolist()
    assert set(frame["y"]) == {1234.5}


def test_order_lines_of_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "订单.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("说明").write(0, 0, "见下页")
        sheet = book.add_worksheet("明细")
        sheet.merge_range(0, 0, 0, 3, "订单明细")
        sheet.write_row(1, 0, ["订单编号", "店铺", "下单时间", "实付金额"])
        for place in range(42):
            day = DAYS[place // 3]
            sheet.write_row(2 + place, 0, [f"T{place}", "甲", f"{day:%F} 1{place % 3}:07", "¥10.5"])
        sheet.write_row(44, 0, ["合计", "", "", "¥441"])
    found = suggested(path)
    assert any("42 rows are 14 of one 店铺 and 下单时间 each" in doubt for doubt in found.doubts)
    assert found.toml.endswith('[combine]\n"ds" = "day"\n"y" = "sum"\n')
    frame = read(path)
    assert frame["ds"].tolist() == DAYS.tolist()
    assert set(frame["y"]) == {31.5}


def test_names_once_in_a_block(tmp_path: Path) -> None:
    rows = [f"{'甲' if place == 0 else ''},{day:%F},5" for place, day in enumerate(DAYS)]
    path = put(tmp_path, "a.csv", "\n".join(["店铺,日期,销售额", *rows]))
    assert set(read(path)["unique_id"]) == {"甲"}


def test_a_table_without_series(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "\n".join(["日期,gmv", *(f"{day:%F},5" for day in DAYS)]))
    found = suggested(path)
    assert found.doubts == ("no column names a series: all rows are one series",)
    assert set(read(path)["unique_id"]) == {"all"}


HOURS = "时间,订单数,访客数\n2026-01-05 9:00,3,50\n2026-01-05 10:00,4,60\n"
TABLES = {
    "ab_test": "组别,访客数,下单人数\n对照组,100,5\n实验组,100,7\n合计,200,12\n",
    "sales_forecast.orders_data": HOURS,
    "sales_forecast.phases_data": "阶段,开始日期,结束日期,占比\n预热,2026-01-05,2026-01-09,40%\n",
    "sales_forecast.presale_data": "活动,天数,累计订单\n618,0,10\n618,1,15\n",
    "plan_check": "编号,名称,单位,目标值,实际值\n1,销售额,cny,5,4\n",
    "plan_check.systems_data": "日期,指标,系统,数值\n2026-01-05,销售额,财务,5\n",
    "swot_scoring": "评分人,因素A,因素B,判断值\n甲,S,W,3\n",
    "swot_scoring.competitors_data": "评分人,竞品,指标,得分\n甲,A店,价格,3\n",
    "swot_scoring.prices_data": "日期,竞品,sku,价格\n2026-01-05,A店,礼盒,99\n",
    "market_sizing.mix_data": "维度,人群,人数\n城市,一线,30\n城市,二线,20\n",
    "sales_forecast": "店铺,日期,销售额\n甲,2026-01-05,3\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_the_columns_tell_the_notebook(tmp_path: Path, name: str) -> None:
    path = put(tmp_path, "a.csv", TABLES[name], "gb18030")
    found = suggested(path)
    assert found.wanted.name == name
    assert found.reads
    if found.wanted.checked:
        assert len(read(path))


def test_every_notebook_may_be_named(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "x,z\n1,2\n", "gb18030")
    assert [suggested(path, name).wanted.notebook for name in NOTEBOOKS] == list(NOTEBOOKS)
    assert choose({"x": "text"}, "sales_forecast.orders_data").parameter == "orders_data"


def test_what_cannot_be_read_yet_is_said(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "店铺,日期,销售额\n甲,2026-01-05,3\n甲,2026-01-06,约3万\n")
    found = suggested(path)
    assert not found.reads
    assert any("约3万" in doubt for doubt in found.doubts)


def test_names_of_no_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--for sales_forcast: .* did you mean 'sales_forecast'"):
        suggested(put(tmp_path, "a.csv", HOURS), "sales_forcast")
    with pytest.raises(InputError, match="no table that can be converted"):
        named("ab_test")


def test_a_header_without_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rows of data"):
        inspect(put(tmp_path, "a.csv", "店铺,日期,销售额\n"))


def test_sheets_of_one_header_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("1月", "2月"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["店铺", "日期", "销售额"])
            sheet.write_row(1, 0, ["甲", "2026-01-05", 3])
    assert "other sheets have the same columns: 2月" in suggested(path).doubts[0]
    with pytest.raises(InputError, match="there is no sheet '3月'"):
        inspect(path, sheet="3月")
