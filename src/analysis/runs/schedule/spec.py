"""What a schedule is, once ``schedule.toml`` has been read and checked: plain frozen records.

:mod:`.reading` makes them and refuses what is wrong; :mod:`.times` says when a job is due;
:mod:`.runner` runs it; :mod:`analysis.runs.alerts` tells people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

AlertRule = Literal["never", "failure", "red", "watch", "change", "always"]
Attachment = Literal["none", "picture", "pdf"]


@dataclass(frozen=True, slots=True)
class Phase:
    """One span of the promotion calendar, first and last day inclusive.

    Attributes:
        event: Name of the event, such as ``618``.
        phase: Name of the phase, such as ``presale``; empty if the event has none.
        platform: Platform it holds on; empty for all.
        start: First day.
        end: Last day.
    """

    event: str
    phase: str
    platform: str
    start: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class Freshness:
    """Data that must be there before a job starts.

    Attributes:
        data: What is looked at: a path, a dataset of the catalog, or connection:table.
        mapping: Mapping file of its columns; empty for none.
        column: Column of days.
        through: Template of the last day that must be in it, such as ``{scheduled_date-1d}``.
        wait: How long to wait for it after the job is due.
        every: How long between two looks.
    """

    data: str
    mapping: str
    column: str
    through: str
    wait: dt.timedelta
    every: dt.timedelta


@dataclass(frozen=True, slots=True)
class Alert:
    """When to tell whom.

    Attributes:
        when: ``failure`` (failed, timed out, data late), ``red`` (also a headline that is
            ``bad``), ``watch`` (also ``watch``), ``change`` (also a status unlike the last run's),
            ``always`` or ``never``.
        to: Names of recipients.
        attach: What goes with the message where the channel takes files.
    """

    when: AlertRule
    to: tuple[str, ...]
    attach: Attachment


@dataclass(frozen=True, slots=True)
class Recipient:
    """A place that alerts go to.

    Attributes:
        name: Its name in the schedule.
        url: Apprise URL with ``${VARIABLE}`` where a secret stands; the secret itself is never in
            here, it is filled in when a message is sent.
        lang: Language of messages to it.
    """

    name: str
    url: str
    lang: str


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook to run again and again.

    Attributes:
        name: Its name, unlike all others.
        line: Line of ``schedule.toml`` on which it starts.
        notebook: Name of the notebook.
        cron: Five fields, in ``zone``.
        zone: Time zone of ``cron`` and of the dates in templates.
        parameters: Values to set; texts may hold templates.
        grid: Names and values to fan out over, as on the command line; empty for one run.
        workers: How many of the grid's runs at a time.
        during: Phases in which the job runs (``618``, ``618/presale``, ``tmall/618/presale``);
            empty for always.
        freshness: What must be there first; None for nothing.
        retries: How often to try again after a failure.
        backoff: Pause before the first retry; doubled for each further one.
        timeout: How long one run may take; None for no limit.
        grace: How late a due time that was missed (machine off) is still made up for; of several
            missed ones only the last is run.
        overlap: What to do when due while the run before is still going: ``skip`` or ``queue``.
        exports: Formats made of each run.
        alert: Whom to tell when.
    """

    name: str
    line: int
    notebook: str
    cron: str
    zone: ZoneInfo
    parameters: Mapping[str, Any]
    grid: Mapping[str, str]
    workers: int
    during: tuple[str, ...]
    freshness: Freshness | None
    retries: int
    backoff: dt.timedelta
    timeout: dt.timedelta | None
    grace: dt.timedelta
    overlap: Literal["skip", "queue"]
    exports: tuple[str, ...]
    alert: Alert


@dataclass(frozen=True, slots=True)
class Schedule:
    """A whole schedule.

    Attributes:
        path: The file it was read from.
        base_url: Where the reports folder is served; empty if nowhere.
        state: Folder of what the runner keeps: its store, its log.
        jobs: In the order of the file.
        recipients: By name.
        phases: The promotion calendar.
    """

    path: Path
    base_url: str
    state: Path
    jobs: tuple[Job, ...]
    recipients: Mapping[str, Recipient]
    phases: tuple[Phase, ...]
