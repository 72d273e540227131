"""A 20-input sizing model at 2^16 scrambled Sobol points: vectorised, over a loop by point.

usage: python benchmarks/sobol.py [--runs N]

CPU time of one process. The loop computes the same quantiles and the same formulas with Python
floats, over a sixteenth of the points, and is scaled up: it takes the same time for every point.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from typing import Any

import numpy as np

from analysis.market import SizingModel, points, read_model, size_market

INPUTS = 20
POINTS = 2**16
PART = 16


def declared() -> dict[str, Any]:
    """Two routes of ten inputs each: lognormal, normal and triangular in turn."""
    kinds: list[dict[str, Any]] = [
        {"distribution": "lognormal", "p5": 0.8, "p95": 1.3},
        {"distribution": "normal", "mean": 1.0, "sd": 0.1},
        {"distribution": "triangular", "min": 0.7, "mode": 1.0, "max": 1.5},
    ]
    common = {"unit": "1", "source": "benchmark", "base_year": 2025, "grade": "D"}
    names = [f"x{i}" for i in range(INPUTS)]
    inputs = {name: {**kinds[i % 3], **common} for i, name in enumerate(names)}
    half = INPUTS // 2
    formulas = {
        "top": {"is": " * ".join(names[:half]), "unit": "1"},
        "bottom": {"is": " * ".join(names[half:]), "unit": "1"},
    }
    routes = {"top_down": {"som": "top"}, "bottom_up": {"som": "bottom"}}
    return {"model": {"year": 2025}, "inputs": inputs, "formulas": formulas, "routes": routes}


def by_point(uniforms: list[list[float]]) -> list[tuple[float, float]]:
    """Outcomes of the model, one point after the other."""
    scores, found = statistics.NormalDist(), []
    middle = (math.log(0.8) + math.log(1.3)) / 2
    sigma = (math.log(1.3) - math.log(0.8)) / (2 * scores.inv_cdf(0.95))
    for row in uniforms:
        values = []
        for i, u in enumerate(row):
            if i % 3 == 0:
                values.append(math.exp(middle + sigma * scores.inv_cdf(u)))
            elif i % 3 == 1:
                values.append(1.0 + 0.1 * scores.inv_cdf(u))
            elif u * 0.8 <= 0.3:
                values.append(0.7 + math.sqrt(u * 0.8 * 0.3))
            else:
                values.append(1.5 - math.sqrt((1 - u) * 0.8 * 0.5))
        half = INPUTS // 2
        found.append((math.prod(values[:half]), math.prod(values[half:])))
    return found


def vectorised(model: SizingModel, uniforms: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """CPU seconds of all points at once."""
    start = time.process_time()
    model.evaluate(model.quantiles(uniforms))
    return time.process_time() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    model = read_model(declared(), "benchmark")
    uniforms = points(POINTS, INPUTS, np.random.default_rng(0))
    part = uniforms[::PART].tolist()
    loop = by_point(part)
    ours = model.evaluate(model.quantiles(uniforms[::PART]))
    np.testing.assert_allclose(np.array(loop), np.column_stack([ours["top"], ours["bottom"]]))
    ratios, whole = [], []
    for _ in range(runs):
        fast = vectorised(model, uniforms)
        start = time.process_time()
        by_point(part)
        ratios.append(PART * (time.process_time() - start) / fast)
        start = time.process_time()
        size_market(model, rng=np.random.default_rng(0))
        whole.append(time.process_time() - start)
    spread = f"{min(ratios):.1f} / {statistics.median(ratios):.1f} / {max(ratios):.1f}"
    print(f"loop by point over vectorised, {POINTS} points, {INPUTS} inputs   {spread}")
    print(f"sizing with points, ranges, reconciliation            {statistics.median(whole):.2f} s")


if __name__ == "__main__":
    main()
