"""The notebook that ``analysis new`` makes: the shape that every notebook of the project has."""

from __future__ import annotations

from typing import Any

_DATA = "table to read: a path, a dataset of the catalog, or connection:table"
_MAPPING = "mapping.toml that names the columns; empty if they are named as the guide says"


def sketch(name: str, *, room: bool) -> dict[str, Any]:
    """Return a notebook without outputs.

    Args:
        name: Name of the question.
        room: Whether it has a room of its own in the package; otherwise it calls existing ones.
    """
    title = name.replace("_", " ")
    parameters = (
        f'data: str = "{name}_sample"  # {_DATA}\n'
        f'mapping: str = ""  # {_MAPPING}\n'
        "confidence: float = 0.95  # of the intervals, each by itself {0.5..0.9999}\n"
        'lang: str = "en"  # language of the report {en|zh}'
    )
    load, answer, figure, table, method = _OWN if room else _EXISTING
    cells = [
        *_pair(
            f"# {title.capitalize()}: what is the question?\n\n"
            "Say in two sentences who decides what with the answer.",
            f"# {title}：要回答什么问题？\n\n用两句话说明谁要据此做什么决定。",
        ),
        _code(parameters, "parameters"),
        *_pair("## Data\n\nThe table is checked against what the question needs.",
               "## 数据\n\n读入的表须符合本问题的要求。"),
        _code(load),
        *_pair("## The answer", "## 结论"),
        _code(answer),
        *_pair("## Group by group", "## 各组情况"),
        _code(figure),
        _code(table),
        *_pair(f"## Method and limits\n\n{method[0]}", f"## 方法与局限\n\n{method[1]}"),
    ]  # fmt: skip
    for place, cell in enumerate(cells, start=1):
        cell["id"] = f"{name[:40]}-{place:02d}"
        cell["source"] = cell["source"].replace("NAME", name)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _pair(english: str, chinese: str) -> list[dict[str, Any]]:
    return [
        {"cell_type": "markdown", "metadata": {"tags": [f"lang-{lang}"]}, "source": text}
        for lang, text in (("en", english), ("zh", chinese))
    ]


def _code(source: str, *tags: str) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [],
            "source": source}  # fmt: skip


_OWN = (
    """from analysis import NAME, reports
from analysis.data import load

report = reports.begin(lang=lang)
table = load(data, NAME.VALUES, mapping=mapping)
report.data_card(table)""",
    """made = NAME.levels(table.frame, confidence=confidence)
report.headline(made.summary(lang), numbers=made.numbers(lang))""",
    """report.figure(
    "groups", made.plot, lang=lang, title=made.summary(lang), **made.caption(lang)
)""",
    """report.table("groups", made.table(), **made.labels(lang))""",
    (
        "Means with Student's t intervals, each group by itself: they hold for independent rows "
        "of one spread. Groups picked because they lead look better than they are.",
        "均值与 t 区间，各组分别计算：要求各行相互独立、组内离散程度相近。"
        "因排名靠前而被挑出的组，表现往往被高估。",
    ),
)
_EXISTING = (
    """from analysis import market, reports
from analysis.base.estimate import Estimate
from analysis.data import load

report = reports.begin(lang=lang)
table = load(data, market.BUYERS, mapping=mapping)
report.data_card(table)""",
    """mixed = market.mix(table.frame, confidence=confidence)
top = mixed.frame.nlargest(1, "share").iloc[0]
share = Estimate(
    "largest_share", str(top["group"]), float(top["share"]), "share",
    lo=float(top["lo"]), hi=float(top["hi"]), confidence=confidence,
)
report.headline(mixed.summary(lang), numbers=[share])""",
    """report.figure("groups", mixed.plot, lang=lang, title=mixed.summary(lang), subtitle=data)""",
    """shown = mixed.table(lang)
report.table(
    "groups", shown, title=mixed.summary(lang),
    formats=dict.fromkeys(shown.columns[2:5], "percent"),
)""",
    (
        "Shares of buyers with Wilson intervals, each group by itself: they hold for independent "
        "buyers, not for order lines.",
        "买家占比与 Wilson 区间，各组分别计算：要求每个买家相互独立，不适用于订单明细行。",
    ),
)
