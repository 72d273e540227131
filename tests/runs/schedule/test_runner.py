"""The clock over the jobs, in this process, with runs that are made up."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs.schedule import runner
from analysis.runs.schedule.firing import Desk
from analysis.runs.schedule.launch import Launched
from analysis.runs.schedule.ledger import Ledger
from analysis.runs.schedule.reading import read_schedule
from analysis.runs.schedule.runner import DueTrigger, serve
from analysis.runs.schedule.spec import Schedule
from tests.runs.schedule.conftest import Write

TEXT = '[[jobs]]\nname = "daily"\nnotebook = "sales"\ncron = "{} * * *"\n'


@pytest.fixture
def schedule(project: Home, write: Write) -> Schedule:
    """One job, due a quarter of an hour ago and again tomorrow."""
    last = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=15)
    made = read_schedule(project, write(TEXT.format(f"{last.minute} {last.hour}")))
    Ledger(made.state).register("daily", last - dt.timedelta(days=2, minutes=1))
    return made


def stop_soon(*, after: Path | None = None) -> None:
    """Send this process a SIGTERM, once a file is there."""

    def send() -> None:
        while after is not None and not after.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Timer(0.3, send).start()


def test_the_trigger_gives_due_times_of_the_job(schedule: Schedule) -> None:
    trigger = DueTrigger(schedule.jobs[0], ())
    now = dt.datetime.now(dt.UTC)
    first = trigger.get_next_fire_time(None, now)
    assert first is not None
    assert now < first < now + dt.timedelta(days=1)
    assert trigger.get_next_fire_time(first, now) == first + dt.timedelta(days=1)


def test_what_was_missed_is_made_up_for_and_a_signal_ends_it(
    project: Home, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = project.root / "begun"
    said: list[str] = []

    def run(*_: Any, stop: threading.Event, **__: Any) -> Launched:
        begun.touch()
        stop.wait(0.5)
        return Launched(1, None, "no luck")

    monkeypatch.setattr(runner, "Desk", partial(Desk, run=run))
    before = signal.getsignal(signal.SIGTERM)
    stop_soon(after=begun)
    serve(project, schedule, lambda *_: None, log=said.append)
    assert signal.getsignal(signal.SIGTERM) is before
    states = [fire.state for fire in Ledger(schedule.state).history()]
    assert states == ["failed", "missed", "missed"]
    assert said[-1] == "stopped"
    assert any("stopping" in line for line in said)


def test_a_second_runner_is_refused(project: Home, schedule: Schedule) -> None:
    with (
        FileLock(schedule.state / "runner.lock"),
        pytest.raises(InputError, match="another runner has this schedule"),
    ):
        serve(project, schedule, lambda *_: None)


def test_a_desk_that_fails_tries_again(
    project: Home, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "AGAIN", 0.01)
    troubles = [OSError("disk full"), OSError("disk full")]
    done = project.root / "done"

    def fire(*_: Any) -> None:
        if troubles:
            raise troubles.pop()
        done.touch()

    said: list[str] = []
    monkeypatch.setattr(Desk, "fire", fire)
    stop_soon(after=done)
    serve(project, schedule, lambda *_: None, log=said.append)
    assert [line for line in said if "disk full" in line] == [
        "daily: OSError: disk full; tried again in 0.01 s"
    ] * 2


def test_the_clock_is_looked_at_again_and_again(
    project: Home, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        looks = 0

        def wakeup(self) -> None:
            self.looks += 1
            if self.looks == 3:
                os.kill(os.getpid(), signal.SIGTERM)

        def shutdown(self, *, wait: bool) -> None:
            assert wait

    clock = Clock()
    monkeypatch.setattr(runner, "LOOK", 0.01)
    monkeypatch.setattr(runner, "_started", lambda _: clock)
    serve(project, schedule, lambda *_: None, log=lambda _: None)
    assert clock.looks == 3
