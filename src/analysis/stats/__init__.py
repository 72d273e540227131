"""Statistics that more than one question needs: intervals and resampling."""

from __future__ import annotations

from analysis.stats.intervals import wilson
from analysis.stats.resampling import cluster_bootstrap, moving_block_indices, percentile

__all__ = ["cluster_bootstrap", "moving_block_indices", "percentile", "wilson"]
