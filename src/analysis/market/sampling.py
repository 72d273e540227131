"""Points at which a model is evaluated, and the error that a finite number of them leaves.

Scrambled Sobol points (Sobol' 1967; Owen 1995, in MCQMC Methods) or a Latin hypercube (McKay,
Beckman & Conover 1979), in several independent randomisations: the spread of a quantile between
them is its Monte-Carlo error (Owen 1997; L'Ecuyer & Lemieux 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import qmc

from analysis.base.errors import InputError, nearest
from analysis.market.correlation import gaussian_copula, iman_conover
from analysis.market.model import SizingModel

Floats = NDArray[np.float64]

SCHEMES = ("sobol", "latin")

QUANTILES = (0.1, 0.5, 0.9)

_EDGE = 2.0**-33


def points(n: int, k: int, rng: np.random.Generator, scheme: str = "sobol") -> Floats:
    """Uniform points inside (0, 1), shape (n, k).

    Args:
        n: Points; a power of 2 for Sobol points, which are balanced only then.
        k: Dimensions.
        rng: Randomises them.
        scheme: ``sobol`` or ``latin``.

    Raises:
        InputError: If the scheme is unknown or the number does not fit it.
    """
    if scheme not in SCHEMES:
        raise InputError(f"scheme: found {scheme!r}; {nearest(scheme, SCHEMES)}")
    if scheme == "latin":
        if n < 2:
            raise InputError(f"points: found {n}, expected at least 2")
        return np.asarray(qmc.LatinHypercube(k, rng=rng).random(n), dtype=np.float64)
    if n < 2 or n & (n - 1):
        raise InputError(f"points: found {n}, expected a power of 2 such as {2**12} for Sobol")
    unit = qmc.Sobol(k, scramble=True, rng=rng).random(n)
    # A point may fall on 0, whose normal score is infinite; this is within its own cell.
    return np.clip(np.asarray(unit, dtype=np.float64), _EDGE, 1 - _EDGE)


@dataclass(frozen=True)
class Draws:
    """A model evaluated at random points.

    Attributes:
        model: The model.
        values: Name of every input and formula → values, shape (randomisations, n).
        scheme: How the points were laid.
    """

    model: SizingModel
    values: dict[str, Floats]
    scheme: str

    @property
    def shape(self) -> tuple[int, int]:
        """Randomisations and points of each."""
        r, n = next(iter(self.values.values())).shape
        return r, n

    def all(self, name: str) -> Floats:
        """All values of one name, shape (randomisations * n,)."""
        self.model.unit(name)
        return self.values[name].ravel()

    def quantiles(self, name: str) -> pd.Series:
        """P10, P50, P90 and mean of one name with their Monte-Carlo errors.

        Returns:
            ``p10, p50, p90, mean`` and ``p10_error`` … ``mean_error``: standard errors from the
            spread between the randomisations.
        """
        self.model.unit(name)
        return quantile_row(self.values[name])


def quantile_row(values: Floats) -> pd.Series:
    """P10, P50, P90 and mean of values (randomisations, n), with Monte-Carlo standard errors."""
    keys = [*(f"p{round(100 * q)}" for q in QUANTILES), "mean"]
    pooled = [*np.quantile(values, QUANTILES), values.mean()]
    each = np.vstack([np.quantile(values, QUANTILES, axis=1), values.mean(axis=1)])
    errors = each.std(axis=1, ddof=1) / np.sqrt(values.shape[0])
    return pd.Series(dict(zip([*keys, *(f"{key}_error" for key in keys)], [*pooled, *errors],
                              strict=True)))  # fmt: skip


def simulate(
    model: SizingModel,
    *,
    rng: np.random.Generator,
    n: int = 4096,
    randomisations: int = 16,
    scheme: str = "sobol",
) -> Draws:
    """Evaluate a model at random points with the declared dependence between its inputs.

    Args:
        model: The model.
        rng: Source of chance.
        n: Points of each randomisation (a power of 2 for Sobol).
        randomisations: Independent ones, at least 2: they give the Monte-Carlo error.
        scheme: ``sobol`` (Gaussian copula) or ``latin`` (Iman–Conover).

    Raises:
        InputError: If there are too few points, or a formula is not finite somewhere.
    """
    if randomisations < 2:
        raise InputError(f"randomisations: found {randomisations}, expected at least 2")
    k = len(model.inputs)
    parts = []
    for _ in range(randomisations):
        unit = points(n, k, rng, scheme)
        if model.correlated and scheme == "sobol":
            unit = gaussian_copula(unit, model.correlation)
        elif model.correlated:
            unit = iman_conover(unit, model.correlation, rng)
        parts.append(unit)
    found = model.evaluate(model.quantiles(np.concatenate(parts)))
    values = {name: column.reshape(randomisations, n) for name, column in found.items()}
    return Draws(model, values, scheme)
