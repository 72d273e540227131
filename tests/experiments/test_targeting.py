"""Offers by segment: told apart only beyond chance, worth what they are worth."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.base.theme import house_style
from analysis.experiments.arms import Arms
from analysis.experiments.targeting import targeting
from analysis.experiments.verdict import judge, offers, offers_captions
from tests.experiments.arms_made import of_table

SEGMENTS = ("new", "loyal", "dormant", "vip")


def segmented(rates: Mapping[str, tuple[float, ...]], users: int, rng: np.random.Generator) -> Arms:
    """Conversions of every arm (control first) by segment."""
    rows = [
        (segment, arm, users, int(rng.binomial(users, rate)))
        for segment, each in rates.items()
        for arm, rate in zip(("control", "b", "c"), each, strict=False)
    ]
    return of_table(pd.DataFrame(rows, columns=["stratum", "variant", "users", "conversions"]))


def test_each_segment_gets_what_is_best_for_it() -> None:
    rates = {"new": (0.1, 0.14, 0.1), "loyal": (0.1, 0.1, 0.15), "vip": (0.1, 0.07, 0.07)}
    made = targeting(segmented(rates, 20_000, np.random.default_rng(1)), "conversions")
    assert made.worth_it
    assert made.rule == {"loyal": "c", "new": "b", "vip": "control"}
    # The best single offer is c: (0 + 0.05 - 0.03) / 3; the rule brings (0.04 + 0.05) / 3.
    assert made.uniform == "c"
    assert made.gain.value == pytest.approx((0.09 - 0.02) / 3, abs=0.004)
    assert made.gain.value in made.gain
    assert "vip" in made.summary("en")
    with house_style():
        for lang in ("en", "zh"):
            made.plot(lang=lang)
    table = made.table()
    assert len(table) == 6
    assert dict(zip(table["segment"], table["offer"], strict=True)) == made.rule


def test_without_differences_everybody_gets_the_same() -> None:
    rng, draws = np.random.default_rng(2), 300
    called, gains = 0, []
    for _ in range(draws):
        made = targeting(segmented(dict.fromkeys(SEGMENTS, (0.1, 0.12, 0.12)), 1000, rng),
                         "conversions")  # fmt: skip
        called += made.worth_it
        gains.append(made.gain.value)
        assert made.worth_it or len(set(made.rule.values())) == 1
    # Nominal 0.05 over both arms; Monte-Carlo error 0.0126, three of them allowed.
    assert called / draws <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / draws)


def test_shrinking_halves_the_error_of_equal_segments() -> None:
    rng = np.random.default_rng(3)
    raw, shrunk = [], []
    for _ in range(60):
        frame = targeting(segmented(dict.fromkeys(SEGMENTS, (0.1, 0.12)), 1000, rng),
                          "conversions").frame  # fmt: skip
        raw.append(((frame["difference"] - 0.02) ** 2).mean())
        shrunk.append(((frame["shrunk"] - 0.02) ** 2).mean())
    assert np.mean(shrunk) < 0.6 * np.mean(raw)


def test_less_may_be_better() -> None:
    rates = {"new": (0.1, 0.05), "loyal": (0.1, 0.15)}
    arms = segmented(rates, 20_000, np.random.default_rng(4))
    made = targeting(arms, "conversions", larger_is_better=False)
    assert made.rule == {"loyal": "control", "new": "b"}


def test_segments_that_cannot_be_judged_are_named() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        [(s, a, 500, int(rng.binomial(500, 0.1))) for s in SEGMENTS for a in ("control", "b")]
        + [("tiny", "control", 1, 0), ("tiny", "b", 1, 1)],
        columns=["stratum", "variant", "users", "conversions"],
    )
    made = targeting(of_table(frame), "conversions")
    assert made.left_out == ("tiny",)
    assert made.frame["share"].drop_duplicates().sum() == pytest.approx(0.25)
    with pytest.raises(InputError, match="found no segments"):
        targeting(of_table(frame.groupby("variant", as_index=False).sum(numeric_only=True)),
                  "conversions")  # fmt: skip
    alone = frame[frame["stratum"].isin(["new", "tiny"])]
    with pytest.raises(InputError, match="fewer than two segments"):
        targeting(of_table(alone), "conversions")


def test_the_report_shows_segments_where_there_are_any() -> None:
    arms = segmented(dict.fromkeys(SEGMENTS, (0.1, 0.12)), 2000, np.random.default_rng(6))
    made = offers(arms, judge(arms))
    assert made is not None
    for lang in ("en", "zh"):
        chart, words = offers_captions(made, lang)
        assert chart["title"]
        assert words["note"]
        assert set(words["labels"]) == set(made.table())
    plain = of_table(
        pd.DataFrame({"variant": ["control", "b"], "users": [1000, 1000], "conversions": [50, 60]})
    )
    assert offers(plain, judge(plain)) is None
