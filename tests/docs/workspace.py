"""A project folder with small tables under the names that the documentation uses.

The tables are drawn from seeds and made anew by every session; notebooks and shipped data are
the project's own, by links, and reports go into the workspace.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

ROOT = Path(__file__).parents[2]
LINKED = ("data", "notebooks", "requirements.lock")


def build(folder: Path) -> Path:
    """Fill a folder with the links and the tables; return it."""
    folder.mkdir()
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    (folder / "reports").mkdir()
    _sales().to_excel(folder / "sales.xlsx", index=False)
    _events().to_parquet(folder / "events.parquet")
    _plan(folder / "my_plan")
    _exports(folder / "exports")
    (folder / "schedule.toml").write_text(_schedule(), encoding="utf-8")
    return folder


def _schedule() -> str:
    """The example of the guide to schedules."""
    guide = (ROOT / "docs" / "schedules.md").read_text(encoding="utf-8")
    return guide.split("```toml\n", 1)[1].split("```", 1)[0]


def _sales(days: int = 120) -> pd.DataFrame:
    """Daily sales of two shops with a weekly rhythm and promotions known ahead of the sales."""
    rng = np.random.default_rng(20260101)
    dates = pd.date_range("2026-01-05", periods=days, freq="D")
    promo = np.tile([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], days)[:days]
    parts = []
    for shop, level in (("North", 900.0), ("South", 400.0)):
        rhythm = 1 + 0.2 * np.isin(dates.day_of_week, (5, 6)) + 0.3 * promo
        sold = (level * rhythm * rng.lognormal(0, 0.08, days)).round()
        parts.append(pd.DataFrame({"shop": shop, "date": dates, "sales": sold, "promo": promo}))
    return pd.concat(parts, ignore_index=True)


def _events(users: int = 4000) -> pd.DataFrame:
    """One row a user of a test of two arms, B converting better."""
    rng = np.random.default_rng(7)
    arm = rng.permutation(np.repeat(["A", "B"], users // 2))
    bought = rng.random(users) < np.where(arm == "B", 0.16, 0.10)
    revenue = np.where(bought, rng.lognormal(4, 0.5, users), 0).round(2)
    return pd.DataFrame(
        {"user_id": np.arange(users), "variant": arm, "converted": bought * 1, "revenue": revenue}
    )


def _plan(folder: Path) -> None:
    """Three tables of a plan: the shipped ones, the first rows of each."""
    folder.mkdir()
    for name in ("claims", "targets_actuals", "phases"):
        with (ROOT / "data" / "raw" / "plan" / f"{name}.csv").open(encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))[:21]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)


def _exports(folder: Path) -> None:
    """Exports as a shop system writes them: GB18030, titles, 万元, totals, a note; order lines."""
    folder.mkdir()
    sales = _sales()
    lines = ["旗舰店销售日报,,,", "制表：张三,,,", "店铺,日期,销售额(万元),促销"]
    for shop, rows in sales.groupby("shop"):
        written = rows["date"].dt.strftime("%Y年%m月%d日")
        for day, sold, promo in zip(written, rows["sales"] * 2, rows["promo"], strict=True):
            lines.append(f'{shop!s}店,{day},"{sold:,.2f}",{"是" if promo else "否"}')
        lines.append(f'{shop!s}店小计,,"{rows.sales.sum() * 2:,.2f}",')
    lines += [f'合计,,"{sales.sales.sum() * 2:,.2f}",', "注：含税，未扣退款,,,"]
    (folder / "销售明细.csv").write_bytes("\r\n".join(lines).encode("gb18030"))
    rng = np.random.default_rng(3)
    days = pd.date_range("2026-01-05", periods=28, freq="D")
    with xlsxwriter.Workbook(folder / "订单.xlsx") as book:
        book.add_worksheet("说明").write(0, 0, "导出说明")
        sheet = book.add_worksheet("明细")
        sheet.merge_range(0, 0, 0, 3, "订单明细")
        sheet.write_row(2, 0, ["订单编号", "店铺", "下单时间", "实付金额"])
        for place in range(400):
            moment = days[place % 28] + pd.Timedelta(seconds=int(rng.integers(86_400)))
            paid = f"¥{rng.lognormal(4, 1):,.2f}"
            sheet.write_row(3 + place, 0, [f"T{place:05d}", "北店", f"{moment:%F %T}", paid])
        sheet.write_row(403, 0, ["合计", "", "", "¥30,000.00"])
    hours = [
        f"{day:%F} {hour}:00,{rng.poisson(5 + hour)},{rng.poisson(90 + hour)}"
        for day in days for hour in range(24)
    ]  # fmt: skip
    text = "\n".join(["时间,订单数,访客数", *hours])
    (folder / "时段订单.csv").write_bytes(text.encode("gb18030"))
