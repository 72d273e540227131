"""The scheduler killed, stopped, doubled, and its files broken: nothing lost, nothing twice."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
from pathlib import Path

import pytest

from analysis.runs.schedule.ledger import FILE, Ledger
from tests.faults.place import PATIENCE, Place, make, wait_for

# Begins, and ends when it is told to or when it is not the first.
SLOW = """import pathlib, time
first = not pathlib.Path("begun").exists()
pathlib.Path("begun").touch()
while first and not pathlib.Path("end").exists():
    time.sleep(0.05)"""
HEAD = '[schedule]\ntime_zone = "UTC"\n'
JOB = '[[jobs]]\nname = "{0}"\nnotebook = "{0}"\ncron = "{1}"\n'


def hourly(now: dt.datetime) -> str:
    """An hourly expression that was due twenty minutes ago and is not due in the next forty."""
    return f"{(now - dt.timedelta(minutes=20)).minute} * * * *"


@pytest.fixture
def scheduled(place: Place) -> Ledger:
    """A schedule whose one job was due three times while nobody was there."""
    make(place.home, "slow", f"import os\nos.chdir({str(place.home.root)!r})\n{SLOW}")
    now = dt.datetime.now(dt.UTC)
    text = HEAD + JOB.format("slow", hourly(now))
    (place.home.root / "schedule.toml").write_text(text, encoding="utf-8")
    ledger = Ledger(place.home.root / ".schedule")
    ledger.register("slow", now - dt.timedelta(hours=3))
    return ledger


def begun(place: Place) -> subprocess.Popen[str]:
    """A runner whose notebook is in its cell."""
    runner = place.start("schedule", "run", stderr=subprocess.STDOUT)
    wait_for((place.home.root / "begun").exists, 4 * PATIENCE, lambda: str(place.alive()))
    return runner


def states(ledger: Ledger) -> list[str]:
    return [fire.state for fire in ledger.history()]


def test_a_killed_scheduler_takes_its_run_along_and_takes_it_up_again(
    place: Place, scheduled: Ledger
) -> None:
    runner = begun(place)
    runner.kill()
    runner.communicate()
    place.assert_alone(10)
    assert states(scheduled) == ["running", "missed", "missed"]
    assert not (place.home.reports / "slow").exists()
    again = place.start("schedule", "run", stderr=subprocess.STDOUT)
    wait_for(lambda: states(scheduled)[0] == "good", 4 * PATIENCE)
    again.terminate()
    said, _ = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, said
    (fire,) = [each for each in scheduled.history() if each.state == "good"]
    assert fire.attempts == 2
    assert [str(run) for run in place.runs("slow")] == [fire.folder]
    assert states(scheduled) == ["good", "missed", "missed"]
    assert place.staged() == []


def test_a_scheduler_that_is_asked_to_stop_lets_its_run_finish(
    place: Place, scheduled: Ledger
) -> None:
    runner = begun(place)
    second = place.run("schedule", "run")
    assert second.code == 2
    assert "another runner has this schedule" in second.err
    fire = place.run("schedule", "fire", "slow")
    assert fire.code == 0
    assert "nothing is due" in fire.out
    # A file that is edited meanwhile is read at the next start.
    (place.home.root / "schedule.toml").write_text("[[jobs", encoding="utf-8")
    runner.terminate()
    (place.home.root / "end").touch()
    said, _ = runner.communicate(timeout=4 * PATIENCE)
    assert runner.returncode == 0, said
    assert states(scheduled) == ["good", "missed", "missed"]
    assert len(place.runs("slow")) == 1


def test_a_second_signal_stops_the_run_and_leaves_the_due_time_open(
    place: Place, scheduled: Ledger
) -> None:
    runner = begun(place)
    runner.terminate()
    assert runner.stdout
    lines = iter(runner.stdout.readline, "")
    assert any("stopping" in line for line in lines)
    runner.send_signal(signal.SIGTERM)
    runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 0
    place.assert_alone(2)
    assert states(scheduled) == ["running", "missed", "missed"]
    assert place.runs("slow") == place.runs("slow", failed=True) == []
    assert place.staged() == place.leftovers() == []


def test_a_notebook_that_is_gone_fails_its_job_and_no_other(place: Place) -> None:
    now = dt.datetime.now(dt.UTC)
    root = place.home.root
    make(place.home, "gone", "1")
    gate = 'freshness = { data = "a.csv", column = "ds", through = "2026-01-01", every = "1s" }\n'
    jobs = [JOB.format("gone", hourly(now)) + gate, JOB.format("nb", hourly(now)) + gate]
    (root / "schedule.toml").write_text(HEAD + "".join(jobs), encoding="utf-8")
    ledger = Ledger(root / ".schedule")
    for name in ("gone", "nb"):
        ledger.register(name, now - dt.timedelta(minutes=30))
    runner = place.start("schedule", "run", stderr=subprocess.STDOUT)
    wait_for(lambda: states(ledger) == ["waiting", "waiting"], PATIENCE)
    (place.home.notebooks / "gone.ipynb").unlink()
    (root / "a.csv").write_text("ds,y\n2026-01-01,1\n", encoding="utf-8")
    wait_for(lambda: not {"waiting", "running"} & set(states(ledger)), 4 * PATIENCE)
    runner.terminate()
    runner.communicate(timeout=PATIENCE)
    gone, good = sorted(ledger.history(), key=lambda fire: fire.job)
    assert (gone.state, good.state) == ("failed", "good")
    assert "gone" in gone.reason
    assert "notebook" in gone.reason


@pytest.mark.parametrize("content", [b"no ledger at all, but long enough to be looked into",
                                     None], ids=["garbage", "truncated"])  # fmt: skip
@pytest.mark.parametrize("command", [["run"], ["fire", "slow"], ["history"]], ids=lambda c: c[0])
def test_a_broken_ledger_is_named(
    place: Place, scheduled: Ledger, content: bytes | None, command: list[str]
) -> None:
    path: Path = scheduled.folder / FILE
    path.write_bytes(path.read_bytes()[:5000] if content is None else content)
    ended = place.run("schedule", *command)
    assert ended.code == 2
    assert ended.err.startswith(f"error: {path}: found no ledger in it")
    assert ended.err.count("\n") == 1


def test_a_state_folder_that_cannot_be_written_to_is_named(place: Place) -> None:
    root = place.home.root
    (root / "notes.txt").touch()
    text = f'{HEAD}state = "notes.txt/state"\n' + JOB.format("nb", "0 7 * * *")
    (root / "schedule.toml").write_text(text, encoding="utf-8")
    ended = place.run("schedule", "run")
    assert ended.code == 1
    assert ended.err.startswith("error: ")
    assert "notes.txt" in ended.err
    assert ended.err.count("\n") == 1
