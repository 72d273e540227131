"""Every result speaks both languages: a table, a sentence, a figure."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from analysis.base.theme import house_style
from analysis.market import (
    Bass,
    Distribution,
    bridge,
    check_target,
    competitor_shares,
    fit_adoption,
    lognormal,
    mix,
    normal,
    opportunity,
    pert,
    read_model,
    sensitivity,
    size_market,
    value_of_information,
)
from tests.market.declared import two_routes

mpl.use("Agg")


@cache
def results() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    declared = two_routes()
    declared["correlations"] = [{"between": ["homes", "spend"], "rank": 0.4}]
    model = read_model(declared)
    size = size_market(model, rng=rng, n=256)
    curve = Bass(0.0104, 0.4186, 16895.0)
    sold = curve.m * np.diff(curve.share(np.arange(14)))
    noisy = sold + 60 * rng.standard_normal(13)
    early = sold[:5] * (1 + 0.05 * np.array([1, -1, 1, 1, -1]))
    rivals = pd.DataFrame(
        {"name": ["天猫", "JD", "PDD"], "sales": [20, 14, math.nan], "growth": [0.26, 0.24, 0.85]}
    )
    tier: dict[str, Distribution] = {
        "population": lognormal(80, 120), "penetration": pert(0.1, 0.2, 0.3),
        "potential": pert(0.3, 0.4, 0.6), "spend": lognormal(80, 120),
        "our_share": pert(0.01, 0.02, 0.05),
    }  # fmt: skip
    groups = pd.DataFrame({"group": ["18–24", "25+"], "n": [60, 40], "population": [1, 3]})
    del declared["routes"]["bottom_up"]
    return {
        "size": size,
        "one route": size_market(read_model(declared), rng=rng, n=256),
        "sensitivity": sensitivity(model, "som", rng=rng, n=256),
        "no sensitivity": sensitivity(model, "shops", rng=rng, n=64),
        "information": value_of_information(size.draws, "som", cost=100.0),
        "no information": value_of_information(size.draws, "som", cost=1e9),
        "bridge": bridge({"buyers": (100.0, 120.0), "spend": (9.0, 8.0)}, unit="CNY"),
        "range": bridge({"buyers": (100.0, 120 + rng.standard_normal(99))}),
        "adoption": fit_adoption(noisy, rng=rng, resamples=50),
        "early": fit_adoption(early, rng=rng, resamples=100),
        "given": fit_adoption([1, 2, 4, 6, 9], rng=rng, market=60.0, resamples=50),
        "shares": competitor_shares(rivals, rng=rng),
        "market": competitor_shares(rivals, rng=rng, market=60.0),
        "target": check_target(120, 100, normal(0.1, 0.12), market=9e3, drivers={"UV": 1e6}),
        "known": check_target(120, 100, 0.11),
        "mix": mix(groups),
        "plain mix": mix(groups[["group", "n"]]),
        "tiers": opportunity({"county": tier, "city": tier}, rng=rng, unit="CNY", n=256),
    }  # fmt: skip


NAMES = (
    "size", "one route", "sensitivity", "no sensitivity", "information", "no information", "bridge",
    "range", "adoption", "early", "given", "shares", "market", "target", "known", "mix",
    "plain mix", "tiers",
)  # fmt: skip


def test_every_result_is_named() -> None:
    assert tuple(results()) == NAMES


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_a_table_a_sentence_and_a_figure(name: str, lang: str) -> None:
    import matplotlib.pyplot as plt

    result = results()[name]
    table, said = result.table(lang), result.summary(lang)
    assert table.columns.is_unique
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in said)
    assert chinese == (lang == "zh" or "天猫" in said)
    assert not any(word in said for word in ("nan", "inf", "{", "–."))
    with house_style():
        axes = result.plot(lang=lang)
        axes.figure.canvas.draw()
        own = plt.subplots()[1]
        assert result.plot(own, lang=lang) is own
    plt.close("all")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("size", "By both routes, the market we can win is"),
        ("one route", "by one route"),
        ("no sensitivity", "does not vary"),
        ("sensitivity", "The declared correlations are set aside"),
        ("no information", "do not enter"),
        ("early", "nothing bounds it above"),
        ("given", "The eventual market of 60 is given."),
        ("shares", "Without sales, and in no share: PDD."),
        (
            "market",
            "HHI 1,656, up to 3,533 if the sellers not listed were one (moderate concentration to",
        ),
        ("target", "our share times 1.08 (1.07 to 1.09)"),
        ("known", "no interval: market growth is given without a range"),
        ("mix", "18–24 differs most from the population: index 240"),
    ],
)
def test_what_is_said(name: str, sentence: str) -> None:
    assert sentence in results()[name].summary()
