"""Commands about data: prepare (the default), list, inspect."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.base.paths import home


@click.group(invoke_without_command=True)
@click.option("--refetch", metavar="ID", multiple=True, help="Fetch this dataset's files again.")
@click.pass_context
def data(context: click.Context, refetch: tuple[str, ...]) -> None:
    """Prepare all datasets of the catalog: fetch, verify, convert to Parquet."""
    if context.invoked_subcommand is None:
        _prepare(list(refetch), again=True) if refetch else _prepare(None, again=False)


@data.command()
@click.argument("ids", nargs=-1)
def prepare(ids: tuple[str, ...]) -> None:
    """Prepare the datasets IDS (all when none is named)."""
    _prepare(list(ids) or None, again=False)


def _prepare(ids: list[str] | None, *, again: bool) -> None:
    from analysis.data.catalog.prepare import prepare as prepare_datasets
    from analysis.runs.progress import bar

    for each in prepare_datasets(home(), ids, refetch=again, progress=bar):
        click.echo(f"{each.id}: {each.rows:,} rows{'' if each.made else ' (up to date)'}")


@data.command(name="list")
def list_datasets() -> None:
    """List the datasets and documents of the catalog."""
    from analysis.data.catalog.listing import Dataset, DocumentEntry, read_catalog

    catalog = read_catalog(home())
    listed: dict[str, Dataset | DocumentEntry] = {**catalog, **catalog.documents}
    width = max(map(len, listed), default=0)
    for name, each in listed.items():
        click.echo(f"{name:<{width}}  {each.nature:<12}  {each.title}")


@data.command()
@click.argument("file")
@click.option("--mapping", "save", type=click.Path(path_type=Path), metavar="TOML",
              help="Write the suggested mapping to this file.")  # fmt: skip
@click.option("--for", "notebook", type=click.Choice(["sales_forecast", "ab_test"]),
              help="Notebook that is to read it; guessed if not given.")  # fmt: skip
def inspect(file: str, save: Path | None, notebook: str | None) -> None:
    """Show what a FILE holds and suggest a mapping for it."""
    from analysis.base.errors import InputError
    from analysis.data.aggregation.guess import experiment_schema
    from analysis.data.inspection import inspect as look
    from analysis.forecasting import PANEL

    if save is not None and save.exists():
        raise InputError(f"{save}: is already there; name another file or delete it first")
    seen = look(file)
    test = experiment_schema([column.name for column in seen.columns], sure=notebook == "ab_test")
    if test is None or notebook == "sales_forecast":
        suggestion = seen.mapping_toml(PANEL)
    else:
        # Every further column of numbers of a test's table is a metric.
        suggestion = seen.mapping_toml(test, keep=True)
    click.echo(seen.text())
    if save is None:
        click.echo(f"\nSuggested mapping (save it with --mapping mapping.toml):\n\n{suggestion}")
        return
    save.write_text(suggestion, encoding="utf-8", newline="\n")
    click.echo(f"\nmapping written to {save}")
