"""A stretch of hours to push in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.forecasting.arrays import Floats

HOURS = 24


@dataclass(frozen=True)
class PushSlot:
    """Best stretch of hours to push in.

    Attributes:
        start: First hour.
        length: Hours; the slot may run over midnight.
        chance: Share of the resamples in which it is the best.
        gain: Its rate over that of the average hour, minus 1, optimism taken off.
        lo: Lower bound.
        hi: Upper bound.
        optimism: What picking it from the same data added to the logarithm of the gain.
    """

    start: int
    length: int
    chance: float
    gain: float
    lo: float
    hi: float
    optimism: float

    @property
    def hours(self) -> tuple[int, ...]:
        """Hours of the slot."""
        return tuple((self.start + k) % HOURS for k in range(self.length))


def slots_of(length: int) -> Floats:
    """Hours of each slot of a length, ``(24, 24)``: column h has the slot that begins at h."""
    away = (np.arange(HOURS)[:, None] - np.arange(HOURS)) % HOURS
    slots: Floats = (away < length).astype(np.float64)
    return slots
