"""Real processes, tiny programs: how a run of a job ends, and that nothing of it stays."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from analysis.base.paths import Home
from analysis.runs import leash
from analysis.runs.schedule import launch as launching
from analysis.runs.schedule.launch import Launched, command, launch

# Ignores a polite end, has a child, and says both numbers.
DEAF = """import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}")
time.sleep(600)"""


def run(home: Home, source: str) -> Launched:
    log = home.root / "logs" / "a.log"
    return launch(home, [sys.executable, "-c", source], log, timeout=None, stop=threading.Event())


def ended(path: Path) -> bool:
    """Whether every process that a file names has ended."""
    late = time.monotonic() + 5
    numbers = [int(each) for each in path.read_text(encoding="utf-8").split()]
    while any(_runs(each) for each in numbers) and time.monotonic() < late:
        time.sleep(0.02)
    return not any(_runs(each) for each in numbers)


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.startswith("Z")


def test_the_last_line_on_standard_output_is_the_folder(project: Home) -> None:
    good = run(project, f"print('so far'); print({str(project.root)!r})")
    assert good == Launched(0, project.root, "")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "failed: nb: cell [1] raised E: parser error: x",
            "nb: cell [1] raised E: parser error: x",
        ),
        ("error: a.csv: 2 problems\n  - row 2", "a.csv: 2 problems - row 2"),
        ("warned\nZeroDivisionError: division by zero", "ZeroDivisionError: division by zero"),
        ("", ""),
    ],
)
def test_the_reason_is_what_was_said_last(project: Home, said: str, reason: str) -> None:
    failed = run(project, f"import sys; print({said!r}, file=sys.stderr, end=''); sys.exit(1)")
    assert failed == Launched(1, None, reason)


def test_a_killed_attempt_does_not_take_the_reason_of_the_one_before(project: Home) -> None:
    run(project, "import sys; sys.exit('failed: the first')")
    killed = run(project, "import os; os.kill(os.getpid(), 9)")
    assert killed == Launched(-9, None, "")
    log = (project.root / "logs" / "a.log").read_text(encoding="utf-8")
    assert "the first" in log


@pytest.mark.parametrize("timeout", [1.0, None], ids=["its time limit", "the stop"])
def test_what_does_not_end_is_ended_with_all_that_it_has_started(
    project: Home, monkeypatch: pytest.MonkeyPatch, timeout: float | None
) -> None:
    monkeypatch.setattr(launching, "PATIENCE", 0.3)
    numbers = project.root / "numbers"
    gate = threading.Event()

    def when_begun() -> None:
        while not numbers.exists() or not numbers.read_text(encoding="utf-8"):
            time.sleep(0.01)
        gate.set()

    words = [sys.executable, "-c", DEAF, str(numbers)]
    log = project.root / "logs" / "a.log"
    if timeout is None:
        threading.Thread(target=when_begun).start()
    got = launch(project, words, log, timeout=timeout and 3.0, stop=gate)
    assert (got.code, got.folder, got.timed_out) == (None, None, timeout is not None)
    assert ended(numbers)


def test_the_process_is_told_of_its_leash_and_of_the_project(project: Home) -> None:
    source = f"import os, sys; sys.exit(os.environ[{leash.VARIABLE!r}] + os.getcwd())"
    assert run(project, source).reason == f"1{project.root}"


def test_a_process_on_a_leash_ends_with_its_starter(project: Home) -> None:
    numbers = project.root / "numbers"
    held = (
        "import os, sys, time; from analysis.runs import leash; leash.hold()\n"
        "open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", held, str(numbers)], stdin=subprocess.PIPE, start_new_session=True,
        env={**os.environ, leash.VARIABLE: "1"},
    )  # fmt: skip
    late = time.monotonic() + 20
    while not numbers.exists() and time.monotonic() < late:
        time.sleep(0.01)
    assert process.poll() is None
    assert process.stdin
    process.stdin.close()
    assert process.wait(5) == -9


def test_the_command_line_of_a_grid() -> None:
    words = command("nb", {"n": 3, "as_of": "2026-01-01"}, {"shop": "1..3"}, 2, ["pdf"])
    assert words[3:] == ["run", "nb", "-p", "n=3", "-p", "as_of=2026-01-01",
                         "--grid", "shop=1..3", "--jobs", "2", "--to", "pdf"]  # fmt: skip
