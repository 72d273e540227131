from __future__ import annotations

import pytest

from analysis.base.paths import Home
from analysis.lab import running
from analysis.runs import notebooks
from analysis.runs.notebooks import Notebook
from analysis.runs.parameters import Value
from tests.runs.small import MakeNotebook


def test_a_run_is_published_followed_and_told(
    project: Home, every_kind: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANALYSIS_LAB", raising=False)
    (project.root / "my sales.csv").write_text("ds,y\n", encoding="utf-8")
    seen: list[tuple[int, int]] = []
    changed: dict[str, Value] = {"data": "my sales.csv", "days": 7, "caps": {"a": 0.5}}
    ran = running.run(project, every_kind, changed, lambda done, every: seen.append((done, every)))
    assert ran.reason == ""
    assert (ran.status, ran.headline) == ("good", "Plan 70 <units>")
    assert ran.folder is not None
    assert ran.address == (ran.folder / "report.html").as_uri()
    # Heading, parameters, what was set, the cell, and the runner's own proof of the end.
    assert seen[-1][1] == 5
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert (project.reports / "index.html").is_file()


def test_a_refused_input_is_told_in_the_runs_own_words(project: Home, every_kind: Notebook) -> None:
    ran = running.run(project, every_kind, {"data": "no.csv"}, lambda done, every: None)
    assert ran.folder is None
    assert ran.reason.startswith("data=no.csv: found neither such a file nor such a dataset")


def test_a_cell_that_fails_keeps_the_reason_and_the_folder(
    project: Home, make_notebook: MakeNotebook
) -> None:
    notebook = notebooks.load(make_notebook("broken", "1 / 0"))
    ran = running.run(project, notebook, {}, lambda done, every: None)
    assert "ZeroDivisionError" in ran.reason
    assert "\n" not in ran.reason
    assert ran.folder is not None
    assert ran.folder.is_relative_to(project.reports / "failed")


def test_a_run_that_dies_without_a_word_is_a_failure(
    project: Home, every_kind: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "words", lambda *_: ["no_such_module"])
    ran = running.run(project, every_kind, {}, lambda done, every: None)
    assert ran.reason.startswith("the run ended with exit code 1: ")
    assert "No module named no_such_module" in ran.reason


def test_a_notebook_of_another_folder_is_called_by_its_path(
    project: Home, every_kind: Notebook
) -> None:
    (project.root / "drafts").mkdir()
    moved = every_kind.path.rename(project.root / "drafts" / "sales.ipynb")
    line = running.line(project, notebooks.load(moved), {"season": None, "promo": True})
    assert line == f"analysis run {moved} -p season=none -p promo=true"
