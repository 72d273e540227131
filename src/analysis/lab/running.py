"""A run beside the kernel: the same command that a terminal would give, followed to its end.

It has a process of its own, so the kernel stays free and a crash of the run leaves it alone.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.base.paths import Home
from analysis.reports.items import Status
from analysis.runs.leash import VARIABLE
from analysis.runs.notebooks import Notebook
from analysis.runs.parameters import Value

_DONE = re.compile(r"\b(\d+)/(\d+) \[")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a run that was started from a notebook.

    Attributes:
        notebook: Name of the notebook.
        folder: The published run, or the failed one; None if the input was refused.
        reason: Why there is no report; empty if there is one.
        status: Judgment of the report: ``good``, ``watch``, ``bad`` or ``info``.
        headline: Its verdict sentence.
        address: Where its page opens.
    """

    notebook: str
    folder: Path | None
    reason: str = ""
    status: Status = "info"
    headline: str = ""
    address: str = ""


def as_text(value: Value) -> str:
    """Write a value as ``-p`` takes it.

    >>> as_text(True), as_text(None), as_text({"revenue": 0.99}), as_text(0.05)
    ('true', 'none', '{"revenue": 0.99}', '0.05')
    """
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def words(home: Home, notebook: Notebook, changed: Mapping[str, Value]) -> list[str]:
    """Return the command that runs a notebook, word by word.

    Args:
        home: The project; its notebooks are called by name, others by path.
        notebook: What to run.
        changed: Parameters that differ from their defaults.
    """
    ours = notebook.path.resolve() == (home.notebooks / f"{notebook.name}.ipynb").resolve()
    name = notebook.name if ours else str(notebook.path)
    given = [w for key, value in changed.items() for w in ("-p", f"{key}={as_text(value)}")]
    return ["analysis", "run", name, *given]


def line(home: Home, notebook: Notebook, changed: Mapping[str, Value]) -> str:
    """Return the command as a line for a shell."""
    return shlex.join(words(home, notebook, changed))


def run(home: Home, notebook: Notebook, changed: Mapping[str, Value], progress: Progress) -> Ran:
    """Run a notebook in a process of its own and publish its report.

    Args:
        home: The project.
        notebook: What to run, as it is saved.
        changed: Parameters that differ from their defaults.
        progress: Told the cells that are done and all cells, while it runs.
    """
    command = [sys.executable, "-m", *words(home, notebook, changed), "--progress"]
    environment = {**os.environ, "ANALYSIS_HOME": str(home.root), VARIABLE: "1",
                   "PYTHONIOENCODING": "utf-8"}  # fmt: skip
    with subprocess.Popen(
        command, cwd=home.root, env=environment, text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        said = _follow(process.stderr.fileno(), progress)
        printed = process.stdout.read().split("\n")
    folder = next((Path(text) for text in reversed(printed) if text), None)
    if process.returncode == 0 and folder is not None:
        return _published(home, notebook, folder)
    return Ran(notebook.name, folder, reason=_reason(said, process.returncode))


def _follow(stream: int, progress: Progress) -> str:
    """Read what a run says on standard error as it comes; return all but its bars."""
    kept = b""
    while part := os.read(stream, 65536):
        kept += part
        bars = _DONE.findall(part.decode("utf-8", "replace"))
        if bars:
            progress(*map(int, bars[-1]))
    return kept.decode("utf-8", "replace")


def _reason(said: str, code: int) -> str:
    marked = re.split(r"^(?:error|failed): ", re.sub(r"\r|\x1b\[[A-Z]", "\n", said), flags=re.M)
    if len(marked) > 1:
        return marked[1].strip()
    return f"the run ended with exit code {code}: {' '.join(said.split())[-300:]}"


def _published(home: Home, notebook: Notebook, folder: Path) -> Ran:
    from analysis.lab.place import address
    from analysis.runs.published import find_run

    headline = find_run(home, str(folder), verify=False).manifest.get("headline") or {}
    return Ran(
        notebook.name,
        folder,
        status=headline.get("status", "info"),
        headline=headline.get("sentence", ""),
        address=address(home, folder),
    )
