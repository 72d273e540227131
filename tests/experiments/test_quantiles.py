from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from analysis.experiments import bootstrap, quantiles
from analysis.experiments.bootstrap import Floats
from analysis.experiments.fieller import ZERO_CONTROL


def test_the_standard_error_is_read_from_order_statistics() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.lognormal(size=101), rng.lognormal(0.4, size=64)
    effect = quantiles.compare(one, other)
    squares = []
    for values in (one, other):
        n, ordered = len(values), np.sort(values)
        half = 1.959964 * math.sqrt(n / 4)
        low, high = math.floor(n / 2 - half), math.ceil(n / 2 + half) + 1
        level = stats.binom.cdf(high - 1, n, 0.5) - stats.binom.cdf(low - 1, n, 0.5)
        width = ordered[high - 1] - ordered[low - 1]
        squares.append((width / (2 * stats.norm.ppf(0.5 + level / 2))) ** 2)
    assert effect.se == pytest.approx(math.sqrt(sum(squares)), rel=1e-9)
    assert effect.control_value == np.median(one)
    assert effect.difference.value == pytest.approx(np.median(other) - np.median(one))
    assert effect.lift.method == "Fieller (z)"


@pytest.mark.parametrize(("n", "share"), [(60, 0.5), (200, 0.9)])
def test_coverage(n: int, share: float) -> None:
    rng, draws = np.random.default_rng(2), 1500
    truth = math.exp(float(stats.norm.ppf(share)))
    held = np.zeros((draws, 2), dtype=bool)
    for i in range(draws):
        effect = quantiles.compare(rng.lognormal(size=n), 1.3 * rng.lognormal(size=n), share)
        held[i] = 0.3 * truth in effect.difference, 0.3 in effect.lift
    # It leans to the safe side: 0.96 to 0.98 measured.
    assert np.all(held.mean(axis=0) > 0.95 - 3 * math.sqrt(0.05 * 0.95 / draws))
    assert np.all(held.mean(axis=0) < 0.99)


def test_what_cannot_be_said() -> None:
    few = quantiles.compare(np.arange(20.0), np.arange(20.0), 0.95)
    assert few.difference.why == few.lift.why == quantiles.TOO_FEW_FOR_QUANTILE
    zeros = np.append(np.zeros(95), np.ones(5))
    tied = quantiles.compare(zeros, zeros)
    assert tied.difference.why == quantiles.ALL_TIED
    assert quantiles.compare([1.0], [2.0]).difference.shape == "undefined"
    with pytest.raises(ValueError, match="share: found 50"):
        quantiles.compare([1.0], [2.0], 50)
    with pytest.raises(ValueError, match="none of them missing"):
        quantiles.compare([math.nan], [2.0])


def mean(rows: Floats) -> Floats:
    averages: Floats = rows.mean(axis=-1)
    return averages


def median(rows: Floats) -> Floats:
    middle: NDArray[np.float64] = np.median(rows, axis=-1)
    return middle


def test_bca_is_scipys() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.lognormal(size=40), rng.lognormal(0.4, size=25)
    found = bootstrap.bootstrap(one, other, mean, rng=np.random.default_rng(4), draws=40_000)
    peer = stats.bootstrap(
        (one, other),
        lambda a, b, axis: b.mean(axis=axis) - a.mean(axis=axis),
        n_resamples=40_000, method="BCa", vectorized=True, rng=np.random.default_rng(5),
    )  # fmt: skip
    lo, hi = peer.confidence_interval
    # Both draw: the quantiles of 40,000 samples are known to about 2 % of the standard error.
    assert found.difference.lo == pytest.approx(lo, abs=0.08 * found.se)
    assert found.difference.hi == pytest.approx(hi, abs=0.08 * found.se)
    assert found.se == pytest.approx(peer.standard_error, rel=0.03)


@pytest.mark.parametrize("kind", ["bca", "percentile"])
def test_the_bootstrap_is_seeded(kind: Literal["bca", "percentile"]) -> None:
    one, other = np.arange(1.0, 400.0), np.arange(1.0, 300.0)
    first, second = (
        bootstrap.bootstrap(one, other, median, rng=np.random.default_rng(1), draws=200, kind=kind)
        for _ in range(2)
    )
    assert first == second
    assert first.difference.value == -50
    assert first.lift.lo < -0.25 < first.lift.hi < 0


def test_coverage_of_the_bootstrap() -> None:
    rng, draws = np.random.default_rng(6), 300
    held = 0
    for _ in range(draws):
        one, other = rng.gamma(2.0, size=60), 1.3 * rng.gamma(2.0, size=60)
        held += 0.3 in bootstrap.bootstrap(one, other, mean, rng=rng, draws=400).lift
    assert held / draws > 0.94 - 3 * math.sqrt(0.06 * 0.94 / draws)


def test_bootstraps_that_cannot_be_said() -> None:
    rng, some = np.random.default_rng(7), np.arange(9.0)
    none = bootstrap.bootstrap(np.zeros(5), some, mean, rng=rng, draws=50)
    assert none.lift.why == ZERO_CONTROL
    assert none.difference.shape == "bounded"
    rare = bootstrap.bootstrap(np.array([0.0, 0, 0, 1]), some, mean, rng=rng, draws=50)
    assert rare.lift.why == bootstrap.NOT_DEFINED
    assert rare.lift.value == 15
    same = bootstrap.bootstrap(np.ones(5), np.ones(5), mean, rng=rng, draws=50)
    assert same.difference.why == bootstrap.ALL_EQUAL
    single = bootstrap.bootstrap([1.0], some, mean, rng=rng, draws=50)
    assert single.difference.why == bootstrap.NOT_DEFINED

    def spread(rows: Floats) -> Floats:
        """What only repeats can lower: every sample drawn lies below the estimate."""
        return np.array([len(np.unique(row)) for row in rows], dtype=np.float64)

    low = bootstrap.bootstrap([1.0, 1.0, 1.0], np.arange(60.0), spread, rng=rng, draws=50)
    assert low.difference.why == bootstrap.ONE_SIDED
    with pytest.raises(ValueError, match="kind: found 't'"):
        bootstrap.bootstrap(some, some, mean, rng=rng, kind="t")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="none of them missing"):
        bootstrap.bootstrap([], some, mean, rng=rng)
