"""How much of the error a test may have used by a share of its information.

Lan & DeMets 1983 (Biometrika 70) with the functions of O'Brien–Fleming and Pocock type; Hwang,
Shih & DeCani 1990 (Statistics in Medicine 9); Kim & DeMets 1987 (Biometrika 74).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr

from analysis.experiments.sequential.integration import Floats, quantile

LogSpending = Callable[[Floats, float, float], Floats]


def _obrien_fleming(t: Floats, error: float, _: float) -> Floats:
    return math.log(2) + np.asarray(log_ndtr(-quantile(error / 2) / np.sqrt(t)))


def _pocock(t: Floats, error: float, _: float) -> Floats:
    return math.log(error) + np.log(np.log1p((math.e - 1) * t))


def _hwang_shih_decani(t: Floats, error: float, gamma: float) -> Floats:
    if gamma == 0:
        return math.log(error) + np.log(t)
    if gamma < 0:
        # (exp(-γt) − 1) / (exp(-γ) − 1), written so that neither exponential can overflow.
        g = -gamma
        shares = np.exp(-g * (1 - t)) * -np.expm1(-g * t) / -math.expm1(-g)
    else:
        shares = np.expm1(-gamma * t) / math.expm1(-gamma)
    return math.log(error) + np.log(shares)


def _kim_demets(t: Floats, error: float, rho: float) -> Floats:
    return math.log(error) + rho * np.log(t)


SPENDING: dict[str, LogSpending] = {
    "obrien_fleming": _obrien_fleming,
    "pocock": _pocock,
    "hwang_shih_decani": _hwang_shih_decani,
    "kim_demets": _kim_demets,
}
"""Name → function of information, total error of one side and parameter; a natural logarithm."""

PARAMETERS = {"hwang_shih_decani": -4.0, "kim_demets": 3.0}
"""Parameters where none is given: γ, and the power ρ; both near O'Brien–Fleming."""


def log_spent(spending: str, t: ArrayLike, error: float, parameter: float = math.nan) -> Floats:
    """Natural logarithm of the error of one side that may be used by information ``t``.

    Logarithms, since an O'Brien–Fleming test at 1 % of its information may use 1e-110.

    Args:
        spending: A name of :data:`SPENDING`.
        t: Shares of the planned maximum of information, above 0; all is spent from 1 on.
        error: Total error of one side, below 1.
        parameter: γ of Hwang, Shih & DeCani; ρ of Kim & DeMets.
    """
    shares = np.minimum(np.asarray(t, np.float64), 1.0)
    logs = np.asarray(SPENDING[spending](shares, error, parameter), np.float64)
    return np.where(shares >= 1, math.log(error), logs)
