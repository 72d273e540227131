"""Weights from rolling-origin records."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from analysis.forecasting import forecast
from analysis.forecasting.combine import (
    Family,
    combine,
    common_record,
    family,
    weighted_median,
    weights,
)
from tests.forecasting.panels import Floats, one

ACTUAL = np.array([[np.nan, np.nan], [10.0, 10.0], [10.0, 10.0]])
GOOD = np.full((3, 2), 11.0)
POOR = np.full((3, 2), 14.0)
EVEN = np.array([0.5, 0.5])


def test_the_better_record_weighs_more_and_more_so_with_long_history() -> None:
    both = np.stack([GOOD, POOR])
    short, long = (weights(both, ACTUAL, n, EVEN)[:, 0] for n in (20, 200))
    assert short.sum() == pytest.approx(1.0)
    assert 0.5 < short[0] < long[0] < 1.0
    # Relative errors 1/2.5 and 4/2.5 at two origins, prior a quarter origin, power 1 + 200/100.
    ratio = (0.4 / 1.6) ** (-3 * 2 / 2.25)
    assert long[0] / long[1] == pytest.approx(ratio)


def test_an_origin_does_not_vouch_for_itself() -> None:
    lucky = POOR.copy()
    lucky[1] = 10.0
    share = weights(np.stack([GOOD, lucky]), ACTUAL, 200, EVEN)
    changed = ACTUAL.copy()
    changed[1] = 30.0
    other = weights(np.stack([GOOD, lucky]), changed, 200, EVEN)
    assert share[:, 1] == pytest.approx(other[:, 1])


def test_families_start_equal_and_gaps_are_passed_over() -> None:
    unknown = np.full((3, 2), np.nan)
    three = family(np.stack([GOOD, GOOD, GOOD]))
    mixed = combine([three, family(POOR[None])], unknown, 100)
    assert mixed == pytest.approx(np.full((3, 2), 11 + 3 * (0.5 - 5 / 12) / (0.75 - 5 / 12)))
    heavier = combine([Family(three.paths, three.prior, 3.0), family(POOR[None])], unknown, 100)
    assert np.all(heavier < mixed)
    absent = GOOD.copy()
    absent[2] = np.nan
    assert combine([family(np.stack([absent, POOR]))], unknown, 100)[2] == pytest.approx([14, 14])
    assert np.isnan(combine([family(unknown[None])], unknown, 100)).all()


def median(values: list[float], weight: list[float]) -> float:
    return float(weighted_median(np.array(values)[:, None, None], np.array(weight)[:, None])[0, 0])


def test_a_wild_candidate_does_not_move_the_median() -> None:
    even = [1 / 3] * 3
    assert median([12.0, 10.0, 11.0], even) == pytest.approx(11)
    assert median([1e9, 10.0, 11.0], even) == pytest.approx(11)
    assert median([10.0, np.nan], [1.0, 0.0]) == pytest.approx(10)
    assert np.isnan(median([np.nan], [0.0]))


@given(
    arrays(np.float64, 5, elements=st.integers(-1000, 1000).map(float), unique=True),
    arrays(np.float64, 5, elements=st.floats(0.01, 1.0)),
    st.permutations(range(5)),
)
def test_the_median_lies_inside_and_ignores_order(
    values: NDArray[Any], weight: NDArray[Any], order: list[int]
) -> None:
    share = weight / weight.sum()
    found = median(values.tolist(), share.tolist())
    assert values.min() - 1e-6 <= found <= values.max() + 1e-6
    assert median(values[order].tolist(), share[order].tolist()) == pytest.approx(found, abs=1e-6)


def test_a_year_of_weeks_that_repeats_exactly_is_repeated() -> None:
    year = 100 + 30 * np.random.default_rng(4).standard_normal(52)
    made = forecast(one(np.tile(year, 4), "W-SUN"), horizon=8).table()
    assert made["mean"].to_numpy() == pytest.approx(year[:8], rel=0.05)


def records(skill: Floats, noise: float, seed: int) -> list[tuple[list[Family], Floats]]:
    """Two candidates a series; the second's error is ``exp(skill)`` of the first's, and noise."""
    rng = np.random.default_rng(seed)
    out = []
    for each in skill:
        error = np.exp(noise * rng.standard_normal((2, 7, 1)))
        error[1] *= np.exp(each)
        actual = np.full((7, 4), 100.0)
        actual[0] = np.nan
        out.append(([family(100 + error * np.ones(4))], actual))
    return out


def test_records_are_pooled_as_far_as_series_are_alike() -> None:
    alike = common_record(records(np.full(50, 0.5), 0.5, 1))
    apart = common_record(records(np.random.default_rng(2).normal(0, 2, 50), 0.2, 3))
    assert alike is not None
    assert apart is not None
    assert alike.strength > 20
    assert apart.strength < 0.5
    # log(e^0.5 / mean(1, e^0.5)) against log(1 / mean): half a log apart.
    means = alike.logs[:, 1:].mean(axis=1)
    assert means[1] - means[0] == pytest.approx(0.5, abs=0.1)
    assert common_record(records(np.zeros(4), 0.5, 4)) is None


def test_a_pooled_record_decides_where_a_series_has_none_of_its_own() -> None:
    common = common_record(records(np.full(50, 1.0), 0.5, 5))
    paths = 100 + np.ones((2, 7, 4))
    unknown = np.full((7, 4), np.nan)
    without = weights(paths, unknown, 100, EVEN)[:, 0]
    shared = weights(paths, unknown, 100, EVEN, common=common)[:, 0]
    assert without == pytest.approx([0.5, 0.5])
    assert shared[0] > 0.7
