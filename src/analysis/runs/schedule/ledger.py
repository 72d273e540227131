"""The runner's memory: every due time of every job once, and every alert once.

One SQLite file. A due time is claimed by inserting its row, so that two runners, a crontab beside
a runner, or a runner started twice never run it twice; a row that is not settled when its owner
has died is taken up again. Nothing secret is in it.
"""

from __future__ import annotations

import datetime as dt
import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analysis.base.errors import InputError

FILE = "ledger.sqlite"
MOST_ATTEMPTS = 5
State = Literal["waiting", "running", "good", "watch", "red", "failed", "timed out", "data late",
                "missed", "skipped"]  # fmt: skip
OPEN = ("waiting", "running")
# What is not told of and does not change what the last known state of a job was.
_QUIET = ("waiting", "running", "missed", "skipped")

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (job TEXT PRIMARY KEY, since TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fires (
    job TEXT NOT NULL, due TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    claimed TEXT NOT NULL, settled TEXT, folder TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job, due));
CREATE TABLE IF NOT EXISTS alerts (
    job TEXT NOT NULL, due TEXT NOT NULL, recipient TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending', attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '', PRIMARY KEY (job, due, recipient));
"""


@dataclass(frozen=True, slots=True)
class Fire:
    """One due time of a job and what became of it.

    Attributes:
        job: Name of the job.
        due: When it was due (UTC).
        state: What became of it.
        attempts: How many runs were begun for it.
        folder: The published run, or what the failed one left; empty if nothing.
        reason: Why it is not good; empty if it is.
    """

    job: str
    due: dt.datetime
    state: State
    attempts: int
    folder: str
    reason: str

    @property
    def is_open(self) -> bool:
        """Whether it was claimed and not settled."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert to one recipient.

    Attributes:
        job: Name of the job.
        due: The due time that it tells of (UTC).
        recipient: Whom.
        state: ``pending``, ``sending``, ``sent`` or ``failed``.
        attempts: How often it was tried.
        error: Why the last attempt failed.
    """

    job: str
    due: dt.datetime
    recipient: str
    state: str
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The memory in one folder.

    Args:
        folder: The schedule's state folder; made if it is not there.
    """

    folder: Path

    def register(self, job: str, since: dt.datetime) -> None:
        """Take a job on; due times before ``since`` are none of its business. Kept if known."""
        with self._open() as db:
            db.execute("INSERT OR IGNORE INTO jobs VALUES (?, ?)", (job, _text(since)))

    def settled_until(self, job: str) -> dt.datetime:
        """Return the moment after which due times of a job may still be to do.

        Raises:
            LookupError: If the job was never registered.
        """
        with self._open() as db:
            row = db.execute(
                "SELECT max(since, coalesce((SELECT max(due) FROM fires WHERE job = ?1), since))"
                " FROM jobs WHERE job = ?1",
                (job,),
            ).fetchone()
        if row is None:
            raise LookupError(job)
        return _moment(row[0])

    def claim(self, job: str, due: dt.datetime, state: State, reason: str = "") -> bool:
        """Take a due time; False if somebody already has."""
        now = _text(dt.datetime.now(dt.UTC))
        settled = None if state in OPEN else now
        with self._open() as db:
            done = db.execute(
                "INSERT OR IGNORE INTO fires (job, due, state, claimed, settled, reason)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (job, _text(due), state, now, settled, reason),
            )
            return done.rowcount == 1

    def pass_over(self, job: str, dues: Sequence[dt.datetime], state: State, reason: str) -> None:
        """Write down due times that nobody runs, in one step: a month off may have thousands."""
        now = _text(dt.datetime.now(dt.UTC))
        with self._open() as db:
            db.executemany(
                "INSERT OR IGNORE INTO fires (job, due, state, claimed, settled, reason)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(job, _text(due), state, now, now, reason) for due in dues],
            )

    def begin(self, fire: Fire) -> None:
        """Count one more attempt."""
        with self._open() as db:
            db.execute(
                "UPDATE fires SET state = 'running', attempts = attempts + 1"
                " WHERE job = ? AND due = ?",
                (fire.job, _text(fire.due)),
            )

    def settle(
        self,
        fire: Fire,
        state: State,
        *,
        reason: str = "",
        folder: str = "",
        tell: Sequence[str] = (),
    ) -> Fire:
        """Write down what became of a due time, and who is to be told, in one step."""
        with self._open() as db:
            db.executemany(
                "INSERT OR IGNORE INTO alerts (job, due, recipient) VALUES (?, ?, ?)",
                [(fire.job, _text(fire.due), recipient) for recipient in tell],
            )
            db.execute(
                "UPDATE fires SET state = ?, settled = ?, reason = ?, folder = ?"
                " WHERE job = ? AND due = ?",
                (state, _text(dt.datetime.now(dt.UTC)), reason, folder, fire.job, _text(fire.due)),
            )
        return self.get(fire.job, fire.due)

    def get(self, job: str, due: dt.datetime) -> Fire:
        """Return one due time that was claimed."""
        (found,) = self._fires("WHERE job = ? AND due = ?", (job, _text(due)))
        return found

    def open_fires(self, job: str) -> list[Fire]:
        """Return due times that were claimed and never settled, earliest first."""
        return self._fires("WHERE job = ? AND state IN (?, ?) ORDER BY due", (job, *OPEN))

    def history(self, job: str = "", limit: int = 50) -> list[Fire]:
        """Return the latest due times, latest first; of all jobs if none is named."""
        where, values = ("WHERE job = ? ", (job,)) if job else ("", ())
        return self._fires(f"{where}ORDER BY due DESC, job LIMIT ?", (*values, limit))

    def state_before(self, fire: Fire) -> str:
        """Return what the job's last told state was before a due time; empty if there was none."""
        marks = ", ".join("?" * len(_QUIET))
        found = self._fires(
            f"WHERE job = ? AND due < ? AND state NOT IN ({marks}) ORDER BY due DESC LIMIT 1",
            (fire.job, _text(fire.due), *_QUIET),
        )
        return found[0].state if found else ""

    def outbox(self, job: str) -> list[tuple[Fire, str]]:
        """Return the alerts of a job that are still to be sent: due time and recipient.

        To be read by the holder of the job's lock only: an alert that is being sent then is one
        whose sender has died.
        """
        with self._open() as db:
            rows = db.execute(
                "SELECT due, recipient FROM alerts WHERE job = ? AND state != 'sent'"
                " AND attempts < ? ORDER BY due, recipient",
                (job, MOST_ATTEMPTS),
            ).fetchall()
        return [(self.get(job, _moment(due)), recipient) for due, recipient in rows]

    def send(self, fire: Fire, recipient: str) -> None:
        """Write down that an alert is on its way: one more attempt."""
        self._mark(fire, recipient, "sending", "", attempts=1)

    def sent(self, fire: Fire, recipient: str, error: str = "") -> None:
        """Write down that an alert was sent, or why it was not."""
        self._mark(fire, recipient, "failed" if error else "sent", error, attempts=0)

    def _mark(self, fire: Fire, recipient: str, state: str, error: str, *, attempts: int) -> None:
        with self._open() as db:
            db.execute(
                "UPDATE alerts SET state = ?, error = ?, attempts = attempts + ?"
                " WHERE job = ? AND due = ? AND recipient = ?",
                (state, error, attempts, fire.job, _text(fire.due), recipient),
            )

    def alerts(self, job: str = "") -> list[AlertRow]:
        """Return all alerts, of all jobs if none is named, in order of time."""
        with self._open() as db:
            rows = db.execute(
                "SELECT job, due, recipient, state, attempts, error FROM alerts"
                " WHERE ? IN ('', job) ORDER BY due, job, recipient",
                (job,),
            ).fetchall()
        return [AlertRow(job, _moment(due), *rest) for job, due, *rest in rows]

    def _fires(self, clause: str, values: tuple[object, ...]) -> list[Fire]:
        with self._open() as db:
            rows = db.execute(
                f"SELECT job, due, state, attempts, folder, reason FROM fires {clause}", values
            ).fetchall()
        return [Fire(job, _moment(due), *rest) for job, due, *rest in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / FILE
        try:
            db = sqlite3.connect(path, timeout=30, isolation_level=None)
            try:
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(_TABLES)
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")
            finally:
                db.close()
        except sqlite3.OperationalError as error:
            # No room, no right to write, held for longer than anybody should.
            raise OSError(
                errno.EIO, f"the ledger cannot be written to ({error})", str(path)
            ) from None
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"{path}: found no ledger in it ({error}); move it away and start again: due times "
                "before the new start are not made up for"
            ) from None


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
