"""Closed-form intervals of a difference of proportions against published examples."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.stats.intervals import agresti_caffo, newcombe


@pytest.mark.parametrize(
    ("arm", "control", "lo", "hi"),
    # Newcombe (1998), Statistics in Medicine 17:873-890, Table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_table_ii(
    arm: tuple[int, int], control: tuple[int, int], lo: float, hi: float
) -> None:
    low, high = newcombe(*control, *arm)
    assert float(low) == pytest.approx(lo, abs=5.1e-5)
    assert float(high) == pytest.approx(hi, abs=5.1e-5)


def test_agresti_caffo_of_fagerland() -> None:
    # Fagerland, Lydersen & Laake (2017), Statistical Analysis of Contingency Tables, chapter 4.
    low, high = agresti_caffo(1, 34, 7, 34)
    assert float(low) == pytest.approx(0.0116, abs=5e-5)
    assert float(high) == pytest.approx(0.3217, abs=5e-5)


def test_both_are_vectorised_and_turn_with_the_arms() -> None:
    x0, n0, x1, n1 = np.array([0, 3]), np.array([5, 9]), np.array([2, 9]), np.array([7, 9])
    for method in (newcombe, agresti_caffo):
        low, high = method(x0, n0, x1, n1, 0.9)
        back, forth = method(x1, n1, x0, n0, 0.9)
        np.testing.assert_allclose(low, -forth, atol=1e-15)
        np.testing.assert_allclose(high, -back, atol=1e-15)


def test_no_trials_no_newcombe_interval() -> None:
    assert np.isnan(newcombe(0, 0, 1, 2)).all()
