"""Two states of a notebook beside each other: the accepted baseline and a run.

Tolerances, and why:

* Numbers: ``RERUN`` = 1e-6. The same code on the same machine gives the same twelve digits. On
  another machine other instructions of the processor and of the linear algebra library move the
  last digits, and a fit that stops at 1e-8 of its likelihood moves somewhat more. A reader sees
  three or four digits. One millionth lies between the two with room on both sides.
* A number that is zero but for rounding has no digits to compare: below ``NOISE`` of the largest
  number of its column it counts as zero.
* Figure digests are written with four digits, so one step of the last digit is allowed.
* Texts, sentences, statuses, units, types, names and their order: exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.runs.changes import RERUN
from tests.regression.snapshot import BLOCKS, Baseline, Run, described

NOISE = 1e-10
DIGEST = 1.001e-3
SHOWN = 10
HEADER = 2  # row number of the first row, as a spreadsheet shows it
DIGIT = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as accepted.

    Attributes:
        notebook: Name of the notebook.
        kind: ``headline``, ``number``, ``table`` or ``figure``.
        name: Name of the number, table or figure; "" for the headline.
        found: What the run has.
        expected: What the baseline has.
        place: Row and column, or the field of a number; "" for the whole.
    """

    notebook: str
    kind: str
    name: str
    found: Any
    expected: Any
    place: str = ""

    def __str__(self) -> str:
        parts = [self.notebook, f"{self.kind} {self.name}".strip(), self.place]
        change = ""
        # Of a count the difference is seen; of a measured number its size matters.
        if isinstance(self.found, float) and isinstance(self.expected, float):
            size = max(abs(self.found), abs(self.expected))
            change = f", relative difference {abs(self.found - self.expected) / size:.2g}"
        where = ", ".join(part for part in parts if part)
        return f"{where}: found {self.found!r}, expected {self.expected!r}{change}"


def differences(baseline: Baseline, run: Run) -> list[Difference]:
    """Return everything in which a run is not what was accepted, in reading order."""
    return [
        *_headline(baseline, run),
        *_numbers(baseline, run),
        *_tables(baseline, run),
        *_figures(baseline, run),
    ]


def told(found: Sequence[Difference]) -> str:
    """Return the differences for a reader: the first of every number, table and figure."""
    lines: list[str] = []
    groups: dict[tuple[str, str], list[Difference]] = {}
    for each in found:
        groups.setdefault((each.kind, each.name), []).append(each)
    for (kind, name), members in groups.items():
        lines += [f"  - {each}" for each in members[:SHOWN]]
        if len(members) > SHOWN:
            lines.append(f"  … and {len(members) - SHOWN} more in {kind} {name}")
    head = f"{found[0].notebook}: {len(found)} differences from the accepted baseline"
    return "\n".join([head, *lines, 'If they are meant: `make accept WHY="the reason"`'])


def close(found: float, expected: float, largest: float = 0.0) -> bool:
    """Say whether two numbers are equal for the purpose of this check.

    Args:
        found: One number.
        expected: The other.
        largest: Size of the largest number beside them, for what is zero but for rounding.
    """
    size = max(abs(found), abs(expected))
    return abs(found - expected) <= max(RERUN * size, NOISE * largest)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(found: Any, expected: Any, largest: float = 0.0) -> bool:
    if _is_number(found) and _is_number(expected):
        return close(found, expected, largest)
    return type(found) is type(expected) and bool(found == expected)


def _headline(baseline: Baseline, run: Run) -> Iterator[Difference]:
    found, expected = run.results["headline"] or {}, baseline.results["headline"] or {}
    for field in ("status", "sentence"):
        if found.get(field) != expected.get(field):
            yield Difference(
                run.notebook, "headline", "", found.get(field), expected.get(field), field
            )


def _numbers(baseline: Baseline, run: Run) -> Iterator[Difference]:
    found, expected = run.results["numbers"], baseline.results["numbers"]
    yield from _names(run.notebook, "number", found, expected)
    for name in sorted(found.keys() & expected.keys()):
        for field in sorted(found[name].keys() | expected[name].keys()):
            pair = found[name].get(field), expected[name].get(field)
            if not _same(*pair):
                yield Difference(run.notebook, "number", name, *pair, field)


def _names(
    notebook: str, kind: str, found: Iterable[str], expected: Iterable[str]
) -> Iterator[Difference]:
    """A name on one side only."""
    ours, theirs = set(found), set(expected)
    for name in sorted(ours ^ theirs):
        words = ("there", "nothing") if name in ours else ("nothing", "there")
        yield Difference(notebook, kind, name, *words)


def _tables(baseline: Baseline, run: Run) -> Iterator[Difference]:
    yield from _names(run.notebook, "table", run.tables, baseline.tables)
    for name in sorted(run.tables.keys() & baseline.tables.keys()):
        expected = baseline.tables[name]
        found = described(run.tables[name], whole="rows" in expected)
        for place, pair in _table(found, expected):
            yield Difference(run.notebook, "table", name, *pair, place)


Finding = tuple[str, tuple[Any, Any]]


def _table(found: dict[str, Any], expected: dict[str, Any]) -> Iterator[Finding]:
    ours, theirs = found["columns"], expected["columns"]
    if list(ours) != list(theirs):
        yield "columns", (list(ours), list(theirs))
    for name in ours:
        if name in theirs and ours[name] != theirs[name]:
            yield f"column {name!r}, type", (ours[name], theirs[name])
    if "rows" in expected:
        yield from _whole(found, expected)
    else:
        yield from _summary(found, expected)


def _whole(found: dict[str, Any], expected: dict[str, Any]) -> Iterator[Finding]:
    if len(found["rows"]) != len(expected["rows"]):
        yield "rows", (len(found["rows"]), len(expected["rows"]))
        return
    yield from _cells(found, expected, found["rows"], expected["rows"], HEADER)


def _cells(
    found: dict[str, Any], expected: dict[str, Any],
    ours: list[list[Any]], theirs: list[list[Any]], first: int,
) -> Iterator[Finding]:  # fmt: skip
    """Every cell of the columns that both have; ``first`` is the number of the first row."""
    here, there = list(found["columns"]), list(expected["columns"])
    for column in (name for name in here if name in there):
        left, right = here.index(column), there.index(column)
        largest = max((abs(row[right]) for row in theirs if _is_number(row[right])), default=0.0)
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=True), first):
            if not _same(mine[left], other[right], largest):
                yield f"row {number}, column {column!r}", (mine[left], other[right])


def _summary(found: dict[str, Any], expected: dict[str, Any]) -> Iterator[Finding]:
    ours, theirs = found["summary"], expected["summary"]
    if ours["count"] != theirs["count"]:
        yield "rows", (ours["count"], theirs["count"])
    for column in (name for name in found["columns"] if name in expected["columns"]):
        for kind in ("numbers", "texts"):
            if column not in ours[kind] or column not in theirs[kind]:
                continue
            mine, other = ours[kind][column], theirs[kind][column]
            for name in sorted(mine.keys() | other.keys()):
                size = other.get("mean_size", 0.0) * _summed(name, theirs["count"])
                if not _same(mine.get(name), other.get(name), size):
                    yield f"column {column!r}, {name}", (mine.get(name), other.get(name))
    for end, first in (("first", HEADER), ("last", HEADER + ours["count"] - len(ours["last"]))):
        if len(ours[end]) == len(theirs[end]):
            yield from _cells(found, expected, ours[end], theirs[end], first)


def _summed(name: str, rows: int) -> float:
    """How much larger than one cell the rounding of a statistic is, in units of ``NOISE``.

    A sum of many signed numbers may be small by chance while the rounding of its parts is not.
    """
    if name == "sum":
        return rows * RERUN / NOISE
    return max(rows / BLOCKS, 1.0) * RERUN / NOISE if name.startswith("block") else 1.0


def _figures(baseline: Baseline, run: Run) -> Iterator[Difference]:
    found, expected = run.results["figures"], baseline.results["figures"]
    yield from _names(run.notebook, "figure", found, expected)
    for name in sorted(found.keys() & expected.keys()):
        if len(found[name]) != len(expected[name]):
            pair = f"{len(found[name])} lines of data", f"{len(expected[name])} lines of data"
            yield Difference(run.notebook, "figure", name, *pair)
            continue
        for number, (mine, other) in enumerate(zip(found[name], expected[name], strict=True), 1):
            if not _same_digest(mine, other):
                yield Difference(run.notebook, "figure", name, mine, other, f"line {number}")


def _same_digest(found: str, expected: str) -> bool:
    if DIGIT.sub("#", found) != DIGIT.sub("#", expected):
        return False
    ours = [float(text) for text in DIGIT.findall(found)]
    theirs = [float(text) for text in DIGIT.findall(expected)]
    largest = max(map(abs, theirs), default=0.0)
    return all(
        abs(mine - other) <= max(DIGEST * max(abs(mine), abs(other)), NOISE * largest)
        for mine, other in zip(ours, theirs, strict=True)
    )
