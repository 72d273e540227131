"""The largest of several statistics that share one control: Dunnett's distribution.

Dunnett (1955), JASA 50; (1964), Biometrics 20; step-down: Dunnett & Tamhane (1991), Statistics in
Medicine 10. What is shared makes the correlation a product, ``b_i b_j``, so the probability that no
statistic exceeds a bound is a double integral of one-dimensional distributions. It is taken here by
fixed quadrature: the same inputs give the same p-value, and small ones keep their relative
precision. With all loadings 0 this is the studentized maximum modulus.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]
NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)
EDGES = np.array([-6.0, -3.0, -1.5, 0.0, 1.5, 3.0, 6.0])
"""Where panels end around the value at which an arm's factor rises, in units of its width."""
REACH = 9.0
TAIL = 1e-17
"""Share of a probability that quadrature may leave out at an end."""
PANEL = 1.5
"""Width of a panel, in standard deviations of what is shared."""
FAR = 38.5
"""Normal bounds beyond it are exceeded with a probability below what a float can hold."""


def _scales(df: float, bound: float) -> tuple[Floats, Floats]:
    """Nodes and weights, adding up to 1, of ``S = sqrt(chi²_df / df)``.

    The trapezoidal rule in ``log S``, where the density is analytic and falls at least
    exponentially. The lowest node leaves out no more than that share of the tail beyond ``bound``.
    """
    if math.isinf(df):
        return np.ones(1), np.ones(1)
    half = df / 2
    log_tail = math.log(max(float(special.stdtr(df, -bound)), 1e-300)) + math.log(TAIL)
    # P(chi²/2 < y) <= y^half / Γ(half + 1): a good bound for few degrees of freedom.
    low = 0.5 * ((log_tail + float(special.gammaln(half + 1))) / half - math.log(half))
    if df > 30 and log_tail > -690:
        low = 0.5 * math.log(float(special.gammaincinv(half, math.exp(log_tail))) / half)
    high = 0.5 * math.log(float(special.gammainccinv(half, TAIL)) / half)
    step = min(0.15, 0.6 / math.sqrt(2 * df))
    log_s = np.linspace(low, high, int((high - low) / step) + 2)
    # df (log s - s²/2) up to a constant, without the cancellation at large df.
    density = np.exp(df * (log_s - np.expm1(2 * log_s) / 2))
    return np.exp(log_s), density / density.sum()


def _exceeded(bound: Floats, b: Floats, count: NDArray[np.int64]) -> Floats:
    """P(max |Z_i| > bound) for normal Z with correlation ``b_i b_j``, ``(s,)`` for bounds ``(s,)``.

    Args:
        bound: ``(s,)``.
        b: ``(u,)`` distinct loadings on what is shared.
        count: ``(u,)`` how many arms have each.
    """
    # Nothing of its own is taken as next to nothing, which divides.
    own = np.maximum(np.sqrt((1 - b) * (1 + b)), 1e-300)
    # The integrand of a far bound has its weight near b × bound, so the range follows it.
    top = REACH + bound * float(b.max())
    plain = np.linspace(0.0, top, math.ceil(float(top.max()) / PANEL) + 1, axis=1)
    # A factor wider than the shared normal needs no panels of its own.
    loaded = b > own
    rises = bound[:, None, None] / b[loaded][:, None]
    rises = rises + (own[loaded] / b[loaded])[:, None] * EDGES
    edges = np.concatenate([plain, rises.reshape(len(bound), -1)], axis=1)
    edges = np.sort(np.clip(edges, 0.0, top[:, None]), axis=1)
    middle, half = (edges[:, 1:] + edges[:, :-1]) / 2, np.diff(edges, axis=1) / 2
    x = (middle[..., None] + half[..., None] * NODES).reshape(len(bound), -1)
    weight = (half[..., None] * WEIGHTS).reshape(len(bound), -1) * np.exp(-x * x / 2)
    log_inside = np.zeros_like(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        for loading, alone, times in zip(b, own, count, strict=True):
            outside = special.ndtr((loading * x - bound[:, None]) / alone) + special.ndtr(
                (-bound[:, None] - loading * x) / alone
            )
            log_inside += times * np.log1p(-np.minimum(outside, 1.0))
    # The integrand is even: twice the half-line.
    value: Floats = (-np.expm1(log_inside) * weight).sum(axis=1) * 2 / math.sqrt(2 * math.pi)
    return np.minimum(value, 1.0)


def exceedance(bound: float, b: ArrayLike, df: float = math.inf) -> float:
    """P(max |T_i| > bound) when no arm differs from control.

    Args:
        bound: Of the absolute statistics.
        b: ``(k,)`` loadings, in [0, 1]: the correlation of arms i and j is ``b_i b_j``.
        df: Degrees of freedom of the shared variance; ``inf`` for normal statistics.

    Returns:
        The probability, to about 1e-10 of itself.
    """
    loadings, count = np.unique(np.asarray(b, dtype=np.float64), return_counts=True)
    if not len(loadings) or loadings[0] < 0 or loadings[-1] > 1 or not df > 0:
        raise ValueError(f"found loadings {loadings}, df = {df}, expected in [0, 1] and above 0")
    if math.isnan(bound):
        return math.nan
    if bound <= 0:
        return 1.0
    s, weight = _scales(df, bound)
    bounds = bound * s
    near = bounds < FAR
    if not near.any():
        return 0.0
    return min(float(_exceeded(bounds[near], loadings, count) @ weight[near]), 1.0)


def critical_value(b: ArrayLike, df: float = math.inf, alpha: float = 0.05) -> float:
    """The bound that is exceeded with probability ``alpha`` when no arm differs from control.

    Args:
        b: ``(k,)`` loadings as in :func:`exceedance`; for k arms as large as control,
            ``sqrt(1/2)`` each.
        df: Degrees of freedom; ``inf`` for normal statistics.
        alpha: Two-sided level, familywise.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: found {alpha}, expected between 0 and 1")
    loadings = np.asarray(b, dtype=np.float64)
    least, most = (float(-special.stdtrit(df, a / 2)) for a in (alpha, alpha / len(loadings)))
    if len(loadings) == 1 or bool((loadings == 1).all()):
        return least
    # Bounds of the univariate and of Bonferroni's test, a hair wider for the rounding.
    found = optimize.brentq(
        lambda c: exceedance(c, loadings, df) - alpha, least * (1 - 1e-9), most * (1 + 1e-9),
        xtol=1e-12, rtol=1e-12,
    )  # fmt: skip
    return float(found)


def equal_arms(k: int, share: float = 0.5) -> Floats:
    """Loadings of ``k`` arms that each have the ``share`` ``n / (n + n_control)`` of a pair."""
    return np.full(k, math.sqrt(share))


def step_down(statistic: ArrayLike, b: ArrayLike, df: ArrayLike = math.inf) -> Floats:
    """Adjusted p-values of the step-down test: each among the arms not yet rejected.

    Args:
        statistic: ``(k,)`` statistics; NaN stays and does not count.
        b: ``(k,)`` loadings.
        df: Degrees of freedom, one number or ``(k,)``.
    """
    size, loadings = np.abs(np.asarray(statistic, dtype=np.float64)), np.asarray(b)
    freedom = np.broadcast_to(np.asarray(df, dtype=np.float64), size.shape)
    out = np.full(len(size), np.nan)
    known = np.flatnonzero(~np.isnan(size))
    # By their single p-values; by their size where those are too small to tell apart.
    order = known[np.lexsort((-size[known], special.stdtr(freedom[known], -size[known])))]
    p = [
        exceedance(float(size[i]), loadings[order[at:]], float(freedom[i]))
        for at, i in enumerate(order)
    ]
    out[order] = np.maximum.accumulate(np.array(p))
    return out
