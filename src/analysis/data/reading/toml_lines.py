"""On which line of a TOML file a key stands: the standard reader does not say."""

from __future__ import annotations

import re
import tomllib
from typing import Any

Place = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


class Lines:
    """Lines of the keys and tables of a TOML text.

    Args:
        text: The file's text, known to be TOML.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Place, int] = {}
        counts: dict[Place, int] = {}
        table: Place = ()
        for number, line in enumerate(text.splitlines(), start=1):
            header, key = _HEADER.match(line), _KEY.match(line)
            if header and not key:
                table = self._table(header[2], array=header[1] == "[[", counts=counts)
                self._lines.setdefault(table, number)
            elif key:
                self._lines.setdefault((*table, *_parts(key[1])), number)

    @staticmethod
    def _table(name: str, *, array: bool, counts: dict[Place, int]) -> Place:
        place: Place = ()
        parts = _parts(name)
        for part in parts:
            place = (*place, part)
            last = part is parts[-1]
            if array and last:
                counts[place] = counts.get(place, -1) + 1
            if place in counts:
                place = (*place, counts[place])
        return place

    def of(self, *place: str | int) -> int | None:
        """Return the line of a key, or of the innermost table around it that has a line."""
        while place:
            if place in self._lines:
                return self._lines[place]
            place = place[:-1]
        return None


def _parts(name: str) -> list[str]:
    """Split a dotted name; quotes are taken off as TOML does."""
    try:
        content: Any = tomllib.loads(f"{name} = 0")
    except tomllib.TOMLDecodeError:
        return [name]
    parts: list[str] = []
    while isinstance(content, dict):
        ((key, content),) = content.items()
        parts.append(key)
    return parts
