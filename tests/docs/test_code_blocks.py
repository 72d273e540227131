"""Every code block of the documentation is run or read; one that cannot be says why."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from scripts.cli_reference import PAGES
from tests.docs.conftest import Shell
from tests.docs.pages import Block, blocks, documented, pages, section, text
from tests.docs.workspace import ROOT

NOT_RUN = {
    "make report": "sets up the environment and runs every notebook on its full data",
    "make test": "runs this test, too",
    "make lab": "serves until it is stopped; tests/browser/test_lab.py starts it and looks",
    "make accept": "replaces the committed baselines and edits the changelog",
}
"""Command → why it is not run here; its target must stand in the Makefile."""

IN_WORDS = {("swot_scoring", "matrix"), ("swot_scoring", "competitors")}
"""Tables whose columns depend on the data: their page tells them in words."""

FOUND = [block for page in pages() for block in blocks(page)]


def commands(block: Block) -> list[str]:
    lines = block.text.replace("\\\n", " ").splitlines()
    return [line for line in lines if shlex.split(line, comments=True)]


def first_words(command: str) -> str:
    return " ".join(shlex.split(command, comments=True)[:2])


@pytest.mark.parametrize("block", FOUND, ids=lambda block: block.name)
def test_a_block_is_true(block: Block, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    match block.language:
        case "sh":
            for command in (c for earlier in before(block) for c in commands(earlier)):
                start = first_words(command)
                if start in NOT_RUN:
                    assert f"\n{start.split()[1]}:" in text(ROOT / "Makefile")
                    continue
                if "pdf" in command and not (os.environ.get("CI") or shutil.which("chromium")):
                    pytest.skip("no Chromium on this machine: install the package `chromium`")
                shell.run(command)
        case "python":
            monkeypatch.chdir(shell.folder)
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(block.text, block.name, "exec"), {"__name__": "docs"})
        case "toml":
            assert tomllib.loads(block.text)
        case "json":
            assert json.loads(block.text)
        case "yaml":
            assert yaml.safe_load(block.text)
        case "csv":
            lengths = {len(row) for row in csv.reader(block.text.splitlines())}
            assert len(lengths) == 1
        case "text":
            # A drawing; commands belong into a block that is run.
            firsts = {line.split()[0] for line in block.text.splitlines() if line.strip()}
            assert not firsts & {"analysis", "make", "python", "pytest", "$"}
        case other:
            pytest.fail(f"{block.name}: nothing is known of blocks in {other!r}; name a language")


def before(block: Block) -> Iterator[Block]:
    """The shell blocks of a page up to one, as a reader meets them."""
    return (
        each for each in blocks(block.page) if each.language == "sh" and each.line <= block.line
    )


@pytest.mark.parametrize("notebook", PAGES)
def test_the_worked_command_gives_the_tables_of_the_page(notebook: str, shell: Shell) -> None:
    page = ROOT / "docs" / PAGES[notebook]
    (block,) = [b for b in blocks(page) if b.text in section(page, "Worked command")]
    printed = [shell.run(line) for line in block.text.splitlines()][-1]
    folder = shell.folder / "reports" / printed.splitlines()[-1]
    told = documented(notebook)
    found = {path.stem: pq.read_schema(path).names for path in folder.glob("tables/*.parquet")}
    assert {"report.html", "results.json", "manifest.json"} <= {p.name for p in folder.iterdir()}
    assert len(found) >= 5
    for name, columns in found.items():
        if name.endswith("_missing") or (notebook, name) in IN_WORDS:
            continue
        said = re.sub(r"Users of \w+", "Users of …", ", ".join(columns))
        # A table of one test has no column that names it.
        assert said in (told[name], told[name].removeprefix("test, ")), name


def test_the_commands_that_are_not_run_are_still_written_somewhere() -> None:
    written = {
        first_words(command)
        for block in FOUND
        if block.language == "sh"
        for command in commands(block)
    }
    assert set(NOT_RUN) <= written


def test_a_command_that_fails_is_seen(shell: Shell) -> None:
    with pytest.raises(AssertionError, match="exit 2"):
        shell.run("analysis run no_such_notebook")


def test_the_workspace_leaves_the_project_alone(shell: Shell) -> None:
    assert (shell.folder / "reports").resolve() != (ROOT / "reports").resolve()
    assert not Path(shell.folder / "reports").is_symlink()
