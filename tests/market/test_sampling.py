from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputError
from analysis.market import (
    LogNormal,
    gaussian_copula,
    iman_conover,
    lognormal_product,
    normal_of,
    points,
    rank_correlation,
    read_model,
    simulate,
    spearman_of,
)
from tests.market.declared import two_routes


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_correlations_of_ranks_and_of_scores_are_inverse() -> None:
    # Pearson 1907: rho_s = (6 / pi) asin(r / 2); reference case market-06.
    assert spearman_of(0.5) == pytest.approx(0.48258374)
    for value in (-1.0, -0.3, 0.0, 0.6, 1.0):
        assert normal_of(spearman_of(value)) == pytest.approx(value, abs=1e-15)
    with pytest.raises(ValueError, match=r"found 1\.1"):
        spearman_of(1.1)
    with pytest.raises(ValueError, match="found -2"):
        normal_of(-2)


@pytest.mark.parametrize("scheme", ["sobol", "latin"])
def test_points_are_uniform_and_inside(scheme: str) -> None:
    unit = points(1024, 5, _rng(), scheme)
    assert ((unit > 0) & (unit < 1)).all()
    # One point in each of 1024 equal cells of every axis: both schemes are stratified.
    assert (np.sort(np.floor(unit * 1024), axis=0) == np.arange(1024)[:, None]).all()


def test_points_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="found 1000, expected a power of 2"):
        points(1000, 2, _rng())
    with pytest.raises(InputError, match="found 'sobl'; did you mean 'sobol'"):
        points(1024, 2, _rng(), "sobl")
    with pytest.raises(InputError, match="found 1, expected at least 2"):
        points(1, 2, _rng(), "latin")


def _matrix(r: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[1.0, r, 0.0], [r, 1.0, -0.4], [0.0, -0.4, 1.0]])


@pytest.mark.parametrize("scheme", ["sobol", "latin"])
def test_the_declared_rank_correlation_is_met(scheme: str) -> None:
    matrix = _matrix(normal_of(0.6))
    unit = points(2**14, 3, _rng(3), scheme)
    made = (
        gaussian_copula(unit, matrix) if scheme == "sobol" else iman_conover(unit, matrix, _rng())
    )
    found = rank_correlation(made)
    # Standard error of a rank correlation of 16,384 random pairs: 0.008; stratified points less.
    assert found[0, 1] == pytest.approx(0.6, abs=0.01)
    assert found[0, 2] == pytest.approx(0.0, abs=0.02)
    assert found[1, 2] == pytest.approx(spearman_of(-0.4), abs=0.01)


def test_iman_conover_changes_no_value() -> None:
    values = _rng().lognormal(size=(200, 3))
    made = iman_conover(values, _matrix(0.5), _rng(1))
    assert (np.sort(made, axis=0) == np.sort(values, axis=0)).all()
    with pytest.raises(ValueError, match="more rows than columns"):
        iman_conover(values[:3], _matrix(0.5), _rng())


def test_a_chain_of_lognormals_is_simulated_to_its_exact_distribution() -> None:
    declared = two_routes()
    declared["formulas"]["sam"]["is"] = "tam * 0.5 * served / served"
    declared["correlations"] = [{"between": ["homes", "spend"], "normal": 0.6}]
    draws = simulate(read_model(declared), rng=_rng())
    factors = {one.name: one.distribution for one in draws.model.inputs[:2]}
    lognormals = {name: one for name, one in factors.items() if isinstance(one, LogNormal)}
    exact = lognormal_product(lognormals, None, {("homes", "spend"): 0.6})
    row = draws.quantiles("tam")
    wanted = [*exact.quantile([0.1, 0.5, 0.9]), exact.mean]
    for key, value in zip(("p10", "p50", "p90", "mean"), wanted, strict=True):
        assert row[key] == pytest.approx(value, rel=2e-3)
        assert abs(row[key] - value) < 5 * row[f"{key}_error"]
    # The correlation matters: without it P90 is lower (METHODS.md: 261 against 220).
    without = simulate(read_model(two_routes()), rng=_rng()).quantiles("tam")
    assert without["p90"] < 0.99 * row["p90"]


def test_the_monte_carlo_error_is_that_of_repeated_runs() -> None:
    model = read_model(two_routes())
    runs = [
        simulate(model, rng=_rng(seed), n=256, randomisations=8).quantiles("som")
        for seed in range(60)
    ]
    between = np.std([run["p50"] for run in runs], ddof=1)
    said = np.sqrt(np.mean([run["p50_error"] ** 2 for run in runs]))
    # 60 runs tell a standard deviation to 9 %, 60 * 7 degrees of freedom the other to 3.5 %.
    assert said == pytest.approx(between, rel=0.35)


def test_equal_seeds_give_equal_numbers() -> None:
    model = read_model(two_routes())
    one, other = (simulate(model, rng=_rng(7), n=256).all("som") for _ in range(2))
    assert (one == other).all()


@settings(max_examples=15)
@given(st.floats(1e-6, 1e6))
def test_scaling_an_input_scales_the_outcome(factor: float) -> None:
    declared = two_routes()
    plain = simulate(read_model(declared), rng=_rng(), n=64, randomisations=2).quantiles("som")
    for key in ("p5", "p95"):
        declared["inputs"]["homes"][key] *= factor
    scaled = simulate(read_model(declared), rng=_rng(), n=64, randomisations=2).quantiles("som")
    np.testing.assert_allclose(scaled, factor * plain, rtol=1e-6)


def test_one_randomisation_has_no_error_and_is_refused() -> None:
    with pytest.raises(InputError, match="found 1, expected at least 2"):
        simulate(read_model(two_routes()), rng=_rng(), randomisations=1)
