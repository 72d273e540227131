"""Mann–Whitney: is a user of the arm more likely to be above a user of control than below?

It looks at ranks, so at neither means nor money: the probability of superiority can rise while
revenue falls. Needs rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from analysis.experiments.contrast import ONE_USER, quantile, two_sided, welch_df
from analysis.experiments.effect import Interval

Floats = NDArray[np.float64]

SAME_VALUE = "every user has the same value"
LARGEST_EXACT = 100


@dataclass(frozen=True, slots=True)
class RankTest:
    """Mann–Whitney's test with the probability of superiority.

    Attributes:
        u: Pairs in which the arm's user is above control's, ties counted half.
        p_value: Two-sided; NaN where all values are the same.
        superiority: ``u`` over the number of pairs with its interval: the probability that a user
            of the arm is above one of control, plus half that of a tie.
        ties: Whether any value occurs twice.
        test: How the p-value was found, as the report writes it.
        n_control: Users of control.
        n_arm: Users of the arm.
    """

    u: float
    p_value: float
    superiority: Interval
    ties: bool
    test: str
    n_control: int
    n_arm: int


def mann_whitney(
    control: ArrayLike,
    arm: ArrayLike,
    *,
    confidence: float = 0.95,
    method: Literal["auto", "exact", "normal"] = "auto",
) -> RankTest:
    """Compare the ranks of two arms.

    * ``"exact"``: the permutation distribution of the rank sum, of midranks where there are ties;
      two-sided by distance from its expectation (Lehmann 1975, Nonparametrics, ch. 1; without ties
      the same as twice the smaller tail).
    * ``"normal"``: normal approximation with tie and continuity correction (the same, ch. 1.4).
    * ``"auto"``: exact up to 100 users in both arms together.

    The interval of the probability of superiority is that of Brunner & Munzel (2000, Biometrical
    Journal 42) on the logit scale, whose variance is DeLong's; where the arms do not overlap, which
    leaves that without a variance, Newcombe's method 5 (2006, Statistics in Medicine 25: 559–573).

    Args:
        control: ``(n,)`` values of control, one a user.
        arm: ``(m,)`` values of the arm.
        confidence: Level of the interval.
        method: How to find the p-value.

    Raises:
        ValueError: If an arm has no values, one is missing, or the method is unknown.
    """
    if method not in ("auto", "exact", "normal"):
        raise ValueError(f"method: found {method!r}, expected auto, exact or normal")
    one, other = (np.asarray(values, dtype=np.float64).ravel() for values in (control, arm))
    if not one.size or not other.size or np.isnan(one).any() or np.isnan(other).any():
        raise ValueError("expected values in both arms, none of them missing")
    both = np.concatenate([one, other])
    _, place, counts = np.unique(both, return_inverse=True, return_counts=True)
    # Twice the midranks: whole numbers also with ties.
    doubled = (2 * np.cumsum(counts) - counts + 1)[place]
    n, m = one.size, other.size
    u = (float(doubled[n:].sum()) - m * (m + 1)) / 2
    ties = bool(counts.max() > 1)
    exact = method == "exact" or (method == "auto" and n + m <= LARGEST_EXACT)
    if len(counts) == 1:
        p_value = math.nan
    elif exact:
        p_value = _exact(doubled, m)
    else:
        p_value = _normal(u, n, m, counts)
    return RankTest(
        u=u,
        p_value=p_value,
        superiority=_superiority(one, other, doubled, u / (n * m), confidence),
        ties=ties,
        test="Mann–Whitney, exact" if exact else "Mann–Whitney, normal approximation",
        n_control=n,
        n_arm=m,
    )


def _normal(u: float, n: int, m: int, counts: NDArray[np.int64]) -> float:
    users = n + m
    tied = float(np.sum(counts.astype(np.float64) ** 3 - counts))
    spread = users + 1 - tied / (users * (users - 1))
    se = math.sqrt(n * m / 12 * spread)
    return min(1.0, two_sided(max(abs(u - n * m / 2) - 0.5, 0.0) / se))


def _exact(doubled: NDArray[np.int64], m: int) -> float:
    """Share of the choices of ``m`` users whose rank sum is as far from its expectation.

    Counts subsets by size and sum, one user more at a time, as shares of all subsets of that size,
    so that nothing overflows.
    """
    users = len(doubled)
    chosen = doubled[users - m :] if 2 * m <= users else doubled[: users - m]
    m, ranks = len(chosen), doubled // np.gcd.reduce(doubled)
    found = int(chosen.sum()) // int(np.gcd.reduce(doubled))
    sums = int(np.sort(ranks)[users - m :].sum())
    shares = np.zeros((m + 1, sums + 1))
    shares[0, 0] = 1.0
    for seen, rank in enumerate(ranks.tolist(), start=1):
        # Of the subsets of k among `seen` users, a share of k / seen holds the newest.
        sizes = np.arange(1, min(m, seen) + 1)
        held = (sizes / seen)[:, None]
        joined = shares[sizes - 1, : sums + 1 - rank] * held
        shares[sizes] *= 1 - held
        shares[sizes, rank:] += joined
    centre = m * int(ranks.sum())
    distance = np.abs(np.arange(sums + 1) * users - centre)
    return float(min(shares[m][distance >= abs(found * users - centre)].sum(), 1.0))


def _superiority(
    one: Floats, other: Floats, doubled: NDArray[np.int64], theta: float, confidence: float
) -> Interval:
    n, m = one.size, other.size
    name = "Brunner–Munzel, logit"
    if min(n, m) < 2:
        return Interval(theta, math.nan, math.nan, confidence, name, "undefined", ONE_USER)
    if np.ptp(one) == 0 and np.ptp(other) == 0 and one[0] == other[0]:
        return Interval(theta, math.nan, math.nan, confidence, name, "undefined", SAME_VALUE)
    # Placement of each user among the other arm: rank among all less rank in the own arm.
    above = (doubled[:n] / 2 - stats.rankdata(one)) / m
    below = (doubled[n:] / 2 - stats.rankdata(other)) / n
    parts = [float(above.var(ddof=1)) / n, float(below.var(ddof=1)) / m]
    variance = parts[0] + parts[1]
    if not variance > 0 or not 0 < theta < 1:
        return _newcombe(theta, n, m, confidence)
    spread = theta * (1 - theta)
    half = quantile(confidence, welch_df(parts, (n - 1, m - 1))) * math.sqrt(variance) / spread
    logit = float(special.logit(theta))
    lo, hi = float(special.expit(logit - half)), float(special.expit(logit + half))
    return Interval(theta, lo, hi, confidence, name)


def _newcombe(theta: float, n: int, m: int, confidence: float) -> Interval:
    """Score-like interval: where ``(theta - t)² = z² V(t)``, by bisection towards 0 and 1."""
    z2, mean = quantile(confidence) ** 2, (n + m) / 2

    def excess(t: float) -> float:
        inner = 1 + (mean - 1) * ((1 - t) / (2 - t) + t / (1 + t))
        return (theta - t) ** 2 - z2 * t * (1 - t) * inner / (n * m)

    bounds = []
    for end in (0.0, 1.0):
        inside, outside = theta, end
        for _ in range(200):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if excess(middle) <= 0 else (inside, middle)
        bounds.append(theta if theta == end else (inside + outside) / 2)
    return Interval(theta, bounds[0], bounds[1], confidence, "Newcombe, method 5")
