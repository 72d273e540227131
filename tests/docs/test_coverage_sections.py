"""The coverage table names sections that the notebooks have."""

from __future__ import annotations

import re

import nbformat
import pytest

from scripts.cli_reference import PAGES
from tests.docs.pages import text
from tests.docs.workspace import ROOT

ROWS = [line for line in text(ROOT / "docs" / "coverage.md").splitlines() if line[:3] == "| S"]


def sections(notebook: str) -> set[str]:
    node = nbformat.read(ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4)
    words = "\n".join(cell.source for cell in node.cells if cell.cell_type == "markdown")
    return set(re.findall(r"^## (.+)$", words, re.MULTILINE))


@pytest.mark.parametrize("notebook", PAGES)
def test_the_sections_that_the_table_names_are_there(notebook: str) -> None:
    cells = [part for row in ROWS for part in row.split(" | ")[2].split(" · ")]
    named = [cell.partition(" › ")[2] for cell in cells if cell.startswith(f"`{notebook}` › ")]
    assert named or notebook == "ab_test"
    known = sections(notebook)
    for each in named:
        left = each
        for title in sorted(known, key=len, reverse=True):
            left = left.replace(title, "")
        assert not left.strip(", "), f"{each}: {left!r} is no section of {notebook}"
