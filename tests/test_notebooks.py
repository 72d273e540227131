"""What every committed notebook keeps to: narrative and calls, run clean, no algorithms."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis.runs import notebooks
from analysis.runs.notebooks import Notebook, source

FOLDER = Path(__file__).parents[1] / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
HELPERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda,
           ast.For, ast.While, ast.AsyncFor)  # fmt: skip

# What nbval must at least compare, over all notebooks: cells whose output it can see.
COMPARED = 37


def tags(cell: dict[str, Any]) -> list[str]:
    found: list[str] = cell["metadata"].get("tags", [])
    return found


@pytest.fixture(params=PATHS, ids=[path.stem for path in PATHS])
def notebook(request: pytest.FixtureRequest) -> Notebook:
    return notebooks.load(request.param)


def code(notebook: Notebook) -> list[dict[str, Any]]:
    return [cell for cell in notebook.content["cells"] if cell["cell_type"] == "code"]


def test_there_are_notebooks() -> None:
    assert PATHS


def test_schema(notebook: Notebook) -> None:
    nbformat.validate(nbformat.read(notebook.path, as_version=4))


def test_parameters_are_declared_typed_and_commented(notebook: Notebook) -> None:
    assert notebook.parameters
    assert all(parameter.comment for parameter in notebook.parameters)
    names = [parameter.name for parameter in notebook.parameters]
    for needed in ("data", "mapping", "lang"):
        assert needed in names
    # A notebook that draws at random takes its seed from outside; another has none to give.
    draws = any("seed" in source(cell) for cell in code(notebook) if "parameters" not in tags(cell))
    assert ("seed" in names) == draws


def test_no_algorithm_stands_in_a_notebook(notebook: Notebook) -> None:
    for cell in code(notebook):
        found = [node for node in ast.walk(ast.parse(source(cell))) if isinstance(node, HELPERS)]
        assert not found, source(cell)


def test_cells_are_short(notebook: Notebook) -> None:
    # Parameters are declarations, one a line, with nothing to follow from line to line.
    assert len(notebook.parameters) <= 23
    steps = [cell for cell in code(notebook) if "parameters" not in tags(cell)]
    lengths = [len(source(cell).splitlines()) for cell in steps]
    assert max(lengths) <= 20
    assert statistics.median(lengths) <= 6


def test_committed_outputs_come_from_a_clean_run(notebook: Notebook) -> None:
    counts = [cell["execution_count"] for cell in code(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    for cell in code(notebook):
        kinds = {(o["output_type"], o.get("name")) for o in cell["outputs"]}
        assert not any(kind == "error" or name == "stderr" for kind, name in kinds)


def test_narrative_comes_in_pairs_of_english_and_chinese(notebook: Notebook) -> None:
    narrative = [c for c in notebook.content["cells"] if c["cell_type"] == "markdown"]
    english = [cell for cell in narrative if "lang-en" in tags(cell)]
    chinese = [cell for cell in narrative if "lang-zh" in tags(cell)]
    assert english
    assert len(english) == len(chinese)
    assert len(english) + len(chinese) == len(narrative)
    for one, other in zip(english, chinese, strict=True):
        heads = [source(cell).split(" ", 1)[0] for cell in (one, other)]
        assert heads[0].startswith("#") == heads[1].startswith("#")
    for cells in (english, chinese):
        assert sum(source(cell).startswith("# ") for cell in cells) == 1


def test_prose_and_code_are_in_balance(notebook: Notebook) -> None:
    english = [cell for cell in notebook.content["cells"] if "lang-en" in tags(cell)]
    assert 0.5 <= len(english) / len(code(notebook)) <= 2


def test_nbval_has_enough_to_compare() -> None:
    """nbval passes over cells without an execution count and over pictures."""
    compared = 0
    for path in PATHS:
        for cell in code(notebooks.load(path)):
            texts = [o for o in cell["outputs"] if "text" in o or "text/plain" in o.get("data", {})]
            compared += bool(cell["execution_count"] and texts)
    assert compared >= COMPARED
