"""Shared statistics against published and worked numbers."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.stats import cluster_bootstrap, moving_block_indices, percentile, wilson


@pytest.mark.parametrize(
    ("x", "n", "lo", "hi"),
    # Newcombe (1998), Statistics in Medicine 17:857-872, Table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_of_newcombe(x: int, n: int, lo: float, hi: float) -> None:
    low, high = wilson(x, n)
    assert float(low) == pytest.approx(lo, abs=5e-5)
    assert float(high) == pytest.approx(hi, abs=5e-5)


def test_wilson_is_vectorised_and_marks_no_trials() -> None:
    low, high = wilson([0, 5, 0], [5, 5, 0])
    assert low[0] == 0.0
    assert high[1] == 1.0
    assert np.isnan(low[2])
    assert np.isnan(high[2])


@pytest.mark.parametrize(("x", "n", "level"), [(-1, 5, 0.95), (6, 5, 0.95), (1, 5, 1.0)])
def test_wilson_refuses_the_impossible(x: int, n: int, level: float) -> None:
    with pytest.raises(ValueError, match="expected between"):
        wilson(x, n, level)


def test_blocks_are_runs_inside_the_series() -> None:
    drawn = moving_block_indices(10, 4, 50, np.random.default_rng(0))
    assert drawn.shape == (50, 10)
    assert drawn.min() >= 0
    assert drawn.max() <= 9
    assert np.all(np.diff(drawn[:, :4], axis=1) == 1)


def test_cluster_bootstrap_matches_the_standard_error_of_a_mean() -> None:
    rng = np.random.default_rng(1)
    values = rng.standard_normal((200, 1))
    table = np.stack([values, np.ones_like(values)], axis=2)
    drawn = cluster_bootstrap(
        table, lambda s: s[:, 0] / s[:, 1], draws=4000, rng=np.random.default_rng(2)
    )
    # The spread of a bootstrap sd over 4,000 draws is about 1 %.
    assert drawn.std() == pytest.approx(values.std() / np.sqrt(200), rel=0.04)


def test_bootstrap_is_seeded() -> None:
    table = np.random.default_rng(0).random((5, 3, 1))

    def draw() -> object:
        return cluster_bootstrap(
            table, lambda s: s[:, 0], draws=10, rng=np.random.default_rng(7), block=2
        ).tolist()

    assert draw() == draw()


def test_percentile_of_nothing() -> None:
    assert np.isnan(percentile(np.array([np.nan]))).all()
    assert percentile(np.arange(101.0), 0.8) == pytest.approx((10, 90))
