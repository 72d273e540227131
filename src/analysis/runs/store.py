"""The folder of published runs: staging, publishing by one rename, the current pointer, failures.

Layout under ``reports/``::

    <notebook>/<run-id>/        a complete run; manifest.json was written last
    <notebook>/current.json     the run that the index serves; replaced atomically
    failed/<notebook>/<run-id>/ a failed run: partial notebook and manifest.json with the reason
    grids/<notebook>/<grid-id>/ what the runs of a grid say together; see :mod:`.grid`
    .staging/<run-id>/          a run in progress; swept when its process is gone

A reader never sees half a run: a folder appears by rename when it is complete, and the pointer
moves only after that.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from analysis.base.errors import InputError
from analysis.base.files import write_atomically

MANIFEST = "manifest.json"
GRIDS = "grids"
_ALIVE = ".alive"


@dataclass(frozen=True, slots=True)
class Store:
    """Published runs under one ``reports`` folder."""

    root: Path

    @property
    def _staging(self) -> Path:
        return self.root / ".staging"

    @contextmanager
    def stage(self) -> Iterator[Path]:
        """Give an empty folder for a run in progress; whatever is left in it at the end is removed.

        The folder is held by a lock that the operating system releases when this process dies, so
        that :meth:`sweep` can tell an orphan from a run in progress.
        """
        self._staging.mkdir(parents=True, exist_ok=True)
        folder = self._staging / f"{os.getpid()}-{secrets.token_hex(4)}"
        # The lock comes before the folder, so that a sweep never meets a folder not yet held.
        try:
            with FileLock(folder.with_suffix(_ALIVE)):
                folder.mkdir()
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_suffix(_ALIVE).unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove what killed runs have left behind; return how many there were."""
        swept = 0
        for folder in sorted(path for path in self._staging.glob("*") if path.is_dir()):
            try:
                with FileLock(folder.with_suffix(_ALIVE), timeout=0):
                    shutil.rmtree(folder, ignore_errors=True)
            except TimeoutError:
                continue
            folder.with_suffix(_ALIVE).unlink(missing_ok=True)
            swept += 1
        for mark in self._staging.glob(f"*{_ALIVE}"):
            # Of a run killed between its mark and its folder, or after publishing.
            with suppress(TimeoutError), FileLock(mark, timeout=0):
                if not mark.with_suffix("").exists():
                    mark.unlink(missing_ok=True)
        return swept

    def publish(
        self, folder: Path, notebook: str, run_id: str, *, default: bool, serve: bool = True
    ) -> Path:
        """Move a complete run into its place and make it the one that is served.

        Args:
            folder: The staged run; its manifest must be there.
            notebook: Name of the notebook.
            run_id: Id of the run.
            default: Whether it ran with default parameters.
            serve: Whether it is to be the one that is served; no run of a grid is.

        Returns:
            The published folder.
        """
        target = self.root / notebook / run_id
        target.parent.mkdir(parents=True, exist_ok=True)
        _sync(folder)
        with FileLock(self.root / notebook / ".publish.lock"):
            folder.rename(target)
            try:
                if serve:
                    self._point(notebook, run_id, default=default)
            except BaseException:
                # A full disk, a signal: a run is published with its pointer or not at all.
                target.rename(folder)
                raise
        return target

    def publish_grid(self, folder: Path, notebook: str, grid_id: str) -> Path:
        """Move the result of a grid, its manifest written, into its place."""
        target = self.root / GRIDS / notebook / grid_id
        target.parent.mkdir(parents=True, exist_ok=True)
        _sync(folder)
        folder.rename(target)
        return target

    def serve(self, notebook: str, run_id: str) -> bool:
        """Make an already published default run the one that is served; say if it was another."""
        if self.current(notebook) == {"run": run_id, "default": run_id}:
            return False
        with FileLock(self.root / notebook / ".publish.lock"):
            self._point(notebook, run_id, default=True)
        return True

    def _point(self, notebook: str, run_id: str, *, default: bool) -> None:
        pointer = {"run": run_id, "default": self.current(notebook).get("default")}
        if default:
            pointer["default"] = run_id
        if pointer != self.current(notebook):
            write_json(self.root / notebook / "current.json", pointer)

    def fail(self, folder: Path, notebook: str, run_id: str) -> Path:
        """Move a failed run aside; what is served does not change."""
        target = self.root / "failed" / notebook / run_id
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(target)
        return target

    def current(self, notebook: str) -> dict[str, Any]:
        """Return the pointer of a notebook (``run`` and ``default``), empty if it has never run."""
        path = self.root / notebook / "current.json"
        try:
            pointer: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, json.JSONDecodeError) as error:
            raise InputError(f"{path}: cannot be read ({error}); delete it and run again") from None
        return pointer

    def manifest(self, notebook: str, run_id: str | None) -> dict[str, Any] | None:
        """Return the manifest of a published run, or None if there is no such run."""
        if run_id is None:
            return None
        path = self.root / notebook / run_id / MANIFEST
        try:
            manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return manifest


def new_run_id(key: str) -> str:
    """Return an id that sorts by time and cannot collide: start in UTC, content key, random."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{now}-{key[:8]}-{secrets.token_hex(2)}"


def write_json(path: Path, content: object) -> None:
    """Write a JSON file so that a reader sees the old one or the new one, never half of either."""
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    write_atomically(path, f"{text}\n".encode())


def _sync(folder: Path) -> None:
    """Bring every file of a folder to disk before the rename makes it visible."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
