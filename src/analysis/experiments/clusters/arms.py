"""Two arms of whole stores or cities: the difference, with errors that know about clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import special

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.base.language import translator
from analysis.experiments.clusters.checks import need, need_constant, need_flags
from analysis.experiments.clusters.permutation import Permutation, permutation_test
from analysis.experiments.clusters.sandwich import ClusterFit, ClusterMoments, Kind, fit, fits
from analysis.experiments.clusters.words import clusters_sentence, clusters_table
from analysis.experiments.effect import Effect, Interval
from analysis.experiments.fieller import fieller

Floats = NDArray[np.float64]
Weights = Literal["users", "clusters"]
FEW = 10
"""Clusters of an arm below which the report warns."""


@dataclass(frozen=True)
class ClusterComparison:
    """Treated against control clusters.

    Attributes:
        effect: Values of both arms, difference and lift with cluster-robust intervals; users
            are counted in ``n_control`` and ``n_arm``.
        robust: The same difference with each error: ``CR0``, ``CR1``, ``CR2``.
        permutation: Against every other assignment of the clusters.
        clusters: Clusters of control and of the arm.
        frame: ``cluster, treated, n, total, mean``, one row a cluster.
        weights: Whether every user counts equally, or every cluster.
    """

    effect: Effect
    robust: dict[Kind, ClusterFit]
    permutation: Permutation
    clusters: tuple[int, int]
    frame: pd.DataFrame
    weights: Weights

    @property
    def few(self) -> bool:
        """Whether so few clusters decide, or one so much, that any formula is fragile."""
        return min(self.clusters) < FEW or self.robust["CR2"].df < FEW

    def table(self, lang: str = "en") -> pd.DataFrame:
        """One row an error: interval, degrees of freedom, p-value (``lang`` en or zh)."""
        return clusters_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Mean of every cluster by arm, with the arms' own."""
        from analysis.experiments.clusters.charts import cluster_means

        return cluster_means(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The difference, how sure, and on how many clusters it rests (``lang`` en or zh)."""
        return clusters_sentence(self, translator(lang), lang)


def cluster_totals(
    rows: pd.DataFrame, *, cluster: str = "cluster", treated: str = "treated", value: str = "value"
) -> pd.DataFrame:
    """Add rows of users up to clusters.

    Args:
        rows: One a user.
        cluster: Column of the cluster.
        treated: Column of 0 and 1.
        value: Column of the metric.

    Returns:
        ``cluster, treated, n, total`` for :func:`compare_clusters`.

    Raises:
        InputError: If a column is absent, a value missing, or a cluster in both arms.
    """
    need(rows, [cluster, treated, value], "rows")
    need_flags(rows, [treated], "rows")
    need_constant(rows, cluster, treated, "rows")
    grouped = rows.groupby(cluster, sort=True)
    return pd.DataFrame(
        {
            "treated": grouped[treated].first().astype("int64"),
            "n": grouped[value].size(),
            "total": grouped[value].sum(),
        }
    ).rename_axis("cluster").reset_index()  # fmt: skip


def compare_clusters(
    frame: pd.DataFrame,
    *,
    weights: Weights = "users",
    kind: Kind = "CR2",
    confidence: float = 0.95,
    rng: np.random.Generator | None = None,
    draws: int = 9_999,
    metric: str = "",
) -> ClusterComparison:
    """Compare two arms whose clusters were assigned as a whole.

    Args:
        frame: ``cluster, treated, n, total``: one row a cluster, with its users and the sum of
            the metric over them; optionally ``stratum``, within which clusters were assigned.
        weights: ``"users"``: every user counts equally, so large clusters weigh more;
            ``"clusters"``: every cluster does, as in a t test of cluster means.
        kind: Error of the intervals.
        confidence: Their level.
        rng: Seeded generator, needed for more assignments than can be looked at one by one.
        draws: Assignments drawn then.
        metric: Name of the metric.

    Raises:
        InputError: If a choice is unknown, a column is absent, a cluster occurs twice, a value is
            none, or an arm has no cluster.
    """
    for name, value, known in (("weights", weights, Weights), ("kind", kind, Kind)):
        if value not in get_args(known):
            raise InputError(f"{name}: found {value!r}, expected {', '.join(get_args(known))}")
    _check(frame)
    table = frame.sort_values("cluster", kind="stable", ignore_index=True)
    treated = table["treated"].to_numpy(dtype=np.float64)
    n = table["n"].to_numpy(dtype=np.float64)
    total = table["total"].to_numpy(dtype=np.float64)
    table = table.assign(mean=total / n)
    size, sums = (n, total) if weights == "users" else (np.ones_like(n), total / n)
    moments = ClusterMoments.of_arms(treated, sums, size)
    robust = fits(moments, 1, confidence=confidence, cautious=True)
    arm = treated > 0
    strata = None
    if "stratum" in table:
        strata = pd.factorize(table["stratum"])[0].astype(np.int64)
    permutation = permutation_test(
        sums, arm, n=size, strata=strata, rng=rng, draws=draws, confidence=confidence
    )
    control_value, arm_value = (float(sums[side].sum() / size[side].sum()) for side in (~arm, arm))
    chosen = robust[kind]
    effect = Effect(
        control_value=control_value,
        arm_value=arm_value,
        difference=chosen.interval,
        lift=_lift(moments, (control_value, arm_value), chosen, kind),
        se=chosen.se,
        statistic=chosen.statistic,
        df=chosen.df,
        p_value=chosen.p_value,
        test=f"{kind}, t",
        n_control=int(n[~arm].sum()),
        n_arm=int(n[arm].sum()),
        metric=metric,
    )
    counts = (int((~arm).sum()), int(arm.sum()))
    columns = ["cluster", "treated", "n", "total", "mean"]
    return ClusterComparison(effect, robust, permutation, counts, table[columns], weights)


def _check(frame: pd.DataFrame) -> None:
    need(frame, ["cluster", "treated", "n", "total"], "clusters")
    need_flags(frame, ["treated"], "clusters")
    twice = frame.loc[frame["cluster"].duplicated(), "cluster"]
    if len(twice):
        raise InputError(
            f"clusters: found {str(twice.iloc[0])!r} twice, expected one row a cluster"
        )
    empty = np.flatnonzero(~(frame["n"].to_numpy(dtype=np.float64) > 0))
    if len(empty):
        found = [
            Problem(str(frame["n"].iloc[int(row)]), "above 0", row=int(row) + 2, column="n")
            for row in empty
        ]
        raise InputProblems("clusters", found)
    arms = set(frame["treated"].astype(int))
    if len(arms) < 2:
        raise InputError(
            f"treated: found {arms.pop()} only, expected clusters of control (0) and treated (1)"
        )


def _lift(
    moments: ClusterMoments, values: tuple[float, float], chosen: ClusterFit, kind: Kind
) -> Interval:
    """Fieller's set, both arms' errors being those of their own clusters."""
    control, arm = values
    value = arm / control - 1 if control else math.nan
    level, method = chosen.interval.confidence, f"Fieller, {kind}"
    why = chosen.interval.why
    if why:
        return Interval(value, math.nan, math.nan, level, method, "undefined", why)
    # The intercept is control's mean; what is left of the difference's variance is the arm's.
    own = fit(moments, 0, kind=kind, confidence=level)
    v_control = 0.0 if own.interval.why else own.se**2
    quantile = -float(special.stdtrit(chosen.df, (1 - level) / 2))
    found = fieller(control, arm, v_control, max(chosen.se**2 - v_control, 0.0), quantile)
    return Interval(value, found.lo, found.hi, level, method, found.shape, found.why)
