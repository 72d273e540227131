"""Accepting: what is written, and that nothing is replaced where something is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.reports import tables
from analysis.runs.manifest import file_checksums
from analysis.runs.run import Outcome
from analysis.runs.store import MANIFEST, Store, write_json
from tests.regression import accepting, current
from tests.regression.accepting import accept, with_lines
from tests.regression.cells import FLOORS, floors
from tests.regression.current import BASELINES, unmatched, why_stale
from tests.runs.small import make_notebook, project

__all__ = ["make_notebook", "project"]

ROOT = Path(__file__).parents[2]
CHANGELOG = """# Changelog

## Unreleased

### Added

- Something.

### Numbers that changed

- An earlier line
  of two.

## 0.1

### Numbers that changed

- Long ago.
"""
Number = dict[str, Any]


def number(value: float, **more: Any) -> Number:
    return {"value": value, "lo": 0.2, "hi": 0.3, "confidence": 0.8, "unit": "share",
            "label": "Lift of B", **more}  # fmt: skip


def publish(home: Home, name: str, run_id: str, users: int = 100, **numbers: Number) -> Path:
    """Publish a run made by hand, as the default one."""
    store = Store(home.reports)
    with store.stage() as folder:
        frame = pd.DataFrame({"arm": ["A", "B"], "users": [users, 200]})
        tables.write(frame, folder / "tables", "arms")
        results = {
            "notebook": name, "headline": {"sentence": "Ship B.", "status": "good"},
            "numbers": numbers, "tables": {"arms": 2}, "figures": {},
        }  # fmt: skip
        write_json(folder / "results.json", results)
        manifest = {"notebook": name, "run": run_id, "status": "good", "key": "k",
                    "files": file_checksums(folder)}  # fmt: skip
        write_json(folder / MANIFEST, manifest)
        return store.publish(folder, name, run_id, default=True)


def notebook(home: Home, name: str, outputs: int = 2) -> None:
    """A notebook that was run, with this many cells whose output can be compared."""
    node = nbformat.v4.new_notebook()
    for count in range(1, outputs + 1):
        cell = nbformat.v4.new_code_cell("1", execution_count=count)
        cell.outputs = [nbformat.v4.new_output("stream", text="1\n")]
        node.cells.append(cell)
    nbformat.write(node, home.notebooks / f"{name}.ipynb")


@pytest.fixture
def home(project: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A project with one notebook, accepted once; nothing in it is run."""
    monkeypatch.setattr(accepting, "run_all", lambda *_, **__: [])
    (project.root / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    (project.root / BASELINES).mkdir(parents=True)
    notebook(project, "shop")
    publish(project, "shop", "r1", lift=number(0.25))
    accept(project, say=lambda _: None)
    return project


def accepted(home: Home, why: str = "") -> str:
    said: list[str] = []
    accept(home, why=why, say=said.append)
    return "\n".join(said)


def state(home: Home) -> dict[str, bytes]:
    """Every file of the baselines, and the changelog."""
    paths = [*(home.root / BASELINES).rglob("*"), home.root / "CHANGELOG.md"]
    return {str(path): path.read_bytes() for path in paths if path.is_file()}


def added(home: Home) -> list[str]:
    text = (home.root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.endswith("- Long ago.\n")
    return [line for line in text.splitlines() if line not in CHANGELOG.splitlines()]


def test_a_first_baseline_changes_no_number(home: Home) -> None:
    folder = home.root / BASELINES
    assert sorted(path.name for path in folder.iterdir()) == [FLOORS, "shop"]
    assert floors(folder) == {"shop": 2}
    assert added(home) == []
    before = state(home)
    assert "baselines: 0 replaced, 1 as they were" in accepted(home)
    assert state(home) == before


def test_a_changed_number_is_shown_taken_over_and_written_down(home: Home) -> None:
    publish(home, "shop", "r2", users=110, lift=number(0.35, lo=0.3, hi=0.4))
    text = accepted(home, why="Covariates are used.")
    assert "shop, number lift, value: found 0.35, expected 0.25, relative difference 0.29" in text
    assert added(home) == [
        "- Covariates are used:",
        "  - `shop` Lift of B: 25.0% → 35.0% (+10.0 pp), outside the earlier interval.",
        "  - `shop`: 1 table changed.",
    ]
    assert "baselines: 0 replaced" in accepted(home)
    section = (home.root / "CHANGELOG.md").read_text(encoding="utf-8").split("## 0.1")[0]
    assert "  of two.\n- Covariates are used:\n" in section


def test_new_and_lost_numbers_and_those_without_a_value(home: Home) -> None:
    publish(home, "shop", "r2", users=100, gain=number(0.25, label="Gain", unit="EUR"))
    assert "say there why they changed" in accepted(home)
    assert [line[:22] for line in added(home)] == [
        "- `shop` Gain: 0.250 E",
        "- `shop` Lift of B: 25",
    ]
    publish(home, "shop", "r3", gain={**number(0.25), "value": None, "label": "Gain"})
    accepted(home)
    assert any("–" in line for line in added(home))


def test_words_alone_change_no_number(home: Home) -> None:
    publish(home, "shop", "r2", lift=number(0.25, label="Lift of arm B"))
    assert "expected 'Lift of B'" in accepted(home)
    assert added(home) == []
    publish(home, "shop", "r3", lift=number(0.25 * (1 + 1e-9), label="Lift of arm B"))
    assert "baselines: 0 replaced" in accepted(home)


def test_a_floor_of_compared_cells_is_lowered_aloud(home: Home) -> None:
    notebook(home, "shop", 3)
    assert "floor lowered" not in accepted(home)
    assert floors(home.root / BASELINES) == {"shop": 3}
    notebook(home, "shop", 1)
    assert "shop: nbval compares 1 cells, before 3; floor lowered" in accepted(home)
    assert floors(home.root / BASELINES) == {"shop": 1}


def _edited(home: Home) -> None:
    run = home.reports / "shop" / "r2" / "tables" / "arms.parquet"
    run.write_bytes(run.read_bytes() + b" ")


BAD: dict[str, tuple[Callable[[Home], object], str]] = {
    "a baseline without its notebook": (
        lambda home: (home.root / BASELINES / "gone").mkdir(),
        "gone: is a baseline without its notebook notebooks/gone.ipynb; bring the notebook back",
    ),
    "never published": (
        lambda home: notebook(home, "other"), "other: has no published run with default parameters"
    ),
    "edited run": (_edited, "arms.parquet: was edited"),
    "lost run": (
        lambda home: (home.reports / "shop" / "r2" / MANIFEST).unlink(), "has no manifest.json"
    ),
    "no section": (
        lambda home: (home.root / "CHANGELOG.md").write_text("# Changelog\n", encoding="utf-8"),
        "found no '### Numbers that changed' under '## Unreleased'",
    ),
    "no outputs": (
        lambda home: notebook(home, "shop", 0), "notebooks/shop.ipynb: has no outputs"
    ),
    "a broken baseline": (
        lambda home: (home.root / BASELINES / "shop" / "results.json").write_text("{"),
        "is not a complete baseline",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_where_something_is_wrong_nothing_is_replaced(home: Home, case: str) -> None:
    publish(home, "shop", "r2", lift=number(0.9))
    spoil, says = BAD[case]
    spoil(home)
    before = state(home)
    with pytest.raises(InputError) as told:
        accepted(home)
    assert says in str(told.value)
    assert state(home) == before


def test_a_failed_notebook_accepts_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(home, "shop", "r2", lift=number(0.9))
    outcome = Outcome("shop", home.reports, "shop: cell 3 failed")
    monkeypatch.setattr(accepting, "run_all", lambda *_, **__: [outcome])
    before = state(home)
    with pytest.raises(InputError, match="nothing accepted:\nshop: cell 3 failed"):
        accepted(home)
    assert state(home) == before


def test_both_directions_of_a_missing_partner_are_told(home: Home) -> None:
    notebook(home, "other")
    (home.root / BASELINES / "gone").mkdir()
    first, second = unmatched(home, home.root / BASELINES)
    assert first.endswith("or delete this folder if it is meant to be gone")
    assert second.startswith("notebooks/other.ipynb: has no baseline in ")
    assert second.endswith("make it with `make accept`")


def test_a_run_is_stale_without_its_key(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert why_stale(home, "shop").endswith("older than code or data; run `make report`")
    monkeypatch.setattr(current, "content_key", lambda *_: "k")
    assert why_stale(home, "shop") == ""
    notebook(home, "other")
    assert "no published run" in why_stale(home, "other")


def test_an_empty_section_gets_its_first_line(tmp_path: Path) -> None:
    path = tmp_path / "CHANGELOG.md"
    path.write_text(
        "# C\n\n## Unreleased\n\n### Numbers that changed\n\n## 0.1\n", encoding="utf-8"
    )
    text = with_lines(path, ["- a: 1 → 2."], "")
    assert text == ("# C\n\n## Unreleased\n\n### Numbers that changed\n\n- a: 1 → 2.\n\n## 0.1\n")


def test_the_command_runs_what_is_stale(project: Home, make_notebook: Callable[..., Path]) -> None:
    """The whole way, by the command: run, compare, write; then a wrong state and exit code 2."""
    (project.root / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    (project.root / BASELINES).mkdir(parents=True)
    path = make_notebook("tiny", "print(1)")
    node = nbformat.read(path, as_version=4)
    node.cells[-1] |= {
        "execution_count": 1,
        "outputs": [nbformat.v4.new_output("stream", text="1\n")],
    }
    nbformat.write(node, path)

    def call() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(ROOT / "scripts" / "accept.py"), "--only", "numbers"],
            cwd=project.root, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip

    done = call()
    assert done.returncode == 0, done.stderr
    assert "tiny: first baseline" in done.stdout
    kept = json.loads((project.root / BASELINES / "tiny" / "results.json").read_text("utf-8"))
    assert kept["notebook"] == "tiny"
    path.unlink()
    done = call()
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
