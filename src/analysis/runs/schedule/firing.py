"""What happens when a job is due: claimed once, data waited for, run, tried again, told of.

The ledger is the truth, the clock only a hint: whoever calls :meth:`Desk.fire` (the runner's
clock, a crontab, a restart) finds out from the ledger which due times are still to do. Of several
that were missed the last one is run and the others are written down; one that is older than the
job's grace is not run at all.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from filelock import FileLock, Timeout

from analysis.base.paths import Home
from analysis.runs.alerts.event import Event, Kind, wanted
from analysis.runs.schedule.freshness import missing
from analysis.runs.schedule.launch import Launched, command, launch
from analysis.runs.schedule.ledger import Fire, Ledger, State
from analysis.runs.schedule.spec import Job, Schedule
from analysis.runs.schedule.templates import fill
from analysis.runs.schedule.times import due_until
from analysis.runs.store import MANIFEST

Tell = Callable[[Schedule, Job, Event, str], None]
_KINDS: dict[str, Kind] = {"good": "good", "info": "good", "watch": "watch", "bad": "red"}
_REFUSED = 2
# An owner that has just found nothing more to do lets go within this many seconds.
_MOMENT = 1.0


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where due times are dealt with.

    Attributes:
        home: The project.
        schedule: The schedule.
        tell: Sends one event to one recipient; raises what went wrong, without secrets.
        stop: Set when work is to be left for later.
        hurry: Set when running notebooks are to be stopped as well.
        log: Takes one line about what happens.
        run: Runs one command to its end.
        clock: Says what time it is.
    """

    home: Home
    schedule: Schedule
    tell: Tell
    stop: threading.Event = field(default_factory=threading.Event)
    hurry: threading.Event = field(default_factory=threading.Event)
    log: Callable[[str], None] = print
    run: Callable[..., Launched] = launch
    clock: Callable[[], dt.datetime] = _now

    @property
    def ledger(self) -> Ledger:
        """The schedule's memory."""
        return Ledger(self.schedule.state)

    def fire(self, job: Job, now: dt.datetime) -> list[Fire]:
        """Deal with every due time of a job up to now that nobody has dealt with.

        Args:
            job: A registered job.
            now: The present moment.

        Returns:
            What was run or settled, in order of time; empty if there was nothing to do.
        """
        lock = self._lock(job)
        while not self._held(lock):
            # Without a run in the ledger its owner is about to look, to tell or to let go: what is
            # due now is then nobody's yet, and is waited for.
            if job.overlap == "queue" or self.ledger.open_fires(job.name):
                return self._overlapping(job, now)
            if self.stop.is_set():
                return []
        try:
            return self._fire(job, now)
        finally:
            lock.release()

    def _held(self, lock: FileLock) -> bool:
        """Try for a moment to become the owner."""
        try:
            lock.acquire(timeout=_MOMENT)
        except Timeout:
            return False
        return True

    def _lock(self, job: Job) -> FileLock:
        """One owner per job; the operating system lets go of it when the owner dies."""
        folder = self.schedule.state / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / f"{job.name}.lock")

    def _overlapping(self, job: Job, now: dt.datetime) -> list[Fire]:
        if job.overlap == "queue":
            # The owner looks into the ledger again before it lets go: it finds this due time.
            return []
        # All of them: one that is older than the last would else be in nobody's book.
        moments = self._due(job, now)
        reason = "the run before was still going"
        self.ledger.pass_over(job.name, moments, "skipped", reason)
        for moment in moments[-1:]:
            self.log(f"{job.name} {_clock(moment)}: skipped, {reason}")
        return [self.ledger.get(job.name, moment) for moment in moments[-1:]]

    def _fire(self, job: Job, now: dt.datetime) -> list[Fire]:
        # First the books, then the work: what comes due while a run goes on is skipped; what came
        # due before that is not, also where the run is one that was cut short.
        done = self._book(job, now)
        self._deliver(job)
        while not self.stop.is_set() and (claimed := self.ledger.open_fires(job.name)):
            done.append(self._work(job, claimed[0], now))
            if done[-1].is_open:
                break
            now = max(now, self.clock()) if job.overlap == "queue" else now
            done += self._book(job, now)
        return done

    def _due(self, job: Job, now: dt.datetime) -> list[dt.datetime]:
        since = self.ledger.settled_until(job.name)
        return due_until(job, self.schedule.phases, since, now)

    def _book(self, job: Job, now: dt.datetime) -> list[Fire]:
        """Claim the due times that are to be run and write the others down; return those."""
        if not (moments := self._due(job, now)):
            return []
        *missed, last = moments
        late = now - last > job.grace
        queued = job.overlap == "queue" and not late
        taken = [moment for moment in missed if queued and now - moment <= job.grace]
        left = missed[: len(missed) - len(taken)]
        self.ledger.pass_over(job.name, left, "missed", f"made up for by the run of {_clock(last)}")
        if late:
            if self.ledger.claim(job.name, last, "running"):
                fire = self.ledger.get(job.name, last)
                return [self._settle(job, fire, "missed", f"nothing ran until {_clock(now)}")]
            return []
        for moment in (*taken, last):
            self.ledger.claim(job.name, moment, "waiting" if job.freshness else "running")
        return []

    def _work(self, job: Job, fire: Fire, now: dt.datetime) -> Fire:
        """Bring one claimed due time to its end, or leave it open if the runner is to stop."""
        scheduled = fire.due.astimezone(job.zone)
        if now - fire.due > job.grace + (job.freshness.wait if job.freshness else dt.timedelta()):
            cut = "its run was cut short and not taken up in time"
            return self._settle(job, fire, "missed", cut if fire.attempts else "its turn came late")
        absent = self._wait(job, fire, scheduled)
        if absent is None:
            return fire
        if absent:
            return self._settle(job, fire, "data late", absent)
        try:
            parameters = fill(dict(job.parameters), scheduled)
        except ValueError as error:
            return self._settle(job, fire, "failed", str(error))
        words = command(job.notebook, parameters, job.grid, job.workers, job.exports)
        log = self.schedule.state / "logs" / job.name / f"{fire.due:%Y%m%dT%H%M%SZ}.log"
        last: Launched | None = None
        # One that was cut short is taken up at least once, also where failures are not retried.
        most = max(job.retries, 1) if fire.attempts else job.retries
        while fire.attempts <= most:
            # One that was cut short did not fail: it is taken up at once.
            if last is not None and self._pause(job, fire):
                return fire
            self.ledger.begin(fire)
            fire = self.ledger.get(fire.job, fire.due)
            self.log(f"{job.name} {_clock(scheduled)}: run {fire.attempts} of {most + 1}")
            limit = job.timeout.total_seconds() if job.timeout else None
            last = self.run(self.home, words, log, timeout=limit, stop=self.hurry)
            if last.code in (0, _REFUSED) or self.hurry.is_set():
                break
        return self._ended(job, fire, last)

    def _wait(self, job: Job, fire: Fire, scheduled: dt.datetime) -> str | None:
        """Wait for fresh data; what is missing in the end, "" for nothing, None if stopped."""
        gate = job.freshness
        if gate is None or fire.attempts:
            return ""
        said = ""
        while absent := missing(self.home, gate, scheduled):
            left = (fire.due + gate.wait - self.clock()).total_seconds()
            if left <= 0:
                return absent
            if absent != said:
                self.log(f"{job.name} {_clock(scheduled)}: waits for data ({absent})")
                said = absent
            if self.stop.wait(min(left, gate.every.total_seconds())):
                return None
        return ""

    def _pause(self, job: Job, fire: Fire) -> bool:
        """Pause before a retry, twice as long each time; True if the runner is to stop."""
        return self.stop.wait(job.backoff.total_seconds() * 2 ** (fire.attempts - 1))

    def _ended(self, job: Job, fire: Fire, last: Launched | None) -> Fire:
        if last is None:
            reason = f"run {fire.attempts}, its last, was cut short"
            return self._settle(job, fire, "failed", reason)
        if self.hurry.is_set() and last.code is None and not last.timed_out:
            return fire
        folder = str(last.folder or "")
        if last.timed_out:
            limit = job.timeout.total_seconds() if job.timeout else 0.0
            return self._settle(job, fire, "timed out", f"took longer than {limit:g} s", folder)
        if last.code != 0 or last.folder is None:
            reason = last.reason or f"ended with exit code {last.code}"
            return self._settle(job, fire, "failed", reason, folder)
        return self._settle(job, fire, kind_of(last.folder), "", folder)

    def _settle(
        self, job: Job, fire: Fire, state: State, reason: str = "", folder: str = ""
    ) -> Fire:
        event = self._event(job, fire, state, reason, folder)
        tell = job.alert.to if event and wanted(job.alert.when, event) else ()
        fire = self.ledger.settle(fire, state, reason=reason, folder=folder, tell=tell)
        self.log(f"{job.name} {_clock(fire.due.astimezone(job.zone))}: {state}"
                 f"{', ' + reason if reason else ''}")  # fmt: skip
        self._deliver(job, fire)
        return fire

    def _event(self, job: Job, fire: Fire, state: State, reason: str, folder: str) -> Event | None:
        if state in ("waiting", "running", "skipped"):
            return None
        return Event(
            kind=cast("Kind", state), job=job.name, notebook=job.notebook,
            scheduled=fire.due.astimezone(job.zone), folder=Path(folder) if folder else None,
            reason=reason, before=self.ledger.state_before(fire),
        )  # fmt: skip

    def _deliver(self, job: Job, only: Fire | None = None) -> None:
        """Send what is in the outbox; what cannot be sent stays there for the next time.

        Args:
            job: Whose outbox.
            only: The due time just settled: what was refused before is tried once a call, not
                again after each of many due times that are made up for.
        """
        for fire, recipient in self.ledger.outbox(job.name):
            if only is not None and fire.due != only.due:
                continue
            event = self._event(job, fire, fire.state, fire.reason, fire.folder)
            if event is None or recipient not in self.schedule.recipients:
                self.ledger.sent(fire, recipient, "there is no such recipient any more")
                continue
            self.ledger.send(fire, recipient)
            error = ""
            try:
                self.tell(self.schedule, job, event, recipient)
            except Exception as problem:
                # Whatever a channel does, the job's own state is settled and the next job runs.
                error = f"{type(problem).__name__}: {' '.join(str(problem).split())[:300]}"
            self.ledger.sent(fire, recipient, error)
            outcome = f"not told ({error})" if error else "told"
            self.log(f"{job.name} {_clock(event.scheduled)}: {recipient} {outcome}")


def kind_of(folder: Path) -> Kind:
    """Return the kind of a published run's event by the status of its headline."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    headline = manifest.get("headline") or {}
    return _KINDS.get(str(headline.get("status", "info")), "good")


def _clock(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M %Z}"
