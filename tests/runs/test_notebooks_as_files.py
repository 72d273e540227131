from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.base.paths import Home
from analysis.runs import notebooks
from tests.runs.small import MakeNotebook


def test_the_title_is_that_of_the_language(project: Home) -> None:
    node = nbformat.v4.new_notebook()
    for lang, text in (("en", "# Sales\n\nwords"), ("zh", "# 销售")):
        cell = nbformat.v4.new_markdown_cell(text)
        cell.metadata["tags"] = [f"lang-{lang}"]
        node.cells.append(cell)
    nbformat.write(node, project.notebooks / "nb.ipynb")
    notebook = notebooks.find(project, "nb")
    assert (notebook.title("en"), notebook.title("zh"), notebook.title("fr")) == (
        "Sales",
        "销售",
        "nb",
    )


def test_a_notebook_is_found_by_name_file_name_and_path(
    project: Home, make_notebook: MakeNotebook, tmp_path: Path
) -> None:
    path = make_notebook("nb", "1")
    for name in ("nb", "nb.ipynb", str(path), "notebooks/nb.ipynb"):
        assert notebooks.find(project, name).name == "nb"
    with pytest.raises(InputError, match="there is none"):
        notebooks.find(project, "elsewhere/nb")
    elsewhere = tmp_path / "other.ipynb"
    elsewhere.write_bytes(path.read_bytes())
    assert notebooks.find(project, str(elsewhere)).path == elsewhere


@pytest.mark.parametrize("content", ["", "{}", '{"cells": [{}]}', "[1]", '{"cells": 3}'])
def test_a_file_that_is_no_notebook_is_refused(project: Home, content: str) -> None:
    (project.notebooks / "nb.ipynb").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="is not a Jupyter notebook"):
        notebooks.find(project, "nb")


def test_a_parameters_cell_must_be_python_and_the_only_one(
    project: Home, make_notebook: MakeNotebook
) -> None:
    make_notebook("nb", "1", parameters="a: int = ")
    with pytest.raises(InputError, match="is not Python"):
        notebooks.find(project, "nb")
    make_notebook("nb", "1", parameters="a = 3")
    with pytest.raises(InputProblems, match="row 1"):
        notebooks.find(project, "nb")
    path = make_notebook("nb", "1", parameters="a: int = 3  # a")
    node = nbformat.read(path, as_version=4)
    node.cells.append(nbformat.from_dict({**node.cells[1], "id": "again"}))
    nbformat.write(node, path)
    with pytest.raises(InputError, match="found 2 cells tagged"):
        notebooks.find(project, "nb")
