"""Intermittent demand: Croston's method, bias-corrected (SBA), and Teunter–Syntetos–Babai (TSB).

References: Croston (1972), Operational Research Quarterly 23; Syntetos & Boylan (2005), IJF 21;
Teunter, Syntetos & Babai (2011), EJOR 214.
"""

from __future__ import annotations

import numpy as np

from analysis.forecasting import kernels
from analysis.forecasting.arrays import Floats

ALPHA = 0.1
BETA = 0.05


def croston(y: Floats, horizon: int) -> Floats:
    """Smoothed demand size over smoothed interval, times ``1 - alpha/2``, ``(horizon,)``."""
    return np.full(horizon, kernels.croston(y, ALPHA))


def tsb(y: Floats, horizon: int) -> Floats:
    """Smoothed demand size times smoothed probability of demand, ``(horizon,)``."""
    return np.full(horizon, kernels.tsb(y, ALPHA, BETA))
