from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs.published import find_run
from analysis.runs.store import Store, write_json

RESULTS = {"notebook": "sales", "numbers": {"total": {"value": 3.0}}}


def publish(home: Home, run_id: str, **changed: Any) -> Path:
    store = Store(home.reports)
    with store.stage() as folder:
        write_json(folder / "results.json", RESULTS)
        checksum = hashlib.sha256((folder / "results.json").read_bytes()).hexdigest()
        manifest = {"notebook": "sales", "run": run_id, "status": "good",
                    "files": {"results.json": checksum}} | changed  # fmt: skip
        write_json(folder / "manifest.json", manifest)
        return store.publish(folder, "sales", run_id, default=True)


@pytest.fixture
def folder(project: Home) -> Path:
    publish(project, "r1")
    return publish(project, "r2")


def test_every_name_of_a_run_leads_to_it(project: Home, folder: Path) -> None:
    for name in (str(folder), f"{folder}/", "r2", "sales/r2", "sales"):
        found = find_run(project, name)
        assert (found.notebook, found.run_id) == ("sales", "r2")
        assert found.folder == folder.resolve()
        assert found.results() == RESULTS
    assert find_run(project, "r1").run_id == "r1"


@pytest.mark.parametrize("name", ["sale", "", ".", "..", "sales/r9", "../..", "/", "r2/x"])
def test_an_unknown_run_is_refused(project: Home, folder: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"there is none; expected a run folder|has no manifest"):
        find_run(project, name)


def test_the_nearest_name_is_offered(project: Home, folder: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'sales'"):
        find_run(project, "salse")


def test_an_edited_file_is_found(project: Home, folder: Path) -> None:
    (folder / "results.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"results\.json: was edited: found sha256 44136fa355…"):
        find_run(project, "sales")
    assert find_run(project, "sales", verify=False).results() == {}


def test_a_file_that_no_manifest_names_does_no_harm(project: Home, folder: Path) -> None:
    (folder / "report.pdf").write_bytes(b"%PDF")
    assert find_run(project, "sales").folder == folder


def test_an_incomplete_run_is_refused(project: Home, folder: Path) -> None:
    (folder / "results.json").unlink()
    with pytest.raises(InputError, match=r"results\.json: is missing; the run is incomplete"):
        find_run(project, "sales")
    (folder / "manifest.json").unlink()
    for name in (str(folder), "sales", "sales/r2"):
        with pytest.raises(InputError, match=r"has no manifest\.json"):
            find_run(project, name)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"notebook": "sales"}', "\xff"])
def test_a_broken_manifest_is_named(project: Home, folder: Path, text: str) -> None:
    (folder / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"manifest\.json: cannot be read"):
        find_run(project, "sales")


def test_a_manifest_without_its_results_is_refused(project: Home) -> None:
    publish(project, "r3", files={})
    with pytest.raises(InputError, match=r"names no results\.json"):
        find_run(project, "sales")


def test_a_failed_run_says_why_it_failed(project: Home) -> None:
    failed = project.reports / "failed" / "sales" / "r4"
    failed.mkdir(parents=True)
    manifest = {"notebook": "sales", "run": "r4", "status": "failed", "reason": "the kernel died"}
    (failed / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for name in ("r4", str(failed)):
        with pytest.raises(InputError, match="is not a good run: the kernel died"):
            find_run(project, name)
