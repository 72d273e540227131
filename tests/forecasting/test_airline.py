from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputError
from analysis.forecasting import airline
from analysis.forecasting.arrays import Floats


def simulate(n: int, theta: float, big: float, rng: np.random.Generator, m: int = 12) -> Floats:
    """Airline noise; ``m`` 1 for the model without a season."""
    e = rng.standard_normal(n + m + 1)
    w = e[m + 1 :] - theta * e[m:-1]
    if m > 1:
        w += -big * e[1:-m] + theta * big * e[: -m - 1]
    y = w.cumsum()
    for t in range(m if m > 1 else n, n):
        y[t] += y[t - m]
    return y


def peer(y: Floats, x: Floats | None, m: int, horizon: int) -> tuple[Floats, Floats, Floats, float]:
    """Exact maximum likelihood of statsmodels: forecasts, coefficients, errors, sigma."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    n, p = len(y), 0 if x is None else x.shape[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = SARIMAX(
            y,
            exog=None if x is None else x[:n],
            order=(0, 1, 1),
            seasonal_order=(0, 1, 1, m) if m > 1 else (0, 0, 0, 0),
        ).fit(disp=0, maxiter=60)
    ahead = model.forecast(horizon, exog=None if x is None else x[n:])
    return ahead, model.params[:p], model.bse[:p], float(np.sqrt(model.params[-1]))


@pytest.mark.parametrize(
    ("theta", "big", "n"), [(0.4, 0.6, 240), (0.7, 0.85, 120), (0.1, 0.3, 120), (0.3, 0.85, 60)]
)
def test_close_to_exact_maximum_likelihood(theta: float, big: float, n: int) -> None:
    """Forecasts within 0.3 sigma, coefficients within 0.25 of their standard error (medians).

    Differences are those of averaging over the grid against one maximum, which for five years of
    data may lie at 1, where the average does not.
    """
    rng = np.random.default_rng(1)
    forecasts, coefficients, errors = [], [], []
    for _ in range(6):
        x = rng.standard_normal((n + 12, 2))
        y = simulate(n, theta, big, rng) + x[:n] @ [1.0, -0.5]
        made = airline.fit(y, x, m=12, horizon=12)
        ahead, beta, error, sigma = peer(y, x, 12, 12)
        forecasts.append(np.abs(made.forecast - ahead).mean() / sigma)
        coefficients.append(np.abs(made.coefficients - beta) / error)
        errors.append(made.errors / error)
        assert made.sigma == pytest.approx(sigma, rel=0.15)
    assert np.median(forecasts) < 0.3
    assert np.median(coefficients) < 0.25
    assert 0.85 < np.mean(errors) < 1.15


@pytest.mark.parametrize("m", [1, 4])
def test_other_seasons(m: int) -> None:
    rng = np.random.default_rng(2)
    y = simulate(80, 0.5, 0.6, rng, m)
    made = airline.fit(y, m=m, horizon=8)
    ahead, _, _, sigma = peer(y, None, m, 8)
    assert np.abs(made.forecast - ahead).mean() < 0.35 * sigma
    assert (made.seasonal == 0) == (m == 1)


def test_intervals_of_coefficients_cover() -> None:
    """95 % of 1.96 standard errors, 400 fits: Monte-Carlo error 1.1 points."""
    rng = np.random.default_rng(3)
    held = []
    for _ in range(400):
        x = rng.standard_normal((96, 1))
        made = airline.fit(simulate(96, 0.4, 0.6, rng) + 0.3 * x[:, 0], x, m=12)
        held.append(abs(made.coefficients[0] - 0.3) < 1.96 * made.errors[0])
    assert 0.91 <= np.mean(held) <= 0.98


def test_a_trend_is_followed_with_a_drift_and_held_without() -> None:
    y = 3.0 * np.arange(30.0)
    with_drift = airline.fit(y, m=1, horizon=4, drift=True)
    assert np.allclose(with_drift.forecast, 3.0 * np.arange(30, 34))
    assert np.allclose(airline.fit(y + 0.0, m=1, horizon=4).forecast, 87.0, atol=5)


def test_a_fixed_season_on_a_line_is_continued() -> None:
    t = np.arange(72.0)
    y = 0.5 * t + np.tile(np.arange(12.0) ** 2, 6)
    made = airline.fit(y[:60], m=12, horizon=12)
    assert np.allclose(made.forecast, y[60:], atol=1e-6)
    assert made.sse < 1e-12


def test_a_regressor_that_does_not_vary_has_no_say() -> None:
    rng = np.random.default_rng(4)
    y = simulate(60, 0.4, 0.5, rng)
    x = rng.standard_normal((66, 3))
    x[:, 1] = 5.0
    x[:, 2] = x[:, 0]
    made = airline.fit(y, x, m=12, horizon=6)
    assert made.coefficients[1] == made.coefficients[2] == 0
    assert np.isinf(made.errors[1:]).all()
    plain = airline.fit(y, x[:, :1], m=12, horizon=6)
    assert np.allclose(made.forecast, plain.forecast, atol=0.1)


@settings(max_examples=30, deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(0.01, 100), st.integers(0, 10_000))
def test_level_and_scale_only_carry_over(level: float, scale: float, seed: int) -> None:
    y = simulate(50, 0.4, 0.5, np.random.default_rng(seed))
    plain = airline.fit(y, m=12, horizon=6).forecast
    moved = airline.fit(level + scale * y, m=12, horizon=6).forecast
    assert np.allclose(moved, level + scale * plain, atol=1e-5 * (1 + scale + abs(level)))


def test_a_constant_history_stays_constant() -> None:
    made = airline.fit(np.full(40, 7.0), m=12, horizon=5)
    assert np.allclose(made.forecast, 7.0)
    assert made.sigma == 0


def test_odd_input_is_refused() -> None:
    y = np.arange(20.0)
    with pytest.raises(InputError, match="found 20 rows, expected 22"):
        airline.fit(y, np.zeros((20, 1)), m=12, horizon=2)
    with pytest.raises(InputError, match="found gaps"):
        airline.fit(np.where(y == 3, np.nan, y), m=12)
    with pytest.raises(InputError, match="found 3 values, expected at least 4"):
        airline.fit(y[:3], m=12)
