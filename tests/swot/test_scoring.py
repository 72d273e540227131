from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes

from analysis import swot
from analysis.base.errors import InputError
from analysis.swot.answers import Answers
from analysis.swot.scoring import Scored, Settings, score

FACTORS = {"s1": "S", "s2": "S", "w1": "W", "w2": "W", "o1": "O", "o2": "O", "o3": "O", "t1": "T"}
LINKS = [("defend", "s1", 1.0), ("defend", "t1", 0.8), ("attack", "w1", 1.0), ("attack", "o1", 0.7),
         ("seize", "o2", 1.0), ("seize", "s2", 0.5)]  # fmt: skip
Row = tuple[str, str, str, str, str, float]


def sets() -> dict[str, list[str]]:
    own = {g: [f for f, group in FACTORS.items() if group == g] for g in "SWOT"}
    return {"SWOT": list("SWOT"), **{g: names for g, names in own.items() if len(names) > 1}}


def rows(seed: int, raters: int = 4) -> list[Row]:
    """Judgments of every kind around one opinion."""
    rng = np.random.default_rng(seed)
    felt = {name: rng.uniform(1, 4) for name in (*FACTORS, *"SWOT")}
    found: list[Row] = []
    for r in range(raters):
        rater = f"r{r}"
        for group, items in sets().items():
            own = {name: felt[name] * math.exp(rng.normal(0, 0.2)) for name in items}
            for x, y in itertools.combinations(items, 2):
                found.append((rater, "pairwise", group, x, y, own[x] / own[y]))
            best, worst = max(own, key=own.__getitem__), min(own, key=own.__getitem__)
            found += [(rater, "best", group, best, x, max(own[best] / own[x], 1.0))
                      for x in items if x != best]  # fmt: skip
            found += [(rater, "worst", group, x, worst, max(own[x] / own[worst], 1.0))
                      for x in items if x not in (best, worst)]  # fmt: skip
        for name, group in FACTORS.items():
            found.append((rater, "rating", group, name, "", float(rng.integers(1, 5))))
            for strategy in ("defend", "attack", "seize"):
                value = float(rng.integers(1, 5))
                found.append((rater, "attractiveness", group, name, strategy, value))
    return found


def answers(seed: int = 1, raters: int = 4, names: dict[str, str] | None = None) -> Answers:
    called = {**{name: name for name in FACTORS}, **(names or {})}
    judged = pd.DataFrame(
        rows(seed, raters), columns=["rater", "kind", "group", "left", "right", "value"]
    )
    for side in ("left", "right"):
        judged[side] = [called.get(name, name) for name in judged[side]]
    factors = pd.DataFrame(
        [(called[name], group, "" if name == "w2" else "KPI") for name, group in FACTORS.items()],
        columns=["factor", "group", "kpi"],
    )
    strategies = pd.DataFrame(
        [("defend", "ST", "", "1.1"), ("attack", "WO", "", ""), ("seize", "SO", "", "1.2")],
        columns=["strategy", "kind", "kpi", "line"],
    )
    links = [(strategy, called[factor], degree) for strategy, factor, degree in LINKS]
    return Answers(
        judged, factors, strategies, pd.DataFrame(links, columns=["strategy", "factor", "strength"])
    )


def scored(given: Answers | None = None, seed: int = 2, **setting: object) -> Scored:
    chosen = Settings(draws=2000, **setting)  # type: ignore[arg-type]
    return score(given or answers(), chosen, np.random.default_rng(seed))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["ahp", "bwm"]))
def test_relabelling_and_the_order_of_raters_change_no_weight(seed: int, route: str) -> None:
    names = {name: f"renamed {name}" for name in FACTORS}
    one = scored(answers(seed), route=route)
    other = scored(answers(seed, names=names), route=route)
    np.testing.assert_array_equal(one.weighed.panel.weights, other.weighed.panel.weights)
    assert [names[name] for name in one.weighed.panel.names] == list(other.weighed.panel.names)
    turned = answers(seed)
    back = turned.judgments.sort_values("rater", ascending=False, kind="stable")
    third = scored(
        Answers(back, turned.factors, turned.strategies, turned.links), route=route
    ).weighed
    assert third.weights == pytest.approx(one.weighed.weights, abs=1e-12)
    for made in (one, other):
        assert made.weighed.frame["weight"].sum() == pytest.approx(1)
        assert made.weighed.groups["weight"].sum() == pytest.approx(1)
        assert made.tows is not None
        assert made.tows.frame["p_first"].sum() == pytest.approx(1)


def test_both_routes_find_the_weights_of_judgments_that_fit() -> None:
    felt = {"S": 4.0, "W": 2.0, "O": 3.0, "T": 1.0, **{name: 1.0 + i for i, name in
            enumerate(FACTORS)}}  # fmt: skip
    found: list[Row] = []
    for rater in ("a", "b"):
        for group, items in sets().items():
            own = {name: felt[name] for name in items}
            pairs = itertools.combinations(items, 2)
            found += [(rater, "pairwise", group, x, y, own[x] / own[y]) for x, y in pairs]
            best, worst = max(own, key=own.__getitem__), min(own, key=own.__getitem__)
            found += [
                (rater, "best", group, best, x, own[best] / own[x]) for x in items if x != best
            ]
            found += [(rater, "worst", group, x, worst, own[x] / own[worst])
                      for x in items if x not in (best, worst)]  # fmt: skip
    base = answers()
    judged = pd.DataFrame(found, columns=base.judgments.columns)
    given = Answers(judged, base.factors, base.strategies, base.links)
    want = {
        name: felt[group] / 10 * felt[name] / sum(felt[n] for n in FACTORS if FACTORS[n] == group)
        for name, group in FACTORS.items()
    }
    for route in ("ahp", "bwm"):
        made = scored(given, route=route).weighed
        assert made.weights == pytest.approx(want, abs=1e-9)
        assert made.failing.empty
        assert "t1" in made.panel.names  # a group of one stands under its factor's own name


def test_a_panel_without_the_shape_that_is_asked_for_is_told_the_other() -> None:
    given = answers()
    pairs = given.judgments[given.judgments["kind"] == "pairwise"]
    bare = Answers(pairs, given.factors, given.strategies, given.links)
    with pytest.raises(InputError, match="method=ahp"):
        scored(bare, route="bwm")
    rest = given.judgments[given.judgments["kind"] != "pairwise"]
    with pytest.raises(InputError, match="method=bwm"):
        scored(Answers(rest, given.factors, given.strategies, given.links))
    made = scored(bare)
    assert made.agreement is None
    assert made.map is None
    assert made.qspm is None
    assert "not rated" in swot.headline(made).sentence


def test_the_headline_says_who_is_first_how_sure_and_who_contradicts_himself() -> None:
    given = answers()
    given.judgments.loc[(given.judgments["rater"] == "r1") & (given.judgments["left"] == "o1")
                        & (given.judgments["right"] == "o3"), "value"] = 9.0  # fmt: skip
    given.judgments.loc[(given.judgments["rater"] == "r1") & (given.judgments["left"] == "o2")
                        & (given.judgments["right"] == "o3"), "value"] = 1 / 9  # fmt: skip
    made = scored(given)
    told = swot.headline(made)
    assert made.tows is not None
    assert made.tows.first in told.sentence
    assert "r1" in told.sentence
    assert told.status in ("watch", "bad")
    assert [n.name for n in told.numbers] == ["p_first", "score_first", "alpha", "largest_ratio"]
    worst = made.weighed.failing.iloc[0]
    assert (worst["rater"], worst["group"]) == ("r1", "O")
    assert worst["after"] < worst["limit"] < worst["ratio"]
    assert "自相矛盾" in swot.headline(made, "zh").sentence


def test_one_rater_is_scored_and_what_is_unknown_is_said() -> None:
    made = scored(answers(raters=1))
    told = swot.headline(made)
    assert "unknown: one rater" in told.sentence
    assert all(number.no_interval for number in told.numbers)
    assert made.weighed.frame["why"].ne("").all()
    sure = scored(answers(raters=1), noise=0.3)
    assert sure.tows is not None
    assert sure.tows.frame["p_first"].sum() == pytest.approx(1)


def test_loose_ends_are_told_only_of_what_the_team_names_at_all() -> None:
    made = scored()
    assert made.tows is not None
    frame = made.tows.orphans
    assert set(zip(frame["kind"], frame["name"], strict=True)) == {
        ("factor without KPI", "w2"), ("strategy without plan line", "attack"),
        ("factor without strategy", "w2"), ("factor without strategy", "o3"),
    }  # fmt: skip
    given = answers()
    bare = Answers(given.judgments, given.factors.assign(kpi=""),
                   given.strategies.assign(line=""), given.links)  # fmt: skip
    ranked = scored(bare).tows
    assert ranked is not None
    kinds = set(ranked.orphans["kind"])
    assert kinds == {"factor without strategy"}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("route", "raters"), [("ahp", 4), ("ahp", 1), ("bwm", 3)])
def test_every_part_can_be_read_and_seen(lang: str, route: str, raters: int) -> None:
    import matplotlib.pyplot as plt

    made = scored(answers(raters=raters), route=route)
    assert made.tows is not None
    assert made.map is not None
    assert made.qspm is not None
    assert made.agreement is not None
    weighed, ranked = made.weighed, made.tows
    captions = [
        swot.groups_caption(weighed, lang), swot.weights_caption(weighed, lang),
        swot.weights_table_caption(weighed, lang), swot.checks_caption(weighed, lang),
        swot.agreement_caption(made.agreement, lang), swot.agreement_table_caption(made, lang),
        swot.map_caption(made, lang), swot.factors_caption(made, lang),
        swot.tows_caption(ranked, lang), swot.tows_table_caption(ranked, lang),
        swot.turns_caption(ranked, lang), swot.turns_table_caption(ranked, lang),
        swot.qspm_caption(made.qspm, ranked.first, lang), swot.qspm_table_caption(made.qspm, lang),
        swot.orphans_caption(made, lang), swot.matrix_caption(ranked, lang),
    ]  # fmt: skip
    for caption in captions:
        assert caption["title"]
        assert "nan" not in str(caption).lower()
    frames = [swot.checks(weighed), swot.agreement_frame(made), swot.turns_frame(ranked),
              swot.weights_frame(weighed), made.qspm.frame]  # fmt: skip
    hidden = swot.checks_caption(weighed, lang)["hide"]
    assert set(hidden) <= set(frames[0].columns)
    assert all(len(frame) for frame in frames)
    for draw in (weighed.plot, weighed.plot_groups, ranked.plot, ranked.plot_turns,
                 made.agreement.plot, made.map.plot, made.qspm.plot):  # fmt: skip
        assert isinstance(draw(lang=lang), Axes)
        plt.close("all")
    assert weighed.summary(lang)


def daily() -> pd.DataFrame:
    days = pd.date_range("2026-12-01", periods=40)
    parts = []
    for rival, sku, cut in (("A", "x", 36), ("A", "y", 40), ("B", "x", 40)):
        price = np.where(np.arange(40) >= cut, 8.0, 10.0)
        price[10] = 5.0  # a promotion of one day does not move the usual price
        bad = np.where(np.arange(40) >= 33, 6, 2) if rival == "A" else np.full(40, 2)
        parts.append(pd.DataFrame({"date": days, "rival": rival, "sku": sku, "price": price,
                                   "reviews": 40, "negative": bad}))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_the_daily_watch_finds_what_changed_and_since_when() -> None:
    made = swot.daily_watch(daily())
    [row] = made.watch.exposed.to_dict("records")
    assert (row["rival"], row["sku"], row["before"], row["after"]) == ("A", "x", 10.0, 8.0)
    assert row["since"] == pd.Timestamp("2026-12-01") + pd.Timedelta(days=36)
    assert made.watch.reviews.set_index("rival")["alert"].to_dict() == {"A": True, "B": False}
    today = made.index[(made.index["rival"] == "A") & (made.index["date"] == made.today)]
    assert today["index"].tolist() == pytest.approx([-0.1])
    with_effect = swot.exposed(made, elasticity=0.5)
    assert with_effect["volume"].iloc[0] == pytest.approx(0.8**0.5 - 1)
    for lang in ("en", "zh"):
        assert "A" in swot.watch_caption(made, lang)["title"]
        assert swot.exposed_caption(made, lang)["title"]
        assert "A" in swot.reviews_caption(made, lang)["title"]


def test_a_sku_without_a_past_is_left_out_and_said() -> None:
    rows = daily()
    fresh = rows[(rows["sku"] == "y") & (rows["date"] < "2027-01-06")].index
    made = swot.daily_watch(rows.drop(index=fresh))
    assert made.left_out == ("A y",)
    assert "A y" in swot.exposed_caption(made)["note"]
    with pytest.raises(InputError, match="no SKU with a price both"):
        swot.daily_watch(rows[rows["date"] >= "2027-01-05"])


def test_partners_with_shared_users_and_one_axis_refused() -> None:
    table = pd.DataFrame(
        [(f"r{r}", p, a, 3.0 + (p == "x") + 0.1 * r) for r in range(3) for p in "xy" for a in "ab"],
        columns=["rater", "partner", "attribute", "score"],
    )
    fit = swot.partner_fit(table, {"a": 1, "b": 3}, rng=np.random.default_rng(1))
    overlap = pd.DataFrame({"partner": ["x"], "users": [100], "shared": [40]})
    shared = swot.partners_frame(fit, overlap).set_index("partner")["overlap"]
    assert shared["x"] == 0.4
    assert shared.isna()["y"]
    assert "overlap" not in swot.partners_frame(fit, overlap[:0])
    assert "a 25%" in swot.partners_table_caption(fit)["note"]
    rivals = table.rename(columns={"partner": "competitor"})
    with pytest.raises(InputError, match="expected two attributes"):
        swot.competitor_map(rivals, axes=("a",))  # type: ignore[arg-type]
    made = swot.competitor_map(rivals)
    assert "3" in swot.competitor_scores_caption(made)["title"]
