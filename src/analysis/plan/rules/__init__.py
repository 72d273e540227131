"""One module a family of rules; each has ``find(plan)``, which yields findings."""

from __future__ import annotations

from analysis.plan.rules import (
    bands,
    calendars,
    claims,
    identities,
    labels,
    repeated,
    rows,
    segments,
    steps,
    sums,
    swot,
    targets,
)

RULES = (
    repeated, sums, rows, identities, segments, labels, claims, bands, steps, calendars, targets,
    swot,
)  # fmt: skip
"""All rules, in the order of their findings."""

__all__ = ["RULES"]
