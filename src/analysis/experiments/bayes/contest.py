"""Which arm is best, and what a wrong choice costs: one-dimensional integrals, no sampling.

With independent beliefs, distribution functions ``F_i`` and densities ``f_i``:

- P(arm j is best) = ∫ f_j ∏_{i≠j} F_i
- expected loss of arm j = E[max_i θ_i − θ_j] = ∫ F_j(x) (1 − ∏_{i≠j} F_i(x)) dx

Both integrands are positive, so that small probabilities and losses keep their digits (for two
betas they equal the closed forms of Miller 2015 and Stucchio 2015, which do not at large counts).
Composite Gauss–Legendre quadrature; panels end around every arm's middle, wherever any integrand
bends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from analysis.experiments.bayes.posteriors import Posterior

Floats = NDArray[np.float64]
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
_SIDE = np.array([0.7, 1.4, 2.2, 3.0, 4.0, 5.0, 6.5, 8.0, 10.0, 13.0, 17.0, 22.0, 30.0, 40.0])
STEPS = np.concatenate([-_SIDE[::-1], [0.0], _SIDE])
"""Ends of panels in standard deviations of one belief; an exponential tail ends before 40."""

NOTHING = 1e-18
"""Probability of a node that no quantile depends on."""


def _grid(edges: Floats) -> tuple[Floats, Floats]:
    """Nodes and weights of panels between sorted edges."""
    edges = np.unique(edges[np.isfinite(edges)])
    middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    u = (middle[:, None] + half[:, None] * NODES).ravel()
    return u, (half[:, None] * WEIGHTS).ravel()


def _edges(posterior: Posterior) -> Floats:
    middle, spread = posterior.place
    return middle + spread * STEPS


def _weights(posterior: Posterior, u: Floats, weight: Floats) -> Floats:
    """Probabilities of the nodes, adding up to 1."""
    log_density = posterior.log_density(u)
    mass = np.exp(log_density - log_density.max()) * weight
    return np.asarray(mass / mass.sum(), dtype=np.float64)


def best_and_loss(posteriors: Sequence[Posterior]) -> tuple[Floats, Floats]:
    """P(best) and expected loss of each arm.

    Args:
        posteriors: ``(k,)`` independent beliefs of one kind, at least two.

    Returns:
        ``(k,)`` probabilities that add up to 1 (up to rounding), and ``(k,)`` expected losses
        against the best arm, in units of the metric.

    Raises:
        ValueError: If there are fewer than two.
    """
    if len(posteriors) < 2:
        raise ValueError(f"found {len(posteriors)} arms, expected at least two")
    u, weight = _grid(np.concatenate([_edges(posterior) for posterior in posteriors]))
    below, above = (np.stack(t) for t in zip(*(p.tails(u) for p in posteriors), strict=True))
    with np.errstate(divide="ignore"):
        # Of the two forms of log F, each where it has digits.
        log_below = np.where(below < 0.5, np.log(below), np.log1p(-np.minimum(above, 0.5)))
    dx = weight * posteriors[0].slope(u)
    best, loss = np.empty(len(posteriors)), np.empty(len(posteriors))
    for j, posterior in enumerate(posteriors):
        others = np.delete(log_below, j, axis=0).sum(axis=0)
        best[j] = _weights(posterior, u, weight) @ np.exp(others)
        loss[j] = (below[j] * -np.expm1(others)) @ dx
    return best, loss


def _between(
    control: Posterior, arm: Posterior, to_arm: Callable[[Floats], Floats],
    to_control: Callable[[Floats], Floats],
) -> float:  # fmt: skip
    """P(arm < to_arm(control)), ``to_control`` being the inverse."""
    bends = control.to_u(to_control(arm.to_x(_edges(arm))))
    own = _edges(control)
    inside = bends[(bends > own[0]) & (bends < own[-1])]
    u, weight = _grid(np.concatenate([own, inside]))
    mass = _weights(control, u, weight)
    counts = mass > NOTHING
    return float(mass[counts] @ arm.below(arm.to_u(to_arm(control.to_x(u[counts])))))


def difference_quantile(control: Posterior, arm: Posterior, p: float) -> float:
    """Quantile of arm minus control."""

    def excess(d: float) -> float:
        return _between(control, arm, lambda x: x + d, lambda x: x - d) - p

    # |D| above 2 r has a probability below p when each arm is within r with more than 1 - p / 2.
    tail = min(p, 1 - p) / 4
    low = arm.quantile(tail) - control.quantile(1 - tail)
    high = arm.quantile(1 - tail) - control.quantile(tail)
    return float(optimize.brentq(excess, low, high, xtol=1e-15 + 1e-10 * (high - low)))


def ratio_quantile(control: Posterior, arm: Posterior, p: float) -> float:
    """Quantile of arm over control, both positive."""

    def excess(log_ratio: float) -> float:
        r = float(np.exp(log_ratio))
        return _between(control, arm, lambda x: x * r, lambda x: x / r) - p

    tail = min(p, 1 - p) / 4
    low = np.log(arm.quantile(tail)) - np.log(control.quantile(1 - tail))
    high = np.log(arm.quantile(1 - tail)) - np.log(control.quantile(tail))
    return float(np.exp(optimize.brentq(excess, low, high, xtol=1e-11)))
