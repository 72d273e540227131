from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputError
from analysis.market import (
    Bass,
    Logistic,
    bridge,
    cagr,
    compound,
    fit_adoption,
    shapley_product,
)


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_compound_growth() -> None:
    assert cagr(100, 121, 2) == pytest.approx(0.1, abs=1e-15)
    assert cagr(1e9, 1e9 + 1, 1) == pytest.approx(1e-9, rel=1e-12)
    assert cagr(5, 0, 3) == -1
    assert compound(100, [0.1, -0.5]) == pytest.approx([100, 110, 55])
    for first, last, years in ((0, 1, 1), (1, -1, 1), (1, 2, 0), (1, math.inf, 1)):
        with pytest.raises(InputError, match="expected a start above 0"):
            cagr(first, last, years)


values = st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=1, max_size=5)


@given(values)
def test_a_bridge_sums_to_the_change_in_any_order(pairs: list[tuple[float, float]]) -> None:
    drivers = {f"d{i}": pair for i, pair in enumerate(pairs)}
    there, back = bridge(drivers), bridge(dict(reversed(drivers.items())))
    scale = math.prod(1 + max(abs(a), abs(b)) for a, b in pairs)
    assert there.frame["effect"].sum() == pytest.approx(there.change, abs=1e-12 * scale)
    effects = back.frame.set_index("driver")["effect"]
    for _, row in there.frame.iterrows():
        assert row["effect"] == pytest.approx(effects[row["driver"]], abs=1e-12 * scale)


def test_shapley_effects_are_averages_over_all_orders() -> None:
    start, end = np.array([2.0, 3.0, 0.0, 1.5]), np.array([4.0, -1.0, 5.0, 1.5])
    wanted = np.zeros(4)
    for order in itertools.permutations(range(4)):
        now = start.copy()
        for i in order:
            before = now.prod()
            now[i] = end[i]
            wanted[i] += (now.prod() - before) / 24
    found = shapley_product(start[:, None], end[:, None])[:, 0]
    assert found == pytest.approx(wanted)
    assert found[3] == 0


def test_uncertain_drivers_give_the_effects_a_range() -> None:
    drawn = 1.2 + 0.1 * _rng().standard_normal(2000)
    found = bridge({"price": (1.0, drawn), "volume": (100.0, 90.0)}, unit="CNY")
    assert found.reason == ""
    assert (found.frame["p10"] < found.frame["effect"]).all()
    assert found.frame["effect"].sum() == pytest.approx(found.change)
    assert bridge({"price": (1.0, 2.0)}).reason
    with pytest.raises(InputError, match="one number of draws"):
        bridge({"a": (drawn, 1.0), "b": (drawn[:5], 1.0)})
    with pytest.raises(InputError, match="found none"):
        bridge({})
    with pytest.raises(InputError, match="'a' not finite"):
        bridge({"a": (1.0, math.nan)})


AIRCON = Bass(0.0104, 0.4186, 16895.0)
"""Room air conditioners, in thousands: Bass (1969), table 1."""


def test_bass_peaks_where_bass_says() -> None:
    assert AIRCON.peak_time == pytest.approx(8.6, abs=0.05)
    assert AIRCON.peak_rate == pytest.approx(1857, abs=0.5)
    step = 1e-4
    rate = AIRCON.m * np.diff(AIRCON.share([AIRCON.peak_time, AIRCON.peak_time + step])) / step
    assert rate[0] == pytest.approx(AIRCON.peak_rate, rel=1e-6)
    assert AIRCON.share([-1, 0, 1e6]) == pytest.approx([0, 0, 1])
    falling = Bass(0.5, 0.1, 10.0)
    assert (falling.peak_time, falling.peak_rate) == (0, 5)
    logistic = Logistic(0.5, 6.0, 8.0)
    assert (logistic.peak_time, logistic.peak_rate) == (6, 1)
    assert logistic.share([6.0, -1e9, 1e9]) == pytest.approx([0.5, 0, 1])
    for make in (lambda: Bass(0, 1), lambda: Logistic(-1, 0), lambda: Bass(1, 1, 0)):
        with pytest.raises(ValueError, match="expected"):
            make()


def _sold(n: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(AIRCON.m * np.diff(AIRCON.share(np.arange(n + 1))))


def test_adoption_without_noise_is_recovered() -> None:
    found = fit_adoption(_sold(13), rng=_rng())
    assert isinstance(found.curve, Bass)
    assert (found.curve.p, found.curve.q) == pytest.approx((0.0104, 0.4186), rel=1e-5)
    assert found.curve.m == pytest.approx(16895, rel=1e-5)
    curve = Logistic(0.5, 6.0, 0.8)
    levels = fit_adoption(
        curve.m * curve.share(np.arange(1, 13)), rng=_rng(), curve="logistic", observed="level"
    )
    assert isinstance(levels.curve, Logistic)
    assert (levels.curve.k, levels.curve.t0) == pytest.approx((0.5, 6.0), rel=1e-5)
    assert levels.path([6.0])["adopters"].iloc[0] == pytest.approx(0.4, rel=1e-5)


@settings(max_examples=8, deadline=None)
@given(st.floats(1e-9, 1e9))
def test_adoption_scales_with_its_data(factor: float) -> None:
    noisy = np.abs(_sold(13) + 60 * _rng(1).standard_normal(13))
    one = fit_adoption(noisy, rng=_rng(2), resamples=20)
    other = fit_adoption(factor * noisy, rng=_rng(2), resamples=20)
    assert other.curve.m == pytest.approx(factor * one.curve.m, rel=1e-6)
    assert other.curve.peak_time == pytest.approx(one.curve.peak_time, rel=1e-6)


def test_intervals_of_adoption_cover() -> None:
    truth = {"p": 0.0104, "q": 0.4186, "m": 16895.0, "peak_time": AIRCON.peak_time}
    covered = dict.fromkeys(truth, 0)
    rng = _rng(3)
    for _ in range(50):
        noisy = np.maximum(_sold(12) + 60 * rng.standard_normal(12), 0)
        found = fit_adoption(noisy, rng=rng, resamples=100)
        for name, value in truth.items():
            row = found.row(name)
            covered[name] += bool(row["lo"] <= value <= row["hi"])
    # 90 % of 50 is 45; standard error 2.1.
    assert all(count >= 39 for count in covered.values()), covered


def test_before_the_peak_the_market_is_not_bounded() -> None:
    early = _sold(5) * (1 + 0.05 * _rng(5).standard_normal(5))
    found = fit_adoption(early, rng=_rng())
    assert found.open_ended
    assert math.isinf(found.row("m")["hi"])
    assert found.row("m")["why"]
    assert not found.row("q")["why"]
    late = fit_adoption(_sold(14) * (1 + 0.02 * _rng(5).standard_normal(14)), rng=_rng())
    assert not late.open_ended
    assert late.row("m")["lo"] <= late.curve.m <= late.row("m")["hi"] < math.inf


def test_a_known_market_is_kept() -> None:
    found = fit_adoption(
        [0.30, 0.35, 0.39, 0.45], rng=_rng(), curve="logistic", observed="level", market=1.0
    )
    assert found.curve.m == 1
    assert found.row("m")["lo"] == found.row("m")["hi"] == 1
    path = found.path(np.arange(1, 12))
    assert (path["lo"] <= path["adopters"]).all()
    assert (path["adopters"] <= path["hi"]).all()
    assert path["hi"].max() <= 1


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ([1, 2, 3], {}, "found 3 periods, expected at least 4"),
        ([1, 2], {"market": 9.0}, "expected at least 3"),
        ([0, 0, 0, 0], {}, "all 0"),
        ([1, 2, math.nan, 3], {}, "missing or below 0"),
        ([1, 2, -1, 3], {}, "missing or below 0"),
        ([1, 2, 3, 4], {"curve": "bas"}, "did you mean 'bass'"),
        ([1, 2, 3, 4], {"observed": "levels"}, "did you mean 'level'"),
        ([1, 2, 3, 4], {"market": 0.0}, "market: found 0"),
    ],
)
def test_adoption_that_cannot_be_fitted(
    data: list[float], options: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        fit_adoption(data, rng=_rng(), **options)  # type: ignore[arg-type]
