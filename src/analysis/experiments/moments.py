"""What an arm of a test leaves behind: counts, sums and cross-products of its users.

Everything but the rank and permutation tests works on these, so ten million users are read once
and kept as a few numbers. Moments of parts (days, strata, files) add up exactly to those of the
whole (Chan, Golub & LeVeque 1983, The American Statistician 37).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counts:
    """Users of one arm who did, out of all who could.

    Attributes:
        successes: Users with the event.
        n: Users.

    Raises:
        ValueError: If there are more successes than users, or fewer than none.
    """

    successes: float
    n: float

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.n:
            found = f"{self.successes} of {self.n}"
            raise ValueError(f"successes: found {found}, expected between 0 and n")

    @property
    def rate(self) -> float:
        """Share of users with the event; NaN without users."""
        return self.successes / self.n if self.n else float("nan")

    def sample(self) -> Sample:
        """The same as moments of zeros and ones."""
        p = self.rate
        variance = p * (1 - p) * self.n / (self.n - 1) if self.n > 1 else float("nan")
        return Sample(int(self.n), p, variance)


@dataclass(frozen=True, slots=True)
class Sample:
    """Moments of one metric in one arm.

    Attributes:
        n: Users.
        mean: Mean per user.
        variance: Sample variance (divisor ``n - 1``), NaN when ``n`` is 1.

    Raises:
        ValueError: If ``n`` is below 1 or the variance negative.
    """

    n: int
    mean: float
    variance: float

    def __post_init__(self) -> None:
        if self.n < 1 or self.variance < 0:
            raise ValueError(f"found n = {self.n}, variance = {self.variance}")

    @property
    def se2(self) -> float:
        """Squared standard error of the mean."""
        return self.variance / self.n


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Joint moments of several columns over the users of one arm.

    Attributes:
        n: Users.
        names: ``(k,)`` column names.
        mean: ``(k,)`` means per user.
        cov: ``(k, k)`` sample covariance (divisor ``n - 1``), NaN when ``n`` is 1.
    """

    n: int
    names: tuple[str, ...]
    mean: Floats
    cov: Floats

    @classmethod
    def of_rows(cls, frame: pd.DataFrame, names: Sequence[str]) -> Moments:
        """Moments of rows, one a user.

        Raises:
            ValueError: If there is no row, or a value is missing.
        """
        values = frame[list(names)].to_numpy(np.float64)
        if not len(values) or np.isnan(values).any():
            raise ValueError(f"found {len(values)} rows, expected rows without missing values")
        mean = values.mean(axis=0)
        centred = values - mean
        cov = centred.T @ centred / (len(values) - 1 or np.nan)
        return cls(len(values), tuple(names), mean, cov)

    def sample(self, name: str) -> Sample:
        """Moments of one column."""
        at = self.names.index(name)
        return Sample(self.n, float(self.mean[at]), float(self.cov[at, at]))

    def pick(self, names: Sequence[str]) -> Moments:
        """Moments of some columns, in the order asked for."""
        at = [self.names.index(name) for name in names]
        return Moments(self.n, tuple(names), self.mean[at], self.cov[np.ix_(at, at)])

    def __add__(self, other: Moments) -> Moments:
        if self.names != other.names:
            raise ValueError(f"found columns {other.names}, expected {self.names}")
        n = self.n + other.n
        gap = other.mean - self.mean
        # A single user has no covariance, but adds a cross-product of nothing.
        squares = sum(
            (part.cov * (part.n - 1) if part.n > 1 else np.zeros_like(part.cov))
            for part in (self, other)
        )
        squares = squares + np.outer(gap, gap) * (self.n * other.n / n)
        return Moments(n, self.names, self.mean + gap * (other.n / n), squares / (n - 1))


def total(parts: Sequence[Moments]) -> Moments:
    """Moments of all parts together; at least one part."""
    return reduce(lambda a, b: a + b, parts)
