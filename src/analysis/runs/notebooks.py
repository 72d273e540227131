"""Notebooks as files: finding one by name, its parameters cell, its sources for the content key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.base.errors import InputError, nearest
from analysis.base.paths import Home
from analysis.runs.parameters import Parameter, declared


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook that can be run.

    Attributes:
        name: File name without suffix; names its folder under ``reports/``.
        path: The file.
        content: The parsed notebook.
        parameters: What its parameters cell declares.
    """

    name: str
    path: Path
    content: dict[str, Any]
    parameters: tuple[Parameter, ...]

    def title(self, lang: str) -> str:
        """Return the first heading in a language (untagged cells are in every one), or the name."""
        for cell in self.content["cells"]:
            spoken = {tag for tag in cell["metadata"].get("tags", []) if tag.startswith("lang-")}
            if cell["cell_type"] != "markdown" or (spoken and f"lang-{lang}" not in spoken):
                continue
            for line in source(cell).splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
        return self.name

    @property
    def code_identity(self) -> list[tuple[str, str, list[str]]]:
        """What a run depends on of the notebook: every cell's type, source and tags, no outputs."""
        return [
            (cell["cell_type"], source(cell), sorted(cell["metadata"].get("tags", [])))
            for cell in self.content["cells"]
        ]


def source(cell: dict[str, Any]) -> str:
    """Return a cell's source as one text."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def names(home: Home) -> list[str]:
    """Return the names of all notebooks of the project, sorted."""
    return sorted(path.stem for path in home.notebooks.glob("*.ipynb"))


def find(home: Home, name: str) -> Notebook:
    """Open a notebook by its name (``sales_forecast``), file name or path.

    Raises:
        InputError: If there is none of that name, or the file is not a notebook.
    """
    path = Path(name)
    if not path.is_file() and len(path.parts) == 1:
        path = home.notebooks / f"{name.removesuffix('.ipynb')}.ipynb"
    elif not path.is_file():
        path = home.root / path
    if not path.is_file() or path.suffix != ".ipynb":
        raise InputError(f"notebook {name!r}: there is none; {nearest(name, names(home))}")
    return load(path)


def load(path: Path) -> Notebook:
    """Read a notebook file.

    Raises:
        InputError: If it is not a notebook in format 4 with at most one parameters cell.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = content["cells"]
        tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(f"{path}: is not a Jupyter notebook ({error})") from None
    if len(tagged) > 1:
        raise InputError(f"{path}: found {len(tagged)} cells tagged `parameters`, expected one")
    try:
        parameters = declared(source(tagged[0]), path.name) if tagged else ()
    except SyntaxError as error:
        raise InputError(f"{path}: parameters cell is not Python: {error.msg}") from None
    return Notebook(path.stem, path, content, parameters)
