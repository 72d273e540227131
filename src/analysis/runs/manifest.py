"""The manifest: from a number in the report back to code, parameters and data. Written last."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from analysis.base.paths import Home
from analysis.runs.inputs import Input
from analysis.runs.keys import lock_checksum, package_checksum

VERSIONS = ("duckdb", "jupyterlab", "matplotlib", "nbconvert", "numpy", "pandas", "papermill",
            "pyarrow", "scipy", "statsmodels")  # fmt: skip


@cache
def code_state(root: Path) -> dict[str, Any]:
    """Return the git commit of the checkout and whether tracked files differ from it."""

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, encoding="utf-8", check=True
        )
        return done.stdout.strip()

    try:
        return {
            "commit": git("rev-parse", "HEAD"),
            "dirty": bool(git("status", "--porcelain", "--untracked-files=no")),
        }
    except (OSError, subprocess.CalledProcessError):
        return {"commit": None, "dirty": None}


def build(
    home: Home,
    *,
    notebook: str,
    run_id: str,
    key: str | None,
    parameters: Mapping[str, Any],
    changed: Mapping[str, Any],
    inputs: Sequence[Input],
) -> dict[str, Any]:
    """Return what is known before a run starts; the rest is added when it ends."""
    return {
        "notebook": notebook,
        "run": run_id,
        "status": "running",
        "key": key,
        "parameters": dict(parameters),
        "changed": dict(changed),
        "seed": parameters.get("seed"),
        "data": [asdict(each) for each in inputs],
        "code": {**code_state(home.root), "package_sha256": package_checksum()},
        "lock_sha256": lock_checksum(home),
        "python": platform.python_version(),
        "versions": {name: metadata.version(name) for name in VERSIONS},
    }


def file_checksums(folder: Path) -> dict[str, str]:
    """Return path → sha256 of every file in a run folder, sorted by path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
