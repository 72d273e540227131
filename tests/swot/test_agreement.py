from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputError
from analysis.swot import agreement, icc, kendall_w, krippendorff_alpha

NAN = math.nan
FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
)
KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        # krippendorff 0.9.0
        ("nominal", 0.743421052631579),
        ("ordinal", 0.8153875037548814),
        ("interval", 0.8491071428571428),
        ("ratio", 0.7974027747116121),
    ],
)
def test_alpha_is_that_of_the_peer(level: str, expected: float) -> None:
    found = krippendorff_alpha(KRIPPENDORFF, level)  # type: ignore[arg-type]
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.lo < found.value < found.hi <= 1


def test_six_forms_and_their_intervals() -> None:
    # pingouin 0.7.0 of Shrout & Fleiss' table, bounds to two decimals.
    frame = icc(FLEISS.T).frame.set_index("form")
    expected = {
        "ICC1": (0.165742, -0.13, 0.72), "ICC2": (0.289764, 0.02, 0.76),
        "ICC3": (0.714841, 0.34, 0.95), "ICC1k": (0.442797, -0.88, 0.91),
        "ICC2k": (0.620051, 0.07, 0.93), "ICC3k": (0.909316, 0.68, 0.99),
    }  # fmt: skip
    for form, (value, lo, hi) in expected.items():
        assert frame.loc[form, "value"] == pytest.approx(value, abs=1e-6)
        assert frame.loc[form, "lo"] == pytest.approx(lo, abs=0.0051)
        assert frame.loc[form, "hi"] == pytest.approx(hi, abs=0.0051)
    assert frame.loc["ICC3", "p_value"] == pytest.approx(0.000135, abs=1e-6)


def test_concordance_with_ties() -> None:
    ratings = np.array([[1, 2, 2, 4], [1, 2, 3, 4], [2, 2, 3, 3]])
    found = kendall_w(ratings)
    ranks = np.array([[1, 2.5, 2.5, 4], [1, 2, 3, 4], [1.5, 1.5, 3.5, 3.5]])
    s = ((ranks.sum(axis=0) - 7.5) ** 2).sum()
    ties = (2**3 - 2) * 3
    assert found.w.value == pytest.approx(12 * s / (9 * (4**3 - 4) - 3 * ties))
    assert found.chi2 == pytest.approx(3 * 3 * found.w.value)


def test_perfect_and_absent_spread_are_said() -> None:
    same = np.tile(np.arange(5.0), (3, 1))
    found = agreement(same)
    assert found.frame["value"].tolist() == pytest.approx([1.0] * 4)
    alpha = found.alpha
    assert alpha.shape == "undefined"
    assert "wholly" in alpha.why
    assert "wholly" in found.summary()
    flat = agreement(np.ones((3, 5)))
    assert flat.frame["value"].isna().all()
    assert (flat.frame["why"] != "").all()
    shifted = icc(np.arange(5.0) + np.array([[0.0], [1.0], [2.0]])).frame.set_index("form")
    assert shifted.loc["ICC3", "value"] == pytest.approx(1)
    assert shifted.loc["ICC3", "why"]
    assert not shifted.loc["ICC2", "why"]


def test_items_of_equal_means_have_no_f_interval() -> None:
    table = np.array([[1, 2, 3], [3, 2, 1]])
    w = kendall_w(table).w
    assert w.value == 0
    assert "equal means" in w.why
    single = icc(table).interval("ICC1")
    assert single.value == -1
    assert "equal means" in single.why


@pytest.mark.parametrize("shape", [(1, 6), (3, 1)])
def test_one_rater_or_one_item_is_undefined(shape: tuple[int, int]) -> None:
    found = agreement(np.arange(float(np.prod(shape))).reshape(shape))
    assert (found.frame["why"] != "").all()
    assert found.summary()
    assert found.summary("zh")


def test_missing_ratings_leave_alpha() -> None:
    found = agreement(KRIPPENDORFF)
    assert found.concordance is None
    assert not found.alpha.why
    assert "missing" in found.frame["why"].iloc[0]
    with pytest.raises(InputError, match="Krippendorff's alpha takes missing"):
        icc(KRIPPENDORFF)


def test_intervals_cover() -> None:
    # Items N(0, 1), raters' levels N(0, 0.5), residuals N(0, 0.7), 15 items, 5 raters: ICC2 is
    # 1 / (1 + .25 + .49). 500 tables; Monte-Carlo error of a coverage 1 %.
    gen, truth, hits, rho = rng(), 1 / 1.74, [], 6 / math.pi * math.asin(1 / 1.49 / 2)
    w, inside = (1 + 4 * rho) / 5, []
    for _ in range(500):
        table = gen.normal(size=(1, 15)) + gen.normal(0, 0.5, (5, 1)) + gen.normal(0, 0.7, (5, 15))
        one = icc(table).interval("ICC2")
        hits.append(one.lo <= truth <= one.hi)
        two = kendall_w(table).w
        inside.append(two.lo <= w <= two.hi)
    assert abs(np.mean(hits) - 0.95) < 0.03
    # W's interval takes ranks as normal.
    assert abs(np.mean(inside) - 0.95) < 0.04


@pytest.mark.parametrize(("items", "raters", "noise"), [(12, 5, 0.7), (26, 5, 1.2), (12, 3, 0.5)])
def test_the_interval_of_alpha_covers(items: int, raters: int, noise: float) -> None:
    # Scores of four steps; the truth from one table of 30,000 items. 300 tables: Monte-Carlo error
    # of a coverage 1.3 %. A bootstrap of items covers 0.86 to 0.91 here.
    gen = np.random.default_rng(items + raters)

    def rated(n: int) -> np.ndarray:
        x = gen.normal(size=(1, n)) + gen.normal(0, noise, (raters, n))
        return np.clip(np.round(0.8 * x + 2.5), 1, 4)

    truth = krippendorff_alpha(rated(5000), "interval").value
    found = [krippendorff_alpha(rated(items), "interval") for _ in range(300)]
    held = [one.lo <= truth <= one.hi for one in found]
    assert abs(np.mean(held) - 0.95) < 0.04


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 9))
def test_agreement_stays_in_its_range(seed: int, raters: int, items: int) -> None:
    table = np.random.default_rng(seed).integers(1, 5, (raters, items)).astype(float)
    found = agreement(table)
    for row in found.frame.to_dict("records"):
        if row["why"]:
            assert math.isnan(row["lo"])
        else:
            assert row["lo"] <= row["value"] <= row["hi"] <= 1
            # Chance agreement may be missed by any margin; only these two have a floor.
            floor = {"W": 0.0, "alpha": -1.0}.get(row["measure"], -math.inf)
            assert floor <= row["lo"]
    w = found.frame["value"].iloc[0]
    assert math.isnan(w) or 0 <= w <= 1
    # Neither the order of raters nor that of items plays a part.
    again = agreement(table[::-1, ::-1]).frame
    np.testing.assert_allclose(again["value"], found.frame["value"], atol=1e-12)


def test_an_interval_that_one_item_decides_is_refused() -> None:
    # Without the last item all raters agree wholly.
    table = np.array([[1, 2, 3, 4, 1], [1, 2, 3, 4, 3.0]])
    found = krippendorff_alpha(table)
    assert found.shape == "undefined"
    assert "without one of the items" in found.why
    assert found.value < 1


def test_raters_who_cancel_each_other_out_give_no_bounds() -> None:
    # No spread between items, none between raters: Satterthwaite's degrees of freedom are 0 / 0.
    found = agreement(np.array([[3.0, 1.0], [1.0, 3.0], [2.0, 2.0]])).frame
    of_icc = found[found["measure"].str.startswith("ICC")]
    assert len(of_icc)
    assert of_icc["lo"].isna().all()
