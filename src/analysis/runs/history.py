"""What is under ``reports/``, run by run: small records from the manifests, and which compare.

A folder without a manifest is a run that never ended: it is not listed. A manifest that cannot be
used is named, and hides no other run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.base.paths import Home
from analysis.reports.items import SHAPES, Number, Status
from analysis.runs.store import MANIFEST

FAILED = "failed"
AS_OF = frozenset({"as_of"})


@dataclass(frozen=True, slots=True)
class Past:
    """One run that has ended.

    Attributes:
        notebook: Name of its notebook.
        run_id: Name of its folder.
        folder: The folder.
        good: Whether it was published; a failed run has a ``reason`` and no headline.
        finished: When it ended, ISO 8601 in UTC.
        parameters: All its parameters.
        changed: Those that differ from their defaults.
        lang: Language of its report.
        title: Title of its report.
        sentence: Headline sentence; empty without a headline.
        status: Its status; ``info`` without a headline.
        numbers: Numbers of its first headline.
        nature: Nature of its main data; empty without a data card.
        reason: Why it failed.
        manifest: The manifest itself.
    """

    notebook: str
    run_id: str
    folder: Path
    good: bool
    finished: str
    parameters: Mapping[str, Any]
    changed: Mapping[str, Any]
    lang: str
    title: str
    sentence: str
    status: Status
    numbers: tuple[Number, ...]
    nature: str
    reason: str
    manifest: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """All runs.

    Attributes:
        runs: Notebook → its runs, good and failed, in the order in which they ended.
        unusable: Path below ``reports`` and reason of every manifest that cannot be used.
    """

    runs: Mapping[str, tuple[Past, ...]]
    unusable: tuple[tuple[str, str], ...]


def read(home: Home) -> History:
    """Read every manifest under ``reports``."""
    runs: dict[str, list[Past]] = {}
    unusable = []
    for notebook, folder in _folders(home.reports):
        path = folder / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            if "grid" in manifest:
                continue  # a hundred runs of a grid would hide the others; its own page lists them
            past = _past(notebook, folder, manifest)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            what = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            unusable.append((path.relative_to(home.reports).as_posix(), what))
            continue
        runs.setdefault(notebook, []).append(past)
    ordered = {
        name: tuple(sorted(found, key=lambda past: (past.finished, past.run_id)))
        for name, found in sorted(runs.items())
    }
    return History(ordered, tuple(sorted(unusable)))


def _folders(reports: Path) -> Iterator[tuple[str, Path]]:
    """Give notebook and folder of every run, good ones and failed ones."""
    for root in (reports, reports / FAILED):
        for notebook in _inside(root):
            if notebook.name != FAILED:
                yield from ((notebook.name, run) for run in _inside(notebook))


def _inside(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [
                Path(entry.path)
                for entry in entries
                if entry.is_dir() and not entry.name.startswith(".")
            ]
    except FileNotFoundError:
        return []


def _past(notebook: str, folder: Path, manifest: dict[str, Any]) -> Past:
    """Take from a manifest what the index needs; what is not as it should be raises."""
    good = manifest["status"] == "good"
    headline = (manifest["headline"] if good else None) or {
        "sentence": "", "status": "info", "numbers": [],
    }  # fmt: skip
    if headline["status"] not in SHAPES:
        raise ValueError(f"status {headline['status']!r} of the headline is unknown")
    return Past(
        notebook=notebook,
        run_id=folder.name,
        folder=folder,
        good=good,
        finished=str(manifest["finished"]),
        parameters=dict(manifest["parameters"]),
        changed=dict(manifest["changed"]),
        lang=str(manifest["parameters"].get("lang", "en")),
        title=str(manifest["title"]) if good else notebook,
        sentence=str(headline["sentence"]),
        status=headline["status"],
        numbers=tuple(_number(number) for number in headline["numbers"]),
        nature=str(manifest["nature"] or "") if good else "",
        reason="" if good else str(manifest["reason"]),
        manifest=manifest,
    )


def _number(record: dict[str, Any]) -> Number:
    number = Number(**record)
    for value in (number.value, number.lo, number.hi):
        # JSON's null stands for a number that was not estimable.
        if value is not None and not isinstance(value, int | float):
            raise TypeError(f"{number.name}: found {value!r}, expected a number")
    return number


def comparable(old: Past, new: Past, apart: frozenset[str] = frozenset()) -> bool:
    """Say whether two runs of a notebook answer the same question.

    They do if every parameter that both know has one value, and those that only one of them knows
    (the notebook has gained or lost it) stand at their defaults.

    Args:
        old: One run.
        new: The other.
        apart: Parameters that may differ.
    """
    both = (old.parameters.keys() & new.parameters.keys()) - apart
    only_one = (old.changed.keys() - new.parameters.keys()) | (
        new.changed.keys() - old.parameters.keys()
    )
    equal = all(old.parameters[name] == new.parameters[name] for name in both)
    return equal and not only_one - apart


def last_comparable(runs: Sequence[Past], run: Past) -> Past | None:
    """Return the last good run before ``run`` with the same parameters.

    If there is none, the day of which it speaks (``as_of``) may differ: a report that is made
    every week for that week is compared with the one of the week before.

    Args:
        runs: Runs of one notebook in the order in which they ended.
        run: One of them.
    """
    earlier = [past for past in runs[: _place(runs, run)] if past.good]
    for apart in (frozenset[str](), AS_OF):
        for past in reversed(earlier):
            if comparable(past, run, apart):
                return past
    return None


def trend(runs: Sequence[Past], run: Past) -> list[Past]:
    """Return the good runs up to ``run`` that ask the same for any ``as_of``, in order.

    If all of them name a day, its order counts and the last run for a day stands for it;
    otherwise the order in which they ended.
    """
    upto = runs[: _place(runs, run) + 1]
    line = [past for past in upto if past.good and comparable(past, run, AS_OF)]
    days = {str(past.parameters.get("as_of") or ""): past for past in line}
    if "" in days:
        return line
    return [days[day] for day in sorted(days)]


def _place(runs: Sequence[Past], run: Past) -> int:
    return next(i for i, past in enumerate(runs) if past.run_id == run.run_id)
