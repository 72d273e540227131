"""What happened to a job, and whether its alert rule asks to be told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from analysis.runs.schedule.spec import AlertRule

Kind = Literal["good", "watch", "red", "failed", "timed out", "data late", "missed"]
KINDS: tuple[str, ...] = get_args(Kind)
FAILURES = frozenset({"failed", "timed out", "data late", "missed"})


@dataclass(frozen=True, slots=True)
class Event:
    """How one due run of a job ended.

    Attributes:
        kind: ``good`` (headline good or without judgment), ``watch`` or ``red`` by the headline of
            the published run; ``failed``, ``timed out``, ``data late`` or ``missed`` without one.
        job: Name of the job.
        notebook: Name of its notebook.
        scheduled: When it was due, in its time zone.
        folder: The published run, or the failed one if it left any; None otherwise.
        reason: Why it is no good run, in one line; empty if it is.
        before: Kind of the job's event before this one; empty if there was none.
    """

    kind: Kind
    job: str
    notebook: str
    scheduled: dt.datetime
    folder: Path | None
    reason: str
    before: str


def wanted(rule: AlertRule, event: Event) -> bool:
    """Say whether a rule asks to be told of an event.

    ``red`` and ``watch`` tell of what is at least that bad; ``change`` tells of failures, and of
    any kind unlike the one before, the first included if it is not good.
    """
    if rule in ("never", "always"):
        return rule == "always"
    if event.kind in FAILURES:
        return True
    if rule == "change":
        return event.kind != (event.before or "good")
    told = {"red": ("red",), "watch": ("watch", "red")}
    return event.kind in told.get(rule, ())
