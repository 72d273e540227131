"""A small project in a temporary folder: a catalog without datasets, notebooks made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from analysis.base.paths import Home

MakeNotebook = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "project")
    for folder in (home.raw, home.processed, home.notebooks, home.reports):
        folder.mkdir(parents=True)
    home.catalog.write_text("", encoding="utf-8")
    monkeypatch.setenv("ANALYSIS_HOME", str(home.root))
    return home


@pytest.fixture
def make_notebook(project: Home) -> MakeNotebook:
    def make(name: str, *cells: str, parameters: str = "", title: str = "A question") -> Path:
        node = nbformat.v4.new_notebook()
        node.cells.append(nbformat.v4.new_markdown_cell(f"# {title}"))
        if parameters:
            cell = nbformat.v4.new_code_cell(parameters)
            cell.metadata["tags"] = ["parameters"]
            node.cells.append(cell)
        node.cells += [nbformat.v4.new_code_cell(source) for source in cells]
        node.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        path = project.notebooks / f"{name}.ipynb"
        nbformat.write(node, path)
        return path

    return make
