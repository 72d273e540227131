"""Commands that begin something: ``init`` (a workspace) and ``new`` (a question of one's own)."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from analysis.base.paths import home


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make FOLDER a workspace: notebooks, catalog, and places for exports and reports."""
    from analysis.runs.workspace import make_workspace, shipped

    made = make_workspace(folder, shipped())
    click.echo("next:")
    click.echo(f"  cd {shlex.quote(str(folder))}")
    click.echo("  analysis data inspect exports/FILE --mapping mapping.toml")
    click.echo("  analysis run sales_forecast -p data=exports/FILE -p mapping=mapping.toml")
    click.echo(os.path.normpath(made))


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Scaffold the question NAME: a notebook that runs at once, with what belongs to it."""
    from analysis.runs.scaffold import scaffold

    made = scaffold(home(), name)
    for path in made.files:
        click.echo(f"made {path}")
    click.echo("next:")
    for line in made.next_steps:
        click.echo(f"  {line}")
