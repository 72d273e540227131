"""What a report may not claim: certainty of raters who agree, chances of two, winners of ties."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import swot
from analysis.base.errors import InputError
from analysis.swot.answers import Answers
from analysis.swot.interval import ONE_RATER, PERFECT, TWO_RATERS, Interval, of_raters
from analysis.swot.judgments import from_matrix, from_pairs
from analysis.swot.words import apart, chance
from analysis.swot.words_weights import scale_value
from tests.swot.test_scoring import answers, scored
from tests.swot.test_strategy import GROUPS, LINKS, NAMES, panel


def alike(raters: int) -> Answers:
    """One opinion, said by several."""
    one = answers(raters=1)
    rows = [one.judgments.assign(rater=f"r{i}") for i in range(raters)]
    return Answers(pd.concat(rows, ignore_index=True), one.factors, one.strategies, one.links)


def test_raters_who_agree_wholly_give_no_certainty() -> None:
    made = scored(alike(3))
    assert made.tows is not None
    assert made.tows.why == PERFECT
    assert made.tows.frame[["lo", "hi", "p_first"]].isna().all().all()
    assert (made.weighed.frame["why"] == PERFECT).all()
    told = swot.headline(made)
    assert told.status == "watch"
    assert "unknown: the raters agree wholly" in told.sentence
    assert made.map is not None
    assert (made.map.internal.why, made.map.cells) == (PERFECT, {})


@pytest.mark.parametrize(("raters", "why"), [(1, ONE_RATER), (2, TWO_RATERS)])
def test_few_raters_are_too_few_for_a_chance(raters: int, why: str) -> None:
    made = swot.tows(panel(raters), GROUPS, LINKS, rng=np.random.default_rng(1))
    assert made.why == why
    assert made.frame["p_first"].isna().all()
    with pytest.raises(InputError, match="three or more"):
        panel(raters).draws(10, np.random.default_rng(1))
    assert "unknown" in swot.tows_caption(made)["title"]


@pytest.mark.parametrize(("low", "status"), [(0.7, "good"), (0.6, "watch")])
def test_the_headline_is_green_only_if_raters_agree(low: float, status: str) -> None:
    given = answers()
    only = given.links[given.links["strategy"] != "seize"].assign(
        strength=lambda frame: np.where(frame["strategy"] == "defend", 1.0, 0.01)
    )
    made = scored(Answers(given.judgments, given.factors, given.strategies, only))
    assert made.agreement is not None
    alpha = Interval(0.9, low, 0.95, 0.95, "")
    told = swot.headline(replace(made, agreement=replace(made.agreement, alpha=alpha)))
    assert told.status == status


def test_chances_are_said_to_be_those_of_the_average_opinion() -> None:
    made = scored()
    assert made.tows is not None
    assert made.map is not None
    for text in (swot.headline(made).sentence, swot.tows_caption(made.tows)["title"],
                 made.map.summary(), made.tows.summary()):  # fmt: skip
        assert "average opinion of such people" in text
        assert "ther raters" not in text
    assert "平均意见" in swot.headline(made, "zh").sentence


def test_an_assumed_spread_is_said() -> None:
    made = scored(answers(raters=1), noise=0.3)
    assert made.tows is not None
    assert "noise = 0.30" in swot.headline(made).sentence
    assert "assumed" in swot.tows_caption(made.tows)["subtitle"]


def test_level_strategies_are_no_winners() -> None:
    twins = pd.concat([LINKS.iloc[:2], LINKS.iloc[:2].assign(strategy="twin")])
    made = swot.tows(panel(), GROUPS, twins, rng=np.random.default_rng(1))
    assert made.level == ["defend", "twin"]
    assert swot.tows_caption(made)["title"] == "defend, twin are level"
    with pytest.raises(InputError, match="none that takes up a factor"):
        swot.tows(panel(), GROUPS, LINKS[:0], kinds={"a": "SO", "b": "ST"},
                  rng=np.random.default_rng(1))  # fmt: skip


def test_scores_stay_on_their_scale_and_know_the_raters_own_weights() -> None:
    ratings = pd.DataFrame([[4, 4, 1, 1], [4, 4, 1, 2], [4, 3, 1, 1]], columns=list(NAMES),
                           index=["a", "b", "c"])  # fmt: skip
    weights = dict.fromkeys(NAMES, 0.25)
    made = swot.internal_external(GROUPS, weights, ratings, rng=np.random.default_rng(1))
    for one in (made.internal, made.external):
        assert 1 < one.lo < one.value < one.hi < 4
    own = {"a": {**weights, "s": 0.9}, "b": {**weights, "w": 0.9}, "c": weights}
    mixed = ratings.assign(s=[4, 4, 4], w=[1, 1, 1])
    plain = swot.internal_external(GROUPS, weights, mixed, rng=np.random.default_rng(1))
    knows = swot.internal_external(GROUPS, weights, mixed, own=own, rng=np.random.default_rng(1))
    assert plain.internal.why == PERFECT
    assert knows.internal.hi - knows.internal.lo > 0.5
    assert knows.internal.value == plain.internal.value
    assert of_raters(np.array([3.9, 3.99, 3.5]), 0.95, scale=(1.0, 4.0)).hi < 4


def test_intervals_with_own_weights_hold_what_they_promise() -> None:
    rng = np.random.default_rng(5)
    held = []
    mean = np.array([0.0, 0.4, -0.3, 0.2])
    truth = np.exp(mean) / np.exp(mean).sum()
    level = np.array([3.5, 1.5, 3.0, 2.0])
    inside = truth[:2] / truth[:2].sum() @ level[:2]
    for _ in range(400):
        logs = mean + rng.normal(0, 0.5, (5, 4))
        own = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
        group = np.exp(logs.mean(axis=0))
        rated = np.clip(level + rng.normal(0, 0.15, (5, 4)), 1, 4)
        made = swot.internal_external(
            GROUPS, dict(zip(NAMES, group, strict=True)),
            pd.DataFrame(rated, columns=list(NAMES), index=list("abcde")),
            own={
                rater: dict(zip(NAMES, row, strict=True))
                for rater, row in zip("abcde", own, strict=True)
            },
            draws=10, rng=rng,
        )  # fmt: skip
        held.append(made.internal.lo <= inside <= made.internal.hi)
    assert np.mean(held) > 0.92


def test_a_rater_who_left_factors_out_is_left_out_of_the_qspm() -> None:
    whole = pd.DataFrame({"x": [4.0, 2.0], "y": [2.0, 3.0]}, index=["f", "g"])
    part = whole.loc[["f"]]
    made = swot.qspm({"f": 0.5, "g": 0.5}, {"a": whole, "b": part, "c": whole + 0.5 - 0.5})
    assert made.left_out == ("b",)
    assert made.frame["total"].tolist() == [3.0, 2.5]
    assert "b" in swot.qspm_table_caption(made)["note"]
    other = whole.loc[["g"]]
    with pytest.raises(InputError, match="none who scored every factor"):
        swot.qspm({"f": 0.5, "g": 0.5}, {"a": part, "b": other})


def test_a_lead_that_may_be_none_is_no_lead() -> None:
    rng = np.random.default_rng(3)
    tables = {f"r{i}": pd.DataFrame(rng.uniform(1, 4, (3, 2)), list("fgh"), ["x", "y"])
              for i in range(4)}  # fmt: skip
    made = swot.qspm(dict.fromkeys("fgh", 1 / 3), tables)
    assert made.lead.lo < 0 < made.lead.hi
    assert "cannot be told apart" in made.summary()
    assert made.frame["hi"].max() < 4
    same = {"r": pd.DataFrame({"x": [3.0], "y": [3.0]}, ["f"])}
    assert "level" in swot.qspm({"f": 1.0}, same).summary()


def test_sets_without_published_limit_are_counted_apart() -> None:
    names = [f"s{i}" for i in range(10)]
    rows = [
        (rater, "best", "S", names[0], x, 9.0) for rater in ("a", "b") for x in names[1:]
    ] + [
        (rater, "worst", "S", x, names[-1], 9.0) for rater in ("a", "b") for x in names[1:-1]
    ] + [(rater, "best", "SWOT", "S", "O", 2.0) for rater in ("a", "b")]  # fmt: skip
    given = Answers(
        pd.DataFrame(rows, columns=["rater", "kind", "group", "left", "right", "value"]),
        pd.DataFrame([(n, "S", "") for n in names] + [("o", "O", "")],
                     columns=["factor", "group", "kpi"]),
        pd.DataFrame(columns=["strategy", "kind", "kpi", "line"]),
        pd.DataFrame(columns=["strategy", "factor", "strength"]),
    )  # fmt: skip
    made = scored(given, route="bwm")
    assert len(made.weighed.unlimited) == 2
    assert made.weighed.failing.empty
    assert "no limit is published" in swot.headline(made).sentence
    verdicts = swot.checks(made.weighed)["verdict"]
    assert verdicts.value_counts().to_dict() == {"open": 2, "few": 2}


def test_what_was_not_checked_is_not_called_complete() -> None:
    given = answers()
    links = [("defend", name, 1.0) for name in given.groups]
    links.append(("attack", "s1", 1.0))
    bare = Answers(given.judgments, given.factors.assign(kpi=""),
                   given.strategies.iloc[:2].assign(line=""),
                   pd.DataFrame(links, columns=["strategy", "factor", "strength"]))  # fmt: skip
    caption = swot.orphans_caption(scored(bare))
    assert caption["title"] == "No loose ends among what was checked"
    assert "KPIs of factors, plan lines" in caption["note"]


def test_agreement_on_weights_does_not_measure_the_sizes_of_groups() -> None:
    made = scored()
    assert set(made.importance) == {"SWOT", "S", "W", "O"}
    assert made.importance["O"].items == 3
    equal = answers()
    pairs = equal.judgments["kind"] == "pairwise"
    equal.judgments.loc[pairs, "value"] = 1.0
    assert all(math.isnan(one.w.value) for one in scored(equal).importance.values())


def test_ratings_against_the_textbook_are_named() -> None:
    given = answers()
    low = (given.judgments["kind"] == "rating") & given.judgments["left"].isin(["s1", "s2"])
    weak = (given.judgments["kind"] == "rating") & given.judgments["left"].isin(["w1", "w2"])
    given.judgments.loc[low, "value"] = 4.0
    given.judgments.loc[weak, "value"] = 1.0
    assert "Ask again" not in swot.factors_caption(scored(given))["note"]
    given.judgments.loc[given.judgments.index[weak][0], "value"] = 4.0
    assert "r0 — w1 (W) = 4" in swot.factors_caption(scored(given))["note"]


def test_the_panels_means_are_nobodys_to_ask_for_again() -> None:
    given = answers()
    own_rows = (given.judgments["rater"] == "r1") & (given.judgments["right"] == "o3")
    for left, value in (("o1", 9.0), ("o2", 1 / 9)):
        given.judgments.loc[own_rows & (given.judgments["left"] == left), "value"] = value
    made = scored(given)
    frame = swot.checks(made.weighed)
    assert (frame.loc[frame["rater"] == "", "left"] == "").all()
    own = made.weighed.tested
    assert (own["items"] > 2).all()
    assert f"of {len(own)} sets" in swot.headline(made).sentence


def test_the_value_that_would_fit_is_on_the_scale_with_its_own_ratio() -> None:
    pairs = {"a|b": 2.0, "a|c": 3.0, "b|c": 4.0, "a|d": 5.0, "b|d": 1.0, "c|d": 3.0}
    worst = swot.ahp(pairs).worst
    assert worst is not None
    again = {
        key: value for key, value in pairs.items() if key not in (worst.pair, worst.pair[::-1])
    }
    there = swot.ahp({**again, worst.pair: worst.on_scale}, index_table="Alonso & Lamata 2006")
    assert there.cr == pytest.approx(worst.ratio_on_scale, abs=1e-9)
    assert worst.ratio_after <= worst.ratio_on_scale + 1e-12


def test_both_directions_may_be_rounded() -> None:
    for low in (0.33, 0.333, 0.3333):
        matrix = from_pairs({"a|b": 3.0, "b|a": low}).matrix
        np.testing.assert_array_equal(
            matrix, from_pairs({"b|a": low, "a|b": 3.0}).matrix[::-1, ::-1]
        )
        assert matrix[0, 1] == 3.0
        assert matrix[1, 0] == pytest.approx(1 / 3)
    assert from_matrix(["a", "b"], np.array([[1, 0.143], [7, 1]])).matrix[0, 1] == pytest.approx(
        1 / 7
    )
    with pytest.raises(InputError, match="reciprocal"):
        from_pairs({"a|b": 3.0, "b|a": 0.3})


def test_numbers_never_contradict_the_words_beside_them() -> None:
    assert chance(0.7987, 0.8) == "79.9%"
    assert chance(0.9996) == ">99%"
    assert apart(0.25, 0.2467) == ("25.0%", "24.7%")
    assert [scale_value(value) for value in (0.9999, 0.333, 1 / 5.7)] == ["1", "1/3", "1/5.7"]
    assert swot.checks_caption(scored().weighed)["formats"]["ratio"] == "fixed3"


def test_parts_that_are_missing_say_why() -> None:
    rows = pd.DataFrame(list(itertools.product(["r"], ["A", "B"], ["p", "q"])),
                        columns=["rater", "competitor", "attribute"])  # fmt: skip
    assert swot.why_missing("competitors", rows) == ""
    assert "two competitors" in swot.why_missing("competitors", rows[rows["competitor"] == "A"])
    assert "competitors_data=" in swot.why_missing("competitors", None)
    days = pd.DataFrame({"date": pd.date_range("2026-01-01", periods=3)})
    assert "latest 7 days" in swot.why_missing("prices", days, latest=7)
    assert swot.why_missing("prices", days, latest=2) == ""
