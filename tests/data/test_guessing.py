"""Orders of dates, decimal signs, rows that are no data: guessed on small tables by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.data.guessing import date_format, decimal_sign
from analysis.data.header import guess_header
from analysis.data.inspection import inspect
from analysis.data.leaving import columns_to_fill, rows_to_leave, unit_above
from analysis.data.reading.raw import RawTable, with_header
from analysis.data.reading.reader import read_grid
from tests.data.files import put


@pytest.mark.parametrize(
    ("cells", "format", "another"),
    [
        (["06.01.2026", "25.01.2026"], "%d.%m.%Y", ""),
        (["01/25/2026", "02/03/2026"], "%m/%d/%Y", ""),
        # Days in a row are likelier than the same day of many months.
        (["01/06/2026", "02/06/2026", "03/06/2026"], "%d/%m/%Y", "%m/%d/%Y"),
        (["06/01/2026", "06/02/2026", "06/03/2026"], "%m/%d/%Y", "%d/%m/%Y"),
        (["06.01.26 10:30", "25.01.26 09:00"], "%d.%m.%y %H:%M", "%y.%m.%d %H:%M"),
        (["6 Jan 2026", "25 Feb 2026"], "%d %b %Y", ""),
        (["北京", "上海"], "", ""),
    ],
)
def test_orders_of_dates(cells: list[str], format: str, another: str) -> None:
    assert date_format(pd.Series(cells, dtype="str")) == (format, another)


def table(folder: Path, text: str) -> RawTable:
    grid = read_grid(put(folder, "a.csv", text))
    return with_header(grid, guess_header(grid))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a;b\nx;1.234,56\ny;0,5\n", ","),
        ("a;b\nx;1,5\ny;2,25\n", ","),
        ("a,b\nx,1.5\ny,2.25\n", ""),
        ('a,b\nx,"1,234"\ny,"2,345.5"\n', ""),
        ('a,b\nx,"12,5"\ny,"7,25"\n', ","),
    ],
)
def test_decimal_signs(tmp_path: Path, text: str, sign: str) -> None:
    assert decimal_sign(table(tmp_path, text))[0] == sign


def test_thousands_beside_semicolons_are_doubted(tmp_path: Path) -> None:
    sign, doubt = decimal_sign(table(tmp_path, "a;b\nx;1,234\ny;2,345\n"))
    assert sign == "."
    assert "'1,234' is read as a separator of thousands" in doubt


def test_rows_that_are_no_data(tmp_path: Path) -> None:
    rows = [
        "店铺,日期,销售额",
        ",,万元",
        "甲,2026-01-06,3",
        "店铺,日期,销售额",
        "甲,2026-01-07,4",
        "甲小计,,7",
        "注：含税,,",
    ]
    raw = table(tmp_path, "\n".join(rows))
    leaving = rows_to_leave(raw)
    assert leaving.skip_rows == (2, 4)
    assert leaving.skip_footer == 1
    assert leaving.units == {"销售额": "万元"}
    assert raw.row_numbers[leaving.kept].tolist() == [3, 5]


def test_a_unit_in_a_title_row(tmp_path: Path) -> None:
    grid = read_grid(
        put(tmp_path, "a.csv", "日报（单位：万元）,,\n店铺,日期,额\n甲,2026-01-06,3\n")
    )
    assert unit_above(grid, 2) == "万元"
    assert unit_above(grid, 1) == ""


def test_blocks_that_say_their_name_once(tmp_path: Path) -> None:
    text = "店铺,日期,额\n甲,2026-01-06,3\n,2026-01-07,4\n乙,2026-01-06,3\n,2026-01-07,4\n"
    assert columns_to_fill(table(tmp_path, text)) == ("店铺",)
    assert columns_to_fill(table(tmp_path, "店铺,额\n甲,3\n乙,4\n丙,5\n")) == ()


def test_a_header_has_rows_below_it(tmp_path: Path) -> None:
    seen = inspect(put(tmp_path, "a.csv", "1,2\na,b\n"))
    assert seen.header_row == 1
