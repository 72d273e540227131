from __future__ import annotations

from pathlib import Path

import pytest

from analysis.base.paths import Home
from analysis.lab import choices
from analysis.runs.parameters import declared

ROOT = Path(__file__).parents[2]
DATA, MAPPING, DAYS = declared('data: str = "x"\nmapping: str = ""\ndays: int = 1', "here")


def test_own_files_are_offered_as_they_are_named_from_the_working_folder(
    project: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("own.csv", "mapping.toml", "~$open.xlsx", "notes.docx", ".hidden.csv"):
        (project.raw / name).write_text("", encoding="utf-8")
    (project.processed / "made.parquet").write_text("", encoding="utf-8")
    monkeypatch.chdir(project.root)
    assert choices.of(project, DATA) == ["data/raw/mapping.toml", "data/raw/own.csv"]
    assert choices.of(project, MAPPING) == ["data/raw/mapping.toml"]
    assert choices.of(project, DAYS) == []
    monkeypatch.chdir(tmp_path)
    assert str(project.raw / "own.csv") in choices.of(project, DATA)


def test_datasets_come_first_and_their_raw_files_not_again() -> None:
    offered = choices.of(Home(ROOT), DATA)
    assert offered[0] == "plan"
    assert {"rossmann_daily", "plan.ab_tests", "plan.market_model"} <= set(offered)
    assert not any("plan/claims.csv" in each for each in offered)
    assert len(offered) == len(set(offered))
