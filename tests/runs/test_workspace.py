"""A workspace: complete or not at all, and a home to every command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analysis.base.errors import InputError
from analysis.base.paths import Home, home
from analysis.runs.schedule.reading import read_schedule
from analysis.runs.workspace import make_workspace, shipped


@pytest.fixture
def source(tmp_path: Path) -> Home:
    root = tmp_path / "checkout"
    for name in ("notebooks/.ipynb_checkpoints", "data/raw/plan", "data/raw/completejourney"):
        (root / name).mkdir(parents=True)
    (root / "notebooks" / "plan_check.ipynb").write_text('{"cells": []}', encoding="utf-8")
    (root / "data/raw/catalog.toml").write_text("", encoding="utf-8")
    (root / "data/raw/plan/claims.csv").write_text("fact_id\n", encoding="utf-8")
    (root / "requirements.lock").write_text("", encoding="utf-8")
    return Home(root)


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_what_is_in_a_workspace(
    tmp_path: Path, source: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_workspace(tmp_path / "new" / "ours", source)
    assert files(made) == [
        ".gitignore", "README.md", "data/processed/.gitkeep", "data/raw/catalog.toml",
        "data/raw/plan/claims.csv", "exports/.gitkeep", "notebooks/plan_check.ipynb",
        "reports/.gitkeep", "requirements.lock", "schedule.toml",
    ]  # fmt: skip
    assert sorted(path.name for path in made.parent.iterdir()) == ["ours"]
    monkeypatch.delenv("ANALYSIS_HOME", raising=False)
    assert home(made / "exports").root == made.resolve()


def test_its_schedule_is_good(tmp_path: Path, source: Home) -> None:
    made = make_workspace(tmp_path / "ours", shipped())
    (job,) = read_schedule(Home(made), made / "schedule.toml").jobs
    assert job.notebook == "plan_check"


def test_its_readme_speaks_both_languages(tmp_path: Path, source: Home) -> None:
    text = (make_workspace(tmp_path / "ours", source) / "README.md").read_text(encoding="utf-8")
    assert "# Workspace of a planning team" in text
    assert "# 团队工作区" in text


def test_an_empty_folder_may_be_there(tmp_path: Path, source: Home) -> None:
    (tmp_path / "ours").mkdir()
    assert (make_workspace(tmp_path / "ours", source) / "README.md").is_file()


def test_what_is_there_stays(tmp_path: Path, source: Home) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "sales.csv").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"is not empty \(found sales.csv\)"):
        make_workspace(folder, source)
    with pytest.raises(InputError, match="is no folder"):
        make_workspace(folder / "sales.csv", source)
    assert files(tmp_path / "ours") == ["sales.csv"]


def test_no_workspace_inside_a_project(tmp_path: Path, source: Home) -> None:
    with pytest.raises(InputError, match="lies inside the project"):
        make_workspace(source.root / "ours", source)


def test_a_copy_that_breaks_off_leaves_nothing(
    tmp_path: Path, source: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "ours"))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match=r"cannot be written \(No space left on device\)"):
        make_workspace(tmp_path / "new" / "ours", source)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkout"]
