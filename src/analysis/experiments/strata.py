"""Post-stratification: the effect within strata, put together in the proportions of all users."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.experiments import means
from analysis.experiments.adjusted import Adjusted
from analysis.experiments.contrast import DEFAULT_LIFT, Lift, effect_of, welch_df
from analysis.experiments.effect import Effect
from analysis.experiments.moments import Moments, Sample, total


def compare(
    control: Mapping[str, Sample],
    arm: Mapping[str, Sample],
    *,
    confidence: float = 0.95,
    lift: Lift = DEFAULT_LIFT,
) -> Adjusted:
    """Compare an arm with control within strata known before the assignment.

    Weights are the strata's shares of both arms' users and taken as fixed; the standard error is
    that within strata (Holt & Smith 1979, JRSS A 142; Miratrix, Sekhon & Yu 2013, JRSS B 75), with
    Satterthwaite's degrees of freedom.

    A stratum with fewer than two users in either arm has no variance there. All of these are merged
    into one; while that has fewer than two in an arm, the smallest of the others joins it.

    Args:
        control: Moments of control by stratum; a stratum without users is left out.
        arm: Moments of the arm by stratum.
        confidence: Level of the intervals.
        lift: Method of the lift; see :func:`analysis.experiments.contrast.lift_of`.

    Returns:
        Raw and stratified effect; ``terms`` has one row a stratum, ``merged`` those put together.

    Raises:
        ValueError: If an arm has no users.
    """
    if not control or not arm:
        raise ValueError(f"found {len(control)} and {len(arm)} strata, expected at least one each")
    whole = (merge(list(control.values())), merge(list(arm.values())))
    raw = means.compare(*whole, confidence=confidence, lift=lift)
    groups, merged = _groups(control, arm)
    rows = []
    for name, members in groups.items():
        one, other = (
            merge([side[key] for key in members if key in side]) for side in (control, arm)
        )
        rows.append((name, one.n + other.n, one, other))
    weights = np.array([size for _, size, *_ in rows]) / (whole[0].n + whole[1].n)
    ones, others = [row[2] for row in rows], [row[3] for row in rows]
    terms = pd.DataFrame(
        {
            "stratum": [row[0] for row in rows],
            "weight": weights,
            "n_control": [s.n for s in ones],
            "n_arm": [s.n for s in others],
            "control": [s.mean for s in ones],
            "arm": [s.mean for s in others],
            "difference": [b.mean - a.mean for a, b in zip(ones, others, strict=True)],
        }
    )
    before = sum((s.n - 1) * s.variance for s in whole)
    after = sum((s.n - 1) * s.variance for s in (*ones, *others))
    explained = 1 - after / before if before > 0 else math.nan
    effect = _weighted(weights, ones, others, confidence, lift)
    return Adjusted("post-stratification", raw, effect, explained, terms, merged)


def merge(samples: Sequence[Sample]) -> Sample:
    """Moments of the users of several samples together."""
    parts = [Moments(s.n, ("y",), np.array([s.mean]), np.array([[s.variance]])) for s in samples]
    return total(parts).sample("y")


def _weighted(
    weights: NDArray[np.float64],
    ones: Sequence[Sample],
    others: Sequence[Sample],
    confidence: float,
    lift: Lift,
) -> Effect:
    parts = [
        [float(w * w * s.se2) for w, s in zip(weights, side, strict=True)]
        for side in (ones, others)
    ]
    dfs = [s.n - 1 for s in (*ones, *others)]
    enough = min(dfs) > 0
    values = [
        float(sum(w * s.mean for w, s in zip(weights, side, strict=True)))
        for side in (ones, others)
    ]
    return effect_of(
        (values[0], values[1]),
        (sum(parts[0]), sum(parts[1])),
        welch_df([*parts[0], *parts[1]], dfs) if enough else math.nan,
        (sum(s.n for s in ones), sum(s.n for s in others)),
        test="post-stratified",
        confidence=confidence,
        lift=lift,
    )


def _groups(
    control: Mapping[str, Sample], arm: Mapping[str, Sample]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Strata as they are used: each alone, and the small ones as one at the end."""
    names = list(dict.fromkeys([*control, *arm]))
    sizes = {
        name: tuple(side[name].n if name in side else 0 for side in (control, arm))
        for name in names
    }
    small = [name for name in names if min(sizes[name]) < 2]
    alone = [name for name in names if name not in small]
    while small and alone and min(sum(sizes[name][i] for name in small) for i in (0, 1)) < 2:
        joining = min(alone, key=lambda name: sum(sizes[name]))
        alone.remove(joining)
        small.append(joining)
    groups: dict[str, tuple[str, ...]] = {name: (name,) for name in alone}
    if small:
        groups[" + ".join(small)] = tuple(small)
    return groups, tuple(small) if len(small) > 1 else ()
