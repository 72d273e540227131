"""``analysis run --grid``: exit codes and the last line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.base.paths import Home
from tests.runs.small import MakeNotebook

PARAMETERS = 'n: int = 1  # a number {1..9}\nlang: str = "en"  # language {en|zh}'


def analysis(project: Home, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ANALYSIS_HOME": str(project.root)}
    return subprocess.run([sys.executable, "-m", "analysis", *words], env=environment,
                          capture_output=True, text=True, check=False)  # fmt: skip


def test_the_folder_is_the_last_line_and_a_failed_cell_is_told(
    project: Home, make_notebook: MakeNotebook
) -> None:
    make_notebook("tiny", "assert n != 2, 'two is too many'", parameters=PARAMETERS)
    done = analysis(project, "run", "tiny", "--grid", "n=1,2")
    assert done.returncode == 1
    folder = Path(done.stdout.strip().splitlines()[-1])
    assert (folder / "index.html").is_file()
    assert folder.parent == project.reports / "grids" / "tiny"
    assert "failed: 1 of 2 runs" in done.stderr
    assert "n=2  tiny: cell" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--grid", "m=1"), "grid over 'm'"),
        (("--grid", "n=1,99"), "n='99'"),
        (("--grid", "n"), "expected name=values"),
        (("--jobs", "2"), "goes with --grid only"),
    ],
)
def test_a_wrong_call_starts_nothing(
    project: Home, make_notebook: MakeNotebook, words: tuple[str, ...], message: str
) -> None:
    make_notebook("tiny", "1", parameters=PARAMETERS)
    done = analysis(project, "run", "tiny", *words)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not any(project.reports.iterdir())
