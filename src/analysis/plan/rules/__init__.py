"""One module a family of rules; each has ``find(plan)``, which yields findings."""

from __future__ import annotations

from analysis.plan.rules import (
    ambition,
    bands,
    calendars,
    claims,
    complete,
    coverage,
    cumulative,
    festive,
    holidays,
    identities,
    labels,
    milestones,
    offsets,
    path,
    ranks,
    readiness,
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
    calendars, festive, holidays, offsets, milestones, readiness, years, cumulative, targets,
    ambition, path, ranks,
    complete, coverage, swot,
)  # fmt: skip
"""All rules, in the order of their findings."""

__all__ = ["RULES"]
