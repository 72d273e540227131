"""The page of a notebook says what the notebook takes and makes."""

from __future__ import annotations

import re
import subprocess
import sys

import nbformat
import pytest

from scripts.cli_reference import PAGES
from tests.docs.pages import documented, headings, section, text
from tests.docs.workspace import ROOT

SHAPE = [
    "Question",
    "Who decides what with it",
    "Inputs",
    "Outputs",
    "Method",
    "Limits",
    "References",
    "Parameters",
    "Bad input",
    "Worked command",
]


def handed_over(notebook: str, kind: str) -> set[str]:
    """Names in the notebook's calls of ``report.table`` or ``report.figure``."""
    node = nbformat.read(ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4)
    code = "\n".join(cell.source for cell in node.cells if cell.cell_type == "code")
    return set(re.findall(rf'report\.{kind}\(\s*"(\w+)"', code))


def test_every_notebook_has_its_page() -> None:
    assert set(PAGES) == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}


@pytest.mark.parametrize("notebook", PAGES)
def test_all_pages_have_one_shape(notebook: str) -> None:
    assert headings(ROOT / "docs" / PAGES[notebook]) == SHAPE


@pytest.mark.parametrize("notebook", PAGES)
def test_the_page_lists_the_tables_of_the_notebook(notebook: str) -> None:
    told = set(documented(notebook))
    made = handed_over(notebook, "table")
    reasons = {name for name in made if name.endswith("_missing")}
    assert told == made - reasons
    assert all(f"`{name}`" in text(ROOT / "docs" / PAGES[notebook]) for name in reasons)


@pytest.mark.parametrize("notebook", PAGES)
def test_the_page_lists_the_figures_of_the_notebook(notebook: str) -> None:
    outputs = section(ROOT / "docs" / PAGES[notebook], "Outputs")
    listed = outputs[outputs.rindex("Figures: ") :]
    assert set(re.findall(r"`(\w+)`", listed)) == handed_over(notebook, "figure")


def test_what_comes_from_the_code_is_current() -> None:
    """docs/cli.md, and the parameters on the pages."""
    command = [sys.executable, "scripts/cli_reference.py", "--check"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    remedy = "run python scripts/cli_reference.py"
    assert ended.returncode == 0, f"{ended.stdout}{ended.stderr}{remedy}"
