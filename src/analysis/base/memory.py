"""What is slow to make and always comes out the same, kept on disk from process to process.

It stands in the project's ``.cache``, which git ignores and which may be deleted at any time. A
piece is found by a name made of everything that it depends on; one that is damaged, or that cannot
be kept, is made again and costs time, nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from analysis.base.errors import InputError
from analysis.base.files import write_atomically
from analysis.base.paths import home

KEPT = 300
_DIGEST = hashlib.sha256().digest_size


def remembered(key: str, make: Callable[[], bytes]) -> bytes:
    """Return what ``make`` makes, from disk if it was made before.

    Args:
        key: Names everything that the content depends on.
        make: Makes the content; called only if it is not at hand.
    """
    try:
        file = home().root / ".cache" / "made" / hashlib.sha256(key.encode()).hexdigest()
    except InputError:  # Outside of a project there is no place to keep anything.
        return make()
    found = _read(file)
    if found is None:
        found = make()
        _keep(file, found)
    return found


def _read(file: Path) -> bytes | None:
    """Return the content of a file whose checksum stands before it; None if it does not hold."""
    try:
        whole = file.read_bytes()
    except OSError:
        return None
    content = whole[_DIGEST:]
    return content if hashlib.sha256(content).digest() == whole[:_DIGEST] else None


def _keep(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, hashlib.sha256(content).digest() + content)
        ages = sorted((each.stat().st_mtime_ns, each) for each in file.parent.iterdir())
        for _, old in ages[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return
