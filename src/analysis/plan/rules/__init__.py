"""One module a family of rules; each has ``find(plan)``, which yields findings."""

from __future__ import annotations

from analysis.plan.rules import (
    bands,
    calendars,
    claims,
    complete,
    coverage,
    festive,
    identities,
    labels,
    milestones,
    path,
    repeated,
    rows,
    segments,
    steps,
    sums,
    swot,
    targets,
    thresholds,
    years,
)

RULES = (
    repeated, sums, rows, identities, segments, labels, claims, bands, thresholds, steps,
    calendars, festive, milestones, years, targets, path,
    complete, coverage, swot,
)  # fmt: skip
"""All rules, in the order of their findings."""

__all__ = ["RULES"]
