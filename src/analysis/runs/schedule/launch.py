"""One run of a job in a process of its own, so that it can be stopped whole.

The process is on a leash: it ends when the runner does, so that no run goes on that a restarted
runner begins again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.base.paths import Home
from analysis.runs import leash

# A kernel asks whether its parent is there once a second; it is gone well before this.
PATIENCE = 10.0
_LOOK = 0.1


@dataclass(frozen=True, slots=True)
class Launched:
    """How a run ended.

    Attributes:
        code: Exit code of the command; None if it was stopped.
        folder: The run folder it printed; None if it printed none.
        reason: The last line it said on standard error; empty if it said nothing.
        timed_out: Whether it was stopped because it took too long.
    """

    code: int | None
    folder: Path | None
    reason: str
    timed_out: bool = False


def command(
    notebook: str,
    parameters: Mapping[str, Any],
    grid: Mapping[str, str],
    workers: int,
    exports: Sequence[str],
) -> list[str]:
    """Return the command line of a run."""
    words = [sys.executable, "-m", "analysis", "run", notebook]
    for name, value in parameters.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        words += ["-p", f"{name}={text}"]
    for name, values in grid.items():
        words += ["--grid", f"{name}={values}"]
    if grid:
        words += ["--jobs", str(workers)]
    if exports:
        words += ["--to", ",".join(exports)]
    return words


def launch(
    home: Home, words: Sequence[str], log: Path, *, timeout: float | None, stop: threading.Event
) -> Launched:
    """Run a command to its end, its time limit, or the stop.

    Args:
        home: The project; the command runs in its root.
        words: The command line.
        log: File that keeps what it says.
        timeout: Seconds; None for no limit.
        stop: Set when the runner must end now.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    said = log.with_suffix(".out")
    environment = {**os.environ, "ANALYSIS_HOME": str(home.root), leash.VARIABLE: "1"}
    # What an earlier attempt has said is not this one's reason.
    before = log.stat().st_size if log.exists() else 0
    with log.open("ab") as errors, said.open("wb") as output:
        process = subprocess.Popen(
            words, cwd=home.root, env=environment, stdin=subprocess.PIPE, stdout=output,
            stderr=errors, start_new_session=True,
        )  # fmt: skip
        try:
            stopped = _wait(process, timeout, stop)
        finally:
            if process.stdin:
                process.stdin.close()
    if stopped is not None:
        return stopped
    lines = said.read_text(encoding="utf-8", errors="replace").split("\n")
    printed = next((line for line in reversed(lines) if line.strip()), "")
    folder = Path(printed) if printed and Path(printed).is_dir() else None
    spoken = log.read_bytes()[before:].decode("utf-8", errors="replace")
    return Launched(process.returncode, folder, _last_words(spoken))


def _wait(
    process: subprocess.Popen[bytes], timeout: float | None, stop: threading.Event
) -> Launched | None:
    """Wait for the end; None if it came by itself."""
    late = time.monotonic() + timeout if timeout else None
    while process.poll() is None:
        if stop.is_set():
            _end(process)
            return Launched(None, None, "the runner was stopped")
        if late and time.monotonic() > late:
            _end(process)
            return Launched(None, None, "", timed_out=True)
        stop.wait(_LOOK)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole group to end, then make it."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(PATIENCE)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    process.wait()


def _last_words(text: str) -> str:
    """Return the refusal or failure that a command printed, as one line."""
    for mark in ("error: ", "failed: "):
        if (place := f"\n{text}".rfind(f"\n{mark}")) >= 0:
            return " ".join(text[place + len(mark) :].split())[:500]
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:500] if lines else ""
