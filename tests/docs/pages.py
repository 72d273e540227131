"""The documentation as text: its files, code blocks, links, headings and tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from scripts.cli_reference import PAGES
from tests.docs.workspace import ROOT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block of code."""

    page: Path
    line: int
    language: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path) -> list[Block]:
    content = text(page)
    return [
        Block(page, content[: found.start()].count("\n") + 1, found[1], found[2])
        for found in FENCE.finditer(content)
    ]


def prose(page: Path) -> str:
    """A page without its code, where brackets and hashes mean nothing."""
    return re.sub(r"`[^`\n]*`", "``", FENCE.sub("", text(page)))


def headings(page: Path, level: int = 2) -> list[str]:
    return re.findall(rf"^{'#' * level} (.+)$", FENCE.sub("", text(page)), re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """What a heading is called in a link, as Markdown renderers make it."""
    found = re.findall(r"^#+ (.+)$", FENCE.sub("", text(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found}


def section(page: Path, title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text(page), re.MULTILINE | re.DOTALL)
    assert found, f"{page.name}: no section {title!r}"
    return found[1]


def rows(markdown: str, head: str) -> list[list[str]]:
    """Cells of the table whose first header cell is ``head``."""
    found = re.search(rf"^\| {head} \|.*\n\|[-| ]+\|\n((?:\|.*\n?)+)", markdown, re.MULTILINE)
    assert found, f"no table with the header {head!r}"
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        for line in found[1].splitlines()
    ]


def documented(notebook: str) -> dict[str, str]:
    """Table → its columns as its page lists them."""
    listed = rows(section(ROOT / "docs" / PAGES[notebook], "Outputs"), "table")
    return {name.strip("`"): columns for name, _, columns in listed}
