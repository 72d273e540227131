"""Which input moves the answer: one at a time (tornado) and all together (Sobol indices).

First-order index ``S_i = Var(E[Y | X_i]) / Var(Y)``: what knowing the input would take off the
variance. Total index ``T_i = E[Var(Y | all but X_i)] / Var(Y)``: what the input has a part in.
Estimators: ``S_i = mean(f(B)(f(A_B^i) - f(A))) / V`` (Saltelli et al. 2010, Computer Physics
Communications 181, table 2 b) and ``T_i = mean((f(A) - f(A_B^i))²) / 2V`` (Jansen 1999).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.market.model import SizingModel
from analysis.market.sampling import points

UNDETERMINED = 1.3
"""Upper end of an index above which its draws do not determine it: no share exceeds 1."""

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
    groups: Sequence[Sequence[int]] | None = None,
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
        groups: Sets of inputs that are known together, each with an index of its own (the closed
            index of the set); each input by itself when None.

    Raises:
        InputError: If ``n`` is not a power of 2.
        ValueError: If an outcome is not finite.
    """
    base = points(n, 2 * k, rng)
    a, b = base[:, :k], base[:, k:]
    sets = [[i] for i in range(k)] if groups is None else [[*group] for group in groups]
    g = len(sets)
    outcomes = np.empty((g + 2, n))
    outcomes[0], outcomes[1] = function(a), function(b)
    for i, columns in enumerate(sets):
        mixed = a.copy()
        mixed[:, columns] = b[:, columns]
        outcomes[i + 2] = function(mixed)
    if not np.isfinite(outcomes).all():
        raise ValueError("function: found an outcome that is not finite")
    # The indices do not depend on place and scale of the outcome; its digits do.
    centre, largest = outcomes[:2].mean(), np.abs(outcomes).max()
    spread = float(np.ptp(outcomes))
    if spread <= 1e-13 * largest or spread == 0:
        nan = np.full(g, np.nan)
        return SobolIndices(nan, nan, nan, nan, nan, nan, 0.0, confidence, n * (g + 2),
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
        found[:g], lo[:g], hi[:g], found[g:], lo[g:], hi[g:],
        float((means[1] - means[0] ** 2) * spread**2), confidence, n * (g + 2),
    )  # fmt: skip


@dataclass(frozen=True)
class Sensitivity:
    """What each input of a model does to one outcome.

    Attributes:
        frame: One row an input that varies, most influential first: ``name, grade, low, high`` (the
            outcome with the input at its P10 and P90 and the others at their medians),
            ``least, most`` (of the outcome at its P10, P25, P50, P75 and P90), ``swing`` (``most -
            least``), ``first, first_lo, first_hi, total, total_lo, total_hi`` (held to 0 to 1).
        outcome: Name of the outcome.
        middle: The outcome with all inputs at their medians.
        interactions: ``1 - Σ first``: what no input does alone.
        determined: Whether the draws determine the indices; where a few extreme draws carry the
            variance, their intervals reach far beyond 1.
        closed: Index of all inputs that are assumptions, known together: share of the variance
            that they carry alone, and share in which they have a part; 0 and 0 if none varies, 1
            and 1 if no other input does, NaN if the outcome does not vary.
        correlated: Whether the declared dependence was set aside: Sobol indices are defined for
            independent inputs.
        indices: The indices as computed.
        model: The model.
    """

    frame: pd.DataFrame
    outcome: str
    middle: float
    interactions: float
    determined: bool
    closed: tuple[float, float]
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
        One row an input in declared order: ``name, low, high, least, most, swing``. The range is
        over five points, so that an input with its best value in the middle has a swing.

    Raises:
        InputError: If there is no such outcome, or it is not finite somewhere.
    """
    k = len(model.inputs)
    ends = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
    rows = np.tile(model.medians(), (5 * k, 1))
    for i, one in enumerate(model.inputs):
        rows[5 * i : 5 * i + 5, i] = one.distribution.quantile(ends)
    found = model.outcome(outcome, rows).reshape(k, 5)
    least, most = found.min(axis=1), found.max(axis=1)
    names = [one.name for one in model.inputs]
    return pd.DataFrame({"name": names, "low": found[:, 0], "high": found[:, 4], "least": least,
                         "most": most, "swing": most - least})  # fmt: skip


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
    assumed = [column for column, i in enumerate(moving) if model.inputs[i].assumed]
    closed = _closed(function, len(moving), assumed, rng=rng, n=n)
    shares = {
        key: np.clip(getattr(indices, key)[: len(moving)], 0.0, 1.0)
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
        frame.reset_index(drop=True), outcome, middle,
        float(np.clip(1 - indices.first.sum(), 0.0, 1.0)),
        not bool((indices.total_hi > UNDETERMINED).any()),
        closed if not indices.reason else (float("nan"),) * 2, linked, indices, model,
    )  # fmt: skip


def _closed(
    function: Function, k: int, columns: list[int], *, rng: np.random.Generator, n: int
) -> tuple[float, float]:
    """Closed and total index of a set of inputs."""
    if not columns or len(columns) == k:
        return (1.0, 1.0) if columns else (0.0, 0.0)
    found = sobol_indices(function, k, rng=rng, n=n, resamples=2, groups=[columns])
    if found.reason:
        return (float("nan"),) * 2
    alone, part = (float(np.clip(each[0], 0.0, 1.0)) for each in (found.first, found.total))
    # Without interactions the two are one number, and their errors could swap them.
    return min(alone, part), max(alone, part)
