"""Weights of a panel of raters, and where the average opinion of such people may lie.

Raters are a sample of those who might be asked. Their weights differ in logarithms; the panel's
mean is known to a multivariate t with as many degrees of freedom as there are raters less one,
whose spread is that of the raters themselves (the posterior of a mean under a flat prior).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.base.errors import InputError
from analysis.swot.interval import (
    ONE_RATER,
    PERFECT,
    SAME,
    TWO_RATERS,
    Interval,
    undefined,
)

Floats = NDArray[np.float64]
METHOD = "Student, logit scale"


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Weights of a group and of each of its raters.

    Attributes:
        names: Items.
        weights: ``(k,)`` of the group, summing to 1.
        by_rater: ``(m, k)`` of each rater, rows summing to 1.
        raters: Their names.
    """

    names: tuple[str, ...]
    weights: Floats
    by_rater: Floats
    raters: tuple[str, ...]

    def __post_init__(self) -> None:
        shape = (len(self.raters), len(self.names))
        if self.by_rater.shape != shape or self.weights.shape != shape[1:]:
            raise ValueError(f"by_rater: found shape {self.by_rater.shape}, expected {shape}")
        if not ((self.by_rater > 0).all() and (self.weights > 0).all()):
            raise ValueError("weights: found one not above 0")

    @property
    def unsure(self) -> str:
        """Why no chance can be told from the raters, English message id; empty if one can.

        The mean of two has one degree of freedom in one direction: simulated, what it calls 97 %
        held in 71 %.
        """
        if len(self.raters) < 3:
            return TWO_RATERS if len(self.raters) == 2 else ONE_RATER
        return "" if bool((np.ptp(np.log(self.by_rater), axis=0) > SAME).any()) else PERFECT

    def intervals(self, confidence: float = 0.95) -> list[Interval]:
        """Interval of each weight, Student's on the logits so that it stays between 0 and 1."""
        m = len(self.raters)
        if m < 2 or len(self.names) < 2:
            return [undefined(float(w), confidence, METHOD, ONE_RATER) for w in self.weights]
        logits = np.sort(special.logit(self.by_rater), axis=0)
        t = special.stdtrit(m - 1, 0.5 + confidence / 2)
        half = t * logits.std(axis=0, ddof=1) / math.sqrt(m)
        middle = special.logit(self.weights)
        lo, hi = special.expit(middle - half), special.expit(middle + half)
        alike = np.ptp(logits, axis=0) <= SAME
        return [
            undefined(float(w), confidence, METHOD, PERFECT)
            if same
            else Interval(float(w), float(a), float(b), confidence, METHOD)
            for w, a, b, same in zip(self.weights, lo, hi, alike, strict=True)
        ]

    def draws(self, count: int, rng: np.random.Generator, noise: float | None = None) -> Floats:
        """Weights that the average of such raters may have: where the panel's mean may lie.

        Args:
            count: Number of draws.
            rng: Seeded generator.
            noise: Standard deviation of the logarithm of a weight; from the raters when None.

        Returns:
            ``(count, k)`` weights, rows summing to 1.

        Raises:
            InputError: If there are fewer than three raters, or they agree wholly, and ``noise`` is
                not given.
        """
        m, k = self.by_rater.shape
        if noise is not None:
            moves = noise * rng.standard_normal((count, k))
        elif self.unsure:
            raise InputError(
                f"raters: found {m}, expected three or more that differ, or noise= given: "
                f"{self.unsure}"
            )
        else:
            # In an order of their own, so that the draws do not depend on the order of raters.
            logs = np.log(self.by_rater)
            logs = logs[np.lexsort(logs.T[::-1])]
            gaps = logs - logs.mean(axis=1, keepdims=True)
            gaps = (gaps - gaps.mean(axis=0)) / math.sqrt(m * (m - 1))
            scale = np.sqrt((m - 1) / rng.chisquare(m - 1, size=(count, 1)))
            moves = scale * (rng.standard_normal((count, m)) @ gaps)
        drawn = np.log(self.weights) + moves
        drawn = np.exp(drawn - drawn.max(axis=1, keepdims=True))
        return np.asarray(drawn / drawn.sum(axis=1, keepdims=True), dtype=np.float64)
