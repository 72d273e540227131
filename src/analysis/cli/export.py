"""Command ``export``: a published run as PDF, workbook, tables or numbers."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.base.paths import home


@click.command()
@click.argument("run")
@click.option("--to", "formats", required=True, metavar="FORMATS",
              help="pdf, xlsx, csv, parquet, results, overrides; joined by commas.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Put copies here; without it, what is missing goes into the run.")  # fmt: skip
def export(run: str, formats: str, out: Path | None) -> None:
    """Export RUN (a run folder, a run id, or a notebook's name) and print where it is.

    PDF is printed by the system's Chromium; without one the call is refused (exit code 2).
    """
    from analysis.runs import export as exports
    from analysis.runs.published import find_run

    names = exports.formats_of(formats)
    for path in exports.export(find_run(home(), run), names, out):
        click.echo(path)
