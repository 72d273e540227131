"""Make ``data/raw/plan/swot_template.xlsx``, the workbook that a team fills in for its SWOT.

``python scripts/swot_template.py`` writes it anew; the bytes are always the same. The examples are
those of the shipped plan, three raters: illustrative, to be overwritten.
"""

from __future__ import annotations

import csv
import datetime as dt
from io import BytesIO
from pathlib import Path

import xlsxwriter

PLAN = Path(__file__).parents[1] / "data" / "raw" / "plan"
PLACE = PLAN / "swot_template.xlsx"
CREATED = dt.datetime(2026, 1, 1)
RATERS = ("R1", "R2", "R3")
Cells = list[list[str | float]]

HELP = (
    ("Fill in the sheets factors, judgments, ratings and strategies, then: "
     "analysis run swot_scoring -p data=FILE.xlsx",
     "填写 factors、judgments、ratings、strategies 四张表，然后运行："
     "analysis run swot_scoring -p data=文件.xlsx"),
    ("factors: one row a factor; group S, W, O or T; names in either language and a KPI may be "
     "left out.",
     "factors：每个因素一行；group 填 S、W、O 或 T；中英文名称与 KPI 可不填。"),
    ("judgments: left counts value times as much as right, 1 to 9, or 1/9 to 1 as a decimal "
     "(0.333); first S, W, O, T against each other, then the factors of each group. Every rater "
     "fills in every group; single judgments may stay blank as long as they tie all items "
     "together.",
     "judgments：left 的重要程度是 right 的 value 倍，填 1 至 9，或用小数填 1/9 至 1（如 0.333）；"
     "先比较 S、W、O、T，再比较各组内的因素。每位评分人每组都要填；个别判断可以留空，"
     "只要其余判断能把所有项连在一起。"),
    ("Fewer questions: kind best (left is the best, value how much more it counts than right) and "
     "kind worst (left against the worst, which stands right), then add -p method=bwm.",
     "想少问几题：kind 填 best（left 为最重要者，value 为它相对 right 的倍数）和 worst"
     "（left 相对最不重要者 right 的倍数），运行时加 -p method=bwm。"),
    ("ratings: how well the company stands or responds, 1 to 4 (major weakness, poor response … "
     "major strength, superior response). With a strategy: how attractive the factor makes it, 1 "
     "to 4. The sheet may stay empty.",
     "ratings：公司在该因素上的状况或应对，1 至 4 分（严重劣势、应对差……显著优势、应对出色）。"
     "填了 strategy 时表示该因素使这一策略有多大吸引力，1 至 4 分。此表可以留空。"),
    ("strategies: one row a factor that the strategy takes up; kind SO, WO, ST or WT; coverage 0 "
     "to 1; line: where the plan has it. The sheet may stay empty.",
     "strategies：策略每覆盖一个因素占一行；kind 填 SO、WO、ST 或 WT；coverage 为 0 至 1；"
     "line 填计划中的对应条目。此表可以留空。"),
    ("Sheets competitors, partners and prices may be added; their columns are in "
     "docs/swot-scoring.md.",
     "还可加入 competitors、partners、prices 三张表，列名见 docs/swot-scoring.md。"),
    ("All rows here are examples, illustrative: nobody was asked. Overwrite them.",
     "表中内容均为示例，仅作示意，并未真正询问任何人，请覆盖。"),
)  # fmt: skip


def rows_of(name: str) -> list[dict[str, str]]:
    """Rows of a table of the plan."""
    with (PLAN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sheets() -> dict[str, Cells]:
    """Rows of each sheet, its header first."""
    factors = rows_of("swot_kpis.csv")
    counts = dict.fromkeys("SWOT", 0)
    short: dict[str, str] = {}
    for row in factors:
        counts[row["group"]] += 1
        short[row["factor"]] = f"{row['group']}{counts[row['group']]}"
    columns = ("group", "name_en", "name_zh", "kpi_en", "kpi_zh")
    judged = [row for row in rows_of("swot_judgments.csv") if row["rater"] in RATERS]
    ratings: Cells = [
        [row["rater"], short[row["left"]], row["right"], float(row["value"])]
        for row in judged
        if row["kind"] in ("rating", "attractiveness")
    ]
    strategies = rows_of("swot_strategies.csv")
    described = ("strategy", "kind", "name_en", "name_zh", "line")
    return {
        "factors": [
            ["factor", *columns],
            *([short[row["factor"]], *(row[name] for name in columns)] for row in factors),
        ],
        "judgments": [
            ["rater", "kind", "group", "left", "right", "value"],
            *(
                [row["rater"], row["kind"], row["group"], short.get(row["left"], row["left"]),
                 short.get(row["right"], row["right"]), float(row["value"])]
                for row in judged
                if row["kind"] == "pairwise"
            ),
        ],
        "ratings": [["rater", "factor", "strategy", "value"], *ratings],
        "strategies": [
            [*described, "factor", "coverage"],
            *([*(row[name] for name in described), short[row["factor"]], float(row["coverage"])]
              for row in strategies),
        ],
    }  # fmt: skip


def content() -> bytes:
    """The workbook's bytes."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"created": CREATED})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    guide = book.add_worksheet("read me")
    guide.set_column(0, 1, 70, wrapped)
    for number, pair in enumerate(HELP):
        guide.write_row(number, 0, pair)
    for name, rows in sheets().items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row, bold if number == 0 else None)
        for place, head in enumerate(rows[0]):
            sheet.set_column(place, place, 28 if str(head).startswith(("name", "kpi")) else 12)
        sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


if __name__ == "__main__":
    PLACE.write_bytes(content())
