"""Guessing where a table begins, and what its columns are called elsewhere."""

from __future__ import annotations

import re

import numpy as np

from analysis.data.reading.raw import Grid, blank
from analysis.data.values.parsing import parse_date, parse_number
from analysis.data.values.written_numbers import narrow, unit_of

_LOOKED = 40
_UNIT = re.compile(
    r"^(?P<name>.+?)\s*(?:[(（\[【](?P<bracket>[^()（）]+)[)）\]】]|[/／](?P<slash>\S+))$"
)

ALIASES: dict[str, tuple[str, ...]] = {
    "ds": ("ds", "date", "day", "日期", "时间", "统计日期", "日", "月份", "月", "年月",
        "week", "month", "datetime", "timestamp"),
    "unique_id": (
        "unique_id", "门店", "店铺", "sku", "品类", "商品", "产品", "渠道", "区域", "地区", "城市",
        "品牌", "store", "product", "category", "region", "item", "series",
        "series id", "shop",
    ),
    "y": (
        "y", "销售额", "销量", "gmv", "成交额", "成交金额", "金额", "订单量", "订单数", "营收",
        "收入", "sales", "revenue", "turnover", "amount", "value", "units", "quantity",
    ),
    "user_id": ("user_id", "用户id", "用户", "会员id", "会员", "会员号", "客户id",
        "customer", "user"),
    "variant": ("variant", "分组", "实验组", "组别", "版本", "方案", "group", "arm"),
    "users": ("users", "用户数", "人数", "样本量", "曝光人数", "访客数", "visitors", "n"),
    "conversions": ("conversions", "转化数", "转化人数", "下单人数", "成交人数", "orders"),
    "promo": ("promo", "促销", "活动", "是否促销", "promotion"),
    "price": ("price", "价格", "单价", "售价"),
    "cost": ("cost", "成本", "费用", "花费", "投放费用", "spend", "预算", "budget"),
    "channel": ("channel", "渠道", "媒体", "平台"),
    "region": ("region", "区域", "地区", "大区", "省份", "城市"),
}  # fmt: skip
"""Other names of the columns that questions ask for, most telling first; lower case."""


def split_unit(header: str) -> tuple[str, str]:
    """Split ``销售额(万元)`` into name and unit; the unit is empty if it is none that is known."""
    match = _UNIT.match(header.strip())
    if match:
        unit = narrow(match["bracket"] or match["slash"])
        unit = unit.removeprefix("单位:").strip()
        if unit_of(unit):
            return match["name"].strip(), unit
    return header.strip(), ""


def guess_header(grid: Grid) -> int:
    """Return the 1-based row that looks like a header.

    That is the first row that fills most of the table's width with different words, none of
    them a number or a date; failing that, the first row that is not blank.
    """
    top = grid.cells.head(_LOOKED)
    filled = ~blank(top).to_numpy(dtype=bool)
    counts = filled.sum(axis=1)
    usual = int(np.median(counts[counts > 1])) if (counts > 1).any() else 1
    for row in np.flatnonzero(counts >= max(0.6 * usual, 1)):
        cells = [str(cell).strip() for cell in top.iloc[row][filled[row]]]
        if len(set(cells)) == len(cells) and not any(map(_is_value, cells)):
            return int(row) + 1
    return int(np.flatnonzero(counts)[0]) + 1 if counts.any() else 1


def _is_value(cell: str) -> bool:
    for read in (parse_number, parse_date):
        try:
            read(cell)
        except ValueError:
            continue
        return True
    return False


def propose(names: list[str], targets: tuple[str, ...]) -> dict[str, str]:
    """Propose the file's column for each target: its own name, then its aliases in order.

    Args:
        names: Column names of the file.
        targets: Wanted column names.

    Returns:
        The file's column by target; each column is used once, targets without one are absent.
    """
    bare = {name: split_unit(name)[0].lower() for name in names}
    found: dict[str, str] = {}

    def take(target: str, fits: set[str]) -> None:
        for name in names:
            if target not in found and name not in found.values() and bare[name] in fits:
                found[target] = name

    for target in targets:
        take(target, {target.lower()})
    for target in targets:
        for alias in ALIASES.get(target.lower(), ()):
            take(target, {alias})
    for target in targets:
        for alias in ALIASES.get(target.lower(), ()):
            if not alias.isascii() and len(alias) > 1:
                take(target, {text for text in bare.values() if alias in text})
    return found
