"""What a test of a given size does to a true effect: power, type S and type M error.

Gelman & Carlin (2014), Perspectives on Psychological Science 9; closed forms of Lu, Qiu & Deng
(2019), British Journal of Mathematical and Statistical Psychology 72.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]


def retrodesign(
    effect: ArrayLike, se: ArrayLike, alpha: float = 0.05
) -> tuple[Floats, Floats, Floats]:
    """Power, P(wrong sign | significant) and E|estimate| / |effect| given significance.

    Args:
        effect: True effects, any shape.
        se: Standard errors of their estimates, above 0.
        alpha: Two-sided level.

    Returns:
        Power, type S error and exaggeration (type M); the last is ``inf`` for an effect of 0.
    """
    size, error = np.broadcast_arrays(
        np.abs(np.asarray(effect, np.float64)), np.asarray(se, np.float64)
    )
    if not (0 < alpha < 1 and np.all(error > 0)):
        raise ValueError("expected alpha between 0 and 1 and standard errors above 0")
    z = float(-special.ndtri(alpha / 2))
    shift = size / error
    right, wrong = special.ndtr(shift - z), special.ndtr(-shift - z)
    power = right + wrong
    density = (np.exp(-((shift - z) ** 2) / 2) + np.exp(-((shift + z) ** 2) / 2)) / np.sqrt(
        2 * np.pi
    )
    with np.errstate(divide="ignore"):
        exaggeration = (density + shift * (right - wrong)) / (power * shift)
    return power, wrong / power, exaggeration
