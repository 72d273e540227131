from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from analysis.base.errors import InputError
from analysis.swot import (
    Panel,
    Tows,
    competitor_map,
    internal_external,
    partner_fit,
    qspm,
    tows,
    watch,
)
from analysis.swot.matrices import CELLS, cell_of

NAMES = ("s", "w", "o", "t")
GROUPS = {"s": "S", "w": "W", "o": "O", "t": "T"}
LINKS = pd.DataFrame(
    [("defend", "s", 1.0), ("defend", "t", 1.0), ("attack", "w", 0.8), ("attack", "o", 1.0)],
    columns=["strategy", "factor", "strength"],
)


def panel(raters: int = 5, seed: int = 3) -> Panel:
    logs = np.log([0.35, 0.2, 0.3, 0.15]) + np.random.default_rng(seed).normal(0, 0.3, (raters, 4))
    own = np.exp(logs)
    own /= own.sum(axis=1, keepdims=True)
    mean = np.exp(np.log(own).mean(axis=0))
    return Panel(NAMES, mean / mean.sum(), own, tuple(f"r{i}" for i in range(raters)))


def scored(**settings: object) -> Tows:
    given: dict[str, object] = {"rng": np.random.default_rng(1), "draws": 4000, **settings}
    return tows(panel(), GROUPS, LINKS, **given)  # type: ignore[arg-type]


def test_scores_are_the_weight_covered_and_chances_sum_to_one() -> None:
    result, weights = scored(), panel().weights
    row = result.frame.set_index("strategy")
    assert row.loc["defend", "score"] == pytest.approx(weights[0] + weights[3])
    assert row.loc["attack", "score"] == pytest.approx(0.8 * weights[1] + weights[2])
    assert result.frame["p_first"].sum() == pytest.approx(1, abs=1e-12)
    assert result.matrix == {"SO": [], "WO": ["attack"], "ST": ["defend"], "WT": []}


def test_equal_strategies_share_the_first_place() -> None:
    twins = pd.concat([LINKS.iloc[:2], LINKS.iloc[:2].assign(strategy="twin")])
    result = tows(panel(), GROUPS, twins, rng=np.random.default_rng(1))
    assert result.frame["p_first"].tolist() == [0.5, 0.5]


def test_the_order_turns_exactly_at_the_end_of_the_range() -> None:
    result, base = scored(), panel()
    turning = result.sensitivity[result.sensitivity["above"] != ""]
    assert len(turning)
    for row in turning[turning["what"] == "factor"].to_dict("records"):
        own = np.array([name == row["item"] for name in NAMES])
        for weight, first in ((row["hi"] - 1e-6, result.first), (row["hi"] + 1e-6, row["above"])):
            rest = base.weights * ~own
            moved = own * weight + rest / rest.sum() * (1 - weight)
            there = Panel(NAMES, moved, base.by_rater, base.raters)
            assert tows(there, GROUPS, LINKS, rng=np.random.default_rng(1), draws=10).first == first


def test_orphans_are_listed() -> None:
    links = LINKS[LINKS["factor"] != "w"]
    result = tows(
        panel(), GROUPS, links, kinds={"idle": "SO"}, kpis={"s": "NPS"}, lines={"defend": "2.1"},
        rng=np.random.default_rng(1),
    )  # fmt: skip
    found = set(zip(result.orphans["kind"], result.orphans["name"], strict=True))
    assert found == {
        ("factor without strategy", "w"), ("strategy without factor", "idle"),
        ("factor without KPI", "w"), ("factor without KPI", "o"), ("factor without KPI", "t"),
        ("strategy without plan line", "idle"), ("strategy without plan line", "attack"),
    }  # fmt: skip
    assert len(result.orphans_table("zh")) == len(result.orphans)


def test_one_rater_leaves_chances_unknown_unless_a_noise_is_assumed() -> None:
    bare = tows(panel(1), GROUPS, LINKS, rng=np.random.default_rng(1))
    assert bare.frame[["lo", "hi", "p_first", "p_flip"]].isna().all().all()
    assert bare.sensitivity["p_out"].isna().all()
    assert bare.frame["score"].notna().all()
    result = tows(panel(1), GROUPS, LINKS, noise=0.3, rng=np.random.default_rng(1))
    assert result.frame["p_first"].sum() == pytest.approx(1)


def test_the_chance_of_a_flip_is_that_of_the_rival_scoring_more() -> None:
    # Two strategies: one is first when the other is not ahead.
    frame = scored().frame
    assert math.isnan(frame["p_flip"].iloc[0])
    assert frame["p_flip"].iloc[1] == pytest.approx(frame["p_first"].iloc[1], abs=1e-12)


def test_the_chance_beyond_a_turn_is_counted_over_the_drawn_weights() -> None:
    result, base = scored(), panel()
    drawn = base.draws(4000, np.random.default_rng(1))
    for row in result.sensitivity[result.sensitivity["what"] == "factor"].to_dict("records"):
        own = drawn[:, NAMES.index(row["item"])]
        outside = (own > row["hi"]) & bool(row["above"]) | (own < row["lo"]) & bool(row["below"])
        assert row["p_out"] == pytest.approx(outside.mean())
    turns = result.turns
    assert len(turns)
    assert turns["p_out"].is_monotonic_decreasing
    bare = tows(panel(1), GROUPS, LINKS, rng=np.random.default_rng(1)).turns
    assert bare["move"].is_monotonic_increasing


def test_bad_coverage_is_named() -> None:
    with pytest.raises(InputError, match="unknown factor 'x'"):
        tows(panel(), GROUPS, LINKS.replace("t", "x"), rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="twice"):
        tows(panel(), GROUPS, pd.concat([LINKS, LINKS[:1]]), rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="strength 2"):
        tows(panel(), GROUPS, LINKS.assign(strength=2.0), rng=np.random.default_rng(1))


def test_the_nine_cells() -> None:
    scores = [3.5, 2.5, 1.5]
    cells = [CELLS[int(cell_of(x, y))] for y in scores for x in scores]
    assert tuple(cells) == CELLS
    assert CELLS[int(cell_of(3.0, 3.0))] == "I"
    assert CELLS[int(cell_of(1.99, 1.99))] == "IX"


def test_scores_inside_and_outside() -> None:
    ratings = pd.DataFrame([[4, 1, 3, 2], [3, 2, 3, 2], [4, 2, 4, 1]], columns=list(NAMES))
    weights = dict(zip(NAMES, [0.3, 0.1, 0.4, 0.2], strict=True))
    result = internal_external(GROUPS, weights, ratings, rng=np.random.default_rng(1))
    own = [0.75 * s + 0.25 * w for s, w in ratings[["s", "w"]].to_numpy()]
    assert result.internal.value == pytest.approx(np.mean(own))
    assert sum(result.cells.values()) == pytest.approx(1)
    one = internal_external(GROUPS, weights, ratings[:1], rng=np.random.default_rng(1))
    assert "one rater" in one.internal.why
    assert not one.cells
    with pytest.raises(InputError, match="expected 1 to 4"):
        internal_external(GROUPS, weights, ratings.replace(4, 5), rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="unknown factor 'u'"):
        internal_external(GROUPS, weights, ratings.assign(u=1), rng=np.random.default_rng(1))


def test_qspm_sums_weight_times_attractiveness() -> None:
    rows = pd.DataFrame({"x": [4, math.nan], "y": [2, math.nan]}, index=["f", "g"])
    result = qspm({"f": 0.5, "g": 0.5}, {"r1": rows, "r2": rows})
    assert result.frame["total"].tolist() == [2.0, 1.0]
    assert result.lead.value == 1.0
    with pytest.raises(InputError, match="some strategies only"):
        qspm(
            {"f": 0.5, "g": 0.5}, {"r": pd.DataFrame({"x": [4, 1], "y": [2, math.nan]}, ["f", "g"])}
        )


def ratings(item: str) -> pd.DataFrame:
    gen = np.random.default_rng(2)
    level = {"A": (5, 2, 3), "B": (4, 2, 3), "C": (1, 5, 4)}
    rows = [
        (f"r{r}", name, attribute, level[name][i] + gen.normal(0, 0.3))
        for r in range(4)
        for name in level
        for i, attribute in enumerate(("price", "service", "reach"))
    ]
    return pd.DataFrame(rows, columns=["rater", item, "attribute", "score"])


def test_competitors_on_the_map() -> None:
    rows = ratings("competitor")
    result = competitor_map(rows)
    nearest = dict(zip(result.frame["competitor"], result.frame["nearest"], strict=True))
    assert nearest["A"] == "B"
    assert nearest["B"] == "A"
    assert sum(result.explained) == pytest.approx(1)
    chosen = competitor_map(rows, axes=("price", "reach"))
    assert chosen.frame["x"].iloc[0] == pytest.approx(result.matrix.loc["A", "price"])
    back = competitor_map(rows.iloc[::-1]).frame.set_index("competitor")
    order = result.frame.set_index("competitor").loc[back.index]
    np.testing.assert_allclose(back["x"], order["x"], atol=1e-12)
    with pytest.raises(InputError, match="did you mean 'price'"):
        competitor_map(rows, axes=("prize", "reach"))
    with pytest.raises(InputError, match="found 35 of 36"):
        competitor_map(rows[1:])


def test_partner_fit_sums_to_one() -> None:
    weights = {"price": 2, "service": 1, "reach": 1}
    result = partner_fit(ratings("partner"), weights, rng=np.random.default_rng(1))
    assert result.frame["p_best"].sum() == pytest.approx(1)
    assert result.frame["partner"].iloc[0] == "A"
    one = ratings("partner").query("rater == 'r0'")
    assert partner_fit(one, weights, rng=np.random.default_rng(1)).frame["p_best"].isna().all()


def test_price_watch() -> None:
    prices = pd.DataFrame(
        {
            "rival": ["A", "A", "B"],
            "sku": list("xyz"),
            "before": [10.0, 20, 5],
            "after": [9.4, 21, 5],
        }
    )
    reviews = pd.DataFrame(
        {"rival": ["A", "B"], "negative_before": [50, 0], "n_before": [1000, 0],
         "negative_after": [90, 1], "n_after": [1000, 9]}
    )  # fmt: skip
    result = watch(prices, reviews)
    # 5 % itself is not beyond the mark.
    assert result.exposed["sku"].tolist() == ["x"]
    assert result.reviews["alert"].tolist() == [True, False]
    assert result.reviews["why"].iloc[1] == "no reviews before or after"
    assert "one SKU" in result.prices["why"].iloc[1]
    with pytest.raises(InputError, match="expected above 0"):
        watch(prices.assign(after=0.0))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_all_can_be_read_and_seen(lang: str) -> None:
    import matplotlib.pyplot as plt

    rows = pd.DataFrame([[4, 1, 3, 2], [3, 2, 3, 2]], columns=list(NAMES))
    weights = dict.fromkeys(NAMES, 0.25)
    prices = pd.DataFrame({"rival": ["A"], "sku": ["x"], "before": [10.0], "after": [9.0]})
    gen = np.random.default_rng(1)
    results: list[Any] = [
        scored(),
        internal_external(GROUPS, weights, rows, rng=gen),
        qspm(weights, {"r": pd.DataFrame({"x": [4] * 4, "y": [2] * 4}, index=list(NAMES))}),
        competitor_map(ratings("competitor")),
        competitor_map(ratings("competitor"), axes=("price", "reach")),
        partner_fit(ratings("partner"), dict.fromkeys(("price", "service", "reach"), 1), rng=gen),
        watch(prices),
    ]
    for result in results:
        assert result.summary(lang)
        assert len(result.table(lang))
        assert isinstance(result.plot(lang=lang), Axes)
        plt.close("all")
