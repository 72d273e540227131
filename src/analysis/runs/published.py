"""A published run as something to read: found by any of its names, and proven to be unchanged."""

from __future__ import annotations

import difflib
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.base.errors import InputError, nearest
from analysis.base.paths import Home
from analysis.runs.store import MANIFEST, Store

RESULTS = "results.json"


@dataclass(frozen=True, slots=True)
class Published:
    """One complete run.

    Attributes:
        notebook: Name of its notebook.
        run_id: Name of its folder.
        folder: The folder.
        manifest: What ``manifest.json`` says.
    """

    notebook: str
    run_id: str
    folder: Path
    manifest: dict[str, Any]

    def results(self) -> dict[str, Any]:
        """Return what ``results.json`` says."""
        content: dict[str, Any] = json.loads((self.folder / RESULTS).read_text(encoding="utf-8"))
        return content


def find_run(home: Home, text: str, *, verify: bool = True) -> Published:
    """Find a published run.

    Args:
        home: The project.
        text: A run folder, a run id, ``notebook/run-id``, or a notebook's name (then the run that
            the index serves).
        verify: Whether to compare every file with its checksum in the manifest. Files that the
            manifest does not name (a PDF made afterwards) are not looked at.

    Raises:
        InputError: If there is no such run, or it has failed, is incomplete or was edited.
    """
    folder = _folder(home, text)
    manifest = _manifest(folder)
    if manifest.get("status") != "good":
        reason = manifest.get("reason") or f"its status is {manifest.get('status')!r}"
        raise InputError(f"{folder}: is not a good run: {reason}; expected a published one")
    if verify:
        _verify(folder, manifest)
    return Published(manifest["notebook"], manifest["run"], folder, manifest)


def _folder(home: Home, text: str) -> Path:
    given = Path(text)
    if (given / MANIFEST).is_file() or (given.is_dir() and given.parent.parent == home.reports):
        return given.resolve()
    name, _, run_id = text.strip("/").partition("/")
    if run_id and (home.reports / name / run_id).is_dir():
        return home.reports / name / run_id
    served = Store(home.reports).current(text).get("run") if _is_name(text) else None
    if served:
        return home.reports / text / str(served)
    known = _known(home)
    if text in known:
        return known[text]
    if given.is_dir():
        raise InputError(f"{text}: has no {MANIFEST}; expected a complete run folder")
    served = sorted(path.parent.name for path in home.reports.glob("*/current.json"))
    expected = "expected a run folder, a run id, or the name of a notebook that has been run"
    # A run id that is close is worth naming; all of a thousand are not.
    near = difflib.get_close_matches(text, known, n=1)
    raise InputError(f"run {text!r}: there is none; {expected}; {nearest(text, near or served)}")


def _known(home: Home) -> dict[str, Path]:
    """Return run id → folder of every run, good or failed, so that a failed one can say why."""
    failed = home.reports.glob(f"failed/*/*/{MANIFEST}")
    good = home.reports.glob(f"*/*/{MANIFEST}")
    return {path.parent.name: path.parent for path in (*failed, *good)}


def _is_name(text: str) -> bool:
    return bool(text) and not set(text) & set("/\\") and text not in (".", "..")


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(manifest, dict) or not {"notebook", "run", "status"} <= manifest.keys():
            raise ValueError("notebook, run or status is missing")
    except FileNotFoundError:
        raise InputError(f"{folder}: has no {MANIFEST}; expected a complete run folder") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); run the notebook again") from None
    return manifest


def _verify(folder: Path, manifest: dict[str, Any]) -> None:
    files: dict[str, str] = manifest.get("files", {})
    if RESULTS not in files:
        raise InputError(f"{folder / MANIFEST}: names no {RESULTS}; run the notebook again")
    for name, expected in sorted(files.items()):
        path = folder / name
        if not path.is_file():
            raise InputError(f"{path}: is missing; the run is incomplete, run the notebook again")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != expected:
            raise InputError(
                f"{path}: was edited: found sha256 {found[:10]}…, expected {expected[:10]}… as in "
                f"{MANIFEST}; run the notebook again"
            )
