"""Write what the documentation takes from the code: docs/cli.md, and the parameters on the pages.

``python scripts/cli_reference.py`` writes; with ``--check`` it writes nothing and exits with 1 if
a file is out of date. Commands and options come from click, parameters from the notebooks.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from analysis.base.paths import Home
from analysis.cli import commands
from analysis.runs import notebooks

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    "ab_test": "ab-test.md",
    "market_sizing": "market-sizing.md",
    "plan_check": "plan-check.md",
    "sales_forecast": "sales-forecast.md",
    "swot_scoring": "swot-scoring.md",
}
"""Notebook → its page; a notebook without one is an error."""
BEGIN, END = "<!-- parameters: generated -->", "<!-- /parameters -->"
INTRO = """# Command line

Made by `python scripts/cli_reference.py` from the commands themselves: do not edit. `analysis` is
`.venv/bin/analysis`; `python -m analysis` is the same.

Exit codes: 0 good, 1 a notebook failed, 2 the input or the call is wrong (one message, nothing
replaced).

| command | |
| --- | --- |
"""


def reference() -> str:
    """Return docs/cli.md."""
    found = list(_walk(commands, "analysis"))
    lines = [f"| [`{path}`](#{path.replace(' ', '-')}) | {_first(made)} |" for path, made in found]
    return INTRO + "\n".join(lines) + "\n" + "".join(_section(*each) for each in found)


def page(notebook: str) -> tuple[Path, str]:
    """Return a notebook's page and its text with the parameters as they are.

    Raises:
        SystemExit: If the notebook has no page, or the page no place for its parameters.
    """
    if notebook not in PAGES:
        raise SystemExit(f"{notebook}: has no page in docs/; name it in scripts/cli_reference.py")
    path = ROOT / "docs" / PAGES[notebook]
    text = path.read_text(encoding="utf-8")
    place = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    if len(place.findall(text)) != 1:
        raise SystemExit(f"{path}: expected {BEGIN} and {END} once")
    table = f"{BEGIN}\n{_parameters(notebook)}\n{END}"
    return path, place.sub(lambda _: table, text)


def _walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command in order of name, but no group that does nothing alone."""
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _walk(command.commands[name], f"{path} {name}")


def _first(command: click.Command) -> str:
    return _cell(command.get_short_help_str(limit=200))


def _section(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    options = [each for each in command.params if isinstance(each, click.Option)]
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    lines = ["", f"## {path}", "", f"`{usage}`", "", _prose(command.help or "")]
    if options:
        lines += ["", "| option | |", "| --- | --- |"]
        lines += [f"| {_names(each)} | {_help(each)} |" for each in options]
    return "\n".join(lines) + "\n"


def _prose(text: str) -> str:
    """Help as paragraphs of Markdown; click's marks of raw blocks are left out."""
    return inspect.cleandoc(click.unstyle(text).replace("\b\n", ""))


def _names(option: click.Option) -> str:
    shown = "" if option.is_flag else f" {option.make_metavar(click.Context(commands))}"
    # A pipe inside a cell ends it, also between backticks.
    return _cell(", ".join(f"`{name}{shown}`" for name in option.opts))


def _help(option: click.Option) -> str:
    notes = ["may be repeated"] if option.multiple else []
    if not option.is_flag and isinstance(option.default, str | int | float):
        notes.append(f"default `{option.default}`")
    return _cell((option.help or "") + (f" ({', '.join(notes)})" if notes else ""))


def _parameters(notebook: str) -> str:
    found = notebooks.find(Home(ROOT), notebook).parameters
    lines = ["| parameter | default | meaning | limits |", "| --- | --- | --- | --- |"]
    for each in found:
        limits = "" if each.expected == "text" else each.expected
        cells = (f"`{each.name}`", f"`{each.default!r}`", each.comment, limits)
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def main() -> int:
    """Write or compare; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check = parser.parse_args().check
    wanted = {ROOT / "docs" / "cli.md": reference()}
    wanted |= dict(page(name) for name in notebooks.names(Home(ROOT)))
    old = [
        path
        for path, text in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in old:
        if not check:
            path.write_text(wanted[path], encoding="utf-8", newline="\n")
        print(f"{path.relative_to(ROOT)}: {'out of date' if check else 'written'}")
    return 1 if old and check else 0


if __name__ == "__main__":
    sys.exit(main())
