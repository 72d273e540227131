from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special
from scipy import stats as scipy_stats
from statsmodels.stats.multitest import multipletests

from analysis.stats.many_to_one import critical_value, equal_arms, exceedance, step_down
from analysis.stats.multiplicity import ADJUSTMENTS, adjust, holm, null_share, sidak, storey

STATSMODELS = {
    "bonferroni": "bonferroni", "sidak": "sidak", "holm_sidak": "holm-sidak",
    "hochberg": "simes-hochberg", "bh": "fdr_bh", "by": "fdr_by",
}  # fmt: skip
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@pytest.mark.parametrize("method", STATSMODELS)
@given(p=P_VALUES)
def test_as_statsmodels(method: str, p: list[float]) -> None:
    with np.errstate(divide="ignore"):
        expected = multipletests(p, method=STATSMODELS[method])[1]
    np.testing.assert_allclose(adjust(p, method), expected, rtol=1e-9, atol=1e-13)


@given(p=P_VALUES)
def test_holm_by_its_definition(p: list[float]) -> None:
    order = sorted(range(len(p)), key=lambda i: p[i])
    steps = [min(1.0, (len(p) - rank) * p[i]) for rank, i in enumerate(order)]
    expected = {i: max(steps[: rank + 1]) for rank, i in enumerate(order)}
    np.testing.assert_allclose(holm(p), [expected[i] for i in range(len(p))], rtol=1e-14)


@pytest.mark.parametrize("method", ADJUSTMENTS)
@given(p=P_VALUES, seed=st.integers(0, 99))
def test_order_does_not_matter_and_none_gets_smaller(
    method: str, p: list[float], seed: int
) -> None:
    values = np.array(p)
    order = np.random.default_rng(seed).permutation(len(p))
    adjusted = adjust(values, method)
    np.testing.assert_allclose(adjust(values[order], method), adjusted[order], rtol=1e-14)
    assert (adjusted >= values * (1 - 1e-12)).all()
    assert (adjusted <= 1).all()


def test_missing_p_values_stay_and_do_not_count() -> None:
    for method in ADJUSTMENTS:
        with_gap = adjust([0.01, math.nan, 0.04], method)
        assert math.isnan(with_gap[1])
        np.testing.assert_allclose(with_gap[[0, 2]], adjust([0.01, 0.04], method))


def test_small_p_values_keep_their_digits() -> None:
    np.testing.assert_allclose(sidak([1e-300, 1.0]), [2e-300, 1.0], rtol=1e-14)
    np.testing.assert_allclose(holm([1e-300, 3e-300, 0.5]), [3e-300, 6e-300, 0.5], rtol=1e-14)


def test_empty_and_wrong_input() -> None:
    assert adjust([], "bh").shape == (0,)
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjust([1.2], "bh")
    with pytest.raises(ValueError, match="expected one of bonferroni"):
        adjust([0.2], "bhh")
    with pytest.raises(ValueError, match="one dimension"):
        adjust(np.ones((2, 2)), "bh")
    with pytest.raises(ValueError, match="cut"):
        null_share([0.1], 1.0)


def test_storey_by_hand() -> None:
    p = [0.001, 0.01, 0.02, 0.3, 0.6, 0.9]
    share = (1 + 2) / (0.5 * 6)
    assert null_share(p) == pytest.approx(min(1, share))
    assert null_share([0.001] * 19 + [0.9]) == pytest.approx(2 / 10)
    np.testing.assert_allclose(storey([0.001] * 19 + [0.9]), [0.001 * 20 / 19 * 0.2] * 19 + [1.0])


@pytest.mark.parametrize("method", ["bh", "by", "storey"])
def test_false_discovery_rate(method: str) -> None:
    """A fifth of 200 tests has an effect of 3 standard errors; 2,000 programmes."""
    rng = np.random.default_rng(1)
    null = np.arange(200) >= 40
    z = rng.standard_normal((2000, 200)) + np.where(null, 0.0, 3.0)
    p = 2 * special.ndtr(-np.abs(z))
    share = np.empty(len(p))
    for i, row in enumerate(p):
        found = (storey(row) if method == "storey" else adjust(row, method)) <= 0.05
        share[i] = (found & null).sum() / max(found.sum(), 1)
    error = share.std() / math.sqrt(len(share))
    promised = 0.05 if method == "storey" else 0.05 * 0.8
    assert share.mean() < promised + 3 * error
    if method == "bh":
        assert share.mean() > promised - 3 * error


# Tables of Dunnett (1964), two-sided 5 %, equal arms, two decimals.
@pytest.mark.parametrize(
    ("k", "df", "value"),
    [(1, 5, 2.57), (2, 5, 3.03), (3, 5, 3.29), (2, 10, 2.57), (3, 20, 2.54), (3, math.inf, 2.35)],
)
def test_critical_values_as_tabled(k: int, df: float, value: float) -> None:
    assert critical_value(equal_arms(k), df) == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize("df", [1.0, 3.0, 40.0, 1e6, math.inf])
@pytest.mark.parametrize("bound", [0.2, 2.0, 6.0, 25.0])
@pytest.mark.parametrize("loading", [0.0, 0.4, 0.9, 0.9999, 1.0])
def test_one_arm_is_the_univariate_test(df: float, bound: float, loading: float) -> None:
    expected = 2 * float(special.stdtr(df, -bound))
    assert exceedance(bound, [loading], df) == pytest.approx(expected, rel=1e-7)
    assert exceedance(bound, [1.0, 1.0], df) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("bound", "b"),
    [(2.4, [0.1, 0.5, 0.99]), (3.0, [0.3, 0.9, 0.9999]), (9.0, [0.7, 0.7, 0.5])],
)
def test_against_adaptive_integration(bound: float, b: list[float]) -> None:
    loading = np.array(b)
    own = np.sqrt(1 - loading**2)

    def integrand(x: float) -> float:
        outside = special.ndtr((loading * x - bound) / own) + special.ndtr(
            (-bound - loading * x) / own
        )
        with np.errstate(divide="ignore"):
            return float(scipy_stats.norm.pdf(x) * -np.expm1(np.log1p(-outside).sum()))

    breaks = sorted(bound / loading[bound / loading < 20])
    expected = 2 * integrate.quad(integrand, 0, 20, points=breaks, limit=400, epsabs=0)[0]
    assert exceedance(bound, b) == pytest.approx(expected, rel=1e-8)


def test_independent_statistics_multiply() -> None:
    alone = 2 * float(special.ndtr(-2.5))
    assert exceedance(2.5, [0.0] * 20) == pytest.approx(1 - (1 - alone) ** 20, rel=1e-12)


@given(
    k=st.integers(1, 20),
    share=st.floats(0.0, 1.0),
    df=st.sampled_from([4.0, 30.0, math.inf]),
    alpha=st.sampled_from([0.01, 0.05, 0.2]),
)
def test_critical_value_inverts_and_lies_between(
    k: int, share: float, df: float, alpha: float
) -> None:
    b = equal_arms(k, share)
    c = critical_value(b, df, alpha)
    assert exceedance(c, b, df) == pytest.approx(alpha, rel=1e-8)
    least, most = (float(-special.stdtrit(df, a / 2)) for a in (alpha, alpha / k))
    assert least * (1 - 1e-8) <= c <= most * (1 + 1e-8)


def test_step_down_is_never_larger_and_starts_equal() -> None:
    b, t = equal_arms(4), np.array([1.0, -3.2, math.nan, 2.2])
    single = np.array([exceedance(abs(x), b[:3]) if x == x else math.nan for x in t])
    stepped = step_down(t, b)
    assert stepped[1] == pytest.approx(single[1])
    assert stepped[0] == pytest.approx(2 * float(special.ndtr(-1.0)))
    assert math.isnan(stepped[2])
    assert (stepped[[0, 1, 3]] <= single[[0, 1, 3]]).all()


def test_out_of_range() -> None:
    assert exceedance(100.0, [0.5]) == 0
    assert exceedance(0.0, [0.5]) == 1
    assert math.isnan(exceedance(math.nan, [0.5]))
    with pytest.raises(ValueError):
        exceedance(2.0, [1.5])
    with pytest.raises(ValueError):
        exceedance(2.0, [0.5], 0)
    with pytest.raises(ValueError):
        critical_value([0.5], 5, 1.5)
