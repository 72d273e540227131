"""What is believed about one number: an interval, three points, a normal, or a fixed value.

Every distribution answers with its mean, its standard deviation and its quantiles; sampling is
``quantile(uniforms)``, so that quasi-random points and correlations work with all of them.

Two variances circulate under the name PERT. ``"vose"`` is the beta-PERT of Vose (2008, Risk
Analysis, 3rd ed., 14.3) and of R's mc2d: ``(mean - min)(max - mean) / (lambda + 3)``. ``"classic"``
is ``(max - min)² / 36`` (Malcolm, Roseboom, Clark & Fazar 1959, Operations Research 7), here the
beta distribution of that mean and variance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.interpolate import CubicHermiteSpline

from analysis.base.errors import InputError, nearest

Floats = NDArray[np.float64]

CONVENTIONS = ("vose", "classic")

MANY = 8192
"""Quantiles from which a beta distribution is tabulated: solving each takes 20 microseconds."""

_REACH = 6.5


class Distribution(Protocol):
    """What a sizing model asks of a distribution."""

    @property
    def mean(self) -> float: ...  # noqa: D102

    @property
    def sd(self) -> float: ...  # noqa: D102

    def quantile(self, share: ArrayLike) -> Floats: ...  # noqa: D102


@dataclass(frozen=True)
class LogNormal:
    """A positive number whose logarithm is normal.

    Attributes:
        mu: Mean of the logarithm: the logarithm of the median.
        sigma: Standard deviation of the logarithm.
    """

    mu: float
    sigma: float

    @property
    def median(self) -> float:
        """``exp(mu)``."""
        return math.exp(self.mu)

    @property
    def mean(self) -> float:
        """``exp(mu + sigma²/2)``."""
        return math.exp(self.mu + self.sigma**2 / 2)

    @property
    def sd(self) -> float:
        """``mean * sqrt(exp(sigma²) - 1)``."""
        return self.mean * math.sqrt(math.expm1(self.sigma**2))

    def quantile(self, share: ArrayLike) -> Floats:
        """Values below which these shares lie; same shape."""
        scores: Floats = special.ndtri(np.asarray(share, dtype=np.float64))
        return np.asarray(np.exp(self.mu + self.sigma * scores), dtype=np.float64)


@dataclass(frozen=True)
class Normal:
    """A number that errs alike to both sides.

    Attributes:
        mean: Its mean.
        sd: Its standard deviation.
    """

    mean: float
    sd: float

    def quantile(self, share: ArrayLike) -> Floats:
        """Values below which these shares lie; same shape."""
        scores: Floats = special.ndtri(np.asarray(share, dtype=np.float64))
        return self.mean + self.sd * scores


@dataclass(frozen=True)
class Pert:
    """A beta distribution stretched over ``[low, high]``.

    Attributes:
        low: Least possible value.
        high: Greatest possible value.
        alpha: First shape.
        beta: Second shape.
        convention: Whose variance: ``vose`` or ``classic``.
    """

    low: float
    high: float
    alpha: float
    beta: float
    convention: str

    @property
    def mean(self) -> float:
        """``low + (high - low) * alpha / (alpha + beta)``."""
        return self.low + (self.high - self.low) * self.alpha / (self.alpha + self.beta)

    @property
    def sd(self) -> float:
        """Square root of the variance."""
        return math.sqrt(self.variance)

    @property
    def variance(self) -> float:
        """``(mean - low)(high - mean) / (alpha + beta + 1)``."""
        return (self.mean - self.low) * (self.high - self.mean) / (self.alpha + self.beta + 1)

    def quantile(self, share: ArrayLike) -> Floats:
        """Values below which these shares lie; same shape."""
        shares = np.asarray(share, dtype=np.float64)
        many = shares.size > MANY
        unit = (_beta_table if many else special.betaincinv)(self.alpha, self.beta, shares)
        return self.low + (self.high - self.low) * np.asarray(unit, dtype=np.float64)


def _beta_table(alpha: float, beta: float, shares: Floats) -> Floats:
    """Beta quantiles by a cubic through 4,001 exact ones with their slopes, in normal scores.

    On that axis the quantile function is smooth in both tails; the largest relative error
    measured is 2e-9, the largest absolute one 1e-13.
    """
    nodes = np.linspace(-_REACH, _REACH, 4001)
    # The upper half from the other end: 1 - quantile keeps its digits where the quantile is 1.
    lower, upper = special.ndtr(nodes[:2001]), special.ndtr(-nodes[2001:])
    left = np.concatenate(
        [special.betaincinv(alpha, beta, lower), 1 - special.betaincinv(beta, alpha, upper)]
    )
    right = np.concatenate(
        [1 - special.betaincinv(alpha, beta, lower), special.betaincinv(beta, alpha, upper)]
    )
    log_density = special.xlogy(alpha - 1, left) + special.xlogy(beta - 1, right)
    log_slope = -(nodes**2) / 2 - math.log(2 * math.pi) / 2
    slopes = np.exp(log_slope - log_density + special.betaln(alpha, beta))
    table = CubicHermiteSpline(nodes, left, slopes)
    scores = special.ndtri(shares)
    found = np.asarray(table(np.clip(scores, -_REACH, _REACH)), dtype=np.float64)
    beyond = ~(np.abs(scores) <= _REACH)
    if beyond.any():
        found[beyond] = special.betaincinv(alpha, beta, shares[beyond])
    return np.clip(found, 0.0, 1.0)


@dataclass(frozen=True)
class Triangular:
    """A triangle over ``[low, high]`` with its top at ``mode``."""

    low: float
    mode: float
    high: float

    @property
    def mean(self) -> float:
        """Mean of the three points."""
        return (self.low + self.mode + self.high) / 3

    @property
    def sd(self) -> float:
        """``sqrt((x² + y² + (x - y)²) / 36)``, the sides' distances ``x, y`` from the mode."""
        left, right = self.mode - self.low, self.high - self.mode
        # The textbook a² + b² + c² - ab - ac - bc loses all digits for a narrow triangle far out.
        return math.sqrt((left * left + right * right + left * right) / 18)

    def quantile(self, share: ArrayLike) -> Floats:
        """Values below which these shares lie; same shape."""
        shares = np.asarray(share, dtype=np.float64)
        width, left = self.high - self.low, self.mode - self.low
        rising = self.low + np.sqrt(shares * width * left)
        falling = self.high - np.sqrt((1 - shares) * width * (width - left))
        return np.where(shares * width <= left, rising, falling)


@dataclass(frozen=True)
class Fixed:
    """A number taken as known."""

    value: float

    @property
    def mean(self) -> float:
        """The value."""
        return self.value

    @property
    def sd(self) -> float:
        """Zero."""
        return 0.0

    def quantile(self, share: ArrayLike) -> Floats:
        """The value, in the shape of ``share``."""
        return np.full(np.shape(share), self.value)


def _interval(p5: float, p95: float, level: float, name: str) -> float:
    """Check an interval; return its half width in standard deviations."""
    if not (math.isfinite(p5) and math.isfinite(p95)):
        raise InputError(f"{name}: found p5 {p5:g} and p95 {p95:g}, expected finite numbers")
    if p5 > p95:
        raise InputError(f"{name}: found p5 {p5:g} above p95 {p95:g}, expected the lower one first")
    if p5 == p95:
        raise InputError(
            f"{name}: found p5 = p95 = {p5:g}, an interval of no width; "
            f"expected p5 below p95, or distribution 'fixed'"
        )
    if not 0 < level < 1:
        raise InputError(f"{name}: found level {level:g}, expected between 0 and 1")
    return float(special.ndtri(0.5 + level / 2))


def lognormal(p5: float, p95: float, level: float = 0.9, name: str = "lognormal") -> LogNormal:
    """From an interval to a lognormal: ``p5`` and ``p95`` are its 5 % and 95 % points.

    ``mu = (ln p5 + ln p95) / 2``, ``sigma = (ln p95 - ln p5) / (2 z)`` with ``z = 1.6449``; the
    convention of Squiggle and squigglepy for ``p5 to p95``.

    Args:
        p5: Lower point, above 0.
        p95: Upper point, above ``p5``.
        level: Share inside the interval; 0.9 makes the points those of their names.
        name: What an error calls it.

    Raises:
        InputError: If an end is not above 0, the ends are swapped or equal, or the level is none.
    """
    z = _interval(p5, p95, level, name)
    if p5 <= 0:
        raise InputError(
            f"{name}: found p5 {p5:g}, expected above 0 for a lognormal; "
            f"take 'normal', 'pert' or 'triangular' for a number that may be 0 or negative"
        )
    low, high = math.log(p5), math.log(p95)
    # log1p keeps the digits of the width of a narrow interval.
    width = math.log1p((p95 - p5) / p5) if p95 < 2 * p5 else high - low
    return LogNormal((low + high) / 2, width / (2 * z))


def normal(p5: float, p95: float, level: float = 0.9, name: str = "normal") -> Normal:
    """From an interval to a normal: ``p5`` and ``p95`` are its 5 % and 95 % points.

    Raises:
        InputError: If the ends are swapped or equal, or the level is none.
    """
    z = _interval(p5, p95, level, name)
    return Normal(p5 + (p95 - p5) / 2, (p95 - p5) / (2 * z))


def _three(low: float, mode: float, high: float, name: str) -> None:
    if not all(map(math.isfinite, (low, mode, high))) or not low <= mode <= high:
        raise InputError(
            f"{name}: found min {low:g}, mode {mode:g}, max {high:g}, expected min <= mode <= max"
        )
    if low == high:
        raise InputError(
            f"{name}: found min = max = {low:g}, a range of no width; "
            f"expected min below max, or distribution 'fixed'"
        )


def pert(
    low: float,
    mode: float,
    high: float,
    *,
    weight: float = 4.0,
    convention: str = "vose",
    name: str = "pert",
) -> Pert:
    """From least, most likely and greatest value to a beta distribution.

    The mean is ``(low + weight * mode + high) / (weight + 2)`` in both conventions.

    Args:
        low: Least possible value.
        mode: Most likely value.
        high: Greatest possible value.
        weight: Of the mode (lambda); 4 by custom.
        convention: Whose variance; see the module.
        name: What an error calls it.

    Raises:
        InputError: If the points are out of order or equal, the weight is not above 0, the
            convention is unknown, or no beta distribution has that mean and variance.
    """
    _three(low, mode, high, name)
    if convention not in CONVENTIONS:
        raise InputError(
            f"{name}: found variance {convention!r}, expected one of {', '.join(CONVENTIONS)}; "
            f"{nearest(convention, CONVENTIONS)}"
        )
    if not (math.isfinite(weight) and weight > 0):
        raise InputError(f"{name}: found lambda {weight:g}, expected above 0")
    width = high - low
    alpha = 1 + weight * ((mode - low) / width)
    beta = 1 + weight * ((high - mode) / width)
    if convention == "vose":
        return Pert(low, high, alpha, beta, convention)
    share = alpha / (alpha + beta)
    total = 36 * share * (1 - share) - 1
    if total <= 0:
        raise InputError(f"{name}: found lambda {weight:g}, too much for the classic variance")
    return Pert(low, high, share * total, (1 - share) * total, convention)


def triangular(low: float, mode: float, high: float, name: str = "triangular") -> Triangular:
    """From least, most likely and greatest value to a triangle.

    Raises:
        InputError: If the points are out of order or equal.
    """
    _three(low, mode, high, name)
    return Triangular(low, mode, high)


def lognormal_product(
    factors: Mapping[str, LogNormal],
    powers: Mapping[str, float] | None = None,
    log_correlations: Mapping[tuple[str, str], float] | None = None,
) -> LogNormal:
    """The exact distribution of a product of lognormal numbers, ``Π factor ** power``.

    Sums of normals are normal, so a product of lognormals with correlated logarithms is lognormal:
    ``mu = Σ power mu``, ``sigma² = power' Σ power`` (Aitchison & Brown 1957, The Lognormal
    Distribution, 2.3). What simulation of such a chain must reproduce.

    Args:
        factors: Name → distribution.
        powers: Name → exponent; 1 where absent. -1 divides.
        log_correlations: Pair of names → correlation of the logarithms; 0 where absent.

    Raises:
        ValueError: If a name is unknown or a correlation is not between -1 and 1.
    """
    names = list(factors)
    unknown = {*(powers or {}), *(n for pair in log_correlations or {} for n in pair)} - {*names}
    if unknown:
        raise ValueError(f"found {sorted(unknown)}, expected names of {names}")
    power = np.array([(powers or {}).get(name, 1.0) for name in names])
    scale = power * np.array([factors[name].sigma for name in names])
    correlation = np.eye(len(names))
    for (one, other), value in (log_correlations or {}).items():
        if not -1 <= value <= 1:
            raise ValueError(f"correlation of {one} and {other}: found {value}")
        i, j = names.index(one), names.index(other)
        correlation[i, j] = correlation[j, i] = value
    variance = float(scale @ correlation @ scale)
    mu = float(power @ np.array([factors[name].mu for name in names]))
    return LogNormal(mu, math.sqrt(max(variance, 0.0)))
