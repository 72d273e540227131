from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.experiments import contrast, means
from analysis.experiments.contrast import LIFTS, Lift
from analysis.experiments.fieller import NO_CHANCE, NOT_APART, ZERO_CONTROL, fieller
from analysis.experiments.moments import Moments, Sample, total


def sample(values: object) -> Sample:
    return Moments.of_rows(pd.DataFrame({"y": values}), ["y"]).sample("y")


def rows(seed: int, n: int, offset: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return offset + rng.lognormal(size=n) * (rng.random(n) < 0.5)


@pytest.mark.parametrize("equal", [False, True])
def test_the_test_is_scipys(equal: bool) -> None:
    one, other = rows(1, 60), rows(2, 45) * 1.4
    effect = means.compare(sample(one), sample(other), confidence=0.9, equal_variance=equal)
    peer = stats.ttest_ind(other, one, equal_var=equal)
    lo, hi = peer.confidence_interval(0.9)
    found = (
        effect.statistic,
        effect.p_value,
        effect.df,
        effect.difference.lo,
        effect.difference.hi,
    )
    assert found == pytest.approx((peer.statistic, peer.pvalue, peer.df, lo, hi), rel=1e-12)


@given(
    seed=st.integers(0, 10_000),
    n=st.integers(2, 60),
    m=st.integers(2, 60),
    cut=st.integers(1, 59),
    offset=st.sampled_from([0.0, 3.0, 1e9]),
    lift=st.sampled_from(LIFTS),
)
@settings(max_examples=60, deadline=None)
def test_rows_and_added_parts_agree(
    seed: int, n: int, m: int, cut: int, offset: float, lift: Lift
) -> None:
    one, other = rows(seed, n, offset), rows(seed + 1, m, offset)
    frame = pd.DataFrame({"y": one})
    at = min(cut, n - 1)
    parts = [Moments.of_rows(part, ["y"]) for part in (frame[:at], frame[at:])]
    whole = means.compare(sample(one), sample(other), lift=lift)
    again = means.compare(total(parts).sample("y"), sample(other), lift=lift)
    # At 1e9 a mean is known to 1e-7: what is left of nine digits of the spread.
    close = 1e-10 if offset < 1e9 else 1e-5
    assert again.lift.shape == whole.lift.shape
    for field in ("value", "lo", "hi"):
        for name in ("difference", "lift"):
            found, expected = (
                getattr(getattr(again, name), field),
                getattr(getattr(whole, name), field),
            )
            assert found == pytest.approx(
                expected, rel=close, abs=1e-12 + 1e-6 * (offset >= 1e9), nan_ok=True
            )


@given(
    control=st.floats(-5, 5), arm=st.floats(-5, 5), var_control=st.floats(0.01, 4),
    var_arm=st.floats(0.01, 4), correlation=st.floats(-0.9, 0.9), at=st.floats(-20, 20),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_fiellers_set_holds_what_is_not_refuted(
    control: float, arm: float, var_control: float, var_arm: float, correlation: float, at: float
) -> None:
    cov = correlation * math.sqrt(var_control * var_arm)
    found = fieller(control, arm, var_control, var_arm, 1.96, cov=cov)
    ratio = 1 + at
    spread = var_arm + ratio**2 * var_control - 2 * ratio * cov
    distance = (arm - ratio * control) ** 2 - 1.96**2 * spread
    if abs(distance) < 1e-9:
        return
    outside = found.shape == "outside"
    held = at <= found.lo or at >= found.hi if outside else found.lo <= at <= found.hi
    assert held == (distance <= 0)


def test_the_three_shapes_of_fieller() -> None:
    assert fieller(10, 12, 1, 1, 1.96).shape == "bounded"
    gap = fieller(1, 12, 1, 1, 1.96)
    assert (gap.shape, gap.why) == ("outside", NOT_APART)
    everything = fieller(1, 1, 1, 1, 1.96)
    assert (everything.lo, everything.hi, everything.shape) == (-math.inf, math.inf, "unbounded")
    half_line = fieller(2, 8, 1, 1, 2)
    assert (half_line.hi, half_line.shape) == (math.inf, "unbounded")
    # On the edge itself the distance is the critical one.
    ratio = 1 + half_line.lo
    assert (8 - 2 * ratio) ** 2 == pytest.approx(4 * (1 + ratio**2))
    nothing = fieller(2, 0, 1, 1, 2)
    assert nothing.shape == "unbounded"


def test_what_cannot_be_said_is_said() -> None:
    usual = Sample(10, 5.0, 2.0)
    for lift in LIFTS:
        single = means.compare(usual, Sample(1, 4.0, math.nan), lift=lift)
        assert single.difference.why == single.lift.why == contrast.ONE_USER
        assert math.isnan(single.p_value)
        assert single.lift.value == pytest.approx(-0.2)
        same = means.compare(Sample(9, 2.0, 0.0), Sample(8, 3.0, 0.0), lift=lift)
        assert same.difference.why == same.lift.why == contrast.NO_VARIATION
        assert math.isnan(same.statistic)
        none = means.compare(Sample(9, 0.0, 0.0), usual, lift=lift)
        assert none.lift.shape == "undefined"
        assert none.lift.why in (ZERO_CONTROL, contrast.SIGNS)
        assert none.difference.shape == "bounded"
    zeros = means.compare(usual, Sample(9, 0.0, 0.0))
    assert (zeros.lift.value, zeros.lift.why) == (-1.0, NO_CHANCE)
    assert means.compare(usual, Sample(9, 7.0, 0.0)).df == pytest.approx(9)
    negative = means.compare(usual, Sample(9, -7.0, 1.0), lift="log_delta")
    assert negative.lift.why == contrast.SIGNS
    weak = means.compare(Sample(10, 0.1, 2.0), usual)
    assert (weak.lift.shape, weak.lift.why) == ("outside", NOT_APART)
    with pytest.raises(ValueError, match="lift: found 'wald'"):
        means.compare(usual, usual, lift="wald")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="confidence: found 95"):
        means.compare(usual, usual, confidence=95)


def test_extremes() -> None:
    huge = means.compare(Sample(10**9, 1e9, 4.0), Sample(10**9, 1e9 + 1, 4.0))
    assert huge.difference.lo == pytest.approx(1 - 1.959963985 * huge.se, rel=1e-9)
    assert huge.lift.lo == pytest.approx(huge.difference.lo / 1e9, rel=1e-6)
    tiny = means.compare(Sample(10**6, 0.0, 1.0), Sample(10**6, 0.0523, 1.0))
    assert tiny.p_value == pytest.approx(2 * stats.t.sf(tiny.statistic, tiny.df), rel=1e-8)
    assert 1e-305 < tiny.p_value < 1e-295
    small = means.compare(Sample(5, 1e-160, 1e-320), Sample(5, 2e-160, 1e-320))
    assert small.df == pytest.approx(8)
    one, other = Sample(10, 3e150, 1e300), Sample(10, 6e150, 1e300)
    for lift in LIFTS:
        vast = means.compare(one, other, lift=lift).lift
        plain = means.compare(Sample(10, 3.0, 1.0), Sample(10, 6.0, 1.0), lift=lift).lift
        assert (vast.lo, vast.hi) == pytest.approx((plain.lo, plain.hi), rel=1e-12)
        far = means.compare(Sample(10, 1e-300, 0.0), Sample(10, 1.0, 1e-3), lift=lift).lift
        assert far.shape in ("bounded", "unbounded")
    two = means.compare(Sample(2, 1.0, 0.5), Sample(2, 3.0, 0.5))
    assert two.p_value == pytest.approx(
        stats.ttest_ind_from_stats(3, 0.5**0.5, 2, 1, 0.5**0.5, 2)[1]
    )


def test_pooled_coefficients_of_variation_change_nothing_for_equal_arms() -> None:
    one, other = Sample(500, 2.0, 30.0), Sample(500, 2.5, 50.0)
    pooled = means.compare(one, other, lift="fieller_equal_cv").lift
    plain = means.compare(one, other, lift="fieller_z").lift
    assert (pooled.lo, pooled.hi) == pytest.approx((plain.lo, plain.hi), rel=1e-12)


REPLICATIONS = 6000


def revenue(
    rng: np.random.Generator, users: int, buyers: float, sigma: float = 1.0
) -> list[Sample]:
    """Arms of users of whom a share buys for a lognormal amount."""
    counts = rng.binomial(users, buyers, REPLICATIONS)
    arm = np.repeat(np.arange(REPLICATIONS), counts)
    amounts = np.exp(sigma * rng.standard_normal(arm.size))
    sums = np.bincount(arm, amounts, REPLICATIONS)
    squares = np.bincount(arm, amounts**2, REPLICATIONS)
    variances = (squares - sums**2 / users) / (users - 1)
    return [Sample(users, s / users, v) for s, v in zip(sums, variances, strict=True)]


@pytest.mark.parametrize("users", [1000, 10_000])
@pytest.mark.parametrize(("truth", "by"), [(0.0, 0), (-0.2, 0), (0.2, 0), (0.5, 0), (0.5, 1)])
def test_the_default_lift_covers_skewed_revenue(users: int, truth: float, by: int) -> None:
    """2 % buyers, lognormal with sigma 1; more buyers (0) or dearer baskets (1)."""
    rng = np.random.default_rng(20240511)
    controls = revenue(rng, users, 0.02)
    arms = revenue(rng, users, 0.02 * (1 + truth) if by == 0 else 0.02)
    scale = 1.0 if by == 0 else 1 + truth
    arms = [Sample(s.n, s.mean * scale, s.variance * scale**2) for s in arms]
    pairs = list(zip(controls, arms, strict=True))
    found = [means.compare(*pair).lift for pair in pairs]
    plain = [means.compare(*pair, lift="fieller_z").lift.width for pair in pairs[:1000]]
    covered = np.mean([truth in lift for lift in found])
    # Measured over 20,000: 0.949 to 0.957; three standard errors of 6,000 allow for chance.
    assert covered >= 0.94 - 3 * math.sqrt(0.94 * 0.06 / REPLICATIONS)
    assert all(lift.shape != "undefined" for lift in found)
    unbounded = np.mean([lift.shape != "bounded" for lift in found])
    assert unbounded == pytest.approx(0.021 if users == 1000 else 0.0, abs=0.008)
    assert np.median([lift.width for lift in found[:1000]]) <= 1.1 * np.median(plain)


def test_unequal_arms_with_few_buyers_need_pooled_coefficients_of_variation() -> None:
    rng = np.random.default_rng(7)
    pairs = list(zip(revenue(rng, 9000, 0.02), revenue(rng, 1000, 0.02), strict=True))
    error = math.sqrt(0.94 * 0.06 / REPLICATIONS)
    pooled = np.mean([0 in means.compare(*p, lift="fieller_equal_cv").lift for p in pairs])
    assert pooled >= 0.94 - 3 * error
    # Known and said in the docstring: the default does not hold there.
    assert 0.89 < np.mean([0 in means.compare(*p).lift for p in pairs]) < 0.92
