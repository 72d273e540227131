from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from analysis.experiments import ranks
from analysis.experiments.contrast import ONE_USER


def by_enumeration(one: list[float], other: list[float]) -> float:
    """Share of all choices of the arm whose rank sum is as far from its expectation."""
    placed = 2 * stats.rankdata([*one, *other])
    m, users = len(other), len(placed)
    sums = np.array(
        [sum(placed[list(chosen)]) for chosen in itertools.combinations(range(users), m)]
    )
    centre = m * placed.sum() / users
    found = abs(placed[len(one) :].sum() - centre)
    return float(np.mean(np.abs(sums - centre) >= found - 1e-9))


@given(
    one=st.lists(st.integers(0, 4), min_size=1, max_size=6),
    other=st.lists(st.integers(0, 5), min_size=1, max_size=7),
)
@settings(max_examples=80, deadline=None)
def test_exact_is_the_enumeration_also_with_ties(one: list[int], other: list[int]) -> None:
    test = ranks.mann_whitney(one, other)
    if len({*one, *other}) == 1:
        assert math.isnan(test.p_value)
        assert test.superiority.shape == "undefined"
        return
    assert test.p_value == pytest.approx(by_enumeration(list(one), list(other)), abs=1e-12)
    pairs = np.sign(np.subtract.outer(np.array(other), np.array(one)))
    assert test.u == np.sum((pairs + 1) / 2)
    assert test.ties == (len({*one, *other}) < len(one) + len(other))


@pytest.mark.parametrize(("n", "m"), [(6, 5), (30, 40), (60, 40), (3, 90)])
def test_exact_without_ties_is_scipys(n: int, m: int) -> None:
    rng = np.random.default_rng(n)
    one, other = rng.normal(size=n), rng.normal(0.4, size=m)
    found = ranks.mann_whitney(one, other)
    peer = stats.mannwhitneyu(other, one, method="exact")
    assert (found.u, found.p_value) == pytest.approx((peer.statistic, peer.pvalue), rel=1e-10)


def test_normal_is_scipys_with_many_ties_and_users() -> None:
    rng = np.random.default_rng(2)
    one = rng.lognormal(size=50_000) * (rng.random(50_000) < 0.02)
    other = rng.lognormal(0.1, size=30_000) * (rng.random(30_000) < 0.023)
    found = ranks.mann_whitney(one, other)
    peer = stats.mannwhitneyu(other, one, method="asymptotic")
    assert (found.u, found.p_value) == pytest.approx((peer.statistic, peer.pvalue), rel=1e-8)
    assert found.test == "Mann–Whitney, normal approximation"
    assert ranks.mann_whitney([1, 2], [1, 2], method="normal").p_value == 1
    tiny = ranks.mann_whitney(np.arange(900.0), np.arange(900.0) + 2000)
    peer = stats.mannwhitneyu(np.arange(900.0) + 2000, np.arange(900.0), method="asymptotic")
    assert tiny.p_value == pytest.approx(peer.pvalue, rel=1e-8)
    assert tiny.p_value < 1e-290


def test_superiority_is_that_of_brunner_and_munzel() -> None:
    one, other = [1, 2, 2, 3, 5, 6, 8], [2, 4, 5, 5, 7, 9]
    found = ranks.mann_whitney(one, other).superiority
    peer = stats.brunnermunzel(one, other)
    # Their t statistic is (theta - 1/2) over the standard error that the logit interval scales.
    theta = found.value
    half = math.log(found.hi / (1 - found.hi)) - math.log(theta / (1 - theta))
    se = (theta - 0.5) / abs(peer.statistic)
    critical = half * theta * (1 - theta) / se
    df = optimize.brentq(
        lambda df: 2 * stats.t.sf(abs(peer.statistic), df) - peer.pvalue, 1, 500, xtol=1e-12
    )
    assert stats.t.sf(critical, df) == pytest.approx(0.025, rel=1e-8)


def test_arms_that_do_not_overlap() -> None:
    found = ranks.mann_whitney([1, 2, 3], [4, 5, 6, 7])
    assert found.p_value == pytest.approx(2 / 35)
    interval = found.superiority
    assert (interval.value, interval.hi, interval.method) == (1, 1, "Newcombe, method 5")
    # The lower bound solves Newcombe's equation.
    t, mean = interval.lo, 3.5
    inner = 1 + (mean - 1) * ((1 - t) / (2 - t) + t / (1 + t))
    assert (1 - t) ** 2 == pytest.approx(1.959964**2 * t * (1 - t) * inner / 12, rel=1e-5)
    mirror = ranks.mann_whitney([4, 5, 6, 7], [1, 2, 3]).superiority
    assert (mirror.lo, mirror.hi) == pytest.approx((0, 1 - interval.lo))


def test_what_cannot_be_said() -> None:
    assert ranks.mann_whitney([1], [2, 3]).superiority.why == ONE_USER
    same = ranks.mann_whitney([2, 2], [2, 2, 2])
    assert same.superiority.why == ranks.SAME_VALUE
    with pytest.raises(ValueError, match="none of them missing"):
        ranks.mann_whitney([], [1])
    with pytest.raises(ValueError, match="none of them missing"):
        ranks.mann_whitney([1, math.nan], [1])
    with pytest.raises(ValueError, match="expected auto, exact or normal"):
        ranks.mann_whitney([1], [1], method="fast")  # type: ignore[arg-type]


def test_coverage_of_superiority_with_many_zeros() -> None:
    rng, draws, held = np.random.default_rng(3), 1200, 0
    share_one, share_other = 0.2, 0.3
    both = share_one * share_other * stats.norm.cdf(0.3 / math.sqrt(2))
    zeros = (1 - share_one) * (1 - share_other)
    truth = share_other * (1 - share_one) + both + zeros / 2
    for _ in range(draws):
        one = rng.lognormal(size=80) * (rng.random(80) < share_one)
        other = rng.lognormal(0.3, size=60) * (rng.random(60) < share_other)
        held += truth in ranks.mann_whitney(one, other, method="normal").superiority
    assert abs(held / draws - 0.95) < 3.5 * math.sqrt(0.05 * 0.95 / draws)
