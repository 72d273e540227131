"""Stores, cities and periods instead of users: comparisons that know what was assigned."""

from __future__ import annotations

from analysis.experiments.clusters.arms import ClusterComparison, cluster_totals, compare_clusters
from analysis.experiments.clusters.did import DidResult, did
from analysis.experiments.clusters.interrupted import BeforeAfter, before_after
from analysis.experiments.clusters.permutation import Permutation, permutation_test
from analysis.experiments.clusters.sandwich import ClusterFit, ClusterMoments, fit
from analysis.experiments.clusters.standardised import Standardised, standardised
from analysis.experiments.clusters.wild import wild_bootstrap

__all__ = [
    "BeforeAfter",
    "ClusterComparison",
    "ClusterFit",
    "ClusterMoments",
    "DidResult",
    "Permutation",
    "Standardised",
    "before_after",
    "cluster_totals",
    "compare_clusters",
    "did",
    "fit",
    "permutation_test",
    "standardised",
    "wild_bootstrap",
]
