"""Real kernels, tiny notebooks: what counts as a good run, and what a bad one says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs import notebooks
from analysis.runs.execute import Executed, NotebookFailed, execute
from tests.runs.small import MakeNotebook


def run(home: Home, name: str, folder: Path, **options: Any) -> Executed:
    parameters = options.pop("parameters", {})
    notebook = notebooks.find(home, name)
    return execute(notebook, parameters, folder, environment={"SEEN": "yes"}, **options)


def test_a_good_run_injects_parameters_and_leaves_no_trace_of_the_runner(
    project: Home, make_notebook: MakeNotebook, tmp_path: Path
) -> None:
    make_notebook("nb", "import os\nprint(n, os.environ['SEEN'])", parameters="n: int = 1  # count")
    executed = run(project, "nb", tmp_path, parameters={"n": 3})
    cells = executed.notebook.cells
    assert [cell.get("outputs") for cell in cells][-1][0]["text"] == "3 yes\n"
    assert len(executed.seconds) == 3
    assert [cell.id for cell in cells].count("injected-parameters") == 1
    text = (tmp_path / "notebook.ipynb").read_text(encoding="utf-8")
    assert "papermill" not in text
    assert "sentinel" not in text
    assert str(tmp_path) not in text


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("1 / 0", "raised ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(0)", "left with SystemExit"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "the kernel died"),
    ],
)
def test_a_run_that_does_not_reach_its_end_has_failed(
    project: Home, make_notebook: MakeNotebook, tmp_path: Path, source: str, says: str
) -> None:
    make_notebook("nb", source, "print('never')")
    with pytest.raises(NotebookFailed) as caught:
        run(project, "nb", tmp_path)
    assert says in caught.value.reason
    assert "\n" not in caught.value.reason
    assert (tmp_path / "notebook.ipynb").is_file()


def test_a_cell_over_its_time_limit_has_failed(
    project: Home, make_notebook: MakeNotebook, tmp_path: Path
) -> None:
    make_notebook("nb", "import time\ntime.sleep(60)")
    with pytest.raises(NotebookFailed, match="longer than its time limit"):
        run(project, "nb", tmp_path, timeout=1)


def test_a_refused_input_comes_through_as_one_message(
    project: Home, make_notebook: MakeNotebook, tmp_path: Path
) -> None:
    make_notebook(
        "nb",
        "from analysis.base.errors import InputProblems, Problem\n"
        "raise InputProblems('a.csv', [Problem('x', 'a number', 3, 'y'), Problem('z', 'w', 4)])",
    )
    with pytest.raises(InputError) as caught:
        run(project, "nb", tmp_path)
    assert str(caught.value).splitlines() == [
        "a.csv: 2 problems",
        "  - row 3, column 'y': found x, expected a number",
        "  - row 4: found z, expected w",
    ]
