"""A grid from its options to a published folder: check, keep, run what is missing, put together.

``reports/grids/<notebook>/<grid-id>/`` holds ``index.html`` (and ``index.zh.html``), ``cells``,
``runs.csv``, ``tables/``, ``results.json`` and ``manifest.json``, written last; it appears by one
rename. The runs themselves lie where all runs of the notebook lie, and none of them is served.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis.base.paths import Home
from analysis.reports.boards import file_of
from analysis.runs import manifest as manifests
from analysis.runs.export import export
from analysis.runs.grid import page, tables
from analysis.runs.grid.cells import Plan, plan
from analysis.runs.grid.kept import keys_of, published
from analysis.runs.grid.tables import Combined, Result
from analysis.runs.grid.workers import Done, Settings, run_cells, stoppable
from analysis.runs.inputs import resolve
from analysis.runs.notebooks import Notebook
from analysis.runs.parameters import bind
from analysis.runs.progress import bar
from analysis.runs.published import RESULTS, find_run
from analysis.runs.store import MANIFEST, Store, new_run_id, write_json

WORST = ("bad", "watch", "good", "info")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a grid.

    Attributes:
        folder: Its published folder.
        failed: Name and reason of each cell that failed.
        cells: How many there were.
    """

    folder: Path
    failed: tuple[tuple[str, str], ...]
    cells: int


def run_grid(
    home: Home,
    notebook: Notebook,
    given: Mapping[str, Any],
    grid: Mapping[str, str],
    *,
    jobs: int = 1,
    timeout: int | None = None,
    to: Sequence[str] = (),
    say: Callable[[str], Any] = print,
) -> Outcome:
    """Run a notebook over a grid; cells that a published run already answers are kept.

    Args:
        home: The project.
        notebook: What to run.
        given: Parameters that are the same in all runs.
        grid: Name → values; see :mod:`.cells`.
        jobs: How many runs at a time, each with one kernel.
        timeout: Seconds that one cell of a notebook may take.
        to: Formats that every run must hold.
        say: Takes one line for the caller.

    Raises:
        InputError: If anything in the call is wrong; nothing has been started then.
    """
    started = datetime.now(UTC)
    # Prepares what the catalog lists, so that the columns can be looked into.
    resolve(home, notebook.parameters, bind(notebook.parameters, given, notebook.name))
    asked = plan(home, notebook, given, grid)
    keys = keys_of(home, notebook, asked.cells)
    there = published(home, notebook.name, keys)
    store = Store(home.reports)
    store.sweep()
    if asked.empty:
        say(f"{asked.empty:,} combinations have no rows and are left out")
    done: dict[int, Done] = {}
    for cell, key in zip(asked.cells, keys, strict=True):
        if key is not None and key in there:
            export(find_run(home, str(there[key]), verify=False), list(to))
            done[cell.place] = Done(cell.place, str(there[key]), "", kept=True)
            say(f"{cell.name}: up to date")
    missing = [cell for cell in asked.cells if cell.place not in done]
    settings = Settings(home, notebook, timeout, tuple(to))
    with stoppable(), bar(len(asked.cells), f"{notebook.name} grid") as shown:
        shown.update(len(done))
        for each in run_cells(settings, missing, jobs):
            done[each.place] = each
            shown.update(1)
            say(f"{asked.cells[each.place].name}: {each.reason or 'published'}")
    results = [
        tables.result_of(cell, done[cell.place], key)
        for cell, key in zip(asked.cells, keys, strict=True)
    ]
    return _publish(store, home, notebook, given, asked, results, started)


def _publish(
    store: Store, home: Home, notebook: Notebook, given: Mapping[str, Any], asked: Plan,
    results: Sequence[Result], started: datetime,
) -> Outcome:  # fmt: skip
    key = hashlib.sha256(json.dumps([
        notebook.name, {name: list(values) for name, values in asked.axes.items()},
        [each.key for each in results],
    ]).encode()).hexdigest()  # fmt: skip
    grid_id = new_run_id(key)
    failed = tuple((each.cell.name, each.done.reason) for each in results if not each.good)
    facts = page.Facts(
        notebook.name, grid_id, asked.axes, {name: str(value) for name, value in given.items()},
        datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    with store.stage() as folder:
        combined = tables.write(folder, results)
        write_json(folder / RESULTS, _results(notebook.name, results, combined))
        for lang in ("en", "zh"):
            markup = page.render(facts, notebook.title(lang), results, combined, lang)
            target = folder / file_of(lang)
            target.write_text(markup, encoding="utf-8", newline="\n")
        content = {
            "kind": "grid", "notebook": notebook.name, "run": grid_id,
            "status": "failed" if len(failed) == len(results) else "good", "key": key,
            "title": notebook.title("en"), "parameters": dict(given),
            "axes": {name: list(values) for name, values in asked.axes.items()},
            "cells": len(results), "failed": [list(each) for each in failed],
            "headline": _headline(results), "started": started.isoformat(timespec="seconds"),
            "finished": facts.finished, "code": manifests.code_state(home.root),
            "files": manifests.file_checksums(folder),
        }  # fmt: skip
        write_json(folder / MANIFEST, content)
        return Outcome(store.publish_grid(folder, notebook.name, grid_id), failed, len(results))


def _headline(results: Sequence[Result]) -> dict[str, Any]:
    """Return the worst status of all headlines, for those who are told by it."""
    found = {(each.results.get("headline") or {}).get("status", "info") for each in results}
    status = next((one for one in WORST if one in found), "info")
    good = sum(each.good for each in results)
    sentence = f"{good} of {len(results)} runs good"
    return {"sentence": sentence, "status": status, "numbers": []}


def _results(
    notebook: str, results: Sequence[Result], combined: Sequence[Combined]
) -> dict[str, Any]:
    """Return what ``results.json`` keeps: equal inputs give equal bytes."""
    return {
        "cells": [
            {
                "grid": dict(each.cell.values),
                "headline": each.results.get("headline"),
                "key": each.key,
                "numbers": each.results.get("numbers", {}),
                "reason": each.done.reason,
                "status": "good" if each.good else "failed",
            }
            for each in results
        ],
        "notebook": notebook,
        "tables": {one.name: None if one.left_out else one.rows for one in combined},
    }
