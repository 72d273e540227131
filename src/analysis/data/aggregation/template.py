"""The workbook that planners fill in: a sheet for each shape of a test's table, and how to use it.

``python -m analysis.data.aggregation.template`` writes it anew; the bytes are always the same.
"""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from pathlib import Path

import xlsxwriter

from analysis.base.files import write_atomically
from analysis.base.paths import home

PLACE = Path("plan", "ab_test_template.xlsx")
_CREATED = dt.datetime(2026, 1, 1)

SHEETS: dict[str, list[list[str | int | float]]] = {
    "counts": [
        ["variant", "users", "conversions"],
        ["A", 10000, 480],
        ["B", 10012, 531],
        ["C", 9988, 502],
    ],
    "rows": [
        ["user_id", "variant", "converted", "orders", "revenue", "revenue_pre", "day"],
        ["u0001", "A", 0, 0, 0, 35.5, "2026-11-01"],
        ["u0002", "A", 1, 2, 128.9, 80, "2026-11-01"],
        ["u0003", "B", 1, 1, 64.5, 0, "2026-11-01"],
        ["u0004", "B", 0, 0, 0, 12.3, "2026-11-02"],
        ["u0005", "B", 1, 3, 301.2, 150, "2026-11-02"],
    ],
    "moments": [
        ["variant", "metric", "n", "mean", "variance"],
        ["A", "revenue", 10000, 6.31, 1580.4],
        ["B", "revenue", 10012, 6.98, 1702.9],
        ["A", "orders", 10000, 0.061, 0.093],
        ["B", "orders", 10012, 0.067, 0.101],
    ],
}
"""Example rows, made up, to be replaced."""

HELP = [
    ("Fill in one sheet, put it first, then: analysis run ab_test -p data=FILE.xlsx -p control=A",
     "填一张表并移到最前，然后运行：analysis run ab_test -p data=文件.xlsx -p control=A"),
    ("counts: one row an arm; users assigned, and how many of them converted. More columns of "
     "users who did something may follow (carts, retained …).",
     "counts：每组一行；分到该组的人数与转化人数。可再加其他计数列（加购人数、留存人数……）。"),
    ("rows: one row a user; every column of numbers is a metric, 0/1 a conversion, a column ending "
     "in _pre the same metric before the test. Add up several rows of one user first.",
     "rows：每个用户一行；数字列都是指标，0/1 列是转化，以 _pre 结尾的列是同一指标的实验前取值。"
     "同一用户有多行时请先汇总。"),
    ("moments: one row an arm and metric; number of users, mean per user, sample variance.",
     "moments：每组每个指标一行；人数、人均值、样本方差。"),
    ("Optional in each: day (on which the user entered the test), stratum, test (many tests).",
     "各表可选：day（用户进入实验的日期）、stratum（分层）、test（多个实验）。"),
    ("All numbers here are examples and made up.", "表中数字均为虚构示例。"),
]  # fmt: skip


def content() -> bytes:
    """Return the workbook's bytes."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"created": _CREATED})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    for name, rows in SHEETS.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, rows[0], bold)
        for number, row in enumerate(rows[1:], start=1):
            sheet.write_row(number, 0, row)
        sheet.set_column(0, len(rows[0]) - 1, 13)
        sheet.freeze_panes(1, 0)
    sheet = book.add_worksheet("how to")
    sheet.set_column(0, 1, 70, wrapped)
    for number, pair in enumerate(HELP):
        sheet.write_row(number, 0, pair)
    book.close()
    return file.getvalue()


def main() -> None:
    """Write the template where the project keeps it."""
    path = home().raw / PLACE
    write_atomically(path, content())
    print(path.relative_to(home().root).as_posix())


if __name__ == "__main__":
    main()
