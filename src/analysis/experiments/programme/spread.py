"""True effects that are normal around their mean, with all that is unknown about it carried along.

Mean flat, τ log-logistic, ``s / (s + τ)²`` with ``s²`` the harmonic mean of the squared errors
(DuMouchel 1994; Spiegelhalter, Abrams & Myles 2004, section 5.7.3): as likely below as above a
typical error. A flat τ (Gelman 2006) corrects winners too little, but is what the interval for a
next test needs to hold when there are few. τ is integrated out on a grid, so that a
programme whose tests may not differ at all (τ = 0) needs no special case.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
COARSE, FINE = 80, 41
DROP = 14.0
"""Log-likelihood below its maximum at which a value of τ no longer counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Posterior of true effects, in the units of the estimates.

    Attributes:
        mean: ``(m,)`` posterior means.
        sd: ``(m,)`` posterior standard deviations, all uncertainty in.
        below: ``(m,)`` P(true effect < 0).
        centre: Mean of the true effects.
        tau: Their scale.
        df: Degrees of freedom of their t distribution; ``inf`` if normal.
        loading: ``(h, m)`` shared errors of the means.
        own: ``(m,)`` variances that are each effect's own.
        log_likelihood: Maximum, of the marginal distribution of the estimates.
    """

    mean: Floats
    sd: Floats
    below: Floats
    centre: float
    tau: float
    df: float
    loading: Floats
    own: Floats
    log_likelihood: float


def profile(tau: Floats, y: Floats, v: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """At each τ: restricted and full log-likelihood, mean and its variance."""
    out = np.empty((4, len(tau)))
    for h, value in enumerate(tau.tolist()):
        w = 1 / (v + value * value)
        total = float(w.sum())
        mean = float(w @ y) / total
        full = 0.5 * float(np.log(w / (2 * math.pi)).sum() - w @ (y - mean) ** 2)
        out[:, h] = full - 0.5 * math.log(total), full, mean, 1 / total
    return out[0], out[1], out[2], out[3]


def tau_nodes(y: Floats, v: Floats, *, flat: bool = False) -> tuple[Floats, Floats]:
    """Values of τ and their posterior weights, under the log-logistic prior or a flat one."""
    widest = 10 * float(y.std() + math.sqrt(float(v.max())))
    coarse = np.concatenate([[0.0], np.geomspace(1e-3, max(widest, 1.0), COARSE)])
    level = profile(coarse, y, v)[0]
    counts = np.flatnonzero(level > level.max() - DROP)
    low = coarse[max(counts[0] - 1, 0)]
    high = coarse[min(counts[-1] + 1, COARSE)]
    # Even in asinh: linear near 0, logarithmic in a long tail of few tests.
    unit = max(float(coarse[int(level.argmax())]), 1e-3)
    place = np.linspace(math.asinh(low / unit), math.asinh(high / unit), FINE)
    tau = unit * np.sinh(place)
    level = profile(tau, y, v)[0]
    typical = math.sqrt(len(v) / float((1 / v).sum()))
    prior = 1.0 if flat else (typical + tau) ** -2
    weight = np.exp(level - level.max()) * np.cosh(place) * prior
    weight[[0, -1]] /= 2
    kept = weight > 1e-9 * weight.max()
    return tau[kept], weight[kept] / weight[kept].sum()


def normal_spread(y: Floats, se: Floats) -> Spread:
    """Posterior under a normal distribution of true effects.

    Args:
        y: ``(m,)`` estimates in units of a typical error.
        se: ``(m,)`` standard errors.
    """
    v = se * se
    tau, weight = tau_nodes(y, v)
    _, full, centre, centre_var = profile(tau, y, v)
    kept = v / (v + tau[:, None] ** 2)
    means = y + kept * (centre[:, None] - y)
    own = (1 - kept) * v
    mean = weight @ means
    moves = np.sqrt(weight)[:, None] * (means - mean)
    follows = np.sqrt(weight * centre_var)[:, None] * kept
    loading = np.concatenate([moves, follows])
    own_mean = weight @ own
    sd_each = np.sqrt(own + kept**2 * centre_var[:, None])
    below = weight @ special.ndtr(-means / sd_each)
    sd = np.sqrt(own_mean + (loading**2).sum(axis=0))
    return Spread(
        mean, sd, below, float(weight @ centre), float(weight @ tau), math.inf, loading, own_mean,
        float(full.max()),
    )  # fmt: skip
