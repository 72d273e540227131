"""What happened before what: events before their assignment, covariates from after it."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.base.errors import Problem
from analysis.data.aggregation import findings
from analysis.data.aggregation.source import Rows
from analysis.data.aggregation.statement import column
from analysis.experiments.arms import Flag, Metric

EXAMPLES = 20
ASSIGNED, EVENT, COVARIATE = "assigned_at", "event_at", "covariate_at"


def check_times(rows: Rows, day: str, metrics: Sequence[Metric]) -> Flag | None:
    """Compare the times that a table of rows has.

    Args:
        rows: The table. ``assigned_at`` is when a user was assigned (else the day), ``event_at``
            when the user acted, ``covariate_at`` or ``<covariate>_at`` when a covariate was taken.
        day: Column of the day; empty if there is none.
        metrics: Metrics with their covariates.

    Returns:
        Rows whose event or day is before the assignment; None if there are none.

    Raises:
        InputProblems: If a covariate was taken after the assignment: it would know of the answer.
    """
    has = [name for name in (ASSIGNED, EVENT) if _is_time(rows, name)]
    past = sorted({name for metric in metrics for name in metric.covariates})
    stamps = [f"{name}_at" for name in past] + ([COVARIATE] if past else [])
    start = ASSIGNED if ASSIGNED in has else day
    if start:
        problems: list[Problem] = []
        for stamp in (name for name in stamps if _is_time(rows, name)):
            after = _compared(rows, stamp, ">", start, day)
            expected = f"a time before the assignment ({rows.label(start)})"
            problems += findings.offending(rows, stamp, after, expected)
        findings.refuse(rows, problems)
    wrong = [
        _compared(rows, name, "<", start, day)
        for name in (EVENT, day)
        if name and start and name != start and _is_time(rows, name)
    ]
    if not wrong:
        return None
    condition = " OR ".join(wrong)
    found = findings.count_where(rows, condition)
    if not found:
        return None
    first = findings.rows_where(rows, condition, "1", EXAMPLES)
    return Flag("before_assignment", found, tuple(str(row) for row, _ in first))


def _is_time(rows: Rows, name: str) -> bool:
    return name in rows.types and rows.is_time(name)


def _compared(rows: Rows, name: str, sign: str, other: str, day: str) -> str:
    """Return a comparison of two times as SQL; of days, where one of them is only a day."""
    dates = day in (name, other) or "DATE" in (rows.types[name], rows.types[other])
    kind = "DATE" if dates else "TIMESTAMP"
    return f"CAST({column(name)} AS {kind}) {sign} CAST({column(other)} AS {kind})"
