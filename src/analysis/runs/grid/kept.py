"""Cells that need not run: a published run with the same key says what they would say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs.grid.cells import Cell
from analysis.runs.inputs import Input, resolve
from analysis.runs.keys import content_key, package_checksum
from analysis.runs.notebooks import Notebook
from analysis.runs.parameters import bind
from analysis.runs.published import find_run
from analysis.runs.store import MANIFEST


def keys_of(home: Home, notebook: Notebook, cells: Sequence[Cell]) -> list[str | None]:
    """Return the key of each cell; None where a run cannot be known to be the same again.

    Raises:
        InputError: If an input that a cell names is not there.
    """
    package = package_checksum()
    known: dict[tuple[Any, ...], list[Input]] = {}
    files = [each.name for each in notebook.parameters if each.is_table or each.is_file]
    keys = []
    for cell in cells:
        values = bind(notebook.parameters, cell.given, notebook.name)
        named = tuple(values[name] for name in files)
        if named not in known:
            known[named] = resolve(home, notebook.parameters, values)
        keys.append(content_key(home, notebook, values, known[named], package))
    return keys


def published(home: Home, notebook: str, keys: Sequence[str | None]) -> Mapping[str, Path]:
    """Return key → folder of the latest run that is good and unchanged, where there is one."""
    wanted = {key for key in keys if key}
    found: dict[str, Path] = {}
    for path in sorted((home.reports / notebook).glob(f"*/{MANIFEST}"), reverse=True):
        try:
            key = json.loads(path.read_text(encoding="utf-8"))["key"]
            if key in wanted and key not in found:
                found[key] = find_run(home, str(path.parent)).folder
        except (OSError, ValueError, TypeError, KeyError, InputError):
            continue  # what cannot be read or was edited is run again
    return found
