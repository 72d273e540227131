"""What a run depends on, as one checksum: notebook, parameters, data, package code, lock, Python.

Equal keys mean that running again would give the same numbers, so ``analysis report`` skips it.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.base.paths import Home
from analysis.runs.inputs import Input
from analysis.runs.notebooks import Notebook

PACKAGE = Path(__file__).resolve().parents[1]
CODE_SUFFIXES = {".py", ".j2", ".css", ".po", ".toml"}


def package_checksum() -> str:
    """Return the checksum of the package's own code and templates."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in CODE_SUFFIXES:
            digest.update(path.relative_to(PACKAGE).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def lock_checksum(home: Home) -> str:
    """Return the checksum of ``requirements.lock``; empty outside a project checkout."""
    return hashlib.sha256(home.lock.read_bytes()).hexdigest() if home.lock.is_file() else ""


def content_key(
    home: Home,
    notebook: Notebook,
    parameters: Mapping[str, Any],
    inputs: Sequence[Input],
    package: str = "",
) -> str | None:
    """Return the key of a run, or None if an input has no checksum (a database may change).

    Args:
        home: The project.
        notebook: What is run.
        parameters: All its parameters.
        inputs: The tables and mappings that they name.
        package: Checksum of the package's code, if it is known already.
    """
    if any(each.sha256 is None for each in inputs):
        return None
    # What a path leads to is in the key by its checksum, its name because the report shows it.
    named = {each.parameter for each in inputs}
    content = {
        "notebook": notebook.code_identity,
        "parameters": {k: v for k, v in parameters.items() if k not in named},
        "inputs": [[each.parameter, each.name, each.sha256] for each in inputs],
        "package": package or package_checksum(),
        "lock": lock_checksum(home),
        "python": platform.python_version(),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
