"""All notebooks: run what is stale, keep what is current, publish the index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs import index, notebooks
from analysis.runs.inputs import resolve
from analysis.runs.keys import content_key
from analysis.runs.parameters import bind
from analysis.runs.progress import over
from analysis.runs.run import Outcome, execute_and_publish
from analysis.runs.store import Store


def run_all(
    home: Home,
    *,
    force: bool = False,
    timeout: int | None = None,
    progress: bool | None = None,
    say: Callable[[str], Any] = print,
) -> list[Outcome]:
    """Run every notebook with default parameters unless its current report has the same key.

    Args:
        home: The project.
        force: Run all of them.
        timeout: Seconds that one cell may take.
        progress: Whether to show bars; None for on a terminal only.
        say: Takes one line for the caller.

    Returns:
        One outcome per notebook, in order of name.

    Raises:
        InputError: After all other notebooks have run, if some had wrong inputs.
    """
    Store(home.reports).sweep()
    outcomes: list[Outcome] = []
    refused: list[InputError] = []
    for name in over(notebooks.names(home), "notebooks", "notebook", progress):
        try:
            outcome = _current(home, name, force) or execute_and_publish(
                home, notebooks.find(home, name), {}, timeout=timeout, progress=progress
            )
        except InputError as error:
            refused.append(error)
            continue
        outcomes.append(outcome)
        say(f"{name}: {outcome.reason or ('up to date' if outcome.skipped else 'published')}")
    if not all(outcome.skipped for outcome in outcomes) or not index.path(home).is_file():
        index.rebuild(home)
    say(f"index: {index.path(home)}")
    if refused:
        raise InputError("\n".join(str(error) for error in refused))
    return outcomes


def _current(home: Home, name: str, force: bool) -> Outcome | None:
    """Return the published default run if nothing it depends on has changed."""
    if force:
        return None
    store = Store(home.reports)
    run_id = store.current(name).get("default")
    manifest = store.manifest(name, run_id)
    if manifest is None:
        return None
    notebook = notebooks.find(home, name)
    values = bind(notebook.parameters, {}, name)
    key = content_key(home, notebook, values, resolve(home, notebook.parameters, values))
    if key is None or manifest.get("key") != key:
        return None
    if store.serve(name, str(run_id)):
        index.rebuild(home)
    return Outcome(name, home.reports / name / str(run_id), skipped=True)
