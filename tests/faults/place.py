"""A small project whose commands run as real processes, told from all others by a mark."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from analysis.base.paths import Home

MARK = "ANALYSIS_FAULT_MARK"
PATIENCE = 120.0
"""Seconds for what takes a moment on an idle machine."""


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def folder(self) -> Path:
        """The run folder that it printed last."""
        return Path(self.out.splitlines()[-1])


@dataclass(frozen=True)
class Place:
    """A project, a folder of its own for temporary files, and the mark of its processes."""

    home: Home
    temporary: Path

    @property
    def mark(self) -> str:
        return self.home.root.as_posix()

    def environment(self) -> dict[str, str]:
        return {
            **os.environ, "ANALYSIS_HOME": str(self.home.root), "TMPDIR": str(self.temporary),
            "OMP_NUM_THREADS": "1", MARK: self.mark,
        }  # fmt: skip

    def start(
        self, *words: str, under: Sequence[str] = (), **options: Any
    ) -> subprocess.Popen[str]:
        """Start ``analysis …``, below other commands if they are named."""
        return subprocess.Popen(
            [*under, sys.executable, "-m", "analysis", *words],
            cwd=self.home.root, env=self.environment(), text=True, stdin=subprocess.DEVNULL,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )  # fmt: skip

    def run(self, *words: str, under: Sequence[str] = ()) -> Ended:
        """Run ``analysis …`` to its end."""
        process = self.start(*words, under=under)
        out, err = process.communicate(timeout=4 * PATIENCE)
        return Ended(process.returncode, out, err)

    def alive(self) -> list[str]:
        """Command lines of this project's processes, whoever their parent is by now."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                environment = (path / "environ").read_bytes().split(b"\0")
                words = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            # One that has ended and waits for its parent has neither.
            if f"{MARK}={self.mark}".encode() in environment and words:
                found.append(words)
        return found

    def assert_alone(self, within: float) -> None:
        """Every process of this project is gone, or goes within some seconds."""
        wait_for(lambda: not self.alive(), within, lambda: f"still there: {self.alive()}")

    def staged(self) -> list[str]:
        """What is in the folder of runs in progress."""
        return sorted(path.name for path in (self.home.reports / ".staging").glob("*"))

    def leftovers(self) -> list[str]:
        """Folders of sockets that nobody has removed."""
        return [path.name for path in self.temporary.glob("kernel-*")]

    def served(self, notebook: str = "nb") -> dict[str, bytes]:
        """Bytes of the pointer and of every file of the run that it names."""
        pointer = self.home.reports / notebook / "current.json"
        folder = pointer.parent / json.loads(pointer.read_bytes())["run"]
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files} | {
            "current.json": pointer.read_bytes()
        }

    def runs(self, notebook: str = "nb", *, failed: bool = False) -> list[Path]:
        """Folders of published or of failed runs, in order of time."""
        root = self.home.reports / "failed" if failed else self.home.reports
        return sorted(path for path in (root / notebook).glob("2*") if path.is_dir())

    def assert_whole(self, notebook: str = "nb") -> None:
        """Every published run is complete, and the pointer names one of them."""
        runs = self.runs(notebook)
        for run in runs:
            manifest = json.loads((run / "manifest.json").read_bytes())
            assert manifest["status"] == "good"
            assert all((run / name).is_file() for name in manifest["files"])
        pointer = json.loads((self.home.reports / notebook / "current.json").read_bytes())
        assert pointer["run"] in [run.name for run in runs]


def make(home: Home, name: str, *cells: str, parameters: str = "") -> Path:
    """Write a notebook."""
    node = nbformat.v4.new_notebook()
    node.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    node.cells = [nbformat.v4.new_markdown_cell("# A question")]
    if parameters:
        cell = nbformat.v4.new_code_cell(parameters)
        cell.metadata["tags"] = ["parameters"]
        node.cells.append(cell)
    node.cells += [nbformat.v4.new_code_cell(source) for source in cells]
    path = home.notebooks / f"{name}.ipynb"
    nbformat.write(node, path)
    return path


def wait_for(
    true: Callable[[], object], within: float = PATIENCE, told: Callable[[], str] = lambda: ""
) -> None:
    """Wait until something is so; fail with what is told if it is not in time."""
    late = time.monotonic() + within
    while not true():
        assert time.monotonic() < late, f"not within {within:g} s {told()}"
        time.sleep(0.005)
