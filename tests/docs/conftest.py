"""A shell in the workspace that runs every documented command once."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.docs.workspace import build


@dataclass
class Shell:
    """Runs commands in a workspace; one that has run is not run again."""

    folder: Path
    done: dict[str, str] = field(default_factory=dict)

    def run(self, command: str) -> str:
        """Return what a command prints; fail with what it says if it fails."""
        words = [self._named(word) for word in shlex.split(command, comments=True)]
        key = shlex.join(words)
        if key not in self.done:
            paths = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
            ended = subprocess.run(
                words,
                cwd=self.folder,
                env={**os.environ, "PATH": paths, "OMP_NUM_THREADS": "1"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert ended.returncode == 0, f"{command}: exit {ended.returncode}\n{ended.stderr}"
            self.done[key] = ended.stdout
        return self.done[key]

    def _named(self, word: str) -> str:
        """A run for the words that stand for any run."""
        if word not in ("RUN_A", "RUN_B"):
            return word
        printed = self.run("analysis run plan_check -p data=my_plan/")
        return printed.splitlines()[-1]


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(build(tmp_path_factory.mktemp("docs") / "project"))
