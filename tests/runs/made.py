"""Runs made on disk without a kernel: what the index and a comparison read of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.paths import Home
from analysis.runs.store import write_json

DEFAULTS = {"data": "", "n": 3, "as_of": "", "lang": "en"}


def number(
    name: str,
    value: float | None,
    lo: float | None = None,
    hi: float | None = None,
    *,
    unit: str = "EUR",
    label: str = "",
) -> dict[str, Any]:
    """One number as a manifest keeps it."""
    return {
        "name": name, "label": label or name.title(), "text": f"{value} {unit}",
        "interval": "80% interval" if lo is not None else "known exactly",
        "value": value, "lo": lo, "hi": hi,
        "confidence": None if lo is None else 0.8, "unit": unit,
    }  # fmt: skip


def manifest(
    run_id: str = "r1",
    *numbers: dict[str, Any],
    notebook: str = "nb",
    finished: str = "2026-01-01T00:00:00+00:00",
    status: str = "good",
    sentence: str = "Plan for it.",
    reason: str = "",
    data: str = "d0",
    package: str = "p0",
    lock: str = "l0",
    **changed: Any,
) -> dict[str, Any]:
    """A manifest with a headline; with a reason, that of a failed run."""
    made = {
        "notebook": notebook, "run": run_id, "status": "failed" if reason else "good",
        "key": f"{data}{package}{lock}{sorted(changed.items())}",
        "parameters": {**DEFAULTS, **changed}, "changed": changed, "seed": None,
        "data": [{"parameter": "data", "name": "panel.csv", "nature": "own", "sha256": data}],
        "code": {"commit": "c" * 40, "dirty": True, "package_sha256": package},
        "lock_sha256": lock, "python": "3.11.7", "finished": finished,
    }  # fmt: skip
    if reason:
        return made | {"reason": reason}
    headline = {
        "cell": 1, "sentence": sentence, "status": status, "numbers": list(numbers),
        "kind": "headline",
    }  # fmt: skip
    return made | {"title": f"Title of {notebook}", "headline": headline, "nature": "own"}


def results(
    made: dict[str, Any],
    tables: dict[str, int] | None = None,
    figures: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    """The ``results.json`` that belongs to a manifest."""
    headline = made["headline"]
    kept = ("value", "lo", "hi", "confidence", "unit", "label")
    return {
        "figures": figures or {},
        "headline": {"sentence": headline["sentence"], "status": headline["status"]},
        "notebook": made["notebook"],
        "numbers": {each["name"]: {k: each[k] for k in kept} for each in headline["numbers"]},
        "tables": tables or {},
    }


def put(
    home: Home,
    made: dict[str, Any],
    tables: dict[str, pd.DataFrame] | None = None,
    *,
    serve: bool = True,
) -> Path:
    """Lay a run under ``reports`` as publishing would have."""
    failed = made["status"] == "failed"
    root = home.reports / "failed" if failed else home.reports
    folder: Path = root / made["notebook"] / made["run"]
    (folder / "tables").mkdir(parents=True)
    files = {}
    if not failed:
        sizes = {name: len(frame) for name, frame in (tables or {}).items()}
        write_json(folder / "results.json", results(made, sizes))
        (folder / "report.html").write_text("<title>A report</title>", encoding="utf-8")
        for name, frame in (tables or {}).items():
            frame.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
        if serve:
            write_json(home.reports / made["notebook"] / "current.json",
                       {"run": made["run"], "default": made["run"]})  # fmt: skip
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        files[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    text = json.dumps(made | {"files": files}, ensure_ascii=False, indent=2)
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    return folder
