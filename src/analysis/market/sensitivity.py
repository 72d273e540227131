"""Which input moves the answer: one at a time (tornado) and all together (Sobol indices).

First-order index ``S_i = Var(E[Y | X_i]) / Var(Y)``: what knowing the input would take off the
variance. Total index ``T_i = E[Var(Y | all but X_i)] / Var(Y)``: what the input has a part in.
Estimators: ``S_i = mean(f(B)(f(A_B^i) - f(A))) / V`` (Saltelli et al. 2010, Computer Physics
Communications 181, table 2 b) and ``T_i = mean((f(A) - f(A_B^i))²) / 2V`` (Jansen 1999).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.market.model import SizingModel
from analysis.market.sampling import points

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]


@dataclass(frozen=True)
class SobolIndices:
    """Variance shares of the inputs of a function.

    Attributes:
        first: First-order indices, shape (k,); NaN if the outcome does not vary.
        first_lo: Lower ends of their bootstrap intervals.
        first_hi: Upper ends.
        total: Total indices, shape (k,).
        total_lo: Lower ends of their bootstrap intervals.
        total_hi: Upper ends.
        variance: Of the outcome.
        confidence: Level of the intervals.
        evaluations: Times the function was evaluated: ``n * (k + 2)``.
        reason: Why there are no indices; empty if there are.
    """

    first: Floats
    first_lo: Floats
    first_hi: Floats
    total: Floats
    total_lo: Floats
    total_hi: Floats
    variance: float
    confidence: float
    evaluations: int
    reason: str = ""


def sobol_indices(
    function: Function,
    k: int,
    *,
    rng: np.random.Generator,
    n: int = 4096,
    resamples: int = 200,
    confidence: float = 0.95,
) -> SobolIndices:
    """Sobol indices of a function of independent inputs.

    Args:
        function: From uniform points, shape (m, k), to outcomes, shape (m,): map the points
            through the inputs' quantile functions inside.
        k: Number of inputs.
        rng: Source of chance.
        n: Base points, a power of 2; the function is evaluated ``n (k + 2)`` times.
        resamples: Of the bootstrap over base points (Archer, Saltelli & Sobol' 1997). Quasi-random
            points are better than that supposes: the intervals are rather too wide.
        confidence: Level of the intervals.

    Raises:
        InputError: If ``n`` is not a power of 2.
        ValueError: If an outcome is not finite.
    """
    base = points(n, 2 * k, rng)
    a, b = base[:, :k], base[:, k:]
    outcomes = np.empty((k + 2, n))
    outcomes[0], outcomes[1] = function(a), function(b)
    for i in range(k):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        outcomes[i + 2] = function(mixed)
    if not np.isfinite(outcomes).all():
        raise ValueError("function: found an outcome that is not finite")
    # The indices do not depend on place and scale of the outcome; its digits do.
    centre, largest = outcomes[:2].mean(), np.abs(outcomes).max()
    spread = float(np.ptp(outcomes))
    if spread <= 1e-13 * largest or spread == 0:
        nan = np.full(k, np.nan)
        return SobolIndices(nan, nan, nan, nan, nan, nan, 0.0, confidence, n * (k + 2),
                            "the outcome does not vary")  # fmt: skip
    fa, fb, mixes = outcomes[0], outcomes[1], outcomes[2:]
    fa, fb, mixes = ((part - centre) / spread for part in (fa, fb, mixes))
    step = mixes - fa
    products, squares = (fb * step).T, (step**2 / 2).T
    moments = np.column_stack([(fa + fb) / 2, (fa**2 + fb**2) / 2, products, squares])

    def indices(means: Floats) -> Floats:
        return means[..., 2:] / (means[..., 1] - means[..., 0] ** 2)[..., None]

    means = moments.mean(axis=0)
    found = indices(means)
    weights = rng.multinomial(n, np.full(n, 1 / n), size=resamples) / n
    ends = np.quantile(indices(weights @ moments), [(1 - confidence) / 2, (1 + confidence) / 2], 0)
    # Percentile ends of a resample can miss the estimate itself by a rounding.
    lo, hi = np.minimum(ends[0], found), np.maximum(ends[1], found)
    return SobolIndices(
        found[:k], lo[:k], hi[:k], found[k:], lo[k:], hi[k:],
        float((means[1] - means[0] ** 2) * spread**2), confidence, n * (k + 2),
    )  # fmt: skip


@dataclass(frozen=True)
class Sensitivity:
    """What each input of a model does to one outcome.

    Attributes:
        frame: One row an input that varies, most influential first: ``name, grade, low, high`` (the
            outcome with the input at its P10 and P90 and the others at their medians),
            ``swing`` (``|high - low|``), ``first, first_lo, first_hi, total, total_lo, total_hi``.
        outcome: Name of the outcome.
        middle: The outcome with all inputs at their medians.
        interactions: ``1 - Σ first``: what no input does alone.
        correlated: Whether the declared dependence was set aside: Sobol indices are defined for
            independent inputs.
        indices: The indices as computed.
        model: The model.
    """

    frame: pd.DataFrame
    outcome: str
    middle: float
    interactions: float
    correlated: bool
    indices: SobolIndices
    model: SizingModel

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Inputs under names for readers (``lang`` en or zh)."""
        from analysis.market.words_inputs import sensitivity_table

        return sensitivity_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """The tornado: the outcome with each input low and high."""
        from analysis.market.plots import tornado_figure

        return tornado_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Which input drives the spread (``lang`` en or zh)."""
        from analysis.market.words_inputs import sensitivity_sentence

        return sensitivity_sentence(self, lang)


def tornado(model: SizingModel, outcome: str) -> pd.DataFrame:
    """The outcome with each input at its P10 and P90 and the others at their medians.

    Returns:
        One row an input in declared order: ``name, low, high, swing``.

    Raises:
        InputError: If there is no such outcome, or it is not finite somewhere.
    """
    k = len(model.inputs)
    rows = np.tile(model.medians(), (2 * k, 1))
    for i, one in enumerate(model.inputs):
        rows[[2 * i, 2 * i + 1], i] = one.distribution.quantile([0.1, 0.9])
    low, high = model.outcome(outcome, rows).reshape(k, 2).T
    names = [one.name for one in model.inputs]
    return pd.DataFrame({"name": names, "low": low, "high": high, "swing": np.abs(high - low)})


def sensitivity(
    model: SizingModel, outcome: str, *, rng: np.random.Generator, n: int = 4096
) -> Sensitivity:
    """Tornado and Sobol indices of one outcome of a model.

    Args:
        model: The model; a dependence between inputs is set aside, and said to be.
        outcome: Name of a formula (or an input).
        rng: Source of chance.
        n: Base points, a power of 2.

    Raises:
        InputError: If there is no such outcome, no input of it varies, or it is not finite.
    """
    used = model.used_by(outcome)
    moving = [i for i, one in enumerate(model.inputs) if one.name in used and not one.fixed]
    bars = tornado(model, outcome)
    middles = model.medians()

    def function(uniforms: Floats) -> Floats:
        values = np.tile(middles, (len(uniforms), 1))
        for column, i in enumerate(moving):
            values[:, i] = model.inputs[i].distribution.quantile(uniforms[:, column])
        return model.outcome(outcome, values)

    middle = float(model.outcome(outcome, middles[None, :])[0])
    indices = sobol_indices(function, max(len(moving), 1), rng=rng, n=n)
    shares = {
        key: getattr(indices, key)[: len(moving)]
        for key in ("first", "first_lo", "first_hi", "total", "total_lo", "total_hi")
    }
    frame = bars.iloc[moving].assign(
        grade=[model.inputs[i].grade for i in moving], **shares
    )  # fmt: skip
    frame = frame.sort_values(["total", "swing"], ascending=False, kind="stable")
    inner = {model.inputs[i].name for i in moving}
    linked = any(
        model.correlation[i, j] != 0
        for i, one in enumerate(model.inputs) for j in range(i)
        if one.name in inner and model.inputs[j].name in inner
    )  # fmt: skip
    return Sensitivity(
        frame.reset_index(drop=True), outcome, middle, float(1 - indices.first.sum()), linked,
        indices, model,
    )  # fmt: skip
