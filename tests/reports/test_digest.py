"""The digest of a figure: rounded numbers, without the noise of sums that cancel."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from analysis.reports import digest


def lines(x: list[float], y: list[float]) -> tuple[str, ...]:
    figure = Figure()
    figure.subplots().plot(x, y)
    return digest.of_figure(figure)


def test_a_line_is_told_by_range_and_mean() -> None:
    assert lines([0, 1, 2], [10, 20.00001, 40]) == (
        "line: 3 points, x 0 to 2, mean 1, y 10 to 40, mean 23.33",
    )


def test_what_is_left_of_a_sum_that_cancels_is_nothing() -> None:
    noisy = [-0.3, 0.1, 0.2]
    assert np.mean(noisy) != 0
    assert lines([0, 1, 2], noisy)[0].endswith("y -0.3 to 0.2, mean 0")


def test_a_series_that_is_small_everywhere_keeps_its_values() -> None:
    assert lines([0, 1], [1e-17, 3e-17])[0].endswith("y 1e-17 to 3e-17, mean 2e-17")


def test_an_axis_without_numbers_says_so() -> None:
    assert lines([0, 1], [np.nan, np.nan])[0].endswith("y none")
