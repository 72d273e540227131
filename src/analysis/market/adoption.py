"""How a market fills: Bass and logistic adoption, fitted with what the data leave open.

Share of the eventual adopters who have adopted by time ``t``:

* Bass (1969, Management Science 15): ``F(t) = (1 - e^{-(p+q)t}) / (1 + (q/p) e^{-(p+q)t})`` with
  innovation ``p`` and imitation ``q``; new adopters peak at ``ln(q/p) / (p+q)`` at a rate of
  ``m (p+q)² / 4q``.
* Logistic: ``F(t) = 1 / (1 + e^{-k(t - t0)})``; the peak is ``t0`` at a rate of ``m k / 4``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]


class Curve(Protocol):
    """What a fit asks of an adoption curve."""

    @property
    def peak_time(self) -> float: ...  # noqa: D102

    @property
    def peak_rate(self) -> float: ...  # noqa: D102

    def share(self, time: ArrayLike) -> Floats: ...  # noqa: D102


@dataclass(frozen=True)
class Bass:
    """Bass adoption.

    Attributes:
        p: Coefficient of innovation, above 0.
        q: Coefficient of imitation, at least 0.
        m: Eventual adopters.

    Raises:
        ValueError: If a parameter is out of range.
    """

    p: float
    q: float
    m: float = 1.0

    def __post_init__(self) -> None:
        if not (self.p > 0 and self.q >= 0 and self.m > 0):
            raise ValueError(f"found p={self.p}, q={self.q}, m={self.m}, expected p, m > 0, q >= 0")

    @property
    def peak_time(self) -> float:
        """When most adopt at once; 0 where imitation does not exceed innovation."""
        return math.log(self.q / self.p) / (self.p + self.q) if self.q > self.p else 0.0

    @property
    def peak_rate(self) -> float:
        """Adopters per period at the peak: ``m (p+q)²/4q``, or ``m p`` at the start."""
        if self.q > self.p:
            return self.m * (self.p + self.q) ** 2 / (4 * self.q)
        return self.m * self.p

    def share(self, time: ArrayLike) -> Floats:
        """Share of the eventual adopters by ``time``, any shape; 0 before the start."""
        rate = self.p + self.q
        passed = np.maximum(np.asarray(time, dtype=np.float64), 0.0) * rate
        # expm1 keeps the digits of the first adopters.
        return -np.expm1(-passed) / (1 + self.q / self.p * np.exp(-passed))


@dataclass(frozen=True)
class Logistic:
    """Logistic adoption.

    Attributes:
        k: Rate, above 0.
        t0: When half have adopted.
        m: Eventual adopters.

    Raises:
        ValueError: If a parameter is out of range.
    """

    k: float
    t0: float
    m: float = 1.0

    def __post_init__(self) -> None:
        if not (self.k > 0 and self.m > 0 and math.isfinite(self.t0)):
            raise ValueError(f"found k={self.k}, t0={self.t0}, m={self.m}, expected k, m > 0")

    @property
    def peak_time(self) -> float:
        """When most adopt at once."""
        return self.t0

    @property
    def peak_rate(self) -> float:
        """Adopters per period at the peak."""
        return self.m * self.k / 4

    def share(self, time: ArrayLike) -> Floats:
        """Share of the eventual adopters by ``time``, any shape."""
        return np.asarray(
            special.expit(self.k * (np.asarray(time, dtype=np.float64) - self.t0)), dtype=np.float64
        )
