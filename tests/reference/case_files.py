"""Reference cases: a file of numbers with answers that this project did not compute."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Adapter = Callable[[dict[str, Any], Path], dict[str, Any]]
"""From a case's inputs and the folder of its data files to the named outputs."""


@dataclass(frozen=True)
class Case:
    """One case: inputs, the expected outputs, and how close they must be."""

    id: str
    theme: str
    method: str
    inputs: dict[str, Any]
    expected: Any
    tol: float
    tol_by_key: dict[str, float]
    relative: bool
    source: str
    folder: Path

    def differences(self, actual: Any) -> list[str]:
        """Say where ``actual`` is not the expected answer; empty if it is."""
        return list(self._compare("", self.expected, actual))

    def _compare(self, path: str, expected: Any, actual: Any) -> Iterator[str]:
        if isinstance(expected, dict):
            if not isinstance(actual, dict):
                yield f"{path or 'answer'}: {actual!r} is not a table of names"
                return
            for key, value in expected.items():
                place = f"{path}.{key}".lstrip(".")
                if key in actual:
                    yield from self._compare(place, value, actual[key])
                else:
                    yield f"{place}: absent"
        elif isinstance(expected, list):
            values = list(actual)
            if len(values) != len(expected):
                yield f"{path}: {len(values)} values, expected {len(expected)}"
            else:
                for i, (one, other) in enumerate(zip(expected, values, strict=True)):
                    yield from self._compare(f"{path}.{i}", one, other)
        elif not self._close(path, expected, actual):
            yield f"{path}: {actual!r}, expected {expected!r} within {self._tolerance(path)}"

    def _close(self, path: str, expected: Any, actual: Any) -> bool:
        plain = isinstance(expected, bool | str) or expected is None
        if plain or actual is None or isinstance(actual, str):
            return bool(expected == actual)
        if math.isinf(expected) or math.isnan(expected):
            return bool(expected == actual or (math.isnan(expected) and math.isnan(actual)))
        allowed = self._tolerance(path) * (abs(expected) if self.relative else 1)
        return bool(abs(float(actual) - expected) <= allowed + 1e-15)

    def _tolerance(self, path: str) -> float:
        """The tolerance of the longest named part of a dotted path, else the case's own."""
        parts = path.split(".")
        spans = [".".join(parts[i:j]) for i in range(len(parts)) for j in range(len(parts), i, -1)]
        named = [span for span in spans if span in self.tol_by_key]
        return self.tol_by_key[max(named, key=len)] if named else self.tol


def read(path: Path) -> list[Case]:
    """Read a file of cases."""
    with path.open(encoding="utf-8") as file:
        return [_case(entry, path.parent) for entry in json.load(file)]


def _case(entry: dict[str, Any], folder: Path) -> Case:
    return Case(
        id=entry["id"],
        theme=entry.get("theme") or entry["method"].split(".")[0],
        method=entry["method"],
        # Some methods have several variants that only the definition tells apart.
        inputs={**entry["inputs"], "definition": entry.get("definition", "")},
        expected=entry["expected"],
        tol=float(entry["tol"]),
        tol_by_key=entry.get("tol_by_key") or {},
        relative=entry.get("tol_kind") == "rel",
        source=entry["source"],
        folder=folder,
    )
