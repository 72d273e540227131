"""What every committed notebook keeps to: narrative and calls, run clean, no algorithms."""

from __future__ import annotations

import ast
import copy
import inspect
import statistics
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis.runs import notebooks
from analysis.runs.notebooks import Notebook, source
from tests.regression.cells import UNSEEN, compared, floors

FOLDER = Path(__file__).parents[1] / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
HELPERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda,
           ast.For, ast.While, ast.AsyncFor)  # fmt: skip

BASELINES = Path(__file__).parent / "regression" / "baselines"


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
    # Parameters are declarations, one a line, with nothing to follow from line to line; a forecast
    # takes six tables of a team's own, rows and a sample of them.
    assert len(notebook.parameters) <= 26
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


def test_nbval_compares_as_many_cells_as_ever(notebook: Notebook) -> None:
    """nbval passes over cells without an execution count and over pictures."""
    floor = floors(BASELINES).get(notebook.name)
    assert floor, f"{notebook.name}: has no floor of compared cells; `make accept` writes one"
    assert compared(notebook.content) >= floor, "run `make outputs`; if it is meant, `make accept`"


def test_no_floor_is_without_its_notebook() -> None:
    assert set(floors(BASELINES)) <= {path.stem for path in PATHS}


def test_a_stripped_notebook_is_caught(notebook: Notebook) -> None:
    stripped = copy.deepcopy(notebook.content)
    for cell in stripped["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = None
    assert compared(stripped) == 0 < floors(BASELINES)[notebook.name]
    pictures = copy.deepcopy(notebook.content)
    for cell in pictures["cells"]:
        for output in cell.get("outputs", []):
            output["data"] = {"image/png": ""}
            output.pop("text", None)
    assert compared(pictures) == 0


def test_what_is_counted_is_what_nbval_looks_at() -> None:
    """The keys that nbval leaves out are written down here and there; they must be the same."""
    from nbval.plugin import IPyNbFile  # type: ignore[import-untyped]

    kept = inspect.getsource(IPyNbFile.__init__)
    assert all(f"'{key}'" in kept for key in UNSEEN)
