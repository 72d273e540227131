"""The normal mixture that every always-valid rule here is made of.

Mix the likelihood ratio of an effect against 0 over effects drawn from ``N(0, tau²)``. Under no
effect the result is a martingale of mean 1, so it exceeds ``1 / alpha`` at any time with
probability at most ``alpha`` (Ville 1939): its inverse is a p-value that holds at every look.

It depends on the data through ``z = estimate / se`` and on the mixture through
``r = tau² / se²``, how much wider the mixture is than the error of the estimate:

    log e(z, r) = (z² r / (1 + r) - log(1 + r)) / 2

* mSPRT (Johari, Koomen, Pekelis & Walsh 2022, Operations Research 70): ``tau`` is fixed on the
  scale of the effect, so ``r = tau² / se²``.
* Asymptotic confidence sequences (Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024, Annals of
  Statistics 52): ``tau = rho sigma``, in units of the standard deviation, so ``r = n rho²``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DEFAULT_TUNING = 5000.0
"""Users (all arms) at which the bounds are tightest when no plan says how long the test may run.

A constant (that of GrowthBook), because a number taken from the data's own end would be chosen
after looking."""


def check_alpha(alpha: float) -> float:
    """Return the level if it is one.

    Raises:
        ValueError: If it is not between 0 and 1.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: found {alpha}, expected between 0 and 1")
    return alpha


def tuned_ratio(alpha: float) -> float:
    """Ratio ``r`` of the mixture at the moment its bounds are tightest, to a good approximation.

    ``-2 ln(alpha) + ln(1 - 2 ln(alpha))``; Waudby-Smith et al. (2024), Appendix B.2, after Howard,
    Ramdas, McAuliffe & Sekhon (2021), Annals of Statistics 49.
    """
    evidence = -2 * math.log(check_alpha(alpha))
    return evidence + math.log1p(evidence)


def tuned_rho2(tuning: float, alpha: float = 0.05) -> float:
    """``rho²`` of the sequence that is tightest after ``tuning`` users (both arms together).

    Raises:
        ValueError: If ``tuning`` is not positive or ``alpha`` is no level.
    """
    if not 0 < tuning < math.inf:
        raise ValueError(f"tuning: found {tuning}, expected above 0")
    return tuned_ratio(alpha) / tuning


def mixing_sd(se: float, alpha: float = 0.05) -> float:
    """``tau`` of the mSPRT that is tightest when the standard error has come down to ``se``.

    Args:
        se: Standard error planned for the end of the test, in units of the metric.
        alpha: Level.
    """
    if not 0 < se < math.inf:
        raise ValueError(f"se: found {se}, expected above 0")
    return se * math.sqrt(tuned_ratio(alpha))


def log_evalue(z: ArrayLike, ratio: ArrayLike) -> Floats:
    """Log of the mixture likelihood ratio against no effect.

    Args:
        z: Estimates over their standard errors, any shape.
        ratio: ``tau² / se²``, above 0, broadcast against ``z``.
    """
    z, ratio = np.asarray(z, np.float64), np.asarray(ratio, np.float64)
    return np.asarray((z * z / (1 + 1 / ratio) - np.log1p(ratio)) / 2)


def p_value(log_e: ArrayLike) -> Floats:
    """Always-valid p-value at a look: ``min(1, 1 / e)``."""
    return np.exp(-np.maximum(np.asarray(log_e, np.float64), 0.0))


def critical_value(ratio: ArrayLike, alpha: float = 0.05) -> Floats:
    """Standard errors on each side of the estimate: what 1.96 is to an interval looked at once.

    Args:
        ratio: ``tau² / se²``, above 0, any shape.
        alpha: Level.
    """
    ratio = np.asarray(ratio, np.float64)
    evidence = np.log1p(ratio) - 2 * math.log(check_alpha(alpha))
    return np.asarray(np.sqrt((1 + 1 / ratio) * evidence))
