"""Progress bars on a terminal; nothing elsewhere, so that logs stay readable."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


def over(things: Iterable[T], description: str, unit: str, progress: bool | None) -> Iterable[T]:
    """Return ``things`` with a bar around them, if one is wanted.

    Args:
        things: What to go through.
        description: What stands before the bar.
        unit: What one thing is called.
        progress: Whether to show the bar; None to show it on a terminal only.
    """
    if not wanted(progress):
        return things
    from tqdm import tqdm

    return tqdm(things, desc=description, unit=unit, leave=False)


def wanted(progress: bool | None) -> bool:
    """Return whether a bar is shown: as told, else if standard error is a terminal."""
    return sys.stderr.isatty() if progress is None else progress


@contextmanager
def bar(total: int, description: str) -> Iterator[Any]:
    """Give a bar to be moved on by ``update(n)``; hidden unless on a terminal."""
    from tqdm import tqdm

    with tqdm(total=total, desc=description, leave=False, disable=not wanted(None)) as shown:
        yield shown
