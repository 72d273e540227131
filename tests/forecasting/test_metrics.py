"""Metrics worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.forecasting import metrics

Y = [10.0, 20.0, 0.0, 40.0]
F = [12.0, 18.0, 1.0, 30.0]


def test_point_metrics_by_hand() -> None:
    assert metrics.mae(Y, F) == pytest.approx(15 / 4)
    assert metrics.rmse(Y, F) == pytest.approx(np.sqrt((4 + 4 + 1 + 100) / 4))
    assert metrics.wape(Y, F) == pytest.approx(15 / 70)
    assert metrics.bias(Y, F) == pytest.approx(-9 / 70)
    assert metrics.mape(Y, F) == pytest.approx((0.2 + 0.1 + 0.25) / 3)
    assert metrics.smape(Y, F) == pytest.approx((4 / 22 + 4 / 38 + 2 + 20 / 70) / 4)


def test_mase_of_hyndman_and_koehler() -> None:
    scale = metrics.seasonal_scale([1.0, 3, 2, 6], 1)
    assert scale == pytest.approx((2 + 1 + 4) / 3)
    assert metrics.mase(Y, F, scale) == pytest.approx(15 / 4 / (7 / 3))
    assert metrics.seasonal_scale([1.0, 3, 2, 6], 2) == pytest.approx((1 + 3) / 2)


def test_owa_of_the_benchmark_is_one() -> None:
    assert metrics.owa(0.12, 0.9, 0.12, 0.9) == pytest.approx(1.0)
    assert metrics.owa(0.06, 0.9, 0.12, 0.9) == pytest.approx(0.75)


def test_interval_metrics_by_hand() -> None:
    lo, hi = [8.0, 21.0, 0.0, 20.0], [12.0, 25.0, 2.0, 35.0]
    assert metrics.coverage(Y, lo, hi) == pytest.approx(0.5)
    # Widths 4, 4, 2, 15; misses 1 below and 5 above, each times 2 / (1 - 0.8) = 10; scale 2.
    assert metrics.msis(Y, lo, hi, 0.8, 2.0) == pytest.approx((25 + 60) / 4 / 2)
    assert metrics.pinball([10.0, 10.0], [8.0, 12.0], 0.9) == pytest.approx((1.8 + 0.2) / 2)


def test_undefined_is_nan() -> None:
    assert np.isnan(metrics.wape([0.0, 0], [1.0, 2]))
    assert np.isnan(metrics.mape([0.0], [1.0]))
    assert np.isnan(metrics.mase(Y, F, 0.0))
    assert np.isnan(metrics.mae([], []))
    assert np.isnan(metrics.seasonal_scale([1.0], 1))


def test_missing_pairs_are_left_out() -> None:
    assert metrics.wape([10.0, np.nan, 10.0], [9.0, 5.0, np.nan]) == pytest.approx(0.1)
