"""Checksums of files, and a memory of them keyed by what the file system says of a file.

A file whose size, modification time, change time and inode are the remembered ones is not read
again. A file changed within the last moments is never remembered: a second edit inside the
clock's resolution would otherwise go unseen.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from types import TracebackType

from analysis.base.files import write_atomically
from analysis.base.paths import Home

SETTLED_NS = 2_000_000_000
Stamp = tuple[int, int, int, int]


def sha256_file(path: Path) -> str:
    """Return the sha256 of a file, lower-case hexadecimal.

    Raises:
        OSError: If the file cannot be read.
    """
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def stamp(path: Path) -> Stamp:
    """Return what tells an edited file: size, modification and change time (ns), inode."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


class Checksums:
    """Remembered checksums of a project, kept in ``.cache/checksums.json``.

    Use as a context manager: what was learnt is written when the block ends. The file may be
    deleted at any time; a damaged one counts as empty.
    """

    def __init__(self, home: Home) -> None:
        self._root = home.root
        self._store = home.root / ".cache" / "checksums.json"
        self._known = _read(self._store)
        self._learnt = False

    def of(self, path: Path) -> str:
        """Return the sha256 of a file, from memory when the file is surely unchanged.

        Raises:
            OSError: If the file cannot be read.
        """
        name = self._name(path)
        before = stamp(path)
        known = self._known.get(name)
        if known is not None and tuple(known[:4]) == before:
            return str(known[4])
        began = time.time_ns()
        digest = sha256_file(path)
        settled = before == stamp(path) and began - max(before[1], before[2]) > SETTLED_NS
        if settled:
            self._known[name] = [*before, digest]
        elif known is not None:
            del self._known[name]
        self._learnt = self._learnt or settled or known is not None
        return digest

    def save(self) -> None:
        """Write what was learnt; a folder that cannot be written to only costs time."""
        if not self._learnt:
            return
        try:
            self._store.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._store, json.dumps(self._known, indent=0).encode())
        except OSError:
            return
        self._learnt = False

    def __enter__(self) -> Checksums:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.save()

    def _name(self, path: Path) -> str:
        place = Path(os.path.abspath(path))
        return place.relative_to(self._root).as_posix() if self._holds(place) else str(place)

    def _holds(self, place: Path) -> bool:
        return place.is_relative_to(self._root)


def _read(store: Path) -> dict[str, list[int | str]]:
    """Return the remembered entries of the right shape."""
    try:
        content = json.loads(store.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {
        name: entry
        for name, entry in content.items()
        if isinstance(entry, list) and [type(part) for part in entry] == [int, int, int, int, str]
    }
