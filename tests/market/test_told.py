"""What the report says: a headline, captions and tables made from numbers, in both languages."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

from analysis import market
from analysis.base.theme import house_style
from analysis.market import SizedPlan, captions, headline, read_plan, size_plan
from tests.market.declared import two_routes
from tests.market.shipped import shipped

mpl.use("Agg")

FIGURES = {
    "size": "size", "tornado": "sensitivity", "research": "information", "aim": "aim",
    "identity": "identity", "path": "path", "rivals": "rivals", "tiers": "tiers", "mix": "mixes",
}  # fmt: skip
TABLES = {
    "sizes": "size_rows", "agreement": "agreement_rows", "drivers": "driver_rows",
    "research_rows": "research_rows", "aim_rows": "aim_rows", "identity_rows": "identity_rows",
    "path_rows": "path_rows", "rival_rows": "rival_rows", "tier_rows": "tier_rows",
    "mix_rows": "mix_rows", "inputs": "input_rows",
}  # fmt: skip


def variant(name: str) -> dict[str, Any]:
    """The shipped plan and the same with other parts: fitted, ranged, counted."""
    declared = shipped()
    if name == "other":
        years = list(range(2015, 2024))
        shares = 1 / (1 + np.exp(-0.4 * (np.arange(1, 10) - 6)))
        declared["adoption"] |= {"years": years, "values": [round(float(s), 3) for s in shares]}
        declared["growth"]["stated"] = 0.467
        declared["competitors"][0] |= {"lo": 1.8e11, "hi": 2.3e11}
        declared["target"]["target"] = 4e9
        declared["target"]["market_growth"] = 0.1
        declared["mix"][1]["sample"] = 500
        declared["tiers"][0]["source"] = "a survey"
        declared["decision"]["cost"] = 0
        declared["target"]["drivers"] = declared["target"]["drivers"][:1]
    return declared


@cache
def made(name: str, lang: str) -> SizedPlan:
    return size_plan(read_plan(variant(name)), seed=1, draws=256, lang=lang)


def texts(found: object) -> list[str]:
    if isinstance(found, str):
        return [found]
    if isinstance(found, dict):
        return [text for value in found.values() for text in texts(value)]
    return []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["shipped", "other"])
def test_every_caption_speaks(name: str, lang: str) -> None:
    words = captions(made(name, lang), lang)
    for caption in (*FIGURES, *TABLES):
        said = getattr(words, caption)
        assert said["title"]
        for text in texts({key: said.get(key, "") for key in ("title", "subtitle", "note")}):
            assert not re.search(r"\bnan\b|\binf\b|[{}]|–\.", text), text
            if lang == "zh" and text:
                assert any("\u4e00" <= letter <= "\u9fff" for letter in text), text


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["shipped", "other"])
def test_tables_have_the_columns_that_their_captions_name(name: str, lang: str) -> None:
    result = made(name, lang)
    words = captions(result, lang)
    for caption, builder in TABLES.items():
        frame, said = getattr(market, builder)(result, lang), getattr(words, caption)
        assert frame.columns.is_unique
        named = {*said["labels"], *said["formats"], *said["hide"]} if "hide" in said else {
            *said["labels"], *said["formats"]}  # fmt: skip
        assert named <= {*frame.columns}, (caption, named - {*frame.columns})
        shown = frame.columns.drop([*said.get("hide", ())])
        assert {*shown} <= {*said["labels"]}, (caption, {*shown} - {*said["labels"]})


@pytest.mark.parametrize("width", [8.4, 4.4])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["shipped", "other"])
def test_every_figure_is_drawn_at_either_width(name: str, lang: str, width: float) -> None:
    import matplotlib.pyplot as plt

    result = made(name, lang)
    with house_style():
        for part in FIGURES.values():
            figure, axes = plt.subplots(figsize=(width, 4.2))
            assert getattr(result, part).plot(axes, lang=lang) is axes
            figure.canvas.draw()
            plt.close(figure)


def test_the_shipped_headline() -> None:
    told = headline(made("shipped", "en"))
    assert told.status == "watch"
    assert [one.name for one in told.numbers] == ["som", "sam", "tam", "share_factor"]
    assert "The two routes agree within their ranges." in told.remarks
    assert "The target of 150 m CNY is within reach (chance 59% to 89% by route)." in told.sentence
    assert "Top-down says enter, Bottom-up says do not enter." in told.sentence
    assert "Research “Our share of a reached household's spend” next." in told.remarks
    assert "rests on assumptions: 94% to 100% by route." in told.remarks


def test_a_target_out_of_reach_is_red() -> None:
    told = headline(made("other", "en"))
    assert told.status == "bad"
    assert "The target of 4 bn CNY is out of reach (chance <1%" in told.sentence
    assert told.numbers[-1].no_interval == "market growth is given without a range"


def test_routes_that_contradict_each_other_are_red() -> None:
    declared = two_routes()
    declared["inputs"]["turnover"] |= {"mean": 9e6}
    told = headline(size_plan(read_plan(declared), seed=1, draws=128))
    assert told.status == "bad"
    assert "contradict each other" in told.sentence


def test_one_route_is_said_to_be_unchecked() -> None:
    declared = two_routes()
    del declared["routes"]["bottom_up"]
    for name in ("shops", "turnover"):
        del declared["inputs"][name]
    del declared["formulas"]["sold"]
    result = size_plan(read_plan(declared), seed=1, draws=128)
    told = headline(result)
    assert "There is one route only: nothing checks it." in told.sentence
    assert told.status == "watch"
    assert captions(result).agreement["title"] == "One route only"
    assert market.agreement_rows(result).empty


def test_a_label_is_broken_into_lines_of_like_length() -> None:
    from analysis.market.plots import broken

    assert broken("short", 18) == "short"
    lines = broken("仅APP日活跃用户（指数）按计划", 18).split("\n")
    assert "".join(lines) == "仅APP日活跃用户（指数）按计划"
    assert all(not line.startswith("）") and not line.endswith("（") for line in lines)
    assert "P10" in broken("该输入取P10与P90，其余取中位数，共六个输入项", 12).replace("\n", " ")
    assert broken("New-visitor conversion alone, as planned", 22).count("\n") == 1


def test_a_driver_without_a_plan_says_so() -> None:
    declared = shipped()
    del declared["target"]["drivers"][0]["planned"]
    result = size_plan(read_plan(declared), seed=1, draws=128)
    row = market.aim_rows(result).iloc[0]
    assert row["verdict"] == "nothing planned"
    assert math.isnan(row["planned"])


def test_files_are_the_same_in_both_languages() -> None:
    import pandas as pd

    from analysis import market

    for rows in (
        market.size_rows, market.driver_rows, market.aim_rows, market.identity_rows,
        market.rival_rows, market.tier_rows, market.mix_rows, market.input_rows,
    ):  # fmt: skip
        english, chinese = (rows(made("shipped", lang)) for lang in ("en", "zh"))
        pd.testing.assert_frame_equal(english, chinese, check_exact=True)
    shown = captions(made("shipped", "zh"), "zh").sizes["texts"]["level"]
    assert shown[0] == "总体市场（TAM）"
