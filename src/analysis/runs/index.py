"""``reports/index.html``, rebuilt from the manifests of what is published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis.base.files import write_atomically
from analysis.base.paths import Home
from analysis.reports.index import Failure, IndexEntry, render
from analysis.reports.items import Number
from analysis.runs.store import MANIFEST, Store

EARLIER = 10


def path(home: Home) -> Path:
    """Return where the index is."""
    return home.reports / "index.html"


def rebuild(home: Home) -> Path:
    """Write the index anew, replaced in one step."""
    store = Store(home.reports)
    failures = _failures(store)
    entries = []
    for pointer in sorted(home.reports.glob("*/current.json")):
        name = pointer.parent.name
        manifest = store.manifest(name, store.current(name).get("run"))
        if manifest is not None:
            entries.append(_entry(home, manifest, failures.get(name)))
    newer = [
        failure
        for name, failure in sorted(failures.items())
        if failure.finished > _finished(store, name)
    ]
    target = path(home)
    write_atomically(target, render(entries, newer).encode())
    return target


def _finished(store: Store, name: str) -> str:
    manifest = store.manifest(name, store.current(name).get("run"))
    return str(manifest["finished"]) if manifest else ""


def _entry(home: Home, manifest: dict[str, Any], failure: Failure | None) -> IndexEntry:
    name, run_id = manifest["notebook"], manifest["run"]
    headline = manifest["headline"] or {"sentence": "", "status": "info", "numbers": []}
    stale = ""
    if failure is not None and failure.finished > manifest["finished"]:
        stale = failure.reason
    runs = sorted(found.parent.name for found in (home.reports / name).glob(f"*/{MANIFEST}"))
    earlier = [each for each in reversed(runs) if each != run_id][:EARLIER]
    return IndexEntry(
        notebook=name,
        title=manifest["title"],
        run_id=run_id,
        href=f"{name}/{run_id}/report.html",
        sentence=headline["sentence"],
        status=headline["status"],
        numbers=tuple(Number(**number) for number in headline["numbers"][:2]),
        finished=manifest["finished"],
        nature=manifest["nature"] or "",
        changed=manifest["changed"],
        stale=stale,
        earlier=tuple((each[:15], f"{name}/{each}/report.html") for each in earlier),
    )


def _failures(store: Store) -> dict[str, Failure]:
    """Return the latest failure of every notebook that has one."""
    latest: dict[str, Failure] = {}
    for found in sorted(store.root.glob(f"failed/*/*/{MANIFEST}")):
        manifest = json.loads(found.read_text(encoding="utf-8"))
        latest[manifest["notebook"]] = Failure(
            notebook=manifest["notebook"],
            run_id=manifest["run"],
            finished=manifest["finished"],
            reason=manifest["reason"],
        )
    return latest
