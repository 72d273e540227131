from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.base.paths import Home
from analysis.runs import notebooks
from analysis.runs.inputs import Input
from analysis.runs.keys import content_key
from tests.runs.small import MakeNotebook


@pytest.fixture
def path(make_notebook: MakeNotebook) -> Path:
    return make_notebook("nb", "print(1)", parameters="n: int = 1  # count")


def key(home: Home, n: int = 1, sha256: str | None = "aa") -> str | None:
    table = Input("data", "a.csv", "own", sha256)
    return content_key(home, notebooks.find(home, "nb"), {"n": n, "data": "a.csv"}, [table])


def test_a_key_changes_with_what_a_run_depends_on(project: Home, path: Path) -> None:
    base = key(project)
    assert base == key(project)
    assert key(project, n=2) != base
    assert key(project, sha256="bb") != base
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert key(project) == base
    content["cells"][-1]["source"] = "print(2)"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert key(project) != base


def test_a_database_has_no_key(project: Home, path: Path) -> None:
    assert key(project, sha256=None) is None


def test_the_lock_is_part_of_the_key(project: Home, path: Path) -> None:
    base = key(project)
    project.lock.write_text("numpy==1", encoding="utf-8")
    assert key(project) != base
