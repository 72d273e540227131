"""Parameters of a run as a reader of the page meets them, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.reports.story import settings_of

SOURCE = """\
seed: int = 1  # of the random points {0..}
discount: float = 0.1  # how much is taken off {-1..1}
model: str = "a"  # {a|b-c}
lang: str = "en"  # language of the report {en|zh}
"""


def cell(source: str, tag: str = "parameters") -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {"tags": [tag]}}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["of the random points (≥ 0)", "how much is taken off (−1–1)", "(a, b-c)",
                "language of the report (en, zh)"]),
        ("zh", ["抽样点的随机种子（≥ 0）", "how much is taken off（−1–1）", "（a、b-c）",
                "报告语言（en、zh）"]),
    ],
)  # fmt: skip
def test_comments_are_told_in_the_language_of_the_page(lang: str, said: list[str]) -> None:
    found = settings_of([cell(SOURCE), cell('lang = "zh"\n', "injected-parameters")], lang)
    assert [one.meaning.strip() for one in found] == said
    assert (found[-1].value, found[-1].default) == ("zh", "en")


def test_nothing_given_is_a_dash_and_a_whole_number_has_no_decimals() -> None:
    source = (
        "a: list = []\nb: dict = {}\nc: str = ''\nd: float = 0.0\ne: float = 0.05\nf: int = 10\n"
    )
    found = settings_of([cell(source)], "en")
    assert [one.value for one in found] == ["–", "–", "–", "0", "0.05", "10"]
