"""What the tests of a programme really gained: every estimate pulled towards the others.

The largest of many estimates are too large (winner's curse), because they were chosen for it. The
posterior mean under the distribution of true effects is not: choosing does not change it (Dawid
1994; Efron 2011, JASA 106). That distribution is estimated from all tests, winners or not: normal,
or with heavier tails, ``mean + τ t_ν``, where a few tests move much more than the rest (Azevedo,
Deng, Montiel Olea, Rao & Weyl 2020, Journal of Political Economy 128).

Estimates are taken as independent and normal around their true effects. Arms that share a control
are not quite: their posterior means stand, their sums are a little less certain than stated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.experiments.programme.heavy import fit_heavy
from analysis.experiments.programme.spread import Spread, normal_spread

Floats = NDArray[np.float64]
Prior = Literal["auto", "normal", "t"]
LEAST = 3
TOO_FEW = "fewer than three estimates do not show how much true effects differ"
UNDETERMINED = "the estimates do not determine the tails of a t distribution"


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """Posterior of every true effect.

    Attributes:
        mean: ``(m,)`` posterior means.
        sd: ``(m,)`` posterior standard deviations, with what is not known about the distribution of
            true effects.
        wrong_sign: ``(m,)`` P(the true effect has the other sign than the estimate), the type S
            error of that one test (Gelman & Carlin 2014).
        centre: Mean of the true effects.
        tau: Scale of the true effects: their standard deviation if normal.
        df: Degrees of freedom of the t distribution; ``inf`` if normal.
        why: Reason when a t distribution was asked for and could not be fitted; else empty.
        loading: ``(h, m)`` how much each posterior mean moves with what is not known about the
            distribution, so that ``total`` knows what errors are shared.
        own: ``(m,)`` posterior variance that is each effect's own.
    """

    mean: Floats
    sd: Floats
    wrong_sign: Floats
    centre: float
    tau: float
    df: float
    why: str
    loading: Floats
    own: Floats

    def total(self, weight: Floats) -> tuple[float, float]:
        """Weighted sum of the true effects and its standard error.

        Args:
            weight: ``(m,)``; 0 for effects left out, however they were chosen.
        """
        shared = self.loading @ weight
        variance = float(self.own @ weight**2) + float(shared @ shared)
        return float(self.mean @ weight), math.sqrt(variance)


def shrink(effect: Floats, se: Floats, prior: Prior = "auto") -> Shrunk:
    """Posterior of every true effect, given all estimates.

    Args:
        effect: ``(m,)`` estimates, at least three.
        se: ``(m,)`` their standard errors, above 0.
        prior: Distribution of true effects: ``"normal"``, ``"t"``, or the one with the better
            information criterion (Akaike 1974).

    Raises:
        ValueError: If there are fewer than three estimates, or one without a positive error.
    """
    y, error = np.asarray(effect, np.float64), np.asarray(se, np.float64)
    usable = np.isfinite(y) & np.isfinite(error) & (error > 0)
    if len(y) < LEAST or not usable.all():
        raise ValueError(f"found {int(usable.sum())} usable of {len(y)}, expected at least 3, all")
    scale = float(np.median(error))
    y, error = y / scale, error / scale
    spread, why = normal_spread(y, error), ""
    if prior != "normal":
        heavy = fit_heavy(y, error, spread)
        if heavy is None:
            why = UNDETERMINED if prior == "t" else ""
        elif prior == "t" or heavy.log_likelihood - 1 > spread.log_likelihood:
            spread = heavy
    return _in_units(spread, y, scale, why)


def _in_units(spread: Spread, y: Floats, scale: float, why: str) -> Shrunk:
    below = special.ndtr(-spread.mean / spread.sd) if spread.below is None else spread.below
    return Shrunk(
        spread.mean * scale, spread.sd * scale, np.where(y >= 0, below, 1 - below),
        spread.centre * scale, spread.tau * scale, spread.df, why,
        spread.loading * scale, spread.own * scale**2,
    )  # fmt: skip
