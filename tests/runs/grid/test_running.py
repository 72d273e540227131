"""A grid from its options to its folder, with kernels; stopped and killed, too."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from analysis.base.paths import Home
from analysis.runs import index, notebooks
from analysis.runs.grid import kept
from analysis.runs.grid.running import run_grid
from analysis.runs.notebooks import Notebook
from analysis.runs.store import Store
from tests.runs.small import MakeNotebook

LATE = 240.0  # seconds that only a machine with far too much to do needs


def said(lines: list[str]) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in lines)


def test_one_cell_fails_and_the_next_call_runs_only_that_one(project: Home, tiny: Notebook) -> None:
    lines: list[str] = []
    first = run_grid(project, tiny, {}, {"n": "1,2,3"}, jobs=2, say=lines.append)
    ((name, reason),) = first.failed
    assert name == "n=2"
    assert "two is too many" in reason
    assert {k: v.partition(":")[0] for k, v in said(lines).items()} == {
        "n=1": "published", "n=2": "tiny", "n=3": "published"
    }  # fmt: skip
    cells = pd.read_parquet(first.folder / "cells.parquet")
    assert cells["status"].tolist() == ["good", "failed", "good"]
    assert cells["total"].tolist()[::2] == [10.0, 30.0]
    assert cells["judgment"].tolist() == ["good", "", "watch"]
    together = pd.read_parquet(first.folder / "tables" / "rows.parquet")
    assert together["grid_n"].tolist() == ["1", "3", "3", "3"]
    assert "'=1+1" in (first.folder / "tables" / "rows.csv").read_text()
    manifest = json.loads((first.folder / "manifest.json").read_text())
    assert manifest["headline"]["status"] == "watch"
    assert set(manifest["files"]) >= {"cells.csv", "cells.xlsx", "index.html", "results.json"}

    # Answers stay in the language of their run, and a page in another one says so.
    assert "language of their run" not in (first.folder / "index.html").read_text()
    chinese = (first.folder / "index.zh.html").read_text()
    assert "结论按各次运行的语言显示：英文。" in chinese
    assert '<td class="told" lang="en">Plan for 1.</td>' in chinese

    # What is served is untouched, and the index has no card for single cells.
    assert Store(project.reports).current("tiny") == {}
    assert "Plan for 1." not in index.rebuild(project).read_text()

    (project.root / "mended").touch()
    lines.clear()
    second = run_grid(project, tiny, {}, {"n": "1,2,3"}, jobs=1, say=lines.append)
    assert not second.failed
    assert said(lines) == {"n=1": "up to date", "n=2": "published", "n=3": "up to date"}
    states = pd.read_csv(second.folder / "runs.csv")["state"].tolist()
    assert states == ["up to date", "published", "up to date"]


def test_the_tables_are_the_same_whatever_runs_beside_what(
    project: Home, tiny: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The code may be edited while this runs; its checksum is part of every key.
    monkeypatch.setattr(kept, "package_checksum", lambda: "fixed")
    (project.root / "mended").touch()
    found = []
    for jobs in (2, 1):
        outcome = run_grid(project, tiny, {}, {"n": "2,1"}, jobs=jobs, say=lambda _: None)
        names = ("cells.parquet", "cells.csv", "results.json", "tables/rows.parquet")
        found.append([(outcome.folder / name).read_bytes() for name in names])
        for manifest in (project.reports / "tiny").glob("*/manifest.json"):
            manifest.write_text("{}")  # so that nothing is kept
    assert found[0] == found[1]


def test_a_worker_that_is_killed_takes_one_cell_with_it(
    project: Home, make_notebook: MakeNotebook
) -> None:
    # A kernel's parent is the worker that started it.
    kill = "import os, signal\nif n == 1:\n    os.kill(os.getppid(), signal.SIGKILL)"
    make_notebook("harsh", kill, parameters="n: int = 1  # a number")
    harsh = notebooks.find(project, "harsh")
    outcome = run_grid(project, harsh, {}, {"n": "1,2"}, say=lambda _: None)
    assert [name for name, _ in outcome.failed] == ["n=1"]
    assert "signal 9" in outcome.failed[0][1]
    assert outcome.cells == 2


def alive(project: Home) -> list[int]:
    """Processes that work on the project: by the variable that all of them inherit."""
    mark = f"ANALYSIS_HOME={project.root}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            words = path.read_bytes().split(b"\0")
            state = (path.parent / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if mark in words and state != "Z" and int(path.parent.name) != os.getpid():
            found.append(int(path.parent.name))
    return found


@contextlib.contextmanager
def endless(project: Home, make_notebook: MakeNotebook) -> Iterator[subprocess.Popen[str]]:
    """Start a grid of two endless cells and wait until both are in the midst of it."""
    marks = project.root / "begun"
    wait = (
        f"from pathlib import Path\nPath({str(marks)!r} + str(n)).touch()\n"
        f"import time\nwhile not Path({str(project.root / 'go')!r}).exists():\n    time.sleep(0.05)"
    )
    make_notebook("endless", wait, parameters="n: int = 1  # a number")
    words = [sys.executable, "-m", "analysis", "run", "endless", "--grid", "n=1,2", "--jobs", "2"]
    environment = {**os.environ, "ANALYSIS_HOME": str(project.root)}
    with subprocess.Popen(words, env=environment, start_new_session=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # fmt: skip
        try:
            _await_both(process, marks, project)
            yield process
        finally:
            process.kill()


def _await_both(process: subprocess.Popen[str], marks: Path, project: Home) -> None:
    until = time.monotonic() + LATE
    while not all(Path(f"{marks}{n}").exists() for n in (1, 2)):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.05)
    # Itself, two workers, their kernels; and the process that watches over multiprocessing.
    assert len(alive(project)) >= 5


def gone(project: Home) -> bool:
    until = time.monotonic() + LATE
    while alive(project) and time.monotonic() < until:
        time.sleep(0.1)
    return not alive(project)


def test_nothing_is_left_of_a_grid_that_is_killed(
    project: Home, make_notebook: MakeNotebook
) -> None:
    with endless(project, make_notebook) as process:
        process.kill()
    assert gone(project)
    assert not (project.reports / "grids").exists()
    assert not list(project.reports.glob("*/*/manifest.json"))
    (project.root / "go").touch()
    again = run_grid(
        project, notebooks.find(project, "endless"), {}, {"n": "1,2"}, jobs=2, say=lambda _: None
    )
    assert not again.failed
    assert not list((project.reports / ".staging").glob("*"))


def test_a_grid_that_is_stopped_stops_its_kernels(
    project: Home, make_notebook: MakeNotebook
) -> None:
    with endless(project, make_notebook) as process:
        os.killpg(process.pid, signal.SIGTERM)
        _, errors = process.communicate(timeout=LATE)
    assert process.returncode == 130
    assert errors.strip().endswith("interrupted")
    assert gone(project)
    assert not (project.reports / "failed").exists()
    assert not list(project.reports.glob("*/*/manifest.json"))
    assert not list((project.reports / ".staging").glob("*"))
