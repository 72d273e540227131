"""Reference cases of market sizing: names and shapes only."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.market import (
    Bass,
    Fixed,
    LogNormal,
    Normal,
    lognormal,
    lognormal_product,
    pert,
    sobol_indices,
    spearman_of,
)
from tests.reference.case_files import Adapter

Floats = NDArray[np.float64]


def _ishigami(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    """``sin x1 + a sin^2 x2 + b x3^4 sin x1`` of x uniform on (-pi, pi), as written there."""
    found = re.fullmatch(r"sin x1 \+ (\S+) sin\^2 x2 \+ (\S+) x3\^4 sin x1", inputs["f"])
    assert found is not None
    assert inputs["x_i"] == "U(-pi,pi)"
    a, b = float(found[1]), float(found[2])

    def function(uniforms: Floats) -> Floats:
        x = math.pi * (2 * uniforms - 1)
        first = np.sin(x[:, 0])
        return np.asarray(first + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * first)

    result = sobol_indices(function, 3, rng=np.random.default_rng(0), n=2**16, resamples=2)
    return {"S1": result.first.tolist(), "ST": result.total.tolist()}


def _additive(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    """``2a+3b+c, sd=1,2,5 indep``: coefficients and standard deviations, as written there."""
    formula, _, spread = inputs["y"].removesuffix(" indep").partition(", sd=")
    terms = re.findall(r"([+-]?[\d.]*)\*?[a-z]\w*", formula.replace(" ", ""))
    signs = {"": 1.0, "+": 1.0, "-": -1.0}
    weights = np.array([signs[term] if term in signs else float(term) for term in terms])
    inputs_ = [Normal(0.0, float(sd)) if float(sd) else Fixed(0.0) for sd in spread.split(",")]

    def function(uniforms: Floats) -> Floats:
        columns = [one.quantile(uniforms[:, i]) for i, one in enumerate(inputs_)]
        return np.asarray(np.column_stack(columns) @ weights)

    rng = np.random.default_rng(0)
    result = sobol_indices(function, len(inputs_), rng=rng, n=2**16, resamples=2)
    return {"S": result.first.tolist()}


def _interval(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    made = lognormal(inputs["p5"], inputs["p95"])
    return {"mu": made.mu, "sigma": made.sigma, "mean": made.mean, "median": made.median}


def _pert(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    made = pert(inputs["min"], inputs["mode"], inputs["max"], weight=inputs.get("lambda", 4))
    return {"mean": made.mean, "var": made.variance, "alpha": made.alpha, "beta": made.beta}


def _bass(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    curve = Bass(inputs["p"], inputs["q"], inputs["m_thousand"])
    return {"t_peak": curve.peak_time, "peak_sales_thousand": curve.peak_rate}


def _copula(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    return {"spearman": spearman_of(inputs["pearson_normal"])}


def _product(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    pairs = zip(inputs["medians"], inputs["sigma_log"], strict=True)
    factors = {f"x{i}": LogNormal(math.log(m), s) for i, (m, s) in enumerate(pairs, start=1)}
    made = lognormal_product(factors, log_correlations={("x2", "x3"): inputs["rho_23_log"]})
    p10, p50, p90 = made.quantile([0.1, 0.5, 0.9]).tolist()
    return {"P10": p10, "P50": p50, "P90": p90, "mean": made.mean}


ADAPTERS: dict[str, Adapter] = {
    "market.ishigami_sobol": _ishigami,
    "market.lognormal_from_90ci": _interval,
    "market.pert_moments": _pert,
    "market.bass_room_aircon": _bass,
    "market.gaussian_copula_rank_corr": _copula,
    "market.additive_sobol_tornado": _additive,
    "market.product_lognormal_correlated": _product,
}
