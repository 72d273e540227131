"""The published default run of a notebook, and whether it is what the code would give now."""

from __future__ import annotations

from pathlib import Path

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs import notebooks
from analysis.runs.inputs import resolve
from analysis.runs.keys import content_key
from analysis.runs.parameters import bind
from analysis.runs.published import find_run
from analysis.runs.store import Store
from tests.regression.cells import FLOORS
from tests.regression.snapshot import Run, read_run

BASELINES = Path("tests", "regression", "baselines")


def why_stale(home: Home, name: str) -> str:
    """Return why the published default run says nothing about the present code; "" if it does.

    Raises:
        InputError: If the notebook's parameters or inputs are wrong.
    """
    store = Store(home.reports)
    manifest = store.manifest(name, store.current(name).get("default"))
    if manifest is None:
        return f"{name}: has no published run with default parameters; run `make report`"
    notebook = notebooks.find(home, name)
    values = bind(notebook.parameters, {}, name)
    key = content_key(home, notebook, values, resolve(home, notebook.parameters, values))
    if key is None or manifest.get("key") != key:
        return f"{name}: its published run is older than code or data; run `make report`"
    return ""


def default_run(home: Home, name: str) -> Run:
    """Return the published default run, every file as its manifest says.

    Raises:
        InputError: If there is none, or it failed, is incomplete or was edited.
    """
    run_id = Store(home.reports).current(name).get("default")
    if run_id is None:
        raise InputError(f"{name}: has no published run with default parameters; run `make report`")
    published = find_run(home, f"{name}/{run_id}")
    return read_run(name, published.folder)


def unmatched(home: Home, baselines: Path) -> list[str]:
    """Return, one line each, the baselines without a notebook and the notebooks without one."""
    known = set(notebooks.names(home))
    kept = {path.name for path in baselines.glob("*") if path.name != FLOORS and _named(path)}
    without_notebook = [
        f"{baselines / name}: is a baseline without its notebook notebooks/{name}.ipynb; bring "
        "the notebook back, or delete this folder if it is meant to be gone"
        for name in sorted(kept - known)
    ]
    return without_notebook + [
        f"notebooks/{name}.ipynb: has no baseline in {baselines / name}; make it with `make accept`"
        for name in sorted(known - kept)
    ]


def _named(path: Path) -> bool:
    return not path.name.startswith(".")
