"""What planned looks promise, on simulated tests of conversion and revenue.

20,000 tests each; the Monte-Carlo error of an error rate of 5 % is 0.0015.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.experiments.sequential import RULES, Boundaries, boundaries, fixed_drift, plan
from analysis.experiments.sequential.estimates import chance_above
from tests.experiments.sequential.test_operating import first

Floats = NDArray[np.float64]
TESTS, LOOKS, USERS = 20_000, 20, 1000
"""Simulated tests, looks, users of one arm between two looks."""


def conversion(rng: np.random.Generator, rates: tuple[float, float], tests: int) -> Floats:
    """``(tests, LOOKS)`` pooled z-values of the second arm against the first."""
    n = USERS * np.arange(1, LOOKS + 1)
    one, other = (
        np.cumsum(rng.binomial(USERS, rate, (tests, LOOKS)), axis=1) / n for rate in rates
    )
    pooled = (one + other) / 2
    out: Floats = (other - one) / np.sqrt(pooled * (1 - pooled) * 2 / n)
    return out


def revenue(rng: np.random.Generator, tests: int) -> Floats:
    """``(tests, LOOKS)`` Welch z-values; 2 % of users buy for a lognormal amount, σ = 1."""
    n = USERS * np.arange(1, LOOKS + 1)
    means, squared_errors = [], []
    for _ in range(2):
        buyers = rng.binomial(USERS, 0.02, (tests, LOOKS))
        amounts = rng.lognormal(0.0, 1.0, int(buyers.sum()))
        edges = np.concatenate([[0], np.cumsum(buyers)])
        sums = [np.concatenate([[0.0], np.cumsum(values)]) for values in (amounts, amounts**2)]
        total, square = (
            np.cumsum(np.diff(part[edges]).reshape(tests, LOOKS), axis=1) for part in sums
        )
        means.append(total / n)
        squared_errors.append((square / n - (total / n) ** 2) / (n - 1))
    out: Floats = (means[1] - means[0]) / np.sqrt(squared_errors[0] + squared_errors[1])
    return out


@pytest.fixture(scope="module")
def null() -> dict[str, Floats]:
    """z-values of tests without an effect."""
    rng = np.random.default_rng(20)
    parts = [revenue(rng, TESTS // 4) for _ in range(4)]
    return {
        "conversion": conversion(rng, (0.05, 0.05), TESTS),
        "revenue": np.concatenate(parts),
    }


@pytest.mark.parametrize("metric", ["conversion", "revenue"])
@pytest.mark.parametrize("looks", [10, 20])
@pytest.mark.parametrize("name", RULES)
def test_error_is_kept(null: dict[str, Floats], name: str, looks: int, metric: str) -> None:
    z = null[metric][:, LOOKS // looks - 1 :: LOOKS // looks]
    made = boundaries(plan(looks, name))
    error = float((np.abs(z) >= made.upper).any(axis=1).mean())
    assert 0.035 < error <= 0.055


def test_peeking_does_not_keep_it(null: dict[str, Floats]) -> None:
    error = float((np.abs(null["conversion"]) >= 1.96).any(axis=1).mean())
    assert error == pytest.approx(0.248, abs=0.012)


def test_error_is_kept_when_looks_fall_as_they_may(null: dict[str, Floats]) -> None:
    rng = np.random.default_rng(4)
    planned, hits = plan(5), 0
    for part in np.split(null["conversion"], 200):
        at = np.sort(rng.choice(LOOKS - 1, size=rng.integers(1, 9), replace=False))
        looks = [*((at + 1) / LOOKS), 1.0]
        upper = boundaries(planned, looks).upper
        hits += int((np.abs(part[:, [*at, LOOKS - 1]]) >= upper).any(axis=1).sum())
    assert 0.04 < hits / TESTS <= 0.055


@pytest.mark.parametrize("looks", [10, 20])
def test_obrien_fleming_keeps_the_power_of_the_fixed_test(looks: int) -> None:
    n = USERS * LOOKS
    # The lift that a fixed test of this size finds with power 0.80.
    other = 0.05 + fixed_drift(0.05, 2, 0.8) * np.sqrt(2 * 0.052 * 0.948 / n)
    z = conversion(np.random.default_rng(8), (0.05, other), TESTS)
    fixed = float((np.abs(z[:, -1]) >= 1.959964).mean())
    assert fixed == pytest.approx(0.8, abs=0.015)
    for name in ("obrien_fleming", "spending_obrien_fleming"):
        upper = boundaries(plan(looks, name)).upper
        power = float((np.abs(z[:, LOOKS // looks - 1 :: LOOKS // looks]) >= upper).any(1).mean())
        # Both are of the same tests, so their ratio is within 0.004 (2 standard errors).
        assert power >= 0.97 * fixed


def test_intervals_of_conversion_tests_cover_the_truth() -> None:
    rates, n = (0.05, 0.058), USERS * np.arange(1, LOOKS + 1)
    rng = np.random.default_rng(13)
    one, other = (
        np.cumsum(rng.binomial(USERS, rate, (1500, LOOKS)), axis=1)[:, 3::4] for rate in rates
    )
    users = n[3::4]
    p, q = one / users, other / users
    se = np.sqrt((p * (1 - p) + q * (1 - q)) / users)
    made: Boundaries = boundaries(plan(5, "spending_pocock"))
    z = (q - p) / se
    at = np.minimum(first(np.abs(z) >= made.upper), 4)
    rows = np.arange(len(z))
    drifts = (rates[1] - rates[0]) / (se * np.sqrt(made.information))[rows, at]
    chances = np.array(
        [chance_above(made, int(k), float(z[i, k]), float(drifts[i])) for i, k in enumerate(at)]
    )
    covered = float(((chances > 0.025) & (chances < 0.975)).mean())
    assert covered == pytest.approx(0.95, abs=0.017)  # 3 standard errors
    assert float((chances > 0.5).mean()) == pytest.approx(0.5, abs=0.039)
