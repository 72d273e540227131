"""What is believed about each arm after the test: exact beta posteriors, normal ones for means.

Both offer the same few functions on a scale where they look alike (the logit of a share, a mean as
it is), so that comparing arms is one set of integrals (:mod:`.contest`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]


class Posterior(Protocol):
    """The belief about one arm's value.

    ``u`` is the scale of integration, ``x`` that of the metric.
    """

    @property
    def mean(self) -> float:
        """Expected value of the metric."""

    @property
    def place(self) -> tuple[float, float]:
        """Mean and standard deviation on the scale ``u``."""

    def log_density(self, u: Floats) -> Floats:
        """Logarithm of the density in ``u``, up to a constant."""

    def tails(self, u: Floats) -> tuple[Floats, Floats]:
        """Probabilities below and above ``u``, each precise where it is small."""

    def quantile(self, p: float) -> float:
        """Quantile of the metric."""

    def below(self, u: Floats) -> Floats:
        """Probability below ``u``."""

    def to_x(self, u: Floats) -> Floats:
        """From the scale of integration to the metric."""

    def to_u(self, x: Floats) -> Floats:
        """From the metric to the scale of integration."""

    def slope(self, u: Floats) -> Floats:
        """``dx / du``."""


@dataclass(frozen=True, slots=True)
class Beta:
    """Beta(a, b) about a share; ``u`` is its logit.

    Attributes:
        a: Prior's ``a`` plus successes, above 0.
        b: Prior's ``b`` plus failures, above 0.
    """

    a: float
    b: float

    def __post_init__(self) -> None:
        if not (self.a > 0 and self.b > 0):
            raise ValueError(f"found Beta({self.a}, {self.b}), expected both above 0")

    @property
    def mean(self) -> float:
        """``a / (a + b)``."""
        return self.a / (self.a + self.b)

    @property
    def place(self) -> tuple[float, float]:
        """Moments of the logit: differences of digammas, root of the sum of trigammas."""
        spread = special.polygamma(1, self.a) + special.polygamma(1, self.b)
        return float(special.digamma(self.a) - special.digamma(self.b)), float(np.sqrt(spread))

    def log_density(self, u: Floats) -> Floats:
        """``a log x + b log(1 - x)``, measured from the middle so that huge counts keep digits."""
        middle = self.place[0]
        x0, d = special.expit(middle), u - middle
        near = np.log1p(x0 * np.expm1(np.clip(d, -1.0, 1.0)))
        far = np.logaddexp(special.log_expit(-middle), special.log_expit(middle) + d)
        rise: Floats = self.a * d - (self.a + self.b) * np.where(np.abs(d) < 1, near, far)
        return rise

    def tails(self, u: Floats) -> tuple[Floats, Floats]:
        """Regularised incomplete beta functions, of the smaller of ``x`` and ``1 - x``."""
        below, above = np.empty_like(u), np.empty_like(u)
        low = u < 0
        x, y = special.expit(u[low]), special.expit(-u[~low])
        below[low], above[low] = (f(self.a, self.b, x) for f in (special.betainc, special.betaincc))
        above[~low], below[~low] = (
            f(self.b, self.a, y) for f in (special.betainc, special.betaincc)
        )
        return below, above

    def quantile(self, p: float) -> float:
        """Inverse of the incomplete beta function."""
        return float(special.betaincinv(self.a, self.b, p))

    def below(self, u: Floats) -> Floats:
        """Regularised incomplete beta function."""
        return np.asarray(special.betainc(self.a, self.b, special.expit(u)), dtype=np.float64)

    def to_x(self, u: Floats) -> Floats:
        """Share of a logit."""
        return np.asarray(special.expit(u), dtype=np.float64)

    def to_u(self, x: Floats) -> Floats:
        """Logit of a share; infinite outside of (0, 1)."""
        return np.asarray(special.logit(np.clip(x, 0.0, 1.0)), dtype=np.float64)

    def slope(self, u: Floats) -> Floats:
        """``x (1 - x)``."""
        return np.asarray(special.expit(u) * special.expit(-u), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal(m, s²) about a mean or a lift; ``u`` is the value itself.

    Attributes:
        m: Mean.
        s: Standard deviation, above 0.
    """

    m: float
    s: float

    def __post_init__(self) -> None:
        if not self.s > 0:
            raise ValueError(f"found standard deviation {self.s}, expected above 0")

    @property
    def mean(self) -> float:
        """``m``."""
        return self.m

    @property
    def place(self) -> tuple[float, float]:
        """``m, s``."""
        return self.m, self.s

    def log_density(self, u: Floats) -> Floats:
        """``-(u - m)² / 2s²``."""
        z = (u - self.m) / self.s
        return -z * z / 2

    def tails(self, u: Floats) -> tuple[Floats, Floats]:
        """Normal distribution function, from both sides."""
        z = (u - self.m) / self.s
        return special.ndtr(z), special.ndtr(-z)

    def quantile(self, p: float) -> float:
        """Normal quantile."""
        return self.m + self.s * float(special.ndtri(p))

    def below(self, u: Floats) -> Floats:
        """Normal distribution function."""
        return np.asarray(special.ndtr((u - self.m) / self.s), dtype=np.float64)

    def to_x(self, u: Floats) -> Floats:
        """The value itself."""
        return u

    def to_u(self, x: Floats) -> Floats:
        """The value itself."""
        return x

    def slope(self, u: Floats) -> Floats:
        """1 everywhere."""
        return np.ones_like(u)
