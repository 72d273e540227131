"""Exact tests against published values, fractions and brute force; their power and size."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from analysis.experiments import Counts
from analysis.experiments.exact import (
    ExactName,
    barnard,
    boschloo,
    exact_power,
    fisher,
    rejection_region,
)
from analysis.experiments.unconditional import (
    Alternative,
    fisher_order,
    largest_probability,
    pooled_order,
)

SIDES: tuple[Alternative, ...] = ("two-sided", "greater", "less")


def arms(x1: int, n1: int, x0: int, n0: int) -> tuple[Counts, Counts]:
    """Control and arm."""
    return Counts(x0, n0), Counts(x1, n1)


def by_fractions(x1: int, n1: int, x0: int, n0: int, alternative: Alternative) -> Fraction:
    """Fisher's p-value without rounding."""
    total = x0 + x1
    masses = {
        k: comb(n1, k) * comb(n0, total - k) for k in range(max(0, total - n0), min(n1, total) + 1)
    }
    among = {
        "two-sided": [m for m in masses.values() if m <= masses[x1]],
        "greater": [m for k, m in masses.items() if k >= x1],
        "less": [m for k, m in masses.items() if k <= x1],
    }[alternative]
    return Fraction(sum(among), sum(masses.values()))


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        # Fisher (1935): the lady tasting tea.
        ((3, 4, 1, 4), 0.4857142857),
        # Fagerland, Lydersen & Laake (2017), chapter 4.
        ((0, 16, 15, 72), 0.06287),
    ],
)
def test_fisher_published(table: tuple[int, int, int, int], expected: float) -> None:
    assert fisher(*arms(*table)).p_value == pytest.approx(expected, abs=5e-6)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(SIDES))
def test_fisher_is_the_fraction(data: st.DataObject, alternative: Alternative) -> None:
    n1, n0 = data.draw(st.integers(1, 400)), data.draw(st.integers(1, 400))
    x1, x0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    found = fisher(*arms(x1, n1, x0, n0), alternative=alternative).p_value
    expected = float(by_fractions(x1, n1, x0, n0, alternative))
    assert found == pytest.approx(expected, rel=1e-11)
    every = fisher_order(n0, n1, alternative) if n0 * n1 < 2000 else None
    if every is not None:
        assert every[x1, x0] == pytest.approx(expected, rel=1e-9)


def test_fisher_of_a_billion_users() -> None:
    # Rare successes: one count given both is binomial, up to 1e-7.
    found = fisher(Counts(100, 1e9), Counts(130, 1e9))
    assert found.p_value == pytest.approx(stats.binomtest(130, 230).pvalue, rel=1e-5)
    # Common ones, enumerated in a window: the normal with a continuity correction.
    found = fisher(Counts(2e8, 1e9), Counts(2e8 + 40_000, 1e9))
    spread = math.sqrt(2e9 * 0.20002 * 0.79998)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(39_999 / spread), rel=1e-6)
    assert fisher(Counts(2e8, 1e9), Counts(4e8, 1e9)).p_value == 0.0


def test_tiny_fisher_p_values_keep_their_digits() -> None:
    found = fisher(Counts(0, 500), Counts(500, 500)).p_value
    assert found == pytest.approx(2 / comb(1000, 500), rel=1e-11)
    assert 0 < found < 1e-298


def test_suissa_shuster_published() -> None:
    # Fagerland et al. (2017), chapter 4, whose search for the maximum stops at 0.28916.
    assert barnard(*arms(3, 4, 1, 4)).p_value == pytest.approx(0.28916, abs=3e-4)
    # Mehta & Senchaudhuri (2003), Conditional versus unconditional exact tests: 7 of 15 against
    # 12 of 15, one-sided 0.0341, at a common rate of 0.9 or (failures) 0.1.
    found = barnard(Counts(7, 15), Counts(12, 15), alternative="greater")
    assert found.p_value == pytest.approx(0.0341, abs=5e-5)


def test_barnard_keeps_its_exact_ties() -> None:
    """Equal statistics are found with whole numbers; scipy loses one and says 0.05977."""
    x1, n1, x0, n0 = 7, 19, 8, 11

    def square(i: int, j: int) -> Fraction:
        both = i + j
        spread = both * (n0 + n1 - both)
        return Fraction((i * n0 - j * n1) ** 2, spread) if spread else Fraction(0)

    inside = [
        (i, j) for i, j in product(range(n1 + 1), range(n0 + 1)) if square(i, j) >= square(x1, x0)
    ]
    rates = np.linspace(0, 1, 4001)
    heights = sum(stats.binom.pmf(i, n1, rates) * stats.binom.pmf(j, n0, rates) for i, j in inside)
    found = barnard(*arms(x1, n1, x0, n0))
    assert found.p_value == pytest.approx(float(np.max(heights)), rel=1e-6)
    assert found.p_value == pytest.approx(0.06751410663, rel=1e-8)
    at = Fraction(found.rate)
    again = sum(
        comb(n1, i) * comb(n0, j) * at ** (i + j) * (1 - at) ** (n0 + n1 - i - j) for i, j in inside
    )
    assert float(again) == pytest.approx(found.p_value, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from(SIDES))
def test_the_maximum_is_the_maximum(data: st.DataObject, alternative: Alternative) -> None:
    """No common rate of a dense grid gives a region more than its size."""
    n1, n0 = data.draw(st.integers(1, 30)), data.draw(st.integers(1, 30))
    x1, x0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    order = pooled_order(n0, n1, alternative)
    region = order <= order[x1, x0]
    size, rate = largest_probability(region)
    rates = np.concatenate([np.linspace(0, 1, 2001), np.geomspace(1e-7, 0.1, 500), [rate]])
    heights = (
        (stats.binom.pmf(np.arange(n1 + 1), n1, rates[:, None]) @ region)
        * stats.binom.pmf(np.arange(n0 + 1), n0, rates[:, None])
    ).sum(axis=1)
    assert size >= heights.max() * (1 - 1e-10)
    assert size == pytest.approx(min(heights[-1], 1.0), rel=1e-10)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_boschloo_is_never_above_fisher(data: st.DataObject) -> None:
    n1, n0 = data.draw(st.integers(1, 25)), data.draw(st.integers(1, 25))
    counts = arms(data.draw(st.integers(0, n1)), n1, data.draw(st.integers(0, n0)), n0)
    for side in SIDES:
        ordered = boschloo(*counts, alternative=side, two_sided="minlike")
        assert ordered.p_value <= fisher(*counts, alternative=side).p_value * (1 + 1e-9)


def test_boschloo_is_scipys() -> None:
    for table in ((3, 4, 1, 4), (4, 40, 9, 38), (1, 12, 8, 15)):
        x1, n1, x0, n0 = table
        peer = stats.boschloo_exact([[x1, x0], [n1 - x1, n0 - x0]], n=128).pvalue
        assert boschloo(*arms(*table)).p_value == pytest.approx(peer, abs=1e-4)


def test_failures_instead_of_successes_change_the_side_only() -> None:
    control, arm = arms(5, 23, 11, 19)
    not_control, not_arm = arms(18, 23, 8, 19)
    for test in (fisher, barnard, boschloo):
        one = test(control, arm, alternative="less").p_value
        assert test(not_control, not_arm, alternative="greater").p_value == pytest.approx(one)
        assert test(arm, control, alternative="greater").p_value == pytest.approx(one)


def test_tables_without_evidence() -> None:
    for counts in ((0, 1, 0, 1), (1, 1, 1, 1), (0, 10, 0, 20), (9, 9, 4, 4)):
        for test in (fisher, barnard, boschloo):
            assert test(*arms(*counts)).p_value == 1.0


def test_power_of_fisher_by_brute_force() -> None:
    n0, n1, p0, p1 = 12, 9, 0.15, 0.7
    expected = sum(
        stats.binom.pmf(i, n1, p1) * stats.binom.pmf(j, n0, p0)
        for i, j in product(range(n1 + 1), range(n0 + 1))
        if by_fractions(i, n1, j, n0, "two-sided") <= Fraction(1, 20)
    )
    assert float(exact_power(n0, n1, p0, p1)) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("test", ["barnard", "boschloo"])
@pytest.mark.parametrize("alternative", SIDES)
def test_regions_hold_the_tables_with_small_p_values(
    test: ExactName, alternative: Alternative
) -> None:
    n0, n1 = 9, 7
    calls = {"barnard": barnard, "boschloo": boschloo}
    region = rejection_region(n0, n1, alpha=0.1, test=test, alternative=alternative)
    for i, j in product(range(n1 + 1), range(n0 + 1)):
        p = calls[test](*arms(i, n1, j, n0), alternative=alternative).p_value
        assert region[i, j] == (p <= 0.1)


@pytest.mark.parametrize("test", ["fisher", "barnard", "boschloo"])
@pytest.mark.parametrize(("n0", "n1"), [(25, 25), (60, 30), (100, 100)])
def test_exact_tests_hold_their_level(test: ExactName, n0: int, n1: int) -> None:
    rates = np.linspace(0, 1, 401)
    assert float(exact_power(n0, n1, rates, rates, test=test).max()) <= 0.05 + 1e-12


def test_unconditional_tests_find_more() -> None:
    rates: NDArray[np.float64] = np.array([0.1, 0.2, 0.3])
    power = {
        test: exact_power(50, 50, rates, rates + 0.2, test=test)
        for test in ("fisher", "barnard", "boschloo")
    }
    assert (power["boschloo"] > power["fisher"] + 0.03).all()
    assert (power["barnard"] > power["fisher"] + 0.03).all()


def test_power_is_vectorised_and_certain_at_the_ends() -> None:
    found = exact_power(25, 25, [[0.0], [0.5]], [0.0, 0.5, 1.0])
    assert found.shape == (2, 3)
    assert found[0].tolist() == pytest.approx([0.0, 0.99796, 1.0], abs=1e-5)


def test_the_wrong_is_refused() -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        fisher(Counts(1.5, 3), Counts(1, 3))
    with pytest.raises(ValueError, match="alternative"):
        barnard(Counts(1, 3), Counts(1, 3), alternative="bigger")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="two_sided"):
        boschloo(Counts(1, 3), Counts(1, 3), two_sided="fisher")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expected at most 4000000"):
        barnard(Counts(8502, 44700), Counts(8279, 45489))
    with pytest.raises(ValueError, match="at least 1"):
        exact_power(0, 5, 0.1, 0.1)
    with pytest.raises(ValueError, match="rates"):
        exact_power(5, 5, 1.1, 0.1)
    with pytest.raises(ValueError, match="alpha"):
        exact_power(5, 5, 0.1, 0.1, alpha=5)
    with pytest.raises(ValueError, match="found 'chi2'"):
        exact_power(5, 5, 0.1, 0.1, test="chi2")  # type: ignore[arg-type]
