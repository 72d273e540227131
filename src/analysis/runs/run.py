"""One run from parameters to a published report; the only path by which a report comes to be."""

from __future__ import annotations

import json
import math
import shutil
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.reports.items import Card, Headline, Item, from_record
from analysis.reports.notebook import JOURNAL, RUN_FOLDER
from analysis.runs import manifest as manifests
from analysis.runs.execute import KERNEL_LOG, Executed, NotebookFailed, execute
from analysis.runs.inputs import Input, resolve
from analysis.runs.keys import content_key
from analysis.runs.notebooks import Notebook
from analysis.runs.parameters import bind
from analysis.runs.store import MANIFEST, Store, new_run_id, write_json


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run.

    Attributes:
        notebook: Name of the notebook.
        folder: The published run, or the failed one; gone if not even its reason could be kept.
        reason: One line saying why it failed; empty if it is good.
        skipped: Whether an earlier run with the same key was kept instead.
    """

    notebook: str
    folder: Path
    reason: str = ""
    skipped: bool = False


def execute_and_publish(
    home: Home,
    notebook: Notebook,
    given: Mapping[str, Any],
    *,
    timeout: int | None = None,
    progress: bool | None = None,
    to: Sequence[str] = (),
    cell: Mapping[str, str] | None = None,
) -> Outcome:
    """Check parameters and inputs, run the notebook, publish its report.

    Args:
        home: The project.
        notebook: What to run.
        given: Parameters that the call sets, as text or typed.
        timeout: Seconds that one cell may take.
        progress: Whether to show bars; None for on a terminal only.
        to: Formats that the run must hold; all but ``pdf`` are in every run.
        cell: What a grid sets, if the run is one of its cells: then it is published, and not
            served as the notebook's present report.

    Raises:
        InputError: If a parameter or an input is wrong; nothing is published or replaced.
    """
    values = bind(notebook.parameters, given, notebook.name)
    inputs = resolve(home, notebook.parameters, values)
    key = content_key(home, notebook, values, inputs)
    changed = {p.name: values[p.name] for p in notebook.parameters if values[p.name] != p.default}
    run_id = new_run_id(key or "unkeyed0")
    manifest = manifests.build(
        home, notebook=notebook.name, run_id=run_id, key=key,
        parameters=values, changed=changed, inputs=inputs,
    )  # fmt: skip
    if cell is not None:
        manifest["grid"] = dict(cell)
    store = Store(home.reports)
    store.sweep()
    with store.stage() as folder:
        started = datetime.now(UTC)
        environment = {RUN_FOLDER: str(folder), "ANALYSIS_HOME": str(home.root)}
        try:
            executed = execute(notebook, changed, folder, environment=environment,
                               timeout=timeout, progress=progress)  # fmt: skip
            _complete(folder, notebook, executed, manifest, started, to)
            published = store.publish(
                folder, notebook.name, run_id, default=not changed, serve=cell is None
            )
        except InputError as error:
            raise InputError(_with_inputs(str(error), inputs)) from None
        except NotebookFailed as failure:
            return _set_aside(store, folder, manifest, started, failure.reason)
        except Exception as error:
            # Whatever goes wrong in publishing, the earlier report stays and the reason is kept.
            what = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
            reason = f"{notebook.name}: could not be published ({what})"
            return _set_aside(store, folder, manifest, started, reason, traceback.format_exc())
    return Outcome(notebook.name, published)


def _with_inputs(message: str, inputs: Sequence[Input]) -> str:
    """Name the inputs in a refusal that does not name them itself."""
    if not inputs or any(Path(each.name).name in message for each in inputs):
        return message
    named = ", ".join(f"{each.parameter}={each.name}" for each in inputs)
    return f"{message}\n  (with {named})"


def _complete(
    folder: Path,
    notebook: Notebook,
    executed: Executed,
    manifest: dict[str, Any],
    started: datetime,
    to: Sequence[str],
) -> None:
    """Turn what the notebook left in the folder into a finished run."""
    from analysis.reports import dictionary, page, pdf, results, workbook

    items = read_journal(folder)
    (folder / JOURNAL).unlink(missing_ok=True)
    (folder / KERNEL_LOG).unlink(missing_ok=True)
    write_json(folder / "results.json", results.collect(items, notebook.name))
    manifest["seconds"] = {"cells": executed.seconds}
    manifest.update(_ended("good", started))
    lang = str(manifest["parameters"].get("lang", "en"))
    facts = page.PageFacts(
        notebook=notebook.name,
        title=notebook.title(lang),
        lang=lang,
        run_id=manifest["run"],
        finished=manifest["finished"],
        changed=manifest["changed"],
        data=tuple((d["name"], d["sha256"], d["nature"]) for d in manifest["data"]),
        commit=manifest["code"]["commit"],
        dirty=manifest["code"]["dirty"],
        key=manifest["key"],
    )
    markup = page.render(folder, executed.notebook, items, facts)
    (folder / "report.html").write_text(markup, encoding="utf-8", newline="\n")
    if "pdf" in to:
        pdf.write(folder / "report.html", folder / pdf.FILE, manifest["finished"])
    manifest.update(_for_the_index(facts.title, items))
    if described := dictionary.collect(items):
        dictionary.write(folder / "tables", described)
    workbook.write(folder, manifest)
    manifest["files"] = manifests.file_checksums(folder)
    write_json(folder / MANIFEST, manifest)


def read_journal(folder: Path) -> list[Item]:
    """Return the items that the notebook has handed over, in order."""
    path = folder / JOURNAL
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [from_record(json.loads(line)) for line in lines]


def _for_the_index(title: str, items: list[Item]) -> dict[str, Any]:
    headline = next((item for item in items if isinstance(item, Headline)), None)
    card = next((item for item in items if isinstance(item, Card)), None)
    return {
        "title": title,
        "headline": _plain(asdict(headline)) if headline else None,
        "nature": card.nature if card else None,
    }


def _plain(value: Any) -> Any:
    """Return JSON values with null where a number is not finite (it was not estimable)."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _ended(status: str, started: datetime) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "status": status,
        "started": started.isoformat(timespec="seconds"),
        "finished": now.isoformat(timespec="seconds"),
        "duration_seconds": round((now - started).total_seconds(), 3),
    }


def _set_aside(
    store: Store,
    folder: Path,
    manifest: dict[str, Any],
    started: datetime,
    reason: str,
    trace: str = "",
) -> Outcome:
    """Keep a failed run's partial notebook and reason where nobody takes it for a report."""
    manifest.update(_ended("failed", started), reason=reason)
    problem: OSError | None = None
    for bare in (False, True):
        try:
            if bare:
                # The disk may be full of what this run has written: the reason needs the room.
                shutil.rmtree(folder)
                folder.mkdir()
            (folder / JOURNAL).unlink(missing_ok=True)
            if trace:
                (folder / "error.txt").write_text(trace, encoding="utf-8")
            write_json(folder / MANIFEST, manifest)
            kept = store.fail(folder, manifest["notebook"], manifest["run"])
            return Outcome(manifest["notebook"], kept, reason=reason)
        except OSError as error:
            problem = error
    reason = f"{reason} (nothing kept of it: {problem.strerror if problem else ''})"
    return Outcome(manifest["notebook"], folder, reason=reason)
