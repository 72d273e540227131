"""Wild cluster bootstrap: a p-value where clusters are few for any formula.

Residuals of the regression without the effect are turned about cluster by cluster, and the
t statistic recomputed (Cameron, Gelbach & Miller 2008, Review of Economics and Statistics 90, the
restricted version); from cross-products alone, as Roodman, MacKinnon, Nielsen & Webb (2019),
Stata Journal 19, do.
"""

from __future__ import annotations

import math

import numpy as np

from analysis.experiments.clusters.sandwich import ClusterMoments

ALL = 20_000
"""Patterns of signs up to which every one is looked at."""
SAME = 1e-10


def wild_bootstrap(
    moments: ClusterMoments,
    at: int,
    *,
    rng: np.random.Generator | None = None,
    draws: int = 9_999,
) -> float:
    """Two-sided p-value of no effect.

    Args:
        moments: Of all clusters.
        at: Place of the coefficient.
        rng: Seeded generator, needed for more than 14 clusters.
        draws: Patterns of signs drawn then; the actual one counts among them.

    Returns:
        The p-value; NaN where the clusters do not differ. It cannot be below two over two to the
        number of clusters.

    Raises:
        ValueError: If draws are needed and ``rng`` is None.
    """
    g = moments.clusters
    if 2**g <= ALL:
        bits = np.arange(2**g)[:, None] >> np.arange(g)
        signs = 1.0 - 2.0 * (bits & 1)
    elif rng is None:
        raise ValueError(f"rng: found none, expected one for {g} clusters")
    else:
        signs = np.vstack([np.ones((1, g)), rng.choice([-1.0, 1.0], size=(draws, g))])
    bread = moments.bread()
    others = np.arange(len(bread)) != at
    restricted = np.zeros(len(bread))
    whole = moments.cross.sum(axis=0)
    if others.any():
        restricted[others] = np.linalg.solve(
            whole[np.ix_(others, others)], moments.with_y.sum(axis=0)[others]
        )
    scores = moments.with_y - moments.cross @ restricted  # (G, k)
    own = scores @ bread[at]
    # What a score of cluster h does to the residual score of cluster g through the estimate.
    through = np.einsum("k,gkl,lm,hm->gh", bread[at], moments.cross, bread, scores, optimize=True)
    estimates = signs @ own
    sums = signs * own - signs @ through.T
    errors = np.einsum("bg,bg->b", sums, sums)
    actual = estimates[0] ** 2
    if not errors[0] > 1e-28 * float(own @ own):
        return math.nan
    # Compared without dividing: a pattern may leave no error at all.
    as_large = estimates**2 * errors[0] >= actual * errors * (1 - SAME)
    return float(np.mean(as_large))
