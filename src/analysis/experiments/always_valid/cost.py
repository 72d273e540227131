"""What looking at any time costs against one look at the end."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.experiments.sequential.integration import START, above, advance, below

Floats = NDArray[np.float64]

POWER = 0.80
NEGLIGIBLE = 1e-3


@dataclass(frozen=True, slots=True)
class Cost:
    """What an always-valid rule costs at the looks of a test.

    Attributes:
        width: Width of its interval at the last look over that of an interval looked at once.
        power: Its power against the effect that one test at the last look finds with ``fixed``.
        fixed: Power of that one test.
        looks: Looks counted.
    """

    width: float
    power: float
    fixed: float
    looks: int


def _kept(times: Floats) -> list[int]:
    """Looks that add information; one that adds next to none decides next to nothing."""
    kept, following = [len(times) - 1], 1.0
    for at in range(len(times) - 2, -1, -1):
        if min(times[at], following - times[at]) > NEGLIGIBLE:
            kept.append(at)
            following = float(times[at])
    return kept[::-1]


def power_kept(information: Floats, critical: Floats, alpha: float, fixed: float = POWER) -> float:
    """Power of bounds at several looks where one test at the last look has ``fixed``.

    Args:
        information: ``(k,)`` increasing information (users, or 1 / se²) at the looks.
        critical: ``(k,)`` bounds of ``|z|``.
        alpha: Two-sided level of the one test.
        fixed: Its power.
    """
    shares = np.asarray(information, np.float64) / information[-1]
    kept = _kept(shares)
    times, bounds = shares[kept].tolist(), np.asarray(critical, np.float64)[kept].tolist()
    theta = float(special.ndtri(1 - alpha / 2) + special.ndtri(fixed))
    running, power = START, 0.0
    for at, (time, bound) in enumerate(zip(times, bounds, strict=True)):
        power += above(running, time, theta, bound) + below(running, time, theta, -bound)
        if at + 1 < len(times):
            running = advance(running, time, theta, [(-bound, bound)], times[at + 1])
    return min(power, 1.0)


def cost_of(information: Floats, critical: Floats, alpha: float) -> Cost:
    """What bounds at several looks cost; arguments as of :func:`power_kept`."""
    width = float(critical[-1]) / -float(special.ndtri(alpha / 2))
    power = power_kept(information, critical, alpha) if math.isfinite(width) else math.nan
    return Cost(width, power, POWER, len(information))
