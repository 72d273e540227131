"""Score statistics and score intervals of two proportions: their difference and their ratio.

The statistic of a hypothesis is ``n (observed - p)² / (p q)`` summed over both arms, at the rates
``p`` that are most likely under it. Along all hypotheses of one kind those rates follow a curve
in one parameter ``t``, the multiplier of the constraint, in closed form:

* ``p1 - p0 = d``: the arm's rate solves ``t p² - (n1 + t) p + x1 = 0``, control's the same in -t;
* ``p1 = r p0``: ``p1 = (x1 - t) / (n1 - t)`` and ``p0 = (x0 + t) / (n0 + t)``.

On it the statistic is convex and increasing in ``|t|``, so a score set is an interval and Newton's
steps find its ends. Nothing is a difference of large numbers, as in the cubic of the constrained
maximum: good to rounding from one user to a billion, from no success to all.

Sources: Mee (1984), Biometrics 40:1175; Miettinen & Nurminen (1985), Statistics in Medicine 4:213;
Koopman (1984), Biometrics 40:513; Nam (1995), Biometrical Journal 37:375; Farrington & Manning
(1990), Statistics in Medicine 9:1447, for tests of other nulls than no effect.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]
Curve = Callable[[Floats], tuple[Floats, Floats]]
STEPS = 500


def difference_bounds(
    control: ArrayLike,
    n_control: ArrayLike,
    arm: ArrayLike,
    n_arm: ArrayLike,
    confidence: float = 0.95,
    *,
    corrected: bool = False,
) -> tuple[Floats, Floats]:
    """Score interval of ``arm rate - control rate`` (Mee; Miettinen–Nurminen if corrected).

    Args:
        control: Successes of control, any shape; all four broadcast.
        n_control: Users of control.
        arm: Successes of the arm.
        n_arm: Users of the arm.
        confidence: Share covered, in (0, 1).
        corrected: Multiply the variance by ``N / (N - 1)``, N being the users of both arms.

    Returns:
        Lower and upper bounds, in [-1, 1]; NaN where an arm has no users.

    Raises:
        ValueError: If a count is negative or above its number of users.
    """
    x0, n0, x1, n1 = _arrays(control, n_control, arm, n_arm)
    limit = _limit(n0 + n1, confidence, corrected)
    # Counting failures turns the sign of the difference, and of nothing else.
    return (
        _lower_difference(x0, n0, x1, n1, limit),
        -_lower_difference(n0 - x0, n0, n1 - x1, n1, limit),
    )


def ratio_bounds(
    control: ArrayLike,
    n_control: ArrayLike,
    arm: ArrayLike,
    n_arm: ArrayLike,
    confidence: float = 0.95,
    *,
    corrected: bool = False,
) -> tuple[Floats, Floats]:
    """Score interval of ``arm rate / control rate`` (Koopman; Miettinen–Nurminen if corrected).

    Args:
        control: Successes of control, any shape; all four broadcast.
        n_control: Users of control.
        arm: Successes of the arm.
        n_arm: Users of the arm.
        confidence: Share covered, in (0, 1).
        corrected: Multiply the variance by ``N / (N - 1)``, N being the users of both arms.

    Returns:
        Lower and upper bounds: 0 without successes of the arm, ``inf`` without successes of
        control; NaN where an arm has no users.

    Raises:
        ValueError: If a count is negative or above its number of users.
    """
    x0, n0, x1, n1 = _arrays(control, n_control, arm, n_arm)
    limit = _limit(n0 + n1, confidence, corrected)
    with np.errstate(divide="ignore"):
        upper = 1 / _lower_ratio(x1, n1, x0, n0, limit)
    return _lower_ratio(x0, n0, x1, n1, limit), upper


def difference_statistic(
    control: ArrayLike,
    n_control: ArrayLike,
    arm: ArrayLike,
    n_arm: ArrayLike,
    difference: ArrayLike = 0.0,
) -> Floats:
    """Score statistic z of ``arm rate - control rate = difference``; of 0, z of the pooled rate.

    Miettinen & Nurminen's is this times ``sqrt((N - 1) / N)``. Without any variation under the
    hypothesis it is 0 where the data are as it says, else infinite.

    Raises:
        ValueError: If a count or the difference is impossible.
    """
    x0, n0, x1, n1 = _arrays(control, n_control, arm, n_arm)
    if np.any(np.abs(difference) > 1):
        raise ValueError(f"difference: found {difference!r}, expected between -1 and 1")
    above = x1 / n1 - x0 / n0 - np.asarray(difference, dtype=np.float64)
    # Counted in failures, an estimate below the hypothesis is one above it.
    turned = above < 0
    a0, a1 = np.where(turned, n0 - x0, x0), np.where(turned, n1 - x1, x1)
    wanted = np.where(turned, -1.0, 1.0) * difference
    with np.errstate(divide="ignore", invalid="ignore"):
        most = np.where(above == 0, 0.0, 2 * (a1 + n0 - a0) / (1 + wanted))
    least = np.minimum(np.abs(above) / (1 / n0 + 1 / n1), most)

    def curve(t: Floats) -> tuple[Floats, Floats]:
        (p1, q1, root1), (p0, q0, root0) = _on_difference(t, a0, n0, a1, n1)
        # How far both rates moved is t times their variance: no difference of near equals.
        moved = t * (p1 * q1 / n1 + p0 * q0 / n0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return moved - np.abs(above), p1 * q1 / root1 + p0 * q0 / root0

    finite = np.isfinite(most)
    t = _root(curve, np.where(finite, least, 0.0), np.where(finite, most, 0.0))
    z = np.sqrt(_difference_curve(t, a0, n0, a1, n1)[0])
    z = np.where(np.isinf(most), np.inf, np.where(np.isnan(most), np.nan, z))
    return np.where(turned, -z, z)


def ratio_statistic(
    control: ArrayLike,
    n_control: ArrayLike,
    arm: ArrayLike,
    n_arm: ArrayLike,
    ratio: ArrayLike = 1.0,
) -> Floats:
    """Score statistic z of ``arm rate / control rate = ratio``; of 1, z of the pooled rate.

    Without any variation under the hypothesis it is 0 where the data are as it says, else infinite.

    Raises:
        ValueError: If a count or the ratio is impossible.
    """
    x0, n0, x1, n1 = _arrays(control, n_control, arm, n_arm)
    r = np.asarray(ratio, dtype=np.float64)
    if not np.all((r >= 0) & np.isfinite(r)):
        raise ValueError(f"ratio: found {ratio!r}, expected at least 0 and finite")
    one, other = r * (n1 + x0), x1 + n0
    root = np.sqrt((one - other) ** 2 + 4 * r * (n1 - x1) * (n0 - x0))
    p0 = 2 * (x0 + x1) / (one + other + root)
    p1 = np.minimum(r * p0, 1.0)
    above = x1 / n1 - r * x0 / n0
    with np.errstate(divide="ignore", invalid="ignore"):
        z = above / np.sqrt(p1 * (1 - p1) / n1 + r * r * p0 * (1 - p0) / n0)
    return np.where(above == 0, 0.0, z)


def _arrays(*counts: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    x0, n0, x1, n1 = np.broadcast_arrays(*(np.asarray(c, dtype=np.float64) for c in counts))
    if np.any((x0 < 0) | (x0 > n0) | (x1 < 0) | (x1 > n1)):
        raise ValueError("successes: expected between 0 and n")
    return x0, np.where(n0 > 0, n0, np.nan), x1, np.where(n1 > 0, n1, np.nan)


def _limit(users: Floats, confidence: float, corrected: bool) -> Floats:
    """Largest squared statistic inside the set."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: found {confidence}, expected between 0 and 1")
    square = float(stats.norm.isf((1 - confidence) / 2)) ** 2
    return square * users / (users - 1) if corrected else square + 0 * users


def _lower_difference(x0: Floats, n0: Floats, x1: Floats, n1: Floats, limit: Floats) -> Floats:
    def reach(square: Floats) -> Floats:
        """The t at which one arm alone makes up the statistic: the first of the two."""
        with np.errstate(divide="ignore"):
            return np.minimum(
                square / _to_wilson(x1, n1, square), square / _to_wilson(n0 - x0, n0, square)
            )

    def curve(t: Floats) -> tuple[Floats, Floats]:
        value, slope = _difference_curve(t, x0, n0, x1, n1)
        return value - limit, slope

    most = reach(limit)
    free = np.isfinite(most)
    t = _root(curve, np.where(free, reach(limit / 2), 1.0), np.where(free, most, 1.0))
    (p1, _, _), (p0, _, _) = _on_difference(t, x0, n0, x1, n1)
    # No success of the arm, no failure of control: nothing is further down.
    return np.where(np.isinf(most), -1.0, np.where(free, p1 - p0, np.nan))


def _to_wilson(x: Floats, n: Floats, square: Floats) -> Floats:
    """Distance of a rate from its lower Wilson bound, the bound of a single score statistic."""
    tilt = square * (n - 2 * x) / n
    root = np.sqrt(tilt * tilt + 4 * (n + square) * square * (x / n) * ((n - x) / n))
    with np.errstate(invalid="ignore"):
        return np.where(
            tilt > 0,
            2 * square * (x / n) * ((n - x) / n) / (tilt + root),
            (root - tilt) / (2 * (n + square)),
        )


def _rate(t: Floats, x: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """Rate, one minus it, and root of ``t p² - (n + t) p + x = 0`` with t of any sign."""
    size = np.abs(t)
    falling = t > 0
    # In failures a rate pushed up is one pushed down.
    y = np.where(falling, x, n - x)
    root = np.sqrt((n - size) ** 2 + 4 * size * (n - y))
    down = 2 * y / (n + size + root)
    with np.errstate(divide="ignore", invalid="ignore"):
        up = np.where(size < n, 2 * (n - y) / ((n - size) + root), (root + (size - n)) / (2 * size))
    return np.where(falling, down, up), np.where(falling, up, down), root


def _on_difference(
    t: Floats, x0: Floats, n0: Floats, x1: Floats, n1: Floats
) -> tuple[tuple[Floats, Floats, Floats], tuple[Floats, Floats, Floats]]:
    return _rate(t, x1, n1), _rate(-t, x0, n0)


def _difference_curve(
    t: Floats, x0: Floats, n0: Floats, x1: Floats, n1: Floats
) -> tuple[Floats, Floats]:
    """Squared statistic and its slope in t."""
    value, slope = np.zeros_like(t), np.zeros_like(t)
    arms = _on_difference(t, x0, n0, x1, n1)
    for (p, q, root), n in zip(arms, (n1, n0), strict=True):
        value = value + t * t * p * q / n
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = slope + t * p * q * (1 / n + np.where(root > 0, 1 / root, 0.0))
    return value, slope


def _lower_ratio(x0: Floats, n0: Floats, x1: Floats, n1: Floats, limit: Floats) -> Floats:
    a, b = (n1 - x1) / n1, (n0 - x0) / n0

    def reach(square: Floats) -> Floats:
        """The t at which one arm alone makes up the statistic: the first of the two."""
        by_arm = 2 * x1 * square / (square + np.sqrt(square * (square + 4 * a * x1)))
        with np.errstate(divide="ignore"):
            by_control = (square + np.sqrt(square * (square + 4 * b * x0))) / (2 * b)
        return np.minimum(by_arm, by_control)

    def curve(t: Floats) -> tuple[Floats, Floats]:
        with np.errstate(divide="ignore", invalid="ignore"):
            arm = np.where(a > 0, a * t / (x1 - t), 0.0)
            control = b * t / (x0 + t)
            slope = arm * (2 * x1 - t) / np.where(a > 0, x1 - t, 1.0)
            slope = slope + control * (2 * x0 + t) / (x0 + t)
        return t * (arm + control) - limit, slope

    some = x1 > 0
    t = _root(curve, np.where(some, reach(limit / 2), 1.0), np.where(some, reach(limit), 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (x1 - t) / (n1 - t) * ((n0 + t) / (x0 + t))
        # An arm that always succeeded stays at 1 until control has moved as far as it can.
        left = limit - n1 * n1 * b / (x0 + n1)
        full = n1 / (n1 + left) * ((n0 + n1) / (x0 + n1))
    ratio = np.where((x1 == n1) & (left > 0), full, ratio)
    return np.where(x1 == 0, 0.0 * n0 * n1, ratio)


def _root(curve: Curve, low: Floats, high: Floats) -> Floats:
    """Where increasing functions, given with their slopes, cross 0 between ``low`` and ``high``.

    Newton's steps from ``high``, halving (of the logarithm) where one
    leaves what is left of the bracket or hardly gets nearer.
    """
    t, last = high, np.full_like(high, np.inf)
    done = np.zeros(t.shape, dtype=np.bool_)
    for _ in range(STEPS):
        value, slope = curve(t)
        under = value < 0
        low, high = np.where(under, t, low), np.where(under, high, t)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = t - value / slope
        move = np.abs(step - t)
        # Steps that do not shrink are rounding at the end, and lost at a kink before it.
        slow = move > 0.6 * last
        done |= (high - low <= 4e-16 * high) | (slow & (last <= 1e-8 * t)) | np.isnan(t)
        newton = (step >= low) & (step <= high) & ~slow
        t = np.where(done, t, np.where(newton, step, np.sqrt(low) * np.sqrt(high)))
        last = np.where(newton, move, high - low)
        done |= newton & (move <= 4e-16 * t)
        if done.all():
            return t
    raise ArithmeticError("score bounds: no convergence")
