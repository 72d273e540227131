from __future__ import annotations

import math

import numpy as np
import pytest

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
    found = krippendorff_alpha(KRIPPENDORFF, level, rng=rng())  # type: ignore[arg-type]
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
    found = agreement(same, rng=rng())
    assert found.frame["value"].tolist() == pytest.approx([1.0] * 4)
    alpha = found.alpha
    assert alpha.shape == "undefined"
    assert "wholly" in alpha.why
    assert "wholly" in found.summary()
    flat = agreement(np.ones((3, 5)), rng=rng())
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
    found = agreement(np.arange(float(np.prod(shape))).reshape(shape), rng=rng())
    assert (found.frame["why"] != "").all()
    assert found.summary()
    assert found.summary("zh")


def test_missing_ratings_leave_alpha() -> None:
    found = agreement(KRIPPENDORFF, rng=rng())
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
