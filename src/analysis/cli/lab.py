"""``analysis lab``: JupyterLab with the project's kernel."""

from __future__ import annotations

import os

import click

from analysis.base.language import LANGUAGES
from analysis.base.paths import home


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), metavar="PORT",
              help="Port to listen on; the first free one from 8888 if not given.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="Address to listen on; 0.0.0.0 for outside a container.")  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@click.option("--hide", type=click.Choice(LANGUAGES), help="Do not show cells of this language.")
def lab(port: int | None, host: str, no_browser: bool, hide: str | None) -> None:
    """Open JupyterLab in the project's folder, with its kernel ready."""
    from analysis.lab import launch

    project = home()
    launch.check_port(host, port or 0)
    root = hasattr(os, "getuid") and os.getuid() == 0
    if root:
        click.echo("running as root (a container?): JupyterLab is started with --allow-root")
    click.echo(f"project {project.root}; kernel: Python 3 (analysis project)")
    arguments = launch.settings(project, host=host, port=port, browser=not no_browser, root=root)
    launch.serve(launch.environment(project, hide or ""), arguments)
