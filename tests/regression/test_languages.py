"""A report in Chinese has the numbers of the one in English."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from analysis.base.paths import Home
from analysis.runs import notebooks
from analysis.runs.run import execute_and_publish
from analysis.runs.store import Store

HOME = Home(Path(__file__).parents[2])
CHEAP = "plan_check"  # what CI runs in Chinese where nobody has
FIELDS = ("value", "lo", "hi", "confidence", "unit")


def _results(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return content


def _beside(name: str) -> tuple[Path, Path] | None:
    """Return the default run and a run in Chinese of the same code and data, if both are there."""
    store = Store(HOME.reports)
    run_id = store.current(name).get("default")
    manifest = store.manifest(name, run_id)
    if manifest is None:
        return None
    for other in sorted((HOME.reports / name).glob("*/manifest.json"), reverse=True):
        found = json.loads(other.read_text(encoding="utf-8"))
        same = all(
            found.get(part) == manifest.get(part) for part in ("status", "data", "lock_sha256")
        )
        code = found["code"]["package_sha256"] == manifest["code"]["package_sha256"]
        if found["changed"] == {"lang": "zh"} and same and code:
            return HOME.reports / name / str(run_id), other.parent
    return None


def _compare(english: dict[str, Any], chinese: dict[str, Any]) -> None:
    for name, number in english["numbers"].items():
        for field in FIELDS:
            assert chinese["numbers"][name][field] == number[field], (name, field)
    assert chinese["numbers"].keys() == english["numbers"].keys()
    assert chinese["tables"] == english["tables"]
    assert chinese["figures"] == english["figures"]
    assert chinese["headline"]["status"] == english["headline"]["status"]


@pytest.mark.parametrize("name", notebooks.names(HOME))
def test_chinese_and_english_runs_have_the_same_numbers(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = _beside(name)
    if pair is None and not (os.environ.get("CI") and name == CHEAP):
        pytest.skip(f"no default and Chinese run of one code; `analysis run {name} -p lang=zh`")
    if pair is None:
        # In a folder of its own, so that the run in Chinese does not become the one that is served.
        own = Home(tmp_path)
        for part in ("data", "notebooks", "requirements.lock"):
            (tmp_path / part).symlink_to(HOME.root / part)
        monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))
        notebook = notebooks.find(own, name)
        made = [
            execute_and_publish(own, notebook, given, progress=False)
            for given in ({}, {"lang": "zh"})
        ]
        assert not any(each.reason for each in made)
        pair = made[0].folder, made[1].folder
    _compare(*(_results(folder) for folder in pair))
