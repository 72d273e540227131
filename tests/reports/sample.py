"""A small run folder as a run would leave it: two languages, every kind of item."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from nbformat import NotebookNode

from analysis.base.estimate import Estimate
from analysis.reports.items import (
    Card,
    Headline,
    Item,
    Number,
    Picture,
    Table,
    TableColumn,
    from_record,
)
from analysis.reports.notebook import JOURNAL, Report
from analysis.reports.page import PageFacts

HOSTILE = '</style></title><script>alert(1)</script><img src=x onerror=alert(1)>" onload=x ='
TEXTS = {
    "en": {
        "sentence": "Plan 9.4 million euros for the next six weeks; promotion days decide whether "
        "the plan holds.",
        "sales": "Sales, next six weeks",
        "wape": "Typical error (WAPE)",
        "better": "Better than last year's week",
        "days": "Days with a promotion",
        "planned": "planned, not estimated",
        "card": "Rossmann, 100 stores",
        "nature": "Real data",
        "facts": "Rows|Period|Unit of observation|Source|Checksum|Licence",
        "figure": "Promotion weeks sell a third more, and the forecast knows it",
        "subtitle": "Sales per week, thousand euros; band: 80 % interval",
        "table": "Five stores carry a third of the error",
        "labels": "Store|Sales, EUR|WAPE, %|Share of error, %",
        "note": "Backtest over three origins.",
    },
    "zh": {
        "sentence": "未来六周计划销售额为940万欧元；促销日的表现决定计划能否实现。",
        "sales": "未来六周销售额",
        "wape": "典型误差（WAPE）",
        "better": "优于去年同期",
        "days": "促销天数",
        "planned": "为计划值，非估计值",
        "card": "Rossmann 100 家门店",
        "nature": "真实数据",
        "facts": "行数|时期|观测单位|来源|校验和|许可",
        "figure": "促销周的销售额高出三分之一，预测已计入",
        "subtitle": "每周销售额，千欧元；色带为80%区间",
        "table": "五家门店占误差的三分之一",
        "labels": "门店|销售额，欧元|WAPE，%|误差占比，%",
        "note": "三个起点的回测。",
    },
}

STORY: list[tuple[str, str, str, list[str]]] = [
    ("md", "", "# Sales forecast: what will the stores sell?\n\nSix weeks ahead, **by store**, "
     "with the intervals that a purchase plan needs.", ["lang-en"]),
    ("md", "", "# 销售预测：门店将卖出多少？\n\n按门店预测未来六周，并给出采购计划所需的“区间”。",
     ["lang-zh"]),
    ("code", "", 'horizon: int = 42  # days ahead {1..365}\nlang: str = "en"  # language of the '
     'report {en|zh}\ndata: str = "rossmann"  # table to read', ["parameters"]),
    ("code", "", 'horizon = 28\nlang = "en"', ["injected-parameters"]),
    ("code", "headline", "from analysis import forecasting, reports\n\nreport = reports.begin("
     "lang=lang)\nreport.headline(result.summary(lang), numbers=result.numbers)", []),
    ("code", "card", "report.data_card(sales)", []),
    ("md", "", "## How sales move\n\nPromotions run every second week. Closed days are left out, "
     "because a store that is shut sells nothing and teaches nothing:\n\n- stores close on Sundays"
     "\n- promotions end on Fridays\n\n| day | share |\n|:--|--:|\n| Mon | 21 % |\n| Sat | 14 % |",
     ["lang-en"]),
    ("md", "", "## 销售如何变化\n\n促销每两周一次。停业日不计入，因为停业的门店“没有销售”，"
     "也提供不了信息：\n\n- 门店周日停业\n- 促销周五结束", ["lang-zh"]),
    ("code", "figure", 'report.figure("weekly", result.plot, title=result.finding(lang), '
     'subtitle="Sales per week")', []),
    ("md", "", "## Where the error sits\n\nThe backtest repeats the forecast from three past dates "
     "and compares it with what was then sold. See [Makridakis](https://example.org/m5).\n\n"
     "### Reading the table\n\nA store with a long bar needs a planner's eye.", ["lang-en"]),
    ("md", "", "## 误差在哪里\n\n回测从三个过去的日期重复预测，并与实际销售额比较。", ["lang-zh"]),
    ("code", "table", 'report.table("stores", per_store, title=finding, bars=["share"])', []),
    ("code", "print", "assert per_store.sales.gt(0).all()\nprint('every store sold something')",
     []),
    ("md", "", "## Method and limits\n\nSeasonal naive and an automatic model; intervals from "
     "backtest residuals, $\\hat y \\pm z \\sigma^2$.", ["lang-en"]),
    ("md", "", "## 方法与局限\n\n季节性朴素法与自动模型；区间来自回测残差。", ["lang-zh"]),
    ("code", "", "print('sentinel word')", ["sentinel"]),
]  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """What a publisher has in hand."""

    folder: Path
    notebook: NotebookNode
    items: Sequence[Item]
    facts: PageFacts


def build(folder: Path, lang: str = "en") -> Sample:
    """Write a run folder and return it with its notebook, items and facts."""
    folder.mkdir(parents=True, exist_ok=True)
    cells, counts = _cells(lang)
    items = [replace(item, cell=counts[item.kind]) for item in _items(folder, lang)]
    facts = PageFacts(
        notebook="sales_forecast",
        title="Sales forecast",
        lang=lang,
        run_id="20260106T140209-3f2a91c0",
        finished="2026-01-06T14:02:09+00:00",
        changed={"horizon": 28},
        data=(("rossmann", "3f2a91c0" * 8, "real"),),
        commit="b435fe9a" * 5,
        dirty=True,
        key="00ff" * 16,
    )
    return Sample(folder, notebook_of(cells), items, facts)


def notebook_of(cells: list[NotebookNode]) -> NotebookNode:
    """Return a notebook with numbered cells."""
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number}"
    notebook: NotebookNode = nbformat.v4.new_notebook(cells=cells)
    return notebook


def _cells(lang: str) -> tuple[list[NotebookNode], dict[str, int]]:
    cells, counts = [], {}
    count = 0
    for kind, item, source, tags in STORY:
        if kind == "md":
            cells.append(nbformat.v4.new_markdown_cell(source, metadata={"tags": tags}))
            continue
        count += 1
        counts[item] = count
        outputs = [nbformat.v4.new_output("stream", text="every store sold something\n")]
        rich = nbformat.v4.new_output(
            "display_data", data={"text/html": "<b>RICH</b>", "text/plain": "PLAIN"}
        )
        cells.append(
            nbformat.v4.new_code_cell(
                source.replace('"en"  #', f'"{lang}"  #'),
                metadata={"tags": tags},
                execution_count=count,
                outputs=outputs if item == "print" else [rich] if item else [],
            )
        )
    return cells, counts


class _Rossmann:
    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    def describe(self, lang: str) -> tuple[str, str, str, Sequence[tuple[str, str]]]:
        labels = self._texts["facts"].split("|")
        facts = ("62,214", "2013-01-01 – 2015-07-31", "store and day",
                 "Rossmann Store Sales", "3f2a91c0" * 8, "Kaggle competition data")  # fmt: skip
        return (
            self._texts["card"],
            "real",
            self._texts["nature"],
            list(zip(labels, facts, strict=True)),
        )


def _items(folder: Path, lang: str) -> list[Any]:
    texts = TEXTS[lang]
    report = Report(lang, folder)
    report.headline(texts["sentence"], numbers=_numbers(texts), status="watch")
    report.data_card(_Rossmann(texts))
    report.figure("weekly", _plot, title=texts["figure"], subtitle=texts["subtitle"])
    frame = stores()
    report.table(
        "stores",
        frame,
        title=texts["table"],
        labels=dict(zip(frame.columns, texts["labels"].split("|"), strict=True)),
        formats={"wape": "percent", "share": "percent"},
        bars=["share"],
        note=texts["note"],
    )
    lines = (folder / JOURNAL).read_text(encoding="utf-8").splitlines()
    (folder / JOURNAL).unlink()
    return [from_record(json.loads(line)) for line in lines]


def _numbers(texts: dict[str, str]) -> list[Estimate]:
    return [
        Estimate("sales", texts["sales"], 9_434_120.0, "EUR", 8_910_000.0, 9_990_000.0, 0.8),
        Estimate("wape", texts["wape"], 0.117, "share", 0.108, 0.128),
        Estimate("better", texts["better"], 0.31, "share", 0.24, 0.37),
        Estimate("days", texts["days"], 20.0, "count", no_interval=texts["planned"]),
    ]


def stores(count: int = 100) -> pd.DataFrame:
    """Return a table of stores, the worst first."""
    random = np.random.default_rng(7)
    sales = np.round(random.gamma(9, 11_000, count), 2)
    share = np.sort(random.dirichlet(np.ones(count)))[::-1]
    return pd.DataFrame(
        {
            "store": [f"Store {number}" for number in range(1, count + 1)],
            "sales": sales,
            "wape": np.round(random.uniform(0.06, 0.24, count), 4),
            "share": np.round(share, 5),
        }
    )


def _plot(ax: Axes) -> Axes:
    weeks = np.arange(30)
    sold = 1500 + 260 * (weeks % 2) + 40 * np.sin(weeks)
    ax.plot(weeks[:24], sold[:24], color="#b4bac4")
    ax.plot(weeks[23:], sold[23:], color="#0072b2")
    ax.fill_between(weeks[23:], sold[23:] * 0.93, sold[23:] * 1.08, color="#0072b2", alpha=0.15)
    return ax


def hostile(sample: Sample) -> Sample:
    """Return the sample with markup, scripts and formulas wherever a text can stand."""
    number = Number("n", HOSTILE, HOSTILE, HOSTILE, 1.0, None, None, None, HOSTILE)
    items: list[Item] = [
        Headline(1, HOSTILE, "bad", (number,)),
        Card(1, HOSTILE, HOSTILE, HOSTILE, ((HOSTILE, HOSTILE),) * 3),
        Table(1, "stores", HOSTILE, HOSTILE, (TableColumn("a", HOSTILE, "left"),),
              ((HOSTILE,), ("=1+1",)), 9),
        Picture(1, "weekly", HOSTILE, HOSTILE, HOSTILE, ()),
    ]  # fmt: skip
    markdown = (
        f"# {HOSTILE}\n\n## {HOSTILE}\n\n{HOSTILE}\n\n[go](javascript:alert(1)) "
        "<a href='java\tscript:alert(1)'>x</a> ![p](https://example.org/p.png) "
        "<img src='data:text/html,x'> <style>body{display:none}</style>\n\n"
        "```mermaid\n<img src=x onerror=alert(1)>\n```\n\n$<script>alert(2)</script>$\n\n"
        "<h1>one more</h1><div style='position:fixed;text-align:left' onclick=x>y</div>"
    )
    cells = [
        nbformat.v4.new_markdown_cell(markdown),
        nbformat.v4.new_code_cell(
            f"x: str = {HOSTILE!r}  # {HOSTILE}", metadata={"tags": ["parameters"]}
        ),
        nbformat.v4.new_code_cell(
            f"print({HOSTILE!r})",
            execution_count=2,
            outputs=[
                nbformat.v4.new_output("stream", text=HOSTILE + "\x1b[31m"),
                nbformat.v4.new_output("display_data", data={"text/html": "<i>RICH</i>"}),
            ],
        ),
    ]
    facts = replace(
        sample.facts,
        notebook=HOSTILE,
        run_id=HOSTILE,
        finished=HOSTILE,
        changed={"x": HOSTILE},
        data=((HOSTILE, HOSTILE, HOSTILE),),
        commit=HOSTILE,
    )
    return Sample(sample.folder, notebook_of(cells), items, facts)
