"""TOML tables read key by key: a wrong, missing or unknown key becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, TypeVar

from analysis.base.errors import InputProblems, Problem, nearest

T = TypeVar("T")
SHA256 = re.compile(r"[0-9a-f]{64}")


class Findings:
    """Problems collected while reading, raised together."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, where: str, found: str, expected: str) -> None:
        """Note one finding at an entry (``datasets.x``) and key."""
        self.problems.append(Problem(found=f"{where}: {found}", expected=expected))

    def raise_if_any(self, source: str) -> None:
        """Raise InputProblems if anything was found."""
        if self.problems:
            raise InputProblems(source, self.problems)


class Table:
    """One TOML table, read key by key; keys nobody asked for are findings."""

    def __init__(self, content: object, where: str, findings: Findings) -> None:
        self.where = where
        self.findings = findings
        self.content: Mapping[str, Any] = content if isinstance(content, dict) else {}
        self.asked: set[str] = set()
        if not isinstance(content, dict):
            self.wrong(repr(content), "a table of keys")

    def wrong(self, found: str, expected: str) -> None:
        """Note a finding in this table."""
        self.findings.add(self.where, found, expected)

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        """Return the value of a key; a default stands for optional keys and after findings."""
        self.asked.add(key)
        value = self.content.get(key)
        if isinstance(value, kind) and value != "" and type(value) is kind:
            return value
        if value is None and default is not None:
            return default
        found = f"no {key}" if value is None else f"{key} = {value!r}"
        self.wrong(found, f"{key} as {kind.__name__}" + (", not empty" if value == "" else ""))
        return default if default is not None else kind()

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """Return one of some words."""
        options = tuple(choices)
        value = self.get(key, str, default)
        if value and value not in options:
            self.wrong(f"{key} = {value!r}", f"one of {', '.join(options)}")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        """Return a list of words; empty if the key is absent."""
        values = self.get(key, list, [])
        if not all(isinstance(value, str) for value in values):
            self.wrong(f"{key} = {values!r}", "a list of strings")
            return ()
        return tuple(values)

    def limit(self, key: str) -> float | None:
        """Return a number, or None if the key is absent."""
        if key not in self.content:
            return None
        value = self.content[key]
        self.asked.add(key)
        return float(value) if type(value) is int else self.get(key, float)

    def sha256(self, key: str = "sha256") -> str:
        """Return a checksum."""
        value = self.get(key, str)
        if value and not SHA256.fullmatch(value):
            self.wrong(f"{key} = {value!r}", "64 lower-case hexadecimal digits")
        return value

    def path(self, key: str, default: str | None = None) -> str:
        """Return a relative path that stays inside its folder."""
        value = self.get(key, str, default)
        if value and not is_inside(value):
            self.wrong(f"{key} = {value!r}", "a relative path that stays inside the folder")
        return value

    def done(self) -> None:
        """Report keys that nobody asked for."""
        for key in self.content.keys() - self.asked:
            self.wrong(f"unknown key {key!r}", f"a known key ({nearest(key, self.asked)})")


def is_inside(path: str) -> bool:
    """Whether a path with forward slashes is relative and never climbs."""
    parts = PurePosixPath(path)
    return not (parts.is_absolute() or ".." in parts.parts or "\\" in path or ":" in path)
