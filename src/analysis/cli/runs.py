"""Commands that run notebooks: ``run``, ``params``, ``report``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from analysis.base.errors import InputError
from analysis.base.paths import home


@click.command()
@click.argument("notebook")
@click.option("-p", "assignments", multiple=True, metavar="NAME=VALUE", help="Set a parameter.")
@click.option("-f", "file", type=click.Path(path_type=Path), metavar="YAML",
              help="Set parameters from a file; -p wins.")  # fmt: skip
@click.option("--timeout", type=click.IntRange(1), metavar="SECONDS", help="Limit for one cell.")
@click.option("--to", "formats", metavar="FORMATS", help="Publish also as pdf (see `export`).")
@click.option("--progress", is_flag=True, help="Show the bar where there is no terminal, too.")
@click.option("--grid", "axes", multiple=True, metavar="NAME=VALUES",
              help="Run for each value of a parameter or column: a,b or 1..20 or *.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N",
              help="Runs of a grid at a time; 1 if not given.")  # fmt: skip
def run(
    notebook: str,
    assignments: tuple[str, ...],
    file: Path | None,
    timeout: int | None,
    formats: str | None,
    progress: bool,
    axes: tuple[str, ...],
    jobs: int | None,
) -> int:
    """Run NOTEBOOK, publish its report, and print the run folder.

    With --grid, run it once for every combination of values, and print the folder of the grid.
    """
    from analysis.runs import export, index, leash, notebooks, parameters
    from analysis.runs.run import execute_and_publish

    leash.hold()
    to = export.formats_of(formats) if formats is not None else []
    given = parameters.from_file(file) if file else {}
    given |= parameters.from_assignments(assignments)
    project = home()
    if axes:
        return _grid(notebook, given, axes, jobs or 1, timeout, to)
    if jobs is not None:
        raise InputError(f"--jobs {jobs}: goes with --grid only; one run has one job")
    outcome = execute_and_publish(
        project,
        notebooks.find(project, notebook),
        given,
        timeout=timeout,
        to=to,
        progress=progress or None,
    )
    # Said first: on a full disk the index cannot be written either.
    if outcome.reason:
        click.echo(f"failed: {outcome.reason}", err=True)
    if outcome.folder.is_dir():
        click.echo(outcome.folder)
    index.rebuild(project)
    return 1 if outcome.reason else 0


def _grid(
    notebook: str,
    given: Mapping[str, Any],
    axes: Sequence[str],
    jobs: int,
    timeout: int | None,
    to: Sequence[str],
) -> int:
    from analysis.runs import index, notebooks
    from analysis.runs.grid.cells import from_options
    from analysis.runs.grid.running import run_grid

    project = home()
    outcome = run_grid(
        project, notebooks.find(project, notebook), given, from_options(axes),
        jobs=jobs, timeout=timeout, to=to, say=lambda text: click.echo(text),
    )  # fmt: skip
    index.rebuild(project)
    if outcome.failed:
        click.echo(f"failed: {len(outcome.failed)} of {outcome.cells} runs", err=True)
        width = max(len(name) for name, _ in outcome.failed)
        for name, reason in outcome.failed:
            click.echo(f"  {name:<{width}}  {' '.join(reason.split())}", err=True)
    click.echo(outcome.folder)
    return 1 if outcome.failed else 0


@click.command()
@click.argument("notebook")
def params(notebook: str) -> None:
    """List the parameters of NOTEBOOK: name, type, default, meaning."""
    from analysis.runs import notebooks

    found = notebooks.find(home(), notebook).parameters
    if not found:
        click.echo(f"{notebook} has no parameters")
        return
    names = max(len(each.name) for each in found)
    defaults = max(len(repr(each.default)) for each in found)
    for each in found:
        limits = f" [{each.expected}]" if each.expected != "text" else ""
        click.echo(
            f"{each.name:<{names}}  {each.default!r:<{defaults}}  {each.comment}{limits}".rstrip()
        )


@click.command()
@click.option("--force", is_flag=True, help="Run all notebooks, also those that are up to date.")
@click.option("--timeout", type=click.IntRange(1), metavar="SECONDS", help="Limit for one cell.")
def report(force: bool, timeout: int | None) -> int:
    """Run every notebook whose report is stale, and publish the index."""
    from analysis.runs.report import run_all

    outcomes = run_all(home(), force=force, timeout=timeout, say=lambda text: click.echo(text))
    return 1 if any(outcome.reason for outcome in outcomes) else 0
