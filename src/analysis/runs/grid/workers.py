"""Runs side by side: a fixed number of processes, each with one kernel at a time.

A worker ends with the process that started it, however that one ends, and its kernel ends with the
worker. A worker that dies takes one run with it, never the others.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs.grid.cells import Cell
from analysis.runs.notebooks import Notebook

# A kernel that is busy gets some seconds to end; then it ends with its worker.
PATIENCE = 10.0
# A process that has run many notebooks is replaced, so that what they leave behind does not add up.
TURNS = 50


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one cell.

    Attributes:
        place: Number of the cell.
        folder: The published run, or the failed one; empty if there is none.
        reason: Why it failed; empty if it is good.
        seconds: How long it took; 0 for a run that was there already.
        kept: Whether an earlier run was kept.
    """

    place: int
    folder: str
    reason: str
    seconds: float = 0.0
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What is the same for all runs: the project, the notebook, a cell's time limit, formats."""

    home: Home
    notebook: Notebook
    timeout: int | None
    to: tuple[str, ...]


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    cell: Cell | None = None
    turns: int = 0


def run_cells(settings: Settings, cells: Sequence[Cell], jobs: int) -> Iterator[Done]:
    """Run cells, at most ``jobs`` at a time; yield each as it ends.

    When the caller stops early, by an exception too, every worker is stopped before this returns.
    """
    waiting = list(reversed(cells))
    workers: list[_Worker] = []
    try:
        while waiting or any(worker.cell for worker in workers):
            while waiting and sum(worker.cell is not None for worker in workers) < jobs:
                _give(_idle(workers, settings), waiting.pop())
            busy = [worker for worker in workers if worker.cell is not None]
            ready = wait([each for w in busy for each in (w.pipe, w.process.sentinel)])
            for worker in busy:
                if worker.pipe in ready or worker.process.sentinel in ready:
                    yield _taken(worker, workers)
    finally:
        _stop(workers)


def _idle(workers: list[_Worker], settings: Settings) -> _Worker:
    """Return a worker that has nothing to do, started if there is none."""
    for worker in [each for each in workers if each.cell is None]:
        if worker.turns < TURNS and worker.process.is_alive():
            return worker
        workers.remove(worker)
        _stop([worker])
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, settings), daemon=True)
    process.start()
    theirs.close()
    workers.append(_Worker(process, ours))
    return workers[-1]


def _give(worker: _Worker, cell: Cell) -> None:
    worker.cell, worker.turns = cell, worker.turns + 1
    # If it is dead already, its silence is noticed where the answer is waited for.
    with contextlib.suppress(BrokenPipeError):
        worker.pipe.send(cell)


def _taken(worker: _Worker, workers: list[_Worker]) -> Done:
    """Return what a worker says of its cell, or that it has died of it."""
    cell = worker.cell
    assert cell is not None
    worker.cell = None
    try:
        done: Done = worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join(PATIENCE)
        workers.remove(worker)
        code = worker.process.exitcode
        ended = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return Done(cell.place, "", f"{cell.name}: its process was ended ({ended})")
    return done


def _stop(workers: Sequence[_Worker]) -> None:
    """End workers and their kernels: idle ones at once, busy ones by a signal, then by force."""
    for worker in workers:
        if worker.process.is_alive() and worker.cell is not None:
            worker.process.terminate()
        worker.pipe.close()
    late = time.monotonic() + PATIENCE
    for worker in workers:
        worker.process.join(max(0.0, late - time.monotonic()))
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


def _work(pipe: Connection, settings: Settings) -> None:
    """Run one cell after the other until there is none: what a worker does."""
    threading.Thread(target=_follow, daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        while True:
            pipe.send(_run(settings, pipe.recv()))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return


def _run(settings: Settings, cell: Cell) -> Done:
    from analysis.runs.run import execute_and_publish

    started = time.monotonic()
    try:
        outcome = execute_and_publish(
            settings.home, settings.notebook, cell.given, timeout=settings.timeout,
            progress=False, to=settings.to, cell=cell.values,
        )  # fmt: skip
        folder, reason = str(outcome.folder), outcome.reason
    except (InputError, OSError) as error:
        folder, reason = "", str(error)
    return Done(cell.place, folder, reason, time.monotonic() - started)


def _follow() -> None:
    """End at once when the process that started this one is gone; the kernel follows by itself."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


def _interrupt(number: int, frame: Any) -> None:
    """Leave the present run once; the kernel is shut down on the way out."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn a SIGTERM into the interruption that Ctrl-C is, so that workers are stopped first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _raise(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
