"""What the answer rests on: each input's grade, source and age, and how much is assumed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.market.model import SizingModel
from analysis.market.sensitivity import Sensitivity


@dataclass(frozen=True)
class Footing:
    """Inputs of a model and what they do to the outcome.

    Attributes:
        frame: One row an input, in declared order: ``name, p5, p50, p95, unit, grade, base_year,
            age`` (years before the model's), ``older`` (nothing brings it forward), ``assumed``,
            ``first`` and ``total`` (Sobol indices; 0 where the outcome does not depend on it).
        assumed: Number of inputs that the outcome depends on and that are assumptions.
        used: Number of inputs that the outcome depends on.
        variance_lo: Share of the outcome's variance from assumptions alone, ``Σ first``.
            NaN where the outcome does not vary.
        variance_hi: Share in which assumptions have a part, ``1 - Σ first`` of the others.
        older: Names of inputs older than the model's year.
    """

    frame: pd.DataFrame
    assumed: int
    used: int
    variance_lo: float
    variance_hi: float
    older: tuple[str, ...]


def footing(model: SizingModel, found: Sensitivity) -> Footing:
    """List the inputs and what of the outcome's variance rests on assumptions.

    The closed index of a set of inputs lies between the sum of its first-order indices and one
    less that of all others (Saltelli et al. 2008, Global Sensitivity Analysis, 1.2).

    Args:
        model: The model.
        found: Sensitivity of the outcome.
    """
    first = dict(zip(found.frame["name"], found.frame["first"].clip(lower=0), strict=True))
    total = dict(zip(found.frame["name"], found.frame["total"], strict=True))
    used, old = model.used_by(found.outcome), {one.name for one in model.older()}
    rows = []
    for one in model.inputs:
        p5, p50, p95 = one.distribution.quantile(np.array([0.05, 0.5, 0.95]))
        rows.append(
            {
                "name": one.name, "p5": float(p5), "p50": float(p50), "p95": float(p95),
                "unit": one.unit, "grade": one.grade, "base_year": one.base_year,
                "age": model.year - one.base_year, "older": one.name in old,
                "assumed": one.assumed, "used": one.name in used,
                "first": first.get(one.name, 0.0), "total": total.get(one.name, 0.0),
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    theirs = frame["assumed"] & frame["used"]
    if found.indices.reason:
        return Footing(frame, int(theirs.sum()), int(frame["used"].sum()), math.nan, math.nan,
                       tuple(one.name for one in model.older()))  # fmt: skip
    # Estimated indices can sum to a little over one.
    alone = min(float(frame.loc[theirs, "first"].sum()), 1.0)
    others = min(float(frame.loc[frame["used"] & ~theirs, "first"].sum()), 1.0)
    least, most = sorted((alone, 1 - others))
    return Footing(
        frame, int(theirs.sum()), int(frame["used"].sum()), least, most if theirs.any() else 0.0,
        tuple(one.name for one in model.older()),
    )  # fmt: skip
