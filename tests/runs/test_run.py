"""From parameters to a published report, on a small project; faults on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs import index, notebooks
from analysis.runs.report import run_all
from analysis.runs.run import Outcome, execute_and_publish
from analysis.runs.store import Store
from tests.runs.small import MakeNotebook

PARAMETERS = """\
n: int = 3  # rows {1..100}
fail: bool = False  # whether to fail
lang: str = "en"  # report language {en|zh}
data: str = ""  # a table
"""
BEGIN = """\
import pandas as pd
from analysis import reports
from analysis.base.estimate import Estimate
report = reports.begin(lang=lang)
"""
HEADLINE = """\
report.headline(f"{n} rows", numbers=[
    Estimate("rows", "rows", n, "count", no_interval="a count"),
    Estimate("share", "share", 1 / 3, "share", 0.3, 0.4)], status="good")
"""
TABLE = """\
frame = pd.DataFrame({"x": range(n), "y": [i / 3 for i in range(n)], "name": ["=1+1"] * n})
report.table("numbers", frame, title="Numbers", formats={"y": "percent"})
"""
FIGURE = """\
def draw(ax):
    ax.plot(frame["x"], frame["y"])
    return ax
report.figure("line", draw, title="It rises", subtitle="y by x")
"""
FAIL = "assert not fail, 'told to fail'"


@pytest.fixture
def notebook(make_notebook: MakeNotebook) -> Path:
    return make_notebook("nb", BEGIN, HEADLINE, TABLE, FIGURE, FAIL, parameters=PARAMETERS)


def run(home: Home, **given: Any) -> Outcome:
    return execute_and_publish(home, notebooks.find(home, "nb"), given)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_run_leaves_a_complete_folder_and_says_where_it_came_from(
    project: Home, notebook: Path
) -> None:
    outcome = run(project, n="5")
    assert not outcome.reason
    files = set(tree(outcome.folder))
    assert files == {
        "report.html", "notebook.ipynb", "results.json", "manifest.json", "tables.xlsx",
        "tables/numbers.csv", "tables/numbers.parquet", "tables/dictionary.json",
        "figures/line.svg", "figures/line-narrow.svg", "figures/line.png",
    }  # fmt: skip
    manifest = json.loads((outcome.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["changed"] == {"n": 5}
    assert manifest["status"] == "good"
    assert set(manifest["files"]) == files - {"manifest.json"}
    results = json.loads((outcome.folder / "results.json").read_text(encoding="utf-8"))
    assert results["numbers"]["share"]["value"] == 0.333333333333
    csv = (outcome.folder / "tables" / "numbers.csv").read_text(encoding="utf-8")
    assert "'=1+1" in csv
    page = (outcome.folder / "report.html").read_text(encoding="utf-8")
    assert "5 rows" in page
    assert str(project.root) not in page
    assert Store(project.reports).current("nb") == {"run": outcome.folder.name, "default": None}


def test_tables_and_figures_stand_where_their_cells_are(
    project: Home, make_notebook: MakeNotebook
) -> None:
    path = make_notebook("nb", BEGIN, HEADLINE, TABLE, FIGURE, parameters=PARAMETERS)
    node = nbformat.read(path, as_version=4)
    words = [nbformat.v4.new_markdown_cell(f"## Part {i}") for i in (1, 2, 3)]
    node.cells[4:4] = words[:1]
    node.cells[6:6] = words[1:2]
    node.cells.append(words[2])
    nbformat.write(node, path)
    page = (run(project).folder / "report.html").read_text(encoding="utf-8")
    texts = ("Part 1</h2>", ">Numbers<", "Part 2</h2>", ">It rises<", "Part 3</h2>")
    places = [page.index(text) for text in texts]
    assert places == sorted(places)


def test_running_twice_gives_the_same_bytes(project: Home, notebook: Path) -> None:
    one, other = tree(run(project).folder), tree(run(project).folder)
    for name in one:
        if name not in ("manifest.json", "report.html"):
            assert one[name] == other[name], name


def test_a_failed_run_leaves_the_earlier_report_in_place(project: Home, notebook: Path) -> None:
    good = run(project)
    index.rebuild(project)
    before = tree(project.reports / "nb")
    failed = run(project, fail="true")
    assert "told to fail" in failed.reason
    assert failed.folder.parent == project.reports / "failed" / "nb"
    assert {p.name for p in failed.folder.iterdir()} >= {"notebook.ipynb", "manifest.json"}
    assert tree(project.reports / "nb") == before
    assert not list((project.reports / ".staging").iterdir())
    index.rebuild(project)
    page = index.path(project).read_text(encoding="utf-8")
    assert "told to fail" in page
    assert good.folder.name in page


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"m": "3"}, "unknown parameter 'm'"),
        ({"n": "many"}, "a whole number from 1 to 100"),
        ({"lang": "fr"}, "one of en, zh"),
        ({"data": "absent.csv"}, "neither such a file nor such a dataset"),
    ],
)
def test_wrong_input_starts_nothing_and_changes_nothing(
    project: Home, notebook: Path, given: dict[str, str], says: str
) -> None:
    before = tree(project.reports)
    with pytest.raises(InputError) as caught:
        run(project, **given)
    assert says in str(caught.value)
    assert tree(project.reports) == before


def test_an_input_refused_in_the_notebook_leaves_no_failed_run(
    project: Home, make_notebook: MakeNotebook
) -> None:
    make_notebook("nb", "from analysis.base.errors import InputError\nraise InputError('no')")
    with pytest.raises(InputError, match="no"):
        run(project)
    assert not list(project.reports.glob("*/*"))


def test_report_skips_what_is_current_and_runs_what_has_changed(
    project: Home, notebook: Path, make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run_all(project, say=lambda _: None)
    assert [outcome.skipped for outcome in first] == [False]
    page = index.path(project).read_bytes()

    def no_kernel(*_: object, **__: object) -> None:
        raise AssertionError("a kernel was started")

    with monkeypatch.context() as patched:
        patched.setattr("analysis.runs.run.execute", no_kernel)
        second = run_all(project, say=lambda _: None)
    assert [outcome.skipped for outcome in second] == [True]
    assert second[0].folder == first[0].folder
    assert index.path(project).read_bytes() == page
    make_notebook("nb", BEGIN, HEADLINE, parameters=PARAMETERS)
    assert [outcome.skipped for outcome in run_all(project, say=lambda _: None)] == [False]


def test_the_default_run_is_served_again_after_another_one(project: Home, notebook: Path) -> None:
    default = run_all(project, say=lambda _: None)[0].folder.name
    other = run(project, n="7").folder.name
    store = Store(project.reports)
    assert store.current("nb") == {"run": other, "default": default}
    index.rebuild(project)
    assert f"nb/{other}/report.html" in _served(project)
    run_all(project, say=lambda _: None)
    assert store.current("nb") == {"run": default, "default": default}
    assert f"nb/{default}/report.html" in _served(project)


def _served(home: Home) -> str:
    """The link of the report that the index puts first."""
    page = index.path(home).read_text(encoding="utf-8")
    return page[page.index("report.html") - 80 : page.index("report.html") + 11]


def test_a_report_with_nothing_to_do_clears_away_a_dead_run(project: Home, notebook: Path) -> None:
    run_all(project, say=lambda _: None)
    dead = project.reports / ".staging" / "1-dead"
    dead.mkdir(parents=True)
    assert [outcome.skipped for outcome in run_all(project, say=lambda _: None)] == [True]
    assert not list(dead.parent.iterdir())


def test_kill_9_leaves_the_earlier_report_served_and_no_half_folder(
    project: Home, notebook: Path, make_notebook: MakeNotebook
) -> None:
    run(project)
    before = tree(project.reports)
    make_notebook(
        "nb", BEGIN, HEADLINE, TABLE, "import time\ntime.sleep(60)", parameters=PARAMETERS
    )
    child = subprocess.Popen(
        [sys.executable, "-m", "analysis", "run", "nb"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "ANALYSIS_HOME": str(project.root)},
    )
    _until(lambda: any(project.reports.glob(".staging/*/tables/numbers.csv")))
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    served = {k: v for k, v in tree(project.reports).items() if not k.startswith(".staging")}
    assert served == before
    make_notebook("nb", BEGIN, HEADLINE, TABLE, FIGURE, parameters=PARAMETERS)
    assert not run(project).reason
    assert not list((project.reports / ".staging").iterdir())


def _until(met: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def test_runs_at_the_same_time_do_not_meet(project: Home, notebook: Path) -> None:
    command = [sys.executable, "-m", "analysis", "run", "nb"]
    environment = {**os.environ, "ANALYSIS_HOME": str(project.root)}
    children = [
        subprocess.Popen(
            command, cwd=project.root, env=environment, text=True, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    folders = [child.communicate(timeout=300)[0].splitlines()[-1] for child in children]
    assert [child.returncode for child in children] == [0, 0, 0]
    assert len(set(folders)) == 3
    assert all((Path(folder) / "manifest.json").is_file() for folder in folders)
    assert Store(project.reports).current("nb")["run"] in {Path(f).name for f in folders}
    assert not list((project.reports / ".staging").iterdir())
    assert not list(project.root.glob("*ipc*"))
