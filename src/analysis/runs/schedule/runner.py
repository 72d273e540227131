"""The runner: a clock over the jobs of a schedule, until it is told to stop."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from filelock import FileLock, Timeout

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs.schedule.firing import Desk, Tell
from analysis.runs.schedule.spec import Job, Phase, Schedule
from analysis.runs.schedule.times import due
from analysis.runs.store import Store

# A due time that comes while a job runs must find a thread to be written down as skipped.
THREADS_A_JOB = 2
MOST_THREADS = 64
# Seconds between two looks at the clock, and before a desk that failed tries again.
LOOK = 0.5
AGAIN = 60.0


class DueTrigger(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """Due times of a job for APScheduler.

    Args:
        job: The job.
        phases: The promotion calendar.
    """

    __slots__ = ("job", "phases")

    def __init__(self, job: Job, phases: tuple[Phase, ...]) -> None:
        self.job, self.phases = job, phases

    def get_next_fire_time(
        self, previous: dt.datetime | None, now: dt.datetime
    ) -> dt.datetime | None:
        """Return the first due time after the previous one, or from now on."""
        after = previous or now - dt.timedelta(microseconds=1)
        return next(due(self.job, self.phases, after), None)


def serve(
    home: Home,
    schedule: Schedule,
    tell: Tell,
    *,
    log: Callable[[str], None] = print,
    patience: float = 600.0,
) -> None:
    """Run a schedule until SIGTERM or SIGINT; a second signal stops running notebooks as well.

    Due times that were missed while no runner was there are made up for at the start, within each
    job's grace; runs that were cut short are taken up again.

    Args:
        home: The project.
        schedule: What to run.
        tell: Sends one event to one recipient.
        log: Takes one line about what happens.
        patience: Seconds that running notebooks are given after the first signal.

    Raises:
        InputError: If another runner has this schedule.
    """
    desk = Desk(home, schedule, tell, log=log)
    schedule.state.mkdir(parents=True, exist_ok=True)
    lock = FileLock(schedule.state / "runner.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"{schedule.path}: another runner has this schedule (folder {schedule.state}); "
            "stop it first"
        ) from None
    try:
        Store(home.reports).sweep()
        _run(desk, patience)
    finally:
        lock.release()


def _run(desk: Desk, patience: float) -> None:
    jobs = desk.schedule.jobs
    now = dt.datetime.now(dt.UTC)
    for job in jobs:
        desk.ledger.register(job.name, now)
    signals = _listen(desk)
    clock = _started(desk)
    desk.log(f"{desk.schedule.path}: {len(jobs)} jobs, process {os.getpid()}")
    try:
        # Not a wait for the flag: a signal that comes inside of one would find its lock taken.
        while not desk.stop.is_set():
            time.sleep(LOOK)
            # A machine that slept has moved its clock on, not the timer of the library.
            clock.wakeup()
        desk.log("stopping: running notebooks may finish; a second signal stops them")
        timer = threading.Timer(patience, desk.hurry.set)
        timer.daemon = True
        timer.start()
        clock.shutdown(wait=True)
        timer.cancel()
    finally:
        desk.stop.set()
        desk.hurry.set()
        for number, before in signals.items():
            signal.signal(number, before)
    desk.log("stopped")


def _started(desk: Desk) -> BackgroundScheduler:
    """Start the clock. It keeps nothing: what was done and what is still to do is in the ledger."""
    threads = min(THREADS_A_JOB * len(desk.schedule.jobs) + 1, MOST_THREADS)
    clock = BackgroundScheduler(executors={"default": ThreadPoolExecutor(threads)}, timezone=dt.UTC)
    for job in desk.schedule.jobs:

        def tick(job: Job = job) -> None:
            _tick(desk, job)

        clock.add_job(
            tick, DueTrigger(job, desk.schedule.phases), name=job.name, coalesce=True,
            misfire_grace_time=None, max_instances=THREADS_A_JOB,
        )  # fmt: skip
        # At once as well: what was missed or cut short while nobody was here.
        clock.add_job(tick, name=f"{job.name} (start)")
    clock.start()
    return clock


def _tick(desk: Desk, job: Job) -> None:
    """Deal with what is due; if the desk itself fails (a full disk), again after a pause."""
    while not desk.stop.is_set():
        try:
            desk.fire(job, dt.datetime.now(dt.UTC))
            return
        except Exception as error:
            what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            desk.log(f"{job.name}: {what}; tried again in {AGAIN:g} s")
            desk.stop.wait(AGAIN)


def _listen(desk: Desk) -> dict[int, Any]:
    """Turn signals into the desk's flags; give what was there before."""

    def heard(number: int, frame: object) -> None:
        (desk.hurry if desk.stop.is_set() else desk.stop).set()

    return {number: signal.signal(number, heard) for number in (signal.SIGTERM, signal.SIGINT)}
