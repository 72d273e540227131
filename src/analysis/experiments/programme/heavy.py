"""True effects with heavier tails than the normal's: ``centre + τ t_ν``.

A t distribution is a normal one whose variance is drawn anew for every effect, ``τ²/λ`` with
``λ ~ Gamma(ν/2, ν/2)``; on a fixed grid of λ the marginal likelihood and the posterior are sums of
normal ones. Centre, τ and ν by maximum likelihood; what is not known about them enters by the
observed information (delta method).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from analysis.experiments.programme.spread import Spread

Floats = NDArray[np.float64]
LIGHTEST, HEAVIEST = 1 / 60, 1 / 1.1
"""Range of 1/ν: below it a t distribution is a normal one, above it has no mean."""


BLOCK = 512
"""Estimates worked on at once: few enough to stay in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class _Mixture:
    """Log-likelihood; posterior means, variances and P(below 0), if asked for."""

    log_likelihood: float
    mean: Floats
    own: Floats
    below: Floats


def _lambdas(df: float) -> tuple[Floats, Floats]:
    """Nodes of λ and their probabilities: the trapezoidal rule in log λ."""
    half = df / 2
    step = min(0.45, 0.55 * math.sqrt(1 / half))
    low = max(-20 / half, -9 * math.sqrt(1 / half) - 20 / half)
    u = np.arange(low, min(3.4, 8 * math.sqrt(1 / half) + 1), step)
    mass = np.exp(half * (u - np.expm1(u)))
    return np.exp(u), mass / mass.sum()


def _mix(theta: Floats, y: Floats, v: Floats, posterior: bool) -> _Mixture:
    """Marginal likelihood and, if asked for, posterior at ``centre, log τ, 1/ν``."""
    centre, tau2, df = float(theta[0]), math.exp(2 * float(theta[1])), 1 / float(theta[2])
    lam, mass = _lambdas(df)
    prior_v, log_mass = (tau2 / lam)[:, None], np.log(mass)[:, None]
    level, out = 0.0, np.empty((3, len(y)))
    for start in range(0, len(y), BLOCK):
        part = slice(start, start + BLOCK)
        total = v[part] + prior_v
        gap = y[part] - centre
        each = log_mass - 0.5 * (np.log(total) + gap * gap / total)
        top = each.max(axis=0)
        each = np.exp(each - top)
        sums = each.sum(axis=0)
        level += float((np.log(sums) + top).sum())
        if not posterior:
            continue
        each /= sums
        kept = v[part] / total
        means = y[part] - kept * gap
        own = (1 - kept) * v[part]
        mean = (each * means).sum(axis=0)
        variance = (each * (own + (means - mean) ** 2)).sum(axis=0)
        out[:, part] = mean, variance, (each * special.ndtr(-means / np.sqrt(own))).sum(axis=0)
    return _Mixture(level - 0.5 * len(y) * math.log(2 * math.pi), *out)


def fit_heavy(y: Floats, se: Floats, normal: Spread) -> Spread | None:
    """Posterior under a t distribution of true effects; None where the data do not determine it.

    Args:
        y: ``(m,)`` estimates in units of a typical error.
        se: ``(m,)`` standard errors.
        normal: The fit of a normal distribution, to start from.
    """
    v = se * se
    bounds = [(None, None), (math.log(1e-3), None), (LIGHTEST, HEAVIEST)]

    def loss(theta: Floats) -> float:
        return -_mix(theta, y, v, False).log_likelihood

    start = np.array([normal.centre, math.log(max(0.7 * normal.tau, 2e-3)), 0.25])
    found = optimize.minimize(
        loss, start, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-10, "maxiter": 60}
    )
    theta = np.asarray(found.x, dtype=np.float64)
    if theta[1] < math.log(2e-3):
        return None
    # At an end of the range of 1/ν the data say no more about it.
    free = 3 if theta[2] - 2e-3 > LIGHTEST and theta[2] + 2e-3 < HEAVIEST else 2
    covariance = _covariance(loss, theta, free)
    if covariance is None:
        return None
    steps = np.array([1e-3, 1e-3, 1e-3])[:free]
    slopes = np.stack(
        [
            (_mix(theta + d, y, v, True).mean - _mix(theta - d, y, v, True).mean) / (2 * step)
            for step, d in zip(steps, np.diag(steps) @ np.eye(free, 3), strict=True)
        ]
    )
    loading = np.linalg.cholesky(covariance).T @ slopes
    at = _mix(theta, y, v, True)
    sd = np.sqrt(at.own + (loading**2).sum(axis=0))
    return Spread(
        at.mean, sd, at.below, float(theta[0]), math.exp(theta[1]), 1 / float(theta[2]), loading,
        at.own, at.log_likelihood,
    )  # fmt: skip


def _covariance(loss: Callable[[Floats], float], theta: Floats, free: int) -> Floats | None:
    """Inverse of the second derivatives at the minimum; None where there is no minimum."""
    step = np.array([1e-2, 1e-2, 1e-3])
    hessian = np.empty((free, free))
    for i in range(free):
        for j in range(i, free):
            a, b = np.zeros(3), np.zeros(3)
            a[i], b[j] = step[i], step[j]
            second = loss(theta + a + b) - loss(theta + a - b) - loss(theta - a + b)
            second += loss(theta - a - b)
            hessian[i, j] = hessian[j, i] = second / (4 * step[i] * step[j])
    if np.linalg.eigvalsh(hessian)[0] <= 0:
        return None
    return np.asarray(np.linalg.inv(hessian), dtype=np.float64)
