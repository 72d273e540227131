"""Commands about data: prepare (the default), list, inspect, convert."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.base.paths import home

if TYPE_CHECKING:
    from analysis.data.wanted import Wanted


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
@click.option("--for", "notebook", default="", metavar="NOTEBOOK[.PARAMETER]",
              help="Notebook that is to read it; guessed if not given.")  # fmt: skip
@click.option("--sheet", default="", help="Sheet of a workbook; the first that holds a table.")
def inspect(file: str, save: Path | None, notebook: str, sheet: str) -> None:
    """Show what a FILE holds and suggest a mapping for it."""
    from analysis.base.errors import InputError
    from analysis.data.inspection import inspect as look
    from analysis.data.trial import suggest

    if save is not None and save.exists():
        raise InputError(f"{save}: is already there; name another file or delete it first")
    if save is not None and not save.parent.is_dir():
        raise InputError(f"{save}: there is no folder {save.parent}")
    seen = look(file, sheet=int(sheet) if sheet.isdigit() else sheet or None)
    found = suggest(seen, notebook)
    click.echo(seen.text())
    if found.doubts:
        click.echo(f"to check: {len(found.doubts)}")
        for doubt in found.doubts:
            click.echo(f"  - {doubt}")
    name = str(save) if save is not None else "mapping.toml"
    if save is None:
        click.echo(f"\nSuggested mapping (save it with --mapping mapping.toml):\n\n{found.toml}")
    else:
        save.write_text(found.toml, encoding="utf-8", newline="\n")
        click.echo(f"\nmapping written to {save}")
    for line in _next_steps(file, name, found.wanted, reads=found.reads):
        click.echo(line)


def _next_steps(file: str, mapping: str, wanted: Wanted, *, reads: bool) -> Iterator[str]:
    """Yield the calls that read the file with its mapping."""
    given = shlex.quote(file)
    run, table = f"analysis run {wanted.notebook} -p {wanted.parameter}=", f"{wanted.parameter}.csv"
    first = "next" if reads else "when that is mended"
    if wanted.mapping:
        yield f"{first}: {run}{given} -p {wanted.mapping}={shlex.quote(mapping)}"
        return
    call = f"analysis data convert {given} {table} --mapping {shlex.quote(mapping)}"
    yield f"{first}: {call} --for {wanted.name}"
    yield f"then: {run}{table}"


@data.command()
@click.argument("file")
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--mapping", required=True, metavar="TOML", help="How FILE is to be read.")
@click.option("--for", "notebook", required=True, metavar="NOTEBOOK[.PARAMETER]",
              help="Notebook that is to read TABLE.")  # fmt: skip
def convert(file: str, table: Path, mapping: str, notebook: str) -> None:
    """Read FILE as its mapping says and write it as TABLE (.csv or .parquet), checked."""
    from analysis.base.errors import InputError
    from analysis.data.loading import load_table
    from analysis.data.wanted import named
    from analysis.data.writing import write_table

    if table.exists():
        raise InputError(f"{table}: is already there; name another file or delete it first")
    loaded = load_table(file, named(notebook).schema, mapping=mapping)
    write_table(loaded.frame, table)
    for reason, count in loaded.facts.dropped:
        click.echo(f"left out: {count:,} rows ({reason})")
    click.echo(f"{table}: {len(loaded.frame):,} rows, columns {', '.join(loaded.frame.columns)}")
