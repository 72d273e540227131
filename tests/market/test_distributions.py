from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from analysis.base.errors import InputError
from analysis.market import (
    Fixed,
    LogNormal,
    lognormal,
    lognormal_product,
    normal,
    pert,
    points,
    triangular,
)

SHARES = np.array([1e-6, 0.05, 0.1, 0.5, 0.9, 0.95, 1 - 1e-6])


def test_an_interval_is_met_by_the_5_and_95_percent_points() -> None:
    made = lognormal(1, 10)
    # squigglepy's `sq.to(1, 10)`: norm_mean 1.151293, norm_sd 0.699943 (reference case market-02)
    assert made.mu == pytest.approx(1.151292546, abs=1e-9)
    assert made.sigma == pytest.approx(0.699936169, abs=1e-9)
    assert made.quantile([0.05, 0.95]) == pytest.approx([1, 10])
    # squigglepy 0.30's `sq.lognorm(25, 400)` and `sq.norm(-2, 6)`, run beside this.
    wide = lognormal(25, 400)
    assert (wide.mu, wide.sigma) == pytest.approx((4.605170185988091, 0.8428071278835987))
    assert normal(-2, 6).sd == pytest.approx(2.4318273276470768)
    assert normal(-2, 6).quantile([0.05, 0.5, 0.95]) == pytest.approx([-2, 2, 6])


def test_a_narrow_interval_far_out_keeps_its_width() -> None:
    made = lognormal(1e9, 1e9 + 1)
    assert made.sigma * 2 * 1.6448536269514722 == pytest.approx(1e-9, rel=1e-6)


@pytest.mark.parametrize("convention", ["vose", "classic"])
def test_pert_has_the_variance_of_its_convention(convention: str) -> None:
    made = pert(1, 2, 4, convention=convention)
    own = stats.beta(made.alpha, made.beta, 1, 3)
    wanted = (13 / 6 - 1) * (4 - 13 / 6) / 7 if convention == "vose" else 9 / 36
    assert made.mean == pytest.approx(13 / 6, abs=1e-12)
    assert made.variance == pytest.approx(wanted, abs=1e-12)
    assert (own.mean(), own.var()) == pytest.approx((made.mean, wanted))
    assert made.quantile(SHARES) == pytest.approx(own.ppf(SHARES))


def test_the_moments_are_those_of_the_quantiles() -> None:
    unit = points(2**16, 1, np.random.default_rng(1))[:, 0]
    for made in (lognormal(1, 3), normal(1, 3), pert(0, 1, 5), triangular(0, 1, 5), Fixed(2.0)):
        drawn = made.quantile(unit)
        assert drawn.mean() == pytest.approx(made.mean, rel=2e-4)
        assert drawn.std() == pytest.approx(made.sd, rel=2e-3, abs=1e-12)


@pytest.mark.parametrize(("a", "b"), [(1, 2), (0, 2), (2, 2), (-1.0, 1e-3)])
def test_triangular_quantiles_are_scipys(a: float, b: float) -> None:
    made = triangular(a, b, 2.0001)
    own = stats.triang((b - a) / (2.0001 - a), a, 2.0001 - a)
    assert made.quantile(SHARES) == pytest.approx(own.ppf(SHARES))
    assert made.sd == pytest.approx(own.std())


@given(st.floats(1.0, 300.0), st.floats(1.0, 300.0))
def test_many_beta_quantiles_are_the_exact_ones(alpha: float, beta: float) -> None:
    total = alpha + beta - 2
    if total == 0:
        return
    made = pert(0, (alpha - 1) / total, 1, weight=total)
    shares = np.concatenate([SHARES, np.linspace(1e-9, 1 - 1e-9, 9000)])
    exact = special.betaincinv(made.alpha, made.beta, shares[::50])
    assert made.quantile(shares)[::50] == pytest.approx(exact, rel=1e-8, abs=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lognormal(10, 1), "found p5 10 above p95 1"),
        (lambda: lognormal(3, 3), "an interval of no width; expected p5 below p95, or .*'fixed'"),
        (lambda: lognormal(0, 3), "found p5 0, expected above 0 for a lognormal"),
        (lambda: normal(2, math.nan), "expected finite numbers"),
        (lambda: normal(1, 2, level=1.0), "level 1, expected between 0 and 1"),
        (lambda: pert(1, 0, 2), "found min 1, mode 0, max 2, expected min <= mode <= max"),
        (lambda: pert(1, 1, 1), "min = max = 1, a range of no width"),
        (
            lambda: pert(1, 2, 3, convention="clasic"),
            "found variance 'clasic', expected one of vose, classic; did you mean",
        ),
        (lambda: pert(1, 2, 3, weight=-1), "lambda -1, expected above 0"),
        (lambda: pert(1, 1, 3, weight=200, convention="classic"), "too much for the classic"),
        (lambda: triangular(1, 4, 3), "expected min <= mode <= max"),
    ],
)
def test_what_is_no_distribution_is_refused(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(InputError, match=message):
        make()


def test_a_product_of_correlated_lognormals_is_exact() -> None:
    factors = {"a": LogNormal(1.0, 0.3), "b": LogNormal(0.5, 0.4), "c": LogNormal(-1.0, 0.2)}
    made = lognormal_product(factors, {"c": -1.0}, {("a", "b"): 0.6, ("b", "c"): -0.5})
    # By hand: .09 + .16 + .04 + 2(.6)(.3)(.4) + 2(-.5)(.4)(-.2)
    assert made.sigma**2 == pytest.approx(0.09 + 0.16 + 0.04 + 0.144 + 0.08)
    assert made.mu == pytest.approx(2.5)
    with pytest.raises(ValueError, match="expected names of"):
        lognormal_product(factors, {"d": 1.0})
    with pytest.raises(ValueError, match=r"correlation of a and b: found 1\.5"):
        lognormal_product(factors, None, {("a", "b"): 1.5})
