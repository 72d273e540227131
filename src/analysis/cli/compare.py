"""The command that compares two runs: ``diff``."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from analysis.base.language import LANGUAGES
from analysis.base.paths import home

if TYPE_CHECKING:
    from analysis.runs.cells import TableChange
    from analysis.runs.changes import Changes


@click.command()
@click.argument("run_a")
@click.argument("run_b")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="Language of the text.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def diff(run_a: str, run_b: str, lang: str, as_json: bool) -> None:
    """Say what changed from RUN_A to RUN_B: numbers, status, tables, figures, and the cause.

    A run is its folder, its id, NOTEBOOK/ID, or a notebook's name for the run that is served.
    """
    from analysis.runs.cells import compare_tables
    from analysis.runs.changes import compare
    from analysis.runs.published import find_run

    project = home()
    old, new = find_run(project, run_a), find_run(project, run_b)
    changes = compare(old.manifest, old.results(), new.manifest, new.results())
    tables = compare_tables(old.folder, new.folder, words=changes.one_language)
    click.echo(_json(changes, tables) if as_json else _text(changes, tables, lang))


def _json(changes: Changes, tables: Sequence[TableChange]) -> str:
    content = asdict(changes)
    content["no_change"] = changes.none and all(table.same for table in tables)
    content["tables"] = [asdict(table) for table in tables]
    content["tolerance"] = _tolerances()
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)


def _tolerances() -> dict[str, float]:
    from analysis.runs.cells import EQUAL
    from analysis.runs.changes import RERUN

    return {"numbers": RERUN, "cells": EQUAL}


def _text(changes: Changes, tables: Sequence[TableChange], lang: str) -> str:
    from analysis.base.language import translator
    from analysis.runs import changes_told as told

    say = translator(lang)
    differing = [table for table in tables if not table.same]
    blocks = [f"{changes.notebook}: {changes.old_run} → {changes.new_run}"]
    if changes.none and not differing:
        blocks.append(told.summary(changes, lang))
    else:
        blocks.append(told.summary(changes, lang) if not changes.none else say(
            "Headline numbers, rows and figures are the same; cells of tables differ. {causes}",
            causes=told.causes(changes, lang)))  # fmt: skip
    if changes.numbers and not changes.none:
        blocks.append(_aligned(_numbers(changes, lang), right=(2, 3, 4)))
    if not changes.one_language:
        blocks.append(say("The runs are in two languages: of their tables, numbers are compared."))
    if changes.sentence:
        lines = [f"- {changes.sentence[0]}", f"+ {changes.sentence[1]}"]
        blocks.append("\n".join([say("Headline"), *lines]))
    if differing:
        rows = [("", say("Table"), say("Difference"))]
        rows += [("", table.name, told.table(table, lang)) for table in differing]
        blocks.append(_aligned(rows, right=()))
    elif tables:
        blocks.append(say("All cells of {tables} tables are the same.", tables=len(tables)))
    return "\n\n".join(blocks)


def _numbers(changes: Changes, lang: str) -> list[tuple[str, ...]]:
    from analysis.base.language import translator
    from analysis.runs import changes_told as told

    say = translator(lang)
    rows: list[tuple[str, ...]] = [
        ("", say("Number"), say("Earlier"), say("Later"), say("Change"), "")
    ]
    for number in changes.numbers:
        old, new = told.values(number, lang)
        rows.append((told.ARROWS[number.direction], number.label, old, new,
                     told.size(number, lang), told.note(number, lang)))  # fmt: skip
    return rows


def _aligned(rows: Sequence[Sequence[str]], right: Sequence[int]) -> str:
    """Set columns under each other, those of ``right`` at the right.

    Their width is that on a terminal, where a Chinese character takes two places.
    """
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - _width(cell))
            cells.append(space + cell if i in right else cell + space)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
