"""Which input to research next: what a decision gains when one input becomes known.

The decision is to enter the market (payoff ``margin * outcome - cost``) or not (0). The expected
value of partial perfect information is ``E[max(0, E[payoff | X_i])] - max(0, E[payoff])``; the
inner expectation is a regression of the payoff on the input over the simulated draws (Strong,
Oakley & Brennan 2014, Medical Decision Making 34), here a cubic spline on its normal scores. It
holds for inputs that depend on each other: learning one then tells of the others too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import special, stats
from scipy.interpolate import BSpline

from analysis.base.errors import InputError
from analysis.market.sampling import Draws

Floats = NDArray[np.float64]

KNOTS = 8
"""Inner knots of the regression: enough for a bend at either end, few enough not to follow noise"""


@dataclass(frozen=True)
class Information:
    """Value of learning each input before a decision.

    Attributes:
        frame: One row an input that varies, most valuable first: ``name, grade, source, value``
            (EVPPI, in the unit of the payoff), ``value_error`` (Monte-Carlo standard error),
            ``variance`` (share of the outcome's variance that learning it takes away) and
            ``variance_error``.
        outcome: Name of the outcome.
        enter: Whether entering is better than not, as things are known.
        payoff: Expected payoff of entering.
        loss_chance: Share of draws in which entering loses.
        perfect: Value of knowing everything (EVPI).
        perfect_error: Its Monte-Carlo standard error.
        draws: The draws behind it.
    """

    frame: pd.DataFrame
    outcome: str
    enter: bool
    payoff: float
    loss_chance: float
    perfect: float
    perfect_error: float
    draws: Draws

    @property
    def worth(self) -> pd.Series | None:
        """The row of the input to research; None if none is clearly worth it."""
        if self.frame.empty:
            return None
        top = self.frame.iloc[0]
        clear = top["value"] > max(2 * top["value_error"], 1e-3 * self.perfect)
        return top if clear else None

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Inputs under names for readers (``lang`` en or zh)."""
        from analysis.market.words_inputs import information_table

        return information_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """What learning each input is worth."""
        from analysis.market.plots import information_figure

        return information_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """What to research next (``lang`` en or zh)."""
        from analysis.market.words_inputs import information_sentence

        return information_sentence(self, lang)


def conditional_mean(outcome: Floats, given: Floats) -> Floats:
    """Estimate ``E[outcome | given]`` at every draw by a cubic spline on normal scores.

    Args:
        outcome: Shape (n,), at least 50.
        given: Shape (n,).

    Raises:
        ValueError: If there are fewer than 50 draws.
    """
    n = len(outcome)
    if n < 50:
        raise ValueError(f"draws: found {n}, expected at least 50")
    scores = special.ndtri((stats.rankdata(given) - 0.5) / n)
    # Equally spaced in the normal score, within its 1 % and 99 % points: the tails stay cubic.
    inner = np.linspace(-2.3, 2.3, KNOTS)
    inner = inner[(inner > scores.min()) & (inner < scores.max())]
    ends = (np.repeat(scores.min(), 4), np.repeat(scores.max(), 4))
    knots = np.concatenate([ends[0], inner, ends[1]])
    design = BSpline.design_matrix(scores, knots, 3).toarray()
    found, *_ = np.linalg.lstsq(design, outcome, rcond=None)
    return np.asarray(design @ found, dtype=np.float64)


def _gain(expected: Floats) -> float:
    """Expected gain of deciding by each expectation over deciding once."""
    return float(np.maximum(expected, 0).mean() - max(expected.mean(), 0.0))


def value_of_information(
    draws: Draws, outcome: str, *, cost: float, margin: float = 1.0
) -> Information:
    """What learning each input is worth for the decision to enter.

    Args:
        draws: Of the model; see :func:`analysis.market.sampling.simulate`.
        outcome: Name of the outcome, a yearly market for instance.
        cost: What entering costs, in the unit of ``margin * outcome``; the break-even.
        margin: Payoff of one unit of the outcome.

    Raises:
        InputError: If cost or margin is not finite, there is no such outcome, or too few draws.
    """
    if not (np.isfinite(cost) and np.isfinite(margin)):
        raise InputError(f"found cost {cost} and margin {margin}, expected finite numbers")
    model, (r, n) = draws.model, draws.shape
    if n < 50:
        raise InputError(f"found {n} draws in a randomisation, expected at least 50")
    model.unit(outcome)
    payoffs = margin * draws.values[outcome] - cost
    used = model.used_by(outcome)
    rows = []
    for one in model.inputs:
        if one.fixed or one.name not in used:
            continue
        given = draws.values[one.name]
        each = [conditional_mean(payoffs[i], given[i]) for i in range(r)]
        pooled = conditional_mean(payoffs.ravel(), given.ravel())
        shares = [_share(part, payoffs[i]) for i, part in enumerate(each)]
        rows.append(
            {
                "name": one.name, "grade": one.grade, "source": one.source,
                # Rounding can leave a value a hair below 0, which no information has.
                "value": max(_gain(pooled), 0.0),
                "value_error": _error([_gain(part) for part in each]),
                "variance": _share(pooled, payoffs.ravel()),
                "variance_error": _error(shares),
            }
        )  # fmt: skip
    columns = ["name", "grade", "source", "value", "value_error", "variance", "variance_error"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.sort_values(["value", "variance"], ascending=False, kind="stable")
    mean = float(payoffs.mean())
    return Information(
        frame.reset_index(drop=True), outcome, mean > 0, mean, float((payoffs < 0).mean()),
        max(_gain(payoffs.ravel()), 0.0), _error([_gain(part) for part in payoffs]), draws,
    )  # fmt: skip


def _share(expected: Floats, outcome: Floats) -> float:
    variance = float(outcome.var())
    return min(float(expected.var()) / variance, 1.0) if variance > 0 else float("nan")


def _error(values: list[float]) -> float:
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))
