"""Guessing where a table begins, and what its columns are called elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.data.reading.raw import Grid, blank
from analysis.data.values.parsing import parse_date, parse_number
from analysis.data.values.written_numbers import narrow, unit_of

_LOOKED = 40
_SURELY_DATA = 2
_UNIT = re.compile(
    r"^(?P<name>.+?)\s*(?:[(（\[【](?P<bracket>[^()（）]+)[)）\]】]|[/／](?P<slash>\S+))$"
)

ALIASES: dict[str, tuple[str, ...]] = {
    "ds": ("ds", "date", "day", "日期", "时间", "统计日期", "日", "下单时间", "支付时间",
        "付款时间", "成交时间",
        "月份", "月", "年月", "week", "month", "datetime", "timestamp", "order date",
        "invoicedate"),
    "unique_id": (
        "unique_id", "门店", "店铺", "sku", "品类", "商品", "产品", "渠道", "区域", "地区", "城市",
        "品牌", "store", "product", "category", "region", "item", "series",
        "series id", "shop", "country",
    ),
    "y": (
        "y", "销售额", "销量", "gmv", "成交额", "成交金额", "支付金额", "实付金额", "金额",
        "订单量", "订单数",
        "营收", "收入", "件数", "sales", "revenue", "turnover", "amount", "value",
        "units", "quantity",
    ),
    "user_id": ("user_id", "用户id", "用户", "会员id", "会员", "会员号", "客户id",
        "customer", "user"),
    "variant": ("variant", "分组", "实验组", "组别", "版本", "方案", "group", "arm"),
    "users": ("users", "用户数", "人数", "样本量", "曝光人数", "访客数", "visitors", "n"),
    "n": ("n", "人数", "样本量", "用户数", "购买人数", "买家数", "buyers"),
    "mean": ("mean", "均值", "平均值", "人均", "预测值", "预测", "forecast"),
    "variance": ("variance", "方差"),
    "conversions": ("conversions", "转化数", "转化人数", "下单人数", "成交人数", "orders"),
    "promo": ("promo", "促销", "是否促销", "活动", "promotion", "on promotion"),
    "open": ("open", "营业", "是否营业", "开店"),
    "price": ("price", "价格", "单价", "售价"),
    "cost": ("cost", "成本", "费用", "花费", "投放费用", "spend", "预算", "budget"),
    "channel": ("channel", "渠道", "媒体", "平台"),
    "region": ("region", "区域", "地区", "大区", "省份", "城市"),
    "orders": ("orders", "订单数", "订单量", "下单数", "预售订单", "累计订单", "累计订单数",
        "预定数"),
    "sessions": ("sessions", "访客数", "访问量", "会话数", "uv", "visits"),
    "event": ("event", "大促", "活动", "活动名称"),
    "day": ("day", "天数", "第几天", "距开售天数", "距开始天数"),
    "phase": ("phase", "阶段", "活动阶段"),
    "start": ("start", "开始日期", "开始时间", "开始", "起"),
    "end": ("end", "结束日期", "结束时间", "结束", "止"),
    "share": ("share", "占比", "销售占比", "比例"),
    "dimension": ("dimension", "维度", "分类维度"),
    "group": ("group", "人群", "分组", "类别", "swot"),
    "population": ("population", "人口", "总人数", "人口数"),
    "metric": ("metric", "指标", "指标名称"),
    "system": ("system", "系统", "数据来源", "来源"),
    "rater": ("rater", "评分人", "打分人", "评审人", "专家", "评委"),
    "left": ("left", "因素a", "因素1", "左", "因素甲"),
    "right": ("right", "因素b", "因素2", "右", "因素乙"),
    "kind": ("kind", "类型", "判断类型"),
    "value": ("value", "数值", "判断值", "判断", "重要程度", "倍数", "评分", "值"),
    "score": ("score", "得分", "分数", "评分"),
    "attribute": ("attribute", "指标", "评价指标", "属性", "维度"),
    "competitor": ("competitor", "竞争对手", "竞品", "竞品名称"),
    "rival": ("rival", "竞争对手", "竞品", "竞品名称", "竞店"),
    "partner": ("partner", "合作方", "合作伙伴", "候选伙伴"),
    "weight": ("weight", "权重"),
    "reviews": ("reviews", "评价数", "评论数"),
    "negative": ("negative", "差评数", "差评"),
    "sku": ("sku", "商品", "货号", "商品编码"),
    "date": ("date", "日期", "统计日期"),
    "factor": ("factor", "因素", "因素名称"),
    "strategy": ("strategy", "策略", "策略名称"),
    "coverage": ("coverage", "覆盖度"),
    "fact_id": ("fact_id", "编号", "序号"),
    "metric_key": ("metric_key", "指标代码", "指标编码"),
    "name_zh": ("name_zh", "名称", "指标", "指标名称", "项目"),
    "name_en": ("name_en", "name"),
    "unit": ("unit", "单位"),
    "target": ("target", "目标", "目标值"),
    "actual": ("actual", "实际", "实际值", "完成值"),
    "baseline": ("baseline", "基线", "基线值", "去年同期"),
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
    them a number or a date; failing that, the first row that is not blank. A wider one below it,
    before the data, takes its place: the first is then a line about the export or a heading over
    several columns.
    """
    top = grid.cells.head(_LOOKED)
    filled = ~blank(top).to_numpy(dtype=bool)
    counts = filled.sum(axis=1)
    usual = int(np.median(counts[counts > 1])) if (counts > 1).any() else 1
    # A header has rows below it.
    last = int(np.flatnonzero(counts)[-1]) if counts.any() else 0
    if len(grid.cells) > _LOOKED:
        last = _LOOKED
    found: list[int] = []
    data = 0
    for row in np.flatnonzero(counts >= max(0.6 * usual, 1)):
        if row >= last:
            break
        cells = [str(cell).strip() for cell in top.iloc[row][filled[row]]]
        if any(map(is_value, cells)):
            data += bool(found) and counts[row] >= counts[found[-1]]
            # One such row may still be a line about the export: 统计周期, 2026-06-01.
            if data == _SURELY_DATA:
                break
        elif len(set(cells)) == len(cells) and (not found or counts[row] > counts[found[-1]]):
            found.append(int(row))
            data = 0
    if not found:
        return int(np.flatnonzero(counts)[0]) + 1 if counts.any() else 1
    # In a table of words alone any row may be wider than the header, which lacks a name then.
    return (found[-1] if _values_below(top, found[-1]) else found[0]) + 1


def _values_below(top: pd.DataFrame, row: int) -> bool:
    return any(is_value(str(cell)) for cell in top.iloc[row + 1].dropna())


def is_value(cell: str) -> bool:
    """Whether a cell is a number or a date, which no header and no note is."""
    for read in (parse_number, parse_date):
        try:
            read(cell)
        except ValueError:
            continue
        return True
    return False


def propose(
    names: list[str], targets: tuple[str, ...], fits: Callable[[str, str], bool] | None = None
) -> dict[str, str]:
    """Propose the file's column for each target: its own name, then its aliases in order.

    Args:
        names: Column names of the file.
        targets: Wanted column names.
        fits: Whether a column's cells can be a target's; a column that cannot is proposed only
            where no other can. All can when None.

    Returns:
        The file's column by target; each column is used once, targets without one are absent.
    """
    bare = {name: split_unit(name)[0].lower() for name in names}
    found: dict[str, str] = {}
    for target in targets:
        _take(found, bare, target, {target.lower()}, None)
    for allowed in (fits, None) if fits else (None,):
        for target in targets:
            for alias in ALIASES.get(target.lower(), ()):
                _take(found, bare, target, {alias}, allowed)
        for target in targets:
            for alias in ALIASES.get(target.lower(), ()):
                if not alias.isascii() and len(alias) > 1:
                    longer = {text for text in bare.values() if alias in text}
                    _take(found, bare, target, longer, allowed)
    return found


def _take(
    found: dict[str, str],
    bare: dict[str, str],
    target: str,
    texts: set[str],
    fits: Callable[[str, str], bool] | None,
) -> None:
    """Give a target the first free column of those texts, unless it has one."""
    for name, text in bare.items():
        free = target not in found and name not in found.values()
        if free and text in texts and (fits is None or fits(target, name)):
            found[target] = name
