"""When a job is due: its cron expression inside its promotion windows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from analysis.runs.schedule.cron import parse
from analysis.runs.schedule.spec import Job, Phase

HORIZON = dt.timedelta(days=3653)


def due(job: Job, phases: Sequence[Phase], after: dt.datetime) -> Iterator[dt.datetime]:
    """Yield the moments at which a job is due, ascending, in its time zone, for ten years at most.

    Args:
        job: The job.
        phases: The promotion calendar.
        after: Moments later than this one (aware).
    """
    moments = takewhile(
        lambda moment: moment <= after + HORIZON, parse(job.cron).instants(after, job.zone)
    )
    if not job.during:
        yield from moments
        return
    windows = [phase for phase in phases if matches(phase, job.during)]
    last = max((phase.end for phase in windows), default=dt.date.min)
    for moment in moments:
        if moment.date() > last:
            return
        if any(phase.start <= moment.date() <= phase.end for phase in windows):
            yield moment


def due_until(
    job: Job, phases: Sequence[Phase], after: dt.datetime, until: dt.datetime
) -> list[dt.datetime]:
    """Return the moments at which a job is due, later than ``after``, at most ``until``."""
    return list(takewhile(lambda moment: moment <= until, due(job, phases, after)))


def matches(phase: Phase, names: Iterable[str]) -> bool:
    """Say whether a span of the calendar is meant by one of ``names``.

    A name is ``event``, ``event/phase``, ``platform/event`` or ``platform/event/phase``.

    >>> one = Phase("618", "presale", "jd", dt.date(2026, 5, 13), dt.date(2026, 5, 16))
    >>> matches(one, ["618"]), matches(one, ["jd/618/presale"]), matches(one, ["tmall/618"])
    (True, True, False)
    """
    return any(name in spellings(phase) for name in names)


def spellings(phase: Phase) -> set[str]:
    """Return every name under which a span of the calendar can be meant."""
    told = [phase.event, f"{phase.event}/{phase.phase}" if phase.phase else phase.event]
    return {*told, *(f"{phase.platform}/{name}" for name in told if phase.platform)}
