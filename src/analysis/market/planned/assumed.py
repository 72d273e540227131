"""What the answer rests on: each input's grade, source and age, and how much is assumed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.market.model import SizingModel
from analysis.market.sensitivity import Sensitivity


@dataclass(frozen=True)
class Footing:
    """Inputs of a model and what they do to what we can win, by all routes together.

    Attributes:
        frame: One row an input, in declared order: ``name, p5, p50, p95, unit, grade, base_year,
            age`` (years before the model's), ``older`` (nothing brings it forward), ``assumed``,
            ``used`` (by a route), ``first`` and ``total`` (Sobol indices of what we can win; the
            larger of two routes that share the input).
        assumed: Number of inputs behind what we can win that are assumptions.
        used: Number of inputs behind what we can win.
        variance_lo: Share of the variance that assumptions carry alone, by the route where it is
            least. NaN where nothing varies.
        variance_hi: Share in which they have a part, by the route where it is largest.
        older: Names of inputs older than the model's year.
    """

    frame: pd.DataFrame
    assumed: int
    used: int
    variance_lo: float
    variance_hi: float
    older: tuple[str, ...]

    @property
    def weak(self) -> bool:
        """Whether most of the variance, or an answer without any, may rest on assumptions."""
        return self.assumed > 0 and (math.isnan(self.variance_hi) or self.variance_hi > 0.5)


def footing(model: SizingModel, found: Mapping[str, Sensitivity]) -> Footing:
    """List the inputs and what of the variance rests on assumptions.

    Assumptions are taken as one set: its closed and its total index are estimated as such (Saltelli
    et al. 2008, Global Sensitivity Analysis, 1.2), and are 1 where no other input varies.

    Args:
        model: The model.
        found: Route → sensitivity of what we can win by it.
    """
    used = set[str]().union(*(model.used_by(one.outcome) for one in found.values()))
    old = {one.name for one in model.older()}
    index: dict[str, dict[str, float]] = {"first": {}, "total": {}}
    for one in found.values():
        for key, known in index.items():
            for name, value in zip(one.frame["name"], one.frame[key], strict=True):
                known[name] = max(known.get(name, 0.0), float(value))
    rows = []
    for put in model.inputs:
        p5, p50, p95 = put.distribution.quantile(np.array([0.05, 0.5, 0.95]))
        rows.append(
            {
                "name": put.name, "p5": float(p5), "p50": float(p50), "p95": float(p95),
                "unit": put.unit, "grade": put.grade, "base_year": put.base_year,
                "age": model.year - put.base_year, "older": put.name in old,
                "assumed": put.assumed, "used": put.name in used,
                "first": index["first"].get(put.name, 0.0),
                "total": index["total"].get(put.name, 0.0),
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    theirs = frame["assumed"] & frame["used"]
    closed = [one.closed for one in found.values() if not one.indices.reason]
    return Footing(
        frame, int(theirs.sum()), int(frame["used"].sum()),
        min((alone for alone, _ in closed), default=math.nan),
        max((part for _, part in closed), default=math.nan),
        tuple(one.name for one in model.older()),
    )  # fmt: skip
