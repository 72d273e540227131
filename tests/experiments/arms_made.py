"""Tests of tests: arms from short tables, as ``load_experiment`` makes them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.experiments.arms import Arms, Metric
from analysis.experiments.table import kind_of, of_counts, of_moments


def of_table(frame: pd.DataFrame, control: str = "control") -> Arms:
    """Arms of a table of counts or moments."""
    shape = "moments" if "mean" in frame else "counts"
    parts, stacks = (of_moments if shape == "moments" else of_counts)(frame)
    metrics = tuple(Metric(n, kind_of(s, declared=False), (n,)) for n, s in stacks.items())
    return Arms(shape, control, metrics, parts, stacks)  # type: ignore[arg-type]


def counts(arms: Mapping[str, tuple[int, int]], **more: Mapping[str, int]) -> Arms:
    """Arms of ``name: (users, conversions)`` and of further counts by metric."""
    frame = pd.DataFrame(
        [{"variant": name, "users": n, "conversions": x} for name, (n, x) in arms.items()]
    )
    for metric, did in more.items():
        frame[metric] = frame["variant"].map(did)
    return of_table(frame)
